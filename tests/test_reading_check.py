"""Checks of workspaces that were made in Python, without any file."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from workbench.model.check import check_workspace
from workbench.model.circles import most_windows
from workbench.model.parts import (
    DagSpec,
    Deadline,
    Input,
    OnData,
    ReasonRule,
    RetryPolicy,
    Sensor,
    Task,
    Unit,
    Workspace,
)
from workbench.timetable import Grid

SPEC = DagSpec("a", {"b": Task("b"), "c": Task("c", needs=("b",))})
NOW = datetime(2013, 1, 1, tzinfo=UTC)


def told(*specs: DagSpec, partial: bool = False, **more: Any) -> list[str]:
    workspace = Workspace({spec.name: spec for spec in specs}, **more)
    return [str(problem) for problem in check_workspace(workspace, partial=partial)]


def with_task(**fields: Any) -> DagSpec:
    return DagSpec("a", {"b": Task("b"), "t": Task("t", **fields)})


def test_nothing_is_wrong() -> None:
    assert told(SPEC) == []
    assert told(replace(SPEC, start=NOW, end=NOW + timedelta(days=1)), pools={"p": 1}, workers=1) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"schedule": "61 * * * *"}, "'schedule' of DAG 'a': '61' in '61 * * * *' is no minute"),
        ({"schedule": 5}, "'schedule' of DAG 'a': 5 is no text"),
        ({"timezone": "Mars"}, "'timezone' of DAG 'a': 'Mars' is no time zone"),
        ({"partition": "dya"}, "DAG 'a' has partition 'dya'; did you mean 'day'? (known: day, hour, month, week)"),
        ({"start": datetime(2013, 1, 1)}, "'start' of DAG 'a': 2013-01-01 00:00:00 has no time zone"),  # noqa: DTZ001
        ({"start": "2013-01-01"}, "'start' of DAG 'a' must be a date, or a date with a time"),
        ({"start": NOW, "end": NOW}, "'end' of DAG 'a' must come after its 'start'"),
        ({"catchup": "no"}, "'catchup' of DAG 'a' must be true or false"),
        ({"catchup": 1}, "'catchup' of DAG 'a' must be true or false"),
        ({"max_active_runs": True}, "'max_active_runs' of DAG 'a' must be a whole number of 1 or more"),
        ({"gap": "jump"}, "'dst' of DAG 'a' has gap 'jump'. (known: shift, skip)"),
        ({"fold": 2}, "'dst.fold' of DAG 'a' must be one of first, second, both"),
        ({"owner": 5}, "'owner' of DAG 'a' must be text"),
        ({"description": "x" * 20_001}, "'description' of DAG 'a' is too long: it has 20001 letters"),
        ({"tasks": {}}, "DAG 'a' has no tasks"),
        ({"schedule": "every 0m"}, "'schedule' of DAG 'a': 'every 0m' never moves on"),
        ({"schedule": "@once"}, "DAG 'a' runs once, when its first window is over, so it needs a 'start'"),
        ({"schedule": OnData()}, "'schedule' of DAG 'a': write either 'all' or 'any'"),
        ({"schedule": OnData(("b",), ("c",))}, "'schedule' of DAG 'a': write either 'all' or 'any'"),
        ({"schedule": OnData(all="b")}, "'schedule' of DAG 'a': 'all' of it must be a name or a list of names"),  # type: ignore[arg-type]
        ({"schedule": OnData(("x",))}, "'schedule' of DAG 'a' names unknown 'x'; name an input, or a dataset that"),
        ({"misfire": "none"}, "DAG 'a' has misfire 'none'. (known: latest, skip)"),
        ({"max_active_tasks": 0}, "'max_active_tasks' of DAG 'a' must be a whole number of 1 or more"),
        ({"paused": 1}, "'paused' of DAG 'a' must be true or false"),
        ({"deadline": Deadline()}, "'deadline' of DAG 'a' needs 'by' or 'within', and not both"),
        ({"deadline": Deadline("08:00")}, "'deadline.by' of DAG 'a' must be a time of day"),  # type: ignore[arg-type]
        ({"inputs": {"b": Input("b")}}, "'b' is both a task and an input of DAG 'a'; rename one"),
        ({"inputs": {"j": Input("j", expected="06:00")}}, "'expected' of input 'j' must be a time of day"),  # type: ignore[arg-type]
    ],
)
def test_wrong_values_of_a_dag(fields: dict[str, Any], said: str) -> None:
    [problem] = told(replace(SPEC, **fields))
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"takes": "10m"}, "'takes' of task 't' must be a duration, for example 10m; here it is '10m'"),
        ({"takes": timedelta(seconds=-1)}, "'takes' of task 't' must be a duration"),
        ({"takes": timedelta(milliseconds=5)}, "'takes' of task 't': 0:00:00.005000 has a fraction of a second"),
        ({"takes": timedelta(days=9999)}, "'takes' of task 't': durations are at most ten years long"),
        ({"needs": "b"}, "'needs' of task 't' must be a name or a list of names"),
        ({"needs": ["b"]}, "'needs' of task 't' must be a name or a list of names"),
        ({"needs": ("b", 5)}, "'needs' of task 't' must be a name or a list of names"),
        ({"needs": ("t",)}, "task 't' needs itself; remove it from its needs"),
        ({"needs": ("x",)}, "task 't' needs unknown 'x'. (known: b)"),
        ({"needs": ("a.b",)}, "task 't' needs 'a.b', which is in its own DAG; write 'b'"),
        ({"needs": ("b",), "reads": ("b",)}, "task 't' lists 'b' twice in its needs and reads; keep one"),
        ({"trigger_rule": "all_sucess"}, "task 't' has trigger_rule 'all_sucess'; did you mean 'all_success'?"),
        ({"pool": "w"}, "task 't' has pool 'w'. No pool is declared; add a document with 'pools: {w: 1}'"),
        ({"priority": 1.5}, "'priority' of task 't' must be a whole number"),
        ({"run": "flights"}, "'run' of task 't' must be a module beside this file and a function in it"),
        (
            {"retries": RetryPolicy(1, by_reason={"bugs": ReasonRule()})},
            "'retries.by_reason' of task 't': there is no reason",
        ),
        ({"retries": RetryPolicy(1, by_reason={"bug": 0})}, "'retries.by_reason.bug' of task 't' must be a number of"),  # type: ignore[dict-item]
        (
            {"retries": RetryPolicy(by_reason={"bug": ReasonRule(-1)})},
            "'retries.by_reason.bug.max' of task 't' must be",
        ),
        ({"timeout": timedelta(0)}, "'timeout' of task 't' must be a duration of 1s or more"),
        ({"slots": 2}, "task 't' takes 2 slots of no pool; add 'pool'"),
        ({"sensor": ("b",)}, "'sensor' of task 't' must be what it looks for, or a group of named values"),
        ({"sensor": Sensor()}, "sensor 't' has nothing to look for"),
        ({"sensor": Sensor(("b",))}, "task 't' looks for 'b', a task of its own run; write it under needs"),
        ({"sensor": Sensor(("b@-1",)), "function": len}, "task 't' is a sensor, which only looks"),
        ({"sensor": Sensor(("b@-1",), takes=timedelta(0))}, "'sensor.takes' of task 't' must be a duration of 1s"),
        ({"branch": ("b",)}, "branch 't' leads to 'b', which is not right after it; no task needs 't'"),
        ({"setup": True, "teardown": True}, "task 't' is a setup and a teardown; it can be one of them"),
        ({"writes": ("a b",)}, "'a b' is no name for a dataset"),
        ({"requires": ("b",)}, "task 't' requires 'b', a task of its own run; write it under needs"),
        ({"retries": 5}, "'retries' of task 't' must be a number of retries, or a group of named values"),
        ({"retries": RetryPolicy(-1)}, "'retries.max' of task 't' must be a whole number from 0 to 1000"),
        ({"retries": RetryPolicy(1, backoff=float("nan"))}, "'retries.backoff' of task 't' must be a number"),
        ({"retries": RetryPolicy(1, jitter="ful")}, "'retries' of task 't' has jitter 'ful'; did you mean 'full'?"),  # type: ignore[arg-type]
    ],
)
def test_wrong_values_of_a_task(fields: dict[str, Any], said: str) -> None:
    [problem] = told(with_task(**fields))
    assert problem.startswith(said)


def test_all_that_is_wrong_is_told_at_once() -> None:
    spec = replace(with_task(needs=("x",), trigger_rule="some"), timezone="Mars")
    assert [line.split(";")[0].split(".")[0] for line in told(spec, workers=0)] == [
        "'workers' must be a whole number of 1 or more",
        "'timezone' of DAG 'a': 'Mars' is no time zone",
        "task 't' has trigger_rule 'some'",
    ]


@pytest.mark.parametrize("name", ["", "2nd", "my task", "a.b", "größe", "a\n", "_a", "x" * 101, "ctx", None])
def test_names_that_are_none(name: Any) -> None:
    assert len(told(DagSpec("a", {name: Task(name)}))) == 1


def test_pools_and_workers() -> None:
    said = told(SPEC, pools={"p": 0, "q": True, "r s": 1}, workers=0)
    assert len(said) == 4
    assert "pool 'p' must have a whole number of 1 or more slots; here it is 0" in said


def test_a_workspace_that_is_being_built_may_name_what_comes_later() -> None:
    spec = with_task(needs=("jfk", "fares.load"), pool="warehouse")
    assert len(told(spec)) == 3
    assert told(spec, partial=True) == []
    assert told(DagSpec("a", {}), partial=True) == []
    assert len(told(with_task(needs=("t",)), partial=True)) == 1


def test_circles() -> None:
    def ring(name: str, *edges: tuple[str, str]) -> DagSpec:
        return DagSpec(name, {task: Task(task, needs=(need,)) for task, need in edges})

    start = "tasks need each other in a circle, so none can start: "
    end = "; remove one of these needs"
    assert told(ring("a", ("x", "z"), ("y", "x"), ("z", "y"))) == [f"{start}x -> y -> z -> x{end}"]
    across = told(ring("a", ("x", "b.y")), ring("b", ("y", "a.x")))
    assert across == [f"{start}a.x -> b.y -> a.x{end}"]
    assert told(ring("a", ("x", "b.y"), ("y", "x")), ring("b", ("y", "y2"), ("y2", "a.xx"))) == [
        "task 'y2' needs unknown 'a.xx'; did you mean 'a.x'? (known: a.x, a.y, y)"
    ]


def grid_of(name: str, unit: Any, task: str, *needs: str, zone: str = "UTC") -> DagSpec:
    return DagSpec(name, {task: Task(task, needs=needs)}, partition=unit, timezone=zone)


@pytest.mark.parametrize(
    ("one", "other", "circle"),
    [
        # (grid, need of the other's task)
        (("day", "b.y"), ("day", "a.x@-1"), False),
        (("day", "b.y@-6..0"), ("day", "a.x@-1"), False),
        (("day", "b.y@-6..0"), ("day", "a.x"), True),
        (("day", "b.y@-6..-1"), ("day", "a.x@-3..-2"), False),
        (("day", "b.y@1"), ("day", "a.x@-1"), True),
        (("day", "b.y@1"), ("day", "a.x@-2"), False),
        (("day", "b.y@0..2"), ("day", "a.x@-2..-1"), True),
        # A week of days: @-1 and @-6 are still in the week itself, @-7 is not.
        (("week", "b.y@-1"), ("day", "a.x"), True),
        (("week", "b.y@-6"), ("day", "a.x"), True),
        (("week", "b.y@-20"), ("day", "a.x"), False),
        (("week", "b.y"), ("day", "a.x@-1"), False),
        (("month", "b.y"), ("hour", "a.x@-1"), False),
        # Weeks do not lie in months.
        (("month", "b.y"), ("week", "a.x@-1"), True),
        (("month", "b.y"), ("week", "a.x@-3"), False),
    ],
)
def test_circles_through_ranges(one: tuple[str, str], other: tuple[str, str], circle: bool) -> None:
    said = told(grid_of("a", one[0], "x", one[1]), grid_of("b", other[0], "y", other[1]))
    assert bool(said) == circle
    assert all("need each other in a circle" in line for line in said)


def test_a_dag_that_is_wrong_itself_makes_no_circle() -> None:
    a, b = grid_of("a", "day", "x", "b.y"), replace(grid_of("b", "day", "y", "a.x"), timezone="Mars")
    [said] = told(a, b)
    assert said.startswith("'timezone' of DAG 'b'")
    [said] = told(DagSpec("a", {"b": Task("b", needs=5), "t": Task("t", branch=())}))  # type: ignore[arg-type]
    assert said.startswith("'needs' of task 'b'")


def test_days_of_two_zones_overlap() -> None:
    a = grid_of("a", "day", "x", "b.y")
    assert told(a, grid_of("b", "day", "y", "a.x@-1", zone="Asia/Tokyo"))
    assert told(a, grid_of("b", "day", "y", "a.x@-3", zone="Asia/Tokyo")) == []


@pytest.mark.parametrize(
    ("zone", "needing_zone"),
    [
        ("America/New_York", "America/New_York"),
        ("Australia/Lord_Howe", "Australia/Lord_Howe"),
        ("UTC", "Australia/Lord_Howe"),
        ("Australia/Lord_Howe", "America/New_York"),
    ],
)
def test_law_so_many_windows_back_is_the_past(zone: str, needing_zone: str) -> None:
    start, end = datetime(2013, 4, 1, tzinfo=UTC), datetime(2013, 4, 10, tzinfo=UTC)
    for needed, needing in itertools.product(get_args(Unit), repeat=2):
        grid, own = Grid(needed, ZoneInfo(zone)), Grid(needing, ZoneInfo(needing_zone))
        most = most_windows(grid, own)
        for window in [*own.between(start, end)][:: 17 if needing == "hour" else 1]:
            last = [*grid.between(window.start, window.end)][-1]
            assert grid.shift(last, -most).end <= window.start, (needed, needing)


def test_a_chain_of_very_many_tasks_is_no_problem() -> None:
    tasks = {f"t{n}": Task(f"t{n}", needs=(f"t{n - 1}",) if n else ()) for n in range(20_000)}
    assert told(DagSpec("a", tasks)) == []


def test_an_input_means_the_same_everywhere() -> None:
    six, seven = Input("jfk", time(6)), Input("jfk", time(7))
    a, b = (DagSpec(name, {"t": Task("t")}, {"jfk": six}) for name in "ab")
    assert told(a, b) == []
    said = ["input 'jfk' is declared differently in DAG 'a'; declare it there alone, and use it here by its name"]
    assert told(a, replace(b, inputs={"jfk": seven})) == said
    assert told(a, replace(b, timezone="Europe/Berlin")) == said
