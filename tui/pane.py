"""A pane: draws one sheet, scrolls it, and says at what somebody pointed."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip

from tui.styles import style
from workbench.views.sheet import Row, Sheet, in_ascii, row_width

EMPTY = Sheet("", ())
_TEE, _CROSS = "┬", "┼"


class _PlainBars(ScrollBarRender):
    """Blocks of colour, without characters."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Pane(ScrollView, can_focus=True):
    """A sheet under a title line."""

    DEFAULT_CSS = """
    Pane { border-top: solid $border-blurred; border-title-color: $foreground; border-title-style: bold;
           background: $background; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
           position: absolute; padding: 0; }
    Pane:focus { border-top: solid $primary; background-tint: $foreground 0%; }
    Pane.-beside { border-left: solid $border-blurred; }
    """

    class Pointed(Message):
        """Somebody clicked on something (`target`); `again`: on what was selected already."""

        def __init__(self, pane: Pane, target: str) -> None:
            super().__init__()
            self.pane, self.target = pane, target

        @property
        def control(self) -> Pane:
            return self.pane

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.sheet = EMPTY
        self._drawn: dict[int, Row] = {}
        self._titled: tuple[str, ...] = ()
        self._ground = Style()  # under all rows; found once for all lines that are drawn together

    def on_mount(self) -> None:
        """Scroll bars of an old console have no eighths of a cell."""
        if self._is_ascii:
            self.vertical_scrollbar.renderer = _PlainBars  # type: ignore[misc]
            self.horizontal_scrollbar.renderer = _PlainBars  # type: ignore[misc]

    def show(self, sheet: Sheet) -> None:
        """Draw this sheet from now on; only lines that have changed are drawn anew."""
        self._entitle(sheet.title)
        if sheet is self.sheet or sheet == self.sheet:
            return
        self.sheet = sheet
        self._measure(Size(sheet.width, sheet.height))
        if sheet.focus is not None:
            self.see(*sheet.focus)
        self._draw_changed()

    def _entitle(self, title: str) -> None:
        """The title, with a blank on both sides, which Textual gives only where there is a corner."""
        is_framed = bool(self.styles.border.right[0])
        blanks = "" if is_framed or self.has_class("-beside") else " ", "" if is_framed else " "
        if (title, *blanks) != self._titled:
            self._titled = (title, *blanks)
            shown = in_ascii(Sheet(title, ())).title if self._is_ascii else title
            self._border_title = Content(shown.rstrip().join(blanks) if title else "")
            x, y = self.content_offset
            self.refresh(Region(-x, -y, self.outer_size.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Its line on top goes on from that of the pane on its left."""
        self._ground = self.rich_style
        strips = super().render_lines(crop)
        if strips and not (crop.x or crop.y or self._is_ascii) and self.has_class("-beside"):
            corner, *_ = strips[0].crop(0, 1)
            glyph = _CROSS if self.region.y > 1 else _TEE
            strips[0] = Strip.join([Strip([Segment(glyph, corner.style)], 1), strips[0].crop(1)])
        return strips

    def _measure(self, size: Size) -> None:
        """How much there is to scroll. That alone moves no pane, so the screen is not laid out anew."""
        if size != self.virtual_size:
            self.set_reactive(Pane.virtual_size, size)
            self._scroll_update(size)

    def _draw_changed(self) -> None:
        changed = [y for y, row in self._drawn.items() if self.row_on(y) != row]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    @property
    def _is_ascii(self) -> bool:
        return bool(getattr(self.app, "ascii", False))

    def see(self, x: int, y: int) -> None:
        """Scroll so that a cell is on the screen."""
        self.scroll_to_region(Region(x, y, 1, 1), animate=False, force=True)

    def row_on(self, y: int) -> Row:
        """The row of the sheet that is on a line of the pane."""
        return self.row_of(y + self.scroll_offset.y)

    def row_of(self, number: int) -> Row:
        """A row of the sheet; an empty one below its end."""
        rows = self.sheet.rows
        return rows[number] if 0 <= number < len(rows) else ()

    @property
    def _left(self) -> int:
        """Cells of a row that are hidden on the left."""
        return self.scroll_offset.x

    def render_line(self, y: int) -> Strip:
        left, wide, ground = self._left, self.size.width, self._ground
        row = self._drawn[y] = self.row_on(y)
        return self.strip_of(row).crop_extend(left, left + wide, ground).apply_style(ground)

    def strip_of(self, row: Row) -> Strip:
        """A row in the colours of the theme."""
        row = in_ascii(Sheet("", (row,))).rows[0] if self._is_ascii else row
        theme = self.app.current_theme
        return Strip([Segment(s.text, style(s.style, theme.name, theme.dark)) for s in row], row_width(row))

    def on_click(self, event: events.Click) -> None:
        """What was clicked at, if it stands for something."""
        spot = event.get_content_offset(self)
        if spot is None:
            return
        target = self.sheet.target_at(spot.x + self.scroll_offset.x, spot.y + self.scroll_offset.y)
        if target:
            self.post_message(self.Pointed(self, target))


class Line(Pane, can_focus=False):
    """One row, without a title."""

    DEFAULT_CSS = """
    Line { border: none; height: 1; overflow: hidden; scrollbar-size: 0 0; }
    """

    def show_row(self, row: Row) -> None:
        """Draw this row from now on."""
        self.show(Sheet("", (row,)))
