"""Events that are not of every day, as lines of a story; and what a report calls worth asking."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import workbench as wb
from tests.samples import session
from tests.test_why_failed import DEADLINES, FAILS
from tests.test_why_limits import DOWN, ROOM
from tests.test_why_no_run import DATA, MISSED
from tests.test_why_sensors import SENSORS
from tests.test_why_skipped import BRANCH, CUT, RUN
from tests.why_cases import backfill, clear, kill, mark, pause, settings, unpause
from workbench.engine import EVENTS, evolve
from workbench.engine.events import FaultLifted, RunEnded
from workbench.history import History
from workbench.keeping import Keeper
from workbench.recorded import choose, show_data, show_lines
from workbench.reports import _remarks, simulation_lines
from workbench.session import Session
from workbench.views import Line, line, story
from workbench.views.records import run_records, task_records
from workbench.views.tell import _WORDS


def told(text: str, until: str, *words: str) -> list[str]:
    """The lines of a world with one of these words in them."""
    s = session(text)
    s.run_until(until)
    lines = [f"{one.at.astimezone(s.zone):%H:%M} {one.text}" for one in story(s.state.known, s.events)]
    return [one for one in lines if any(word in one for word in words)]


def test_every_kind_of_event_has_words_or_needs_none() -> None:
    silent = {kind.__name__ for kind in EVENTS.values() if kind not in _WORDS}
    assert silent == {"RunStarted", "TaskQueued"}


def test_a_sensor_that_looks_again_and_again_is_told_once() -> None:
    assert told(SENSORS, "08:00", "gives looks", "gives does", "gives sees") == [
        "06:00 gives looks for jfk and lga",
        "06:00 gives does not see it: again 06:05:01, then every 5 min",
        "06:35 gives sees what it looked for",
    ]


def test_one_more_look_alone_is_told() -> None:
    s = session(SENSORS)
    s.run_until("06:05")
    assert [one.text for one in story(s.state.known, s.run_until("06:06")) if "gives" in one.text] == [
        "gives looks for jfk and lga",
        "gives does not see it: again 06:10:02, then every 5 min",
    ]


def test_sensors_that_poke_and_give_up() -> None:
    assert told(SENSORS, "08:00", "poke ", "soft ", "hard ") == [
        "06:00 hard looks for jfk",
        "06:00 poke looks for jfk",
        "06:00 soft looks for jfk",
        "06:20 hard fails (try 1): after 20m it gave up waiting for jfk; no try is left",
        "06:30 soft gives up and is skipped: after 30m it gave up waiting for jfk",
        "06:35 poke sees what it looked for",
    ]


def test_branches() -> None:
    assert told(BRANCH, "08:00", "choose ", "full_load ", "join ") == [
        "06:00 choose starts",
        "06:12 choose ends well: picks delta_load",
        "06:12 full_load is skipped: the branch above it picked others",
        "06:12 join will not run: skipped by all_success",
    ]


def test_short_circuits() -> None:
    assert told(CUT, "08:00", "weekday ", "deep ") == [
        "06:00 weekday starts",
        "06:02 weekday ends well: stops all below it",
        "06:02 deep is skipped: a short circuit stopped all below it",
    ]


def test_the_scheduler_goes_and_comes() -> None:
    assert told(DOWN, "08:00", "scheduler", "late") == [
        "06:15 the scheduler stops: nothing is decided any more; what runs goes on",
        "07:05 the scheduler is back, after 50 min",
        "07:05 the clock starts h for Wed 2 Jan 06:00, 5 min late",
    ]


def test_deadlines() -> None:
    assert told(DEADLINES, "09:30", "deadline") == [
        "07:00 deadline missed: d of Tue 1 Jan has not succeeded; team-d owns it; nobody is told: no roster",
        "07:00 deadline missed: nobodys of Tue 1 Jan has not succeeded; nobody is told, as it has no owner",
        "07:30 deadline missed: long of Tue 1 Jan has not succeeded; team-long owns it; nobody is told: no roster",
        "08:00 deadline missed: waits of Tue 1 Jan has not succeeded; team-d owns it; nobody is told: no roster",
    ]


def test_deploys_and_work_that_nobody_heard_of() -> None:
    assert told(FAILS, "08:00", "deployed", "found ") == [
        "05:45 v2 of d.bug deployed",
        "06:00 found starts",
        "06:10 the job of found (try 1) is done, and the orchestrator does not know",
        "06:15 found fails (try 1): the worker was lost: its answer never came; again 06:16",
        "06:16 found starts (try 2)",
        "06:16 found ends well, work not done again (found done: the job of try 1)",
        "07:45 v3 of d.bug deployed",
    ]


def test_runs_made_by_data() -> None:
    assert told(DATA, "2013-01-04 07:00", "for Thu 3 Jan: ", "starts src") == [
        "05:00 the clock starts src for Thu 3 Jan",
        "05:10 each starts for Thu 3 Jan: stg or fx came",
        "05:10 src for Thu 3 Jan: success",
        "05:11 each for Thu 3 Jan: success",
        "06:00 each starts for Thu 3 Jan: stg or fx came",
        "06:00 mart starts for Thu 3 Jan: stg and fx came",
        "06:01 each for Thu 3 Jan: success",
        "06:01 mart for Thu 3 Jan: success",
    ]


def commanded() -> Session:
    s = session(BRANCH)
    s.run_until("06:05")
    pause(s)
    unpause(s)
    settings(s, {}, 3)
    kill(s, RUN, "choose")
    clear(s, RUN, "choose")
    mark(s, RUN, "choose", "success")
    backfill(s, "d", "2013-01-02")
    s.branch.command(FaultLifted(s.now, 1, "fault 1 holds no longer", 0))
    s.seek(len(s.branch.log))
    return s


def test_what_people_do() -> None:
    s = commanded()
    yours = [one for one in story(s.state.known, s.events) if one.mood == "you"]
    assert [one.text for one in yours] == [
        "you: pause d",
        "you: unpause d",
        "you: other pools",
        "you: kill choose",
        "you: clear choose",
        "you: choose is success",
        "you: backfill d@2013-01-02..2013-01-02",
        "you: fault 1 holds no longer",
    ]


def test_a_deadlock() -> None:
    s = session(BRANCH)
    s.run_until("06:05")
    event = RunEnded(s.now, RUN, "failed", "deadlock", 0)
    said = "d for Tue 1 Jan: failed, by deadlock: its tasks wait for ends that never come"
    assert line(s.state.known, event) == Line(s.now, said, "bad")


# records


def test_records_say_why_and_which_code() -> None:
    s = session(FAILS)
    s.run_until("12:00")
    found = {one.task: (one.state, one.rule, one.reason, one.code) for one in task_records(s.state.known)}
    assert found["bug"] == ("failed", "", "bug", "v2")
    assert found["after_bug"] == ("upstream_failed", "all_success", "", "")
    assert found["found"] == ("success", "", "", "v1")
    [run] = run_records(s.state.known)
    assert (run.n, run.due, run.reason, run.state) == (1, "2013-01-02T06:00:00Z", "", "failed")


# worth asking


def asked(s: Session) -> list[str]:
    lines = simulation_lines(s, None)
    start = lines.index("Worth asking why:") if "Worth asking why:" in lines else len(lines)
    return lines[start + 1 :]


@pytest.mark.parametrize(
    ("text", "until", "said"),
    [
        (MISSED, "2013-01-08 05:00", "  its run was never made (nor 1 later one): workbench why FILE d@2013-01-04"),
        (DEADLINES, "09:30", "  missed its deadline: workbench why FILE d@2013-01-01"),
        (DEADLINES, "09:30", "  missed its deadline: workbench why FILE d.long@2013-01-01"),
        (SENSORS, "06:12", "  still waits: workbench why FILE d.gives@2013-01-01"),
        (ROOM, "06:10", "  still waits: workbench why FILE d.c@2013-01-01"),
        (BRANCH, "07:00", "  green, and end was skipped: workbench why FILE d.end@2013-01-01"),
    ],
)
def test_what_is_worth_asking(text: str, until: str, said: str) -> None:
    s = session(text)
    s.run_until(until)
    assert said in asked(s)


def test_what_was_skipped_on_purpose_is_not_worth_asking() -> None:
    s = session(f"{BRANCH}    faults: [choice: {{task: weekday, follow: []}}]\n")
    s.run_until("07:00")
    assert [line for line in asked(s) if "deep" in line or "only" in line] == []


def test_a_paused_dag_is_worth_asking() -> None:
    s = session(ROOM)
    s.run_until("06:10")
    pause(s)
    assert "  still waits: workbench why FILE d.c@2013-01-01" in asked(s)


def test_what_was_marked_as_failed_is_worth_asking() -> None:
    s = session(BRANCH)
    s.run_until("06:05")
    mark(s, RUN, "choose", "failed")
    s.run_until("06:30")
    assert asked(s)[0] == "  failed for good: workbench why FILE d.choose@2013-01-01"


def test_a_deadlock_is_worth_asking() -> None:
    s = session(BRANCH)
    s.run_until("06:05")
    state = s.state
    evolve(state, RunEnded(s.now, RUN, "failed", "deadlock", 0))
    assert (0, ("d@2013-01-01", "ended by deadlock")) in list(_remarks(state.known, s))


def test_nothing_is_worth_asking_when_all_went_well() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes=timedelta(minutes=5))
    s = Session(dag)
    s.run_until("2013-01-04 07:00")
    assert asked(s) == []


# sums

SENSES = """
    dag: ingest
    schedule: "0 7 * * *"
    start: 2013-01-01
    inputs: {f: {expected: "06:00"}}
    tasks:
      wait: {sensor: {on: [f], every: 5m, mode: reschedule}}
      load: {needs: [wait], takes: 12m}
    ---
    scenario: sums
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
    faults:
    - late: {input: f, partition: 2013-01-01, arrives: 2013-01-02T09:00Z}
    - deploy: {task: load, version: v2, at: 2013-01-02T06:20Z}
    """
SUM = "  ingest: 1 run (1 success), 1 try and 1 of sensors (25 looks), 0 failed"


def test_looks_are_no_tries() -> None:
    s = session(SENSES)
    s.run_until()
    assert simulation_lines(s, None)[-1] == SUM


def test_a_recording_says_what_was_done_by_hand_and_not_what_the_scenario_did(tmp_path: Path) -> None:
    with Keeper.open(tmp_path / "kept.db") as keeper:
        s = Session(session(SENSES).workspace, session(SENSES).scenario, history=keeper)
        s.run_until("2013-01-02T10:00Z")
        s.do("deploy load v3")
        s.run_until()
    with History.open(tmp_path / "kept.db", write=False) as history:
        chosen = choose(history, None)
        lines, data = show_lines(chosen), show_data(chosen)
    assert SUM in lines
    assert [line.split("  ")[-1] for line in lines[lines.index("Done by hand:") + 1 :]] == ["v3 of load deployed"]
    assert [one["sentence"] for one in data["actions"]] == ["v3 of load deployed"]
