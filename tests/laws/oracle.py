"""A naive engine, for law 6. It keeps no counter, no queue and no agenda: before each event it looks at everything.

Facts are a frozen value; an event makes another one. What comes next at an instant is the first of these that
there is: what is due, in the order of its kinds; a decision, in the documented order; the start of a queued
task. Then time moves on to the next thing that is due.

It shares with the engine the tables that have tests of their own: what a trigger rule makes of the states of
upstream tasks, how long a retry pause is, calendars, and keyed draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, cast

from workbench.engine import Event, Run, RunKey
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    DagEdited,
    FaultInjected,
    InputArrived,
    RunCreated,
    RunEnded,
    RunStarted,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
)
from workbench.engine.rules.retry import retry_pause
from workbench.engine.rules.trigger import judge, tally
from workbench.model import DagSpec, Task, Workspace, after_window
from workbench.scenario import Fault, Flaky, Late, Never, Outage, Scenario
from workbench.scenario.draws import draw, threshold
from workbench.scenario.troubles import OUTAGE
from workbench.timetable import Partition

SECOND, A_WHILE = timedelta(seconds=1), timedelta(days=9)
OVER = {"success", "failed", "skipped", "upstream_failed", "removed"}
IDLE = {"none", "scheduled", "up_for_retry"}


# what has happened


@dataclass(frozen=True)
class Cell:
    state: str
    since: datetime
    seq: int
    tries: int = 0
    ready: datetime | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True)
class RunFacts:
    key: RunKey
    window: Partition
    spec: DagSpec
    created: datetime
    seq: int
    state: str
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Facts:
    """Everything that has happened after `seq` events."""

    specs: dict[str, DagSpec]
    seq: int = 0
    freed: int = 0
    runs: tuple[RunFacts, ...] = ()
    arrived: tuple[tuple[str, str, int], ...] = ()
    faults: tuple[tuple[Fault, datetime], ...] = ()

    def of(self, key: RunKey) -> RunFacts:
        return next(run for run in self.runs if run.key == key)

    def newest(self, dag: str, partition: str) -> RunFacts | None:
        found = [run for run in self.runs if (run.key.dag, run.key.partition) == (dag, partition)]
        return max(found, key=lambda run: run.key.n, default=None)


# event -> (states it may follow, the state it leads to, or None: the event says which)
TABLE: dict[type[Any], tuple[set[str], str | None]] = {
    TaskScheduled: ({"none", "up_for_retry"}, "scheduled"),
    TaskQueued: ({"none", "up_for_retry", "scheduled"}, "queued"),
    TaskSettled: ({"none", "up_for_retry", "scheduled"}, None),
    AttemptStarted: ({"queued"}, "running"),
    AttemptEnded: ({"running"}, None),
}


def evolve(facts: Facts, event: Any) -> Facts:
    """The facts after one more event."""
    facts = replace(facts, seq=facts.seq + 1)
    if type(event) in TABLE:
        return _task_changes(facts, event)
    return _OTHERS[type(event)](facts, event)


def _task_changes(facts: Facts, event: Any) -> Facts:
    run, (before, after) = facts.of(event.run), TABLE[type(event)]
    old = run.cells[event.task]
    assert old.state in before, f"{event} cannot follow {old}"
    new = Cell(after or event.state, event.at, facts.seq, old.tries)
    if isinstance(event, TaskScheduled | TaskQueued):
        new = replace(new, ready=old.ready or event.at)
    if isinstance(event, AttemptStarted):
        new = replace(new, ready=old.ready, tries=event.number)
    if isinstance(event, AttemptEnded):
        new = replace(new, retry_at=event.retry_at)
        facts = replace(facts, freed=facts.seq)
    return _with(facts, replace(run, cells={**run.cells, event.task: new}))


def _run_created(facts: Facts, event: RunCreated) -> Facts:
    spec = facts.specs[event.run.dag]
    cells = {name: Cell("none", event.at, facts.seq) for name in spec.tasks}
    window = Partition(event.run.partition, event.start, event.end)
    run = RunFacts(event.run, window, spec, event.at, facts.seq, "queued", cells)
    return replace(facts, runs=(*facts.runs, run))


def _run_changes(facts: Facts, event: RunStarted | RunEnded) -> Facts:
    state = event.state if isinstance(event, RunEnded) else "running"
    return _with(facts, replace(facts.of(event.run), state=state, seq=facts.seq))


def _input_arrived(facts: Facts, event: InputArrived) -> Facts:
    return replace(facts, arrived=(*facts.arrived, (event.input, event.partition, facts.seq)))


def _fault_injected(facts: Facts, event: FaultInjected) -> Facts:
    return replace(facts, faults=(*facts.faults, (event.fault, event.at)))


def _dag_edited(facts: Facts, event: DagEdited) -> Facts:
    runs = tuple(_follow(facts, run, event) for run in facts.runs)
    return replace(facts, specs={**facts.specs, event.dag: event.spec}, runs=runs, freed=facts.seq)


def _follow(facts: Facts, run: RunFacts, event: DagEdited) -> RunFacts:
    if run.key.dag != event.dag or run.state not in ("queued", "running"):
        return run
    gone = {n: c for n, c in run.cells.items() if n not in event.spec.tasks}
    removed = {n: c if c.state in OVER else Cell("removed", event.at, facts.seq, c.tries) for n, c in gone.items()}
    kept = {n: c for n, c in run.cells.items() if n in event.spec.tasks and c.state not in ("none", "removed")}
    fresh = {name: Cell("none", event.at, facts.seq) for name in event.spec.tasks}
    return replace(run, spec=event.spec, cells={**fresh, **kept, **removed})


def _with(facts: Facts, new: RunFacts) -> Facts:
    return replace(facts, runs=tuple(new if run.key == new.key else run for run in facts.runs))


_OTHERS: dict[type[Any], Callable[[Facts, Any], Facts]] = {
    RunCreated: _run_created,
    RunStarted: _run_changes,
    RunEnded: _run_changes,
    InputArrived: _input_arrived,
    FaultInjected: _fault_injected,
    DagEdited: _dag_edited,
}


# what comes next


class Due(NamedTuple):
    """Something to come. Kinds: 0 ends, 1 arrivals, 2 ticks."""

    at: datetime
    kind: int
    dag: str
    partition: str
    name: str
    event: Event


@dataclass(frozen=True)
class Oracle:
    """What a workspace and a scenario lead to. All is looked up from nothing for every event, but for what no event
    changes: the calendar."""

    workspace: Workspace
    scenario: Scenario
    start: datetime
    until: datetime

    def begin(self) -> Facts:
        return Facts(dict(self.workspace.dags))

    def next(self, facts: Facts, now: datetime) -> Event | None:
        """The next event, at `now` or later; None when there is none until the end."""
        while now <= self.until:
            due = sorted(self.due(facts, now), key=lambda one: one[:5])
            if due and due[0].at <= now:
                return due[0].event
            starts = sorted(self.starts(facts, now), key=lambda event: (event.run.dag, event.run.partition, event.task))
            first = next(chain(self.decisions(facts, now), starts), None)
            if first is not None:
                return first
            pauses = [cell.retry_at for _, _, cell in self.cells(facts) if cell.retry_at and cell.retry_at > now]
            later = [one.at for one in due] + pauses
            if not later:
                return None
            now = min(later)
        return None

    # the world

    def due(self, facts: Facts, now: datetime) -> Iterator[Due]:
        yield from self.ends(facts, now)
        yield from self.arrivals(facts)
        yield from self.ticks(facts)

    def starts(self, facts: Facts, now: datetime) -> Iterator[AttemptStarted]:
        for run, task, cell in self.cells(facts):
            if cell.state == "queued":
                yield AttemptStarted(now, run.key, task.name, cell.tries + 1, cell.seq)

    def ticks(self, facts: Facts) -> Iterator[Due]:
        made = {(run.key.dag, run.created) for run in facts.runs}
        for tick, dag, window in self.calendar:
            if (dag, tick) not in made:
                before = facts.newest(dag, window.key)
                key = RunKey(dag, window.key, "scheduled", before.key.n + 1 if before else 1)
                yield Due(tick, 2, dag, window.key, "", RunCreated(tick, key, window.start, window.end, 0))

    @cached_property
    def calendar(self) -> list[tuple[datetime, str, Partition]]:
        """Every tick that is wanted."""
        specs = [(spec, spec.cron) for spec in self.workspace.dags.values() if spec.cron]
        ticks = [(spec, tick) for spec, cron in specs for tick in cron.ticks(self.start - SECOND, self.until)]
        found = [(tick, spec, spec.grid.last_ended(tick)) for spec, tick in ticks]
        return [(tick, spec.name, window) for tick, spec, window in found if wants(spec, window)]

    def arrivals(self, facts: Facts) -> Iterator[Due]:
        here = {(name, partition) for name, partition, _ in facts.arrived}
        fates = self.fates(facts)
        for home, name, window, usual in self.promises:
            place = (name, window.key)
            at = fates.get(place, usual)
            if at is not None and place not in here:
                yield Due(at, 1, home, window.key, name, InputArrived(at, *place, None, None, 0))

    @cached_property
    def promises(self) -> list[tuple[str, str, Partition, datetime | None]]:
        """When each partition comes if nothing goes wrong: (home, input, window, instant)."""
        each = [(home, name) for name, (home, _) in self.workspace.inputs.items()]
        return [
            (home.name, name, window, self.usual(home, name, window))
            for home, name in each
            for window in home.grid.between(self.start - A_WHILE, self.until)
        ]

    def fates(self, facts: Facts) -> dict[tuple[str, str], datetime | None]:
        """The partitions that do not come as usual: when they come, or None."""
        fates: dict[tuple[str, str], datetime | None] = {}
        for fault, holds in self.faults(facts):
            if isinstance(fault, Late):
                fates[fault.input, fault.partition] = max(fault.arrives, holds)
            elif isinstance(fault, Never):
                fates[fault.input, fault.partition] = None
        return fates

    def usual(self, home: DagSpec, name: str, window: Partition) -> datetime | None:
        promised = home.inputs[name].expected
        usual = after_window(self.scenario.arrivals.get(name, promised), window, home.zone)
        simulated = after_window(promised, window, home.zone) >= self.start
        return max(usual, self.start) if simulated and wants(home, window) else None

    def faults(self, facts: Facts) -> list[tuple[Fault, datetime]]:
        return [*((fault, self.start) for fault in self.scenario.faults), *facts.faults]

    def ends(self, facts: Facts, now: datetime) -> Iterator[Due]:
        """How each attempt that runs will end. What an edit made shorter than it has run ends now."""
        for run, task, cell in self.cells(facts):
            if cell.state == "running":
                well = (cell.since + task.takes, "", "")
                at, reason, message = min(self.failures(facts, run, task, cell), default=well)
                event = self.end(run, task, cell, max(at, now), reason, message)
                yield Due(event.at, 0, run.key.dag, run.key.partition, task.name, event)

    def end(self, run: RunFacts, task: Task, cell: Cell, at: datetime, reason: str, message: str) -> AttemptEnded:
        again, state = None, "failed" if reason else "success"
        if reason and cell.tries <= task.retries.max:
            state = "up_for_retry"
            again = at + retry_pause(task.retries, cell.tries, cast("Run", run), task.name, self.scenario.seed)
        return AttemptEnded(at, run.key, task.name, cell.tries, state, reason, message, again, None, None, cell.seq)

    def failures(self, facts: Facts, run: RunFacts, task: Task, cell: Cell) -> Iterator[tuple[datetime, str, str]]:
        """Each way in which an attempt that runs now fails: when, and why."""
        begun, ends = cell.since, cell.since + task.takes
        for fault, holds in self.faults(facts):
            if not isinstance(fault, Flaky | Outage) or fault.task != f"{run.key.dag}.{task.name}":
                continue
            if isinstance(fault, Flaky) and self.is_hit(fault, run, task, cell) and holds <= ends:
                at = ends if fault.after is None else min(begun + fault.after, ends)
                yield max(at, holds), "transient", "the attempt crashed"
            if isinstance(fault, Outage):
                meets = max(begun, fault.start, holds)
                if meets < fault.until and (meets < ends or meets == begun == ends):
                    yield max(max(begun, fault.start) + fault.after, holds), "transient", OUTAGE

    def is_hit(self, fault: Flaky, run: RunFacts, task: Task, cell: Cell) -> bool:
        if fault.partition not in (None, run.key.partition):
            return False
        if fault.rate is None:
            return cell.tries <= (fault.tries or 0)
        dag, partition, _, n = run.key
        key = f"{self.scenario.seed}|flaky|{dag}|{task.name}|{partition}|{n}|{cell.tries}"
        return fault.rate == 1 or draw(key) < threshold(fault.rate)

    # decisions

    def decisions(self, facts: Facts, now: datetime) -> Iterator[Event]:
        """All that could be decided, in the documented order. Only the first is meant."""
        runs = sorted((run for run in facts.runs if run.state in ("queued", "running")), key=lambda run: run.key)
        for run in runs:
            if run.state == "running" and all(cell.state in OVER for cell in run.cells.values()):
                yield RunEnded(now, run.key, end_state(run), max(cell.seq for cell in run.cells.values()))
        for run in runs:
            active = sum(r.state == "running" for r in runs if r.key.dag == run.key.dag)
            if run.state == "queued" and active < run.spec.max_active_runs:
                yield RunStarted(now, run.key, run.seq)
        ready: list[tuple[RunFacts, Task, Cell]] = []
        for run, task, cell in self.cells(facts):
            if run.state == "running" and cell.state in IDLE:
                answer = self.answer(facts, run, task, cell, now)
                if answer == "run":
                    ready.append((run, task, cell))
                elif answer != "wait":
                    yield TaskSettled(now, run.key, task.name, answer, task.trigger_rule, settled_by(run, task))
        ready.sort(key=lambda one: place(one, now))
        yield from self.grants(facts, ready, now)
        for run, task, cell in ready:
            if cell.state != "scheduled":
                yield TaskScheduled(now, run.key, task.name, self.ready_because(facts, run, task, cell))

    def grants(self, facts: Facts, ready: Iterable[tuple[RunFacts, Task, Cell]], now: datetime) -> Iterator[TaskQueued]:
        at_work = [task for _, task, cell in self.cells(facts) if cell.state in ("queued", "running")]
        workers, pools = self.workspace.workers, self.workspace.pools
        for run, task, cell in ready:
            if workers is not None and len(at_work) >= workers:
                continue
            if task.pool is not None and sum(one.pool == task.pool for one in at_work) >= pools[task.pool]:
                continue
            cause = facts.freed if cell.state == "scheduled" else self.ready_because(facts, run, task, cell)
            yield TaskQueued(now, run.key, task.name, cause)

    def answer(self, facts: Facts, run: RunFacts, task: Task, cell: Cell, now: datetime) -> str:
        """run, wait, or the state in which it settles."""
        said = judge(task.trigger_rule, tally(run.cells[up].state for up in run.spec.upstream(task.name)))
        here = {(name, partition) for name, partition, _ in facts.arrived}
        if said != "run":
            return said
        for dag, name, window in self.outside(facts, run, task):
            if not (self.is_done(facts, dag, name, window) if dag else self.is_here(here, name, window)):
                return "wait"
        paused = cell.retry_at is not None and cell.retry_at > now
        return "wait" if paused else "run"

    def outside(self, facts: Facts, run: RunFacts, task: Task) -> Iterator[tuple[str, str, Partition]]:
        """(dag or nothing, task or input, window): each thing that it needs from outside its DAG."""
        for name in run.spec.outside(task.needs):
            dag, _, other = name.rpartition(".")
            home = facts.specs[dag] if dag else self.workspace.inputs[other][0]
            same = home.grid == run.spec.grid
            windows = [run.window] if same else home.grid.between(run.window.start, run.window.end)
            yield from ((dag, other, window) for window in windows)

    def is_here(self, here: set[tuple[str, str]], name: str, window: Partition) -> bool:
        home, declared = self.workspace.inputs[name]
        return (name, window.key) in here or after_window(declared.expected, window, home.zone) < self.start

    def is_done(self, facts: Facts, dag: str, task: str, window: Partition) -> bool:
        run, cron = facts.newest(dag, window.key), facts.specs[dag].cron
        if run is not None:
            return task in run.cells and run.cells[task].state == "success"
        tick = cron.after(window.end - SECOND) if cron else None
        return tick is not None and tick < self.start

    def ready_because(self, facts: Facts, run: RunFacts, task: Task, cell: Cell) -> int:
        """The newest fact without which it would not be ready."""
        found = [run.seq, cell.seq, *(run.cells[up].seq for up in run.spec.upstream(task.name))]
        for dag, name, window in self.outside(facts, run, task):
            other = facts.newest(dag, window.key) if dag else None
            if other is not None and name in other.cells:
                found.append(other.cells[name].seq)
            if not dag:
                found += [seq for n, partition, seq in facts.arrived if (n, partition) == (name, window.key)]
        return max(found)

    def cells(self, facts: Facts) -> Iterator[tuple[RunFacts, Task, Cell]]:
        """Each task of each unfinished run, runs by key, tasks in topological order."""
        for run in sorted(facts.runs, key=lambda run: run.key):
            if run.state in ("queued", "running"):
                for name in in_order(run.spec):
                    yield run, run.spec.tasks[name], run.cells[name]


def wants(spec: DagSpec, window: Partition) -> bool:
    """Is the window one of those between the DAG's start and end?"""
    late_enough = spec.start is None or window.start >= spec.start
    return late_enough and (spec.end is None or window.start < spec.end)


def in_order(spec: DagSpec) -> list[str]:
    """Tasks by how many others come before them in a row; names break ties."""

    def depth(name: str) -> int:
        return max((depth(up) + 1 for up in spec.upstream(name)), default=0)

    return sorted(spec.tasks, key=lambda name: (depth(name), name))


def place(one: tuple[RunFacts, Task, Cell], now: datetime) -> tuple[Any, ...]:
    """The order of the queue: priority, ready since, partition, DAG, task."""
    run, task, cell = one
    return -task.priority, cell.ready or now, run.key.partition, run.key.dag, task.name, run.key


def end_state(run: RunFacts) -> str:
    needed = {up for name in run.spec.tasks for up in run.spec.upstream(name)}
    leaves = [run.cells[name].state for name in run.spec.tasks if name not in needed]
    return "failed" if {"failed", "upstream_failed"} & set(leaves) else "success"


BAD = {"failed", "upstream_failed"}
# Under each rule: which ends of an upstream task can settle the task.
AGAINST: dict[str, set[str]] = {
    "all_success": BAD | {"skipped"},
    "all_failed": {"success", "skipped"},
    "all_done_min_one_success": BAD | {"skipped"},
    "one_success": BAD | {"skipped"},
    "one_failed": {"success", "skipped"},
    "one_done": {"skipped", "upstream_failed"},
    "none_failed": BAD,
    "none_failed_min_one_success": BAD | {"skipped"},
    "none_skipped": {"skipped"},
    "all_skipped": {"success"} | BAD,
}


def settled_by(run: RunFacts, task: Task) -> int:
    cells = [run.cells[up] for up in run.spec.upstream(task.name)]
    return max((cell.seq for cell in cells if cell.state in AGAINST[task.trigger_rule]), default=run.seq)
