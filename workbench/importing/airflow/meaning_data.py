"""Assets (datasets, in Airflow 2): what they are called here, who writes them, and which DAGs they start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from workbench.importing.airflow.meaning_values import argument, called, objects, several
from workbench.importing.airflow.parts import Call, MadeDag
from workbench.importing.names import fitting

_ASSETS = frozenset(
    {"Asset", "Dataset", "AssetAlias", "DatasetAlias", "AssetRef", "AssetNameRef", "AssetUriRef", "ref", "Model"}
)
_ALL = frozenset({"&", "AssetAll", "DatasetAll", "and", "and_", "BitAnd"})
_ANY = frozenset({"|", "AssetAny", "DatasetAny", "or", "or_", "BitOr"})
_TABLE_SUFFIX = re.compile(r"\.(?:csv|json|jsonl|parquet|txt|bin|avro|orc|gz|sql|xlsx?)$", re.IGNORECASE)

_DEEPEST = 20

# What an asset is known by: its name, or its address.
Key = str
TaskKey = tuple[str, str]


class Condition(NamedTuple):
    """What must have come: all of these, or any of them. `flat`: whether that is all there is to it; conditions inside
    each other are not known here, and their assets are taken together."""

    way: Literal["all", "any"]
    assets: tuple[Any, ...]
    flat: bool = True


def is_asset(value: Any) -> bool:
    return called(value) in _ASSETS


def condition(value: Any, depth: int = _DEEPEST) -> Condition | None:
    """What a schedule of assets says; None for a schedule of another kind, and for one nested deeper than `depth`."""
    if is_asset(value):
        return Condition("all", (value,))
    name = value.name if isinstance(value, Call) else ""
    if name in _ALL | _ANY or called(value) in _ALL | _ANY:
        way: Literal["all", "any"] = "all" if name in _ALL or called(value) in _ALL else "any"
        return _together(way, [*value.args, *value.given.values()], depth)
    members = several(value) if depth else []
    return _together("all", members, depth) if members and members[0] is not value else None


def _together(way: Literal["all", "any"], members: list[Any], depth: int) -> Condition | None:
    if depth == 0:
        return None
    parts = [condition(member, depth - 1) for one in members for member in several(one)]
    if any(part is None for part in parts):
        return None
    found = [part for part in parts if part is not None]
    flat = all(part.flat and (len(part.assets) == 1 or part.way == way) for part in found)
    return Condition(way, tuple(asset for part in found for asset in part.assets), flat)


def key_of(asset: Call) -> Key | None:
    """What it is known by; None if only a run of the file would tell."""
    name = argument(asset, "name", 0)
    found = name if name is not None else argument(asset, "uri", 1)
    return found if isinstance(found, str) and found.strip() else None


def address_of(asset: Call) -> str:
    """Where it lies, or its name."""
    uri = argument(asset, "uri", 1)
    return uri if isinstance(uri, str) and uri.strip() else key_of(asset) or ""


class Assets:
    """All assets of a file by the names that they have here."""

    def __init__(self, dags: Iterable[MadeDag], taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.writers: dict[Key, list[TaskKey]] = {}
        self.addresses: dict[Key, str] = {}
        self._names: dict[Key, str] = {}
        self._keys: dict[str, Key] = {}
        every = list(dags)
        for dag in every:
            for asset in _all_of(dag):
                self._know(asset)
        for dag in every:
            for task in dag.tasks.values():
                for key in self.keys(task.given.get("outlets")):
                    self.writers.setdefault(key, []).append((dag.dag_id, task.task_id))

    def keys(self, value: Any) -> list[Key]:
        """The assets in a list of them, each once."""
        found = [self.key(one) for one in several(value) if is_asset(one)]
        return list(dict.fromkeys(key for key in found if key is not None))

    def key(self, asset: Call) -> Key | None:
        """What an asset is known by, also when it is named by its address alone."""
        found = key_of(asset)
        return None if found is None else self._keys.get(found, found)

    def name(self, key: Key) -> str:
        """What it is called here."""
        if key not in self._names:
            self._names[key] = self.free(*_candidates(key))
        return self._names[key]

    def free(self, *wanted: str) -> str:
        """The first of these names that nothing else has, or one like the last."""
        number, last = 1, wanted[-1]
        found = next((name for name in wanted if name not in self.taken), "")
        while not found or found in self.taken:
            number += 1
            found = f"{last[:95]}_{number}"
        self.taken.add(found)
        return found

    def _know(self, asset: Call) -> None:
        key, address = key_of(asset), address_of(asset)
        if key is not None:
            self.addresses.setdefault(key, address)
            self._keys.setdefault(key, key)
            if address and address != key:
                self._keys[address] = key


def _all_of(dag: MadeDag) -> Iterator[Call]:
    """The assets that a DAG speaks about; those with a name before those known by their address alone."""
    schedules = [dag.given.get(key) for key in ("schedule", "timetable")]
    values = [*schedules, *(task.given.get(key) for task in dag.tasks.values() for key in ("outlets", "inlets"))]
    found = [one for value in values if value is not None for one in objects(value) if is_asset(one)]
    yield from sorted(found, key=lambda asset: address_of(asset) == key_of(asset))


def _candidates(key: Key) -> list[str]:
    """`s3://lake/raw/orders.csv` is `orders`, or else `raw_orders`; a name stays, or gets `_data`."""
    bare = _TABLE_SUFFIX.sub("", key)
    parts = [part for part in re.split(r"[/?#]", bare) if part and not part.endswith(":")]
    if "/" not in key or not parts:
        return [fitting(key), fitting(f"{key[:95]}_data")]
    return [fitting("_".join(parts[-many:])) for many in range(1, len(parts) + 1)]
