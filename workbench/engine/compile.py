"""From what people write down to what the engine works on: DAGs to plans with their rules, a workspace to a state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from graphlib import TopologicalSorter

from workbench.engine.plan import DagPlan, TaskPlan
from workbench.engine.rules import rules_for
from workbench.engine.rules.run import leaves_of
from workbench.engine.state import Known, State
from workbench.model import DagSpec, Task, Workspace


def begin(workspace: Workspace, live_since: datetime, seed: int = 0) -> State:
    """The state before the first event. `live_since` is UTC; what was due before it counts as done."""
    plans = {name: plan_dag(spec) for name, spec in workspace.dags.items()}
    return State(Known(plans, workspace, live_since, seed))


def plan_dag(spec: DagSpec, version: int = 1) -> DagPlan:
    """Compile one version of a DAG. The DAG has no cycle: `check_workspace` refused it before."""
    shape, carries_rows = _Shape(spec), _carries_rows(spec)
    tasks = {}
    for name in shape.order:
        bare = _bare(shape, name, carries_rows)
        dependencies, resources = rules_for(bare, spec)
        tasks[name] = replace(bare, dependencies=dependencies, resources=resources)
    eager = tuple(n for n, t in tasks.items() if not t.ups or t.task.trigger_rule == "always")
    return DagPlan(
        spec,
        version,
        tasks,
        leaves_of(spec, shape.order, shape.downs),
        eager,
        carries_rows=carries_rows,
        reads=any(task.reads for task in spec.tasks.values()),
        looks_elsewhere=any(task.elsewhere for task in tasks.values()),
        looks_back=any(task.looks_back for task in tasks.values()),
    )


@dataclass
class _Shape:
    """A DAG's tasks in topological order, names breaking ties, with what is below and above each."""

    spec: DagSpec

    def __post_init__(self) -> None:
        self.order = _topological(self.spec)
        self.place = {name: index for index, name in enumerate(self.order)}
        self.downs = _downs(self.spec)
        self.below: dict[str, frozenset[str]] = {}
        for name in reversed(self.order):
            self.below[name] = frozenset().union(*({d, *self.below[d]} for d in self.downs[name]))
        self.above: dict[str, frozenset[str]] = {}
        for name in self.order:
            self.above[name] = frozenset().union(*({u, *self.above[u]} for u in self.spec.upstream(name)))

    def placed(self, names: Iterable[str]) -> tuple[tuple[int, str], ...]:
        return tuple(sorted((self.place[name], name) for name in names))


def _bare(shape: _Shape, name: str, carries_rows: bool) -> TaskPlan:
    spec, task = shape.spec, shape.spec.tasks[name]
    needs = [spec.need(text) for text in spec.outside(task.needs)]
    sensor, above, tasks = task.sensor, shape.above[name], spec.tasks
    direct = spec.upstream(name)
    return TaskPlan(
        name,
        task,
        shape.place[name],
        direct,
        shape.placed(shape.downs[name]),
        tuple(need for need in needs if not need.dag),
        tuple(need for need in needs if need.dag),
        task.pool,
        _weight(shape, name),
        sensor.takes if sensor else task.takes,
        f"{spec.name}.{name}",
        below=shape.placed(_reach(shape, name)),
        setups=tuple(up for up in direct if tasks[up].setup) if task.teardown else (),
        needed_setups=() if task.teardown else tuple(sorted(_setups_for(shape, name))),
        branches=tuple(up for up in direct if tasks[up].branch is not None),
        cutters=() if task.teardown else tuple(sorted(up for up in above if tasks[up].short_circuit)),
        watched=tuple(spec.need(text) for text in sensor.on) if sensor else (),
        looks_back=task.depends_on_past or task.wait_for_downstream,
        writes=task.writes,
        lane=_lane(spec, task),
        plain=not carries_rows and not _is_special(task) and not task.writes and not task.checks,
        sums=not _is_special(task) and not task.reads and not needs and not any(tasks[up].writes for up in direct),
    )


def _is_special(task: Task) -> bool:
    kinds = (task.sensor, task.timeout, task.branch)
    flags = (task.lookup, task.requires, task.short_circuit, task.code)
    return any(kind is not None for kind in kinds) or any(flags)


def _lane(spec: DagSpec, task: Task) -> tuple[str | int | None, ...]:
    """Tasks of one lane want the same slots under the same limits, so that one that gets none stops no other lane. A
    limit for each run adds the run when a task takes its place."""
    own = f"{spec.name}.{task.name}" if task.max_active is not None else None
    return task.pool, task.slots, own


def _weight(shape: _Shape, name: str) -> int:
    """The priority in the queue. Airflow's weight rules add those of all tasks below or above."""
    rule, tasks = shape.spec.weight_rule, shape.spec.tasks
    others = {"absolute": frozenset[str](), "downstream": shape.below[name], "upstream": shape.above[name]}[rule]
    return tasks[name].priority + sum(tasks[other].priority for other in others)


def _reach(shape: _Shape, name: str) -> Iterable[str]:
    """Tasks below, not only direct ones, that a short circuit skips, or that want this setup to succeed."""
    tasks, below = shape.spec.tasks, [d for d in shape.below[name] if not shape.spec.tasks[d].teardown]
    if tasks[name].short_circuit:
        return below
    return [d for d in below if name in _setups_for(shape, d)] if tasks[name].setup else []


def _setups_for(shape: _Shape, name: str) -> Iterable[str]:
    """Setups above, in whose scope the task is: one without teardown, or with one that is not above it as well."""
    spec, above = shape.spec, shape.above[name]
    for setup in (up for up in above if spec.tasks[up].setup):
        teardowns = [d for d in shape.downs[setup] if spec.tasks[d].teardown]
        if not teardowns or any(d not in above for d in teardowns):
            yield setup


def _carries_rows(spec: DagSpec) -> bool:
    tasks = spec.tasks.values()
    takes = any(
        t.run or t.function or t.sql or t.code or t.reads or t.requires or any(spec.outside(t.needs)) for t in tasks
    )
    return takes or any(item.path or item.rows is not None for item in spec.inputs.values())


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
