"""Build a DAG step by step in Python; every step gives a whole, checked, frozen `DagSpec`.

>>> from datetime import timedelta
>>> dag = Dag("daily_flights", schedule="0 6 * * *", start="2013-01-01")
>>> dag.input("jfk", expected="06:00")
'jfk'
>>> extract = dag.task("extract", reads="jfk", takes="10m", retries=5)
>>> @dag.task(takes="3m")
... def clean(extract):
...     return [row for row in extract if row["tailnum"]]
>>> extract >> clean >> dag.task("publish", takes=timedelta(minutes=2))
publish
>>> [f"{up} >> {down}" for up, down in dag.spec.edges()]
['extract >> clean', 'clean >> publish']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar, overload

from workbench.model.check import check_workspace
from workbench.model.data_parts import Check, Dataset
from workbench.model.edits import (
    AddEdge,
    AddTask,
    Edit,
    RemoveEdge,
    RemoveTask,
    RenameTask,
    SetDag,
    SetTask,
    SplitTask,
    apply_edit,
)
from workbench.model.edits_data import AddCheck, AddDataset, SetCheck, SetDataset
from workbench.model.edits_inputs import RemoveInput, SetInput
from workbench.model.fields import dag_fields, given_fields, made_task, name_of, plain, plain_fields
from workbench.model.parts import DagSpec, Input, OnData, Task, Workspace
from workbench.model.problems import InvalidInput
from workbench.model.schema import SETTINGS
from workbench.model.schema_data import CHECK, DATASETS
from workbench.model.values import MOMENT
from workbench.timetable import parse_zone

Tasks = TypeVar("Tasks", "TaskHandle", list["TaskHandle"])


class TaskHandle:
    """A task of a `Dag` that is being built. `a >> b` says that b needs a; lists work on either side."""

    def __init__(self, dag: Dag, name: str) -> None:
        self.dag, self.name = dag, name

    def __rshift__(self, other: Tasks) -> Tasks:
        self.dag._connect([self], other)
        return other

    def __lshift__(self, other: Tasks) -> Tasks:
        self.dag._connect(other, [self])
        return other

    def __rrshift__(self, other: list[TaskHandle]) -> TaskHandle:
        self.dag._connect(other, [self])
        return self

    def __repr__(self) -> str:
        return self.name


class Dag:
    """A DAG being built. All fields may be written as in a file: `schedule="every 90m"`, `schedule={"all": ["jfk"]}`,
    `deadline="08:00"`; times are text, or aware datetimes. Everything is checked at once: InvalidInput says what is
    wrong, and the DAG stays as it was before."""

    def __init__(
        self,
        name: str,
        *,
        schedule: str | OnData | Mapping[str, Any] | None = None,
        timezone: str = "UTC",
        start: str | datetime | None = None,
        end: str | datetime | None = None,
        **more: Any,
    ) -> None:
        given = {"schedule": schedule, "timezone": timezone, "start": _utc(start), "end": _utc(end), **more}
        self.spec = DagSpec(name, tasks={}, **dag_fields(given, parse_zone(timezone)))
        self._take(self.spec)

    @property
    def name(self) -> str:
        return self.spec.name

    @overload
    def task(self, name: str, **fields: Any) -> TaskHandle: ...
    @overload
    def task(self, name: Callable[..., Any]) -> TaskHandle: ...
    @overload
    def task(self, name: None = None, **fields: Any) -> Callable[[Callable[..., Any]], TaskHandle]: ...

    def task(self, name: Any = None, **fields: Any) -> Any:
        """Add a task: `dag.task("load", needs="extract")`, or as a decorator on a plain function, whose
        parameters named like tasks, inputs or datasets of this DAG become what it needs (tasks) or reads."""
        if callable(name):
            return self._from_function(name, {})
        if name is None:
            return lambda function: self._from_function(function, fields)
        return self._add(made_task(name, fields))

    def input(
        self,
        name: str,
        *,
        expected: str | time | timedelta | None = None,
        path: str | None = None,
        owner: str | None = None,
        deadline: str | time | timedelta | None = None,
        rows: int | None = None,
    ) -> str:
        """Declare data that somebody else delivers, once per partition: due at a local clock time ("06:00") or
        a span after the partition's end ("+10m"). At `deadline` its owner is told that it has not come; `rows`: how
        many there are in a partition, where rows are counted."""
        due, late = plain(MOMENT, expected, "expected"), plain(MOMENT, deadline, "deadline")
        item = Input(name, due, path, owner, late, rows)
        self._take(replace(self.spec, inputs={**self.spec.inputs, name: item}))
        return name

    def set_input(self, name: str, **fields: Any) -> Dag:
        """Give an input other values: `dag.set_input("jfk", expected="07:00", owner=None)`."""
        return self.edit(SetInput(name, fields))

    def remove_input(self, name: str) -> Dag:
        """Declare an input no longer; nothing may take it any more."""
        return self.edit(RemoveInput(name))

    def dataset(self, name: str, **fields: Any) -> str:
        """Declare what tasks write: `dag.dataset("stg", mode="merge", key="flight", checks={"volume": {"min": 500}})`.
        The fields are those of a file."""
        made: Dataset = plain(DATASETS, {name: fields}, "datasets", self.spec.zone)[name]
        self.edit(AddDataset(made))
        return name

    def check(self, dataset: str, name: str, **fields: Any) -> str:
        """Give a dataset a check: `dag.check("stg", "volume", kind="rows", min=500, severity="block")`. Answers its
        name for `checks` of a task, `stg.volume`."""
        made: Check = CHECK.made({"name": name, **given_fields(CHECK, fields, "a check", self.spec.zone)})
        self.edit(AddCheck(dataset, made))
        return f"{dataset}.{name}"

    def set_dataset(self, name: str, **fields: Any) -> Dag:
        """Give a dataset other values: `dag.set_dataset("stg", mode="append")`."""
        return self.edit(SetDataset(name, fields))

    def set_check(self, dataset: str, name: str, **fields: Any) -> Dag:
        """Give a check other values: `dag.set_check("stg", "volume", max=1100)`."""
        return self.edit(SetCheck(dataset, name, fields))

    def edit(self, *edits: Edit) -> Dag:
        """Apply edits (`RemoveTask`, `SetTask`, ...), in order."""
        spec = self.spec
        for edit in edits:
            spec = apply_edit(spec, edit)
        self._take(spec)
        return self

    def change(self, **fields: Any) -> Dag:
        """Give the DAG other values: `dag.change(schedule="every 90m", catchup=True)`."""
        return self.edit(SetDag(fields))

    def rename(self, task: str | TaskHandle, name: str) -> TaskHandle:
        """The task gets another name, wherever the DAG names it."""
        self.edit(RenameTask(name_of(task), name))
        return TaskHandle(self, name)

    def split(self, task: str | TaskHandle, *names: str) -> list[TaskHandle]:
        """A chain of tasks in place of one; see `SplitTask`."""
        self.edit(SplitTask(name_of(task), names))
        return [TaskHandle(self, name) for name in names]

    def remove(self, task: str | TaskHandle) -> Dag:
        return self.edit(RemoveTask(name_of(task)))

    def disconnect(self, upstream: str | TaskHandle, downstream: str | TaskHandle) -> Dag:
        return self.edit(RemoveEdge(name_of(upstream), name_of(downstream)))

    def set(self, task: str | TaskHandle, **fields: Any) -> Dag:
        return self.edit(SetTask(name_of(task), plain_fields(fields)))

    def __getitem__(self, task: str) -> TaskHandle:
        apply_edit(self.spec, SetTask(task))  # refuses a name that is not there, with the nearest one that is
        return TaskHandle(self, task)

    def _add(self, task: Task) -> TaskHandle:
        self.edit(AddTask(task))
        return TaskHandle(self, task.name)

    def _from_function(self, function: Callable[..., Any], fields: dict[str, Any]) -> TaskHandle:
        plain = plain_fields({"name": function.__name__, **fields})
        asked = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
        needs, reads = plain.get("needs", ()), plain.get("reads", ())
        known = [n for n in asked if n not in needs + reads]
        plain["needs"] = needs + tuple(n for n in known if n in self.spec.tasks)
        plain["reads"] = reads + tuple(n for n in known if n in self.spec.inputs or n in self.spec.datasets)
        plain.setdefault("description", (function.__doc__ or "").strip().partition("\n")[0])
        plain.setdefault("function", function)
        return self._add(made_task(plain.pop("name"), plain))

    def _connect(self, ups: TaskHandle | list[TaskHandle], downs: TaskHandle | list[TaskHandle]) -> None:
        self.edit(*(AddEdge(up.name, down.name) for up in _many(ups) for down in _many(downs)))

    def _take(self, spec: DagSpec) -> None:
        # What is half built may name inputs, tasks and pools that only the whole workspace knows.
        problems = check_workspace(Workspace({spec.name: spec}), partial=True)
        if problems:
            raise InvalidInput(problems)
        self.spec = spec


def workspace(*dags: Dag | DagSpec, **settings: Any) -> Workspace:
    """DAGs with the settings that they share, written as in a file: `workspace(a, b, pools={"warehouse": 2},
    roster={"ana": {"acknowledges": "4m"}}, consumers={"board": {"reads": "orders"}})`. Raises InvalidInput."""
    specs = [dag.spec if isinstance(dag, Dag) else dag for dag in dags]
    for spec in specs:
        if [one.name for one in specs].count(spec.name) > 1:
            raise InvalidInput([f"two DAGs have the name '{spec.name}'; rename one"])
    made = Workspace({spec.name: spec for spec in specs}, **given_fields(SETTINGS, settings, "a workspace"))
    if problems := check_workspace(made):
        raise InvalidInput(problems)
    return made


def _many(tasks: TaskHandle | list[TaskHandle]) -> list[TaskHandle]:
    return tasks if isinstance(tasks, list) else [tasks]


def _utc(value: str | datetime | None) -> str | datetime | None:
    """A datetime with a zone, in UTC; text is read later, and what is wrong is told later."""
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is not None else value
