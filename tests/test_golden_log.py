"""Golden hashes of whole logs: the same worlds give the same events, byte for byte, on every supported Python.

python -m tests.test_golden_log     write them anew, after a change that is meant to change logs
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import workbench as wb
from tests.laws.text import digest, line
from workbench.model import AddEdge, DagSpec, Input, RetryPolicy, SetTask, Task, Workspace
from workbench.scenario import Flaky, Late, Never, Outage, Scenario
from workbench.session import Session

GOLDEN = Path(__file__).parent / "golden" / "logs.json"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def late_jfk() -> Session:
    """The sample that ships, with its real rows."""
    return wb.sample("daily_flights", "late_jfk")


def what_if_jfk() -> Session:
    """The same, where on Friday somebody makes `extract` wait for the late file."""
    session = wb.sample("daily_flights", "late_jfk")
    session.run_until("2013-01-04T05:55Z")
    session.edit(wb.WaitFor("extract", ("ewr", "jfk", "lga")))
    return session


def shop() -> Workspace:
    """Three DAGs on three calendars that need each other, with pools, retries and trigger rules."""
    start = wb.instant("2013-03-01")
    retry = RetryPolicy(3, 30 * timedelta(seconds=1), 1.5, "full")
    orders = DagSpec(
        "orders",
        {
            "pull": Task("pull", ("till",), takes=4 * MINUTE, retries=retry, pool="api"),
            "check": Task("check", ("pull",), takes=MINUTE, trigger_rule="all_done"),
            "alert": Task("alert", ("pull", "check"), takes=timedelta(0), trigger_rule="one_failed"),
            "store": Task(
                "store", ("pull",), takes=2 * MINUTE, priority=5, retries=RetryPolicy(2, jitter="airflow", backoff=2)
            ),
        },
        {"till": Input("till", 5 * MINUTE)},
        "0 * * * *",
        "America/New_York",
        "hour",
        start=start,
        fold="both",
    )
    stock = DagSpec(
        "stock",
        {
            "count": Task("count", reads=("till",), takes=20 * MINUTE, pool="api"),
            "plan": Task("plan", ("count", "prices"), takes=HOUR, trigger_rule="none_failed"),
        },
        {"prices": Input("prices", time(3, 15))},
        "30 2 * * *",
        "America/New_York",
        start=start,
        max_active_runs=1,
    )
    week = DagSpec(
        "week",
        {"sum": Task("sum", ("stock.plan",), takes=10 * MINUTE), "send": Task("send", ("sum",), trigger_rule="always")},
        schedule="0 6 * * 1",
        partition="week",
        start=start,
    )
    return Workspace({"stock": stock, "orders": orders, "week": week}, {"api": 1}, 3)


def shop_over_dst(day: str, seed: int) -> Session:
    start = wb.instant(day)
    faults = (
        Flaky("orders.pull", rate=Fraction(1, 3)),
        Flaky("orders.store", tries=2, after=MINUTE),
        Outage("stock.count", start + 30 * HOUR, start + 33 * HOUR),
        Late("prices", (start + 24 * HOUR).strftime("%Y-%m-%d"), start + 60 * HOUR),
        Never("till", f"{start + 20 * HOUR:%Y-%m-%dT%H}"),
    )
    arrivals = {"till": timedelta(minutes=7)}
    return wb.Session(shop(), Scenario("dst", seed, start, start + 96 * HOUR, arrivals, faults))


def spring() -> Session:
    return shop_over_dst("2013-03-08T12:00Z", 5)


def autumn() -> Session:
    return shop_over_dst("2013-11-01T12:00Z", 8)


def edited() -> Session:
    """Commands of every kind on the way."""
    session = shop_over_dst("2013-06-01T12:00Z", 3)
    session.run_until("2013-06-02T08:10Z")
    session.inject(Outage("orders.pull", session.now, session.now + 2 * HOUR))
    session.edit(SetTask("store", {"retries": RetryPolicy(1), "takes": 9 * MINUTE}), dag="orders")
    session.run_until("2013-06-03T02:40Z")
    session.edit(AddEdge("check", "store"), dag="orders")
    return session


WORLDS: dict[str, Callable[[], Session]] = {
    world.__name__: world for world in (late_jfk, what_if_jfk, spring, autumn, edited)
}


def measured(name: str) -> dict[str, object]:
    session = WORLDS[name]()
    session.run_until()
    log = session.branch.log
    return {"events": len(log), "last": line(log[-1]), "sha256": digest(log)}


@pytest.mark.parametrize("name", WORLDS)
def test_a_golden_world_has_its_log(name: str) -> None:
    """Law 4: same inputs, same log. A change that is meant: `python -m tests.test_golden_log`, and say why."""
    assert measured(name) == json.loads(GOLDEN.read_text("utf-8"))[name]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps({name: measured(name) for name in WORLDS}, indent=2) + "\n", "utf-8")
