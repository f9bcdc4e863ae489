"""Where a front end can stand without asking, as data: by event, by instant, and whether it matters what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.bench.moments import matters
from workbench.branch import Branch
from workbench.engine import Known, State
from workbench.engine.evolve import evolve
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
    before, walk = 0, _Walk(reel.branch)
    kept = _KEPT.setdefault(reel.branch, {})
    for position, now in reel.places:
        pair = before, position
        if before != position and pair not in kept:
            # A later event of the same instant is another pair, so what is kept stays right while a future grows.
            happened = reel.branch.log[before:position]
            kept[pair] = matters(Happened.of(happened, walk.known_at(position), reel.bench.session.zone))
        found.append((position, format_instant(now), int(before != position and kept[pair])))
        before = position
    return found


class _Walk:
    """Through a future, from its beginning on: one state that goes along, where a state for each place would be made
    to be looked at once."""

    def __init__(self, branch: Branch) -> None:
        self._branch, self._at = branch, -1
        self._state: State | None = None

    def known_at(self, position: int) -> Known:
        """What is known after so many events; it holds until the next call."""
        if self._state is None:
            self._at, self._state = position, self._branch.state_at(position).snapshot()
        for event in self._branch.log[self._at : position]:
            evolve(self._state, event)
        self._at = position
        return self._state.known
