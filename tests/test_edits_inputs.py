"""Edits of inputs: what each does, what it says before, its inverse, refusals; and what the world delivers after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from random import Random
from textwrap import dedent
from typing import Any

import pytest

import workbench as wb
from tests.bench_cases import sheets
from tests.samples import block
from workbench.given import dag_with_task
from workbench.model import (
    AddInput,
    DagSpec,
    Edit,
    Input,
    InvalidInput,
    RemoveInput,
    SetDag,
    SetInput,
    SetTask,
    WaitFor,
    Workspace,
    apply_edit,
    changes,
    check_elsewhere,
    input_of,
    inverse,
)
from workbench.model.reading import read_workspace_text
from workbench.ordering import target_of
from workbench.session import Session
from workbench.verbs import complete

PIPELINE = """
dag: shop
schedule: "0 6 * * *"
start: 2013-01-01
owner: ana
inputs:
  orders: {expected: "05:00", owner: bob}
  rates: {expected: "+2h"}
  notes:
tasks:
  load: {needs: [orders], reads: [rates@-1], takes: 10m}
  look: {sensor: [orders]}
---
dag: report
schedule: {all: [rates]}
start: 2013-01-01
tasks:
  make: {requires: [rates]}
"""


def whole() -> Workspace:
    return read_workspace_text(PIPELINE).workspace


def shop() -> DagSpec:
    return whole().dags["shop"]


def session(until: str = "2013-01-04T05:55Z") -> Session:
    s = wb.Session(whole(), wb.Scenario(until="2013-01-08"))
    s.run_until(until)
    return s


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(InvalidInput) as caught:
        act()
    return str(caught.value)


def came(s: Session, name: str) -> list[tuple[str, str]]:
    """(partition, `04 05:55`) of all that came of an input."""
    arrived = s.state.known.arrived
    return [(day, f"{one.at:%d %H:%M}") for (item, day), one in arrived.items() if item == name]


# what each does and says


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (AddInput(Input("fees", time(5, 30), owner="cyd")), "input fees added: expected 05:30, owner cyd"),
        (AddInput(Input("fees")), "input fees added"),
        (SetInput("orders", {"expected": "+1h", "deadline": "08:00", "owner": None}), """
            input orders: expected +1h (before: 05:00)
            input orders: deadline 08:00 (before: none)
            input orders: owner ana, its DAG's (before: bob)
            """),
        (SetInput("rates", {"rows": 30}), "input rates: rows 30 (before: none)"),
        (SetInput("orders", {"expected": "05:00"}), ""),
        (RemoveInput("notes"), "input notes removed"),
    ],
)  # fmt: skip
def test_what_it_would_change_and_that_it_can_be_taken_back(edit: Edit, told: str) -> None:
    before = shop()
    after = apply_edit(before, edit)
    assert list(changes(before, edit)) == dedent(told).strip().splitlines()
    for step in inverse(before, edit):
        after = apply_edit(after, step)
    assert after == before


def test_fields_are_read_as_a_file_reads_them() -> None:
    orders = apply_edit(shop(), SetInput("orders", {"expected": "+90m", "deadline": time(9)})).inputs["orders"]
    assert (orders.expected, orders.deadline, orders.owner) == (timedelta(minutes=90), time(9), "bob")


def test_a_builder_sets_and_removes() -> None:
    dag = wb.Dag("d")
    dag.input("jfk", expected="05:00")
    assert dag.set_input("jfk", owner="ana").spec.inputs["jfk"] == Input("jfk", time(5), owner="ana")
    assert not dag.remove_input("jfk").spec.inputs


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (SetInput("ordres", {}), "DAG 'shop' has no input 'ordres'; did you mean 'orders'?"),
        (
            SetInput("orders", {"expectd": "05:00"}),
            "input 'orders': an input has no 'expectd'; did you mean 'expected'?",
        ),
        (SetInput("orders", {"expected": "soon"}), "input 'orders': 'expected' must be a time of day"),
        (AddInput(Input("orders")), "DAG 'shop' declares an input 'orders' already"),
        (AddInput(Input("load")), "DAG 'shop' has a task 'load' already; take another name"),
        (AddInput("fees"), "AddInput takes an Input, not 'fees'"),  # type: ignore[arg-type]
        (RemoveInput("ordrs"), "DAG 'shop' has no input 'ordrs'"),
        (RemoveInput("orders"), "input 'orders' cannot be removed: task 'load' needs it, task 'look' looks for it"),
        (RemoveInput("rates"), "input 'rates' cannot be removed: task 'load' reads it; change that first"),
    ],
)
def test_refusals(edit: Edit, told: str) -> None:
    assert refused(lambda: apply_edit(shop(), edit)).startswith(told)


def test_what_another_dag_takes_stays() -> None:
    left = apply_edit(shop(), SetTask("load", {"reads": ()}))
    now = Workspace({**whole().dags, "shop": left})
    told = refused(lambda: check_elsewhere(now, "shop", RemoveInput("rates")))
    assert told == (
        "input 'rates' cannot be removed: DAG 'report' starts when it comes, task 'make' requires it; change that first"
    )
    check_elsewhere(now, "shop", RemoveInput("notes"))


def test_whose_edit_it_is() -> None:
    assert dag_with_task(whole(), SetInput("rates")) == dag_with_task(whole(), RemoveInput("orders")) == "shop"
    assert input_of(AddInput(Input("fees"))) == input_of(SetInput("fees")) == "fees"
    assert input_of(SetDag()) == ""
    assert "say which one" in refused(lambda: dag_with_task(whole(), AddInput(Input("fees"))))


def test_any_walk_of_edits_can_be_taken_back() -> None:
    for seed in range(60):
        random, spec = Random(seed), shop()
        for _ in range(8):
            edit = random_edit(random, [*spec.inputs])
            try:
                after = apply_edit(spec, edit)
            except InvalidInput:
                continue
            back = after
            for step in inverse(spec, edit):
                back = apply_edit(back, step)
            assert back == spec, (seed, edit)
            spec = after


def random_edit(random: Random, there: list[str]) -> Edit:
    name = random.choice(["orders", "rates", "notes", "fees"])
    values = {"expected": random.choice([None, "05:00", "+3h"]), "owner": random.choice([None, "cyd"]),
              "deadline": random.choice([None, "09:00"]), "rows": random.choice([None, 7])}  # fmt: skip
    kinds: list[Callable[[], Edit]] = [
        lambda: AddInput(Input(name, time(random.randrange(24)))),
        lambda: SetInput(name, {key: values[key] for key in random.sample([*values], 2)}),
        lambda: RemoveInput(name),
        lambda: SetTask("load", {"needs": tuple(random.sample(there, min(1, len(there)))), "reads": ()}),
    ]
    return random.choice(kinds)()


# what the world delivers


def test_what_was_due_before_it_was_declared_comes_at_once_and_the_rest_when_it_is_due() -> None:
    s = session()
    s.do("input add fees in shop expected 05:30")
    s.run_until("2013-01-05T12:00Z")
    assert came(s, "fees") == [
        ("2013-01-01", "04 05:55"), ("2013-01-02", "04 05:55"), ("2013-01-03", "04 05:55"), ("2013-01-04", "05 05:30"),
    ]  # fmt: skip


def test_a_file_that_is_expected_earlier_comes_at_once_and_later_later() -> None:
    s = session("2013-01-04T04:00Z")
    assert (
        s.plan_of("input set orders expected 03:00")[-1] == "its file of Thu 3 Jan was due 03:00, so it comes at once"
    )
    s.do("input set orders expected 03:00")
    s.run_until("2013-01-04T04:01Z")
    assert came(s, "orders")[-1] == ("2013-01-03", "04 04:00")
    s = session("2013-01-04T04:00Z")
    assert str(s.do("input set orders expected 07:00")) == block("""
        input orders: expected 07:00
          its file of Thu 3 Jan is due 07:00
    """)
    s.run_until("2013-01-04T09:00Z")
    assert came(s, "orders")[-1] == ("2013-01-03", "04 07:00")


def test_it_goes_on_the_same_from_any_instant() -> None:
    """What a world takes up anew comes as it would have come without a pause."""
    one, other = session(), session()
    for s in (one, other):
        s.do("input add fees for load expected 05:30")
        s.do("input set rates expected 05:58")
    one.run_until("2013-01-06")
    workers = 4
    while other.now < one.now:
        other.step()
        other.set_workers(workers := workers + 1)  # a command: the world is taken up anew
    for name in ("fees", "rates", "orders"):
        found = came(one, name)
        assert found
        assert found == came(other, name)[: len(found)]


def test_a_new_deadline_tells_its_owner() -> None:
    s = session()
    s.inject(wb.Never("orders", "2013-01-04"))
    s.do("input set orders deadline 07:00")
    s.run_until("2013-01-05T07:30Z")
    assert s.state.known.missed["shop", "2013-01-04", "input:orders"] == wb.instant("2013-01-05T07:00Z")


def test_faults_on_an_input_that_is_no_more_do_nothing() -> None:
    s = session()
    s.inject(wb.Late("notes", "2013-01-04", wb.instant("2013-01-06T00:00Z")))
    s.do("input rm notes")
    s.run_until("2013-01-07")
    assert "notes" not in {name for name, day in s.state.known.arrived if day >= "2013-01-04"}
    s.do("lift 1")
    s.run_until("2013-01-08")


@pytest.mark.parametrize("back", [False, True])
def test_an_input_that_is_no_more_can_still_be_told_about(back: bool) -> None:
    s = session("2013-01-05T12:00Z")
    for line in ("edge rm orders load", "task rm look", "input rm orders"):
        s.do(line)
    if back:
        s.do("input add orders in shop expected 04:00")
    assert "orders of Wed 2 Jan comes" in str(s.do("story 2013-01-03"))
    bench = wb.Bench(s)
    for target in ("dag:shop", "task:shop.load", "dag:report"):
        assert bench.choose(target)
        for _ in range(3):
            assert sheets(bench)
            bench.other_day(-1)
        bench.show_day("")
    for line in ("story shop@2013-01-03", "why load@2013-01-03", "card shop@2013-01-03", "alerts"):
        assert str(s.do(line))


# lines


def test_each_line_is_one_command_and_one_undo() -> None:
    s = session()
    before = s.current_workspace()
    for line, told in (
        ("input add fees for load owner cyd", "input fees declared: owner cyd; load waits for it"),
        ("input set orders expected 07:00 deadline 08:00", "input orders: expected 07:00, deadline 08:00"),
        ("set orders owner none", "input orders: owner none"),
        ("input rm notes", "input notes removed"),
    ):  # fmt: skip
        assert s.plan_of(line)
        assert s.current_workspace() == before
        done = s.do(line)
        assert (done.sentence, len(done.events)) == (told, 1)
        s.do("undo")
        assert s.current_workspace() == before


def test_the_plan_says_what_comes_of_it() -> None:
    s = session()
    assert s.plan_of("input add fees in shop expected 06:30 owner cyd") == [
        "input fees added: expected 06:30, owner cyd",
        "shop would be version 2; no run is under way",
        "its file of Thu 3 Jan is due 06:30",
        "no task takes it yet; to let one wait for it, write: wait TASK for fees",
    ]
    assert "load now needs fees" in s.plan_of("input add fees for load")
    assert "nobody promises when its files come" in s.plan_of("input add fees for load")


def test_methods_are_the_lines() -> None:
    pairs: tuple[tuple[Callable[[Session], object], str], ...] = (
        (lambda s: s.add_input("fees", "shop", expected=time(5, 30)), "input add fees in shop expected 05:30"),
        (lambda s: s.set_input("orders", owner=None, rows=3), "input set orders owner none rows 3"),
        (lambda s: s.remove_input("notes"), "input rm notes"),
    )
    for method, line in pairs:
        one, other = session(), session()
        method(one)
        other.do(line)
        assert one.current_workspace() == other.current_workspace(), line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("input rm orders", "orders cannot go: load waits for it and look looks for it. "
         "First write: edge rm orders load; set sensor look on none"),
        ("input rm rates", "rates cannot go: load takes it, the schedule of report names it and make fails without it. "
         "First write: set load reads none; set dag report schedule manual; set make requires none"),
        ("input rm ordes", "No input ordes. Did you mean orders?"),
        ("input set ordes owner x", "No input ordes. Did you mean orders?"),
        ("input set orders expectd 05:00", "No field expectd. Did you mean expected?"),
        ("input set orders expected noon", "'expected' of input 'orders' must be a time of day"),
        ("input set orders expected 05:00", "That is so already: input orders: expected 05:00"),
        ("input set orders rows -1", "'rows' of input 'orders' must be a whole number"),
        ("input add orders in shop", "orders is an input of shop already"),
        ("input add fees", "There are several DAGs; say which one gets the input: in shop or in report"),
        ("input add fees in report for load", "load is a task of shop; leave out: in report"),
        ("input add 9x in shop", "'9x' is no name for an input"),
        ("input add load in shop", "DAG 'shop' has a task 'load' already"),
        ("set shop inputs x", "inputs cannot be set here. For inputs there are: input add, input set, input rm."),
    ],
)  # fmt: skip
def test_refusals_teach(line: str, told: str) -> None:
    s = session()
    assert refused(lambda: s.do(line)).startswith(told)


def test_what_the_refusal_says_first_lets_it_go() -> None:
    s = session()
    told = refused(lambda: s.do("input rm rates")).partition("First write: ")[2]
    for line in told.split("; "):
        s.do(line)
    s.do("input rm rates")
    assert "rates" not in s.current_workspace().inputs
    assert target_of("rates")


def test_completion() -> None:
    s = session()
    assert complete("input ", s) == ["add", "set", "rm"]
    assert complete("input set or", s) == ["orders"]
    assert "expected" in complete("input set orders exp", s)
    assert complete("input rm ra", s) == ["rates"]
    assert complete("input add fees for loa", s) == ["load"]


def test_a_task_may_wait_for_an_input_that_an_edit_adds() -> None:
    s = session()
    s.edit(AddInput(Input("fees", time(6, 30))), WaitFor("load", ("fees",)), dag="shop")
    s.run_until("2013-01-04T07:00Z")
    assert "fees came 06:30" in str(s.do("why load@2013-01-03"))
