"""Times that people read and write are those of their DAGs' zone: in sentences of faults, and in scenario files."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.samples import block, session
from tests.verb_cases import refused
from workbench.model import InvalidInput
from workbench.scenario import scenario_from_data, sentence_of
from workbench.session import Session

BERLIN = block("""
    dag: ingest
    schedule: "0 2 * * *"
    start: 2026-02-01
    timezone: Europe/Berlin
    inputs: {partner_file: {expected: "01:30"}}
    tasks:
      load: {reads: [partner_file], takes: 10m}
    ---
    scenario: night
    from: 2026-03-03T00:00
    until: 2026-03-06T00:00
""")


def berlin(*faults: str) -> Session:
    told = "".join(f"  - {fault}\n" for fault in faults)
    return session(BERLIN + (f"\nfaults:\n{told}" if faults else ""))


def test_a_fault_is_told_in_the_zone_of_its_dag() -> None:
    s = berlin()
    assert s.do("late partner_file@2026-03-02 95m").sentence == "partner_file of Mon 2 Mar comes Tue 3 Mar 03:05"
    assert s.events[-1].sentence == "partner_file of Mon 2 Mar comes Tue 3 Mar 03:05"  # type: ignore[union-attr]
    assert s.do("faults all").lines == ("1  partner_file of Mon 2 Mar comes Tue 3 Mar 03:05",)
    s.do("outage load from 04:00 until 04:30")
    s.do("deploy load v2 at 05:00")
    s.do("scheduler down from 06:00 until 07:00")
    assert s.do("faults").lines[1:] == (
        "2  what ingest.load calls is down Tue 04:00 to Tue 04:30",
        "3  version v2 of ingest.load is deployed Tue 3 Mar 05:00",
        "4  the scheduler is away Tue 06:00 to Tue 07:00",
    )


def test_what_comes_too_late_is_told_in_that_zone_too() -> None:
    s = berlin()
    s.run_until("05:00")
    assert "has come already, Tue 3 Mar 01:30" in refused(s, "never partner_file@2026-03-02")
    with pytest.raises(InvalidInput, match="Tue 3 Mar 04:00 is in the past of this cursor"):
        s.run_until("04:00")


def test_where_zones_differ_each_fault_has_that_of_its_own_dag() -> None:
    other = "dag: us\ntimezone: America/New_York\nstart: 2026-02-01\ntasks: {pay: {}}\n---\n"
    s = session(other + BERLIN)
    known = s.state.known
    down = ("2026-03-03T12:00Z", "2026-03-03T13:00Z")
    assert sentence_of(wb.Outage("ingest.load", *down), known).endswith("Tue 13:00 to Tue 14:00 (Europe/Berlin)")
    assert sentence_of(wb.Outage("us.*", *down), known).endswith("Tue 07:00 to Tue 08:00 (America/New_York)")
    assert sentence_of(wb.Outage("*", *down), known).endswith("Tue 12:00 to Tue 13:00 (UTC)")
    assert sentence_of(wb.Deploy("us", "v2", "2026-03-03T12:00Z"), known).endswith("Tue 3 Mar 07:00 (America/New_York)")
    assert s.start == wb.instant("2026-03-03T00:00Z")


def test_a_time_without_a_zone_in_a_scenario_is_in_the_zone_of_all_dags() -> None:
    s = berlin("outage: {task: load, from: 2026-03-04T02:00, until: 2026-03-04T02:40}")
    assert (s.start, s.end) == (wb.instant("2026-03-02T23:00Z"), wb.instant("2026-03-05T23:00Z"))
    s.run_until()
    assert s.why("load@2026-03-03").state == "failed"
    assert s.why("load@2026-03-02").state == "success"


def test_data_and_python_are_utc() -> None:
    made = scenario_from_data({"scenario": "x", "from": "2026-03-03T00:00"}, berlin().workspace)
    assert made.start == wb.instant("2026-03-03T00:00Z")


def test_a_late_input_may_come_at_a_time_of_day() -> None:
    for arrives, comes in (('"06:30"', "2026-03-03T05:30Z"), ('"00:00"', "2026-03-02T23:00Z")):
        s = berlin(f"late: {{input: partner_file, partition: 2026-03-02, arrives: {arrives}}}")
        assert s.scenario.faults[0].arrives == wb.instant(comes)  # type: ignore[union-attr]
    with pytest.raises(InvalidInput, match=r"'arrives' of fault 1 .late.: 'soon' is no time"):
        berlin("late: {input: partner_file, partition: 2026-03-02, arrives: soon}")


def test_a_local_time_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput, match="does not exist in Europe/Berlin"):
        berlin("outage: {task: load, from: 2026-03-29T02:30, until: 2026-03-29T03:40}")
