"""A stretch of time as rows of bars: what each input and task did, and where it waited.

extract   ░░░░░░░░░░░░░1▒▒▒▒▒       ░ waits   1▒ runs (the number is the try)   ✖ failed   † killed   · due, not here
wait_jfk  1▓▓▓▓▓▓▓▓▓                ▓ a sensor looks and holds its slot   1╌╌╌╌ it gives the slot back between two looks
board               ▲               ▲ somebody read what the run published   ▽ and got something out of date instead
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from workbench.engine import FINISHED, Known, Run
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import is_here, windows_for
from workbench.engine.state import Attempt, Cell, Looks
from workbench.model import DagSpec, after_window
from workbench.timetable import Partition
from workbench.views.clock import Clock

# `queue`: it may run, and no slot is free; `poke`: a sensor looks, and holds its slot; `away`: it gives its slot back
# between two looks; `read`: a consumer read.
BarKind = Literal["due", "wait", "queue", "run", "pause", "poke", "away", "read"]
RowKind = Literal["input", "task", "reader"]


@dataclass(frozen=True)
class Bar:
    """From `start` until `end` (UTC) something was so; `mark` is written at its start. A killed try has failed too.
    `went_on`: it was not over at `end`."""

    kind: BarKind
    start: datetime
    end: datetime
    mark: str = ""
    failed: bool = False
    killed: bool = False
    went_on: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Row:
    """An input, a task or a consumer (`name`) with its bars in time order."""

    label: str
    bars: tuple[Bar, ...]
    kind: RowKind = "task"
    name: str = ""


def run_rows(known: Known, run: Run, now: datetime, queues: bool = False) -> tuple[Row, ...]:
    """The inputs and tasks of one run, and who read what it published, up to `now`. `queues`: waits for a slot are bars
    of their own."""
    inputs = input_rows(known, run.plan.spec, run.plan.tasks, run.window, now)
    bars = {name: _task_bars(run, run.cells[name], name, now, queues) for name in run.plan.tasks}
    tasks = [Row(name, tuple(some), "task", name) for name, some in bars.items()]
    return (*inputs, *tasks, *_reader_rows(known, run, now))


def input_rows(
    known: Known, spec: DagSpec, tasks: Mapping[str, TaskPlan], window: Partition, now: datetime
) -> tuple[Row, ...]:
    """The inputs that a run of this window takes, whether it is there or not."""
    texts = dict.fromkeys(n for p in tasks.values() for n in _named(p))
    asked = [spec.need(text) for text in spec.outside(tuple(texts))]
    needs = [need for name in known.homes for need in asked if not need.dag and need.name == name]
    windows = {
        name: sorted({w for n in needs if n.name == name for w in windows_for(known, n, spec, window)}, key=_start)
        for name in known.homes
    }
    places = [(name, one) for name in known.homes for one in windows[name]]
    several = Counter(name for name, _ in places)
    return tuple(_input_row(known, name, one, now, several[name] > 1) for name, one in places)


def _reader_rows(known: Known, run: Run, now: datetime) -> Iterator[Row]:
    """A row for each consumer that read what the run wrote, or wanted to and got an earlier partition, or nothing."""
    wrote = {name for plan in run.plan.tasks.values() for name in plan.writes}
    bars: dict[str, list[Bar]] = {}
    for read in known.data.reads if wrote else ():
        if read.dataset not in wrote or read.at > now:
            continue
        version = known.data.get((read.dataset, read.partition, read.n))
        mine = version is not None and version.run == run.key
        if mine or (read.wanted == run.key.partition and read.stale):
            mark = "▲" if mine and not read.stale else "▽"
            bars.setdefault(read.consumer, []).append(Bar("read", read.at, read.at, mark))
    yield from (Row(name, tuple(some), "reader", name) for name, some in bars.items())


def _start(window: Partition) -> datetime:
    return window.start


def _named(plan: TaskPlan) -> tuple[str, ...]:
    task = plan.task
    return (*task.needs, *task.reads, *task.requires, *(task.sensor.on if task.sensor is not None else ()))


def _input_row(known: Known, name: str, window: Partition, now: datetime, is_one_of_several: bool) -> Row:
    home = known.homes[name]
    spec = known.plans[home].spec
    arrival = known.arrived.get((name, window.key))
    expected = spec.inputs[name].expected
    due = after_window(expected, window, spec.zone)
    end = arrival.at if arrival else now
    # Nobody promised anything, or it was there before the simulation began.
    is_silent = expected is None or (arrival is None and is_here(known, name, home, window))
    late = (Bar("due", due, end, went_on=not arrival),) if end > due and not is_silent else ()
    came = (Bar("run", end, end, "●"),) if arrival else ()
    return Row(f"{name} {spec.grid.spoken(window)}" if is_one_of_several else name, late + came, "input", name)


def _task_bars(run: Run, cell: Cell, name: str, now: datetime, queues: bool = False) -> list[Bar]:
    bars: list[Bar] = []
    plan = run.plan.tasks.get(name)
    free = (
        max([run.created, *(run.cells[up].since for up in plan.ups if run.cells[up].attempts)]) if plan else run.created
    )
    was_over = False
    for attempt in cell.attempts:
        if was_over:  # it was finished, and only then cleared
            free = max(free, attempt.ready)
        bars += _waits(bars, free, attempt.started, attempt if queues else None)
        kind = _kind(plan, reschedules=attempt.looks > 0)
        killed = attempt.reason in ("killed", "marked")
        bars.append(Bar(kind, attempt.started, attempt.ended, str(attempt.number), attempt.state == "failed", killed))
        free = attempt.ended
        was_over = attempt.state in ("success", "skipped") or attempt.number == cell.base
    if cell.base and not any(attempt.number > cell.base for attempt in cell.attempts):
        free = max(free, cell.ready or cell.since)
    since = cell.looks.started if cell.looks is not None else cell.started
    if since is not None and cell.state in ("running", "up_for_reschedule", "queued", "scheduled"):
        kind = _kind(plan, reschedules=cell.looks is not None)
        waited = _waits(bars, free, since, (cell.looks or cell) if queues else None)
        return [*bars, *waited, Bar(kind, since, now, str(cell.tries), went_on=True)]
    if cell.state not in ("none", "scheduled", "up_for_retry", "queued") or _above_is_open(run, name):
        return bars
    has_turn = queues and cell.state in ("scheduled", "queued")
    return [*bars, *_going_on(_waits(bars, free, now, cell if has_turn else None))]


def _going_on(bars: list[Bar]) -> list[Bar]:
    """The last of them is not over."""
    return [*bars[:-1], replace(bars[-1], went_on=True)] if bars else []


def _waits(bars: list[Bar], free: datetime, until: datetime, of: Attempt | Cell | Looks | None) -> list[Bar]:
    """From `free` until `until` nothing ran; with `of`, the part in which only a slot was missing by itself."""
    ready = max(of.ready, free) if of is not None and of.ready is not None else until
    queue = [Bar("queue", ready, until)] if until > ready else []
    return [*_gap(bars, free, min(ready, until)), *queue]


def _kind(plan: TaskPlan | None, reschedules: bool) -> BarKind:
    sensor = plan.task.sensor if plan is not None else None
    if sensor is None:
        return "run"
    return "away" if reschedules or sensor.mode == "reschedule" else "poke"


def _gap(bars: list[Bar], free: datetime, until: datetime) -> list[Bar]:
    kind: BarKind = "pause" if bars else "wait"
    return [Bar(kind, free, until)] if until > free else []


def _above_is_open(run: Run, name: str) -> bool:
    if name not in run.plan.tasks:
        return False
    return any(run.cells[up].state not in FINISHED for up in run.plan.tasks[name].ups)


_FILL = {"due": "·", "wait": "░", "queue": "░", "pause": "░", "run": "▒", "poke": "▓", "away": "╌", "read": "▲"}


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
        if (bar.failed or bar.killed) and 0 < last <= cells:
            found[last - 1] = "†" if bar.killed else "✖"
        if bar.mark and first < cells and (not (bar.failed or bar.killed) or last - 1 > first):
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
