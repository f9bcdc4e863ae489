"""A pane: draws one sheet, scrolls it, and says at what somebody pointed."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip

from tui.styles import style
from workbench.views.sheet import Row, Sheet, in_ascii, row_width

EMPTY = Sheet("", ())


class _PlainBars(ScrollBarRender):
    """Blocks of colour, without characters."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Pane(ScrollView, can_focus=True):
    """A sheet under a title line."""

    DEFAULT_CSS = """
    Pane { border-top: solid $panel; border-title-color: $foreground; border-title-style: bold; background: $background;
           scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; position: absolute; padding: 0; }
    Pane:focus { border-top: solid $primary; background-tint: $foreground 0%; }
    Pane.-beside { border-left: solid $panel; }
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

    def on_mount(self) -> None:
        """Scroll bars of an old console have no eighths of a cell."""
        if getattr(self.app, "ascii", False):
            self.vertical_scrollbar.renderer = _PlainBars  # type: ignore[misc]
            self.horizontal_scrollbar.renderer = _PlainBars  # type: ignore[misc]

    def show(self, sheet: Sheet) -> None:
        """Draw this sheet from now on."""
        if getattr(self.app, "ascii", False):
            sheet = in_ascii(sheet)
        if sheet == self.sheet:
            return
        self.sheet = sheet
        self.border_title = Text(sheet.title)  # no markup: names may have brackets
        self.virtual_size = Size(sheet.width, sheet.height)
        if sheet.focus is not None:
            self.see(*sheet.focus)
        self.refresh()

    def see(self, x: int, y: int) -> None:
        """Scroll so that a cell is on the screen."""
        from textual.geometry import Region

        self.scroll_to_region(Region(x, y, 1, 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        wide = self.size.width
        ground = self.rich_style
        row = y + top
        if row >= len(self.sheet.rows):
            return Strip.blank(wide, ground)
        strip = self.strip_of(self.sheet.rows[row])
        return strip.crop_extend(left, left + wide, ground).apply_style(ground)

    def strip_of(self, row: Row) -> Strip:
        """A row in the colours of the theme."""
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
