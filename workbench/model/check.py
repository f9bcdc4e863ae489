"""What names and values mean together: checks of a whole workspace, read from a file or made in Python.

Lines come from `DagSpec.lines`, by path: "dag", "schedule", "dst.gap", "tasks.extract",
"tasks.extract.needs", "tasks.extract.needs.jfk", "tasks.extract.retries.max", "inputs.jfk.expected", ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import Any

from workbench.model.check_datasets import Data
from workbench.model.check_tasks import Around, check_data, check_task, deadline_complaint
from workbench.model.circles import circles, data_circles
from workbench.model.data_parts import Dataset
from workbench.model.findings import Findings, shown
from workbench.model.kinds import Group, complaints
from workbench.model.modules import check_run
from workbench.model.parts import DagSpec, Input, Task, Workspace
from workbench.model.problems import Problem
from workbench.model.schema import DAG, INPUT, TASK, is_whole, settings_of
from workbench.model.schema_data import CHECK, CONSUMER, DATA_SETTINGS, DATASET, PERSON
from workbench.timetable import ONCE

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}", re.ASCII)


def check_workspace(workspace: Workspace, *, partial: bool = False) -> list[Problem]:
    """All that is wrong with a workspace; empty when nothing is. `partial`: it is being built, so names that
    it does not know may come later, and it may be empty."""
    first = next(iter(workspace.dags.values()), None)
    found = Findings(first.file if first else "")
    with found.bounded():
        _Check(workspace, found, partial).everything()
    return found.sorted()


def line_of(spec: DagSpec, path: str) -> int:
    """The line of a path, or of the nearest path around it that has one; 0 when the DAG has no file."""
    while path:
        if path in spec.lines:
            return spec.lines[path]
        path = path.rpartition(".")[0]
    return spec.lines.get("dag", 0)


@dataclass
class _Check:
    """One check of one workspace."""

    workspace: Workspace
    found: Findings
    partial: bool
    broken: set[tuple[str, str]] = field(default_factory=set)
    made: dict[tuple[str, int], str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    def everything(self) -> None:
        self.sizes()
        self.settings()
        for spec in self.workspace.dags.values():
            self.values(spec)
        for spec in self.workspace.dags.values():
            self.dag(spec)
        self.readers()
        self.shared_inputs()
        self.circles()

    def add(self, spec: DagSpec, path: str, message: str) -> None:
        """A template's mistake shows in all its DAGs; at each line it is told for the first of them."""
        line = line_of(spec, path)
        if not spec.template:
            self.found.add(message, line, spec.file)
        elif self.made.setdefault((spec.file, line), spec.name) == spec.name:
            self.found.add(f"{message} (template {spec.template})", line, spec.file)

    # values

    def sizes(self) -> None:
        for name, size in self.workspace.pools.items():
            if complaint := _name_complaint("pool", name):
                self.found.add(complaint)
            if not is_whole(size) or size < 1:
                self.found.add(f"pool '{name}' must have a whole number of 1 or more slots; here it is {size!r}")
        workers = self.workspace.workers
        if workers is not None and (not is_whole(workers) or workers < 1):
            self.found.add(f"'workers' must be a whole number of 1 or more; here it is {workers!r}")

    def values(self, spec: DagSpec) -> None:
        """Types and bounds of every field. Objects with a wrong one are not looked at further."""
        self._complain(spec, DAG, spec, f"DAG '{shown(str(spec.name))}'", "")
        for task in spec.tasks.values():
            self._complain(spec, TASK, task, f"task '{shown(str(task.name))}'", f"tasks.{task.name}")
        for item in spec.inputs.values():
            self._complain(spec, INPUT, item, f"input '{shown(str(item.name))}'", f"inputs.{item.name}")

        for dataset in spec.datasets.values():
            name, path = shown(str(dataset.name)), f"datasets.{dataset.name}"
            self._complain(spec, DATASET, dataset, f"dataset '{name}'", path)
            for check in dataset.checks.values() if self._is_whole(spec, path) else ():
                who = f"check '{name}.{shown(str(check.name))}'"
                self._complain(spec, CHECK, check, who, f"{path}.checks.{check.name}")

    def settings(self) -> None:
        """Types and bounds of the settings about data."""
        for path, message in complaints(DATA_SETTINGS, settings_of(self.workspace), "the workspace"):
            self.unsettled(path, message)
        for part, group, entries in (
            ("consumers", CONSUMER, self.workspace.consumers),
            ("roster", PERSON, self.workspace.roster),
        ):
            if isinstance(entries, Mapping) and part not in self.wrong:
                for name, item in entries.items():
                    for key, message in complaints(group, item, f"{_NOUNS[part]} '{shown(str(name))}'"):
                        self.unsettled(f"{part}.{name}.{key}", message)

    def unsettled(self, path: str, message: str) -> None:
        """A complaint about the settings. What is around it is not looked at further."""
        self.wrong.add(path.partition(".")[0])
        self.found.add(message, self._setting_line(path), self.workspace.file or None)

    def _setting_line(self, path: str) -> int:
        while path and path not in self.workspace.lines:
            path = path.rpartition(".")[0]
        return self.workspace.lines.get(path, 0)

    def readers(self) -> None:
        """Consumers, and who is told."""
        told: list[tuple[str, str]] = []
        for name, consumer in self.workspace.consumers.items() if "consumers" not in self.wrong else ():
            if complaint := _name_complaint("consumer", name):
                told.append((f"consumers.{name}", complaint))
            told += self.data.consumer(consumer)
        if not self.wrong & {"roster", "routes"}:
            told += self.data.people()
        for path, message in told:
            self.unsettled(path, message)

    @cached_property
    def data(self) -> Data:
        return Data(self.workspace, self.partial)

    def _complain(self, spec: DagSpec, group: Group, value: Any, who: str, path: str) -> None:
        for key, message in complaints(group, value, who):
            self.broken.add((spec.name, path))
            self.add(spec, f"{path}.{key}" if path else key, message)

    def _is_whole(self, spec: DagSpec, path: str) -> bool:
        return (spec.name, path) not in self.broken

    # one DAG

    def dag(self, spec: DagSpec) -> None:
        self.names(spec)
        if not spec.tasks and not self.partial:
            self.add(spec, "tasks", f"DAG '{shown(spec.name)}' has no tasks; add 'tasks:' with one task at least")
        if self._is_whole(spec, ""):
            self.whole(spec)
        for task in spec.tasks.values():
            if self._is_whole(spec, f"tasks.{task.name}"):
                self.task(spec, task)
        for dataset in spec.datasets.values():
            if self._is_whole(spec, f"datasets.{dataset.name}"):
                self.dataset(spec, dataset)

    def names(self, spec: DagSpec) -> None:
        named = [("DAG", spec.name, "dag")]
        named += [("task", name, f"tasks.{name}") for name in spec.tasks]
        named += [("input", name, f"inputs.{name}") for name in spec.inputs]
        named += [("dataset", name, f"datasets.{name}") for name in spec.datasets]
        for noun, name, path in named:
            if complaint := _name_complaint(noun, name):
                self.add(spec, path, complaint)
        for name in spec.inputs.keys() & spec.tasks.keys():
            lines = [line_of(spec, f"{part}.{name}") for part in ("inputs", "tasks")]
            where = f" (lines {min(lines)} and {max(lines)})" if any(lines) else ""
            told = f"'{shown(name)}' is both a task and an input of DAG '{spec.name}'{where}; rename one"
            self.found.add(told, max(lines), spec.file)

    def task(self, spec: DagSpec, task: Task) -> None:
        for name in task.writes:
            if complaint := _name_complaint("dataset", name):
                self.add(spec, f"tasks.{task.name}.writes.{name}", complaint)
        for path, message in (*check_task(self.around, spec, task), *self.data.task(spec, task)):
            self.add(spec, f"tasks.{task.name}.{path}", message)
        if spec.folder and task.function is None:
            runs = {"run": task.run or "", **{f"code.{version}": run for version, run in task.code.items()}}
            for key, run in runs.items():
                if run:
                    check_run(spec, task, run, line_of(spec, f"tasks.{task.name}.{key}"), self.found)

    def dataset(self, spec: DagSpec, dataset: Dataset) -> None:
        path = f"datasets.{dataset.name}"
        told = list(self.data.dataset(spec, dataset))
        for name in dataset.checks:
            if complaint := _name_complaint("check", name):
                told.append((f"{path}.checks.{name}", complaint))
            elif self._is_whole(spec, f"{path}.checks.{name}"):
                told += self.data.check(dataset, name)
        for where, message in told:
            self.add(spec, where, message)

    @cached_property
    def around(self) -> Around:
        return Around(self.workspace, self.partial)

    def whole(self, spec: DagSpec) -> None:
        """Fields of a DAG that do not go together. All of them are right by themselves."""
        if spec.start and spec.end and spec.end <= spec.start:
            self.add(spec, "end", f"'end' of DAG '{spec.name}' must come after its 'start'")
        if spec.deadline is not None and (complaint := deadline_complaint(spec.deadline)):
            self.add(spec, "deadline", f"'deadline' of DAG '{spec.name}'{complaint}")
        if spec.schedule == ONCE and spec.start is None:
            told = f"DAG '{spec.name}' runs once, when its first window is over, so it needs a 'start'"
            self.add(spec, "schedule", f"{told}, for example start: 2013-01-01")
        if spec.data is not None:
            for path, message in check_data(self.around, spec, spec.data):
                self.add(spec, path, message)
        for path, message in self.data.dag(spec):
            self.add(spec, path, message)

    # across DAGs

    def shared_inputs(self) -> None:
        for spec in self.workspace.dags.values():
            for name, item in spec.inputs.items():
                home, first = self.workspace.inputs[name]
                if home is not spec and not _agree(home, first, spec, item):
                    told = f"input '{name}' is declared differently in DAG '{home.name}'; declare it there alone"
                    self.add(spec, f"inputs.{name}", f"{told}, and use it here by its name")

    def circles(self) -> None:
        for (dag, task), need, message in circles(self.workspace, self._is_whole_task):
            self.add(self.workspace.dags[dag], f"tasks.{task}.needs.{need}", message)
        for dag, name, message in data_circles(self.workspace):
            spec = self.workspace.dags[dag]
            if self._is_whole(spec, "") and spec.data is not None:
                self.add(spec, f"schedule.{'all' if spec.data.all else 'any'}.{name}", message)

    def _is_whole_task(self, spec: DagSpec, task: Task) -> bool:
        return self._is_whole(spec, f"tasks.{task.name}") and self._is_whole(spec, "")


_NOUNS = {"consumers": "consumer", "roster": "person"}


def _name_complaint(noun: str, name: object) -> str:
    whose = f"{'an' if noun == 'input' else 'a'} {noun}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        rule = "a name starts with a letter and has up to 100 letters (a-z), digits, '_' and '-'"
        return f"'{shown(str(name))}' is no name for {whose}: {rule}{_better_name(str(name))}"
    if name == "ctx" and noun in ("task", "input", "dataset"):
        return f"'ctx' is no name for {whose}: functions get their context under that name; take another"
    return ""


def _better_name(name: str) -> str:
    better = re.sub(r"[^A-Za-z0-9_-]+", "_", name[:100]).strip("_-")
    return f"; '{better}' would do" if better and _NAME.fullmatch(better) else ""


def _agree(home: DagSpec, first: Input, spec: DagSpec, item: Input) -> bool:
    # The same time of day in another zone is another promise.
    same_clock = not isinstance(item.expected, time) or home.timezone == spec.timezone
    return first == item and same_clock
