"""Trigger rules: Airflow's answers in whatever order, and each rule at work in a simulation."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any, NamedTuple

import pytest

import workbench as wb
from tests.conformance import Row, rows_of
from workbench.engine import Settle, Wait, verdict
from workbench.engine.events import AttemptEnded, TaskQueued, TaskSettled
from workbench.engine.rules.trigger import Tally, judge, tally
from workbench.model import TRIGGER_RULES, DagSpec, Task

COMPUTED = rows_of("airflow_trigger_rules_computed")
# What Airflow's table calls pending: all of these.
PENDING = ("none", "scheduled", "queued", "running", "up_for_retry", "up_for_reschedule")
MINUTE = timedelta(minutes=1)


def test_every_rule_of_airflow_is_known() -> None:
    assert {rule for row in COMPUTED for rule in row["expected"]} == set(TRIGGER_RULES)
    assert sum(len(row["expected"]) for row in COMPUTED) == 45 * 13


@pytest.mark.parametrize("row", COMPUTED, ids=lambda row: "+".join(row["upstream"]))
def test_the_order_of_upstream_tasks_does_not_matter(row: Row) -> None:
    """Nor does what a pending one is doing."""
    for pending in PENDING:
        states = [pending if state == "pending" else state for state in row["upstream"]]
        for rule, expected in row["expected"].items():
            assert {judge(rule, tally(order)) for order in permutations(states)} == {expected}


@pytest.mark.parametrize("rule", TRIGGER_RULES)
def test_a_task_without_upstream_runs_under_every_rule(rule: str) -> None:
    assert judge(rule, tally([])) == "run"


def test_setups_are_counted_among_the_upstream_tasks() -> None:
    assert tally(["success", "failed"]) == Tally(2, success=1, failed=1)
    assert tally(["success", "failed", "skipped"], ["failed", "skipped"]) == Tally(
        3, success=1, failed=1, skipped=1, setups=2, setups_skipped=1
    )


# in a simulation

# How upstream tasks end: `good` well (06:01), `bad` badly (06:02) and `doomed` with it, `cut` skipped by a branch
# (06:03), `slow` well (06:10); of setups, `opened` well (06:04) and `broken` badly (06:05).
UPSTREAM = (
    Task("good"),
    Task("bad", takes=2 * MINUTE),
    Task("doomed", ("bad",)),
    Task("fork", takes=3 * MINUTE, branch=("kept",)),
    Task("kept", ("fork",)),
    Task("cut", ("fork",)),
    Task("slow", takes=10 * MINUTE),
    Task("opened", takes=4 * MINUTE, setup=True),
    Task("broken", takes=5 * MINUTE, setup=True),
)


class Fate(NamedTuple):
    """What first happens to a task `t` under a rule: when, what, and the end of which upstream task (or the start of
    the run) did it. `became`: its state in the end."""

    rule: str
    upstream: tuple[str, ...]
    at: str
    what: str
    cause: str
    became: str
    teardown: bool = False


FATES = [
    Fate("all_success", ("good", "bad", "slow"), "06:02", "settled by all_success", "bad", "upstream_failed"),
    Fate("all_success", ("good", "cut", "slow"), "06:03", "settled by all_success", "cut", "skipped"),
    Fate("all_failed", ("bad", "doomed"), "06:02", "queued", "doomed", "success"),
    Fate("all_failed", ("bad", "good", "slow"), "06:01", "settled by all_failed", "good", "skipped"),
    Fate("all_done", ("good", "bad", "doomed", "cut"), "06:03", "queued", "cut", "success"),
    Fate("all_done_min_one_success", ("good", "bad"), "06:02", "queued", "bad", "success"),
    Fate("all_done_min_one_success", ("cut", "slow"), "06:03", "settled by all_done_min_one_success", "cut", "skipped"),
    Fate(
        "all_done_min_one_success",
        ("bad", "doomed"),
        "06:02",
        "settled by all_done_min_one_success",
        "doomed",
        "upstream_failed",
    ),
    Fate("all_done_setup_success", ("opened", "bad"), "06:04", "queued", "opened", "success", teardown=True),
    Fate(
        "all_done_setup_success",
        ("broken", "good"),
        "06:05",
        "settled by all_done_setup_success",
        "broken",
        "upstream_failed",
        teardown=True,
    ),
    Fate("one_success", ("bad", "good", "slow"), "06:01", "queued", "good", "success"),
    Fate("one_success", ("bad", "cut"), "06:03", "settled by one_success", "cut", "upstream_failed"),
    Fate("one_failed", ("good", "bad", "slow"), "06:02", "queued", "bad", "success"),
    Fate("one_failed", ("good", "cut"), "06:03", "settled by one_failed", "cut", "skipped"),
    Fate("one_done", ("good", "slow"), "06:01", "queued", "good", "success"),
    Fate("one_done", ("cut", "doomed", "slow"), "06:10", "queued", "slow", "success"),
    Fate("one_done", ("cut", "doomed"), "06:03", "settled by one_done", "cut", "skipped"),
    Fate("none_failed", ("good", "cut"), "06:03", "queued", "cut", "success"),
    Fate("none_failed", ("doomed", "slow"), "06:02", "settled by none_failed", "doomed", "upstream_failed"),
    Fate("none_failed_min_one_success", ("good", "cut"), "06:03", "queued", "cut", "success"),
    Fate("none_failed_min_one_success", ("cut",), "06:03", "settled by none_failed_min_one_success", "cut", "skipped"),
    Fate("none_skipped", ("good", "bad"), "06:02", "queued", "bad", "success"),
    Fate("none_skipped", ("cut", "slow"), "06:03", "settled by none_skipped", "cut", "skipped"),
    Fate("all_skipped", ("cut",), "06:03", "queued", "cut", "success"),
    Fate("all_skipped", ("bad", "slow"), "06:02", "settled by all_skipped", "bad", "skipped"),
    Fate("always", ("bad", "slow"), "06:00", "queued", "run", "success"),
]


def simulated(tasks: tuple[Task, ...]) -> wb.Session:
    dag = DagSpec("d", {task.name: task for task in tasks}, schedule="0 6 * * *", start=wb.instant("2013-01-01"))
    faults = (wb.Flaky("d.bad", tries=9), wb.Flaky("d.broken", tries=9))
    return wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02"), until=wb.instant("2013-01-03"), faults=faults))


def test_every_rule_has_a_fate() -> None:
    assert [rule for rule in TRIGGER_RULES if rule not in {fate.rule for fate in FATES}] == []


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: f"{fate.rule}-{'+'.join(fate.upstream)}")
def test_a_rule_at_work(fate: Fate) -> None:
    t = Task("t", fate.upstream, trigger_rule=fate.rule, teardown=fate.teardown)
    s = simulated((*UPSTREAM, t))
    s.run_until("2013-01-02T07:00Z")
    first = next(event for event in s.events if getattr(event, "task", "") == "t")
    assert f"{first.at:%H:%M}" == fate.at
    assert said(first) == fate.what
    cause: Any = s.events[first.cause - 1]
    assert getattr(cause, "task", "run") == fate.cause
    assert isinstance(cause, AttemptEnded | TaskSettled) or fate.cause == "run"
    run = s.state.known.run_of("d", "2013-01-01")
    assert run is not None
    assert run.cells["t"].state == fate.became


def said(event: object) -> str:
    if isinstance(event, TaskSettled):
        return f"settled by {event.rule}"
    assert isinstance(event, TaskQueued)
    return "queued"


def test_what_a_task_waits_for_while_its_rule_says_wait() -> None:
    s = simulated((*UPSTREAM, Task("t", ("good", "bad", "slow"), trigger_rule="all_done")))
    found = []
    for now in ("06:00", "06:01", "06:02", "06:10"):
        s.seek(f"2013-01-02T{now}Z")
        run = s.state.known.run_of("d", "2013-01-01")
        assert run is not None
        waits = verdict(s.state.known, run, "t", s.now)
        found.append(" ".join(waits.on) if isinstance(waits, Wait | Settle) else "-")
    assert found == ["good bad slow", "bad slow", "slow", "-"]
