"""Commands while something is under way: what they change, and what they leave alone."""

from __future__ import annotations

import workbench as wb


def test_of_never_and_late_the_last_word_holds() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.input("file", expected="06:00")
    dag.task("load", needs="file", takes="10m")
    faults = wb.Never("file", "2013-01-01")
    s = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z"), faults=(faults,)))
    s.run_until("07:00")
    assert "load waits for file" in s.why("load@2013-01-01").headline
    s.inject(wb.Late("file", "2013-01-01", arrives=wb.instant("2013-01-02T07:30Z")))
    s.run_until("08:00")
    assert s.why("load@2013-01-01").headline == "load ended 07:40, well."
    s.back("07:00")
    s.inject(wb.Late("file", "2013-01-01", arrives=wb.instant("2013-01-02T07:30Z")))
    s.inject(wb.Never("file", "2013-01-01"))
    s.run_until("08:00")
    assert "load waits for file" in s.why("load@2013-01-01").headline


def test_a_pause_that_runs_ends_when_it_was_to_end_though_retries_were_taken_away() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="10m", retries={"max": 2, "delay": "30m"})
    flaky = wb.Flaky("load", "2013-01-01", tries=1)
    scenario = wb.Scenario(start=wb.instant("2013-01-02T05:00Z"), faults=(flaky,))
    s = wb.Session(dag, scenario)
    s.run_until("06:20")
    s.edit(wb.SetTask("load", {"retries": 0}))
    s.run_until("06:30")
    assert s.why("load@2013-01-01").headline == "load waits for try 2, at 06:40."
    s.run_until("07:00")
    assert s.why("load@2013-01-01").headline == "load ended 06:50, well."
