"""Why a run ended when it did, has not ended, or is not there: a test for each sentence; and the way through it."""

# Sentences stand here as they are read.
# ruff: noqa: E501

from __future__ import annotations

import json
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

import workbench as wb
from tests.samples import block, late_jfk, session
from tests.test_why_ended import GREEN
from tests.test_why_failed import DEADLINES, FAILS
from tests.test_why_limits import DOWN, ROOM
from tests.test_why_no_run import DATA, MISSED, NO_RUN
from tests.test_why_past import GOOD, PAST
from tests.test_why_sensors import SENSORS
from tests.test_why_skipped import BRANCH, RUN
from tests.test_why_waits import ELSEWHERE, RETRIES, SLOTS, UPSTREAM
from tests.why_cases import backfill, clear, pause, run_why
from workbench.engine import evolve
from workbench.engine.events import RunEnded
from workbench.session import Session
from workbench.views import explain_run
from workbench.views.path import path_of_run


def told(s: Session, target: str, at: str) -> str:
    return str(run_why(s, target, at))


def waiting_story() -> Session:
    """The story in which extract waits for its files."""
    s = late_jfk()
    s.run_until("2013-01-04T05:50Z")
    s.edit(wb.WaitFor("extract", ("ewr", "lga", "jfk")))
    return s


# ended


def test_it_ended_later_than_usual_and_the_input_took_the_time() -> None:
    assert told(waiting_story(), "daily_flights@2013-01-03", "2013-01-04T08:05Z") == block("""
        daily_flights of Thu 3 Jan ended 07:50, well, 55 min later than usual: waiting for jfk 95 min, work 15 min.
          publish 07:50 ← clean 07:48 ← extract 07:45 ← jfk came 07:35, due 06:00.
          Usual is 55 min from its making to its end: the run before it.
    """)


def test_the_way_as_pieces() -> None:
    found = run_why(waiting_story(), "daily_flights@2013-01-03", "2013-01-04T08:05Z")
    assert [(f"{g.start:%H:%M}-{g.end:%H:%M}", g.task, g.kind, g.what) for g in found.segments] == [
        ("06:00-07:35", "extract", "input", "jfk"),
        ("07:35-07:45", "extract", "work", ""),
        ("07:45-07:48", "clean", "work", ""),
        ("07:48-07:50", "publish", "work", ""),
    ]
    assert [(share.kind, share.what, share.seconds // 60) for share in found.shares] == [
        ("input", "jfk", 95),
        ("work", "", 15),
    ]
    assert (found.usual, found.compared) == (55 * 60, 1)


def test_a_first_run_has_nothing_to_be_compared_with() -> None:
    assert told(session(RETRIES), "d", "08:00").splitlines()[0] == (
        "d of Tue 1 Jan ended 07:23, well, 83 min after its run was made: work 1 min, retries 82 min."
    )


def test_it_took_as_long_as_usual() -> None:
    s = session(ROOM)
    assert told(s, "e@2013-01-02", "2013-01-03 07:00").splitlines()[0] == (
        "e of Wed 2 Jan ended 06:30, well, as usual: work 30 min."
    )


def test_the_median_of_the_runs_before_it_is_what_is_usual() -> None:
    found = run_why(session(ROOM), "h@2013-01-02T10", "16:00")
    assert found.sentences[-1] == "Usual is 2 h 30 min from its making to its end: the 5 runs before it (the median)."
    assert found.headline.startswith("h of Wed 2 Jan 10:00 ended 15:00, well, 90 min later than usual")


def test_it_waited_for_another_dag_and_for_its_start() -> None:
    assert told(session(ELSEWHERE), "down", "08:00").splitlines()[0] == (
        "down of Tue 1 Jan ended 07:50, well, 95 min after its run was made: waiting for late.only 85 min, work 10 min."
    )


def test_it_waited_for_its_past() -> None:
    assert told(session(GOOD), "d@2013-01-02", "2013-01-04 12:00").splitlines()[0] == (
        "d of Wed 2 Jan ended 08:20, well, 65 min later than usual: waiting for out@2013-01-01 75 min, work 25 h 5 min."
    )


def test_a_sensor_looked() -> None:
    s = session(SENSORS.replace("match: instant, delta: 1h", "timeout: 1m, soft_fail: true"))
    assert run_why(s, "d@2013-01-01", "08:00").segments[0].what == "e.one"


def test_the_scheduler_was_down() -> None:
    assert told(session(DOWN), "d", "09:30").splitlines()[0] == (
        "d of Tue 1 Jan ended 07:15, well, 75 min after its run was made: "
        "the scheduler was down 50 min, work 10 min, queue 15 min."
    )


def test_it_was_cleared() -> None:
    s = session(BRANCH)
    s.run_until("06:30")
    clear(s, RUN, "delta_load", "loose")
    assert told(s, "d", "09:30") == block("""
        d of Tue 1 Jan ended 06:36, well, 36 min after its run was made: before it was cleared 30 min, work 6 min.
          loose 06:36 ← delta_load 06:35 ← cleared 06:30.
    """)


def test_it_was_asked_for_as_a_backfill() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-02", "2013-01-03")
    found = run_why(s, "d@2013-01-02", "06:30")
    assert (found.kind, found.n) == ("backfill", 1)
    assert found.sentences[0] == "c 06:10 ← backfill asked for 05:40."


def test_data_made_it() -> None:
    assert told(session(DATA), "mart", "2013-01-04 09:30") == block("""
        mart of Thu 3 Jan ended 06:01, well, 1 min after its run was made: work 1 min.
          join 06:01 ← made 06:00, when stg and fx had come ← fx came 06:00, due 06:00.
    """)


def test_it_is_green_and_was_made_without_an_input() -> None:
    assert told(session(GREEN), "d", "09:30") == block("""
        d of Tue 1 Jan ended 06:15, well, 15 min after its run was made: work 15 min.
          publish 06:15 ← extract 06:10 ← the clock said 06:00.
          Made without file: it was not there when extract started 06:00 (due 06:00, and came 07:35, 95 min late). extract reads file but does not wait for it.
          → let extract wait: put file under its `needs`
    """)


def test_it_is_green_and_something_failed() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks:
          bad: {takes: 1m}
          tell: {needs: [bad], trigger_rule: all_done}
        ---
        scenario: hidden
        from: 2013-01-02T05:00Z
        faults: [flaky: {task: bad, tries: 9}]
    """)
    assert told(s, "d", "07:00").splitlines()[1] == (
        "  bad failed, and the run is a success all the same: what is below ended well."
    )


# failed


def test_it_failed() -> None:
    assert told(session(FAILS), "d", "12:00") == block("""
        d of Tue 1 Jan failed 10:00: bug failed for good 06:05 (try 1 of 1): version v2 of its code fails.
          crash failed for good 06:23 (try 4 of 4): the attempt crashed.
          late failed for good 06:09 (try 3 of 3): rates of 2013-01-01 not there.
          lost failed for good 06:06 (try 1 of 1): the worker was lost: it gave no sign of life any more.
          Where the time went: work 4 h.
          long 10:00 ← the clock said 06:00.
          → mend bug, then rerun bug@2013-01-01 down
    """)


def test_it_ended_by_deadlock() -> None:
    s = session(BRANCH)
    s.run_until("06:05")
    state = s.state
    evolve(state, RunEnded(s.now, RUN, "failed", "deadlock", 0))
    assert str(explain_run(state.known, s.now, "d")) == block("""
        d of Tue 1 Jan failed 06:05, by deadlock.
          choose, delta_load, full_load and 3 more can never run: its tasks wait for each other's ends, and those never come.
          Where the time went: work 4 min, other 1 min.
          deep 06:04 ← only 06:03 ← weekday 06:02 ← the clock said 06:00.
          → mend what they wait for, then rerun what is left
    """)


# not ended


def test_it_waits_at_the_root() -> None:
    assert told(waiting_story(), "daily_flights@2013-01-03", "2013-01-04T07:10Z") == block("""
        daily_flights of Thu 3 Jan has not ended: it was made 06:00 (70 min ago). extract waits for jfk, since 06:00 (70 min).
          0 of 3 tasks ended, 0 under way.
          No deadline: it would wait for ever.
          Usual is 55 min from its making to its end: the run before it.
          → ask ingest-oncall, who owns jfk
    """)


def test_it_runs_and_missed_its_deadline() -> None:
    assert told(session(DEADLINES), "d", "07:30") == block("""
        d of Tue 1 Jan has not ended: it was made 06:00 (90 min ago). long has been running since 06:00 (try 1).
          waits waits for jfk, since 06:00 (90 min).
          0 of 2 tasks ended, 1 under way.
          No deadline is left: it would wait for ever.
          Deadline missed: d of Tue 1 Jan had to succeed by 07:00, and it has not yet; team-d owns it; nobody was told: no roster.
    """)
    assert (
        "Deadline of d: 07:00; team-d owns it; nobody is told then: no roster."
        in run_why(session(DEADLINES), "d", "06:30").sentences
    )


def test_nobody_decides() -> None:
    assert told(session(DOWN), "e", "06:20") == block("""
        e of Tue 1 Jan has not ended: it was made 06:00 (20 min ago). big waits for the scheduler, which has been down since 06:15 (5 min).
          one has been running since 06:00 (try 1).
          1 of 3 tasks ended, 1 under way.
          The scheduler has been down since 06:15 (5 min): nothing is decided until it is back; what runs goes on.
    """)


def test_it_waits_to_start() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    backfill(s, "d", "2013-01-02", "2013-01-03")
    assert told(s, "d@2013-01-03", "06:00") == block("""
        d of Thu 3 Jan waits to start, since 05:40 (20 min).
          1 run of this backfill (backfill d@2013-01-02..2013-01-03) is running, as many as its limit allows.
          Starts when that of Wed 2 Jan ends.
          → see why the oldest run does not end
    """)


def test_it_waits_to_start_and_its_dag_is_paused() -> None:
    s = session(ROOM)
    s.run_until("05:40")
    pause(s)
    backfill(s, "d", "2013-01-02", kind="manual")
    assert (
        told(s, "d@2013-01-02", "05:50").splitlines()[0]
        == "d of Wed 2 Jan waits, since 05:40 (10 min): d was paused 05:40."
    )


def test_it_starts_in_this_instant() -> None:
    s = session(SLOTS)
    s.step("event")
    assert explain_run(s.state.known, s.now, "d").headline == "d of Tue 1 Jan has not started: it starts now."


# not there


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("d@2013-01-01", "d of Tue 1 Jan does not exist: d starts with Wed 2 Jan."),
        ("d@2013-01-05", "d of Sat 5 Jan has no run yet: the clock makes it Sun 6 Jan 06:00."),
        ("mondays", "mondays has not run: no run of mondays has been made yet."),
        ("by_hand", "by_hand has not run: by_hand has no schedule, so only a person starts it."),
    ],
)
def test_there_is_no_run(target: str, said: str) -> None:
    found = run_why(session(NO_RUN), target, "2013-01-05 08:00")
    assert (found.headline, found.state, found.created, found.segments) == (said, "none", None, ())


def test_it_was_missed() -> None:
    assert told(session(MISSED), "d@2013-01-04", "2013-01-08 05:30") == block("""
        d of Fri 4 Jan has no run: it was due Sat 5 Jan 06:00, while the scheduler was down.
          The scheduler was down from Sat 5 Jan 05:30 to Mon 7 Jan 07:00.
          With catchup off, only the newest that was missed is made later.
          → backfill d@2013-01-04
    """)


def test_a_dag_that_is_not_there() -> None:
    with pytest.raises(wb.InvalidInput, match=r"^there is no DAG 'monday'; did you mean 'mondays'\?"):
        run_why(session(NO_RUN), "monday", "2013-01-05 08:00")


# the way through a run, in general

WORLDS = {
    "upstream": UPSTREAM,
    "slots": SLOTS,
    "retries": RETRIES,
    "elsewhere": ELSEWHERE,
    "green": GREEN,
    "room": ROOM,
    "down": DOWN,
    "past": PAST,
    "good past": GOOD,
    "sensors": SENSORS,
    "branch": BRANCH,
    "fails": FAILS,
    "data": DATA,
    "missed": MISSED,
}


@pytest.mark.parametrize("world", WORLDS)
def test_pieces_lie_end_to_end_and_add_up(world: str) -> None:
    s = session(WORLDS[world])
    s.run_until()
    known, seen = s.state.known, 0
    for run in known.runs.values():
        pieces = path_of_run(known, run)
        if not pieces:
            continue
        seen += 1
        assert pieces[0].start == run.created
        assert all(one.end == two.start for one, two in pairwise(pieces)), run.key
        assert all(piece.span > timedelta(0) for piece in pieces)
        if run.ended is not None:
            assert pieces[-1].end == run.ended
            found = explain_run(known, s.now, f"{run.key.dag}@{run.key.partition}")
            assert sum(share.seconds for share in found.shares) == sum(
                int((g.end - g.start).total_seconds()) for g in found.segments
            )
    assert seen


SCHEMA = json.loads((Path(str(files("workbench.views"))) / "why_run.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("world", [*WORLDS, "none"])
def test_every_answer_fits_the_schema(world: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    s = session(WORLDS.get(world, NO_RUN))
    s.run_until()
    for minutes in range(0, 30 * 60, 97):
        at = s.start + timedelta(minutes=minutes)
        known = s.branch.state_at(s.branch.position_at(at)).known
        for dag in known.plans:
            data = explain_run(known, at, dag).to_data()
            jsonschema.Draft202012Validator(SCHEMA).validate(data)
            assert json.loads(json.dumps(data)) == data


def test_every_field_of_the_schema_is_described() -> None:
    groups = [SCHEMA, *(part for part in SCHEMA["$defs"].values() if "properties" in part)]
    for group in groups:
        assert set(group["required"]) == set(group["properties"])
        assert all(part.get("description") for part in group["properties"].values())


def test_what_came_before_a_sensor_is_work() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        inputs: {jfk: {expected: "06:00"}}
        tasks:
          prepare: {takes: 10m}
          wait: {needs: [prepare], sensor: {on: [jfk], every: 5m}}
          load: {needs: [wait], takes: 5m}
        ---
        scenario: late
        from: 2013-01-02T05:00Z
        faults: [late: {input: jfk, partition: 2013-01-01, arrives: 2013-01-02T06:29Z}]
    """)
    assert told(s, "d", "07:00") == block("""
        d of Tue 1 Jan ended 06:35:05, well, 35 min 5 s after its run was made: looking for jfk 20 min 5 s, work 15 min.
          load 06:35:05 ← wait 06:30:05 ← jfk came 06:29, due 06:00.
    """)


def test_only_good_runs_of_its_kind_say_what_is_usual() -> None:
    s = session("""
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {takes: 10m}}
        ---
        scenario: mixed
        from: 2013-01-02T05:00Z
        faults:
        - slow: {task: load, partition: 2013-01-02, takes: 50m}
        - flaky: {task: load, partition: 2013-01-02, tries: 1}
        - slow: {task: load, partition: 2013-01-04, takes: 30m}
    """)
    s.run_until("2013-01-05 05:00")
    backfill(s, "d", "2013-01-04", kind="manual")
    found = run_why(s, "d@2013-01-05", "2013-01-06 07:00")
    assert found.sentences[-1] == "Usual is 10 min from its making to its end: the 3 runs before it (the median)."


# what a hand did is said

STUCK = """
    dag: ingest
    schedule: "0 7 * * *"
    start: 2013-01-01
    tasks:
      load: {takes: 12m}
      join: {needs: [load]}
    ---
    scenario: stuck
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
    faults: [flaky: {task: load, tries: 1, after: 12m}]
"""


def test_the_time_until_somebody_marked_it() -> None:
    s = session(STUCK)
    s.run_until("12:00")
    s.do("mark load@2013-01-01 success")
    s.run_until("13:00")
    assert run_why(s, "ingest", "13:00").headline == (
        "ingest of Tue 1 Jan ended 12:01, well, 5 h 1 min after its run was made: "
        "until somebody stepped in 5 h, work 1 min."
    )


def test_the_time_until_an_ended_run_was_opened_again() -> None:
    s = session(STUCK)
    s.run_until("08:00")
    s.do("rerun load@2013-01-01")
    s.run_until("11:12")
    s.do("rerun join@2013-01-01")
    s.run_until("12:00")
    found = run_why(s, "ingest", "12:00")
    assert [(one.kind, one.seconds // 60) for one in found.shares] == [("hand", 252), ("work", 1)]
    assert found.sentences[0] == "join 11:13 ← cleared 11:12."
    jsonschema.Draft202012Validator(SCHEMA).validate(found.to_data())
