"""Several files opened together: each is followed, with what is wrong at its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.opening import load_together

ONE = """\
dag: one
schedule: "0 6 * * *"
start: 2013-01-01
tasks:
  load: {takes: 5m, writes: [sales]}
"""
TWO = """\
dag: two
schedule: {all: [sales]}
start: 2013-01-01
tasks:
  sum: {takes: 10m, reads: [sales]}
---
scenario: week
from: 2013-01-02T00:00Z
until: 2013-01-09T00:00Z
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    one, two = tmp_path / "one.yaml", tmp_path / "sub" / "two.yaml"
    one.write_text(ONE, encoding="utf-8")
    two.write_text(TWO, encoding="utf-8")
    return one, two


def bench_of(files: tuple[Path, Path]) -> wb.Bench:
    names = tuple(map(str, files))
    return wb.Bench(load_together(names), files=names)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def takes(bench: wb.Bench, dag: str, task: str) -> float:
    return bench.known.plans[dag].tasks[task].takes.total_seconds()


def test_each_is_followed(files: tuple[Path, Path]) -> None:
    bench = bench_of(files)
    assert bench.building.watched() == files
    assert bench.building.follow() == ""
    change(files[0], "5m", "7m")
    assert bench.building.follow().startswith("one.yaml was saved. ")
    assert takes(bench, "one", "load") == 420
    change(files[1], "10m", "11m")
    assert bench.building.follow().startswith("two.yaml was saved. ")
    assert (takes(bench, "one", "load"), takes(bench, "two", "sum")) == (420, 660)
    assert bench.building.follow() == ""


def test_what_is_wrong_is_told_at_its_file_and_line_and_the_last_good_goes_on(files: tuple[Path, Path]) -> None:
    bench = bench_of(files)
    change(files[1], "takes: 10m", "takes: 10x")
    assert bench.building.follow() == ""
    sheet = bench.building.trouble(100)
    assert sheet is not None
    assert sheet.title == "two.yaml cannot be used as it stands"
    assert "✖ two.yaml:5: " in sheet.text
    assert "5 │   sum: {takes: 10x, reads: [sales]}" in sheet.text
    assert takes(bench, "two", "sum") == 600
    bench.choose("task:two.sum")
    assert (bench.building.edited, bench.building.line_of_choice()) == (files[1], 5)
    change(files[1], "10x", "12m")
    assert bench.building.follow().startswith("two.yaml was saved. ")
    assert (bench.building.trouble(100), takes(bench, "two", "sum")) == (None, 720)
    files[0].rename(files[0].with_suffix(".old"))
    assert bench.building.follow() == ""
    gone = bench.building.trouble(100)
    assert gone is not None
    assert "one.yaml: the file is gone" in gone.text


def test_another_scenario_needs_a_new_beginning(files: tuple[Path, Path]) -> None:
    bench = bench_of(files)
    bench.do("set load takes 6m")
    change(files[1], "until: 2013-01-09", "until: 2013-01-08")
    bench.building.follow()
    assert bench.building.waiting is not None
    assert bench.building.waiting.question.startswith("two.yaml: scenario week changed. That needs a new beginning")
    assert bench.building.begin_anew().startswith("two.yaml: scenario week changed. Begun anew")


def test_saved_as_one_file_that_one_is_followed(files: tuple[Path, Path]) -> None:
    bench = bench_of(files)
    bench.do("set load takes 6m")
    bench.save("both.yaml")
    assert [path.name for path in bench.building.watched()] == ["both.yaml"]
    assert files[0].read_text(encoding="utf-8") == ONE
    change(Path("both.yaml"), "6m", "8m")
    assert bench.building.follow().startswith("both.yaml was saved. ")
    assert takes(bench, "one", "load") == 480
