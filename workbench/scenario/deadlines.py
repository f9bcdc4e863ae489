"""Deadlines in the agenda of a world: of DAGs and tasks, of inputs (`input:jfk`) and of datasets (`dataset:pub`).

One by the calendar stands there once, the next one; one that counts from a run's making stands there for each run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import heappush

from workbench.engine import Known, Run, State
from workbench.engine.events import DeadlineMissed, RunCreated
from workbench.engine.rules.deadline import deadlines_of, due_at, is_asked, is_expected, is_met
from workbench.engine.rules.inputs import is_here
from workbench.engine.world import DEADLINE, Due
from workbench.model import DagSpec, Deadline
from workbench.timetable import Partition

_MOST_WINDOWS = 10_000
INPUT, DATASET = "input:", "dataset:"


class Deadlines:
    """Those of one world."""

    def __init__(self, start: datetime, agenda: list[Due]) -> None:
        self.start, self.agenda = start, agenda

    def attach(self, state: State, dag: str, now: datetime) -> None:
        """Plan the deadlines of a DAG from `now` on."""
        known = state.known
        spec = known.plans[dag].spec
        for task, deadline in (*deadlines_of(spec), *_of_data(known, spec)):
            if deadline.within is None:
                self._next(spec, task, deadline, _first_due(spec, deadline, now), max(now, self.start))
                continue
            for run in [run for key, run in known.runs.items() if key.dag == dag]:
                if run.created + deadline.within >= now:
                    self._await(run.created + deadline.within, dag, run.key.partition, task)

    def created(self, state: State, event: RunCreated, run: Run | None) -> None:
        """A run was made: deadlines that count from then on."""
        for task, deadline in deadlines_of(state.known.plans[event.run.dag].spec):
            if deadline.within is not None:
                self._await(event.at + deadline.within, event.run.dag, event.run.partition, task)

    def take(self, state: State, due: Due) -> DeadlineMissed | None:
        """A deadline that is missed now; None when it was met, or nobody asks."""
        at, _, dag, partition, task, _, chain = due
        known = state.known
        if chain:
            window, deadline = chain
            spec = known.plans[dag].spec
            self._next(spec, task, deadline, spec.grid.next(window), at)
        if known.missed.get((dag, partition, task)) == at or _is_met(known, due):
            return None
        if not is_asked(known, dag, partition):
            return None
        return DeadlineMissed(at, dag, partition, task, at, 0)

    def _next(self, spec: DagSpec, task: str, deadline: Deadline, window: Partition, now: datetime) -> None:
        """Await the first deadline at `now` or later of an expected window from this one on."""
        for _ in range(_MOST_WINDOWS):
            due = due_at(spec, deadline, window)
            if due >= now and _is_awaited(spec, task, window):
                heappush(self.agenda, (due, DEADLINE, spec.name, window.key, task, None, (window, deadline)))
                return
            if spec.end is not None and window.start >= spec.end:
                return
            window = spec.grid.next(window)

    def _await(self, due: datetime, dag: str, partition: str, task: str) -> None:
        heappush(self.agenda, (due, DEADLINE, dag, partition, task, None, ()))


def _of_data(known: Known, spec: DagSpec) -> Iterator[tuple[str, Deadline]]:
    """The deadlines of the inputs and datasets whose home this DAG is."""
    for name, item in spec.inputs.items():
        if item.deadline is not None and known.homes[name] == spec.name:
            yield INPUT + name, Deadline(by=item.deadline)
    for name, dataset in spec.datasets.items():
        if dataset.deadline is not None and known.makers[name] == spec.name:
            yield DATASET + name, Deadline(by=dataset.deadline)


def _is_awaited(spec: DagSpec, task: str, window: Partition) -> bool:
    """Files come whether or not a schedule makes a run for them; what is made by runs does not."""
    return spec.wants(window) if task.startswith(INPUT) else is_expected(spec, window)


def _is_met(known: Known, due: Due) -> bool:
    at, _, dag, partition, task, _, chain = due
    for mark in (INPUT, DATASET):
        if task.startswith(mark):
            return is_here(known, task.removeprefix(mark), dag, known.plans[dag].spec.grid.parse(partition))
    return is_met(known, dag, partition, task, at if chain else None)


def _first_due(spec: DagSpec, deadline: Deadline, now: datetime) -> Partition:
    """A window whose deadline may still come: those before are over."""
    window = spec.grid.containing(now)
    before = spec.grid.previous(window)
    while due_at(spec, deadline, before) >= now:
        window, before = before, spec.grid.previous(before)
    return window
