"""Deadlines of one partition that are still ahead and not met, from what is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from workbench.engine import Known
from workbench.engine.catalog import Owed
from workbench.engine.monitor import route_of
from workbench.engine.rules.deadline import deadlines_of, due_at, is_asked, is_expected, is_met
from workbench.engine.rules.inputs import is_here, is_live
from workbench.model import Deadline, after_window
from workbench.timetable import Partition
from workbench.views.deadlines import owner_of


class Ahead(NamedTuple):
    """`what` (a task, `input:jfk`, `dataset:pub`, or nothing for the DAG) has to be so at `at` (UTC), as `said` in
    words; else `told` is told: empty for nobody."""

    at: datetime
    what: str
    said: str
    told: str


def deadlines_ahead(known: Known, now: datetime, dag: str, window: Partition) -> list[Ahead]:
    """The earliest first; nothing of a partition that nobody expects."""
    spec = known.plans[dag].spec
    asked = is_asked(known, dag, window.key)
    if not asked or not (is_expected(spec, window) or known.runs_of(dag, window.key)):
        return []
    return sorted(one for one in _open(known, dag, window) if one.at > now)


def _open(known: Known, dag: str, window: Partition) -> Iterator[Ahead]:
    spec, day = known.plans[dag].spec, known.plans[dag].spec.grid.spoken(window)
    for task, deadline in deadlines_of(spec):
        at = _when(known, dag, deadline, window)
        if at is not None and not is_met(known, dag, window.key, task):
            yield Ahead(at, task, f"{task or dag} of {day} must have succeeded", _told(known, dag, window, task))
    for name, item in spec.inputs.items():
        if item.deadline is not None and not is_here(known, name, dag, window):
            at, what = after_window(item.deadline, window, spec.zone), f"input:{name}"
            yield Ahead(at, what, f"{name} of {day} must have come", _told(known, dag, window, what))
    for name, data in spec.datasets.items():
        if data.deadline is not None and not is_live(known, name, dag, window):
            at, what = after_window(data.deadline, window, spec.zone), f"dataset:{name}"
            yield Ahead(at, what, f"{name} of {day} must be public", _told(known, dag, window, what))


def _when(known: Known, dag: str, deadline: Deadline, window: Partition) -> datetime | None:
    """A span counts from the making of the run: until then nobody knows."""
    if deadline.within is None:
        return due_at(known.plans[dag].spec, deadline, window)
    run = known.run_of(dag, window.key)
    return run.created + deadline.within if run is not None else None


def _told(known: Known, dag: str, window: Partition, what: str) -> str:
    if known.roster or known.routes:
        return route_of(known, Owed(0, "deadline", dag, window.key, what))
    return owner_of(known.plans[dag].spec, what)
