"""Keys of the bench: menus."""

from __future__ import annotations

from tui.acting.base import Acting


class Menus(Acting):
    """Actions of menus."""
