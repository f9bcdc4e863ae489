"""Faults on data in sentences: what comes, and until when. Times are in the zone that is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from workbench.scenario.data_parts import (
    Correction,
    Doubled,
    Empty,
    LateRows,
    Moved,
    Partial,
    Poison,
    SchemaDrift,
    Truncated,
    UnitDrift,
)
from workbench.scenario.fields import format_factor, format_rate
from workbench.timetable import spoken_duration


def when(at: datetime, zone: tzinfo) -> str:
    """`Thu 3 Jan 06:00`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _where(fault: Any) -> str:
    """`jfk of 2013-01-03`, `jfk from 2013-01-03 on`, `jfk from 2013-01-03 to 2013-01-05`."""
    one, first, last = (getattr(fault, word, None) for word in ("partition", "first", "last"))
    if one is not None or first == last:
        return f"{fault.input} of {one or first}"
    return f"{fault.input} from {first} {f'to {last}' if last is not None else 'on'}"


def _until(fault: Any, zone: tzinfo) -> str:
    return f"; it comes right {when(fault.until, zone)}" if fault.until is not None else ""


def _empty(fault: Empty, zone: tzinfo) -> str:
    return f"{_where(fault)} comes without rows{_until(fault, zone)}"


def _truncated(fault: Truncated, zone: tzinfo) -> str:
    if fault.rows is not None:
        kept = "its first row" if fault.rows == 1 else f"its first {fault.rows} rows"
    else:
        kept = f"the first {format_rate(fault.share)} of its rows" if fault.share is not None else "all of its rows"
    return f"{_where(fault)} comes with {kept} only{_until(fault, zone)}"


def _doubled(fault: Doubled, zone: tzinfo) -> str:
    often = "twice" if fault.times == 2 else f"{fault.times} times"
    return f"{_where(fault)} comes with every row {often}{_until(fault, zone)}"


def _drifted(fault: SchemaDrift, zone: tzinfo) -> str:
    changes = [f"{old} named {new}" for old, new in fault.rename or ()]
    changes += [f"no {name}" for name in fault.drop]
    changes += [f"a new column before {fault.insert}"] if fault.insert is not None else []
    return f"{_where(fault)} comes with {' and '.join(changes)}{_until(fault, zone)}"


def _times(factor: Any) -> str:
    return f"times {format_factor(factor)}"


def _in_other_unit(fault: UnitDrift, zone: tzinfo) -> str:
    return f"{_where(fault)} comes with {fault.column} {_times(fault.factor)}{_until(fault, zone)}"


def _poisoned(fault: Poison, zone: tzinfo) -> str:
    value = fault.value or "nothing"
    return f"{_where(fault)} comes with {value} as {fault.column} of row {fault.row}{_until(fault, zone)}"


def _late_rows(fault: LateRows, zone: tzinfo) -> str:
    share = format_rate(fault.share) if fault.share is not None else "a share"
    return (
        f"{_where(fault)} comes without {share} of its rows, and with all of them {spoken_duration(fault.later)} later"
    )


def _corrected(fault: Correction, zone: tzinfo) -> str:
    change = _times(fault.factor) if fault.factor is not None else f"becomes {fault.value or 'nothing'}"
    rows = f" in row {fault.row}" if fault.row is not None else ""
    return f"{_where(fault)} is corrected {when(fault.at, zone)}: {fault.column} {change}{rows}"


def _moved(fault: Moved, zone: tzinfo) -> str:
    found = f"; {' or '.join(fault.fixed_by)} of {fault.task} looks there" if fault.fixed_by else ""
    return f"{_where(fault)} is written to another place, so no rows come{found}{_until(fault, zone)}"


def _partial(fault: Partial, zone: tzinfo) -> str:
    share = format_rate(fault.share) if fault.share is not None else "a part"
    return f"tasks that read {fault.dataset} of {fault.partition} while it is being written find {share} of its rows"


SENTENCES: dict[type[Any], Callable[[Any, tzinfo], str]] = {
    Empty: _empty,
    Truncated: _truncated,
    Doubled: _doubled,
    SchemaDrift: _drifted,
    UnitDrift: _in_other_unit,
    Poison: _poisoned,
    LateRows: _late_rows,
    Correction: _corrected,
    Moved: _moved,
    Partial: _partial,
}
