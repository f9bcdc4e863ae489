"""Schedules by time: how a cron or a span is spelled here, and which partitions its runs own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from workbench.timetable import Cron, Grid, check_cron, format_duration
from workbench.timetable.grid import Unit

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_MONTH = timedelta(days=28)
_LONGEST_MONTH = timedelta(days=31)
_YEARS = timedelta(days=1000)
_QUARTERLY = "0 0 1 */3 *"
_TICKS = 60
_FROM, _UNTIL = datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


class Plan(NamedTuple):
    """When runs start. `schedule`: as a pipeline file says it, None for by hand. `lag`: how long after the end of the
    partition that it owns a run starts, when that is always the same. `remark`: for the line of the schedule; `told`:
    what differs from Airflow in the partitions, empty when nothing is worth a word."""

    schedule: Any = None
    partition: Unit = "day"
    zone: str = "UTC"
    lag: timedelta | None = None
    remark: str = ""
    told: str = ""


def cron_plan(expression: str, zone: str) -> Plan | None:
    """The plan of a cron; None for what is none."""
    text = _QUARTERLY if expression == "@quarterly" else " ".join(expression.split())
    try:
        check_cron(text)
    except ValueError:
        return None
    ticks = _ticks(text)
    gaps = {later - earlier for earlier, later in pairwise(ticks)} or {_YEARS}
    unit = _unit(gaps)
    lags = {tick - Grid(unit, ZoneInfo("UTC")).last_ended(tick).end for tick in ticks}
    lag = lags.pop() if len(lags) == 1 else None
    return Plan(text, unit, zone, lag, told=_told(unit, gaps, ticks))


def span_plan(span: timedelta, zone: str) -> Plan | None:
    """The plan of "every 90m"; None for a span that never moves on."""
    if span < timedelta(seconds=1):
        return None
    exact = {HOUR: "hour", DAY: "day", WEEK: "week"}
    unit: Unit = exact.get(span, "hour" if span < DAY else "day")  # type: ignore[assignment]
    told = "" if span in exact else _owns(unit)
    return Plan(f"every {format_duration(span)}", unit, zone, told=told)


def merged(expressions: list[str]) -> str | None:
    """Several crons as one, if they differ in one field only: `0 6 * * *` and `0 18 * * *` are `0 6,18 * * *`."""
    rows = [expression.split() for expression in expressions]
    if not rows or any(len(row) != 5 for row in rows):
        return expressions[0] if len(expressions) == 1 else None
    columns = [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    if sum(len(column) > 1 for column in columns) > 1:
        return None
    return " ".join("*" if "*" in column else ",".join(column) for column in columns)


def _ticks(text: str) -> list[datetime]:
    """The first ticks of three years, on a clock that never changes."""
    return list(islice(Cron(text, ZoneInfo("UTC")).ticks(_FROM, _UNTIL), _TICKS))


def _unit(gaps: set[timedelta]) -> Unit:
    """So large that each run owns a partition of its own, if that can be."""
    if min(gaps) < DAY:
        return "hour"
    if gaps == {WEEK}:
        return "week"
    return "month" if min(gaps) >= _MONTH else "day"


def _told(unit: Unit, gaps: set[timedelta], ticks: list[datetime]) -> str:
    regular = {"hour": gaps == {HOUR}, "day": gaps == {DAY}, "week": True, "month": max(gaps) <= _LONGEST_MONTH}
    if min(gaps) < HOUR:
        return "runs of one hour own the same partition, the hour before"
    if not regular[unit]:
        return _owns(unit)
    if unit == "week" and ticks[0].weekday():
        return "weeks begin on Monday: a run owns the last one that has ended"
    return ""


def _owns(unit: Unit) -> str:
    return f"a run owns the last {unit} that has ended"
