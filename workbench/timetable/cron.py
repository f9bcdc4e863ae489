"""Cron schedules in a time zone, with a stated policy for gaps and folds.

croniter says which local dates match; hours and minutes, and their instants, are worked out here.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import product, takewhile
from typing import Any, Literal, NamedTuple, NoReturn, get_args
from zoneinfo import ZoneInfo

from workbench.timetable.text import LAST_YEAR
from workbench.timetable.walls import DAY, as_utc, day_of, next_month, occurrences, shifted, start_of

Gap = Literal["shift", "skip"]
Fold = Literal["first", "second", "both"]

_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of month", "1 to 31 (or L for the last)"),
    ("month", "1 to 12 or JAN to DEC"),
    ("day of week", "0 to 7 (0 and 7 are Sunday) or SUN to SAT"),
)
_EVERY_DAY = "0 0 * * *"
_EXAMPLE = "e.g. 0 6 * * * for 06:00 every day"
# A time of every day, as most schedules are. For those nobody waits for croniter, which is slow to import.
_DAILY = re.compile(r"([0-9]|[1-5][0-9]) ([0-9]|1[0-9]|2[0-3]) \* \* \*")
# croniter fills H and R with a hash or a random draw: no schedule that can be replayed.
_DRAWN = re.compile(r"[hr](\W|$)", re.ASCII | re.IGNORECASE)


class _Plan(NamedTuple):
    """An expression taken apart: times of day since midnight, in order, and the rest as a cron."""

    times: tuple[timedelta, ...]
    days: str
    every_hour: bool


@dataclass(frozen=True)
class Cron:
    """A cron expression of five fields, or a macro such as @daily, read in the zone's local time.

    ``gap``: a local time that the zone skips moves forward by the gap, or has no tick. ``fold``: a
    local time that occurs twice ticks at the first, the second or both. If the hour field is "*", both
    policies give way: every real hour has its ticks, and a gap adds none. If both day fields are
    restricted, either may match. Raises ValueError, as `check_cron` does.
    """

    expression: str
    zone: ZoneInfo
    gap: Gap = "shift"
    fold: Fold = "second"

    def __post_init__(self) -> None:
        check_cron(self.expression)
        _check_choice("gap", self.gap, get_args(Gap))
        _check_choice("fold", self.fold, get_args(Fold))

    @property
    def every_hour(self) -> bool:
        """Say whether the hour field is "*", or names all hours."""
        return _plan(self.expression).every_hour

    def after(self, instant: datetime) -> datetime | None:
        """Give the first tick strictly after the instant, in UTC; None past the year 9990."""
        return next(self._from(as_utc(instant)), None)

    def ticks(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Walk the ticks in (after, until], in UTC, strictly increasing."""
        return self._upto(as_utc(after), as_utc(until))

    def _upto(self, after: datetime, until: datetime) -> Iterator[datetime]:
        for tick in self._from(after):
            if tick > until:
                return
            yield tick

    def _from(self, after: datetime) -> Iterator[datetime]:
        plan = _plan(self.expression)
        for day in _ticking_days(plan.days, day_of(after, self.zone)):
            ticks = _ticks_of_day(self, day)
            yield from map(ticks.__getitem__, range(bisect_right(ticks, after), len(ticks)))


def check_cron(expression: str) -> None:
    """Raise ValueError unless the expression is a cron of five fields, or a macro, that ever fires."""
    _plan(_as_text(expression))


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{value!r} is no {name} policy; write {' or '.join(allowed)}, e.g. {allowed[0]}")


def _as_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text; write the cron expression in quotes, {_EXAMPLE}")
    return value


@lru_cache(maxsize=512)
def _plan(expression: str) -> _Plan:
    fields = _fields(expression)
    minutes, hours, *rest = _expand(expression, fields)
    clock = product(_numbers(hours, 24), _numbers(minutes, 60))
    times = tuple(timedelta(hours=hour, minutes=minute) for hour, minute in clock)
    days = _EVERY_DAY if rest == [["*"]] * 3 else " ".join(("0", "0", *fields[2:]))
    _check_possible(expression, days)
    return _Plan(times, days, "*" in hours)


def _fields(expression: str) -> list[str]:
    text = expression.strip()
    # Only ASCII blanks part fields, as in croniter.
    fields = re.findall(r"\S+", _MACROS.get(text.lower(), text), re.ASCII)
    if text.startswith("@") and fields == [text]:
        macros = ", ".join(_MACROS)
        raise ValueError(f"{expression!r} is no macro; write one of {macros}, or five fields, {_EXAMPLE}")
    if len(fields) != len(_FIELDS):
        raise ValueError(_miscount(expression, len(fields)))
    return fields


def _miscount(expression: str, count: int) -> str:
    said = f"{expression!r} has {count} field{'' if count == 1 else 's'}"
    why = ": fields for seconds or years are not taken" if count in (6, 7) else ""
    return f"{said}{why}; write five (minute, hour, day of month, month, day of week), {_EXAMPLE}"


def _expand(expression: str, fields: list[str]) -> list[list[Any]]:
    """Let croniter read the fields; where it does not, each alone, so that a mistake is blamed on its field."""
    daily = _DAILY.fullmatch(" ".join(fields))
    if daily is not None:
        return [[int(daily[1])], [int(daily[2])], ["*"], ["*"], ["*"]]
    expanded = None if any(map(_DRAWN.match, fields)) else _try_expand(fields)
    return expanded if expanded is not None else _blame(expression, fields)


def _blame(expression: str, fields: list[str]) -> NoReturn:
    for index, field in enumerate(fields):
        alone = ["*"] * len(fields)
        alone[index] = field
        if _DRAWN.match(field) or _try_expand(alone) is None:
            name, values = _FIELDS[index]
            raise ValueError(f"{field!r} in {expression!r} is no {name}; the field takes {values}, {_EXAMPLE}")
    raise ValueError(f"{expression!r} does not go together; write simpler fields, {_EXAMPLE}")


def _try_expand(fields: list[str]) -> list[list[Any]] | None:
    from croniter import croniter

    try:
        expanded: list[list[Any]] = croniter.expand(" ".join(fields))[0]
    except ValueError:
        return None
    return expanded


def _numbers(values: list[Any], size: int) -> list[int]:
    return list(range(size)) if "*" in values else values


def _check_possible(expression: str, days: str) -> None:
    if days == _EVERY_DAY:
        return
    from croniter import CroniterBadDateError, croniter

    try:
        croniter(days, datetime(2000, 1, 1)).get_next(datetime)  # noqa: DTZ001
    except CroniterBadDateError:
        why = "none of its months has such a day"
        raise ValueError(f"{expression!r} never comes: {why}; name a date that exists, e.g. 0 0 28 2 *") from None


@lru_cache(maxsize=2048)
def _days_of_month(days: str, first: date) -> tuple[date, ...]:
    """Give the matching dates of the month that starts on ``first``."""
    end = next_month(first)
    # croniter takes 70 us for a date, and most schedules are daily.
    if days == _EVERY_DAY:
        return tuple(first + DAY * n for n in range((end - first).days))
    return tuple(takewhile(lambda day: day < end, _dates_from(days, first)))


def _dates_from(days: str, first: date) -> Iterator[date]:
    from croniter import croniter

    start = datetime(first.year, first.month, first.day) - timedelta(minutes=1)  # noqa: DTZ001
    return (wall.date() for wall in croniter(days, start, max_years_between_matches=1).all_next(datetime))


def _matching_days(days: str, first: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month.year <= LAST_YEAR:
        matches = _days_of_month(days, month)
        yield from matches[bisect_left(matches, first) :]
        month = next_month(month)


def _ticking_days(days: str, first: date) -> Iterator[date]:
    """Walk the dates from ``first`` on that may have ticks: a gap can push one into the next date."""
    last = first - DAY
    for day in _matching_days(days, last):
        for near in (day, day + DAY):
            if near > last and near.year <= LAST_YEAR:
                last = near
                yield near


@lru_cache(maxsize=128)
def _ticks_of_day(cron: Cron, day: date) -> tuple[datetime, ...]:
    """Give the ticks between the starts of a local date and the next, in order."""
    plan = _plan(cron.expression)
    eve, start, end, later = (start_of(day + DAY * n, cron.zone) for n in (-1, 0, 1, 2))
    # Both neighbours count: a gap or a fold across midnight moves ticks over the border.
    if start - eve == end - start == later - end == DAY:
        return tuple(start + clock for clock in plan.times) if _matches(plan.days, day) else ()
    found = {tick for wall in _walls(plan, day) for tick in _instants(cron, plan, wall)}
    return tuple(sorted(tick for tick in found if start <= tick < end))


def _matches(days: str, day: date) -> bool:
    return day in _days_of_month(days, day.replace(day=1))


def _walls(plan: _Plan, day: date) -> Iterator[datetime]:
    """Walk the wall times of a date and of its eve."""
    for near in (day - DAY, day):
        if _matches(plan.days, near):
            midnight = datetime(near.year, near.month, near.day)  # noqa: DTZ001
            yield from (midnight + clock for clock in plan.times)


def _instants(cron: Cron, plan: _Plan, wall: datetime) -> tuple[datetime, ...]:
    found = occurrences(wall, cron.zone)
    if not found:
        return () if plan.every_hour or cron.gap == "skip" else (shifted(wall, cron.zone),)
    if plan.every_hour or cron.fold == "both":
        return found
    return found[:1] if cron.fold == "first" else found[-1:]
