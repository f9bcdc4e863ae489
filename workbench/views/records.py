"""Runs and task instances as flat records: the rows that people read, in JSON and in tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from workbench.engine import FINISHED, Known, Run
from workbench.engine.state import Cell
from workbench.timetable import format_instant
from workbench.views.clock import plural


class RunRecord(NamedTuple):
    """One run; times are ISO 8601 in UTC. `due`: the tick that made it. `reason`: why it ended so (`deadlock`)."""

    dag: str
    partition: str
    kind: str
    state: str
    created: str
    started: str | None
    ended: str | None
    n: int
    due: str | None
    reason: str


class TaskRecord(NamedTuple):
    """One task instance; `started` is its first try's start, `ended` when it was finished for good. `rule`: by
    which it ended without a try; `reason`: why its last ended try failed; `code`: the version that this one ran."""

    dag: str
    partition: str
    task: str
    state: str
    tries: int
    started: str | None
    ended: str | None
    rows: int | None
    n: int
    rule: str
    reason: str
    code: str


def run_records(known: Known) -> Iterator[RunRecord]:
    """Every run, in the order in which they were made."""
    return (_run_record(run) for run in known.runs.values())


def task_records(known: Known) -> Iterator[TaskRecord]:
    """Every task instance, run by run, in topological order."""
    return (_task_record(run, name, cell) for run in known.runs.values() for name, cell in run.cells.items())


def tries_line(tries: int, failed: int, sensing: int = 0, looks: int = 0) -> str:
    """`4 tries, 1 failed`; a sensor's are counted apart: `4 tries and 2 of sensors (61 looks), 1 failed`. `tries`: all
    of them; `looks`: 0 where they are not counted."""
    told = f" ({plural(looks, 'look')})" if looks else ""
    apart = f" and {sensing} of sensors{told}" if sensing else ""
    return f"{plural(tries - sensing, 'try', 'tries')}{apart}, {failed} failed"


def _run_record(run: Run) -> RunRecord:
    dag, partition, kind, n = run.key
    created, started, ended, due = map(_text, (run.created, run.started, run.ended, run.due))
    return RunRecord(dag, partition, kind, run.state, created or "", started, ended, n, due, run.reason)


def _task_record(run: Run, name: str, cell: Cell) -> TaskRecord:
    first = cell.attempts[0].started if cell.attempts else cell.started
    ended = cell.since if cell.state in FINISHED else None
    last = cell.attempts[-1] if cell.attempts else None
    rows, reason, code = (last.rows, last.reason, last.code) if last is not None else (None, "", "")
    dag, partition, _, n = run.key
    return TaskRecord(
        dag, partition, name, cell.state, cell.tries, _text(first), _text(ended), rows, n, cell.rule, reason, code
    )


def _text(instant: datetime | None) -> str | None:
    return format_instant(instant) if instant else None
