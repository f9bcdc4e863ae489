"""Edits of inputs, what somebody else delivers: (dag, edit) -> dag, as those in `edits`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.model.fields import given_fields
from workbench.model.parts import DagSpec, Input, Task, Workspace
from workbench.model.problems import InvalidInput, nearest
from workbench.model.schema import INPUT


@dataclass(frozen=True, slots=True)
class AddInput:
    """The DAG declares one more input."""

    input: Input

    def sentence(self) -> str:
        return f"input {self.input.name} declared"


@dataclass(frozen=True, slots=True)
class SetInput:
    """Some fields of an input get other values, for example `expected` or `owner`."""

    input: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return f"input {self.input}: {', '.join(sorted(self.values)) or 'nothing'} changed"


@dataclass(frozen=True, slots=True)
class RemoveInput:
    """The DAG no longer declares the input. Nothing in it may take the input any more."""

    input: str

    def sentence(self) -> str:
        return f"input {self.input} removed"


InputEdit = AddInput | SetInput | RemoveInput
# How a task takes an input, by the field that names it.
_TAKES = {"needs": "needs", "reads": "reads", "requires": "requires", "on": "looks for"}


def input_of(edit: object) -> str:
    """The name of the input that an edit is about; empty for others."""
    if not isinstance(edit, InputEdit):
        return ""
    return edit.input.name if isinstance(edit.input, Input) else edit.input


def takers(dag: DagSpec, name: str) -> Iterator[tuple[str, str]]:
    """(task, field) of all that take an input in this DAG: `needs`, `reads`, `requires`, or `on` of a sensor. A task ""
    is the DAG itself, which starts by it (`schedule`)."""
    if dag.data is not None and name in dag.data.names:
        yield "", "schedule"
    for task in dag.tasks.values():
        yield from ((task.name, key) for key, names in names_in(task).items() if name in map(_bare, names))


def names_in(task: Task) -> dict[str, tuple[str, ...]]:
    """What a task takes, by the field that names it."""
    on = task.sensor.on if task.sensor is not None else ()
    return {"needs": task.needs, "reads": task.reads, "requires": task.requires, "on": on}


def check_taken_elsewhere(workspace: Workspace, dag: str, edit: object) -> None:
    """Raises InvalidInput when the edit takes away an input that other DAGs take, and no other DAG declares."""
    if not isinstance(edit, RemoveInput):
        return
    others = [spec for spec in workspace.dags.values() if spec.name != dag]
    if not any(edit.input in spec.inputs for spec in others):
        for spec in others:
            _refuse_taken(spec, edit.input)


def _add_input(dag: DagSpec, edit: AddInput) -> DagSpec:
    if not isinstance(edit.input, Input):
        raise InvalidInput([f"AddInput takes an Input, not {edit.input!r}; write AddInput(Input('fees'))"])
    name = edit.input.name
    if name in dag.inputs:
        raise InvalidInput([f"DAG '{dag.name}' declares an input '{name}' already"])
    for noun, taken in (("task", dag.tasks), ("dataset", dag.datasets)):
        if name in taken:
            raise InvalidInput([f"DAG '{dag.name}' has a {noun} '{name}' already; take another name"])
    return _with(dag, edit.input)


def _set_input(dag: DagSpec, edit: SetInput) -> DagSpec:
    item = _input(dag, edit.input)
    try:
        return _with(dag, replace(item, **given_fields(INPUT, edit.values, "an input", dag.zone)))
    except InvalidInput as error:
        raise InvalidInput([f"input '{item.name}': {error}"]) from None


def _remove_input(dag: DagSpec, edit: RemoveInput) -> DagSpec:
    gone = _input(dag, edit.input).name
    _refuse_taken(dag, gone)
    return replace(dag, inputs={name: item for name, item in dag.inputs.items() if name != gone})


def _refuse_taken(dag: DagSpec, name: str) -> None:
    told = [
        f"task '{task}' {_TAKES[key]} it" if task else f"DAG '{dag.name}' starts when it comes"
        for task, key in takers(dag, name)
    ]
    if told:
        raise InvalidInput([f"input '{name}' cannot be removed: {', '.join(told)}; change that first"])


def _input(dag: DagSpec, name: str) -> Input:
    if name not in dag.inputs:
        known = nearest(name, dag.inputs) or "; it declares none"
        raise InvalidInput([f"DAG '{dag.name}' has no input '{name}'{known}"])
    return dag.inputs[name]


def _with(dag: DagSpec, item: Input) -> DagSpec:
    return replace(dag, inputs={**dag.inputs, item.name: item})


def _bare(name: str) -> str:
    """`jfk@-6..0` -> `jfk`."""
    return name.partition("@")[0]


APPLY_INPUTS: dict[type[Any], Callable[[DagSpec, Any], DagSpec]] = {
    AddInput: _add_input,
    SetInput: _set_input,
    RemoveInput: _remove_input,
}
