"""Each verb from end to end: what a line changes, what it leaves alone, what its plan said before."""

from __future__ import annotations

import pytest

from tests.samples import late_jfk, session
from tests.verb_cases import BEFORE, bench, bench_of, data_bench, do, seen, state_of, states
from workbench.engine import KINDS
from workbench.engine.events import COMMANDS
from workbench.ordering.plan import PLANS
from workbench.session import Session
from workbench.timetable import format_instant
from workbench.verbs import VERBS


@pytest.mark.parametrize("name", VERBS)
def test_every_example_can_be_done(name: str) -> None:
    s = bench_of(name)
    for line in BEFORE.get(name, []):
        s.do(line)
    example = VERBS[name].example
    if name == "why":
        example = "why publish@2013-01-03 at 07:00"
    if name == "task add":
        example += " in daily_flights"
    example = example.replace(" extract ", " daily_flights.extract ") if "set extract" in example else example
    for old, new in EXACT.items():
        example = example.replace(old, new)
    before = seen(s)
    plan = s.plan_of(example)
    assert seen(s) == before
    assert plan
    done = s.do(example)
    assert done.sentence
    if VERBS[name].orders is not None:
        assert all(isinstance(event, COMMANDS) for event in done.events)
        assert s.branch.log[s.position - len(done.events) : s.position] == list(done.events)
    s.run_until("2013-01-05 12:00")


# The bench has a second task called extract, to show what names mean.
EXACT = {
    "outage extract": "outage daily_flights.extract",
    "quota extract": "quota daily_flights.extract",
    "kill extract": "kill daily_flights.extract",
    "for extract": "for daily_flights.extract",
    "wait extract": "wait daily_flights.extract",
    "edge add extract": "edge add daily_flights.extract",
    "edge rm extract": "edge rm daily_flights.extract",
    "2013-01-03 delta_load": "2013-01-04 delta_load",
    "rerun clean@2013-01-03": "rerun clean@2013-01-03",
}


def test_every_command_has_a_plan() -> None:
    s = bench()
    planned = {type(event) for name in PLANNED for event in s.do(name).events}
    of_data = data_bench()
    planned |= {type(event) for name in PLANNED_DATA for event in of_data.do(name).events}
    assert planned == set(COMMANDS) == set(PLANS)


PLANNED = (
    "fail clean", "lift 1", "set clean takes 4m", "set workers 4", "pause daily_flights", "deploy clean v2",
    "rerun clean@2013-01-02", "mark clean@2013-01-03 failed", "kill *.extract", "trigger daily_flights",
)  # fmt: skip
PLANNED_DATA = (
    "withdraw pub_punctuality@2013-01-02", "notify about pub_punctuality@2013-01-02",
    "quarantine jfk@2013-01-03 where 'num(dep_delay) > 120'", "backfill daily_flights@2013-01-01..2013-01-02 all",
    "backfill pause",
)  # fmt: skip


# moving


def test_moving_in_time() -> None:
    s = bench("2013-01-03 05:45")
    assert str(s.do("step")).splitlines()[0] == "It is Thu 3 Jan 05:48."
    assert s.do("step 2").events == tuple(s.branch.log[1:3])
    s.do("step event")
    assert s.position == 4
    assert s.do("back").sentence == "It is Thu 3 Jan 05:56; 1 event is ahead again."
    assert s.do("go 06:10").sentence == "It is Thu 3 Jan 06:10."
    assert s.do("go 05:48").sentence == "It is Thu 3 Jan 05:48. What comes after is kept."
    assert s.do("go event 3").sentence == "It is Thu 3 Jan 05:56. What comes after is kept."
    assert s.do("back 05:30").now == s.start
    assert s.do("run until 2013-01-04 7:05").sentence == "It is Fri 4 Jan 07:05."
    assert s.do("run").now == s.end
    assert s.do("step").sentence == "Nothing more comes until Sun 6 Jan 12:00, the end."


def test_futures_by_their_names() -> None:
    s = bench()
    s.do("back 2013-01-03 12:00")
    assert str(s.do("pause weekly")).endswith("→ what-if B; A stays as it is")
    assert s.do("future").lines[1].startswith("► B: ")
    assert s.do("switch A").future == "A"
    assert s.do("compare").sentence


def test_questions() -> None:
    s = late_jfk()
    s.do("run until 2013-01-04 08:00")
    assert s.do("why publish").sentence == "publish ended 06:15, well. It wrote 596 rows."
    assert s.do("why publish@2013-01-03 at 06:11").sentence.startswith("publish waits for clean")
    assert s.do("why daily_flights@2013-01-03").sentence == str(s.why_run("daily_flights@2013-01-03").headline)
    assert s.do("why daily_flights@2013-01-03 at 06:11").sentence.startswith("daily_flights of Thu 3 Jan has not ended")


def test_faults_are_listed_without_giving_the_story_away() -> None:
    s = late_jfk()
    hidden = s.do("faults")
    assert (hidden.lines, "jfk" in str(hidden)) == ((), False)
    s.do("never jfk@2013-01-05")
    assert s.do("faults").lines == ("4  jfk of Sat 5 Jan never comes",)
    assert len(s.do("faults all").lines) == 4
    assert s.do("lift jfk").sentence == "lifted: jfk of Sat 5 Jan never comes"
    assert s.do("faults").lines == ()
    s.do("lift 1")
    s.do("run until 2013-01-04 06:30")
    assert s.why("publish@2013-01-03").headline == "publish ended 06:15, well. It wrote 914 rows."


# the world


def test_late_by_a_span_and_at_a_time_of_the_day_on_which_the_run_is_made() -> None:
    for line in ("late jfk@2013-01-04 95m", "late jfk@2013-01-04 at 07:31", "late jfk@2013-01-04 at 2013-01-05T07:31Z"):
        s = bench()
        s.do("wait daily_flights.extract for jfk")
        s.do(line)
        s.run_until("2013-01-05 07:35")
        assert state_of(s, "daily_flights.extract@2013-01-04") == "running", line
        assert s.why("daily_flights.extract@2013-01-04", at="2013-01-05 07:30").state == "none"


@pytest.mark.parametrize("name", ["landed", "daily_flights.landed"])
def test_a_sensor_means_the_input_for_which_it_waits(name: str) -> None:
    """The events are those of the input itself, and the line says which one it took."""
    for line in ("late {}@2013-01-04 95m", "late {}@2013-01-04 at 09:00", "never {}@2013-01-04"):
        done = bench().do(line.format(name))
        assert done.events == bench().do(line.format("jfk")).events
        assert done.lines[0] == f"{name} waits for jfk, so that is what is meant"


def test_a_file_is_as_late_as_was_said() -> None:
    """It usually comes four minutes before it is due; what counts is when it is due."""
    s = bench()
    assert s.do("late jfk@2013-01-04 95m").sentence == "jfk of Fri 4 Jan comes Sat 5 Jan 07:35"
    s.run_until("2013-01-05 07:36")
    assert format_instant(s.state.known.arrived["jfk", "2013-01-04"].at) == "2013-01-05T07:35:00Z"


def test_several_days_are_one_command() -> None:
    s = bench("2013-01-03 05:40")
    events = do(s, "never jfk@2013-01-02..2013-01-04")
    assert [event.fault.partition for event in events] == ["2013-01-02", "2013-01-03", "2013-01-04"]
    assert [event.cause for event in events] == [0, 1, 1]
    s.do("undo")
    assert s.state.faults == ()


def test_fail_counts_or_draws() -> None:
    s = bench()
    s.do("fail clean@2013-01-03 2")
    s.do("run until 07:00")
    assert state_of(s, "clean@2013-01-03") == "failed"
    s.do("go 06:02")
    s.do("fail clean 100%")
    s.do("run until 2013-01-05 07:00")
    assert [state_of(s, f"clean@2013-01-0{n}") for n in (2, 3, 4)] == ["success", "failed", "failed"]


def test_an_outage_in_words() -> None:
    s = bench("2013-01-04 05:50")
    s.do("outage daily_flights.extract from 05:55 until 06:30")
    s.do("run until 07:00")
    assert state_of(s, "daily_flights.extract@2013-01-03") == "failed"
    s = bench("2013-01-03 23:50")
    [event] = do(s, "outage daily_flights.extract until 00:10")
    assert (event.fault.start, event.fault.until) == (s.now, s.instant("2013-01-04 00:10"))


@pytest.mark.parametrize(
    ("line", "at", "state"),
    [
        ("slow daily_flights.extract@2013-01-04 factor 3", "06:29", "running"),
        ("slow daily_flights.extract@2013-01-04 takes 45m", "06:44", "running"),
        ("varies daily_flights.extract@2013-01-04 45m 46m", "06:44", "running"),
        ("hang daily_flights.extract@2013-01-04", "09:00", "running"),
        ("bug daily_flights.extract", "06:11", "up_for_retry"),
        ("lose daily_flights.extract@2013-01-04 after 1m noticed 5m", "06:07", "up_for_retry"),
        ("zombie daily_flights.extract@2013-01-04 after 1m noticed 3m", "06:05", "up_for_retry"),
        ("unheard daily_flights.extract@2013-01-04 noticed 5m", "06:16", "up_for_retry"),
        ("choose pick@2013-01-04 none", "06:05", "running"),
        ("scheduler down from 05:58 until 06:05", "06:04", "none"),
        ("never jfk@2013-01-04", "06:05", "running"),
    ],
)
def test_what_goes_wrong(line: str, at: str, state: str) -> None:
    s = bench("2013-01-05 05:50")
    s.do(line)
    s.do(f"run until {at}")
    assert state_of(s, "daily_flights.extract@2013-01-04") == state
    if line.startswith("choose"):
        assert (
            states(s, "daily_flights@2013-01-04", "full_load", "delta_load") == "full_load skipped, delta_load skipped"
        )


def test_a_bug_is_mended_by_a_deploy() -> None:
    s = bench("2013-01-05 05:50")
    s.do("bug clean version v1")
    s.do("deploy clean v2 at 06:30")
    s.do("run until 06:40")
    assert state_of(s, "clean@2013-01-04") == "failed"
    assert s.do("rerun clean@2013-01-04 down").sentence == "clean and publish of Fri 4 Jan run again"
    s.do("run until 07:00")
    assert state_of(s, "publish@2013-01-04") == "success"
    # What the world deployed is nobody's command: undo goes to the rerun.
    assert s.do("undo").sentence.startswith("Undone: clean and publish of Fri 4 Jan run again.")


# repairs


def test_rerun_only_down_up_and_what_failed() -> None:
    s = bench("2013-01-04 12:00")
    assert s.plan_of("rerun clean@2013-01-03") == ["clean of Thu 3 Jan would run again"]
    assert s.plan_of("rerun clean@2013-01-03 down") == ["clean and publish of Thu 3 Jan would run again"]
    assert s.plan_of("rerun clean@2013-01-03 up") == ["daily_flights.extract and clean of Thu 3 Jan would run again"]
    assert s.plan_of("rerun clean@2013-01-02..2013-01-03") == [
        "clean of Wed 2 Jan would run again",
        "clean of Thu 3 Jan would run again",
    ]
    s.do("rerun clean@last down")
    s.do("run until 12:04")
    assert states(s, "daily_flights@2013-01-03", "clean", "publish") == "clean success, publish running"
    s.do("kill publish")
    s.do("run until 13:00")
    assert s.do("rerun daily_flights@2013-01-03 failed").sentence == "publish of Thu 3 Jan runs again"
    s.do("run until 14:00")
    assert state_of(s, "publish@2013-01-03") == "success"


def test_a_rerun_of_what_runs_begins_again() -> None:
    s = bench()
    assert s.plan_of("rerun daily_flights.extract") == [
        "daily_flights.extract of Thu 3 Jan would run again; extract is under way, and killed first"
    ]
    s.do("rerun daily_flights.extract")
    s.do("run until 06:11")
    assert state_of(s, "daily_flights.extract@2013-01-03") == "running"
    s.do("run until 06:12")
    assert state_of(s, "daily_flights.extract@2013-01-03") == "success"


def test_marking_lets_what_was_held_back_run() -> None:
    s = bench()
    s.do("fail clean@2013-01-03")
    s.do("run until 06:30")
    assert states(s, "daily_flights@2013-01-03", "clean", "publish") == "clean failed, publish upstream_failed"
    assert s.plan_of("mark clean success") == [
        "clean of Thu 3 Jan would be success (now: failed)",
        "publish of Thu 3 Jan would be free to run",
    ]
    done = s.do("mark clean success")
    assert done.sentence == "clean of Thu 3 Jan marked as success; publish of Thu 3 Jan may run"
    s.do("run until 06:40")
    assert states(s, "daily_flights@2013-01-03", "clean", "publish") == "clean success, publish success"
    run = s.state.known.run_of("daily_flights", "2013-01-03")
    assert run is not None
    assert run.state == "success"


def test_kill_ends_what_runs_and_its_retries_decide() -> None:
    s = bench()
    assert s.plan_of("kill daily_flights.extract") == [
        "daily_flights.extract of Thu 3 Jan would be ended, and try again 06:04"
    ]
    s.do("kill daily_flights.extract")
    assert state_of(s, "daily_flights.extract") == "up_for_retry"
    s.do("run until 06:05")
    assert state_of(s, "daily_flights.extract") == "running"
    assert s.plan_of("kill daily_flights.extract")[0].endswith("would be ended, and be failed: no try is left")
    s.do("kill daily_flights.extract")
    s.do("run until 06:06")
    assert states(s, "daily_flights@2013-01-03", "extract", "clean") == "extract failed, clean upstream_failed"


def test_a_kill_is_a_reason_of_its_own() -> None:
    s = session(
        """
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {takes: 10m, retries: {max: 3, by_reason: {killed: {max: 0}}}}}
        """
    )
    s.run_until("2013-01-03 06:05")
    s.do("kill load")
    assert state_of(s, "load") == "failed"


def test_pause_and_unpause() -> None:
    s = bench()
    s.do("pause *")
    assert list(s.state.known.paused) == ["daily_flights", "weekly"]
    s.do("run until 2013-01-05 07:00")
    assert s.state.known.run_of("daily_flights", "2013-01-04") is None
    assert states(s, "daily_flights@2013-01-03", "extract", "clean") == "extract success, clean none"
    s.do("unpause daily_flights")
    s.do("run until 07:30")
    assert states(s, "daily_flights@2013-01-03", "clean") == "clean success"
    s.do("undo")
    s.do("undo")
    assert s.state.known.paused == {}


def test_trigger_makes_another_run() -> None:
    s = bench()
    assert s.plan_of("trigger daily_flights@2013-01-02") == [
        "daily_flights for Wed 2 Jan would be run (run 2 of that day)"
    ]
    s.do("trigger daily_flights@2013-01-02")
    s.do("run until 07:00")
    run = s.state.known.run_of("daily_flights", "2013-01-02")
    assert run is not None
    assert (run.key.kind, run.key.n, run.state) == ("manual", 2, "success")


def test_a_backfill_walks_its_days_in_order_within_its_limit() -> None:
    s = bench("2013-01-05 12:00")
    assert s.plan_of("backfill daily_flights@2013-01-02..2013-01-04 all newest limit 2")[:3] == [
        "backfill of daily_flights, 2013-01-02..2013-01-04: 3 runs, newest first, at most 2 at once",
        "daily_flights               extract  landed  pick  clean  delta_load  full_load  publish  because",
        "Fri 4 Jan to Wed 2 Jan (3)  run      run     run   run    run         run        run      asked for again: "
        "neither code nor inputs changed",
    ]
    s.do("backfill daily_flights@2013-01-02..2013-01-04 all newest limit 2")
    s.do("run until 12:01")
    runs = [s.state.known.run_of("daily_flights", f"2013-01-0{n}") for n in (4, 3, 2)]
    assert [(run.key.kind, run.state) for run in runs if run] == [
        ("backfill", "running"),
        ("backfill", "running"),
        ("backfill", "queued"),
    ]
    s.do("run until 14:00")
    assert {run.state for run in s.state.known.runs.values()} == {"success"}


def test_a_backfill_of_what_failed_or_is_missing() -> None:
    s = bench()
    s.do("fail clean@2013-01-03")
    s.do("pause daily_flights")
    s.do("run until 2013-01-05 12:00")
    s.do("unpause daily_flights")
    s.do("rerun daily_flights@2013-01-03")
    s.do("run until 13:00")
    assert states(s, "daily_flights@2013-01-03", "clean") == "clean failed"
    s.do("lift 1")
    found = s.plan_of("backfill daily_flights@2013-01-02..2013-01-04 failed")
    assert found[2].split()[:4] == ["Thu", "3", "Jan", "run"]
    assert found[2].endswith("failed")
    s.do("backfill daily_flights@2013-01-03 failed")
    s.do("run until 15:00")
    assert states(s, "daily_flights@2013-01-03", "clean") == "clean success"


# edits


def test_wait_and_edges() -> None:
    s = bench()
    assert s.plan_of("wait clean for jfk lga") == [
        "clean now needs jfk",
        "clean now needs lga",
        "daily_flights would be version 2; unfinished runs follow it: Thu 3 Jan",
    ]
    s.do("wait clean for jfk lga")
    s.do("edge add daily_flights.extract publish")
    s.do("edge rm daily_flights.extract publish")
    spec = s.current_workspace().dags["daily_flights"]
    assert spec.tasks["clean"].needs == ("extract", "jfk", "lga")
    assert spec.tasks["publish"].needs == ("clean",)


def test_tasks_come_and_go() -> None:
    s = bench()
    s.do("task add tidy needs clean takes 2m retries 3")
    s.do("task rename tidy neat")
    s.do("task split clean into wash dry")
    spec = s.current_workspace().dags["daily_flights"]
    assert spec.tasks["neat"].needs == ("dry",)
    assert spec.tasks["neat"].retries.max == 3
    assert s.plan_of("task rm neat")[:2] == [
        "task neat removed",
        "daily_flights would be version 5; unfinished runs follow it: Thu 3 Jan",
    ]
    s.do("task rm neat")
    for _ in range(4):
        s.do("undo")
    assert s.current_workspace().dags == bench().current_workspace().dags


def test_set_fields_of_tasks() -> None:
    s = bench()
    assert s.plan_of("set daily_flights.extract retries 5 delay 3m backoff 2")[:3] == [
        "extract: retries 5 (before: 1)",
        "extract: retries.delay 3m (before: 2m)",
        "extract: retries.backoff 2 (before: 1)",
    ]
    s.do("set daily_flights.extract retries 5 delay 3m backoff 2")
    s.do("set clean trigger_rule all_done timeout 10m owner 'the night shift'")
    s.do("set landed mode reschedule every 5m")
    spec = s.current_workspace().dags["daily_flights"]
    assert spec.tasks["extract"].retries.max == 5
    assert (spec.tasks["clean"].trigger_rule, spec.tasks["clean"].owner) == ("all_done", "the night shift")
    sensor = spec.tasks["landed"].sensor
    assert sensor is not None
    assert (sensor.mode, sensor.every.total_seconds(), sensor.on) == ("reschedule", 300, ("jfk",))
    s.do("set daily_flights.extract retries.delay none")
    assert s.current_workspace().dags["daily_flights"].tasks["extract"].retries.delay.total_seconds() == 300
    s.do("set clean owner none timeout none")
    assert s.current_workspace().dags["daily_flights"].tasks["clean"].owner is None


def test_a_pattern_over_several_dags_is_one_command_and_one_undo() -> None:
    s = bench()
    before = s.current_workspace()
    events = do(s, "set * takes 7m")
    assert [(KINDS[type(event)], event.dag) for event in events] == [
        ("dag_edited", "daily_flights"),
        ("dag_edited", "weekly"),
    ]
    first = len(s.branch.log) - 1
    assert [event.cause for event in events] == [0, first]
    spans = {task.takes.total_seconds() for dag in s.current_workspace().dags.values() for task in dag.tasks.values()}
    assert spans == {420}
    assert s.do("undo").events == ()
    assert s.current_workspace() == before
    s.do("redo")
    s.do("set sensor * mode reschedule")
    assert sum("mode" in line for line in s.plan_of("set sensor * mode poke")) == 1


def test_set_fields_of_dags_pools_and_workers() -> None:
    s = bench()
    s.do("set daily_flights schedule '0 7 * * *' max_active_runs 1")
    s.do("set dag * catchup on")
    s.do("set pool warehouse 5")
    s.do("set pool api 3 new")
    assert s.plan_of("set workers 2") == ["workers: 2 (now: 8)"]
    s.do("set workers none")
    found = s.current_workspace()
    assert (found.pools, found.workers) == ({"warehouse": 5, "api": 3}, None)
    assert (found.dags["daily_flights"].schedule, found.dags["weekly"].catchup) == ("0 7 * * *", True)
    s.do("set clean pool api")
    s.do("run until 2013-01-05 07:30")
    assert state_of(s, "clean@2013-01-04") == "success"


def test_times_are_of_the_zone_of_the_targets_dag() -> None:
    s: Session = session(
        """
        dag: paris
        schedule: "0 6 * * *"
        timezone: Europe/Paris
        start: 2013-01-01
        inputs: {file: {expected: "05:00"}}
        tasks: {load: {needs: [file], takes: 5m}}
        ---
        dag: utc
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {other: }
        ---
        scenario: calm
        from: 2013-01-02T00:00Z
        """
    )
    [event] = do(s, "late file@2013-01-02 at 08:00")
    assert event.fault.arrives == s.instant("2013-01-03T07:00Z")
    [event] = do(s, "outage load@2013-01-02 from 06:00 until 06:30")
    assert (event.fault.start, event.fault.until) == (s.instant("2013-01-03T05:00Z"), s.instant("2013-01-03T05:30Z"))
    [event] = do(s, "scheduler down from 06:00 until 06:30")
    assert event.fault.start == s.instant("2013-01-02T06:00Z")
