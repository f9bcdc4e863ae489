"""A sheet on top of everything: to be read, scrolled, searched, and left with Esc. Enter goes to what is marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size

from tui.ask import AskLine
from tui.over import Over, keys_foot
from tui.pane import Pane
from workbench.views.sheet import Row, Sheet, row_width, wrapped_row

SECTION, OFFER = "section:", "offer:"
Make = Callable[[int], Sheet]
_WIDEST = 116
_NARROW, _LEAST = 100, 64


class SheetScreen(Over[str | None]):
    """Shows one sheet, as large as it needs, at most the screen. `sheet`: itself, or what makes it for a width.
    Answers the target that somebody went to, or None. `widest`: cells that are asked of what makes it."""

    DEFAULT_CSS = """
    SheetScreen { align: center middle; background: $background 60%; }
    SheetScreen #sheet { position: relative; border: round $primary; background: $background; padding: 0 1; }
    SheetScreen #sheet:focus { border: round $primary; }
    SheetScreen #sheet { border-subtitle-align: left; border-subtitle-color: $foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave"),
        Binding("down", "down", "Down: the next thing one can go to, else a line", priority=True),
        Binding("up", "up", "Up", priority=True),
        Binding("tab", "section(1)", "Next section", priority=True),
        Binding("shift+tab", "section(-1)", "Section before", priority=True),
        Binding("space", "page", "A page down"),
        Binding("enter", "enter", "Go to what is marked", priority=True),
        Binding("slash", "find", "Find in this text"),
        Binding("n", "find_next", "Find the next one"),
    ]

    def __init__(self, sheet: Sheet | Make, widest: int = _WIDEST, keys: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__()
        self.make: Make = sheet if callable(sheet) else lambda width: _within(sheet, width)
        self.widest, self.more = widest, keys
        self.sheet = Sheet("", ())
        self._kept: tuple[int, Sheet] | None = None
        self._fitted: tuple[Size, int] | None = None  # the room for which it was fitted
        self.link = self.heading = -1
        self.sought = ""

    def compose(self) -> ComposeResult:
        yield Pane("sheet")

    @property
    def pane(self) -> Pane:
        return self.query_one("#sheet", Pane)

    def on_mount(self) -> None:
        self.fit()
        self.pane.focus()

    def on_resize(self) -> None:
        if self._fitted != (self.app.size, self.free):
            self.fit()

    def fit(self) -> None:
        """Take the room that the sheet needs."""
        width, height = self.app.size
        self._fitted = (self.app.size, self.free)
        edge = 0 if width < _NARROW else 4
        self.sheet = self._made(max(20, min(self.widest, width - edge - 5)))
        self.pane.styles.width = min(width - edge, max(_LEAST, self.sheet.width + 5))
        self.pane.styles.height = max(4, min(height - max(self.free, edge // 2), self.sheet.height + 2))
        self._show()
        self.pane.border_subtitle = self._foot()

    def _made(self, width: int) -> Sheet:
        """The sheet for a width; made once, since nothing moves below while it is read."""
        if self._kept is None or self._kept[0] != width:
            self._kept = (width, self.make(width))
        return self._kept[1]

    def _foot(self) -> str:
        """The keys, on the frame."""
        keys = [("↑↓", "read")]
        keys += [("Tab", "next section")] if any(map(_section, self.sheet.rows)) else []
        keys += [("Enter", "go there")] if self.links else []
        keys += [("/".join(self.letters), "offers")] if self.letters else []
        keys += [*self.more, ("/", "find"), ("Esc", "leave")]
        return keys_foot(keys, bool(getattr(self.app, "ascii", False)))

    # what one can go to

    @property
    def links(self) -> list[tuple[int, str]]:
        """(row, target) of all that can be gone to, each row's first."""
        found = ((number, _target(row)) for number, row in enumerate(self.sheet.rows))
        return [(number, target) for number, target in found if target]

    @property
    def letters(self) -> dict[str, str]:
        """The keys of what is offered, each with the first offer of it."""
        found: dict[str, str] = {}
        for _, target in self.links:
            if target.startswith(OFFER):
                found.setdefault(target.removeprefix(OFFER).partition(":")[0], target)
        return found

    def on_key(self, event: events.Key) -> None:
        """The letter of an offer leaves for its menu."""
        target = self.letters.get(event.character or "")
        if target:
            event.stop()
            event.prevent_default()
            self.dismiss(target)

    @property
    def marked(self) -> tuple[int, str] | None:
        """(row, target) of what is marked: something that can be gone to, or a heading."""
        if self.heading >= 0:
            return self.heading, next(span.target for span in self.sheet.rows[self.heading] if span.target)
        return self.links[self.link] if 0 <= self.link < len(self.links) else None

    def _show(self) -> None:
        """Draw it, with what is marked in the colour of a selection."""
        if self.marked is None:
            self.pane.show(self.sheet)
            return
        number, target = self.marked
        row = tuple(s._replace(style="chosen") if s.target == target else s for s in self.sheet.rows[number])
        rows = (*self.sheet.rows[:number], row, *self.sheet.rows[number + 1 :])
        self.pane.show(Sheet(self.sheet.title, rows))

    def action_down(self) -> None:
        self._walk(1)

    def action_up(self) -> None:
        self._walk(-1)

    def _walk(self, step: int) -> None:
        """To the next link that can be seen; a line on where there is none."""
        top, high = self.pane.scroll_offset.y, self.pane.size.height
        begin = self.marked[0] if self.marked is not None else -1
        ahead = [i for i, (row, _) in enumerate(self.links) if top <= row < top + high + (step > 0)
                 and (row - begin) * step > 0]  # fmt: skip
        if ahead and (begin >= 0 or step > 0):
            self.link, self.heading = ahead[0] if step > 0 else ahead[-1], -1
            self._show()
            self.pane.see(0, self.links[self.link][0])
        else:
            self.pane.scroll_relative(y=step, animate=False)

    def action_page(self) -> None:
        self.pane.scroll_page_down(animate=False)

    def action_section(self, step: int) -> None:
        """To the next heading, round and round; it is marked, for there may be nothing to scroll."""
        rows = [number for number, row in enumerate(self.sheet.rows) if _section(row)]
        if not rows:
            return
        top, high = self.pane.scroll_offset.y, self.pane.size.height
        is_seen = self.marked is not None and top <= self.marked[0] < top + high
        at = self.marked[0] if self.marked is not None and is_seen else top - 1 if step > 0 else top
        ahead = [row for row in rows if (row - at) * step > 0] or rows
        self.heading, self.link = ahead[0] if step > 0 else ahead[-1], -1
        self.pane.scroll_to(y=self.heading, animate=False)
        self._show()

    def action_enter(self) -> None:
        if 0 <= self.link < len(self.links):
            self.dismiss(self.links[self.link][1])

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click goes there."""
        if not event.target.startswith(SECTION):
            self.dismiss(event.target)

    # finding

    def action_find(self) -> None:
        self.app.push_screen(AskLine("find"), self._found)

    def _found(self, text: str | None) -> None:
        if text:
            self.sought = text.casefold()
            self.action_find_next()

    def action_find_next(self) -> None:
        """To the next row that holds what was sought, after the one on top; round and round."""
        if not self.sought:
            return
        rows = [n for n, row in enumerate(self.sheet.rows) if self.sought in "".join(s.text for s in row).casefold()]
        top = self.pane.scroll_offset.y
        ahead = [row for row in rows if row > top] or rows
        if ahead:
            self.pane.scroll_to(y=ahead[0], animate=False)

    def on_click(self, event: events.Click) -> None:
        """A click beside it leaves it."""
        if event.widget is self:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


def _within(sheet: Sheet, width: int) -> Sheet:
    """What was made for no width: rows that are too long go on below, a little further in."""
    rows = [part for row in sheet.rows for part in _broken(row, width)]
    return sheet if len(rows) == len(sheet.rows) else Sheet(sheet.title, tuple(rows))


def _broken(row: Row, width: int) -> tuple[Row, ...]:
    if row_width(row) <= width:
        return (row,)
    text = "".join(span.text for span in row)
    return tuple(wrapped_row(row, width, " " * (min(width // 3, len(text) - len(text.lstrip())) + 2)))


def _section(row: Row) -> bool:
    return any(span.target.startswith(SECTION) for span in row)


def _target(row: Row) -> str:
    return next((span.target for span in row if span.target and not span.target.startswith(SECTION)), "")
