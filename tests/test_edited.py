"""What the last command made or changed is marked in the picture, until something else happens."""

from __future__ import annotations

import workbench as wb
from tests.samples import late_jfk
from workbench.bench.edited import edited

DAG = "daily_flights"


def friday() -> wb.Session:
    return late_jfk().until("2013-01-04 05:55")


def test_what_is_new_comes_before_what_changed() -> None:
    s = friday().add_task("tidy", after="clean")
    assert edited(s) == {f"task:{DAG}.tidy": "new"}
    s.add_input("fees", task="clean")
    assert edited(s) == {f"input:{DAG}.fees": "new", f"task:{DAG}.clean": "changed"}


def test_one_command_on_several_dags() -> None:
    s = friday().set("*", priority=3)
    assert {name.partition(".")[0] for name in edited(s)} == {f"task:{DAG}", "task:punctuality"}
    assert set(edited(s).values()) == {"changed"}


def test_other_code_is_a_change() -> None:
    s = wb.task_of_cell(friday(), "clean", "extract", {})
    assert edited(s) == {f"task:{DAG}.clean": "changed"}
    assert edited(wb.task_of_cell(s, "clean", "extract[:3]", {})) == {f"task:{DAG}.clean": "changed"}


def test_when_something_else_happened_nothing_is_marked() -> None:
    s = friday()
    assert edited(s) == {}
    assert edited(s.wait("extract", "jfk").until("05:56")) == {}
    assert edited(s.go("05:55")) == {f"task:{DAG}.extract": "changed"}
    assert edited(s.never("jfk@2013-01-04")) == {}


def test_the_picture_has_the_mark() -> None:
    s = friday().add_task("tidy", after="clean")
    assert "+ new</text>" in wb.still_svg(wb.Bench(s))
    assert "~ changed</text>" in wb.still_svg(wb.Bench(s.wait("tidy", "jfk")))
    assert "</text></g></g>" in wb.still_svg(wb.Bench(s))
    assert "changed</text>" not in wb.still_svg(wb.Bench(s.until("06:01")))
