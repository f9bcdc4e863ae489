"""Where a front end can stand without asking, as data: by event, by instant, and whether it matters what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.bench.moments import matters
from workbench.branch import Branch
from workbench.timetable import format_instant
from workbench.views.happened import Happened

if TYPE_CHECKING:
    from workbench.stepper.reel import Reel

Spot = tuple[int, str, int]
# Of each future: (the event before an instant, the last of it) -> does it matter?
_KEPT: WeakKeyDictionary[Branch, dict[tuple[int, int], bool]] = WeakKeyDictionary()


def spots_of(reel: Reel) -> list[Spot]:
    """For each place of a reel: how many events have happened, the instant as ISO 8601 in UTC, and 1 where somebody who
    watches would look up."""
    found: list[Spot] = []
    before = 0
    for position, now in reel.places:
        found.append((position, format_instant(now), int(_matters(reel, before, position))))
        before = position
    return found


def _matters(reel: Reel, begin: int, end: int) -> bool:
    if begin == end:
        return False
    kept = _KEPT.setdefault(reel.branch, {})
    if (begin, end) not in kept:
        # A later event of the same instant is another pair, so what is kept stays right while a future grows.
        kept[begin, end] = matters(_happened(reel, begin, end))
    return kept[begin, end]


def _happened(reel: Reel, begin: int, end: int) -> Happened:
    return Happened.of(reel.branch.log[begin:end], reel.branch.state_at(end).known, reel.bench.session.zone)
