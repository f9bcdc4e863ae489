"""What may be written about data, in files and in Python, and what is told when it is wrong.

Files that are wrong in many ways are golden pairs: tests/data/bad/checks.yaml, datasets_declared.yaml, data_*.yaml.
"""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from workbench.model import (
    CHECK_KINDS,
    Alerts,
    Check,
    Consumer,
    DagSpec,
    Dataset,
    Input,
    InvalidInput,
    OnData,
    Person,
    Task,
    Workspace,
    check_workspace,
    workspace,
)
from workbench.model.check_checks import COLUMN_TYPES, TAKES
from workbench.model.circles import circles
from workbench.model.reading import read_partly_text, read_workspace_text
from workbench.scenario.observing import KINDS, TYPES

HEAD = "dag: shop\nstart: 2013-01-01\ninputs: {lines: , rates: }\n"


def shop(more: str, tasks: str = "{load: {writes: orders}}") -> DagSpec:
    return read_workspace_text(f"{HEAD}tasks: {tasks}\n{more}").workspace.dags["shop"]


def told(text: str) -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in read_partly_text(text).problems]


def complaints(*specs: DagSpec, **more: Any) -> list[str]:
    return [str(problem) for problem in check_workspace(Workspace({spec.name: spec for spec in specs}, **more))]


# files


@pytest.mark.parametrize(
    ("written", "dataset"),
    [
        ("", Dataset("orders")),
        ("{mode: append, key: id}", Dataset("orders", "append", ("id",))),
        ("{store: registry, kept_by: managed_store}", Dataset("orders", store="registry", kept_by="managed_store")),
        ("{fenced: yes, deadline: '08:00'}", Dataset("orders", fenced=True, deadline=time(8))),
        ("{deadline: +2h, owner: ana}", Dataset("orders", deadline=timedelta(hours=2), owner="ana")),
        ("{checks: {c: {min: 5}}}", Dataset("orders", checks={"c": Check("c", min=5)})),
        ("{checks: {c: {kind: complete, max: 0.5}}}", Dataset("orders", checks={"c": Check("c", "complete", max=0.5)})),
    ],
)
def test_spellings_of_a_dataset(written: str, dataset: Dataset) -> None:
    assert shop(f"datasets: {{orders: {written}}}").datasets == {"orders": dataset}


def test_a_check_has_all_its_fields() -> None:
    text = """
datasets:
  orders:
    checks:
      mean: {kind: distribution, columns: price, measure: stddev, min: -1.5, max: 9, when: after, delay: 5m, owner: ana}
      key: {kind: foreign_key, columns: [plane], to: rates.plane, severity: block, description: Known planes}
      asked: {kind: sql, sql: "SELECT count(*) FROM rows", max: 0}
"""
    assert shop(text).datasets["orders"].checks == {
        "mean": Check(
            "mean", "distribution", ("price",), -1.5, 9, "stddev", when="after", delay=timedelta(minutes=5), owner="ana"
        ),
        "key": Check("key", "foreign_key", ("plane",), to="rates.plane", severity="block", description="Known planes"),
        "asked": Check("asked", "sql", sql="SELECT count(*) FROM rows", max=0),
    }


def test_new_fields_of_tasks_inputs_and_dags() -> None:
    text = """
dag: shop
schedule: {any: [lines], interval: any}
alerts: {on: [check, retry], to: "#data"}
runbook: docs/runbook.md
environment: image:shop-2
inputs: {lines: {deadline: +8h, rows: 30}}
tasks:
  load: {reads: lines, sql: "SELECT * FROM lines", writes: orders, executor: warehouse, params: {rate: 5, on: yes}}
  tidy: {needs: load, code: {v1: "m:tidy", 2: "m:tidy_2"}, checks: orders.volume}
datasets: {orders: {checks: {volume: {min: 1}}}}
"""
    spec = read_workspace_text(text).workspace.dags["shop"]
    assert spec.schedule == OnData(any=("lines",), interval="any")
    assert spec.alerts == Alerts(("check", "retry"), "#data")
    assert (spec.runbook, spec.environment) == ("docs/runbook.md", "image:shop-2")
    assert spec.inputs["lines"] == Input("lines", deadline=timedelta(hours=8), rows=30)
    load = Task(
        "load", reads=("lines",), sql="SELECT * FROM lines", writes=("orders",), executor="warehouse",
        params={"rate": "5", "on": "yes"},
    )  # fmt: skip
    assert spec.tasks["load"] == load
    assert spec.tasks["tidy"].code == {"v1": "m:tidy", "2": "m:tidy_2"}
    assert list(spec.tasks["tidy"].code) == ["v1", "2"]  # the last is the right one
    assert spec.tasks["tidy"].checks == ("orders.volume",)


def test_settings_of_several_documents_are_put_together() -> None:
    text = f"""{HEAD}tasks: {{load: {{writes: orders}}}}
---
pools: {{warehouse: 2}}
rows: count
roster: {{ana: {{acknowledges: 90s}}, bo: {{acknowledges: never}}, cy: {{active: false}}}}
---
payload_limit: 49152
roster: {{dan: }}
routes: {{"#data": [ana, cy], nobody: []}}
consumers: {{board: {{reads: orders@-6..0, timezone: Europe/Berlin, owner: ana}}}}
"""
    whole = read_workspace_text(text, "shop.yaml").workspace
    assert whole.roster == {
        "ana": Person("ana", acknowledges=timedelta(seconds=90)),
        "bo": Person("bo", acknowledges=None),
        "cy": Person("cy", active=False),
        "dan": Person("dan"),
    }
    assert whole.routes == {"#data": ("ana", "cy"), "nobody": ()}
    assert whole.consumers == {"board": Consumer("board", ("orders@-6..0",), timezone="Europe/Berlin", owner="ana")}
    assert (whole.rows, whole.payload_limit, whole.pools, whole.workers) == ("count", 49152, {"warehouse": 2}, None)
    assert (whole.file, whole.lines["routes.#data"], whole.lines["roster.dan"]) == ("shop.yaml", 12, 11)


def test_each_setting_may_begin_a_document() -> None:
    for setting in ("rows: carry", "payload_limit: 5", "roster: {ana: }", "routes: {x: []}", "consumers: "):
        assert read_workspace_text(f"{HEAD}tasks: {{a: }}\n---\n{setting}\n").workspace.dags


# names


def test_datasets_are_read_and_needed_by_name() -> None:
    text = f"""{HEAD}tasks: {{load: {{writes: orders}}, sum: {{needs: [load], reads: [orders@-6..0, lines]}}}}
---
dag: report
tasks: {{make: {{needs: orders, requires: orders@-1}}, wait: {{sensor: orders}}}}
"""
    report = read_workspace_text(text).workspace.dags["report"]
    assert report.tasks["make"].needs == ("orders",)
    need = report.need("orders@-1")
    assert (need.dag, need.name, need.low) == ("", "orders", -1)


def test_a_function_takes_a_dataset_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("def make(daily_orders, lines):\n    return daily_orders\n", "utf-8")
    text = f"""{HEAD}tasks: {{load: {{writes: daily-orders}}}}
---
dag: report
tasks: {{make: {{reads: [daily-orders@-6..0, lines], run: "m:make"}}, other: {{reads: lines, code: {{v1: "m:make"}}}}}}
"""
    problems = read_partly_text(text, "p.yaml", str(tmp_path)).problems
    assert [problem.message.partition(", which")[0] for problem in problems] == [
        "function 'make' (m.py, line 1) has a parameter 'daily_orders'"
    ]
    assert "task 'other'" in problems[0].message


def test_what_could_not_be_read_is_told_once() -> None:
    """A check that is wrong is a check all the same: a step may name it; and a key that is wrong is a key."""
    text = f"""{HEAD}datasets:
  orders: {{mode: merge, key: "a, b", checks: {{volume: {{kind: rows, min: few}}, ids: {{kind: uniqe}}}}}}
tasks: {{load: {{writes: orders, checks: [orders.volume, orders.ids]}}}}
"""
    assert told(text) == [
        "5: 'key' of dataset 'orders': 'a, b' looks like several names; write a list: [a, b]",
        "5: 'min' of check 'volume' must be a number, for example 500; here it is 'few'",
        "5: check 'ids' has kind 'uniqe'; did you mean 'unique'? (known: complete, distribution, foreign_key, "
        "freshness, null_share, rows, ...)",
    ]
    assert told(f"{HEAD}datasets: [orders]\ntasks: {{load: {{writes: orders, checks: orders.volume}}}}\n") == [
        "4: 'datasets' of DAG 'shop' must be a group: a name for each dataset, for example orders: {mode: overwrite}; "
        "here it is a list"
    ]


def test_a_template_may_hold_datasets() -> None:
    text = """
template: load
for: [{shop: a, least: 5}, {shop: b, least: 7}]
dag: load_{shop}
datasets: {"sales_{shop}": {checks: {volume: {kind: rows, min: "{least}"}}}}
tasks: {load: {writes: ["sales_{shop}"]}}
"""
    found = read_workspace_text(text).workspace.datasets
    assert {name: item.checks["volume"].min for name, (_, item) in found.items()} == {"sales_a": 5, "sales_b": 7}


# tables that belong together


def test_every_kind_of_check_is_told_what_it_takes() -> None:
    assert TAKES.keys() == set(CHECK_KINDS) == KINDS.keys()
    assert set(COLUMN_TYPES) == TYPES.keys()


# values made in Python


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (Dataset("orders", mode="upsert"), "dataset 'orders' has mode 'upsert'. (known: append, merge, overwrite)"),  # type: ignore[arg-type]
        (Dataset("orders", key="id"), "'key' of dataset 'orders' must be a name or a list of names"),  # type: ignore[arg-type]
        (Dataset("orders", fenced=1), "'fenced' of dataset 'orders' must be true or false"),  # type: ignore[arg-type]
        (Dataset("orders", deadline=5), "'deadline' of dataset 'orders' must be a time of day"),  # type: ignore[arg-type]
        (Dataset("orders", checks=[]), "'checks' of dataset 'orders' must be a group: a name for each check"),  # type: ignore[arg-type]
        (Dataset("orders", checks={"c": Check("c", min=True)}), "'min' of check 'orders.c' must be a number"),
        (Dataset("orders", checks={"c": Check("c", min=float("nan"))}), "'min' of check 'orders.c' must be a number"),
        (Dataset("orders", checks={"c": Check("c", "row")}), "check 'orders.c' has kind 'row'; did you mean 'rows'?"),  # type: ignore[arg-type]
        (Dataset("orders", checks={"c": Check("c")}), "check 'orders.c' of kind rows needs 'min' or 'max'"),
    ],
)
def test_a_wrong_dataset_made_in_python_is_told(dataset: Dataset, said: str) -> None:
    spec = DagSpec("shop", {"load": Task("load", writes=("orders",))}, datasets={"orders": dataset})
    (complaint,) = complaints(spec)
    assert said in complaint


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"rows": "some"}, "the workspace has rows 'some'"),
        ({"payload_limit": 0}, "'payload_limit' of the workspace must be a whole number of 1 or more"),
        ({"roster": {"a": Person("a", acknowledges=5)}}, "'acknowledges' of person 'a' must be a duration, or never"),  # type: ignore[arg-type]
        ({"roster": {"two words": Person("two words")}}, "'two words' is no name for a person"),
        ({"roster": []}, "'roster' of the workspace must be a group"),
        ({"routes": {"x": "ana"}}, "'routes.x' of the workspace must be a name or a list of names"),
        ({"consumers": {"b": Consumer("b", ("orders",), "soon")}}, "'schedule' of consumer 'b': 'soon' has 1 field"),
        ({"consumers": {"b": Consumer("b", ("orders",), timezone="Moon")}}, "'timezone' of consumer 'b': 'Moon' is"),
        ({"consumers": {"b": Consumer("b", ("ordres",))}}, "consumer 'b' reads unknown 'ordres'; did you mean"),
        ({"consumers": {"b": Consumer("b")}}, "consumer 'b' reads nothing"),
    ],
)
def test_wrong_settings_made_in_python_are_told(more: dict[str, Any], said: str) -> None:
    (complaint,) = complaints(DagSpec("shop", {"load": Task("load", writes=("orders",))}), **more)
    assert said in complaint


# grids, and circles through datasets


def test_a_dataset_has_one_grid() -> None:
    day = DagSpec("day", {"a": Task("a", writes=("orders",))})
    far = DagSpec("far", {"a": Task("a", writes=("orders",))}, timezone="Asia/Tokyo")
    assert complaints(day, DagSpec("other", {"a": Task("a", writes=("orders",))})) == []
    assert complaints(day, far) == [
        "task 'a' writes 'orders' in days of Asia/Tokyo, and DAG 'day' has it in days of UTC; "
        "let it write a dataset of its own"
    ]


def writer(name: str, needs: tuple[str, ...], writes: tuple[str, ...]) -> DagSpec:
    return DagSpec(name, {"t": Task("t", needs=needs, writes=writes)})


def closed(*specs: DagSpec) -> list[str]:
    found = circles(Workspace({spec.name: spec for spec in specs}), lambda spec, task: True)
    return [message.partition(": ")[2].partition(";")[0] for _, _, message in found]


def test_a_circle_through_datasets_is_closed_when_all_writers_wait() -> None:
    a, b = writer("a", ("x",), ("y",)), writer("b", ("y",), ("x",))
    assert closed(a, b) == ["a.t -> y -> b.t -> x -> a.t"]
    assert closed(a, b, writer("c", (), ("x",))) == []
    assert closed(a, b, writer("c", ("y",), ("x",))) != []
    assert closed(a, writer("b", ("y@-1",), ("x",))) == []
    assert closed(a, writer("b", (), ("x",)), writer("c", ("z",), ("z",))) == ["t -> z -> t"]


def test_a_circle_of_many_tasks_is_found_fast() -> None:
    chain = [writer(f"d{n}", (f"x{n}",), (f"x{n + 1}",)) for n in range(2000)]
    assert closed(*chain) == []
    (circle,) = closed(*chain, writer("last", ("x2000",), ("x0",)))
    assert " -> ... -> " in circle


# the builder


def test_the_builder_takes_datasets_and_checks() -> None:
    dag = wb.Dag("shop", alerts={"on": "failure", "to": "ana"}, runbook="docs/runbook.md")
    dag.input("lines", deadline="08:00", rows=30)
    assert dag.dataset("orders", mode="merge", key="id", deadline="+2h", checks={"volume": {"min": 5}}) == "orders"
    ids = dag.check("orders", "ids", kind="unique", columns="id", severity="block")
    assert ids == "orders.ids"

    @dag.task(writes="orders")
    def load(lines: list[Any], orders: list[Any]) -> list[Any]:
        return lines + orders

    load >> dag.task("gate", checks=[ids])
    dag.set_check("orders", "volume", max=50).set_dataset("orders", owner="ana")
    made = dag.spec.datasets["orders"]
    assert made == Dataset(
        "orders",
        "merge",
        ("id",),
        deadline=timedelta(hours=2),
        owner="ana",
        checks={"volume": Check("volume", min=5, max=50), "ids": Check("ids", "unique", ("id",), severity="block")},
    )
    assert dag.spec.tasks["load"].reads == ("lines", "orders")
    assert dag.spec.inputs["lines"] == Input("lines", deadline=time(8), rows=30)
    assert dag.spec.alerts == Alerts(("failure",), "ana")


def test_the_builder_refuses_what_a_file_would() -> None:
    dag = wb.Dag("shop", datasets={"orders": {"mode": "append"}})
    for wrong, said in (
        (lambda: dag.dataset("orders"), "DAG 'shop' declares a dataset 'orders' already"),
        (lambda: dag.dataset("sums", mode="merge"), "dataset 'sums' merges, and has no key"),
        (lambda: dag.dataset("sums", kye="id"), "'datasets.sums' has no 'kye'; did you mean 'key'?"),
        (
            lambda: dag.check("orders", "ids", kind="uniqe"),
            "check 'orders.ids' has kind 'uniqe'; did you mean 'unique'",
        ),
        (lambda: dag.check("ordres", "ids"), "DAG 'shop' has no dataset 'ordres'; did you mean 'orders'?"),
        (lambda: dag.set_check("orders", "ids", max=3), "dataset 'orders' has no check 'ids'; it has none"),
    ):
        before = dag.spec
        with pytest.raises(InvalidInput) as caught:
            wrong()
        assert said in str(caught.value)
        assert dag.spec == before


def test_a_workspace_is_built_with_settings_as_in_a_file() -> None:
    dag = wb.Dag("shop")
    dag.task("load", writes="orders")
    made = workspace(
        dag,
        pools={"warehouse": 2},
        roster={"ana": {"acknowledges": "never"}, "bo": None},
        routes={"#data": "ana"},
        consumers={"board": {"reads": "orders", "schedule": "0 9 * * *"}},
        payload_limit="500",
        rows="count",
    )
    assert made == Workspace(
        {"shop": dag.spec},
        {"warehouse": 2},
        None,
        {"board": Consumer("board", ("orders",), "0 9 * * *")},
        {"ana": Person("ana", acknowledges=None), "bo": Person("bo")},
        {"#data": ("ana",)},
        500,
        "count",
    )
    for wrong, said in (
        ({"routs": {}}, "a workspace has no 'routs'; did you mean 'routes'?"),
        ({"roster": {"ana": {"phone": 5}}}, "'roster.ana' has no 'phone'"),
        ({"consumers": {"board": {"reads": "ordres"}}}, "consumer 'board' reads unknown 'ordres'"),
    ):
        with pytest.raises(InvalidInput) as caught:
            workspace(dag, **wrong)
        assert said in str(caught.value)
    with pytest.raises(InvalidInput, match="two DAGs have the name 'shop'"):
        workspace(dag, dag.spec)


def test_a_sensor_may_look_for_a_dataset() -> None:
    dag = wb.Dag("shop", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", writes="orders", takes="10m")
    dag.task("look", sensor={"on": "orders", "every": "5m"})
    dag.task("lost", sensor={"on": dag.dataset("planes"), "timeout": "20m"})
    session = wb.Session(dag)
    session.run_until("2013-01-03")
    assert [session.why(f"{task}@2013-01-01").headline.partition(" Wed")[0] for task in ("look", "lost")] == [
        "look ended",
        "lost failed for good",
    ]
