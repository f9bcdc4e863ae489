"""Keys of the bench: planning."""

from __future__ import annotations

from tui.acting.base import Acting


class Planning(Acting):
    """Actions of planning."""
