"""Edits of datasets and their checks: (dag, edit) -> dag, as those in `edits`.

A dataset that tasks only write, without a word about it, is declared by the first edit that says something of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.model.data_parts import Check, Dataset
from workbench.model.fields import given_fields
from workbench.model.parts import DagSpec
from workbench.model.problems import InvalidInput, nearest
from workbench.model.schema_data import CHECK, DATASET


@dataclass(frozen=True, slots=True)
class AddDataset:
    """The DAG declares one more dataset."""

    dataset: Dataset

    def sentence(self) -> str:
        return f"dataset {self.dataset.name} declared"


@dataclass(frozen=True, slots=True)
class SetDataset:
    """Some fields of a dataset get other values, for example `mode` or `owner`."""

    dataset: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return f"dataset {self.dataset}: {', '.join(sorted(self.values)) or 'nothing'} changed"


@dataclass(frozen=True, slots=True)
class RemoveDataset:
    """The DAG no longer declares the dataset; tasks that write it go on, with a plain one that has no checks."""

    dataset: str

    def sentence(self) -> str:
        return f"dataset {self.dataset} no longer declared"


@dataclass(frozen=True, slots=True)
class AddCheck:
    """A dataset gets one more check, after the others."""

    dataset: str
    check: Check

    def sentence(self) -> str:
        return f"check {self.dataset}.{self.check.name} added"


@dataclass(frozen=True, slots=True)
class SetCheck:
    """Some fields of a check get other values, for example `max` or `severity`."""

    dataset: str
    check: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        return f"check {self.dataset}.{self.check}: {', '.join(sorted(self.values)) or 'nothing'} changed"


@dataclass(frozen=True, slots=True)
class RemoveCheck:
    """The check goes, and with it every step that made it."""

    dataset: str
    check: str

    def sentence(self) -> str:
        return f"check {self.dataset}.{self.check} removed"


DataEdit = AddDataset | SetDataset | RemoveDataset | AddCheck | SetCheck | RemoveCheck


def dataset_of(edit: object) -> str:
    """The name of the dataset that an edit is about; empty for others."""
    if not isinstance(edit, DataEdit):
        return ""
    return edit.dataset.name if isinstance(edit.dataset, Dataset) else edit.dataset


def _add_dataset(dag: DagSpec, edit: AddDataset) -> DagSpec:
    if not isinstance(edit.dataset, Dataset):
        raise InvalidInput([f"AddDataset takes a Dataset, not {edit.dataset!r}; write AddDataset(Dataset('orders'))"])
    name = edit.dataset.name
    if name in dag.datasets:
        raise InvalidInput([f"DAG '{dag.name}' declares a dataset '{name}' already"])
    for noun, taken in (("task", dag.tasks), ("input", dag.inputs)):
        if name in taken:
            raise InvalidInput([f"DAG '{dag.name}' has {_a(noun)} '{name}' already; take another name"])
    return _with(dag, edit.dataset)


def _set_dataset(dag: DagSpec, edit: SetDataset) -> DagSpec:
    dataset = _dataset(dag, edit.dataset)
    try:
        return _with(dag, replace(dataset, **given_fields(DATASET, edit.values, "a dataset", dag.zone)))
    except InvalidInput as error:
        raise InvalidInput([f"dataset '{dataset.name}': {error}"]) from None


def _remove_dataset(dag: DagSpec, edit: RemoveDataset) -> DagSpec:
    if edit.dataset not in dag.datasets:
        known = nearest(edit.dataset, dag.datasets)
        raise InvalidInput([f"DAG '{dag.name}' declares no dataset '{edit.dataset}'{known}"])
    return replace(dag, datasets={name: item for name, item in dag.datasets.items() if name != edit.dataset})


def _add_check(dag: DagSpec, edit: AddCheck) -> DagSpec:
    if not isinstance(edit.check, Check):
        raise InvalidInput([f"AddCheck takes a Check, not {edit.check!r}; write AddCheck('orders', Check('volume'))"])
    dataset = _dataset(dag, edit.dataset)
    if edit.check.name in dataset.checks:
        raise InvalidInput([f"dataset '{dataset.name}' has a check '{edit.check.name}' already"])
    return _with(dag, replace(dataset, checks={**dataset.checks, edit.check.name: edit.check}))


def _set_check(dag: DagSpec, edit: SetCheck) -> DagSpec:
    dataset, check = _check(dag, edit.dataset, edit.check)
    try:
        check = replace(check, **given_fields(CHECK, edit.values, "a check", dag.zone))
    except InvalidInput as error:
        raise InvalidInput([f"check '{dataset.name}.{check.name}': {error}"]) from None
    return _with(dag, replace(dataset, checks={**dataset.checks, check.name: check}))


def _remove_check(dag: DagSpec, edit: RemoveCheck) -> DagSpec:
    dataset, check = _check(dag, edit.dataset, edit.check)
    text = f"{dataset.name}.{check.name}"
    tasks = {
        name: replace(task, checks=tuple(one for one in task.checks if one != text)) if text in task.checks else task
        for name, task in dag.tasks.items()
    }
    left = {name: one for name, one in dataset.checks.items() if name != check.name}
    return _with(replace(dag, tasks=tasks), replace(dataset, checks=left))


def _dataset(dag: DagSpec, name: str) -> Dataset:
    """The dataset as declared, or the plain one that tasks write."""
    written = [one for task in dag.tasks.values() for one in task.writes]
    if name not in dag.datasets and name not in written:
        known = nearest(name, (*dag.datasets, *written)) or "; it writes none"
        raise InvalidInput([f"DAG '{dag.name}' has no dataset '{name}'{known}"])
    return dag.datasets.get(name) or Dataset(name)


def _check(dag: DagSpec, dataset: str, name: str) -> tuple[Dataset, Check]:
    found = _dataset(dag, dataset)
    if name not in found.checks:
        known = nearest(name, found.checks) or "; it has none"
        raise InvalidInput([f"dataset '{dataset}' has no check '{name}'{known}"])
    return found, found.checks[name]


def _with(dag: DagSpec, dataset: Dataset) -> DagSpec:
    return replace(dag, datasets={**dag.datasets, dataset.name: dataset})


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


APPLY_DATA: dict[type[Any], Callable[[DagSpec, Any], DagSpec]] = {
    AddDataset: _add_dataset,
    SetDataset: _set_dataset,
    RemoveDataset: _remove_dataset,
    AddCheck: _add_check,
    SetCheck: _set_check,
    RemoveCheck: _remove_check,
}
