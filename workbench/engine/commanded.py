"""What commands change in a draft of the state: one function for each, for the table in `evolve`."""

from __future__ import annotations

from datetime import datetime

from workbench.engine.backfilled import KEPT, LEFT_OUT, earlier_success, order_of, runs_tasks
from workbench.engine.compile import plan_dag
from workbench.engine.drafts import follow, hear_again, open_run, recount, refuse, remember_window
from workbench.engine.events import (
    BackfillChanged,
    DagEdited,
    DagPaused,
    FaultInjected,
    FaultLifted,
    Instances,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.engine.rules.clock import SECOND, heard_until
from workbench.engine.state import (
    FINISHED,
    UNDER_WAY,
    Attempt,
    Backfill,
    Cell,
    Known,
    Run,
    State,
    homes_of,
    listeners_of,
    makers_of,
)
from workbench.timetable import Partition


def fault_injected(state: State, known: Known, event: FaultInjected) -> None:
    state.faults = (*state.faults, (event.fault, event.at))


def fault_lifted(state: State, known: Known, event: FaultLifted) -> None:
    state.lifted |= {event.number}


def dag_edited(state: State, known: Known, event: DagEdited) -> None:
    before = known.plans.get(event.dag)
    plan = known.plans[event.dag] = plan_dag(event.spec, event.version)
    known.active.setdefault(event.dag, 0)
    known.former = {**known.former, **known.makers, **known.homes}
    known.homes, known.listeners = homes_of(known.plans), listeners_of(known.plans)
    known.makers = makers_of(known.plans)
    if before is None or before.spec.clock != plan.spec.clock:
        known.asked[event.dag] = max(heard_until(known, event.dag), event.at - SECOND)
    if plan.looks_back and not (before is not None and before.looks_back):
        for run in [run for key, run in known.runs.items() if key.dag == event.dag]:
            remember_window(known, run)
    for key in [k for k in known.open if k.dag == event.dag]:
        follow(known, known.own(key), plan, event.at)
    recount(known)


def settings_changed(state: State, known: Known, event: SettingsChanged) -> None:
    known.pools, known.workers = dict(event.pools), event.workers
    if event.routes is not None:
        known.routes = dict(event.routes)
    recount(known)


def dag_paused(state: State, known: Known, event: DagPaused) -> None:
    if event.paused:
        known.paused.setdefault(event.dag, event.at)
    elif known.paused.pop(event.dag, None) is not None:
        known.unpaused = (*known.unpaused, (event.dag, event.at))
        hear_again(known, event.dag, event.at)


def tasks_cleared(state: State, known: Known, event: TasksCleared) -> None:
    _clear(known, event.instances, event.at)
    recount(known)


def _clear(known: Known, instances: Instances, at: datetime) -> None:
    for key, tasks in instances:
        run = known.own(key)
        for task in tasks:
            cell = _ended_by_hand(run.cells[task], "failed", "killed", "cleared while it ran", at)
            run.cells[task] = Cell("none", at, known.seq, cell.tries, attempts=cell.attempts, base=cell.tries)
        _wait_again(known, run, at)


def _wait_again(known: Known, run: Run, at: datetime) -> None:
    """A run that had ended is queued again, and follows the newest version of its DAG."""
    if run.state not in ("queued", "running"):
        run.state, run.started, run.ended, run.reason, run.seq = "queued", None, None, "", known.seq
        run.queued = at
        newest = known.plans[run.key.dag]
        if run.plan is not newest:
            follow(known, run, newest, run.created)
    run.left = sum(cell.state not in FINISHED for cell in run.cells.values())


def _ended_by_hand(cell: Cell, outcome: str, reason: str, message: str, at: datetime) -> Cell:
    """The cell, with the try that was under way noted down as ended now."""
    if cell.state not in UNDER_WAY and cell.looks is None:
        return cell
    if cell.started is None and cell.looks is None:  # queued: the try had not begun
        return cell
    one = cell.looks
    began = (one.ready, one.queued, one.started) if one else (cell.ready, cell.queued, cell.started)
    held = (one.held if one else 0) + (int((at - cell.queued).total_seconds()) if one and cell.queued else 0)
    done = Attempt(
        cell.tries, outcome, reason, message, *began, at, None, None, None, None, cell.code,  # type: ignore[arg-type]
        one.times if one else 0, held, cell.seq,
    )  # fmt: skip
    return cell._replace(attempts=(*cell.attempts, done), looks=None)


def tasks_marked(state: State, known: Known, event: TasksMarked) -> None:
    for key, tasks in event.instances:
        run = known.own(key)
        for task in tasks:
            cell = _ended_by_hand(run.cells[task], event.state, "marked", f"marked as {event.state}", event.at)
            run.cells[task] = Cell(
                event.state, event.at, known.seq, cell.tries, attempts=cell.attempts, rule="marked", base=cell.base
            )
        _wait_again(known, run, event.at)
    _clear(known, event.cleared, event.at)
    recount(known)


def tasks_killed(state: State, known: Known, event: TasksKilled) -> None:
    for key, task, became, retry_at in event.ends:
        run = known.own(key)
        cell = run.cells[task]
        if cell.state not in UNDER_WAY:
            refuse(run, cell, event)
        before = len(cell.attempts)
        cell = _ended_by_hand(cell, "failed", "killed", "killed by hand", event.at)
        if retry_at is not None and len(cell.attempts) > before:
            cell = cell._replace(attempts=(*cell.attempts[:-1], cell.attempts[-1]._replace(retry_at=retry_at)))
        run.cells[task] = Cell(
            became, event.at, known.seq, cell.tries, retry_at=retry_at, attempts=cell.attempts, base=cell.base
        )
        run.left = sum(c.state not in FINISHED for c in run.cells.values())
    recount(known)


def runs_requested(state: State, known: Known, event: RunsRequested) -> None:
    backfill = known.seq if event.kind == "backfill" else 0
    if backfill:
        known.backfills[backfill] = Backfill(
            event.dag, event.at, event.limit, event.sentence, "running", event.tasks, event.pin, event.priority,
            after=order_of(known, event), pinned=event.pinned, plan=event.plan,
        )  # fmt: skip
    for order, (key, start, end) in enumerate(event.runs):
        run = open_run(known, key, Partition(key.partition, start, end), event.at)
        run.backfill, run.order = backfill, order
        if event.tasks:
            does = runs_tasks(event.tasks, key, run.plan)
            _keep(known, run, [name for name in run.cells if name not in does], event.at)


def _keep(known: Known, run: Run, tasks: list[str], at: datetime) -> None:
    """These are not run again: what they made before counts."""
    for name in tasks:
        kept = earlier_success(known, run.key, name) is not None
        run.cells[name] = Cell("success" if kept else "skipped", at, known.seq, rule=KEPT if kept else LEFT_OUT)
    run.left = sum(cell.state not in FINISHED for cell in run.cells.values())


def backfill_changed(state: State, known: Known, event: BackfillChanged) -> None:
    before = known.backfills[event.backfill]
    known.backfills[event.backfill] = before._replace(state=event.state, changed=event.at)
    if event.state == "cancelled":
        for run in [r for r in known.open_runs() if r.backfill == event.backfill and r.started is None]:
            _cancel(known, known.own(run.key), event.at)


def _cancel(known: Known, run: Run, at: datetime) -> None:
    """It ends before it began. What was done in an earlier run of its partition stays done, for those that need it."""
    run.state, run.ended, run.reason, run.seq = "failed", at, "cancelled", known.seq
    waiting = [name for name, cell in run.cells.items() if cell.state not in FINISHED and not cell.attempts]
    for name in waiting:
        if earlier_success(known, run.key, name) is not None:
            run.cells[name] = Cell("success", at, known.seq, rule=KEPT)
    run.left = sum(cell.state not in FINISHED for cell in run.cells.values())
    known.runs.close(run)
