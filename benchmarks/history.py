"""What keeping a history costs: a year of 200 daily tasks, written as a session writes it, against a bare
`executemany` of the very same rows, made beforehand, with the same transactions, schema and pragmas.

The bare one is what one writes without thinking: one statement for each table, with all its columns. For comparison
also with the recorder's own statements, which name only the columns that are filled and so are faster by themselves.

Run: python benchmarks/history.py [pairs]
"""

from __future__ import annotations

import gc
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from workbench.branch import Branch
from workbench.engine import State, begin
from workbench.history import History, Recorder, store
from workbench.model import DagSpec, RetryPolicy, Task, Workspace
from workbench.scenario import Flaky, Scenario, SimulatedWorld

GOAL = 1.3
EVENTS_PER_WRITE = 10_000
START = datetime(2013, 1, 1, 12, tzinfo=UTC)
UNTIL = datetime(2014, 1, 1, 12, tzinfo=UTC)

Batch = list[tuple[str, list[tuple[Any, ...]]]]
Write = Callable[[Branch, State], None]


def workspace() -> Workspace:
    """20 layers of 10 tasks, two upstreams each."""
    tasks = {}
    for layer in range(20):
        for i in range(10):
            ups = (f"t{layer - 1:02d}_{i}", f"t{layer - 1:02d}_{(i + 1) % 10}") if layer else ()
            retries = RetryPolicy(3, timedelta(minutes=1))
            name = f"t{layer:02d}_{i}"
            tasks[name] = Task(name, needs=ups, takes=timedelta(minutes=5), retries=retries)
    start = datetime(2013, 1, 1, tzinfo=UTC)
    return Workspace({"d": DagSpec("d", tasks, schedule="0 0 * * *", start=start)}, workers=32)


def scenario_of(workspace: Workspace) -> Scenario:
    """Each attempt fails with a chance of 2 %."""
    faults = tuple(Flaky(f"d.{task}", rate=Fraction(2, 100)) for task in workspace.dags["d"].tasks)
    return Scenario(seed=13, start=START, until=UNTIL, faults=faults)


SPEC = workspace()


def simulate(write: Write) -> tuple[list[float], int]:
    """Simulate the year and write now and then; the seconds spent in each `write`, and the number of events."""
    scenario = scenario_of(SPEC)
    branch = Branch("A", begin(SPEC, START, scenario.seed), START, SimulatedWorld(scenario, START))
    spent, written, more = [], 0, True
    while more:
        more = branch.run(UNTIL)
        if not more or len(branch.log) - written >= EVENTS_PER_WRITE:
            state = branch.end_state()
            began = perf_counter()
            write(branch, state)
            spent.append(perf_counter() - began)
            written = len(branch.log)
    return spent, written


def recorded(path: Path) -> tuple[list[float], int]:
    with History.open(path) as history:
        return simulate(history.begin(SPEC, scenario_of(SPEC), START).write)


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
        usual = {column: "" if default else None for column, default in every}
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


def main(pairs: int = 7) -> None:
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
            spent, events = recorded(folder / f"recorded{n}.db")
            ours.append(spent)
            plain.append(bare(folder / f"plain{n}.db", wide))
            same.append(bare(folder / f"same{n}.db", batches))
        size = (folder / "recorded0.db").stat().st_size
    rows = sum(len(rows) for batch in batches for _, rows in batch)
    figure, own = least(ours) / least(plain), least(ours) / least(same)
    print(f"history: {events} events, {rows} rows, {size / 1e6:.0f} MB; least of {pairs} paired runs, write by write")
    print(f"recorder {least(ours):.2f} s ({least(ours) / rows * 1e6:.1f} us a row), bare {least(plain):.2f} s")
    print(f"bare with the recorder's own statements {least(same):.2f} s: {own:.2f} x")
    print(f"goal: <= {GOAL} x bare executemany; figure: {figure:.2f}; {'met' if figure <= GOAL else 'NOT MET'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
