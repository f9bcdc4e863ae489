"""The file itself: what opens, what is refused and in which words, who may write, and what the tables say."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

import workbench as wb
from tests.test_history_laws import in_file, same
from workbench.history import TABLES, History, HistoryError, schema, tables
from workbench.session import Session

START = wb.instant("2013-01-03T05:00Z")


def dag() -> wb.DagSpec:
    made = wb.Dag("sales", schedule="0 6 * * *", start="2013-01-01")
    made.task("load", takes="10m", retries=2)
    made.task("clean", needs=["load"], takes="5m")
    made.task("post", needs=["clean"], takes="1m")
    return made.spec


def scenario(*faults: object) -> wb.Scenario:
    return wb.Scenario("a week", 13, START, START + timedelta(days=3), faults=tuple(faults))  # type: ignore[arg-type]


def kept(history: History, *faults: object) -> Session:
    return Session(dag(), scenario(*faults), history=history)


def fill(path: Path) -> None:
    with History.open(path) as history:
        kept(history).run_until()


def refused(path: Path, *, write: bool = True) -> str:
    with pytest.raises(HistoryError) as caught:
        History.open(path, write=write)
    return str(caught.value)


# what the tables say


def test_tables_of_a_retry_and_an_edit() -> None:
    with History.memory() as history:
        session = kept(history, wb.Flaky("sales.load", "2013-01-02", tries=1))
        session.run_until("2013-01-03 06:12")
        rows = history.query("SELECT task, state, tries, ready, started, ended, retry_at FROM task_instance ORDER BY 1")
        assert [tuple(row.values()) for row in rows] == [
            ("clean", "none", 0, None, None, None, None),
            ("load", "up_for_retry", 1, "2013-01-03T06:00:00Z", "2013-01-03T06:00:00Z", None, "2013-01-03T06:15:00Z"),
            ("post", "none", 0, None, None, None, None),
        ]
        session.run_until("2013-01-03 06:28")
        session.edit(wb.RemoveTask("clean"))
        session.run_until("2013-01-03 12:00")
        rows = history.query("SELECT task, number, state, started, ended, reason FROM attempt ORDER BY started")
        assert [tuple(row.values()) for row in rows] == [
            ("load", 1, "failed", "2013-01-03T06:00:00Z", "2013-01-03T06:10:00Z", "transient"),
            ("load", 2, "success", "2013-01-03T06:15:00Z", "2013-01-03T06:25:00Z", ""),
            ("post", 1, "success", "2013-01-03T06:28:00Z", "2013-01-03T06:29:00Z", ""),
        ]
        assert history.query("SELECT state, version, started, ended FROM run") == [
            {"state": "success", "version": 2, "started": "2013-01-03T06:00:00Z", "ended": "2013-01-03T06:29:00Z"}
        ]


def test_an_edit_may_take_attempts_away() -> None:
    """A task that is removed while it runs has no attempt any more, and may come again with its first try."""
    with History.memory() as history:
        session = kept(history, wb.Flaky("sales.load", tries=1))
        session.run_until("2013-01-03 06:20")
        assert len(history.query("SELECT * FROM attempt")) == 2
        session.edit(wb.RemoveTask("load"))
        same(in_file(history, 1), tables(session.state))
        assert [row["state"] for row in history.query("SELECT state FROM attempt")] == ["failed"]
        session.edit(wb.AddTask(wb.Task("load", takes=timedelta(minutes=1))))
        same(in_file(history, 1), tables(session.state))
        assert history.query("SELECT * FROM attempt WHERE task = 'load'") == []


def test_plain_names_show_the_branch_last_worked_on() -> None:
    with History.memory() as history:
        session = kept(history)
        session.run_until("2013-01-03 12:00")
        what_if = session.seek("2013-01-03 06:05")
        what_if.inject(wb.Outage("sales.clean", START, START + timedelta(days=1)))
        what_if.run_until("2013-01-03 12:00")
        assert history.query("SELECT name FROM branch WHERE is_current") == [{"name": "B"}]
        assert history.query("SELECT state FROM run") == [{"state": "failed"}]
        shared, own = history.query("SELECT shared, (SELECT count(*) FROM event WHERE branch = 2) AS own FROM branch")[
            1
        ].values()
        assert history.query("SELECT count(*) AS n, max(seq) AS last FROM log") == [
            {"n": shared + own, "last": shared + own}
        ]
        what_if.switch("A").run_until("2013-01-03 13:00")
        assert history.query("SELECT state FROM run") == [{"state": "success"}]


def test_a_forked_branch_brings_its_parent_with_it() -> None:
    """Nobody wrote the parent since its events were made."""
    with History.memory() as history:
        session = Session(dag(), scenario())
        session.run_until("2013-01-03 12:00")
        other = session.fork("other")
        history.begin(session.workspace, session.scenario, START).write(other.branch, other.branch.end_state())
        found = history.load()
        assert [(b.name, b.parent, b.shared) for b in found.branches] == [("A", None, 0), ("other", "A", 12)]
        same(in_file(history, 2), tables(other.state))


def test_a_write_needs_the_state_after_the_whole_log() -> None:
    with History.memory() as history:
        session = kept(history)
        session.run_until()
        recorder = history.begin(session.workspace, session.scenario, START)
        with pytest.raises(ValueError, match="the state is after event 3, and the log has"):
            recorder.write(session.branch, session.branch.state_at(3))


def test_events_are_only_ever_added() -> None:
    with History.memory() as history:
        kept(history).run_until()
        for sql in ("UPDATE event SET at = ''", "DELETE FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="events are facts"):
                history.connection.execute(sql)


def test_a_question_may_not_change_the_file() -> None:
    with History.memory() as history:
        kept(history).run_until()
        with pytest.raises(HistoryError, match="attempt to write a readonly database"):
            history.query("DELETE FROM branch")
        with pytest.raises(HistoryError, match="no such column: stat"):
            history.query("SELECT stat FROM run")
        with pytest.raises(HistoryError, match="one statement at a time"):
            history.query("SELECT 1; SELECT 2")
        assert len(history.query("SELECT * FROM branch WHERE name = :name", {"name": "A"})) == 1


# recordings


def test_several_recordings_lie_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "history.db"
    with History.open(path) as history:
        assert history.recordings() == []
        with pytest.raises(HistoryError, match="holds no recording yet"):
            history.load()
        history.begin(wb.Workspace({"sales": dag()}), scenario(), START, name="one", started_at="2026-01-01T00:00:00Z")
        kept(history).run_until()
        first, second = history.recordings()
        assert (first.name, first.started_at, first.branches, first.events) == ("one", "2026-01-01T00:00:00Z", 0, 0)
        assert (second.name, second.start, second.branches, second.events) == ("a week", START, 1, 36)
        assert history.load().id == second.id
        assert history.load(first.id).branches == ()
        with pytest.raises(HistoryError, match=r"has no recording 7 \(known: 1, 2\)"):
            history.load(7)


def test_a_recording_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with History.open(path) as history:
        kept(history).run_until("2013-01-04 06:12")
    with History.open(path) as history:
        session = wb.reopen(history)
        session.run_until()
        whole = Session(dag(), scenario())
        whole.run_until()
        assert history.load().branches[0].events == whole.branch.log
        same(in_file(history, 1), tables(whole.state))
    assert not Path(f"{path}-wal").exists()


def test_a_file_of_an_older_version_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with patch.object(schema, "STEPS", schema.STEPS[:2]), patch("workbench.history.opening.STEPS", schema.STEPS[:2]):
        History.open(path).close()
    with History.open(path, write=False) as history:  # an upgraded copy
        assert history.query("SELECT * FROM run") == []
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()
    fill(path)
    with History.open(path, write=False) as history:
        applied = history.query("SELECT name FROM _sqlite_migrations ORDER BY id")
        assert [row["name"] for row in applied] == [name for name, _ in schema.STEPS]


def test_a_new_file_is_what_the_library_would_make_of_it(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    History.open(path).close()
    made = sqlite3.connect(path)
    wanted = sqlite3.connect(":memory:")
    wanted.isolation_level = None
    schema._upgrade(wanted)
    tables = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    notes = "SELECT id, migration_set, name, length(applied_at) FROM _sqlite_migrations ORDER BY id"
    for question in (tables, notes, "PRAGMA user_version", "PRAGMA application_id"):
        assert made.execute(question).fetchall() == wanted.execute(question).fetchall()
    made.close()
    wanted.close()


def test_a_new_file_waits_for_no_library(tmp_path: Path) -> None:
    code = f"import sys; from workbench.history import History; History.open({str(tmp_path / 'a.db')!r}).close()"
    told = f"{code}; print('sqlite_utils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "False\n"


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    broken = [*schema.STEPS, ("broken", ["CREATE TABLE more (a)", "CREATE TABLE more (a)"])]
    with patch.object(schema, "STEPS", broken), patch("workbench.history.opening.STEPS", broken):
        assert "table more already exists" in refused(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    fill(path)


def test_processes_may_open_a_new_file_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    script = f"from workbench.history import History; History.open({str(path)!r}).close()"
    children = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(child.communicate()[1], child.returncode) for child in children] == [(b"", 0)] * 4


# what is refused, and in which words


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    fill(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    told = refused(path)
    assert f"its schema is 99, and this program knows up to {len(schema.STEPS)}" in told
    assert "install a newer orchestration-workbench" in told
    assert str(path) in told


def test_what_is_no_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "flights.yaml"
    text.write_text("dag: flights\n" * 100)
    assert "is a pipeline file, and no history" in refused(text)
    assert text.read_text() == "dag: flights\n" * 100
    (tmp_path / "notes.txt").write_text("a note\n" * 100)
    assert "is no SQLite database" in refused(tmp_path / "notes.txt")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE customer (name)")
    connection.close()
    for write in (True, False):
        assert "is a database, but no history of this program" in refused(other, write=write)
    assert "is a folder; give a file in it, for example" in refused(tmp_path)
    assert "flights.yaml is a file, not a folder" in refused(text / "history.db")
    assert "does not exist" in refused(tmp_path / "none.db", write=False)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    fill(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(HistoryError, match="is damaged"), History.open(path) as history:
        history.load()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM event WHERE seq = 5",
        "UPDATE event SET kind = 'nonsense' WHERE seq = 5",
        "UPDATE event SET at = 'noon' WHERE seq = 5",
    ],
)
def test_events_that_somebody_spoiled_are_noticed(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "history.db"
    fill(path)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute(sql)
    connection.close()
    with History.open(path) as history, pytest.raises(HistoryError, match="is damaged: event 5 of branch 1"):
        history.load()


def test_a_workspace_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    fill(path)
    with History.open(path) as history:
        history.connection.execute("""UPDATE recording SET workspace = '{"dags": [{"dag": "x", "tusks": {}}]}'""")
        with pytest.raises(HistoryError, match=r"recording 1 cannot be read \(.*tusks"):
            history.load()


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path) -> None:
    with History.open(tmp_path / "history.db") as history:
        session = kept(history)
        session.run_until("2013-01-03 12:00")
        before = in_file(history, 1)
        pages = history.connection.execute("PRAGMA page_count").fetchone()[0]
        history.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(HistoryError, match=r"the disk is full; what was written before is safe"):
            session.run_until("2013-01-28")
        same(in_file(history, 1), before)
        history.connection.execute("PRAGMA max_page_count = 1000000")
        session.run_until("2013-01-29")
        same(in_file(history, 1), tables(session.state))


def test_a_file_locked_by_another_process_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    fill(path)
    with History.open(path) as history:
        history.connection.execute("PRAGMA busy_timeout = 10")
        session = kept(history)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="is locked by another process; try again"):
            session.run_until()
        other.execute("ROLLBACK")
        other.close()
        session.run_until("2013-01-07")
        same(in_file(history, 2), tables(session.state))


# a folder where nothing may be written: root may write everywhere, so another user reads


@pytest.fixture
def public() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


SOMEBODY = """
import os, croniter, sqlite_utils, urllib.parse  # what is imported late: somebody may not read our Python
from workbench.history import History
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""


def as_somebody(script: str) -> str:
    """What a script prints when a user without rights runs it."""
    done = subprocess.run([sys.executable, "-c", SOMEBODY + script], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def lock(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    folder.chmod(0o555)


on_unix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of files are another matter on Windows")


@on_unix
def test_a_file_in_a_read_only_folder_can_be_read(public: Path) -> None:
    path = public / "history.db"
    fill(path)
    lock(public)
    assert as_somebody(f"print(History.open({str(path)!r}, write=False).load().current)") == "A\n"
    assert "is read-only; open it for reading only" in as_somebody(f"History.open({str(path)!r})")
    assert "cannot be opened" in as_somebody(f"History.open({str(public / 'new.db')!r})")
    assert "cannot be opened" in as_somebody(f"History.open({str(public / 'sub' / 'new.db')!r})")


@on_unix
def test_a_file_that_was_not_closed_says_so_in_a_read_only_folder(public: Path) -> None:
    path, copy = public / "history.db", public / "copy.db"
    with History.open(path) as history:
        kept(history).run_until()
        copy.write_bytes(path.read_bytes())
        Path(f"{copy}-wal").write_bytes(Path(f"{path}-wal").read_bytes())
    lock(public)
    told = as_somebody(f"print(History.open({str(copy)!r}, write=False).load().current)")
    assert told == "A\n" or "copy.db-wal, and its folder is read-only; copy both files" in told


@on_unix
def test_a_file_without_rights_is_refused(public: Path) -> None:
    path = public / "history.db"
    fill(path)
    path.chmod(0)
    assert "check that its folder exists and that you may read" in as_somebody(f"History.open({str(path)!r})")


# who may write

HOLD = """
import sys
from workbench.history import History
history = History.open(sys.argv[1])
history.resume(1)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A file whose recording another process writes."""
    path = tmp_path / "history.db"
    fill(path)
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield path, child
        child.kill()


def test_one_process_writes_to_a_recording(held: tuple[Path, subprocess.Popen[str]]) -> None:
    path, child = held
    with History.open(path) as history:
        with pytest.raises(HistoryError, match=f"recording 1 is being written by process {child.pid} on .*; end it"):
            history.resume()
        assert history.load(1).current == "A"
        kept(history).run_until()
        child.kill()
        child.wait()
        assert history.resume(1).written == {"A": 36}


def test_the_lease_of_another_machine_is_taken_with_force(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    fill(path)
    with History.open(path) as history:
        history.connection.execute(
            "UPDATE recording SET owner_host = 'elsewhere', owner_pid = 1, owner_mark = '', owner_token = 'x'"
        )
        with pytest.raises(HistoryError, match="by process 1 on elsewhere; end it; if that machine is gone"):
            history.resume(1)
        history.resume(1, force=True)
    with History.open(path) as history:
        assert history.query("SELECT owner_pid, owner_token FROM recording") == [
            {"owner_pid": None, "owner_token": None}
        ]


def test_a_number_that_another_process_has_now_is_no_lease(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    fill(path)
    with History.open(path) as history:
        history.begin(wb.Workspace({"sales": dag()}), scenario(), START)
        history.connection.execute("UPDATE recording SET owner_pid = ?, owner_mark = '1' WHERE id = 2", (os.getppid(),))
        if sys.platform == "linux":
            assert history.resume(2).recording == 2


def test_in_one_process_the_newest_recorder_writes(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with History.open(path) as old, History.open(path) as new:
        session = kept(old)
        session.run_until("2013-01-03 12:00")
        again = wb.reopen(new)
        again.run_until()
        with pytest.raises(HistoryError, match=r"recording 1 was taken over by process .*; nothing was written"):
            session.run_until()
        same(in_file(new, 1), tables(again.state))


def test_every_table_has_a_view_with_its_columns() -> None:
    with History.memory() as history:
        for table, columns in TABLES.items():
            assert [row["name"] for row in history.query(f"PRAGMA table_info({table})")] == list(columns)
            assert [row["name"] for row in history.query(f"PRAGMA table_info(all_{table})")] == ["branch", *columns]
