"""What a platform asks of its pipelines beyond being right: somebody answers for them, and nobody needs to guess.

`conventions(workspace)` gives warnings, each with the reason. Nothing is refused because of them. What a file says on
purpose (`schedule: manual`, `retries: 0`) is taken as meant; in Python nobody can tell, so there it is told.
Each rule yields (path in its DAG or in the settings, message).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from workbench.model.check import line_of
from workbench.model.data_parts import Dataset
from workbench.model.findings import near, shown
from workbench.model.parts import DagSpec, Sensor, Task, Workspace
from workbench.model.problems import Problem

Told = Iterator[tuple[str, str]]
_MOST_NAMES = 5
_REFERENCES = ("secret:", "env:")
NAMING = "names are lower-case words joined by '_': a verb for what a task does, a noun for what a dataset holds"
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Words that say which copy it is: the history keeps versions, and names stay.
_COPY = re.compile(r"[_-](final|new|old|copy|tmp|temp|backup|v\d+)(?=$|[_-])", re.IGNORECASE)
_SECRET = frozenset(
    {"password", "passwd", "pwd", "passphrase", "token", "secret", "key", "apikey", "credential", "credentials"}
)
# Keys of rows, and no keys of doors.
_NO_SECRET = frozenset({"primary", "foreign", "sort", "partition", "merge", "join", "public", "columns", "column"})
_INLINE = re.compile(r"\w+://[^/\s:@]*:[^@\s/]+@")
_CONNECTION = frozenset({"connection", "conn", "dsn", "database"})


def conventions(workspace: Workspace) -> list[Problem]:
    """What a platform would not like about a workspace that is right, sorted by file and line."""
    around = _Around(workspace)
    found = [Problem(message, workspace.file, _line(workspace, path)) for path, message in _settings(around)]
    first: dict[tuple[str, int, str], str] = {}
    for spec in workspace.dags.values():
        made = f" (template {spec.template})" if spec.template else ""
        for rule in RULES:
            for path, message in rule(around, spec):
                line = line_of(spec, path)
                # Of all DAGs that a template made, the first one speaks for a line.
                if not made or first.setdefault((spec.file, line, rule.__name__), spec.name) == spec.name:
                    found.append(Problem(f"{message}{made}", spec.file, line))
    return sorted(dict.fromkeys(found), key=lambda problem: (problem.file, problem.line == 0, problem.line))


def _line(workspace: Workspace, path: str) -> int:
    while path and path not in workspace.lines:
        path = path.rpartition(".")[0]
    return workspace.lines.get(path, 0)


class _Around:
    """What a rule may ask of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @cached_property
    def tells(self) -> bool:
        """Is anybody told of anything?"""
        return bool(self.workspace.roster or self.workspace.routes)

    def reaches_nobody(self, name: str) -> str:
        """Why a name of the roster or a route reaches nobody; empty if it does reach somebody."""
        roster, routes = self.workspace.roster, self.workspace.routes
        if name in roster:
            return "" if roster[name].active else "has left"
        if name not in routes:
            return f"is neither in the roster nor a route{near(name, (*roster, *routes))}"
        if not routes[name]:
            return "is a route that leads to nobody"
        active = [one for one in routes[name] if one in roster and roster[one].active]
        return "" if active else f"is a route that leads only to people who are not there: {', '.join(routes[name])}"


# rules


def _owner(around: _Around, spec: DagSpec) -> Told:
    if not spec.owner:
        yield "dag", f"DAG '{spec.name}' has no owner, so nobody is called when it fails; add owner"


def _owners(around: _Around, spec: DagSpec) -> Told:
    """Everybody who is named is there."""
    if not around.tells:
        return
    for path, what, name in _named(spec):
        if name and (why := around.reaches_nobody(name)):
            yield path, f"'{shown(name)}', {what}, {why}; an alert to them reaches nobody"


def _named(spec: DagSpec) -> Iterator[tuple[str, str, str | None]]:
    yield "owner", f"owner of DAG '{spec.name}'", spec.owner
    yield "alerts.to", f"whom DAG '{spec.name}' tells", spec.alerts.to
    for noun, part, entries in (
        ("task", "tasks", spec.tasks),
        ("input", "inputs", spec.inputs),
        ("dataset", "datasets", spec.datasets),
    ):
        yield from ((f"{part}.{n}.owner", f"owner of {noun} '{n}'", item.owner) for n, item in entries.items())
    for dataset in spec.datasets.values():
        for name, check in dataset.checks.items():
            path = f"datasets.{dataset.name}.checks.{name}.owner"
            yield path, f"owner of check '{dataset.name}.{name}'", check.owner


def _alerts(around: _Around, spec: DagSpec) -> Told:
    if not spec.alerts.on:
        yield "alerts.on", f"DAG '{spec.name}' tells nobody of anything; write on: [failure, deadline, check]"


def _schedule(around: _Around, spec: DagSpec) -> Told:
    if spec.schedule is None and "schedule" not in spec.lines:
        told = f"DAG '{spec.name}' has no schedule, and nobody can tell whether that is meant"
        yield "dag", f"{told}; add one, or write schedule: manual"


def _retries(around: _Around, spec: DagSpec) -> Told:
    names = [
        task.name
        for task in spec.tasks.values()
        if not (task.retries.max or task.sensor or task.checks) and f"tasks.{task.name}.retries" not in spec.lines
    ]
    if names:
        listed = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
        told = f"DAG '{spec.name}' has tasks that are never tried again: {listed}"
        yield f"tasks.{names[0]}", f"{told}; a short outage would need a person. Add retries, or write retries: 0"


def _runbook(around: _Around, spec: DagSpec) -> Told:
    if not spec.runbook:
        told = f"DAG '{spec.name}' has no runbook, so whoever is called must find the way to recover alone"
        yield "dag", f"{told}; add runbook, for example runbook: docs/runbook.md"


def _secrets(around: _Around, spec: DagSpec) -> Told:
    """Values are not shown: what is told ends up in logs."""
    for task in spec.tasks.values():
        for key, value in task.params.items():
            path, who = f"tasks.{task.name}.params.{key}", f"'params.{key}' of task '{task.name}'"
            if smells_secret(key) and not value.startswith(_REFERENCES):
                told = f"{who} holds a secret in the text, which everybody who reads the file can read"
                yield path, f'{told}; write a reference, for example "secret:warehouse/password" or "env:PASSWORD"'
            elif _INLINE.search(value):
                told = f"{who} is an address with a password in it"
                yield path, f"{told}; name a connection, and keep the address where secrets are kept"
            elif set(_words(key)) & _CONNECTION and "://" in value:
                told = f"{who} is an address, which differs between test and production"
                yield path, f"{told}; name the connection, for example connection: warehouse_main"
    for item in spec.inputs.values():
        if item.path and _INLINE.search(item.path):
            told = f"'path' of input '{item.name}' has a password in it, which everybody who reads the file can read"
            yield f"inputs.{item.name}.path", f"{told}; let the path name a folder"


def smells_secret(key: str) -> bool:
    """Does the name of a parameter say that its value is a secret? `api_key` does, `merge_key` does not."""
    words = _words(key)
    return bool(_SECRET.intersection(words)) and not (words[-1:] == ["key"] and _NO_SECRET.intersection(words))


def _words(key: str) -> list[str]:
    """`apiKey`, `api-key` and `api_key` are two words."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key).lower().replace("-", "_").replace(".", "_").split("_")


def _names(around: _Around, spec: DagSpec) -> Told:
    named = [("DAG", spec.name, "dag")]
    for noun, part, entries in (
        ("task", "tasks", spec.tasks),
        ("input", "inputs", spec.inputs),
        ("dataset", "datasets", spec.datasets),
    ):
        named += [(noun, name, f"{part}.{name}") for name in entries]
    named += [
        ("check", name, f"datasets.{dataset.name}.checks.{name}")
        for dataset in spec.datasets.values()
        for name in dataset.checks
    ]
    named += [("dataset", name, path) for name, path in _undeclared(spec)]
    for noun, name, path in named:
        if complaint := name_complaint(name):
            yield path, f"the name of {noun} '{name}' {complaint}"


def name_complaint(name: str) -> str:
    """What is wrong with a name by the rule `NAMING`; empty if nothing is."""
    if copy := _COPY.search(name):
        return f"says which copy it is ('{copy[1]}'); versions are kept for you, so let the name stay the same"
    if _SNAKE.fullmatch(name):
        return ""
    better = "_".join(filter(None, re.split(r"[_-]+", "_".join(_words(name)))))
    return f"is not in the one style; {NAMING}" + (f"; '{better}' would do" if _SNAKE.fullmatch(better) else "")


def _undeclared(spec: DagSpec) -> Iterator[tuple[str, str]]:
    """(dataset, path) of those that tasks only write."""
    for task in spec.tasks.values():
        yield from ((name, f"tasks.{task.name}.writes.{name}") for name in task.writes if name not in spec.datasets)


def _datasets(around: _Around, spec: DagSpec) -> Told:
    for name, path in _undeclared(spec):
        home, dataset = around.workspace.datasets[name]
        if home is spec and name not in home.datasets:
            told = f"dataset '{dataset.name}' is written, and nothing is said about it: no owner, and no check"
            yield path, f"{told}; declare it under datasets"
    written = {name for one in around.workspace.dags.values() for task in one.tasks.values() for name in task.writes}
    for dataset in spec.datasets.values():
        path = f"datasets.{dataset.name}"
        if not dataset.owner:
            yield path, f"dataset '{dataset.name}' has no owner, so its readers have nobody to ask; add owner"
        if not dataset.checks and dataset.store != "registry":
            told = f"dataset '{dataset.name}' is published without any check, so a green run says nothing about it"
            yield path, f"{told}; add one, for example volume: {{kind: rows, min: 1, severity: block}}"
        if dataset.name not in written and _is_written(dataset):
            yield path, f"dataset '{dataset.name}' is written by no task; add it to the writes of one, or remove it"


def _is_written(dataset: Dataset) -> bool:
    """Do tasks have to write it?"""
    return dataset.kept_by == "tasks" and dataset.store != "registry"


def _waits(around: _Around, spec: DagSpec) -> Told:
    """Every wait ends in a word to somebody."""
    starts = spec.data.names if spec.data and (spec.deadline is None or spec.deadline.by is None) else ()
    if endless := [name for name in starts if not _has_deadline(around, spec, name)]:
        told = f"DAG '{spec.name}' is started by {_listed(endless)} without a deadline"
        yield "schedule", f"{told}, so if it never comes nobody is told; add deadline to it, or to the DAG"
    for task in spec.tasks.values():
        if spec.deadline is None and task.deadline is None:
            yield from _waits_of(around, spec, task)


def _waits_of(around: _Around, spec: DagSpec, task: Task) -> Told:
    patient = task.sensor is not None and task.sensor.timeout == Sensor().timeout
    names = (*spec.outside(task.needs), *(task.sensor.on if task.sensor is not None and patient else ()))
    if endless := [name for name in dict.fromkeys(names) if not _has_deadline(around, spec, name)]:
        told = f"task '{task.name}' waits for {_listed(endless)} without a deadline, so if it never comes"
        yield f"tasks.{task.name}", f"{told} nobody is told; add deadline to what it waits for, the task or the DAG"


def _has_deadline(around: _Around, spec: DagSpec, text: str) -> bool:
    """Is somebody told when that does not come in time? Of tasks in other DAGs: by their own DAG."""
    need, workspace = spec.need(text), around.workspace
    if need.dag:
        other = workspace.dags.get(need.dag)
        own = other is spec
        task = other.tasks.get(need.name) if other is not None else None
        return own or other is None or other.deadline is not None or (task is not None and task.deadline is not None)
    found = workspace.inputs.get(need.name) or workspace.datasets.get(need.name)
    return found is None or found[1].deadline is not None


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")


RULES: tuple[Callable[[_Around, DagSpec], Told], ...] = (
    _owner,
    _schedule,
    _runbook,
    _retries,
    _secrets,
    _names,
    _datasets,
    _waits,
    _alerts,
    _owners,
)


def _settings(around: _Around) -> Told:
    """The rules about what all DAGs share."""
    if not around.tells:
        told = "there is no roster, so nobody is told when something fails or comes late"
        yield "", f"{told}; add a document with roster: {{ingest-oncall: {{acknowledges: 4m}}}}"
    for name, people in around.workspace.routes.items():
        yield from _route(around, name, people)
    for name, consumer in around.workspace.consumers.items():
        if complaint := name_complaint(name):
            yield f"consumers.{name}", f"the name of consumer '{name}' {complaint}"
        if not consumer.owner:
            told = f"consumer '{name}' has no owner, so nobody can be told that it has read something wrong"
            yield f"consumers.{name}", f"{told}; add owner"


def _route(around: _Around, name: str, people: tuple[str, ...]) -> Told:
    path, roster = f"routes.{name}", around.workspace.roster
    unknown = [one for one in people if one not in roster]
    for one in unknown:
        told = f"route '{shown(name)}' names '{shown(one)}', who is not in the roster{near(one, roster)}"
        yield f"{path}.{one}", told
    if not unknown and (why := around.reaches_nobody(name)):
        yield path, f"'{shown(name)}' {why}; an alert to it reaches nobody"
