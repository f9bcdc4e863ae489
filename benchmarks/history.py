"""What keeping a history costs: a year of 200 daily tasks, written as a session writes it, against a bare
`executemany` of the very same rows, made beforehand, with the same transactions, schema and pragmas.

Against two bare ones: with the recorder's own statements, which name only the columns that are filled, and with one
statement for each table that names all its columns, as one would write it without thinking (and which is slower).
"""

from __future__ import annotations

import gc
import re
import sqlite3
import tempfile
from ast import literal_eval
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from benchmarks import worlds
from benchmarks.worlds import Result
from workbench.branch import Branch
from workbench.engine import State
from workbench.history import History, Recorder, store

GOAL = 1.3
EVENTS_PER_WRITE = 10_000

Batch = list[tuple[str, list[tuple[Any, ...]]]]
Write = Callable[[Branch, State], None]


def simulate(write: Write) -> tuple[list[float], int]:
    """Simulate the year and write now and then; the seconds spent in each `write`, and the number of events."""
    made = worlds.branch()
    spent, written, more = [], 0, True
    while more:
        more = made.run(worlds.UNTIL)
        if not more or len(made.log) - written >= EVENTS_PER_WRITE:
            state = made.end_state()
            began = perf_counter()
            write(made, state)
            spent.append(perf_counter() - began)
            written = len(made.log)
    return spent, written


def recorded(path: Path) -> tuple[list[float], int]:
    with History.open(path) as history:
        return simulate(history.begin(worlds.workspace(), worlds.scenario(), worlds.START).write)


def collected(path: Path) -> list[Batch]:
    """The statements and rows of every write."""
    batches: list[Batch] = []
    insert, write = store.write_rows, Recorder.write

    def keep_rows(connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        batches[-1].append((statement, list(rows)))
        insert(connection, *batches[-1][-1])

    def keep_batch(recorder: Recorder, branch: Branch, state: State) -> None:
        batches.append([])
        write(recorder, branch, state)

    with patch.object(store, "write_rows", keep_rows), patch.object(Recorder, "write", keep_batch):
        recorded(path)
    return batches


def widened(connection: sqlite3.Connection, batch: Batch) -> Batch:
    """The same rows with all columns of their tables, one statement for each table; events in their order."""
    tables: dict[str, list[tuple[Any, ...]]] = {}
    for statement, rows in batch:
        match = re.fullmatch(r"INSERT (?:OR REPLACE )?INTO (\w+) \((.+?)\) VALUES \((.+?)\)", statement)
        assert match is not None
        named, given = match[2].split(", "), match[3].replace("'", "").split(", ")
        every = [(row[1], row[4]) for row in connection.execute(f"PRAGMA table_info({match[1]})")]
        usual = {column: literal_eval(default) if default else None for column, default in every}
        fixed = {n: int(v) if v.isdigit() else v for n, v in zip(named, given, strict=True) if v != "?"}
        free = [column for column in named if column not in fixed]
        for row in rows:
            values = {**usual, **fixed, **dict(zip(free, row, strict=True))}
            tables.setdefault(match[1], []).append(tuple(values[column] for column, _ in every))
    tables.get("event", []).sort(key=lambda row: row[1])
    return [(f"INSERT OR REPLACE INTO {t} VALUES ({', '.join('?' * len(r[0]))})", r) for t, r in tables.items()]


def bare(path: Path, batches: list[Batch]) -> list[float]:
    """Seconds for each write of the same rows, one after the other, without a recorder."""
    spent = []
    with History.open(path) as history:
        for batch in batches:
            began = perf_counter()
            bare_write(history.connection, batch)
            spent.append(perf_counter() - began)
    return spent


def bare_write(connection: sqlite3.Connection, batch: Batch) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement, rows in batch:
        connection.executemany(statement, rows)
    connection.execute("COMMIT")


def least(runs: list[list[float]]) -> float:
    """The least time of each write over all runs, added up: what disturbs one run seldom hits all of them."""
    total: float = sum(min(times) for times in zip(*runs, strict=True))
    return total


def run(pairs: int = 5) -> list[Result]:
    ours: list[list[float]] = []
    plain: list[list[float]] = []
    same: list[list[float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batches = collected(folder / "collected.db")
        with History.open(folder / "collected.db") as history:
            wide = [widened(history.connection, batch) for batch in batches]
        for n in range(pairs):
            gc.collect()
            ours.append(recorded(folder / f"recorded{n}.db")[0])
            plain.append(bare(folder / f"plain{n}.db", wide))
            same.append(bare(folder / f"same{n}.db", batches))
    rows = sum(len(made) for batch in batches for _, made in batch)
    return [
        _result("3 history, bare executemany, same statements", least(ours), least(same), rows),
        _result("3 history, bare executemany, all columns", least(ours), least(plain), rows),
    ]


def _result(name: str, ours: float, theirs: float, rows: int) -> Result:
    figure = f"{ours / theirs:.2f} x ({ours:.2f} s for {rows:,} rows, bare {theirs:.2f} s)"
    return Result(name, f"<= {GOAL} x", figure, ours <= GOAL * theirs)
