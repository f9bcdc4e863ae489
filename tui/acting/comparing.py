"""Keys of the bench: comparing. Two futures side by side, and the list of all."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

import workbench as wb
from tui import screens
from tui.acting.base import Acting


class Comparing(Acting):
    """Actions of comparing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "Compare with another future, on one clock"),
        Binding("x", "futures", "What-ifs: see them all, go to one, compare"),
    ]

    def action_compare(self, other: str = "") -> None:
        """Beside another future; with only one, it is said what to do."""
        self.attempt(
            lambda: self.app.push_screen(screens.CompareScreen(wb.Comparing.of(self.bench, other)), self._compared)
        )

    def _compared(self, kept: str | None) -> None:
        if kept:
            self.say(f"You go on in {kept}. What the others were is kept: x lists them.", "you")
        self.draw()

    def action_futures(self) -> None:
        self.app.push_screen(screens.FuturesScreen(self.bench), self._future)

    def _future(self, answer: str | None) -> None:
        what, _, name = (answer or "").partition(":")
        if what == "compare":
            mine = self.bench.session.branch.name
            self.action_compare("" if name == mine else name)
        elif what == "future" and name != self.bench.session.branch.name:
            self.attempt(lambda: self.say(self.bench.do(f"future {name}").sentence))
