"""Opening a history file: make it, bring it up to date, or refuse it with a clear word."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from workbench.history.errors import check_place, explained, problem
from workbench.history.schema import APPLICATION_ID, STEPS, create, migrate

# How long to wait for another process's transaction, in seconds: ours take far less.
PATIENCE = 2.0


class Connection(sqlite3.Connection):
    """Closed when nobody holds it any more, be that a history or what writes for a session."""

    def __del__(self) -> None:
        # Of a connection for reading only, another thread may not even say that it is done.
        with suppress(sqlite3.Error):
            self.close()


def open_file(path: Path, write: bool) -> sqlite3.Connection:
    """A connection to a file with the newest schema. Without `write`, an older file stays as it is, and an upgraded
    copy of it is read. Raises HistoryError."""
    check_place(path, write)
    with explained(str(path)):
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = _writer(path) if write else _reader(path)
    try:
        is_old = _check(connection, str(path), write)
        if write:
            _prepare(connection, str(path))
        elif is_old:
            connection = _upgraded_copy(connection, str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def open_memory() -> sqlite3.Connection:
    """An empty history that lasts as long as its connection."""
    if sqlite3.sqlite_version_info < (3, 37):
        _check_sqlite("a history")
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=Connection)
    create(connection)
    return connection


def _writer(path: Path) -> sqlite3.Connection:
    """One thread at a time uses it: a front end simulates far in a thread of its own, and waits for it."""
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False, factory=Connection)


def _reader(path: Path) -> sqlite3.Connection:
    """Read only; where SQLite may not even make its helper files, the file is read as it lies there."""
    connection = _connect_uri(path, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        return _as_it_lies(path)
    return connection


def _as_it_lies(path: Path) -> sqlite3.Connection:
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:
        told = (
            f"was not closed: a part of it is in {log.name}, and its folder is read-only; copy both files to a folder"
        )
        raise problem(str(path), f"{told} where you may write, and open it there")
    return _connect_uri(path, "immutable=1")


def _connect_uri(path: Path, how: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, factory=Connection)


def _upgraded_copy(connection: sqlite3.Connection, path: str) -> sqlite3.Connection:
    """What the file would be after its upgrade: in memory, or in a temporary file of SQLite's when it is large."""
    copy = sqlite3.connect("", isolation_level=None, factory=Connection)
    try:
        with explained(path):
            connection.backup(copy)
            migrate(copy)
            # Who tries to write to it shall hear that nothing would be kept.
            copy.execute("PRAGMA query_only = ON")
    except BaseException:
        copy.close()
        raise
    connection.close()
    return copy


def _check(connection: sqlite3.Connection, path: str, write: bool) -> bool:
    """Is it ours, and do we know its schema? Answers whether that is an older one."""
    _check_sqlite(path)
    with explained(path):
        ours, version = (_pragma(connection, name) for name in ("application_id", "user_version"))
        filled = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
    if ours != APPLICATION_ID and (filled or not write):
        raise problem(path, "is a database, but no history of this program; give another path")
    if version > len(STEPS):
        told = f"was written by a newer version: its schema is {version}, and this program knows up to {len(STEPS)}"
        raise problem(path, f"{told}; install a newer orchestration-workbench, or give another path")
    return version < len(STEPS)


def _check_sqlite(path: str) -> None:
    if sqlite3.sqlite_version_info < (3, 37):
        told = f"needs SQLite 3.37 or newer; this Python has {sqlite3.sqlite_version}"
        raise problem(path, f"{told}. A Python from python.org, conda or uv has a newer one")


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    with explained(path):
        # Fails at once, before any work is lost, where writing is not possible.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the process loses nothing; a crash of the machine may lose the last moments, never more.
        connection.execute("PRAGMA synchronous = NORMAL")
        if _pragma(connection, "user_version") < len(STEPS):
            migrate(connection)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
