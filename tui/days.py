"""A list of days on top of the bench: the run of which is shown? Typing narrows it down, Enter chooses."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.over import Over
from tui.pane import Pane
from workbench import Bench
from workbench.views.sheet import Sheet


class DayScreen(Over[str | None]):
    """Answers the key of a day, nothing to follow the newest again, or None."""

    DEFAULT_CSS = """
    DayScreen { align: center middle; background: $background 60%; }
    DayScreen Pane { position: relative; border: round $primary; background: $background; padding: 0 1; }
    DayScreen Input, DayScreen Input:focus { border: none; height: 1; background: $panel; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave, nothing changed", priority=True),
        Binding("up", "move(-1)", "Up", priority=True),
        Binding("down", "move(1)", "Down", priority=True),
        Binding("pageup", "move(-10)", "Ten up", priority=True),
        Binding("pagedown", "move(10)", "Ten down", priority=True),
    ]

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench, self.text = bench, ""
        self._made: tuple[tuple[list[str], int], Sheet] | None = None
        self.keys = bench.days_like("")
        self.at = self.keys.index(bench.window.key) if bench.window.key in self.keys else 0

    def compose(self) -> ComposeResult:
        yield Pane("day-list")
        yield Input(placeholder="Thu 3, 3 Jan, 2013-01-03; a day that is not listed, too")

    def on_mount(self) -> None:
        self.query_one(Pane).can_focus = False
        self.query_one(Input).focus()
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._made is None or self._made[0] != (self.keys, self.at):
            self._made = ((self.keys, self.at), self.bench.day_list(self.keys, self.at))
        sheet = self._made[1]
        wide, high = self.app.size.width, self.app.size.height - self.free
        pane, field = self.query_one(Pane), self.query_one(Input)
        pane.styles.width = field.styles.width = min(wide, max(50, sheet.width + 4))
        pane.styles.height = min(high - 2, max(3, sheet.height + 2))
        pane.show(sheet)

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.value != self.text:
            self.text, self.at = event.value, 0
            self.keys = self.bench.days_like(event.value)
            self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(self.keys[self.at] if self.keys else event.value)

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        event.stop()
        self.dismiss(event.target.partition(":")[2])

    def action_move(self, by: int) -> None:
        self.at = max(0, min(len(self.keys) - 1, self.at + by))
        self._draw()

    def action_leave(self) -> None:
        self.dismiss(None)
