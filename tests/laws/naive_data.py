"""What tries write, for the naive engine: versions that carry no rows, each published at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from tests.laws.facts import Facts, RunFacts, Try
from tests.laws.needs import outside
from workbench.engine import Event
from workbench.engine.data_events import VersionPublished, VersionWritten
from workbench.engine.keys import VersionName
from workbench.model import Task


def next_write(
    facts: Facts, run: RunFacts, task: Task, number: int, began: int, code: str, at: datetime
) -> Event | None:
    """What a try that did its work has still to do with it: write each dataset, and publish it."""
    for name in task.writes:
        mine = (run.key, task.name, number, name)
        wrote = [(e, seq) for e, seq in facts.written if (e.run, e.task, e.number, e.dataset) == mine]
        if not wrote:
            before = [e for e, _ in facts.written if (e.dataset, e.partition) == (name, run.key.partition)]
            made_of = tuple(dict.fromkeys(sources(facts, run, task, began)))
            return VersionWritten(
                at, run.key, task.name, number, name, len(before) + 1, "overwrite", 0, None, None, None, code, made_of,
                False, began,
            )  # fmt: skip
        event, seq = wrote[0]
        if not any((e.dataset, e.partition, e.n) == (name, event.partition, event.n) for e, _ in facts.published):
            return VersionPublished(at, name, event.partition, event.n, seq)
    return None


def sources(facts: Facts, run: RunFacts, task: Task, began: int) -> Iterator[VersionName]:
    """What a try that began as that event saw, also through tasks that write nothing."""
    names = dict.fromkeys((*task.needs, *task.reads, *task.requires))
    for name in names:
        if name in run.spec.tasks:
            yield from through(facts, run, name, began)
        else:
            yield from from_elsewhere(facts, run, [name], began)


def from_elsewhere(facts: Facts, run: RunFacts, names: Iterable[str], began: int) -> Iterator[VersionName]:
    for dag, name, window in outside(facts, run, names):
        if dag:
            others = [other for other in facts.runs_of(dag, window.key) if other.made < began]
            yield from through(facts, others[-1], name, began) if others else ()
        elif facts.is_input(name):
            came = [seq for n, key, seq, _ in facts.arrived if (n, key) == (name, window.key) and seq < began]
            yield from [(name, window.key, len(came))] if came else []
        else:
            live = [e.n for e, seq in facts.published if (e.dataset, e.partition) == (name, window.key) and seq < began]
            yield from [(name, window.key, live[-1])] if live else []


def through(facts: Facts, run: RunFacts, name: str, began: int) -> Iterator[VersionName]:
    cell = run.cells.get(name)
    if cell is None or cell.state != "success" or cell.seq >= began:
        return
    if cell.rule == "kept":  # by a backfill: what the newest run before it had made by then
        for before in reversed(facts.runs_of(run.key.dag, run.key.partition)):
            if before.key.n < run.key.n and name in before.cells:
                tries = [one for one in before.cells[name].past if one.state == "success" and one.ended <= run.created]
                if tries:
                    yield from by_try(facts, before, name, tries[-1])
                    return
    elif cell.past:
        yield from by_try(facts, run, name, cell.past[-1])


def by_try(facts: Facts, run: RunFacts, name: str, last: Try) -> Iterator[VersionName]:
    mine = (run.key, name, last.number)
    wrote = [(e.dataset, e.partition, e.n) for e, _ in facts.written if (e.run, e.task, e.number) == mine]
    if wrote or name in run.spec.tasks:
        yield from wrote or sources(facts, run, run.spec.tasks[name], last.began)
