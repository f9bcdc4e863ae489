"""What is wrong with datasets, those who write, read and check them, and the settings about data.

Every complaint is (path, message); the path is that of the DAG, or of the settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from workbench.model.check_checks import check_check
from workbench.model.data_parts import Consumer, Dataset
from workbench.model.findings import near, shown
from workbench.model.parts import DagSpec, Task, Workspace, span_of

Told = Iterator[tuple[str, str]]
_LONGEST_SPAN = 1000
_SAID = {"hour": "hours", "day": "days", "week": "weeks", "month": "months"}


class Data:
    """The datasets of a workspace. `partial`: it is being built, so names that it does not know may come later."""

    def __init__(self, workspace: Workspace, partial: bool) -> None:
        self.workspace, self.partial = workspace, partial

    @cached_property
    def known(self) -> list[str]:
        """What a foreign key may lead to."""
        return [*self.workspace.datasets, *self.workspace.inputs]

    @cached_property
    def checks(self) -> list[str]:
        """Every check, as dataset.check."""
        found = self.workspace.datasets.items()
        return [f"{name}.{check}" for name, (_, dataset) in found for check in dataset.checks]

    @cached_property
    def steps(self) -> set[str]:
        """Those that some task makes."""
        tasks = (task for spec in self.workspace.dags.values() for task in spec.tasks.values())
        return {name for task in tasks if isinstance(task.checks, tuple) for name in task.checks}

    # a DAG

    def dag(self, spec: DagSpec) -> Told:
        """Names of its datasets, declared or only written."""
        written = {n: f"tasks.{t.name}.writes.{n}" for t in spec.tasks.values() for n in _writes(t)}
        for name, path in {**written, **{name: f"datasets.{name}" for name in spec.datasets}}.items():
            if name in spec.tasks:
                yield path, f"'{shown(name)}' is both a task and a dataset of DAG '{spec.name}'; rename one"

    def dataset(self, spec: DagSpec, dataset: Dataset) -> Told:
        """One that the DAG declares. The value of each field is right by itself."""
        name, path = dataset.name, f"datasets.{dataset.name}"
        home = self.workspace.datasets[name][0] if name in self.workspace.datasets else spec
        if home is not spec:
            yield path, f"dataset '{name}' is declared in DAG '{home.name}' already; declare it there alone"
        if name in self.workspace.inputs:
            owner = self.workspace.inputs[name][0].name
            told = f"dataset '{name}' of DAG '{spec.name}' is an input of DAG '{owner}'"
            yield path, f"{told}; somebody else delivers those, so take another name"
        if dataset.mode == "merge" and not dataset.key:
            told = f"dataset '{name}' merges, and has no key by which to tell rows apart"
            yield f"{path}.mode", f"{told}; add key, for example key: [carrier, flight]"
        for column in dict.fromkeys(dataset.key):
            if dataset.key.count(column) > 1:
                yield f"{path}.key.{column}", f"dataset '{name}' lists column '{shown(column)}' twice in its key"

    def check(self, dataset: Dataset, name: str) -> Told:
        check, path = dataset.checks[name], f"datasets.{dataset.name}.checks.{name}"
        known = [] if self.partial else self.known
        for key, message in check_check(check, dataset.name, known):
            if key != "to" or not self.partial:
                yield f"{path}.{key}", message
        if check.when == "step" and not self.partial and f"{dataset.name}.{name}" not in self.steps:
            told = f"check '{dataset.name}.{name}' runs when a task names it, and none does"
            yield f"{path}.when", f"{told}; add checks: [{dataset.name}.{name}] to one, or write when: before"

    # a task

    def task(self, spec: DagSpec, task: Task) -> Told:
        yield from self._checked(task)
        yield from self._grids(spec, task)
        ways = [key for key in ("sql", "run", "function", "code") if getattr(task, key)]
        if task.sql and len(ways) > 1:
            other = "a function" if "function" in ways else f"'{ways[1]}'"
            yield "sql", f"task '{task.name}' has 'sql' and {other}, and its rows come from one of them; keep one"
        deciding = next((key for key in ("branch", "short_circuit") if getattr(task, key)), "")
        if task.sql and deciding:
            told = f"task '{task.name}' has 'sql' and '{deciding}', and a SELECT finds rows and decides nothing"
            yield deciding, f"{told}; let a task after it decide, with a function"

    def _checked(self, task: Task) -> Told:
        """The checks that a task makes as a step."""
        for text in dict.fromkeys(task.checks):
            path = f"checks.{text}"
            dataset, dot, check = text.partition(".")
            if task.checks.count(text) > 1:
                yield path, f"task '{task.name}' lists '{shown(text)}' twice in its checks; keep one"
            if not dot or not dataset or not check:
                known = near(text, self.checks) or "; write dataset.check, for example orders.volume"
                yield path, f"task '{task.name}' checks '{shown(text)}', which is no check of a dataset{known}"
            elif not self.partial and text not in self.checks:
                known = near(text, self.checks) or "; no dataset has a check"
                yield path, f"task '{task.name}' checks unknown '{shown(text)}'{known}"

    def _grids(self, spec: DagSpec, task: Task) -> Told:
        """A dataset has one grid: a partition is that of the run that wrote it."""
        for name in _writes(task):
            home = self.workspace.datasets[name][0]
            if home.grid != spec.grid:
                told = f"task '{task.name}' writes '{name}' in {_grid(spec)}, and DAG '{home.name}' has it in"
                yield f"writes.{name}", f"{told} {_grid(home)}; let it write a dataset of its own"

    # settings

    def consumer(self, consumer: Consumer) -> Told:
        path, who = f"consumers.{consumer.name}", f"consumer '{consumer.name}'"
        if not consumer.reads:
            yield path, f"{who} reads nothing; add reads, for example reads: [orders]"
        for text in dict.fromkeys(consumer.reads):
            here = f"{path}.reads.{text}"
            if consumer.reads.count(text) > 1:
                yield here, f"{who} lists '{shown(text)}' twice; keep one"
            if complaint := self._read(text):
                yield here, f"{who} reads {complaint}"

    def _read(self, text: str) -> str:
        """What is wrong with a dataset that a consumer reads."""
        name, at, span = text.partition("@")
        try:
            low, high = span_of(span)
        except ValueError as error:
            return f"'{shown(text)}': {error}"
        if at and not span:
            return f"'{shown(text)}'; after '@' write which partitions are meant, for example @-1 or @-6..0"
        if high > 0:
            return f"'{text}', which is not over then; 0 is the last window that has ended"
        if high - low >= _LONGEST_SPAN:
            return f"'{text}', which is more than {_LONGEST_SPAN} partitions; write fewer"
        if self.partial or name in self.workspace.datasets:
            return ""
        if name in self.workspace.inputs:
            return f"'{shown(name)}', which is an input; consumers read what tasks write"
        return f"unknown '{shown(name)}'{near(name, self.workspace.datasets) or '; no task writes a dataset'}"

    def people(self) -> Told:
        for name in self.workspace.routes:
            if name in self.workspace.roster:
                yield f"routes.{name}", f"'{shown(name)}' is both a person and a route; rename one"
        for name, people in self.workspace.routes.items():
            for one in dict.fromkeys(people):
                if people.count(one) > 1:
                    yield f"routes.{name}.{one}", f"route '{shown(name)}' lists '{shown(one)}' twice; keep one"


def _writes(task: Task) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task.writes)) if isinstance(task.writes, tuple) else ()


def _grid(spec: DagSpec) -> str:
    return f"{_SAID[spec.partition]} of {spec.timezone}"
