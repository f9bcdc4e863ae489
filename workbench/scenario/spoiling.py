"""What faults on files do to rows, and to how many there are where rows are only counted.

Numbers are calculated exactly and written with at most six decimals; shares of rows are rounded down.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from workbench.scenario.data_parts import (
    Correction,
    Doubled,
    Empty,
    LateRows,
    Moved,
    Poison,
    SchemaDrift,
    Truncated,
    UnitDrift,
)
from workbench.scenario.draws import draw
from workbench.scenario.rows import Rows

_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_MILLION = 10**6


class Where(NamedTuple):
    """Which file: for keyed draws."""

    seed: int
    input: str
    partition: str


def spoil(fault: Any, rows: Rows, where: Where) -> Rows:
    """The rows that come of the file with these."""
    return _ROWS[type(fault)](fault, rows, where)


def count(fault: Any, rows: int) -> int:
    """How many rows come of so many."""
    counted = _COUNTS.get(type(fault))
    return rows if counted is None else counted(fault, rows)


def share_of(share: Fraction | None, rows: int) -> int:
    """So many rows are that share: 0.6 of 914 is 548."""
    return rows if share is None else rows * share.numerator // share.denominator


def times(value: Any, factor: Fraction) -> Any:
    """A number times a factor, as the same kind of value; what is no number stays as it is."""
    if isinstance(value, str):
        return _told(Fraction(value) * factor) if _NUMBER.fullmatch(value) else value
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) != float("inf"):
        text = _told(Fraction(value) * factor)
        return float(text) if "." in text else int(text)
    return value


def _told(number: Fraction) -> str:
    millionths = round(number * _MILLION)
    whole, rest = divmod(abs(millionths), _MILLION)
    text = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return f"-{text}" if millionths < 0 else text


def _nothing(fault: Any, rows: Rows, where: Where) -> Rows:
    return []


def _truncated(fault: Truncated, rows: Rows, where: Where) -> Rows:
    return rows[: _kept(fault, len(rows))]


def _kept(fault: Truncated, rows: int) -> int:
    return min(rows, fault.rows) if fault.rows is not None else share_of(fault.share, rows)


def _doubled(fault: Doubled, rows: Rows, where: Where) -> Rows:
    return [dict(row) for _ in range(fault.times) for row in rows]


def _drifted(fault: SchemaDrift, rows: Rows, where: Where) -> Rows:
    names = dict(fault.rename or ())
    kept = [{names.get(name, name): value for name, value in row.items() if name not in fault.drop} for row in rows]
    return kept if fault.insert is None else [_shifted(row, fault.insert) for row in kept]


def _shifted(row: dict[str, Any], before: str) -> dict[str, Any]:
    """A column more, and names by position."""
    if before not in row:
        return row
    names, values = [*row, f"column_{len(row) + 1}"], list(row.values())
    values.insert(names.index(before), "0")
    return dict(zip(names, values, strict=True))


def _in_other_unit(fault: UnitDrift, rows: Rows, where: Where) -> Rows:
    factor = fault.factor or Fraction(1)
    return [_with(row, fault.column, times(row.get(fault.column), factor)) for row in rows]


def _with(row: dict[str, Any], column: str, value: Any) -> dict[str, Any]:
    return {**row, column: value} if column in row else row


def _poisoned(fault: Poison, rows: Rows, where: Where) -> Rows:
    return [{**row, fault.column: fault.value} if n == fault.row else row for n, row in enumerate(rows, 1)]


def _without_late(fault: LateRows, rows: Rows, where: Where) -> Rows:
    key = f"{where.seed}|late_rows|{where.input}|{where.partition}"
    places = sorted(range(len(rows)), key=lambda n: (draw(f"{key}|{n}"), n))
    late = set(places[: share_of(fault.share, len(rows))])
    return [row for n, row in enumerate(rows) if n not in late]


def _corrected(fault: Correction, rows: Rows, where: Where) -> Rows:
    return [_right(fault, row) if fault.row in (None, n) else row for n, row in enumerate(rows, 1)]


def _right(fault: Correction, row: dict[str, Any]) -> dict[str, Any]:
    if fault.factor is None:
        return {**row, fault.column: fault.value}
    return _with(row, fault.column, times(row.get(fault.column), fault.factor))


_ROWS: dict[type[Any], Callable[[Any, Rows, Where], Rows]] = {
    Empty: _nothing,
    Moved: _nothing,
    Truncated: _truncated,
    Doubled: _doubled,
    SchemaDrift: _drifted,
    UnitDrift: _in_other_unit,
    Poison: _poisoned,
    LateRows: _without_late,
    Correction: _corrected,
}
_COUNTS: dict[type[Any], Callable[[Any, int], int]] = {
    Empty: lambda fault, rows: 0,
    Moved: lambda fault, rows: 0,
    Truncated: _kept,
    Doubled: lambda fault, rows: rows * fault.times,
    LateRows: lambda fault, rows: rows - share_of(fault.share, rows),
}
