"""A question in SQL, from somebody whom we do not know: it can only read, takes only so long, and answers so much.

SQLite asks an authorizer about everything that a statement would do, before it does anything; what is not on the list
is refused. Source: https://sqlite.org/c3ref/c_alter_table.html
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from workbench.history.errors import HistoryError, explained
from workbench.model import nearest

SECONDS = 10.0
MOST_ROWS = 1000
# No value of an answer is longer, in bytes: a file would not hold it either.
_LONGEST = 10_000_000
_STEPS_BETWEEN_LOOKS = 10_000

_MAY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_FUNCTION}
_PRAGMAS = {"table_info", "table_xinfo", "table_list"}
_NO_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}


class Answer(NamedTuple):
    """What a question brought. `is_cut`: there are more rows than were asked for."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool


def ask(connection: sqlite3.Connection, path: str, sql: str, most: int = MOST_ROWS, seconds: float = SECONDS) -> Answer:
    """The answer to one SELECT: at most `most` rows (0: all). Raises HistoryError when the question would do anything
    but read, cannot be understood, or takes longer than so many seconds."""
    if not sql.strip().rstrip(";"):
        raise HistoryError(["nothing was asked; write for example: SELECT state, count(*) FROM run GROUP BY state"])
    with explained(path), _guarded(connection, seconds) as guard:
        try:
            return _answer(connection, sql, most)
        except (sqlite3.Error, sqlite3.Warning) as error:
            failed = error
    if isinstance(failed, sqlite3.DatabaseError) and getattr(failed, "sqlite_errorcode", 0) & 0xFF in _OF_THE_FILE:
        with explained(path):
            raise failed
    raise HistoryError([guard.told(failed) or _explain(connection, sql, str(failed))]) from failed


# A locked or damaged file is not the question's fault.
_OF_THE_FILE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}


def _answer(connection: sqlite3.Connection, sql: str, most: int) -> Answer:
    cursor = connection.execute(sql)
    rows = cursor.fetchmany(most + 1) if most else cursor.fetchall()
    columns = _distinct([one[0] for one in cursor.description or ()])
    cursor.close()
    if not columns:
        raise sqlite3.ProgrammingError("it asks for nothing")
    return Answer(columns, rows[:most] if most else rows, bool(most) and len(rows) > most)


class _Guard:
    """Allows what only reads, and remembers what it refused."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.end, self.refused = seconds, time.monotonic() + seconds, ""

    def allows(self, action: int, one: str | None, two: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_PRAGMA and str(one).lower() in _PRAGMAS:
            return sqlite3.SQLITE_OK
        if action in _MAY and not (action == sqlite3.SQLITE_FUNCTION and str(two).lower() in _NO_FUNCTIONS):
            return sqlite3.SQLITE_OK
        self.refused = self.refused or _NAMES.get(action, str(two) if action == sqlite3.SQLITE_FUNCTION else "that")
        return sqlite3.SQLITE_DENY

    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def told(self, error: BaseException) -> str:
        """What this guard did, if the error is its doing."""
        if self.refused:
            return f"a question may only read, and this one would use {self.refused}; write a SELECT"
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return f"the question took longer than {self.seconds:g} seconds and was stopped; ask for less, or give more"
        return ""


# What people write most often; other things are refused as well.
_NAMES = {
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
    sqlite3.SQLITE_DELETE: "DELETE",
    sqlite3.SQLITE_ATTACH: "ATTACH or VACUUM",
    sqlite3.SQLITE_DETACH: "DETACH",
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
    sqlite3.SQLITE_TRANSACTION: "BEGIN, COMMIT or ROLLBACK",
    sqlite3.SQLITE_SAVEPOINT: "SAVEPOINT",
    sqlite3.SQLITE_CREATE_TABLE: "CREATE",
    sqlite3.SQLITE_CREATE_VIEW: "CREATE",
    sqlite3.SQLITE_CREATE_INDEX: "CREATE",
    sqlite3.SQLITE_CREATE_TEMP_TABLE: "CREATE",
    sqlite3.SQLITE_CREATE_TEMP_VIEW: "CREATE",
    sqlite3.SQLITE_DROP_TABLE: "DROP",
    sqlite3.SQLITE_DROP_VIEW: "DROP",
    sqlite3.SQLITE_ALTER_TABLE: "ALTER",
    sqlite3.SQLITE_REINDEX: "REINDEX",
}


# SQLite makes its table functions when they are first named, and asks for rights that nobody shall have.
_WARM = "SELECT 1 FROM json_each('[]'), json_tree('[]'), pragma_table_info('run'), pragma_table_list() LIMIT 0"


@contextmanager
def _guarded(connection: sqlite3.Connection, seconds: float) -> Iterator[_Guard]:
    guard = _Guard(seconds)
    connection.execute(_WARM)
    longest = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.set_authorizer(guard.allows)
    connection.set_progress_handler(guard.is_over, _STEPS_BETWEEN_LOOKS)
    try:
        yield guard
    finally:
        connection.set_authorizer(None)
        connection.set_progress_handler(None, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)


def _explain(connection: sqlite3.Connection, sql: str, error: str) -> str:
    """SQLite's words, with the nearest name where one is not known."""
    if error.startswith("cannot modify"):
        return "a question may only read, and this one would change something; write a SELECT"
    found = re.fullmatch(r"no such (table|column): (?:main\.)?(.+)", error)
    if found is None:
        return f"the question cannot be understood: {error}"
    what, name = found.groups()
    known = _tables(connection) if what == "table" else _columns(connection, sql)
    return f"there is no {what} '{name}'{nearest(name.rpartition('.')[2], known, most=40)}"


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return [name for (name,) in found if not name.startswith("_")]


def _columns(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Those of the tables that the question names, or of all."""
    every, words = _tables(connection), set(re.findall(r"\w+", sql))
    tables = [name for name in every if name in words] or every
    found = (connection.execute("SELECT name FROM pragma_table_info(?)", (one,)) for one in tables)
    return sorted({column for rows in found for (column,) in rows})


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Each column by a name of its own: of equal ones, the second is `state_2`."""
    found: list[str] = []
    for name in names:
        number, own = 1, name
        while own in found:
            number, own = number + 1, f"{name}_{number + 1}"
        found.append(own)
    return tuple(found)
