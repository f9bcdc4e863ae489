"""The DAG of a dbt project: a task for each node that is built, a step for the tests between it and its children."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from workbench.importing.dbt.arriving import arrival
from workbench.importing.dbt.checking import check_of, in_words, is_column, severity, short_name
from workbench.importing.dbt.graph import Graph, Group
from workbench.importing.dbt.manifest import Manifest, Node, is_singular, strings, text
from workbench.importing.dbt.naming import Key, Naming, table_key, tests_key, unit_key
from workbench.importing.dbt.outcomes import Outcomes
from workbench.importing.dbt.waiting import Before, Waiting
from workbench.importing.found import Path
from workbench.importing.names import fitting
from workbench.timetable import format_duration

STARTS = timedelta(hours=6)
SCHEDULE = "0 6 * * *"
# What is said where no run is recorded: by what a node becomes.
GUESSED = {"view": "5s", "seed": "10s", "tests": "10s"}
GUESSED_ELSE = "1m"
MOST_WORDS = 100


@dataclass
class Parts:
    """What the document is put together from. `members`: the ids of dbt's nodes that each task stands for; `steps`:
    the tasks of tests; `checks`: how many tests are checks, `others`: those that are not."""

    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: dict[Path, str] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    steps: set[str] = field(default_factory=set)
    checks: int = 0
    others: list[Node] = field(default_factory=list)


class Building:
    """Makes the parts, in the order in which dbt could run them."""

    def __init__(self, manifest: Manifest, graph: Graph, outcomes: Outcomes) -> None:
        self.manifest, self.graph, self.outcomes = manifest, graph, outcomes
        self.groups = graph.groups(manifest.tests)
        self.naming = Naming(manifest, self.groups)
        self.units = _unit_tests(manifest)
        self.waiting = Waiting(manifest, graph, self.groups, self.units)
        self.parts = Parts()

    def build(self) -> Parts:
        after: dict[str, list[Group]] = {}
        for group in self.groups:
            after.setdefault(group.on[-1] if group.on else "", []).append(group)
        for uid in self.graph.order:
            if uid in self.manifest.built:
                self._node(self.manifest.built[uid])
            for group in after.get(uid, ()):
                self._tests(group)
        for group in after.get("", ()):
            self._tests(group)
        self._inputs()
        return self.parts

    # tasks

    def _node(self, node: Node) -> None:
        uid = node.uid
        if uid in self.units:
            said = f"unit tests: {', '.join(_briefly(test.name) for test in self.units[uid])}"
            members = tuple(test.uid for test in self.units[uid])
            self._task(unit_key(uid), members, self.waiting.of_unit_tests(uid), "tests", description=_briefly(said))
        if node.ephemeral:
            return
        name = self.naming.of(table_key(uid))
        self.parts.datasets.setdefault(name, {}).update(_dataset(node), **_owned(self.manifest.owner_of(node)))
        more = {"writes": name, "owner": self.manifest.owner_of(node), "description": _first_line(node)}
        self._task(uid, (uid,), self.waiting.of_node(uid), node.materialized, **more)

    def _tests(self, group: Group) -> None:
        found = [(test, self._check(test)) for test in group.tests]
        checks = [check for _, check in found if check]
        others = [test for test, check in found if not check]
        self.parts.checks += len(checks)
        self.parts.others += others
        members = tuple(test.uid for test in group.tests)
        more = {"checks": checks, "owner": self._owner(group), "description": _said(group, others, bool(checks))}
        self._task(tests_key(group), members, self.waiting.of_group(group), "tests", **more)
        self.parts.steps.add(self.naming.of(tests_key(group)))

    def _task(self, key: Key, members: tuple[str, ...], before: Before, kind: str, **more: Any) -> None:
        name = self.naming.of(key)
        needs = [self.naming.of(one) for one in before.tasks]
        reads = [self.naming.of(uid) for uid in before.sources]
        given = {"needs": needs, "reads": reads, "takes": self._takes(members, kind), **more}
        self.parts.tasks[name] = {word: value for word, value in given.items() if value}
        self.parts.members[name] = members

    def _takes(self, members: Iterable[str], kind: str) -> str:
        known = [self.outcomes.seconds[uid] for uid in members if uid in self.outcomes.seconds]
        if known:
            return format_duration(timedelta(seconds=max(1, round(sum(known)))))
        return GUESSED.get(kind, GUESSED_ELSE)

    def _owner(self, group: Group) -> str:
        nodes = [self.manifest.built[uid] for uid in group.on if uid in self.manifest.built]
        return next(filter(None, map(self.manifest.owner_of, [*group.tests, *reversed(nodes)])), "")

    # checks and inputs

    def _check(self, test: Node) -> str | None:
        """The check's name, `orders_table.unique_id`; None where no check says the same."""
        on = self._attached(test)
        node = self.manifest.built.get(on)
        made = check_of(test, self._leads_to(test, on)) if node is not None and not node.ephemeral else None
        if made is None or (made["kind"] == "freshness" and not self._has_source(on)):
            return None
        dataset = self.naming.of(table_key(on))
        checks = self.parts.datasets.setdefault(dataset, {}).setdefault("checks", {})
        name = wanted = fitting(short_name(test))
        number = 1
        while name in checks:
            number += 1
            name = f"{wanted[:90]}_{number}"
        checks[name] = made
        return f"{dataset}.{name}"

    def _attached(self, test: Node) -> str:
        """The id of what the test is about."""
        said = text(test.data.get("attached_node"))
        return said or (test.needs[-1] if test.needs else "")

    def _leads_to(self, test: Node, on: str) -> str | None:
        """What a relationship leads to: a dataset or an input."""
        uid = next((one for one in test.needs if one != on), on)
        if uid in self.manifest.sources:
            return self.naming.of(uid)
        node = self.manifest.built.get(uid)
        return self.naming.of(table_key(uid)) if node is not None and not node.ephemeral else None

    def _has_source(self, uid: str) -> bool:
        above = self.graph.above[uid]
        return any(above >> self.graph.place[one] & 1 for one in self.manifest.sources)

    def _inputs(self) -> None:
        used = {name for task in self.parts.tasks.values() for name in task.get("reads", ())}
        for uid, node in self.manifest.sources.items():
            if (name := self.naming.of(uid)) in used:
                data, remark = arrival(node, self.outcomes.loaded.get(uid), STARTS)
                self.parts.inputs[name] = data
                self.parts.remarks["inputs", name] = remark


def _said(group: Group, others: list[Node], more: bool) -> str:
    """What a step of tests looks at that no check says."""
    first = group.tests[0]
    if is_singular(first):
        return f"{_first_line(first) or 'its own SQL'}{' (only warns)' if severity(first) == 'warn' else ''}"
    return _briefly(f"{'also ' if more else ''}{in_words(others)}") if others else ""


def _unit_tests(manifest: Manifest) -> Mapping[str, list[Node]]:
    """By the model that they are about."""
    found: dict[str, list[Node]] = {}
    for test in manifest.unit_tests:
        if test.needs and test.needs[0] in manifest.built:
            found.setdefault(test.needs[0], []).append(test)
    return found


def _dataset(node: Node) -> dict[str, Any]:
    """How it is written, where a write does not replace it."""
    key = list(dict.fromkeys(one if is_column(one) else fitting(one) for one in unique_key(node)))
    if node.kind == "snapshot":
        return {"mode": "merge", "key": [*key, "dbt_valid_from"]} if key else {"mode": "append"}
    if node.materialized != "incremental":
        return {}
    strategy = text(node.config.get("incremental_strategy"), "merge" if key else "append")
    if strategy in ("merge", "delete+insert"):
        return {"mode": "merge", "key": key} if key else {"mode": "append"}
    return {"mode": "append"} if strategy == "append" else {}


def _owned(owner: str) -> dict[str, str]:
    return {"owner": owner} if owner else {}


def unique_key(node: Node) -> list[str]:
    """The columns, or expressions, by which its rows are told apart."""
    given = node.config.get("unique_key")
    return strings(given if isinstance(given, list) else [given])


def _first_line(node: Node) -> str:
    return _briefly(next(iter(str(node.data.get("description") or "").strip().splitlines()), ""))


def _briefly(said: str) -> str:
    said = text(said)
    return said if len(said) <= MOST_WORDS else f"{said[: MOST_WORDS - 3].rstrip()}..."


def readers(building: Building) -> Iterator[tuple[Node, list[str]]]:
    """The exposures, with the datasets that each reads; an ephemeral model stands for what it is made of."""
    for exposure in building.manifest.exposures:
        names = [building.naming.of(table_key(uid)) for one in exposure.needs for uid in _solid(building, one)]
        yield exposure, list(dict.fromkeys(names))


def _solid(building: Building, uid: str) -> list[str]:
    """A node, or what it is made of when it is ephemeral."""
    found: list[str] = []
    waiting, seen = [uid], {uid}
    while waiting:
        node = building.manifest.built.get(waiting.pop())
        if node is not None and node.ephemeral:
            waiting += [one for one in node.needs if one not in seen]
            seen.update(node.needs)
        elif node is not None:
            found.append(node.uid)
    return found
