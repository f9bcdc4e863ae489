"""What everything is called here: tasks as dbt's nodes, what they write with `_table` or `_view` behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from workbench.importing.dbt.graph import Group
from workbench.importing.dbt.manifest import Manifest, Node, is_singular, text
from workbench.importing.names import MOST, fitting

# What a name is asked for by: an id for a task or an input, an id with a prefix for what belongs to it.
Key = str
_MOST_JOINED = 60
# Room for what is put behind a name.
_ROOM = 20


class Naming:
    """Gives each key a name of its own."""

    def __init__(self, manifest: Manifest, groups: Iterable[Group]) -> None:
        self.labels = _labels([*manifest.built.values(), *manifest.sources.values()])
        self._taken: set[str] = set()
        self._names: dict[Key, str] = {}
        for uid, label in self.labels.items():
            self._give(uid, label)
        for group in groups:
            self._give(tests_key(group), self._tests(group))
        for uid, node in manifest.built.items():
            self._give(table_key(uid), f"{self.of(uid)}_{'view' if node.materialized == 'view' else 'table'}")
            self._give(unit_key(uid), f"{self.of(uid)}_unit_tests")

    def of(self, key: Key) -> str:
        return self._names[key]

    def _give(self, key: Key, wanted: str) -> None:
        """The nearest name that is allowed and free."""
        name = made = fitting(wanted)[: MOST - _ROOM] if key in self.labels else fitting(wanted)
        number = 1
        while made in self._taken:
            number += 1
            made = f"{name[: MOST - _ROOM]}_{number}"
        self._taken.add(made)
        self._names[key] = made

    def _tests(self, group: Group) -> str:
        """`orders_tests`, `orders_and_shops_tests`; a test with its own SQL is called as it is."""
        first = group.tests[0]
        if is_singular(first) or not group.on:
            return first.name
        about = text(first.data.get("attached_node"))
        joined = "_and_".join(map(self.of, sorted(group.on, key=lambda uid: (uid != about, self.of(uid)))))
        return f"{joined}_tests" if len(joined) <= _MOST_JOINED or len(group.on) == 1 else first.name


def table_key(uid: str) -> Key:
    return f"table:{uid}"


def unit_key(uid: str) -> Key:
    return f"unit:{uid}"


def tests_key(group: Group) -> Key:
    return f"tests:{group.tests[0].uid}"


def label_of(node: Node) -> str:
    """What people call it: `orders`, `orders_v2`, `till.sales`."""
    if node.kind == "source":
        return ".".join(filter(None, (text(node.data.get("source_name")), node.name)))
    version = node.data.get("version")
    return f"{node.name}_v{version}" if node.kind == "model" and isinstance(version, int | str) else node.name


def _labels(nodes: Iterable[Node]) -> Mapping[str, str]:
    """By id; with the package before it where two are called the same."""
    known = [(node, label_of(node)) for node in nodes]
    count = Counter(label for _, label in known)
    return {node.uid: label if count[label] == 1 else f"{node.package}.{label}" for node, label in known}
