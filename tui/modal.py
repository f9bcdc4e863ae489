"""A sheet on top of everything: to be read, scrolled and left with Esc."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.pane import Pane
from workbench.views.sheet import Sheet


class SheetScreen(ModalScreen[None]):
    """Shows one sheet, as large as it needs, at most the screen."""

    DEFAULT_CSS = """
    SheetScreen { align: center middle; background: $background 60%; }
    SheetScreen Pane { position: relative; border: round $primary; background: $background; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "Leave")]

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet

    def compose(self) -> ComposeResult:
        yield Pane("sheet")

    def on_mount(self) -> None:
        self.fit()
        self.query_one(Pane).focus()

    def on_resize(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Take the room that the sheet needs."""
        pane, (width, height) = self.query_one(Pane), self.app.size
        pane.styles.width = min(width, max(40, self.sheet.width + 5))
        pane.styles.height = min(height, self.sheet.height + 2)
        pane.show(self.sheet)

    def action_leave(self) -> None:
        self.dismiss()
