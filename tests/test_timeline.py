"""A stretch of time as rows of bars."""

from __future__ import annotations

import workbench as wb
from tests.samples import block, late_jfk, sensors, session
from tests.why_cases import clear, key, kill
from workbench.session import Session
from workbench.views import Bar, Clock, Row, run_rows, timeline_lines

DAG = "daily_flights"


def rows(s: Session, dag: str, partition: str) -> tuple[Row, ...]:
    known = s.state.known
    run = known.run_of(dag, partition)
    assert run is not None
    return run_rows(known, run, s.now)


def drawn(s: Session, dag: str, partition: str, begin: str, end: str, width: int = 78) -> str:
    clock = Clock(s.now, s.workspace.dags[dag].zone)
    lines = timeline_lines(rows(s, dag, partition), s.instant(begin), s.instant(end), clock, width)
    assert all(len(line) <= width for line in lines)
    return "\n".join(lines)


def test_a_morning_by_the_clock() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T08:05Z")
    assert drawn(s, DAG, "2013-01-03", "05:45", "08:05") == block("""
                         05:45        06:15        06:45        07:15        07:45
        ewr               ●
        jfk                    ·········································●
        lga                  ●
        extract                1▒▒▒
        clean                      1▒
        publish                      1
        board_dashboard                                                            ▲
    """)


def test_a_morning_that_waits() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T05:50Z")
    s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
    s.run_until("07:10")
    assert drawn(s, DAG, "2013-01-03", "05:45", "08:05") == block("""
                 05:45         06:15          06:45          07:15          07:45
        ewr       ●
        jfk             ··································
        lga          ●
        extract         ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
        clean
        publish
    """)


def test_tries_and_their_pauses() -> None:
    s = late_jfk()
    s.run_until("2013-01-03T07:10Z")
    assert drawn(s, DAG, "2013-01-02", "05:45", "07:00", 84) == block("""
                 05:45     05:55     06:05     06:15     06:25     06:35     06:45     06:55
        ewr         ●
        jfk                 ●
        lga                ●
        extract                 ✖░░✖░░░░✖░░░░░░░░✖░░░░░░░░░░░░░░░░5▒▒▒▒▒▒▒▒▒
        clean                                                               ✖░░░░░2▒▒
        publish                                                                      1▒
    """)
    bars = {row.label: row.bars for row in rows(s, DAG, "2013-01-02")}
    told = [(f"{b.kind} {b.start:%H:%M}-{b.end:%H:%M}", b.mark, b.failed) for b in bars["extract"]]
    assert told[:4] == [
        ("run 06:00-06:01", "1", True),
        ("pause 06:01-06:03", "", False),
        ("run 06:03-06:04", "2", True),
        ("pause 06:04-06:08", "", False),
    ]
    assert told[-1] == ("run 06:34-06:44", "5", False)


PLAIN = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs:
      early: {expected: "00:10"}
      promised: {expected: "06:00"}
      some_time:
    tasks:
      load: {needs: [early], reads: [promised, some_time], takes: 20m, pool: one}
      copy: {needs: [early], takes: 30m, pool: one}
      report: {needs: [load]}
    ---
    pools: {one: 1}
    ---
    scenario: from_wednesday
    from: 2013-01-02T05:00Z
    faults: [never: {input: promised, partition: 2013-01-01}]
"""


def test_due_is_only_what_was_promised_and_is_not_here() -> None:
    s = session(PLAIN)
    s.run_until("06:40")
    bars = {row.label: row.bars for row in rows(s, "d", "2013-01-01")}
    assert bars["early"] == ()  # it was there before the simulation began
    assert bars["some_time"] == ()
    assert bars["promised"] == (Bar("due", s.instant("06:00"), s.instant("06:40")),)


def test_a_task_that_waits_for_a_slot_and_one_that_waits_for_another() -> None:
    s = session(PLAIN)
    s.run_until("06:40")
    bars = {row.label: row.bars for row in rows(s, "d", "2013-01-01")}
    six, half, now = s.instant("06:00"), s.instant("06:30"), s.instant("06:40")
    assert bars["copy"] == (Bar("run", six, half, "1"),)
    assert bars["load"] == (Bar("wait", six, half), Bar("run", half, now, "1"))
    assert bars["report"] == ()  # something above it is not done: that is where to look


def test_what_lies_outside_is_cut_off() -> None:
    s = session(PLAIN)
    s.run_until("07:00")
    assert drawn(s, "d", "2013-01-01", "06:40", "06:56", 47) == block("""
                   06:40      06:45      06:50
        early
        promised   ····································
        some_time
        copy
        load       1▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
        report                           1▒
    """)


def test_the_scale_is_in_the_dags_zone() -> None:
    s = session(PLAIN.replace("start: 2013-01-01", "timezone: Europe/Berlin\n    start: 2013-01-01"))
    s.run_until("2013-01-02T06:00Z")
    assert drawn(s, "d", "2013-01-01", "2013-01-02T05:00Z", "2013-01-02T07:00Z", 40) == block("""
                   06:00         07:00
        early
        promised   ··············
        some_time
        copy       1▒▒▒▒▒▒
        load       ░░░░░░░1▒▒▒▒
        report                 1
    """)


SENSORS = sensors("week: {needs: [jfk@-2..0], takes: 5m}")


def test_sensors_hold_their_slots_or_give_them_back() -> None:
    s = session(sensors())
    s.run_until("07:00")
    assert drawn(s, "d", "2013-01-01", "05:50", "07:00", 79) == block("""
               05:50     06:00     06:10     06:20      06:30     06:40     06:50
        jfk              ·································●
        gives            1╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
        late             1▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓✖
        poke             1▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
        load                                                 1▒▒▒▒▒▒▒▒▒
    """)


def test_a_sensor_between_two_looks_is_one_bar() -> None:
    s = session(SENSORS)
    s.run_until("06:12")
    bars = {row.label: row.bars for row in rows(s, "d", "2013-01-01")}
    assert bars["gives"] == (Bar("away", s.instant("06:00"), s.instant("06:12"), "1"),)
    assert bars["poke"] == (Bar("poke", s.instant("06:00"), s.instant("06:12"), "1"),)


def test_several_days_of_an_input_have_a_row_each() -> None:
    s = session(SENSORS)
    s.run_until("06:12")
    labels = [row.label for row in rows(s, "d", "2013-01-01") if row.label.startswith("jfk")]
    assert labels == ["jfk Sun 30 Dec", "jfk Mon 31 Dec", "jfk Tue 1 Jan"]


def test_what_was_finished_did_not_wait_until_it_was_cleared() -> None:
    """However often: also before a try that was made anew twice."""
    s = late_jfk()
    s.run_until("2013-01-04T07:00Z")
    for hour in ("08:00", "09:00"):
        s.rerun("publish@2013-01-03")
        s.run_until(f"2013-01-04T{hour}Z")
    bars = {row.label: row.bars for row in rows(s, DAG, "2013-01-03")}["publish"]
    assert [(bar.kind, bar.mark) for bar in bars] == [("run", "1"), ("run", "2"), ("run", "3")]


def test_a_killed_try_and_one_after_it_was_cleared() -> None:
    s = session(SENSORS)
    s.run_until("06:40")
    kill(s, key("d", "2013-01-01"), "load")
    s.run_until("07:00")
    clear(s, key("d", "2013-01-01"), "load")
    s.run_until("07:05")
    bars = {row.label: row.bars for row in rows(s, "d", "2013-01-01")}["load"]
    assert [(f"{b.kind} {b.start:%H:%M}-{b.end:%H:%M}", b.mark, b.killed) for b in bars] == [
        ("run 06:35-06:40", "1", True),
        ("run 07:00-07:05", "2", False),
    ]
    assert "1▒▒▒▒†" in drawn(s, "d", "2013-01-01", "06:30", "07:10", 60)
