"""Commands of a session: undo and redo, what-ifs, methods beside lines, and all of it kept in a history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.verb_cases import PIPELINE, bench, seen, state_of
from workbench.engine.events import CodeDeployed, TasksCleared
from workbench.keeping import Keeper, reopen
from workbench.model import AddTask, RenameTask, Task
from workbench.model.reading import read_workspace_text
from workbench.scenario import find_scenario
from workbench.session import Session


def sentences(events: Iterable[Any]) -> list[str]:
    return [event.sentence for event in events]


# undo and redo


def test_undo_goes_on_without_the_command_and_redo_goes_back_to_it() -> None:
    s = bench()
    s.do("fail clean@2013-01-03")
    s.do("run until 07:00")
    assert state_of(s, "publish@2013-01-03") == "upstream_failed"
    assert s.undo().done.sentence.startswith("Undone: the first try of daily_flights.clean fails, for Thu 3 Jan. It is")
    assert (s.branch.name, s.now) == ("B", s.instant("06:02"))
    s.run_until("07:00")
    assert state_of(s, "publish@2013-01-03") == "success"
    assert list(s.branches) == ["A", "B"]
    s.redo()
    assert (s.branch.name, s.now, state_of(s, "publish@2013-01-03")) == ("A", s.instant("07:00"), "upstream_failed")


def test_undo_of_a_what_if_is_the_future_that_it_left() -> None:
    s = bench("2013-01-04 12:00")
    s.do("back 06:02")
    s.do("set clean takes 1h")
    assert (s.branch.name, len(s.branches)) == ("B", 2)
    s.undo()
    assert (s.branch.name, s.now, len(s.branches)) == ("A", s.instant("06:02"), 2)
    s.do("run until 12:00")
    assert s.branch.log == bench("2013-01-04 12:00").branch.log


def test_undo_again_and_again_and_back_in_the_same_futures() -> None:
    s = bench()
    before = s.current_workspace()
    for line in ("set clean takes 4m", "set pool warehouse 3", "set weekly catchup on"):
        s.do(line)
    there = s.current_workspace()
    for _ in range(3):
        s.undo()
    assert s.current_workspace() == before
    many = len(s.branches)
    for _ in range(3):
        s.redo()
    assert (s.branch.name, s.current_workspace()) == ("A", there)
    for _ in range(3):
        s.undo()
    assert (s.current_workspace(), len(s.branches)) == (before, many)
    with pytest.raises(wb.InvalidInput, match="Nothing to undo"):
        s.undo()


def test_a_command_after_undo_leaves_nothing_to_redo() -> None:
    s = bench()
    s.do("pause weekly")
    s.undo()
    s.do("set clean takes 4m")
    with pytest.raises(wb.InvalidInput, match="Nothing to redo"):
        s.redo()
    assert sentences(s.branches["A"].log[-1:]) == ["weekly paused"]


def test_undo_passes_by_what_the_scenario_deployed() -> None:
    text = PIPELINE + "\nfaults:\n  - deploy: {task: clean, version: v2, at: 2013-01-04T06:01Z}\n"
    loaded = read_workspace_text(text, file="pipeline.yaml", folder="")
    s = Session(loaded.workspace, find_scenario(loaded, None, loaded.workspace))
    s.run_until("2013-01-04 05:00")
    s.do("pause weekly")
    s.run_until("2013-01-04 06:02")
    assert any(isinstance(event, CodeDeployed) for event in s.branch.log)
    assert s.undo().done.sentence.startswith("Undone: weekly paused. It is")
    assert s.state.known.paused == {}
    s.run_until("2013-01-04 06:02")
    s.deploy("clean", "v3")
    assert s.undo().done.sentence.startswith("Undone: v3 of clean deployed. It is")


EDITS = (
    "set clean takes 9m", "set * retries 2 delay 1m", "task add tidy needs clean in daily_flights", "task rm landed",
    "task rename clean neat", "task split clean into wash dry", "edge add daily_flights.extract publish",
    "edge rm clean publish", "wait clean for jfk", "set daily_flights catchup on", "set pool warehouse 9",
    "set workers none", "pause *", "deploy clean v2", "rerun clean@2013-01-02 down", "mark publish@2013-01-02 failed",
    "kill *.extract", "trigger daily_flights@2013-01-01", "backfill daily_flights@2013-01-01..2013-01-02 all",
    "never jfk@2013-01-04..2013-01-05",
)  # fmt: skip


@pytest.mark.parametrize("line", EDITS)
def test_undo_is_the_inverse_of_every_command(line: str) -> None:
    s, untouched = bench(), bench()
    s.do(line)
    s.do("undo")
    assert s.current_workspace() == untouched.current_workspace()
    s.run_until("2013-01-06 12:00")
    untouched.run_until("2013-01-06 12:00")
    assert s.branch.log == untouched.branch.log


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([*EDITS, "run until 2013-01-04 06:30", "step 3", "back", "undo", "redo"]), max_size=8))
def test_whatever_is_done_the_old_futures_stay(lines: list[str]) -> None:
    s = bench()
    for line in lines:
        logs = {name: list(branch.log) for name, branch in s.branches.items()}
        end = s.at_end
        try:
            s.do(line)
        except wb.InvalidInput:
            assert {name: branch.log for name, branch in s.branches.items()} == logs
        for name, log in logs.items():
            assert s.branches[name].log[: len(log)] == log
        if not end and line in EDITS:
            assert {name: len(branch.log) for name, branch in s.branches.items() if name in logs} == {
                name: len(log) for name, log in logs.items()
            }


# a command in the past


def test_a_command_in_the_past_forks_and_keeps_the_old_future() -> None:
    s = bench("2013-01-05 12:00")
    old = list(s.branch.log)
    s.do("go 2013-01-04 06:02")
    assert s.plan_of("kill *.extract")[-1] == "a what-if would be opened; A stays as it is"
    done = s.do("kill *.extract")
    assert (done.left, done.future) == ("A", "B")
    assert s.branches["A"].log == old
    assert s.branches["B"].log[: s.branches["B"].shared] == old[: s.branches["B"].shared]
    assert s.do("run until 07:00").future == "B"


# methods


def test_methods_are_the_lines() -> None:
    pairs: tuple[tuple[Callable[[Session], object], str], ...] = (
        (lambda s: s.rerun("clean@2013-01-02", down=True), "rerun clean@2013-01-02 down"),
        (lambda s: s.clear("daily_flights@2013-01-02"), "clear daily_flights@2013-01-02"),
        (lambda s: s.mark("clean@2013-01-02", "failed"), "mark clean@2013-01-02 failed"),
        (lambda s: s.pause("weekly"), "pause weekly"),
        (lambda s: s.kill("daily_flights.extract"), "kill daily_flights.extract"),
        (lambda s: s.deploy("clean", "v2"), "deploy clean v2"),
        (lambda s: s.trigger("daily_flights", "2013-01-01"), "trigger daily_flights@2013-01-01"),
        (lambda s: s.trigger("daily_flights"), "trigger daily_flights"),
        (
            lambda s: s.backfill("daily_flights", "2013-01-01", "2013-01-02", limit=2, newest=True, which="all"),
            "backfill daily_flights@2013-01-01..2013-01-02 all limit 2 newest",
        ),
        (lambda s: s.set_pool("warehouse", 8), "set pool warehouse 8"),
        (lambda s: s.set_workers(None), "set workers none"),
        (lambda s: s.edit(RenameTask("clean", "neat")), "task rename clean neat"),
        (lambda s: s.edit(AddTask(Task("tidy")), dag="weekly"), "task add tidy in weekly"),
        (lambda s: s.inject(wb.Never("jfk", "2013-01-04")), "never jfk@2013-01-04"),
    )
    for method, line in pairs:
        one, other = bench(), bench()
        assert method(one) is one
        other.do(line)
        assert one.branch.log == other.branch.log, line
        assert one.done.events == other.done.events


def test_a_paused_dag_is_switched_on_and_a_fault_lifted() -> None:
    s = bench()
    s.pause("weekly")
    assert s.unpause("weekly").state.known.paused == {}
    s.inject(wb.Never("jfk", "2013-01-04"))
    assert s.lift(1).done.sentence.startswith("lifted: ")
    assert isinstance(s.rerun("clean@2013-01-02").done.events[0], TasksCleared)


def test_a_plan_changes_nothing_and_a_question_neither() -> None:
    s = bench()
    before = seen(s)
    for line in (*EDITS, "step", "why clean", "faults all", "help", "future"):
        assert s.plan_of(line)
    assert seen(s) == before


# kept in a history


def test_every_command_is_there_after_reopening(tmp_path: Path) -> None:
    loaded = read_workspace_text(PIPELINE, file="pipeline.yaml", folder="")
    scenario = find_scenario(loaded, None, loaded.workspace)
    with Keeper.open(tmp_path / "history.db") as keeper:
        s = Session(loaded.workspace, scenario, history=keeper)
        s.run_until("2013-01-04 06:02")
        for line in EDITS:
            s.do(line)
            s.do("undo")
        s.do("set * takes 4m")
        s.do("back 05:00")
        before = s.branch.name
        s.do("scheduler down until 05:30")
        s.do("run until 2013-01-04 09:00")
        kept = {name: (branch.log, branch.shared, branch.horizon) for name, branch in s.branches.items()}
        where = (s.branch.name, s.position, s.now)
    with Keeper.open(tmp_path / "history.db") as keeper:
        again = reopen(keeper)
        found = {name: (branch.log, branch.shared, branch.horizon) for name, branch in again.branches.items()}
        assert found == kept
        assert (again.branch.name, again.position, again.now) == where
        again.do("undo")
        assert (again.branch.name, again.now) == (before, again.instant("2013-01-04 05:00"))
        again.do("run until 05:20")
        assert again.state.known.up


def test_an_undo_is_kept(tmp_path: Path) -> None:
    loaded = read_workspace_text(PIPELINE, file="pipeline.yaml", folder="")
    scenario = find_scenario(loaded, None, loaded.workspace)
    with Keeper.open(tmp_path / "history.db") as keeper:
        s = Session(loaded.workspace, scenario, history=keeper)
        s.run_until("2013-01-04 06:02")
        s.do("pause *")
        s.do("undo")
    with Keeper.open(tmp_path / "history.db") as keeper:
        again = reopen(keeper)
        assert (again.branch.name, again.state.known.paused) == ("B", {})
        assert list(again.branches["A"].state_at(len(again.branches["A"].log)).known.paused) == [
            "daily_flights",
            "weekly",
        ]
