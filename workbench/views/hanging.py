"""Which things hang below another, as a tree, instead of standing on its right: to save columns.

    │● publish│
    ╰─────────╯
     ├─ ▣pub_punctuality ●596
     │├┄ ▲board_dashboard ○08:00
     │╰┄ ▲ops_email ○08:30
     ╰─ ⇢punctuality.by_airport ●

Only what comes from one thing alone, and leads to nothing that stands elsewhere, can hang.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workbench.views.graph import SOLID
from workbench.views.stage import Stage, Thing


class Hung(NamedTuple):
    """A thing that hangs: the cells in front of it, the edge (source, target) that they stand for, whether nothing
    hangs below it, and how many layers it is behind what it hangs on (before it: -1)."""

    id: str
    prefix: str
    edge: tuple[str, str]
    is_last: bool
    depth: int


def hung_on(stage: Stage, level: int) -> dict[str, list[Hung]]:
    """For everything that stands, what hangs below it from top to bottom. `level`: 0 nothing, 1 readers and other DAGs,
    2 datasets and their checks as well, 3 also what a task takes from outside."""
    if not level:
        return {}
    below, above = _neighbours(stage)
    hangs: set[str] = set()
    for thing in _from_the_end(stage, below):
        if len(above[thing.id]) == 1 and _may_hang(thing, level) and all(one in hangs for one in below[thing.id]):
            hangs.add(thing.id)
    givers = _givers(stage, below, above, hangs) if level > 2 else {}
    hangs |= {one for some in givers.values() for one in some}
    trees = {name: [*givers.get(name, ()), *(one for one in some if one in hangs)] for name, some in below.items()}
    solid = frozenset((edge.source, edge.target) for edge in stage.edges if edge.kind in SOLID)
    found = {thing.id: _tree(thing.id, trees, givers, solid) for thing in stage.things if thing.id not in hangs}
    return {root: tree for root, tree in found.items() if tree}


def _givers(
    stage: Stage, below: Mapping[str, list[str]], above: Mapping[str, list[str]], hangs: set[str]
) -> dict[str, list[str]]:
    """For each task what it alone takes from outside."""
    found: dict[str, list[str]] = {}
    for thing in stage.things:
        is_one = thing.kind in ("input", "external", "dataset") and not above[thing.id] and len(below[thing.id]) == 1
        if is_one and below[thing.id][0] not in hangs:
            found.setdefault(below[thing.id][0], []).append(thing.id)
    return found


def _may_hang(thing: Thing, level: int) -> bool:
    if thing.kind in ("consumer", "external") or (thing.kind == "check" and thing.when == "after"):
        return True
    return level > 1 and not thing.target.startswith("task:") and thing.kind in ("dataset", "check")


def _neighbours(stage: Stage) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    below: dict[str, list[str]] = {thing.id: [] for thing in stage.things}
    above: dict[str, list[str]] = {thing.id: [] for thing in stage.things}
    for edge in stage.edges:
        below[edge.source].append(edge.target)
        above[edge.target].append(edge.source)
    return below, above


def _from_the_end(stage: Stage, below: Mapping[str, list[str]]) -> list[Thing]:
    """Things, each after all that comes from it."""
    things = {thing.id: thing for thing in stage.things}
    waiting = {name: len(targets) for name, targets in below.items()}
    above: dict[str, list[str]] = {name: [] for name in things}
    for edge in stage.edges:
        above[edge.target].append(edge.source)
    ready = [name for name, count in waiting.items() if not count]
    found = []
    while ready:
        name = ready.pop()
        found.append(things[name])
        for one in above[name]:
            waiting[one] -= 1
            if not waiting[one]:
                ready.append(one)
    return found


def _tree(
    root: str,
    below: Mapping[str, list[str]],
    givers: Mapping[str, list[str]],
    solid: frozenset[tuple[str, str]],
    lead: str = "",
) -> list[Hung]:
    found: list[Hung] = []
    for index, one in enumerate(below[root]):
        is_end = index == len(below[root]) - 1
        is_giver = one in givers.get(root, ())
        edge = (one, root) if is_giver else (root, one)
        under = [] if is_giver else _tree(one, below, givers, solid, lead + (" " if is_end else "│"))
        prefix = lead + ("╰" if is_end else "├") + ("─" if edge in solid else "┄")
        found += [Hung(one, prefix, edge, not under, -1 if is_giver else len(lead) + 1), *under]
    return found
