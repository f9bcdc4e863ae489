"""The densest map: layer after layer in columns of one cell a thing, without lines."""

from __future__ import annotations

from workbench.views.layers import depths, topological
from workbench.views.layout import Layout, Place
from workbench.views.stage import Stage


def dense(stage: Stage, width: int, height: int) -> Layout:
    """Layer after layer in columns of one cell a thing, no higher than wanted if they then fit the width."""
    number = {thing.id: index for index, thing in enumerate(stage.things)}
    successors: list[set[int]] = [set() for _ in number]
    for edge in stage.edges:
        successors[number[edge.source]].add(number[edge.target])
    columns = _ordered([sorted(each) for each in successors])
    high = max(height, 1)
    longest = max(map(len, columns), default=1)
    while high < longest and 2 * sum(-(-len(column) // high) for column in columns) > width:
        high += 1
    many = sum(-(-len(column) // high) for column in columns)
    step = max(2, min(4, width // max(many, 1)))
    places: dict[int, Place] = {}
    x = 0
    for depth, column in enumerate(columns):
        for start in range(0, len(column), high):
            part = column[start : start + high]
            top = (min(high, longest) - len(part)) // 2 if len(column) <= high else 0
            for index, node in enumerate(part):
                row = top + index
                places[node] = Place(stage.things[node].id, depth, row, x, row, 2, 1)
            x += step
    ordered = tuple(places[index] for index in range(len(number)))
    return Layout(ordered, (), (), max(x - step + 2, 0), max((spot.y + 1 for spot in ordered), default=0))


def _ordered(successors: list[list[int]]) -> list[list[int]]:
    """The nodes of each layer in an order in which neighbours are near: by the mean place of what comes before."""
    layer = depths(successors)
    columns: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    before: list[list[int]] = [[] for _ in successors]
    for node, targets in enumerate(successors):
        for target in targets:
            before[target].append(node)
    at = [0.0] * len(successors)
    for node in topological(successors):
        columns[layer[node]].append(node)
    for column in columns:
        column.sort(key=lambda node: sum(at[one] for one in before[node]) / max(len(before[node]), 1))
        for index, node in enumerate(column):
            at[node] = index / len(column)
    return columns
