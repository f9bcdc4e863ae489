"""Layers of a DAG and the order in each: longest path, one bus a source, few crossings.

Nodes are numbers 0..n-1 in the order of the author; ties always go to that order.
"""

from bisect import bisect_right, insort
from dataclasses import dataclass
from itertools import pairwise

Lists = list[list[int]]

# Up to this many items the slower search for a better order pays.
_SMALL = 300


@dataclass(frozen=True, slots=True)
class Layering:
    """Items in layers: nodes first, then dummies, the points where a long edge passes a layer.

    ``downs`` and ``ups`` join neighbouring layers only. ``chains[s]`` is the bus of node s: itself, then
    its dummies; the edge s -> t leaves it in the layer before t. ``orders`` lists items from top to bottom.
    """

    layer: list[int]
    downs: Lists
    ups: Lists
    chains: Lists
    orders: Lists


def topological(successors: Lists) -> list[int]:
    """Every node after its predecessors, as near to the order of the author as can be. ValueError: cycle."""
    waiting = [0] * len(successors)
    for targets in successors:
        for target in targets:
            waiting[target] += 1
    ready = [-node for node in reversed(range(len(successors))) if not waiting[node]]
    found: list[int] = []
    while ready:
        node = -ready.pop()
        found.append(node)
        for target in successors[node]:
            waiting[target] -= 1
            if not waiting[target]:
                insort(ready, -target)
    if len(found) < len(successors):
        raise ValueError("the graph has a cycle")
    return found


def depths(successors: Lists) -> list[int]:
    """The layer of every node: longest path from a source, sources pulled next to their first consumer."""
    layer = [0] * len(successors)
    inner = [False] * len(successors)
    for node in topological(successors):
        for target in successors[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            inner[target] = True
    for node, targets in enumerate(successors):
        if targets and not inner[node]:
            layer[node] = min(layer[target] for target in targets) - 1
    return layer


def components(successors: Lists) -> Lists:
    """The nodes of each connected part, both in the order of the author."""
    near: Lists = [list(targets) for targets in successors]
    for node, targets in enumerate(successors):
        for target in targets:
            near[target].append(node)
    part = [-1] * len(successors)
    for start in range(len(successors)):
        if part[start] < 0:
            _mark(near, start, part)
    found: dict[int, list[int]] = {}
    for node, mark in enumerate(part):
        found.setdefault(mark, []).append(node)
    return list(found.values())


def _mark(near: Lists, start: int, part: list[int]) -> None:
    part[start] = start
    stack = [start]
    while stack:
        for other in near[stack.pop()]:
            if part[other] < 0:
                part[other] = start
                stack.append(other)


def layered(successors: Lists) -> Layering:
    """One connected part, layered and ordered. ValueError: a cycle."""
    layer = depths(successors)
    downs: Lists = [[] for _ in successors]
    chains: Lists = [[node] for node in range(len(successors))]
    for node, targets in enumerate(successors):
        chain = chains[node]
        for target in sorted(targets, key=lambda each: (layer[each], each)):
            while layer[chain[-1]] < layer[target] - 1:
                _extend(chain, layer, downs)
            downs[chain[-1]].append(target)
    ups = _reversed(downs)
    return Layering(layer, downs, ups, chains, _ordered(layer, downs, ups))


def _extend(chain: list[int], layer: list[int], downs: Lists) -> None:
    dummy = len(layer)
    layer.append(layer[chain[-1]] + 1)
    downs[chain[-1]].append(dummy)
    downs.append([])
    chain.append(dummy)


def _reversed(downs: Lists) -> Lists:
    ups: Lists = [[] for _ in downs]
    for item, targets in enumerate(downs):
        for target in targets:
            ups[target].append(item)
    return ups


def _ordered(layer: list[int], downs: Lists, ups: Lists) -> Lists:
    """Barycentre sweeps from two starts; the order with the fewest crossings wins, the earlier at a tie."""
    plain: Lists = [[] for _ in range(max(layer, default=-1) + 1)]
    for item, depth in enumerate(layer):
        plain[depth].append(item)
    rounds = max(4, min(24, 30_000 // (len(layer) + 1)))
    best, fewest = plain, -1
    for start in (plain, _walked(layer, downs, ups, len(plain))):
        orders, crossed = _swept(start, downs, ups, rounds)
        if fewest < 0 or crossed < fewest:
            best, fewest = orders, crossed
        if not fewest:
            break
    return best


def _walked(layer: list[int], downs: Lists, ups: Lists, depth: int) -> Lists:
    """A start in which neighbours are near: items as a walk over the edges meets them."""
    orders: Lists = [[] for _ in range(depth)]
    seen = [False] * len(layer)
    for first in range(len(layer)):
        stack = [first]
        while stack:
            item = stack.pop()
            if not seen[item]:
                seen[item] = True
                orders[layer[item]].append(item)
                stack.extend(reversed(ups[item]))
                stack.extend(reversed(downs[item]))
    return orders


def _swept(start: Lists, downs: Lists, ups: Lists, rounds: int) -> tuple[Lists, int]:
    orders = [list(each) for each in start]
    best, fewest, stale = start, crossings(start, downs), 0
    for turn in range(rounds):
        if not fewest or stale > 4:
            break
        _sweep(orders, ups if turn % 2 == 0 else downs, turn)
        if len(downs) < _SMALL:
            _transpose(orders, downs, ups)
        crossed = crossings(orders, downs)
        stale += 1
        if crossed < fewest:
            best, fewest, stale = [list(each) for each in orders], crossed, 0
    return best, fewest


def _sweep(orders: Lists, near: Lists, turn: int) -> None:
    """Sorts each layer by the mean place of its neighbours in the layer before it."""
    depths_ = range(1, len(orders)) if turn % 2 == 0 else range(len(orders) - 2, -1, -1)
    for depth in depths_:
        place = _places(orders[depth + (-1 if turn % 2 == 0 else 1)])
        free = [item for item in orders[depth] if near[item]]
        if turn % 4 > 1:
            free.reverse()
        free.sort(key=lambda item: sum([place[each] for each in near[item]]) / len(near[item]))
        turn_taking = iter(free)
        # Items without neighbours there keep their slot; the others share the rest.
        orders[depth] = [next(turn_taking) if near[item] else item for item in orders[depth]]


def _places(order: list[int]) -> dict[int, int]:
    return {item: index for index, item in enumerate(order)}


def _transpose(orders: Lists, downs: Lists, ups: Lists) -> None:
    """Swaps neighbours of a layer while that removes crossings."""
    for depth, order in enumerate(orders):
        before = _places(orders[depth - 1]) if depth else {}
        after = _places(orders[depth + 1]) if depth + 1 < len(orders) else {}
        above = {item: [before[each] for each in ups[item]] for item in order}
        below = {item: [after[each] for each in downs[item]] for item in order}
        for _ in range(2):
            if not _swapped(order, above, below):
                break


def _swapped(order: list[int], above: dict[int, list[int]], below: dict[int, list[int]]) -> bool:
    changed = False
    for index in range(len(order) - 1):
        one, two = order[index], order[index + 1]
        if _gain(above[one], above[two]) + _gain(below[one], below[two]) > 0:
            order[index], order[index + 1] = two, one
            changed = True
    return changed


def _gain(left: list[int], right: list[int]) -> int:
    """The crossings of the lines of two neighbours that go away when they swap, less those that come."""
    if not left or not right:
        return 0
    if max(left) < min(right):
        return -len(left) * len(right)
    return sum([(a > b) - (a < b) for a in left for b in right])


def crossings(orders: Lists, downs: Lists) -> int:
    """How often lines between neighbouring layers cross."""
    return sum(_crossed(first, _places(second), downs) for first, second in pairwise(orders))


def _crossed(order: list[int], place: dict[int, int], downs: Lists) -> int:
    seen: list[int] = []
    count = 0
    for item in order:
        ends = sorted([place[each] for each in downs[item]])
        count += sum([len(seen) - bisect_right(seen, end) for end in ends])
        for end in ends:
            insort(seen, end)
    return count
