"""Circles of needs: tasks that wait for each other, so that none can ever start; and of DAGs that start each other.

A need of an earlier partition leads into the past, and closes no circle. How far back that is safe is counted with
care: where grids differ, `daily.x@-1` still lies inside a week. A task that needs a dataset needs one of those that
write it, so a circle is closed only if all of them wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Set
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple, TypeVar

from workbench.model.parts import DagSpec, Need, Task, Workspace
from workbench.timetable import Grid

_MOST = 10
_LONGEST = 20
# In hours: the shortest and the longest window of a grid. Clock changes are in it.
_HOURS = {"hour": (1, 1), "day": (23, 25), "week": (167, 169), "month": (671, 745)}
# Windows of the first kind lie inside one of the second.
_INSIDE = {("hour", "day"), ("hour", "week"), ("hour", "month"), ("day", "week"), ("day", "month")}

TaskKey = tuple[str, str]
Node = TypeVar("Node")


class _Way(NamedTuple):
    """A need, with the tasks of which one must come first."""

    need: Need
    tasks: tuple[TaskKey, ...]


# (dag, task) -> those it needs, each with the need
Graph = dict[TaskKey, dict[TaskKey, Need]]


def circles(workspace: Workspace, whole: Callable[[DagSpec, Task], bool]) -> Iterator[tuple[TaskKey, str, str]]:
    """(task, the need to blame, message) for each circle, at most ten. Tasks that are not `whole` are left out."""
    graph = _graph(_Ways(workspace, whole).ways)
    for _ in range(_MOST):
        cycle = _cycle(graph)
        if not cycle:
            return
        first, need = cycle[0], graph[cycle[0]][cycle[-1]]
        yield first, need.text, _told(cycle, graph)
        graph[first] = {other: way for other, way in graph[first].items() if way is not need}


def data_circles(workspace: Workspace) -> Iterator[tuple[str, str, str]]:
    """(DAG, the dataset to blame, message) for each circle of DAGs that start each other by data, at most ten."""
    writers = _writers(workspace, lambda spec, task: True)
    graph = {
        dag: {other: name for name in _data(workspace, spec) for other, _ in writers.get(name, ())}
        for dag, spec in workspace.dags.items()
    }
    for _ in range(_MOST):
        cycle = _cycle(graph)
        if not cycle:
            return
        first, last = cycle[0], cycle[-1]
        stops = [one for n, dag in enumerate(cycle) for one in (graph[dag][cycle[n - 1]], dag)]
        told = "DAGs start each other by data in a circle, so they would never start, or never stop"
        yield first, graph[first][last], f"{told}: {_chain([last, *stops])}; let one of them start otherwise"
        del graph[first][last]


def _data(workspace: Workspace, spec: DagSpec) -> Iterator[str]:
    """The datasets that start a DAG."""
    return (name for name in (spec.data.names if spec.data else ()) if name not in workspace.inputs)


class _Ways:
    """What each task needs."""

    def __init__(self, workspace: Workspace, whole: Callable[[DagSpec, Task], bool]) -> None:
        self.workspace = workspace
        self.writers = _writers(workspace, whole)
        every = [(spec, task) for spec in workspace.dags.values() for task in spec.tasks.values() if whole(spec, task)]
        needs = {(spec.name, task.name): list(_needs(spec, task)) for spec, task in every}
        # Needs of the future (`name@1`) can lead back again, as far as all of them together.
        self.ahead = sum(max(need.high, 0) for found in needs.values() for need in found)
        self.ways = {
            key: [_Way(need, ways) for need in found if (ways := self._ways(key, need, needs.keys()))]
            for key, found in needs.items()
        }

    def _ways(self, key: TaskKey, need: Need, known: Set[TaskKey]) -> tuple[TaskKey, ...]:
        """Those who could come first; none when the need is no matter here."""
        home = need.dag
        tasks: tuple[TaskKey, ...] = ((need.dag, need.name),)
        if not need.dag:
            if need.name not in self.writers or need.name in self.workspace.inputs:
                return ()
            home, tasks = self.workspace.datasets[need.name][0].name, self.writers[need.name]
        elif tasks[0] == key:
            return ()  # told elsewhere
        if any(task not in known for task in tasks) or self._is_past(key[0], home, need):
            return ()
        return tasks

    def _is_past(self, dag: str, home: str, need: Need) -> bool:
        """Does it surely mean windows that end before the needing run's window begins?"""
        grids = self.workspace.dags[dag].grid, self.workspace.dags[home].grid
        if self.ahead and grids[0] != grids[1]:
            return False
        return -need.high >= most_windows(grids[1], grids[0]) + self.ahead


def _writers(workspace: Workspace, whole: Callable[[DagSpec, Task], bool]) -> dict[str, tuple[TaskKey, ...]]:
    """Who writes each dataset."""
    found: dict[str, tuple[TaskKey, ...]] = {}
    for spec in workspace.dags.values():
        for task in spec.tasks.values():
            for name in task.writes if whole(spec, task) and isinstance(task.writes, tuple) else ():
                found[name] = (*found.get(name, ()), (spec.name, task.name))
    return found


def _needs(spec: DagSpec, task: Task) -> Iterator[Need]:
    """What a task needs, here and in other DAGs."""
    for text in dict.fromkeys(task.needs):
        try:
            need = spec.need(text)
        except ValueError:
            continue  # told elsewhere
        yield need


def _graph(ways: dict[TaskKey, list[_Way]]) -> Graph:
    """The tasks that can never start, with those they wait for that cannot either."""
    waits = {key: set(range(len(found))) for key, found in ways.items()}
    users: dict[TaskKey, list[tuple[TaskKey, int]]] = {}
    for key, found in ways.items():
        for n, way in enumerate(found):
            for task in way.tasks:
                users.setdefault(task, []).append((key, n))
    free = deque(key for key, left in waits.items() if not left)
    while free:
        for user, n in users.get(free.popleft(), ()):
            if n in waits[user]:
                waits[user].discard(n)
                if not waits[user]:
                    free.append(user)
    return {
        key: {task: ways[key][n].need for n in sorted(left) for task in ways[key][n].tasks}
        for key, left in waits.items()
        if left
    }


def most_windows(grid: Grid, other: Grid) -> int:
    """At most so many windows of a grid overlap one of another."""
    same_zone = grid.zone == other.zone
    if same_zone and (grid.unit == other.unit or (other.unit, grid.unit) in _INSIDE):
        return 1
    return -(-_HOURS[other.unit][1] // _HOURS[grid.unit][0]) + 1


def _cycle(graph: dict[Node, dict[Node, Any]]) -> list[Node]:
    """One circle, each need before what needs it, from the task written first; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        nodes: list[Node] = error.args[1][:-1]
        place = {node: n for n, node in enumerate(graph)}
        start = min(range(len(nodes)), key=lambda n: place[nodes[n]])
        return nodes[start:] + nodes[:start]
    return []


def _told(cycle: list[TaskKey], graph: Graph) -> str:
    dags = {dag for dag, _ in cycle}
    words: list[str] = []
    for n, (dag, task) in enumerate([*cycle, cycle[0]]):
        need = graph[dag, task][cycle[n - 1]] if n else None
        words += [need.name] if need is not None and not need.dag else []
        words.append(task if len(dags) == 1 else f"{dag}.{task}")
    told = "tasks need each other in a circle, so none can start"
    return f"{told}: {_chain(words)}; remove one of these needs"


def _chain(words: list[str]) -> str:
    return " -> ".join(words if len(words) <= _LONGEST else [*words[:5], "...", *words[-5:]])
