"""The picture of the DAG, and which thing is beside which."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.views.boxes import boxes
from workbench.views.pictures import graph_of
from workbench.views.sheet import Sheet, plain

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def graph(bench: Bench, width: int, height: int, mode: str) -> Sheet:
    spec = bench.known.plans[bench.dag].spec
    picture = graph_of(spec, bench.run, bench.known)
    nodes = tuple(replace(node, selected=node.id == bench.chosen.name) for node in picture.nodes)
    lines = boxes(replace(picture, nodes=nodes), width=width).splitlines()[1:]
    return Sheet(bench.dag, plain(*lines))


def neighbour(bench: Bench, direction: str) -> str:
    """The target of the thing beside the selection; empty when there is none."""
    tasks = list(bench.known.plans[bench.dag].tasks)
    step = {"left": -1, "up": -1, "right": 1, "down": 1}[direction]
    place = (tasks.index(bench.chosen.name) if bench.chosen.name in tasks else 0) + step
    return f"task:{bench.dag}.{tasks[place]}" if 0 <= place < len(tasks) else ""
