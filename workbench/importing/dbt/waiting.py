"""What each task waits for and reads. Ephemeral models are no tasks: what they wait for passes through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workbench.importing.dbt.graph import Graph, Group
from workbench.importing.dbt.manifest import Manifest
from workbench.importing.dbt.naming import Key, tests_key, unit_key


class Before(NamedTuple):
    """`tasks`: keys of what must have succeeded; `sources`: ids of what is read as it is."""

    tasks: tuple[Key, ...] = ()
    sources: tuple[str, ...] = ()


class Waiting:
    """`tested`: the models with unit tests."""

    def __init__(self, manifest: Manifest, graph: Graph, groups: Iterable[Group], tested: Iterable[str]) -> None:
        self._manifest, self._graph, self._tested = manifest, graph, frozenset(tested)
        self._holding: dict[str, list[Group]] = {}
        for group in groups:
            for uid in group.holds:
                self._holding.setdefault(uid, []).append(group)
        # Of a model with unit tests `_raw` is what these wait for, and it waits for them.
        self._raw: dict[str, Before] = {}
        for uid in graph.order:
            if uid in manifest.built:
                self._raw[uid] = self._of_node(uid)

    def of_node(self, uid: str) -> Before:
        raw = self._raw[uid]
        return Before((unit_key(uid),), raw.sources) if uid in self._tested else raw

    def of_unit_tests(self, uid: str) -> Before:
        return self._raw[uid]

    def of_group(self, group: Group) -> Before:
        return self._after(group.on)

    def _of_node(self, uid: str) -> Before:
        holding = self._holding.get(uid, [])
        above = self._after(self._graph.parents[uid])
        implied = {key for group in holding for key in self.of_group(group).tasks}
        tests = tuple(map(tests_key, holding))
        kept = tuple(key for key in above.tasks if key not in implied)
        return Before(tuple(dict.fromkeys((*kept, *tests))), above.sources)

    def _after(self, uids: Iterable[str]) -> Before:
        """What must be done and read where these are referred to."""
        befores = [*self._each(uids)]
        return Before(
            tuple(dict.fromkeys(key for one in befores for key in one.tasks)),
            tuple(dict.fromkeys(uid for one in befores for uid in one.sources)),
        )

    def _each(self, uids: Iterable[str]) -> Iterator[Before]:
        for uid in uids:
            if uid in self._manifest.sources:
                yield Before((), (uid,))
            elif self._manifest.built[uid].ephemeral:
                yield self.of_node(uid)
            else:
                yield Before((uid,))


def below(tasks: Mapping[str, Iterable[str]], failed: Iterable[str]) -> set[str]:
    """The tasks that cannot run when these fail; `tasks`: what each needs, each after what it needs."""
    stopped = set(failed)
    first = frozenset(stopped)
    for name, needs in tasks.items():
        if not stopped.isdisjoint(needs):
            stopped.add(name)
    return stopped - first
