"""evolve for the naive engine: the facts after one more event, as a value of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from tests.laws.facts import BUSY, IDLE, OVER, Asked, Came, Cell, Facts, Looks, RunFacts, forget, seconds
from tests.laws.needs import outside
from workbench.engine import RunKey
from workbench.engine.data_events import VersionPublished, VersionWritten
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
from workbench.model import Task
from workbench.timetable import Partition

# what an event changes in tasks

# event -> (states it may follow, the state it leads to, or None: the event says which)
TABLE: dict[type[Any], tuple[set[str], str | None]] = {
    TaskScheduled: (IDLE - {"scheduled"}, "scheduled"),
    TaskQueued: (IDLE, "queued"),
    TaskSettled: (IDLE, None),
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
    new = Cell(after or event.state, event.at, facts.seq, old.tries, past=old.past, base=old.base, code=old.code)
    new = replace(new, looks=old.looks)
    if isinstance(event, TaskScheduled):
        new = replace(new, ready=event.at)
    if isinstance(event, TaskQueued):
        new = replace(new, ready=old.ready or event.at, queued=event.at, code=facts.code(run, event.task))
    if isinstance(event, TaskSettled):
        new = replace(new, rule=event.rule, looks=None, code="v1")
    if isinstance(event, AttemptStarted):
        new = replace(new, ready=old.ready, queued=old.queued, started=event.at, tries=event.number)
        new = replace(new, code=facts.code(run, event.task))
        facts = replace(facts, begun=(*facts.begun, (event, new.code, facts.seq)))
    if isinstance(event, AttemptEnded):
        facts, new = replace(facts, freed=facts.seq), _ended(old, replace(new, retry_at=event.retry_at), event)
    return _with(facts, replace(run, cells={**run.cells, event.task: new}))


def _ended(old: Cell, new: Cell, event: AttemptEnded) -> Cell:
    if event.state == "up_for_reschedule":
        assert old.queued is not None
        one = old.looks or Looks(cast("datetime", old.ready), old.queued, cast("datetime", old.started))
        return replace(new, looks=replace(one, times=one.times + 1, held=one.held + seconds(old.queued, event.at)))
    outcome = "failed" if event.state == "up_for_retry" else event.state
    done = old.over(event, outcome, event.reason, event.message)
    done = replace(done, retry_at=event.retry_at, followed=event.followed)
    return replace(new, past=(*old.past, done), looks=None)


# what an event changes elsewhere


def _run_created(facts: Facts, event: RunCreated) -> Facts:
    window = Partition(event.run.partition, event.start, event.end)
    return _open(facts, event.run, window, event.at, due=event.due)


def _open(facts: Facts, key: RunKey, window: Partition, at: datetime, **more: Any) -> Facts:
    spec = facts.specs[key.dag]
    cells = {name: Cell("none", at, facts.seq) for name in spec.tasks}
    run = RunFacts(key, window, spec, at, facts.seq, "queued", cells, facts.seq, **more)
    return replace(facts, runs=(*facts.runs, run))


def _run_started(facts: Facts, event: RunStarted) -> Facts:
    return _with(facts, replace(facts.of(event.run), state="running", seq=facts.seq, started=event.at))


def _run_ended(facts: Facts, event: RunEnded) -> Facts:
    run = replace(facts.of(event.run), state=event.state, seq=facts.seq, ended=event.at, reason=event.reason)
    return _with(facts, run)


def _input_arrived(facts: Facts, event: InputArrived) -> Facts:
    window = facts.specs[facts.home(event.input)].grid.parse(event.partition)
    arrived = (*facts.arrived, (event.input, event.partition, facts.seq, event.at))
    return replace(facts, arrived=arrived, came=(*facts.came, Came(event.input, window, facts.seq)))


def _version_written(facts: Facts, event: VersionWritten) -> Facts:
    return replace(facts, written=(*facts.written, (event, facts.seq)))


def _version_published(facts: Facts, event: VersionPublished) -> Facts:
    window = facts.specs[facts.home(event.dataset)].grid.parse(event.partition)
    came = (*facts.came, Came(event.dataset, window, facts.seq))
    return replace(facts, published=(*facts.published, (event, facts.seq)), came=came)


def _deadline_missed(facts: Facts, event: DeadlineMissed) -> Facts:
    return replace(facts, missed=facts.missed | {(event.dag, event.partition, event.task, event.due)})


def _scheduler_stopped(facts: Facts, event: SchedulerStopped) -> Facts:
    assert not facts.away
    return replace(facts, away=True)


def _scheduler_started(facts: Facts, event: SchedulerStarted) -> Facts:
    assert facts.away
    facts = replace(facts, away=False)
    for dag in facts.specs:
        facts = forget(facts, dag, event.at)
    return facts


def _work_done(facts: Facts, event: WorkDone) -> Facts:
    return replace(facts, effects=(*facts.effects, (event.run, event.task, event.number, event.at)))


def _code_deployed(facts: Facts, event: CodeDeployed) -> Facts:
    return replace(facts, deploys=(*facts.deploys, event))


def _fault_injected(facts: Facts, event: FaultInjected) -> Facts:
    return replace(facts, faults=(*facts.faults, (event.fault, event.at)))


def _fault_lifted(facts: Facts, event: FaultLifted) -> Facts:
    return replace(facts, lifted=facts.lifted | {event.number})


def _dag_edited(facts: Facts, event: DagEdited) -> Facts:
    before = facts.specs[event.dag]
    facts = replace(facts, specs={**facts.specs, event.dag: event.spec}, freed=facts.seq)
    if before.clock != event.spec.clock:
        facts = replace(facts, clocks=(*facts.clocks, (event.dag, event.at)))
    mine = [run for run in facts.runs if run.key.dag == event.dag and run.is_open]
    for run in mine:
        facts = _with(facts, _follow(facts, run, event.at))
    return facts


def _follow(facts: Facts, run: RunFacts, at: datetime) -> RunFacts:
    """The run with the newest version of its DAG."""
    spec, fresh = facts.specs[run.key.dag], Cell("none", at, facts.seq)
    cells = dict.fromkeys(spec.tasks, fresh)
    for name, cell in run.cells.items():
        if name not in spec.tasks:
            gone = Cell("removed", at, facts.seq, cell.tries, past=cell.past)
            cells[name] = cell if cell.state in OVER else gone
        elif cell.state == "none" and cell.base:  # it was cleared, and waits
            cells[name] = replace(fresh, tries=cell.tries, past=cell.past, base=cell.base)
        elif cell.state not in ("none", "removed"):
            cells[name] = cell
    return replace(run, spec=spec, cells=cells)


def _settings_changed(facts: Facts, event: SettingsChanged) -> Facts:
    return replace(facts, pools=dict(event.pools), workers=event.workers, freed=facts.seq)


def _dag_paused(facts: Facts, event: DagPaused) -> Facts:
    was = facts.is_paused(event.dag)
    if event.paused:
        return facts if was else replace(facts, paused=(*facts.paused, (event.dag, event.at)))
    facts = replace(facts, paused=tuple(one for one in facts.paused if one[0] != event.dag))
    return forget(facts, event.dag, event.at) if was else facts


def _tasks_cleared(facts: Facts, event: TasksCleared) -> Facts:
    return replace(_clear(facts, event, event.instances), freed=facts.seq)


def _clear(facts: Facts, event: Any, instances: Any) -> Facts:
    for key, tasks in instances:
        run = facts.of(key)
        for task in tasks:
            cell = _by_hand(run.cells[task], event, "failed", "killed", "cleared while it ran")
            new = Cell("none", event.at, facts.seq, cell.tries, past=cell.past, base=cell.tries)
            run = replace(run, cells={**run.cells, task: new})
        facts = _with(facts, _opened(facts, run))
    return facts


def _opened(facts: Facts, run: RunFacts) -> RunFacts:
    """The run, waiting to start again if it had ended."""
    if run.is_open:
        return run
    run = replace(run, state="queued", started=None, ended=None, reason="", seq=facts.seq)
    return run if run.spec is facts.specs[run.key.dag] else _follow(facts, run, run.created)


def _by_hand(cell: Cell, event: Any, state: str, reason: str, message: str) -> Cell:
    """The cell, with its try ended if one had begun."""
    if cell.state != "running" and cell.looks is None:
        return cell
    return replace(cell, past=(*cell.past, cell.over(event, state, reason, message)), looks=None)


def _tasks_marked(facts: Facts, event: TasksMarked) -> Facts:
    for key, tasks in event.instances:
        run = facts.of(key)
        for task in tasks:
            cell = _by_hand(run.cells[task], event, event.state, "marked", f"marked as {event.state}")
            new = Cell(event.state, event.at, facts.seq, cell.tries, past=cell.past, base=cell.base, rule="marked")
            run = replace(run, cells={**run.cells, task: new})
        facts = _with(facts, _opened(facts, run))
    return replace(_clear(facts, event, event.cleared), freed=facts.seq)


def _tasks_killed(facts: Facts, event: TasksKilled) -> Facts:
    for key, task, became, retry_at in event.ends:
        run = facts.of(key)
        cell = run.cells[task]
        assert cell.state in BUSY, f"{event} cannot follow {cell}"
        had = len(cell.past)
        cell = _by_hand(cell, event, "failed", "killed", "killed by hand")
        past = cell.past
        if len(past) > had and retry_at is not None:
            past = (*past[:-1], replace(past[-1], retry_at=retry_at))
        new = Cell(became, event.at, facts.seq, cell.tries, retry_at=retry_at, past=past, base=cell.base)
        facts = _with(facts, replace(run, cells={**run.cells, task: new}))
    return replace(facts, freed=facts.seq)


def _runs_requested(facts: Facts, event: RunsRequested) -> Facts:
    backfill = facts.seq if event.kind == "backfill" else 0
    for order, (key, start, end) in enumerate(event.runs):
        window = Partition(key.partition, start, end)
        facts = _open(facts, key, window, event.at, backfill=backfill, order=order if backfill else 0)
        run = facts.of(key)
        kept = {name: _kept(facts, run, name, event.at) for name in run.cells if not does(event, run, name)}
        facts = _with(facts, replace(run, cells={**run.cells, **kept}))
    if backfill:
        asked = Asked(backfill, event, "running", {key: comes_after(facts, event, key) for key, _, _ in event.runs})
        facts = replace(facts, backfills=(*facts.backfills, asked))
    return facts


def does(event: RunsRequested, run: RunFacts, task: str) -> bool:
    """Is this task one of those that were asked for, in this run?"""
    name = f"{run.key.dag}.{task}"
    return not event.tasks or name in event.tasks or f"{name}@{run.key.partition}" in event.tasks


def _kept(facts: Facts, run: RunFacts, task: str, at: datetime) -> Cell:
    if well_before(facts, run, task):
        return Cell("success", at, facts.seq, rule="kept")
    return Cell("skipped", at, facts.seq, rule="left_out")


def well_before(facts: Facts, run: RunFacts, task: str) -> bool:
    """Has it succeeded in an earlier run of the window?"""
    earlier = [one for one in facts.runs_of(run.key.dag, run.key.partition) if one.key.n < run.key.n]
    return any(task in one.cells and one.cells[task].state == "success" for one in earlier)


def comes_after(facts: Facts, event: RunsRequested, key: RunKey) -> list[tuple[RunKey, str]]:
    """Those before it in the same backfill that do, or write, what it takes."""
    run, found = facts.of(key), []
    for other in [facts.of(one) for one, _, _ in event.runs[: [k for k, _, _ in event.runs].index(key)]]:
        for name, task in other.spec.tasks.items():
            gives = {(other.key.dag, name), *(("", one) for one in task.writes)}
            if does(event, other, name) and any(
                (dag, what) in gives and window.key == other.key.partition
                for mine in run.spec.tasks.values()
                if does(event, run, mine.name)
                for dag, what, window in outside(facts, run, taken(mine))
            ):
                found.append((other.key, name))
    return found


def taken(task: Task) -> list[str]:
    """All that a task names."""
    return [*task.needs, *task.reads, *task.requires, *(task.sensor.on if task.sensor else ())]


def _backfill_changed(facts: Facts, event: BackfillChanged) -> Facts:
    def changed(one: Asked) -> Asked:
        return replace(one, state=event.state) if one.number == event.backfill else one

    facts = replace(facts, backfills=tuple(changed(one) for one in facts.backfills))
    if event.state != "cancelled":
        return facts
    for run in facts.runs:
        if run.backfill == event.backfill and run.is_open and run.started is None:
            kept = {
                name: Cell("success", event.at, facts.seq, rule="kept")
                for name, cell in run.cells.items()
                if cell.state not in OVER and not cell.past and well_before(facts, run, name)
            }
            gone = replace(run, state="failed", ended=event.at, reason="cancelled", seq=facts.seq)
            facts = _with(facts, replace(gone, cells={**run.cells, **kept}))
    return facts


def _with(facts: Facts, new: RunFacts) -> Facts:
    return replace(facts, runs=tuple(new if run.key == new.key else run for run in facts.runs))


_OTHERS: dict[type[Any], Callable[[Facts, Any], Facts]] = {
    RunCreated: _run_created,
    RunStarted: _run_started,
    RunEnded: _run_ended,
    InputArrived: _input_arrived,
    DeadlineMissed: _deadline_missed,
    SchedulerStopped: _scheduler_stopped,
    SchedulerStarted: _scheduler_started,
    WorkDone: _work_done,
    CodeDeployed: _code_deployed,
    FaultInjected: _fault_injected,
    FaultLifted: _fault_lifted,
    DagEdited: _dag_edited,
    SettingsChanged: _settings_changed,
    DagPaused: _dag_paused,
    TasksCleared: _tasks_cleared,
    TasksMarked: _tasks_marked,
    TasksKilled: _tasks_killed,
    RunsRequested: _runs_requested,
    BackfillChanged: _backfill_changed,
    VersionWritten: _version_written,
    VersionPublished: _version_published,
}
