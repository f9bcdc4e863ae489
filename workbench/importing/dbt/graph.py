"""What waits for what in `dbt build`: parents before children, and a model's tests between them.

dbt lets a node wait for a test when all that the test refers to is above the node. Tests that hold up the same nodes
are one group here, which becomes one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.importing.dbt.manifest import Manifest, Node, is_singular


class Group(NamedTuple):
    """Tests that wait for the same and hold up the same. `on`: the lowest of what they refer to; `holds`: the topmost
    nodes that wait for them, all below which then wait too."""

    on: tuple[str, ...]
    tests: tuple[Node, ...]
    holds: tuple[str, ...]


class Circle(Exception):
    """Nodes that refer to each other in a circle, each needing the one before it."""

    def __init__(self, uids: Sequence[str]) -> None:
        super().__init__(" >> ".join(uids))
        self.uids = tuple(uids)


@dataclass(frozen=True)
class Graph:
    """`order`: everything that is there, parents first; `above` and `below`: all above and below each, one bit for each
    place in `order`."""

    order: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]
    place: Mapping[str, int]
    above: Mapping[str, int]
    below: Mapping[str, int]

    def groups(self, tests: Iterable[Node]) -> list[Group]:
        """Singular tests, which have their own SQL and name, stand alone; the others come together."""
        found: dict[tuple[tuple[str, ...], str], list[Node]] = {}
        for test in tests:
            on = self._lowest(uid for uid in test.needs if uid in self.place)
            found.setdefault((on, test.uid if is_singular(test) else ""), []).append(test)
        held: dict[tuple[str, ...], tuple[str, ...]] = {}
        for on, _ in found:
            if on not in held:
                held[on] = tuple(self._held(on))
        return [Group(on, tuple(members), held[on]) for (on, _), members in found.items()]

    def _lowest(self, uids: Iterable[str]) -> tuple[str, ...]:
        """Those that are above no other of them."""
        known = sorted(set(uids), key=self.place.__getitem__)
        covered = 0
        for uid in known:
            covered |= self.above[uid]
        return tuple(uid for uid in known if not covered >> self.place[uid] & 1)

    def _held(self, on: tuple[str, ...]) -> Iterator[str]:
        """The first of what is below all of these, then the first of what is not below that one, and so on."""
        left = -1 if on else 0
        for uid in on:
            left &= self.below[uid]
        while left:
            lowest = left & -left
            uid = self.order[lowest.bit_length() - 1]
            yield uid
            left &= ~(self.below[uid] | lowest)


def graph_of(manifest: Manifest) -> Graph:
    """Raises Circle."""
    known = {**manifest.sources, **manifest.built}
    parents = {uid: tuple(one for one in node.needs if one in known) for uid, node in known.items()}
    order = _ordered(parents)
    place = {uid: number for number, uid in enumerate(order)}
    above, below = dict.fromkeys(order, 0), dict.fromkeys(order, 0)
    for uid in order:
        for parent in parents[uid]:
            above[uid] |= above[parent] | 1 << place[parent]
    for uid in reversed(order):
        for parent in parents[uid]:
            below[parent] |= below[uid] | 1 << place[uid]
    return Graph(tuple(order), parents, place, above, below)


def _ordered(parents: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Each right after what it needs, else in the manifest's order. Raises Circle."""
    order: dict[str, None] = {}
    for start in parents:
        path = [start]
        going = {start: iter(parents[start])}
        while path:
            parent = next(going[path[-1]], None)
            if parent in going:
                raise Circle([*path[path.index(parent) :], parent][::-1])
            if parent is None:
                done = path.pop()
                order.setdefault(done)
                del going[done]
            elif parent not in order:
                path.append(parent)
                going[parent] = iter(parents[parent])
    return list(order)
