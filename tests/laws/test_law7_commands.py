"""Law 7: a command is an event like any other. Given at the end and taken back, it leaves no trace; kept, it says the
same when it is read again; an edit can be undone; and whatever somebody does, no limit is broken by a grant."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import law
from tests.laws.acts import COMMANDS, act, finish, some_edit, what_ifs
from tests.laws.observed import counters, recounted, seen
from tests.laws.text import lines
from tests.laws.worlds import stories
from workbench.engine import KINDS, Event, State, evolve
from workbench.engine.events import (
    AttemptStarted,
    RunCreated,
    RunStarted,
    SettingsChanged,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
)
from workbench.history.codec import COLUMNS, Decoder, Texts, batches_of
from workbench.model import DagSpec, InvalidInput, Workspace, apply_edit
from workbench.model.changes import inverse
from workbench.model.check import check_workspace

DECIDED = (RunStarted, TaskQueued, TaskScheduled, TaskSettled)


@law(30)
@given(st.data())
def test_a_command_that_is_taken_back_leaves_no_trace(data: st.DataObject) -> None:
    """Law 7: command, on for a while, `undo`, and on without it: the log is that of a session that never had it."""
    session = data.draw(stories()).session()
    act(data.draw, session, "run", "run", "step")
    act(data.draw, session, "event", "step")
    without, position = session.fork(), session.position
    act(data.draw, session, *COMMANDS)
    if session.position == position:
        return  # it was refused
    if data.draw(st.booleans()):
        session.run_until()
    session.undo()
    finish(session.branch, session.end)
    finish(without.branch, without.end)
    assert lines(session.branch.log) == lines(without.branch.log)
    log = session.branch.log
    assert seen(session.branch.state_at(len(log))) == seen(without.branch.state_at(len(log)))


@law(25)
@given(st.data())
def test_every_event_says_the_same_when_it_is_read_again(data: st.DataObject) -> None:
    """Law 7: an event becomes a row of the history, and the row the same event."""
    session = data.draw(stories()).played()
    what_ifs(data.draw, session)
    decoder = Decoder("")
    for number, event in enumerate(session.branch.log, 1):
        again = decoder.event(row(number, event))
        assert type(again) is type(event)
        assert again == event


def row(number: int, event: Event) -> tuple[object, ...]:
    (batch,) = batches_of(type(event), [(number, event)], Texts())
    (values,) = batch.rows
    # The kind of a run has a column of its own, so this one is free for the kind of the event.
    named = {**dict(zip(batch.columns, values, strict=True)), "kind": KINDS[type(event)]}
    return tuple(named.get(column) for column in COLUMNS)


@law(60)
@given(st.data())
def test_an_edit_can_be_undone(data: st.DataObject) -> None:
    """Law 7: the inverse of an edit gives the same DAG, with its tasks in the same order."""
    workspace = data.draw(stories()).workspace
    dag, edit = some_edit(data.draw, workspace)
    spec = workspace.dags[dag]
    try:
        back = after = apply_edit(spec, edit)
    except InvalidInput:
        return
    if check_workspace(Workspace({**workspace.dags, dag: after}, workspace.pools, workspace.workers)):
        return
    for step in inverse(spec, edit):
        back = apply_edit(back, step)
    assert plain(back) == plain(spec)


def plain(spec: DagSpec) -> tuple[object, ...]:
    return replace(spec, lines={}), list(spec.tasks), list(spec.inputs)


@law(25)
@given(st.data())
def test_counters_and_limits_hold_whatever_somebody_does(data: st.DataObject) -> None:
    """Law 7: counters equal a recount after each event; a grant never takes more than there is; a paused DAG starts
    nothing, and while the scheduler is away nobody decides."""
    session = data.draw(stories()).played()
    what_ifs(data.draw, session)
    state = session.branch.state_at(0).snapshot()
    for number, event in enumerate(session.branch.log, 1):
        allowed(state, event)
        evolve(state, event)
        assert counters(state) == recounted(state), f"after event {number}: {event}"
        if isinstance(event, TaskQueued):
            within_limits(state, event)


def allowed(state: State, event: Event) -> None:
    known = state.known
    if isinstance(event, DECIDED):
        assert known.up, f"{event} while the scheduler is away"
    if isinstance(event, RunStarted | TaskQueued | TaskScheduled | TaskSettled | RunCreated):
        assert event.run.dag not in known.paused, f"{event} although the DAG is paused"
    if isinstance(event, RunCreated):
        assert known.up, f"{event} while the scheduler is away"
        made = [run.due for key, run in known.runs.items() if key.dag == event.run.dag]
        assert event.due is None or event.due not in made, "a tick made two runs"
    assert not isinstance(event, AttemptStarted) or known.runs[event.run].cells[event.task].state == "queued"


def within_limits(state: State, event: TaskQueued) -> None:
    """The task that has just got its slots is within every limit that it is under."""
    known = state.known
    run = known.runs[event.run]
    plan = run.plan.tasks[event.task]
    assert known.workers is None or known.busy <= known.workers
    if plan.pool is not None:
        assert plan.task.slots <= known.pools[plan.pool]
        assert known.pool_busy[plan.pool] <= known.pools[plan.pool]
    assert run.plan.spec.max_active_tasks is None or run.busy <= run.plan.spec.max_active_tasks
    assert plan.task.max_active is None or known.task_busy[plan.full_name] <= plan.task.max_active


@law(20)
@given(st.data())
def test_nobody_holds_more_than_there_is_unless_it_was_taken_away(data: st.DataObject) -> None:
    """Law 7: without commands that move limits, pools and workers are never overbooked at any event."""
    session = data.draw(stories()).played()
    what_ifs(data.draw, session, "pause", "unpause", "rerun", "mark", "kill", "trigger", "backfill", "inject", "lift")
    log = session.branch.log
    assert not any(isinstance(event, SettingsChanged) for event in log)
    state = session.branch.state_at(0).snapshot()
    for event in log:
        evolve(state, event)
        known = state.known
        assert all(0 <= known.pool_busy[pool] <= size for pool, size in known.pools.items())
        assert 0 <= known.busy <= (known.busy if known.workers is None else known.workers)
