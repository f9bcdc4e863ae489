"""How a session shows itself in a notebook, and becomes a page. What draws it lies above it, and is loaded by name."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.views.clock import Clock

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from workbench.branch import Branch
    from workbench.session import Cursor


class Showing:
    """For sessions: shown as the bench wherever Python shows values richly."""

    _left: Cursor | None

    if TYPE_CHECKING:

        @property
        def branch(self) -> Branch:
            """The future in which it stands."""

        @property
        def zone(self) -> ZoneInfo:
            """Of bare times."""

        @property
        def now(self) -> datetime:
            """Where it stands (UTC)."""

    def parting(self) -> str:
        """That something was changed in the past, and so opened a what-if, in a sentence. It is told once, to whoever
        asks first; else nothing."""
        left, self._left = self._left, None
        if left is None or left.branch is self.branch:
            return ""
        name, at = left.branch.name, Clock(self.now, self.zone).full(left.now)
        told = f"This is what-if {self.branch.name}: you changed something at {at}, in the past of {name}."
        return f"{told} {name} is kept."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """The bench: live where widgets can be, else a picture and text."""
        return import_module("notebook_ext").bundle_of(self)

    def save_page(self, path: str | Path, title: str = "", note: str = "") -> str:
        """Write one file that steps through this simulation, its futures and its questions in any browser, without
        Python and without a network; what came of it, in a sentence. It opens where the first question was asked, else
        where this session stands. `note`: for who teaches with it. Raises InvalidInput when that cannot be."""
        told: str = import_module("workbench.taking").save_page(self, path, title, note)
        return told


def beside(a: tuple[Any, str], b: tuple[Any, str], now: datetime) -> str:
    """Two futures side by side as HTML: of two sessions, each with the name of its future."""
    html: str = import_module("workbench.stepper.compared").of_two(a, b, now)
    return html


def is_in_notebook() -> bool:
    """Can the notebook front end be loaded?"""
    return find_spec("notebook_ext") is not None
