"""What can go wrong with a history file, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.model import InvalidInput, Problem


class HistoryError(InvalidInput):
    """A history that cannot be opened, read or written. Nothing was changed."""


_DAMAGED = "is damaged, or is no SQLite database; restore a copy, or give another file"
_PIPELINE = "is a pipeline file, and no history; give a recording of it, such as 14 (workbench history list shows them)"
_READ_ONLY = "is read-only; open it for reading only, or copy it to a folder where you may write"
_NO_ACCESS = "cannot be opened; check that its folder exists and that you may read and write there"

_PIPELINES = frozenset({".yaml", ".yml", ".py"})

# by primary result code, see https://sqlite.org/rescode.html
_TOLD: dict[int, str] = {
    sqlite3.SQLITE_ERROR: "cannot do that",
    sqlite3.SQLITE_CONSTRAINT: "cannot do that",
    sqlite3.SQLITE_BUSY: "is locked by another process; try again when that is done writing, or end it",
    sqlite3.SQLITE_LOCKED: "is locked by another process; try again when that is done writing, or end it",
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _NO_ACCESS,
    sqlite3.SQLITE_PERM: _NO_ACCESS,
    sqlite3.SQLITE_AUTH: _NO_ACCESS,
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full; what was written before is safe. Make room and go on",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error",
}


def problem(path: str, message: str) -> HistoryError:
    """An error about this file."""
    return HistoryError([Problem(message, path)])


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Inside, errors of SQLite and of the file system become `HistoryError`s."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.Warning) as error:
        raise problem(path, f"cannot be used: {error}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB and Path(path).suffix.lower() in _PIPELINES:
            raise problem(path, _PIPELINE) from error
        raise problem(path, f"{_TOLD.get(code, 'cannot be used')} ({error})") from error
    except OSError as error:
        raise problem(path, f"{_NO_ACCESS} ({error.strerror or error})") from error


def check_place(path: Path, write: bool) -> None:
    """Refuse what cannot be a history file, before SQLite makes anything."""
    if path.is_dir():
        raise problem(str(path), f"is a folder; give a file in it, for example {path / 'history.db'}")
    if not write and not path.exists():
        raise problem(str(path), "does not exist; give the path of a history that was written before")
    for parent in path.parents:
        if parent.exists() and not parent.is_dir():
            raise problem(str(path), f"cannot be made: {parent} is a file, not a folder")
