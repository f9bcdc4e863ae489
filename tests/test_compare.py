"""Two futures side by side: the first difference, its cause, and how each task came out."""

from __future__ import annotations

from dataclasses import replace

import pytest

import workbench as wb
from tests.samples import block, late_jfk, session
from tests.why_cases import backfill, key, mark
from workbench.engine.events import AttemptStarted, DagEdited
from workbench.scenario import Fault
from workbench.session import Session
from workbench.views import Clock, comparison_lines
from workbench.views.compare import _did

DAG = "daily_flights"


def text(s: Session, other: str = "A") -> str:
    return "\n".join(comparison_lines(s.compare(other), Clock(s.now, s.workspace.dags[DAG].zone)))


def waits_for_its_files() -> Session:
    """The story's two futures: A by the clock, B waits for its files."""
    s = late_jfk()
    s.run_until("2013-01-04T08:05Z")
    s.back("05:55")
    s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
    return s


def test_the_story_side_by_side() -> None:
    s = waits_for_its_files()
    s.run_until("08:05")
    assert text(s) == block("""
        First difference: Fri 4 Jan 06:00, daily_flights.extract@2013-01-03
          A: extract started: only the clock was asked.
          B: extract waits for jfk.
          Because in B, Fri 4 Jan 05:55, you: extract waits for ewr lga jfk.

                                     A                         B
          extract of 2013-01-03      success 06:10, 596 rows   success 07:45, 914 rows
          clean of 2013-01-03        success 06:13, 596 rows   success 07:48, 914 rows
          publish of 2013-01-03      success 06:15, 596 rows   success 07:50, 914 rows
          by_airport of 2013-01-03   success 06:34, 2 rows     success 07:54, 3 rows
          report of 2013-01-03       success 06:35, 2 rows     success 07:55, 3 rows
          board_dashboard            read 08:00, 596 rows      read 08:00, 914 rows
    """)


def test_the_other_way_round() -> None:
    s = waits_for_its_files()
    s.run_until("08:05")
    s.switch("A")
    found = s.compare("B")
    assert (found.a, found.b) == ("B", "A")
    assert found.first is not None
    assert (found.first.in_a, found.first.in_b) == (
        "extract waits for jfk.",
        "extract started: only the clock was asked.",
    )
    assert found.first.because == ("in B, Fri 4 Jan 05:55, you: extract waits for ewr lga jfk",)


def test_only_what_has_happened_is_compared() -> None:
    s = waits_for_its_files()
    assert text(s) == "A and B are the same so far."
    s.run_until("06:12")
    assert text(s).splitlines()[5:] == [
        "                          A                         B",
        "  extract of 2013-01-03   success 06:10, 596 rows   not started",
        "  clean of 2013-01-03     running                   not started",
    ]


def test_a_future_beside_itself_is_refused() -> None:
    s = waits_for_its_files()
    s.run_until("08:05")
    with pytest.raises(wb.InvalidInput, match=r"^you are on B: compare it with another future \(there is: A\)$"):
        s.compare("B")


def test_the_other_future_is_simulated_as_far_as_needed() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T05:50Z")
    other = s.fork()
    other.inject(wb.Never("jfk", "2013-01-03"))
    other.run_until("2013-01-05T09:00Z")
    found = other.compare(s)
    assert s.branch.horizon == other.now
    assert s.now == s.instant("05:50")
    assert found.first is not None
    assert (found.first.subject, found.first.in_a, found.first.in_b) == (
        "jfk@2013-01-03",
        "jfk of Thu 3 Jan comes, 318 rows, 95 min late.",
        "jfk has not come.",
    )
    assert found.first.because == ("in B, Fri 4 Jan 05:50, you: jfk of Thu 3 Jan never comes",)
    assert found.outcomes == ()


def test_two_what_ifs_of_one_future() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T09:00Z")
    for tries in (1, 2):
        s.switch("A").seek("2013-01-04T06:05Z")
        s.inject(wb.Flaky("clean", "2013-01-03", tries))
        s.run_until("09:00")
    assert text(s, "B") == block("""
        First difference: Fri 4 Jan 06:21, daily_flights.clean@2013-01-03
          B: clean ends well, 596 rows.
          C: clean fails (try 2): the attempt crashed; no try is left.
          Because in B, Fri 4 Jan 06:05, you: the first try of daily_flights.clean fails, for Thu 3 Jan.
          Because in C, Fri 4 Jan 06:05, you: the first 2 tries of daily_flights.clean fail, for Thu 3 Jan.

                                     B                         C
          clean of 2013-01-03        success 06:21, 596 rows   failed 06:21
          publish of 2013-01-03      success 06:23, 596 rows   upstream failed
          by_airport of 2013-01-03   success 06:34, 2 rows     not started
          report of 2013-01-03       success 06:35, 2 rows     not started
          board_dashboard            read 08:00, 596 rows      read 08:00, of 2013-01-02, 943 rows
          ops_email                  read 08:30, 596 rows      read 08:30, of 2013-01-02, 943 rows
          fare_model                 read 09:00, 2 rows        read 09:00, of 2013-01-02, 3 rows
    """)


def test_a_task_that_only_one_future_has() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T09:00Z")
    s.seek("2013-01-04T06:05Z")
    s.edit(wb.AddTask(wb.Task("audit", needs=("extract",))), dag=DAG)
    s.run_until("09:00")
    found = s.compare("A")
    assert found.first is not None
    assert (found.first.subject, found.first.in_a, found.first.in_b) == (
        f"{DAG}.audit@2013-01-03",
        "it has no task audit.",
        "audit started: all it waits for had come (extract).",
    )
    assert [(o.task, o.a.state, o.b.state) for o in found.outcomes] == [("audit", "", "success")]
    assert s.switch("A").compare("B").first is not None


def test_a_run_that_ends_in_one_future_and_goes_on_in_the_other() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T09:00Z")
    s.seek("2013-01-04T06:05Z")
    s.edit(wb.AddTask(wb.Task("audit", needs=("publish",))), dag=DAG)
    s.run_until("09:00")
    first = s.compare("A").first
    assert first is not None
    assert (first.subject, first.in_a, first.in_b) == (
        f"{DAG}@2013-01-03",
        "daily_flights for Thu 3 Jan: success.",
        "its run is running.",
    )


def test_times_are_those_of_the_dags_zone() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        timezone: America/New_York
        start: 2013-01-01
        tasks: {load: {takes: 5m, retries: 1}}
        ---
        scenario: from_tuesday
        from: 2013-01-02T10:00Z
    """)
    s.run_until("2013-01-02T12:00Z")
    s.seek("2013-01-02T11:02Z")
    s.inject(wb.Flaky("load", tries=1))
    s.run_until("2013-01-02T12:00Z")
    clock = Clock(s.now, s.workspace.dags["d"].zone)
    assert comparison_lines(s.compare(), clock)[:4] == [
        "First difference: Wed 2 Jan 06:05, d.load@2013-01-01",
        "  A: load ends well.",
        "  B: load fails (try 1): the attempt crashed; again 06:10.",
        "  Because in B, Wed 2 Jan 06:02, you: the first try of d.load fails, at every partition.",
    ]


# facts that are not of every day

ODD = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    owner: team-d
    deadline: {by: "07:00"}
    inputs: {jfk: {expected: "06:00"}}
    tasks:
      wait: {sensor: {on: [jfk], every: 5m, timeout: 4h}}
      load: {needs: [wait], takes: 10m}
    ---
    scenario: odd
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
    faults: [deploy: {task: load, version: v2, at: 2013-01-02T06:20Z}]
"""


def what_if(at: str, fault: Fault, until: str = "08:00") -> Session:
    s = session(ODD)
    s.run_until(until)
    s.back(at)
    s.inject(fault)
    s.run_until(until)
    return s


def lines(s: Session, other: str = "A") -> str:
    return "\n".join(comparison_lines(s.compare(other), Clock(s.now, s.workspace.dags["d"].zone)))


def test_a_deadline_that_only_one_future_misses() -> None:
    s = what_if("2013-01-02 06:05", wb.Never("jfk", "2013-01-02"), "2013-01-03 07:30")
    assert lines(s).splitlines()[:4] == [
        "First difference: Thu 3 Jan 06:00, jfk@2013-01-02",
        "  A: jfk of Wed 2 Jan comes.",
        "  B: jfk has not come.",
        "  Because in B, Wed 2 Jan 06:05, you: jfk of Wed 2 Jan never comes.",
    ]
    state_a, state_b = (branch.state_at(len(branch.log)).known for branch in s.branches.values())
    assert (len(state_a.missed), len(state_b.missed)) == (0, 1)


def test_a_deadline_alone_is_the_difference() -> None:
    s = session(ODD)
    s.inject(wb.Never("jfk", "2013-01-01"))
    s.run_until("06:30")
    s.edit(wb.SetTask("load", {"owner": "team-load"}))
    s.run_until("08:00")
    s.back("06:35")
    spec = s.state.known.plans["d"].spec
    event = DagEdited(s.now, "d", 3, replace(spec, deadline=None), "no deadline", 0)
    other = s.fork("B")
    other.branch.command(event)
    other.seek(len(other.branch.log))
    other.run_until("08:00")
    first = other.compare("A").first
    assert first is not None
    assert (first.subject, first.in_a, first.in_b) == (
        "d@2013-01-01, its deadline",
        "deadline missed: d of Tue 1 Jan has not succeeded; team-d owns it; nobody is told: no roster.",
        "d had succeeded by then, or had no deadline.",
    )


def test_a_scheduler_that_is_down_in_one_future_and_no_deploy_is_blamed() -> None:
    s = what_if("06:05", wb.SchedulerDown("2013-01-02T06:08Z", "2013-01-02T06:40Z"))
    found = s.compare("A")
    assert found.first is not None
    assert (found.first.subject, found.first.in_a, found.first.in_b) == (
        "the scheduler",
        "the scheduler runs.",
        "the scheduler stops: nothing is decided any more; what runs goes on.",
    )
    assert len(found.first.because) == 1


def test_what_was_marked_by_hand_in_one_future() -> None:
    s = session(ODD)
    s.inject(wb.Never("jfk", "2013-01-01"))
    s.run_until("06:30")
    other = s.fork()
    mark(other, key("d", "2013-01-01"), "wait", "success")
    other.run_until("08:00")
    s.run_until("08:00")
    assert [(o.task, o.a.state, o.b.state) for o in other.compare(s).outcomes] == [
        ("wait", "running", "success"),
        ("load", "none", "success"),
    ]
    assert "  Because in B, Wed 2 Jan 06:30, you: wait is success." in lines(other, "A").splitlines()


def test_runs_of_one_partition_are_told_apart() -> None:
    s = session(ODD)
    s.run_until("06:30")
    other = s.fork()
    backfill(other, "d", "2013-01-01", kind="manual")
    other.run_until("08:00")
    assert "  load of 2013-01-01, run 2   –" in lines(other, "A")


# zones, and what is blamed

BERLIN = """
    dag: b
    schedule: "0 7 * * *"
    timezone: Europe/Berlin
    start: 2026-03-01
    tasks: {wait_file: {takes: 30m}, load: {needs: [wait_file]}}
    ---
    scenario: berlin
    from: 2026-03-03T05:00Z
    until: 2026-03-04T05:00Z
"""


def berlin(text: str = BERLIN) -> Session:
    """A: as it comes; B: marked by hand at 07:10, in Berlin."""
    s = session(text)
    s.run_until("2026-03-03T08:00Z")
    s.seek("2026-03-03T06:10Z")
    s.do("mark b.wait_file@2026-03-02 success")
    s.run_until("2026-03-03T08:00Z")
    return s


def test_every_time_is_in_the_zone_of_its_dag() -> None:
    assert str(berlin().compare("A")) == block("""
        First difference: Tue 3 Mar 07:10, b.load@2026-03-02
          A: load waits for wait_file, which has been running since 07:00 (try 1).
          B: load started: all it waits for had come (wait_file).
          Because in B, Tue 3 Mar 07:10, you: wait_file of Mon 2 Mar marked as success.

                                    A               B
          wait_file of 2026-03-02   success 07:30   success 07:10
          load of 2026-03-02        success 07:31   success 07:11
    """)


def test_in_a_workspace_of_several_zones_it_says_which() -> None:
    other = """
    ---
    dag: u
    schedule: "0 7 * * *"
    start: 2026-03-01
    tasks: {book: {takes: 1m}}
    """
    text = str(berlin(BERLIN + other).compare("A"))
    assert "  Times: b in Europe/Berlin, u in UTC." in text.splitlines()
    assert "success 07:30" in text


def test_what_both_futures_were_told_explains_nothing() -> None:
    s = session(ODD)
    s.run_until("06:05")
    b = s.fork("B")
    for one in (s, b):
        one.seek("06:05")
        one.edit(wb.SetTask("load", {"owner": "me"}))
    b.edit(wb.SetTask("load", {"takes": "30m"}))
    for one in (s, b):
        one.run_until("08:00")
    first = b.compare("A").first
    assert first is not None
    assert len(first.because) == 1
    assert first.because[0].startswith("in B, Wed 2 Jan 06:05, you: load: takes ")


def test_what_somebody_ran_again_was_not_started_by_the_clock() -> None:
    s = session(BERLIN)
    s.run_until("2026-03-03T07:00Z")
    b = s.fork("B")
    b.do("rerun b.wait_file@2026-03-02")
    for one in (s, b):
        one.run_until("2026-03-03T08:00Z")
    first = b.compare("A").first
    assert first is not None
    assert (first.subject, first.in_a) == ("b@2026-03-02", "its run is success.")
    assert first.in_b == "its run starts: its tasks may start."
    event = next(e for e in b.branch.log if isinstance(e, AttemptStarted) and e.number == 2)
    assert _did(b.state.known, event) == "wait_file started: it was cleared, to run again."


def test_the_run_of_a_backfill_was_not_started_by_the_clock() -> None:
    s = session(BERLIN)
    s.run_until("2026-03-03T07:00Z")
    other = s.fork()
    backfill(other, "b", "2026-03-01")
    other.run_until("2026-03-03T08:00Z")
    event = next(e for e in other.branch.log if isinstance(e, AttemptStarted) and e.run.kind == "backfill")
    assert _did(other.state.known, event) == "wait_file started: a backfill asked for its run."
