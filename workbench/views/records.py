"""Runs and task instances as flat records: the rows that people read, in JSON and in tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from workbench.engine import Known, Run
from workbench.engine.state import Cell
from workbench.timetable import format_instant


class RunRecord(NamedTuple):
    """One run; times are ISO 8601 in UTC."""

    dag: str
    partition: str
    kind: str
    state: str
    created: str
    started: str | None
    ended: str | None


class TaskRecord(NamedTuple):
    """One task instance; `started` is its first try's start, `ended` when it was finished for good."""

    dag: str
    partition: str
    task: str
    state: str
    tries: int
    started: str | None
    ended: str | None
    rows: int | None


def run_records(known: Known) -> Iterator[RunRecord]:
    """Every run, in the order in which they were made."""
    for run in known.runs.values():
        key = run.key
        yield RunRecord(key.dag, key.partition, key.kind, run.state, *map(_text, (run.created, run.started, run.ended)))  # type: ignore[arg-type]


def task_records(known: Known) -> Iterator[TaskRecord]:
    """Every task instance, run by run, in topological order."""
    return (_record(run, name, cell) for run in known.runs.values() for name, cell in run.cells.items())


def _record(run: Run, name: str, cell: Cell) -> TaskRecord:
    first = cell.attempts[0].started if cell.attempts else cell.started
    ended = cell.since if cell.state in ("success", "failed", "skipped", "upstream_failed", "removed") else None
    rows = cell.attempts[-1].rows if cell.attempts else None
    return TaskRecord(run.key.dag, run.key.partition, name, cell.state, cell.tries, _text(first), _text(ended), rows)


def _text(instant: datetime | None) -> str | None:
    return format_instant(instant) if instant else None
