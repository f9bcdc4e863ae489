"""A CSV file with the tries of a pipeline's tasks -> a `Recording`: numbers in arrays, so that millions of rows fit.

The file is read as a stream. A row that cannot be read is left out and told, with its line; a file in which no row can
be read is refused.
"""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import IO, NamedTuple

from workbench.importing.times.columns import NAMES, NEEDED, Columns, columns_of
from workbench.importing.times.values import (
    BAD,
    GOOD,
    OPEN,
    has_zone,
    instant_of,
    is_nothing,
    seconds_of,
    state_of,
)
from workbench.model import InvalidInput, Problem
from workbench.model.findings import shown

MOST_ROWS = 2_000_000
MOST_NAMES = 200_000  # different tasks, and a longest header
NONE = -1
_MOST_HEADER = 100_000
_MOST_LINES = 3


class Try(NamedTuple):
    """One try of a task in a run. `start`, `end`: milliseconds since 1970, NONE where there is none."""

    number: int
    state: int
    start: int
    end: int
    line: int

    @property
    def lasted(self) -> int:
        """Whole seconds: none only for what took no time at all."""
        return seconds_between(self.start, self.end)


def seconds_between(start: int, end: int) -> int:
    """Milliseconds as the nearest whole second, and at least one of what took time."""
    return max(1, (end - start + 500) // 1000) if end > start else 0


class _Refused(Exception):
    """Why a row is left out. `cell` stands for {cell} in it, so that many bad cells are one reason."""

    def __init__(self, why: str, cell: str = "") -> None:
        super().__init__(why)
        self.why, self.cell = why, cell


@dataclass
class Left:
    """Rows that were left out for one reason: `why`, with the first bad cell; the first of their lines."""

    why: str
    count: int = 0
    lines: list[int] = field(default_factory=list)


Instance = tuple[int, int, tuple[Try, ...]]  # a run, the place of a task, the tries of it there


@dataclass
class Recording:
    """All rows that could be read. A task is (dag, task) and a run (dag, run), as the file calls them; the arrays hold
    their numbers, in the order of the file. `left`: why rows were left out, and how many."""

    place: str
    columns: Columns
    tasks: dict[tuple[str, str], int] = field(default_factory=dict)
    runs: dict[tuple[str, str], int] = field(default_factory=dict)
    dates: dict[int, int] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    mapped: set[int] = field(default_factory=set)
    rows: int = 0
    is_zoned: bool = True
    task_of: array[int] = field(default_factory=lambda: array("l"))
    run_of: array[int] = field(default_factory=lambda: array("l"))
    number: array[int] = field(default_factory=lambda: array("l"))
    state: array[int] = field(default_factory=lambda: array("b"))
    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    line: array[int] = field(default_factory=lambda: array("l"))

    def __len__(self) -> int:
        return len(self.task_of)

    def add(self, place: int, run: int, number: int, state: int, start: int, end: int, line: int) -> None:
        """A row that could be read."""
        self.task_of.append(place)
        self.run_of.append(run)
        self.number.append(number)
        self.state.append(state)
        self.start.append(start)
        self.end.append(end)
        self.line.append(line)

    def leave(self, why: str, cell: str, line: int) -> None:
        """A row is left out."""
        left = self.left.setdefault(why, Left(why.replace("{cell}", shown(cell))))
        left.count += 1
        if len(left.lines) < _MOST_LINES:
            left.lines.append(line)

    def instances(self, places: Sequence[int], only: Container[int] | None = None) -> Iterator[Instance]:
        """The tries of each task of each run, by run in the order of the file. `places`: the number under which each
        task goes, -1 for one that is left out; `only`: these runs."""
        many = max(places) + 1
        mapped = {places[task] for task in self.mapped} | {place for place, n in Counter(places).items() if n > 1}
        wanted = (i for i, task in enumerate(self.task_of) if places[task] >= 0)
        rows = array("l", wanted if only is None else (i for i in wanted if self.run_of[i] in only))
        keys = array("q", (self.run_of[i] * many + places[self.task_of[i]] for i in rows))
        order = sorted(range(len(rows)), key=keys.__getitem__)
        begin = 0
        while begin < len(order):
            key, end = keys[order[begin]], begin
            while end < len(order) and keys[order[end]] == key:
                end += 1
            run, place = divmod(key, many)
            if end == begin + 1:
                yield run, place, (self._try(rows[order[begin]]),)
            else:
                yield run, place, self._tries([rows[i] for i in order[begin:end]], place in mapped)
            begin = end

    def _try(self, i: int) -> Try:
        return Try(self.number[i], self.state[i], self.start[i], self.end[i], self.line[i])

    def _tries(self, rows: list[int], is_mapped: bool) -> tuple[Try, ...]:
        """The tries by their numbers. Of a number that is there twice the last row holds; the parts of a mapped task
        are one try."""
        found: dict[int, Try] = {}
        for i in rows:
            one = self._try(i)
            before = found.get(one.number)
            found[one.number] = one if before is None or not is_mapped else _together(before, one)
        return tuple(found[number] for number in sorted(found))


def _together(a: Try, b: Try) -> Try:
    """Parts that ran side by side: it goes on until the last one has ended, and one that fails is enough."""
    if NONE in (a.start, b.start):
        return a if b.start == NONE else b
    state = next((state for state in (OPEN, BAD, GOOD) if state in (a.state, b.state)), a.state)
    return Try(a.number, state, min(a.start, b.start), NONE if state == OPEN else max(a.end, b.end), a.line)


def recorded(place: str) -> Recording:
    """What a file holds. Raises InvalidInput, in one line, when that is nothing."""
    path = Path(place)
    try:
        if path.is_dir():
            raise _refusal(place, "is a folder; name the CSV file in it")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(file, place)
    except OSError as error:
        raise _refusal(place, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise _refusal(place, "is no CSV file: it is no text in UTF-8") from error


def _refusal(place: str, told: str, line: int = 0) -> InvalidInput:
    return InvalidInput([Problem(told, place, line)])


def _read(file: IO[str], place: str) -> Recording:
    columns, skipped = _header(file, place)
    recording = Recording(place, columns)
    reader = csv.reader(file, delimiter=columns.separator, skipinitialspace=True)
    try:
        _Rows(recording).read(reader, skipped)
    except csv.Error as error:
        raise _refusal(place, f"is no CSV file: {error}", skipped + reader.line_num) from error
    if not len(recording):
        raise _refusal(place, _nothing(recording))
    return recording


def _nothing(recording: Recording) -> str:
    if not recording.rows:
        return f"has a header and no rows; its columns are {recording.columns.told()}"
    left = next(iter(recording.left.values()))
    return f"has no row that can be read; in line {left.lines[0]} {left.why}"


def _header(file: IO[str], place: str) -> tuple[Columns, int]:
    """The columns, and how many lines they took. A spreadsheet may write `sep=;` above them."""
    for number in (1, 2, 3, 4, 5):
        line = file.readline(_MOST_HEADER)
        if not line:
            raise _refusal(place, "is empty" if number == 1 else "has no header")
        if "\0" in line:
            raise _refusal(place, "is no CSV file: it holds bytes that are no text")
        if line.strip() and not line.lower().startswith("sep="):
            break
    columns = columns_of(line.strip("\r\n"))
    missing = columns.missing()
    if len(columns.at) < 2:
        raise _refusal(place, f"has no header; its first line names the columns: {_wanted()}", number)
    if missing:
        told = " and ".join(f"'{what}' (or {', '.join(NAMES[what][1:4])})" for what in missing)
        raise _refusal(place, f"has no column {told}{columns.hint()}; workbench import --help-times", number)
    return columns, number


def _wanted() -> str:
    return "task, run, try, state, start, end; workbench import --help-times"


class _Rows:
    """Puts rows into a recording. A column that is not there is the last one, which is always empty."""

    def __init__(self, recording: Recording) -> None:
        self.into = recording
        at = recording.columns.at
        self.width = max(at.values()) + 1
        self.least = max(at[what] for what in NEEDED) + 1
        self.cell = itemgetter(*(at.get(what, -1) for what in _ORDER))
        self.states: dict[str, int] = {}
        self.dates: dict[str, int] = {}

    def read(self, reader: Iterator[list[str]], skipped: int) -> None:
        into = self.into
        for cells in reader:
            if not cells or not any(cells):
                continue
            into.rows += 1
            if into.rows > MOST_ROWS:
                told = f"has more than {MOST_ROWS:,} rows; leave out older ones, for example WHERE start_date > ..."
                raise _refusal(into.place, told)
            line = skipped + reader.line_num  # type: ignore[attr-defined]
            try:
                self._row(cells, line)
            except _Refused as refused:
                into.leave(refused.why, refused.cell, line)

    def _row(self, cells: list[str], line: int) -> None:
        if len(cells) < self.least:
            raise _Refused("there are fewer cells than columns")
        cells += [""] * max(1, self.width + 1 - len(cells))
        task, dag, run, date, number, state, start, end, length, part = self.cell(cells)
        if not task.strip():
            raise _Refused("there is no task")
        known = self._state(state)
        began, ended = _instant(start, "start"), _instant(end, "end")
        if ended == NONE and length and began != NONE:
            ended = _after(began, length.strip())
        _check(known, began, ended)
        place, of_run = self._place(dag.strip(), task.strip(), run.strip(), date.strip())
        if part not in ("", "-1"):
            self.into.mapped.add(place)
        if not len(self.into):
            self.into.is_zoned = has_zone(start.strip())
        self.into.add(place, of_run, 1 if number == "1" else _number(number), known, began, ended, line)

    def _state(self, text: str) -> int:
        found = self.states.get(text)
        if found is None:
            found = state_of(text.strip())
            if found is None:
                raise _Refused("the state is '{cell}', which is no state that is known", text.strip())
            if len(self.states) < _MOST_KEPT:
                self.states[text] = found
        return found

    def _place(self, dag: str, task: str, run: str, date: str) -> tuple[int, int]:
        into, run = self.into, run or date
        if not run:
            raise _Refused("there is no run")
        place = into.tasks.setdefault((dag, task), len(into.tasks))
        number = into.runs.setdefault((dag, run), len(into.runs))
        if len(into.tasks) > MOST_NAMES:
            told = f"names more than {MOST_NAMES:,} tasks in its column '{into.columns.called['task']}'"
            raise _refusal(into.place, told)
        if date and number not in into.dates:
            into.dates[number] = _date_of(date)
        return place, number


_ORDER = ("task", "dag", "run", "date", "try", "state", "start", "end", "duration", "map")
_MOST_KEPT = 1000


def _check(state: int, start: int, end: int) -> None:
    if state in (GOOD, BAD) and start == NONE:
        raise _Refused("there is no start")
    if state in (GOOD, BAD) and end == NONE:
        raise _Refused("it has ended, and there is no end")
    if end != NONE and end < start:
        raise _Refused("it ends before it starts")


def _instant(text: str, what: str) -> int:
    try:
        return instant_of(text)
    except (ValueError, OverflowError):
        plain = text.strip()
    if is_nothing(plain):
        return NONE
    try:
        return instant_of(plain)
    except (ValueError, OverflowError):
        told = f"the {what} is '{{cell}}', which is no time such as 2026-11-17T06:00:03Z"
        raise _Refused(told, plain) from None


def _after(start: int, length: str) -> int:
    if is_nothing(length):
        return NONE
    try:
        return start + round(seconds_of(length) * 1000)
    except ValueError:
        raise _Refused("the duration is '{cell}', which is no number of seconds", length) from None


def _number(text: str) -> int:
    """The number of a try, from 1; Airflow counts from 0 what never began."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 6:
        return max(1, int(plain))
    if is_nothing(plain):
        return 1
    raise _Refused("the try is '{cell}', which is no whole number", plain)


def _date_of(text: str) -> int:
    """NONE when it is no instant: then the run's own start tells which day it is about."""
    try:
        return instant_of(text)
    except (ValueError, OverflowError):
        return NONE
