"""Keys of the bench: the menus of what goes wrong, what can be changed and what helps; the command line; undo, redo."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

import workbench as wb
from tui import screens
from tui.acting.base import Acting

if TYPE_CHECKING:
    from tui.menu import Taken

# What an item may open instead of doing a line: the action of the screen.
OPENS = {"planner": "plan"}
TYPED = "command"


class Menus(Acting):
    """Break, change, repair; type; undo."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fault", "Fault: what goes wrong with the selection"),
        Binding("e", "edit", "Edit: how the selection should be"),
        Binding("r", "repair", "Repair: rerun, mark, withdraw, publish, pause, backfill"),
        Binding("colon", "command", "Command: type a verb"),
        Binding("u", "undo", "Undo the last command; the future with it stays"),
        Binding("U", "redo", "Redo: back to where undo was given"),
    ]

    def go(self, text: str | None) -> None:
        """To a time: see `Time`."""
        raise NotImplementedError

    def action_fault(self) -> None:
        self._menu("f")

    def action_edit(self) -> None:
        self._menu("e")

    def action_repair(self) -> None:
        self._menu("r")

    def open_offer(self, key: str, line: str) -> None:
        """The menu of a key of the why pane, at the offer that does the line."""
        self._menu(key, line)

    def _menu(self, key: str, line: str = "") -> None:
        makers = {"f": wb.fault_menu, "e": wb.edit_menu, "r": wb.repair_menu}
        menu = makers[key](self.bench, line)
        self.bench.heard("menu", menu.kind)
        self.app.push_screen(screens.MenuScreen(self.bench, menu), self._taken)

    def _taken(self, taken: Taken | None) -> None:
        if taken is None:
            self.draw()
        elif taken.opens == TYPED:
            self.action_command(taken.line)
        elif taken.opens:
            getattr(self, f"action_{OPENS[taken.opens]}")()
        else:
            self.do_line(taken.line)

    def action_command(self, line: str = "") -> None:
        self.app.push_screen(screens.CommandLine(self.bench, line), self._typed)

    def _typed(self, line: str | None) -> None:
        """Do what was typed; what goes to a time may take long, and is done as `g` does it."""
        if not line:
            self.draw()
        elif to := wb.Typing(self.bench).time_of(line):
            self.go(to)
        else:
            self.do_line(line)

    def action_undo(self) -> None:
        self.do_line("undo")

    def action_redo(self) -> None:
        self.do_line("redo")
