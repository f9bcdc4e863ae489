"""Deadlines: a monitor asks, whatever the scheduler does."""

from __future__ import annotations

from datetime import timedelta

import workbench as wb
from workbench.engine.events import DeadlineMissed
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
