"""Files that come: which arrivals are due, of which a world keeps the agenda.

Each input has one usual arrival in the agenda, the next one; those that a fault moved stand there by themselves. What
has come may come again (`deliveries.py`): such moments stand there once it has come.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime
from heapq import heappush

from workbench.engine import Run, State
from workbench.engine.events import CodeDeployed, InputArrived
from workbench.engine.world import ARRIVAL, Due
from workbench.model import DagSpec
from workbench.scenario.arrivals import Arrivals, too_early
from workbench.scenario.deliveries import Deliveries, came_of
from workbench.scenario.parts import Fault, Late, Never
from workbench.timetable import Partition

Place = tuple[str, str]  # input, partition


class Incoming:
    """The arrivals of one world, in its agenda."""

    def __init__(self, arrivals: Arrivals, deliveries: Deliveries, agenda: list[Due]) -> None:
        self.arrivals, self.deliveries, self.agenda = arrivals, deliveries, agenda
        self._others: Container[Place] = ()
        self._spoiled: frozenset[str] = frozenset()

    def attach(self, state: State, faults: list[tuple[Fault, datetime]], lifted: list[Fault], now: datetime) -> None:
        """Plan all that comes from `now` on. `faults`: those that hold, each since when; `lifted`: the others."""
        # Of several words about one partition, the last one holds.
        fates = {(f.input, f.partition): (f, holds) for f, holds in faults if isinstance(f, Late | Never)}
        gone = [place for place in fates if place[0] not in state.known.homes]
        for place in gone:
            del fates[place]
        at_once = self._held_back(state, {(f.input, f.partition) for f in lifted if isinstance(f, Late | Never)}, now)
        at_once += self._overdue(state, {*fates, *at_once}, now)
        self._others = {*fates, *at_once}
        for name, partition in at_once:
            spec = _home(state, name)
            if (name, partition) not in fates:
                self._come(spec, now, name, spec.grid.parse(partition))
        for name in state.known.homes:
            self._next_usual(state, name, self.arrivals.first_window(_home(state, name), name, now))
        for (name, partition), (fault, holds) in fates.items():
            if isinstance(fault, Late) and (name, partition) not in state.known.arrived:
                spec = _home(state, name)
                self._come(spec, max(fault.arrives, holds), name, spec.grid.parse(partition))
        self._attach_again(state, now)

    def take(self, state: State, due: Due) -> InputArrived | None:
        """What comes; None when what would come again is what is there."""
        at, _, dag, partition, name, _, window = due
        spec = state.known.plans[dag].spec
        came = came_of(state.known, name, partition)
        rows, content = self.deliveries.comes(state, spec, name, partition, at)
        if came or not self.arrivals.is_simulated(spec, name, window):
            there = self.deliveries.delivered(state, spec, name, partition, len(came))
            return None if there == (rows, content) else InputArrived(at, name, partition, rows, content, 0)
        if (name, partition) not in self._others:
            self._next_usual(state, name, spec.grid.next(window))
        return InputArrived(at, name, partition, rows, content, 0)

    def arrived(self, state: State, event: InputArrived, run: Run | None) -> None:
        """What has come may come again."""
        if event.input in self._spoiled and (event.input, event.partition) not in state.known.again:
            self._again_from(state, event.input, event.partition, event.at)

    def deployed(self, state: State, event: CodeDeployed, run: Run | None) -> None:
        """A new version of code may find files that had moved: they come at once."""
        for name, partition in self._came(state):
            self._healed(state, name, partition, event.at)

    # the usual way

    def _held_back(self, state: State, places: set[Place], now: datetime) -> list[Place]:
        """Those that would have come before now if nothing had held them back: now that nothing does, they come."""
        found = []
        for name, partition in sorted(places - state.known.arrived.keys()):
            if name not in state.known.homes:
                continue
            spec = _home(state, name)
            window = spec.grid.parse(partition)
            simulated = self.arrivals.is_simulated(spec, name, window) and spec.wants(window)
            if simulated and self.arrivals.usual(spec, name, window) < now:
                found.append((name, partition))
        return found

    def _overdue(self, state: State, others: Container[Place], now: datetime) -> list[Place]:
        """What would have come before now, had the input been declared, or expected, as it is: it lies there already.
        From the newest back to one that has come, for all before that has come too."""
        found: list[Place] = []
        for name in state.known.homes:
            spec = _home(state, name)
            window = spec.grid.previous(self.arrivals.first_window(spec, name, now))
            while (name, window.key) not in state.known.arrived and not too_early(spec, window):
                if not self.arrivals.is_simulated(spec, name, window):
                    break
                if (name, window.key) not in others and spec.wants(window):
                    found.append((name, window.key))
                window = spec.grid.previous(window)
        return found

    def _next_usual(self, state: State, name: str, window: Partition) -> None:
        found = self.arrivals.next_usual(state.known, name, window, self._others)
        if found is not None:
            spec = _home(state, name)
            self._come(spec, self.arrivals.usual(spec, name, found), name, found)

    def _come(self, spec: DagSpec, at: datetime, name: str, window: Partition) -> None:
        heappush(self.agenda, (at, ARRIVAL, spec.name, window.key, name, None, window))

    # once more

    def _attach_again(self, state: State, now: datetime) -> None:
        self._spoiled = self.deliveries.spoiled(state)
        for name, partition in (*self._came(state), *self._from_before(state)):
            self._again_from(state, name, partition, now)
            self._healed(state, name, partition, now)

    def _came(self, state: State) -> list[Place]:
        """What came of inputs that some fault is on."""
        return sorted(place for place in state.known.arrived if place[0] in self._spoiled) if self._spoiled else []

    def _from_before(self, state: State) -> Iterator[Place]:
        """Partitions that came before the simulation began, and may come again."""
        for name in sorted(self._spoiled):
            spec = _home(state, name)
            for window in self.deliveries.touched_before(state, spec, name):
                if (name, window.key) not in state.known.arrived:
                    yield name, window.key

    def _again_from(self, state: State, name: str, partition: str, now: datetime) -> None:
        spec = _home(state, name)
        for moment in self.deliveries.moments(state, spec, name, partition):
            if moment >= now:
                self._come(spec, moment, name, spec.grid.parse(partition))

    def _healed(self, state: State, name: str, partition: str, now: datetime) -> None:
        spec = _home(state, name)
        if self.deliveries.is_healed(state, spec, name, partition, now):
            self._come(spec, now, name, spec.grid.parse(partition))


def _home(state: State, name: str) -> DagSpec:
    return state.known.plans[state.known.homes[name]].spec
