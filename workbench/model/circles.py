"""Circles of needs: tasks that wait for each other, so that none can ever start.

A need of an earlier partition leads into the past, and closes no circle. How far back that is safe is counted with
care: where grids differ, `daily.x@-1` still lies inside a week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter

from workbench.model.parts import DagSpec, Need, Task, Workspace
from workbench.timetable import Grid

_MOST = 10
_LONGEST = 20
# In hours: the shortest and the longest window of a grid. Clock changes are in it.
_HOURS = {"hour": (1, 1), "day": (23, 25), "week": (167, 169), "month": (671, 745)}
# Windows of the first kind lie inside one of the second.
_INSIDE = {("hour", "day"), ("hour", "week"), ("hour", "month"), ("day", "week"), ("day", "month")}

TaskKey = tuple[str, str]
# (dag, task) -> those it needs, each with the text of the need
Graph = dict[TaskKey, dict[TaskKey, str]]


def circles(workspace: Workspace, whole: Callable[[DagSpec, Task], bool]) -> Iterator[tuple[TaskKey, str, str]]:
    """(task, the need to blame, message) for each circle, at most ten. Tasks that are not `whole` are left out."""
    graph = _graph(workspace, whole)
    for _ in range(_MOST):
        cycle = _cycle(graph)
        if not cycle:
            return
        first, last = cycle[0], cycle[-1]
        yield first, graph[first][last], _told(cycle)
        del graph[first][last]


def _graph(workspace: Workspace, whole: Callable[[DagSpec, Task], bool]) -> Graph:
    every = [(spec, task) for spec in workspace.dags.values() for task in spec.tasks.values() if whole(spec, task)]
    needs = {(spec.name, task.name): list(_needs(spec, task)) for spec, task in every}
    # Needs of the future (`name@1`) can lead back again, as far as all of them together.
    ahead = sum(max(need.high, 0) for found in needs.values() for need in found if need.dag)
    return {
        key: {
            (need.dag, need.name): need.text
            for need in found
            if (need.dag, need.name) != key
            and (need.dag, need.name) in needs
            and not _is_past(workspace, key[0], need, ahead)
        }
        for key, found in needs.items()
    }


def _needs(spec: DagSpec, task: Task) -> Iterator[Need]:
    """What a task needs, here and in other DAGs."""
    for text in dict.fromkeys(task.needs):
        try:
            need = spec.need(text)
        except ValueError:
            continue  # told elsewhere
        yield need


def _is_past(workspace: Workspace, dag: str, need: Need, ahead: int) -> bool:
    """Does it surely mean windows that end before the needing run's window begins?"""
    grids = workspace.dags[dag].grid, workspace.dags[need.dag].grid
    if ahead and grids[0] != grids[1]:
        return False
    return -need.high >= most_windows(grids[1], grids[0]) + ahead


def most_windows(grid: Grid, other: Grid) -> int:
    """At most so many windows of a grid overlap one of another."""
    same_zone = grid.zone == other.zone
    if same_zone and (grid.unit == other.unit or (other.unit, grid.unit) in _INSIDE):
        return 1
    return -(-_HOURS[other.unit][1] // _HOURS[grid.unit][0]) + 1


def _cycle(graph: Graph) -> list[TaskKey]:
    """One circle, each need before what needs it, from the task written first; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        nodes: list[TaskKey] = error.args[1][:-1]
        place = {node: n for n, node in enumerate(graph)}
        start = min(range(len(nodes)), key=lambda n: place[nodes[n]])
        return nodes[start:] + nodes[:start]
    return []


def _told(cycle: list[TaskKey]) -> str:
    dags = {dag for dag, _ in cycle}
    words = [task if len(dags) == 1 else f"{dag}.{task}" for dag, task in [*cycle, cycle[0]]]
    circle = " -> ".join(words if len(words) <= _LONGEST else [*words[:5], "...", *words[-5:]])
    return f"tasks need each other in a circle, so none can start: {circle}; remove one of these needs"
