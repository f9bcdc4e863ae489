"""Recordings on their way from file to file: rows are copied as they are, with new numbers.

A recording is known again by its `origin`, which stays the same in every copy.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.history.errors import check_place, explained, problem
from workbench.history.opening import open_file
from workbench.history.tables import TABLES

# Children after parents.
_OF_BRANCHES = ("event", *(f"all_{name}" for name in TABLES), "all_judgement")
_LEASE = ("owner_host", "owner_pid", "owner_mark", "owner_token")


def export(source: sqlite3.Connection, recording: int, path: Path) -> None:
    """Write one recording, with all its futures, into a new file. Raises HistoryError; then there is no file."""
    check_place(path, write=True)
    if path.exists():
        raise problem(str(path), "is there already; give a new name, so that nothing is lost")
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    target = open_file(unfinished, write=True)
    try:
        with explained(str(path)):
            target.execute("BEGIN IMMEDIATE")
            _copy(source, target, recording)
            target.execute("COMMIT")
            target.execute("PRAGMA journal_mode = DELETE")  # one file, whole without others beside it
            target.close()
            os.replace(unfinished, path)
    finally:
        target.close()
        unfinished.unlink(missing_ok=True)


def adopt(source: sqlite3.Connection, target: sqlite3.Connection, recordings: list[int], path: str) -> dict[int, int]:
    """Copy recordings into a file, inside a transaction of its. Raises HistoryError when one is there already."""
    for number in recordings:
        (origin,) = source.execute("SELECT origin FROM recording WHERE id = ?", (number,)).fetchone()
        here = target.execute("SELECT id FROM recording WHERE origin = ? AND origin <> ''", (origin,)).fetchone()
        if here is not None:
            told = f"recording {number} is here already, as recording {here[0]}"
            raise problem(path, f"{told}; nothing was taken over")
    return {number: _copy(source, target, number) for number in recordings}


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, recording: int) -> int:
    """The number of the recording there. Its current future becomes the current one there."""
    row = _row(source, "SELECT * FROM recording WHERE id = ?", recording)
    made = _insert(target, "recording", {**row, "id": None, **dict.fromkeys(_LEASE)})
    target.execute("UPDATE branch SET is_current = 0 WHERE is_current = 1")
    current = source.execute(_CURRENT, (recording,)).fetchone()
    branches: dict[int, int] = {}
    for (branch,) in source.execute("SELECT id FROM branch WHERE recording = ? ORDER BY id", (recording,)).fetchall():
        row = _row(source, "SELECT * FROM branch WHERE id = ?", branch)
        places = {"id": None, "recording": made, "parent": branches.get(row["parent"])}
        branches[branch] = _insert(target, "branch", {**row, **places, "is_current": int(current == (branch,))})
    _copy_predictions(source, target, recording, made)
    for table in _OF_BRANCHES:
        for old, new in branches.items():
            _copy_rows(source, target, table, old, new)
    return made


_CURRENT = "SELECT id FROM branch WHERE recording = ? ORDER BY is_current DESC, id DESC LIMIT 1"


def _row(source: sqlite3.Connection, sql: str, number: int) -> dict[str, Any]:
    cursor = source.execute(sql, (number,))
    return dict(zip((one[0] for one in cursor.description), cursor.fetchone(), strict=True))


def _insert(target: sqlite3.Connection, table: str, row: dict[str, Any]) -> int:
    marks = ", ".join("?" * len(row))
    made = target.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    assert made.lastrowid is not None
    return made.lastrowid


def _copy_predictions(source: sqlite3.Connection, target: sqlite3.Connection, old: int, new: int) -> None:
    found = source.execute("SELECT * FROM prediction WHERE recording = ?", (old,))
    names = [one[0] for one in found.description]
    for row in found:
        _insert(target, "prediction", {**dict(zip(names, row, strict=True)), "recording": new})


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str, old: int, new: int) -> None:
    names = [name for (name,) in source.execute("SELECT name FROM pragma_table_info(?)", (table,)) if name != "branch"]
    found = source.execute(f"SELECT {', '.join(names)} FROM {table} WHERE branch = ?", (old,))
    into = f"INSERT INTO {table} (branch, {', '.join(names)}) VALUES ({new}, {', '.join('?' * len(names))})"
    target.executemany(into, _rows(found))


def _rows(found: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    while rows := found.fetchmany(5000):
        yield from rows
