"""Faults that hit nothing, though the simulation went past them: mostly a mistake in a name, a day or a time zone.

unmet(scenario, state, now) -> [(number, fault), ...];  unmet_lines(...) -> a sentence for each

A fault on tasks met nothing when no try of a task that it means ran while it held: in the span of an outage, at its
partition, among its first tries, with its version of the code. A partition that comes late or never met nothing when no
run that was made takes it. A fault on files met nothing when no run takes what it touches, or when it changed no row
there: its column is not in the file. Only what is certain is said: of a fault that may still meet something, or whose
effect is not a single try's (a deploy, an absence of the scheduler), nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from workbench.engine import Known, Run, State
from workbench.engine.plan import DagPlan, TaskPlan
from workbench.engine.rules.inputs import windows_of
from workbench.model import DagSpec, Need, Task
from workbench.scenario.arrivals import Arrivals
from workbench.scenario.commands import Numbered, faults_of, sentence_of
from workbench.scenario.data_parts import Correction, OnFiles, Partial
from workbench.scenario.deliveries import Deliveries, covers
from workbench.scenario.naming import matches
from workbench.scenario.parts import Bug, Fault, Late, Never, Outage, Scenario
from workbench.scenario.rows import Store
from workbench.scenario.zones import zone_named, zone_of
from workbench.timetable import Partition

_SECOND = timedelta(seconds=1)
_MOST_FILES = 10


class _Try(NamedTuple):
    """One try, as far as a fault meets it; `ended` is now for one that runs."""

    number: int
    started: datetime
    ended: datetime
    code: str


def unmet(scenario: Scenario, state: State, now: datetime) -> list[Numbered]:
    """Those that hold, and met nothing up to `now`, where `state` stands."""
    holding = (one for one in faults_of(scenario, state) if not one.lifted)
    return [one for one in holding if _met_nothing(scenario, state, one, now)]


def unmet_lines(scenario: Scenario, state: State, now: datetime) -> list[str]:
    """`the outage of ingest, Wed 4 Mar 02:00 to 02:40, met no try`, for each of them."""
    return [_sentence(one.fault, state.known) for one in unmet(scenario, state, now)]


def _sentence(fault: Fault, known: Known) -> str:
    if isinstance(fault, Late | Never):
        return f"{sentence_of(fault, known)}, and no run takes it"
    if isinstance(fault, OnFiles):
        return f"{sentence_of(fault, known)}: no run took a row that it changed"
    if isinstance(fault, Partial):
        return f"{sentence_of(fault, known)}: nobody wrote it"
    if not isinstance(fault, Outage):
        return f"{sentence_of(fault, known)}: it met no try"
    begin, end = (at.astimezone(zone_of(fault, known)) for at in (fault.start, fault.until))
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%a} {end.day} {end:%b %H:%M}"
    span = f"{begin:%a} {begin.day} {begin:%b %H:%M} to {until}{zone_named(fault, known)}"
    return f"the outage of {fault.task}, {span}, met no try"


def _met_nothing(scenario: Scenario, state: State, one: Numbered, now: datetime) -> bool:
    fault: Any = one.fault
    known = state.known
    if isinstance(fault, Late | Never):
        return _nobody_takes(known, fault, fault.partition, now)
    if isinstance(fault, OnFiles):
        return _spoils_nothing(scenario, state, fault, now)
    if isinstance(fault, Partial):
        return _is_unwritten(known, fault, now)
    places = _places(known, getattr(fault, "task", ""))
    if not places or not hasattr(fault, "task") or type(fault).__name__ == "Deploy":
        return False
    return _is_past(known, fault, one.holds, places, now) and not any(_hits(known, fault, one.holds, places, now))


def _places(known: Known, name: str) -> list[tuple[DagPlan, TaskPlan]]:
    """The tasks that a fault means."""
    every = ((plan, task) for plan in known.plans.values() for task in plan.tasks.values())
    return [(plan, task) for plan, task in every if matches(name, task.full_name, task.pool)]


Places = list[tuple[DagPlan, TaskPlan]]


def _is_past(known: Known, fault: Any, holds: datetime, places: Places, now: datetime) -> bool:
    """Can it meet nothing any more? A fault at a partition is over when the runs of that partition have ended, one at
    all partitions never is: of it something is said once runs of its DAGs have ended while it held."""
    if isinstance(fault, Outage):
        return fault.until <= now
    partition = getattr(fault, "partition", None)
    runs = [run for plan in {id(plan): plan for plan, _ in places}.values() for run in _runs(known, plan, partition)]
    if any(run.ended is None for run in runs):
        return False
    if any(run.ended is not None and run.ended >= holds for run in runs):
        return True
    return partition is not None and all(_was_made_by(plan.spec, partition, now) for plan, _ in places)


def _runs(known: Known, plan: DagPlan, partition: str | None) -> list[Run]:
    if partition is not None:
        return known.runs_of(plan.spec.name, partition)
    return [run for run in known.runs.values() if run.key.dag == plan.spec.name]


def _was_made_by(spec: DagSpec, partition: str, now: datetime) -> bool:
    """Did the clock make the run of the partition by then, if it ever does?"""
    return _tick_of(spec, spec.grid.parse(partition)) < now


def _tick_of(spec: DagSpec, window: Partition) -> datetime:
    tick = spec.clock.after(window.end - _SECOND) if spec.clock is not None else None
    return tick or window.end


def _hits(known: Known, fault: Any, holds: datetime, places: Places, now: datetime) -> Iterator[bool]:
    """True for each try that it meets."""
    meets = _MEETS.get(type(fault), _first_tries)
    by_dag: dict[str, list[str]] = {}
    for plan, task in places:
        by_dag.setdefault(plan.spec.name, []).append(task.name)
    for dag, tasks in by_dag.items():
        for run in _runs(known, known.plans[dag], getattr(fault, "partition", None)):
            tries = (one for task in tasks for one in _tries(run, task, now) if one.ended >= holds)
            yield from (True for one in tries if meets(fault, one))


def _tries(run: Run, task: str, now: datetime) -> Iterator[_Try]:
    cell = run.cells.get(task)
    if cell is None:
        return
    for one in cell.attempts:
        yield _Try(one.number, one.started, one.ended, one.code)
    if cell.state == "running":
        yield _Try(cell.tries, cell.since, now, cell.code)


def _outage(fault: Outage, one: _Try) -> bool:
    """What it does once it is up again (few calls, an overload) counts as well."""
    lasts = fault.capacity is not None or fault.overload is not None
    return (lasts or one.started < fault.until) and one.ended >= fault.start


def _bug(fault: Bug, one: _Try) -> bool:
    return one.code == fault.version


def _first_tries(fault: Any, one: _Try) -> bool:
    tries = getattr(fault, "tries", None)
    return tries is None or one.number <= tries


_MEETS: dict[type[Any], Callable[[Any, _Try], bool]] = {Outage: _outage, Bug: _bug}


# inputs


def _nobody_takes(known: Known, fault: Any, partition: str, now: datetime) -> bool:
    if fault.input not in known.homes:
        return False
    window = known.plans[known.homes[fault.input]].spec.grid.parse(partition)
    if window.end > now or (isinstance(fault, Late) and fault.arrives > now):
        return False
    takers = [(plan, need) for plan in known.plans.values() for need in _needs_of(plan, fault.input)]
    if any(fault.input in (plan.spec.data.names if plan.spec.data else ()) for plan in known.plans.values()):
        return False  # it starts runs: what would have been is not known
    return all(_is_over(plan, need, window, now) and not _takes(known, plan, need, window) for plan, need in takers)


def _spoils_nothing(scenario: Scenario, state: State, fault: Any, now: datetime) -> bool:
    """Does nobody take any of the partitions that it touches, or is each the same with it and without?"""
    known = state.known
    partition, last = getattr(fault, "partition", None), getattr(fault, "last", None)
    if partition is not None and _nobody_takes(known, fault, partition, now):
        return True
    if fault.input not in known.homes or (isinstance(fault, Correction) and fault.at > now):
        return False
    spec = known.plans[known.homes[fault.input]].spec
    came = [key for name, key in known.arrived if name == fault.input and covers(fault, spec, spec.grid.parse(key))]
    if not came or (partition or last or came[0]) not in came:
        return False
    deliveries = Deliveries(Arrivals(scenario, known.live_since), Store())
    return not any(deliveries.is_spoiled(state, spec, fault, key) for key in came[:_MOST_FILES])


def _is_unwritten(known: Known, fault: Partial, now: datetime) -> bool:
    home = known.makers.get(fault.dataset)
    if home is None or (fault.dataset, fault.partition) in known.data.versions:
        return False
    return _was_made_by(known.plans[home].spec, fault.partition, now) and not known.runs_of(home, fault.partition)


def _needs_of(plan: DagPlan, name: str) -> list[Need]:
    texts = (text for task in plan.tasks.values() for text in _taken(task.task))
    return [need for need in map(plan.spec.need, dict.fromkeys(texts)) if not need.dag and need.name == name]


def _taken(task: Task) -> tuple[str, ...]:
    return (*task.needs, *task.reads, *task.requires, *(task.sensor.on if task.sensor is not None else ()))


def _is_over(plan: DagPlan, need: Need, window: Partition, now: datetime) -> bool:
    """Was the last run that could take it due before now?"""
    grid = plan.spec.grid
    return _tick_of(plan.spec, grid.shift(grid.containing(window.end - _SECOND), -min(need.low, 0))) < now


def _takes(known: Known, plan: DagPlan, need: Need, window: Partition) -> bool:
    """Does a run that was made take this partition?"""
    grid = plan.spec.grid
    first = grid.shift(grid.containing(window.start), -need.high)
    last = grid.shift(grid.containing(window.end - _SECOND), -need.low)
    return any(
        run is not None and window in set(windows_of(known, need, run))
        for own in grid.between(first.start, last.end)
        for run in (known.run_of(plan.spec.name, own.key),)
    )
