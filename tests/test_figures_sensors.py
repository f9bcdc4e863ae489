"""Curriculum L3.4 and D10: sensors that take all the slots, to the minute.

A look lasts 30 s, and looks are 5 min apart, counted from the end of a look: the only lengths under which every figure
of the two tables comes out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import workbench as wb
from workbench.engine.events import RunKey, TasksCleared
from workbench.model import DagSpec, Input, Sensor, Task, Workspace, apply_edit
from workbench.model.parts import Mode
from workbench.ordering.here import order
from workbench.scenario import Scenario
from workbench.scenario.parts import SchedulerDown
from workbench.session import Session

MINUTE = timedelta(minutes=1)


def producer(schedule: str) -> DagSpec:
    tasks = {
        "extract": Task("extract", takes=10 * MINUTE),
        "clean": Task("clean", ("extract",), takes=3 * MINUTE),
        "publish": Task("publish", ("clean",), takes=2 * MINUTE),
    }
    return DagSpec("daily_flights", tasks, schedule=schedule, start=wb.instant("2013-01-01T00:00Z"))


def consumer(name: str, mode: Mode) -> DagSpec:
    sensor = Sensor(
        ("daily_flights.publish",),
        mode,
        every=5 * MINUTE,
        takes=MINUTE / 2,
        timeout=timedelta(hours=4),
    )
    tasks = {"wait": Task("wait", sensor=sensor), "build": Task("build", ("wait",), takes=5 * MINUTE)}
    return DagSpec(name, tasks, schedule="0 6 * * *", start=wb.instant("2013-01-01T00:00Z"))


def bench(mode: Mode) -> Session:
    dags = [producer("5 6 * * *"), *(consumer(n, mode) for n in ("board", "features", "ops_email", "weather_join"))]
    start, until = wb.instant("2013-01-03T05:00Z"), wb.instant("2013-01-03T12:00Z")
    session = Session(Workspace({dag.name: dag for dag in dags}, workers=4), Scenario(start=start, until=until))
    session.run_until()
    return session


def ended(session: Session, dag: str, task: str, day: str = "2013-01-02") -> str:
    cell = session.state.known.runs[RunKey(dag, day)].cells[task]
    return f"{cell.attempts[-1].ended:%H:%M} {cell.state}"


def slot_minutes(session: Session) -> float:
    """Minutes for which sensors held a worker."""
    held = 0.0
    for run in session.state.known.runs.values():
        for cell in (c for name, c in run.cells.items() if name == "wait"):
            held += sum(a.held or (a.ended - a.queued).total_seconds() for a in cell.attempts)
    return held / 60


def test_poking_sensors_hold_every_slot_until_they_give_up() -> None:
    session = bench("poke")
    assert {ended(session, dag, "wait") for dag in ("board", "features", "ops_email", "weather_join")} == {
        "10:00 failed"
    }
    assert ended(session, "daily_flights", "publish") == "10:15 success"
    assert slot_minutes(session) == 960


def test_rescheduled_sensors_cost_next_to_nothing() -> None:
    session = bench("reschedule")
    assert session.state.known.runs[RunKey("daily_flights", "2013-01-02")].cells["extract"].attempts[0].started == (
        wb.instant("2013-01-03T06:05Z")
    )
    assert ended(session, "daily_flights", "publish") == "06:20 success"
    ends = sorted(ended(session, dag, "build") for dag in ("board", "features", "ops_email", "weather_join"))
    assert ends[0] == "06:27 success"
    assert ends[-1] == "06:28 success"
    assert slot_minutes(session) == 10


def test_a_sensor_that_never_sees_it_gives_up_after_its_timeout() -> None:
    dags = [replace(producer("5 6 * * *"), paused=True), consumer("board", "reschedule")]
    scenario = Scenario(start=wb.instant("2013-01-03T05:00Z"), until=wb.instant("2013-01-03T12:00Z"))
    session = Session(Workspace({dag.name: dag for dag in dags}), scenario)
    session.run_until()
    assert ended(session, "board", "wait") == "10:00 failed"
    assert session.state.known.runs[RunKey("board", "2013-01-02")].cells["build"].state == "upstream_failed"


def monday(act: bool) -> Session:
    """D10: four consumers of two days, eight slots; the scheduler was down over the weekend.
    The files of both days come at 06:02, when the sensors sit in all the slots."""
    names = ("board", "features", "ops_email", "weather_join")
    weekend = wb.instant("2013-01-06T05:00Z"), wb.instant("2013-01-07T06:00Z")
    dags = [replace(consumer(name, "poke"), catchup=True) for name in names]
    makes = replace(producer("0 6 * * *"), catchup=True, inputs={"feed": Input("feed")})
    dags.append(apply_edit(makes, wb.WaitFor("extract", ("feed",))))
    two_past_six = wb.instant("2013-01-07T06:02Z")
    feeds = (wb.Late("feed", DAYS[0], two_past_six), wb.Late("feed", DAYS[1], two_past_six))
    scenario = Scenario(
        start=wb.instant("2013-01-06T00:00Z"),
        until=wb.instant("2013-01-07T12:00Z"),
        faults=(SchedulerDown(*weekend), *feeds),
    )
    workspace = Workspace({dag.name: dag for dag in dags}, workers=8)
    session = Session(workspace, scenario)
    session.run_until("2013-01-07 06:30")
    if act:
        for name in names:
            session.edit(wb.SetTask("wait", {"sensor": consumer(name, "reschedule").tasks["wait"].sensor}), dag=name)
        instances = tuple((RunKey(name, day), ("wait",)) for name in names for day in DAYS)
        session.take(order(TasksCleared(session.now, instances, "sensors cleared", 0)))
    session.run_until()
    return session


DAYS = ("2013-01-05", "2013-01-06")


def every(session: Session, dags: tuple[str, ...], task: str) -> set[str]:
    return {ended(session, dag, task, day) for dag in dags for day in DAYS}


CONSUMERS = ("board", "features", "ops_email", "weather_join")


def test_on_monday_everyone_waits_for_those_who_cannot_start() -> None:
    session = monday(act=False)
    assert every(session, CONSUMERS, "wait") == {"10:00 failed"}
    assert every(session, ("daily_flights",), "publish") == {"10:15 success"}
    assert slot_minutes(session) == 1920


def test_on_monday_rescheduling_and_clearing_the_sensors_frees_the_producers() -> None:
    session = monday(act=True)
    assert every(session, ("daily_flights",), "publish") == {"06:45 success"}
    # The table rounds 06:52:30 to 06:53.
    assert every(session, CONSUMERS, "build") == {"06:52 success"}
    assert slot_minutes(session) == 256
