"""What lies before a DAG begins will never come, so nobody waits for it, whenever the simulation began."""

from __future__ import annotations

import pytest

from tests.samples import block, session

PIPELINE = block("""
    dag: load
    schedule: "0 6 * * *"
    start: 2013-01-03
    paused: PAUSED
    inputs: {feed: {expected: "05:00"}}
    tasks: {stage: {takes: 1m, writes: [staged]}}
    ---
    dag: report
    schedule: "0 7 * * *"
    start: 2013-01-03
    tasks: {tell: {needs: [NEED], takes: 1m}}
    ---
    scenario: early
    from: 2013-01-01T00:00Z
    until: 2013-01-07T00:00Z
""")


@pytest.mark.parametrize("need", ['"load.stage@-1"', '"staged@-1"', '"feed@-1"', '"load.stage@-6..0"', '"feed@-6..0"'])
def test_a_need_of_a_partition_before_the_start_is_met(need: str) -> None:
    s = session(PIPELINE.replace("NEED", need).replace("PAUSED", "off"))
    s.run_until("2013-01-06 09:00")
    assert [run.state for key, run in s.state.known.runs.items() if key.dag == "report"] == ["success"] * 3


def test_a_need_of_a_partition_that_is_still_to_come_is_not() -> None:
    s = session(PIPELINE.replace("NEED", '"load.stage@-1"').replace("PAUSED", "on"))
    s.run_until("2013-01-06 09:00")
    states = {key.partition: run.state for key, run in s.state.known.runs.items() if key.dag == "report"}
    assert states == {"2013-01-03": "success", "2013-01-04": "running", "2013-01-05": "running"}
