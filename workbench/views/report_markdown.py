"""A report as Markdown (CommonMark with tables), readable as it is and as a page. All that it is given is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.views.cells import printable
from workbench.views.report_parts import Items, Part, Quote, Report, Section, Table

_SPECIAL = re.compile(r"([\\`*\[\]<>|~])|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_AT_THE_START = re.compile(r"^(\s*)([-+#=]|\d+(?=[.)]))")


def markdown(report: Report) -> str:
    """The document, with a newline at its end."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def text(given: str) -> str:
    """A text in a line of its own or in a cell: nothing in it is markup."""
    flat = " ".join(printable(given).split())
    return _SPECIAL.sub(_escaped, flat)


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _with_code(given: str) -> str:
    """A sentence of ours, in which code stands between backticks."""
    parts = given.split("`")
    return "`".join(part if place % 2 else _SPECIAL.sub(_escaped, printable(part)) for place, part in enumerate(parts))


def _line(given: str) -> str:
    """A text that begins a line, where `- ` or `1.` would mean something."""
    return _AT_THE_START.sub(r"\1\\\2" if not given[:1].isdigit() else r"\1\2\\", text(given))


def _lines(report: Report) -> Iterator[str]:
    yield f"# {text(report.title)}"
    yield from _paragraphs(report.about)
    yield ""
    yield "## Summary"
    yield ""
    for fact in report.facts:
        note = f": {text(fact.note)}" if fact.note else ""
        yield f"- **{text(fact.value)} {text(fact.label)}**{note}"
    for one in report.overview:
        yield from _table(one)
    for figure in report.figures:
        yield from _paragraphs((f"{figure.title}: {figure.text}",))
    yield from _section(report.trouble)
    for number, section in enumerate(report.sections, 1):
        yield from _section(section, f"{number}. ")


def _paragraphs(some: tuple[str, ...]) -> Iterator[str]:
    for one in some:
        yield ""
        yield _line(one)


def _section(section: Section, number: str = "") -> Iterator[str]:
    yield ""
    yield f"## {number}{text(section.question)}"
    yield from _paragraphs((section.answer,))
    if section.to_see:
        yield ""
        yield f"To see it, {_with_code(section.to_see)}"
    for part in section.parts:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    if isinstance(part, Table):
        yield from _table(part)
    elif isinstance(part, Quote):
        yield from _quote(part)
    else:
        yield from _items(part)


def _items(part: Items) -> Iterator[str]:
    yield ""
    yield from (f"- {_line(one)}" for one in part.items)


def _quote(part: Quote) -> Iterator[str]:
    inside = [printable(line) for line in part.lines]
    ticks = max((len(match) for line in inside for match in re.findall("`+", line)), default=0)
    fence = "`" * max(3, ticks + 1)
    yield from ("", f"### {text(part.title)}", "", f"{fence}text")
    yield from inside
    yield fence


def _table(part: Table) -> Iterator[str]:
    yield from ("", f"### {text(part.title)}", "")
    rows = [[text(cell) for cell in row] for row in (part.head, *part.rows)]
    widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]
    head, *body = rows
    yield _row(head, widths, part.right)
    rules = ["-" * (width - 1) + ":" if place in part.right else "-" * width for place, width in enumerate(widths)]
    yield f"| {' | '.join(rules)} |"
    yield from (_row(row, widths, part.right) for row in body)
    if part.more:
        yield from ("", f"({text(part.more)})")


def _row(cells: list[str], widths: list[int], right: tuple[int, ...]) -> str:
    padded = (
        cell.rjust(width) if place in right else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"
