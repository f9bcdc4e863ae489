"""Deadlines: a monitor asks, whatever the scheduler does."""

from __future__ import annotations

from datetime import timedelta

import workbench as wb
from workbench.engine.events import DeadlineMissed, RunCreated
from workbench.model import DagSpec, Deadline, Task, Workspace
from workbench.scenario import Scenario
from workbench.session import Session

DAYS = ["2013-01-02", "2013-01-03"]


def missed(takes: str = "10m", faults: tuple[wb.Fault, ...] = (), **fields: object) -> list[tuple[str, str, str]]:
    """(partition, task, when) of each deadline that was missed in two days."""
    hours, minutes = 0, int(takes.removesuffix("m"))
    tasks = {"load": Task("load", takes=timedelta(hours=hours, minutes=minutes))}
    spec = DagSpec("daily", tasks, schedule="0 6 * * *", start=wb.instant("2013-01-01"), **fields)  # type: ignore[arg-type]
    scenario = Scenario(start=wb.instant("2013-01-03"), until=wb.instant("2013-01-05"), faults=faults)
    session = Session(Workspace({"daily": spec}), scenario)
    session.run_until()
    found = [event for event in session.events if isinstance(event, DeadlineMissed)]
    return [(event.partition, event.task, f"{event.at:%d %H:%M}") for event in found]


EIGHT = Deadline(by=wb.instant("2013-01-01T08:00Z").timetz().replace(tzinfo=None))


def test_nothing_is_said_of_what_is_done_in_time() -> None:
    assert missed(deadline=EIGHT) == []
    assert missed("120m", deadline=EIGHT) == []  # done at that very instant


def test_a_run_that_takes_too_long_misses_it() -> None:
    assert missed("121m", deadline=EIGHT) == [(DAYS[0], "", "03 08:00"), (DAYS[1], "", "04 08:00")]


def test_it_may_count_from_the_making_of_the_run() -> None:
    assert missed("31m", deadline=Deadline(within=timedelta(minutes=30))) == [
        (DAYS[0], "", "03 06:30"),
        (DAYS[1], "", "04 06:30"),
    ]


def test_the_monitor_goes_on_while_the_scheduler_is_away_and_no_run_is_made() -> None:
    away = wb.SchedulerDown("2013-01-03T05:00Z", "2013-01-03T09:00Z")
    assert missed(deadline=EIGHT, faults=(away,)) == [(DAYS[0], "", "03 08:00")]


def test_nobody_waits_for_a_paused_dag() -> None:
    assert missed(deadline=EIGHT, paused=True) == []


def test_a_run_made_at_the_very_deadline_changes_nothing_for_the_monitor() -> None:
    """Found by the laws: the window was due before the simulation and so counts as done, and at its deadline data makes
    a run for it. Whoever takes the log up between the two must not be told that it was missed."""
    dag = wb.Dag("bills", schedule={"all": ["jfk"]}, partition="hour", start="2013-01-02", deadline="+3h")
    dag.input("jfk", expected="06:00")
    dag.task("load", takes="1m")
    scenario = wb.Scenario(start="2013-01-03T04:00Z", until="2013-01-03T07:00Z")
    whole = wb.Session(dag, scenario)
    whole.run_until()
    assert any(event.run.partition == "2013-01-03T02" for event in whole.events if isinstance(event, RunCreated))
    told = [event.partition for event in whole.events if isinstance(event, DeadlineMissed)]
    assert "2013-01-03T02" not in told
    assert taken_up_everywhere(dag, scenario, whole)


def taken_up_everywhere(dag: wb.Dag, scenario: wb.Scenario, whole: wb.Session) -> bool:
    """Does a log that is cut after any event, and taken up again, end the same?"""
    for number in range(len(whole.events)):
        again = wb.Session(dag, scenario)
        again.run_until()
        other = again.seek(number).fork()
        other.run_until()
        if other.events != whole.events:
            return False
    return True
