"""Why a task waits for room: a run's start, a paused DAG, slots, limits, the scheduler. A test for each sentence."""

from __future__ import annotations

from tests.samples import block, session
from tests.why_cases import backfill, head, pause, said, settings, unpause, why

ROOM = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    max_active_tasks: 2
    max_active_runs: 2
    tasks:
      a: {takes: 30m}
      b: {takes: 20m}
      c: {takes: 10m, priority: 0}
    ---
    dag: e
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      one: {takes: 30m, pool: wh}
      two: {takes: 20m, pool: wh}
      big: {takes: 10m, pool: wh, slots: 2, priority: 0}
    ---
    dag: h
    schedule: "0 * * * *"
    partition: hour
    start: 2013-01-01
    tasks: {load: {takes: 90m, max_active: 1}}
    ---
    pools: {wh: 3}
    ---
    scenario: room
    from: 2013-01-02T05:30Z
    until: 2013-01-03T08:00Z
"""


def test_it_waits_for_room_in_its_run() -> None:
    assert why(session(ROOM), "c", "06:10") == block("""
        c of Tue 1 Jan waits for room in its run, since 06:00 (10 min).
          2 tasks of this run are under way: a of Tue 1 Jan and b of Tue 1 Jan. max_active_tasks allows 2 in each run.
          When one ends, the task with the highest priority is next, then the one ready longest.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✔ workers: as many as wanted
          ✖ tasks of this run: 2 under way, 2 allowed
          → give c a higher priority
          → raise max_active_tasks of d
    """)


def test_it_waits_for_another_of_its_kind() -> None:
    assert why(session(ROOM), "load", "07:10") == block("""
        load of Wed 2 Jan 06:00 waits for another load to end, since 07:00 (10 min).
          Under way: load of Wed 2 Jan 05:00. Its max_active allows 1 over all runs.
          When one ends, the task with the highest priority is next, then the one ready longest.
          ✔ clock: 07:00
          ✔ run: started (Wed 2 Jan 06:00)
          ✔ workers: as many as wanted
          ✖ load over all runs: 1 under way, 1 allowed
          → raise max_active of load
    """)


def test_it_needs_more_slots_than_are_free() -> None:
    assert why(session(ROOM), "big", "06:10") == block("""
        big of Tue 1 Jan waits for 2 slots in wh, since 06:00 (10 min).
          It needs 2 slots of wh, and 1 of 3 is free; the others are taken by one of Tue 1 Jan and two of Tue 1 Jan.
          Starts when so many are free at once; a task that needs fewer may start first.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✔ workers: as many as wanted
          ✖ pool wh: 1 of 3 free, 2 wanted
          → give big a higher priority
          → more slots for wh
    """)


def test_it_needs_more_slots_than_there_are() -> None:
    s = session(ROOM)
    s.run_until("06:10")
    settings(s, {"wh": 1})
    assert said(s, "big", "06:50") == block("""
        big of Tue 1 Jan waits for 2 slots in wh, since 06:00 (50 min).
          It needs 2 slots of wh, which has only 1: it can never start.
          → more slots for wh, or fewer for big
    """)


def test_a_holder_of_several_slots_says_so() -> None:
    s = session(
        ROOM.replace("big: {takes: 10m, pool: wh, slots: 2, priority: 0}", "big: {takes: 9h, pool: wh, slots: 2}")
    )
    assert s.why("two", "06:10").sentences[0] == "All 3 are taken: big (2 slots) of Tue 1 Jan and one of Tue 1 Jan."


# paused


def test_its_dag_is_paused_and_the_run_has_started() -> None:
    s = session(ROOM)
    s.run_until("06:10")
    pause(s)
    assert why(s, "c", "06:25") == block("""
        c waits, since 06:10 (15 min): d was paused 06:10.
          While it is paused, no run of d is made and none of its tasks starts; what runs goes on.
          Starts when somebody unpauses d; it does not do so by itself.
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✖ d: paused
          ✔ workers: as many as wanted
          ✔ tasks of this run: 1 under way, 2 allowed
          → unpause d
    """)
    assert head(s, "a", "06:25") == "a has been running since 06:00 (try 1)."


def test_its_dag_is_paused_and_the_run_has_not_started() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    pause(s)
    s.run_until("05:45")
    backfill(s, "d", "2013-01-01", kind="manual")
    assert why(s, "a@2013-01-01", "05:50").splitlines()[:6] == [
        "a waits, since 05:45 (5 min): d was paused 05:40.",
        "  While it is paused, no run of d is made and none of its tasks starts; what runs goes on.",
        "  Starts when somebody unpauses d; it does not do so by itself.",
        "  ✔ by hand: 05:45",
        "  ✖ run: not started (Tue 1 Jan)",
        "  ✖ d: paused",
    ]


def test_a_dag_that_was_written_as_paused() -> None:
    s = session(ROOM.replace("max_active_tasks: 2", "paused: true"))
    s.run_until("05:40")
    backfill(s, "d", "2013-01-01", kind="manual")
    assert head(s, "a@2013-01-01", "05:50") == "a waits, since 05:40 (10 min): d has been paused from the start."


def test_after_the_pause_it_goes_on() -> None:
    s = session(ROOM)
    s.run_until("06:10")
    pause(s)
    s.run_until("06:25")
    unpause(s)
    s.run_until("06:26")
    assert head(s, "c", "06:26") == "c has been running since 06:25 (try 1)."


# backfills


def test_its_run_waits_for_the_limit_of_its_backfill() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04", limit=1)
    assert why(s, "a@2013-01-02", "05:45") == block("""
        a waits for its run to start, since 05:40 (5 min).
          1 run of this backfill (backfill d@2013-01-01..2013-01-04) is running, as many as its limit allows.
          Starts when that of Tue 1 Jan ends.
          ✔ backfill: 05:40
          ✖ run: not started (Wed 2 Jan)
          ✔ workers: as many as wanted
          ✔ tasks of this run: 0 under way, 2 allowed
          → see why the oldest run does not end
    """)
    assert s.why("a@2013-01-04", "05:45").sentences[1] == "Starts when that of Tue 1 Jan ends. 2 runs are ahead of it."


def test_its_run_waits_for_one_of_several() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-01", "2013-01-02", "2013-01-03", kind="manual")
    assert s.why("a@2013-01-03", "05:45").sentences == (
        "2 runs of d are running, as many as max_active_runs allows.",
        "Starts when one of them ends; the oldest is that of Tue 1 Jan.",
    )


def test_the_trail_of_a_backfill_ends_at_who_asked() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-02")
    assert s.why("a@2013-01-02", "06:20").sentences[1] == "a 06:10 ← backfill asked for 05:40."


def test_the_trail_of_a_manual_run_ends_at_who_made_it() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-02", kind="manual")
    assert s.why("a@2013-01-02", "06:20").sentences[1] == "a 06:10 ← made by hand 05:40."


# the scheduler

DOWN = f"""{ROOM}    faults: [scheduler_down: {{from: 2013-01-02T06:15Z, until: 2013-01-02T07:05Z}}]
"""


def test_nobody_is_there_to_decide() -> None:
    assert why(session(DOWN), "c", "06:25") == block("""
        c waits for the scheduler, which has been down since 06:15 (10 min).
          Nothing else holds it.
          Nothing is decided until it is back; what runs goes on.
          ✖ scheduler: down since 06:15
          ✔ clock: 06:00
          ✔ run: started (Tue 1 Jan)
          ✔ workers: as many as wanted
          ✔ tasks of this run: 1 under way, 2 allowed
    """)


def test_something_else_holds_it_too() -> None:
    answer = session(DOWN).why("c", "06:16")
    assert answer.headline == "c of Tue 1 Jan waits for room in its run, since 06:00 (16 min)."
    assert answer.sentences[-1] == (
        "The scheduler has been down since 06:15 (1 min): nothing is decided until it is back; what runs goes on."
    )


def test_nobody_is_there_to_skip_it() -> None:
    s = session(DOWN.replace("c: {takes: 10m, priority: 0}", "c: {needs: [b], trigger_rule: one_failed}"))
    assert s.why("c", "06:25").sentences[0] == (
        "Then it will not run: it wants one of its upstream tasks to fail (trigger rule one_failed)."
    )


def test_the_time_while_it_was_down_is_said() -> None:
    assert session(DOWN).why("c", "07:20").sentences[0] == (
        "75 min after its run was made: the scheduler was down 50 min, work 10 min, queue 15 min."
    )


def test_a_tick_that_was_heard_late() -> None:
    answer = session(DOWN).why("load@2013-01-02T06", "09:30")
    assert answer.sentences[1] == "load 09:00 ← the clock said 07:00, heard 07:05."


# a flood

FLOOD = """
    dag: prices
    schedule: "0 6 * * *"
    start: 2013-01-01
    catchup: true
    paused: true
    max_active_runs: 2
    tasks: {ask: {takes: 30m}}
    ---
    scenario: flood
    from: 2013-03-01T05:00Z
    until: 2013-03-05T00:00Z
"""


def test_a_flood_is_not_mended_by_more_at_once() -> None:
    s = session(FLOOD)
    s.run_until("2013-03-01T07:00Z")
    unpause(s, "prices")
    s.run_until("2013-03-01T07:10Z")
    asked = s.why("ask@2013-02-28")
    assert asked.sentences[2] == "57 runs of prices wait: catchup is on, and makes a run for each tick of its past."
    assert asked.helps == (
        "pause prices: more runs at once would only ask for more at once",
        "mark prices@2013-01-03..2013-02-27 failed, set prices catchup off, then unpause prices",
        "backfill prices@2013-01-03..2013-02-27 failed newest limit 2, when there is room",
    )
    assert not any("max_active_runs" in one for one in asked.helps)
    for line in ("pause prices", *asked.helps[1].replace("then ", "").split(", ")):
        s.do(line)
    s.run_until("2013-03-01T08:10Z")
    s.do(asked.helps[2].partition(",")[0])
    s.run_until("2013-03-01T12:00Z")
    assert s.why("ask@2013-02-28").state == "success"
    assert s.why("ask@2013-02-27").state == "success"
