"""Edits: (dag, edit) -> dag. Each is a small value with a sentence, so that it can be kept, shown and undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from workbench.model.fields import names_of, plain_fields
from workbench.model.parts import DagSpec, Task
from workbench.model.problems import InvalidInput, nearest


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
    """One more task."""

    task: Task

    def sentence(self) -> str:
        return f"task {self.task.name} added"


@dataclass(frozen=True, slots=True)
class RemoveTask:
    """The task goes, and with it every edge that touches it."""

    task: str

    def sentence(self) -> str:
        return f"task {self.task} removed"


@dataclass(frozen=True, slots=True)
class SetTask:
    """Some fields of a task get other values, for example `retries` or `takes`."""

    task: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return f"{self.task}: {', '.join(sorted(self.values))} changed"


Edit = WaitFor | AddEdge | RemoveEdge | AddTask | RemoveTask | SetTask


def apply_edit(dag: DagSpec, edit: Edit) -> DagSpec:
    """The DAG after the edit. Raises InvalidInput for a task that is not there; cycles and unknown names are
    found by `check_workspace`, which every caller asks next."""
    return _APPLY[type(edit)](dag, edit)


def _wait_for(dag: DagSpec, edit: WaitFor) -> DagSpec:
    task = _task(dag, edit.task)
    needs = task.needs + tuple(n for n in edit.names if n not in task.needs)
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
    if edit.task.name in dag.tasks:
        raise InvalidInput([f"DAG '{dag.name}' has a task '{edit.task.name}' already"])
    return _with(dag, edit.task)


def _remove_task(dag: DagSpec, edit: RemoveTask) -> DagSpec:
    _task(dag, edit.task)
    left = {name: _forget(task, edit.task) for name, task in dag.tasks.items() if name != edit.task}
    return replace(dag, tasks=left)


def _forget(task: Task, gone: str) -> Task:
    if gone not in task.needs:
        return task
    return replace(task, needs=tuple(n for n in task.needs if n != gone))


def _set_task(dag: DagSpec, edit: SetTask) -> DagSpec:
    task = _task(dag, edit.task)
    known = {f.name for f in fields(Task)} - {"name"}
    for name in edit.values:
        if name not in known:
            raise InvalidInput([f"a task has no '{name}'{nearest(name, known)}"])
    try:
        return _with(dag, replace(task, **plain_fields(edit.values)))
    except (TypeError, ValueError) as error:
        raise InvalidInput([f"task '{task.name}': {error}"]) from None


_APPLY: dict[type[Any], Callable[[DagSpec, Any], DagSpec]] = {
    WaitFor: _wait_for,
    AddEdge: _add_edge,
    RemoveEdge: _remove_edge,
    AddTask: _add_task,
    RemoveTask: _remove_task,
    SetTask: _set_task,
}


def _task(dag: DagSpec, name: str) -> Task:
    if name not in dag.tasks:
        raise InvalidInput([f"DAG '{dag.name}' has no task '{name}'{nearest(name, dag.tasks)}"])
    return dag.tasks[name]


def _with(dag: DagSpec, task: Task) -> DagSpec:
    return replace(dag, tasks={**dag.tasks, task.name: task})
