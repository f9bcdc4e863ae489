"""Edits: what each does, what it says that it would change, and that its inverse takes it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from random import Random
from textwrap import dedent
from typing import Any

import pytest

import workbench as wb
from workbench.model import (
    AddEdge,
    AddTask,
    DagSpec,
    Edit,
    InvalidInput,
    OnData,
    RemoveEdge,
    RemoveTask,
    RenameTask,
    SetDag,
    SetTask,
    SplitTask,
    Task,
    WaitFor,
    Workspace,
    apply_edit,
    changes,
    check_elsewhere,
    check_workspace,
    difference,
    inverse,
    task_of,
)
from workbench.model.data import dag_to_data
from workbench.model.reading import read_workspace_text

MINUTE = timedelta(minutes=1)
PIPELINE = """
dag: flights
schedule: "0 6 * * *"
start: 2013-01-01
inputs: {jfk: , lga: }
tasks:
  extract: {reads: [jfk, lga], takes: 10m, retries: 2}
  clean: {needs: [extract, clean@-1], takes: 3m}
  choose: {needs: clean, branch: [full, delta]}
  full: {needs: choose}
  delta: {needs: choose}
  publish: {needs: [full, delta], reads: [clean@-6..-1], trigger_rule: none_failed}
---
dag: report
tasks:
  make: {needs: [flights.publish]}
  watch: {sensor: [flights.clean@-1]}
"""


def workspace() -> Workspace:
    return read_workspace_text(PIPELINE).workspace


def flights() -> DagSpec:
    return workspace().dags["flights"]


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(InvalidInput) as caught:
        act()
    return str(caught.value)


def lines(text: str) -> tuple[str, ...]:
    return tuple(dedent(text).strip().split("\n"))


def test_a_renamed_task_keeps_its_place_and_all_follow() -> None:
    after = apply_edit(flights(), RenameTask("clean", "tidy"))
    assert list(after.tasks) == ["extract", "tidy", "choose", "full", "delta", "publish"]
    assert after.tasks["tidy"].needs == ("extract", "tidy@-1")
    assert after.tasks["choose"].needs == ("tidy",)
    assert after.tasks["publish"].reads == ("tidy@-6..-1",)
    branch = apply_edit(flights(), RenameTask("full", "whole")).tasks["choose"]
    assert branch.branch == ("whole", "delta")


def test_a_sensor_follows_a_renamed_task() -> None:
    dag = wb.Dag("d")
    dag.task("a")
    dag.task("look", sensor={"on": "a@-1"})
    dag.rename("a", "b")
    assert dag.spec.tasks["look"].sensor == wb.Dag("e").task("look", sensor="b@-1").dag.spec.tasks["look"].sensor


def test_a_split_task_is_a_chain() -> None:
    spec = apply_edit(flights(), SetTask("clean", {"run": "m:clean", "writes": "orders", "timeout": "1h", "pool": "p"}))
    after = apply_edit(spec, SplitTask("clean", ("fetch", "check", "clean")))
    assert list(after.tasks)[:5] == ["extract", "fetch", "check", "clean", "choose"]
    fetch, check, clean = (after.tasks[name] for name in ("fetch", "check", "clean"))
    assert [task.needs for task in (fetch, check, clean)] == [("extract", "clean@-1"), ("fetch",), ("check",)]
    assert [task.takes for task in (fetch, check, clean)] == [MINUTE] * 3
    assert [task.run for task in (fetch, check, clean)] == ["m:clean", None, None]
    assert [task.writes for task in (fetch, check, clean)] == [(), (), ("orders",)]
    assert {(task.timeout, task.pool) for task in (fetch, check, clean)} == {(60 * MINUTE, "p")}
    assert after.tasks["choose"].needs == ("clean",)


def test_a_branch_that_is_split_decides_at_its_end_and_is_chosen_at_its_start() -> None:
    after = apply_edit(flights(), SplitTask("choose", ("look", "decide")))
    assert (after.tasks["look"].branch, after.tasks["decide"].branch) == (None, ("full", "delta"))
    assert after.tasks["full"].needs == ("decide",)
    after = apply_edit(flights(), SplitTask("full", ("one", "two")))
    assert after.tasks["choose"].branch == ("one", "delta")
    assert after.tasks["publish"].needs == ("two", "delta")


def test_time_that_cannot_be_shared_equally_is_shared_all_the_same() -> None:
    spec = DagSpec("d", {"a": Task("a", takes=timedelta(seconds=5))})
    parts = apply_edit(spec, SplitTask("a", ("b", "c", "d"))).tasks.values()
    assert [part.takes.seconds for part in parts] == [2, 2, 1]


def test_fields_of_the_dag() -> None:
    after = apply_edit(flights(), SetDag({"schedule": "every 90m", "dst": {"gap": "skip"}, "deadline": "08:00"}))
    assert (after.schedule, after.gap, after.fold) == ("every 90m", "skip", "second")
    after = apply_edit(flights(), SetDag({"schedule": {"any": "jfk"}, "timezone": "Asia/Tokyo", "start": "2013-02-01"}))
    assert after.schedule == OnData(any=("jfk",))
    assert after.start == wb.instant("2013-01-31T15:00Z")
    assert apply_edit(flights(), SetDag({"schedule": "manual"})).schedule is None


def test_text_that_was_typed_will_do() -> None:
    after = apply_edit(
        flights(), SetTask("extract", {"retries": {"max": "5", "delay": "2m"}, "depends_on_past": "yes"})
    )
    assert after.tasks["extract"].retries == wb.RetryPolicy(5, 2 * MINUTE)
    assert after.tasks["extract"].depends_on_past is True


def test_a_task_that_becomes_a_teardown_gets_its_rule() -> None:
    after = apply_edit(flights(), SetTask("full", {"teardown": True}))
    assert after.tasks["full"].trigger_rule == "all_done_setup_success"
    assert apply_edit(after, SetTask("full", {"teardown": False})).tasks["full"].trigger_rule == "all_success"
    after = apply_edit(flights(), SetTask("publish", {"teardown": True}))
    assert after.tasks["publish"].trigger_rule == "none_failed"


def test_a_task_finds_its_place() -> None:
    after = apply_edit(flights(), AddTask(Task("load"), before="clean"))
    assert list(after.tasks)[:3] == ["extract", "load", "clean"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (RenameTask("claen", "x"), "DAG 'flights' has no task 'claen'; did you mean 'clean'?"),
        (RenameTask("clean", "full"), "DAG 'flights' has a task 'full' already"),
        (RenameTask("clean", "jfk"), "DAG 'flights' has an input 'jfk' already; take another name"),
        (RenameTask("clean", "clean"), "task 'clean' is called so already"),
        (SplitTask("clean", ("a",)), "task 'clean' is split into two or more tasks of different names"),
        (SplitTask("clean", ("a", "a")), "two or more tasks of different names"),
        (SplitTask("clean", ("a", "full")), "DAG 'flights' has a task 'full' already"),
        (SetDag({"schedul": None}), "DAG 'flights': a DAG has no 'schedul'; did you mean 'schedule'?"),
        (SetDag({"tasks": {}}), "a DAG has no 'tasks'"),
        (SetDag({"start": "soon"}), "DAG 'flights': 'start': 'soon' is no time"),
        (SetDag({"max_active_runs": "many"}), "DAG 'flights': 'max_active_runs' must be a whole number of 1 or more"),
        (SetDag({"dst": "skip"}), "'dst' must be a group of named values"),
        (SetDag({"dst": {"gab": "skip"}}), "'dst' has no 'gab'; did you mean 'gap'?"),
        (SetTask("clean", {"retries": {"dealy": "2m"}}), "'retries' has no 'dealy'; did you mean 'delay'?"),
        (AddTask(Task("x"), before="y"), "DAG 'flights' has no task 'y'"),
    ],
)
def test_edits_that_cannot_be(edit: Edit, said: str) -> None:
    assert said in refused(lambda: apply_edit(flights(), edit))


@pytest.mark.parametrize(
    ("edit", "task"),
    [
        (WaitFor("a", ("b",)), "a"),
        (AddEdge("a", "b"), "b"),
        (RemoveEdge("a", "b"), "b"),
        (AddTask(Task("a")), "a"),
        (RemoveTask("a"), "a"),
        (RenameTask("a", "b"), "a"),
        (SplitTask("a", ("b", "c")), "a"),
        (SetTask("a"), "a"),
        (SetDag(), ""),
    ],
)
def test_the_task_of_an_edit(edit: Edit, task: str) -> None:
    assert task_of(edit) == task
    assert edit.sentence()


def test_a_name_that_other_dags_use_stays() -> None:
    told = "'flights.clean' is used by report.watch, and an edit changes one DAG; change that first"
    for edit in (RenameTask("clean", "tidy"), RemoveTask("clean"), SplitTask("clean", ("a", "b"))):
        assert refused(lambda edit=edit: check_elsewhere(workspace(), "flights", edit)) == told  # type: ignore[misc]
    check_elsewhere(workspace(), "flights", RenameTask("extract", "get"))
    check_elsewhere(workspace(), "flights", SplitTask("clean", ("tidy", "clean")))
    check_elsewhere(workspace(), "flights", SetTask("clean", {"takes": "1m"}))


# what would change


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (SetTask("clean", {"takes": "10m"}), "clean: takes 10m (before: 3m)"),
        (SetTask("clean", {"retries": 3}), "clean: retries 3 (before: 0)"),
        (SetTask("clean", {"pool": "p", "teardown": True}), """
            clean: trigger_rule all_done_setup_success (before: all_success)
            clean: pool p (before: none)
            clean: teardown true (before: false)
            """),
        (SetTask("clean", {"sensor": "jfk@-1"}), "clean: sensor jfk@-1 (before: none)"),
        (SetTask("clean", {"sensor": {"on": "jfk", "mode": "reschedule"}}), """
            clean: sensor jfk (before: none)
            clean: sensor.mode reschedule (before: none)
            """),
        (SetTask("choose", {"branch": []}), "choose: branch nothing (before: full, delta)"),
        (SetTask("choose", {"branch": None}), "choose: branch none (before: full, delta)"),
        (SetTask("clean", {"deadline": "08:00", "writes": "x"}), """
            clean: deadline 08:00 (before: none)
            clean: writes x (before: none)
            """),
        (SetTask("clean", {"retries": {"by_reason": {"bug": 0, "quota": {}}}}), """
            clean: retries.by_reason.bug 0 (before: none)
            clean: retries.by_reason.quota as usual (before: none)
            """),
        (WaitFor("extract", ("jfk",)), """
            extract now needs jfk
            extract no longer reads jfk
            """),
        (RemoveEdge("clean", "choose"), "choose no longer needs clean"),
        (AddTask(Task("load", ("clean",), takes=MINUTE * 5)), "task load added: needs clean, takes 5m"),
        (AddTask(Task("load")), "task load added"),
        (RemoveTask("full"), """
            task full removed
            choose: branch delta (before: full, delta)
            publish no longer needs full
            """),
        (RenameTask("clean", "tidy"), "task clean is called tidy"),
        (SplitTask("extract", ("get", "extract")), """
            task get added: reads jfk, lga, takes 5m, retries 2
            extract now needs get
            extract no longer reads jfk
            extract no longer reads lga
            extract: takes 5m (before: 10m)
            """),
        (SetDag({"schedule": "once", "fold": "both", "paused": True, "owner": "me"}), """
            DAG flights: schedule @once (before: 0 6 * * *)
            DAG flights: paused true (before: false)
            DAG flights: owner me (before: none)
            DAG flights: dst.fold both (before: second)
            """),
        (SetDag({"schedule": {"all": ["jfk", "lga"]}}), "DAG flights: schedule all of jfk, lga (before: 0 6 * * *)"),
        (SetDag({"schedule": None}), "DAG flights: schedule none (before: 0 6 * * *)"),
    ],
)  # fmt: skip
def test_what_an_edit_would_change(edit: Edit, told: str) -> None:
    assert sorted(changes(flights(), edit)) == sorted(lines(told))


def test_what_changes_nothing_says_nothing() -> None:
    assert changes(flights(), SetTask("clean", {"takes": "3m"})) == ()
    assert difference(flights(), flights()) == ()


def test_inputs_and_functions_count_as_well() -> None:
    before = flights()
    after = replace(before, inputs={"jfk": replace(before.inputs["jfk"], owner="me"), "ewr": wb.Input("ewr")})
    assert set(difference(before, after)) == {
        "input lga removed",
        "input jfk: owner me (before: none)",
        "input ewr added",
    }
    edit = SetTask("clean", {"function": lambda extract: extract})
    assert changes(before, edit) == ("clean: other function",)
    [back] = inverse(before, edit)
    assert apply_edit(apply_edit(before, edit), back).tasks["clean"].function is None


# the way back


def test_an_inverse_reads_well() -> None:
    assert inverse(flights(), RenameTask("clean", "tidy")) == (RenameTask("tidy", "clean"),)
    assert inverse(flights(), AddTask(Task("load"))) == (RemoveTask("load"),)
    assert inverse(flights(), SetTask("clean", {"takes": "9m"})) == (SetTask("clean", {"takes": 3 * MINUTE}),)
    assert inverse(flights(), SetDag({"paused": True})) == (SetDag({"paused": False}),)
    assert inverse(flights(), AddEdge("extract", "full")) == (SetTask("full", {"needs": ("choose",)}),)
    assert inverse(flights(), WaitFor("full", ("choose",))) == ()
    full = flights().tasks["full"]
    assert inverse(flights(), RemoveTask("full")) == (
        AddTask(full, "delta"),
        SetTask("choose", {"branch": ("full", "delta")}),
        SetTask("publish", {"needs": ("full", "delta")}),
    )


# Everything that tasks and DAGs can have, for laws over random ones: building them by strategies takes minutes.
VALUES: dict[str, list[Any]] = {
    "takes": [MINUTE, timedelta(seconds=7)],
    "run": [None, "m:f"],
    "retries": [0, 3, {"by_reason": {"bug": 0}}],
    "trigger_rule": ["all_success", "none_failed", "all_done_setup_success"],
    "branch": [None, (), ("a",), ("b", "c")],
    "short_circuit": [False, True],
    "setup": [False, True],
    "teardown": [False, True],
    "depends_on_past": [False, True],
    "wait_for_downstream": [False, True],
    "sensor": [None, "a@-1", {"on": ["b@-2", "x"], "mode": "reschedule"}],
    "deadline": [None, "08:00", {"within": "2h"}],
    "writes": [(), ("orders",)],
    "pool": [None, "p"],
    "slots": [1, 2],
    "function": [None, len],
    "sql": [None, "SELECT 1"],
    "code": [{}, {"v1": "m:f", "v2": "m:g"}],
    "checks": [(), ("orders.volume",)],
    "executor": ["engine", "job"],
    "params": [{}, {"connection": "main"}],
}
OF_THE_DAG: dict[str, list[Any]] = {
    "schedule": [None, "once", "0 6 * * *", {"any": ["jfk"]}],
    "timezone": ["UTC", "Asia/Tokyo"],
    "deadline": [None, "08:00"],
    "gap": ["shift", "skip"],
    "max_active_tasks": [None, 2],
    "owner": [None, "me"],
    "runbook": [None, "docs/runbook.md"],
    "environment": [None, "image:a"],
    "alerts": [{"on": "check"}, {"on": ["failure", "check"], "to": "me"}],
    "datasets": [{}, {"orders": {"mode": "append", "checks": {"volume": {"min": 5}}}}],
}


def some(random: Random, values: dict[str, list[Any]]) -> dict[str, Any]:
    return {key: random.choice(values[key]) for key in random.sample([*values], random.randint(0, 4))}


def names(random: Random, known: str) -> tuple[str, ...]:
    texts = [name + span for name in [*known, "x", "n1"] for span in ("", "@-1", "@-6..0")]
    return tuple(random.sample(texts, random.randint(0, 3)))


def random_dag(random: Random) -> DagSpec:
    known = "abcde"[: random.randint(1, 5)]

    def few() -> tuple[str, ...]:
        return names(random, known)

    tasks = [Task(name, few(), few(), requires=few()) for name in random.sample(known, len(known))]
    spec = DagSpec("d", {task.name: task for task in tasks}, inputs={"jfk": wb.Input("jfk")})
    for name in known:
        spec = apply_edit(spec, SetTask(name, some(random, VALUES)))
    return apply_edit(spec, SetDag(some(random, OF_THE_DAG)))


def random_edit(random: Random, spec: DagSpec) -> Edit:
    name, other = random.choice([*spec.tasks]), random.choice([*spec.tasks])
    new = tuple(random.sample(["n1", "n2", "n3", name], random.randint(2, 4)))
    kinds: list[Callable[[], Edit]] = [
        lambda: WaitFor(name, names(random, "abc")),
        lambda: AddEdge(name, other),
        lambda: RemoveEdge(random.choice(spec.tasks[name].needs or ("x",)), name),
        lambda: AddTask(replace(spec.tasks[other], name="n1"), random.choice(["", name])),
        lambda: RemoveTask(name),
        lambda: RenameTask(name, random.choice(["n1", "x", "n2"])),
        lambda: SplitTask(name, new),
        lambda: SetTask(name, some(random, VALUES)),
        lambda: SetDag(some(random, OF_THE_DAG)),
    ]
    return random.choice(kinds)()


def edited(seed: int) -> tuple[DagSpec, Edit, DagSpec] | None:
    """A DAG, an edit, and the DAG after it; None for an edit that is refused."""
    random = Random(seed)
    spec = random_dag(random)
    edit = random_edit(random, spec)
    try:
        return spec, edit, apply_edit(spec, edit)
    except InvalidInput:
        return None


CASES = [case for seed in range(1200) if (case := edited(seed)) is not None]


def test_the_cases_hold_every_edit() -> None:
    counts = Counter(type(edit).__name__ for _, edit, _ in CASES)
    assert len(counts) == 9
    assert min(counts.values()) > 20


def test_law_an_edit_and_its_inverse_leave_nothing() -> None:
    for spec, edit, after in CASES:
        again = reduce(apply_edit, inverse(spec, edit), after)
        assert again == spec, edit
        assert list(again.tasks) == list(spec.tasks), edit
        assert _functions(again) == _functions(spec), edit


def test_law_an_edit_that_changes_something_says_so() -> None:
    for spec, edit, after in CASES:
        told = changes(spec, edit)
        assert bool(told) == (dag_to_data(after) != dag_to_data(spec) or _functions(after) != _functions(spec)), edit
        assert not any("\n" in line or "{" in line for line in told)


def _functions(spec: DagSpec) -> list[Any]:
    return [task.function for task in spec.tasks.values()]


def test_what_was_right_is_right_after_a_rename_and_a_split() -> None:
    for edit in (RenameTask("clean", "tidy"), SplitTask("clean", ("a", "b")), SplitTask("choose", ("a", "choose"))):
        after = apply_edit(flights(), edit)
        assert check_workspace(Workspace({"flights": after})) == []


def test_the_builder_does_it_too() -> None:
    dag = wb.Dag("d", schedule="every 90m", start="2013-01-01", deadline={"within": "2h"})
    a, b = dag.task("a"), dag.task("b")
    a >> b
    assert [repr(task) for task in dag.split(a, "x", "y")] == ["x", "y"]
    assert repr(dag.rename("b", "c")) == "c"
    dag.change(catchup=True, schedule="once")
    assert [f"{up}>{down}" for up, down in dag.spec.edges()] == ["x>y", "y>c"]
    assert (dag.spec.catchup, dag.spec.schedule) == (True, "@once")
