"""tables(state): what was true, as plain rows. The history file holds them for the end of each branch's log.

A cell carries the number of its last event, so what changed since some number is found without asking the events
again. Only an edit takes rows away (an attempt that is no longer known): then a run is written anew.
Instants are text, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from workbench.engine import FINISHED, Arrival, Attempt, Cell, Run, RunKey, State
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


class Tables(NamedTuple):
    """The rows of each table, as `TABLES` names their columns."""

    run: list[Row]
    task_instance: list[Row]
    attempt: list[Row]
    arrival: list[Row]


def tables(state: State, text: Texts | None = None) -> Tables:
    """Every row."""
    found = Tables([], [], [], [])
    text = Texts() if text is None else text
    add_runs(found, state.known.runs.values(), 0, None, text)
    add_arrivals(found, state.known.arrived.items(), text)
    return found


def add_runs(found: Tables, runs: Iterable[Run], after: int, since: datetime | None, text: Texts) -> None:
    """Add these runs, and of their tasks those with an event after number `after`. Attempts that ended before
    `since` are left out where a task has several."""
    for run in runs:
        found.run.append(_run_row(run, text))
        _add_cells(found, run, after, since, text)


def add_arrivals(found: Tables, arrived: Iterable[tuple[tuple[str, str], Arrival]], text: Texts) -> None:
    """Add these arrivals."""
    for (name, partition), arrival in arrived:
        found.arrival.append((name, partition, text[arrival.at], arrival.rows, arrival.content))


def _run_row(run: Run, text: Texts) -> Row:
    window = run.window
    instants = (window.start, window.end, run.created, run.started, run.ended)
    return (*run.key, run.state, run.plan.version, *[text[at] for at in instants])


def _add_cells(found: Tables, run: Run, after: int, since: datetime | None, text: Texts) -> None:
    key, add_task, add_attempt = run.key, found.task_instance.append, found.attempt.append
    for task, cell in run.cells.items():
        if cell.seq <= after:
            continue
        past = cell.attempts
        add_task(_task_row(key, task, cell, past, text))
        if past:
            fresh = past if since is None or len(past) == 1 else [a for a in past if a.ended >= since]
            for attempt in fresh:
                add_attempt(_attempt_row(key, task, attempt, text))
        if cell.state == "running":
            add_attempt(_running_row(key, task, cell, text))


def _task_row(key: RunKey, task: str, cell: Cell, past: Sequence[Attempt], text: Texts) -> Row:
    """`ready` is that of the newest try, `started` that of the first."""
    dag, partition, kind, n = key
    state, since, _, tries, ready, _, started, retry_at, _, rule = cell
    if past:
        started, ready = past[0].started, ready or past[-1].ready
    at = text[since]
    ended = at if state in FINISHED else None
    return (
        dag, partition, kind, n, task, state, tries, at, text[ready], text[started], ended, text[retry_at], rule,
    )  # fmt: skip


def _attempt_row(key: RunKey, task: str, attempt: Attempt, text: Texts) -> Row:
    dag, partition, kind, n = key
    number, state, reason, message, ready, queued, started, ended, retry_at, rows, content = attempt
    return (
        dag, partition, kind, n, task, number, state, text[ready], text[queued], text[started], text[ended], reason,
        message and printable(message), text[retry_at], rows, content,
    )  # fmt: skip


def _running_row(key: RunKey, task: str, cell: Cell, text: Texts) -> Row:
    times = (text[cell.ready], text[cell.queued], text[cell.started])
    return (*key, task, cell.tries, "running", *times, None, "", "", None, None, None)
