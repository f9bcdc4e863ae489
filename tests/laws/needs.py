"""What a run needs from elsewhere, for the naive engine: which windows of what, and whether they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache

from tests.laws.facts import SECOND, Facts, RunFacts
from workbench.model import DagSpec, Need, after_window
from workbench.timetable import Partition


def outside(facts: Facts, run: RunFacts, names: Iterable[str]) -> Iterator[tuple[str, str, Partition]]:
    """(dag or nothing, task or input, window): each thing that is not a task of this run."""
    for text in names:
        if text not in run.spec.tasks:
            need = run.spec.need(text)
            yield from ((need.dag, need.name, window) for window in windows_of(facts, run, need))


def windows_of(facts: Facts, run: RunFacts, need: Need) -> list[Partition]:
    """Those that overlap the run's window, the first and the last of them shifted."""
    grid = facts.specs[need.dag or facts.home(need.name)].grid
    found = list(grid.between(run.window.start, run.window.end))
    first, last = grid.shift(found[0], need.low), grid.shift(found[-1], need.high)
    return list(grid.between(first.start, last.end)) if first.start < last.end else []


def is_here(facts: Facts, name: str, window: Partition, at: datetime | None = None) -> bool:
    """Has this partition of an input come (by that instant), or was it promised before the simulation? Of a dataset: is
    a version live, or was its run due before?"""
    if not facts.is_input(name):
        if any((e.dataset, e.partition) == (name, window.key) for e, _ in facts.written):
            return any((e.dataset, e.partition) == (name, window.key) for e, _ in facts.published)
        writer = facts.home(name)
        return facts.newest(writer, window.key) is None and was_due_before(facts, writer, window)
    came = [when for n, partition, _, when in facts.arrived if (n, partition) == (name, window.key)]
    if came:
        return at is None or came[0] <= at
    home = facts.specs[facts.home(name)]
    return begins_before(home, window) or promised(home.inputs[name].expected, window, home.zone) < facts.live_since


promised = cache(after_window)


def is_done(facts: Facts, dag: str, task: str, window: Partition, at: datetime | None = None) -> bool:
    """Has the task succeeded (by that instant) in the newest run of the window, or was it due before the simulation?"""
    run = facts.newest(dag, window.key)
    if run is None:
        return was_due_before(facts, dag, window)
    cell = run.cells.get(task)
    return cell is not None and cell.state == "success" and (at is None or cell.since <= at)


def begins_before(spec: DagSpec, window: Partition) -> bool:
    """Nothing comes of a window before the DAG's start, so nobody waits for it."""
    return spec.start is not None and window.start < spec.start


def was_due_before(facts: Facts, dag: str, window: Partition) -> bool:
    spec = facts.specs[dag]
    if begins_before(spec, window):
        return True
    if dag in facts.born_paused:
        return False
    if spec.data is not None:
        return window.end < facts.live_since
    tick = spec.clock.after(window.end - SECOND) if spec.clock else None
    return tick is not None and tick < facts.live_since


def previous(facts: Facts, run: RunFacts) -> RunFacts | None:
    """The newest run of the nearest earlier window that has one."""
    earlier = [r for r in facts.runs if r.key.dag == run.key.dag and r.window.start < run.window.start]
    return max(earlier, key=lambda r: (r.window.start, r.key.n), default=None)
