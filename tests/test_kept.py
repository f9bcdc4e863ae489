"""Sessions that are kept by a path, from the beginning or from now on, and opened again: also after a killed process,
and where the code of a task is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import workbench as wb
from workbench.cells import Draft, task_of_cell

KILLED = """
import os, signal, sys
import workbench as wb
s = wb.sample("daily_flights", "late_jfk", history=sys.argv[1])
s.ask("Flights in the 06:15 report?", rows="pub_punctuality@2013-01-03", answer=914)
s.ask("And in the evening?", rows="pub_punctuality@2013-01-04", answer=900)
s.until("2013-01-04 08:05")
b = s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("07:10")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL
    s = wb.open(path)
    assert (s.branch.name, f"{s.now:%a %H:%M}") == ("B", "Fri 07:10")
    assert s.why("extract").headline == "extract waits for jfk, since 06:00 (70 min)."
    assert [row["said"] for row in s.query("select said from prediction order by id")] == [914, 900]
    s.until("2013-01-05 07:00")
    assert s.done.answers == ("You said 900. It was 915. Public 06:15: 915 rows, success.",)
    assert "extract waits" in str(s.compare("A"))


def test_keeping_begins_later_with_all_that_has_happened(tmp_path: Path) -> None:
    s = wb.sample("daily_flights", "late_jfk")
    s.ask("Flights?", rows="pub_punctuality@2013-01-03", answer=914)
    b = s.until("2013-01-04 08:05").what_if("05:55").wait("extract", "jfk").until("08:05")
    assert s.keep(tmp_path / "runs.db").done.sentence.startswith("Kept in ")
    b.until("09:00")  # it is kept together with the one that it was made from
    s.until("12:00")
    logs = {name: list(branch.log) for name, branch in s.branches.items()}
    with pytest.raises(wb.InvalidInput, match="kept already"):
        b.keep(tmp_path / "other.db")
    with wb.History.open(tmp_path / "runs.db", write=False) as history:
        loaded = history.load()
        assert [one.name for one in loaded.branches] == ["A", "B"]
        assert [(one.said, one.was) for one in loaded.predictions] == [(914, 596)]
        assert history.query("select count(*) as n from all_judgement")[0]["n"] > 6
    again = wb.replay(tmp_path / "runs.db")
    assert {name: list(branch.log) for name, branch in again.branches.items()} == logs
    assert again.branch.name == "A"


def test_what_was_only_compared_with_does_not_open_again(tmp_path: Path) -> None:
    s = wb.sample("daily_flights", "late_jfk", history=tmp_path / "runs.db").until("2013-01-04 08:05")
    b = s.what_if("05:55").wait("extract", "jfk").until("06:30")
    c = s.what_if("05:55").wait("extract", "lga").until("08:05")
    assert "B" in str(c.compare(b))  # B goes on to the same clock
    with wb.History.open(tmp_path / "runs.db", write=False) as history:
        assert history.load().current == "C"


def test_nothing_is_opened_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(wb.InvalidInput, match=r"there is no such history; s\.keep\('runs\.db'\) begins one"):
        wb.open(tmp_path / "runs.db")
    assert not list(tmp_path.iterdir())


# code that is gone


def built(path: Path) -> wb.Session:
    """A pipeline of three cells; the third was added while it ran."""
    s = task_of_cell(Draft.of("flights schedule '0 6 * * *' start 2013-01-01"), "load takes 5m", '[{"n": 1}]', {})
    s.keep(path)
    s = task_of_cell(s, "double after load takes 2m", "load + load", {})
    s.until("2013-01-03 07:00")
    s.what_if("2013-01-03 06:02").fail("double@2013-01-02").until("07:00")
    return s.until("07:01")


def test_without_its_code_all_but_going_on_works(tmp_path: Path) -> None:
    built(tmp_path / "runs.db")._late.keeping.close()  # type: ignore[union-attr]
    s = wb.open(tmp_path / "runs.db")
    before = list(s.branch.log)
    assert s.why("double").headline == "double ended 06:07, well. It wrote 2 rows."
    bench = wb.Bench(s)
    for pane in ("why", "days", "data", "events", "rules", "alerts"):
        getattr(bench, pane)(80)
    for target in ("task:flights.load", "task:flights.double"):
        bench.choose(target)
        assert bench.inspect(80).rows
        bench.code(80)
        bench.data(80)
    assert "double" in str(s.compare("B"))
    assert len(s.back("2013-01-03 06:02")) == 5
    s.go("07:01")
    with pytest.raises(wb.InvalidInput) as caught:
        s.until("2013-01-04 07:00")
    assert "this needs load, double, whose code no history keeps" in str(caught.value)
    assert "Run the cells of load, double again" in str(caught.value)
    assert s.branch.log == before


def test_cells_that_are_run_again_give_the_code_back(tmp_path: Path) -> None:
    built(tmp_path / "runs.db")._late.keeping.close()  # type: ignore[union-attr]
    s = wb.open(tmp_path / "runs.db")
    s = task_of_cell(s, "load takes 5m", '[{"n": 1}]', {})
    assert s.done.sentence == "load has its code again"
    with pytest.raises(wb.InvalidInput, match="this needs double, whose"):
        s.step()
    s = task_of_cell(s, "double after load takes 2m", "load + load", {})
    s.until("2013-01-04 07:00")
    assert s.why("double").headline == "double ended 06:07, well. It wrote 2 rows."
    assert s.branch.name == "A"
    s = task_of_cell(s, "double after load takes 2m", "load + load + load", {})
    assert "other code" in s.done.sentence
    s.until("2013-01-05 07:00")
    assert "It wrote 3 rows" in s.why("double").headline
