"""Reads a pipeline file: DAG documents, a settings document, and scenario documents, which stay nodes.

Everything that is wrong is raised as one InvalidInput. Nothing in the file, or beside it, is run.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.model.check import check_workspace, line_of
from workbench.model.data_parts import Check, Dataset
from workbench.model.findings import Findings, collecting, near, shown
from workbench.model.kinds import Each, described
from workbench.model.parts import DagSpec, Sensor, Task, Workspace
from workbench.model.problems import InvalidInput, Problem
from workbench.model.schema import SETTINGS, read_dag, read_settings
from workbench.model.templates import read_template
from workbench.model.yamltext import MOST_BYTES, Mapping, Node, Scalar, read_documents
from workbench.timetable import ONCE

_KINDS = {key: key for key in ("template", "dag", "scenario")} | dict.fromkeys(SETTINGS.by_key, "settings")
_HOW = "a pipeline file starts with 'dag: name_of_the_dag', then 'tasks:'"


@dataclass(frozen=True)
class Loaded:
    """What a file holds. Scenario documents are read by `workbench.scenario.reading`. Of a file that was read as far as
    it goes: what is wrong with it, and what could not be read: paths such as `tasks` and `inputs.jfk.expected`,
    LOST when whole documents are missing."""

    workspace: Workspace
    scenarios: tuple[Mapping, ...] = ()
    file: str = ""
    folder: str = ""
    problems: tuple[Problem, ...] = ()
    unread: frozenset[str] = frozenset()


LOST = "documents"


def read_workspace(path: str | Path) -> Loaded:
    """Read and check a pipeline file. Raises InvalidInput with every problem in it."""
    return _whole(read_partly(path))


def read_workspace_text(source: str | bytes, file: str = "", folder: str = "") -> Loaded:
    """As `read_workspace`, from text. Functions of tasks are looked for only when a folder is given."""
    return _whole(read_partly_text(source, file, folder))


def _whole(loaded: Loaded) -> Loaded:
    if loaded.problems:
        raise InvalidInput(loaded.problems)
    return loaded


def read_partly(path: str | Path) -> Loaded:
    """A pipeline file as far as it can be read, with what is wrong. Raises InvalidInput only when it is not there."""
    source = read_bytes(path)
    return read_partly_text(source, file=str(path), folder=str(Path(path).resolve().parent))


def read_partly_text(source: str | bytes, file: str = "", folder: str = "") -> Loaded:
    """As `read_partly`, from text."""
    found = Findings(file)
    documents = _Documents(found, file, folder)
    is_whole = False
    with found.bounded():
        for node in read_documents(source, found):
            documents.take(node)
        is_whole = True
        _check(documents.loaded(), documents, found)
    unread = documents.failed if is_whole else documents.failed | {LOST}
    return replace(documents.loaded(), problems=tuple(found.sorted()), unread=frozenset(unread))


def read_together(paths: Sequence[str | Path]) -> Loaded:
    """Several pipeline files as one workspace, as far as they can be read, with all that is wrong in each. Raises
    InvalidInput only when one is not there."""
    found = Findings(str(paths[0]))
    documents = _Documents(found, str(paths[0]), "")
    is_whole = True
    for path in paths:
        source = read_bytes(path)
        found.file = documents.file = str(path)
        documents.folder = str(Path(path).resolve().parent)
        read = False
        with found.bounded():
            for node in read_documents(source, found):
                documents.take(node)
            read = True
        is_whole = is_whole and read
    with found.bounded():
        if is_whole:
            _check(documents.loaded(), documents, found)
    unread = documents.failed if is_whole else documents.failed | {LOST}
    return replace(documents.loaded(), problems=tuple(found.problems), unread=frozenset(unread))


def read_scenarios(path: str | Path) -> tuple[Mapping, ...]:
    """The scenario documents of a file, as nodes; other documents are passed over. Raises InvalidInput."""
    source = read_bytes(path)
    with collecting(str(path)) as found:
        nodes = [node for node in read_documents(source, found) if document_kind(node) == "scenario"]
        if not nodes:
            found.add("no scenario here; a scenario starts with 'scenario: name_of_it'")
    return tuple(node for node in nodes if isinstance(node, Mapping))


def read_bytes(path: str | Path) -> bytes:
    """The start of a file, one byte more than is allowed. Raises InvalidInput when there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        explain = _CANNOT_OPEN.get(error.errno or 0)
        message = explain(Path(path)) if explain else f"it cannot be read: {error.strerror}"
    except ValueError:
        message = "this is no name of a file"
    raise InvalidInput([Problem(message, shown(str(path)))])


def _no_file(path: Path) -> str:
    return f"there is no such file{near(path.name, _beside(path.parent))}"


def _a_folder(path: Path) -> str:
    files = ", ".join(_beside(path)[:6])
    return f"this is a folder; give a file in it (it has {files})" if files else "this is a folder; give a YAML file"


def _beside(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir() if p.suffix in {".yaml", ".yml"})
    except OSError:
        return []


_CANNOT_OPEN: dict[int, Callable[[Path], str]] = {
    errno.ENOENT: _no_file,
    errno.ENOTDIR: _no_file,
    errno.EISDIR: _a_folder,
    errno.EACCES: lambda path: "you may not read this file (permission denied)",
}


def document_kind(node: Node) -> str:
    """ "template", "dag", "scenario" or "settings" by the first key that says so; empty if none does. A key of settings
    says so only where no other does."""
    if not isinstance(node, Mapping):
        return ""
    if node.get("template") is not None:  # it has a key `dag` as well
        return "template"
    kinds = [_KINDS[key.text] for key, _ in node.pairs if key.text in _KINDS]
    return next((kind for kind in kinds if kind != "settings"), "settings" if kinds else "")


@dataclass
class _Documents:
    """The documents of one file, put together as they come."""

    found: Findings
    file: str
    folder: str
    dags: dict[str, DagSpec] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    scenarios: list[Mapping] = field(default_factory=list)
    names: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    tried_dags: bool = False

    def take(self, node: Node) -> None:
        kind = document_kind(node)
        if kind and isinstance(node, Mapping):
            _TAKE[kind](self, node)
        else:
            self.failed.add(LOST)
            self.found.add(_unknown_document(node), node.line)

    def take_dag(self, node: Mapping) -> None:
        self.tried_dags = True
        spec, place = read_dag(node, self.found)
        self.failed |= place.failed
        if not spec.name or not self._is_new("DAG", spec.name, place.lines.get("dag", node.line)):
            self.failed.add(LOST)
        else:
            self.dags[spec.name] = self._placed(_without_half_read(replace(spec, lines=place.lines), place.failed))

    def take_template(self, node: Mapping) -> None:
        self.tried_dags = True
        name, made = read_template(node, self.found)
        if name:
            self._is_new("template", name, node.line)
        if not made:
            self.failed.add("tasks")  # others may name what it would have made
        for one in made:
            self.failed |= one.failed
            if one.spec.name in self.dags:
                first = line_of(self.dags[one.spec.name], "dag")
                told = f"DAG '{shown(one.spec.name)}' is written twice, on lines {first} and {one.line}"
                self.found.add(f"{told} (template {one.spec.template}); keep one", one.line)
            else:
                self.names["DAG", one.spec.name] = (self.file, one.line)
                self.dags[one.spec.name] = self._placed(_without_half_read(one.spec, one.failed))

    def _placed(self, spec: DagSpec) -> DagSpec:
        return replace(spec, file=self.file, folder=self.folder)

    def take_scenario(self, node: Mapping) -> None:
        name = node.get("scenario")
        if not isinstance(name, Scalar) or name.is_null:
            said = described(name) if name is not None else "empty"
            self.found.add(f"'scenario' must be a name, for example scenario: late_jfk; here it is {said}", node.line)
        elif self._is_new("scenario", name.text, name.line):
            self.scenarios.append(node)

    def take_settings(self, node: Mapping) -> None:
        given, place = read_settings(node, self.found)
        self.failed |= place.failed
        self.lines = {path: line for path, line in place.lines.items() if path} | self.lines
        # A pool of a wrong size is a pool all the same: its tasks are not wrong as well.
        wrong = {path.removeprefix("pools."): 1 for path in place.failed if path.startswith("pools.")}
        if wrong:
            given["pools"] = given.get("pools", {}) | wrong
        for key, value in given.items():
            if key in _NOUNS:
                new = (n for n in value if self._is_new(_NOUNS[key], n, place.lines.get(f"{key}.{n}", node.line)))
                self.settings.setdefault(key, {}).update({name: value[name] for name in new})
            elif self._is_new("setting", key, place.lines[key]):
                self.settings[key] = value

    def _is_new(self, noun: str, name: str, line: int) -> bool:
        first = self.names.setdefault((noun, name), (self.file, line))
        if first != (self.file, line):
            where = f"on lines {first[1]} and {line}" if first[0] == self.file else f"here and in {first[0]}:{first[1]}"
            self.found.add(f"{noun} '{shown(name)}' is written twice, {where}; keep one", line)
        return first == (self.file, line)

    def loaded(self) -> Loaded:
        workspace = Workspace(self.dags, **self.settings, file=self.file, lines=self.lines)
        return Loaded(workspace, tuple(self.scenarios), self.file, self.folder)


_TAKE: dict[str, Callable[[_Documents, Mapping], None]] = {
    "template": _Documents.take_template,
    "dag": _Documents.take_dag,
    "scenario": _Documents.take_scenario,
    "settings": _Documents.take_settings,
}


# What settings hold by name, which several documents may share.
_NOUNS = {row.key: row.kind.noun for row in SETTINGS.fields if isinstance(row.kind, Each)}


def _unknown_document(node: Node) -> str:
    if not isinstance(node, Mapping):
        return f"a document must be lines of 'name: value'; here it is {described(node)}"
    keys = [key.text for key, _ in node.pairs]
    if "tasks" in keys:
        return "this DAG has no name; add 'dag: name_of_the_dag' above"
    hint = near(keys[0], _KINDS, most=20) if keys else f". (known: {', '.join(_KINDS)})"
    return f"nothing says what this document is, a DAG, a template, a scenario or settings{hint}"


def _without_half_read(spec: DagSpec, failed: Set[str]) -> DagSpec:
    """What could not be read is not told a second time, as something that is missing or does not fit."""
    values: dict[str, Any] = {
        "tasks": {name: _whole_task(task, failed) for name, task in spec.tasks.items()},
        "datasets": {name: _whole_dataset(item, failed) for name, item in spec.datasets.items()},
    }
    if spec.schedule == ONCE and "start" in failed:
        values["schedule"] = None
    if _failed_in(failed, "deadline"):
        values["deadline"] = None
    return replace(spec, **values)


def _whole_task(task: Task, failed: Set[str]) -> Task:
    """A task whose needs could not be read is not asked what its function takes: it would be told wrongly."""
    path = f"tasks.{task.name}"
    if not _failed_in(failed, path):
        return task
    gone: dict[str, Any] = {"deadline": None} if _failed_in(failed, f"{path}.deadline") else {}
    if _failed_in(failed, f"{path}.sensor"):
        whole = task.sensor is not None and f"{path}.sensor.on" not in failed
        gone["sensor"] = Sensor(task.sensor.on) if whole and task.sensor is not None else None  # the names are right
    if any(f"{path}.{key}" in failed for key in ("needs", "reads", "requires")):
        gone |= {"run": None, "code": {}}
    return replace(task, **gone)


def _whole_dataset(dataset: Dataset, failed: Set[str]) -> Dataset:
    """A check of which something could not be read is one that needs nothing."""
    path = f"datasets.{dataset.name}"
    broken = [name for name in dataset.checks if _failed_in(failed, f"{path}.checks.{name}")]
    checks = {**dataset.checks, **{name: Check(name, "complete") for name in broken}}
    return replace(dataset, checks=checks, mode="append" if f"{path}.key" in failed else dataset.mode)


def _failed_in(failed: Set[str], path: str) -> bool:
    return path in failed or any(one.startswith(f"{path}.") for one in failed)


def _check(loaded: Loaded, documents: _Documents, found: Findings) -> None:
    if not documents.tried_dags and not found.problems:
        found.stop(f"the file is empty; {_HOW}" if not _holds_anything(documents) else f"no DAG here; {_HOW}")
    unread = {"tasks", "inputs", "pools", "datasets", "roster", "routes"} & documents.failed
    unread |= {path for path in documents.failed if path.endswith((".writes", ".checks"))}
    for problem in check_workspace(loaded.workspace, partial=bool(unread)):
        found.add(problem.message, problem.line, problem.file)


def _holds_anything(documents: _Documents) -> bool:
    return bool(documents.scenarios or documents.names)
