"""Edits: (dag, edit) -> dag. Each is a small value with a sentence, so that it can be kept, shown and undone.

An edit touches one DAG. `workbench.model.changes` says what one would change, and how to take it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from workbench.model.edits_data import APPLY_DATA, DataEdit
from workbench.model.edits_inputs import APPLY_INPUTS, InputEdit, check_taken_elsewhere
from workbench.model.fields import dag_fields, names_of, plain_fields
from workbench.model.parts import DagSpec, Task, Workspace
from workbench.model.problems import InvalidInput, nearest
from workbench.model.schema import rule_for
from workbench.timetable import parse_zone


@dataclass(frozen=True, slots=True)
class WaitFor:
    """`task` waits for these inputs or tasks before it starts, where it took what was there (or did not ask)."""

    task: str
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", names_of(self.names))

    def sentence(self) -> str:
        return f"{self.task} waits for {' '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class AddEdge:
    """`downstream` needs `upstream`."""

    upstream: str
    downstream: str

    def sentence(self) -> str:
        return f"{self.downstream} needs {self.upstream}"


@dataclass(frozen=True, slots=True)
class RemoveEdge:
    """`downstream` no longer needs `upstream`."""

    upstream: str
    downstream: str

    def sentence(self) -> str:
        return f"{self.downstream} no longer needs {self.upstream}"


@dataclass(frozen=True, slots=True)
class AddTask:
    """One more task, after the others, or before the one that is named."""

    task: Task
    before: str = ""

    def sentence(self) -> str:
        return f"task {self.task.name} added"


@dataclass(frozen=True, slots=True)
class RemoveTask:
    """The task goes, and with it every edge that touches it, and every branch that named it."""

    task: str

    def sentence(self) -> str:
        return f"task {self.task} removed"


@dataclass(frozen=True, slots=True)
class RenameTask:
    """The task gets another name, wherever its DAG names it. Its function stays the same."""

    old: str
    new: str

    def sentence(self) -> str:
        return f"task {self.old} renamed to {self.new}"


@dataclass(frozen=True, slots=True)
class SplitTask:
    """A chain of tasks in place of one. The first has what the task took and did: its needs, reads, function or SQL,
    sensor, trigger rule. The last has what came of it: it is needed in its place, and has its branches, datasets,
    checks and deadline. All share its time equally and keep the rest, such as retries, pool and owner."""

    task: str
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", names_of(self.names))

    def sentence(self) -> str:
        return f"task {self.task} split into {' >> '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class SetTask:
    """Some fields of a task get other values, for example `retries` or `takes`."""

    task: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return f"{self.task}: {', '.join(sorted(self.values))} changed"


@dataclass(frozen=True, slots=True)
class SetDag:
    """Some fields of the DAG itself get other values, for example `schedule` or `catchup`."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return f"{', '.join(sorted(self.values))} of the DAG changed"


TaskEdit = WaitFor | AddEdge | RemoveEdge | AddTask | RemoveTask | RenameTask | SplitTask | SetTask
Edit = TaskEdit | SetDag | DataEdit | InputEdit


def apply_edit(dag: DagSpec, edit: Edit) -> DagSpec:
    """The DAG after the edit. Raises InvalidInput for a task that is not there; cycles and unknown names are
    found by `check_workspace`, which every caller asks next."""
    return _APPLY[type(edit)](dag, edit)


def task_of(edit: Edit) -> str:
    """The name of the task that an edit is about; empty for one that is about the DAG, a dataset or an input."""
    if isinstance(edit, AddTask):
        return edit.task.name if isinstance(edit.task, Task) else ""
    found = (getattr(edit, key, None) for key in ("downstream", "old", "task"))
    return next((name for name in found if isinstance(name, str)), "")


def check_elsewhere(workspace: Workspace, dag: str, edit: Edit) -> None:
    """Raises InvalidInput when the edit takes away a name that other DAGs use: an edit touches one DAG."""
    check_taken_elsewhere(workspace, dag, edit)
    if not isinstance(edit, RenameTask | RemoveTask | SplitTask):
        return
    gone = task_of(edit)
    users = [*_users(workspace, dag, gone)] if not isinstance(edit, SplitTask) or gone not in edit.names else []
    if users:
        told = f"'{dag}.{gone}' is used by {', '.join(users)}, and an edit changes one DAG"
        raise InvalidInput([f"{told}; change {'that' if len(users) == 1 else 'those'} first"])


def _users(workspace: Workspace, dag: str, task: str) -> Iterator[str]:
    """`dag.task` of the tasks in other DAGs that name this one."""
    for spec in workspace.dags.values():
        for other in spec.tasks.values() if spec.name != dag else ():
            named = (*other.needs, *other.reads, *other.requires, *(other.sensor.on if other.sensor else ()))
            if any(_bare(name) == f"{dag}.{task}" for name in named):
                yield f"{spec.name}.{other.name}"


def _wait_for(dag: DagSpec, edit: WaitFor) -> DagSpec:
    task = _task(dag, edit.task)
    needs = task.needs + tuple(n for n in dict.fromkeys(edit.names) if n not in task.needs)
    return _with(dag, replace(task, needs=needs, reads=tuple(n for n in task.reads if n not in needs)))


def _add_edge(dag: DagSpec, edit: AddEdge) -> DagSpec:
    return _wait_for(dag, WaitFor(edit.downstream, (edit.upstream,)))


def _remove_edge(dag: DagSpec, edit: RemoveEdge) -> DagSpec:
    task = _task(dag, edit.downstream)
    if edit.upstream not in task.needs:
        raise InvalidInput([f"task '{task.name}' does not need '{edit.upstream}'{nearest(edit.upstream, task.needs)}"])
    return _with(dag, replace(task, needs=tuple(n for n in task.needs if n != edit.upstream)))


def _add_task(dag: DagSpec, edit: AddTask) -> DagSpec:
    if not isinstance(edit.task, Task):
        raise InvalidInput([f"AddTask takes a Task, not {edit.task!r}; write AddTask(Task('name', needs=('other',)))"])
    _refuse_taken(dag, edit.task.name)
    if not edit.before:
        return _with(dag, edit.task)
    _task(dag, edit.before)
    return _in_place(dag, {edit.before: (edit.task, dag.tasks[edit.before])})


def _remove_task(dag: DagSpec, edit: RemoveTask) -> DagSpec:
    _task(dag, edit.task)
    left = {name: _forget(task, edit.task) for name, task in dag.tasks.items() if name != edit.task}
    return replace(dag, tasks=left)


def _forget(task: Task, gone: str) -> Task:
    """The task without what named the one that is gone."""

    def kept(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if _bare(name) != gone)

    return _renamed(task, kept)


def _rename_task(dag: DagSpec, edit: RenameTask) -> DagSpec:
    task = _task(dag, edit.old)
    if edit.new == edit.old:
        raise InvalidInput([f"task '{edit.old}' is called so already"])
    _refuse_taken(dag, edit.new)
    after = _in_place(dag, {edit.old: (replace(task, name=edit.new),)})
    return _follow(after, {edit.old: edit.new})


def _split_task(dag: DagSpec, edit: SplitTask) -> DagSpec:
    task, names = _task(dag, edit.task), edit.names
    if len(names) < 2 or len(set(names)) < len(names):
        raise InvalidInput([f"task '{task.name}' is split into two or more tasks of different names"])
    for name in names:
        if name != task.name:
            _refuse_taken(dag, name)
    others = _follow(dag, {task.name: names[-1]}, branch={task.name: names[0]})
    return _in_place(others, {task.name: tuple(_parts(others.tasks[task.name], names))})


def _parts(task: Task, names: tuple[str, ...]) -> list[Task]:
    share, rest = divmod(int(task.takes.total_seconds()), len(names))
    plain = Task("")
    parts = []
    for n, name in enumerate(names):
        part = replace(task, name=name, takes=timedelta(seconds=share + (n < rest)))
        if n > 0:
            taken = {key: getattr(plain, key) for key in _OF_THE_FIRST}
            part = replace(part, **taken, needs=(names[n - 1],), trigger_rule=rule_for({"teardown": task.teardown}))
        if n < len(names) - 1:
            part = replace(part, **{key: getattr(plain, key) for key in _OF_THE_LAST})
        parts.append(part)
    return parts


# What only the first of a split task keeps, besides its needs; and only the last.
_OF_THE_FIRST = ("reads", "requires", "run", "function", "sql", "code", "sensor", "lookup")
_OF_THE_LAST = ("branch", "short_circuit", "writes", "checks", "deadline")


def _follow(dag: DagSpec, new: Mapping[str, str], branch: Mapping[str, str] | None = None) -> DagSpec:
    """The DAG with other names for some tasks, wherever they are named (branches may have names of their own)."""

    def of(names: Mapping[str, str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
        return lambda given: tuple(names.get(_bare(n), _bare(n)) + n[len(_bare(n)) :] for n in given)

    tasks = {name: _renamed(task, of(new), of(branch or new)) for name, task in dag.tasks.items()}
    return replace(dag, tasks=tasks)


Names = Callable[[tuple[str, ...]], tuple[str, ...]]


def _renamed(task: Task, names: Names, branch: Names | None = None) -> Task:
    """The task with other names in all lists that name tasks; itself if nothing changes."""
    sensor, chosen = task.sensor, task.branch
    if sensor is not None and names(sensor.on) != sensor.on:
        sensor = replace(sensor, on=names(sensor.on))
    values: dict[str, Any] = {
        **{key: names(getattr(task, key)) for key in ("needs", "reads", "requires")},
        "branch": (branch or names)(chosen) if chosen is not None else None,
        "sensor": sensor,
    }
    return replace(task, **values) if any(getattr(task, key) != item for key, item in values.items()) else task


def _bare(name: str) -> str:
    """`clean@-6..0` -> `clean`."""
    return name.partition("@")[0]


def _set_task(dag: DagSpec, edit: SetTask) -> DagSpec:
    task = _task(dag, edit.task)
    known = {f.name for f in fields(Task)} - {"name"}
    for name in edit.values:
        if name not in known:
            raise InvalidInput([f"a task has no '{name}'{nearest(name, known)}"])
    try:
        return _with(dag, replace(task, **_with_rule(task, plain_fields(edit.values))))
    except (InvalidInput, TypeError, ValueError) as error:
        raise InvalidInput([f"task '{task.name}': {error}"]) from None


def _with_rule(task: Task, values: dict[str, Any]) -> dict[str, Any]:
    """A task that becomes a teardown gets a teardown's rule, as it would have from the start."""
    before, after = {"teardown": task.teardown}, {"teardown": values.get("teardown", task.teardown)}
    usual = task.trigger_rule == rule_for(before) and rule_for(before) != rule_for(after)
    return {"trigger_rule": rule_for(after), **values} if usual else values


def _set_dag(dag: DagSpec, edit: SetDag) -> DagSpec:
    try:
        zone = parse_zone(edit.values.get("timezone", dag.timezone))
        return replace(dag, **dag_fields(edit.values, zone))
    except (InvalidInput, TypeError, ValueError) as error:
        raise InvalidInput([f"DAG '{dag.name}': {error}"]) from None


_APPLY: dict[type[Any], Callable[[DagSpec, Any], DagSpec]] = {
    WaitFor: _wait_for,
    AddEdge: _add_edge,
    RemoveEdge: _remove_edge,
    AddTask: _add_task,
    RemoveTask: _remove_task,
    RenameTask: _rename_task,
    SplitTask: _split_task,
    SetTask: _set_task,
    SetDag: _set_dag,
    **APPLY_DATA,
    **APPLY_INPUTS,
}


def _task(dag: DagSpec, name: str) -> Task:
    if name not in dag.tasks:
        raise InvalidInput([f"DAG '{dag.name}' has no task '{name}'{nearest(name, dag.tasks)}"])
    return dag.tasks[name]


def _refuse_taken(dag: DagSpec, name: str) -> None:
    if name in dag.tasks:
        raise InvalidInput([f"DAG '{dag.name}' has a task '{name}' already"])
    if name in dag.inputs:
        raise InvalidInput([f"DAG '{dag.name}' has an input '{name}' already; take another name"])


def _with(dag: DagSpec, task: Task) -> DagSpec:
    return replace(dag, tasks={**dag.tasks, task.name: task})


def _in_place(dag: DagSpec, others: Mapping[str, tuple[Task, ...]]) -> DagSpec:
    """The DAG with other tasks in the place of some."""
    every = (task for name, old in dag.tasks.items() for task in others.get(name, (old,)))
    return replace(dag, tasks={task.name: task for task in every})
