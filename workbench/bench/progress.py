"""How far a backfill is: its grid filling, its tasks counted, what it has changed so far."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import NamedTuple

from workbench.bench.planner_grid import Grid, Place, grid_rows
from workbench.bench.planner_sheets import spread
from workbench.engine import Known, Run
from workbench.engine.backfilled import KEPT, runs_tasks
from workbench.views.backfill_plan import KEEP, LEAVE, RUN, BackfillPlan, PlannedRun, PlannedTask
from workbench.views.backfills import Differing, Progress, progress, report, runs_of
from workbench.views.clock import Clock
from workbench.views.graph import look
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

# What a cell counts as, by its state; anything else waits.
_COUNTS_AS = {
    "success": "done", "skipped": "done", "removed": "done", "running": "running", "up_for_reschedule": "running",
    "failed": "failed", "upstream_failed": "failed",
}  # fmt: skip
COUNTS = ("done", "running", "waiting", "failed", "cancelled")
_STYLES = {"done": "good", "running": "state.running", "waiting": "dim", "failed": "bad", "cancelled": "dim"}
_CANCELLED = "×"
_MOST = 3  # lines under one heading of what has changed


class Tally(NamedTuple):
    """How many cells of one task are at what."""

    dag: str
    task: str
    counts: Counter[str]


def counts_as(known: Known, run: Run, task: str) -> str:
    """done, running, waiting, failed or cancelled; empty for what is kept or left out."""
    cell = run.cells.get(task)
    if cell is None or task not in _asked(known, run):
        return ""
    if run.reason == "cancelled":
        return "cancelled"
    return _COUNTS_AS.get(cell.state, "waiting")


def _asked(known: Known, run: Run) -> frozenset[str]:
    """The tasks that its backfill runs in it. A run that was cancelled keeps them instead, and was asked for all the
    same."""
    return runs_tasks(known.backfills[run.backfill].tasks, run.key, run.plan)


def tallies(known: Known, number: int) -> list[Tally]:
    """For every task that the backfill runs, in the order of the DAGs."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for run in runs_of(known, number):
        for task in run.plan.tasks:
            counts = counts_as(known, run, task)
            if counts:
                found.setdefault((run.key.dag, task), Counter())[counts] += 1
    return [Tally(dag, task, counts) for (dag, task), counts in found.items()]


def grid_of(known: Known, number: int) -> Grid:
    """The days and tasks of a backfill that was asked for."""
    runs = tuple(_planned(known, run) for run in runs_of(known, number))
    one = known.backfills[number]
    return Grid(known, BackfillPlan(one.sentence, runs, (), one.limit, 0, (), "", ""))


def _planned(known: Known, run: Run) -> PlannedRun:
    asked = _asked(known, run)
    tasks = tuple(PlannedTask(name, _does(run, name, asked)) for name in run.plan.tasks if name in run.cells)
    day = run.plan.spec.grid.spoken(run.window)
    return PlannedRun(run.key.dag, run.key.partition, day, run.window.start, run.window.end, "", tasks)


def _does(run: Run, task: str, asked: frozenset[str]) -> str:
    return RUN if task in asked else KEEP if run.cells[task].rule == KEPT else LEAVE


def marks_of(known: Known, number: int, grid: Grid) -> dict[tuple[int, int], tuple[str, str]]:
    """Glyph and style of each cell, as its state is now."""
    runs = {(run.key.dag, run.key.partition): run for run in runs_of(known, number)}
    return {
        place: _mark(runs[cell.dag, cell.run.partition], cell.task)
        for place, cell in grid.cells.items()
        if cell.does == RUN
    }


def _mark(run: Run, task: str) -> tuple[str, str]:
    if run.reason == "cancelled":
        return _CANCELLED, "dim"
    state = run.cells[task].state
    return look(state).glyph, f"state.{state}"


# its pictures


def header(known: Known, how_far: Progress, clock: Clock, width: int) -> Row:
    asked = known.backfills[how_far.number].sentence.partition(":")[0]
    return spread(
        (Span(asked, "title"),),
        (Span(_STATES[how_far.state], "you"), Span(f"   {clock.full(clock.now)}", "strong")),
        width,
    )


_STATES = {"running": "RUNNING", "paused": "PAUSED: nothing new starts", "cancelled": "CANCELLED", "over": "OVER"}


def filling(known: Known, how_far: Progress, width: int, place: Place) -> Sheet:
    """The grid as it fills."""
    grid = grid_of(known, how_far.number)
    told = how_far.sentence.removeprefix(f"{known.backfills[how_far.number].sentence}: ")
    rows: list[Row] = [*wrapped_row((*_bar(how_far, width), Span(f"   {told}")), width, "  ")]
    top = len(rows) + 2
    rows += grid_rows(grid, width, place, marks_of(known, how_far.number, grid))
    rows.append(_legend(width))
    return Sheet("how far it is", tuple(rows), (0, top + place.row))


def _bar(how_far: Progress, width: int) -> Row:
    """Runs that have ended, as a bar."""
    room = max(10, min(60, width // 3))
    parts = ((how_far.done, "█", "good"), (how_far.failed, "▓", "bad"), (how_far.running, "▒", "state.running"))
    spans, used, so_far = [], 0, 0
    for count, glyph, style in parts:
        so_far += count
        end = so_far * room // max(1, how_far.runs)
        spans.append(Span(glyph * (end - used), style))
        used = end
    done = 100 * (how_far.runs - how_far.left) // max(1, how_far.runs)
    return (*spans, Span("░" * (room - used), "dim"), Span(f" {done} %", "strong"))


def _legend(width: int) -> Row:
    some = (("none", "waits"), ("running", "runs"), ("success", "done"), ("failed", "failed"))
    spans = [
        span for state, word in some for span in (Span(f"{look(state).glyph} ", f"state.{state}"), Span(f"{word}   "))
    ]
    return clipped((*spans, Span(f"· kept   {_CANCELLED} cancelled", "dim")), width)


def tally_sheet(known: Known, number: int, width: int) -> Sheet:
    """How many cells of each task are done, running, waiting, failed."""
    found = tallies(known, number)
    shown = [
        word for word in COUNTS if word in ("done", "running", "waiting") or any(one.counts[word] for one in found)
    ]
    several = len({one.dag for one in found}) > 1
    names = [f"{one.dag}.{one.task}" if several else one.task for one in found]
    left = max(map(len, [*names, "all"]), default=0) + 2
    rows: list[Row] = [(Span(" " * left), *(Span(f"{word:>9}", "dim") for word in shown))]
    every = Counter[str]()
    for name, one in zip(names, found, strict=True):
        every += one.counts
        rows.append((Span(name.ljust(left)), *(_number(one.counts[word], word) for word in shown)))
    if len(found) > 1:
        rows.insert(1, (Span("all".ljust(left), "strong"), *(_number(every[word], word) for word in shown)))
    return Sheet("its tasks, counted", tuple(clipped(row, width) for row in rows))


def _number(count: int, word: str) -> Span:
    return Span(f"{count or '–':>9}", _STYLES[word] if count else "dim")


def changed_sheet(known: Known, how_far: Progress, clock: Clock, width: int, differing: Differing) -> Sheet:
    """What it has changed so far: inputs, code, outputs, readers, what is stale now."""
    lines = report(known, clock.now, how_far.number, differing).lines[1:]
    short = _in_short(lines)
    told = [*short, *(("", "more of it", *lines) if len(short) < len(lines) else ())]
    rows = [
        row
        for line in told
        for row in wrapped_row((Span(line, "" if line.startswith(" ") else "strong"),), width, "    ")
    ]
    return Sheet("what it has changed so far", tuple(rows))


def _in_short(lines: tuple[str, ...]) -> list[str]:
    """Headings, each with the first few of its lines, and how many more there are."""
    found: list[str] = []
    for is_item, some in groupby(lines, lambda line: line.startswith(" ")):
        group = list(some)
        found += group[:_MOST] if is_item else group
        if is_item and len(group) > _MOST:
            found.append(f"  … {len(group) - _MOST} more, below")
    return found


def newest_open(known: Known, dag: str, clock: Clock) -> int:
    """The newest backfill of a DAG that is not over; 0: none."""
    found = [number for number, one in known.backfills.items() if one.dag == dag]
    return next((n for n in sorted(found, reverse=True) if progress(known, clock.now, n).left), 0)
