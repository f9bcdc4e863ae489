"""A naive engine, for law 6. It keeps no counter, no queue and no agenda: before each event it looks at everything.

What comes next at an instant is the first of these that there is: what is due, in the order of its kinds
(`naive_world.py`); a decision, in the documented order; the start of a queued task. Then time moves on to the next
thing that is due.

It shares with the engine the tables that have tests of their own: what a trigger rule makes of the states of
upstream tasks, how long a pause is, calendars, and keyed draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from tests.laws.facts import BAD, BUSY, IDLE, OVER, Cell, Facts, RunFacts, end_state, first_facts, wants
from tests.laws.naive_world import NaiveWorld
from tests.laws.needs import is_done, is_here, outside, previous
from workbench.engine import Event, RunKey
from workbench.engine.events import (
    AttemptStarted,
    RunCreated,
    RunEnded,
    RunStarted,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
)
from workbench.engine.rules.trigger import judge, tally
from workbench.model import DagSpec, Task, Workspace
from workbench.scenario import Scenario
from workbench.timetable import Partition

Value = TypeVar("Value")


def for_each_version(function: Callable[..., Value]) -> Callable[..., Value]:
    """Remember what depends on nothing but one version of a DAG: no event changes it."""
    found: dict[tuple[Any, ...], tuple[DagSpec, Value]] = {}

    def asked(spec: DagSpec, *more: str) -> Value:
        key = (id(spec), *more)
        if key not in found:
            if len(found) > 5000:
                found.clear()
            found[key] = spec, function(spec, *more)  # kept with the answer, so that nothing else gets its id
        return found[key][1]

    return asked


class Answer(NamedTuple):
    """run, wait, or the state in which it settles; by which rule, and because of which tasks."""

    what: str
    rule: str = ""
    on: tuple[str, ...] = ()


GO = Answer("run")
Ready = tuple[RunFacts, Task, Cell]


@dataclass(frozen=True)
class Oracle:
    """What a workspace and a scenario lead to."""

    workspace: Workspace
    scenario: Scenario
    start: datetime
    until: datetime

    def begin(self) -> Facts:
        return first_facts(self.workspace, self.start)

    def next(self, facts: Facts, now: datetime) -> Event | None:
        """The next event, at `now` or later; None when there is none until the end."""
        world = NaiveWorld(self.scenario, self.start, self.until)
        while now <= self.until:
            due = sorted(world.due(facts, now), key=lambda one: one[:6])
            if due and due[0].at <= now:
                assert due[0].event is not None
                return due[0].event
            starts = sorted(starting(facts, now), key=lambda e: (e.run.dag, e.run.partition, e.task, e.run))
            decided = iter(()) if facts.away else self.decisions(facts, now)
            first: Event | None = next(chain(decided, starts), None)
            if first is not None:
                return first
            pauses = [cell.retry_at for _, _, cell in cells(facts) if cell.retry_at and cell.retry_at > now]
            later = [one.at for one in due] + pauses
            if not later:
                return None
            now = min(later)
        return None

    def decisions(self, facts: Facts, now: datetime) -> Iterator[Event]:
        """All that could be decided, in the documented order. Only the first is meant."""
        runs = sorted((run for run in facts.runs if run.is_open), key=lambda run: run.key)
        yield from by_data(facts, now)
        for run in runs:
            if run.state == "running" and all(cell.state in OVER for cell in run.cells.values()):
                yield RunEnded(now, run.key, end_state(run), "", last_change(run))
        # Those of no backfill first, DAG by DAG; then each backfill in its order.
        for run in sorted(runs, key=lambda run: (run.backfill, not run.backfill and run.key.dag, run.order, run.key)):
            if run.state == "queued" and may_start(facts, run):
                yield RunStarted(now, run.key, max([run.seq, *(cell.seq for cell in awaited(facts, run))]))
        ready: list[Ready] = []
        for run, task, cell in cells(facts):
            if cell.state in IDLE:
                said = answer(facts, run, task, cell, now)
                if said.what == "run":
                    ready.append((run, task, cell))
                elif said.what != "wait":
                    cause = max((run.cells[name].seq for name in said.on), default=run.seq)
                    yield TaskSettled(now, run.key, task.name, said.what, said.rule, cause)
        ready.sort(key=lambda one: place(facts, one, now))
        yield from grants(facts, ready, now)
        for run, task, cell in ready:
            if cell.state != "scheduled":
                yield TaskScheduled(now, run.key, task.name, ready_because(facts, run, task, cell))
        for run in runs:
            if is_stuck(facts, run, now):
                yield RunEnded(now, run.key, "failed", "deadlock", last_change(run))


def starting(facts: Facts, now: datetime) -> Iterator[AttemptStarted]:
    for run, task, cell in cells(facts):
        if cell.state == "queued":
            number = cell.tries if cell.looks else cell.tries + 1
            yield AttemptStarted(now, run.key, task.name, number, cell.seq)


def cells(facts: Facts) -> Iterator[Ready]:
    """Each task of each unfinished run, runs by key, tasks in topological order."""
    for run in sorted(facts.runs, key=lambda run: run.key):
        if run.is_open:
            for name in in_order(run.spec):
                yield run, run.spec.tasks[name], run.cells[name]


def last_change(run: RunFacts) -> int:
    return max((cell.seq for cell in run.cells.values()), default=run.seq)


# runs


def by_data(facts: Facts, now: datetime) -> Iterator[RunCreated]:
    """The runs that data makes: what came for each window since its last run of this kind."""
    for dag, spec in sorted(facts.specs.items()):
        if spec.data is None or facts.is_paused(dag):
            continue
        if spec.data.interval == "any":
            yield from by_any_data(facts, spec, now)
            continue
        came: dict[Partition, list[Any]] = {}
        for one in facts.came:
            if one.name in spec.data.names:
                for own in spec.grid.between(one.window.start, one.window.end):
                    made = [run.made for run in facts.runs_of(dag, own.key) if run.key.kind == "data"]
                    if wants(spec, own) and one.seq > max(made, default=0):
                        came.setdefault(own, []).append(one)
        for own, some in sorted(came.items(), key=lambda one: one[0].key):
            if spec.data.any or all(is_whole(facts, name, own, some) for name in spec.data.all):
                newest = facts.newest(dag, own.key)
                key = RunKey(dag, own.key, "data", newest.key.n + 1 if newest else 1)
                yield RunCreated(now, key, own.start, own.end, None, max(one.seq for one in some))


def by_any_data(facts: Facts, spec: DagSpec, now: datetime) -> Iterator[RunCreated]:
    """Whatever came since the last run that data made, of any partition, makes one of the last window."""
    assert spec.data is not None
    made = [run.made for run in facts.runs if run.key.dag == spec.name and run.key.kind == "data"]
    came = [one for one in facts.came if one.name in spec.data.names and one.seq > max(made, default=0)]
    if came and (spec.data.any or {one.name for one in came} == set(spec.data.all)):
        own = spec.grid.last_ended(now)
        newest = facts.newest(spec.name, own.key)
        key = RunKey(spec.name, own.key, "data", newest.key.n + 1 if newest else 1)
        yield RunCreated(now, key, own.start, own.end, None, came[-1].seq)


def is_whole(facts: Facts, name: str, own: Partition, came: list[Any]) -> bool:
    """Has all of it come that overlaps this window?"""
    here = {one.window.key for one in came if one.name == name}
    writers = [s for s in facts.specs.values() if name in s.inputs or any(name in t.writes for t in s.tasks.values())]
    if not writers:
        return False
    home = min(writers, key=lambda spec: spec.name)
    return all(window.key in here for window in home.grid.between(own.start, own.end))


def may_start(facts: Facts, run: RunFacts) -> bool:
    if facts.is_paused(run.key.dag):
        return False
    busy, backfill = [r for r in facts.runs if r.state == "running"], facts.asked(run)
    if backfill is None:
        return sum(not r.backfill and r.key.dag == run.key.dag for r in busy) < run.spec.max_active_runs
    if backfill.state == "paused" or any(cell.state not in LETS_GO for cell in awaited(facts, run)):
        return False
    return sum(r.backfill == run.backfill for r in busy) < backfill.event.limit


# Whoever comes after a task waits until it is one of these.
LETS_GO = {"success", "skipped", "removed"}


def awaited(facts: Facts, run: RunFacts) -> list[Cell]:
    """Those of the same backfill that it comes after."""
    backfill = facts.asked(run)
    after = backfill.after[run.key] if backfill is not None else []
    return [facts.of(key).cells[task] for key, task in after if task in facts.of(key).cells]


def is_stuck(facts: Facts, run: RunFacts, now: datetime) -> bool:
    """Do all tasks that are left wait for upstream tasks that are finished, or stuck themselves?"""
    left = [run.spec.tasks[name] for name, cell in run.cells.items() if cell.state not in OVER]
    if run.state != "running" or not left or any(run.cells[task.name].state != "none" for task in left):
        return False
    if any(task.depends_on_past or task.wait_for_downstream or not run.spec.upstream(task.name) for task in left):
        return False
    said = [answer(facts, run, task, run.cells[task.name], now) for task in left]
    return all(one.what == "wait" and one.rule in ("trigger", "setup") for one in said)


# tasks


def answer(facts: Facts, run: RunFacts, task: Task, cell: Cell, now: datetime) -> Answer:
    """May it be queued, as far as slots go?"""
    spec, states = run.spec, {name: cell.state for name, cell in run.cells.items()}
    if run.state != "running" or facts.is_paused(run.key.dag):
        return Answer("wait")
    ups, above = spec.upstream(task.name), everything_above(spec, task.name)
    for up in ups:
        chosen = choice(run, up) if spec.tasks[up].branch is not None else None
        if chosen is not None and not {task.name, *above} & set(chosen):
            return Answer("skipped", "branch", (up,))
    for up in sorted(above):
        if spec.tasks[up].short_circuit and not task.teardown and choice(run, up) == ():
            return Answer("skipped", "short_circuit", (up,))
    setups = [] if task.teardown else [up for up in sorted(above) if is_in_scope(spec, up, task.name)]
    for up in setups:
        if states[up] in BAD | {"skipped"}:
            return Answer("skipped" if states[up] == "skipped" else "upstream_failed", "setup", (up,))
    if any(states[up] not in OVER for up in setups):
        return Answer("wait", "setup")
    special = [states[up] for up in ups if spec.tasks[up].setup] if task.teardown else []
    said = judge(task.trigger_rule, tally([states[up] for up in ups], special))
    if said == "wait":
        return Answer("wait", "trigger")
    if said != "run":
        return Answer(said, task.trigger_rule, tuple(up for up in ups if states[up] in AGAINST[task.trigger_rule]))
    return GO if rest_allows(facts, run, task, cell, now) else Answer("wait")


def rest_allows(facts: Facts, run: RunFacts, task: Task, cell: Cell, now: datetime) -> bool:
    """What lies outside of the run, and the pause before another try or look."""
    if not past_allows(facts, run, task):
        return False
    for dag, name, window in outside(facts, run, task.needs):
        if not (is_done(facts, dag, name, window) if dag else is_here(facts, name, window)):
            return False
    return cell.retry_at is None or cell.retry_at <= now


def past_allows(facts: Facts, run: RunFacts, task: Task) -> bool:
    return all(cell.state in ("success", "skipped") for cell in past_cells(facts, run, task))


def past_cells(facts: Facts, run: RunFacts, task: Task) -> list[Cell]:
    """The instances in the run before that must have ended well."""
    before = previous(facts, run)
    first = run.backfill and run.order == 0
    if (
        not (task.depends_on_past or task.wait_for_downstream)
        or before is None
        or first
        or task.name not in before.cells
    ):
        return []
    names = [task.name]
    if task.wait_for_downstream:
        names += [name for name in run.spec.tasks if task.name in run.spec.upstream(name)]
    return [before.cells[name] for name in names if name in before.cells]


def choice(run: RunFacts, name: str) -> tuple[str, ...] | None:
    """What a branch or a short circuit that ended well has followed."""
    cell = run.cells[name]
    return cell.past[-1].followed if cell.state == "success" and cell.past else None


@for_each_version
def everything_above(spec: DagSpec, name: str) -> set[str]:
    ups = spec.upstream(name)
    return set(ups).union(*(everything_above(spec, up) for up in ups))


def is_in_scope(spec: DagSpec, setup: str, name: str) -> bool:
    """Is it a setup, without a teardown, or with one that does not come before the task?"""
    if not spec.tasks[setup].setup:
        return False
    teardowns = [d for d, task in spec.tasks.items() if task.teardown and setup in spec.upstream(d)]
    return not teardowns or not set(teardowns) <= everything_above(spec, name)


def grants(facts: Facts, ready: Iterable[Ready], now: datetime) -> Iterator[TaskQueued]:
    """Those that find slots, in the order of the queue."""
    at_work = [(run, task) for run, task, cell in cells(facts) if cell.state in BUSY]
    for run, task, cell in ready:
        in_pool = sum(other.slots for _, other in at_work if other.pool == task.pool)
        in_run = sum(other.key == run.key for other, _ in at_work)
        alike = sum((r.key.dag, t.name) == (run.key.dag, task.name) for r, t in at_work)
        limits = [
            (len(at_work) + 1, facts.workers),
            (in_pool + task.slots, facts.pools[task.pool] if task.pool is not None else None),
            (in_run + 1, run.spec.max_active_tasks),
            (alike + 1, task.max_active),
        ]
        if all(most is None or wanted <= most for wanted, most in limits):
            cause = facts.freed if cell.state == "scheduled" else ready_because(facts, run, task, cell)
            yield TaskQueued(now, run.key, task.name, cause)


def ready_because(facts: Facts, run: RunFacts, task: Task, cell: Cell) -> int:
    """The newest fact without which it would not be ready."""
    ups = [run.cells[up] for up in run.spec.upstream(task.name)]
    found = [run.seq, cell.seq, *(up.seq for up in ups if up.state in OVER)]
    found += [one.seq for one in past_cells(facts, run, task)]
    for dag, name, window in outside(facts, run, task.needs):
        other = facts.newest(dag, window.key) if dag else None
        if other is not None and name in other.cells:
            found.append(other.cells[name].seq)
        if not dag:
            found += [seq for n, partition, seq, _ in facts.arrived if (n, partition) == (name, window.key)]
            found += [seq for e, seq in facts.published if (e.dataset, e.partition) == (name, window.key)]
    return max(found)


@for_each_version
def in_order(spec: DagSpec) -> list[str]:
    """Tasks by how many others come before them in a row; names break ties."""

    def depth(name: str) -> int:
        return max((depth(up) + 1 for up in spec.upstream(name)), default=0)

    return sorted(spec.tasks, key=lambda name: (depth(name), name))


def place(facts: Facts, one: Ready, now: datetime) -> tuple[Any, ...]:
    """The order of the queue: priority with that of the backfill, ready since, partition, DAG, task."""
    run, task, cell = one
    backfill = facts.asked(run)
    more = backfill.event.priority if backfill is not None else 0
    return -weight(run.spec, task.name) - more, cell.ready or now, run.key.partition, run.key.dag, task.name, run.key


@for_each_version
def weight(spec: DagSpec, name: str) -> int:
    """The priority, with that of all below or above if the DAG says so."""
    task = spec.tasks[name]
    others = set[str]()
    if spec.weight_rule == "downstream":
        others = {name for name in spec.tasks if task.name in everything_above(spec, name)}
    elif spec.weight_rule == "upstream":
        others = everything_above(spec, task.name)
    return task.priority + sum(spec.tasks[name].priority for name in others)


# Under each rule: which ends of an upstream task can settle the task.
AGAINST: dict[str, set[str]] = {
    "all_success": BAD | {"skipped"},
    "all_failed": {"success", "skipped"},
    "all_done_min_one_success": BAD | {"skipped"},
    "all_done_setup_success": BAD | {"skipped"},
    "one_success": BAD | {"skipped"},
    "one_failed": {"success", "skipped"},
    "one_done": {"skipped", "upstream_failed"},
    "none_failed": BAD,
    "none_failed_min_one_success": BAD | {"skipped"},
    "none_skipped": {"skipped"},
    "all_skipped": {"success"} | BAD,
}
