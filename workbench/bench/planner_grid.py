"""The grid of the planner: which task of which day, the letter that says why it is made, and how it is drawn."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache, cached_property
from typing import NamedTuple

from workbench.engine import Known
from workbench.engine.catalog import Version
from workbench.views.backfill_plan import KEEP, RUN, BackfillPlan, PlannedRun
from workbench.views.sheet import Row, Span, clipped

# Beginnings of reasons, their letter, its style and its name in the legend; the first that fits.
LETTERS = (
    ("missing", "m", "late", "missing"),
    ("failed", "f", "bad", "failed"),
    ("code changed", "c", "chosen", "code changed"),
    ("input changed", "i", "bar.queued", "input changed"),
    ("upstream in its window", "u", "edge.down", "upstream made again"),
    ("stale", "u", "edge.down", "upstream made again"),
    ("comes after", "u", "edge.down", "upstream made again"),
    ("nothing to keep", "n", "state.blocked", "nothing to keep"),
    ("asked for", "a", "strong", "asked for again"),
)
KEPT, LEFT, NONE = "·", "-", " "


@cache
def letter_of(reason: str) -> tuple[str, str, str]:
    """(letter, style, name) of a reason for which something is made."""
    return next(((*found,) for begins, *found in LETTERS if reason.startswith(begins)), ("?", "", reason))  # type: ignore[return-value]


class Place(NamedTuple):
    """A cell of the grid: which task of which DAG, and which of its days."""

    row: int = 0
    column: int = 0


class Cell(NamedTuple):
    """What becomes of one task on one day: `run` is that of the plan, made or left out; `reason` why."""

    dag: str
    task: str
    run: PlannedRun
    does: str
    reason: str

    @property
    def mark(self) -> tuple[str, str]:
        """Letter and style."""
        if self.does == RUN:
            return letter_of(self.reason)[:2]
        return (KEPT, "dim") if self.does == KEEP else (LEFT, "dim")


class Grid:
    """Days on one scale, across, and tasks down. Days of DAGs in other zones, or of other lengths, stand where they
    begin by their own clocks."""

    def __init__(self, known: Known, plan: BackfillPlan) -> None:
        self.known, self.plan = known, plan
        every = (*plan.runs, *plan.left_out)
        self.days = sorted({self._begins(run) for run in every})
        self._column = {day: place for place, day in enumerate(self.days)}
        dags = list(dict.fromkeys(run.dag for run in every))
        self.rows = [(dag, task) for dag in dags for task in known.plans[dag].tasks]
        self.runs = {(run.dag, self._column[self._begins(run)]): run for run in reversed(every)}

    def _begins(self, run: PlannedRun) -> datetime:
        return run.start.astimezone(self.known.plans[run.dag].spec.zone).replace(tzinfo=None)

    def label(self, dag: str, task: str) -> str:
        named_twice = sum(other == task for _, other in self.rows) > 1
        return f"{dag}.{task}" if named_twice else task

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """By row and column; where a DAG has no such day, there is none."""
        row_of = {name: row for row, name in enumerate(self.rows)}
        found: dict[tuple[int, int], Cell] = {}
        for (dag, column), run in self.runs.items():
            for one in run.tasks:
                if (dag, one.task) in row_of:
                    found[row_of[dag, one.task], column] = Cell(dag, one.task, run, one.does, one.reason)
            for task in () if run.is_made else self.known.plans[dag].tasks:
                found[row_of[dag, task], column] = Cell(dag, task, run, "left out", run.reason)
        return found

    def cell(self, place: Place) -> Cell | None:
        return self.cells.get((place.row, place.column))

    def moved(self, place: Place, direction: str) -> Place:
        """The cell beside, within the grid."""
        across, down = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}[direction]
        row = min(max(0, place.row + down), max(0, len(self.rows) - 1))
        return Place(row, min(max(0, place.column + across), max(0, len(self.days) - 1)))

    def counts(self) -> Counter[str]:
        """How many cells have each letter."""
        return Counter(cell.mark[0] for cell in self.cells.values())


# day by day


def grid_rows(
    grid: Grid, width: int, place: Place | None = None, marks: dict[tuple[int, int], tuple[str, str]] | None = None
) -> list[Row]:
    """A row of labels, one that points at the chosen day, and a row for each task; as many days as there is room for,
    around the chosen one. `marks`: what to draw in the cells instead of the plan's letters."""
    left = max(len(grid.label(*row)) for row in grid.rows) + 3
    step = next((wide for wide in (3, 2) if left + wide * len(grid.days) + 2 <= width), 1)
    room = max(1, (width - left - 2) // step)
    first = _first_shown(place.column if place else 0, room, len(grid.days))
    shown = range(first, min(len(grid.days), first + room))
    rows = [_scale(grid, shown, left, step), _pointer(place, shown, left, step)]
    rows += [_task_row(grid, n, shown, left, step, place, marks) for n in range(len(grid.rows))]
    return rows


def _first_shown(column: int, room: int, many: int) -> int:
    return min(max(0, column - room // 2), max(0, many - room))


def _scale(grid: Grid, shown: range, left: int, step: int) -> Row:
    """`Jun 1     8      15 ...  Jul 1`, and arrows where there is more."""
    text = ""
    begun = ""
    for column in shown:
        day, at = grid.days[column], left + (column - shown.start) * step
        month = f"{day:%b}"
        label = f"{month} {day.day}" if month != begun else str(day.day)
        is_due = month != begun or (column - shown.start) % 7 == 0 or column == shown.stop - 1
        if is_due and (at > len(text) or not text):
            text = text.ljust(at) + label
            begun = month
    more = (" ‹" if shown.start else "", " ›" if shown.stop < len(grid.days) else "")
    text = (more[0].strip() or " ") + text[1:] if text else text
    return (Span(text, "dim"), Span(more[1], "key"))


def _pointer(place: Place | None, shown: range, left: int, step: int) -> Row:
    if place is None or place.column not in shown:
        return ()
    return (Span(" " * (left + (place.column - shown.start) * step)), Span("▾", "key"))


def _task_row(
    grid: Grid,
    number: int,
    shown: range,
    left: int,
    step: int,
    place: Place | None,
    marks: dict[tuple[int, int], tuple[str, str]] | None,
) -> Row:
    chosen = place is not None and place.row == number
    label = ("▸ " if chosen else "  ") + grid.label(*grid.rows[number])
    spans = [Span(label.ljust(left), "strong" if chosen else "name")]
    for column in shown:
        cell = grid.cell(Place(number, column))
        mark, style = (NONE, "") if cell is None else marks.get((number, column), cell.mark) if marks else cell.mark
        is_it = chosen and place is not None and place.column == column
        spans.append(Span(mark.ljust(step), "chosen" if is_it and style == "dim" else style, f"cell:{number}.{column}"))
    return tuple(spans)


def legend(grid: Grid, width: int) -> Row:
    """The letters that occur, with how many there are of each."""
    counts, spans = grid.counts(), []
    for mark, style, name in dict.fromkeys((m, s, n) for _, m, s, n in LETTERS):
        if mark in counts:
            spans += [Span(f"{mark} ", style), Span(f"{name} {counts[mark]}   ", "dim")]
    for mark, name in ((KEPT, "kept"), (LEFT, "left out")):
        if mark in counts:
            spans += [Span(f"{mark} {name} {counts[mark]}   ", "dim")]
    return clipped(tuple(spans), width)


def writes(known: Known, cell: Cell) -> tuple[str, ...]:
    plan = known.plans[cell.dag].tasks.get(cell.task)
    return tuple(plan.writes) if plan is not None else ()


def live_of(known: Known, cell: Cell) -> list[Version]:
    """What is live of what the cell's task writes."""
    found = (known.data.live_version(name, cell.run.partition) for name in writes(known, cell))
    return [one for one in found if one is not None]
