"""Faults that hit nothing are told at the end; those that did, or still may, are not."""

from __future__ import annotations

import pytest

from tests.samples import block, session
from workbench.scenario.unmet import unmet, unmet_lines
from workbench.session import Session

INGEST = block("""
    dag: ingest
    schedule: "0 2 * * *"
    start: 2026-02-01
    timezone: Europe/Berlin
    inputs: {sales: {expected: "01:30"}, rates: {expected: "01:30"}}
    tasks:
      load: {reads: [sales], takes: 10m, retries: {max: 1, delay: 1m}}
      pick: {needs: [load], branch: [full], takes: 1m}
      full: {needs: [pick, "rates@-1"], takes: 1m}
    ---
    scenario: nights
    from: 2026-03-03T00:00
    until: 2026-03-06T00:00
""")


def nights(fault: str, until: str | None = None) -> Session:
    s = session(f"{INGEST}\nfaults:\n  - {fault}\n")
    s.run_until(until)
    return s


def told(s: Session) -> list[str]:
    return unmet_lines(s.scenario, s.state, s.now)


def test_an_outage_that_met_no_try() -> None:
    s = nights("outage: {task: load, from: 2026-03-04T03:00, until: 2026-03-04T03:40}")
    assert told(s) == ["the outage of ingest.load, Wed 4 Mar 03:00 to 03:40, met no try"]
    s = nights("outage: {task: load, from: 2026-03-04T03:00, until: 2026-03-05T01:40}")
    assert told(s) == ["the outage of ingest.load, Wed 4 Mar 03:00 to Thu 5 Mar 01:40, met no try"]


@pytest.mark.parametrize("fault", [
    "outage: {task: load, from: 2026-03-04T01:00, until: 2026-03-04T02:01}",
    "outage: {task: load, from: 2026-03-04T02:09, until: 2026-03-04T02:40}",
    "outage: {task: '*', from: 2026-03-04T02:10, until: 2026-03-04T02:11}",
    "outage: {task: load, from: 2026-03-04T01:00, until: 2026-03-04T01:30, capacity: 1}",
    "flaky: {task: load, partition: 2026-03-03, tries: 1}",
    "flaky: {task: load, rate: 1%}",
    "quota: {task: load, at_once: 1}",
    "bug: {task: load, version: v1}",
    "slow: {task: load, factor: 2, partition: 2026-03-02}",
    "varies: {task: load, takes: [3m, 9m], partition: 2026-03-02}",
    "hang: {task: load, partition: 2026-03-02}",
    "worker_lost: {task: load, partition: 2026-03-02}",
    "zombie: {task: load, partition: 2026-03-02}",
    "lost_answer: {task: load, partition: 2026-03-02}",
    "choice: {task: pick, follow: [full], partition: 2026-03-02}",
    "deploy: {task: load, version: v2, at: 2026-03-04T12:00}",
    "scheduler_down: {from: 2026-03-04T12:00, until: 2026-03-04T13:00}",
    "late: {input: sales, partition: 2026-03-02, by: 2h}",
    "never: {input: sales, partition: 2026-03-04}",
    "never: {input: rates, partition: 2026-03-01}",
])  # fmt: skip
def test_what_met_something_is_not_told(fault: str) -> None:
    assert told(nights(fault)) == []


@pytest.mark.parametrize(("fault", "line"), [
    ("flaky: {task: load, partition: 2026-02-20, tries: 1}",
     "the first try of ingest.load fails, for Fri 20 Feb: it met no try"),
    ("bug: {task: load, version: v2}", "version v2 of ingest.load fails, at every partition: it met no try"),
    ("hang: {task: load, partition: 2026-02-20}", "every try of ingest.load never ends, for Fri 20 Feb: it met no try"),
    ("slow: {task: load, partition: 2026-02-20, factor: 2}",
     "every try of ingest.load lasts 2 times as long, for Fri 20 Feb: it met no try"),
    ("choice: {task: pick, follow: [full], partition: 2026-02-20}",
     "ingest.pick chooses full, for Fri 20 Feb: it met no try"),
    ("late: {input: sales, partition: 2026-02-20, by: 2h}",
     "sales of Fri 20 Feb comes Sat 21 Feb 03:30, and no run takes it"),
    ("never: {input: sales, partition: 2026-03-01}", "sales of Sun 1 Mar never comes, and no run takes it"),
    ("never: {input: rates, partition: 2026-02-28}", "rates of Sat 28 Feb never comes, and no run takes it"),
])  # fmt: skip
def test_what_met_nothing_is_told(fault: str, line: str) -> None:
    assert told(nights(fault)) == [line]


@pytest.mark.parametrize("fault", [
    "outage: {task: load, from: 2026-03-04T03:00, until: 2026-03-04T03:40}",
    "flaky: {task: load, partition: 2026-03-03, tries: 1}",
    "late: {input: sales, partition: 2026-03-03, by: 2h}",
    "never: {input: rates, partition: 2026-03-02}",
    "quota: {task: load, at_once: 1}",
])  # fmt: skip
def test_what_may_still_meet_something_is_not_told(fault: str) -> None:
    assert told(nights(fault, "2026-03-03 01:00")) == []


def test_a_fault_that_was_lifted_is_not_told() -> None:
    s = nights("outage: {task: load, from: 2026-03-04T03:00, until: 2026-03-04T03:40}", "2026-03-03 02:00")
    s.do("lift 1")
    s.run_until()
    assert unmet(s.scenario, s.state, s.now) == []


def test_a_second_try_that_never_was() -> None:
    s = nights("flaky: {task: load, tries: 1, after: 1m}", "2026-03-03 01:00")
    s.do("bug load@2026-03-02 version v7")
    s.run_until()
    assert told(s) == ["version v7 of ingest.load fails, for Mon 2 Mar: it met no try"]


def test_run_to_the_end_says_so() -> None:
    s = session(f"{INGEST}\nfaults:\n  - outage: {{task: load, from: 2026-03-04T03:00, until: 2026-03-04T03:40}}\n")
    assert "met no try" not in str(s.do("run until 2026-03-05 12:00"))
    assert s.do("run").lines[-1] == (
        "nothing came of a fault: the outage of ingest.load, Wed 4 Mar 03:00 to 03:40, met no try"
    )


def test_a_later_run_may_take_it() -> None:
    s = nights("never: {input: rates, partition: 2026-03-02}", "2026-03-03 12:00")
    assert told(s) == []
