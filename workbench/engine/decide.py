"""decide: what the orchestrator does next, one decision at a time.

Theory of operation. While nothing more is due at an instant, the next decision is always the first that is
possible, in this order: a finished run ends; a queued run starts; a task settles; a ready task is queued, in
queue order (priority, ready since, partition, DAG, task), as far as slots go; a ready task that got none is
marked scheduled. Which comes first is a function of what is known, so a log cut anywhere continues the same way.

`Decider` looks only at what an event could have changed. Its sets and heaps are caches: `Decider(known)` builds
them anew from any state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from workbench.engine.events import (
    AttemptEnded,
    Event,
    InputArrived,
    RunCreated,
    RunEnded,
    RunKey,
    RunStarted,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
)
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import windows_of
from workbench.engine.rules.run import run_may_start
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdict import dependency_verdict, resource_verdict
from workbench.engine.verdicts import PASS, Settle

# As in evolve: events of which there is one for each attempt.
_new: Any = tuple.__new__
WAITING = frozenset({"none", "scheduled", "up_for_retry"})


# A ready task's place in the queue: (-priority, ready since, partition, dag, task, its run).
Place = tuple[int, datetime, str, str, str, RunKey]


def run_end_state(run: Run) -> str:
    """Airflow's reading: the run is what its leaves are. A failure that no leaf shows leaves the run green."""
    leaves = [run.cells[name].state for name in run.plan.leaves]
    return "failed" if "failed" in leaves or "upstream_failed" in leaves else "success"


def last_cell(run: Run) -> int:
    """The number of the newest event among the run's tasks."""
    return max((cell.seq for cell in run.cells.values()), default=run.seq)


class Decider:
    """Decisions at the end of a log. Tell every applied event to `reactions`, then ask for `decisions`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.ended: list[RunKey] = []
        self.to_start: dict[str, list[RunKey]] = {}
        self.startable: list[str] = []
        self.dirty: list[tuple[RunKey, int, str]] = []
        self.marked: set[tuple[RunKey, int, str]] = set()
        self.lanes: dict[str | None, list[Place]] = {}
        self.fresh: list[Place] = []
        self.scheduled: set[tuple[RunKey, str]] = set()
        self.blocked: set[str | None] = set()
        self.timers: list[tuple[datetime, RunKey, int, str]] = []
        self.watchers: dict[tuple[str, ...], list[tuple[RunKey, str]]] = {}
        for run in known.open_runs():
            self._rebuild(run)
        self.reactions: dict[type[Any], Callable[[Any, Any], None]] = {
            RunCreated: self._run_created,
            RunStarted: self._run_started,
            RunEnded: self._run_ended,
            TaskSettled: self._task_settled,
            AttemptEnded: self._attempt_ended,
            InputArrived: self._input_arrived,
        }

    # what could have changed

    def wake(self, now: datetime) -> None:
        """Look again at tasks whose retry pause is over at `now`."""
        while self.timers and self.timers[0][0] <= now:
            _, key, index, task = heappop(self.timers)
            self._mark(key, index, task)

    def _rebuild(self, run: Run) -> None:
        self._watch(run)
        if run.started is None:
            self._run_waits(run.key)
            return
        for plan in run.plan.tasks.values():
            cell = run.cells[plan.name]
            if cell.state in WAITING:
                self._mark(run.key, plan.index, plan.name)
                if cell.retry_at is not None:
                    heappush(self.timers, (cell.retry_at, run.key, plan.index, plan.name))
        if not run.left:
            heappush(self.ended, run.key)

    def _watch(self, run: Run) -> None:
        for plan in run.plan.tasks.values():
            for name in plan.inputs:
                self._watch_each(run, plan, ("input", name), self.known.homes[name])
            for dag, task in plan.elsewhere:
                self._watch_each(run, plan, ("task", dag, task), dag)

    def _watch_each(self, run: Run, plan: TaskPlan, what: tuple[str, ...], dag: str) -> None:
        for window in windows_of(self.known, dag, run):
            self.watchers.setdefault((*what, window.key), []).append((run.key, plan.name))

    def _run_waits(self, key: RunKey) -> None:
        heappush(self.to_start.setdefault(key.dag, []), key)
        heappush(self.startable, key.dag)

    def _mark(self, key: RunKey, index: int, task: str) -> None:
        item = (key, index, task)
        if item not in self.marked:
            self.marked.add(item)
            self.dirty.append(item)

    def _mark_watchers(self, watchers: Iterable[tuple[RunKey, str]]) -> None:
        for key, task in watchers:
            run = self.known.runs[key]
            if run.started is not None and task in run.plan.tasks:
                self._mark(key, run.plan.tasks[task].index, task)

    def _run_created(self, event: RunCreated, run: Run) -> None:
        self._watch(run)
        self._run_waits(event.run)

    def _run_started(self, event: RunStarted, run: Run) -> None:
        for name in run.plan.eager:
            self._mark(event.run, run.plan.tasks[name].index, name)
        if not run.left:
            heappush(self.ended, event.run)

    def _run_ended(self, event: RunEnded, run: Run) -> None:
        heappush(self.startable, event.run.dag)

    def _task_settled(self, event: TaskSettled, run: Run) -> None:
        self._task_finished(event.run, run, event.task)

    def _attempt_ended(self, event: AttemptEnded, run: Run) -> None:
        self.blocked.clear()
        if event.retry_at is None:
            self._task_finished(event.run, run, event.task)
        elif event.retry_at > event.at:
            heappush(self.timers, (event.retry_at, event.run, run.plan.tasks[event.task].index, event.task))
        else:
            self._mark(event.run, run.plan.tasks[event.task].index, event.task)

    def _task_finished(self, key: RunKey, run: Run, task: str) -> None:
        marked, dirty = self.marked, self.dirty
        for index, down in run.plan.tasks[task].downs:
            item = (key, index, down)
            if item not in marked:
                marked.add(item)
                dirty.append(item)
        if not run.left:
            heappush(self.ended, key)
        if self.watchers:
            # Kept: a later run of the same partition can hold them back again.
            self._mark_watchers(self.watchers.get(("task", key.dag, task, key.partition), ()))

    def _input_arrived(self, event: InputArrived, run: None) -> None:
        self._mark_watchers(self.watchers.pop(("input", event.input, event.partition), ()))

    # the next decision

    def decisions(self, now: datetime) -> Iterator[Event]:
        """Every decision possible at `now`, the first possible one each time. Each must be applied, and told to
        the reactions, before the next is asked for."""
        while True:
            if self.ended:
                yield self._end_run(now)
            elif self.startable and (started := self._start_run(now)) is not None:
                yield started
            elif self.dirty and (settled := self._look(now)) is not None:
                yield settled
            else:
                break
        # From here on, a decision only takes slots away: none of the above becomes possible again.
        yield from self._grants(now)
        if self.fresh:
            yield from self._without_slot(now)

    def _end_run(self, now: datetime) -> RunEnded:
        key = heappop(self.ended)
        run = self.known.runs[key]
        return RunEnded(now, key, run_end_state(run), last_cell(run))

    def _start_run(self, now: datetime) -> RunStarted | None:
        while self.startable:
            waiting = self.to_start.get(self.startable[0])
            if waiting and run_may_start(self.known, self.known.runs[waiting[0]], now) is PASS:
                run = self.known.runs[heappop(waiting)]
                return RunStarted(now, run.key, run.seq)
            heappop(self.startable)
        return None

    def _look(self, now: datetime) -> TaskSettled | None:
        """Ask the marked tasks in order, until one settles: those that pass take their place for a slot."""
        known, runs, dirty, marked = self.known, self.known.runs, self.dirty, self.marked
        dirty.sort(reverse=True)
        while dirty:
            item = dirty.pop()
            marked.discard(item)
            key, _, task = item
            run = runs[key]
            plan, cell = run.plan.tasks[task], run.cells[task]
            if cell.state not in WAITING:
                continue
            verdict = dependency_verdict(known, run, plan, cell, now)
            if verdict is PASS:
                self._ready(run, plan, cell, now)
            elif type(verdict) is Settle:
                cause = max((run.cells[name].seq for name in verdict.on), default=run.seq)
                return TaskSettled(now, key, task, verdict.state, verdict.rule, cause)
        return None

    def _ready(self, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> None:
        """It passed all but the slots: it takes its place in its lane, the queue of those that need the same."""
        key = run.key
        state = cell.state
        if state == "scheduled" and self._has_place(key, plan.name):
            return
        place = (-plan.priority, cell.ready or now, key.partition, key.dag, plan.name, key)
        lane = self.lanes.get(plan.pool)
        if lane is None:
            lane = self.lanes[plan.pool] = []
        heappush(lane, place)
        if state != "scheduled":
            self.fresh.append(place)

    def _has_place(self, key: RunKey, task: str) -> bool:
        known = (key, task) in self.scheduled
        self.scheduled.add((key, task))
        return known

    def _grants(self, now: datetime) -> Iterator[TaskQueued]:
        known, blocked = self.known, self.blocked
        while True:
            best: Place | None = None
            for pool, lane in self.lanes.items():
                if lane and pool not in blocked and (best is None or lane[0] < best):
                    best = lane[0]
            if best is None:
                return
            _, _, _, _, task, key = best
            run = known.runs[key]
            plan, cell = run.plan.tasks[task], run.cells[task]
            if resource_verdict(known, run, plan, cell, now) is not PASS:
                blocked.add(plan.pool)
                continue
            if plan.elsewhere and dependency_verdict(known, run, plan, cell, now) is not PASS:
                # While it waited for a slot, a later run of a partition that it needs began.
                heappop(self.lanes[plan.pool])
                self.scheduled.discard((key, task))
                continue
            heappop(self.lanes[plan.pool])
            if cell.state == "scheduled":
                self.scheduled.discard((key, task))
                yield _new(TaskQueued, (now, key, task, known.freed))
            else:
                yield _new(TaskQueued, (now, key, task, cause_of_ready(known, run, plan, cell)))

    def _without_slot(self, now: datetime) -> Iterator[TaskScheduled]:
        """Ready since this instant, and left without a slot: said once for each, in queue order."""
        fresh, self.fresh = sorted(self.fresh), []
        for _, _, _, _, task, key in fresh:
            run = self.known.runs[key]
            plan, cell = run.plan.tasks[task], run.cells[task]
            if cell.state in ("none", "up_for_retry"):
                self.scheduled.add((key, task))
                yield TaskScheduled(now, key, task, cause_of_ready(self.known, run, plan, cell))


def cause_of_ready(known: Known, run: Run, plan: TaskPlan, cell: Cell) -> int:
    """The newest fact without which the task would not be ready: an upstream's end, an arrival, its own last
    try, or the run's start."""
    cause = max(run.seq, cell.seq)
    for up in plan.ups:
        seq = run.cells[up].seq
        if seq > cause:
            cause = seq
    return cause if not (plan.inputs or plan.elsewhere) else max(cause, _outside_cause(known, run, plan))


def _outside_cause(known: Known, run: Run, plan: TaskPlan) -> int:
    found = [0]
    for name in plan.inputs:
        for window in windows_of(known, known.homes[name], run):
            if (name, window.key) in known.arrived:
                found.append(known.arrived[name, window.key].seq)
    for dag, task in plan.elsewhere:
        other = [known.run_of(dag, w.key) for w in windows_of(known, dag, run)]
        found += [r.cells[task].seq for r in other if r is not None and task in r.cells]
    return max(found)
