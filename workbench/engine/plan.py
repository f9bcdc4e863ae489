"""A DAG made ready for the engine: neighbours, leaves and rules of each task, looked up once per version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from workbench.model import DagSpec, Task

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.engine.state import Cell, Known, Run
    from workbench.engine.verdicts import Verdict

    Rule = Callable[[Known, Run, "TaskPlan", Cell, datetime], Verdict]
else:
    Rule = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class TaskPlan:
    """One task with all that the rules ask about it. `index` is its place in topological order, names
    breaking ties; `downs` carry theirs with them."""

    name: str
    task: Task
    index: int
    ups: tuple[str, ...]
    downs: tuple[tuple[int, str], ...]
    inputs: tuple[str, ...]
    elsewhere: tuple[tuple[str, str], ...]
    pool: str | None
    priority: int
    takes: timedelta
    full_name: str
    dependencies: tuple[Rule, ...] = ()
    resources: tuple[Rule, ...] = ()


@dataclass(frozen=True, eq=False)
class DagPlan:
    """One version of a DAG. `eager` tasks can pass before any upstream has ended; `carries_rows`: something makes
    or takes rows; `reads`: a task takes what is there without waiting; `looks_elsewhere`: one needs another DAG's."""

    spec: DagSpec
    version: int
    tasks: dict[str, TaskPlan]
    leaves: tuple[str, ...]
    eager: tuple[str, ...]
    carries_rows: bool
    reads: bool
    looks_elsewhere: bool


def plan_dag(spec: DagSpec, version: int = 1) -> DagPlan:
    """Compile one version of a DAG. The DAG has no cycle: `check_workspace` refused it before."""
    from workbench.engine.rules import rules_for  # the rules know plans; only their choice is made here

    order = _topological(spec)
    place = {name: index for index, name in enumerate(order)}
    downs = {name: tuple(sorted((place[d], d) for d in found)) for name, found in _downs(spec).items()}
    tasks = {}
    for index, name in enumerate(order):
        bare = _bare(spec, name, index, downs[name])
        dependencies, resources = rules_for(bare)
        tasks[name] = TaskPlan(**{**bare.__dict__, "dependencies": dependencies, "resources": resources})
    leaves = tuple(name for name in order if not downs[name])
    eager = tuple(n for n, t in tasks.items() if not t.ups or t.task.trigger_rule == "always")
    reads = any(task.reads for task in spec.tasks.values())
    elsewhere = any(task.elsewhere for task in tasks.values())
    return DagPlan(spec, version, tasks, leaves, eager, _carries_rows(spec), reads, elsewhere)


def _bare(spec: DagSpec, name: str, index: int, downs: tuple[tuple[int, str], ...]) -> TaskPlan:
    task = spec.tasks[name]
    outside = tuple(spec.outside(task.needs))
    elsewhere = tuple((dag, other) for dag, _, other in (n.partition(".") for n in outside if "." in n))
    inputs = tuple(n for n in outside if "." not in n)
    return TaskPlan(
        name,
        task,
        index,
        spec.upstream(name),
        downs,
        inputs,
        elsewhere,
        task.pool,
        task.priority,
        task.takes,
        f"{spec.name}.{name}",
    )


def _carries_rows(spec: DagSpec) -> bool:
    tasks = spec.tasks.values()
    takes = any(t.run or t.function or t.reads or any(spec.outside(t.needs)) for t in tasks)
    return takes or any(item.path for item in spec.inputs.values())


def _downs(spec: DagSpec) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in spec.tasks}
    for up, down in spec.edges():
        found[up].append(down)
    return found


def _topological(spec: DagSpec) -> list[str]:
    sorter = TopologicalSorter({name: spec.upstream(name) for name in sorted(spec.tasks)})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order
