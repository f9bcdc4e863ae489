"""Why a sensor looks, waits, gave up or went on: a test for each sentence."""

# Sentences stand here as they are read.
# ruff: noqa: E501

from __future__ import annotations

from tests.samples import block, session
from tests.why_cases import head, said, why

SENSORS = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {jfk: {expected: "06:00", owner: team-jfk}, lga: }
    tasks:
      poke: {sensor: {on: [jfk], every: 5m, timeout: 2h}, pool: wh}
      gives: {sensor: {on: [jfk, lga], every: 5m, timeout: 2h, mode: reschedule}, pool: wh}
      soft: {sensor: {on: [jfk], every: 10m, timeout: 30m, soft_fail: true}}
      hard: {sensor: {on: [jfk], every: 10m, timeout: 20m}, retries: 2}
      other: {sensor: {on: [e.one], every: 10m, backoff: true}}
      exact: {sensor: {on: [e.one], every: 10m, match: instant, delta: 1h}}
      same: {sensor: {on: [e.one], every: 10m, match: instant}}
      days: {sensor: {on: [e.one@-2..0], every: 10m}}
      load: {needs: [poke], takes: 5m}
      after: {needs: [soft]}
    ---
    dag: e
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks: {one: {takes: 30m}}
    ---
    pools: {wh: 3}
    ---
    scenario: late
    from: 2013-01-02T05:30Z
    until: 2013-01-03T06:30Z
    faults:
    - late: {input: jfk, partition: 2013-01-01, arrives: 2013-01-02T06:32Z}
    - hang: {task: e.one, partition: 2013-01-02}
"""


def test_it_pokes_and_holds_its_slot() -> None:
    assert why(session(SENSORS), "poke", "06:12") == block("""
        poke looks for jfk every 5 min, since 06:00 (12 min).
          It holds its slot in wh while it waits.
          jfk was due 06:00; nobody knows when it comes.
          It gives up 08:00, 2 h after its first look: it fails then, and is not tried again.
          ✖ looks for: jfk not here
          → ask team-jfk, who owns jfk
          → let it give its slot back between two looks: mode: reschedule
    """)


def test_it_waits_for_a_sensor() -> None:
    assert said(session(SENSORS), "load", "06:12") == block("""
        load waits for poke, which is a sensor that has been looking since 06:00.
          Starts when poke succeeds; if poke fails for good, load will not run.
    """)


def test_it_gave_its_slot_back_until_the_next_look() -> None:
    assert why(session(SENSORS), "gives", "06:12") == block("""
        gives looks for jfk and lga again 06:15:03.
          Between two looks it gives its slot in wh back. It has looked 3 times since 06:00.
          jfk was due 06:00; nobody knows when it comes.
          It gives up 08:00, 2 h after its first look: it fails then, and is not tried again.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ next look: until 06:15:03
          ✔ workers: as many as wanted
          ✔ pool wh: 2 of 3 free
          → ask team-jfk, who owns jfk
    """)


def test_what_it_looks_for_has_come_between_two_looks() -> None:
    assert said(session(SENSORS), "gives", "06:33") == block("""
        gives looks for jfk and lga again 06:35:07.
          Between two looks it gives its slot in wh back. It has looked 7 times since 06:00.
          All that it looks for is here: the next look sees it.
          It gives up 08:00, 2 h after its first look: it fails then, and is not tried again.
    """)


def test_it_looks_at_this_moment() -> None:
    assert (
        head(session(SENSORS), "gives", "2013-01-02T06:05:01Z")
        == "gives looks for jfk and lga now: look 2 since 06:00."
    )


def test_it_sees_what_came_and_the_trail_leads_there() -> None:
    assert said(session(SENSORS), "load", "07:00") == block("""
        load ended 06:40:08, well.
          40 min 8 s after its run was made: sensors 35 min 8 s, work 5 min.
          load 06:40:08 ← poke 06:35:08 ← jfk came 06:32, due 06:00.
    """)


def test_what_was_there_before_is_not_the_cause() -> None:
    s = session(SENSORS.replace("2013-01-02T06:32Z", "2013-01-02T05:50Z"))
    assert s.why("poke", "06:10").sentences[-1] == "poke 06:00:01 ← the clock said 06:00."


def test_it_gives_up_softly() -> None:
    assert said(session(SENSORS), "soft", "06:12").splitlines()[3] == (
        "  It gives up 06:30, 30 min after its first look: it is skipped then (soft_fail)."
    )
    assert said(session(SENSORS), "soft", "06:31") == block("""
        soft gave up 06:30, softly: jfk had not come within 30 min.
          It is skipped instead of failed (soft_fail): what wants it to succeed is skipped too.
          → give it a longer timeout, or rerun soft@2013-01-01 down when that is there
    """)


def test_what_follows_from_a_soft_end() -> None:
    assert said(session(SENSORS), "after", "06:31") == block("""
        after was skipped too (06:30): it wants all its upstream tasks to succeed, and a skip is no success.
          Upstream: soft skipped.
          soft gave up 06:30, softly: jfk had not come within 30 min.
    """)


def test_it_timed_out_whatever_its_retries() -> None:
    assert said(session(SENSORS), "hard", "06:21") == block("""
        hard failed for good 06:20 (try 1 of 1): after 20m it gave up waiting for jfk.
          It looked for jfk for 20 min, its timeout. After that a sensor is not tried again.
          hard 06:20 ← the clock said 06:00.
          → rerun hard@2013-01-01 down when that is there, or give it a longer timeout
    """)


def test_it_looks_for_a_task_of_another_dag() -> None:
    answer = session(SENSORS).why("other", "06:12")
    assert answer.headline == "other looks for e.one every 10 min, then less and less often, since 06:00 (12 min)."
    assert answer.sentences[:2] == (
        "It holds its worker while it waits.",
        "e.one of Tue 1 Jan has been running since 06:00 (try 1).",
    )
    assert answer.helps == ("let it give its slot back between two looks: mode: reschedule",)


def test_the_trail_through_a_task_of_another_dag() -> None:
    assert session(SENSORS).why("other", "07:00").sentences[-1] == (
        "other 06:45:37 ← e.one 06:30 ← the clock said 06:00."
    )


def test_it_asks_for_a_tick_that_never_was() -> None:
    assert session(SENSORS).why("exact", "06:12").sentences[1] == (
        "It asks for the run of e that the clock makes Wed 2 Jan 05:00, and for no other: there is none. "
        "The clock makes none of e then: its run of Tue 1 Jan was made 06:00."
    )


def test_it_asks_for_a_tick_that_was() -> None:
    assert session(SENSORS).why("same", "06:12").sentences[1] == (
        "It asks for the run of e that the clock makes Wed 2 Jan 06:00, and for no other: in it, one has been running since 06:00 (try 1)."
    )


def test_it_looks_for_several_days() -> None:
    answer = session(SENSORS).why("days@2013-01-02", "2013-01-03 06:12")
    assert answer.sentences[1] == "e.one of Wed 2 Jan has been running since 06:00 (try 1)."


def test_what_it_looks_for_has_no_run() -> None:
    s = session(SENSORS.replace('dag: e\n    schedule: "0 6', 'dag: e\n    schedule: "0 9'))
    assert s.why("other", "06:12").sentences[1] == "e of Tue 1 Jan has no run yet: the clock makes it Wed 2 Jan 09:00."


# a run that never comes

OFFSET = """
    dag: ledger
    schedule: "0 1 * * *"
    start: 2026-03-01
    tasks: {book: {takes: 20m}}
    ---
    dag: statements
    schedule: "0 3 * * *"
    start: 2026-03-01
    tasks:
      wait: {sensor: {on: [ledger.book], match: instant, mode: reschedule, every: 5m, timeout: 2h}}
      write: {needs: [wait]}
    ---
    scenario: offset
    from: 2026-03-03T00:00Z
    until: 2026-03-05T00:00Z
    """


def test_a_sensor_that_asks_for_what_never_comes_says_so_and_what_helps() -> None:
    s = session(OFFSET)
    s.run_until("2026-03-03T04:00Z")
    line = (
        "It asks for the run of ledger that the clock makes Tue 3 Mar 03:00, and for no other: there is none. "
        "The clock makes none of ledger then: its run of Mon 2 Mar was made 01:00."
    )
    waiting = s.why("wait@2026-03-02")
    assert line in waiting.sentences
    assert waiting.helps == ("set wait sensor.delta 2h", "set wait sensor.match partition")
    s.run_until("2026-03-03T06:00Z")
    for task in ("wait", "write"):
        gave_up = s.why(f"{task}@2026-03-02")
        assert line in gave_up.sentences
        assert gave_up.helps == (
            "set wait sensor.delta 2h or set wait sensor.match partition",
            "then rerun wait@2026-03-02 down",
        )


def test_a_sensor_that_asks_for_a_later_run_can_only_ask_for_the_same_day() -> None:
    s = session(OFFSET.replace('"0 1 * * *"', '"0 5 * * *"'))
    s.run_until("2026-03-03T04:00Z")
    assert s.why("wait@2026-03-02").helps == ("set wait sensor.match partition",)
    s.do("set wait sensor.match partition")
    s.run_until("2026-03-03T08:00Z")
    assert s.why("wait@2026-03-02").state == "failed"
