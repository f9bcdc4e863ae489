"""What vendors deliver: the file of a partition with the faults that hold when it comes, and what would be right.

A partition comes once, and again at each of these moments after that: the `until` of a fault that had touched the
file, the rest of late rows, a correction, the lifting of a fault, a deploy that finds a place which had moved. A moment
at which the very same rows would come again is none. All is a function of (scenario, state, instant).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, combinations
from typing import Any, NamedTuple

from workbench.engine import Arrival, Known, State
from workbench.model import DagSpec, InvalidInput, Problem, after_window
from workbench.model.shipped import place_of
from workbench.scenario.arrivals import Arrivals
from workbench.scenario.data_parts import Correction, LateRows, Moved, OnFiles, Partial
from workbench.scenario.rows import Store
from workbench.scenario.schema import write_fault
from workbench.scenario.spoiling import Where, count, spoil
from workbench.timetable import UTC, Partition

Delivery = tuple[int | None, str | None]
_MOST_WINDOWS = 10_000
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Holding(NamedTuple):
    """A fault on files, since when it holds, and whether somebody lifted it meanwhile."""

    fault: Any
    holds: datetime
    lifted: bool


class Deliveries:
    """Answers for one scenario. Rows are kept in the store."""

    def __init__(self, arrivals: Arrivals, store: Store) -> None:
        self.arrivals, self.store = arrivals, store
        self._given: tuple[Any, Any] = (None, None)
        self._by_place: dict[str, tuple[Holding, ...]] = {}

    # what came, and what would be right

    def delivered(self, state: State, spec: DagSpec, name: str, partition: str, nth: int) -> Delivery:
        """(rows, content) of the nth arrival (from 1) of an input's partition, with its rows in the store; 0: of what
        was there before the simulation began. Raises InvalidInput when its file cannot be read, or is another now."""
        came = came_of(state.known, name, partition)
        if nth < 1 or nth > len(came):
            return self._file(state, spec, name, partition, self._before(spec, name, partition))
        arrival = came[nth - 1]
        if arrival.content is not None and not self.store.has(arrival.content):
            self._make_again(state, spec, name, partition, arrival)
        return arrival.rows, arrival.content

    def comes(self, state: State, spec: DagSpec, name: str, partition: str, at: datetime) -> Delivery:
        """(rows, content) of what is delivered at that instant."""
        return self._file(state, spec, name, partition, at)

    def right(self, state: State, spec: DagSpec, name: str, partition: str, at: datetime) -> Delivery:
        """(rows, content) of what the vendor should have delivered, as of that instant: with the corrections made by
        then, and without any fault."""
        return self._with(state, spec, name, partition, self._corrections(state, spec, name, partition, at))

    def is_spoiled(self, state: State, spec: DagSpec, fault: OnFiles, partition: str) -> bool:
        """Does the fault change anything in the right file of a partition? Where rows are only counted, it may."""
        where = fault.input, partition
        right = self._with(state, spec, *where, ())
        return state.known.rows_kept == "count" or self._with(state, spec, *where, (fault,)) != right

    def is_simulated(self, spec: DagSpec, name: str, partition: str) -> bool:
        """Does it come during the simulation, and not before?"""
        return self.arrivals.is_simulated(spec, name, spec.grid.parse(partition))

    def torn(self, state: State, dataset: str, partition: str) -> Partial | None:
        """The fault that lets readers see a part of what is being written there, if there is one. The last word
        holds."""
        found = [
            one.fault
            for one in self._on(state, dataset)
            if isinstance(one.fault, Partial) and not one.lifted and one.fault.partition == partition
        ]
        return found[-1] if found else None

    # when it comes again

    def moments(self, state: State, spec: DagSpec, name: str, partition: str) -> list[datetime]:
        """When a partition that has come is delivered again, as far as the calendar says: those after its first
        arrival, in order."""
        first = self._first(state, spec, name, partition)
        window = spec.grid.parse(partition)
        found = (
            moment
            for one in self._on(state, name)
            if not one.lifted and _touches(one.fault, spec, name, window)
            if (moment := _again(one, first)) is not None and moment > first
        )
        return sorted(set(found))

    def touched_before(self, state: State, spec: DagSpec, name: str) -> Iterator[Partition]:
        """Partitions that had come when the simulation began, and that some fault touches in a way that brings them
        again: those that it names, or all from its first on."""
        found: dict[str, Partition] = {}
        for one in self._on(state, name):
            if isinstance(one.fault, OnFiles) and not one.lifted and _again(one, self.arrivals.start) is not None:
                found.update((window.key, window) for window in self._windows_before(one.fault, spec, name))
        yield from sorted(found.values(), key=lambda window: window.start)

    def _windows_before(self, fault: Any, spec: DagSpec, name: str) -> Iterator[Partition]:
        window = spec.grid.parse(getattr(fault, "partition", None) or fault.first)
        for _ in range(_MOST_WINDOWS):
            if not covers(fault, spec, window) or self.arrivals.is_simulated(spec, name, window):
                return
            yield window
            window = spec.grid.next(window)

    def is_healed(self, state: State, spec: DagSpec, name: str, partition: str, at: datetime) -> bool:
        """Was the newest delivery touched by something that has been lifted or found since, so that it comes again?"""
        came = came_of(state.known, name, partition)
        if not came or came[-1].rows is None:
            return False
        window, last = spec.grid.parse(partition), came[-1]
        over = (one for one in self._on(state, name) if not _is_in_force(state.known, one))
        touched = any(one.holds <= last.at and _touches(one.fault, spec, name, window) for one in over)
        return touched and self._file(state, spec, name, partition, at) != (last.rows, last.content)

    # files

    def _file(self, state: State, spec: DagSpec, name: str, partition: str, at: datetime) -> Delivery:
        return self._with(state, spec, name, partition, self._faults_at(state, spec, name, partition, at))

    def _with(self, state: State, spec: DagSpec, name: str, partition: str, faults: Iterable[Any]) -> Delivery:
        item = spec.inputs[name]
        where = Where(self.arrivals.scenario.seed, name, partition)
        counts = state.known.rows_kept == "count"
        if counts and item.rows is not None:
            return self._counted(item.rows, where, faults)
        if item.path is None:
            return None, None
        told = Problem(f"input '{name}' of {partition}", spec.file, spec.lines.get(f"inputs.{name}", 0))
        content = self.store.load(place_of(spec.folder, item.path.replace("{partition}", partition)), told)
        if counts:
            return self._counted(self.store.count(content), where, faults)
        if spoiling := list(faults):
            rows = self.store.get(content) or []
            for fault in spoiling:
                rows = spoil(fault, rows, where)
            content = self.store.put(rows)
        return self.store.count(content), content

    def _counted(self, rows: int, where: Where, faults: Iterable[Any]) -> Delivery:
        mark = f"{where.input}@{where.partition}"
        for fault in faults:
            rows, mark = count(fault, rows), f"{mark}|{json.dumps(write_fault(fault), sort_keys=True)}"
        return rows, self.store.put_count(rows, mark)

    def _make_again(self, state: State, spec: DagSpec, name: str, partition: str, arrival: Arrival) -> None:
        """Put the rows of an arrival into the store. Which of the faults that were lifted since held then, its content
        tells."""
        window = spec.grid.parse(partition)
        near = (one for one in self._on(state, name) if _touches(one.fault, spec, name, window))
        unsure = [one for one in near if _may_change(one)]
        every = chain.from_iterable(combinations(unsure, size) for size in range(len(unsure) + 1))
        for held in every:
            faults = self._faults_at(state, spec, name, partition, arrival.at, held)
            if self._with(state, spec, name, partition, faults) == (arrival.rows, arrival.content):
                return
        told = f"input '{name}' of {partition} cannot be read as it came: its file or what spoils it is another now"
        raise InvalidInput([Problem(told, spec.file, spec.lines.get(f"inputs.{name}", 0))])

    # faults

    def spoiled(self, state: State) -> frozenset[str]:
        """Inputs that some fault is on, or was."""
        self._on(state, "")
        return frozenset(self._by_place) & state.known.homes.keys()

    def _on(self, state: State, place: str) -> tuple[Holding, ...]:
        """The faults on an input's files, or on a dataset, in the order given; the lifted ones too."""
        given = state.faults, state.lifted
        if self._given[0] is not given[0] or self._given[1] is not given[1]:
            self._given, self._by_place = given, {}
            for one in holding(self.arrivals, state):
                name = one.fault.dataset if isinstance(one.fault, Partial) else one.fault.input
                self._by_place[name] = (*self._by_place.get(name, ()), one)
        return self._by_place.get(place, ())

    def _faults_at(
        self,
        state: State,
        spec: DagSpec,
        name: str,
        partition: str,
        at: datetime,
        held: tuple[Holding, ...] | None = None,
    ) -> list[Any]:
        """What a delivery at that instant suffers, corrections first. `held`: of those that may have held then and not
        now, or now and not then, the ones that did; None: it is now."""
        window, first = spec.grid.parse(partition), self._first(state, spec, name, partition, at)
        found = [
            one.fault
            for one in self._on(state, name)
            if (_is_in_force(state.known, one) if held is None or not _may_change(one) else one in held)
            if one.holds <= at and _touches(one.fault, spec, name, window) and _is_on(one.fault, first, at)
        ]
        return sorted(found, key=lambda fault: not isinstance(fault, Correction))

    def _corrections(self, state: State, spec: DagSpec, name: str, partition: str, at: datetime) -> list[Any]:
        return [f for f in self._faults_at(state, spec, name, partition, at) if isinstance(f, Correction)]

    def _first(
        self, state: State, spec: DagSpec, name: str, partition: str, otherwise: datetime | None = None
    ) -> datetime:
        """When a partition came for the first time, or comes, if it is only now that it does."""
        if not self.is_simulated(spec, name, partition):
            return self._before(spec, name, partition)
        arrival = state.known.arrived.get((name, partition))
        return arrival.at if arrival is not None else otherwise or self._before(spec, name, partition)

    def _before(self, spec: DagSpec, name: str, partition: str) -> datetime:
        """When it comes by the calendar."""
        return after_window(spec.inputs[name].expected, spec.grid.parse(partition), spec.zone)


def came_of(known: Known, name: str, partition: str) -> tuple[Arrival, ...]:
    """All arrivals of a partition of an input, the first first."""
    first = known.arrived.get((name, partition))
    return () if first is None else (first, *known.again.get((name, partition), ()))


def holding(arrivals: Arrivals, state: State) -> Iterator[Holding]:
    """The faults on files and datasets, those of the scenario first: they have always held."""
    given = [(fault, _ALWAYS) for fault in arrivals.scenario.faults] + list(state.faults)
    for n, (fault, holds) in enumerate(given, 1):
        if isinstance(fault, OnFiles | Partial):
            yield Holding(fault, holds, n in state.lifted)


def _touches(fault: Any, spec: DagSpec, name: str, window: Partition) -> bool:
    """Is it about this partition of this input?"""
    return isinstance(fault, OnFiles) and fault.input == name and covers(fault, spec, window)


def covers(fault: Any, spec: DagSpec, window: Partition) -> bool:
    """Is the window among those of the fault: its one partition, or from `first` to `last`?"""
    one, first, last = (getattr(fault, word, None) for word in ("partition", "first", "last"))
    if one is not None:
        return bool(window.key == one)
    after = first is None or window.start >= spec.grid.parse(first).start
    return after and (last is None or window.start <= spec.grid.parse(last).start)


def _is_on(fault: Any, first: datetime, at: datetime) -> bool:
    """Does it touch a delivery at that instant of what came `first` then?"""
    if isinstance(fault, Correction):
        return fault.at <= at
    if isinstance(fault, LateRows):
        return at < first + fault.later
    return fault.until is None or at < fault.until


def _again(one: Holding, first: datetime) -> datetime | None:
    """When what came `first` then is delivered again because of a fault."""
    fault: Any = one.fault
    if isinstance(fault, Correction):
        return fault.at
    if one.holds > first:
        return None
    return first + fault.later if isinstance(fault, LateRows) else fault.until


def _may_change(one: Holding) -> bool:
    """May it have held at one instant, and not at another, for what somebody did or deployed?"""
    return one.lifted or (isinstance(one.fault, Moved) and bool(one.fault.fixed_by))


def _is_in_force(known: Known, one: Holding) -> bool:
    return not (one.lifted or _is_found(known, one.fault))


def _is_found(known: Known, fault: Any) -> bool:
    """Does its task run a version that looks at the place to which a file moved?"""
    if not isinstance(fault, Moved) or not fault.fixed_by:
        return False
    dag, _, task = (fault.task or "").partition(".")
    return known.code_of(dag, task) in fault.fixed_by
