"""A stretch of time as rows of bars: what each input and task did, and where it waited.

extract   ░░░░░░░░░░░░░1▒▒▒▒▒       ░ waits   1▒ runs (the number is the try)   ✖ failed   · was due, not here
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from workbench.engine import Known, Run
from workbench.engine.rules.inputs import is_here, windows_of
from workbench.engine.state import Cell
from workbench.model import after_window
from workbench.views.clock import Clock


@dataclass(frozen=True)
class Bar:
    """From `start` until `end` (UTC) something was so; `mark` is written at its start."""

    kind: Literal["due", "wait", "run", "pause"]
    start: datetime
    end: datetime
    mark: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Row:
    """An input or a task with its bars in time order."""

    label: str
    bars: tuple[Bar, ...]


def run_rows(known: Known, run: Run, now: datetime) -> tuple[Row, ...]:
    """The inputs and tasks of one run, up to `now`."""
    asked = {n for p in run.plan.tasks.values() for n in (*p.task.needs, *p.task.reads)}
    names = [name for name in known.homes if name in asked]
    inputs = [row for name in names for row in _input_rows(known, run, name, now)]
    tasks = [Row(name, tuple(_task_bars(run, run.cells[name], name, now))) for name in run.plan.tasks]
    return (*inputs, *tasks)


def _input_rows(known: Known, run: Run, name: str, now: datetime) -> list[Row]:
    home = known.homes[name]
    spec = known.plans[home].spec
    rows = []
    for window in windows_of(known, home, run):
        arrival = known.arrived.get((name, window.key))
        expected = spec.inputs[name].expected
        due = after_window(expected, window, spec.zone)
        end = arrival.at if arrival else now
        # Nobody promised anything, or it was there before the simulation began.
        is_silent = expected is None or (arrival is None and is_here(known, name, home, window))
        late = (Bar("due", due, end),) if end > due and not is_silent else ()
        came = (Bar("run", end, end, "●"),) if arrival else ()
        rows.append(Row(name, late + came))
    return rows


def _task_bars(run: Run, cell: Cell, name: str, now: datetime) -> list[Bar]:
    bars: list[Bar] = []
    free = max([run.created, *(run.cells[up].since for up in run.plan.tasks[name].ups if run.cells[up].attempts)])
    for attempt in cell.attempts:
        bars += _gap(bars, free, attempt.started)
        bars.append(Bar("run", attempt.started, attempt.ended, str(attempt.number), attempt.state == "failed"))
        free = attempt.ended
    if cell.state == "running" and cell.started is not None:
        return [*bars, *_gap(bars, free, cell.started), Bar("run", cell.started, now, str(cell.tries))]
    waits = cell.state in ("none", "scheduled", "up_for_retry", "queued") and not _above_is_open(run, name)
    return [*bars, *(_gap(bars, free, now) if waits else [])]


def _gap(bars: list[Bar], free: datetime, until: datetime) -> list[Bar]:
    kind: Literal["pause", "wait"] = "pause" if bars else "wait"
    return [Bar(kind, free, until)] if until > free else []


def _above_is_open(run: Run, name: str) -> bool:
    return any(not run.cells[up].attempts or run.cells[up].state != "success" for up in run.plan.tasks[name].ups)


_FILL = {"due": "·", "wait": "░", "pause": "░", "run": "▒"}


def timeline_lines(rows: tuple[Row, ...], start: datetime, end: datetime, clock: Clock, width: int = 78) -> list[str]:
    """Rows of cells from `start` to `end`, under a scale with a label every so often."""
    left = max((len(row.label) for row in rows), default=0) + 2
    cells = max(10, width - left)
    scale = _scale(start, end, cells, clock)
    return [" " * left + scale, *((row.label.ljust(left) + _cells(row, start, end, cells)).rstrip() for row in rows)]


def _column(at: datetime, start: datetime, end: datetime, cells: int) -> int:
    return int((at - start) / (end - start) * cells)


def _cells(row: Row, start: datetime, end: datetime, cells: int) -> str:
    found = [" "] * cells
    for bar in row.bars:
        if bar.end < start:
            continue
        first = max(0, _column(bar.start, start, end, cells))
        last = min(cells, max(first + 1, _column(bar.end, start, end, cells)))
        for i in range(first, last):
            found[i] = _FILL[bar.kind]
        if bar.failed and 0 < last <= cells:
            found[last - 1] = "✖"
        if bar.mark and first < cells and (not bar.failed or last - 1 > first):
            found[first] = bar.mark[-1]
    return "".join(found)


def _scale(start: datetime, end: datetime, cells: int, clock: Clock) -> str:
    steps = (timedelta(minutes=m) for m in (5, 10, 15, 30, 60, 120, 360, 720, 1440))
    step = next((s for s in steps if (end - start) / s * 8 <= cells), timedelta(days=7))
    found = [" "] * cells
    at = start
    while at <= end:
        column = _column(at, start, end, cells)
        if column + len("06:00") <= cells:
            found[column : column + len("06:00")] = f"{at.astimezone(clock.zone):%H:%M}"
        at += step
    return "".join(found).rstrip()
