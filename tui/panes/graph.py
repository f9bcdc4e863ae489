"""The picture's pane: arrows go along edges, and what is larger than the pane is seen at a glance in a corner."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip

from tui.pane import EMPTY, Pane
from tui.styles import style
from workbench.views.sheet import Row, Sheet, in_ascii

# A small map is shown in panes of so many rows or more; it takes at most this share of them.
_LEAST_ROWS, _SHARE = 6, 3
_AROUND = (16, 3)  # cells around the selection that are brought on the screen with it


class GraphPane(Pane):
    """Draws the DAG. Without scroll bars: the edges say that there is more, and a small map where one is."""

    DEFAULT_CSS = """
    GraphPane { scrollbar-size: 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "screen.move('left')", "Select what comes before", show=False),
        Binding("right", "screen.move('right')", "Select what comes after", show=False),
        Binding("up", "screen.move('up')", "Select what is above", show=False),
        Binding("down", "screen.move('down')", "Select what is below", show=False),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._map: Sheet = EMPTY
        self._map_key: tuple[object, ...] = ()
        self._region = Region()
        self._region_key: tuple[object, ...] = ()

    def show(self, sheet: Sheet) -> None:
        """Draw this sheet from now on; what lies over it is drawn anew with it."""
        was_cut, before = self.is_cut, self.sheet
        super().show(sheet)
        if self.sheet is not before and (was_cut or self.is_cut):
            self.refresh()

    def see(self, x: int, y: int) -> None:
        """Scroll no more than needed for a cell to be on the screen, with something of what is around it."""
        if not self.size:
            return
        (left, top), (wide, high) = self.scroll_offset, self.size
        left = _into_view(x, left, wide, self.virtual_size.width, min(_AROUND[0], wide // 3))
        top = _into_view(y, top, high, self.sheet.height, min(_AROUND[1], high // 3))
        self.scroll_to(left, top, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        """What is selected stays on the screen."""
        if self.sheet.focus is not None:
            self.see(*self.sheet.focus)

    # what is larger than the pane

    @property
    def is_cut(self) -> bool:
        """Is the picture larger than the pane?"""
        return self.virtual_size.width > self.size.width or self.virtual_size.height > self.size.height

    def map_region(self) -> Region:
        """Where the small map is, in cells of the pane; empty when there is none: it hides little, or is not shown."""
        key = (self.sheet, self.scroll_offset, self.size)
        if key != self._region_key:
            self._region, self._region_key = self._free_region(), key
        return self._region

    def _free_region(self) -> Region:
        wide, high = self.size
        if not self.is_cut or high < _LEAST_ROWS or wide < 40:
            return Region()
        rows = max(2, min(high // _SHARE, self.sheet.height))
        columns = max(8, min(wide // 4, self.virtual_size.width * rows * 2 // max(self.sheet.height, 1)))
        corners = [(wide - columns - 1, high - rows), (1, high - rows), (wide - columns - 1, 0), (1, 0)]
        hidden, x, y = min((self._hidden(Region(x, y, columns, rows)), x, y) for x, y in corners)
        return Region(x, y, columns, rows) if hidden <= columns * rows // 4 else Region()

    def _hidden(self, region: Region) -> int:
        """How many cells of the picture the small map would hide there; its selection above all."""
        left, top = self.scroll_offset
        seen = region.translate((left, top))
        cells = "".join("".join(span.text for span in row)[seen.x : seen.right]
                        for row in self.sheet.rows[seen.y : seen.bottom])  # fmt: skip
        hides_focus = self.sheet.focus is not None and seen.grow((1, 8, 1, 8)).contains(*self.sheet.focus)
        return len(cells.replace(" ", "")) + (10_000 if hides_focus else 0)

    def _small_map(self, region: Region) -> Sheet:
        """The picture at a glance, with the part that is on the screen."""
        left, top = self.scroll_offset
        key = (self.sheet, left, top, region)
        if key != self._map_key:
            bench = getattr(self.screen, "bench", None)
            seen = (left, top, self.size.width, self.size.height)
            found = bench.graph_overview(region.width, region.height, seen) if bench is not None else EMPTY
            self._map, self._map_key = in_ascii(found) if getattr(self.app, "ascii", False) else found, key
        return self._map

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        if not self.is_cut:
            return strip
        region = self.map_region()
        if region.y <= y < region.bottom:
            rows = self._small_map(region).rows
            if y - region.y < len(rows):
                strip = self._over(strip, region.x, rows[y - region.y], region.width)
        for x, mark in self._marks(y):
            strip = self._over_text(strip, x, mark)
        return strip

    def _over(self, strip: Strip, x: int, row: Row, width: int) -> Strip:
        """A row on top of a strip."""
        top = self.strip_of(row).apply_style(self.rich_style)
        return Strip.join([strip.crop(0, x), top, strip.crop(x + width)])

    def _over_text(self, strip: Strip, x: int, text: str) -> Strip:
        theme = self.app.current_theme
        mark = Strip([Segment(text, style("key", theme.name, theme.dark))], 1).apply_style(self.rich_style)
        return Strip.join([strip.crop(0, x), mark, strip.crop(x + 1)])

    def _marks(self, y: int) -> list[tuple[int, str]]:
        """Arrows at the edges behind which there is more."""
        (left, top), (wide, high) = self.scroll_offset, self.size
        table = dict(zip("◂▸▲▼", "<>^v", strict=True)) if getattr(self.app, "ascii", False) else {}
        found = []
        if y == high // 2:
            found += [(0, "◂")] if left > 0 else []
            found += [(wide - 1, "▸")] if left + wide < self.virtual_size.width else []
        if y == 0 and top > 0:
            found.append((wide // 2, "▲"))
        if y == high - 1 and top + high < self.sheet.height:
            found.append((wide // 2, "▼"))
        return [(x, table.get(mark, mark)) for x, mark in found]

    def on_click(self, event: events.Click) -> None:
        """On the small map, what was clicked at there."""
        spot, region = event.get_content_offset(self), self.map_region()
        if spot is not None and self.is_cut and region.contains(*spot):
            event.stop()
            event.prevent_default()
            target = self._small_map(region).target_at(spot.x - region.x, spot.y - region.y)
            if target:
                self.post_message(self.Pointed(self, target))


def _into_view(at: int, first: int, room: int, whole: int, margin: int) -> int:
    """The first cell on the screen so that the cell `at` is on it, with a margin on both sides."""
    first = max(min(first, at - margin), at + margin + 1 - room)
    return max(0, min(first, whole - room))
