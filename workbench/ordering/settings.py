"""Fields and values as words -> values of a task or a DAG, by the very tables that read files.

`retries 5 delay 2m backoff 2`: a field inside another one (`delay` of `retries`) may be named without it when only
one field has it, or as `retries.delay`. `none` takes a value away; a list is written `a,b`, a group `a:1,b:2`. One
entry of a group is `by_reason.bug 0`, which leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.model import Check, DagSpec, Dataset, Input, Task, schema, schema_data
from workbench.model.findings import Findings, collecting, shown
from workbench.model.kinds import Choice, Each, Field, Group, Place, Plain, RefusedError
from workbench.model.yamltext import Mapping as MappingNode
from workbench.model.yamltext import Node, Scalar, node_of
from workbench.model.yamltext import Sequence as ListNode
from workbench.ordering.here import refuse, unknown

Setting = tuple[str, str]
NONE = "none"
# What cannot change while there are runs, or has a command of its own.
_FIXED = {
    "dag": "A DAG keeps its name",
    "partition": "The days that runs own cannot be cut anew while there are runs",
    "timezone": "The days that runs own cannot move to another zone while there are runs",
    "inputs": "For inputs there are: input add, input set, input rm",
    "tasks": "For tasks there are: task add, task rm, task rename, task split",
    "paused": "For that there are: pause, unpause",
}


class Spot(NamedTuple):
    """A field, the field inside it that is meant, and the entry of that, if only one is."""

    row: Field
    inner: Field | None = None
    entry: str = ""

    @property
    def path(self) -> str:
        """`takes`, `retries.delay`."""
        return f"{self.row.key}.{self.inner.key}" if self.inner else self.row.key


def task_fields() -> list[str]:
    """All that `set TASK` takes."""
    return sorted({spot.inner.key if spot.inner else spot.row.key for spot in _spots(schema.TASK)})


def dag_fields() -> list[str]:
    """All that `set DAG` takes."""
    fields = (spot for spot in _spots(schema.DAG) if spot.row.key not in _FIXED)
    return sorted({spot.inner.key if spot.inner else spot.row.key for spot in fields})


def task_settings(dag: str, task: Task, settings: Sequence[Setting], sensor: bool = False) -> dict[str, Any]:
    """The new values of a task's fields, by attribute. Raises InvalidInput."""
    spots = _named(schema.TASK, settings, "sensor" if sensor else "", dag_fields(), "the DAG", f"set {dag}")
    # A sensor is one thing, made whole in the file; here its fields change.
    touched = {spot.row.key for spot, _ in spots}
    gives_on = any(spot.inner is not None and spot.inner.key == "on" for spot, _ in spots)
    if "sensor" in touched and task.sensor is None and not gives_on:
        raise refuse(f"{task.name} is no sensor; a sensor is a task that only waits, with `sensor:` in its file")
    return _values(schema.TASK, task, spots, f"task '{task.name}'", {})


def dag_settings(spec: DagSpec, settings: Sequence[Setting]) -> dict[str, Any]:
    """The new values of a DAG's fields, by attribute. Raises InvalidInput."""
    for field, _ in settings:
        if field in _FIXED:
            raise refuse(f"{field} cannot be set here. {_FIXED[field]}.")
    spots = _named(schema.DAG, settings, "", task_fields(), "tasks", f"set {spec.name}.*")
    values = _values(schema.DAG, spec, spots, f"DAG '{spec.name}'", {"zone": spec.zone})
    dst = values.pop("dst", {})
    return {**values, **dst}


def dataset_fields() -> list[str]:
    """All that `set DATASET` takes."""
    return sorted(row.key for row in schema_data.DATASET.fields if row.key not in _FIXED_OF_DATASET)


def input_fields() -> list[str]:
    """All that `input add` and `input set` take."""
    return sorted(row.key for row in schema.INPUT.fields)


def check_fields() -> list[str]:
    """All that `check add` and `check set` take."""
    return sorted(row.key for row in schema_data.CHECK.fields)


_FIXED_OF_DATASET = {"checks": "For checks there are: check add, check set, check rm"}


def dataset_settings(spec: DagSpec, dataset: Dataset, settings: Sequence[Setting]) -> dict[str, Any]:
    """The new values of a dataset's fields, by attribute. Raises InvalidInput."""
    for field, _ in settings:
        if field in _FIXED_OF_DATASET:
            raise refuse(f"{field} cannot be set here. {_FIXED_OF_DATASET[field]}.")
    spots = _named(schema_data.DATASET, settings, "", task_fields(), "tasks", "set TASK")
    return _values(schema_data.DATASET, dataset, spots, f"dataset '{dataset.name}'", {"zone": spec.zone})


def input_settings(spec: DagSpec, item: Input, settings: Sequence[Setting]) -> dict[str, Any]:
    """The new values of an input's fields, by attribute. Raises InvalidInput."""
    spots = _named(schema.INPUT, settings, "", [], "", "")
    return _values(schema.INPUT, item, spots, f"input '{item.name}'", {"zone": spec.zone})


def check_settings(spec: DagSpec, check: Check, settings: Sequence[Setting]) -> dict[str, Any]:
    """The new values of a check's fields, by attribute. Raises InvalidInput."""
    spots = _named(schema_data.CHECK, settings, "", [], "", "")
    return _values(schema_data.CHECK, check, spots, f"check '{check.name}'", {"zone": spec.zone})


def _spots(group: Group) -> Iterator[Spot]:
    for row in group.fields:
        yield Spot(row)
        for inner in row.kind.fields if isinstance(row.kind, Group) else ():
            yield Spot(row, inner)


def _named(
    group: Group, settings: Sequence[Setting], first: str, others: list[str], whose: str, instead: str
) -> list[tuple[Spot, str]]:
    """The fields that were named. A bare inner name means the field named before it, if that has it."""
    found: list[tuple[Spot, str]] = []
    inside = first
    for name, value in settings:
        spot = _spot(group, name, inside, first)
        if spot is None and name in others:
            raise refuse(f"{name} is a field of {whose}; write: {instead} {name} {value}")
        if spot is None:
            raise unknown("field", name, _nearby(group, name))
        inside = spot.row.key if isinstance(spot.row.kind, Group) else inside
        found.append((spot, value))
    return found


def _nearby(group: Group, name: str) -> list[str]:
    """What a name that is not known may have meant, as it is written: with a dot where the name has one."""
    spots = list(_spots(group))
    if "." not in name:
        return [spot.inner.key if spot.inner else spot.row.key for spot in spots]
    entries = [(spot, entry) for spot in spots for entry in _entries_of(spot)]
    inner = [f"{spot.inner.key}.{entry}" for spot, entry in entries if spot.inner]
    return [*(spot.path for spot in spots if spot.inner), *inner, *(f"{spot.path}.{entry}" for spot, entry in entries)]


def _entries_of(spot: Spot) -> tuple[str, ...]:
    """The entries that a field may have, when they have names of their own."""
    kind = spot.inner.kind if spot.inner else spot.row.kind
    return kind.allowed if isinstance(kind, Each) else ()


def _spot(group: Group, name: str, inside: str, first: str) -> Spot | None:
    around, dot, entry = name.rpartition(".")
    whole = _plain_spot(group, name, inside, first)
    if whole is not None or not dot:
        return whole
    found = _plain_spot(group, around, inside, first)
    return found._replace(entry=entry) if found is not None and entry in _entries_of(found) else None


def _plain_spot(group: Group, name: str, inside: str, first: str) -> Spot | None:
    outer, dot, inner = name.partition(".")
    spots = [spot for spot in _spots(group) if (spot.inner.key if spot.inner else spot.row.key) == (inner or outer)]
    if dot:
        return next((spot for spot in spots if spot.inner and spot.row.key == outer), None)
    for wanted in (first, inside) if first else ("", inside):
        near = [s for s in spots if (s.inner is not None and s.row.key == wanted) or (not wanted and s.inner is None)]
        if near:
            return near[0]
    plain = [spot for spot in spots if spot.inner is None]
    if plain or len(spots) == 1:
        return (plain or spots)[0]
    if spots:
        told = " or ".join(f"{spot.row.key}.{name}" for spot in spots)
        raise refuse(f"{name} may be several fields; write {told}")
    return None


def _values(group: Group, value: Any, spots: list[tuple[Spot, str]], who: str, more: dict[str, Any]) -> dict[str, Any]:
    data: Mapping[str, Any] = group.write(value)
    nodes: dict[str, Node | None] = {}
    for spot, text in spots:
        before = nodes.get(spot.row.key) or (node_of(data[spot.row.key], Findings()) if spot.row.key in data else None)
        nodes[spot.row.key] = _node(spot, text, before)
    rows = {spot.row.key: spot.row for spot, _ in spots}
    return {rows[key].name: _read(group, rows[key], node, who, more) for key, node in nodes.items()}


def _node(spot: Spot, text: str, before: Node | None) -> Node | None:
    """The field's node after the setting; None takes it away."""
    kind = spot.row.kind
    inner = spot.inner
    if inner is None and isinstance(kind, Group) and kind.bare and text != NONE:
        inner = kind.by_key[kind.bare]
    if inner is None:
        return None if text == NONE else _written(kind, text)
    pairs = _pairs(before)
    old = pairs.pop(inner.key, None)
    if spot.entry:
        entries = _pairs(old)
        entries.pop(spot.entry, None)
        if text != NONE:
            entries[spot.entry] = Scalar(text, plain=False)
        pairs[inner.key] = _mapping(entries)
    elif text != NONE:
        pairs[inner.key] = _written(inner.kind, text)
    return _mapping(pairs)


def _pairs(node: Node | None) -> dict[str, Node]:
    return {key.text: item for key, item in node.pairs} if isinstance(node, MappingNode) else {}


def _mapping(pairs: Mapping[str, Node]) -> MappingNode:
    return MappingNode(tuple((Scalar(key, plain=False), item) for key, item in pairs.items()))


def _written(kind: object, text: str) -> Node:
    if isinstance(kind, Each):
        return _entries(text)
    which, _, names = text.partition(":")
    if isinstance(kind, schema.Schedule) and which in ("all", "any"):  # by data: all:ewr,jfk
        return _mapping({which: ListNode(tuple(Scalar(name, plain=False) for name in names.split(",") if name))})
    if "," in text and not isinstance(kind, Plain | Choice):
        return ListNode(tuple(Scalar(part, plain=False) for part in text.split(",") if part))
    return Scalar(text, plain=False)


def _entries(text: str) -> Node:
    """`bug:0,late_input:2` -> a group of these."""
    pairs = [part.split(":", 1) for part in text.strip("{} ").split(",") if ":" in part]
    if not pairs:
        return Scalar(text, plain=False)
    return MappingNode(tuple((Scalar(key.strip(), plain=False), Scalar(v.strip(), plain=False)) for key, v in pairs))


def _read(group: Group, row: Field, node: Node | None, who: str, more: dict[str, Any]) -> Any:
    if node is None:
        return group.default(row)
    with collecting() as found:
        place = Place(found, who, **more)
        try:
            value = row.kind.read(node, place.inside(row.key, 0))
        except RefusedError as refused:
            told = str(refused).replace("{key}", row.key, 1)
            found.add(f"{who}{told}" if told.startswith(" has ") else f"'{shown(row.key)}' of {who}{told}")
    return value
