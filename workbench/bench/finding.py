"""Finding things by a part of their names, days by how they are spoken, and events by their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.chosen import Chosen
from workbench.views.tell import story

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST, _MOST_DAYS, _MOST_EVENTS, _LOOKED_AT = 12, 60, 5, 400
_LEAST_FOR_EVENTS = 3


class Found(NamedTuple):
    """`label`: what to type for it, and to read; `target`: where it leads; `what`: the sort of thing."""

    label: str
    target: str
    what: str


def found(bench: Bench, text: str) -> list[Found]:
    """What a text may mean, the best first: names that begin with it, names that hold it, days, events. All of one
    sort where nothing was typed: the tasks."""
    wanted = " ".join(text.casefold().split())
    things = list(_things(bench))
    if not wanted:
        return things[:_MOST]
    # A label that was completed names one thing.
    exact = [one for one in things if wanted in (one.label.casefold(), _name(one))]
    begin = [one for one in things if one.label.casefold().startswith(wanted) or _name(one).startswith(wanted)]
    inside = [one for one in things if wanted in one.label.casefold()]
    days = [one for one in _days(bench) if wanted in one.label.casefold() or wanted in one.target]
    some = (*exact, *begin, *inside, *days, *(_events(bench, wanted) if len(wanted) >= _LEAST_FOR_EVENTS else ()))
    return list(dict.fromkeys(some))[:_MOST]


def _name(one: Found) -> str:
    """`clean` of `punctuality.clean`."""
    return one.label.rpartition(".")[2].casefold()


def _things(bench: Bench) -> Iterator[Found]:
    """Tasks of the DAG that is shown first, with their DAG's name where another has such a task."""
    known, here = bench.known, bench.dag
    names = [task for plan in known.plans.values() for task in plan.tasks]
    for dag in sorted(known.plans, key=lambda name: name != here):
        for task in known.plans[dag].tasks:
            label = task if dag == here or names.count(task) == 1 else f"{dag}.{task}"
            yield Found(label, Chosen("task", dag, task).target, f"task of {dag}")
    yield from (Found(name, Chosen("input", home, name).target, "input") for name, home in known.homes.items())
    yield from (Found(name, Chosen("dataset", home, name).target, "dataset") for name, home in known.makers.items())
    yield from (Found(name, Chosen("consumer", here, name).target, "reader") for name in known.consumers)
    yield from (Found(name, Chosen("dag", name, "").target, "DAG") for name in known.plans)


def _days(bench: Bench) -> Iterator[Found]:
    """The partitions of the DAG that is shown, the newest first."""
    grid, window = bench.known.plans[bench.dag].spec.grid, bench.window
    keys = {key.partition for key in bench.known.runs if key.dag == bench.dag} | {window.key}
    for key in sorted(keys, reverse=True)[:_MOST_DAYS]:
        yield Found(grid.spoken(grid.parse(key)), f"run:{bench.dag}@{key}", "day")


def _events(bench: Bench, wanted: str) -> Iterator[Found]:
    """What happened lately, the newest first."""
    position, clock = bench.session.position, bench.clock
    first = max(0, position - _LOOKED_AT)
    lines = story(bench.known, bench.session.branch.log[first:position])
    words = wanted.split()
    told = ((line, f"{clock.full(line.at)}  {line.text}") for line in reversed(lines))
    some = [one for one in told if all(word in one[1].casefold() for word in words)]
    for line, label in some[:_MOST_EVENTS]:
        yield Found(label, f"event:{first + line.place + 1}", "event")
