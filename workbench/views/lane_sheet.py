"""Draws lanes on a clock scale, as a sheet: a row of the clock's labels, then a row for each lane. Pure.

extract   W: jfk░░░░░░░1▒▒▒▒▒✖░░░2▒▒▒▒   ░ waits (W: for what, Q: for a slot)   1▒ runs, by the number of the try
  in A    1▒▒▒▒            ┃             ┃ now   ✖ failed   † killed   · due, not here   ● came   ▲ read   ▽ got old
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from workbench.views.cells import cell_width, printable, shorten
from workbench.views.clock import Clock, day
from workbench.views.lanes import Lane, Mark, Stretch, goes_to
from workbench.views.scales import Scale, labels_of, ticks
from workbench.views.sheet import MadeRows, MadeSheet, Row, Sheet, Span

_LEAST_SCALE = 24
_GUTTER = 2
_PLAIN = ("", "")
_DATE = len(" Wed 30 Sep ")
# What shares a row: the row's target, and how the targets of those in it begin.
_SHARED = {"inputs": "input:", "readers": "consumer:"}
_SEVERAL = {"◇": "due", "●": "came"}
KEY = (
    ("░", "bar.wait", "waits (W for what, Q for a slot)"), ("▒", "bar.run", "runs, with the number of the try"),
    ("▓", "bar.poke", "looks, and holds its slot"), ("╌", "bar.away", "looks now and then"),
    ("✖", "bar.failed", "failed"), ("†", "bar.failed", "ended by force"), ("·", "bar.due", "due, not here"),
    ("▲", "bar.read", "reads"), ("▽", "state.stale", "got old data, or none"), ("⚑", "dim", "deadline"),
)  # fmt: skip


def label_width(lanes: Iterable[Lane], width: int) -> int:
    """Cells for the labels and the gap behind them."""
    longest = max((cell_width(lane.label) for lane in lanes), default=0)
    return max(_DATE, min(longest, max(10, width // 4)) + 1 + _GUTTER)


def arranged(lanes: tuple[Lane, ...], room: int) -> tuple[Lane, ...]:
    """The lanes for so many rows. Where they are too many, all readers share one; then all inputs that came in time do;
    then all tasks in another future; then such inputs are left out; then the other future has one row in all, and at
    last none. Every task of this future keeps its own row. What still does not fit is scrolled to, but for the
    readers, who come last and stay on the screen."""
    for fewer in (*_JOINED, _without_inputs, _others_in_one, _without_others):
        lanes = lanes if len(lanes) <= room else fewer(lanes)
    if len(lanes) > room:
        lanes = (*(lane for lane in lanes if lane.kind != "reader"), *(lane for lane in lanes if lane.kind == "reader"))
    return lanes


def least(lanes: tuple[Lane, ...]) -> int:
    """How many rows tell all that matters, the labels of the clock among them: some lanes share one, of the inputs only
    those that are late have one, and that the clock makes the run is said elsewhere as well."""
    for fewer in _JOINED:
        lanes = fewer(lanes)
    own = [lane for lane in lanes if lane.kind == "input" and lane.target != "inputs"]
    return 1 + sum(lane.kind != "clock" for lane in (_without_inputs(lanes) if own else lanes))


def _readers_together(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return _together(lanes, "reader")


def _inputs_together(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return _together(lanes, "input")


def _without_inputs(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return tuple(lane for lane in lanes if lane.target != "inputs")


def _others_together(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return _others(lanes, ("task",))


def _others_in_one(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return _others(tuple(lane for lane in lanes if lane.kind != "input" or not lane.other), ("task", "reader"))


def _without_others(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return tuple(lane for lane in lanes if not lane.other)


_JOINED = (_readers_together, _inputs_together, _others_together)


def _others(lanes: tuple[Lane, ...], kinds: tuple[str, ...]) -> tuple[Lane, ...]:
    """What these did in another future on one row, below the last task; without the numbers of tries, which would run
    together."""
    joined = [lane for lane in lanes if lane.other and lane.kind in kinds]
    if len(joined) < 2:
        return lanes
    rest = [lane for lane in lanes if lane not in joined]
    place = max((n for n, lane in enumerate(rest, 1) if lane.kind == "task"), default=len(rest))
    bars = (replace(one, says="" if one.says.isdigit() else one.says) for lane in joined for one in lane.stretches)
    stretches = sorted(bars, key=lambda one: (one.start, one.end))
    told = max((lane for lane in joined if lane.after), key=lambda lane: lane.stretches[-1].end, default=joined[0])
    name = joined[0].other
    one = Lane(
        "task", f"all in {name}", "", tuple(stretches), tuple(mark for lane in joined for mark in lane.marks),
        told.after, told.after_style, name,
    )  # fmt: skip
    return (*rest[:place], one, *rest[place:])


def _together(lanes: tuple[Lane, ...], kind: str) -> tuple[Lane, ...]:
    """Those of a kind of one future on one lane, of which nothing is told but marks."""
    found: list[Lane] = []
    places: dict[str, int] = {}
    for lane in lanes:
        is_plain = lane.kind == kind and not lane.stretches and not any(mark.glyph == "⚑" for mark in lane.marks)
        if not is_plain:
            found.append(lane)
            continue
        name = lane.target.rpartition(".")[2]
        marks = tuple(replace(mark, says=tuple(_named(name, mark))) for mark in lane.marks)
        if lane.other not in places:
            places[lane.other] = len(found)
            found.append(replace(lane, label=lane.label if lane.other else f"{kind}s", marks=marks))
        else:
            place = places[lane.other]
            found[place] = replace(found[place], target=f"{kind}s", marks=(*found[place].marks, *marks))
    return tuple(found)


def _named(name: str, mark: Mark) -> Iterator[str]:
    """`board_dashboard 596`, `board 596`, `board`: who it is, and what it got."""
    last = mark.says[-1] if mark.says else ""
    got = f": {last}" if mark.glyph == "▽" else f" {last}" if last.isdigit() else ""
    head = name.partition("_")[0]
    yield from (f"{name}{got}", f"{head}{got}", head)


def drawn(
    title: str, lanes: tuple[Lane, ...], scale: Scale, now: datetime, clock: Clock, left: int, chosen: str = "",
    height: int = 0,
) -> Sheet:  # fmt: skip
    """The sheet. `left`: cells for labels; `chosen`: the target of the selection, whose row is marked; `height`: where
    rows are left, what the glyphs mean is told below."""
    head = _head(scale, now, clock, left)

    def made(number: int) -> Row:
        if not number:
            return head
        lane = lanes[number - 1]
        return (*_label(lane, left, _is_chosen(lane, chosen)), *_Cells(scale, now).row(lane, clock))

    places = [place for place, lane in enumerate(lanes, 1) if _is_chosen(lane, chosen)]
    focus = (0, places[-1]) if places else None
    width = left + scale.cells
    rows = MadeRows.of(1 + len(lanes), made)
    if height <= len(rows) + 1:
        return MadeSheet(title, rows, focus, width, (lanes, scale, now, clock, left, chosen))
    legend = list(_legend(list(rows), width))
    blank: list[Row] = [()] * (height - len(rows) - 1)
    return Sheet(title, (*rows, *(blank + legend if legend else ())), focus)


def _is_chosen(lane: Lane, chosen: str) -> bool:
    """Is it the row of the selection, in this future? Of what shares a row, that row."""
    shared = _SHARED.get(lane.target)
    is_in = chosen.startswith(shared) if shared else lane.target == chosen
    return bool(chosen) and is_in and not lane.other


def _label(lane: Lane, left: int, is_chosen: bool) -> Iterator[Span]:
    text = shorten(printable(lane.label), left - 1 - _GUTTER)
    mark = "►" if is_chosen else " "
    style = "chosen" if is_chosen else "dim" if lane.other or lane.kind in ("clock", "deadline") else "name"
    yield Span(mark, style, lane.target)
    yield Span(text + " " * (left - 1 - cell_width(text)), style, lane.target)


def _head(scale: Scale, now: datetime, clock: Clock, left: int) -> Row:
    """The labels of the scale, and where now is."""
    cells = _Cells(scale, now)
    cells.put_now(clock, now)
    shown = first = scale.start.astimezone(clock.zone)
    for at, time in ticks(scale, clock):
        local = at.astimezone(clock.zone)
        fitting = (text for text in labels_of(local, time, local.date() != shown.date()) if cells.may_stand(at, text))
        text = next(fitting, "")
        if text:
            cells.set(scale.column(at), text, "dim", goes_to(at))
            shown = local
    return (Span(f" {day(first)}".ljust(left)[:left], "dim"), *cells.spans())


class _Cells:
    """The cells of one row: a glyph each, and its look: a style and a target. `held`: those that nothing may cover."""

    def __init__(self, scale: Scale, now: datetime) -> None:
        self.scale, self.now = scale, scale.column(now)
        self.glyphs = [" "] * scale.cells
        self.looks = [_PLAIN] * scale.cells
        self.held: set[int] = set()

    def set(self, column: int, text: str, style: str, target: str = "") -> None:
        """Text from a column on, all of which is on the scale."""
        end = column + len(text)
        self.glyphs[column:end] = text
        self.looks[column:end] = [(style, target)] * len(text)

    def all_blank(self, first: int, end: int) -> bool:
        return all(glyph == " " for glyph in self.glyphs[first:end])

    def may_stand(self, at: datetime, text: str) -> bool:
        """May a label of the scale begin at its instant, with a blank on both sides?"""
        column = self.scale.column(at)
        return column + len(text) <= self.scale.cells and self.all_blank(max(0, column - 1), column + len(text) + 1)

    def put_now(self, clock: Clock, now: datetime) -> None:
        """`07:10` over the line of now; at the edge when now is not on the scale."""
        time, cells = f"{now.astimezone(clock.zone):%H:%M}", self.scale.cells
        if self.now < 0:
            text, column = f"◂ now {time}", 0
        elif self.now >= cells:
            text, column = f"now {Clock(self.scale.end, clock.zone).at(now)} ▸", cells
        else:
            text, column = time, self.now - len(time) // 2
        self.set(max(0, min(column, cells - len(text))), text, "now")

    def spans(self) -> Iterator[Span]:
        """Neighbours of one look together."""
        start = 0
        for look, some in groupby(self.looks):
            end = start + sum(1 for _ in some)
            yield Span("".join(self.glyphs[start:end]), *look)
            start = end

    def row(self, lane: Lane, clock: Clock) -> Iterator[Span]:
        quiet = bool(lane.other)
        marks = sorted(lane.marks, key=lambda mark: mark.at)
        for one in lane.stretches:
            self._stretch(one, quiet)
        for place, one in enumerate(lane.stretches):
            self._ends(one, lane.stretches[place + 1 : place + 2], quiet)
        for mark in marks:
            self._put(self.scale.column(mark.at), mark.glyph, "dim" if quiet else mark.style, goes_to(mark.at))
        self._line()
        untold = list(self._told(lane, marks, quiet))
        if lane.stretches:
            last = lane.stretches[-1]
            first = max(self.scale.column(last.end), self.scale.column(last.start) + 1) + 1
            behind = (self.now + 2,) if self.now >= first else ()
            self._write(lane.after, "dim" if quiet else lane.after_style, first, *behind)
        if lane.target == "inputs":
            self._tell_behind(untold, clock)
        self._beyond(lane)
        return self.spans()

    def _told(self, lane: Lane, marks: list[Mark], quiet: bool) -> Iterator[Mark]:
        """Words beside the marks, of those in one cell together. Those for which there was no room."""
        for column, some in groupby(marks, key=lambda mark: self.scale.column(mark.at)):
            same = list(some)
            says = same[0].says if len(same) == 1 else tuple(_together_said(lane, same))
            if not self._write(says, "dim" if quiet else same[0].style, column + 1, before=column):
                yield from (mark for mark in same if 0 <= column < self.scale.cells and mark.says)

    def _tell_behind(self, marks: list[Mark], clock: Clock) -> None:
        """`(lga 05:55)`: what there was no room for beside its mark stands behind all that stands there."""
        end = max((column for column, glyph in enumerate(self.glyphs, 1) if glyph != " "), default=0)
        said = ", ".join(f"{mark.says[-1]} {mark.at.astimezone(clock.zone):%H:%M}" for mark in marks)
        if said:
            self._write((f"({said})",), "dim", max(end, self.now + 1) + 1)

    def _stretch(self, one: Stretch, quiet: bool) -> None:
        """Its fill, and its words in it: all of them, else the first, which is a letter or a number."""
        first, last = self._from_to(one)
        style, target = "dim" if quiet else one.style, goes_to(one.start)
        for column in range(max(first, 0), min(last, self.scale.cells)):
            if column not in self.held:
                self.glyphs[column], self.looks[column] = one.fill, (style, target)
        says = one.says if cell_width(one.says) < last - first else _brief(one.says)[-(last - first) :]
        if first >= 0 and says:
            for place, char in enumerate(says, first):
                self._put(place, char, style, target)

    def _from_to(self, one: Stretch) -> tuple[int, int]:
        """At least one cell; what began and ended within one has it."""
        first = self.scale.column(one.start)
        last = self.scale.column(one.end)
        return first, max(last, first + 1)

    def _ends(self, one: Stretch, following: tuple[Stretch, ...], quiet: bool) -> None:
        """The glyph of its end: in its last cell, or behind the number of its try where the next leaves a cell."""
        if not one.ends[0]:
            return
        first, last = self._from_to(one)
        room = all(end - begin > 1 for begin, end in map(self._from_to, following))
        column = last if last - first == 1 and room and self._is_free(last) else last - 1
        self._put(column, one.ends[0], "dim" if quiet else one.ends[1], goes_to(one.end))

    def _is_free(self, column: int) -> bool:
        return 0 <= column < self.scale.cells and column not in self.held and column != self.now

    def _put(self, column: int, glyph: str, style: str, target: str) -> None:
        if 0 <= column < self.scale.cells:
            self.glyphs[column], self.looks[column] = glyph, (style, target)
            self.held.add(column)

    def _line(self) -> None:
        """Now, over the whole height."""
        if 0 <= self.now < self.scale.cells and self.now not in self.held:
            self.set(self.now, "┃", "now")

    def _write(self, says: tuple[str, ...], style: str, *places: int, before: int = -1) -> bool:
        """The first of these words that fit where nothing else stands: at one of the places, or ending `before` one."""
        tries = [(text, at) for at in places for text in says] + [(text, before - cell_width(text)) for text in says]
        said, at = next((one for one in tries if self._is_blank(one[1], one[1] + cell_width(one[0]))), ("", 0))
        if said:
            self.set(at, said, style)
        return bool(said) or not says

    def _is_blank(self, first: int, end: int) -> bool:
        """And nothing stands right beside it but its own mark and the line of now."""
        if first < 0 or end > self.scale.cells or not self.all_blank(first, end):
            return False
        beside = [
            glyph
            for glyph in (*self.glyphs[max(0, first - 1) : first], *self.glyphs[end : end + 1])
            if glyph not in " ┃"
        ]
        return len(beside) < 2 and not any(glyph.isalnum() for glyph in beside)

    def _beyond(self, lane: Lane) -> None:
        """Arrows where there is more outside of what is seen."""
        columns = [(self.scale.column(at), at) for at in lane.instants]
        before = [at for column, at in columns if column < 0]
        after = [at for column, at in columns if column >= self.scale.cells]
        if before and self.glyphs[0] == " ":
            self.set(0, "◂", "dim", goes_to(max(before)))
        if after and self.glyphs[-1] == " ":
            self.set(self.scale.cells - 1, "▸", "dim", goes_to(min(after)))


def _together_said(lane: Lane, marks: list[Mark]) -> Iterator[str]:
    """`ewr,lga,jfk`, else `3 due`, else `3`: of marks that stand in one cell."""
    for place in (0, -1):
        yield ",".join(dict.fromkeys(mark.says[place] for mark in marks if mark.says))
    word = _SEVERAL.get(marks[-1].glyph, "") if lane.kind == "input" else ""
    yield f"{len(marks)} {word}".rstrip()
    yield str(len(marks))


def _brief(says: str) -> str:
    """`W` of `W: jfk`, `1` of `1 looks for jfk`; nothing of a word."""
    head = says.partition(":")[0].partition(" ")[0]
    return head if len(head) < 3 or head.isdigit() else ""


def _legend(rows: list[Row], width: int) -> Iterator[Row]:
    """What the glyphs that are there mean, on one line."""
    there = {char for row in rows[1:] for span in row[2:] for char in span.text}
    found: list[Span] = []
    used = 1
    for glyph, style, text in KEY:
        if glyph in there and used + len(text) + 5 <= width:
            found += [Span(glyph, style), Span(f" {text}   ", "dim")]
            used += len(text) + 5
    if found:
        yield (Span(" "), *found)
