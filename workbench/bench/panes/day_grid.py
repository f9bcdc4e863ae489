"""The grid of days: draws any part of a table of things by partitions, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from workbench.engine import FINISHED, Known, Run, Wait, verdict
from workbench.timetable import Partition
from workbench.views.canvas import state_style
from workbench.views.cells import cell_width, shorten
from workbench.views.graph import look
from workbench.views.run_state import run_state
from workbench.views.sheet import Row, Span
from workbench.views.stage_state import input_state

HEADS = 3
_LABEL, _TITLE = 28, 9
_NO_RUN = ("·", "state.removed")
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEGEND = (
    ("success", "ended well"), ("failed", "failed"), ("running", "running"), ("queued", "waits"), ("none", "not yet"),
    ("up_for_retry", "tries again"), ("upstream_failed", "cannot run"), ("skipped", "skipped"),
    ("scheduled", "ready"),
)  # fmt: skip
_FIRST = 5  # of them, before what is seen seldom
_LEAST_TITLE = 3
_PUBLIC = {"live": ("●", "state.published"), "blocked": ("⊖", "state.blocked"), "withdrawn": ("∅", "state.blocked"),
           "fenced": ("⊗", "state.blocked"), "written": ("◌", "state.scheduled"), "replaced": ("∅", "state.blocked"),
           }  # fmt: skip
_MARKS = {"backfill": "b", "manual": "m"}

Cell = tuple[str, str, str]  # what stands before the glyph, the glyph, the style of both


class Line(NamedTuple):
    """One row: a DAG's run, an input, a task or a dataset."""

    kind: str
    name: str
    label: str


class DayGrid:
    """`windows` are the columns, the oldest first; `shown` is the key of one, `chosen` (kind, name) of a line. Three
    rows of heads, the lines, and a row that says what the glyphs mean. `rows`: by number and whether it is the chosen
    one, of grids that are the same but for what is chosen."""

    def __init__(
        self, known: Known, now: datetime, dag: str, windows: Sequence[Partition], shown: str, lines: Sequence[Line],
        chosen: tuple[str, str], width: int, rows: dict[tuple[int, bool], Row] | None = None,
    ) -> None:  # fmt: skip
        self.heads = HEADS
        self.known, self.now, self.dag, self.windows, self.lines = known, now, dag, windows, lines
        self.spec = known.plans[dag].spec
        self.shown = next((n for n, window in enumerate(windows) if window.key == shown), -1)
        self.line = next((n for n, line in enumerate(lines) if (line.kind, line.name) == chosen), -1)
        self.label = min(_LABEL, 3 + max(cell_width(line.label) for line in lines))
        self.wide = self._wide(width)
        self._runs: dict[int, Run | None] = {}
        self._rows: dict[tuple[int, bool], Row] = {} if rows is None else rows

    def _wide(self, width: int) -> int:
        """Cells of a column: narrow where that shows more days than fit otherwise."""
        if self.spec.grid.unit == "month":
            return 4
        return 3 if self.label + 3 * len(self.windows) <= width or self.spec.grid.unit != "day" else 2

    @property
    def width(self) -> int:
        return self.label + max(self.wide * len(self.windows), _TITLE) + 1

    @property
    def height(self) -> int:
        return HEADS + len(self.lines) + 1

    @property
    def focus(self) -> tuple[int, int] | None:
        """The selected cell; the shown day where no line is selected."""
        if self.shown < 0:
            return None
        return self.label + self.wide * self.shown + self.wide - 1, max(self.line, 0) + HEADS

    # rows

    def row(self, number: int) -> Row:
        """A whole row, with a target for each cell."""
        place = number, number - HEADS == self.line
        if place not in self._rows:
            self._rows[place] = self._row(number)
        return self._rows[place]

    def _row(self, number: int) -> Row:
        if number == self.height - 1:
            return self.legend()
        label = self.label_of(number)
        places = range(len(self.windows))
        if number < HEADS:
            return (label, *self._heads(number, 0, len(self.windows)), Span(" "))
        line = self.lines[number - HEADS]
        cells = (span for place in places for span in self._spans(line, number - HEADS, place) if span.text)
        return (label, *cells, self._after(number, len(places)))

    def part(self, number: int, first: int, count: int) -> Row:
        """Some columns of a row, without label; cells that look the same are one span, and point at nothing."""
        places = range(first, min(first + count, len(self.windows)))
        if number < HEADS:
            return self._heads(number, first, places.stop) if places else ()
        line = self.lines[number - HEADS]
        found: list[Span] = []
        for span in (one for place in places for one in self._spans(line, number - HEADS, place, False)):
            if found and found[-1].style == span.style:
                found[-1] = Span(found[-1].text + span.text, span.style)
            else:
                found.append(span)
        return (*found, self._after(number, places.stop)) if places else ()

    def label_of(self, number: int) -> Span:
        """What stands at the left of a row."""
        if not HEADS <= number < self.height - 1:
            return Span(" " * self.label)
        line, is_chosen = self.lines[number - HEADS], number - HEADS == self.line
        text = ("►" if is_chosen else " ") + shorten(line.label, self.label - 2)
        style = "chosen" if is_chosen else "strong" if line.kind == "dag" else "name"
        return Span(text + " " * (self.label - cell_width(text)), style, self._target(line))

    def legend(self) -> Row:
        """What the glyphs mean; the first of them where there is little room."""
        none = (Span(" ·", "dim"), Span(" no run ", "dim"))
        marks = (Span(" b", "key"), Span(" backfill ", "dim"), Span(" 2", "key"), Span(" second run ", "dim"),
                 Span(" m", "key"), Span(" by hand ", "dim"))  # fmt: skip
        first, rest = (
            tuple(span for state, said in some for span in _meaning(state, said))
            for some in (_LEGEND[:_FIRST], _LEGEND[_FIRST:])
        )
        return (*first, *none, *rest, *marks)

    def _heads(self, number: int, first: int, stop: int) -> Row:
        titles = self.titles(first, stop)
        return tuple(self._head(number, place, titles[place - first]) for place in range(first, stop))

    def _head(self, number: int, place: int, title: str) -> Span:
        text = self._head_texts(place, title)[number]
        style = "" if not number else "chosen" if place == self.shown else "dim" if number == 1 else ""
        return Span(text.ljust(self.wide), style, f"run:{self.dag}@{self.windows[place].key}")

    def _head_texts(self, place: int, over: str) -> tuple[str, str, str]:
        window = self.windows[place]
        local = window.start.astimezone(self.spec.zone)
        if self.spec.grid.unit == "month":
            return over, "", f" {_MONTHS[local.month - 1]}"
        if self.spec.grid.unit == "hour":
            return over, "", f"{local.hour:02}"
        if self.spec.grid.unit == "week":
            return over, "Mo", f"{local.day:>2}"
        weekday, day = _WEEKDAYS[local.weekday()], f"{local.day:>2}"
        if self.wide == 3:
            return over, weekday, day
        is_marked = local.weekday() == 0 or place == self.shown
        return over, f" {weekday[0]}", day if is_marked and not self._is_beside_mark(place, local) else ""

    def _is_beside_mark(self, place: int, local: datetime) -> bool:
        """Would its number touch that of the shown day?"""
        return place != self.shown and abs(place - self.shown) == 1 and self.shown >= 0 and local.day > 0

    def titles(self, first: int, stop: int) -> list[str]:
        """What stands over these columns: a month (a date, for hours) over the first of it that is seen; in short, or
        not at all, where there is too little room."""
        cells = [" "] * max(self.wide * (stop - first), _TITLE)
        begins: dict[str, int] = {}
        for place in range(first, stop):
            title = self._title(self.windows[place].start.astimezone(self.spec.zone))
            begins.setdefault(title, self.wide * (place - first))
        ends_at = [*list(begins.values())[1:], len(cells) + 1]
        for (title, start), end in zip(begins.items(), ends_at, strict=True):
            said = next((text for text in (title, title[:_LEAST_TITLE]) if start + len(text) < end), "")
            cells[start : start + len(said)] = said
        text, last = "".join(cells), stop - first - 1
        ends = [self.wide * (place + 1) for place in range(last)]
        return [text[end - self.wide : end] for end in ends] + [text[self.wide * last :]]

    def _title(self, local: datetime) -> str:
        if self.spec.grid.unit == "hour":
            return f"{_WEEKDAYS[local.weekday()]} {local.day}"
        if self.spec.grid.unit == "month":
            return str(local.year)
        return f"{_MONTHS[local.month - 1]} {local.year}"

    # cells

    def run(self, place: int) -> Run | None:
        """The newest run of a column."""
        if place not in self._runs:
            self._runs[place] = self.known.run_of(self.dag, self.windows[place].key)
        return self._runs[place]

    def _spans(self, line: Line, number: int, place: int, aims: bool = True) -> Iterator[Span]:
        """One cell: what stands before the glyph, the glyph, and what closes it."""
        before, glyph, style = _CELLS[line.kind](self, line, place)
        target = self._target(line, place) if aims else ""
        is_narrow, is_line = self.wide == 2, number == self.line
        if is_line and place == self.shown:
            after = "" if is_narrow else "]".ljust(self.wide - 2)
            yield from (Span("[", "chosen", target), Span(glyph, style, target), Span(after, "chosen", target))
        elif is_line and place - 1 == self.shown and is_narrow:
            yield from (Span("]", "chosen", target), Span(glyph, style, target))
        else:
            yield Span(f"{before}{glyph}".ljust(self.wide), style, target)

    def _after(self, number: int, stop: int) -> Span:
        """Closes what the last column opened."""
        is_open = self.wide == 2 and number - HEADS == self.line and stop - 1 == self.shown
        return Span("]" if is_open else " ", "chosen")

    def _dag(self, line: Line, place: int) -> Cell:
        run = self.run(place)
        if run is None:
            return (" ", *_NO_RUN)
        many = run.key.n if len(self.known.runs_of(self.dag, run.key.partition)) > 1 else 0
        mark = _MARKS.get(run.key.kind) or (str(min(many, 9)) if many else " ")
        return mark, *_shown(run_state(run))

    def _task(self, line: Line, place: int) -> Cell:
        run = self.run(place)
        cell = run.cells.get(line.name) if run is not None else None
        if run is None or cell is None:
            return (" ", *_NO_RUN)
        if cell.state == "none" and run.ended is None and self._is_held(run, line.name):
            return "W", *_shown("queued")
        return " ", *_shown(cell.state)

    def _is_held(self, run: Run, task: str) -> bool:
        """Has its turn come, and something holds it?"""
        plan = run.plan.tasks.get(task)
        if plan is None or any(run.cells[up].state not in FINISHED for up in plan.ups):
            return False
        return isinstance(verdict(self.known, run, task, self.now), Wait)

    def _input(self, line: Line, place: int) -> Cell:
        return " ", *_shown(input_state(self.known, self.dag, line.name, self.windows[place], self.now))

    def _dataset(self, line: Line, place: int) -> Cell:
        key = self.windows[place].key
        live = self.known.data.live_version(line.name, key)
        version = live or self.known.data.newest(line.name, key)
        if version is None:
            return (" ", *_NO_RUN) if self.run(place) is None else (" ", *_shown("none"))
        several = len(self.known.data.versions.get((line.name, key), ()))
        return (str(min(several, 9)) if several > 1 else " ", *_PUBLIC[version.state])

    # pointing

    def _target(self, line: Line, place: int | None = None) -> str:
        name = f"{line.kind}:{self.dag}.{line.name}" if line.name else f"dag:{self.dag}"
        return name if place is None else f"{name}@{self.windows[place].key}"

    def target_at(self, x: int, y: int) -> str:
        """What stands at a cell."""
        place = (x - self.label) // self.wide if x >= self.label else None
        if place is not None and not 0 <= place < len(self.windows):
            return ""
        if y < HEADS:
            return "" if place is None else f"dag:{self.dag}@{self.windows[place].key}"
        return self._target(self.lines[y - HEADS], place) if y < self.height - 1 else ""

    def beside(self, direction: str) -> str:
        """The cell beside the selected one; empty at the edge."""
        right, down = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}[direction]
        place, number = self.shown + right, max(self.line, 0) + (down if self.line >= 0 else 0)
        if not 0 <= place < len(self.windows) or not 0 <= number < len(self.lines):
            return ""
        return self._target(self.lines[number], place)


@cache
def _shown(state: str) -> tuple[str, str]:
    """Its glyph and style."""
    return look(state).glyph, state_style(state)


_CELLS = {"dag": DayGrid._dag, "task": DayGrid._task, "input": DayGrid._input, "dataset": DayGrid._dataset}


def _meaning(state: str, said: str) -> Iterator[Span]:
    yield Span(f" {look(state).glyph}", f"state.{state}")
    yield Span(f" {said} ", "dim")
