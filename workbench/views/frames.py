"""Frames and lines in terminal cells: what text pictures and the bench's pictures are both drawn with.

A drawn text is a list of pieces, `(text, part)`; a part is what the text is: `glyph`, `name`, `note`, `frame`, or
nothing for a blank. Who draws gives every part its colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.views.cells import cell_width
from workbench.views.graph import SOLID, STAGE_ASCII, STAGE_GLYPHS, Edge
from workbench.views.layout import Layout, Point

Piece = tuple[str, str]

# Kinds that are drawn as a box where there is room, and the one whose frame is dashed.
BOXED = ("task", "check")
DASHED_KIND = "check"


@dataclass(frozen=True, slots=True)
class Pen:
    """Characters: ``joints`` by the sum of their sides, frames as NW, NE, SW, SE, flat, upright."""

    joints: str
    dashes: str
    arrow: str
    merge: str
    frame: str
    double: str
    dashed: str
    cut: str
    marks: Mapping[str, str]


UNICODE = Pen(" ╵╶╰╷│╭├╴╯─┴╮┤┬┼", "┄┆", "►", "▸", "╭╮╰╯─│", "╔╗╚╝═║", "┌┐└┘┄┆", "…", STAGE_GLYPHS)
ASCII = Pen(" |-+||++-+-+++++", ".:", ">", ">", "++++-|", "####=#", "++++.:", "~", STAGE_ASCII)

# Sides of a unit that a line touches; the same four times 16 for a dashed line; whether a line turns.
_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
_UPRIGHT, _FLAT, _ALL = _NORTH | _SOUTH, _EAST | _WEST, 15
_DASHED = 16
_TURN = 256


def framed(
    label: Sequence[Sequence[Piece]], width: int, kind: str, pen: Pen, *, boxed: bool, pad: int, selected: bool
) -> list[list[Piece]]:
    """The lines of one node, each ``width`` cells: in a frame, or bare, with room for a side that shows selection."""
    frame = pen.double if selected else pen.dashed if kind == DASHED_KIND else pen.frame
    if not boxed:
        side = frame[5] if selected else " "
        lead = side if selected or pad else ""
        return [[(lead, "frame"), *inside(line, width - len(lead) - 1, 0), (side, "frame")] for line in label]
    flat = frame[4] * (width - 2)
    upright = (frame[5], "frame")
    rows = [[upright, *inside(line, width - 2, pad), upright] for line in label]
    return [[(frame[0] + flat + frame[1], "frame")], *rows, [(frame[2] + flat + frame[3], "frame")]]


def inside(line: Sequence[Piece], width: int, pad: int) -> list[Piece]:
    """The pieces with blanks around them, ``width`` cells in all."""
    used = pad + sum(cell_width(text) for text, _ in line)
    return [(" " * pad, ""), *line, (" " * (width - used), "")]


def wires(edges: Iterable[Edge], layout: Layout, pen: Pen) -> dict[Point, str]:
    """The character of every unit that a line passes."""
    found = {point: _joint(bits, pen) for point, bits in _bits(edges, layout).items()}
    found.update(dict.fromkeys(layout.merges, pen.merge))
    found.update({route.points[-1]: pen.arrow for route in layout.routes})
    return found


def units(points: Sequence[Point]) -> list[Point]:
    """All units of a line with these corners."""
    return [unit for one, two in pairwise(points) for unit in _between(one, two)] or list(points)


def _bits(edges: Iterable[Edge], layout: Layout) -> dict[Point, int]:
    """For every unit with a line the sides that lines touch, and whether one turns there."""
    solid = {(edge.source, edge.target) for edge in edges if edge.kind in SOLID}
    found: dict[Point, int] = {}
    for route in layout.routes:
        unit = 1 if (route.source, route.target) in solid else _DASHED
        for point, bits in _sides(route.points):
            found[point] = found.get(point, 0) | (bits if bits == _TURN else bits * unit)
    return found


def _sides(points: Sequence[Point]) -> list[tuple[Point, int]]:
    found = [(points[0], _WEST)]
    for one, two in pairwise(points):
        ahead, back = (_EAST, _WEST) if one[1] == two[1] else (_SOUTH, _NORTH)
        for before, after in pairwise(_between(one, two)):
            found += [(before, ahead), (after, back)]
    return found + [(point, _TURN) for point in points[1:-1]]


def _between(one: Point, two: Point) -> list[Point]:
    """The units of a straight line, from the left or from the top."""
    (x, y), (x2, y2) = sorted((one, two))
    return [(col, row) for col in range(x, x2 + 1) for row in range(y, y2 + 1)]


def _joint(bits: int, pen: Pen) -> str:
    solid, dashed = bits & _ALL, bits // _DASHED & _ALL
    sides = solid | dashed
    if sides == _ALL and not bits & _TURN:
        # The upright line stays whole and the flat one is broken: so it cannot be taken for a joint.
        sides, solid = _UPRIGHT, solid & _UPRIGHT
    if not solid and sides in (_FLAT, _UPRIGHT):
        return pen.dashes[sides == _UPRIGHT]
    return pen.joints[sides]
