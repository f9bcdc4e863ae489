"""Fields as people write them in Python -> as the parts keep them, by the very tables that read files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, tzinfo
from typing import Any, Protocol

from workbench.model.kinds import Each, Group, Kind, Names, Plain, must_be
from workbench.model.parts import DagSpec, Task
from workbench.model.problems import InvalidInput, nearest
from workbench.model.schema import DAG, DST, ON_DATA, TASK, Schedule
from workbench.model.values import SCHEDULE_TEXT


class Named(Protocol):
    """Anything with a name, such as a task that is being built."""

    name: str


def name_of(value: str | Named) -> str:
    return value if isinstance(value, str) else value.name


def names_of(value: str | Named | Iterable[str | Named]) -> tuple[str, ...]:
    """`"a"`, a task, or several of either."""
    if isinstance(value, str):
        return (value,)
    return tuple(name_of(item) for item in value) if isinstance(value, Iterable) else (value.name,)


def plain_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a task: what was given as text or a group is read; what is already as `Task` keeps it stays. Raises
    InvalidInput."""
    return {key: plain(TASK.by_key[key].kind, item, key) if key in TASK.by_key else item for key, item in given.items()}


def made_task(name: str, given: Mapping[str, Any]) -> Task:
    """A task of fields as people write them. Raises InvalidInput."""
    known = {f.name for f in fields(Task)} - {"name"}
    _refuse_unknown("a task", given, known)
    task: Task = TASK.made({"name": name, **plain_fields(given)})
    return task


def dag_fields(given: Mapping[str, Any], zone: tzinfo = UTC) -> dict[str, Any]:
    """Fields of a DAG other than its name, tasks and inputs, by the names that `DagSpec` has. `dst`, a group, makes two
    of them. Naive times in text are in `zone`. Raises InvalidInput."""
    flat = {**given, **_policies(given.get("dst"))}
    flat.pop("dst", None)
    _refuse_unknown("a DAG", flat, _DAG_FIELDS)
    return {k: plain(DAG.by_key[k].kind, item, k, zone) if k in DAG.by_key else item for k, item in flat.items()}


_DAG_FIELDS = frozenset(f.name for f in fields(DagSpec)) - {"name", "tasks", "inputs", "file", "lines", "template"}


def _policies(dst: Any) -> Mapping[str, Any]:
    if dst is not None and not isinstance(dst, Mapping):
        raise InvalidInput([f"'dst'{must_be(DST, repr(dst))}"])
    _refuse_unknown("'dst'", dst or {}, DST.by_key)
    return dst or {}


def _refuse_unknown(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise InvalidInput([f"{what} has no '{name}'{nearest(name, known)}"])


def plain(kind: Kind, value: Any, key: str, zone: tzinfo = UTC) -> Any:
    """A value of a kind. Values that are no text, and whole objects, stay as they are: checks look at them later."""
    if value is None:
        return None
    if isinstance(kind, Names):
        return names_of(value)
    if isinstance(kind, Group):
        return _group(kind, value, key, zone)
    if isinstance(kind, Each) and isinstance(value, Mapping):
        return {name: _entry(kind, name, item, f"{key}.{name}", zone) for name, item in value.items()}
    if isinstance(kind, Schedule):
        return plain(SCHEDULE_TEXT if isinstance(value, str) else ON_DATA, value, key, zone)
    return _parsed(kind, value, key, zone) if isinstance(kind, Plain) and isinstance(value, str) else value


def _entry(kind: Each, name: str, value: Any, key: str, zone: tzinfo) -> Any:
    """One entry by name. An entry that is told its own name may have nothing in it."""
    if kind.named and isinstance(kind.kind, Group):
        return _group(kind.kind, {} if value is None else value, key, zone, {"name": name})
    return plain(kind.kind, value, key, zone)


def _group(kind: Group, value: Any, key: str, zone: tzinfo, own: Mapping[str, Any] | None = None) -> Any:
    if isinstance(value, kind.shape):
        return value
    if not isinstance(value, Mapping):
        if not kind.bare:
            return value
        value = {kind.bare: value}
    return kind.made({**(own or {}), **group_fields(kind, value, key, zone)})


def group_fields(kind: Group, given: Mapping[str, Any], key: str, zone: tzinfo = UTC) -> dict[str, Any]:
    """Fields of a group by the names that its dataclass has; those that are None are left out. Raises InvalidInput."""
    _refuse_unknown(f"'{key}'", given, kind.by_key)
    label = f"{key}." if key else ""
    inside = {name: plain(kind.by_key[name].kind, item, f"{label}{name}", zone) for name, item in given.items()}
    return {kind.by_key[name].name: item for name, item in inside.items() if item is not None}


def given_fields(kind: Group, given: Mapping[str, Any], what: str, zone: tzinfo = UTC) -> dict[str, Any]:
    """As `group_fields` for an object that is there already: None stays, and takes a value away. `what`: "a check"."""
    _refuse_unknown(what, given, kind.by_key)
    return {kind.by_key[name].name: plain(kind.by_key[name].kind, item, name, zone) for name, item in given.items()}


def _parsed(kind: Plain, text: str, key: str, zone: tzinfo) -> Any:
    try:
        return kind.parse(text, zone)
    except ValueError as error:
        told = f": {error}" if str(error) else must_be(kind, f"'{text}'")
        raise InvalidInput([f"'{key}'{told}"]) from None
