"""Edits of datasets and checks: what each does, what it says before, and that its inverse takes it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import time, timedelta
from functools import reduce
from random import Random
from textwrap import dedent
from typing import Any

import pytest

import workbench as wb
from workbench.given import dag_with_task
from workbench.model import (
    AddCheck,
    AddDataset,
    Check,
    DagSpec,
    Dataset,
    Edit,
    InvalidInput,
    RemoveCheck,
    RemoveDataset,
    SetCheck,
    SetDataset,
    SetTask,
    SplitTask,
    Task,
    Workspace,
    apply_edit,
    changes,
    check_workspace,
    dataset_of,
    inverse,
    task_of,
)
from workbench.model.data import dag_to_data
from workbench.model.reading import read_workspace_text

PIPELINE = """
dag: shop
datasets:
  orders:
    mode: merge
    key: [id]
    deadline: "08:00"
    checks:
      volume: {kind: rows, min: 5, severity: block}
      ids: {kind: unique, columns: [id], when: step}
tasks:
  load: {writes: [orders, lines]}
  gate: {needs: load, checks: [orders.ids, orders.volume]}
"""


def shop() -> DagSpec:
    return read_workspace_text(PIPELINE).workspace.dags["shop"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (SetDataset("orders", {"mode": "append", "deadline": None}), """
            dataset orders: mode append (before: merge)
            dataset orders: deadline none (before: 08:00)
            """),
        (SetDataset("orders", {"key": "sku", "store": "landing"}), """
            dataset orders: key sku (before: id)
            dataset orders: store landing (before: warehouse)
            """),
        (SetDataset("lines", {"owner": "ana", "checks": {"volume": {"min": 1}}}), """
            dataset lines declared: owner ana
            check lines.volume added: kind rows, min 1
            """),
        (AddDataset(Dataset("sums", "append", fenced=True)), """
            dataset sums declared: mode append, fenced true
            """),
        (RemoveDataset("orders"), """
            dataset orders no longer declared
            """),
        (AddCheck("orders", Check("mean", "distribution", ("price",), max=3, when="after")), """
            check orders.mean added: kind distribution, columns price, max 3, when after
            """),
        (AddCheck("lines", Check("whole", "complete")), """
            dataset lines declared
            check lines.whole added: kind complete
            """),
        (SetCheck("orders", "volume", {"max": 1100, "min": None, "severity": "warn"}), """
            check orders.volume: max 1100 (before: none)
            check orders.volume: severity warn (before: block)
            check orders.volume: min none (before: 5)
            """),
        (SetCheck("orders", "volume", {"delay": "5m", "when": "after"}), """
            check orders.volume: when after (before: before)
            check orders.volume: delay 5m (before: 1m)
            """),
        (RemoveCheck("orders", "ids"), """
            check orders.ids removed
            gate: checks orders.volume (before: orders.ids, orders.volume)
            """),
        (SetCheck("orders", "volume", {"min": 5}), ""),
    ],
)  # fmt: skip
def test_what_an_edit_would_change_is_said_before_and_taken_back_after(edit: Edit, said: str) -> None:
    before = shop()
    assert changes(before, edit) == tuple(dedent(said).strip().splitlines())
    assert reduce(apply_edit, inverse(before, edit), apply_edit(before, edit)) == before


def test_the_way_back_is_said_in_the_same_words() -> None:
    """Undo shows what lies between the versions, whichever way they are gone."""
    back = inverse(shop(), RemoveCheck("orders", "ids"))
    assert [edit.sentence() for edit in back] == ["check orders.ids added", "gate: checks changed"]
    assert [e.sentence() for e in inverse(shop(), SetDataset("lines", {"mode": "append"}))] == [
        "dataset lines no longer declared"
    ]
    assert [e.sentence() for e in inverse(shop(), RemoveDataset("orders"))] == ["dataset orders declared"]
    edits: list[Edit] = [SetCheck("orders", "ids", {"max": 3}), SetDataset("orders", {"mode": "append", "key": ()})]
    assert [e.sentence() for edit in edits for e in inverse(shop(), edit)] == [
        "check orders.ids: max changed",
        "dataset orders: key, mode changed",
    ]


def test_values_are_spelled_as_in_a_file() -> None:
    orders = apply_edit(shop(), SetDataset("orders", {"deadline": "+2h", "key": "id"})).datasets["orders"]
    assert (orders.deadline, orders.key) == (timedelta(hours=2), ("id",))
    assert orders.checks.keys() == {"volume", "ids"}
    orders = apply_edit(shop(), SetDataset("orders", {"deadline": time(9)})).datasets["orders"]
    assert orders.deadline == time(9)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (SetDataset("ordres", {}), "DAG 'shop' has no dataset 'ordres'; did you mean 'orders'? (known: lines, orders)"),
        (SetDataset("orders", {"mod": "append"}), "dataset 'orders': a dataset has no 'mod'; did you mean 'mode'?"),
        (SetDataset("orders", {"name": "x"}), "dataset 'orders': a dataset has no 'name'"),
        (SetDataset("orders", {"deadline": "soon"}), "dataset 'orders': 'deadline' must be a time of day"),
        (AddDataset(Dataset("orders")), "DAG 'shop' declares a dataset 'orders' already"),
        (AddDataset(Dataset("load")), "DAG 'shop' has a task 'load' already; take another name"),
        (AddDataset("sums"), "AddDataset takes a Dataset, not 'sums'"),  # type: ignore[arg-type]
        (RemoveDataset("lines"), "DAG 'shop' declares no dataset 'lines'. (known: orders)"),
        (AddCheck("orders", Check("ids")), "dataset 'orders' has a check 'ids' already"),
        (AddCheck("orders", "ids"), "AddCheck takes a Check, not 'ids'"),  # type: ignore[arg-type]
        (SetCheck("orders", "volum", {}), "dataset 'orders' has no check 'volum'; did you mean 'volume'?"),
        (SetCheck("orders", "volume", {"mux": 5}), "check 'orders.volume': a check has no 'mux'; did you mean 'max'?"),
        (SetCheck("orders", "volume", {"max": "few"}), "check 'orders.volume': 'max' must be a number"),
        (RemoveCheck("lines", "volume"), "dataset 'lines' has no check 'volume'; it has none"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(edit: Edit, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        apply_edit(shop(), edit)
    assert said in str(caught.value)


def test_what_an_edit_leaves_behind_is_checked_by_the_rules_of_files() -> None:
    def told(edit: Edit) -> list[str]:
        return [str(problem) for problem in check_workspace(Workspace({"shop": apply_edit(shop(), edit)}))]

    assert told(SetDataset("orders", {"key": ()}))[0].startswith("dataset 'orders' merges, and has no key")
    assert told(SetTask("gate", {"checks": ()})) == [
        "check 'orders.ids' runs when a task names it, and none does; add checks: [orders.ids] to one, "
        "or write when: before"
    ]
    assert told(RemoveCheck("orders", "volume")) == []
    assert "checks unknown 'orders.ids'" in told(RemoveDataset("orders"))[0]


def test_a_split_leaves_what_is_done_first_and_what_comes_of_it_last() -> None:
    task = Task("load", sql="SELECT 1", writes=("orders",), checks=("orders.ids",), executor="job", params={"a": "b"})
    spec = apply_edit(DagSpec("d", {"load": task}), SplitTask("load", ("a", "b")))
    first, last = spec.tasks.values()
    assert (first.sql, first.writes, first.checks) == ("SELECT 1", (), ())
    assert (last.sql, last.writes, last.checks) == (None, ("orders",), ("orders.ids",))
    assert first.executor == last.executor == "job"


def test_an_edit_finds_its_dag() -> None:
    """Of several, the one at home with the dataset."""
    other = DagSpec("a_first", {"x": Task("x", writes=("sums",))})
    whole = Workspace({"a_first": other, "shop": shop()})
    assert dag_with_task(whole, SetDataset("orders", {})) == "shop"
    assert dag_with_task(whole, AddCheck("sums", Check("c"))) == "a_first"
    assert dataset_of(AddDataset(Dataset("orders"))) == dataset_of(RemoveCheck("orders", "ids")) == "orders"
    assert dataset_of(SetTask("load")) == task_of(SetDataset("orders")) == ""


def test_the_builder_undoes_by_inverses() -> None:
    dag = wb.Dag("shop")
    dag.task("load", writes="orders")
    before = dag.spec
    edit = AddCheck("orders", Check("volume", min=5))
    back = inverse(before, edit)
    assert dag.edit(edit).spec.datasets["orders"].checks.keys() == {"volume"}
    assert dag.edit(*back).spec == before


# laws

OF_A_DATASET: dict[str, list[Any]] = {
    "mode": ["append", "overwrite", "merge"],
    "key": [(), "id", ["a", "b"]],
    "store": ["landing", "registry"],
    "kept_by": ["tasks", "managed_store"],
    "fenced": [False, True],
    "deadline": [None, "08:00", "+2h"],
    "owner": [None, "ana"],
    "checks": [{}, {"volume": {"min": 1}}, {"volume": {"min": 1}, "ids": {"kind": "unique", "columns": "id"}}],
}
OF_A_CHECK: dict[str, list[Any]] = {
    "kind": ["rows", "unique", "sql"],
    "columns": [(), ["id"]],
    "min": [None, 1, 2.5],
    "max": [None, 7],
    "to": [None, "planes.tailnum"],
    "sql": [None, "SELECT 1"],
    "severity": ["warn", "block"],
    "when": ["before", "after", "step"],
    "delay": ["1m", "5m"],
}


def some(random: Random, values: dict[str, list[Any]]) -> dict[str, Any]:
    return {key: random.choice(values[key]) for key in random.sample([*values], random.randint(0, 3))}


def random_edit(random: Random) -> Edit:
    dataset, check = random.choice(["orders", "lines", "sums"]), random.choice(["volume", "ids", "mean"])
    kinds: list[Callable[[], Edit]] = [
        lambda: AddDataset(Dataset(dataset, random.choice(["append", "merge"]))),
        lambda: SetDataset(dataset, some(random, OF_A_DATASET)),
        lambda: RemoveDataset(dataset),
        lambda: AddCheck(dataset, Check(check, max=random.choice([None, 5]))),
        lambda: SetCheck(dataset, check, some(random, OF_A_CHECK)),
        lambda: RemoveCheck(dataset, check),
    ]
    return random.choice(kinds)()


def walks(seeds: int) -> list[tuple[DagSpec, Edit, DagSpec]]:
    """Edits that are possible, each with the DAG before and after it."""
    found = []
    for seed in range(seeds):
        random, spec = Random(seed), shop()
        for _ in range(12):
            edit = random_edit(random)
            try:
                after = apply_edit(spec, edit)
            except InvalidInput:
                continue
            found.append((spec, edit, after))
            spec = after
    return found


CASES = walks(80)


def test_the_cases_hold_every_edit() -> None:
    counts = Counter(type(edit).__name__ for _, edit, _ in CASES)
    assert len(counts) == 6
    assert min(counts.values()) > 20


def test_law_an_edit_and_its_inverse_leave_nothing() -> None:
    for spec, edit, after in CASES:
        assert reduce(apply_edit, inverse(spec, edit), after) == spec, edit


def test_law_an_edit_that_changes_something_says_so() -> None:
    for spec, edit, after in CASES:
        told = changes(spec, edit)
        assert bool(told) == (dag_to_data(after) != dag_to_data(spec)), edit
        assert not any("\n" in line or "{" in line for line in told)
