"""Curriculum L2.3: a DAG with a past is switched on, and its vendor serves four calls at once."""

from __future__ import annotations

from datetime import timedelta

import workbench as wb
from workbench.engine.events import DagPaused, RunKey, RunsRequested
from workbench.model import DagSpec, RetryPolicy, Task, Workspace
from workbench.ordering.here import order
from workbench.scenario import Scenario
from workbench.scenario.parts import Quota
from workbench.session import Session

MINUTE = timedelta(minutes=1)
START = wb.instant("2013-01-01T00:00Z")
EVERY_DAY = [f"2013-01-{day:02d}" for day in range(1, 15)]


def unpaused(catchup: bool, most: int = 16) -> Session:
    tasks = {
        "extract": Task("extract", takes=10 * MINUTE, retries=RetryPolicy(2, 5 * MINUTE)),
        "clean": Task("clean", ("extract",), takes=3 * MINUTE),
        "publish": Task("publish", ("clean",), takes=2 * MINUTE),
    }
    spec = DagSpec(
        "flights", tasks, schedule="0 6 * * *", start=START, catchup=catchup, paused=True, max_active_runs=most
    )
    quota = Quota("flights.extract", at_once=4, ban_after=10, ban_within=10 * MINUTE, ban=60 * MINUTE)
    start, until = wb.instant("2013-01-15T06:00Z"), wb.instant("2013-01-15T12:00Z")
    session = Session(Workspace({"flights": spec}, workers=16), Scenario(start=start, until=until, faults=(quota,)))
    session.run_until("2013-01-15 06:30")
    session.take(order(DagPaused(session.now, "flights", False, "flights on", 0)))
    return session


def public(session: Session) -> dict[str, str]:
    """When each day was published; days that were not are left out."""
    cells = {key.partition: run.cells["publish"] for key, run in session.state.known.runs.items()}
    return {day: f"{c.since:%H:%M}" for day, c in sorted(cells.items()) if c.state == "success"}


def refused(session: Session) -> int:
    tries = [a for run in session.state.known.runs.values() for a in run.cells["extract"].attempts]
    return sum(a.reason == "quota" for a in tries)


def test_catchup_asks_for_every_day_at_once_and_is_banned() -> None:
    session = unpaused(catchup=True)
    session.run_until()
    assert len(session.state.known.runs) == 14
    assert refused(session) == 30
    assert list(public(session)) == EVERY_DAY[:4]


def test_a_capped_catchup_is_kind_to_the_vendor_and_delivers_yesterday_last() -> None:
    session = unpaused(catchup=True, most=3)
    session.run_until()
    assert refused(session) == 0
    assert public(session)["2013-01-14"] == "07:45"
    assert list(public(session)) == EVERY_DAY


def test_yesterday_first_and_a_backfill_with_a_limit_for_the_rest() -> None:
    session = unpaused(catchup=False)
    windows = list(session.state.known.plans["flights"].spec.grid.between(START, wb.instant("2013-01-14T00:00Z")))
    runs = tuple((RunKey("flights", w.key, "backfill"), w.start, w.end) for w in windows)
    session.take(order(RunsRequested(session.now, "flights", "backfill", runs, 3, "1 to 13 Jan again", 0)))
    session.run_until()
    assert refused(session) == 0
    assert public(session)["2013-01-14"] == "06:45"
    assert max(public(session).values()) == "07:45"
    assert list(public(session)) == EVERY_DAY
