"""The table of versions: rows, right or not where that may be shown, since when public, made from what, read by whom.
Below it, of a wrong version that is selected, some rows beside those that would have been right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.bench.panes.besides import beside_rows
from workbench.bench.panes.versions import UNREAD, UNREAD_MEANS, Entry, Worth, datasets_of, entries
from workbench.views.cells import cell_width
from workbench.views.sheet import Row, Sheet, Span, clipped, row_width, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

# From so many cells on, who reads has a column; below, lines of its own. From the next on, code and sources have one.
_READERS, _SOURCES, _CODE = 84, 112, 140
_MOST_READS = 4
_LEAST_READERS = 24
_NEAR = 3
_GAP = "  "
NO_DATASET = "No dataset is declared in this pipeline: rows go from task to task."


_KEPT: WeakKeyDictionary[Bench, tuple[object, dict[int, Sheet]]] = WeakKeyDictionary()


def data(bench: Bench, width: int) -> Sheet:
    """The newest partition first; the shown day is marked. Kept until something changes."""
    session = bench.session
    others = (branch for branch in session.branches.values() if branch is not session.branch)
    futures = tuple((branch.name, len(branch.log)) for branch in others)
    chosen = bench.chosen if bench.chosen.kind == "dataset" else None  # nothing else that is selected is marked
    at = session.branch, session.position, bench.now, bench.window, bench.shows_right, futures
    place = at, bench.dag, chosen
    if bench not in _KEPT or _KEPT[bench][0] != place:
        _KEPT[bench] = place, {}
    kept = _KEPT[bench][1]
    if width not in kept:
        kept[width] = _table(bench, width, _entries(bench, at))
    return kept[width]


# What is known of each dataset, and when: another selection or width shows the same.
_KNOWN: WeakKeyDictionary[Bench, tuple[object, dict[str, list[Entry]]]] = WeakKeyDictionary()


def _entries(bench: Bench, at: object) -> dict[str, list[Entry]]:
    """Of the datasets that are shown, in order."""
    if bench not in _KNOWN or _KNOWN[bench][0] != at:
        _KNOWN[bench] = at, {}
    kept, worth = _KNOWN[bench][1], Worth(bench)
    names = datasets_of(bench)
    for name in names:
        if name not in kept:
            kept[name] = entries(bench, name, worth)
    return {name: kept[name] for name in names}


def _table(bench: Bench, width: int, tables: dict[str, list[Entry]]) -> Sheet:
    if not tables:
        return Sheet("data", tuple(wrapped_row((Span(NO_DATASET, "dim"),), width)))
    written = [name for name, found in tables.items() if any(entry.n for entry in found)]
    blocks = {name: columns_of(bench, name, found, width) for name, found in tables.items()}
    _aligned(blocks.values())
    room = width - max((_wide(columns) for columns in blocks.values()), default=0)
    for columns, column in zip(blocks.values(), _sources(tables.values(), room, width), strict=False):
        columns.append(column)
    _aligned(blocks.values())
    rows, focus = list[Row](), None
    for name, found in tables.items():
        some = found if name in written or not rows else [entry for entry in found if entry.shown]
        table, shown = _laid_out(blocks[name], found, some, width)
        if focus is None and shown is not None:
            # Its head as well, where that is near.
            focus = 0, len(rows) + (shown if shown > _NEAR else 0)
        rows += [*([()] if rows else []), *table]
    if bench.shows_right and any(entry.right == UNREAD for found in tables.values() for entry in found):
        rows += wrapped_row((Span(UNREAD_MEANS, "dim"),), width)
    rows += _beside_right(bench, tables, width)
    return Sheet("data", tuple(rows), focus)


def _aligned(blocks: Iterable[list[_Column]]) -> None:
    """Columns below each other are as wide as the widest of them."""
    for columns in zip(*blocks, strict=False):
        wide = max(column.width for column in columns)
        for column in columns:
            column.width = wide


def _beside_right(bench: Bench, names: Iterable[str], width: int) -> list[Row]:
    """Of the selected dataset, else of the first that was wrong on the shown day."""
    chosen = bench.chosen.name if bench.chosen.kind == "dataset" else ""
    found = (beside_rows(bench, name, width) for name in names if bench.shows_right and chosen in ("", name))
    return next((rows for rows in found if rows), [])


def columns_of(bench: Bench, name: str, found: list[Entry], width: int) -> list[_Column]:
    """The columns for which there is room, but for who reads."""
    is_chosen = bench.chosen.kind == "dataset" and bench.chosen.name == name
    target = f"dataset:{bench.known.makers[name]}.{name}"
    columns = [
        _Column((Span(name, "chosen" if is_chosen else "title", target),), [(_day(entry),) for entry in found]),
        _Column((Span("rows", "dim"),), [(Span(entry.rows),) for entry in found], right=True),
    ]
    if bench.shows_right:
        columns.append(_Column((Span("right?", "dim"),), [(entry.right,) for entry in found]))
    columns.append(_Column((Span("public", "dim"),), [(entry.public,) for entry in found]))
    if width >= _CODE or (width >= _SOURCES and bench.known.code):
        columns.append(_Column((Span("code", "dim"),), [(Span(entry.code, "dim"),) for entry in found]))
    return columns


def _sources(tables: Iterable[list[Entry]], room: int, width: int) -> list[_Column]:
    """What each was made from, a column for each table; where there is little room, only what was missing, which tells
    most; where there is none, nothing."""
    head = (Span("made from", "dim"),)
    full = [_Column(head, [entry.made_from for entry in found]) for found in tables]
    short = [_Column(head, [_missing(cell) for cell in column.cells]) for column in full]
    fits = (some for some in (full, short) if width >= _SOURCES or max((one.width for one in some), default=0) <= room)
    return next((some for some in fits if any(cell for column in some for cell in column.cells)), [])


def _missing(made_from: Row) -> Row:
    return tuple(span._replace(text=span.text.lstrip(", ")) for span in made_from if span.style == "late")


def _wide(columns: list[_Column]) -> int:
    """Cells that columns take, each with the gap behind it."""
    return sum(column.width + len(_GAP) for column in columns)


class _Column:
    """A head and a cell for each entry, as wide as the widest."""

    def __init__(self, head: Row, cells: Sequence[Row], right: bool = False) -> None:
        self.head, self.cells, self.right = head, cells, right
        self.width = max((row_width(cell) for cell in (head, *cells)), default=0)

    def padded(self, row: Row, last: bool = False) -> Row:
        blank = Span(" " * (self.width - row_width(row)))
        row = (blank, *row) if self.right else row if last else (*row, blank)
        return (*row, Span(_GAP)) if not last else row


def _laid_out(
    columns: list[_Column], found: list[Entry], some: list[Entry], width: int
) -> tuple[list[Row], int | None]:
    """The head, the rows of some of these entries, and the number of the one that is shown."""
    left = _wide(columns)
    has_readers = width >= _READERS and width - left >= _LEAST_READERS
    heads = _joined(columns, None, has_readers)
    rows = [clipped((*heads, *((Span("read by", "dim"),) if has_readers else ())), width)]
    shown: int | None = None
    for number, entry in enumerate(found):
        if entry not in some:
            continue
        if entry.shown and shown is None:
            shown = len(rows)
        cells = _joined(columns, number, has_readers)
        readers = [span for span in entry.read_by if span.text]
        if has_readers:
            rows += _beside(tuple(_aimed(cells, entry)), _in_short(entry, readers, width - left), left, width)
        else:
            rows.append(clipped(tuple(_aimed(cells, entry)), width))
            rows += _below(readers, width)
    return rows, shown


def _joined(columns: list[_Column], number: int | None, goes_on: bool) -> Row:
    """The heads, or the cells of an entry; without blanks at the end where nothing follows."""
    rows = [column.head if number is None else column.cells[number] for column in columns]
    lasts = [not goes_on and column is columns[-1] for column in columns]
    return tuple(
        span for column, row, last in zip(columns, rows, lasts, strict=True) for span in column.padded(row, last)
    )


def _aimed(cells: Iterable[Span], entry: Entry) -> Iterator[Span]:
    """All of a row points at its version."""
    return (span if span.target else span._replace(target=entry.target) for span in cells)


def _beside(cells: Row, readers: list[Span], left: int, width: int) -> list[Row]:
    """Who reads it in the last column, as many to a row as there is room for; one that is too long goes on below."""
    lines: list[list[Span]] = [[]]
    room = width - left
    for span in _some(readers):
        first, *rest = wrapped_row((span,), room, _GAP)
        if lines[-1] and row_width(tuple(lines[-1])) + 2 + row_width(first) > room:
            lines.append([])
        lines[-1] += [*([Span(_GAP)] if lines[-1] else []), *first]
        lines += [*map(list, rest), *([[]] if rest else [])]
    lines = [line for number, line in enumerate(lines) if line or not number]
    blank = Span(" " * left)
    return [clipped((*(cells if not number else (blank,)), *line), width) for number, line in enumerate(lines)]


def _in_short(entry: Entry, readers: list[Span], room: int) -> list[Span]:
    """Where all has no room on a line, and a reader got what the row says of its version, a mark says that it did."""
    same = f": {entry.right.text.removeprefix('no: ')}"
    return [
        one._replace(text=f"✖ {one.text.removesuffix(same)}")
        if cell_width(one.text) > room and one.text.endswith(same)
        else one
        for one in readers
    ]


def _below(readers: list[Span], width: int) -> list[Row]:
    """Who reads it in lines of their own, as many to a line as there is room for."""
    lines: list[list[Span]] = []
    for span in _some(readers):
        wide = cell_width(span.text) + 4
        if not lines or row_width(tuple(lines[-1])) + wide > width:
            lines.append([])
        lines[-1] += [Span("  ▲ ", "dim"), span]
    return [clipped(tuple(line), width) for line in lines]


def _some(readers: list[Span]) -> list[Span]:
    """The newest few, and how many before."""
    more = len(readers) - _MOST_READS
    return [*([Span(f"{more} before", "dim")] if more > 0 else []), *readers[-_MOST_READS:]]


def _day(entry: Entry) -> Span:
    """`►Thu 3 Jan A v2`."""
    mark = "►" if entry.shown and not entry.future else " "
    name = f" {entry.future}" if entry.future else ""
    number = f" v{entry.n}" if entry.several else ""
    style = "you" if entry.future else "chosen" if entry.shown else ""
    return Span(f"{mark}{entry.day}{name}{number}", style)
