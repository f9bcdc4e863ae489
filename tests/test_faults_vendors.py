"""What tasks call: overloaded APIs and quotas. Their answers follow from the calls made so far, so they are the same
wherever a log is taken up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from tests.laws.text import lines
from workbench.engine import RunKey
from workbench.scenario import Fault
from workbench.scenario.troubles import Troubles
from workbench.scenario.vendors import (
    AT_ONCE,
    BANNED,
    DOWN,
    KNOCKED_DOWN,
    OVERLOADED,
    TOO_MANY,
    Call,
    OverloadedVendor,
    QuotaVendor,
    Vendor,
)

SIX = wb.instant("2013-01-02T06:00Z")
START = wb.instant("2013-01-01T00:00Z")
MINUTE = timedelta(minutes=1)


def asked(vendor: Vendor, *calls: tuple[float, float | None]) -> list[str]:
    """The answers to calls made so many minutes after six, each lasting so many minutes (None: for ever)."""
    found = []
    for n, (minute, lasts) in enumerate(calls, 1):
        at, call = SIX + timedelta(minutes=minute), Call(RunKey("d", "2013-01-01"), "load", n)
        found.append(vendor.ask(call, at, lambda call: True))
        vendor.told_end(call, None if lasts is None else at + timedelta(minutes=lasts))
    return found


def at_once(*minutes: float) -> list[tuple[float, float | None]]:
    return [(minute, 0.5) for minute in minutes]


def api(capacity: int | None = None, overload: int | None = None) -> OverloadedVendor:
    outage = wb.Outage("*", SIX, SIX + timedelta(minutes=20), capacity=capacity, overload=overload, again="10m")
    return OverloadedVendor(outage, START)


def test_an_api_serves_its_capacity_once_it_is_up() -> None:
    assert asked(api(2), *at_once(-1, 19.5, 20, 20, 20.5, 20.99, 21, 21)) == [
        *("", DOWN),  # before the outage nobody counts
        *("", "", OVERLOADED, OVERLOADED),
        *("", ""),  # the minute that ends with the call: (20:00, 21:00]
    ]


def test_too_many_calls_knock_it_down_and_keep_it_down() -> None:
    vendor = api(overload=2)
    assert asked(vendor, *at_once(20, 20, 20, 25, 29.9, 29.9, 29.9, 31, 39.9)) == [
        *("", "", KNOCKED_DOWN),  # until 30
        *(DOWN, DOWN, DOWN, DOWN),  # the third within a minute: until 39.9
        *(DOWN, ""),
    ]
    assert vendor.down_until == SIX + timedelta(minutes=39.9)


def test_a_herd_that_calls_while_it_is_down_keeps_it_down() -> None:
    vendor = api(overload=2)
    assert asked(vendor, *at_once(15, 15, 15, 20, 24.9, 25)) == [DOWN] * 5 + [""]


def test_what_it_served_when_it_was_knocked_down_is_lost() -> None:
    vendor = api(overload=2)
    asked(vendor, *at_once(20, 20, 20, 40))
    lost = [vendor.is_lost(Call(RunKey("d", "2013-01-01"), "load", n)) for n in (1, 2, 3, 4, 5)]
    assert lost == [True, True, False, False, False]


def quota(**fields: object) -> QuotaVendor:
    return QuotaVendor(wb.Quota("*", **fields), START)  # type: ignore[arg-type]


def test_calls_at_the_same_time() -> None:
    assert asked(quota(at_once=2), (0, 10), (1, 2), (2, 5), (3, None), (9, 1), (10, 1), (11, 1)) == [
        *("", "", AT_ONCE),
        *("", AT_ONCE),  # the second ended at 3
        *("", ""),  # the first ended at 10; that of 10 at 11; one never ends
    ]


def test_calls_within_a_span() -> None:
    # Refused ones do not count.
    answers = asked(quota(calls=2, per="10m"), *at_once(0, 4, 9, 10, 13, 14))
    assert answers == ["", "", TOO_MANY, "", TOO_MANY, ""]


def test_refusals_within_a_span_mean_a_ban() -> None:
    vendor = quota(calls=1, per="5m", ban_after=2, ban_within="3m", ban="30m")
    assert asked(vendor, *at_once(0, 1, 4, 5, 6, 7, 34, 37, 38, 39, 40)) == [
        *("", TOO_MANY, TOO_MANY),  # three minutes apart: not within three
        "",
        *(TOO_MANY, BANNED),  # 6 and 4 are: banned until 36
        *(BANNED, "", TOO_MANY, TOO_MANY, BANNED),
    ]


def test_after_a_ban_refusals_are_counted_anew() -> None:
    vendor = quota(calls=1, per="1h", ban_after=2, ban_within="30m", ban="5m")
    assert asked(vendor, *at_once(0, 1, 2, 3, 8, 9, 10)) == ["", *[TOO_MANY] * 2, BANNED, *[TOO_MANY] * 2, BANNED]


def test_calls_from_before_it_holds_are_served_and_count() -> None:
    vendor = QuotaVendor(wb.Quota("*", at_once=1), SIX + timedelta(minutes=5))
    assert asked(vendor, (0, 10), (1, 1), (6, 1), (10, 1)) == ["", "", AT_ONCE, ""]


def test_the_same_call_gets_the_same_answer() -> None:
    vendor, call = quota(calls=1), Call(RunKey("d", "2013-01-01"), "load", 1)
    assert [vendor.ask(call, SIX, lambda call: True) for _ in range(3)] == ["", "", ""]


def busy(seed: int, *faults: Fault, lookup: bool = False) -> wb.Session:
    """Fourteen days at once, with tasks that call, some in no time, and a second DAG that calls as well."""
    retries = wb.RetryPolicy(max=3, delay=timedelta(minutes=2), jitter="full")
    flights = wb.Dag("flights", schedule="0 6 * * *", start="2013-01-01", catchup=True, paused=True, max_active_runs=16)
    load = flights.task("load", takes="3m", retries=retries, lookup=lookup)
    load >> flights.task("ping", takes="0s", retries=retries) >> flights.task("send", takes="1m", retries=retries)
    fares = wb.Dag("fares", schedule="*/10 * * * *", start="2013-01-01", partition="hour")
    fares.task("load", takes="4m", retries=retries, timeout="3m30s")
    workspace = wb.Workspace({"fares": fares.spec, "flights": flights.spec})
    s = wb.Session(
        workspace, wb.Scenario(seed=seed, start="2013-01-15T06:00Z", until="2013-01-15T07:30Z", faults=faults)
    )
    s.run_until("2013-01-15T06:30Z")
    s.unpause("flights")
    return s


def same_from_everywhere(s: wb.Session, positions: range) -> None:
    log = lines(s.branch.log)
    for position in positions:
        other = s.seek(position).fork()
        while other.branch.run(s.end):
            pass
        assert lines(other.branch.log) == log, f"from position {position}"


@law(12)
@given(st.data())
def test_a_log_taken_up_anywhere_goes_on_the_same_with_vendors_too(data: st.DataObject) -> None:
    """Law 5, for what is rebuilt from the past: calls, bans, knocks, zombies."""
    few = st.integers(1, 6)
    faults: list[Fault] = [
        wb.Quota("*", at_once=data.draw(few), ban_after=data.draw(few), ban_within="4m", ban="9m", after="30s"),
        wb.Outage(
            "*.load",
            "2013-01-15T06:31Z",
            "2013-01-15T06:36Z",
            capacity=data.draw(few),
            overload=8,
            again="5m",
            after="45s",
        ),
        wb.Quota("flights.*", calls=data.draw(few), per="7m", after="1m"),
        wb.Zombie("flights.load", tries=2, commits="12m", noticed="3m"),
        wb.LostAnswer("send", "2013-01-05", noticed="6m"),
    ]
    chosen = data.draw(st.lists(st.sampled_from(faults), min_size=1, max_size=4, unique=True))
    s = busy(data.draw(st.integers(0, 99)), *chosen, lookup=data.draw(st.booleans()))
    # At the very instant of the first calls, when some have been made.
    for command in data.draw(st.lists(st.sampled_from(["kill", "rerun", "backfill", "inject", "lift"]), max_size=3)):
        s.run_until(s.now + timedelta(minutes=data.draw(st.integers(0, 6))))
        _do(s, command, data)
    start = s.position
    s.run_until()
    last = len(s.branch.log)
    step = data.draw(st.integers(5, 40))
    same_from_everywhere(s, range(start, last + 1, step))


def _do(s: wb.Session, command: str, data: st.DataObject) -> None:
    known = s.state.known
    cells = [(key, n, cell.state) for key, run in sorted(known.runs.items()) for n, cell in run.cells.items()]
    try:
        if command == "backfill":
            s.backfill("fares", "2013-01-14T00", "2013-01-14T05", limit=6, which="all")
        elif command == "inject":
            s.inject(wb.Quota("flights.load", at_once=2, after="10s"))
        elif command == "lift":
            s.lift(1)
        else:
            wanted = "running" if command == "kill" else "failed"
            key, task, _ = data.draw(st.sampled_from([c for c in cells if c[2] == wanted] or cells))
            target = f"{key.dag}.{task}@{key.partition}"
            s.kill(target) if command == "kill" else s.rerun(target)
    except wb.InvalidInput:
        pass


def test_a_backfill_at_the_instant_of_other_calls() -> None:
    """Calls made later in the same instant come later, whatever their names."""
    s = busy(0, wb.Quota("*", at_once=5, after="2m"))
    s.run_until("2013-01-15T06:30Z")
    s.backfill("fares", "2013-01-14T00", "2013-01-14T05", limit=6, which="all")
    start = s.position
    s.run_until()
    same_from_everywhere(s, range(start, len(s.branch.log) + 1, 7))


def test_a_try_that_found_the_job_of_an_earlier_one_calls_nobody() -> None:
    def served(lookup: bool) -> list[str]:
        dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
        dag.task("load", takes="10m", retries=1, lookup=lookup)
        faults = (wb.LostAnswer("load"), wb.Quota("load", calls=1, per="3h"))
        s = wb.Session(dag, wb.Scenario(start="2013-01-02", until="2013-01-03", faults=faults))
        s.run_until("2013-01-02T09:00Z")
        run = s.state.known.run_of("d", "2013-01-01")
        assert run is not None
        return [f"{a.state} {a.message}".strip() for a in run.cells["load"].attempts]

    assert served(lookup=False)[1] == f"failed {TOO_MANY}"
    assert served(lookup=True)[1] == "success found done: the job of try 1"


def calling(*faults: Fault, **load: Any) -> wb.Session:
    """Two tasks that call, at 06:00 and at 06:20."""
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m", **load)
    dag.task("wait", takes="20m") >> dag.task("send", takes="10m")
    return wb.Session(dag, wb.Scenario(start="2013-01-02", until="2013-01-03", faults=faults))


def ended(s: wb.Session, task: str) -> list[str]:
    run = s.state.known.run_of("d", "2013-01-01")
    assert run is not None
    return [f"{a.started:%H:%M}-{a.ended:%H:%M} {a.state}" for a in run.cells[task].attempts]


def test_such_a_try_is_no_call_for_a_log_taken_up_later_either() -> None:
    lost, two = wb.LostAnswer("load", noticed="1m"), wb.Quota("*d", calls=2, per="3h", after="1m")
    s = calling(lost, two, lookup=True, retries=1)
    s.run_until()
    assert ended(s, "load") == ["06:00-06:11 failed", "06:16-06:16 success"]
    assert ended(s, "send") == ["06:20-06:30 success"]
    same_from_everywhere(s, range(len(s.branch.log) + 1))


def test_what_hung_was_under_way_until_its_fault_was_lifted() -> None:
    s = calling(wb.Hang("load"), wb.Quota("*d", at_once=1, after="1h"))
    s.run_until("2013-01-02T06:30Z")
    s.lift(1)
    s.run_until()
    assert (ended(s, "load"), ended(s, "send")) == (["06:00-06:30 success"], ["06:20-07:20 failed"])


def test_work_that_was_done_is_not_done_again() -> None:
    s = calling(wb.Zombie("load", commits="40m"), wb.LostAnswer("send"), retries=1)
    s.run_until()
    assert sum(line.count("work_done") for line in lines(s.branch.log)) == 2
    same_from_everywhere(s, range(len(s.branch.log) + 1))
    zombie = s.scenario.faults[0]
    s.seek("2013-01-02T06:40Z")
    before, after = (
        Troubles(0, [(1, zombie, START)]).aftermath(s.state, s.now + minutes * MINUTE) for minutes in (-1, 0)
    )
    assert (before, after) == ([], [])
    s.seek("2013-01-02T06:39Z")
    assert [f"{at:%H:%M}" for at, *_ in Troubles(0, [(1, zombie, START)]).aftermath(s.state, s.now)] == ["06:40"]


def test_the_reason_of_a_refused_call() -> None:
    s = busy(0, wb.Quota("flights.load", at_once=4))
    s.run_until("2013-01-15T06:31Z")
    runs = [run for key, run in s.state.known.runs.items() if key.dag == "flights"]
    first = [a for run in runs for a in run.cells["load"].attempts if a.number == 1]
    assert [(a.reason, a.message, a.ended - a.started) for a in first] == [("quota", AT_ONCE, timedelta(0))] * 10


def test_sensors_call_nobody() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.input("jfk", expected="06:30")
    dag.task("wait", sensor=wb.Sensor(("jfk",), "reschedule"), pool="api")
    dag.task("poke", sensor=wb.Sensor(("jfk",)), pool="api")
    s = wb.Session(
        wb.Workspace({"d": dag.spec}, {"api": 2}),
        wb.Scenario(start="2013-01-02", until="2013-01-03", faults=wb.Quota("pool:api", calls=1)),
    )
    s.run_until("2013-01-02T09:00Z")
    run = s.state.known.run_of("d", "2013-01-01")
    assert run is not None
    assert [cell.state for cell in run.cells.values()] == ["success", "success"]


@pytest.mark.parametrize("at", ["2013-01-15T06:30Z", "2013-01-15T06:33Z", "2013-01-15T06:40Z"])
def test_an_injected_quota_counts_the_calls_that_are_under_way(at: str) -> None:
    s = busy(0)
    s.run_until(at)
    s.inject(wb.Quota("*", at_once=3, after="1m"))
    start = s.position
    s.run_until()
    same_from_everywhere(s, range(start, len(s.branch.log) + 1, 9))
