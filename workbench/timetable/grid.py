"""Partitions: the windows of a calendar grid (hours, days, weeks, months) in a time zone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from workbench.timetable.walls import (
    DAY,
    SECOND,
    as_utc,
    day_of,
    first_instant,
    next_month,
    offset_at,
    start_of,
    transition,
)

Unit = Literal["hour", "day", "week", "month"]

_HOUR = timedelta(hours=1)
_OFFSET = r"[+-]\d\d:\d\d(?::\d\d)?"
_SHAPES = {
    "hour": re.compile(rf"(\d{{4}}-\d\d-\d\dT\d\d)({_OFFSET})?", re.ASCII),
    "day": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "week": re.compile(r"\d{4}-W\d\d", re.ASCII),
    "month": re.compile(r"\d{4}-\d\d", re.ASCII),
}
_EXAMPLES = {"hour": "2013-01-03T05", "day": "2013-01-03", "week": "2013-W01", "month": "2013-01"}
# Not strftime: its names change with the locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Partition(NamedTuple):
    """One window [start, end) of a grid, in UTC; its key is unique in the grid."""

    key: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Grid:
    """Windows that tile time without gap or overlap.

    Days, weeks (from Monday) and months run from local midnight to local midnight. Hours are local
    hours, cut where the clocks change: a day of 25 h has 25 windows, the repeated one keyed with its
    offset. Bounds: years 1900 to 9990. Instants must be aware (ValueError).
    """

    unit: Unit
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise ValueError(f"{self.unit!r} is no unit of a grid; write hour, day, week or month, e.g. day")

    def containing(self, instant: datetime) -> Partition:
        """Give the window that holds the instant."""
        moment = as_utc(instant)
        if self.unit == "hour":
            return _hour(moment, self.zone)
        return _dated(self.unit, self.zone, _floor(self.unit, day_of(moment, self.zone)))

    def last_ended(self, instant: datetime, offset: int = 1) -> Partition:
        """Give the offset-th last window that has ended by the instant; 0 is the one that runs.

        A window that ends at the instant has ended: a tick on Fri 06:00 owns Thu on the day grid.
        """
        return self.shift(self.containing(instant), -offset)

    def parse(self, key: str) -> Partition:
        """Find the window of a key; raises ValueError with the shape of this grid's keys."""
        candidates = _hour_starts(key, self.zone) if self.unit == "hour" else _date_starts(self, key)
        for start in candidates:
            if (found := self.containing(start)).key == key:
                return found
        raise ValueError(f"{key!r} is no {self.unit} in {self.zone}; write e.g. {_EXAMPLES[self.unit]}")

    def next(self, partition: Partition) -> Partition:
        """Give the window after this one."""
        return self.containing(partition.end)

    def previous(self, partition: Partition) -> Partition:
        """Give the window before this one."""
        return self.containing(partition.start - SECOND)

    def shift(self, partition: Partition, count: int) -> Partition:
        """Give the window ``count`` windows later, or earlier if negative; takes time in |count|."""
        step = self.next if count > 0 else self.previous
        for _ in range(abs(count)):
            partition = step(partition)
        return partition

    def between(self, start: datetime, end: datetime) -> Iterator[Partition]:
        """Walk the windows that overlap [start, end), in order."""
        low, high = as_utc(start), as_utc(end)
        return self._walk(low, high) if low < high else iter(())

    def _walk(self, low: datetime, high: datetime) -> Iterator[Partition]:
        window = self.containing(low)
        while window.start < high:
            yield window
            window = self.next(window)

    def spoken(self, partition: Partition) -> str:
        """Name the window in a sentence, in local time: "Thu 3 Jan", "Thu 3 Jan 05:00", "Jan 2013"."""
        local = partition.start.astimezone(self.zone)
        if self.unit == "month":
            return f"{_MONTHS[local.month - 1]} {local.year}"
        if self.unit == "week":
            year, week, _ = local.isocalendar()
            return f"week {week} of {year} (from {_spoken_day(local)})"
        return _spoken_day(local) + (_spoken_hour(partition, local) if self.unit == "hour" else "")


@lru_cache(maxsize=4096)
def _dated(unit: Unit, zone: ZoneInfo, first: date) -> Partition:
    bounds = start_of(first, zone), start_of(_following(unit, first), zone)
    return Partition(_date_key(unit, first), *bounds)


def _floor(unit: Unit, day: date) -> date:
    if unit == "week":
        return day - DAY * day.weekday()
    return day.replace(day=1) if unit == "month" else day


def _following(unit: Unit, first: date) -> date:
    """Give the first date of the next window, from the first date of this one."""
    if unit == "month":
        return next_month(first)
    return first + DAY * (7 if unit == "week" else 1)


def _date_key(unit: Unit, first: date) -> str:
    if unit == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    return first.isoformat()[:7] if unit == "month" else first.isoformat()


def _date_starts(grid: Grid, key: str) -> Iterator[datetime]:
    _check_shape(grid.unit, key)
    text = {"day": key, "week": f"{key}-1", "month": f"{key}-01"}[grid.unit]
    try:
        yield start_of(date.fromisoformat(text), grid.zone)
    except (ValueError, OverflowError):
        return


def _check_shape(unit: Unit, key: str) -> re.Match[str]:
    match = _SHAPES[unit].fullmatch(key)
    if match is None:
        raise ValueError(f"{key!r} is no key of the {unit} grid; write e.g. {_EXAMPLES[unit]}")
    return match


def _hour_starts(key: str, zone: ZoneInfo) -> Iterator[datetime]:
    """Give an instant in each window that may have this key: the first and the last of the label."""
    match = _check_shape("hour", key)
    try:
        wall = datetime.fromisoformat(f"{match[1]}:00")
        yield first_instant(wall, zone)
        yield as_utc((wall + _HOUR - SECOND).replace(tzinfo=zone, fold=1))
    except (ValueError, OverflowError):
        return


def _hour(moment: datetime, zone: ZoneInfo) -> Partition:
    """Give the run of instants that share the local hour and the offset with the UTC moment."""
    local = moment.astimezone(zone)
    whole = moment.replace(microsecond=0)
    start = whole - timedelta(minutes=local.minute, seconds=local.second)
    end = start + _HOUR
    if offset_at(start, zone) != local.utcoffset():
        start = transition(start, whole, zone)
    if offset_at(end - SECOND, zone) != local.utcoffset():
        end = transition(whole, end - SECOND, zone)
    return Partition(_hour_key(start, zone), start, end)


def _hour_key(start: datetime, zone: ZoneInfo) -> str:
    local = start.astimezone(zone)
    label = local.isoformat()
    return label[:13] + label[19:] if _repeats(start, local, zone) else label[:13]


def _repeats(start: datetime, local: datetime, zone: ZoneInfo) -> bool:
    """Say whether an earlier window has the same local date and hour."""
    # A change inside an hour (01:10 to 01:40) cuts it in two without a fold.
    before = (start - SECOND).astimezone(zone)
    return local.fold == 1 or before.isoformat()[:13] == local.isoformat()[:13]


def _spoken_day(local: datetime) -> str:
    return f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def _spoken_hour(partition: Partition, local: datetime) -> str:
    offset = partition.key[13:]
    return f" {local:%H:%M}" + (f" ({offset})" if offset else "")
