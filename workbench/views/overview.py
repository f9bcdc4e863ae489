"""A picture at a glance: in a corner, where it is larger than the pane."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from workbench.views.canvas import Picture, state_style
from workbench.views.graph import Node, look
from workbench.views.sheet import Row, Span


def overview(
    picture: Picture, nodes: Sequence[Node], chosen: str, size: tuple[int, int], seen: tuple[int, int, int, int]
) -> tuple[Row, ...]:
    """The picture at a smaller scale, `size` cells: of each patch the most urgent state. `seen`: which part of the
    picture is on the screen (x, y, width, height); there empty cells are dotted, and elsewhere all is dim."""
    wide, high = size
    found: dict[tuple[int, int], tuple[int, Node]] = {}
    for node, spot in zip(nodes, picture.spots, strict=True):
        cell = (spot.x + spot.width // 2) * wide // max(picture.width, 1), spot.row * high // max(picture.height, 1)
        rank = len(_URGENT) if node.id == chosen else bisect_right(_URGENT, _urgency(node))
        if cell not in found or rank > found[cell][0]:
            found[cell] = (rank, node)
    return tuple(_overview_row(picture, found, chosen, y, size, seen) for y in range(high))


# The most urgent comes last.
_URGENT = ("1", "2", "3", "4")


def _urgency(node: Node) -> str:
    loud = {"failed": "5", "blocked": "5", "late": "4", "up_for_retry": "4", "running": "3", "queued": "2"}
    return loud.get(node.state, "0" if node.kind not in ("task", "check") else "1")


def _overview_row(
    picture: Picture,
    found: Mapping[tuple[int, int], tuple[int, Node]],
    chosen: str,
    y: int,
    size: tuple[int, int],
    seen: tuple[int, int, int, int],
) -> Row:
    spans = []
    left, top, wide, high = seen
    for x in range(size[0]):
        at = x * picture.width // size[0], y * picture.height // size[1]
        is_seen = left <= at[0] < left + wide and top <= at[1] < top + high
        if (x, y) in found:
            node = found[x, y][1]
            style = "frame.chosen" if node.id == chosen else state_style(node.state) if is_seen else "name.dim"
            glyph = "◆" if node.id == chosen else look(node.state).glyph if node.state else "·"
            spans.append(Span(glyph, style, picture.targets[node.id]))
        else:
            spans.append(Span("·" if is_seen else " ", "edge"))
    return tuple(spans)
