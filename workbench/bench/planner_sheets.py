"""The planner's upper pictures: the line on top, what would run and why, day by day, and the chosen cell. Made from a
`Worked` alone, and from what is known where it is planned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from workbench.bench.planner import Planner, Worked, spec_of
from workbench.bench.planner_grid import Cell, Grid, Place, grid_rows, legend, letter_of, live_of, writes
from workbench.engine import Known
from workbench.engine.catalog import Version
from workbench.model import DagSpec
from workbench.ordering import Here
from workbench.views.backfill_plan import KEEP, RUN, BackfillPlan, PlannedRun, days_said
from workbench.views.clock import Clock, listed, plural
from workbench.views.sheet import Row, Sheet, Span, clipped, row_width, wrapped_row

_MOST_GROUPS = 4
_WEEKDAY = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d)")


# the line on top, and what is typed


def header(here: Here, worked: Worked, width: int) -> Row:
    """What is planned, that nothing has run, and what time it is; where there is little room, in fewer words."""
    known, planner = here.known, worked.planner
    clock = Clock(here.now, _spec(known, planner).zone)
    plan, now = Span("PLAN: nothing has run yet", "good"), Span(f" {clock.full(here.now)} ", "clock")
    whole, short = days_of(known, planner), days_of(known, planner, counted=False)
    named, name = Span(f"backfill {planner.name}", "title"), Span(planner.name, "title")
    ways: tuple[tuple[Row, Row], ...] = (
        ((named, Span(f"  {whole}")), (plan, Span("   "), now)),
        ((name, Span(f"  {whole}")), (plan, Span("   "), now)),
        ((name, Span(f"  {short}")), (plan, Span("   "), now)),
        ((name, Span(f"  {short}")), (plan,)),
        ((name, Span(f"  {short}")), (Span("PLAN", "good"),)),
    )
    fits = (way for way in ways if row_width(way[0]) + row_width(way[1]) + 2 <= width)
    return spread(*next(fits, ways[-1]), width)


def _spec(known: Known, planner: Planner) -> DagSpec:
    return spec_of(known, planner.name)


def days_of(known: Known, planner: Planner, counted: bool = True) -> str:
    """`Sat 1 Jun to Sun 30 Jun, 30 days`; `counted`: say how many."""
    spec = _spec(known, planner)
    first, last = spec.grid.parse(planner.first), spec.grid.parse(planner.last)
    many = sum(spec.wants(window) for window in spec.grid.between(first.start, last.end))
    if first == last:
        return spec.grid.spoken(first)
    days = f"{spec.grid.spoken(first)} to {spec.grid.spoken(last)}"
    return f"{days}, {plural(many, spec.grid.unit)}" if counted else days


def typed(worked: Worked, width: int) -> Row:
    """The line that Enter does."""
    return clipped((Span("> ", "dim"), Span(worked.planner.line, "code" if worked.sentence else "strong")), width)


def spread(left: Row, right: Row, width: int) -> Row:
    """One part to the left, one to the right; the right one stays when there is little room."""
    room = max(0, width - row_width(right) - 2)
    short = clipped(left, room)
    return clipped((*short, Span(" " * max(1, width - row_width(short) - row_width(right))), *right), width)


# what would run


def what(
    here: Here,
    worked: Worked,
    width: int,
    place: Place | None = None,
    with_cell: bool = True,
    grid: Grid | None = None,
    short: bool = False,
) -> Sheet:
    """What would run, and why: in sums, then day by day, then of the chosen cell. `grid`: where it was made before;
    `short`: rows are dear."""
    title = "what would run, and why"
    if worked.plan is None:
        return Sheet(title, wrapped_row((Span(worked.refusal, "error"),), width))
    rows: list[Row] = []
    if not worked.plan.runs:
        rows += wrapped_row((Span("0 runs. ", "error"), Span(worked.plan.sentence)), width)
    rows += _sums(here.known, worked.plan, width)
    grid = grid or Grid(here.known, worked.plan)
    if not grid.days:
        return Sheet(title, tuple(rows))
    top = len(rows) + (not short)
    rows += [*(() if short else ((),)), *grid_rows(grid, width, place), legend(grid, width)]
    if place is not None and with_cell:
        line = cell_line(here, grid, place)
        rows += [clipped(line[:2], width)] if short else wrapped_row(line, width, "  ")
    return Sheet(title, tuple(rows), (0, top + 1 + (place.row if place else 0)))


class _Sum(NamedTuple):
    """Runs that are alike: `style` is empty for what is made."""

    name: str
    many: str
    days: str
    reason: str
    style: str


def _sums(known: Known, plan: BackfillPlan, width: int) -> Iterator[Row]:
    """A line for each DAG and reason: what runs, how many, which days, because of what. Where that is too wide, the
    days are told without weekdays; where even that is, a reason goes on below."""
    made = [list(some) for _, some in groupby(sorted(plan.runs, key=_alike), key=_alike)]
    made.sort(key=lambda some: plan.runs.index(some[0]))
    left = [list(some) for _, some in groupby(sorted(plan.left_out, key=_alike), key=_alike)]
    told = [_sum(known, _does(some[0]), some, some[0].reason, "") for some in made]
    told += [_sum(known, some[0].dag, some, f"left out: {some[0].reason}", "dim") for some in left]
    rows = _sum_rows(told)
    if any(row_width(row) > width for row in rows):
        rows = _sum_rows([one._replace(days=_WEEKDAY.sub("", one.days)) for one in told])
    for row in rows[:_MOST_GROUPS]:
        yield from wrapped_row(row, width, "    ")
    if len(told) > _MOST_GROUPS:
        yield (Span(f"and {plural(len(told) - _MOST_GROUPS, 'other reason')}: see the days below", "dim"),)


def _sum(known: Known, name: str, some: list[PlannedRun], reason: str, style: str) -> _Sum:
    many = plural(len(some), known.plans[some[0].dag].spec.grid.unit)
    return _Sum(name, many, days_said(some).removesuffix(f" ({len(some)})"), reason, style)


def _sum_rows(told: list[_Sum]) -> list[Row]:
    """In columns."""
    wide = [max(len(one[column]) for one in told) for column in range(3)] if told else []
    rows = []
    for one in told:
        first, many, days = (cell.ljust(w) for cell, w in zip(one[:3], wide, strict=True))
        mark = () if one.style else (Span(f"{letter_of(one.reason)[0]} ", letter_of(one.reason)[1]),)
        head = (Span(f"{first}  ", one.style or "strong"), Span(f"{many}  {days}  ", one.style))
        rows.append((*head, *mark, Span(one.reason, one.style)))
    return rows


def _alike(run: PlannedRun) -> tuple[str, str, tuple[str, ...]]:
    return run.dag, run.reason, tuple(one.task for one in run.tasks if one.does == RUN)


def _does(run: PlannedRun) -> str:
    """The tasks that run; the DAG when it is all of them, or many."""
    does = [one.task for one in run.tasks if one.does == RUN]
    if len(does) == len(run.tasks) and len(does) > 1:
        return f"{run.dag}, all tasks"
    return listed(does) if len(does) < 3 else f"{run.dag}, {len(does)} of {len(run.tasks)} tasks"


# the chosen cell


def cell_line(here: Here, grid: Grid, place: Place) -> Row:
    """The chosen cell in a sentence: what becomes of it, why, and what is there now."""
    cell = grid.cell(place)
    if cell is None:
        if place.row < len(grid.rows) and place.column < len(grid.days):
            dag, task = grid.rows[place.row]
            return (Span(f"{task}: ", "strong"), Span(f"no run of {dag} for this day is in the plan.", "dim"))
        return ()
    head = Span(f"{cell.task} of {cell.run.day}: ", "strong")
    return (head, Span(f"{_becomes(cell)} "), Span(_there(here.known, cell), "dim"))


def _becomes(cell: Cell) -> str:
    if cell.does == RUN:
        return f"would run ({cell.reason})."
    if cell.does == KEEP:
        return "kept: what it made before counts."
    return f"left out: {cell.reason}." if cell.reason else "left out: nothing to keep, and it is not asked for."


def _there(known: Known, cell: Cell) -> str:
    """`There now: version 1 of stg, 904 rows, by v1.`"""
    found = [_version_said(one) for one in live_of(known, cell)]
    return f"There now: {listed(found)}." if found else "Nothing of it is there now." if writes(known, cell) else ""


def _version_said(one: Version) -> str:
    rows = f", {plural(one.rows, 'row')}" if one.rows is not None else ""
    return f"version {one.n} of {one.dataset}{rows}, made by {one.code}"


def cell_rows(here: Here, grid: Grid, place: Place, width: int) -> list[Row]:
    """All about one cell: its reason, what is there, and of which code and inputs that was made."""
    cell = grid.cell(place)
    if cell is None:
        return list(wrapped_row(cell_line(here, grid, place), width))
    clock = Clock(here.now, here.known.plans[cell.dag].spec.zone)
    mark, style = cell.mark
    rows: list[Row] = [*wrapped_row((Span(f"{mark} ", style), Span(_becomes(cell), "strong")), width, "  ")]
    for one in live_of(here.known, cell):
        rows += wrapped_row((Span(f"There now: {_version_said(one)}, written {clock.full(one.at)}."),), width, "  ")
        made_of = [f"{name} {partition} (version {n})" for name, partition, n in one.sources]
        if made_of:
            rows += wrapped_row((Span(f"Made from {_some(made_of)}.", "dim"),), width, "  ")
    return rows


def _some(names: list[str], most: int = 8) -> str:
    return listed(names) if len(names) <= most else listed([*names[: most - 1], f"{len(names) - most + 1} more"])
