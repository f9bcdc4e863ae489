"""Law 6, told: one small world for each group of rules, whose log one can read, and to which the naive engine comes
as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

import workbench as wb
from tests.laws.test_law6_oracle import agree, same_cells
from tests.laws.worlds import HOUR, MINUTE, Story
from workbench.engine import Event
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    DeadlineMissed,
    RunCreated,
    RunEnded,
    SchedulerStarted,
    SchedulerStopped,
    TaskSettled,
    WorkDone,
)
from workbench.model import DagSpec, Input, RetryPolicy, Task, Workspace
from workbench.model.parts import Deadline, OnData, ReasonRule, Sensor
from workbench.scenario import (
    Bug,
    Choice,
    Deploy,
    Fault,
    Flaky,
    Late,
    Never,
    Outage,
    Quota,
    Scenario,
    SchedulerDown,
    Zombie,
)
from workbench.session import Session

Play = Callable[[Session], None]
NONE = timedelta(0)


def at(clock: str) -> datetime:
    return wb.instant(f"2013-01-02T{clock}Z")


def dag(*tasks: Task, name: str = "d", schedule: str | OnData | None = "0 6 * * *", **more: Any) -> DagSpec:
    """A DAG that runs daily at six, unless said otherwise."""
    return DagSpec(name, {t.name: t for t in tasks}, schedule=schedule, **{"start": wb.instant("2013-01-01"), **more})


def told(
    *dags: DagSpec,
    faults: tuple[Fault, ...] = (),
    play: Play | None = None,
    until: str = "2013-01-02T12:00Z",
    **more: Any,
) -> list[str]:
    """What happens from five o'clock on; the naive engine must say the same."""
    workspace = Workspace({d.name: d for d in dags}, **more)
    story = Story(workspace, Scenario(start=wb.instant("2013-01-02T05:00Z"), until=wb.instant(until), faults=faults))
    session = story.session()
    if play is not None:
        play(session)
    session.run_until()
    same_cells(agree(story, session.branch), session.branch)
    return [words for event in session.branch.log if (words := short(event))]


def short(event: Event) -> str:
    """`06:10 t failed timeout`; empty for what is not told."""
    when = f"{event.at:%H:%M}"
    if isinstance(event, AttemptStarted):
        return f"{when} {event.task} {event.number}"
    if isinstance(event, AttemptEnded):
        return f"{when} {event.task} {event.state} {event.reason}".rstrip()
    if isinstance(event, TaskSettled):
        return f"{when} {event.task} {event.state} by {event.rule}"
    if isinstance(event, RunCreated):
        return f"{when} run of {event.run.partition}/{event.run.n}"
    if isinstance(event, RunEnded):
        return f"{when} run {event.state} {event.reason}".rstrip()
    if isinstance(event, DeadlineMissed):
        return f"{when} {event.task or event.dag} missed {event.due:%H:%M}"
    if isinstance(event, WorkDone):
        return f"{when} {event.task} {event.number} done"
    if isinstance(event, SchedulerStopped):
        return f"{when} away"
    return f"{when} back" if isinstance(event, SchedulerStarted) else ""


def only(lines: list[str], *words: str) -> list[str]:
    return [line for line in lines if any(word in line for word in words)]


JFK = {"jfk": Input("jfk", 6 * HOUR)}
NO_JFK = (Never("jfk", "2013-01-01"),)


@pytest.mark.parametrize(("mode", "soft"), [("poke", False), ("poke", True), ("reschedule", False)])
def test_a_sensor_gives_up(mode: Any, soft: bool) -> None:
    look = Sensor(("jfk",), mode, every=8 * MINUTE, takes=MINUTE, timeout=20 * MINUTE, soft_fail=soft)
    lines = told(dag(Task("s", sensor=look, retries=RetryPolicy(3)), inputs=JFK), faults=NO_JFK)
    # It looks at 06:00, 06:09 and 06:18; the last pause is cut short, so that it is over at 06:20.
    end = "06:20" if mode == "poke" else "06:21"
    assert only(lines, "s skipped", "s failed") == [f"{end} s {'skipped' if soft else 'failed'} sensor_timeout"]
    assert len(only(lines, "up_for_reschedule")) == (0 if mode == "poke" else 3)


def test_a_sensor_that_reschedules_gives_its_slot_back() -> None:
    look = Sensor(("jfk",), "reschedule", every=10 * MINUTE, takes=MINUTE, timeout=HOUR)
    faults = (Late("jfk", "2013-01-01", at("06:05")),)
    lines = told(dag(Task("s", sensor=look, priority=9), Task("t"), inputs=JFK), faults=faults, workers=1)
    assert only(lines, " s ", " t ") == [
        "06:00 s 1",
        "06:01 s up_for_reschedule",
        "06:01 t 1",
        "06:02 t success",
        "06:11 s 1",
        "06:12 s success",
    ]


def test_a_sensor_by_instant_finds_the_run_of_that_tick_and_no_other() -> None:
    api = dag(Task("x", takes=10 * MINUTE), name="api", schedule="*/30 * * * *", partition="hour")
    look = Sensor(("api.x",), every=MINUTE, timeout=2 * HOUR, match="instant", delta=30 * MINUTE)
    lines = told(api, dag(Task("s", sensor=look), schedule="45 6 * * *"), until="2013-01-02T06:50Z")
    assert only(lines, " s ") == ["06:45 s 1"], "there is no run of 06:15"
    look = Sensor(("api.x",), every=MINUTE, timeout=2 * HOUR, match="instant", delta=45 * MINUTE)
    # 06:00 and 06:30 own the same hour; it asks for the first of both.
    lines = told(api, dag(Task("s", sensor=look), schedule="45 6 * * *"), until="2013-01-02T06:50Z")
    assert only(lines, " s ") == ["06:45 s 1", "06:45 s success"]


def test_a_branch_skips_what_it_does_not_follow() -> None:
    tasks = (
        Task("b", branch=("x",)),
        Task("x", ("b",)),
        Task("y", ("b",)),
        Task("z", ("x", "y"), trigger_rule="none_failed"),
    )
    assert only(told(dag(*tasks)), "by ", "z") == ["06:01 y skipped by branch", "06:02 z 1", "06:03 z success"]
    faults = (Choice("d.b", ()),)
    assert only(told(dag(*tasks), faults=faults), "by ") == ["06:01 x skipped by branch", "06:01 y skipped by branch"]


def test_a_task_that_is_skipped_while_it_waits_for_a_slot_leaves_the_queue() -> None:
    tasks = (
        Task("b", branch=()),
        Task("quick", takes=NONE),
        Task("other", pool="p", takes=5 * MINUTE),
        Task("x", ("b", "quick"), pool="p", trigger_rule="one_success"),
        Task("last", pool="p", priority=-1),
    )
    lines = told(dag(*tasks), pools={"p": 1})
    # At 06:00 it is ready, and `other` holds the slot; at 06:01 the branch leaves it out.
    assert only(lines, "x ", "last") == ["06:01 x skipped by branch", "06:05 last 1", "06:06 last success"]


def test_a_short_circuit_skips_all_below_but_teardowns() -> None:
    tasks = (
        Task("c", short_circuit=True),
        Task("x", ("c",), trigger_rule="all_done"),
        Task("y", ("x",), trigger_rule="always"),
        Task("down", ("y",), teardown=True, trigger_rule="all_done"),
    )
    lines = told(dag(*tasks), faults=(Choice("d.c", ()),))
    # `always` does not wait, so it had begun before.
    assert only(lines, "by ", "down") == ["06:01 x skipped by short_circuit", "06:01 down 1", "06:02 down success"]


def test_setups_hold_all_in_their_scope_and_a_teardown_does_not_fail_the_run() -> None:
    tasks = (
        Task("up", setup=True),
        Task("a", ("up",), trigger_rule="all_done"),
        Task("deep", ("a",), trigger_rule="all_done"),
        Task("down", ("up", "deep"), teardown=True, trigger_rule="all_done_setup_success"),
    )
    assert only(told(dag(*tasks), faults=(Flaky("d.up", tries=1),)), "by ", "run ") == [
        "06:00 run of 2013-01-01/1",
        "06:01 a upstream_failed by setup",
        "06:01 deep upstream_failed by setup",
        "06:01 down upstream_failed by all_done_setup_success",
        "06:01 run failed",
    ]
    assert told(dag(*tasks), faults=(Flaky("d.down", tries=1),))[-2:] == [
        "06:04 down failed transient",
        "06:04 run success",
    ]
    strict = (*tasks[:3], Task("down", ("up", "deep"), teardown=True, fail_run=True))
    assert told(dag(*strict), faults=(Flaky("d.down", tries=1),))[-1] == "06:04 run failed"


def test_a_task_waits_for_its_past() -> None:
    hourly: dict[str, Any] = {"schedule": "0 * * * *", "partition": "hour"}
    task = Task("t", depends_on_past=True, retries=RetryPolicy(1, 90 * MINUTE))
    lines = told(dag(task, **hourly), faults=(Flaky("d.t", "2013-01-02T04", tries=1),), until="2013-01-02T07:00Z")
    # That of five o'clock fails at 05:01, and is tried again at 06:31; that of six waits for it.
    assert only(lines, " t ") == [
        "05:00 t 1", "05:01 t up_for_retry transient", "06:31 t 2", "06:32 t success", "06:32 t 1", "06:33 t success",
        "07:00 t 1",
    ]  # fmt: skip


def test_every_run_of_the_next_window_is_told_that_its_past_is_over() -> None:
    """Two runs for each hour: both wait for the hour before."""
    half: dict[str, Any] = {"schedule": "*/30 * * * *", "partition": "hour"}
    task = Task("t", depends_on_past=True, takes=NONE, retries=RetryPolicy(1, 95 * MINUTE))
    lines = told(dag(task, **half), faults=(Flaky("d.t", "2013-01-02T04", tries=1),), until="2013-01-02T07:10Z")
    assert only(lines, " t 1") == ["05:00 t 1", "05:30 t 1", *["07:05 t 1"] * 3]


def test_a_task_takes_all_its_slots_or_none() -> None:
    tasks = [Task(n, pool="p", slots=2, takes=10 * MINUTE) for n in ("a", "b")] + [Task("c", pool="p")]
    assert only(told(dag(*tasks), pools={"p": 3}), " 1") == ["06:00 a 1", "06:00 c 1", "06:10 b 1"]


def test_limits_of_a_run_and_of_a_task() -> None:
    hourly: dict[str, Any] = {"schedule": "0 * * * *", "partition": "hour"}
    one = dag(Task("a"), Task("b"), max_active_tasks=1)
    assert only(told(one), " 1") == ["06:00 a 1", "06:01 b 1"]
    alone = dag(Task("t", takes=90 * MINUTE, max_active=1), **hourly)
    assert only(told(alone, until="2013-01-02T08:00Z"), " t 1") == ["05:00 t 1", "06:30 t 1", "08:00 t 1"]


@pytest.mark.parametrize(
    ("catchup", "misfire", "made"),
    [
        (
            True,
            "latest",
            ["09:15 run of 2013-01-02T06/1", "09:15 run of 2013-01-02T07/1", "09:15 run of 2013-01-02T08/1"],
        ),
        (False, "latest", ["09:15 run of 2013-01-02T08/1"]),
        (False, "skip", []),
    ],
)
def test_a_paused_dag_starts_nothing_and_what_it_missed_is_as_the_schedule_says(
    catchup: bool, misfire: str, made: list[str]
) -> None:
    def play(session: Session) -> None:
        session.run_until("2013-01-02T06:00Z")
        session.pause("d")
        session.run_until("2013-01-02T09:15Z")
        session.unpause("d")

    hourly: dict[str, Any] = {"schedule": "0 * * * *", "partition": "hour", "catchup": catchup, "misfire": misfire}
    lines = told(dag(Task("t", takes=5 * MINUTE), Task("u", ("t",)), **hourly), play=play, until="2013-01-02T09:20Z")
    assert only(lines, "run of")[2:] == made
    # What ran went on; what came after it waited.
    assert [line for line in lines if line.startswith("06:")] == [
        "06:00 run of 2013-01-02T05/1",
        "06:00 t 1",
        "06:05 t success",
    ]
    assert "09:15 u 1" in lines


def test_nothing_is_decided_while_the_scheduler_is_away() -> None:
    tasks = (Task("t", takes=10 * MINUTE), Task("u", ("t",)))
    hourly: dict[str, Any] = {"schedule": "0 * * * *", "partition": "hour", "deadline": Deadline(within=20 * MINUTE)}
    faults = (SchedulerDown(at("06:05"), at("08:30")),)
    assert told(dag(*tasks, **hourly), faults=faults, until="2013-01-02T08:31Z")[6:] == [
        "06:00 run of 2013-01-02T05/1",
        "06:00 t 1",
        "06:05 away",
        "06:10 t success",
        "06:20 d missed 06:20",
        "08:30 back",
        "08:30 run of 2013-01-02T07/1",
        "08:30 u 1",
        "08:30 t 1",
        "08:31 u success",
        "08:31 run success",
    ]


def test_deadlines_are_told_when_they_are_due_once_and_not_if_they_are_met() -> None:
    task = Task("t", takes=10 * MINUTE, deadline=Deadline(by=6 * HOUR + 5 * MINUTE))
    assert only(told(dag(task, deadline=Deadline(within=11 * MINUTE))), "missed") == ["06:05 t missed 06:05"]
    late = dag(Task("t", takes=HOUR), deadline=Deadline(by=6 * HOUR + 30 * MINUTE))
    assert only(told(late), "missed") == ["06:30 d missed 06:30"]
    late = dag(Task("t", takes=HOUR), deadline=Deadline(within=30 * MINUTE))
    assert only(told(late), "missed") == ["06:30 d missed 06:30"]
    before = dag(Task("t"), schedule="0 4 * * *", deadline=Deadline(by=6 * HOUR))
    assert only(told(before), "missed") == [], "its run was due before the simulation, and counts as done"


def test_data_makes_one_run_for_each_partition_that_is_whole() -> None:
    inputs = {"jfk": Input("jfk", HOUR), "ewr": Input("ewr", 2 * HOUR)}
    start: dict[str, Any] = {"schedule": OnData(all=("jfk", "ewr")), "partition": "hour", "inputs": inputs}
    lines = told(dag(Task("t"), **start), until="2013-01-02T07:30Z")
    assert only(lines, "run of") == [
        f"0{hour}:00 run of 2013-01-02T0{hour - 3}/1" for hour in (6, 7)
    ]  # jfk of the hours before had come before the simulation
    one = {**start, "schedule": OnData(any=("jfk",))}
    assert len(only(told(dag(Task("t"), **one), until="2013-01-02T07:30Z"), "run of")) == 3


def test_what_a_task_writes_makes_runs_elsewhere() -> None:
    source = dag(Task("w", writes=("orders",)), name="source")
    lines = told(source, dag(Task("t"), schedule=OnData(any=("orders",))))
    assert lines == [
        "06:00 run of 2013-01-01/1", "06:00 w 1", "06:01 w success", "06:01 run of 2013-01-01/1",
        "06:01 run success", "06:01 t 1", "06:02 t success", "06:02 run success",
    ]  # fmt: skip


def test_a_cleared_task_has_all_its_retries_again() -> None:
    def play(session: Session) -> None:
        session.run_until("2013-01-02T07:00Z")
        session.rerun("d.t@2013-01-01")

    task = Task("t", retries=RetryPolicy(1, MINUTE))
    lines = told(dag(task), faults=(Flaky("d.t", tries=9),), play=play)
    ends = ["t up_for_retry transient", "t failed transient"]
    assert [line[6:] for line in only(lines, "transient")] == [*ends, *ends]
    assert only(lines, "run ")[1:] == ["06:03 run failed", "07:03 run failed"]


def test_a_killed_try_is_tried_again_as_its_retries_allow() -> None:
    def play(session: Session) -> None:
        session.run_until("2013-01-02T06:05Z")
        session.kill("d.t@2013-01-01")

    policy = RetryPolicy(2, 10 * MINUTE, by_reason={"killed": ReasonRule(delay=MINUTE)})
    lines = told(dag(Task("t", takes=10 * MINUTE, retries=policy)), play=play)
    assert only(lines, " t ") == ["06:00 t 1", "06:06 t 2", "06:16 t success"]


def test_a_lifted_fault_bites_no_more() -> None:
    def play(session: Session) -> None:
        session.run_until("2013-01-02T06:05Z")
        session.lift(1)

    hour_long = Task("t", takes=10 * MINUTE, retries=RetryPolicy(1, MINUTE))
    lines = told(dag(hour_long), faults=(Flaky("d.t", tries=9),), play=play)
    assert only(lines, " t ") == ["06:00 t 1", "06:10 t success"]


def test_retries_by_reason_and_code_versions() -> None:
    task = Task("t", takes=10 * MINUTE, retries=RetryPolicy(5, MINUTE, by_reason={"bug": ReasonRule(max=1)}))
    faults = (Bug("d.t", "v1"), Deploy("d", "v2", at("06:10")), Bug("d.t", "v2", after=MINUTE))
    assert only(told(dag(task), faults=faults), " t ") == [
        "06:00 t 1", "06:10 t up_for_retry bug", "06:11 t 2", "06:12 t failed bug",
    ]  # fmt: skip


def test_a_zombie_does_its_work_and_a_retry_that_looks_does_it_not_again() -> None:
    task = Task("t", takes=20 * MINUTE, retries=RetryPolicy(1, MINUTE), lookup=True)
    faults = (Zombie("d.t", after=MINUTE, noticed=4 * MINUTE),)
    assert only(told(dag(task), faults=faults), " t ") == [
        "06:00 t 1", "06:05 t up_for_retry worker_lost", "06:06 t 2", "06:20 t success", "06:20 t 1 done",
    ]  # fmt: skip


def test_a_timeout_stops_work_that_nothing_had_cut_off() -> None:
    task = Task("t", takes=20 * MINUTE, timeout=2 * MINUTE)
    cut, later = Zombie("d.t", after=MINUTE, noticed=9 * MINUTE), Zombie("d.t", after=3 * MINUTE)
    assert only(told(dag(task), faults=(cut,)), " t ")[1:] == ["06:02 t failed timeout", "06:20 t 1 done"]
    assert only(told(dag(task), faults=(later,)), " t ")[1:] == ["06:02 t failed timeout"]


def test_a_quota_refuses_and_bans() -> None:
    tasks = [Task(name, takes=10 * MINUTE, retries=RetryPolicy(1, MINUTE)) for name in "abc"]
    lines = told(dag(*tasks), faults=(Quota("d.*", at_once=1, ban_after=2, ban=HOUR),))
    assert only(lines, "quota") == [
        "06:00 b up_for_retry quota", "06:00 c up_for_retry quota", "06:01 b failed quota", "06:01 c failed quota",
    ]  # fmt: skip


def test_an_api_that_comes_back_is_knocked_down_again() -> None:
    tasks = [Task(name, takes=10 * MINUTE, retries=RetryPolicy(2, 10 * MINUTE)) for name in "abc"]
    down = Outage("d.*", at("05:00"), at("06:05"), overload=2, again=5 * MINUTE)
    ends = only(told(dag(*tasks), faults=(down,)), "transient", "success")
    assert ends[:3] == [f"06:01 {name} up_for_retry transient" for name in "abc"]
    # 06:11 all three call again: that is more than two within a minute.
    assert "06:12 c up_for_retry transient" in ends


def test_a_task_waits_for_its_inputs_without_a_slot_and_starts_when_they_come() -> None:
    tasks = (Task("t", ("jfk",)), Task("other", takes=10 * MINUTE))
    lines = told(dag(*tasks, inputs=JFK, schedule="30 5 * * *"), workers=1)
    assert only(lines, " 1") == ["05:30 other 1", "06:00 t 1"]


def test_what_is_required_and_not_there_fails_the_try() -> None:
    task = Task("t", requires=("jfk",), takes=10 * MINUTE, retries=RetryPolicy(1, 30 * MINUTE))
    faults = (Late("jfk", "2013-01-01", at("06:05")),)
    assert only(told(dag(task, inputs=JFK), faults=faults), " t ") == [
        "06:00 t 1", "06:01 t up_for_retry late_input", "06:31 t 2", "06:41 t success",
    ]  # fmt: skip


def test_what_was_due_before_the_simulation_counts_as_done_for_what_requires_it() -> None:
    before = dag(Task("x"), name="before", schedule="0 4 * * *")
    assert only(told(before, dag(Task("t", requires=("before.x",)))), " t ")[-1] == "06:01 t success"


def test_a_need_of_its_own_earlier_partition() -> None:
    hourly: dict[str, Any] = {"schedule": "0 * * * *", "partition": "hour"}
    task = Task("t", ("t@-1",), takes=90 * MINUTE)
    assert only(told(dag(task, **hourly), until="2013-01-02T07:00Z"), " t ") == [
        "05:00 t 1",
        "06:30 t success",
        "06:30 t 1",
    ]


def test_two_dags_that_declare_one_input_get_it_together() -> None:
    one, other = dag(Task("x", ("jfk",)), name="one", inputs=JFK), dag(Task("y", ("jfk",)), name="other", inputs=JFK)
    faults = (Late("jfk", "2013-01-01", at("07:00")),)
    assert only(told(one, other, faults=faults), " 1") == ["07:00 x 1", "07:00 y 1"]
