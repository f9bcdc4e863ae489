"""Keys of the bench: building."""

from __future__ import annotations

from tui.acting.base import Acting


class Building(Acting):
    """Actions of building."""
