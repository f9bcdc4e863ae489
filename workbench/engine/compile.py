"""From what people write down to what the engine works on: DAGs to plans with their rules, a workspace to a state."""

from __future__ import annotations

from datetime import datetime
from graphlib import TopologicalSorter

from workbench.engine.plan import DagPlan, TaskPlan
from workbench.engine.rules import rules_for
from workbench.engine.state import Known, State
from workbench.model import DagSpec, Workspace


def begin(workspace: Workspace, live_since: datetime, seed: int = 0) -> State:
    """The state before the first event. `live_since` is UTC; what was due before it counts as done."""
    plans = {name: plan_dag(spec) for name, spec in workspace.dags.items()}
    return State(Known(plans, workspace.pools, workspace.workers, live_since, seed))


def plan_dag(spec: DagSpec, version: int = 1) -> DagPlan:
    """Compile one version of a DAG. The DAG has no cycle: `check_workspace` refused it before."""
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
