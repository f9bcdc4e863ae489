"""tables(state): what was true, as plain rows. The history file holds them for the end of each branch's log.

A cell carries the number of its last event, so what changed since some number is found without asking the events
again. Only an edit takes rows away (an attempt that is no longer known): then a run is written anew.
Instants are text, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from workbench.engine import FINISHED, Arrival, Attempt, Cell, Run, State
from workbench.history.codec import Row, Texts, printable

TABLES: dict[str, tuple[str, ...]] = {
    "run": (
        "dag", "partition", "kind", "n", "state", "version", "interval_start", "interval_end", "created", "started",
        "ended",
    ),
    "task_instance": (
        "dag", "partition", "kind", "n", "task", "state", "tries", "since", "ready", "started", "ended", "retry_at",
        "rule",
    ),
    "attempt": (
        "dag", "partition", "kind", "n", "task", "number", "state", "ready", "queued", "started", "ended", "reason",
        "message", "retry_at", "rows", "content",
    ),
    "arrival": ("input", "partition", "arrived_at", "rows", "content"),
}  # fmt: skip


Instance = tuple[str, str, str, int, str]


class Tables(NamedTuple):
    """The rows of each table, as `TABLES` names their columns."""

    run: list[Row]
    task_instance: list[Row]
    attempt: list[Row]
    arrival: list[Row]


class Shape(NamedTuple):
    """How many columns the rows of a list name, and what the others have by default. Python 3.11 needs half a
    microsecond to bind a None, and most rows end with some."""

    table: str
    width: int
    tail: Row = ()


SHAPES: dict[str, Shape] = {
    "runs": Shape("run", 11),
    "waiting": Shape("task_instance", 8, (None, None, None, None, "")),
    "begun": Shape("task_instance", 11, (None, "")),
    "settled": Shape("task_instance", 13),
    "plain_tries": Shape("attempt", 11, ("", "", None, None, None)),
    "told_tries": Shape("attempt", 16),
    "arrivals": Shape("arrival", 5),
}


class Rows:
    """Rows in the making: for each of `SHAPES` a list, to which what is added goes."""

    def __init__(self, text: Texts) -> None:
        self.text = text
        self.lists: dict[str, list[Row]] = {name: [] for name in SHAPES}
        self._begun, self._settled = self.lists["begun"].append, self.lists["settled"].append
        self._plain_try, self._told_try = self.lists["plain_tries"].append, self.lists["told_tries"].append

    def of(self, table: str) -> list[Row]:
        """The rows of a table, in full."""
        lists = ((self.lists[name], shape.tail) for name, shape in SHAPES.items() if shape.table == table)
        return [row + tail for rows, tail in lists for row in rows]

    def add_runs(self, runs: Iterable[Run], after: int = 0, since: datetime | None = None) -> None:
        """Add these runs, and of their tasks those with an event after number `after`. Attempts that ended before
        `since` are left out where a task has several."""
        for run in runs:
            self.lists["runs"].append(_run_row(run, self.text))
            self._add_cells(run, after, since)

    def add_arrivals(self, arrived: Iterable[tuple[tuple[str, str], Arrival]]) -> None:
        """Add these arrivals."""
        for (name, partition), arrival in arrived:
            row = (name, partition, self.text[arrival.at], arrival.rows, arrival.content)
            self.lists["arrivals"].append(row)

    def _add_cells(self, run: Run, after: int, since: datetime | None) -> None:
        dag, partition, kind, n = run.key
        text, wait = self.text, self.lists["waiting"].append
        for task, cell in run.cells.items():
            if cell.seq <= after:
                continue
            if cell.state == "none":
                wait((dag, partition, kind, n, task, "none", 0, text[cell.since]))
            else:
                self._add_task((dag, partition, kind, n, task), cell, since)

    def _add_task(self, instance: Instance, cell: Cell, since: datetime | None) -> None:
        """`ready` is that of the newest try, `started` that of the first."""
        dag, partition, kind, n, task = instance
        state, at, _, tries, ready, _, started, retry_at, past, rule = cell
        text = self.text
        if past:
            started, ready = past[0].started, ready or past[-1].ready
            for attempt in past:
                if since is None or attempt.ended >= since:
                    self._add_attempt(instance, attempt)
        now = text[at]
        ended = now if state in FINISHED else None
        row = (dag, partition, kind, n, task, state, tries, now, text[ready], text[started], ended)
        if rule or retry_at is not None:
            self._settled((*row, text[retry_at], rule))
        else:
            self._begun(row)
        if state == "running":
            self._plain_try((*instance, *_running(cell, text)))

    def _add_attempt(self, instance: Instance, attempt: Attempt) -> None:
        dag, partition, kind, n, task = instance
        number, state, reason, message, ready, queued, started, ended, retry_at, rows, content = attempt
        text = self.text
        times = text[ready], text[queued], text[started], text[ended]
        if reason or message or retry_at is not None or rows is not None or content is not None:
            told = (reason, printable(message), text[retry_at], rows, content)
            self._told_try((*instance, number, state, *times, *told))
        else:
            since, given, began, end = times
            row = (dag, partition, kind, n, task, number, state, since, given, began, end)
            self._plain_try(row)


def tables(state: State) -> Tables:
    """Every row."""
    rows = every_row(state, Texts())
    return Tables(*map(rows.of, Tables._fields))


def every_row(state: State, text: Texts) -> Rows:
    """Every row, in the making."""
    rows = Rows(text)
    rows.add_runs(state.known.runs.values())
    rows.add_arrivals(state.known.arrived.items())
    return rows


def _run_row(run: Run, text: Texts) -> Row:
    window = run.window
    instants = (window.start, window.end, run.created, run.started, run.ended)
    return (*run.key, run.state, run.plan.version, *[text[at] for at in instants])


def _running(cell: Cell, text: Texts) -> Row:
    return (cell.tries, "running", text[cell.ready], text[cell.queued], text[cell.started], None)
