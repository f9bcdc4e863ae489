"""The simulated world: a World whose facts come from a scenario.

All of it is a function of (scenario, injected faults, state): `attach` works out what is due from any state, so
a simulation can be taken up at any cursor. The agenda is a cache of that.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple

from workbench.engine import Event, Run, RunKey, State
from workbench.engine.events import AttemptEnded, AttemptStarted, InputArrived, RunCreated, TaskQueued
from workbench.engine.rules.retry import after_failure
from workbench.engine.verdicts import Wait
from workbench.engine.world import ARRIVAL, END, START, TICK, Due
from workbench.model import DagSpec
from workbench.scenario.arrivals import Arrivals
from workbench.scenario.dataflow import Dataflow
from workbench.scenario.parts import Fault, Late, Never, Scenario
from workbench.scenario.troubles import Troubles
from workbench.timetable import Partition

# As in evolve: events of which there is one for each attempt.
_new: Any = tuple.__new__
SECOND = timedelta(seconds=1)


class Outcome(NamedTuple):
    """How an attempt will end: well, or for a reason, with what it wrote."""

    reason: str
    message: str
    rows: int | None
    content: str | None


WELL = Outcome("", "", None, None)


class SimulatedWorld:
    """A World made of a scenario. `start` (UTC): what was due before it counts as done."""

    def __init__(self, scenario: Scenario, start: datetime, dataflow: Dataflow | None = None) -> None:
        self.scenario, self.start = scenario, start
        self.arrivals = Arrivals(scenario, start)
        self.dataflow = dataflow or Dataflow(self.arrivals)
        self.agenda: list[Due] = []
        self.reactions: dict[type[Any], Callable[[State, Any, Run], None]] = {
            TaskQueued: self._queued,
            AttemptStarted: self._started,
            RunCreated: self._created,
        }
        self._others: Container[tuple[str, str]] = ()
        self._troubles = Troubles(scenario.seed, ())

    # World

    def attach(self, state: State, now: datetime) -> None:
        self.agenda.clear()
        faults = [(fault, self.start) for fault in self.scenario.faults] + list(state.faults)
        self._troubles = Troubles(self.scenario.seed, faults)
        self._attach_inputs(state, faults, now)
        for dag, plan in state.known.plans.items():
            self._next_tick(plan.spec, max(state.known.ticked.get(dag, self.start - SECOND), now - SECOND))
        for run in state.known.open_runs():
            self._resume(state, run, now)

    def take(self, state: State) -> Event:
        due = heappop(self.agenda)
        kind = due[1]
        if kind == START:
            at, _, _, _, task, key, _ = due
            cell = state.known.runs[key].cells[task]  # type: ignore[index]
            return _new(AttemptStarted, (at, key, task, cell.tries + 1, cell.seq))  # type: ignore[no-any-return]
        if kind == END:
            return self._end(state, due)
        return self._arrive(state, due) if kind == ARRIVAL else self._tick(state, due)

    def _queued(self, state: State, event: TaskQueued, run: Run) -> None:
        key = event.run
        heappush(self.agenda, (event.at, START, key.dag, key.partition, event.task, key, None))

    def _started(self, state: State, event: AttemptStarted, run: Run) -> None:
        self._run_attempt(state, run, event.task, event.number, event.at, event.at)

    def _created(self, state: State, event: RunCreated, run: Run) -> None:
        self._next_tick(run.plan.spec, event.at)

    # ticks

    def _next_tick(self, spec: DagSpec, after: datetime) -> None:
        """Plan the first tick after this instant whose partition the DAG wants."""
        tick = spec.cron.after(after) if spec.cron else None
        while tick is not None and spec.start is not None and spec.grid.last_ended(tick).start < spec.start:
            tick = spec.cron.after(tick) if spec.cron else None
        if tick is None:
            return
        window = spec.grid.last_ended(tick)
        if spec.end is None or window.start < spec.end:
            heappush(self.agenda, (tick, TICK, spec.name, window.key, "", None, window))

    def _tick(self, state: State, due: Due) -> RunCreated:
        at, _, dag, partition, _, _, window = due
        before = state.known.run_of(dag, partition)
        key = RunKey(dag, partition, "scheduled", before.key.n + 1 if before else 1)
        return RunCreated(at, key, window.start, window.end, 0)

    # arrivals

    def _attach_inputs(self, state: State, faults: list[tuple[Fault, datetime]], now: datetime) -> None:
        # Of several words about one partition, the last one holds.
        fates = {(f.input, f.partition): (f, holds) for f, holds in faults if isinstance(f, Late | Never)}
        self._others = fates.keys()
        for name, home in state.known.homes.items():
            spec = state.known.plans[home].spec
            self._next_usual(state, name, self.arrivals.first_window(spec, name, now))
        for (name, partition), (fault, holds) in fates.items():
            if isinstance(fault, Late) and (name, partition) not in state.known.arrived:
                spec = state.known.plans[state.known.homes[name]].spec
                self._come(spec, max(fault.arrives, holds), name, spec.grid.parse(partition))

    def _next_usual(self, state: State, name: str, window: Partition) -> None:
        found = self.arrivals.next_usual(state.known, name, window, self._others)
        spec = state.known.plans[state.known.homes[name]].spec
        if found is not None:
            self._come(spec, self.arrivals.usual(spec, name, found), name, found)

    def _come(self, spec: DagSpec, at: datetime, name: str, window: Partition) -> None:
        heappush(self.agenda, (at, ARRIVAL, spec.name, window.key, name, None, window))

    def _arrive(self, state: State, due: Due) -> InputArrived:
        at, _, dag, partition, name, _, window = due
        spec = state.known.plans[dag].spec
        rows, content = self.dataflow.delivery(spec, name, partition)
        if (name, partition) not in self._others:
            self._next_usual(state, name, spec.grid.next(window))
        return InputArrived(at, name, partition, rows, content, 0)

    # attempts

    def _resume(self, state: State, run: Run, now: datetime) -> None:
        key = run.key
        for name in run.plan.tasks:
            cell = run.cells[name]
            if cell.state == "queued":
                heappush(self.agenda, (cell.since, START, key.dag, key.partition, name, key, None))
            elif cell.state == "running":
                self._run_attempt(state, run, name, cell.tries, cell.since, now)

    def _run_attempt(self, state: State, run: Run, task: str, number: int, started: datetime, now: datetime) -> None:
        """Decide how the attempt that started then will end, and when: not before `now`, though an edit may have
        made it shorter than it has run."""
        key, plan = run.key, run.plan.tasks[task]
        ends, outcome = started + plan.takes, WELL
        failure = self._troubles.failure(plan, key, number, started, ends)
        if failure is not None:
            ends, outcome = failure.at, Outcome(failure.reason, failure.message, None, None)
        elif run.plan.carries_rows:
            made = self.dataflow.result(state, run, plan, number, started, run.cells[task].seq)
            outcome = Outcome("bug" if made.error else "", made.error, made.rows, made.content)
        heappush(self.agenda, (max(ends, now), END, key.dag, key.partition, task, key, outcome))

    def _end(self, state: State, due: Due) -> AttemptEnded:
        at, _, _, _, task, key, (reason, message, rows, content) = due
        assert key is not None
        run = state.known.runs[key]
        cell = run.cells[task]
        number, cause = cell.tries, cell.seq
        if not reason:
            return _new(AttemptEnded, (at, key, task, number, "success", "", "", None, rows, content, cause))  # type: ignore[no-any-return]
        then = after_failure(state.known, run, run.plan.tasks[task], number, at)
        if isinstance(then, Wait):
            return AttemptEnded(at, key, task, number, "up_for_retry", reason, message, then.until, None, None, cause)
        return AttemptEnded(at, key, task, number, then.state, reason, message, None, None, None, cause)
