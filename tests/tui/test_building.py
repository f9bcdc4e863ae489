"""Building at the bench: saved as YAML with ctrl+s, opened with o, followed while somebody else writes in the file."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

import workbench as wb
from tests.tui.screens import Driven, drive
from tui.app import Workbench
from workbench.engine.data_events import VersionWritten
from workbench.model.reading import read_workspace
from workbench.opening import samples
from workbench.reports import validation

PIPELINE = """\
# what we sell
dag: sales
description: What was sold
schedule: "0 6 * * *"
start: 2013-01-01
owner: ana
runbook: sales.md
deadline: "09:00"
inputs:
  shops: {expected: "05:30", owner: ben, deadline: "06:30"}   # they send it
datasets:
  report: {owner: ana, description: Sales, checks: {volume: {kind: rows, min: 1}}}
tasks:
  extract: {needs: [shops], takes: 10m, retries: 2}
  clean: {needs: [extract], takes: 3m}  # the slow one
  publish: {needs: [clean], takes: 2m, retries: 1, writes: [report]}
---
roster: {ana: {acknowledges: 4m}, ben: {acknowledges: 4m}}
consumers: {board: {reads: [report], owner: ana}}
---
scenario: quiet
from: 2013-01-02T05:00Z
faults:
  - flaky: {task: clean, partition: 2013-01-01, tries: 1, after: 1m}
"""
SIZES = ((80, 24), (120, 36), (200, 50))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "sales.yaml"
    path.write_text(PIPELINE, encoding="utf-8")
    return path


def bench_of(file: Path, at: str = "2013-01-02 06:05") -> wb.Bench:
    session = wb.load(file)
    session.run_until(at)
    return wb.Bench(session, file=str(file))


def takes(bench: wb.Bench, task: str = "clean") -> int:
    """Minutes."""
    return int(bench.known.plans["sales"].spec.tasks[task].takes.total_seconds() // 60)


async def soon(driven: Driven, holds: Callable[[], bool], most: float = 4.0) -> float:
    """Wait until something holds; after how many seconds it did. Asserted, with the screen."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < most, driven.text
        await driven.pilot.pause(0.01)
    return time.monotonic() - begun


def write(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# saving


def test_edits_are_saved_and_reopen_the_same(file: Path) -> None:
    bench = bench_of(file)

    async def play(driven: Driven) -> None:
        bench.do("task rename clean tidy")
        bench.do("set tidy retries 3 delay 2m")
        bench.do("task add mail needs publish")
        bench.do("set mail takes 4m retries 1")
        await driven.press("ctrl+s")
        driven.shows("save as", "sales.yaml", "Enter shows what would be written")
        await driven.press("enter")
        driven.shows(
            "nothing is written yet",
            "task clean is called tidy",
            "tidy: retries 3 (before: 0)",
            "task mail added",
            "+   tidy:",
            "Enter write it",
        )
        assert file.read_text("utf-8") == PIPELINE
        await driven.press("enter")
        driven.shows("Saved as", "sales.yaml")

    drive(play, bench, (120, 36))
    text = file.read_text("utf-8")
    assert "# they send it" in text
    assert "# the slow one" in text
    assert "flaky: {task: tidy, partition: 2013-01-01, tries: 1, after: 1m}" in text
    assert read_workspace(file).workspace == bench.session.current_workspace()
    _, problems, warnings = validation((str(file),), True)
    assert (problems, warnings) == ([], [])
    again = wb.load(file)
    same = wb.Session(bench.session.current_workspace(), again.scenario)
    assert wb.Bench(again).graph(80, 24).text == wb.Bench(same).graph(80, 24).text


def test_escape_writes_nothing(file: Path) -> None:
    bench = bench_of(file)

    async def play(driven: Driven) -> None:
        bench.do("set clean retries 3")
        await driven.press("ctrl+s", "escape")
        await driven.press("ctrl+s", "enter", "escape")

    drive(play, bench)
    assert file.read_text("utf-8") == PIPELINE


def test_another_name_and_what_cannot_be_written(file: Path) -> None:
    bench = bench_of(file)

    async def save_as(driven: Driven, name: str) -> None:
        await driven.press("ctrl+s", "ctrl+u")
        await driven.type(name)
        await driven.press("enter")

    async def play(driven: Driven) -> None:
        bench.do("set clean retries 3")
        await save_as(driven, "nowhere/x")
        driven.shows("there is no folder nowhere; make it first, or choose another")
        file.with_name("taken.yaml").write_text("# mine\n", encoding="utf-8")
        await save_as(driven, "taken")
        driven.shows("There is such a file already. It would be replaced.", "Enter replace it")
        await driven.press("escape")
        await save_as(driven, "other")
        await driven.press("enter")
        driven.shows("Saved as other.yaml.")

    drive(play, bench)
    assert file.with_name("taken.yaml").read_text("utf-8") == "# mine\n"
    assert file.read_text("utf-8") == PIPELINE
    assert file.with_name("other.yaml").read_text("utf-8") == PIPELINE.replace("takes: 3m}", "takes: 3m, retries: 3}")
    assert bench.file == "other.yaml"


def test_a_sample_is_saved_under_a_name_of_its_own_with_its_functions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bench = wb.Bench(wb.sample("daily_flights", "late_jfk"), file="daily_flights")
    bench.do("wait extract for jfk")
    shipped = samples()["daily_flights"]
    before = shipped.read_bytes()
    count = len(bench.building.plan().data)
    assert bench.save() == f"Saved as daily_flights.yaml, with flights.py and {count} files of data beside it."
    assert shipped.read_bytes() == before
    again = wb.load(tmp_path / "daily_flights.yaml", "late_jfk")
    again.run_until("2013-01-04T07:00Z")
    assert again.why("extract@2013-01-03").headline.startswith("extract waits for jfk")
    assert bench.building.follow() == ""
    write(tmp_path / "daily_flights.yaml", "takes: 10m", "takes: 12m")
    assert bench.building.follow() == "daily_flights.yaml was saved. daily_flights: extract: takes 12m (before: 10m)"


def test_a_file_that_somebody_else_changed_is_not_overwritten(file: Path) -> None:
    bench = bench_of(file)
    bench.do("set clean retries 3")
    write(file, "takes: 3m", "takes: 8m")
    with pytest.raises(
        wb.InvalidInput, match=r"sales\.yaml has been changed by somebody else.*for example sales_2\.yaml"
    ):
        bench.save()
    assert "takes: 8m" in file.read_text("utf-8")
    shutil.copy(file, "b.yaml")
    with pytest.raises(wb.InvalidInput, match=r"there is a file b\.yaml already"):
        bench.save("b")


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("error", "told"),
    [(28, "the disk is full"), (13, "you may not write in this folder"), (30, "this disk can only be read")],
)
def test_what_a_disk_refuses_is_said_and_nothing_is_lost(
    file: Path, monkeypatch: pytest.MonkeyPatch, error: int, told: str, step: str
) -> None:
    bench = bench_of(file)
    bench.do("set clean retries 3")

    def refuse(*given: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(wb.InvalidInput, match=f"was not written: {told}. Nothing is lost"):
        bench.save()
    monkeypatch.undo()
    assert file.read_text("utf-8") == PIPELINE
    assert os.listdir(file.parent) == ["sales.yaml"]


def test_permissions_and_links_stay(file: Path) -> None:
    real = file.rename(file.with_name("real.yaml"))
    real.chmod(0o640)
    file.symlink_to(real)
    bench = bench_of(file)
    bench.do("set clean retries 3")
    bench.save()
    assert file.is_symlink()
    assert "retries: 3" in real.read_text("utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


# following


def test_the_graph_follows_within_half_a_second(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.acting.building.SLOW", 60.0)  # only the watch, not the slow look
    bench = bench_of(file)
    spent: list[float] = []

    async def play(driven: Driven) -> None:
        for minutes in (4, 5, 6):
            draft = file.with_name("draft")
            draft.write_text(PIPELINE.replace("takes: 3m", f"takes: {minutes}m"), encoding="utf-8")
            os.replace(draft, file)  # as editors do
            spent.append(await soon(driven, lambda wanted=minutes: takes(bench) == wanted))  # type: ignore[misc]
        driven.shows("sales.yaml was saved. clean: takes 6m (before: 5m)")
        await driven.press("u")
        assert takes(bench) == 5

    drive(play, bench)
    assert min(spent) < 0.5, spent


def test_a_save_in_the_past_opens_a_what_if(file: Path) -> None:
    bench = bench_of(file, "2013-01-02 08:00")
    bench.session.back("2013-01-02 05:30")
    write(file, "takes: 3m", "takes: 30m")
    assert bench.building.follow() == "sales.yaml was saved. clean: takes 30m (before: 3m) (what-if B; A is kept)"
    assert bench.known.plans["sales"].version == 2
    bench.session.run_until("2013-01-02 08:00")
    assert bench.session.why("clean@2013-01-01").headline != ""


def test_dags_inputs_and_pools_come_as_one_command(file: Path) -> None:
    bench = bench_of(file)
    write(file, "roster:", "pools: {w: 2}\nroster:")
    write(file, "needs: [shops], takes: 10m", "needs: [shops, rates], takes: 10m, pool: w")
    write(file, "inputs:\n", 'inputs:\n  rates: {expected: "05:00"}\n')
    more = "dag: more\nstart: 2013-01-01\ntasks: {look: {needs: [sales.publish]}}"
    write(file, "---\npools", f"---\n{more}\n---\npools")
    told = bench.building.follow()
    assert told.startswith(
        "sales.yaml was saved. sales: input rates added: expected 05:00; sales: extract now needs rates; "
    )
    assert bench.session.current_workspace() == read_workspace(file).workspace
    bench.session.undo()
    assert bench.session.current_workspace().pools == {}


@pytest.mark.parametrize("size", SIZES)
def test_errors_are_shown_at_their_line_and_go_when_they_are_mended(file: Path, size: tuple[int, int]) -> None:
    bench = bench_of(file)

    async def play(driven: Driven) -> None:
        write(file, "takes: 3m", "takse: 3m")
        await soon(driven, lambda: "cannot be used as it stands" in driven.text)
        driven.shows("sales.yaml:15: task 'clean' has no field 'takse'; did you mean", "'takes'?", "15 │", "takse: 3m")
        driven.shows("What runs here is its last good version")
        assert takes(bench) == 3
        await driven.press("n")
        driven.shows("sales.yaml:15:")
        write(file, "takse: 3m", "takes: 7m")
        await soon(driven, lambda: takes(bench) == 7 and "cannot be used" not in driven.text)

    drive(play, bench, size)


BROKEN: list[tuple[str, str, str, str]] = [
    ("yaml", "tasks:\n", "tasks: {\n", "is not closed"),
    ("a circle", "needs: [shops], takes: 10m", "needs: [shops, publish], takes: 10m", "circle"),
    ("unknown", "needs: [extract]", "needs: [extrct]", "did you mean 'extract'?"),
    ("twice", "  publish:", "  clean:", "is written twice"),
    ("no function", "takes: 3m", 'takes: 3m, run: "sales:clean"', "there is no file sales.py"),
    ("a scenario", "task: clean,", "task: claen,", "clean"),
]


@pytest.mark.parametrize(("old", "new", "told"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_whatever_is_wrong_is_told_and_the_last_good_version_goes_on(file: Path, old: str, new: str, told: str) -> None:
    bench = bench_of(file)
    before = bench.session.current_workspace()
    write(file, old, new)
    assert bench.building.follow() == ""
    sheet = bench.building.trouble(100)
    assert sheet is not None
    assert told in " ".join(sheet.text.split())
    assert bench.building.problems[0].line > 0
    assert bench.session.current_workspace() == before
    file.write_text(PIPELINE, encoding="utf-8")
    assert bench.building.follow() == "sales.yaml is in order again, and says what stands here."
    assert bench.building.trouble(100) is None


def test_a_file_that_vanishes_and_comes_back(file: Path) -> None:
    bench = bench_of(file)

    async def play(driven: Driven) -> None:
        file.unlink()
        await soon(driven, lambda: "the file is gone" in driven.text)
        driven.shows("sales.yaml: the file is gone; ctrl+s writes it again")
        file.write_text(PIPELINE.replace("takes: 3m", "takes: 5m"), encoding="utf-8")
        await soon(driven, lambda: takes(bench) == 5 and "is gone" not in driven.text)
        file.unlink()
        await soon(driven, lambda: "the file is gone" in driven.text)
        await driven.press("ctrl+s", "enter", "enter")
        assert "is gone" not in driven.text

    drive(play, bench)
    assert read_workspace(file).workspace == bench.session.current_workspace()


def test_what_is_no_file_any_more_is_told(file: Path) -> None:
    bench = bench_of(file)
    file.unlink()
    file.mkdir()
    bench.building.follow()
    assert "this is a folder" in bench.building.problems[0].message
    file.rmdir()
    os.mkfifo(file)
    bench.building.follow()
    assert "no ordinary file" in bench.building.problems[0].message
    file.unlink()
    file.write_bytes(b"# \n" * 400_000)
    bench.building.follow()
    assert "larger than 1 MiB" in bench.building.problems[0].message
    file.write_bytes(b"dag: \xff\n")
    bench.building.follow()
    assert "0xFF" in bench.building.problems[0].message


def test_code_that_is_saved_is_run_and_code_that_is_broken_is_told(file: Path) -> None:
    write(file, "takes: 3m", 'takes: 3m, run: "code:clean"')
    write(file, "partition: 2013-01-01", "partition: 2013-01-09")
    code = file.with_name("code.py")
    code.write_text("def clean(extract):\n    return [{'n': 1}]\n", encoding="utf-8")
    bench = bench_of(file, "2013-01-02 07:00")
    code.write_text("def clean(extract):\n    return [{'n': 1}, {'n': 2}]\n", encoding="utf-8")
    assert bench.building.follow() == "The code was read again: tries that start from now on run it."
    bench.session.run_until("2013-01-03 07:00")
    rows = [event.rows for event in bench.session.events if isinstance(event, VersionWritten)]
    assert rows == [1, 2]
    code.write_text("def clean(extract:\n", encoding="utf-8")
    assert bench.building.follow() == ""
    assert "code.py:1: Python cannot read this module" in str(bench.building.problems[0])


def test_what_only_a_new_beginning_can_follow_is_asked_where_something_would_be_lost(file: Path) -> None:
    bench = bench_of(file)
    bench.do("set clean retries 3")
    bench.save()

    async def play(driven: Driven) -> None:
        write(file, "board:", "wall:")
        await soon(driven, lambda: "needs a new beginning" in driven.text)
        driven.shows("who reads (consumers) changed", "without your 1 command here", "begin anew")
        await driven.press("escape")
        driven.shows("sales.yaml is not what runs here")
        assert [*bench.known.consumers] == ["board"]
        write(file, "wall:", "floor:")
        await soon(driven, lambda: "Enter begin anew" in driven.text)
        await driven.press("enter")
        driven.shows("Begun anew with it, up to the same time")
        assert [*bench.known.consumers] == ["floor"]

    drive(play, bench, (120, 36))
    assert bench.now == wb.instant("2013-01-02T06:05Z")


def test_a_new_beginning_keeps_the_old_recording(file: Path, tmp_path: Path) -> None:
    with wb.keep(tmp_path / "h.db") as keeper:
        session = wb.load(file, history=keeper)
        session.run_until("2013-01-02 06:05")
        bench = wb.Bench(session, file=str(file))
        write(file, "board:", "wall:")
        told = bench.building.follow()
        assert told.endswith("up to the same time; what you did before is kept as recording 1.")
        assert bench.session.recording == 2
        assert len(keeper.history.recordings()) == 2


# one's own editor


def test_the_file_opens_in_ones_own_editor(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = file.with_name("vim")
    script.write_text(f'#!/bin/sh\necho "$@" > {file.parent}/asked\nsed -i s/3m/9m/ "$2"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", "")
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.setattr(Workbench, "suspend", lambda app: nullcontext())
    bench = bench_of(file)
    bench.choose("task:sales.clean")

    async def play(driven: Driven) -> None:
        await driven.press("o")
        await soon(driven, lambda: takes(bench) == 9)
        driven.shows("sales.yaml was saved. clean: takes 9m (before: 3m)")

    drive(play, bench)
    assert file.with_name("asked").read_text("utf-8").split() == ["+15", str(file)]


def test_without_an_editor_it_is_said_how_to_go_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    async def play(driven: Driven) -> None:
        await driven.press("o")
        driven.shows("No editor is named: set VISUAL or EDITOR")
        monkeypatch.setenv("EDITOR", "no-such-editor-here")
        monkeypatch.setattr(Workbench, "suspend", lambda app: nullcontext())
        await driven.press("o")
        driven.shows("no-such-editor-here: no such file or directory")

    drive(play, bench_of(file), (120, 36))


def test_a_bench_without_a_file_is_saved_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setattr(Workbench, "suspend", lambda app: nullcontext())
    bench = wb.Bench(wb.Session(wb.sketch("extract >> clean >> publish")))

    async def play(driven: Driven) -> None:
        await driven.press("o")
        driven.shows("a file is needed first: save as")
        await driven.press("enter", "enter")
        file = tmp_path / "my_pipeline.yaml"
        write(file, "clean: {needs: [extract], takes: 5m}", "clean: {needs: [extract], takes: 8m}")
        await soon(driven, lambda: bench.known.plans["my_pipeline"].version == 2)
        driven.shows("my_pipeline.yaml was saved. clean: takes 8m (before: 5m)")

    drive(play, bench)


def test_no_thread_is_left_behind(file: Path) -> None:
    import threading

    async def play(driven: Driven) -> None:
        await asyncio.sleep(0)

    before = threading.active_count()
    drive(play, bench_of(file))
    assert threading.active_count() <= before
