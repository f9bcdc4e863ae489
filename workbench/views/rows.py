"""Rows for ordered layers: neighbours on one line where that is possible, no two nodes overlapping."""

from collections.abc import Sequence
from itertools import pairwise

from workbench.views.layers import Layering, Lists

_SWEEPS = 8
_LINE_WEIGHT = 4
_TRIED = 8


def rows(layering: Layering, above: Sequence[int], apart: Lists) -> list[int]:
    """The row of the port of every item; the topmost item begins near row 0.

    ``above[i]``: rows of item i above its port. ``apart[d][k]``: rows between the ports of the items k and
    k + 1 of layer d, at least. Layers keep their order.
    """
    place = [0] * len(layering.layer)
    for order, gaps in zip(layering.orders, apart, strict=True):
        row = above[order[0]] if order else 0
        for index, item in enumerate(order):
            place[item] = row
            row += gaps[index] if index < len(gaps) else 0
    best, cheapest = list(place), _cost(layering, place)
    sweeps = _SWEEPS if len(place) < 3000 else _SWEEPS // 2
    for turn in range(sweeps):
        _sweep(layering, apart, place, turn)
        trial = list(place)
        _straighten(layering, apart, trial)
        cost = _cost(layering, trial)
        if cost < cheapest:
            best, cheapest = trial, cost
    return best


def _cost(layering: Layering, place: Sequence[int]) -> int:
    """Bends and the length of vertical lines; height costs too."""
    total = 0
    nodes = len(layering.chains)
    for item, ends in enumerate(layering.downs):
        row = place[item]
        for end in ends:
            if place[end] != row:
                total += abs(place[end] - row) + (12 if item >= nodes or end >= nodes else 4)
    return total + 2 * (max(place) - min(place))


def _sweep(layering: Layering, apart: Lists, place: list[int], turn: int) -> None:
    """Moves layer after layer to the rows their neighbours ask for."""
    forward = turn % 2 == 0
    depths = range(len(layering.orders))
    for depth in depths if forward else reversed(depths):
        order = layering.orders[depth]
        wishes, weights = [], []
        for item in order:
            near = _near(layering, item, forward, both=turn >= _SWEEPS // 2)
            wishes.append(_middle([place[each] for each in near]) if near else float(place[item]))
            weights.append(_weight(layering, item, near))
        for item, row in zip(order, _settled(wishes, weights, apart[depth]), strict=True):
            place[item] = row


def _near(layering: Layering, item: int, forward: bool, both: bool) -> list[int]:
    before, after = layering.ups[item], layering.downs[item]
    if both:
        return [*before, *after]
    return (before or after) if forward else (after or before)


def _weight(layering: Layering, item: int, near: list[int]) -> int:
    if not near:
        return 1
    return _LINE_WEIGHT if item >= len(layering.chains) else 2


def _middle(values: list[int]) -> float:
    """The median, so that one far neighbour does not bend the line to a near one."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _settled(wishes: Sequence[float], weights: Sequence[int], gaps: Sequence[int]) -> list[int]:
    """Pool adjacent violators: the rows nearest to the wishes (least squares) that keep the gaps."""
    offsets = [0]
    for gap in gaps[: max(len(wishes) - 1, 0)]:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, int, int]] = []
    for wish, weight, offset in zip(wishes, weights, offsets, strict=False):
        total, heavy, many = (wish - offset) * weight, weight, 1
        while blocks and blocks[-1][0] * heavy > total * blocks[-1][1]:
            total, heavy, many = total + blocks[-1][0], heavy + blocks[-1][1], many + blocks[-1][2]
            blocks.pop()
        blocks.append((total, heavy, many))
    starts = [round(total / heavy - 1e-9) for total, heavy, many in blocks for _ in range(many)]
    return [start + offset for start, offset in zip(starts, offsets, strict=False)]


def _straighten(layering: Layering, apart: Lists, place: list[int]) -> None:
    """Moves single items within their slack where that removes a bend."""
    depths = list(range(len(layering.orders)))
    for turn in (depths, depths[::-1]):
        for depth in turn:
            order, gaps = layering.orders[depth], apart[depth]
            for index, item in enumerate(order):
                low = place[order[index - 1]] + gaps[index - 1] if index else None
                high = place[order[index + 1]] - gaps[index] if index + 1 < len(order) else None
                place[item] = _straightest(layering, place, item, low, high)


def _straightest(layering: Layering, place: list[int], item: int, low: int | None, high: int | None) -> int:
    near = [*layering.ups[item], *layering.downs[item]]
    here = place[item]
    wishes = {place[each] for each in near}
    if wishes <= {here}:
        return here
    best, cheapest = here, _bends(layering, place, near, item, here)
    for row in _central(sorted(wishes)):
        if (low is None or row >= low) and (high is None or row <= high):
            cost = _bends(layering, place, near, item, row)
            if cost < cheapest:
                best, cheapest = row, cost
    return best


def _central(rows_: list[int]) -> list[int]:
    """At most ``_TRIED`` of the rows, those in the middle: the best row of a hub is near its median."""
    skipped = max(len(rows_) - _TRIED, 0) // 2
    return rows_[skipped : skipped + _TRIED]


def _bends(layering: Layering, place: list[int], near: list[int], item: int, row: int) -> int:
    nodes = len(layering.chains)
    own = 12 if item >= nodes else 4
    return sum([abs(place[e] - row) + (12 if e >= nodes else own) for e in near if place[e] != row])


def separations(layering: Layering, heights: Sequence[int], ports: Sequence[int], gap: Lists) -> Lists:
    """Rows between the ports of neighbours: the rest of the upper, a gap, the part above the lower port.

    ``gap[a][b]``: rows between neighbours, by the sort of each (0 line, 1 flat node, 2 tall node).
    """
    nodes = len(layering.chains)
    sort = [1 if height == 1 else 2 for height in heights[:nodes]]
    sort += [0] * (len(layering.layer) - nodes)
    return [
        [heights[one] - ports[one] + gap[sort[one]][sort[two]] + ports[two] for one, two in pairwise(order)]
        for order in layering.orders
    ]
