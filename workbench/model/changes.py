"""What lies between two versions of a DAG: in words, for a person who is asked before an edit is taken; and as edits
that lead back.

Both are found by comparing the versions, so they hold for every edit there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from workbench.model.data_parts import Check, Dataset
from workbench.model.edits import AddTask, Edit, RemoveTask, RenameTask, SetDag, SetTask, apply_edit
from workbench.model.edits_data import AddCheck, AddDataset, RemoveCheck, RemoveDataset, SetCheck, SetDataset
from workbench.model.edits_inputs import AddInput, RemoveInput, SetInput
from workbench.model.findings import shown
from workbench.model.kinds import Each, Group
from workbench.model.parts import DagSpec, Input, Sensor, Task
from workbench.model.schema import DAG, INPUT, TASK
from workbench.model.schema_data import CHECK, DATASET

_NAMES = (("needs", "needs"), ("reads", "reads"), ("requires", "requires"))
_OWN = frozenset({"name", "tasks", "inputs", "datasets", "folder", "file", "lines", "template"})


def inverse(dag: DagSpec, edit: Edit) -> tuple[Edit, ...]:
    """Edits that give `dag` again when they are applied after `edit`, in order. Raises InvalidInput as `apply_edit`."""
    back: list[Edit] = [RenameTask(edit.new, edit.old)] if isinstance(edit, RenameTask) else []
    now = apply_edit(dag, edit)
    for step in back:
        now = apply_edit(now, step)
    return (*back, *_way(now, dag))


def _way(now: DagSpec, goal: DagSpec) -> Iterator[Edit]:
    """The edits from one version to another. An input comes before those that take it, and goes after them."""
    yield from (AddInput(item) for name, item in goal.inputs.items() if name not in now.inputs)
    for name, item in goal.inputs.items():
        if name in now.inputs and (values := _differing(now.inputs[name], item, frozenset())):
            yield SetInput(name, values)
    if values := _differing(now, goal, _OWN):
        yield SetDag(values)
    for edit in _data_way(now, goal):  # a check that goes takes its steps along, so tasks come later
        yield edit
        now = apply_edit(now, edit)
    for name in now.tasks:
        if name not in goal.tasks:
            yield RemoveTask(name)
            now = apply_edit(now, RemoveTask(name))
    for name, before in _missing(now, goal):
        yield AddTask(goal.tasks[name], before)
        now = apply_edit(now, AddTask(goal.tasks[name], before))
    for name, task in goal.tasks.items():
        if values := _differing(now.tasks[name], task, frozenset()):
            yield SetTask(name, values)
    yield from (RemoveInput(name) for name in now.inputs if name not in goal.inputs)


def _data_way(now: DagSpec, goal: DagSpec) -> Iterator[Edit]:
    yield from (RemoveDataset(name) for name in now.datasets if name not in goal.datasets)
    for name, dataset in goal.datasets.items():
        if name not in now.datasets:
            yield AddDataset(dataset)
            continue
        before = now.datasets[name]
        if values := _differing(before, dataset, frozenset({"checks"})):
            yield SetDataset(name, values)
        yield from (RemoveCheck(name, check) for check in before.checks if check not in dataset.checks)
        for check, item in dataset.checks.items():
            if check not in before.checks:
                yield AddCheck(name, item)
            elif values := _differing(before.checks[check], item, frozenset()):
                yield SetCheck(name, check, values)


def _missing(now: DagSpec, goal: DagSpec) -> list[tuple[str, str]]:
    """(name, the task after it) of tasks that are not there. The last ones come first, so that each finds its place."""
    found: list[tuple[str, str]] = []
    after = ""
    for name in reversed([*goal.tasks]):
        if name not in now.tasks:
            found.append((name, after))
        after = name
    return found


def _differing(now: Any, goal: Any, leave: frozenset[str]) -> dict[str, Any]:
    pairs = {f.name: (getattr(now, f.name), getattr(goal, f.name)) for f in fields(goal) if f.name not in leave}
    return {key: after for key, (before, after) in pairs.items() if before is not after and before != after}


def changes(dag: DagSpec, edit: Edit) -> tuple[str, ...]:
    """What an edit would change, a line each, in plain words. Empty when nothing would. Raises InvalidInput."""
    return difference(dag, apply_edit(dag, edit))


def difference(before: DagSpec, after: DagSpec) -> tuple[str, ...]:
    """What differs between two versions of a DAG, a line each, in plain words."""
    return tuple(_lines(before, after))


def _lines(before: DagSpec, after: DagSpec) -> Iterator[str]:
    renamed = _renaming(before, after)
    if renamed is not None:
        yield f"task {renamed.old} is called {renamed.new}"
        before = apply_edit(before, renamed)
    yield from _values(f"DAG {after.name}", _dag(before), _dag(after))
    yield from _input_lines(before, after)
    yield from _data_lines(before, after)
    yield from (f"task {name} removed" for name in before.tasks if name not in after.tasks)
    for name, task in after.tasks.items():
        owners = before.owner, after.owner
        yield from _task_lines(before.tasks[name], task, owners) if name in before.tasks else _new(task)


def _dag(spec: DagSpec) -> dict[str, str]:
    policies = {"dst.gap": spec.gap, "dst.fold": spec.fold}
    return {**_flat(DAG, spec, ("dag", "dst", "tasks", "inputs", "datasets")), **policies}


def _renaming(before: DagSpec, after: DagSpec) -> RenameTask | None:
    """The renaming that makes one of them out of the other, as far as the set of tasks goes."""
    gone = [name for name in before.tasks if name not in after.tasks]
    new = [name for name in after.tasks if name not in before.tasks]
    if len(gone) != 1 or len(new) != 1 or new[0] in before.inputs:
        return None
    rename = RenameTask(gone[0], new[0])
    return rename if apply_edit(before, rename).tasks[new[0]] == after.tasks[new[0]] else None


def _new(task: Task) -> Iterator[str]:
    yield _added(f"task {task.name} added", TASK, task, Task(""))


def _task_lines(before: Task, after: Task, owners: _Owners) -> Iterator[str]:
    if before is after or (before == after and before.function is after.function):
        return
    for key, verb in _NAMES:
        old, new = getattr(before, key), getattr(after, key)
        yield from (f"{after.name} no longer {verb} {name}" for name in old if name not in new)
        yield from (f"{after.name} now {verb} {name}" for name in new if name not in old)
    lists = tuple(key for key, _ in _NAMES)
    yield from _values(after.name, _flat(TASK, before, lists), _flat(TASK, after, lists), owners)
    if before.function is not after.function:
        yield f"{after.name}: other function"


def _input_lines(before: DagSpec, after: DagSpec) -> Iterator[str]:
    yield from (f"input {name} removed" for name in before.inputs if name not in after.inputs)
    for name, item in after.inputs.items():
        if name not in before.inputs:
            yield _added(f"input {name} added", INPUT, item, Input(name))
        else:
            flat = _flat(INPUT, before.inputs[name]), _flat(INPUT, item)
            yield from _values(f"input {name}", *flat, (before.owner, after.owner))


def _data_lines(before: DagSpec, after: DagSpec) -> Iterator[str]:
    yield from (f"dataset {name} no longer declared" for name in before.datasets if name not in after.datasets)
    for name, dataset in after.datasets.items():
        old = before.datasets.get(name)
        if old is None:
            yield _added(f"dataset {name} declared", DATASET, dataset, Dataset(name), ("checks",))
        else:
            flat = _flat(DATASET, old, ("checks",)), _flat(DATASET, dataset, ("checks",))
            yield from _values(f"dataset {name}", *flat, (before.owner, after.owner))
        yield from _check_lines(name, old.checks if old else {}, dataset.checks)


def _check_lines(dataset: str, before: Mapping[str, Check], after: Mapping[str, Check]) -> Iterator[str]:
    yield from (f"check {dataset}.{name} removed" for name in before if name not in after)
    for name, check in after.items():
        if name not in before:
            yield _added(f"check {dataset}.{name} added", CHECK, check, Check(name, check.kind), (), ("kind",))
        else:
            yield from _values(f"check {dataset}.{name}", _flat(CHECK, before[name]), _flat(CHECK, check))


def _added(
    what: str, group: Group, value: Any, usual: Any, leave: tuple[str, ...] = (), always: tuple[str, ...] = ()
) -> str:
    plain = _flat(group, usual)
    flat = _flat(group, value, leave)
    told = [f"{key} {item}" for key, item in flat.items() if key in always or item != plain.get(key)]
    return f"{what}{': ' if told else ''}{', '.join(told)}"


_Owners = tuple[str | None, str | None]  # of the DAG, before and after: they own what names nobody itself


def _values(
    who: str, before: Mapping[str, str], after: Mapping[str, str], owners: _Owners = (None, None)
) -> Iterator[str]:
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        if old != new and not (None in (old, new) and key in _USUAL and _USUAL[key] in (old, new)):
            was, becomes = (_or_its_dags(key, value, owner) for value, owner in zip((old, new), owners, strict=True))
            yield f"{who}: {key} {becomes} (before: {was})"


def _or_its_dags(key: str, value: str | None, owner: str | None) -> str:
    if value is None and key == "owner" and owner is not None:
        return f"{owner}, its DAG's"
    return "none" if value is None else value


def _flat(group: Group, value: Any, leave: tuple[str, ...] = (), label: str = "") -> dict[str, str]:
    """Every value that is set, by its path, as a file would spell it; defaults too, where there is one. What a group is
    short for has the path of the group: `deadline`, not `deadline.by`."""
    parts = group.parts(value)
    found: dict[str, str] = {}
    for row in group.fields:
        item = parts.get(row.name)
        if item is None or row.key in leave or item == () == group.default(row):
            continue
        path = label if label and row.key == group.bare else f"{label}.{row.key}" if label else row.key
        if isinstance(row.kind, Group):
            found |= _flat(row.kind, item, (), path)
        elif isinstance(row.kind, Each) and isinstance(row.kind.kind, Group):
            for name, one in item.items():
                found |= _flat(row.kind.kind, one, (), f"{path}.{name}") or {f"{path}.{name}": "as usual"}
        elif isinstance(row.kind, Each):
            found |= {f"{path}.{name}": _spelled(row.kind.kind.write(one)) for name, one in item.items()}
        else:
            found[path] = _spelled(row.kind.write(item))
    return found


def _spelled(written: Any) -> str:
    if isinstance(written, bool):
        return "true" if written else "false"
    if isinstance(written, dict):
        return ", ".join(
            f"{key}{' of' if isinstance(item, list) else ''} {_spelled(item)}" for key, item in written.items()
        )
    if isinstance(written, list):
        return shown(", ".join(written) or "nothing")
    return shown(str(written))


# What is as usual in a group that was not there before, or is no longer there, goes without saying.
_USUAL = _flat(TASK, Task("", sensor=Sensor()))
