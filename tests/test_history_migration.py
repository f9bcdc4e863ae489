"""An old file: it migrates, nothing of it is lost, it can be read where it may not be changed, and it goes on."""

from __future__ import annotations

import hashlib
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

import workbench as wb
from tests.test_history_file import as_somebody, lock, on_unix, public, refused
from tests.test_history_laws import folded, in_file, same
from workbench.engine import Event
from workbench.engine.events import RunCreated
from workbench.history import History, HistoryError, Predicted, schema, tables
from workbench.history.released import RELEASED
from workbench.history.step_commands import COMMANDS

__all__ = ["public"]  # a fixture

# Written by the program of schema 3: the late file of JFK with a what-if, and a week of sales with a fault given in
# the middle and an edit.
OLD = Path(__file__).parent / "data" / "history" / "schema3.db"
EVENTS = {1: [87, 47], 2: [38, 13]}
# Written by the program of schema 4: sales with datasets and a backfill, an edit, a DAG paused, a pool changed, and a
# what-if with other code.
OLDER_DATA = OLD.parent / "schema4.db"
# Written by the program of schema 5: the late file of JFK, and what if extract had waited for it.
BEFORE_PREDICTIONS = OLD.parent / "schema5.db"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLD, tmp_path / "old.db"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def things(connection: sqlite3.Connection) -> dict[str, str]:
    """What a schema made, but for the notes of sqlite-utils."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: sql for name, sql in found if "_sqlite_migrations" not in name}


def test_released_steps_are_never_changed() -> None:
    with sqlite3.connect(":memory:") as new:
        for _, statements in RELEASED:
            for statement in statements:
                new.execute(statement)
        made = things(new)
    new.close()
    was = sqlite3.connect(OLD)
    assert was.execute("PRAGMA user_version").fetchone() == (len(RELEASED),)
    assert made == things(was)
    was.close()


def test_step_four_is_never_changed() -> None:
    with sqlite3.connect(":memory:") as new:
        for statement in [one for _, statements in (*RELEASED, ("commands", COMMANDS)) for one in statements]:
            new.execute(statement)
        made = things(new)
    new.close()
    was = sqlite3.connect(OLDER_DATA)
    assert was.execute("PRAGMA user_version").fetchone() == (4,)
    assert made == things(was)
    was.close()


def test_step_five_is_never_changed() -> None:
    with sqlite3.connect(":memory:") as new:
        for statement in [one for _, statements in schema.STEPS[:5] for one in statements]:
            new.execute(statement)
        made = things(new)
    new.close()
    was = sqlite3.connect(BEFORE_PREDICTIONS)
    assert was.execute("PRAGMA user_version").fetchone() == (5,)
    assert made == things(was)
    was.close()


def test_a_file_of_before_predictions_takes_them(tmp_path: Path) -> None:
    path = Path(shutil.copy(BEFORE_PREDICTIONS, tmp_path / "step_five.db"))
    with History.open(path, write=False) as history:
        assert history.load().predictions == ()
    said = Predicted(1, wb.instant("2013-01-04T05:45Z"), "A", "Flights?", 914, {"rows": "pub_punctuality@2013-01-03"})
    with History.open(path) as history, History.memory() as new:
        assert things(history.connection) == things(new.connection)
        before = history.load()
        assert [len(one.events) for one in before.branches] == [79, 30]
        history.resume().predict([said])
        assert history.load() == replace(before, predictions=(said,))


def test_an_old_file_is_upgraded_and_a_new_one_is_the_same(old: Path) -> None:
    with History.open(old) as upgraded, History.memory() as new:
        assert things(upgraded.connection) == things(new.connection)
        assert upgraded.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert upgraded.query("PRAGMA foreign_key_check") == []
        assert upgraded.query("PRAGMA user_version") == [{"user_version": len(schema.STEPS)}]


def test_nothing_of_an_old_file_is_lost(old: Path) -> None:
    before = sqlite3.connect(OLD)
    columns = "branch, seq, at, kind, dag, partition, run_kind, run_n, task, number, state, message, cause, data"
    wanted = before.execute(f"SELECT {columns} FROM event ORDER BY branch, seq").fetchall()
    before.close()
    with History.open(old) as history:
        assert history.connection.execute(f"SELECT {columns} FROM event ORDER BY branch, seq").fetchall() == wanted
        for recording, counts in EVENTS.items():
            assert [len(saved.events) for saved in history.load(recording).branches] == counts
        with pytest.raises(sqlite3.IntegrityError, match="events are facts"):
            history.connection.execute("UPDATE event SET due = ''")


def test_tables_of_an_old_file_are_those_of_its_events(old: Path) -> None:
    with History.open(old) as history:
        number = 0
        for recording in EVENTS:
            loaded = history.load(recording)
            logs: dict[str | None, list[Event]] = {None: []}
            for saved in loaded.branches:
                number += 1
                logs[saved.name] = logs[saved.parent][: saved.shared] + saved.events
                state = folded(loaded.workspace, loaded.scenario, loaded.start, logs[saved.name])
                same(in_file(history, number), tables(state))


@pytest.fixture
def of_step_four(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLDER_DATA, tmp_path / "step_four.db"))


def test_what_a_workspace_said_is_filled_in_with_its_edits(of_step_four: Path) -> None:
    with History.open(of_step_four) as history, History.memory() as new:
        assert things(history.connection) == things(new.connection)
        loaded = history.load(1)
        logs: dict[str, list[Event]] = {}
        for number, saved in enumerate(loaded.branches, 1):
            logs[saved.name] = (logs[saved.parent][: saved.shared] if saved.parent else []) + saved.events
            state = folded(loaded.workspace, loaded.scenario, loaded.start, logs[saved.name])
            same(in_file(history, number), tables(state))
        assert history.query("SELECT future, dag, paused FROM future_dag ORDER BY future, dag") == [
            {"future": "A", "dag": "sales", "paused": 0},
            {"future": "A", "dag": "week", "paused": 1},
            {"future": "B", "dag": "sales", "paused": 0},
            {"future": "B", "dag": "week", "paused": 0},
        ]
        assert [row["task"] for row in history.query("SELECT task FROM task ORDER BY task")] == ["clean", "load", "sum"]
        assert history.query("SELECT state, runs, done, failed, pin FROM backfill") == [
            {"state": "done", "runs": 3, "done": 3, "failed": 1, "pin": ""}
        ]
        assert history.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert history.query("PRAGMA foreign_key_check") == []


def test_a_file_of_before_the_first_release_lacks_some_views_and_is_upgraded_too(of_step_four: Path) -> None:
    early = sqlite3.connect(of_step_four)
    views = [name for (name,) in early.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    for name in ("future_arrival", "future_action", "future_backfill"):
        assert name in views
        early.execute(f"DROP VIEW {name}")
    early.commit()
    early.close()
    with History.open(of_step_four) as history, History.memory() as new:
        assert things(history.connection) == things(new.connection)


def test_a_recording_that_cannot_be_read_is_upgraded_without_what_it_said(of_step_four: Path) -> None:
    damaged = sqlite3.connect(of_step_four)
    damaged.execute("UPDATE recording SET workspace = '{\"dags\": [7]}'")
    damaged.commit()
    damaged.close()
    with History.open(of_step_four) as history:
        assert len(history.query("SELECT * FROM run")) > 0
        assert history.query("SELECT * FROM dag") == []
        with pytest.raises(HistoryError, match="is damaged: recording 1 cannot be read"):
            history.load()


def test_a_recording_of_step_four_goes_on(of_step_four: Path) -> None:
    with History.open(of_step_four) as history:
        session = wb.reopen(history, 1, future="A")
        session.run_until("2013-01-08 12:00")
        same(in_file(history, 1), tables(session.state))
        assert history.query("SELECT DISTINCT dataset FROM live") == [
            {"dataset": "raw_sales"},
            {"dataset": "stg_sales"},
        ]


def test_what_old_events_did_not_say_is_filled_in(old: Path) -> None:
    with History.open(old) as history:
        created = history.load(2).branches[0].events[0]
        assert isinstance(created, RunCreated)
        assert created.due == created.at == wb.instant("2013-01-03T06:00Z")
        assert history.query("SELECT DISTINCT due = created AS same, reason, backfill FROM run") == [
            {"same": 1, "reason": "", "backfill": None}
        ]
        assert history.query("SELECT DISTINCT code, looks, followed FROM attempt") == [
            {"code": "v1", "looks": 0, "followed": None}
        ]
        assert len(history.query("SELECT DISTINCT origin FROM recording WHERE origin <> ''")) == 2


def test_an_old_recording_goes_on(old: Path) -> None:
    with History.open(old) as history:
        session = wb.reopen(history, 2)
        assert (session.branch.name, session.position) == ("B", 43)
        session.run_until("2013-01-07 05:00")
        session.mark("load@2013-01-05", "failed")
        session.run_until("2013-01-08 05:00")
        same(in_file(history, 4), tables(session.state))
        assert history.load(2).branches[1].events == session.branch.log[30:]


def test_an_old_file_is_read_as_a_copy_and_stays_as_it_is(old: Path) -> None:
    before = digest(old)
    with History.open(old, write=False) as history:
        assert history.load().name == "a week"
        assert len(history.query("SELECT * FROM future_action")) == 3
        with pytest.raises(HistoryError, match="is read-only"):
            history.resume()
        history.query("SELECT 1")
        with pytest.raises(HistoryError, match="is read-only"):
            history.resume()
    assert digest(old) == before
    assert [path.name for path in old.parent.iterdir()] == ["old.db"]


@on_unix
def test_an_old_file_is_read_in_a_read_only_folder(public: Path) -> None:
    path = public / "old.db"
    shutil.copy(OLD, path)
    lock(public)
    script = f"history = History.open({str(path)!r}, write=False); print(history.load().current)"
    assert as_somebody(script) == "B\n"
    assert "is read-only; open it for reading only" in as_somebody(f"History.open({str(path)!r})")


def test_an_upgrade_on_a_full_disk_changes_nothing(old: Path) -> None:
    real = sqlite3.connect

    def small(*arguments: object, **options: object) -> sqlite3.Connection:
        made = real(*arguments, **options)  # type: ignore[call-overload]
        made.execute(f"PRAGMA max_page_count = {made.execute('PRAGMA page_count').fetchone()[0]}")
        connection: sqlite3.Connection = made
        return connection

    with patch("workbench.history.opening.sqlite3.connect", small):
        assert "the disk is full; what was written before is safe" in refused(old)
    now, was = sqlite3.connect(old), sqlite3.connect(OLD)
    assert list(now.iterdump()) == list(was.iterdump())
    assert now.execute("PRAGMA user_version").fetchone() == (3,)
    now.close()
    was.close()
    with History.open(old) as history:
        assert len(history.recordings()) == 2


UPGRADE = """
import os, signal, sqlite3, sys
from workbench.history import History, opening
real, left = opening._writer, int(sys.argv[2])
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
def watched(path):
    connection = real(path)
    connection.set_progress_handler(step, 20)
    return connection
opening._writer = watched
History.open(sys.argv[1]).close()
print(int(sys.argv[2]) - left)
"""


def upgraded_by_a_child(path: Path, steps: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", UPGRADE, str(path), str(steps)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_killed_in_an_upgrade_leaves_the_old_file(tmp_path: Path) -> None:
    whole = upgraded_by_a_child(Path(shutil.copy(OLD, tmp_path / "whole.db")), 0)
    total = int(whole.stdout)
    for percent in (10, 40, 70, 95):
        path = Path(shutil.copy(OLD, tmp_path / f"killed{percent}.db"))
        assert upgraded_by_a_child(path, total * percent // 100).returncode == -signal.SIGKILL
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA user_version").fetchone()[0] in (3, len(schema.STEPS))
        connection.close()
        with History.open(path) as history:
            assert [len(saved.events) for saved in history.load(1).branches] == EVENTS[1]
            assert history.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_two_processes_may_upgrade_at_the_same_time(old: Path) -> None:
    script = f"from workbench.history import History; print(len(History.open({str(old)!r}).recordings()))"
    children = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [child.communicate() for child in children] == [("2\n", "")] * 3


def test_a_damaged_old_file_says_so_and_is_left_alone(old: Path) -> None:
    whole = old.read_bytes()
    old.write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    before = digest(old)
    with pytest.raises(HistoryError, match="is damaged"), History.open(old, write=False) as history:
        history.load(1)
    assert digest(old) == before
