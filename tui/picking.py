"""Screens with a sheet of entries in their middle: home, and lists to pick from, which typing filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.pane import Line, Pane
from workbench.views.sheet import Row, Sheet, Span, clipped, row_width, wrapped_row

_WIDEST = 96
Keys = Sequence[tuple[str, str]]


class Entry(NamedTuple):
    """Something to pick: `target` is the answer; `name`, `about` and `aside` are columns, `more` is said when it is
    chosen."""

    target: str
    name: str
    about: str = ""
    aside: str = ""
    more: str = ""


class Section(NamedTuple):
    """Entries under a heading. Without entries, the heading is followed by `otherwise`."""

    heading: str
    entries: tuple[Entry, ...]
    otherwise: str = ""


class Board(Pane):
    """The sheet of such a screen; it takes all the room that there is."""

    DEFAULT_CSS = "Board { position: relative; width: 100%; height: 1fr; }"


class Boarded(Screen[Any]):
    """A board, a line of what is said, and a line of keys."""

    KEYS: ClassVar[Keys] = ()
    DEFAULT_CSS = "Boarded Line { position: relative; width: 100%; }"

    def compose(self) -> ComposeResult:
        yield Board("board")
        yield Line("said")
        yield Line("keys")

    def on_mount(self) -> None:
        self.focus_first()
        self.draw()

    def focus_first(self) -> None:
        """Who gets the keys."""
        self.query_one("#board", Board).focus()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def draw(self) -> None:
        """Show what is so now."""
        wide = self.app.size.width
        self.query_one("#board", Board).show(self.sheet(wide, max(1, self.app.size.height - 3)))
        self.query_one("#said", Line).show_row(clipped(self.said(), wide))
        self.query_one("#keys", Line).show_row(keys_row(self.KEYS, wide))

    def sheet(self, width: int, height: int) -> Sheet:
        """What stands on the board of this size."""
        raise NotImplementedError

    def said(self) -> Row:
        """One line to the person."""
        return ()


def keys_row(keys: Keys, width: int) -> Row:
    """As many keys with their words as fit."""
    row: Row = (Span(" "),)
    for key, word in keys:
        more = (*row, Span(f"{key} ", "key"), Span(f"{word}   ", "dim"))
        if row_width(more) > width:
            break
        row = more
    return row


def margin_of(width: int) -> tuple[int, int]:
    """The margin on the left, and the width of what stands in the middle."""
    wide = min(width - 3, _WIDEST)
    return (width - wide - 1) // 2, wide


def entry_row(entry: Entry, is_chosen: bool, names: int, width: int) -> Row:
    """An entry as a row: a mark, its name, what it is, and what is aside at the right end."""
    name = entry.name.ljust(names) if len(entry.name) <= names else entry.name[: names - 1] + "…"
    aside = f"  {entry.aside}" if entry.aside else ""
    room = max(0, width - 2 - names - 2 - len(aside))
    about = entry.about if len(entry.about) <= room else entry.about[: max(0, room - 1)] + "…"
    look = "chosen" if is_chosen else ""
    return (
        Span("► " if is_chosen else "  ", "chosen", entry.target),
        Span(f"{name}  ", look or "strong", entry.target),
        Span(about.ljust(room), look or "dim", entry.target),
        Span(aside, look or "note", entry.target),
    )


class Picking(Boarded):
    """A list to pick from; answers the target that was picked, or None. Letters filter, by words in any order."""

    KEYS: ClassVar[Keys] = (("↑↓", "choose"), ("Enter", "open"), ("letters", "filter"), ("Esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "The one above", priority=True),
        Binding("down", "move(1)", "The one below", priority=True),
        Binding("pageup", "move(-10)", "Ten up", priority=True),
        Binding("pagedown", "move(10)", "Ten down", priority=True),
        Binding("enter", "take", "Open what is chosen", priority=True),
        Binding("escape", "leave", "Clear the filter, then leave"),
        Binding("backspace", "shorten", "Take the last letter of the filter away"),
    ]

    def __init__(self, title: str, sections: Sequence[Section], about: str = "") -> None:
        super().__init__()
        self.heading, self.sections, self.about = title, tuple(sections), about
        self.filter = ""
        self.at = 0

    # what there is

    @property
    def shown(self) -> list[Section]:
        """The sections with the entries that the filter leaves."""
        words = self.filter.lower().split()
        kept = [section._replace(entries=_that_have(words, section.entries)) for section in self.sections]
        return [one for one in kept if one.entries or (one.otherwise and not words)]

    @property
    def entries(self) -> list[Entry]:
        return [entry for section in self.shown for entry in section.entries]

    def sheet(self, width: int, height: int) -> Sheet:
        """The filter, and the sections below each other."""
        left, wide = margin_of(width)
        names = min(34, max([8, *(len(one.name) for section in self.sections for one in section.entries)]))
        rows: list[Row] = [self._filter_row(), ()]
        if self.about:
            rows += [*wrapped_row((Span(self.about),), wide), ()]
        focus, number = 0, 0
        for section in self.shown:
            rows += [(Span(section.heading, "title"),)]
            rows += [] if section.entries else wrapped_row((Span(f"  {section.otherwise}", "dim"),), wide, "  ")
            for entry in section.entries:
                focus = len(rows) if number == self.at else focus
                rows.append(entry_row(entry, number == self.at, names, wide))
                number += 1
            rows.append(())
        if not number and self.filter:
            rows.append((Span(f"Nothing here has “{self.filter}” in it. Esc clears the filter.", "late"),))
        return Sheet(self.heading, tuple((Span(" " * left), *row) for row in rows), (0, focus if self.at else 0))

    def _filter_row(self) -> Row:
        """What was typed."""
        typed = Span(self.filter, "strong") if self.filter else Span("type to filter", "dim")
        return (Span("/ ", "key"), *((typed, Span("▏", "key")) if self.filter else (Span("▏", "key"), typed)))

    def said(self) -> Row:
        """More about what is chosen."""
        more = self.entries[self.at].more if self.entries else ""
        return (Span(" "), Span(more, "dim"))

    # keys

    def on_key(self, event: events.Key) -> None:
        """A letter narrows the list."""
        if event.character and event.is_printable:
            event.stop()
            self._filter(self.filter + event.character)

    def _filter(self, text: str) -> None:
        self.filter, self.at = text, 0
        self.draw()

    def action_shorten(self) -> None:
        self._filter(self.filter[:-1])

    def action_move(self, by: int) -> None:
        self.at = max(0, min(len(self.entries) - 1, self.at + by))
        self.draw()

    def action_take(self) -> None:
        if self.entries and self.entries[self.at].target:
            self.dismiss(self.entries[self.at].target)

    def action_leave(self) -> None:
        if self.filter:
            self._filter("")
        else:
            self.dismiss(None)

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click picks."""
        self.dismiss(event.target)


class Marking(Picking):
    """The same, of which two entries can be marked to be compared: it then answers `compare:FIRST:SECOND`. `marks`: the
    kind of those that can."""

    KEYS: ClassVar[Keys] = (*Picking.KEYS[:2], ("Tab", "mark two to compare"), *Picking.KEYS[2:])
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "mark", "Mark it; marking a second one compares the two", priority=True),
    ]

    def __init__(self, title: str, sections: Sequence[Section], marks: str) -> None:
        super().__init__(title, sections)
        self.marks, self.marked = marks, ""

    def said(self) -> Row:
        """Which one is marked already."""
        if not self.marked:
            return super().said()
        name = next(entry.name for section in self.sections for entry in section.entries if entry.target == self.marked)
        return (
            Span(f" {name} is marked. ", "good"),
            Span("Tab on another compares the two; on itself, unmarks it.", "dim"),
        )

    def action_mark(self) -> None:
        target = self.entries[self.at].target if self.entries else ""
        if not target.startswith(f"{self.marks}:"):
            return
        if self.marked and target != self.marked:
            first, second = (one.partition(":")[2] for one in (self.marked, target))
            self.dismiss(f"compare:{first}:{second}")
            return
        self.marked = "" if target == self.marked else target
        self.draw()


def _that_have(words: list[str], entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Those in which all words are; first those that have them in their names."""
    found = [entry for entry in entries if _has(" ".join(entry[1:]), words)]
    return tuple(sorted(found, key=lambda entry: not _has(entry.name, words)))


def _has(text: str, words: list[str]) -> bool:
    return all(word in text.lower() for word in words)
