"""What is wrong with one task in its workspace: the names that it uses, and fields that do not go together.

Every check yields (path below the task, message).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from workbench.model.findings import near, shown
from workbench.model.modules import parameter
from workbench.model.parts import DagSpec, Deadline, Need, OnData, Task, Workspace

Told = Iterator[tuple[str, str]]
_LONGEST_SPAN = 1000


@dataclass
class Around:
    """What names mean in a workspace. `partial`: it is being built, so names that it does not know may come later."""

    workspace: Workspace
    partial: bool

    @cached_property
    def known(self) -> set[str]:
        """What every DAG may name: inputs, and the tasks of others as `dag.task`."""
        dotted = {f"{spec.name}.{task}" for spec in self.workspace.dags.values() for task in spec.tasks}
        return dotted | self.workspace.inputs.keys()

    @cached_property
    def datasets(self) -> dict[str, str]:
        """Every dataset, with the first task that writes it, as `dag.task`."""
        found: dict[str, str] = {}
        for spec in self.workspace.dags.values():
            for task in spec.tasks.values():
                for name in task.writes if isinstance(task.writes, tuple) else ():
                    found.setdefault(name, f"{spec.name}.{task.name}")
        return found

    @cached_property
    def downs(self) -> dict[str, dict[str, list[str]]]:
        """For each DAG: the tasks right after each of its tasks."""
        found: dict[str, dict[str, list[str]]] = {name: {} for name in self.workspace.dags}
        for spec in self.workspace.dags.values():
            for task in spec.tasks.values():
                for up in task.needs if isinstance(task.needs, tuple) else ():
                    found[spec.name].setdefault(up, []).append(task.name)
        return found

    def reachable(self, spec: DagSpec, task: Task) -> Iterator[str]:
        yield from (name for name in spec.tasks if name != task.name)
        yield from (name for name in self.known if not name.startswith(f"{spec.name}."))
        yield from self.datasets


def check_task(around: Around, spec: DagSpec, task: Task) -> Told:
    for check in _CHECKS:
        yield from check(around, spec, task)


# names


_VERBS = {"needs": "needs", "reads": "reads", "requires": "requires", "sensor.on": "looks for"}


def _lists(task: Task) -> dict[str, tuple[str, ...]]:
    on = task.sensor.on if task.sensor is not None else ()
    return {"needs": task.needs, "reads": task.reads, "requires": task.requires, "sensor.on": on}


def _names(around: Around, spec: DagSpec, task: Task) -> Told:
    for key, names in _lists(task).items():
        for name in names:
            if complaint := _reference(around, spec, task, key, name):
                yield f"{key}.{name}", f"task '{task.name}' {_VERBS[key]} {complaint}"


def _reference(around: Around, spec: DagSpec, task: Task, key: str, name: str) -> str:
    """What is wrong with one name, after "task 'load' needs "; empty if nothing is."""
    bare, at, span = name.partition("@")
    try:
        need = spec.need(name)
    except ValueError as error:
        return f"'{shown(name)}': {error}"
    if at and (not span or need.high - need.low >= _LONGEST_SPAN):
        return _bad_span(name, span)
    own = bare.removeprefix(f"{spec.name}.")
    if own != bare and own in spec.tasks:
        return f"'{name}', which is in its own DAG; write '{own}{at}{span}'"
    if bare in spec.tasks:
        return _own(task, key, need, at)
    if bare in around.known or bare in around.workspace.datasets or around.partial:
        return ""
    return _unknown(around, spec, task, bare)


def _bad_span(name: str, span: str) -> str:
    if span:
        return f"'{shown(name)}', which is more than {_LONGEST_SPAN} partitions; write fewer"
    return f"'{shown(name)}'; after '@' write which partitions are meant, for example @-1 or @-6..0"


def _own(task: Task, key: str, need: Need, at: str) -> str:
    """What is wrong with the name of a task of the same DAG."""
    if need.name == task.name and need.high >= 0:
        if not at:
            return f"itself; remove it from its {key}"
        back = f"end before it: '{need.name}@{need.low}..-1'" if need.low < -1 else f"write '{need.name}@-1'"
        return f"'{need.text}', {'its own future' if need.low > 0 else 'and so itself'}; {back}"
    if (need.low, need.high) != (0, 0):
        return ""
    if at:
        return f"'{need.text}', which is '{need.name}' of its own run; write '{need.name}'"
    if key in ("requires", "sensor.on"):
        return f"'{need.name}', a task of its own run; write it under needs"
    return ""


def _unknown(around: Around, spec: DagSpec, task: Task, name: str) -> str:
    return f"unknown '{shown(name)}'{near(name, around.reachable(spec, task))}"


def _twice(around: Around, spec: DagSpec, task: Task) -> Told:
    lists = {key: names for key, names in _lists(task).items() if key != "sensor.on"}
    every = [(name, key) for key, names in lists.items() for name in names]
    for name in dict.fromkeys(name for name, _ in every):
        keys = [key for other, key in every if other == name]
        if len(keys) > 1:
            where = " and ".join(dict.fromkeys(keys))
            yield f"{keys[-1]}.{name}", f"task '{task.name}' lists '{shown(name)}' twice in its {where}; keep one"


def _parameters(around: Around, spec: DagSpec, task: Task) -> Told:
    """A function gets what the task takes by name, so names must differ there."""
    if not (task.run or task.function or task.code or task.sql):
        return
    gets = "the SQL" if task.sql else "the function"
    seen: dict[str, str] = {}
    for name in dict.fromkeys(task.needs + task.reads + task.requires):
        other = seen.setdefault(parameter(name), name)
        if other != name:
            told = f"{gets} of task '{task.name}' would get '{other}' and '{name}' under one name"
            key = next((key for key in ("run", "code", "sql") if getattr(task, key)), "run")
            yield key, f"{told}, '{parameter(name)}'; let another task take one of them"


def _writes(around: Around, spec: DagSpec, task: Task) -> Told:
    for name in task.writes:
        if name in around.workspace.inputs:
            home = around.workspace.inputs[name][0].name
            told = f"task '{task.name}' writes '{name}', which is an input of DAG '{home}'"
            yield f"writes.{name}", f"{told}; somebody else delivers those, so take another name"
        if task.writes.count(name) > 1:
            yield f"writes.{name}", f"task '{task.name}' lists '{name}' twice in its writes; keep one"


# fields that do not go together


def _pool(around: Around, spec: DagSpec, task: Task) -> Told:
    pools = around.workspace.pools
    if task.pool is None:
        if task.slots > 1:
            yield "slots", f"task '{task.name}' takes {task.slots} slots of no pool; add 'pool'"
    elif task.pool not in pools:
        if not around.partial:
            none = f". No pool is declared; add a document with 'pools: {{{shown(task.pool)}: {task.slots}}}'"
            yield "pool", f"task '{task.name}' has pool '{shown(task.pool)}'{near(task.pool, pools) or none}"
    elif task.slots > pools[task.pool]:
        told = f"task '{task.name}' takes {task.slots} slots of pool '{task.pool}', which has {pools[task.pool]}"
        yield "slots", f"{told}, so it would never run; take fewer, or make the pool larger"


def _sensor(around: Around, spec: DagSpec, task: Task) -> Told:
    sensor = task.sensor
    if sensor is None:
        return
    if not sensor.on:
        yield "sensor.on", f"sensor '{task.name}' has nothing to look for; add on, for example on: [jfk]"
    for key, doing in _DOING.items():
        if getattr(task, key):
            yield key, f"task '{task.name}' is a sensor, which only looks; let a task after it {doing}"
            break
    if task.branch is not None or task.short_circuit:
        key = "branch" if task.branch is not None else "short_circuit"
        yield key, f"task '{task.name}' is a sensor, which decides nothing; let a task after it be the {_CALLED[key]}"
    if sensor.match == "instant":
        yield from _instant(around, spec, task)
    elif sensor.delta:
        yield "sensor.delta", f"'sensor.delta' of task '{task.name}' says something only with match: instant"


_DOING = {
    "run": "run the function",
    "function": "run the function",
    "code": "run the function",
    "sql": "run the SQL",
    "checks": "make the checks",
}
_CALLED = {"branch": "branch", "short_circuit": "short circuit"}


def _instant(around: Around, spec: DagSpec, task: Task) -> Told:
    """Only runs that a clock makes have an instant to look for."""
    assert task.sensor is not None
    for name in task.sensor.on:
        dag, _, other = name.partition("@")[0].rpartition(".")
        who = f"sensor '{task.name}' matches by instant"
        if "@" in name:
            yield f"sensor.on.{name}", f"{who}, so it looks at one run; write '{name.partition('@')[0]}', and use delta"
        elif name in around.workspace.inputs or name in around.workspace.datasets:
            noun = "input" if name in around.workspace.inputs else "dataset"
            yield f"sensor.on.{name}", f"{who}, and {noun} '{name}' has none; write a task of another DAG, dag.task"
        elif dag in around.workspace.dags and not isinstance(around.workspace.dags[dag].schedule, str):
            yield f"sensor.on.{name}", f"{who}, but no clock starts DAG '{dag}', so '{other}' has none"


def _branch(around: Around, spec: DagSpec, task: Task) -> Told:
    if task.branch is not None and task.short_circuit:
        yield "short_circuit", f"task '{task.name}' is a branch and a short circuit; it can be one of them"
    if around.partial:
        return
    downs = around.downs[spec.name].get(task.name, []) if task.branch else []
    for name in task.branch or ():
        if name not in downs:
            known = near(name, downs) or f"; no task needs '{task.name}'"
            yield f"branch.{name}", f"branch '{task.name}' leads to '{shown(name)}', which is not right after it{known}"


def _setup(around: Around, spec: DagSpec, task: Task) -> Told:
    if task.setup and task.teardown:
        yield "teardown", f"task '{task.name}' is a setup and a teardown; it can be one of them"
    if task.fail_run and not task.teardown:
        yield "fail_run", f"'fail_run' of task '{task.name}' is about teardowns; the run fails with other tasks anyway"


def _deadline(around: Around, spec: DagSpec, task: Task) -> Told:
    if task.deadline is not None and (complaint := deadline_complaint(task.deadline)):
        yield "deadline", f"'deadline' of task '{task.name}'{complaint}"


def deadline_complaint(deadline: Deadline) -> str:
    right = (deadline.by is None) != (deadline.within is None)
    return "" if right else " needs 'by' or 'within', and not both, for example \"08:00\" or {within: 2h}"


_CHECKS: tuple[Callable[[Around, DagSpec, Task], Told], ...] = (
    _names,
    _twice,
    _parameters,
    _writes,
    _pool,
    _sensor,
    _branch,
    _setup,
    _deadline,
)


# the schedule of a DAG


def check_data(around: Around, spec: DagSpec, data: OnData) -> Told:
    """The inputs and datasets that start a DAG; paths are those of the DAG."""
    known = around.workspace.inputs.keys() | around.workspace.datasets.keys()
    for name in data.names:
        path = f"schedule.{'all' if data.all else 'any'}.{name}"
        if data.names.count(name) > 1:
            yield path, f"'schedule' of DAG '{spec.name}' lists '{shown(name)}' twice; keep one"
        elif name not in known and not around.partial:
            told = f"'schedule' of DAG '{spec.name}' names unknown '{shown(name)}'"
            none = "; name an input, or a dataset that some task writes"
            yield path, f"{told}{near(name, known) or none}"
