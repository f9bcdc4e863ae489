"""How many rows days usually have: what a check on volume may be made from, and which days it would have held back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.seen import seen_partitions
from workbench.engine.catalog import Version
from workbench.views.clock import listed, plural

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_LAST = 14  # so many days, at most, are looked at
_MANY = 5
_ROOM, _ROOM_OF_FEW = 0.05, 0.1  # of what they had, above and below; few days say less
_MOST_NAMED = 3


class Usual(NamedTuple):
    """What the last days had. `low`, `high`: with a bit of room, what to ask for."""

    days: int
    least: int
    most: int
    low: int
    high: int

    def said(self, unit: str) -> str:
        """`the last 5 days had 720 to 943`."""
        had = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        return f"the last {plural(self.days, unit)} had {had}" if self.days > 1 else f"the last {unit} had {had}"


def usual_rows(bench: Bench, dataset: str) -> Usual | None:
    """Of what was public last of each day, without those that were found to be wrong. None where no other is known."""
    wrong = _found_wrong(bench)
    newest = sorted(_live(bench, dataset), key=lambda one: one.partition)[-_LAST:]
    rows = [one.rows for one in newest if one.rows and one.name not in wrong]
    if not rows:
        return None
    least, most, room = min(rows), max(rows), _ROOM if len(rows) >= _MANY else _ROOM_OF_FEW
    return Usual(len(rows), least, most, max(1, floor(least * (1 - room))), ceil(most * (1 + room)))


def unit_of(bench: Bench, dataset: str) -> str:
    """`day`; `partition` where it has no such name."""
    unit = bench.known.plans[bench.known.makers[dataset]].spec.grid.unit
    return unit if unit in ("day", "hour", "week", "month") else "partition"


def _live(bench: Bench, dataset: str) -> Iterator[Version]:
    for (name, _), versions in bench.known.data.versions.items():
        found = [one for one in versions if one.state == "live"] if name == dataset else []
        yield from found[-1:]


def _found_wrong(bench: Bench) -> set[tuple[str, str, int]]:
    """Versions that somebody saw to be wrong."""
    seen = seen_partitions(bench.known)
    rows = bench.session.judgements() if bench.shows_right else []
    return {
        (one.dataset, one.partition, one.n)
        for one in rows
        if one.wrong and (seen is None or (one.dataset, one.partition) in seen)
    }


_CHECK = re.compile(r"check add (\S+) \S+ rows(?: min (\d+))?(?: max (\d+))?(?: severity (\w+))?$")


def held_back(bench: Bench, line: str) -> Iterator[str]:
    """Of a line that adds a check on volume: what days usually have, and which of those known would not have passed
    it."""
    match = _CHECK.match(line.strip())
    if match is None or match[1] not in bench.known.makers:
        return
    usual = usual_rows(bench, match[1])
    if usual is not None:
        yield usual.said(unit_of(bench, match[1]))
    least, most = int(match[2] or 0), int(match[3]) if match[3] else None
    versions = [one for (name, _), of in bench.known.data.versions.items() if name == match[1] for one in of]
    counted = [one for one in versions if one.rows is not None]
    bad = [one for one in counted if (one.rows or 0) < least or (most is not None and (one.rows or 0) > most)]
    verb = "held back" if match[4] == "block" else "warned of"
    if bad:
        yield f"it would have {verb} {_named(bench, match[1], bad)}"
    elif counted:
        yield f"it would have {verb} nothing of the {plural(len(counted), 'version')} known"


def _named(bench: Bench, dataset: str, versions: list[Version]) -> str:
    """`Wed 2 Jan (779 rows) and Thu 3 Jan (596 rows)`."""
    grid = bench.known.plans[bench.known.makers[dataset]].spec.grid
    said = dict.fromkeys(
        f"{grid.spoken(grid.parse(one.partition)).partition(' (from')[0]} ({plural(one.rows or 0, 'row')})"
        for one in versions
    )
    more = len(said) - _MOST_NAMED
    return listed([*list(said)[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
