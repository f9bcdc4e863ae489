"""Airflow's tables about backfills, put to the order that a session gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.conformance import Row, Table, instant, rows_of
from workbench.engine import RunKey, State, begin
from workbench.engine.decide import Decider
from workbench.engine.drafts import open_run
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    RunEnded,
    RunsRequested,
    RunStarted,
    TaskQueued,
    TaskSettled,
)
from workbench.engine.evolve import evolve
from workbench.model import DagSpec, InvalidInput, Task, Workspace
from workbench.ordering import Here, Order, Target, backfill
from workbench.scenario import Scenario

NEW_YEAR, LATER = instant("2021-01-01"), instant("2021-02-01")
DAILY = DagSpec("d", {"t": Task("t")}, schedule="@daily", start=NEW_YEAR)
PAST = DagSpec("d", {"t": Task("t", depends_on_past=True)}, schedule="@daily", start=NEW_YEAR)
WHICH = {"none": "missing", "failed": "failed", "completed": "all"}
NO_GRID = "every DAG has a grid of partitions here, so that one without a schedule can be backfilled as well"


def world(spec: DagSpec = DAILY, existing: dict[str, str] | None = None) -> State:
    """A DAG and the runs that it has: each ended in success or failure, running, or queued."""
    state = begin(Workspace({"d": spec}), NEW_YEAR)
    for day, became in (existing or {}).items():
        key = RunKey("d", day)
        open_run(state.known, key, spec.grid.parse(day), NEW_YEAR)
        if became != "queued":
            evolve(state, RunStarted(NEW_YEAR, key, 0))
        if became in ("success", "failed"):
            settled = "skipped" if became == "success" else "upstream_failed"
            evolve(state, TaskSettled(NEW_YEAR, key, "t", settled, "", 0))
            evolve(state, RunEnded(NEW_YEAR, key, became, "", 0))
    return state


def asked(state: State, first: str, last: str, now: datetime = LATER, **how: Any) -> Order:
    return backfill(Here(state, now, Scenario()), Target("d", first, last), **how)


# how runs that are there are treated


def reprocessed(row: Row) -> tuple[int, dict[str, str]]:
    existing: dict[str, str] = {"2021-01-05": "success", "2021-01-06": "failed", "2021-01-07": "running"}
    told: object = rows_of("airflow_backfill_tests", "reprocess.existing_runs")
    assert told == existing
    event = asked(world(DAILY, existing), "2021-01-03", "2021-01-09", which=WHICH[row["reprocess_behavior"]]).events[0]
    assert isinstance(event, RunsRequested)
    left = {day: "in flight" if "under way" in why else "already exists" for _, day, why in event.plan if "left" in why}
    return len(event.runs), left


# the order


def in_order(row: Row) -> list[str]:
    state = world(DAILY, dict.fromkeys(row["existing_queued_or_running"], "running"))
    evolve(state, asked(state, *row["range"], limit=1, newest=row["reverse"]).events[0])
    return started_in_turn(state)


def started_in_turn(state: State) -> list[str]:
    """The runs of a backfill as they start, each when the one before has ended."""
    found: list[str] = []
    decider = Decider(state.known)

    def apply(event: Any) -> None:
        run = evolve(state, event)
        if type(event) in decider.reactions:
            decider.reactions[type(event)](event, run)

    while True:
        queued = []
        for event in decider.decisions(LATER):
            apply(event)
            found += [event.run.partition] if isinstance(event, RunStarted) and event.run.kind == "backfill" else []
            queued += [event] if isinstance(event, TaskQueued) else []
        if not queued:
            return found
        for one in queued:
            apply(AttemptStarted(LATER, one.run, one.task, 1, 0))
            apply(AttemptEnded(LATER, one.run, one.task, 1, "success", "", "", None, None, None, None, 0))


# what is refused


def _second() -> Order:
    state = world()
    evolve(state, asked(state, "2021-01-01", "2021-01-02").events[0])
    return asked(state, "2021-01-03", "2021-01-04")


CASES: dict[str, Callable[[], Order]] = {
    "reverse with depends_on_past task": lambda: asked(
        world(PAST), "2021-01-01", "2021-01-05", which="all", newest=True
    ),
    "depends_on_past and reprocess in (None, none)": lambda: asked(world(PAST), "2021-01-01", "2021-01-05"),
    "another backfill of the DAG not completed": _second,
    "from > to": lambda: asked(world(), "2021-01-05", "2021-01-01"),
    "both dates in the future": lambda: asked(world(), "2021-03-01", "2021-03-05"),
    "no run in range": lambda: asked(world(), "2020-12-01", "2020-12-05"),
}
# What we say, and what Airflow calls it.
SAID = {
    "must go oldest first": "InvalidBackfillDirection",
    "write failed, or all": "InvalidReprocessBehavior",
    "one at a time": "AlreadyRunningBackfill",
    "ends before it begins": "InvalidBackfillDateRange",
    "has not ended": "InvalidBackfillDate",
    "is before d begins": "NoBackfillRunsToCreate",
}


def refused(row: Row) -> str:
    try:
        CASES[row["case"]]()
    except InvalidInput as error:
        return next(name for words, name in SAID.items() if words in str(error))
    return ""


TABLES = [
    Table("airflow_backfill_tests", in_order, lambda row: row["expected_order"], "simple"),
    Table(
        "airflow_backfill_tests",
        reprocessed,
        lambda row: (row["runs_created_or_cleared"], row["not_created"]),
        "reprocess.rows",
    ),
    Table(
        "airflow_backfill_tests",
        refused,
        lambda row: row["error"],
        "errors",
        left=lambda row: "" if row["case"] in CASES else NO_GRID,
    ),
]
