"""Law 1: decisions and verdicts cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.acts import what_ifs
from tests.laws.worlds import MINUTE, Story, stories
from workbench.branch import Branch
from workbench.engine import PASS, Event, Run, Settle, State, evolve, verdict
from workbench.engine.decide import is_stuck
from workbench.engine.events import (
    AttemptStarted,
    RunCreated,
    RunEnded,
    RunStarted,
    TaskQueued,
    TaskScheduled,
    TaskSettled,
)
from workbench.engine.rules.inputs import delivered
from workbench.engine.rules.run import run_may_start
from workbench.engine.verdict import dependency_verdict
from workbench.model import DagSpec, Task, Workspace

IDLE = {"none", "scheduled", "up_for_retry", "up_for_reschedule"}


DECIDED = (RunCreated, RunStarted, RunEnded, TaskQueued, TaskScheduled, TaskSettled)


def idle(state: State) -> Iterator[tuple[Run, str]]:
    """Each instance that may still be queued or settled."""
    for run in state.known.open_runs():
        yield from ((run, name) for name, cell in run.cells.items() if cell.state in IDLE)


def nothing_is_left(state: State, now: datetime) -> None:
    """No decision is possible: every idle instance has a reason to wait, and so has every queued run."""
    if not state.known.up:
        return
    for run, task in idle(state):
        said = verdict(state.known, run, task, now)
        assert said is not PASS, f"{run.key} {task} could be queued at {now}"
        assert not isinstance(said, Settle), f"{run.key} {task} could settle at {now}"
    for run in state.known.open_runs():
        assert run.started is not None or run_may_start(state.known, run, now) is not PASS, f"{run.key} could start"
        assert run.started is None or run.left, f"{run.key} could end"
        assert not is_stuck(state.known, run, now), f"{run.key} can never go on"
    for dag, partition in state.known.gathered:
        assert dag in state.known.paused or not delivered(state.known, dag, partition), f"data is there for {partition}"


def allowed(state: State, event: Event) -> None:
    """The verdicts just before a decision say what it says."""
    known = state.known
    if isinstance(event, DECIDED) and getattr(event, "due", None) is None:
        assert known.up, f"{event} was decided while the scheduler was away"
    if isinstance(event, RunStarted):
        assert run_may_start(known, known.runs[event.run], event.at) is PASS
        assert event.run.dag not in known.paused
    if isinstance(event, RunEnded) and event.reason == "deadlock":
        assert is_stuck(known, known.runs[event.run], event.at)
    if isinstance(event, RunCreated):
        assert event.run.dag not in known.paused
    if not isinstance(event, TaskQueued | TaskScheduled | TaskSettled):
        return
    run = known.runs[event.run]
    depends = dependency_verdict(known, run, run.plan.tasks[event.task], run.cells[event.task], event.at)
    whole = verdict(known, run, event.task, event.at)
    if isinstance(event, TaskQueued):
        assert whole is PASS, f"{event} although {whole}"
    elif isinstance(event, TaskScheduled):
        assert depends is PASS, f"{event} although {depends}"
        assert whole is not PASS, f"{event} although it could be queued"
    else:
        assert isinstance(whole, Settle), f"{event} although {whole}"
        assert (whole.state, whole.rule) == (event.state, event.rule)


def follow(branch: Branch) -> None:
    """Read a log again, and ask the verdicts before each decision and at the end of each instant."""
    state = branch.state_at(0).snapshot()
    ends = [(log.at, after.at - timedelta(seconds=1)) for log, after in pairwise(branch.log)]
    last = (branch.log[-1].at, branch.horizon) if branch.log else (branch.start, branch.start)
    for event, (at, until) in zip(branch.log, [*ends, last], strict=True) if branch.log else ():
        allowed(state, event)
        evolve(state, event)
        if until >= at:
            nothing_is_left(state, at)
            nothing_is_left(state, until)


@law(50)
@given(stories())
def test_what_is_decided_is_what_the_verdicts_say(story: Story) -> None:
    """Law 1: at the end of an instant no instance that is not queued has a passing verdict (nor one second before
    the next event), and none was queued whose verdict did not pass just before."""
    follow(story.played().branch)


@law(30)
@given(st.data())
def test_it_is_so_after_commands_too(data: st.DataObject) -> None:
    """Law 1: also when faults are injected and DAGs edited on the way."""
    session = data.draw(stories()).played()
    what_ifs(data.draw, session)
    follow(session.branch)


def half_hourly(**tasks: Task) -> DagSpec:
    """A DAG that runs twice for each hour."""
    return DagSpec("api", tasks, schedule="*/30 * * * *", partition="hour", start=wb.instant("2013-01-01"))


def hourly(**tasks: Task) -> DagSpec:
    return DagSpec("books", tasks, schedule="0 * * * *", partition="hour", start=wb.instant("2013-01-01"))


def told(session: wb.Session, *tasks: str) -> list[str]:
    """When tries of these tasks began: `06:31 x@2013-01-03T05/2`."""
    begun = (event for event in session.events if isinstance(event, AttemptStarted) and event.task in tasks)
    return [f"{e.at:%H:%M} {e.task}@{e.run.partition}/{e.run.n}" for e in begun]


def test_a_task_that_waits_for_a_slot_is_held_back_again_by_a_new_run_of_what_it_needs() -> None:
    """Law 1: none is queued whose verdict does not pass, even if it passed when it got in line."""
    api = half_hourly(x=Task("x"))
    books = hourly(long=Task("long", ("api.x",), takes=60 * MINUTE, priority=9), t=Task("t", ("api.x",), priority=8))
    workspace = Workspace({"api": api, "books": books}, workers=1)
    scenario = wb.Scenario(start=wb.instant("2013-01-03T05:00Z"), until=wb.instant("2013-01-03T06:03Z"))
    session = wb.Session(workspace, scenario)
    session.run_until()
    # 05:01 t is ready; 05:30 api runs again for the same hour; 06:01 a slot is free, and x comes first.
    assert told(session, "x", "long", "t") == [
        "05:00 x@2013-01-03T04/1",
        "05:01 long@2013-01-03T04/1",
        "06:01 x@2013-01-03T04/2",
        "06:02 t@2013-01-03T04/1",
        "06:03 x@2013-01-03T05/1",
    ]
    follow(session.branch)


def test_a_task_that_waits_for_a_second_run_is_looked_at_when_that_ends() -> None:
    """Law 1: a waiter is not forgotten because what it needs had been there before."""
    api = half_hourly(x=Task("x", takes=20 * MINUTE))
    late = wb.Input("late", timedelta(minutes=40))
    books = DagSpec("books", {"t": Task("t", ("api.x", "late"))}, {"late": late}, "0 * * * *", partition="hour")
    workspace = Workspace({"api": api, "books": books})
    scenario = wb.Scenario(start=wb.instant("2013-01-03T05:00Z"), until=wb.instant("2013-01-03T05:59Z"))
    session = wb.Session(workspace, scenario)
    session.run_until()
    assert told(session, "x", "t") == ["05:00 x@2013-01-03T04/1", "05:30 x@2013-01-03T04/2", "05:50 t@2013-01-03T04/1"]
    follow(session.branch)
