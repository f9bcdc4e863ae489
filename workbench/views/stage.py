"""The stage: all that belongs to the picture of a DAG, or of all DAGs of a workspace, without any state.

From left to right: inputs, what other DAGs must have done, tasks, the checks that a version must pass, datasets, and
who takes or reads them. Pure, and kept as long as nobody edits, so that a step in time never lays out a picture again.
What is so at an instant, `stage_state` adds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from workbench.engine.plan import DagPlan
from workbench.engine.state import Known, homes_of, makers_of
from workbench.model import Consumer, DagSpec, Need, Task
from workbench.timetable import spoken_duration
from workbench.views.graph import Edge, EdgeKind, NodeKind
from workbench.views.layers import topological
from workbench.views.taken import role_of, taken_by


class Thing(NamedTuple):
    """A node without its state. `target`: what is selected by it. `dag`: whose need it is, or who makes it. `name`: in
    its own DAG. `need`: how it was asked for, where it comes from outside. `role`: sensor, branch, ... `when`: checks
    are made, before publication or after. `usual`: what is known of a task before it does anything."""

    id: str
    kind: NodeKind
    title: str
    target: str
    dag: str
    name: str
    need: Need | None = None
    role: str = ""
    when: str = ""
    usual: str = ""


@dataclass(frozen=True, eq=False)
class Stage:
    """Things in the order in which they are placed, and edges between their ids. `dags`: those that are shown whole.
    The same object as long as nobody edits, so that a picture of it can be kept."""

    dags: tuple[str, ...]
    things: tuple[Thing, ...]
    edges: tuple[Edge, ...]

    @property
    def tasks(self) -> int:
        """How many tasks of its own it shows."""
        return sum(thing.kind in ("task", "check") and thing.target.startswith("task:") for thing in self.things)

    @cached_property
    def stands(self) -> dict[str, str]:
        """For every target the id of the thing that stands for it: the thing itself, else the first that selects it."""
        found: dict[str, str] = {}
        for thing in self.things:
            if thing.id == thing.target or thing.target not in found:
                found[thing.target] = thing.id
        return found

    def of(self, target: str) -> str:
        """The id of the thing that a selection stands for; empty when it is not on the stage."""
        kind, _, name = target.partition(":")
        if kind == "consumer":
            name = name.partition(".")[2]
            return next((one.id for one in self.things if one.kind == "consumer" and one.name == name), "")
        return self.stands.get(target, "")

    @cached_property
    def ahead(self) -> dict[str, list[str]]:
        """For every id those that its edges lead to."""
        return _adjacent((edge.source, edge.target) for edge in self.edges)

    @cached_property
    def back(self) -> dict[str, list[str]]:
        """For every id those from which edges lead to it."""
        return _adjacent((edge.target, edge.source) for edge in self.edges)


def _adjacent(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, two in pairs:
        found.setdefault(one, []).append(two)
    return found


def stage_of(known: Known, dags: Iterable[str]) -> Stage:
    """The stage of these DAGs of the workspace."""
    return _stage(tuple(known.plans.items()), tuple(known.consumers.values()), tuple(dags))


@lru_cache(maxsize=32)
def _stage(plans: tuple[tuple[str, DagPlan], ...], consumers: tuple[Consumer, ...], shown: tuple[str, ...]) -> Stage:
    builder = _Builder(dict(plans), shown)
    for dag in shown:
        builder.add_dag(dag)
    builder.add_takers()
    builder.add_consumers(consumers)
    declared = {f"input:{dag}.{name}": n for dag, plan in plans for n, name in enumerate(plan.spec.inputs)}
    found = sorted(builder.found.values(), key=lambda one: declared.get(one.target, 0))  # whoever takes them, alike
    things = {one.id: one for kind in _ORDER for one in found if _place(one, shown) == kind}
    return Stage(shown, *_untangled(things, builder.edges))


# The order in which things are placed: of two that could stand on either side, the first stands above.
_ORDER = ("input", "from", "task", "check", "dataset", "consumer")


def _place(thing: Thing, shown: tuple[str, ...]) -> str:
    if thing.kind == "external" or (thing.kind == "dataset" and thing.dag not in shown):
        return "from"
    return "task" if thing.target.startswith("task:") else thing.kind


class _Builder:
    """Collects things and edges. Nothing is kept of it."""

    def __init__(self, plans: dict[str, DagPlan], shown: tuple[str, ...]) -> None:
        self.plans, self.shown = plans, shown
        self.homes, self.makers = homes_of(plans), makers_of(plans)
        self.found: dict[str, Thing] = {}
        self.edges: dict[tuple[str, str], EdgeKind] = {}

    def add(self, thing: Thing) -> str:
        self.found.setdefault(thing.id, thing)
        return thing.id

    def join(self, source: str, target: str, kind: EdgeKind) -> None:
        self.edges.setdefault((source, target), kind)

    def add_dag(self, dag: str) -> None:
        spec = self.plans[dag].spec
        for name, task in spec.tasks.items():
            own = self.add(_task(dag, name, task))
            for text, kind in taken_by(task):
                self.join(self.outside(spec, spec.need(text)), own, kind)
            for dataset in task.writes:
                self.write(own, dataset)
        for name in spec.data.names if spec.data is not None else ():
            for first in (task for task in spec.tasks if not spec.upstream(task)):
                self.join(self.outside(spec, spec.need(name)), f"task:{dag}.{first}", "started by")

    def outside(self, spec: DagSpec, need: Need) -> str:
        """The id of what a DAG takes; itself, where it is on the stage."""
        span = need.text.partition("@")[2]
        if need.dag:
            return self._task_outside(spec, need, span)
        home = self.homes.get(need.name)
        if home is not None:
            target = f"input:{home}.{need.name}"
            return self.add(Thing(_with(target, span), "input", _with(need.name, span), target, spec.name, need.name,
                                  need))  # fmt: skip
        maker = self.makers.get(need.name, spec.name)
        is_merged = maker in self.shown and (maker != spec.name or not span)
        return self.dataset(maker, need.name, "" if is_merged else span, spec.name, need)

    def _task_outside(self, spec: DagSpec, need: Need, span: str) -> str:
        target = f"task:{need.dag}.{need.name}"
        if need.dag in self.shown and (need.dag != spec.name or not span):
            return target
        title = _with(need.name if need.dag == spec.name else f"{need.dag}.{need.name}", span)
        return self.add(Thing(_with(target, span), "external", title, target, spec.name, need.name, need))

    def dataset(self, maker: str, name: str, span: str = "", dag: str = "", need: Need | None = None) -> str:
        target = f"dataset:{maker}.{name}"
        is_own = maker in self.shown and not span
        return self.add(
            Thing(_with(target, span), "dataset", _with(name, span), target, maker if is_own else dag or maker, name,
                  None if is_own else need)
        )  # fmt: skip

    def write(self, task: str, name: str) -> None:
        """A dataset behind the task that writes it, and between them what every version must pass."""
        maker = self.makers[name]
        data, target = self.dataset(maker, name), f"dataset:{maker}.{name}"
        checks = self.plans[maker].spec.datasets[name].checks if name in self.plans[maker].spec.datasets else {}
        before = [one for one, check in checks.items() if check.when == "before"]
        after = [one for one, check in checks.items() if check.when == "after"]
        if before:
            gate = self.add(Thing(f"check:{maker}.{name}", "check", _checks(before), target, maker, name,
                                  when="before"))  # fmt: skip
            self.join(task, gate, "writes")
            self.join(gate, data, "writes")
        else:
            self.join(task, data, "writes")
        if after:
            watch = self.add(Thing(f"check:{maker}.{name}@after", "check", _checks(after), target, maker, name,
                                   when="after"))  # fmt: skip
            self.join(data, watch, "reads")

    def add_takers(self) -> None:
        """Tasks of DAGs that are not shown which take something from those that are."""
        for dag, plan in self.plans.items():
            if dag in self.shown:
                continue
            starts = plan.spec.data.names if plan.spec.data is not None else ()
            for name, task in plan.spec.tasks.items():
                texts = list(taken_by(task))
                texts += [(one, "started by") for one in starts if not plan.spec.upstream(name)]
                for text, kind in texts:
                    self._take(plan.spec, name, plan.spec.need(text), kind)

    def _take(self, spec: DagSpec, name: str, need: Need, kind: EdgeKind) -> None:
        if need.dag:
            source = f"task:{need.dag}.{need.name}"
            is_ours = need.dag in self.shown
        else:
            maker = self.makers.get(need.name, "")
            source, is_ours = f"dataset:{maker}.{need.name}", need.name not in self.homes and maker in self.shown
        if is_ours and source in self.found:
            target = f"task:{spec.name}.{name}"
            own = Need(f"{spec.name}.{name}", spec.name, name)
            taker = Thing(target, "external", f"{spec.name}.{name}", target, self.shown[0], name, own)
            self.join(source, self.add(taker), kind)

    def add_consumers(self, consumers: tuple[Consumer, ...]) -> None:
        for one in consumers:
            for text in one.reads:
                name = text.partition("@")[0]
                maker = self.makers.get(name, "")
                if f"dataset:{maker}.{name}" in self.found and maker in self.shown:
                    target = f"consumer:{maker}.{one.name}"
                    known = next((x.id for x in self.found.values() if x.kind == "consumer" and x.name == one.name), "")
                    reader = known or self.add(Thing(target, "consumer", one.name, target, maker, one.name))
                    self.join(f"dataset:{maker}.{name}", reader, "reads")


def _with(text: str, span: str) -> str:
    return f"{text}@{span}" if span else text


def _checks(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} checks"


def _task(dag: str, name: str, task: Task) -> Thing:
    target = f"task:{dag}.{name}"
    return Thing(target, "check" if task.checks else "task", name, target, dag, name, role=role_of(task),
                 usual=_usual(task))  # fmt: skip


def _usual(task: Task) -> str:
    """Its sort, and how long it usually takes."""
    role = role_of(task)
    span = f"every {spoken_duration(task.sensor.every)}" if task.sensor is not None else spoken_duration(task.takes)
    return f"{role}, {span}" if role and len(role) + len(span) < 11 else role or span


# no circles: a task that reads what a later one writes gets that of before


def _untangled(
    things: dict[str, Thing], edges: dict[tuple[str, str], EdgeKind]
) -> tuple[tuple[Thing, ...], tuple[Edge, ...]]:
    """The same without circles. What would close one starts at a copy of its source: that of an earlier day."""
    if not _is_circular(things, edges):
        return tuple(things.values()), tuple(Edge(one, two, kind) for (one, two), kind in edges.items())
    kept: dict[str, set[str]] = {name: set() for name in things}
    found: list[Edge] = []
    for (source, target), kind in sorted(edges.items(), key=lambda item: _RANK.index(item[1])):
        start = source
        if _reaches(kept, target, source):
            start = f"{source}@earlier"
            kept[start] = set()
            things = {start: things[source]._replace(id=start), **things} if start not in things else things
        kept[start].add(target)
        found.append(Edge(start, target, kind))
    return tuple(things.values()), tuple(found)


# What gives way to a circle comes last.
_RANK: tuple[EdgeKind, ...] = ("needs", "writes", "requires", "looks for", "started by", "reads")


def _is_circular(things: dict[str, Thing], edges: Iterable[tuple[str, str]]) -> bool:
    number = {name: index for index, name in enumerate(things)}
    successors: list[set[int]] = [set() for _ in things]
    for one, two in edges:
        successors[number[one]].add(number[two])
    try:
        topological([sorted(each) for each in successors])
    except ValueError:
        return True
    return False


def _reaches(successors: dict[str, set[str]], start: str, goal: str) -> bool:
    todo, seen = [start], {start}
    while todo:
        one = todo.pop()
        if one == goal:
            return True
        todo += [each for each in successors[one] if each not in seen]
        seen |= successors[one]
    return False
