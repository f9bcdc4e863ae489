"""A list of which rows lead somewhere: with the focus, the arrows choose a row, and Enter goes there."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.strip import Strip

from tui.pane import Pane
from workbench.views.sheet import Sheet


class RowsPane(Pane):
    """Rows to choose from. Until one is chosen, Enter does what it does elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "row(-1)", "The row above", show=False),
        Binding("down", "row(1)", "The row below", show=False),
        Binding("enter", "there", "Go where the row leads", show=False),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._row = -1

    def show(self, sheet: Sheet) -> None:
        """Draw this sheet from now on; a row that was chosen in another is no longer."""
        if self._row >= 0 and sheet != self.sheet:
            self._row = -1
            self.refresh()
        super().show(sheet)

    def on_blur(self) -> None:
        """Nothing is chosen where nobody is."""
        self._row = -1
        self.refresh()

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        is_chosen = self.has_focus and y + self.scroll_offset.y == self._row
        return self._marked(strip) if is_chosen else strip

    def _marked(self, strip: Strip) -> Strip:
        """A bar behind the row; where there are no colours, all of it the other way round."""
        theme = self.app.current_theme
        if self.app.no_color or theme.panel is None:
            return Strip([Segment(strip.text, self.rich_style + Style(reverse=True, bold=True))], strip.cell_length)
        bar = Style(bgcolor=theme.panel, bold=True)
        return Strip([Segment(s.text, (s.style or Style()) + bar) for s in strip], strip.cell_length)

    def action_row(self, step: int) -> None:
        """Choose the next row up or down that leads somewhere: from the end upwards, from the top downwards."""
        rows = self.sheet.rows
        row = self._row if self._row >= 0 else self.first(step)
        while 0 <= (row := row + step) < len(rows):
            if self._target(row):
                self._row = row
                self.see(0, row)
                self.refresh()
                return
        if self._row < 0:
            raise SkipAction()

    def first(self, step: int) -> int:
        """Where choosing begins: outside of what is on the screen."""
        top = self.scroll_offset.y
        return top - 1 if step > 0 else min(top + self.size.height, len(self.sheet.rows))

    def action_there(self) -> None:
        """Go to the chosen row's thing."""
        if self._row < 0:
            raise SkipAction()
        self.post_message(self.Pointed(self, self._target(self._row)))

    def _target(self, row: int) -> str:
        return next((span.target for span in self.sheet.rows[row] if span.target), "")
