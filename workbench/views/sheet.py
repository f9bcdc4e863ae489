"""A sheet: styled text in terminal cells, which is all that a front end draws of a pane.

A row is a tuple of spans; a span is text with the name of a style and, where it can be pointed at, what it stands for
(`target`: `task:daily_flights.clean`, `run:daily_flights@2013-01-03`, `verb:rerun clean@2013-01-03`, `at:<instant>`,
`offer:e:set clean retries 2`: the menu of a key, where that line is offered).
Front ends choose a colour for each of the names in STYLES, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from workbench.views.cells import asciified, cell_width, pieces
from workbench.views.graph import STAGE_ASCII, STAGE_GLYPHS

# What the names mean: `up`/`down`: before and behind the selection; `dim`: not now; `you`: what a person did;
# `field`: a value that can be changed; `row`: the line at which one stands in a menu.
STYLES = frozenset(
    {
        "", "title", "strong", "dim", "rule", "key", "coach", "chosen", "good", "bad", "late", "you", "now", "note",
        "clock",
        "edge", "edge.up", "edge.down", "edge.dim", "frame", "frame.chosen", "name", "name.dim", "error", "code",
        "code.keyword", "code.name", "code.text", "code.number", "code.comment", "code.mark",
        "state.none", "state.scheduled", "state.queued", "state.running", "state.success", "state.failed",
        "state.up_for_retry", "state.up_for_reschedule", "state.skipped", "state.upstream_failed", "state.removed",
        "state.arrived", "state.late", "state.blocked", "state.published", "state.stale",
        "bar.due", "bar.wait", "bar.pause", "bar.run", "bar.failed", "bar.poke", "bar.away", "bar.read", "bar.queued",
        "field", "field.now", "row", "row.key", "row.dim", "row.field",
    }
)  # fmt: skip


class Span(NamedTuple):
    """Printable text in one style. `target`: what it stands for, if one can point at it."""

    text: str
    style: str = ""
    target: str = ""


Row = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of spans under a title. `focus`: the column and row (from 0) that should be seen."""

    title: str
    rows: tuple[Row, ...]
    focus: tuple[int, int] | None = None

    @property
    def width(self) -> int:
        return max(map(row_width, self.rows), default=0)

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def text(self) -> str:
        """Without styles, and without blanks at the ends of lines."""
        return "\n".join("".join(span.text for span in row).rstrip() for row in self.rows)

    def target_at(self, x: int, y: int) -> str:
        """What stands at a cell, or nothing."""
        if not 0 <= y < len(self.rows):
            return ""
        end = 0
        for span in self.rows[y]:
            end += cell_width(span.text)
            if x < end:
                return span.target
        return ""


class MadeRows(tuple[Row, ...]):
    """Looks like a tuple of rows, each of which is made when somebody first asks for it."""

    size: int
    make: Callable[[int], Row]

    @classmethod
    def of(cls, count: int, make: Callable[[int], Row]) -> MadeRows:
        found = cls()
        found.size, found.make = count, cache(make)
        return found

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return self.size > 0

    def __getitem__(self, place: Any) -> Any:
        numbers = range(self.size)[place]
        return self.make(numbers) if isinstance(numbers, int) else tuple(map(self.make, numbers))

    def __iter__(self) -> Iterator[Row]:
        return map(self.make, range(self.size))


class MadeSheet(Sheet):
    """A sheet whose rows are made when they are asked for, each of them `wide` cells. `same`: what it is made from;
    equal to another that is made from the same."""

    wide: int
    same: tuple[object, ...]

    def __init__(
        self, title: str, rows: MadeRows, focus: tuple[int, int] | None, wide: int, same: tuple[object, ...]
    ) -> None:
        super().__init__(title, rows, focus)
        object.__setattr__(self, "wide", wide)
        object.__setattr__(self, "same", same)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, MadeSheet):
            return (self.title, self.focus, self.same) == (other.title, other.focus, other.same)
        return False

    def __hash__(self) -> int:
        return id(self)

    @property
    def width(self) -> int:
        return self.wide


def row_width(row: Row) -> int:
    """The cells of a row."""
    return sum(cell_width(span.text) for span in row)


def plain(*texts: str, style: str = "") -> tuple[Row, ...]:
    """A row for each text."""
    return tuple((Span(text, style),) for text in texts)


def clipped(row: Row, width: int) -> Row:
    """At most `width` cells of a row; what is cut ends in an ellipsis."""
    if row_width(row) <= width:
        return row
    found: list[Span] = []
    room = width
    for span in row:
        wide = cell_width(span.text)
        if wide > room - 1:
            found.append(span._replace(text=(pieces(span.text, room - 1)[0] if room > 2 else "") + "…" if room else ""))
            break
        found.append(span)
        room -= wide
    return tuple(found)


def wrapped_row(row: Sequence[Span], width: int, indent: str = "") -> tuple[Row, ...]:
    """A row over several, broken between words; the later ones begin with `indent`."""
    return _wrapped(tuple(row), width, indent)


@lru_cache(maxsize=4096)
def _wrapped(row: Row, width: int, indent: str) -> tuple[Row, ...]:
    if sum(cell_width(span.text) for span in row) <= width:
        return (_merged(span for span in row if span.text),)
    lines: list[list[Span]] = [[]]
    used = 0
    for word in _pieces(row):
        wide = sum(cell_width(span.text) for span in word)
        seen = wide - cell_width(word[-1].text) + cell_width(word[-1].text.rstrip())
        if used + seen > width and used > cell_width(indent):
            lines.append([Span(indent)] if indent else [])
            first = word[0]._replace(text=word[0].text.lstrip())
            used = cell_width(indent) + wide - cell_width(word[0].text) + cell_width(first.text)
            lines[-1] += [first, *word[1:]]
        else:
            lines[-1] += word
            used += wide
    return tuple(_merged(line) for line in lines)


def _pieces(row: Sequence[Span]) -> Iterator[list[Span]]:
    """Words as they are read: what follows without a blank, as a full stop behind a key, belongs to the one before."""
    found: list[Span] = []
    for word in (word for span in row for word in _words(span)):
        if found and word.text.startswith(" "):
            yield found
            found = []
        found.append(word)
    if found:
        yield found


def _words(span: Span) -> Iterable[Span]:
    """Words, each with the blanks in front of it."""
    start = 0
    text = span.text
    while start < len(text):
        end = start
        while end < len(text) and text[end] == " ":
            end += 1
        while end < len(text) and text[end] != " ":
            end += 1
        yield span._replace(text=text[start:end])
        start = end


def _merged(spans: Iterable[Span]) -> Row:
    found: list[Span] = []
    for span in spans:
        if found and found[-1][1:] == span[1:]:
            found[-1] = span._replace(text=found[-1].text + span.text)
        elif span.text:
            found.append(span)
    return tuple(found)


def in_ascii(sheet: Sheet) -> Sheet:
    """The same for a console that has nothing else: every glyph has its letter, cell by cell."""
    rows = tuple(tuple(span._replace(text=_ascii(span.text)) for span in row) for row in sheet.rows)
    return Sheet(_ascii(sheet.title), rows, sheet.focus)


def _ascii(text: str) -> str:
    return text if text.isascii() else asciified(text.translate(_ASCII))


_ASCII = str.maketrans(
    {glyph: STAGE_ASCII[name] for name, glyph in STAGE_GLYPHS.items()}
    | dict(zip("─│╭╮╰╯├┤┬┴┼┄┆═║╔╗╚╝►▸◂▲△▼┃…←→☞✔✓", "-|+++++++++.:=#####>><^^v|~<>>vv", strict=False))
    | dict(zip("┌┐└┘‹›", "++++<>", strict=True))
    | dict(zip("†⚑‖▽", "xDHv", strict=True))
    | dict(zip("↑↓“”", '^v""', strict=True))
    | dict(zip("░▒▓╌·–—◇◆▶█▌▐▏▕", ".=%-.--<<>##|||", strict=False))
)
