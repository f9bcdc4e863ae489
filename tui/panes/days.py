"""The grid of days: labels and heads stay while the days scroll. Only what is on the screen is made."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size

from tui.pane import EMPTY, Pane
from workbench.views.grid import GridSheet
from workbench.views.sheet import Row, Sheet, row_width


class DaysPane(Pane):
    """Draws a grid; the arrows move the selected cell. Any other sheet is drawn as usual."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cell('left')", "Select the day before", show=False),
        Binding("right", "cell('right')", "Select the day after", show=False),
        Binding("up", "cell('up')", "Select the row above", show=False),
        Binding("down", "cell('down')", "Select the row below", show=False),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._rows_of: tuple[Sheet, Offset, Size] = (EMPTY, Offset(), Size())
        self._rows: dict[int, Row] = {}

    def see(self, x: int, y: int) -> None:
        """Scroll so that a cell is on the screen."""
        if isinstance(self.sheet, GridSheet):
            self._follow(self.sheet)
        else:
            super().see(x, y)

    def on_resize(self, event: events.Resize) -> None:
        if isinstance(self.sheet, GridSheet):
            self._follow(self.sheet)
            self.refresh()

    @property
    def _room(self) -> Size:
        """What the scroll bars leave."""
        return self.scrollable_content_region.size

    def _follow(self, sheet: GridSheet) -> None:
        """Scroll as far as needed, down always from the top, so that the same is seen whichever way one came. The
        selected cell is neither under the labels, nor the heads, nor the legend."""
        room = self._room
        if sheet.focus is None or not room.width:
            return
        (x, y), left, grid = sheet.focus, self.scroll_offset.x, sheet.grid
        wide, high = room.width - grid.label - 1, room.height - grid.heads - 1
        across, down = x - grid.label, y - grid.heads
        # A day beside it is in sight as well.
        left = max(min(left, across - 2 * grid.wide), across + 2 * grid.wide - wide, 0)
        top = max(down - high + 1, 0)
        self.scroll_to(left, top, animate=False, force=True, immediate=True)
        if self.show_vertical_scrollbar:  # while it was hidden nobody told it
            self.vertical_scrollbar.position = self.scroll_y

    @property
    def _left(self) -> int:
        return 0 if isinstance(self.sheet, GridSheet) else super()._left

    def row_on(self, y: int) -> Row:
        """What is on a line of the pane, with as many columns as there is room for; made once."""
        if not isinstance(self.sheet, GridSheet):
            return super().row_on(y)
        place = (self.sheet, self.scroll_offset, self._room)
        if self._rows_of[0] is not place[0] or self._rows_of[1:] != place[1:]:
            self._rows_of, self._rows = place, {}
        if y not in self._rows:
            self._rows[y] = self._row_of(self.sheet, y)
        return self._rows[y]

    def _row_of(self, sheet: GridSheet, y: int) -> Row:
        grid, number = sheet.grid, self._number(sheet, y)
        if number is None:
            return ()
        if number == grid.height - 1:
            return _whole(sheet.rows[number], self._room.width)
        room = self._room.width - grid.label
        first = self._first(grid.wide)
        return (grid.label_of(number), *grid.part(number, first, -(-room // grid.wide)))

    def _first(self, wide: int) -> int:
        """The first column that is seen: the last one is never cut."""
        return -(-self.scroll_offset.x // wide)

    def _number(self, sheet: GridSheet, y: int) -> int | None:
        """The row of the sheet on a line of the screen: heads above, the legend below, rows between them."""
        grid = sheet.grid
        last = min(self._room.height, grid.height) - 1
        if y >= last:
            return grid.height - 1 if y == last else None
        return y if y < grid.heads else min(y + self.scroll_offset.y, grid.height - 2)

    def on_click(self, event: events.Click) -> None:
        """Select the cell that was clicked at."""
        spot = event.get_content_offset(self)
        if spot is None or not isinstance(self.sheet, GridSheet):
            super().on_click(event)
            return
        event.prevent_default()
        grid, number = self.sheet.grid, self._number(self.sheet, spot.y)
        across = spot.x if spot.x < grid.label else spot.x + self._first(grid.wide) * grid.wide
        target = grid.target_at(across, number) if number is not None else ""
        if target:
            self.post_message(self.Pointed(self, target))

    def action_cell(self, direction: str) -> None:
        """Select the cell beside the selected one."""
        target = self.sheet.grid.beside(direction) if isinstance(self.sheet, GridSheet) else ""
        if target:
            self.post_message(self.Pointed(self, target))


def _whole(legend: Row, width: int) -> Row:
    """As many of the glyphs as fit, each with all that it means."""
    ends = range(len(legend) - len(legend) % 2, 0, -2)
    return next((legend[:end] for end in ends if row_width(legend[:end]) <= width + 1), ())
