"""Walking over a picture: what is beside a thing, along the edges and within a layer.

Everything that can be selected can be reached: up and down go through all of a layer, and from its end to what is drawn
there; left and right to the nearest layer that an edge leads to.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.views.canvas import Picture
from workbench.views.layout import Place


def beside(picture: Picture, chosen: str, direction: str) -> str:
    """The target of the thing beside the one with this id: along the edges to the right and left, in the same layer up
    and down. Empty when there is none. What only stands for something else is passed over."""
    if chosen not in picture.places:
        return ""
    found = _MOVES[direction](picture, chosen)
    return picture.targets[found] if found else ""


def _stands(picture: Picture, node: str) -> bool:
    """Is it the thing that is selected by its target?"""
    return picture.stage.of(picture.targets[node]) == node


def _along(picture: Picture, chosen: str, edges: Mapping[str, list[str]], sign: int) -> str:
    """The nearest layer first, there tasks before data before other DAGs, and on the way back what is late
    or has failed before what is well; then the nearest row."""
    here = picture.places[chosen]
    reps, seen = set(), {chosen}
    todo = list(edges.get(chosen, ()))
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if _stands(picture, node) and picture.targets[node] != picture.targets[chosen]:
            reps.add(node)
        else:
            todo += edges.get(node, ())
    spots = [picture.places[node] for node in reps]

    def rank(spot: Place) -> tuple[int, ...]:
        is_calm = sign > 0 or not picture.is_loud(spot.id)
        return sign * spot.layer, _aside(picture, spot.id), is_calm, abs(spot.row - here.row), spot.row, spot.x

    best = min(spots, key=rank, default=None)
    return best.id if best is not None else ""


def _aside(picture: Picture, node: str) -> int:
    """0 for a task of the DAGs shown, 1 for data and readers, 2 for other DAGs."""
    if picture.kinds[node] == "external":
        return 2
    return 0 if node.startswith("task:") else 1


def _right(picture: Picture, chosen: str) -> str:
    return _along(picture, chosen, picture.stage.ahead, 1) or _alone(picture, chosen, 1)


def _left(picture: Picture, chosen: str) -> str:
    return _along(picture, chosen, picture.stage.back, -1) or _alone(picture, chosen, -1)


def _alone(picture: Picture, chosen: str, step: int) -> str:
    """Things without any edge stand side by side."""
    if chosen in picture.stage.ahead or chosen in picture.stage.back:
        return ""
    return _in_layer(picture, chosen, step)


def _in_layer(picture: Picture, chosen: str, step: int) -> str:
    """The next in the same layer, downwards or upwards."""
    here = picture.places[chosen]
    spots = sorted((spot.y, spot.x, spot.id) for spot in picture.spots
                   if spot.layer == here.layer and (spot.id == chosen or _stands(picture, spot.id)))  # fmt: skip
    place = spots.index((here.y, here.x, chosen)) + step
    return spots[place][2] if 0 <= place < len(spots) else ""


def _drawn(picture: Picture, chosen: str, step: int) -> str:
    """The nearest thing that is drawn below it, or above, whatever its layer."""
    here = picture.places[chosen]

    def apart(spot: Place) -> int:
        return spot.y - here.y - here.height if step > 0 else here.y - spot.y - spot.height

    spots = [spot for spot in picture.spots if _stands(picture, spot.id) and apart(spot) >= 0
             and spot.x < here.x + here.width and here.x < spot.x + spot.width]  # fmt: skip
    best = min(spots, key=lambda spot: (apart(spot), abs(spot.x - here.x), spot.id), default=None)
    return best.id if best is not None else ""


def _down(picture: Picture, chosen: str) -> str:
    return _in_layer(picture, chosen, 1) or _drawn(picture, chosen, 1)


def _up(picture: Picture, chosen: str) -> str:
    return _in_layer(picture, chosen, -1) or _drawn(picture, chosen, -1)


_MOVES = {"right": _right, "left": _left, "down": _down, "up": _up}
