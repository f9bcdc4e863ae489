"""Two futures side by side on one clock: of one session, or of two recordings. What differs first and why, the same
clock for both, what became of each run, and what that teaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.bench.futures import HOW, until_now
from workbench.bench.outcomes import OutcomeRow, Outcomes, Side, lesson, outcomes
from workbench.bench.short_names import short_fault
from workbench.branch import Branch
from workbench.engine import Known
from workbench.engine.events import FaultInjected
from workbench.model import DagSpec, InvalidInput, nearest
from workbench.session import Session
from workbench.timetable import Partition
from workbench.views.clock import Clock, day, listed
from workbench.views.compare import Comparison, commands_apart, compare, side_said
from workbench.views.compare_html import Line, Page
from workbench.views.lane_sheet import arranged, drawn, label_width
from workbench.views.lanes import Lane, lanes_of
from workbench.views.scales import Scale, scale_of
from workbench.views.sheet import Row, Sheet, Span, clipped, row_width, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_AHEAD = timedelta(hours=3)
_LEAST = timedelta(minutes=20)
_MOST_OTHERS = 60
_ROOMY = 100  # from so many cells on, every command has a line of its own
_ALL = 100


class Future:
    """One side: a future of a session, looked at without moving the session's cursor. `name` is shown."""

    def __init__(self, session: Session, of: str, name: str) -> None:
        self.session, self.of, self.name = session, of, name
        self._known: tuple[int, Known] | None = None

    @property
    def branch(self) -> Branch:
        return self.session.branches[self.of]

    @contextmanager
    def _there(self, at: datetime) -> Iterator[Session]:
        """Stand in it for a moment, after all that happens at an instant."""
        before = self.session.cursor
        try:
            yield self.session.enter(self.of).seek(at)
        finally:
            self.session.stand(before)

    def reach(self, at: datetime) -> None:
        """Make all that comes until then."""
        if self.branch.horizon < at:
            with self._there(at):
                pass

    def next_after(self, at: datetime) -> datetime | None:
        """When something happens next; None when nothing does until the end."""
        with self._there(at) as session:
            return session.now if session.step() else None

    def known_at(self, at: datetime) -> Known:
        position = self.branch.position_at(at)
        if self._known is None or self._known[0] != position:
            self._known = (position, self.branch.state_at(position).known)
        return self._known[1]

    def side(self, at: datetime) -> Side:
        """What is known of it at an instant, and what was wrong in what was seen until then."""
        known = self.known_at(at)
        judged = [one for one in self.session.judgements(self.of) if one.seq <= known.seq]
        return Side(self.name, known, {(one.dataset, one.partition, one.n): one for one in judged}, judged)


class Comparing:
    """What front ends hold while two futures are compared. `bench`: whose; None for two recordings. `now` (UTC) is the
    instant of both."""

    def __init__(self, a: Future, b: Future, now: datetime, bench: Bench | None = None) -> None:
        self.a, self.b, self.now, self.bench = a, b, now, bench
        self._trail: list[datetime] = []
        self.chosen: tuple[str, str] | None = None
        self._look()

    @classmethod
    def of(cls, bench: Bench, other: str = "") -> Comparing:
        """The future one is in beside another (else that from which it parted, else the newest). Raises InvalidInput
        where there is no other."""
        session = bench.session
        mine, names = session.branch.name, list(session.branches)
        if len(names) < 2:
            raise InvalidInput([HOW])
        if other and other not in names:
            raise InvalidInput([f"there is no future '{other}'{nearest(other, names)}"])
        other = other if other and other != mine else _other(session)
        first, second = sorted((mine, other), key=names.index)
        bench.heard("compare", f"{first} {second}")
        return cls(Future(session, first, first), Future(session, second, second), bench.now, bench)

    def _look(self) -> None:
        for one in (self.a, self.b):
            one.reach(self.now)
        self.__dict__.pop("found", None)

    @cached_property
    def found(self) -> Comparison:
        """As `session.compare` says it, at this instant."""
        told = compare(self.a.branch, self.b.branch, self.now)
        return replace(told, a=self.a.name, b=self.b.name)

    # the clock

    def next(self) -> bool:
        """Both on to the next instant at which something happens in one of them; False when nothing does any more."""
        ahead = [at for at in (self.a.next_after(self.now), self.b.next_after(self.now)) if at is not None]
        if not ahead:
            return False
        self._trail.append(self.now)
        self._go(min(ahead))
        return True

    def back(self) -> bool:
        """Both back by the last step; before the first one to the instant before."""
        if self._trail:
            self._go(self._trail.pop())
            return True
        before = [at for one in (self.a, self.b) if (at := _before(one.branch, self.now)) is not None]
        if before:
            self._go(max(before))
        return bool(before)

    def _go(self, at: datetime) -> None:
        self.now = at
        self._look()

    # which day, which other future

    @property
    def places(self) -> list[tuple[str, str]]:
        """(DAG, partition) of all that came out differently, in the order of their days."""
        known = self.a.known_at(self.now).plans | self.b.known_at(self.now).plans
        found = {(one.dag, one.partition) for one in self.found.outcomes}
        makers = self.b.known_at(self.now).makers
        found |= {(makers[one.dataset], one.wanted) for one in self.found.reads if one.dataset in makers}
        return sorted(found, key=lambda place: (known[place[0]].spec.grid.parse(place[1]).start, place[0]))

    @property
    def place(self) -> tuple[str, str]:
        """What is looked at: what was chosen, else the first that differs, else what the bench shows."""
        if self.chosen is not None:
            return self.chosen
        places = self.places
        if self.bench is not None and (self.bench.dag, self.bench.window.key) in places:
            return self.bench.dag, self.bench.window.key
        return places[0] if places else self._shown()

    def _shown(self) -> tuple[str, str]:
        if self.bench is not None:
            return self.bench.dag, self.bench.window.key
        dag, plan = next(iter(self.a.known_at(self.now).plans.items()))
        return dag, plan.spec.grid.last_ended(self.now).key

    @property
    def at_the_end(self) -> str:
        """Why there is no other difference that way."""
        places = self.places
        if len(places) < 2 or self.place not in places:
            return "No other run came out differently so far." if self.found.first else ""
        which = "first" if self.place == places[0] else "last"
        return f"This is the {which} of {len(places)} differences so far."

    def other_place(self, by: int) -> bool:
        """The next difference, or the one before; False when there is no other."""
        places = self.places
        if not places:
            return False
        at = places.index(self.place) + by if self.place in places else 0
        if not 0 <= at < len(places):
            return False
        self.chosen = places[at]
        return True

    @property
    def others(self) -> list[str]:
        """Futures that could stand here instead."""
        shown = {self.a.of, self.b.of}
        return [name for name in self.b.session.branches if name not in shown] if self.bench is not None else []

    def beside(self, name: str) -> Comparing:
        """The same instant with another future on the right. Raises InvalidInput."""
        if name not in self.others:
            raise InvalidInput([f"there is no other future '{name}'{nearest(name, self.others)}"])
        return Comparing(self.a, Future(self.b.session, name, name), self.now, self.bench)

    def leave(self, keep: str = "") -> None:
        """Back to the bench, which then stands at the instant of both, with the selection of before; `keep`: in this
        future."""
        if self.bench is None:
            return
        if keep and keep != self.bench.session.branch.name:
            self.bench.session.enter(keep)
        if self.bench.now != self.now:
            self.bench.go_to(self.now)

    # what is seen

    @property
    def window(self) -> Partition:
        return self._spec.grid.parse(self.place[1])

    @property
    def _spec(self) -> DagSpec:
        dag = self.place[0]
        plans = self.b.known_at(self.now).plans
        return (plans if dag in plans else self.a.known_at(self.now).plans)[dag].spec

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self._spec.zone)

    @property
    def title(self) -> str:
        return f"{self.place[0]} for {self._spec.grid.spoken(self.window)}"

    @cached_property
    def _is_shown(self) -> bool:
        return self.bench.shows_right if self.bench is not None else True

    def outcomes(self) -> Outcomes:
        """What became of the run in both."""
        sides = self.a.side(self.now), self.b.side(self.now)
        return outcomes(*sides, self.place[0], self.window, self.clock, self._is_shown)

    @property
    def lesson(self) -> str:
        """What the two teach; empty where that is nothing yet."""
        return self._lesson(self.outcomes())

    def _lesson(self, found: Outcomes) -> str:
        """Two futures in which not the same went wrong teach little about what was done: then that is said too."""
        return " ".join(filter(None, (lesson(found), *map(self._faults_said, (self.a, self.b)))))

    def _faults_said(self, one: Future) -> str:
        """`Only B had the half file of lga.`"""
        other = self.b if one is self.a else self.a
        theirs = [event.fault for event in other.branch.log if isinstance(event, FaultInjected)]
        faults = [event.fault for event in self._commands(one) if isinstance(event, FaultInjected)]
        names = [short_fault(fault) for fault in faults if fault not in theirs and self._hits(fault)]
        return f"Only {one.name} had the {listed(list(dict.fromkeys(names)))}." if names else ""

    def _hits(self, fault: Any) -> bool:
        """Is it about the day that is looked at, or about every day?"""
        partition = getattr(fault, "partition", None)
        key = self.place[1]
        return not partition or partition.startswith(key) or key.startswith(partition)

    def header(self, width: int) -> Row:
        local = self.now.astimezone(self.clock.zone)
        left = (Span("compare  ", "title"), Span(self.title))
        right = (Span(f" {day(local)} {local:%H:%M} {self._spec.timezone} ", "clock"),)
        gap = width - row_width((*left, *right))
        return clipped((*left, Span(" " * max(2, gap)), *right), width)

    def first(self, width: int) -> Sheet:
        """The first difference, what each did there, and because of which command."""
        rows: list[Row] = []
        for one, style in ((self.a, "strong"), (self.b, "you")):
            rows.append(self._headed(one, style, width))
        first = self.found.first
        if first is None:
            rows += [(), (Span(f"{self.a.name} and {self.b.name} are the same so far. n steps both on.", "dim"),)]
            return Sheet("no difference so far", tuple(rows))
        rows = []
        for one, told, style in ((self.a, first.in_a, "strong"), (self.b, first.in_b, "you")):
            rows += wrapped_row((Span(f"{one.name}  ", style), Span(told)), width, "   ")
        rows += self._because(first.because, width)
        clock = Clock(first.at, self.clock.zone)
        return Sheet(f"first difference: {clock.full(first.at)}, {first.subject}", tuple(rows))

    def _because(self, because: tuple[str, ...], width: int) -> Iterator[Row]:
        """The commands behind the first difference, and those that came after it; many on a narrow screen in short."""
        if width < _ROOMY and len(because) > 1:
            said = "; ".join(
                f"{one.name}: {told}"
                for one in (self.a, self.b)
                if self._commands(one) and (told := self.named(one, _ALL))
            )
            yield from wrapped_row((Span("   because in ", "dim"), Span(said, "you")), width, "   ")
            return
        for word, lines in (("because", because), ("then", self._then())):
            for line in lines:
                yield from wrapped_row((Span(f"   {word} ", "dim"), Span(f"{line}.", "you")), width, "   ")

    def _then(self) -> tuple[str, ...]:
        """What was done after the first difference."""
        first = self.found.first
        if first is None:
            return ()
        clock, found = Clock(self.now, self.clock.zone), []
        for one in (self.a, self.b):
            found += [(event.at, f"in {one.name}, {clock.full(event.at)}, {event.sentence}")
                      for event in self._commands(one) if event.at > first.at]  # fmt: skip
        return tuple(line for _, line in sorted(found, key=lambda pair: pair[0]))

    def _commands(self, one: Future) -> list[Any]:
        """What was done in it until now, and not in the other."""
        other = self.b if one is self.a else self.a
        return list(commands_apart(one.branch, other.branch, self.now))

    def named(self, one: Future, most: int = 2, room: int | None = None) -> str:
        """What a future is now, in a few words and in so many cells: what was done in it alone, or that nothing was."""
        return until_now(one.branch, self._commands(one), self.now, most, room)

    def lanes(self, room: int = 1000) -> tuple[Lane, ...]:
        """What is the same in both, once; then the lanes of one future that differ, then those of the other. For so
        many rows: where they are too many, what is the same shares rows, or makes way."""
        dag, window = self.place[0], self.window
        both = [lanes_of(known, dag, window, self.now) if dag in known.plans else ()
                for known in (self.a.known_at(self.now), self.b.known_at(self.now))]  # fmt: skip
        there = {(lane.kind, lane.target): lane for lane in both[0]}
        same = {(x.kind, x.target): x for x in both[1] if _alike(there.get((x.kind, x.target)), x)}
        own: list[Lane] = []
        wide = max(len(self.a.name), len(self.b.name))
        for one, some in zip((self.a, self.b), both, strict=True):
            mine = [lane for lane in some if (lane.kind, lane.target) not in same]
            own += [
                replace(lane, label=f"{('' if n else one.name).ljust(wide)} {lane.label}", other="")
                for n, lane in enumerate(mine)
            ]
        shared = tuple(lane for lane in same.values() if lane.kind != "deadline" and not lane.is_empty)
        if len(own) + 2 > room:
            own = [lane for lane in own if lane.kind != "reader"]  # the outcome tells what they got
        left = max(0, room - len(own))
        return (*arranged(shared, left)[: left or None], *own) if left else tuple(own)

    def _scale(self, lanes: tuple[Lane, ...], cells: int) -> Scale:
        """From what came first, near the run, to its end in both, its readers, and now while that is near."""
        begin = min((at for lane in lanes for at in lane.instants), default=self.now)
        tasks = [at for lane in lanes if lane.kind == "task" for at in lane.instants]
        begin = max(begin, min(tasks, default=begin) - _AHEAD)
        last = max([*tasks, begin + _LEAST])
        near = last + max(_AHEAD, last - begin)
        last = max([last, *(at for lane in lanes if lane.kind == "reader" for at in lane.instants if at <= near)])
        return scale_of(begin, max(last, self.now) if self.now <= near else last, self.now, cells)

    def on_clock(self, width: int, height: int) -> Sheet:
        """Both on the same clock."""
        lanes = self.lanes(height - 1)
        left = label_width(lanes, width)
        scale = self._scale(lanes, max(24, width - left))
        return drawn("same clock", lanes, scale, self.now, self.clock, left, height=height)

    def page(self) -> Page:
        """All of it, to be written as one page."""
        found, first, lanes = self.outcomes(), self.found.first, self.lanes()
        moods = {"good": "good", "bad": "bad", "late": "late", "state.success": "good", "state.failed": "bad"}
        lines = [
            Line((row.what, row.a.text, row.b.text), (moods.get(row.a.style, ""), moods.get(row.b.style, "")))
            for row in found.rows
        ]
        where = f"{self.a.name} and {self.b.name} are the same so far"
        if first is not None:
            where = f"First difference: {Clock(first.at, self.clock.zone).full(first.at)}, {first.subject}"
        return Page(
            f"{self.title}: {self.a.name} and {self.b.name}",
            f"Two futures of one past, as they stand on {self.clock.full(self.now)}, {self._spec.timezone}",
            tuple((one.name, self.named(one, _ALL)) for one in (self.a, self.b)),
            where,
            (first.in_a, first.in_b) if first is not None else (),
            first.because if first is not None else (),
            lanes,
            self._scale(lanes, 110),
            self.now,
            self.clock,
            tuple(lines),
            tuple(self._other_lines()),
            self._lesson(found),
            self._then(),
        )

    def _other_lines(self) -> Iterator[Line]:
        """The other runs that came out differently, a line for each task of them."""
        for one in self.found.outcomes[:_MOST_OTHERS]:
            if (one.dag, one.partition) != self.place:
                sides = [side_said(side, self.clock) for side in (one.a, one.b)]
                yield Line((f"{one.dag}.{one.task} of {one.partition}", *sides))

    def outcome(self, width: int) -> Sheet:
        """A table: what, in the one, in the other."""
        found = self.outcomes()
        found = found if width >= _ROOMY else replace(found, rows=tuple(map(_in_short, found.rows)))
        rows: list[Row] = []
        head = max([len(row.what) for row in found.rows], default=4) + 2
        wide = max(8, (width - head - 2) // 2)
        most = max([len(row.a.text) for row in found.rows] + [len(self.a.name)], default=8) + 3
        wide = max(12, min(wide, max(most, len(f"{self.a.name}  {self.named(self.a)}") + 3)))
        left = self._headed(self.a, "strong", wide - 1)
        heads = *left, Span(" " * (wide - row_width(left))), *self._headed(self.b, "you", width - head - wide)
        rows.append(clipped((Span(" " * head), *heads), width))
        for row in found.rows:
            rows += _beside(row, head, wide, width)
        places = self.places
        at = places.index(self.place) + 1 if self.place in places else 0
        several = f", difference {at} of {len(places)}" if len(places) > 1 and at else ""
        return Sheet(f"outcome of {self.title}{several}", tuple(rows))

    def _headed(self, one: Future, style: str, width: int) -> Row:
        """The head of a column: its letter, and what it is now."""
        told = self.named(one, room=width - len(one.name) - 2)
        return clipped((Span(f"{one.name}  ", style), Span(told, "dim")), width)

    def coach(self, width: int) -> Row:
        told = self.lesson or "n steps both on, on one clock."
        return clipped((Span(f"☞ {told}", "coach"),), width)


def compared(a: Session, b: Session, names: tuple[str, str] = ("1", "2"), at: datetime | None = None) -> Comparing:
    """Two recordings beside each other, each in its current future, at an instant (default: the later end, as far as
    both go). Neither is changed."""
    now = at or min(max(a.now, b.now), a.end, b.end)
    return Comparing(Future(a, a.branch.name, names[0]), Future(b, b.branch.name, names[1]), now)


def _other(session: Session) -> str:
    """From which the current one parted, else the newest other."""
    branch = session.branch
    if branch.parent is not None:
        return branch.parent.name
    children = [one.name for one in session.branches.values() if one.parent is branch]
    return children[-1] if children else next(name for name in reversed(session.branches) if name != branch.name)


def _before(branch: Branch, now: datetime) -> datetime | None:
    place = branch.position_at(now - timedelta(seconds=1))
    return branch.log[place - 1].at if place else None


def _in_short(row: OutcomeRow) -> OutcomeRow:
    """For a narrow screen: `board_dashboard  596 rows, 318 missing, 08:00`."""
    a, b = (cell._replace(text=cell.text.replace(", at ", ", ")) for cell in (row.a, row.b))
    return OutcomeRow(row.what.removesuffix(" read"), a, b)


def _beside(row: OutcomeRow, head: int, wide: int, width: int) -> Iterator[Row]:
    """A row of the table; on several lines where it has no room on one."""
    left = list(wrapped_row((row.a,), wide - 1))
    right = list(wrapped_row((row.b,), max(8, width - head - wide)))
    for number in range(max(len(left), len(right))):
        one = left[number] if number < len(left) else ()
        two = right[number] if number < len(right) else ()
        what = Span((row.what if not number else "").ljust(head), "dim")
        yield clipped((what, *one, Span(" " * (wide - row_width(one))), *two), width)


def _alike(one: Lane | None, other: Lane) -> bool:
    return one is not None and (one.stretches, one.marks, one.after) == (other.stretches, other.marks, other.after)
