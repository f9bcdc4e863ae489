"""Headings and tables of long sheets, between which one can jump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.views.cells import cell_width
from workbench.views.sheet import Row, Span, clipped

SECTION = "section:"
_GAP = 2


def heading(name: str, width: int) -> Row:
    """`── attempts ─────`."""
    rest = "─" * max(0, width - cell_width(name) - 4)
    return (Span("── ", "rule"), Span(name, "title", f"{SECTION}{name}"), Span(f" {rest}", "rule"))


def section(name: str, rows: Iterable[Row], width: int) -> Iterator[Row]:
    """A heading, its rows, and an empty row; nothing where there are no rows."""
    found = list(rows)
    if found:
        yield heading(name, width)
        yield from found
        yield ()


def table(
    head: Sequence[str], rows: Iterable[Sequence[Span]], width: int, right: frozenset[int] = frozenset()
) -> Iterator[Row]:
    """Columns as wide as their widest value, those of these numbers to the right; what does not fit is cut at the end
    of the row."""
    body = [list(row) for row in rows]
    every = [[Span(text, "dim") for text in head], *body]
    wide = [max(cell_width(row[n].text) for row in every) for n in range(len(head))]
    for row in every if body else []:
        spans: list[Span] = []
        for number, (span, size) in enumerate(zip(row, wide, strict=True)):
            gap = " " * (size - cell_width(span.text))
            padded = gap + span.text if number in right else span.text + gap
            spans += [span._replace(text=padded), Span(" " * _GAP)]
        last = spans[-2]
        yield clipped((*spans[:-2], last._replace(text=last.text.rstrip())), width)
