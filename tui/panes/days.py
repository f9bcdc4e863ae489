"""The grid of days: labels and heads stay while the days scroll. Only what is on the screen is made."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from tui.pane import Pane
from workbench.views.grid import GridSheet
from workbench.views.sheet import Row, clipped


class DaysPane(Pane):
    """Draws a grid; the arrows move the selected cell. Any other sheet is drawn as usual."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cell('left')", "Select the day before", show=False),
        Binding("right", "cell('right')", "Select the day after", show=False),
        Binding("up", "cell('up')", "Select the row above", show=False),
        Binding("down", "cell('down')", "Select the row below", show=False),
    ]

    def see(self, x: int, y: int) -> None:
        """Scroll so that a cell is on the screen."""
        if isinstance(self.sheet, GridSheet):
            self._follow(self.sheet)
        else:
            super().see(x, y)

    def on_resize(self, event: events.Resize) -> None:
        if isinstance(self.sheet, GridSheet):
            self._follow(self.sheet, True)
            self.refresh()

    @property
    def _room(self) -> Size:
        """What the scroll bars leave."""
        return self.scrollable_content_region.size

    def _follow(self, sheet: GridSheet, anew: bool = False) -> None:
        """Scroll as far as needed, `anew`: from the top left. The selected cell is neither under the labels, nor the
        heads, nor the legend."""
        room = self._room
        if sheet.focus is None or not room.width:
            return
        (x, y), (left, top), grid = sheet.focus, (0, 0) if anew else self.scroll_offset, sheet.grid
        wide, high = room.width - grid.label - 1, room.height - grid.heads - 1
        across, down = x - grid.label, y - grid.heads
        # A day beside it is in sight as well.
        left = max(min(left, across - 2 * grid.wide), across + 2 * grid.wide - wide, 0)
        top = max(min(top, down), down - high + 1, 0)
        self.scroll_to(left, top, animate=False, force=True, immediate=True)

    @property
    def _left(self) -> int:
        return 0 if isinstance(self.sheet, GridSheet) else super()._left

    def row_on(self, y: int) -> Row:
        """What is on a line of the pane, with as many columns as there is room for."""
        sheet = self.sheet
        if not isinstance(sheet, GridSheet):
            return super().row_on(y)
        grid, number = sheet.grid, self._number(sheet, y)
        if number is None:
            return ()
        if number == grid.height - 1:
            return clipped(sheet.rows[number], self._room.width)
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
