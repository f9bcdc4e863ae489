"""Keys of the bench: planning. Backfills, from what is selected."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

import workbench as wb
from tui import screens
from tui.acting.base import Acting


class Planning(Acting):
    """Actions of planning."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "plan", "Plan a backfill: make days again, and see first what that would come to"),
    ]

    def action_plan(self, line: str = "") -> None:
        """Open the planner on the selection, or on a line; on a backfill of its DAG that is under way, if one is."""
        self.attempt(lambda: self.app.push_screen(screens.PlannerScreen(wb.Planning(self.bench, line)), self._planned))

    def _planned(self, result: None) -> None:
        self.draw()
