"""What is behind a task in all pipelines: the tasks below it, what they write, and who reads that; and who read what
was made of a partition. Pure, from the plans and from what is known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workbench.engine import Known
from workbench.engine.catalog import Read
from workbench.engine.keys import VersionName
from workbench.engine.plan import DagPlan
from workbench.scenario.seeing import taken_by
from workbench.views.clock import listed
from workbench.views.wording import shortened


class Place(NamedTuple):
    """A task of a DAG."""

    dag: str
    task: str


def below(known: Known, places: Iterable[Place]) -> list[Place]:
    """All tasks below these, the nearest first: of their DAG, and of others that take what they write."""
    takers, asked = _takers(known), [*places]
    found = dict.fromkeys(asked)
    ahead = deque(asked)
    while ahead:
        for place in _next(known, ahead.popleft(), takers):
            if place not in found:
                found[place] = None
                ahead.append(place)
    return [*found][len({*asked}) :]


Takers = Mapping[tuple[str, str], list[Place]]


def _takers(known: Known) -> Takers:
    """Who takes what from outside its run: by (DAG, task), or by ("", dataset or input)."""
    found: dict[tuple[str, str], list[Place]] = {}
    for dag, plan in known.plans.items():
        for task, one in plan.tasks.items():
            for text in taken_by(one):
                if text not in plan.tasks:
                    need = plan.spec.need(text)
                    found.setdefault((need.dag or "", need.name), []).append(Place(dag, task))
    return found


def _next(known: Known, one: Place, takers: Takers) -> Iterator[Place]:
    plan = known.plans[one.dag].tasks.get(one.task) if one.dag in known.plans else None
    if plan is None:
        return
    yield from (Place(one.dag, down) for _, down in plan.downs)
    for key in ((one.dag, one.task), *(("", name) for name in plan.writes)):
        yield from takers.get(key, ())


def takers_of(known: Known, name: str) -> list[Place]:
    """The tasks that take an input, or a dataset by its own name."""
    return [
        Place(dag, task) for dag, plan in known.plans.items() for task in plan.tasks if _takes_name(plan, task, name)
    ]


def _takes_name(plan: DagPlan, task: str, name: str) -> bool:
    needs = (plan.spec.need(text) for text in taken_by(plan.tasks[task]) if text not in plan.tasks)
    return any(not need.dag and need.name == name for need in needs)


def written_by(known: Known, places: Iterable[Place]) -> list[str]:
    """The datasets that these tasks write, each once."""
    plans = (known.plans[one.dag].tasks.get(one.task) for one in places if one.dag in known.plans)
    return list(dict.fromkeys(name for plan in plans if plan is not None for name in plan.writes))


def writers_of(known: Known, dataset: str) -> list[Place]:
    return [Place(dag, task) for dag, plan in known.plans.items() for task, one in plan.tasks.items()
            if dataset in one.writes]  # fmt: skip


def readers_of_all(known: Known, datasets: Iterable[str]) -> list[str]:
    """The people and boards that read any of these datasets."""
    some = {*datasets}
    return [one.name for one in known.consumers.values() if some & {text.partition("@")[0] for text in one.reads}]


def reads_of_made(known: Known, dataset: str, keys: Iterable[str]) -> list[Read]:
    """Reads of other datasets that were made of any version of these partitions; in the order of time."""
    some = {*keys}
    made = made_of(known, (one.name for place, versions in known.data.versions.items()
                            if place[0] == dataset and place[1] in some for one in versions))  # fmt: skip
    reads = ((one.dataset, one.partition, one.n) for one in known.data.reads)
    return [
        read
        for read, name in zip(known.data.reads, reads, strict=True)
        if name in made and not (read.dataset == dataset and read.partition in some)
    ]


def made_of(known: Known, first: Iterable[VersionName]) -> set[VersionName]:
    users: dict[VersionName, list[VersionName]] = {}
    for versions in known.data.versions.values():
        for version in versions:
            for source in version.sources:
                users.setdefault(source, []).append(version.name)
    ahead = list(first)
    found = {*ahead}
    while ahead:
        more = [name for name in users.get(ahead.pop(), ()) if name not in found]
        found.update(more)
        ahead += more
    return found


# in words


def behind(known: Known, dag: str, task: str) -> str:
    """`Behind it: clean, publish, board_dashboard and fare_model; and punctuality.`: the tasks below, all who read what
    comes of it in any pipeline, and the other pipelines."""
    plan = known.plans.get(dag)
    if plan is None or task not in plan.tasks:
        return ""
    here = Place(dag, task)
    every = below(known, [here])
    own = shortened([one.task for one in every if one.dag == dag])
    return _said([*own, *readers_of_all(known, written_by(known, [here, *every]))], every, dag)


def behind_elsewhere(known: Known, dataset: str) -> str:
    """`Behind it: fare_model; and punctuality.`: who reads what other pipelines make of a dataset, and these."""
    writers = writers_of(known, dataset)
    every = [one for one in below(known, writers) if one.dag not in {writer.dag for writer in writers}]
    near = readers_of_all(known, [dataset])
    return _said([one for one in readers_of_all(known, written_by(known, every)) if one not in near], every, "")


def _said(names: list[str], places: list[Place], home: str) -> str:
    dags = [dag for dag in dict.fromkeys(one.dag for one in places) if dag != home]
    said = "; ".join(filter(None, [listed(names), f"and {listed(dags)}" if dags and names else listed(dags)]))
    return f"Behind it: {said}." if said else ""
