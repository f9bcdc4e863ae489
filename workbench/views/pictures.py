"""Pictures of a DAG, with or without the state of a run: as text, SVG or DOT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from workbench.engine import Known, Run
from workbench.model import Dag, DagSpec, InvalidInput, Workspace
from workbench.timetable import spoken_duration
from workbench.views.boxes import boxes
from workbench.views.dot import dot
from workbench.views.graph import Edge, Graph, Node
from workbench.views.svg import svg

FORMATS: dict[str, Callable[[Graph], str]] = {"txt": boxes, "svg": svg, "dot": dot}


def graph_of(spec: DagSpec, run: Run | None = None, known: Known | None = None, now: datetime | None = None) -> Graph:
    """The DAG's inputs, tasks of other DAGs, and tasks, in the order written; with states if a run is given."""
    tasks = tuple(_task_node(spec, name, run) for name in spec.tasks)
    asked = {name for task in spec.tasks.values() for name in spec.outside((*task.needs, *task.reads))}
    outside = [*(name for name in spec.inputs if name in asked), *sorted(asked - spec.inputs.keys())]
    others = tuple(_outside_node(name, run, known) for name in outside)
    return Graph(_title(spec), (*others, *tasks), tuple(_edges(spec)))


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
    when = f"  {spec.schedule}" if spec.schedule else "  no schedule"
    zone = "" if spec.timezone == "UTC" else f" {spec.timezone}"
    return f"{spec.name}{when}{zone}"


def _task_node(spec: DagSpec, name: str, run: Run | None) -> Node:
    cell = run.cells.get(name) if run else None
    return Node(name, name, "task", spoken_duration(spec.tasks[name].takes), cell.state if cell else "")


def _outside_node(name: str, run: Run | None, known: Known | None) -> Node:
    if "." in name:
        return Node(name, name, "external")
    came = known is not None and run is not None and (name, run.key.partition) in known.arrived
    return Node(name, name, "input", state="arrived" if came else "")


def _edges(spec: DagSpec) -> Iterator[Edge]:
    for name, task in spec.tasks.items():
        yield from (Edge(need, name, "needs") for need in task.needs)
        yield from (Edge(read, name, "reads") for read in task.reads)
