"""Trigger rules against the answers of Airflow, for every combination of up to two upstream tasks and some of more."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest

import workbench as wb
from workbench.engine import Settle, Wait, verdict
from workbench.engine.rules.trigger import judge, tally
from workbench.model import TRIGGER_RULES, DagSpec, Task

TABLE = json.loads((Path(__file__).parent / "conformance" / "airflow_trigger_rules_computed.json").read_text())
# There are no setup tasks here.
NOT_OURS = {"all_done_setup_success"}
# What Airflow's table calls pending: all of these.
PENDING = ("none", "scheduled", "queued", "running", "up_for_retry")
ROWS = [(rule, row["upstream"], row["expected"][rule]) for row in TABLE["rows"] for rule in TRIGGER_RULES]


def test_every_rule_of_airflow_is_known() -> None:
    assert set(TABLE["rules"]) - NOT_OURS == set(TRIGGER_RULES)
    assert len(ROWS) == 45 * 12


@pytest.mark.parametrize(
    ("rule", "upstream", "expected"), ROWS, ids=lambda value: "+".join(value) if isinstance(value, list) else value
)
def test_a_rule_answers_as_airflow_does(rule: str, upstream: list[str], expected: str) -> None:
    """In whatever order the upstream tasks are written, and whatever a pending one is doing."""
    for pending in PENDING:
        states = [pending if state == "pending" else state for state in upstream]
        assert {judge(rule, tally(order)) for order in permutations(states)} == {expected}


@pytest.mark.parametrize("rule", TRIGGER_RULES)
def test_a_task_without_upstream_runs_under_every_rule(rule: str) -> None:
    assert judge(rule, tally([])) == "run"


def fates(rule: str, tries: int = 1) -> list[str]:
    """A task `t` under a rule, whose upstream tasks end well (`good`) and badly (`bad`): (verdicts, its end)."""
    tasks = {
        "good": Task("good"),
        "bad": Task("bad", takes=wb.instant("2013-01-01T00:02Z") - wb.instant("2013-01-01T00:00Z")),
        "t": Task("t", ("good", "bad"), trigger_rule=rule),
    }
    dag = DagSpec("d", tasks, schedule="0 6 * * *", start=wb.instant("2013-01-01"))
    faults = (wb.Flaky("d.bad", tries=tries),)
    s = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"), faults=faults))
    found = []
    for now in ("06:01", "06:02", "07:00"):
        s.seek(f"2013-01-02T{now}Z")
        run = s.state.known.run_of("d", "2013-01-01")
        assert run is not None
        said = verdict(s.state.known, run, "t", s.now)
        waits = said.on if isinstance(said, Wait | Settle) else ()
        found.append(" ".join((run.cells["t"].state, *waits)))
    return found


def test_a_whole_simulation_follows_the_rules() -> None:
    """After `good` ended (06:01), after `bad` failed (06:02), and at the end."""
    assert fates("all_success") == ["none bad", "upstream_failed bad", "upstream_failed bad"]
    assert fates("all_done") == ["none bad", "running", "success"]
    assert fates("one_success") == ["running", "success", "success"]
    assert fates("one_failed") == ["none bad", "running", "success"]
    assert fates("all_failed") == ["skipped good", "skipped good", "skipped good"]
    assert fates("none_skipped") == ["none bad", "running", "success"]
    assert fates("always") == ["success", "success", "success"]
