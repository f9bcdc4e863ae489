"""evolve(state, event): apply one fact. The only thing that writes state, and the table of allowed transitions.

An event that the table does not allow raises `InvalidTransition` with the story of that task so far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.engine import remembered as data
from workbench.engine.commanded import (
    backfill_changed,
    dag_edited,
    dag_paused,
    fault_injected,
    fault_lifted,
    runs_requested,
    settings_changed,
    tasks_cleared,
    tasks_killed,
    tasks_marked,
)
from workbench.engine.drafts import hear_again, open_run, refuse, take_slots
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    BackfillChanged,
    CodeDeployed,
    DagEdited,
    DagPaused,
    DeadlineMissed,
    FaultInjected,
    FaultLifted,
    InputArrived,
    RunCreated,
    RunEnded,
    RunsRequested,
    RunStarted,
    SchedulerStarted,
    SchedulerStopped,
    SettingsChanged,
    TaskQueued,
    TaskScheduled,
    TasksCleared,
    TaskSettled,
    TasksKilled,
    TasksMarked,
    WorkDone,
)
from workbench.engine.state import (
    FINISHED,
    FIRST_CODE,
    WAITING,
    Arrival,
    Attempt,
    Cell,
    Known,
    Looks,
    Run,
    State,
)
from workbench.timetable import Partition

# event -> (the task states it may follow, the states it may lead to)
TRANSITIONS: dict[type[Any], tuple[frozenset[str], frozenset[str]]] = {
    TaskScheduled: (WAITING - {"scheduled"}, frozenset({"scheduled"})),
    TaskQueued: (WAITING, frozenset({"queued"})),
    TaskSettled: (WAITING, frozenset({"skipped", "upstream_failed"})),
    AttemptStarted: (frozenset({"queued"}), frozenset({"running"})),
    AttemptEnded: (
        frozenset({"running"}),
        frozenset({"success", "failed", "skipped", "up_for_retry", "up_for_reschedule"}),
    ),
}


def evolve(state: State, event: Any) -> Run | None:
    """Apply the next event of the log to the draft. Answers the run that it touched, if it is about one."""
    known = state.known
    known.seq += 1
    return _APPLY[type(event)](state, known, event)


# Three events and three cells for each attempt: a NamedTuple's own constructor takes twice as long.
_new: Any = tuple.__new__
# The table's rows by name: looked up for every event, so they are taken apart once.
_MAY_SCHEDULE, _MAY_QUEUE, _MAY_SETTLE, _MAY_START, _MAY_END = (
    TRANSITIONS[kind][0] for kind in (TaskScheduled, TaskQueued, TaskSettled, AttemptStarted, AttemptEnded)
)
_SETTLED, _ENDED = TRANSITIONS[TaskSettled][1], TRANSITIONS[AttemptEnded][1]


def _run_created(state: State, known: Known, event: RunCreated) -> Run:
    run = open_run(known, event.run, Partition(event.run.partition, event.start, event.end), event.at)
    run.due = event.due
    if event.due is not None:
        known.asked[event.run.dag] = event.due
    else:
        by_any = known.plans[event.run.dag].spec.data
        known.gathered.pop((event.run.dag, "" if by_any and by_any.interval == "any" else event.run.partition), None)
    return run


def _run_started(state: State, known: Known, event: RunStarted) -> Run:
    run = known.own(event.run)
    run.state, run.started, run.seq = "running", event.at, known.seq
    _count_active(known, run, 1)
    return run


def _count_active(known: Known, run: Run, by: int) -> None:
    if run.backfill:
        known.backfill_active[run.backfill] = known.backfill_active.get(run.backfill, 0) + by
    else:
        known.active[run.key.dag] += by


def _run_ended(state: State, known: Known, event: RunEnded) -> Run:
    run = known.own(event.run)
    run.state, run.ended, run.reason, run.seq = event.state, event.at, event.reason, known.seq
    _count_active(known, run, -1)
    known.runs.close(run)
    data.run_ended(known, run, event)
    return run


def _task_scheduled(state: State, known: Known, event: TaskScheduled) -> Run:
    run = known.own(event.run)
    cell = run.cells[event.task]
    if cell.state not in _MAY_SCHEDULE:
        refuse(run, cell, event)
    at = event.at
    run.cells[event.task] = cell._replace(
        state="scheduled", since=at, seq=known.seq, ready=at, queued=None, started=None, retry_at=None, rule=""
    )
    return run


def _task_queued(state: State, known: Known, event: TaskQueued) -> Run:
    at, key, task, _ = event
    run = known.runs.open[key]
    if run.owner is not known.owner:
        run = known.own(key)
    cell = run.cells[task]
    before, _, _, tries, ready, _, _, _, attempts, _, base, _, looks = cell
    if before not in _MAY_QUEUE:
        refuse(run, cell, event)
    code = known.code_for(run, task) if known.code or run.backfill else FIRST_CODE
    run.cells[task] = _new(
        Cell, ("queued", at, known.seq, tries, ready or at, at, None, None, attempts, "", base, code, looks)
    )
    plan = run.plan.tasks.get(task)
    if plan is not None and plan.pool is None and plan.task.max_active is None:
        known.busy += 1
        run.busy += 1
    else:
        take_slots(known, run, task)
    return run


def _task_settled(state: State, known: Known, event: TaskSettled) -> Run:
    run = known.own(event.run)
    cell = run.cells[event.task]
    if cell.state not in _MAY_SETTLE or event.state not in _SETTLED:
        refuse(run, cell, event)
    run.cells[event.task] = Cell(
        event.state, event.at, known.seq, cell.tries, attempts=cell.attempts, rule=event.rule, base=cell.base
    )
    run.left -= 1
    return run


def _attempt_started(state: State, known: Known, event: AttemptStarted) -> Run:
    at, key, task, number, _ = event
    run = known.runs.open[key]
    if run.owner is not known.owner:
        run = known.own(key)
    cell = run.cells[task]
    before, _, _, _, ready, queued, _, _, attempts, _, base, _, looks = cell
    if before not in _MAY_START:
        refuse(run, cell, event)
    code = known.code_for(run, task) if known.code or run.backfill else FIRST_CODE
    run.cells[task] = _new(
        Cell, ("running", at, known.seq, number, ready, queued, at, None, attempts, "", base, code, looks)
    )
    return run


def _attempt_ended(state: State, known: Known, event: AttemptEnded) -> Run:
    at, key, task, number, became, reason, message, retry_at, rows, content, followed, _ = event
    run = known.runs.open[key]
    if run.owner is not known.owner:
        run = known.own(key)
    before, _, began, tries, ready, queued, started, _, past, _, base, code, looks = run.cells[task]
    if before not in _MAY_END or became not in _ENDED:
        refuse(run, run.cells[task], event)
    if became == "up_for_reschedule" or looks is not None:
        past, looks = _look_ended(run.cells[task], event)
    else:
        outcome = became if became != "up_for_retry" else "failed"
        done = _new(
            Attempt,
            (
                number,
                outcome,
                reason,
                message,
                ready,
                queued,
                started,
                at,
                retry_at,
                rows,
                content,
                followed,
                code,
                0,
                0,
                began,
            ),
        )
        past = (*past, done)
    run.cells[task] = _new(
        Cell, (became, at, known.seq, tries, None, None, None, retry_at, past, "", base, code, looks)
    )
    if became in FINISHED:
        run.left -= 1
    plan = run.plan.tasks.get(task)
    if plan is not None and plan.pool is None and plan.task.max_active is None:
        known.busy -= 1
        run.busy -= 1
    else:
        take_slots(known, run, task, -1)
    known.freed = known.seq
    if became == "up_for_retry":
        data.try_failed(known, event)
    return run


def _look_ended(cell: Cell, event: AttemptEnded) -> tuple[tuple[Attempt, ...], Looks | None]:
    """A sensor looked: (tries, what goes on). While it goes on there is no try to note down."""
    assert cell.ready is not None
    assert cell.queued is not None
    assert cell.started is not None
    held = int((event.at - cell.queued).total_seconds())
    one = cell.looks or Looks(cell.ready, cell.queued, cell.started, 0, 0)
    one = one._replace(times=one.times + 1, held=one.held + held)
    if event.state == "up_for_reschedule":
        return cell.attempts, one
    outcome = event.state if event.state != "up_for_retry" else "failed"
    done = Attempt(
        event.number, outcome, event.reason, event.message, one.ready, one.queued, one.started, event.at,
        event.retry_at, event.rows, event.content, event.followed, cell.code, one.times, one.held, cell.seq,
    )  # fmt: skip
    return (*cell.attempts, done), None


def _input_arrived(state: State, known: Known, event: InputArrived) -> None:
    place, arrival = (event.input, event.partition), Arrival(event.at, event.rows, event.content, known.seq)
    before = _last_arrival(known, place)
    if before is None:
        known.arrived[place] = arrival
    else:
        known.again[place] = (*known.again.get(place, ()), arrival)
    is_new = before is None or before.content is None or before.content != event.content
    if is_new and event.input in known.listeners:
        home = known.homes[event.input]
        data.gather(known, event.input, home, known.plans[home].spec.grid.parse(event.partition))


def _last_arrival(known: Known, place: tuple[str, str]) -> Arrival | None:
    return known.again[place][-1] if place in known.again else known.arrived.get(place)


def _deadline_missed(state: State, known: Known, event: DeadlineMissed) -> None:
    known.missed[event.dag, event.partition, event.task] = event.due
    data.owe(known, "deadline", event.dag, event.partition, event.task)


def _scheduler_stopped(state: State, known: Known, event: SchedulerStopped) -> None:
    if known.up:
        known.away = (*known.away, (event.at, None))


def _scheduler_started(state: State, known: Known, event: SchedulerStarted) -> None:
    if not known.up:
        known.away = (*known.away[:-1], (known.away[-1][0], event.at))
        for dag in known.plans:
            hear_again(known, dag, event.at)


def _work_done(state: State, known: Known, event: WorkDone) -> None:
    place = (event.run, event.task)
    state.effects[place] = (*state.effects.get(place, ()), (event.number, event.at))


def _code_deployed(state: State, known: Known, event: CodeDeployed) -> None:
    known.code[event.dag, event.task] = event.version
    known.deployed[event.dag, event.task] = event.at
    if not event.task:  # a version of the whole DAG replaces those of its tasks
        known.code = {place: v for place, v in known.code.items() if place[0] != event.dag or not place[1]}


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
    DeadlineMissed: _deadline_missed,
    SchedulerStopped: _scheduler_stopped,
    SchedulerStarted: _scheduler_started,
    WorkDone: _work_done,
    CodeDeployed: _code_deployed,
    FaultInjected: fault_injected,
    FaultLifted: fault_lifted,
    DagEdited: dag_edited,
    SettingsChanged: settings_changed,
    DagPaused: dag_paused,
    TasksCleared: tasks_cleared,
    TasksMarked: tasks_marked,
    TasksKilled: tasks_killed,
    RunsRequested: runs_requested,
    BackfillChanged: backfill_changed,
    **data.APPLY,
}
