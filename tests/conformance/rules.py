"""The rules' tables, asked of the functions that the engine uses."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

from tests.conformance import Row, Table, instant, left_out
from workbench.engine import RunKey, Settle, begin
from workbench.engine.decide import is_stuck
from workbench.engine.drafts import open_run
from workbench.engine.rules.past import past_allows
from workbench.engine.rules.retry import retry_pause
from workbench.engine.rules.run import state_of_run
from workbench.engine.rules.sensors import pause_after
from workbench.engine.rules.trigger import RUN, WAIT, Tally, judge, setups_succeeded, tally
from workbench.engine.state import Known, Run
from workbench.engine.verdict import dependency_verdict
from workbench.engine.verdicts import PASS
from workbench.model import DagSpec, RetryPolicy, Sensor, Task, Workspace
from workbench.timetable import Partition

NEW_YEAR = instant("2026-01-01")
DAY = timedelta(days=1)
COUNTED = ("success", "skipped", "failed", "upstream_failed", "removed")
MAPPED = "tasks are not mapped here"


def a_run(spec: DagSpec, day: int = 0, known: Known | None = None) -> tuple[Known, Run]:
    """A run of its own, started, as the engine makes them."""
    known = known or begin(Workspace({spec.name: spec}), NEW_YEAR).known
    start = NEW_YEAR + day * DAY
    run = open_run(
        known, RunKey(spec.name, f"{start:%Y-%m-%d}"), Partition(f"{start:%Y-%m-%d}", start, start + DAY), start
    )
    run.started = start
    return known, run


def put(run: Run, states: dict[str, str | None]) -> None:
    """What each task of the run is."""
    for name, state in states.items():
        run.cells[name] = run.cells[name]._replace(state=state or "none")
    run.left = sum(run.cells[name].state == "none" for name in run.cells)


# trigger rules


def rules_of(row: Row) -> dict[str, str]:
    return {rule: judge(rule, tally(row["upstream"])) for rule in row["expected"]}


def setup_rules_of(row: Row) -> dict[str, str]:
    return {rule: judge(rule, tally([row["setup"], *row["others"]], [row["setup"]])) for rule in row["expected"]}


def tested_rule(row: Row) -> str:
    """Rows that do not say how many upstream tasks there are mean those counted."""
    counts = {state: row[state] for state in COUNTED}
    return judge(row["trigger_rule"], Tally(row["n_upstream_tasks"] or sum(counts.values()), **counts))


def tested_rule_expected(row: Row) -> str:
    return RUN if row["dep_passed"] else row["ti_state_if_flag_upstream_failed"] or WAIT


def tested_teardown(row: Row) -> str:
    """Tasks that are done in no state that the row counts are failed ones."""
    states = row["states"]
    counts = {state: states.get(state, 0) for state in COUNTED}
    counts["failed"] += states["done"] - sum(counts.values())
    found = Tally(row["work_tasks"] + row["setup_tasks"], **counts)
    found = found._replace(setups=row["setup_tasks"], setups_success=states.get("success_setup", 0))
    return judge(row["trigger_rule"], found)


def tested_teardown_expected(row: Row) -> str:
    if row["expected_reason"] is None:
        return RUN
    return row["expected_state_if_flag"] or WAIT


SCOPE = DagSpec(
    "d", {"s": Task("s", setup=True), "child": Task("child", ("s",)), "grandchild": Task("grandchild", ("child",))}
)


def in_scope_of_setup(row: Row) -> list[str | None]:
    """What the child and the grandchild of a setup become."""
    known, run = a_run(SCOPE)
    put(run, {"s": row["setup_state"]})
    return [
        settled(setups_succeeded(known, run, run.plan.tasks[name], run.cells[name], NEW_YEAR))
        for name in ("child", "grandchild")
    ]


def settled(verdict: object) -> str | None:
    return verdict.state if isinstance(verdict, Settle) else None


# the state of a run


def dag_of(row: Row) -> DagSpec:
    tasks = {name: Task(name, tuple(ups), trigger_rule=row["trigger_rules"][name]) for name, ups in row["deps"].items()}
    return DagSpec("d", tasks)


def one_pass(known: Known, run: Run) -> dict[str, str | None]:
    """What each task is after all that wait were asked once, on the states that were there before."""
    found: dict[str, str | None] = {}
    for name, cell in run.cells.items():
        waits = cell.state == "none"
        verdict = dependency_verdict(known, run, run.plan.tasks[name], cell, NEW_YEAR) if waits else None
        found[name] = settled(verdict) or (None if waits else cell.state)
    return found


def run_in(row: Row) -> tuple[Known, Run]:
    known, run = a_run(dag_of(row))
    put(run, row["task_states"])
    return known, run


def run_state(row: Row) -> object:
    """The run's state, as it is seen before the pass, and its tasks' after it."""
    known, run = run_in(row)
    return said_state(known, run), one_pass(known, run)


def said_state(known: Known, run: Run) -> str:
    leaves = [run.cells[name].state for name in run.plan.leaves]
    return state_of_run(leaves, run.left > 0, is_stuck(known, run, NEW_YEAR))


def at_the_fixpoint(row: Row) -> str:
    """The run's state when passes are made until nothing changes: what our engine does in one instant."""
    known, run = run_in(row)
    while (after := one_pass(known, run)) != {n: None if c.state == "none" else c.state for n, c in run.cells.items()}:
        put(run, after)
    return said_state(known, run)


# the past, retries, sensors


def past_dag(row: Row) -> DagSpec:
    first = Task("t", depends_on_past=row["depends_on_past"], wait_for_downstream=row["wait_for_downstream"])
    return DagSpec("d", {"t": first, "down": Task("down", ("t",))}, schedule="@daily")


def past_met(row: Row) -> bool:
    spec = past_dag(row)
    known = None
    if row["prev_ti_state"] != "NO_PREV_RUN":
        known, before = a_run(spec)
        put(before, {"t": row["prev_ti_state"], "down": "success" if row["prev_downstream_done"] else None})
    known, run = a_run(spec, 1, known)
    return past_allows(known, run, run.plan.tasks["t"], run.cells["t"], NEW_YEAR) is PASS


def first_of_backfill(row: Row) -> bool:
    known, before = a_run(DagSpec("d", {"t": Task("t", depends_on_past=True)}, schedule="@daily"))
    put(before, {"t": "failed" if row["prev_run_failed"] else "success"})
    known, run = a_run(known.plans["d"].spec, 1, known)
    run.backfill, run.order = int(row["next_run_is_backfill"]), 0
    return past_allows(known, run, run.plan.tasks["t"], run.cells["t"], NEW_YEAR) is PASS


def retry_of(row: Row) -> float:
    """A backoff of 0 or 1 means a fixed delay, without the hash, and without the cap; else the cap is a day."""
    backoff = row["retry_exponential_backoff"]
    cap = timedelta(seconds=row["max_retry_delay_s"] or 86400) if backoff > 1 else DAY
    delay = timedelta(seconds=row["retry_delay_s"])
    policy = RetryPolicy(99, delay, max(1.0, backoff), "airflow" if backoff > 1 else "none", cap)
    window = Partition("2026-01-01", NEW_YEAR, NEW_YEAR + DAY)
    assert str(window.start) == row["logical_date_str"]
    run = cast("Run", SimpleNamespace(key=RunKey(row["dag_id"], window.key), window=window))
    return retry_pause(policy, row["try_number"], run, row["task_id"], seed=0).total_seconds()


def sensor_pause(row: Row) -> float:
    most = row["max_wait"]
    sensor = Sensor(
        every=timedelta(seconds=row["poke_interval"]),
        timeout=timedelta(seconds=row["timeout"]),
        backoff=True,
        max_wait=None if most is None else timedelta(seconds=most),
    )
    key = "#".join((row["dag_id"], row["task_id"], row["started_at_str"]))
    return pause_after(sensor, row["poke_count"], key, timedelta(seconds=row["run_duration"])).total_seconds()


TABLES = [
    Table("airflow_trigger_rules_computed", rules_of, lambda row: row["expected"]),
    Table("airflow_trigger_rules_setup_computed", setup_rules_of, lambda row: row["expected"]),
    Table("airflow_trigger_rule_tests", tested_rule, tested_rule_expected),
    Table("airflow_trigger_rule_tests", tested_teardown, tested_teardown_expected, "teardown_rows"),
    Table(
        "airflow_trigger_rule_tests",
        in_scope_of_setup,
        lambda row: [row["direct_child_and_grandchild_state"]] * 2,
        "setup_constraint_rows",
    ),
    left_out("airflow_trigger_rule_tests", MAPPED, "mapped_removed_rows"),
    Table(
        "airflow_dagrun_state_computed",
        run_state,
        lambda row: (row["dagrun_state"], row["task_states_after_one_pass"]),
    ),
    Table("airflow_depends_on_past_tests", past_met, lambda row: row["expected_met"]),
    Table("airflow_retry_delay_computed", retry_of, lambda row: row["expected_delay_s"]),
    Table("airflow_sensor_backoff_computed", sensor_pause, lambda row: row["expected_wait_s"]),
    Table("airflow_backfill_tests", first_of_backfill, lambda row: row["dep_met"], "depends_on_past_first_run"),
]
