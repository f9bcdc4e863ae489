"""A recording in a file of its own: nothing is lost on the way, nothing comes twice, and a failure leaves no half."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

import workbench as wb
from tests.test_history_file import START, fill, kept
from tests.test_history_laws import in_file, same
from tests.test_history_migration import OLD
from workbench.history import History, HistoryError, Loaded, portable, tables
from workbench.history.opening import open_file
from workbench.session import Session

VIEWS = ("run", "task_instance", "attempt", "arrival", "action", "future_run", "future_attempt", "log")


def story(history: History) -> Session:
    """Two futures, with a fault, an edit and tasks that run again."""
    session = kept(history, wb.Flaky("sales.load", "2013-01-02", tries=1))
    session.run_until("2013-01-04 12:00")
    session.rerun("clean@2013-01-02", down=True)
    session.run_until()
    session.seek("2013-01-04 06:05").edit(wb.RemoveTask("clean"))
    session.run_until()
    return session


def contents(history: History) -> dict[str, list[str]]:
    """What the plain names show."""
    return {name: sorted(map(repr, history.query(f"SELECT * FROM {name}"))) for name in VIEWS}


def parts(loaded: Loaded) -> tuple[object, ...]:
    """A recording without its number."""
    return (
        loaded.name, loaded.started_at, loaded.workspace, loaded.scenario, loaded.start, loaded.seed, loaded.folder,
        loaded.branches, loaded.current,
    )  # fmt: skip


def test_an_export_and_its_import_lose_nothing(tmp_path: Path) -> None:
    with History.open(tmp_path / "all.db") as history, History.open(tmp_path / "other.db") as other:
        fill(tmp_path / "all.db")
        story(history)
        fill(tmp_path / "all.db")
        story(other)
        assert history.export(2, tmp_path / "one.db") == 2
        with History.open(tmp_path / "one.db", write=False) as one:
            assert [recording.id for recording in one.recordings()] == [1]
            assert parts(one.load()) == parts(history.load(2))
            assert contents(one) == contents(other)
            log = contents(one)["log"]
            assert other.adopt(one) == {1: 2}
        assert parts(other.load(2)) == parts(history.load(2))
        assert other.load().id == 2
        assert contents(other)["log"] == log
        assert other.query("PRAGMA foreign_key_check") == []
        for number in (1, 2):
            same(in_file(other, number + 2), in_file(history, number + 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.db", "one.db", "other.db"]


def test_an_imported_recording_goes_on(tmp_path: Path) -> None:
    with History.open(tmp_path / "all.db") as history:
        session = story(history)
        history.export(None, tmp_path / "one.db")
        with History.open(tmp_path / "new.db") as new, History.open(tmp_path / "one.db", write=False) as one:
            new.adopt(one)
            again = wb.reopen(new)
            again.run_until(session.end + timedelta(days=1))
            session.run_until(session.end + timedelta(days=1))
            assert again.branch.log == session.branch.log
            same(in_file(new, 2), tables(session.state))
            assert new.query("SELECT DISTINCT owner_host FROM recording") != [{"owner_host": None}]


def test_the_same_recording_is_refused_twice(tmp_path: Path) -> None:
    with History.open(tmp_path / "all.db") as history:
        story(history)
        fill(tmp_path / "all.db")
        history.export(1, tmp_path / "one.db")
        with (
            History.open(tmp_path / "one.db", write=False) as one,
            pytest.raises(HistoryError, match="recording 1 is here already, as recording 1; nothing was taken over"),
        ):
            history.adopt(one)
        with History.open(tmp_path / "new.db") as new, History.open(tmp_path / "one.db", write=False) as one:
            new.adopt(one)
            with pytest.raises(HistoryError, match="recording 1 is here already"):
                new.adopt(history)
            assert len(new.recordings()) == 1  # all or nothing
            assert new.adopt(history, 2) == {2: 2}


def test_an_old_file_is_taken_over(tmp_path: Path) -> None:
    with History.open(tmp_path / "new.db") as new, History.open(OLD, write=False) as old:
        assert new.adopt(old) == {1: 1, 2: 2}
        assert parts(new.load(1)) == parts(old.load(1))
        with pytest.raises(HistoryError, match="here already"):
            new.adopt(old)


def test_an_export_writes_over_nothing(tmp_path: Path) -> None:
    path = tmp_path / "all.db"
    fill(path)
    with History.open(path, write=False) as history:
        with pytest.raises(HistoryError, match="is there already; give a new name"):
            history.export(None, path)
        with pytest.raises(HistoryError, match=r"has no recording 7 \(known: 1\)"):
            history.export(7, tmp_path / "seven.db")
        with pytest.raises(HistoryError, match="is a file, not a folder"):
            history.export(None, path / "one.db")
    assert {one.name.partition("-")[0] for one in tmp_path.iterdir()} == {"all.db"}


def long(path: Path) -> None:
    """More than what fits into the pages of an empty file."""
    with History.open(path) as history:
        kept(history).run_until("2013-03-01")


def test_an_export_to_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    long(tmp_path / "all.db")
    real = open_file

    def small(path: Path, write: bool) -> sqlite3.Connection:
        made = real(path, write)
        made.execute("PRAGMA max_page_count = 40")
        return made

    with (
        History.open(tmp_path / "all.db", write=False) as history,
        patch("workbench.history.portable.open_file", small),
        pytest.raises(HistoryError, match="the disk is full"),
    ):
        history.export(None, tmp_path / "one.db")
    assert {one.name.partition("-")[0] for one in tmp_path.iterdir()} == {"all.db"}


def test_an_import_on_a_full_disk_takes_nothing(tmp_path: Path) -> None:
    long(tmp_path / "all.db")
    with History.open(tmp_path / "new.db") as new, History.open(tmp_path / "all.db", write=False) as old:
        pages = new.connection.execute("PRAGMA page_count").fetchone()[0]
        new.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(HistoryError, match="the disk is full"):
            new.adopt(old)
        assert new.recordings() == []
        new.connection.execute("PRAGMA max_page_count = 1000000")
        assert new.adopt(old) == {1: 1}


def test_a_recording_that_cannot_be_read_is_not_taken(tmp_path: Path) -> None:
    fill(tmp_path / "all.db")
    with sqlite3.connect(tmp_path / "all.db") as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET kind = 'nonsense' WHERE seq = 5")
    connection.close()
    with History.open(tmp_path / "new.db") as new, History.open(tmp_path / "all.db", write=False) as old:
        with pytest.raises(HistoryError, match="is damaged: event 5 of branch 1 cannot be read"):
            new.adopt(old)
        assert new.recordings() == []


IMPORT = """
import os, signal, sys
from workbench.history import History
new, old, left = History.open(sys.argv[1]), History.open(sys.argv[2], write=False), int(sys.argv[3])
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
new.connection.set_progress_handler(step, 20)
new.adopt(old)
print(int(sys.argv[3]) - left)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_killed_in_an_import_leaves_all_or_nothing(tmp_path: Path) -> None:
    def child(name: str, steps: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", IMPORT, str(tmp_path / name), str(OLD), str(steps)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    total = int(child("whole.db", 0).stdout)
    for percent in (5, 50, 95):
        assert child(f"{percent}.db", total * percent // 100).returncode == -signal.SIGKILL
        with History.open(tmp_path / f"{percent}.db") as new, History.open(OLD, write=False) as old:
            assert new.recordings() == []
            assert new.adopt(old) == {1: 1, 2: 2}


def test_an_export_is_of_one_moment(tmp_path: Path) -> None:
    """Another process goes on writing while the rows are read."""
    with History.open(tmp_path / "all.db") as history, History.open(tmp_path / "all.db", write=False) as reader:
        session = kept(history)
        session.run_until("2013-01-03 12:00")
        real = portable._copy_rows
        copied: list[int] = []

        def slow(*arguments: object) -> None:
            if not copied:
                session.run_until("2013-01-05 12:00")
            copied.append(1)
            real(*arguments)  # type: ignore[arg-type]

        with patch.object(portable, "_copy_rows", slow):
            reader.export(None, tmp_path / "one.db")
        with History.open(tmp_path / "one.db") as one:
            assert len(one.load().branches[0].events) == 12
            again = wb.reopen(one)
            same(in_file(one, 1), tables(again.branch.state_at(12)))
        assert len(history.load().branches[0].events) > 12
        assert session.start == START
