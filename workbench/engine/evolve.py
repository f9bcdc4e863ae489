"""evolve(state, event): apply one fact. The only thing that writes state, and the table of allowed transitions.

An event that the table does not allow raises `InvalidTransition` with the story of that task so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.engine.compile import plan_dag
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
from workbench.engine.plan import DagPlan
from workbench.engine.state import FINISHED, Arrival, Attempt, Cell, Known, Run, State, homes_of
from workbench.timetable import Partition

# event -> (the task states it may follow, the states it may lead to)
TRANSITIONS: dict[type[Any], tuple[frozenset[str], frozenset[str]]] = {
    TaskScheduled: (frozenset({"none", "up_for_retry"}), frozenset({"scheduled"})),
    TaskQueued: (frozenset({"none", "up_for_retry", "scheduled"}), frozenset({"queued"})),
    TaskSettled: (frozenset({"none", "up_for_retry", "scheduled"}), frozenset({"skipped", "upstream_failed"})),
    AttemptStarted: (frozenset({"queued"}), frozenset({"running"})),
    AttemptEnded: (frozenset({"running"}), frozenset({"success", "failed", "up_for_retry"})),
}


@dataclass
class InvalidTransition(Exception):
    """An event that cannot follow. Never the user's mistake: the log is damaged or the engine is wrong."""

    event: Any
    state: str
    story: str

    def __str__(self) -> str:
        return f"{self.event!r} cannot follow state '{self.state}'. So far: {self.story}"


def evolve(state: State, event: Any) -> Run | None:
    """Apply the next event of the log to the draft. Answers the run that it touched, if it is about one."""
    known = state.known
    known.seq += 1
    return _APPLY[type(event)](state, known, event)


def _refuse(run: Run, cell: Cell, event: Any) -> None:
    story = "; ".join(f"try {a.number} {a.state} {a.ended:%Y-%m-%d %H:%M:%S}" for a in cell.attempts)
    raise InvalidTransition(event, cell.state, f"{run.key} {cell.state} since {cell.since}. {story}")


# Three events and three cells for each attempt: a NamedTuple's own constructor takes twice as long.
_new: Any = tuple.__new__
# The table's rows by name: looked up for every event, so they are taken apart once.
_MAY_SCHEDULE, _MAY_QUEUE, _MAY_SETTLE, _MAY_START, _MAY_END = (
    TRANSITIONS[kind][0] for kind in (TaskScheduled, TaskQueued, TaskSettled, AttemptStarted, AttemptEnded)
)
_SETTLED, _ENDED = TRANSITIONS[TaskSettled][1], TRANSITIONS[AttemptEnded][1]


def _run_created(state: State, known: Known, event: RunCreated) -> Run:
    plan = known.plans[event.run.dag]
    window = Partition(event.run.partition, event.start, event.end)
    run = known.runs[event.run] = Run(event.run, window, plan, event.at, known.seq, known.owner)
    known.open[event.run] = None
    known.ticked[event.run.dag] = event.at
    return run


def _run_started(state: State, known: Known, event: RunStarted) -> Run:
    run = known.own(event.run)
    run.state, run.started, run.seq = "running", event.at, known.seq
    known.active[event.run.dag] += 1
    return run


def _run_ended(state: State, known: Known, event: RunEnded) -> Run:
    run = known.own(event.run)
    run.state, run.ended, run.seq = event.state, event.at, known.seq
    known.active[event.run.dag] -= 1
    del known.open[event.run]
    return run


def _task_scheduled(state: State, known: Known, event: TaskScheduled) -> Run:
    run = known.own(event.run)
    cell = run.cells[event.task]
    if cell.state not in _MAY_SCHEDULE:
        _refuse(run, cell, event)
    at = event.at
    run.cells[event.task] = Cell("scheduled", at, known.seq, cell.tries, at, None, None, None, cell.attempts)
    return run


def _task_queued(state: State, known: Known, event: TaskQueued) -> Run:
    at, key, task, _ = event
    run = known.runs[key]
    if run.owner is not known.owner:
        run = known.own(key)
    cell = run.cells[task]
    if cell.state not in _MAY_QUEUE:
        _refuse(run, cell, event)
    run.cells[task] = _new(
        Cell, ("queued", at, known.seq, cell.tries, cell.ready or at, at, None, None, cell.attempts, "")
    )
    known.busy += 1
    pool = run.plan.tasks[task].pool
    if pool is not None:
        known.pool_busy[pool] += 1
    return run


def _task_settled(state: State, known: Known, event: TaskSettled) -> Run:
    run = known.own(event.run)
    cell = run.cells[event.task]
    if cell.state not in _MAY_SETTLE or event.state not in _SETTLED:
        _refuse(run, cell, event)
    run.cells[event.task] = Cell(event.state, event.at, known.seq, cell.tries, attempts=cell.attempts, rule=event.rule)
    run.left -= 1
    return run


def _attempt_started(state: State, known: Known, event: AttemptStarted) -> Run:
    at, key, task, number, _ = event
    run = known.runs[key]
    if run.owner is not known.owner:
        run = known.own(key)
    cell = run.cells[task]
    if cell.state not in _MAY_START:
        _refuse(run, cell, event)
    run.cells[task] = _new(
        Cell, ("running", at, known.seq, number, cell.ready, cell.queued, at, None, cell.attempts, "")
    )
    return run


def _attempt_ended(state: State, known: Known, event: AttemptEnded) -> Run:
    at, key, task, number, became, reason, message, retry_at, rows, content, _ = event
    run = known.runs[key]
    if run.owner is not known.owner:
        run = known.own(key)
    before, _, _, tries, ready, queued, started, _, past, _ = run.cells[task]
    if before not in _MAY_END or became not in _ENDED:
        _refuse(run, run.cells[task], event)
    outcome = "success" if became == "success" else "failed"
    done = _new(Attempt, (number, outcome, reason, message, ready, queued, started, at, retry_at, rows, content))
    run.cells[task] = _new(Cell, (became, at, known.seq, tries, None, None, None, retry_at, (*past, done), ""))
    if became != "up_for_retry":
        run.left -= 1
    known.busy -= 1
    pool = run.plan.tasks[task].pool
    if pool is not None:
        known.pool_busy[pool] -= 1
    known.freed = known.seq
    return run


def _input_arrived(state: State, known: Known, event: InputArrived) -> None:
    known.arrived[event.input, event.partition] = Arrival(event.at, event.rows, event.content, known.seq)


def _fault_injected(state: State, known: Known, event: FaultInjected) -> None:
    state.faults = (*state.faults, (event.fault, event.at))


def _dag_edited(state: State, known: Known, event: DagEdited) -> None:
    plan = known.plans[event.dag] = plan_dag(event.spec, event.version)
    known.active.setdefault(event.dag, 0)
    known.homes = homes_of(known.plans)
    for key in [k for k in known.open if k.dag == event.dag]:
        _follow(known, known.own(key), plan, event.at)
    _recount(known)
    known.freed = known.seq


def _follow(known: Known, run: Run, plan: DagPlan, at: datetime) -> None:
    """An unfinished run takes the new version: new tasks appear, removed ones end where they are."""
    fresh = Cell("none", at, known.seq)
    for name, cell in run.cells.items():
        if name not in plan.tasks and cell.state not in FINISHED:
            run.cells[name] = Cell("removed", at, known.seq, cell.tries, attempts=cell.attempts)
    for name in plan.tasks:
        if run.cells.get(name, fresh).state in ("removed", "none"):
            run.cells[name] = fresh
    run.plan, run.left = plan, sum(cell.state not in FINISHED for cell in run.cells.values())


def _recount(known: Known) -> None:
    """Slots in use, counted anew: the edit may have moved tasks between pools."""
    known.busy, known.pool_busy = 0, dict.fromkeys(known.pools, 0)
    for run in map(known.runs.__getitem__, known.open):
        for name in [n for n, c in run.cells.items() if c.state in ("queued", "running")]:
            known.busy += 1
            pool = run.plan.tasks[name].pool
            if pool is not None:
                known.pool_busy[pool] += 1


_APPLY: dict[type[Any], Callable[[State, Known, Any], Run | None]] = {
    RunCreated: _run_created,
    RunStarted: _run_started,
    RunEnded: _run_ended,
    TaskScheduled: _task_scheduled,
    TaskQueued: _task_queued,
    TaskSettled: _task_settled,
    AttemptStarted: _attempt_started,
    AttemptEnded: _attempt_ended,
    InputArrived: _input_arrived,
    FaultInjected: _fault_injected,
    DagEdited: _dag_edited,
}
