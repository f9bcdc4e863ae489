"""Airflow's timetables as functions: the next run, and the data interval of a run by hand.

Two readings of one cron. *Data intervals* (the default of Airflow 2): a run owns the time from one tick to the next,
has the first as its logical date, and starts at the second. *Triggers* (Airflow 3): a run has the tick as its logical
date, owns `interval` before it (nothing, unless said otherwise), and starts at it. Source: Airflow 3.3,
`timetables/interval.py` and `timetables/trigger.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from workbench.dialects.airflow.clocks import Clock, CronClock, Release, Step, StepClock
from workbench.timetable import ONCE, parse_duration

_NOTHING = Step()
_SOON = timedelta(minutes=5)


class Interval(NamedTuple):
    """A data interval [start, end), UTC; of no length when both are the same."""

    start: datetime
    end: datetime


class Info(NamedTuple):
    """A run that a timetable proposes. UTC; it is not made before `run_after`."""

    logical_date: datetime
    start: datetime
    end: datetime
    run_after: datetime

    @property
    def interval(self) -> Interval:
        """What the next question is asked with."""
        return Interval(self.start, self.end)


def _info(start: datetime, end: datetime) -> Info:
    return Info(start, start, end, end)


class Timetable(Protocol):
    """All instants are UTC. `last`: the data interval of the last run that the schedule made; `earliest` and `latest`:
    the DAG's start and end date; `now` counts without catchup, and where there is neither start nor last run."""

    def next_dagrun_info(
        self,
        last: Interval | None,
        earliest: datetime | None,
        latest: datetime | None,
        catchup: bool,
        now: datetime,
    ) -> Info | None:
        """The next run, which may lie in the past or in the future; None when there is none."""

    def manual_interval(self, at: datetime) -> Interval:
        """The data interval of a run by hand at that instant."""


def infos(
    timetable: Timetable, earliest: datetime | None, latest: datetime | None, catchup: bool, now: datetime
) -> Iterator[Info]:
    """Walk the runs from the first one on, while the clock stands still. It may never end."""
    info = timetable.next_dagrun_info(None, earliest, latest, catchup, now)
    while info is not None:
        yield info
        info = timetable.next_dagrun_info(info.interval, earliest, latest, catchup, now)


# data intervals


class _DataIntervals:
    """A run owns the time from one tick of its clock to the next."""

    clock: Clock

    def newest(self, now: datetime) -> datetime:
        """Where the last interval that is over begins."""
        raise NotImplementedError

    def bounded(self, earliest: datetime | None, catchup: bool, now: datetime) -> datetime | None:
        """Before which tick no interval begins."""
        aligned = None if earliest is None else self.clock.align_next(earliest)
        if catchup:
            return aligned
        return self.newest(now) if aligned is None else max(self.newest(now), aligned)

    def next_dagrun_info(
        self,
        last: Interval | None,
        earliest: datetime | None,
        latest: datetime | None,
        catchup: bool,
        now: datetime,
    ) -> Info | None:
        """The next interval: after the last one, or the first there is. See `Timetable`."""
        start = self.bounded(earliest, catchup, now)
        if last is not None:
            aligned = self.clock.align_previous(last.end)
            start = aligned if start is None else max(aligned, start)
            if last.start == last.end == start:
                # A run of a trigger timetable came before, and has this logical date.
                start = self.clock.next(start)
        if start is None or (latest is not None and start > latest):
            return None
        return _info(start, self.clock.next(start))


@dataclass(frozen=True)
class CronDataIntervalTimetable(_DataIntervals):
    """What a cron meant in Airflow 2. Without catchup, the interval that ends at `now` or before it is the first."""

    expression: str
    zone: ZoneInfo
    release: Release = "3.3.2"
    clock: CronClock = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock", CronClock(self.expression, self.zone, self.release))

    def newest(self, now: datetime) -> datetime:
        """The last interval that is over; the one that ends now is."""
        before = self.clock.previous(now)
        return before if self.clock.next(before) == now else self.clock.previous(before)

    def manual_interval(self, at: datetime) -> Interval:
        """The last interval that is over."""
        end = self.clock.align_previous(at)
        return Interval(self.clock.previous(end), end)


@dataclass(frozen=True)
class DeltaDataIntervalTimetable(_DataIntervals):
    """What a timedelta meant in Airflow 2: intervals from the start date on, one after the other. Without catchup, they
    are counted from 1970 instead."""

    step: Step
    clock: StepClock = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock", StepClock(self.step))

    def newest(self, now: datetime) -> datetime:
        """The interval before the one that runs, on the grid of whole steps since 1970."""
        return self.clock.previous(self.clock.floor(now))

    def manual_interval(self, at: datetime) -> Interval:
        """One step, up to that instant."""
        return Interval(self.clock.previous(at), at)


# triggers


class _Triggers:
    """A run starts at a tick of its clock."""

    clock: Clock
    interval: Step

    def first_run(self, now: datetime) -> datetime:
        """The first tick of a DAG without start date."""
        raise NotImplementedError

    def next_dagrun_info(
        self,
        last: Interval | None,
        earliest: datetime | None,
        latest: datetime | None,
        catchup: bool,
        now: datetime,
    ) -> Info | None:
        """The next tick. Without catchup the one at or before `now` comes at once. See `Timetable`."""
        ticks = [] if catchup else [self.clock.align_previous(now)]
        if last is not None:
            ticks.append(self.clock.next(last.end))
        elif earliest is None:
            ticks.append(self.first_run(now))
        if earliest is not None and (last is None or not catchup):
            ticks.append(self.clock.align_next(earliest))
        tick = max(ticks)
        if latest is not None and latest < tick:
            return None
        return _info(self.interval.after(tick, -1), tick)

    def manual_interval(self, at: datetime) -> Interval:
        """`interval`, up to that instant."""
        return Interval(self.interval.after(at, -1), at)


@dataclass(frozen=True)
class CronTriggerTimetable(_Triggers):
    """What a cron means in Airflow 3.

    `run_immediately` speaks about the first run of a DAG without start date: True, the tick before `now` makes it; a
    timedelta, if that is no longer ago. False and None are the same: if it is no longer ago than a tenth of the time
    between the ticks around `now`, or five minutes.
    """

    expression: str
    zone: ZoneInfo
    interval: Step = _NOTHING
    run_immediately: bool | timedelta | None = False
    release: Release = "3.3.2"
    clock: CronClock = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock", CronClock(self.expression, self.zone, self.release))

    def first_run(self, now: datetime) -> datetime:
        """The tick before `now`, or the one after it."""
        past = self.clock.align_previous(now)
        if self.run_immediately is True:
            return past
        coming = self.clock.align_next(now)
        patience = self.run_immediately
        longest = patience if isinstance(patience, timedelta) else max((coming - past) / 10, _SOON)
        return past if now - past <= longest else coming


@dataclass(frozen=True)
class DeltaTriggerTimetable(_Triggers):
    """What a timedelta means in Airflow 3: ticks a step apart, from the start date, or from `now` without catchup."""

    step: Step
    interval: Step = _NOTHING
    clock: StepClock = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock", StepClock(self.step))

    def first_run(self, now: datetime) -> datetime:
        """At once."""
        return now


@dataclass(frozen=True)
class MultipleCronTriggerTimetable:
    """Several crons make one schedule. Ticks of the same instant make one run."""

    expressions: tuple[str, ...]
    zone: ZoneInfo
    interval: Step = _NOTHING
    run_immediately: bool | timedelta | None = False
    release: Release = "3.3.2"

    def __post_init__(self) -> None:
        if not self.expressions:
            raise ValueError("there is no cron; write at least one, e.g. 0 6 * * *")
        _ = [self._timetable(expression) for expression in self.expressions]

    def _timetable(self, expression: str) -> CronTriggerTimetable:
        return CronTriggerTimetable(expression, self.zone, self.interval, self.run_immediately, self.release)

    def next_dagrun_info(
        self,
        last: Interval | None,
        earliest: datetime | None,
        latest: datetime | None,
        catchup: bool,
        now: datetime,
    ) -> Info | None:
        """With catchup, the earliest that any of them proposes. Without, the latest that is not in the future, or else
        the earliest. See `Timetable`."""
        asked = [self._timetable(e).next_dagrun_info(last, earliest, latest, catchup, now) for e in self.expressions]
        found = [info for info in asked if info is not None]
        past = [info for info in found if info.logical_date <= now]
        if not catchup and past:
            return max(past, key=lambda info: info.logical_date)
        return min(found, key=lambda info: info.logical_date, default=None)

    def manual_interval(self, at: datetime) -> Interval:
        """`interval`, up to that instant."""
        return Interval(self.interval.after(at, -1), at)


def timetable_of(schedule: str, zone: ZoneInfo, major: int = 3) -> Timetable:
    """What a cron, or "every 90m" (a timedelta), means when a DAG gives nothing more, in Airflow 2 or 3. Raises
    ValueError for a schedule that is neither."""
    if schedule == ONCE:
        raise ValueError("'@once' makes one run, and has no timetable here; write a cron or every 90m")
    if schedule.startswith("every "):
        step = Step(span=parse_duration(schedule.removeprefix("every ")))
        return DeltaDataIntervalTimetable(step) if major < 3 else DeltaTriggerTimetable(step)
    return CronDataIntervalTimetable(schedule, zone) if major < 3 else CronTriggerTimetable(schedule, zone)
