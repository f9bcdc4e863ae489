"""The layout of one connected part of a DAG: columns, rows and the corners of every line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.views.layers import Layering, Lists, layered
from workbench.views.rows import rows, separations
from workbench.views.tracks import Gap, route

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Size:
    """``port``: the row of the node, from its top, where lines start and end."""

    width: int
    height: int = 1
    port: int = 0


@dataclass(frozen=True, slots=True)
class Spacing:
    """``stub``, ``arrow``: columns before the first and after the last track of a gap, 1 or more.

    Free rows between neighbours of a layer: ``tall`` between two nodes higher than 1, ``flat`` between
    other nodes, ``line`` between a node and a line that passes; ``parts`` between unconnected parts.
    """

    stub: int = 1
    arrow: int = 2
    tall: int = 0
    flat: int = 0
    line: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a node is: its layer, its left column, the row of its port."""

    layer: int
    x: int
    row: int


@dataclass(frozen=True, slots=True)
class Part:
    """Spots by number, lines by the numbers of their ends; rows ``top .. bottom`` are taken."""

    spots: tuple[Spot, ...]
    lines: Mapping[tuple[int, int], tuple[Point, ...]]
    merges: tuple[Point, ...]
    width: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part without its lines: rows of all items, first column and column after each layer, wires."""

    layering: Layering
    row: Sequence[int]
    gaps: Sequence[Gap]
    lefts: Sequence[int]
    rights: Sequence[int]


def part(shapes: Sequence[Size], successors: Lists, spacing: Spacing) -> Part:
    """The layout of nodes 0..n-1 that hang together. ValueError: a cycle."""
    frame = _frame(shapes, successors, spacing)
    layer, row = frame.layering.layer, frame.row
    spots = tuple([Spot(layer[node], frame.lefts[layer[node]], row[node]) for node in range(len(shapes))])
    lines = {
        (one, two): _line(frame, spacing.stub, (one, two), spots[one].x + shapes[one].width)
        for one, targets in enumerate(successors)
        for two in targets
    }
    ys = [y for points in lines.values() for _, y in points]
    tops = [spot.row - shape.port for spot, shape in zip(spots, shapes, strict=True)]
    ends = [top + shape.height - 1 for top, shape in zip(tops, shapes, strict=True)]
    merges = _merges(frame, spacing.stub)
    return Part(spots, lines, merges, frame.rights[-1], min(tops + ys), max(ends + ys))


def _frame(shapes: Sequence[Size], successors: Lists, spacing: Spacing) -> _Frame:
    layering = layered(successors)
    lines = len(layering.layer) - len(shapes)
    heights = [shape.height for shape in shapes] + [1] * lines
    ports = [shape.port for shape in shapes] + [0] * lines
    row = rows(layering, ports, separations(layering, heights, ports, _free(spacing)))
    gaps = [route(_between(layering, row, order)) for order in layering.orders[:-1]]
    widths = [max([shapes[item].width for item in order if item < len(shapes)], default=0) for order in layering.orders]
    lefts, rights = _columns(widths, [gap.tracks for gap in gaps], spacing)
    return _Frame(layering, row, gaps, lefts, rights)


def _free(spacing: Spacing) -> Lists:
    """Free rows by the sorts of two neighbours: a line, a node of one row, a higher node."""
    line, flat, tall = spacing.line, spacing.flat, spacing.tall
    return [[0, line, line], [line, flat, flat], [line, flat, tall]]


def _between(layering: Layering, row: Sequence[int], order: Sequence[int]) -> dict[int, list[int]]:
    """Which rows the lines from each row of a layer go to."""
    return {row[item]: [row[each] for each in layering.downs[item]] for item in order}


def _columns(widths: Sequence[int], tracks: Sequence[int], spacing: Spacing) -> tuple[list[int], list[int]]:
    """Of every layer the first column and the column after it."""
    lefts, rights = [0], [widths[0]]
    for wide, many in zip(widths[1:], tracks, strict=True):
        lefts.append(rights[-1] + spacing.stub + many + spacing.arrow)
        rights.append(lefts[-1] + wide)
    return lefts, rights


def _line(frame: _Frame, stub: int, edge: tuple[int, int], start: int) -> tuple[Point, ...]:
    """The corners of an edge from the column ``start`` through all gaps up to its target."""
    layering, row = frame.layering, frame.row
    first, last = layering.layer[edge[0]], layering.layer[edge[1]]
    found = [(start, row[edge[0]])]
    items = [*layering.chains[edge[0]][: last - first], edge[1]]
    for depth, (one, two) in enumerate(pairwise(items), first):
        x = frame.rights[depth] + stub
        found += [(x + track, y) for track, y in frame.gaps[depth].turns[row[one], row[two]]]
    found.append((frame.lefts[last] - 1, row[edge[1]]))
    return _corners(found)


def _corners(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points without those where the line neither starts, turns nor ends."""
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return tuple(kept)


def _straight(one: Point, two: Point, three: Point) -> bool:
    return one[0] == two[0] == three[0] or one[1] == two[1] == three[1]


def _merges(frame: _Frame, stub: int) -> tuple[Point, ...]:
    return tuple(
        [
            (right + stub + track, y)
            for right, gap in zip(frame.rights, frame.gaps, strict=False)
            for track, y in gap.merges
        ]
    )
