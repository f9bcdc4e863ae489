"""Which ticks make runs: those of the schedule, once each; and which of those that nobody heard.

Ticks pass unheard while the scheduler is away or the DAG is paused. Afterwards `catchup` makes a run for each of them;
otherwise `misfire` says: `latest`, the newest of them makes one at once (Airflow 3's `catchup=False`), or `skip`, none.
What was due before the simulation counts as done, but for a DAG that was paused then: its past begins at its start.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from workbench.engine.state import Known
from workbench.model import DagSpec
from workbench.timetable import Partition

SECOND = timedelta(seconds=1)


def heard_until(known: Known, dag: str) -> datetime:
    """Up to which instant (inclusive) the DAG's ticks have been dealt with."""
    if dag in known.asked:
        return known.asked[dag]
    start = known.plans[dag].spec.start
    begun = known.live_since if dag not in known.born_paused else min(start or known.live_since, known.live_since)
    return begun - SECOND


def next_tick(known: Known, dag: str) -> tuple[datetime, Partition] | None:
    """The next tick that makes a run, with the window that it owns: it may be past. None when there is none."""
    return tick_after(known.plans[dag].spec, heard_until(known, dag))


def tick_after(spec: DagSpec, after: datetime) -> tuple[datetime, Partition] | None:
    """The first tick after an instant whose window the DAG wants, and that window."""
    clock = spec.clock
    if clock is not None and spec.start is not None:
        after = max(after, _wanted_since(spec, spec.start) - SECOND)
    tick = clock.after(after) if clock is not None else None
    while tick is not None and spec.start is not None and spec.grid.last_ended(tick).start < spec.start:
        tick = clock.after(tick) if clock is not None else None
    if tick is None:
        return None
    window = spec.grid.last_ended(tick)
    return (tick, window) if spec.end is None or window.start < spec.end else None


def _wanted_since(spec: DagSpec, start: datetime) -> datetime:
    """The end of the first window that the DAG wants: nobody shall count the minutes of years before it."""
    first = spec.grid.containing(start)
    return first.end if first.start >= start else spec.grid.containing(first.end).end


def hears_again(known: Known, dag: str, now: datetime) -> datetime | None:
    """The scheduler is back, or the DAG is on again: up to which instant its missed ticks are forgotten; None when
    none is."""
    spec = known.plans[dag].spec
    if spec.catchup or spec.clock is None:
        return None
    missed = heard_until(known, dag)
    if spec.misfire == "skip":
        return max(missed, now)
    return latest_before(spec, missed, now)


def latest_before(spec: DagSpec, after: datetime, now: datetime) -> datetime | None:
    """The instant just before the last tick in (after, now] that makes a run; None when there is none. It is looked
    for from the end, in steps that grow."""
    step = timedelta(days=1)
    while True:
        begin, last = max(after, now - step), None
        found = tick_after(spec, begin)
        while found is not None and found[0] <= now:
            last = found[0]
            found = tick_after(spec, last)
        if last is not None:
            return last - SECOND
        if begin == after:
            return None
        step *= 8
