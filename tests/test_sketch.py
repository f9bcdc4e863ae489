"""Pipelines on the spot: what a line of arrows means, and what is told when it means nothing."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.importing.arrows import sketch
from workbench.model import InvalidInput
from workbench.model.writing import written


def needs(text: str) -> dict[str, tuple[str, ...]]:
    [spec] = sketch(text).dags.values()
    return {name: task.needs for name, task in spec.tasks.items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("extract >> clean >> publish", {"extract": (), "clean": ("extract",), "publish": ("clean",)}),
        ("a >> [b, c] >> d", {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}),
        ("a >> b, c", {"a": (), "b": ("a",), "c": ("a",)}),
        ("a >> b; b >> c  # and so on\n\nb >> d", {"a": (), "b": ("a",), "c": ("b",), "d": ("b",)}),
        ("b >> c\na >> b", {"b": ("a",), "c": ("b",), "a": ()}),
        ("a >> b; a >> b", {"a": (), "b": ("a",)}),
        ("alone", {"alone": ()}),
        ("a >> (b, c) >> d", {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}),
        ("a >> [b >> c, d,] >> e", {"a": (), "b": ("a",), "c": ("b",), "d": ("a",), "e": ("c", "d")}),
        ("(a >> b) >> [c]", {"a": (), "b": ("a",), "c": ("b",)}),
        ("[a, [b, c] >> d] >> e", {"a": (), "b": (), "c": (), "d": ("b", "c"), "e": ("a", "d")}),
        ("a >>\n  [b,  # two\n   c]\nc >> d", {"a": (), "b": ("a",), "c": ("a",), "d": ("c",)}),
    ],
)
def test_arrows_are_read(text: str, wanted: dict[str, tuple[str, ...]]) -> None:
    assert needs(text) == wanted
    assert list(needs(text)) == list(wanted)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no task yet; write for example: extract >> clean >> publish"),
        ("# nothing", "no task yet"),
        ("a >> b >> a", "a >> b >> a goes in a circle"),
        ("x >> a >> b >> c >> a", "a >> b >> c >> a goes in a circle"),
        ("a >> a", "a >> a: a task cannot wait for itself"),
        ("a >>", "a task is missing beside >>"),
        ("a -> b", "an arrow is written >>"),
        ("a > b", "an arrow is written >>"),
        ("[a, b >> c", "'[a, b >> c': a bracket is not closed"),
        ("a >> [b, c)", "a bracket is not closed"),
        ("a ] >> b", "a bracket is not closed"),
        ("a >> [] >> b", "a task is missing"),
        ("a << b", "an arrow is written >>"),
        ("[" * 60 + "a" + "]" * 60, "nested more than 50 deep"),
        ("load data >> b", "letters, digits, _ and -, with a letter first; write load_data"),
        ("clean >> b\nclaen! >> c", "line 2: 'claen!' is no name for a task"),
        ("clean >> b\nclaen! >> c", "did you mean 'clean'?"),
        (">> ".join(f"t{n}" for n in range(501)), "501 tasks are too many for a sketch"),
        ("a" * 30_000, "too long for a sketch"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_told(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        sketch(text)
    assert told in str(caught.value)


def test_a_sketch_runs_and_can_be_written() -> None:
    s = wb.Session(wb.sketch("extract >> clean >> publish"))
    s.run_until("2013-01-02 07:00")
    assert s.why("publish@2013-01-01").headline == "publish ended 06:15, well."
    assert written(s.current_workspace()) == (
        'dag: my_pipeline\nschedule: "0 6 * * *"\nstart: 2013-01-01\ntasks:\n  extract: {takes: 5m}\n'
        "  clean: {needs: [extract], takes: 5m}\n  publish: {needs: [clean], takes: 5m}\n"
    )


def test_what_is_selected_first_is_where_the_file_begins() -> None:
    bench = wb.Bench(wb.Session(wb.sketch("start >> [b, c] >> d; aside >> d")))
    assert bench.chosen.name == "start"
