"""No file is left open: neither one that could not be read, nor one that nobody holds any more."""

from __future__ import annotations

import gc
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from workbench.history import History, HistoryError


@pytest.mark.parametrize("write", [True, False])
def test_what_nobody_holds_any_more_leaves_no_file_open(tmp_path: Path, write: bool) -> None:
    path = tmp_path / "history.db"
    History.open(path).close()
    history = History.open(path, write=write)
    connection = history.connection
    del history
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_damaged_file_is_not_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"no database at all" * 100)
    made: list[sqlite3.Connection] = []
    real = sqlite3.connect

    def seen(*arguments: Any, **options: Any) -> sqlite3.Connection:
        made.append(real(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", seen)
    with pytest.raises(HistoryError):
        History.open(path, write=False)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        made[0].execute("SELECT 1")
