"""What is, beside what would have been right: of the wrong version that is selected, a few rows of each sort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workbench.bench.panes.versions import wrong_said
from workbench.bench.seen import seen_partitions
from workbench.views.cells import cell_width, printable, shorten
from workbench.views.clock import listed, plural
from workbench.views.data_words import of_day
from workbench.views.sheet import Row, Span, clipped, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.scenario.beside import Beside

_LEAD, _WIDEST, _GAP = 12, 14, "  "


def beside_rows(bench: Bench, name: str, width: int) -> list[Row]:
    """Nothing where the selected dataset's newest version of the shown day was right, or nobody saw it."""
    home = bench.known.makers[name]
    window = bench.known.plans[home].spec.grid.containing(bench.window.start)
    data = bench.known.data
    version = data.live_version(name, window.key) or data.newest(name, window.key)
    seen = seen_partitions(bench.known)
    is_seen = version is not None and (seen is None or version.name[:2] in seen)
    found = bench.session.beside(version) if version is not None and is_seen else None
    if found is None:
        return []
    day = of_day(bench.known, name, window.key).partition(" (from")[0]
    title = Span(f"{day}: {wrong_said(found.judged)}", "title")
    return [(), clipped((title,), width), *wrapped_row(_counts(found), width), *_rows(found, width)]


def _there(rows: int) -> str:
    return "1 row is there" if rows == 1 else f"{rows:,} rows are there"


def _counts(found: Beside) -> Row:
    there = _there(found.rows) if found.rows is not None else "nobody knows how many rows are there"
    right = f", {found.right:,} would be right." if found.right is not None else "."
    shared = ", ".join(f"{name} {_text(value)}" for name, value in found.common[:3])
    odd = "missing" if found.missing else "too many" if found.extra else "different"
    common = f" All that are {odd} have {shared}, and none of the others." if shared else ""
    common += _differ_said(found)
    common += " Each is there a second time." if found.twice else ""
    return (Span(there + right, ""), Span(common, "strong")) if common else (Span(there + right),)


def _differ_said(found: Beside) -> str:
    """`Those that are different have origin EWR, and differ in arr_delay.`; of one kind only, in which columns."""
    alike = ", ".join(f"{name} {_text(value)}" for name, value in found.alike)
    if alike:
        return f" Those that are different all have {alike}, and differ in {listed(found.differ)}."
    return f" They differ in {listed(found.differ)}." if found.differ else ""


def _rows(found: Beside, width: int) -> Iterator[Row]:
    """A head, and rows under it: as many columns as there is room for."""
    lines = list(_lines(found))
    if not lines:
        return
    names = _fitting(found, [values for _, values, _ in lines], width)
    wide = {name: _wide(name, [values for _, values, _ in lines]) for name in names}
    yield clipped((Span(" " * _LEAD), *(_cell(name, wide[name], "dim") for name in names)), width)
    hidden = len(found.columns) - len(names)
    for lead, values, style in lines:
        cells = (_cell(_text(values.get(name)), wide[name], style) for name in names)
        yield clipped((Span(lead.ljust(_LEAD), style), *cells), width)
    if hidden:
        yield clipped((Span(f"{' ' * _LEAD}and {plural(hidden, 'column')} more, the same in these", "dim")
                       if not found.missing and not found.extra
                       else Span(f"{' ' * _LEAD}and {plural(hidden, 'column')} more", "dim"),), width)  # fmt: skip


def _lines(found: Beside) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    yield from (("- missing", row, "bad") for row in found.missing)
    yield from (("+ too much", row, "late") for row in found.extra)
    for there, right in found.changed:
        yield "x is", there, "bad"
        yield "  should be", right, "good"


def _fitting(found: Beside, rows: list[Mapping[str, Any]], width: int) -> list[str]:
    """What tells rows apart comes first; what is the same in all of them, last."""
    told = [*found.differ, *(name for name, _ in (*found.alike, *(found.common or found.shared)))]
    varied = [name for name in found.columns if len({_text(row.get(name)) for row in rows}) > 1]
    names, used = list[str](), _LEAD
    for name in dict.fromkeys((*told, *varied, *found.columns)):
        used += _wide(name, rows) + len(_GAP)
        if used > width:
            break
        names.append(name)
    return names


def _wide(name: str, rows: list[Mapping[str, Any]]) -> int:
    return min(_WIDEST, max(cell_width(text) for text in (name, *(_text(row.get(name)) for row in rows))))


def _cell(text: str, wide: int, style: str) -> Span:
    short = shorten(text, wide)
    return Span(short + " " * (wide - cell_width(short)) + _GAP, style)


def _text(value: Any) -> str:
    return "–" if value is None else printable(str(value))
