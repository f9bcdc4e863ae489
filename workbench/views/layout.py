"""One layered layout for terminal cells and for SVG: where the nodes are and which way the lines go.

All numbers are whole units; x grows to the right, y down. A node covers the columns ``x .. x + width - 1``
and the rows ``y .. y + height - 1``. A line runs through the middle of its units.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.views.layers import Lists, components, topological
from workbench.views.parts import Part, Point, Size, Spacing, Spot, part

__all__ = ["CELLS", "Layout", "Place", "Point", "Route", "Size", "Spacing", "least_width", "place"]

CELLS = Spacing()
# Nodes without edges fill lines of this width, or of that of the rest.

_SHELF = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A node on the plane; ``row`` is the row of its port, ``layer`` counts from 0."""

    id: str
    layer: int
    row: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Route:
    """A line: its corners, from the unit right of its source to the unit left of its target."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in the order of the sizes given, routes in that order of their ends.

    Two routes share a unit where they have the source or the target in common, or all targets. Elsewhere
    they only cross, and neither has a corner there. ``merges``: corners where a line joins one that must
    not be read as branching off.
    """

    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    merges: tuple[Point, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is placed so far, by the numbers of the nodes."""

    spots: dict[int, Spot]
    lines: dict[tuple[int, int], tuple[Point, ...]]
    merges: list[Point]


def place(sizes: Mapping[str, Size], edges: Iterable[tuple[str, str]], spacing: Spacing = CELLS) -> Layout:
    """The layout of a DAG. The order of the edges does not matter; an edge given twice counts once.

    ValueError: a cycle, or an edge to an id without a size.
    """
    names, shapes = list(sizes), list(sizes.values())
    successors = _successors(names, edges)
    groups = components(successors)
    drawn = _Drawn({}, {}, [])
    top = width = 0
    for group in groups:
        if len(group) > 1 or successors[group[0]]:
            found = part([shapes[node] for node in group], _within(group, successors), spacing)
            _add(drawn, group, found, top - found.top)
            top += found.bottom - found.top + 1 + spacing.parts
            width = max(width, found.width)
    _shelve([group[0] for group in groups if len(group) == 1], shapes, drawn, top, width, spacing)
    return _layout(names, shapes, drawn)


def least_width(sizes: Mapping[str, Size], edges: Iterable[tuple[str, str]], spacing: Spacing = CELLS) -> int:
    """A width that no layout goes below, found quickly: that of the widest chain of nodes."""
    shapes = list(sizes.values())
    successors = _successors(list(sizes), edges)
    reach = [shape.width for shape in shapes]
    for node in topological(successors):
        for target in successors[node]:
            longer = reach[node] + spacing.stub + spacing.arrow + shapes[target].width
            reach[target] = max(reach[target], longer)
    return max(reach, default=0)


def _successors(names: Sequence[str], edges: Iterable[tuple[str, str]]) -> Lists:
    number = {name: index for index, name in enumerate(names)}
    found: list[set[int]] = [set() for _ in names]
    for source, target in edges:
        if source not in number or target not in number:
            raise ValueError(f"edge {source!r} -> {target!r}: an end has no size")
        found[number[source]].add(number[target])
    return [sorted(targets) for targets in found]


def _within(group: Sequence[int], successors: Lists) -> Lists:
    local = {node: index for index, node in enumerate(group)}
    return [[local[target] for target in successors[node]] for node in group]


def _add(drawn: _Drawn, group: Sequence[int], found: Part, shift: int) -> None:
    for node, spot in zip(group, found.spots, strict=True):
        drawn.spots[node] = replace(spot, row=spot.row + shift)
    for (one, two), points in found.lines.items():
        drawn.lines[group[one], group[two]] = tuple([(x, y + shift) for x, y in points])
    drawn.merges.extend([(x, y + shift) for x, y in found.merges])


def _shelve(
    alone: Sequence[int], shapes: Sequence[Size], drawn: _Drawn, top: int, width: int, spacing: Spacing
) -> None:
    """Nodes without any edge: side by side, in lines below the rest."""
    gap = spacing.stub + spacing.arrow
    x = tallest = 0
    for node in alone:
        shape = shapes[node]
        if x and x + shape.width > max(width, _SHELF):
            top, x, tallest = top + tallest + (spacing.flat if tallest == 1 else spacing.tall), 0, 0
        drawn.spots[node] = Spot(0, x, top + shape.port)
        x, tallest = x + shape.width + gap, max(tallest, shape.height)


def _layout(names: Sequence[str], shapes: Sequence[Size], drawn: _Drawn) -> Layout:
    places = tuple([_placed(names[node], shapes[node], drawn.spots[node]) for node in range(len(names))])
    routes = tuple([Route(names[one], names[two], drawn.lines[one, two]) for one, two in sorted(drawn.lines)])
    corners = [point for each in routes for point in each.points]
    width = max([each.x + each.width for each in places] + [x + 1 for x, _ in corners], default=0)
    height = max([each.y + each.height for each in places] + [y + 1 for _, y in corners], default=0)
    return Layout(places, routes, tuple(sorted(drawn.merges)), width, height)


def _placed(name: str, shape: Size, spot: Spot) -> Place:
    return Place(name, spot.layer, spot.row, spot.x, spot.row - shape.port, shape.width, shape.height)
