"""What names and values mean together: checks of a whole workspace, read from a file or made in Python.

Lines come from `DagSpec.lines`, by path: "dag", "schedule", "dst.gap", "tasks.extract",
"tasks.extract.needs", "tasks.extract.needs.jfk", "tasks.extract.retries.max", "inputs.jfk.expected", ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from workbench.model.findings import Findings, near, shown
from workbench.model.kinds import Group, complaints
from workbench.model.modules import check_run
from workbench.model.parts import DagSpec, Input, Task, Workspace
from workbench.model.problems import Problem
from workbench.model.schema import DAG, INPUT, TASK, is_whole

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}", re.ASCII)
_MOST_CYCLES = 10
_LONGEST_CIRCLE = 20


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

    def everything(self) -> None:
        self.sizes()
        for spec in self.workspace.dags.values():
            self.values(spec)
        for spec in self.workspace.dags.values():
            self.dag(spec)
        self.shared_inputs()
        self.cycles()

    def add(self, spec: DagSpec, path: str, message: str) -> None:
        self.found.add(message, line_of(spec, path), spec.file)

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
        if self._is_whole(spec, "") and spec.start and spec.end and spec.end <= spec.start:
            self.add(spec, "end", f"'end' of DAG '{spec.name}' must come after its 'start'")
        for task in spec.tasks.values():
            if self._is_whole(spec, f"tasks.{task.name}"):
                self.task(spec, task)

    def names(self, spec: DagSpec) -> None:
        named = [("DAG", spec.name, "dag")]
        named += [("task", name, f"tasks.{name}") for name in spec.tasks]
        named += [("input", name, f"inputs.{name}") for name in spec.inputs]
        for noun, name, path in named:
            if complaint := _name_complaint(noun, name):
                self.add(spec, path, complaint)
        for name in spec.inputs.keys() & spec.tasks.keys():
            lines = [line_of(spec, f"{part}.{name}") for part in ("inputs", "tasks")]
            where = f" (lines {min(lines)} and {max(lines)})" if any(lines) else ""
            told = f"'{shown(name)}' is both a task and an input of DAG '{spec.name}'{where}; rename one"
            self.found.add(told, max(lines), spec.file)

    def task(self, spec: DagSpec, task: Task) -> None:
        for key, names in (("needs", task.needs), ("reads", task.reads)):
            for name in names:
                if complaint := self._reference(spec, task, key, name):
                    self.add(spec, f"tasks.{task.name}.{key}.{name}", complaint)
        for name in _twice(task.needs + task.reads):
            told = f"task '{task.name}' lists '{shown(name)}' twice in its needs and reads; keep one"
            self.add(spec, f"tasks.{task.name}.reads.{name}", told)
        self.pool(spec, task)
        if spec.folder and task.run and task.function is None:
            check_run(spec, task, line_of(spec, f"tasks.{task.name}.run"), self.found)

    def _reference(self, spec: DagSpec, task: Task, key: str, name: str) -> str:
        """What is wrong with one name in needs or reads."""
        if name == task.name:
            return f"task '{task.name}' {key} itself; remove it from its {key}"
        own = name.removeprefix(f"{spec.name}.")
        if own != name and own in spec.tasks:
            return f"task '{task.name}' {key} '{name}', which is in its own DAG; write '{own}'"
        if name in spec.tasks or name in self.known or self.partial:
            return ""
        return f"task '{task.name}' {key} unknown '{shown(name)}'{near(name, self._reachable(spec, task))}"

    @cached_property
    def known(self) -> set[str]:
        """What every DAG may name: inputs, and the tasks of others as `dag.task`."""
        dotted = {f"{spec.name}.{task}" for spec in self.workspace.dags.values() for task in spec.tasks}
        return dotted | self.workspace.inputs.keys()

    def _reachable(self, spec: DagSpec, task: Task) -> Iterator[str]:
        yield from (name for name in spec.tasks if name != task.name)
        yield from (name for name in self.known if not name.startswith(f"{spec.name}."))

    def pool(self, spec: DagSpec, task: Task) -> None:
        if task.pool is None or task.pool in self.workspace.pools or self.partial:
            return
        none = f". No pool is declared; add a document with 'pools: {{{shown(task.pool)}: 1}}'"
        told = f"task '{task.name}' has pool '{shown(task.pool)}'{near(task.pool, self.workspace.pools) or none}"
        self.add(spec, f"tasks.{task.name}.pool", told)

    # across DAGs

    def shared_inputs(self) -> None:
        for spec in self.workspace.dags.values():
            for name, item in spec.inputs.items():
                home, first = self.workspace.inputs[name]
                if home is not spec and not _agree(home, first, spec, item):
                    told = f"input '{name}' is declared differently in DAG '{home.name}'; declare it there alone"
                    self.add(spec, f"inputs.{name}", f"{told}, and use it here by its name")

    def cycles(self) -> None:
        graph = self._graph()
        for _ in range(_MOST_CYCLES):
            cycle = _cycle(graph)
            if not cycle:
                return
            self._tell_cycle(cycle)
            graph[cycle[0]].remove(cycle[-1])

    def _graph(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """(dag, task) -> those it needs, but for itself."""
        return {
            (spec.name, task.name): [up for up in self._ups(spec, task) if up != (spec.name, task.name)]
            for spec in self.workspace.dags.values()
            for task in spec.tasks.values()
            if self._is_whole(spec, f"tasks.{task.name}")
        }

    def _ups(self, spec: DagSpec, task: Task) -> Iterator[tuple[str, str]]:
        for name in dict.fromkeys(task.needs):
            dag, _, other = name.rpartition(".")
            if name in spec.tasks:
                yield spec.name, name
            elif dag in self.workspace.dags and other in self.workspace.dags[dag].tasks:
                yield dag, other

    def _tell_cycle(self, cycle: list[tuple[str, str]]) -> None:
        dags = {dag for dag, _ in cycle}
        words = [task if len(dags) == 1 else f"{dag}.{task}" for dag, task in [*cycle, cycle[0]]]
        (dag, task), last = cycle[0], words[-2]
        circle = " -> ".join(words if len(words) <= _LONGEST_CIRCLE else [*words[:5], "...", *words[-5:]])
        told = f"tasks need each other in a circle, so none can start: {circle}; remove one of these needs"
        self.add(self.workspace.dags[dag], f"tasks.{task}.needs.{last}", told)


def _name_complaint(noun: str, name: object) -> str:
    whose = f"{'an' if noun == 'input' else 'a'} {noun}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        rule = "a name starts with a letter and has up to 100 letters (a-z), digits, '_' and '-'"
        return f"'{shown(str(name))}' is no name for {whose}: {rule}{_better_name(str(name))}"
    if name == "ctx" and noun in ("task", "input"):
        return f"'ctx' is no name for {whose}: functions get their context under that name; take another"
    return ""


def _better_name(name: str) -> str:
    better = re.sub(r"[^A-Za-z0-9_-]+", "_", name[:100]).strip("_-")
    return f"; '{better}' would do" if better and _NAME.fullmatch(better) else ""


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return list(twice)


def _agree(home: DagSpec, first: Input, spec: DagSpec, item: Input) -> bool:
    # The same time of day in another zone is another promise.
    same_clock = not isinstance(item.expected, time) or home.timezone == spec.timezone
    return first == item and same_clock


def _cycle(graph: dict[tuple[str, str], list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """One circle, each need before what needs it, from the task written first; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        nodes: list[tuple[str, str]] = error.args[1][:-1]
        place = {node: n for n, node in enumerate(graph)}
        start = min(range(len(nodes)), key=lambda n: place[nodes[n]])
        return nodes[start:] + nodes[:start]
    return []
