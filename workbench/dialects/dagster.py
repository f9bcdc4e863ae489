"""Dagster's cron ticks and time windows, where they differ from ours.

A window is what lies between two ticks of a cron, and becomes a partition once it is over. Source: Dagster 1.13,
`_utils/schedules.py::cron_string_iterator`, `TimeWindowPartitionsDefinition`, `TimeWindowPartitionMapping`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workbench.timetable import UTC, Cron
from workbench.timetable.walls import DAY, SECOND, as_utc, first_instant, occurrences

_LAST = datetime(9990, 1, 1, tzinfo=UTC)
_FORMATS = {"hourly": "%Y-%m-%d-%H:%M", "daily": "%Y-%m-%d", "weekly": "%Y-%m-%d", "monthly": "%Y-%m-%d"}
_CRONS = {"hourly": "{m} * * * *", "daily": "{m} {h} * * *", "weekly": "{m} {h} * * 0", "monthly": "{m} {h} 1 * *"}


def ticks(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Walk the ticks after an instant, UTC. A local time in a gap ticks when the gap ends, one that occurs twice at the
    second; with "*" hours, every real hour has its ticks. Raises ValueError as `Cron` does."""
    schedule = Cron(cron, zone)
    if schedule.every_hour:
        yield from schedule.ticks(after, _LAST)
        return
    last = as_utc(after)
    wall = last.astimezone(zone).replace(tzinfo=UTC, fold=0) - DAY
    for tick in Cron(cron, ZoneInfo("UTC")).ticks(wall, _LAST):
        local = tick.replace(tzinfo=None)
        at = occurrences(local, zone)[-1:] or (first_instant(local, zone),)
        if at[0] > last:
            yield at[0]
            last = at[0]


class Window(NamedTuple):
    """A window [start, end), UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class TimeWindows:
    """Partitions between the ticks of a cron, from `start` on, and up to `end`. `end_offset`: so many windows more than
    those that are over are partitions; fewer, if negative. Keys are local times in `form`."""

    cron: str
    zone: ZoneInfo
    start: datetime
    end: datetime | None = None
    form: str = "%Y-%m-%d"
    end_offset: int = 0

    def windows(self) -> Iterator[Window]:
        """Walk all windows; they never end without `end`."""
        begun: datetime | None = None
        for tick in ticks(self.cron, self.zone, self.start - SECOND):
            if begun is not None:
                if self.end is not None and tick > self.end:
                    return
                yield Window(begun, tick)
            begun = tick

    def partitions(self, now: datetime) -> list[Window]:
        """The windows that are partitions at `now`."""
        found: list[Window] = []
        more = max(self.end_offset, 0)
        for window in self.windows():
            if window.end > now:
                if not more:
                    break
                more -= 1
            found.append(window)
        return found[: len(found) + min(self.end_offset, 0)]

    def key(self, window: Window) -> str:
        """The window's key; the second of two hours with one name carries its offset."""
        local = window.start.astimezone(self.zone)
        return local.strftime(self.form) + (local.strftime("%z") if local.fold and "%H" in self.form else "")

    def window(self, key: str) -> Window | None:
        """The window of a key, whether it is over or not; None when no window has it."""
        for start in self._starts(key):
            found = next(TimeWindows(self.cron, self.zone, start).windows(), None)
            if found is not None and start >= self.start and self.key(found) == key:
                return found
        return None

    def _starts(self, key: str) -> tuple[datetime, ...]:
        """The instants that a key can mean."""
        text = key[:-5] if key[-5:-4] in "+-" and "%H" in self.form and len(key) > 16 else key
        try:
            wall = datetime.strptime(text, self.form)  # noqa: DTZ007
        except ValueError:
            return ()
        day = occurrences(wall, self.zone) or (wall.replace(tzinfo=self.zone).astimezone(UTC),)
        nearest = next(ticks(self.cron, self.zone, day[0] - SECOND))
        return (*day, nearest)


def time_windows(kind: str, zone: ZoneInfo, start: datetime, end_offset: int = 0, hour: int = 0) -> TimeWindows:
    """Hourly, daily, weekly or monthly windows; days begin at `hour`."""
    return TimeWindows(_CRONS[kind].format(m=0, h=hour), zone, start, None, _FORMATS[kind], end_offset)


class Mapped(NamedTuple):
    """What a partition needs from above: the partitions that exist, and the windows that do not."""

    keys: list[str]
    missing: list[Window]


def upstream(above: TimeWindows, below: TimeWindows, keys: Iterable[str], now: datetime) -> Mapped:
    """The partitions of `above` that overlap those of `below`, in order, and those windows that are none at `now`."""
    wanted = _merged(filter(None, map(below.window, keys)), above)
    there = set(above.partitions(now))
    return Mapped([above.key(w) for w in wanted if w in there], [w for w in wanted if w not in there])


def downstream(above: TimeWindows, below: TimeWindows, keys: Iterable[str], now: datetime) -> list[str]:
    """The partitions of `below` that overlap those of `above`, and exist at `now`."""
    there = set(below.partitions(now))
    return [below.key(w) for w in _merged(filter(None, map(above.window, keys)), below) if w in there]


def _merged(windows: Iterable[Window], other: TimeWindows) -> list[Window]:
    """The windows of another kind that overlap any of these, whether within its bounds or not."""
    found: set[Window] = set()
    for window in windows:
        ago = window.start - timedelta(days=32)
        for candidate in TimeWindows(other.cron, other.zone, ago).windows():
            if candidate.start >= window.end:
                break
            if candidate.end > window.start:
                found.add(candidate)
    return sorted(found)
