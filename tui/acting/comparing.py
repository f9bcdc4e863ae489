"""Keys of the bench: comparing."""

from __future__ import annotations

from tui.acting.base import Acting


class Comparing(Acting):
    """Actions of comparing."""
