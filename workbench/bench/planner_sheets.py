"""The planner's pictures: what would run and why, how, at which cost, whom it touches. Made from a `Worked` alone, and
from what is known where it is planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache, cached_property
from itertools import groupby
from typing import NamedTuple

from workbench.bench.planner import WHICH, Planner, Worked, spec_of, versions_of
from workbench.engine import Known
from workbench.engine.catalog import Version
from workbench.model import DagSpec
from workbench.ordering import Here
from workbench.views.backfill_plan import KEEP, RUN, BackfillPlan, PlannedRun, days_said
from workbench.views.clock import Clock, listed, plural
from workbench.views.sheet import Row, Sheet, Span, clipped, row_width, wrapped_row

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
_KEYS = {"all": "a", "missing": "m", "failed": "f", "changed": "h"}
_MOST_GROUPS = 4


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


# the line on top, and what is typed


def header(here: Here, worked: Worked, width: int) -> Row:
    """What is planned, that nothing has run, and what time it is."""
    known, planner = here.known, worked.planner
    spec, days = _spec(known, planner), days_of(known, planner)
    left = (Span(f"backfill {planner.name}", "title"), Span(f"  {days}"))
    right = (
        Span("PLAN: nothing has run yet", "good"),
        Span(f"   {Clock(here.now, spec.zone).full(here.now)}", "strong"),
    )
    return spread(left, right, width)


def _spec(known: Known, planner: Planner) -> DagSpec:
    return spec_of(known, planner.name)


def days_of(known: Known, planner: Planner) -> str:
    """`Sat 1 Jun to Sun 30 Jun, 30 days`."""
    spec = _spec(known, planner)
    first, last = spec.grid.parse(planner.first), spec.grid.parse(planner.last)
    many = sum(spec.wants(window) for window in spec.grid.between(first.start, last.end))
    if first == last:
        return spec.grid.spoken(first)
    return f"{spec.grid.spoken(first)} to {spec.grid.spoken(last)}, {plural(many, spec.grid.unit)}"


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
    here: Here, worked: Worked, width: int, place: Place | None = None, with_cell: bool = True, grid: Grid | None = None
) -> Sheet:
    """What would run, and why: in sums, then day by day, then of the chosen cell. `grid`: where it was made before."""
    title = "what would run, and why"
    if worked.plan is None:
        return Sheet(title, wrapped_row((Span(worked.refusal, "error"),), width))
    rows: list[Row] = []
    if not worked.plan.runs:
        rows += wrapped_row((Span("0 runs. ", "error"), Span(worked.plan.sentence)), width)
    rows += [clipped(row, width) for row in _sums(here.known, worked.plan)]
    grid = grid or Grid(here.known, worked.plan)
    if not grid.days:
        return Sheet(title, tuple(rows))
    top = len(rows) + 1
    rows += [(), *grid_rows(grid, width, place), legend(grid, width)]
    if place is not None and with_cell:
        rows += wrapped_row(cell_line(here, grid, place), width, "  ")
    return Sheet(title, tuple(rows), (0, top + 1 + (place.row if place else 0)))


def _sums(known: Known, plan: BackfillPlan) -> Iterator[Row]:
    """A line for each DAG and reason: what runs, how many, which days, because of what."""
    made = [list(some) for _, some in groupby(sorted(plan.runs, key=_alike), key=_alike)]
    made.sort(key=lambda some: plan.runs.index(some[0]))
    left = [list(some) for _, some in groupby(sorted(plan.left_out, key=_alike), key=_alike)]
    told = [(_does(some[0]), some, some[0].reason, "") for some in made]
    told += [(some[0].dag, some, f"left out: {some[0].reason}", "dim") for some in left]
    wide = [
        max((len(cell) for cell in column), default=0)
        for column in zip(*(_cells(known, *o[:2]) for o in told), strict=True)
    ]
    for name, some, reason, style in told[:_MOST_GROUPS]:
        first, many, days = (cell.ljust(w) for cell, w in zip(_cells(known, name, some), wide, strict=True))
        mark = () if style else (Span(f"{letter_of(reason)[0]} ", letter_of(reason)[1]),)
        yield (Span(f"{first}  ", style or "strong"), Span(f"{many}  {days}  ", style), *mark, Span(reason, style))
    if len(told) > _MOST_GROUPS:
        yield (Span(f"and {plural(len(told) - _MOST_GROUPS, 'other reason')}: see the days below", "dim"),)


def _alike(run: PlannedRun) -> tuple[str, str, tuple[str, ...]]:
    return run.dag, run.reason, tuple(one.task for one in run.tasks if one.does == RUN)


def _does(run: PlannedRun) -> str:
    """The tasks that run; the DAG when it is all of them, or many."""
    does = [one.task for one in run.tasks if one.does == RUN]
    if len(does) == len(run.tasks) and len(does) > 1:
        return f"{run.dag}, all tasks"
    return listed(does) if len(does) < 3 else f"{run.dag}, {len(does)} of {len(run.tasks)} tasks"


def _cells(known: Known, name: str, some: list[PlannedRun]) -> tuple[str, str, str]:
    many = plural(len(some), known.plans[some[0].dag].spec.grid.unit)
    return name, many, days_said(some).removesuffix(f" ({len(some)})")


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
    return f"There now: {listed(found)}." if found else "Nothing of it is there now." if _writes(known, cell) else ""


def _writes(known: Known, cell: Cell) -> tuple[str, ...]:
    plan = known.plans[cell.dag].tasks.get(cell.task)
    return tuple(plan.writes) if plan is not None else ()


def live_of(known: Known, cell: Cell) -> list[Version]:
    """What is live of what the cell's task writes."""
    found = (known.data.live_version(name, cell.run.partition) for name in _writes(known, cell))
    return [one for one in found if one is not None]


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


# how


def how(here: Here, worked: Worked, width: int, hidden: str = "") -> Sheet:
    """The choices, the chosen one in brackets, and what each would give. `hidden`: the choice that is being asked
    about; its number is not shown yet."""
    planner = worked.planner
    rows = [
        *wrapped_row(_days_row(worked, hidden), width, "       "),
        *wrapped_row(_order_row(worked), width, "       "),
        *wrapped_row(_limit_row(here.known, planner), width, "       "),
        *wrapped_row(_more_row(here.known, worked, hidden), width, "       "),
    ]
    return Sheet("how", tuple(rows))


def _choice(key: str, text: str, chosen: bool, bad: bool = False) -> tuple[Span, ...]:
    if chosen:
        return (Span(f"[{key} {text}]", "chosen"), Span("  "))
    return (Span(f"{key} ", "key"), Span(text, "late" if bad else ""), Span("   "))


def _days_row(worked: Worked, hidden: str) -> Row:
    spans = [Span("days   ", "dim")]
    would = dict(worked.others.would) if worked.others is not None else {}
    for which in WHICH:
        count = worked.runs if which == worked.planner.which else would.get(which, -1)
        said = "?" if which == hidden else _runs_said(count, which == worked.planner.which)
        spans += _choice(_KEYS[which], f"{which}: {said}", which == worked.planner.which, not count and which != hidden)
    return tuple(spans)


def _runs_said(count: int | None, in_full: bool) -> str:
    if count is None or count < 0:
        return "refused" if count is None else "…"
    return (plural(count, "run") if in_full else str(count)) + ("" if count else "!")


def _order_row(worked: Worked) -> Row:
    newest = worked.planner.newest
    spans = [Span("order  ", "dim"), *_choice("o", "newest first" if newest else "oldest first", True)]
    warning = worked.others.newest if worked.others is not None else ""
    if warning:
        spans += [Span(warning if newest else f"newest first: {warning}", "bad" if newest else "late")]
    elif not newest:
        spans += [Span("newest first would make the same", "dim")]
    return tuple(spans)


def _limit_row(known: Known, planner: Planner) -> Row:
    plan = known.plans[spec_of(known, planner.name).name]
    pools = sorted({task.pool for task in plan.tasks.values() if task.pool is not None})
    told = [f"pool {pool} has {plural(known.pools[pool], 'slot')}" for pool in pools if known.pools.get(pool)]
    if known.workers:
        told.append(plural(known.workers, "worker"))
    at_once = f"{planner.limit} at once"
    return (Span("limit  ", "dim"), *_choice("+ -", at_once, True), Span(", ".join(told), "dim"))


def _more_row(known: Known, worked: Worked, hidden: str) -> Row:
    planner = worked.planner
    more = worked.others.more if worked.others is not None else -1
    said = "?" if hidden == "down" else "…" if more < 0 else plural(more, "run") if more else "nothing"
    down = f"down: with {said} after it" if planner.down else f"down: {said} after it, not asked for"
    spans = [Span("with   ", "dim"), *_choice("d", down, planner.down)]
    versions = versions_of(known, planner.name)
    pinned = (
        f"pin {planner.pin}"
        if planner.pin
        else f"code as deployed ({versions[-1] if len(versions) == 1 else _deployed(known, planner)})"
    )
    spans += _choice("p", pinned, bool(planner.pin))
    if planner.priority:
        spans += [Span(f"priority {planner.priority:+}", "chosen")]
    return tuple(spans)


def _deployed(known: Known, planner: Planner) -> str:
    dag = spec_of(known, planner.name).name
    found = sorted(
        {known.code_of(dag, task) for task in known.plans[dag].tasks if planner.name in (dag, task, f"{dag}.{task}")}
    )
    return listed(found)


# cost


def cost(here: Here, worked: Worked, width: int, opens: str = "") -> Sheet:
    """Slots and time, what it meets, who has read these days, what stays public. `opens`: the what-if that starting it
    here would open."""
    title = "cost, and whom it touches"
    plan = worked.plan
    if plan is None or not plan.runs:
        return Sheet(title, ((Span("Nothing would run, so it costs nothing and touches nobody.", "dim"),),))
    pools = [
        f"{minutes} in pool {pool}, {plural(here.known.pools.get(pool, 0), 'slot')}" for pool, minutes in plan.pools
    ]
    time = plan.time.removeprefix("time: ")
    lines = [
        (f"{plural(plan.slot_minutes, 'slot-minute')}{f' ({listed(pools)})' if pools else ''}; {time}.", "strong"),
        *((_sentence(one.removeprefix("collision: ")), "late") for one in plan.collisions),
        *(() if plan.collisions else (("Scheduled runs meanwhile: none.", ""),)),
        *((f"{one.removeprefix('read before: ')}.", "late") for one in plan.readers),
        *(() if plan.readers else (("Nobody has read these days.", ""),)),
        *((_sentence(one), "") for one in public_until(here.known, worked)),
        *((_sentence(one), "late") for one in plan.notes),
        *(
            [(f"Time has gone on from here: starting it opens what-if {opens}, and all that is kept stays.", "you")]
            if opens
            else []
        ),
    ]
    return Sheet(title, tuple(row for text, style in lines for row in wrapped_row((Span(text, style),), width, "  ")))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if " " in text else text


def public_until(known: Known, worked: Worked) -> list[str]:
    """What readers get until each day is replaced."""
    plan = worked.plan
    live: dict[str, None] = {}
    days = set[tuple[str, str]]()
    for run in plan.runs if plan is not None else ():
        for one in run.tasks:
            for version in live_of(known, Cell(run.dag, one.task, run, one.does, "")) if one.does == RUN else ():
                live[version.code] = None
                days.add((version.dataset, version.partition))
    if not days:
        return ["Nothing of these days is public yet"]
    return [f"What {listed(list(live))} made stays public until it is replaced, day by day"]
