"""Pictures of a DAG, with or without the state of a run: as text, SVG or DOT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from workbench.engine import Known, Run
from workbench.model import Dag, DagSpec, InvalidInput, Task, Workspace
from workbench.timetable import spoken_duration
from workbench.views.boxes import boxes
from workbench.views.clock import listed
from workbench.views.dot import dot
from workbench.views.graph import Edge, Graph, Node
from workbench.views.svg import svg
from workbench.views.taken import role_of, taken_by

FORMATS: dict[str, Callable[[Graph], str]] = {"txt": boxes, "svg": svg, "dot": dot}


def graph_of(spec: DagSpec, run: Run | None = None, known: Known | None = None, now: datetime | None = None) -> Graph:
    """What comes from outside, and the DAG's tasks, in the order written; with states if a run is given."""
    tasks = tuple(_task_node(task, run) for task in spec.tasks.values())
    edges = tuple(dict.fromkeys(_edges(spec)))
    asked = {edge.source for edge in edges} - spec.tasks.keys()
    outside = [*(name for name in spec.inputs if name in asked), *sorted(asked - spec.inputs.keys())]
    others = tuple(_outside_node(spec, name, run, known) for name in outside)
    return Graph(_title(spec), (*others, *tasks), edges)


def draw(what: Dag | DagSpec | Workspace, form: str = "txt", **options: Any) -> str:
    """A DAG (or each DAG of a workspace, one below the other: text only) as `txt`, `svg` or `dot`."""
    if isinstance(what, Workspace):
        specs = list(what.dags.values())
        if form != "txt" and len(specs) != 1:
            raise InvalidInput([f"a {form} shows one DAG; say which: {', '.join(what.dags)}"])
        return "\n\n".join(draw(spec, form, **options) for spec in specs)
    spec = what.spec if isinstance(what, Dag) else what
    graph = graph_of(spec)
    return boxes(graph, **options) if form == "txt" else FORMATS[form](graph)


def _title(spec: DagSpec) -> str:
    zone = "" if spec.timezone == "UTC" else f" {spec.timezone}"
    return f"{spec.name}  {_schedule(spec)}{zone}"


def _schedule(spec: DagSpec) -> str:
    if spec.data is None:
        return str(spec.schedule) if spec.schedule else "no schedule"
    return f"each time that {listed(spec.data.any, 'or')} comes" if spec.data.any else f"on {listed(spec.data.all)}"


def _task_node(task: Task, run: Run | None) -> Node:
    cell, role = run.cells.get(task.name) if run else None, role_of(task)
    span = f"every {spoken_duration(task.sensor.every)}" if task.sensor else spoken_duration(task.takes)
    note = f"{role}, {span}" if role else span
    return Node(task.name, task.name, "task", note, cell.state if cell else "", role=role)


def _outside_node(spec: DagSpec, name: str, run: Run | None, known: Known | None) -> Node:
    bare = name.partition("@")[0]
    if "." in bare or bare in spec.tasks:
        return Node(name, name, "external")
    if bare not in spec.inputs and spec.data is not None and bare in spec.data.names:
        return Node(name, name, "dataset")
    came = known is not None and run is not None and (name, run.key.partition) in known.arrived
    return Node(name, name, "input", state="arrived" if came else "")


def _edges(spec: DagSpec) -> Iterator[Edge]:
    """Who takes what, and in which way; what starts the runs by its coming leads to the tasks that begin them."""
    for name, task in spec.tasks.items():
        yield from (Edge(one, name, kind) for one, kind in taken_by(task))
    first = [name for name in spec.tasks if not spec.upstream(name)] if spec.data is not None else []
    for data in spec.data.names if spec.data is not None else ():
        yield from (Edge(data, name, "started by") for name in first)
