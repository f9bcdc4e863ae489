"""Lanes: what a timeline shows of one run, row by row, before anything is drawn. Pure, from what is known.

A lane has stretches (something was so from then until then), marks (something was at an instant) and notes (words,
where there is room). What lies ahead is shown only as far as it is written down: ticks of the clock, reads of
consumers, deadlines, and when something is due. Never when it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from workbench.engine import Known, Run
from workbench.engine.catalog import Read, Version
from workbench.engine.rules.deadline import due_at, is_met
from workbench.engine.rules.inputs import windows_for, windows_of
from workbench.engine.verdict import verdict
from workbench.engine.verdicts import Wait
from workbench.model import Consumer, after_window
from workbench.timetable import Partition, format_instant, ticker
from workbench.views.clock import ago
from workbench.views.graph import look
from workbench.views.timeline import Bar, BarKind, Row, input_rows, run_rows

LaneKind = Literal["clock", "scheduler", "input", "task", "reader", "deadline"]
_SECOND = timedelta(seconds=1)
_MOST_READS = 12
FILLS: dict[BarKind, tuple[str, str]] = {
    "due": ("·", "bar.due"), "wait": ("░", "bar.wait"), "queue": ("░", "bar.queued"), "pause": ("░", "bar.pause"),
    "run": ("▒", "bar.run"), "poke": ("▓", "bar.poke"), "away": ("╌", "bar.away"), "read": ("▲", "bar.read"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` until `end` (UTC) something was so. `says`: words that stand in it where there is room, else their
    first letter; `words`: the same where there is much room. `ends`: the glyph of its end, and its style."""

    start: datetime
    end: datetime
    fill: str
    style: str
    says: str = ""
    ends: tuple[str, str] = ("", "")
    went_on: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A glyph at an instant (UTC), with words beside it: of `says` the first for which there is room."""

    at: datetime
    glyph: str
    style: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """One row. `after`: words behind the last stretch, the first for which there is room, in the style `after_style`.
    `other`: the name of the future that it is in, if not in this one."""

    kind: LaneKind
    label: str
    target: str = ""
    stretches: tuple[Stretch, ...] = ()
    marks: tuple[Mark, ...] = ()
    after: tuple[str, ...] = ()
    after_style: str = ""
    other: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.stretches and not self.marks

    @property
    def instants(self) -> Iterator[datetime]:
        """All at which something begins, ends or is."""
        for one in self.stretches:
            yield from (one.start, one.end)
        yield from (mark.at for mark in self.marks)


def goes_to(at: datetime) -> str:
    """The target that means an instant: `at:2013-01-04T06:00:00Z`."""
    return f"at:{format_instant(at)}"


def lanes_of(known: Known, dag: str, window: Partition, now: datetime) -> tuple[Lane, ...]:
    """The lanes of the newest run of a window, or of the one that is to come."""
    run = known.run_of(dag, window.key)
    maker = _Maker(known, dag, window, run, now)
    return (*maker.clock(), *maker.inputs(), *maker.tasks(), *maker.readers(), *maker.deadline())


def beside(mine: tuple[Lane, ...], theirs: tuple[Lane, ...], name: str, now: datetime) -> tuple[Lane, ...]:
    """The lanes of this future, each with that of another one (`name`) below it, where that is not the same."""
    others = {(lane.kind, lane.target): lane for lane in theirs}
    found: list[Lane] = []
    for lane in mine:
        found.append(lane)
        other = others.get((lane.kind, lane.target))
        if other is not None and not other.is_empty and _differ(lane, other, now):
            found.append(replace(other, label=f"  in {name}", other=name))
    return tuple(found)


def _differ(lane: Lane, other: Lane, now: datetime) -> bool:
    """What comes from outside is compared as far as it is known here: what is ahead is not to be given away."""
    if lane.kind in ("task", "reader"):
        return (lane.stretches, lane.marks) != (other.stretches, other.marks)
    return lane.kind == "input" and list(_until(lane, now)) != list(_until(other, now))


def _until(lane: Lane, now: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    for one in lane.stretches:
        if one.start < now:
            yield one.start, min(one.end, now), one.fill
    yield from ((mark.at, mark.at, mark.glyph) for mark in lane.marks if mark.at <= now and mark.glyph != "◇")


@dataclass(frozen=True)
class _Maker:
    """Makes the lanes of one window of a DAG. `run` is None while there is none."""

    known: Known
    dag: str
    window: Partition
    run: Run | None
    now: datetime

    # the clock and the scheduler

    def clock(self) -> Iterator[Lane]:
        """When the clock makes the run, while it is not there; and when nobody could make one."""
        spec, run = self.known.plans[self.dag].spec, self.run
        tick = spec.clock.after(self.window.end - _SECOND) if spec.clock and spec.wants(self.window) else None
        if run is None and tick is not None:
            is_ahead = tick > self.now
            said = ("the clock makes the run", "makes the run") if is_ahead else ("no run was made", "no run")
            yield Lane("clock", "clock", f"dag:{self.dag}", (), (Mark(tick, "◇", "dim" if is_ahead else "late", said),))
        away = [Stretch(since, until or self.now, "═", "bad", "down", went_on=until is None)
                for since, until in self.known.away if (until or self.now) > self.window.end]  # fmt: skip
        if away:
            yield Lane("scheduler", "scheduler", f"dag:{self.dag}", tuple(away))
        since = self.known.paused.get(self.dag)
        if since is not None:
            paused = Stretch(max(since, self.window.end), self.now, "═", "late", "paused", went_on=True)
            yield Lane("scheduler", "paused", f"dag:{self.dag}", (paused,))

    def deadline(self) -> Iterator[Lane]:
        """The DAG's own."""
        mark = self._deadline("")
        if mark is not None:
            yield Lane("deadline", "deadline", f"dag:{self.dag}", (), (mark,))

    def _deadline(self, task: str) -> Mark | None:
        """Until when a task, or the whole run, must have succeeded."""
        spec = self.known.plans[self.dag].spec
        one = spec.tasks[task].deadline if task in spec.tasks else spec.deadline
        if one is None or (one.within is not None and self.run is None):
            return None
        at = self.run.created + one.within if self.run and one.within else due_at(spec, one, self.window)
        return self._by(at, task)

    def _by(self, at: datetime, what: str, dag: str = "") -> Mark:
        if (dag or self.dag, self.window.key, what) in self.known.missed:
            return Mark(at, "⚑", "bad", ("deadline missed", "missed"))
        is_done = not dag and self.run is not None and is_met(self.known, self.dag, self.window.key, what)
        return Mark(
            at, "⚑", "state.success" if is_done else "dim", ("deadline, met", "met") if is_done else ("deadline",)
        )

    # what comes from outside

    def inputs(self) -> Iterator[Lane]:
        plan = self.run.plan if self.run is not None else self.known.plans[self.dag]
        rows = input_rows(self.known, plan.spec, plan.tasks, self.window, self.now)
        listens = plan.spec.data.names if plan.spec.data else ()
        if listens:
            seen = {row.name for row in rows}
            rows = (*(row for name in listens if name not in seen and name in self.known.homes
                      for row in self._alone(name)), *rows)  # fmt: skip
        yield from map(self._input, rows)

    def _alone(self, name: str) -> Iterator[Row]:
        """An input that starts the run, and that no task takes."""
        spec = self.known.plans[self.dag].spec
        for window in windows_for(self.known, spec.need(name), spec, self.window):
            arrival = self.known.arrived.get((name, window.key))
            bars = (Bar("run", arrival.at, arrival.at, "●"),) if arrival else ()
            yield Row(name, bars, "input", name)

    def _input(self, row: Row) -> Lane:
        home = self.known.homes[row.name]
        spec = self.known.plans[home].spec
        late = tuple(_stretch(bar, "due") for bar in row.bars if bar.kind == "due")
        came = [bar for bar in row.bars if bar.kind == "run"]
        said = (f"{ago(late[0].end - late[0].start)} late", "late") if late and came else ()
        marks = [Mark(bar.start, "●", "state.late" if late else "state.arrived", said) for bar in came]
        given = spec.inputs[row.name]
        if not row.bars and self.window.end <= self.now and spec.grid == self.known.plans[self.dag].spec.grid:
            due = after_window(given.expected, self.window, spec.zone)
            marks += [Mark(due, "◇", "dim", ("due",))] if given.expected is not None and due >= self.now else []
        if given.deadline is not None and not came:
            by = after_window(given.deadline, self.window, spec.zone)
            marks.append(self._by(by, f"input:{row.name}", home))
        return Lane("input", f"▤{row.label}", f"input:{home}.{row.name}", late, tuple(marks))

    # tasks

    def tasks(self) -> Iterator[Lane]:
        names = self.run.cells if self.run is not None else self.known.plans[self.dag].tasks
        rows = run_rows(self.known, self.run, self.now, queues=True) if self.run is not None else ()
        bars = {row.name: row.bars for row in rows if row.kind == "task"}
        yield from (self._task(name, bars.get(name, ())) for name in names)

    def _task(self, name: str, bars: tuple[Bar, ...]) -> Lane:
        stretches = tuple(_stretch(bar, self._says(name, bar)) for bar in bars)
        deadline = self._deadline(name) if name in self.known.plans[self.dag].tasks else None
        marks = [*self._settled(name), *([deadline] if deadline and self._shows(name, deadline) else [])]
        return Lane("task", name, f"task:{self.dag}.{name}", stretches, tuple(marks), *self._after(name))

    def _shows(self, name: str, deadline: Mark) -> bool:
        """Is a deadline of a task still of interest?"""
        cell = self.run.cells.get(name) if self.run is not None else None
        return deadline.style == "bad" or cell is None or cell.state not in ("success", "skipped")

    def _settled(self, name: str) -> Iterator[Mark]:
        """A task that ended without a try."""
        cell = self.run.cells.get(name) if self.run is not None else None
        if cell is not None and not cell.attempts and cell.state in _SETTLED:
            yield Mark(cell.since, look(cell.state).glyph, f"state.{cell.state}", (_SETTLED[cell.state],))

    def _after(self, name: str) -> tuple[tuple[str, ...], str]:
        """What became of what it wrote last."""
        cell = self.run.cells.get(name) if self.run is not None else None
        if self.run is None or cell is None or cell.state != "success":
            return (), ""
        number = cell.attempts[-1].number if cell.attempts else 0
        read = self._read_data
        wrote = [one for one in self.known.data.written_by(self.run.key, name, number) if one.dataset in read]
        return _became(wrote[-1]) if wrote else ((), "")

    def _says(self, name: str, bar: Bar) -> str:
        if bar.kind in ("poke", "away") and self.run is not None and name in self.run.plan.tasks:
            return f"{bar.mark} looks for {_few([need.name for need in self.run.plan.tasks[name].watched])}"
        if bar.kind not in ("wait", "queue"):
            return bar.mark
        letter = "W" if bar.kind == "wait" else "Q"
        on = self._waits_on(name) if bar.went_on else self._waited_on(name, bar)
        return f"{letter}: {on}" if on else letter

    def _waits_on(self, name: str) -> str:
        """What holds it now, in a word or two."""
        assert self.run is not None
        found = verdict(self.known, self.run, name, self.now) if name in self.run.plan.tasks else None
        return waits_on(self.known, found if isinstance(found, Wait) else None)

    def _waited_on(self, name: str, bar: Bar) -> str:
        """What ended a wait, as far as it is plain to see."""
        assert self.run is not None
        plan = self.run.plan.tasks.get(name)
        if plan is None:
            return ""
        if bar.kind == "queue":
            return plan.pool or ""
        places = [(n.name, w) for n in plan.inputs for w in windows_of(self.known, n, self.run)]
        came = [name for name, window in places if self._came_in(name, window, bar)]
        return _few(list(dict.fromkeys(came)))

    def _came_in(self, name: str, window: Partition, bar: Bar) -> bool:
        arrival = self.known.arrived.get((name, window.key))
        return arrival is not None and bar.start < arrival.at <= bar.end

    # readers

    def readers(self) -> Iterator[Lane]:
        """Who read what this run wrote, or an older day instead of it; and who will, by their own clocks."""
        marks: dict[str, list[Mark]] = {}
        wrote = self._written
        for read in self.known.data.reads if wrote else ():
            if read.dataset in wrote:
                mark = self._read(read)
                if mark is not None:
                    marks.setdefault(read.consumer, []).append(mark)
        for name, consumer in self.known.consumers.items():
            if wrote & {text.partition("@")[0] for text in consumer.reads}:
                coming = [Mark(at, "▲", "dim", ("reads",)) for at in self._coming(consumer)]
                marks.setdefault(name, []).extend(coming)
        rows = [(min(mark.at for mark in some), name, some) for name, some in marks.items() if some]
        for _, name, some in sorted(rows, key=lambda row: row[:2]):
            yield Lane("reader", name, f"consumer:{self.dag}.{name}", (), tuple(_one_each(some)))

    @cached_property
    def _written(self) -> set[str]:
        tasks = self.run.plan.tasks if self.run is not None else self.known.plans[self.dag].tasks
        return {name for plan in tasks.values() for name in plan.writes}

    @cached_property
    def _read_data(self) -> set[str]:
        """Of what the DAG writes: what somebody reads, or all where nobody reads anything of it."""
        wrote = self._written
        read = {text.partition("@")[0] for one in self.known.consumers.values() for text in one.reads}
        return wrote & read or wrote

    def _read(self, read: Read) -> Mark | None:
        version = self.known.data.get((read.dataset, read.partition, read.n))
        mine = version is not None and self.run is not None and version.run == self.run.key
        if mine and version is not None and not read.stale:
            rows = (f"read {version.rows}", str(version.rows)) if version.rows is not None else ("read it",)
            return Mark(read.at, "▲", "bar.read", rows)
        if read.wanted != self.window.key or not (read.stale or not read.n):
            return None
        spec = self.known.plans[self.known.makers[read.dataset]].spec
        if not read.n:
            return Mark(read.at, "▽", "bad", ("found nothing", "nothing"))
        got = spec.grid.spoken(spec.grid.parse(read.partition))
        return Mark(read.at, "▽", "state.stale", (f"got {got}, old", "old"))

    def _coming(self, consumer: Consumer) -> Iterator[datetime]:
        """When it will read this window."""
        grid = self.known.plans[self.dag].spec.grid
        clock = ticker(consumer.schedule, ZoneInfo(consumer.timezone), "shift", "second", None, self.known.live_since)
        until = grid.next(self.window).end - _SECOND
        if until <= self.now:
            return
        yield from islice(clock.ticks(max(self.now, self.window.end - _SECOND), until), _MOST_READS)


def waits_on(known: Known, found: Wait | None) -> str:
    """What it waits for, in a word or two; nothing where that is not known."""
    if not known.up:
        return "the scheduler"
    return (_ON.get(found.rule) or _few([text.partition("@")[0] for text in found.on])) if found is not None else ""


def _stretch(bar: Bar, says: str) -> Stretch:
    fill, style = FILLS[bar.kind]
    ends = ("†", "bar.failed") if bar.killed else ("✖", "bar.failed") if bar.failed else ("", "")
    if bar.kind in ("run", "poke", "away") and not bar.went_on:
        style = "bar.failed" if bar.failed or bar.killed else "state.success"
    return Stretch(bar.start, bar.end, fill, style, says, ends, bar.went_on, _worded(bar, says))


def _worded(bar: Bar, says: str) -> str:
    """`waits for jfk`, `try 1`, `due`."""
    first, _, on = says.partition(": ")
    word = _WORDS.get(bar.kind, says)
    if bar.kind in ("wait", "queue"):
        return f"{word} for {on}" if on else word
    return f"{word} {first}" if bar.kind == "run" and first.isdigit() else word


def _became(version: Version) -> tuple[tuple[str, ...], str]:
    """`● 596 public`: the glyph keeps the rows apart from the number of the try, and where there is little room the
    rows stay."""
    glyph, said, style = _STANDING.get(version.state, ("", version.state, "note"))
    if version.rows is None:
        return (f"{glyph} {said}".strip(), said), style
    return (f"{glyph} {version.rows} {said}", f"{glyph}{version.rows} {said}", f"{glyph}{version.rows}"), style


def _one_each(marks: list[Mark]) -> Iterator[Mark]:
    """Who reads several datasets at once has one mark: the worse."""
    best: dict[datetime, Mark] = {}
    for mark in marks:
        if mark.at not in best or mark.glyph == "▽":
            best[mark.at] = mark
    yield from (best[at] for at in sorted(best))


def _few(names: list[str]) -> str:
    """`jfk`, `jfk lga`, `jfk +2`."""
    return " ".join(names) if len(names) < 3 else f"{names[0]} +{len(names) - 1}"


# Where nothing else is written: of what looks, its own words say what it looks for.
_WORDS: dict[BarKind, str] = {"wait": "waits", "queue": "queued", "pause": "until the next try", "run": "try"}
_SETTLED = {"skipped": "skipped", "upstream_failed": "did not run", "removed": "taken out", "success": "marked",
            "failed": "marked"}  # fmt: skip
_STANDING = {
    "live": ("●", "public", "state.published"), "blocked": ("⊖", "held by a check", "state.blocked"),
    "withdrawn": ("∅", "withdrawn", "state.blocked"), "replaced": ("○", "replaced since", "note"),
    "fenced": ("⊗", "refused", "bad"), "written": ("◌", "not public yet", "note"),
}  # fmt: skip
# What is waited for by rules that name no thing.
_ON = {
    "workers": "a worker", "max_active_runs": "its turn", "max_active_tasks": "a slot of its run",
    "max_active": "its own limit", "paused": "unpause", "backfill_paused": "resume", "backfill_limit": "its turn",
    "backfill_upstream": "runs before it", "depends_on_past": "the day before", "wait_for_downstream": "the day before",
    "retry_delay": "next try",
}  # fmt: skip
