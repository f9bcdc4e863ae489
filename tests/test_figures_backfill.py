"""Curriculum D5: a backfill of a quarter meets the morning's production in one pool. Every row of its table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import workbench as wb
from workbench.engine.events import DagPaused, Instances, RunKey, RunsRequested, TasksCleared, TasksMarked
from workbench.model import DagSpec, Task, Workspace
from workbench.ordering.here import order
from workbench.scenario import Scenario
from workbench.session import Session

MINUTE = timedelta(minutes=1)
START = wb.instant("2013-01-01T00:00Z")
PRODUCTION = DagSpec(
    "daily",
    {
        "load": Task("load", takes=5 * MINUTE, pool="warehouse"),
        "join": Task("join", ("load",), takes=5 * MINUTE, pool="warehouse"),
        "publish": Task("publish", ("join",), takes=5 * MINUTE, pool="warehouse"),
    },
    schedule="0 6 * * *",
    start=START,
)
QUARTER = DagSpec(
    "quarter",
    {
        "clean": Task("clean", takes=8 * MINUTE, pool="warehouse"),
        "agg": Task("agg", ("clean",), takes=8 * MINUTE, pool="warehouse"),
    },
    start=START,
)


def with_fields(spec: DagSpec, **fields: object) -> DagSpec:
    return replace(spec, tasks={name: replace(task, **fields) for name, task in spec.tasks.items()})  # type: ignore[arg-type]


def morning(limit: int = 90, production: DagSpec = PRODUCTION, quarter: DagSpec = QUARTER, own: int = 0) -> Session:
    pools = {"warehouse": 8} | ({"backfills": own} if own else {})
    scenario = Scenario(start=wb.instant("2013-04-01T05:30Z"), until=wb.instant("2013-04-01T20:00Z"))
    session = Session(Workspace({"daily": production, "quarter": quarter}, pools), scenario)
    windows = list(quarter.grid.between(START, wb.instant("2013-04-01T00:00Z")))
    runs = tuple((RunKey("quarter", w.key, "backfill"), w.start, w.end) for w in windows)
    session.take(order(RunsRequested(session.now, "quarter", "backfill", runs, limit, "backfill of Q1", 0)))
    return session


def ends(session: Session) -> tuple[str, str]:
    """When production and the backfill ended."""
    session.run_until()
    runs = session.state.known.runs
    production = runs[RunKey("daily", "2013-03-31")].ended
    quarter = [run.ended for key, run in runs.items() if key.dag == "quarter"]
    assert production is not None
    assert len(quarter) == 90
    assert None not in quarter
    return f"{production:%H:%M}", f"{max(at for at in quarter if at):%H:%M}"


@pytest.mark.parametrize(
    ("limit", "production", "backfill"),
    [
        (90, "08:36", "08:34"),
        (30, "07:16", "08:34"),
        (16, "06:47", "08:34"),
        (8, "06:23", "08:42"),
        (4, "06:15", "11:38"),
    ],
)
def test_throttling_the_backfill_gives_production_its_morning_back(limit: int, production: str, backfill: str) -> None:
    assert ends(morning(limit)) == (production, backfill)


def test_priority_lets_production_pass() -> None:
    assert ends(morning(production=with_fields(PRODUCTION, priority=2))) == ("06:17", "08:34")


def test_a_pool_of_its_own_for_backfills() -> None:
    assert ends(morning(quarter=with_fields(QUARTER, pool="backfills"), own=4)) == ("06:15", "11:30")


def queued(session: Session) -> Instances:
    """The tasks of the backfill that are ready and have no slot."""
    runs = [run for key, run in session.state.known.runs.items() if key.dag == "quarter"]
    ready = [(run.key, tuple(name for name, cell in run.cells.items() if cell.state == "scheduled")) for run in runs]
    return tuple(sorted((key, names) for key, names in ready if names))


def test_withdrawing_what_is_queued_at_half_past_six_saves_the_morning_too() -> None:
    """The eight that run at 06:30 end at 06:34, and their second halves still stand in production's way."""
    session = morning()
    session.run_until("2013-04-01 06:30")
    withdrawn = queued(session)
    assert sum(len(names) for _, names in withdrawn) == 82
    session.take(order(TasksMarked(session.now, withdrawn, "failed", (), "82 tasks withdrawn", 0)))
    session.run_until("2013-04-01 06:52")
    assert production_ended(session) == "06:52"
    again = tuple((key, tuple(dict.fromkeys((*names, "agg")))) for key, names in withdrawn)
    session.take(order(TasksCleared(session.now, again, "the 82 and what is below them again", 0)))
    assert ends(session) == ("06:52", "08:44")


def test_pausing_the_backfill_at_half_past_six_is_better_still() -> None:
    session = morning()
    session.run_until("2013-04-01 06:30")
    session.take(order(DagPaused(session.now, "quarter", True, "quarter paused", 0)))
    session.run_until("2013-04-01 06:49")
    assert production_ended(session) == "06:49"


def production_ended(session: Session) -> str:
    at = session.state.known.runs[RunKey("daily", "2013-03-31")].ended
    assert at is not None
    return f"{at:%H:%M}"
