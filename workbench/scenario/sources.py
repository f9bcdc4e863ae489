"""Which versions a try saw: those of datasets and deliveries that it read, also through tasks that wrote none.

That is the lineage of what it wrote. What a task without a dataset handed on counts as seen by those who took it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from workbench.engine import Run, State
from workbench.engine.backfilled import made_by
from workbench.engine.keys import VersionName
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import windows_of
from workbench.model import Need
from workbench.scenario.deliveries import came_of
from workbench.scenario.seeing import Began, instant_of, taken_by
from workbench.timetable import Partition

if TYPE_CHECKING:
    from workbench.scenario.dataflow import Dataflow


class _Try(NamedTuple):
    """A try that took something: since which event."""

    run: Run
    plan: TaskPlan
    began: int


# What a try took, in order: versions, and what tries handed it that wrote none.
_Took = list[VersionName | _Try]
# What tries saw, each by the event that began it. Holds for one log, as long as no command changes what it is made of.
Found = dict[int, tuple[VersionName, ...]]
_MOST_FOUND = 100_000


def sources_of(dataflow: Dataflow, state: State, run: Run, plan: TaskPlan, began: int) -> tuple[VersionName, ...]:
    """The versions that a try saw, in the order in which its task names what it takes. `state` may be a later one."""
    # Where nobody keeps a past, a later state may not tell the same of an earlier try.
    found: Found = dataflow.found_sources if dataflow.past is not None else {}
    if len(found) > _MOST_FOUND:
        found.clear()
    waiting = [_Try(run, plan, began)]
    took: dict[int, _Took] = {}
    while waiting:
        one = waiting[-1]
        if one.began in found or not (first := _find(dataflow, state, one, found, took)):
            waiting.pop()
        else:
            waiting += first
    return found[began]


def _find(dataflow: Dataflow, state: State, one: _Try, found: Found, took: dict[int, _Took]) -> list[_Try]:
    """Find what a try saw; or say of which tries that has to be found first."""
    parts = took.get(one.began)
    if parts is None:
        parts = took[one.began] = dataflow.as_of(state, one.run, one.began, _Looking(dataflow, one).took)
        if first := [part for part in parts if isinstance(part, _Try) and part.began not in found]:
            return first
    found[one.began] = joined([found[part.began] if isinstance(part, _Try) else (part,) for part in parts])
    return []


def joined(seen: list[tuple[VersionName, ...]]) -> tuple[VersionName, ...]:
    """All of these, each once, in order."""
    return seen[0] if len(seen) == 1 else tuple(dict.fromkeys(chain.from_iterable(seen)))


class _Looking:
    """What one try took."""

    def __init__(self, dataflow: Dataflow, one: _Try) -> None:
        at = instant_of(one.run.cells[one.plan.name], one.began)
        self.dataflow, self.plan, self.began = dataflow, one.plan, Began(at, one.began)

    def took(self, state: State, run: Run) -> _Took:
        found: _Took = []
        for name in taken_by(self.plan):
            if name in run.plan.tasks:
                self._through(state, run, name, found)
                continue
            need, known = run.plan.spec.need(name), state.known
            if (need.dag in known.plans) if need.dag else (need.name in known.homes or need.name in known.makers):
                for window in windows_of(known, need, run):
                    self._outside(state, need, window, found)
        return found

    def _outside(self, state: State, need: Need, window: Partition, found: _Took) -> None:
        known, began = state.known, self.began
        if need.dag:
            other = self.dataflow.run_then(state, need.dag, window.key, began)
            if other is not None:
                self._through(state, other, need.name, found)
        elif need.name in known.homes:
            came = [one for one in came_of(known, need.name, window.key) if began.after(one.at, one.seq)]
            found.extend([(need.name, window.key, len(came))] if came else [])
        else:
            live = known.data.live_version(need.name, window.key, began.seq)
            found.extend([live.name] if live is not None else [])

    def _through(self, state: State, run: Run, task: str, found: _Took) -> None:
        """What a task handed on: what it wrote, else what it had taken itself."""
        cell = run.cells.get(task)
        if cell is None:
            return
        if not self.began.after(cell.since, cell.seq):
            self.dataflow.must_not_be_later(state, self.began)
            return
        made = made_by(state.known, run, task)
        if made is None or made.attempt is None:
            return
        run, last = made.run, made.attempt  # of an earlier run, where a backfill kept the task
        versions = self.dataflow.versions_of(state, run, task, last.number, self.began)
        if versions:
            found.extend(one.name for one in versions)
        elif task in run.plan.tasks and not any(state.known.data.written_by(run.key, task, last.number)):
            found.append(_Try(run, run.plan.tasks[task], last.began))
