"""Telling the readers of what a backfill has changed: who does not know it yet, and the lines that say so."""

from __future__ import annotations

from typing import NamedTuple

from workbench.engine import Known
from workbench.ordering.data import changed_reads
from workbench.views.backfills import made_in
from workbench.views.clock import listed, plural
from workbench.views.data_words import stretches


class Untold(NamedTuple):
    """Days of a dataset, one after the other (keys of its grid), and who has read what is live there no longer."""

    dataset: str
    first: str
    last: str
    many: int
    readers: tuple[str, ...]

    @property
    def line(self) -> str:
        """As it is typed."""
        days = self.first if self.first == self.last else f"{self.first}..{self.last}"
        return f"notify about {self.dataset}@{days}"


def untold(known: Known, number: int) -> list[Untold]:
    """Of all that a backfill has made: who read what was there before, and was not told since that it changed."""
    days: dict[str, set[str]] = {}
    for version in made_in(known, number):
        days.setdefault(version.dataset, set()).add(version.partition)
    found: list[Untold] = []
    for name, some in days.items():
        readers: dict[str, list[str]] = {}
        for read in changed_reads(known, name, some):
            readers.setdefault(read.partition, []).append(read.consumer)
        found += (_told_of(name, stretch, readers) for stretch in stretches(known, name, sorted(readers)))
    return found


def _told_of(name: str, stretch: list[str], readers: dict[str, list[str]]) -> Untold:
    who = dict.fromkeys(reader for day in stretch for reader in readers[day])
    return Untold(name, stretch[0], stretch[-1], len(stretch), tuple(who))


def untold_said(known: Known, found: list[Untold]) -> str:
    """`fare_model read 28 days that changed, and was not told`."""
    who, days = _who_and_days(known, found)
    return f"{listed(who)} read {days} that changed, and {_was(who)} not told"


def told_said(known: Known, found: list[Untold]) -> str:
    """The same, once they were."""
    who, days = _who_and_days(known, found)
    return f"{listed(who)} {_was(who)} told of {days} that changed."


def _was(who: list[str]) -> str:
    return "was" if len(who) == 1 else "were"


def _who_and_days(known: Known, found: list[Untold]) -> tuple[list[str], str]:
    who = list(dict.fromkeys(reader for one in found for reader in one.readers))
    unit = known.plans[known.makers[found[0].dataset]].spec.grid.unit
    return who, plural(sum(one.many for one in found), unit)
