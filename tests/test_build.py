"""Building a DAG step by step in Python: every step is checked, and a step that is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

import workbench as wb
from workbench.model.reading import read_workspace_text


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises((wb.InvalidInput, ValueError)) as caught:
        act()
    return str(caught.value)


def flights() -> wb.Dag:
    dag = wb.Dag("flights", schedule="0 6 * * *", start="2013-01-01")
    dag.input("jfk", expected="06:00", owner="ingest")
    dag.input("lga", expected="+2h")
    dag.task("extract", reads=["jfk", "lga"], takes="10m", retries={"max": 5, "delay": "2m", "backoff": 2})
    dag.task("clean", needs="extract", takes=timedelta(minutes=3), retries=1)
    return dag


def edges(dag: wb.Dag) -> list[str]:
    return [f"{up}>{down}" for up, down in dag.spec.edges()]


def test_what_was_built() -> None:
    spec = flights().spec
    assert (spec.name, spec.schedule, spec.start) == ("flights", "0 6 * * *", datetime(2013, 1, 1, tzinfo=UTC))
    assert spec.inputs["jfk"] == wb.Input("jfk", time(6), owner="ingest")
    assert spec.inputs["lga"].expected == timedelta(hours=2)
    assert spec.tasks["extract"] == wb.Task(
        "extract",
        reads=("jfk", "lga"),
        takes=timedelta(minutes=10),
        retries=wb.RetryPolicy(5, timedelta(minutes=2), 2),
    )
    assert spec.tasks["clean"].retries.max == 1
    assert wb.check_workspace(wb.Workspace({"flights": spec})) == []


def test_times_are_local_to_the_zone() -> None:
    dag = wb.Dag("d", timezone="America/New_York", start="2013-01-01", end="2013-02-01")
    assert dag.spec.start == datetime(2013, 1, 1, 5, tzinfo=UTC)
    given = datetime(2013, 1, 1, tzinfo=UTC)
    assert wb.Dag("d", timezone="America/New_York", start=given).spec.start == given


def test_arrows_both_ways_and_lists_on_either_side() -> None:
    dag = wb.Dag("d")
    a, b, c, d, e = (dag.task(name) for name in "abcde")
    assert (a >> [b, c]) == [b, c]
    assert ([b, c] >> d) is d
    assert (e << d) is d
    assert edges(dag) == ["a>b", "a>c", "b>d", "c>d", "d>e"]
    a >> b
    assert edges(dag).count("a>b") == 1


def test_a_chain_reads_from_left_to_right() -> None:
    dag = wb.Dag("d")
    assert repr(dag.task("a") >> dag.task("b") >> dag.task("c")) == "c"
    assert edges(dag) == ["a>b", "b>c"]


def test_a_function_becomes_a_task_by_its_name_and_parameters() -> None:
    dag = flights()

    @dag.task(takes="2m")
    def publish(clean: Any, jfk: Any, ctx: Any) -> Any:
        """Make it public.

        More words.
        """

    @dag.task
    def audit(*, publish: Any, clean: Any = None) -> Any: ...

    task = dag.spec.tasks["publish"]
    assert (task.needs, task.reads, task.takes) == (("clean",), ("jfk",), timedelta(minutes=2))
    assert task.description == "Make it public."
    assert task.function is not None
    assert dag.spec.tasks["audit"].needs == ("publish", "clean")
    assert edges(dag) == ["extract>clean", "clean>publish", "publish>audit", "clean>audit"]


def test_needs_of_a_decorated_function_may_be_said_too() -> None:
    dag = flights()

    @dag.task(needs=["jfk", "clean"])
    def publish(clean: Any, jfk: Any) -> Any: ...

    task = dag.spec.tasks["publish"]
    assert (task.needs, task.reads) == (("jfk", "clean"), ())


def test_everything_may_be_written_as_in_a_file() -> None:
    dag = wb.Dag(
        "d", schedule={"all": "jfk"}, deadline="08:00", dst={"gap": "skip"}, max_active_tasks=2, start="2013-01-01"
    )
    dag.input("jfk")
    dag.task("look", sensor={"on": "jfk", "mode": "reschedule", "every": "5m"})
    dag.task("a", needs="look", timeout="1h", retries={"max": 3, "by_reason": {"bug": 0}}, writes="orders", slots=1)
    dag.task("b", needs=[dag["a"]], deadline={"within": "2h"}, wait_for_downstream=True, branch=["c"], requires="jfk")
    dag.task("c", needs="b", teardown=True)
    assert (
        dag.spec
        == read_workspace_text("""
        dag: d
        schedule: {all: jfk}
        deadline: "08:00"
        dst: {gap: skip}
        max_active_tasks: 2
        start: 2013-01-01
        inputs: {jfk: }
        tasks:
          look: {sensor: {on: jfk, mode: reschedule, every: 5m}}
          a: {needs: look, timeout: 1h, retries: {max: 3, by_reason: {bug: 0}}, writes: orders}
          b: {needs: a, deadline: {within: 2h}, wait_for_downstream: true, branch: c, requires: jfk}
          c: {needs: b, teardown: true}
        """).workspace.dags["d"]
    )
    assert wb.Dag("e", schedule="once", start="2013-01-01").spec.schedule == "@once"
    assert wb.Dag("e", schedule="manual").spec.schedule is None


def test_a_teardown_made_in_python_gets_its_rule() -> None:
    dag = wb.Dag("d")

    @dag.task(teardown=True)
    def stop() -> None: ...

    dag.task("other", teardown=True, trigger_rule="all_success")
    assert [task.trigger_rule for task in dag.spec.tasks.values()] == ["all_done_setup_success", "all_success"]


def test_taking_apart() -> None:
    dag = flights()
    dag["clean"] >> dag.task("publish")
    dag.set("publish", takes="9m", pool="warehouse").disconnect("clean", "publish").remove(dag["clean"])
    assert list(dag.spec.tasks) == ["extract", "publish"]
    assert dag.spec.tasks["publish"].needs == ()
    assert (dag.spec.tasks["publish"].takes, dag.spec.tasks["publish"].pool) == (timedelta(minutes=9), "warehouse")
    dag.edit(wb.AddEdge("extract", "publish"), wb.WaitFor("extract", ("jfk",)))
    assert (edges(dag), dag.spec.tasks["extract"].reads) == (["extract>publish"], ("lga",))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda dag: dag.task("clean"), "DAG 'flights' has a task 'clean' already"),
        (lambda dag: dag["clean"] >> dag["extract"], "tasks need each other in a circle"),
        (lambda dag: dag["clean"] >> dag["clean"], "clean"),
        (lambda dag: dag["claen"], "DAG 'flights' has no task 'claen'; did you mean 'clean'? (known: clean, extract)"),
        (lambda dag: dag.remove("claen"), "did you mean 'clean'?"),
        (lambda dag: dag.set("clean", taks="3m"), "a task has no 'taks'; did you mean 'takes'?"),
        (lambda dag: dag.set("clean", takes="3 min"), "'3 min' is no duration"),
        (lambda dag: dag.set("clean", trigger_rule="all_sucess"), "all_success"),
        (lambda dag: dag.set("clean", retries={"max": -1}), "max"),
        (lambda dag: dag.disconnect("clean", "extract"), "task 'extract' does not need 'clean'"),
        (lambda dag: dag.input("ewr", expected="6 o'clock"), "6 o'clock"),
        (lambda dag: dag.task("a b c\n"), "a b c"),
        (lambda dag: dag.task("x", takes=timedelta(seconds=-1)), "takes"),
        (lambda dag: dag.task("x", taks="1m"), "a task has no 'taks'; did you mean 'takes'?"),
        (
            lambda dag: dag.task("x", sensor={"evry": "5m"}),
            "'sensor' has no 'evry'; did you mean 'every'?",
        ),
        (lambda dag: dag.task("x", sensor={"on": "clean"}), "looks for 'clean', a task of its own run"),
        (lambda dag: dag.task("x", deadline="noon"), "'deadline.by' must be a time of day"),
        (
            lambda dag: dag.task("x", retries={"by_reason": {"bugs": 0}}),
            "there is no reason 'bugs'; did you mean 'bug'?",
        ),
        (lambda dag: dag.task("x", retries={"by_reason": 3}), "'retries.by_reason' of task 'x' must be a group"),
        (lambda dag: dag.change(schedule={"al": "jfk"}), "'schedule' has no 'al'; did you mean 'all'?"),
        (lambda dag: dag.change(schedule=5), "'schedule' of DAG 'flights': 5 is no text"),
        (lambda dag: dag.rename("clean", "extract"), "DAG 'flights' has a task 'extract' already"),
    ],
)
def test_a_step_that_is_refused_changes_nothing(act: Callable[[wb.Dag], Any], said: str) -> None:
    dag = flights()
    before = dag.spec
    assert said in refused(lambda: act(dag))
    assert dag.spec is before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"schedule": "61 * * * *"}, "61"),
        ({"timezone": "Berlin"}, "did you mean Europe/Berlin?"),
        ({"start": "soon"}, "'soon' is no time"),
        ({"start": "2013-01-02", "end": "2013-01-01"}, "end"),
        ({"partition": "fortnight"}, "fortnight"),
    ],
)
def test_a_dag_that_cannot_be(fields: dict[str, Any], said: str) -> None:
    assert said in refused(lambda: wb.Dag("d", **fields))


def test_what_only_the_whole_workspace_knows_may_be_named() -> None:
    dag = flights()
    dag.task("report", needs=["other.task", "ewr"], pool="warehouse")
    problems = wb.check_workspace(wb.Workspace({"flights": dag.spec}))
    assert len(problems) == 3
    other = wb.Dag("other")
    other.task("task")
    other.input("ewr")
    whole = wb.Workspace({"flights": dag.spec, "other": other.spec}, {"warehouse": 1})
    assert wb.check_workspace(whole) == []


def test_a_spec_is_frozen_and_kept_by_what_was_made_of_it() -> None:
    dag = wb.Dag("d", schedule="0 6 * * *", start="2013-01-01")
    dag.task("a")
    s = wb.Session(dag)
    dag.task("b")
    assert list(s.workspace.dags["d"].tasks) == ["a"]
    with pytest.raises(AttributeError):
        dag.spec.name = "e"  # type: ignore[misc]
