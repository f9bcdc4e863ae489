"""Scenes of one future, each part made once: where another thing is selected, only what speaks of the selection is made
anew. It holds while nothing is done: a bench that has changed otherwise needs another keeper.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from workbench.stepper.scene import PARTS, Scene

if TYPE_CHECKING:
    from workbench.bench import Bench
    from workbench.bench.chosen import Chosen
    from workbench.branch import Branch
    from workbench.timetable import Partition


class _Seen(NamedTuple):
    """What is selected; `only`: that as well, where only events about it are told."""

    chosen: Chosen
    dag: str
    window: Partition
    only: Chosen | None


def _nothing(_: _Seen) -> Hashable:
    return None


def _chosen(seen: _Seen) -> Hashable:
    return seen.chosen


def _day(seen: _Seen) -> Hashable:
    return seen.dag, seen.window


def _both(seen: _Seen) -> Hashable:
    return seen.chosen, seen.window


def _dataset(seen: _Seen) -> Hashable:
    return seen.dag, seen.window, seen.chosen if seen.chosen.kind == "dataset" else None


def _if_only(seen: _Seen) -> Hashable:
    return seen.only


# What of a selection each part shows. A part that is not here is made anew for each.
_SHOWN: dict[str, Callable[[_Seen], Hashable]] = {
    "root": _nothing, "head": _day, "futures": _nothing, "told": _nothing, "past": _nothing, "graph": _chosen,
    "nodes": _day, "time": _both, "lanes": _day, "why": _both, "events": _if_only, "days": _both, "data": _dataset,
    "rules": _chosen, "alerts": _day,
}  # fmt: skip
# Those that know of no future but of what has happened: where two futures have not parted yet, they are the same.
_OF_THE_PAST = frozenset({"root", "graph", "nodes", "why", "days", "rules", "alerts"})

Kept = dict[Hashable, Scene]


class KeptScenes:
    """Of one bench, by the instant and by what is shown of the selection. `kept`: may be shared by benches of the same
    simulation that differ in nothing but which futures there are, where they stand, and what is selected."""

    def __init__(self, bench: Bench, kept: Kept | None = None) -> None:
        self._bench = bench
        self._kept: Kept = {} if kept is None else kept

    def scene(self) -> Scene:
        """As `scene_of`, now."""
        session, found = self._bench.session, dict[str, str]()
        futures, past = (session.branch, *session.branches), _first_with(session.branch, session.position)
        place = session.position, session.now
        bench = self._bench
        seen = _Seen(bench.chosen, bench.dag, bench.window, bench.chosen if bench.only_chosen else None)
        for name in PARTS:
            found |= self._part(name, (past if name in _OF_THE_PAST else futures, place), seen)
        return found

    def _part(self, name: str, where: Hashable, seen: _Seen) -> Scene:
        key = (name, where, _SHOWN.get(name, _both)(seen))
        if key not in self._kept:
            self._kept[key] = PARTS[name](self._bench)
        return self._kept[key]


def _first_with(branch: Branch, position: int) -> Branch:
    """The first future in which the same has happened."""
    while branch.parent is not None and position <= branch.shared:
        branch = branch.parent
    return branch
