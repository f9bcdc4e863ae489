"""How Airflow moves from one tick to the next, and back.

A cron is walked on the local clock without its zone, and each local time found is then given the zone: in a gap it
moves forward by the gap, in a fold the second occurrence is meant. If the hour field is "*", the local distance is
added to the instant instead, so that both hours of a fold have their ticks. This is not our `Cron` in a zone: asked
from within a fold, or for "hours of some days only" across a change, the two differ (docs/semantics.md). Source:
Airflow 3.3, `timetables/_cron.py` and `_delta.py`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from workbench.timetable import Cron
from workbench.timetable.walls import as_utc, occurrences, shifted

# 3.3.2 steps back wrongly on the two days on which clocks change; `head` is the repository after its pull request
# 70089, which mends that.
Release = Literal["3.3.2", "head"]

_HOUR = timedelta(hours=1)
_LONGEST = timedelta(days=366 * 400)
_PRESETS = {"@quarterly": "0 0 1 */3 *"}
_FIRST = datetime(1, 1, 2, tzinfo=UTC)


class Clock(Protocol):
    """Ticks in both directions. All instants are UTC."""

    def next(self, at: datetime) -> datetime:
        """The tick after `at`."""

    def previous(self, at: datetime) -> datetime:
        """The tick before `at`."""

    def align_next(self, at: datetime) -> datetime:
        """`at`, if it is a tick, or the tick after it."""

    def align_previous(self, at: datetime) -> datetime:
        """`at`, if it is a tick, or the tick before it."""


@dataclass(frozen=True)
class CronClock:
    """The ticks of a cron of five fields, or a preset such as @daily, in a zone. Raises ValueError as `Cron` does."""

    expression: str
    zone: ZoneInfo
    release: Release = "3.3.2"

    def __post_init__(self) -> None:
        _ = self._walls

    @cached_property
    def _walls(self) -> Cron:
        """The cron on a clock without a zone: local times are carried as if they were UTC."""
        return Cron(_PRESETS.get(self.expression, self.expression), ZoneInfo("UTC"))

    def next(self, at: datetime) -> datetime:
        """The tick after `at`. Raises ValueError when the years run out."""
        wall = self._wall(at)
        found = self._walls.after(wall)
        if found is None:
            raise ValueError(f"'{self.expression}' has no tick after {at:%Y-%m-%d}; ask for an earlier time")
        return at + (found - wall) if self._walls.every_hour else self._instant(found)

    def previous(self, at: datetime) -> datetime:
        """The tick before `at`. Release 3.3.2 answers `at` itself, or a later instant, where the tick before it on the
        local clock lies in a gap or a fold."""
        wall = start = self._wall(at)
        while True:
            wall = self._wall_before(wall)
            if self._walls.every_hour:
                return at - (start - wall)
            found = self._instant(wall)
            if found < at or self.release == "3.3.2":
                return found

    def align_next(self, at: datetime) -> datetime:
        """`at`, if it is the tick before the tick after it; else the tick after it."""
        following = self.next(at)
        return at if self.previous(following) == at else following

    def align_previous(self, at: datetime) -> datetime:
        """`at`, if it is the tick after the tick before it; else the tick before it."""
        before = self.previous(at)
        return at if self.next(before) == at else before

    def _wall(self, at: datetime) -> datetime:
        return as_utc(at).astimezone(self.zone).replace(tzinfo=UTC, fold=0)

    def _instant(self, wall: datetime) -> datetime:
        local = wall.replace(tzinfo=None)
        found = occurrences(local, self.zone)
        return found[-1] if found else shifted(local, self.zone)

    def _wall_before(self, wall: datetime) -> datetime:
        """The last local time before this one that the cron names; looked for in steps that grow."""
        span = _HOUR
        while span < _LONGEST and wall - span > _FIRST:
            last = None
            for tick in self._walls.ticks(wall - span, wall):
                last = tick if tick < wall else last
            if last is not None:
                return last
            span *= 8
        raise ValueError(f"'{self.expression}' has no tick before {wall:%Y-%m-%d}; ask for a later time")


class Step(NamedTuple):
    """A distance in months and real time. The day of the month is cut to the month's last, and stays cut."""

    months: int = 0
    span: timedelta = timedelta(0)

    def after(self, at: datetime, sign: int = 1) -> datetime:
        """The instant one step later; with sign -1, earlier."""
        year, month = divmod(at.year * 12 + at.month - 1 + sign * self.months, 12)
        day = min(at.day, monthrange(year, month + 1)[1])
        return at.replace(year=year, month=month + 1, day=day) + sign * self.span

    @property
    def seconds(self) -> int:
        """Its length, as Airflow rounds by it: years of 365 days, months of 30."""
        years, months = divmod(self.months, 12)
        return int((timedelta(days=365 * years + 30 * months) + self.span).total_seconds())


@dataclass(frozen=True)
class StepClock:
    """Ticks a step apart, from wherever one asks: any instant is a tick."""

    step: Step

    def __post_init__(self) -> None:
        if self.step.seconds <= 0:
            raise ValueError("the step never moves on; write a longer one, e.g. 90m")

    def next(self, at: datetime) -> datetime:
        """One step later."""
        return self.step.after(as_utc(at))

    def previous(self, at: datetime) -> datetime:
        """One step earlier."""
        return self.step.after(as_utc(at), -1)

    def align_next(self, at: datetime) -> datetime:
        """`at`: any instant is a tick."""
        return at

    def align_previous(self, at: datetime) -> datetime:
        """`at`: any instant is a tick."""
        return at

    def floor(self, at: datetime) -> datetime:
        """The last whole number of steps since 1970."""
        seconds = int(as_utc(at).timestamp())
        return datetime.fromtimestamp(seconds - seconds % self.step.seconds, UTC)
