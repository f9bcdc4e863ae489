"""Keys of the bench: looking."""

from __future__ import annotations

from tui.acting.base import Acting


class Looking(Acting):
    """Actions of looking."""
