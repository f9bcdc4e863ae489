"""What keeping a history costs: a year of 200 daily tasks, written as a session writes it, against a bare
`executemany` of the very same rows with the same statements, transactions, schema and pragmas.

Run: python benchmarks/history.py [pairs]
"""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from workbench.branch import Branch
from workbench.engine import State
from workbench.history import History, store
from workbench.model import DagSpec, RetryPolicy, Task, Workspace
from workbench.scenario import Flaky, Scenario, SimulatedWorld

GOAL = 1.3
EVENTS_PER_WRITE = 10_000
START = datetime(2013, 1, 1, 12, tzinfo=UTC)
UNTIL = datetime(2014, 1, 1, 12, tzinfo=UTC)

Batch = list[tuple[str, list[tuple[object, ...]]]]


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


def recorded(path: Path) -> tuple[float, int]:
    """Simulate and record; seconds spent in the recorder alone, and the number of events."""
    spec = workspace()
    faults = tuple(Flaky(f"d.{task}", rate=Fraction(2, 100)) for task in spec.dags["d"].tasks)
    scenario = Scenario(seed=13, start=START, until=UNTIL, faults=faults)
    branch = Branch("A", State.begin(spec, START, scenario.seed), START, SimulatedWorld(scenario, START))
    spent, written, more = 0.0, 0, True
    with History.open(path) as history:
        recorder = history.begin(spec, scenario, START)
        while more:
            more = branch.run(UNTIL)
            if not more or len(branch.log) - written >= EVENTS_PER_WRITE:
                began = perf_counter()
                recorder.write(branch, branch.end_state())
                spent += perf_counter() - began
                written = len(branch.log)
    return spent, written


def collected(path: Path) -> list[Batch]:
    """The statements and rows of every transaction."""
    batches: list[Batch] = []
    begin, rows = store.write_on, store.write_rows

    def keep(connection: object, statement: str, made: Iterable[tuple[object, ...]]) -> None:
        batches[-1].append((statement, list(made)))
        rows(connection, statement, batches[-1][-1][1])  # type: ignore[arg-type]

    def transaction(connection: object) -> object:
        batches.append([])
        return within(connection)  # type: ignore[arg-type]

    within = store.transaction
    del begin
    with patch.object(store, "write_rows", keep), patch("workbench.history.recorder.transaction", transaction):
        recorded(path)
    return batches


def bare(path: Path, batches: list[Batch]) -> float:
    """Seconds for the same rows without a recorder."""
    with History.open(path) as history:
        connection = history.connection
        began = perf_counter()
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            for statement, rows in batch:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
        return perf_counter() - began


def main(pairs: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        batches = collected(Path(folder) / "collected.db")
        rows = sum(len(rows) for batch in batches for _, rows in batch)
        times = []
        for n in range(pairs):
            gc.collect()
            spent, events = recorded(Path(folder) / f"recorded{n}.db")
            times.append((spent, bare(Path(folder) / f"bare{n}.db", batches)))
        size = (Path(folder) / "recorded0.db").stat().st_size
    ours, theirs = min(a for a, _ in times), min(b for _, b in times)
    print(f"history: {events} events, {rows} rows, {size / 1e6:.0f} MB; least of {pairs} paired runs")
    print(f"recorder {ours:.2f} s ({ours / rows * 1e6:.1f} us a row), bare executemany {theirs:.2f} s")
    print(f"goal <= {GOAL} x bare; figure {ours / theirs:.2f}; {'met' if ours <= GOAL * theirs else 'NOT MET'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
