"""Values as `parts` has them: what a DAG's or a task's arguments are, without the things of our walk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from workbench.importing.airflow.answers import answers
from workbench.importing.airflow.known import listed
from workbench.importing.airflow.parts import Call, Code, Unknown
from workbench.importing.airflow.state import Walk, line_of
from workbench.importing.airflow.things import (
    Bound,
    Class,
    Dag,
    Function,
    Group,
    Instance,
    Named,
    Part,
    Result,
    Task,
    TaskFunction,
)  # fmt: skip

XCOM = "airflow.sdk.XComArg"


def plain(walk: Walk, value: Any) -> Any:
    walk.spend()
    if isinstance(value, dict):
        return {key: plain(walk, one) for key, one in value.items()}
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Call):
        return Call(value.name, tuple(plain(walk, one) for one in value.args), plain(walk, value.given), value.line)
    if isinstance(value, set | frozenset):
        found = [plain(walk, one) for one in listed(value)]
        return found if any(isinstance(one, Call) for one in found) else set(found)
    if isinstance(value, list):
        return [plain(walk, one) for one in value]
    if isinstance(value, tuple):
        return tuple(plain(walk, one) for one in value)
    return _of_thing(walk, value)


def _of_thing(walk: Walk, value: Any) -> Any:
    if isinstance(value, Function):
        return code(value)
    if isinstance(value, TaskFunction | Bound | Part):
        inner = value.thing if isinstance(value, Part) else value.function
        return plain(walk, inner) if inner is not None else Unknown(getattr(value, "name", "?"), walk.line)
    if isinstance(value, Result):
        return Call(XCOM, tuple(task.task_id for task in value.tasks), {}, walk.line)
    if isinstance(value, Task):
        return Call(XCOM, (value.task_id,), {}, value.made.line)
    if isinstance(value, Named):
        return Unknown(value.name, walk.line)
    if isinstance(value, Instance):
        return Call(value.kind.name, (), plain(walk, {**value.names, **value.given}), value.kind.line)
    if isinstance(value, Dag):
        return Call("airflow.sdk.DAG", (value.dag_id,), {}, value.made.line)
    if isinstance(value, PurePath):
        return str(value)
    if type(value).__module__ == "workbench.importing.airflow.things":
        return Unknown(_called(value), walk.line)
    return value


def _called(value: Any) -> str:
    if isinstance(value, Group):
        return value.group_id
    return value.name if isinstance(value, Class) else "?"


def code(function: Function) -> Code:
    """The function and what is written out behind its `return`s, first what it gives on schedule."""
    found = answers(function)
    said = [one for one in found if one.is_said]
    is_told = any(one.level for one in found)
    return Code(
        function.name, line_of(function.node), tuple(one.value for one in said), len(said) == len(found), is_told
    )


def references(walk: Walk, value: Any) -> Iterator[Task]:
    """Tasks whose results stand in it, also in lists, tuples, sets and dicts. What comes from elsewhere and is taken
    for a task is taken for its result, too."""
    walk.spend()
    if isinstance(value, Result):
        yield from value.tasks
    elif isinstance(value, Call):
        if id(value) in walk.stand_ins:
            yield walk.stand_ins[id(value)][1]
    elif isinstance(value, dict):
        for one in value.values():
            yield from references(walk, one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in listed(value):
            yield from references(walk, one)
