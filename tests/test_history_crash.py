"""Whatever moment a process dies in: the file holds a prefix of the log, and the tables of exactly that prefix."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import workbench as wb
from tests.test_history_file import START, dag, scenario
from tests.test_history_laws import folded, in_file, same
from workbench.history import History, tables
from workbench.session import Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")

FAULTS = (wb.Flaky("sales.load", "2013-01-02", tries=1), wb.Flaky("sales.clean", "2013-01-03", tries=9))
UNTIL = START + timedelta(days=20)

# Simulates, edits, goes back and on again, and writes every few events; dies after so many hundred steps of SQLite.
CHILD = """
import os, signal, sys
from tests.test_history_crash import live
from workbench.history import History
history, left = History.open(sys.argv[1]), int(sys.argv[2])
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
history.connection.set_progress_handler(step, 100)
live(history)
print(int(sys.argv[2]) - left)
os._exit(0)
"""


def live(history: History) -> Session:
    """A session with an edit and a what-if, written in small parts."""
    session = Session(dag(), scenario(*FAULTS), history=history)
    for hours in range(1, 100, 2):
        session.run_until(START + timedelta(hours=hours))
    session.edit(wb.SetTask("load", {"takes": timedelta(minutes=2)}))
    session.run_until(START + timedelta(days=6))
    session.seek(START + timedelta(days=2, minutes=62)).edit(wb.RemoveTask("clean"))
    session.run_until(UNTIL)
    return session


def child(path: Path, steps: int) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", CHILD, str(path), str(steps)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def total(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many hundred steps SQLite makes when nobody kills it."""
    path = tmp_path_factory.mktemp("whole") / "history.db"
    History.open(path).close()
    done = child(path, 0)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("percent", [3, 15, 33, 52, 60, 66, 74, 81, 99])
def test_a_killed_process_leaves_a_prefix_and_its_tables(tmp_path: Path, total: int, percent: int) -> None:
    path = tmp_path / "history.db"
    History.open(path).close()
    assert child(path, total * percent // 100).returncode == -signal.SIGKILL
    with History.memory() as unharmed:
        whole = live(unharmed)
    with History.open(path) as history:
        assert history.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        loaded = history.load()
        for number, saved in enumerate(loaded.branches, 1):
            log = whole.branches[saved.name].log
            assert saved.events == log[saved.shared : saved.shared + len(saved.events)]
            log = log[: saved.shared + len(saved.events)]
            same(in_file(history, number), tables(folded(loaded.workspace, loaded.scenario, loaded.start, log)))
        session = wb.reopen(history)
        session.run_until(UNTIL)
        same(in_file(history, len(loaded.branches)), tables(session.state))
        assert history.query("PRAGMA foreign_key_check") == []


def test_an_interrupted_write_is_made_good_by_the_next() -> None:
    """Ctrl-C in the middle: what was begun is taken back, and nothing is missing later."""
    with History.memory() as history:
        session = Session(dag(), scenario(*FAULTS))
        recorder = history.begin(session.workspace, session.scenario, START)
        session.run_until(START + timedelta(days=2))
        recorder.write(session.branch, session.branch.end_state())
        before = in_file(history, 1)
        session.run_until(START + timedelta(days=4))
        history.connection.set_progress_handler(lambda: 1, 200)
        with pytest.raises(wb.InvalidInput, match="interrupted"):
            recorder.write(session.branch, session.branch.end_state())
        history.connection.set_progress_handler(None, 0)
        same(in_file(history, 1), before)
        recorder.write(session.branch, session.branch.end_state())
        same(in_file(history, 1), tables(session.state))
        assert history.load().branches[0].events == session.branch.log
