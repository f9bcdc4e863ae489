"""Keys of the bench: taking."""

from __future__ import annotations

from tui.acting.base import Acting


class Taking(Acting):
    """Actions of taking."""
