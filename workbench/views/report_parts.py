"""What a report is made of: frozen values that the writers (`report_markdown`, `report_html`) put on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from workbench.engine import Event, Known, Run
from workbench.views.clock import Clock, common_zone

Mood = Literal["plain", "good", "bad"]


@dataclass(frozen=True)
class Table:
    """`right`: the numbers of the columns that stand to the right. `more`: what was left out, as a sentence."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    more: str = ""


@dataclass(frozen=True)
class Quote:
    """Words of the workbench, exactly as it says them elsewhere; `title`: what was asked, and when."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """Sentences, one below the other."""

    items: tuple[str, ...]


Part = Table | Quote | Items


@dataclass(frozen=True)
class Section:
    """One question and its answer. `came_up`: was there an occasion? If not, `answer` says so, and `to_see` what to do
    to see it, with commands between backticks."""

    key: str
    question: str
    answer: str
    parts: tuple[Part, ...] = ()
    came_up: bool = True
    to_see: str = ""


@dataclass(frozen=True)
class Fact:
    """One number of the summary. `mood`: is it good or bad news? It is also said in words."""

    label: str
    value: str
    note: str = ""
    mood: Mood = "plain"


@dataclass(frozen=True)
class Figure:
    """A picture of a DAG as SVG, and what it shows in words."""

    title: str
    svg: str
    text: str


@dataclass(frozen=True)
class Report:
    """Everything. `about`: what was recorded, from when until when. `trouble`: what was wrong; it is no question."""

    title: str
    about: tuple[str, ...]
    facts: tuple[Fact, ...]
    overview: tuple[Table, ...]
    figures: tuple[Figure, ...]
    trouble: Section
    sections: tuple[Section, ...]


# what it is made from


class Wrong(NamedTuple):
    """How many rows of a version were missing, there too often, or different, when event number `seq` published it, or
    when it was read then."""

    seq: int
    at: datetime
    dataset: str
    partition: str
    n: int
    missing: int
    duplicated: int
    different: int

    @property
    def wrong(self) -> int:
        return self.missing + self.duplicated + self.different


class Spent(NamedTuple):
    """What the tries of one executor took: slots times seconds, tries, and the rows and bytes that they handed over.
    `unknown`: of so many tries no bytes are known."""

    executor: str
    slot_seconds: int
    tries: int
    rows: int
    bytes: int
    unknown: int


@dataclass(frozen=True)
class Record:
    """What a report is written about: a log, what was known after it (`known`, at `now`), what was known after so many
    of its events, and what only the world knows: `wrong` (None when nobody judged) and `faults`, in sentences."""

    name: str
    start: datetime
    now: datetime
    log: Sequence[Event]
    known: Known
    known_at: Callable[[int], Known]
    wrong: tuple[Wrong, ...] | None = None
    spent: tuple[Spent, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def clock(self) -> Clock:
        return Clock(self.now, common_zone(self.known))

    def position_at(self, instant: datetime) -> int:
        """After so many events it was this late."""
        return sum(event.at <= instant for event in self.log)

    def at(self, instant: datetime) -> str:
        return self.clock.full(instant)

    def day(self, dag: str, partition: str) -> str:
        """`Thu 3 Jan`."""
        plan = self.known.plans.get(dag)
        return plan.spec.grid.spoken(plan.spec.grid.parse(partition)) if plan and partition else partition

    def run_said(self, run: Run) -> str:
        """`daily_flights for Thu 3 Jan`; with its number when it is not the first of its partition."""
        again = f" (run {run.key.n})" if run.key.n > 1 else ""
        return f"{run.key.dag} for {self.day(run.key.dag, run.key.partition)}{again}"


MOST_ROWS = 20


def table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = (), most: int = MOST_ROWS
) -> Table:
    """A table of at most so many rows, which says how many it leaves out."""
    left = len(rows) - most
    more = f"and {left} more" if left > 0 else ""
    return Table(title, tuple(head), tuple(map(tuple, rows[:most])), tuple(right), more)


def some(*parts: Part | None) -> tuple[Part, ...]:
    """Those that have something to show."""
    return tuple(
        one
        for one in parts
        if one is not None
        and (one.rows if isinstance(one, Table) else one.lines if isinstance(one, Quote) else one.items)
    )
