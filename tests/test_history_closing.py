"""No file is left open: neither one that could not be read, nor one that nobody holds any more."""

from __future__ import annotations

import gc
import sqlite3
import warnings
from pathlib import Path

import pytest

import workbench as wb
from workbench.history import History, HistoryError


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each connection that was closed."""
    told: list[str] = []
    real = sqlite3.connect

    class Seen(sqlite3.Connection):
        def close(self) -> None:
            told.append("closed")
            super().close()

    def connect(*given: object, factory: type = sqlite3.Connection, **options: object) -> sqlite3.Connection:
        return real(*given, factory=type("Both", (factory, Seen), {}), **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", connect)
    return told


@pytest.mark.parametrize("write", [True, False])
def test_what_nobody_holds_any_more_is_closed(tmp_path: Path, closed: list[str], write: bool) -> None:
    History.open(tmp_path / "history.db").close()
    history = History.open(tmp_path / "history.db", write=write)
    closed.clear()
    del history
    gc.collect()
    assert closed


def test_a_session_holds_its_file_until_it_is_gone(tmp_path: Path, closed: list[str]) -> None:
    s = wb.sample("daily_flights").keep(str(tmp_path / "history.db"))
    s.until("2013-01-03 07:00")
    del s
    gc.collect()
    reopened = wb.open(tmp_path / "history.db")
    gc.collect()
    closed.clear()
    reopened.until("2013-01-03 08:00")
    assert not closed
    del reopened
    gc.collect()
    assert closed


def test_a_damaged_file_is_not_left_open(tmp_path: Path, closed: list[str]) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"no database at all" * 100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(HistoryError) as caught:
            History.open(path, write=False)
        assert closed, caught.value
