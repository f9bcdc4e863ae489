"""Which run is about which partition, and which day is the one to be replayed.

The day of a run is the local day on which it began, in the zone of its DAG. A run at a tick owns the last window that
had ended then. The tick is known from the run's date, which is the tick itself with some orchestrators, the one before
with others, and the day of the data with a third; when runs began tells which. Without a date it is the last tick
before the run began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from workbench.importing.times.measured import instant
from workbench.importing.times.recording import NONE
from workbench.importing.times.summary import OfRun
from workbench.model import DagSpec
from workbench.timetable import Partition
from workbench.timetable.ticker import Ticker

_LOOK_BACK = tuple(timedelta(hours=hours) for hours in (2, 26, 24 * 8, 24 * 40, 24 * 400))
_SLACK = timedelta(seconds=5)
_SECOND = timedelta(seconds=1)
_DAY = 86_400_000  # milliseconds
_MOST_ASKED = 40
Reading = Callable[[datetime], datetime | None]


class Owners:
    """The partitions of the runs of one DAG."""

    def __init__(self, spec: DagSpec, runs: Iterable[OfRun]) -> None:
        self.spec = spec
        newest = sorted((run for run in runs if run.date != NONE), key=lambda run: run.first)
        readings = (self._last, self._next, self._after_window)
        late = [(self._lateness(reading, newest[-_MOST_ASKED:]), n) for n, reading in enumerate(readings)]
        self._reading = readings[min(late)[1]]

    def window(self, run: OfRun) -> Partition:
        """The partition that a run is about."""
        return self.spec.grid.last_ended(self.tick(run))

    def tick(self, run: OfRun) -> datetime:
        """When the run was due; when it began, if nothing tells."""
        began = instant(run.first)
        if self.spec.clock is None:
            return began
        tick = self._reading(instant(run.date)) if run.date != NONE else None
        return tick if tick is not None and tick <= began + _SLACK else self._last(began) or began

    # what the date of a run may mean: the tick itself, the tick before it, or a time in the window that it owns

    def _lateness(self, reading: Reading, runs: list[OfRun]) -> timedelta:
        """How long after their ticks these runs began, in the middle: of two readings the later tick is right, unless
        runs begin before it."""
        if self.spec.clock is None:
            return timedelta(0)
        pairs = [(reading(instant(run.date)), instant(run.first)) for run in runs]
        late = sorted(began - tick for tick, began in pairs if tick is not None and tick <= began + _SLACK)
        return late[len(late) // 2] if len(late) * 2 > len(runs) else timedelta.max

    def _next(self, at: datetime) -> datetime | None:
        return self._clock.after(at)

    def _after_window(self, at: datetime) -> datetime | None:
        return self._clock.after(self.spec.grid.containing(at).end - _SECOND)

    @property
    def _clock(self) -> Ticker:
        assert self.spec.clock is not None
        return self.spec.clock

    def _last(self, at: datetime) -> datetime | None:
        """The last tick at that time or before."""
        for span in _LOOK_BACK:
            found = None
            for tick in self._clock.ticks(at + _SLACK - span, at + _SLACK):
                found = tick
            if found is not None:
                return found
        return None


def day_of(run: OfRun, spec: DagSpec) -> date:
    """The local day on which it began."""
    return instant(run.first).astimezone(spec.zone).date()


def newest_whole_day(days: Mapping[date, list[OfRun]]) -> date:
    """The newest day whose runs were recorded to their ends; the newest at all, if there is none such."""
    last = max(run.last for runs in days.values() for run in runs)
    usual = _usual_tasks(days)
    for day in sorted(days, reverse=True):
        if all(run.tasks >= usual[run.dag] and not _goes_on(run, last) for run in days[day]):
            return day
    return max(days)


def _goes_on(run: OfRun, last: int) -> bool:
    """Was it under way when the recording was made? What has been open for days was lost."""
    return run.open_since != NONE and last - run.open_since < _DAY


def _usual_tasks(days: Mapping[date, list[OfRun]]) -> dict[str, int]:
    counts: dict[str, list[int]] = {}
    for runs in days.values():
        for run in runs:
            counts.setdefault(run.dag, []).append(run.tasks)
    return {dag: sorted(found)[len(found) // 2] for dag, found in counts.items()}
