"""decide: what the orchestrator does next, one decision at a time.

Theory of operation. While nothing more is due at an instant, the next decision is always the first that is
possible, in this order: data makes a run; a finished run ends; a queued run starts; a task settles; a ready task is
queued, in queue order (priority, ready since, partition, DAG, task), as far as slots go; a ready task that got none is
marked scheduled; a run that can never go on ends. Which comes first is a function of what is known, so a log cut
anywhere continues the same way. While the scheduler is away nothing is decided, and nothing of it is forgotten.

`Decider` looks only at what an event could have changed. Its sets and heaps are caches: `Decider(known)` builds
them anew from any state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from workbench.engine.backfilled import held_back_by
from workbench.engine.data_events import VersionPublished
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
from workbench.engine.rules.inputs import delivered, windows_of
from workbench.engine.rules.past import past_cells, runs_after
from workbench.engine.rules.run import run_end_state, run_may_start
from workbench.engine.state import FINISHED, WAITING, Cell, Known, Run
from workbench.engine.verdict import dependency_verdict, resource_verdict
from workbench.engine.verdicts import PASS, Settle, Wait
from workbench.model import Need

# As in evolve: events of which there is one for each attempt.
_new: Any = tuple.__new__
_MANY_LANES = 64
# What a queued run may wait for that no end of another run of its backfill's gives it, but that of its own upstream. A
# DAG that is switched on again is a command, after which all is looked at anew.
_OF_ITS_OWN = ("backfill_upstream", "paused")

# A ready task's place in the queue: (-priority, ready since, partition, dag, task, its run).
Place = tuple[int, datetime, str, str, str, RunKey]
# Runs that start under one limit: those of a DAG (0 and its name), or of a backfill, whatever its DAGs (its number).
Starters = tuple[int, str]
# Those that want the same slots under the same limits: pool, slots, task or run with a limit of its own.
Lane = tuple[Any, ...]


def last_cell(run: Run) -> int:
    """The number of the newest event among the run's tasks."""
    return max((cell.seq for cell in run.cells.values()), default=run.seq)


class Decider:
    """Decisions at the end of a log. Tell every applied event to `reactions`, then ask for `decisions`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.ended: list[RunKey] = []
        self.suspects: list[RunKey] = []
        self.gathered = sorted(known.gathered)
        self.to_start: dict[Starters, list[tuple[Any, ...]]] = {}
        self.startable: list[Starters] = []
        self.held: dict[tuple[RunKey, str], list[RunKey]] = {}
        self.dirty: list[tuple[RunKey, int, str]] = []
        self.marked: set[tuple[RunKey, int, str]] = set()
        self.lanes: dict[Lane, list[Place]] = {}
        self.fresh: list[Place] = []
        self.scheduled: set[tuple[RunKey, str]] = set()
        self.blocked: set[Lane] = set()
        self.timers: list[tuple[datetime, RunKey, int, str]] = []
        self.watchers: dict[tuple[str, ...], list[tuple[RunKey, str]]] = {}
        self.watches_tasks = False
        self.watched: dict[RunKey, list[tuple[str, ...]]] = {}
        for run in known.open_runs():
            self._rebuild(run)
        self.reactions: dict[type[Any], Callable[[Any, Any], None]] = {
            RunCreated: self._run_created,
            RunStarted: self._run_started,
            RunEnded: self._run_ended,
            TaskSettled: self._task_settled,
            AttemptEnded: self._attempt_ended,
            InputArrived: self._input_arrived,
            VersionPublished: self._published,
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
            self._run_waits(run)
            return
        self._mark_waiting(run)
        for plan in run.plan.tasks.values():
            cell = run.cells[plan.name]
            if cell.state in WAITING and cell.retry_at is not None:
                heappush(self.timers, (cell.retry_at, run.key, plan.index, plan.name))
        heappush(self.ended if not run.left else self.suspects, run.key)

    def _mark_waiting(self, run: Run) -> None:
        for plan in run.plan.tasks.values():
            if run.cells[plan.name].state in WAITING:
                self._mark(run.key, plan.index, plan.name)

    def _watch(self, run: Run) -> None:
        for plan in run.plan.tasks.values():
            for need in plan.inputs:
                self._watch_each(run, plan, ("input", need.name), need)
            for need in plan.elsewhere:
                self._watch_each(run, plan, ("task", need.dag, need.name), need)

    def _watch_each(self, run: Run, plan: TaskPlan, what: tuple[str, ...], need: Need) -> None:
        for window in windows_of(self.known, need, run):
            place = (*what, window.key)
            self.watchers.setdefault(place, []).append((run.key, plan.name))
            self.watches_tasks = self.watches_tasks or what[0] == "task"
            self.watched.setdefault(run.key, []).append(place)

    def _watches_no_more(self, key: RunKey) -> None:
        for place in self.watched.pop(key, ()):
            left = [watcher for watcher in self.watchers.get(place, ()) if watcher[0] != key]
            if left:
                self.watchers[place] = left
            else:
                self.watchers.pop(place, None)

    def _run_waits(self, run: Run) -> None:
        starters = starters_of(run)
        heappush(self.to_start.setdefault(starters, []), (run.order, run.key))
        heappush(self.startable, starters)

    def _hold(self, run: Run) -> None:
        """It comes after others of its backfill: it stands in line again when one of them is over."""
        for place in held_back_by(self.known, run):
            self.held.setdefault(place, []).append(run.key)

    def _let_go(self, key: RunKey, task: str) -> None:
        for waiting in self.held.pop((key, task), ()):
            run = self.known.runs.open.get(waiting)
            if run is not None and run.started is None and not held_back_by(self.known, run):
                self._run_waits(run)

    def _mark(self, key: RunKey, index: int, task: str) -> None:
        item = (key, index, task)
        if item not in self.marked:
            self.marked.add(item)
            self.dirty.append(item)

    def _mark_watchers(self, watchers: Iterable[tuple[RunKey, str]]) -> None:
        for key, task in watchers:
            run = self.known.runs.open.get(key)
            if run is not None and run.started is not None and task in run.plan.tasks:
                self._mark(key, run.plan.tasks[task].index, task)

    def _run_created(self, event: RunCreated, run: Run) -> None:
        self._watch(run)
        self._run_waits(run)

    def _run_started(self, event: RunStarted, run: Run) -> None:
        if run.left < len(run.cells):  # it had ended, and some of its tasks were cleared
            self._mark_waiting(run)
        for name in run.plan.eager:
            self._mark(event.run, run.plan.tasks[name].index, name)
        heappush(self.ended if not run.left else self.suspects, event.run)

    def _run_ended(self, event: RunEnded, run: Run) -> None:
        self._watches_no_more(event.run)
        heappush(self.startable, starters_of(run))
        if self.known.gathered:
            self._gathered_for((event.run.dag,))

    def _task_settled(self, event: TaskSettled, run: Run) -> None:
        self._task_finished(event.run, run, event.task)

    def _attempt_ended(self, event: AttemptEnded, run: Run) -> None:
        self.blocked.clear()
        if event.retry_at is None:
            self._task_finished(event.run, run, event.task)
            return
        index = run.plan.tasks[event.task].index
        if event.retry_at > event.at:
            heappush(self.timers, (event.retry_at, event.run, index, event.task))
        self._mark(event.run, index, event.task)  # also before: a branch may have left it out while it ran

    def _task_finished(self, key: RunKey, run: Run, task: str) -> None:
        marked, dirty = self.marked, self.dirty
        plan = run.plan.tasks[task]
        if self.held:
            self._let_go(key, task)
        for index, down in plan.downs:
            item = (key, index, down)
            if item not in marked:
                marked.add(item)
                dirty.append(item)
        if not run.left:
            heappush(self.ended, key)
        elif not run.busy:
            heappush(self.suspects, key)
        if plan.below or run.plan.looks_back or self.watches_tasks:
            self._also_told(key, run, plan)

    def _also_told(self, key: RunKey, run: Run, plan: TaskPlan) -> None:
        """Those that are not directly below, and wait for this task all the same."""
        for index, below in plan.below:
            self._mark(key, index, below)
        if run.plan.looks_back:
            self._mark_after(run)
        if self.watches_tasks:
            # Kept: a later run of the same partition can hold them back again.
            self._mark_watchers(self.watchers.get(("task", key.dag, plan.name, key.partition), ()))

    def _mark_after(self, run: Run) -> None:
        """Those that wait for their past, which changed."""
        for after in runs_after(self.known, run):
            if after.started is not None:
                for other in after.plan.tasks.values():
                    if other.looks_back:
                        self._mark(after.key, other.index, other.name)

    def _input_arrived(self, event: InputArrived, run: None) -> None:
        self._mark_watchers(self.watchers.pop(("input", event.input, event.partition), ()))
        self._gathered_for(self.known.listeners.get(event.input, ()))

    def _published(self, event: VersionPublished, run: None) -> None:
        # Kept: what is live can be withdrawn, and come again.
        self._mark_watchers(self.watchers.get(("input", event.dataset, event.partition), ()))
        self._gathered_for(self.known.listeners.get(event.dataset, ()))

    def _gathered_for(self, dags: tuple[str, ...]) -> None:
        if dags:
            found = {place for place in self.known.gathered if place[0] in dags}
            self.gathered = sorted(found.union(self.gathered))

    # the next decision

    def decisions(self, now: datetime) -> Iterator[Event]:
        """Every decision possible at `now`, the first possible one each time. Each must be applied, and told to
        the reactions, before the next is asked for."""
        if not self.known.up:
            return
        while True:
            if self.gathered and (created := self._create_run(now)) is not None:
                yield created
            elif self.ended:
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
        while self.suspects:
            key = heappop(self.suspects)
            run = self.known.open.get(key)
            if run is not None and is_stuck(self.known, run, now):
                yield RunEnded(now, key, "failed", "deadlock", last_cell(run))
                yield from self.decisions(now)

    def _create_run(self, now: datetime) -> RunCreated | None:
        """The first run for which all the data is there."""
        known = self.known
        for dag, partition in self.gathered:
            if dag in known.paused or not delivered(known, dag, partition):
                continue
            grid, cause = known.plans[dag].spec.grid, known.gathered[dag, partition].seq
            window = grid.parse(partition) if partition else grid.last_ended(now)
            return RunCreated(now, next_key(known, dag, window.key, "data"), window.start, window.end, None, cause)
        self.gathered = []
        return None

    def _end_run(self, now: datetime) -> RunEnded:
        key = heappop(self.ended)
        run = self.known.runs[key]
        return RunEnded(now, key, run_end_state(run), "", last_cell(run))

    def _start_run(self, now: datetime) -> RunStarted | None:
        while self.startable:
            run = self._first_to_start(self.to_start.get(self.startable[0], []), now)
            if run is not None:
                return RunStarted(now, run.key, cause_of_start(self.known, run))
            heappop(self.startable)
        return None

    def _first_to_start(self, waiting: list[tuple[Any, ...]], now: datetime) -> Run | None:
        """The first of these, in their order, unless their limit is reached. Within a backfill, runs that wait for
        something of their own do not hold back those behind them."""
        while waiting:
            run = self.known.runs[waiting[0][-1]]
            found = run_may_start(self.known, run, now)
            if found is PASS:
                heappop(waiting)
                return run
            if not run.backfill or getattr(found, "rule", "") not in _OF_ITS_OWN:
                return None
            heappop(waiting)
            self._hold(run)
        return None

    def _look(self, now: datetime) -> TaskSettled | None:
        """Ask the marked tasks in order, until one settles: those that pass take their place for a slot."""
        known, runs, dirty, marked = self.known, self.known.runs.open, self.dirty, self.marked
        dirty.sort(reverse=True)
        while dirty:
            item = dirty.pop()
            marked.discard(item)
            key, _, task = item
            run = runs.get(key)
            if run is None:
                continue
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
        place = (-priority_of(self.known, run, plan), cell.ready or now, key.partition, key.dag, plan.name, key)
        name = lane_of(run, plan)
        lane = self.lanes.get(name)
        if lane is None:
            lane = self.lanes[name] = []
        heappush(lane, place)
        if state != "scheduled":
            self.fresh.append(place)

    def _has_place(self, key: RunKey, task: str) -> bool:
        known = (key, task) in self.scheduled
        self.scheduled.add((key, task))
        return known

    def _grants(self, now: datetime) -> Iterator[TaskQueued]:
        known, blocked, lanes = self.known, self.blocked, self.lanes
        while True:
            best, best_name = None, None
            for name, lane in lanes.items():
                if lane and name not in blocked and (best is None or lane[0] < best):
                    best, best_name = lane[0], name
            if best is None or best_name is None:
                return
            _, _, _, _, task, key = best
            run = known.runs.open.get(key)
            if run is None or run.cells[task].state not in WAITING:  # it settled in the queue
                self._leave(best_name)
                self.scheduled.discard((key, task))
                continue
            plan, cell = run.plan.tasks[task], run.cells[task]
            if resource_verdict(known, run, plan, cell, now) is not PASS:
                blocked.add(best_name)
                continue
            self._leave(best_name)
            looks_around = plan.elsewhere or plan.looks_back or (plan.inputs and known.makers)
            if looks_around and dependency_verdict(known, run, plan, cell, now) is not PASS:
                # While it waited for a slot, a later run of a partition that it needs began.
                self.scheduled.discard((key, task))
            elif cell.state == "scheduled":
                self.scheduled.discard((key, task))
                yield _new(TaskQueued, (now, key, task, known.freed))
            else:
                yield _new(TaskQueued, (now, key, task, cause_of_ready(known, run, plan, cell)))

    def _leave(self, name: Lane) -> None:
        lane = self.lanes[name]
        heappop(lane)
        if not lane and len(self.lanes) > _MANY_LANES:
            del self.lanes[name]

    def _without_slot(self, now: datetime) -> Iterator[TaskScheduled]:
        """Ready since this instant, and left without a slot: said once for each, in queue order."""
        fresh, self.fresh = sorted(self.fresh), []
        for _, _, _, _, task, key in fresh:
            run = self.known.runs.open.get(key)
            if run is None:
                continue
            plan, cell = run.plan.tasks[task], run.cells[task]
            if cell.state in WAITING and cell.state != "scheduled":
                self.scheduled.add((key, task))
                yield TaskScheduled(now, key, task, cause_of_ready(self.known, run, plan, cell))


def cause_of_ready(known: Known, run: Run, plan: TaskPlan, cell: Cell) -> int:
    """The newest fact without which the task would not be ready: an upstream's end, an arrival, its own last
    try, its past, or the run's start."""
    cause = max(run.seq, cell.seq)
    for up in plan.ups:
        above = run.cells[up]
        if above.seq > cause and above.state in FINISHED:
            cause = above.seq
    if plan.looks_back:
        cause = max([cause, *(cell.seq for cell in past_cells(known, run, plan))])
    return cause if not (plan.inputs or plan.elsewhere) else max(cause, _outside_cause(known, run, plan))


def _outside_cause(known: Known, run: Run, plan: TaskPlan) -> int:
    found = [0]
    for need in plan.inputs:
        for window in windows_of(known, need, run):
            arrival, live = known.arrived.get((need.name, window.key)), known.data.live_version(need.name, window.key)
            found += [one.seq for one in (arrival,) if one is not None]
            found += [one.live[-1].since_seq for one in (live,) if one is not None]
    for need in plan.elsewhere:
        other = [known.run_of(need.dag, w.key) for w in windows_of(known, need, run)]
        found += [r.cells[need.name].seq for r in other if r is not None and need.name in r.cells]
    return max(found)


def lane_of(run: Run, plan: TaskPlan) -> Lane:
    """Where the task stands in line: a limit for each run makes a lane for each run."""
    return plan.lane if run.plan.spec.max_active_tasks is None else (*plan.lane, run.key)


def starters_of(run: Run) -> Starters:
    """Under whose limit the run starts. Those of no backfill come first."""
    return (run.backfill, "") if run.backfill else (0, run.key.dag)


def cause_of_start(known: Known, run: Run) -> int:
    """Its making, or the end of the last of its backfill that it came after."""
    after = known.backfills[run.backfill].after.get(run.key, ()) if run.backfill else ()
    ends = [known.runs[key].cells[task].seq for key, task in after if task in known.runs[key].cells]
    return max([run.seq, *ends])


def priority_of(known: Known, run: Run, plan: TaskPlan) -> int:
    """A task's priority in the queue; a backfill adds its own."""
    return plan.priority + (known.backfills[run.backfill].priority if run.backfill else 0)


def next_key(known: Known, dag: str, partition: str, kind: str) -> RunKey:
    """The key of the next run for a partition."""
    before = known.run_of(dag, partition)
    return RunKey(dag, partition, kind, before.key.n + 1 if before else 1)


def is_stuck(known: Known, run: Run, now: datetime) -> bool:
    """Will no task of the run ever go on? All that are left wait for upstream tasks that are finished, or stuck
    themselves. Source: Airflow 3.3, `DagRun.update_state`, "all_tasks_deadlocked"."""
    if run.started is None or run.busy or not run.left:
        return False
    for name, plan in run.plan.tasks.items():
        cell = run.cells[name]
        if cell.state in FINISHED:
            continue
        if cell.state != "none" or plan.looks_back or not plan.ups:
            return False
        found = dependency_verdict(known, run, plan, cell, now)
        if not isinstance(found, Wait) or found.rule not in (plan.task.trigger_rule, "setup"):
            return False
    return True
