"""The simulated world: a World whose facts come from a scenario.

All of it is a function of (scenario, injected faults, state): `attach` works out what is due from any state, so
a simulation can be taken up at any cursor. The agenda is a cache of that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from workbench.engine import Event, Run, RunKey, State
from workbench.engine.data_events import AlertSent, VersionPublished
from workbench.engine.decide import next_key
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    CodeDeployed,
    InputArrived,
    RunCreated,
    SchedulerStarted,
    SchedulerStopped,
    TaskQueued,
    WorkDone,
)
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.clock import heard_until, next_tick
from workbench.engine.rules.retry import after_failure
from workbench.engine.verdicts import Wait
from workbench.engine.world import ARRIVAL, CHANGE, DEADLINE, END, READ, START, TICK, Due
from workbench.scenario.arrivals import Arrivals
from workbench.scenario.attempts import Again, Attempts, Look, Outcome
from workbench.scenario.checking import Checking
from workbench.scenario.dataflow import Dataflow, Made
from workbench.scenario.deadlines import Deadlines
from workbench.scenario.incoming import Incoming
from workbench.scenario.monitors import Answer, Monitors, Watch
from workbench.scenario.parts import Deploy, Fault, Scenario, SchedulerDown
from workbench.scenario.publishing import Publishing, held_by
from workbench.scenario.readers import Readers
from workbench.scenario.troubles import Troubles

# As in evolve: events of which there is one for each attempt.
_new: Any = tuple.__new__


class SimulatedWorld:
    """A World made of a scenario. `start` (UTC): what was due before it counts as done."""

    def __init__(self, scenario: Scenario, start: datetime, dataflow: Dataflow | None = None) -> None:
        self.scenario, self.start = scenario, start
        self.arrivals = Arrivals(scenario, start)
        self.dataflow = Dataflow(self.arrivals, dataflow)
        self.agenda: list[Due] = []
        checking = Checking(self.dataflow)
        self._incoming = Incoming(self.arrivals, self.dataflow.deliveries, self.agenda)
        self._deadlines, self._readers = Deadlines(start, self.agenda), Readers(start, self.agenda)
        self._monitors = Monitors(checking, self.agenda)
        self._attempts = Attempts(self.dataflow, Troubles(scenario.seed, []))
        self._publishing = Publishing(self.dataflow, checking)
        self._away: list[tuple[datetime, datetime]] = []
        self.reactions: dict[type[Any], Callable[[State, Any, Run | None], None]] = {
            TaskQueued: self._queued,
            AttemptStarted: self._started,
            RunCreated: self._created,
            SchedulerStarted: self._scheduler_started,
            InputArrived: self._incoming.arrived,
            CodeDeployed: self._incoming.deployed,
            VersionPublished: self._monitors.published,
            AlertSent: self._monitors.sent,
        }

    # World

    def remember(self, past: Callable[[int], State]) -> None:
        self.dataflow.past = past

    def attach(self, state: State, now: datetime) -> None:
        self.agenda.clear()
        self.dataflow.attach()
        numbered = [(fault, self.start) for fault in self.scenario.faults] + list(state.faults)
        faults = [(n, *one) for n, one in enumerate(numbered, 1) if n not in state.lifted]
        troubles = Troubles(self.scenario.seed, faults)
        troubles.attach(state, now)
        self._attempts = Attempts(self.dataflow, troubles)
        lifted = [fault for n, (fault, _) in enumerate(numbered, 1) if n in state.lifted]
        self._incoming.attach(state, [(fault, holds) for _, fault, holds in faults], lifted, now)
        self._attach_changes(state, [(fault, holds) for _, fault, holds in faults], now)
        for at, key, task, number in troubles.aftermath(state, now):
            self._work_goes_on(key, task, number, at)
        for dag in state.known.plans:
            self._next_tick(state, dag, now)
            self._deadlines.attach(state, dag, now)
        self._readers.attach(state, now)
        self._monitors.attach(state, now)
        for run in state.known.open_runs():
            self._resume(state, run, now)

    def take(self, state: State) -> Event | None:
        due = heappop(self.agenda)
        kind = due[1]
        if kind == START:
            at, _, _, _, task, key, _ = due
            cell = state.known.runs.open[key].cells[task]  # type: ignore[index]
            number = cell.tries + 1 if cell.looks is None else cell.tries
            return _new(AttemptStarted, (at, key, task, number, cell.seq))  # type: ignore[no-any-return]
        if kind == END:
            return self._end(state, due)
        return _TAKE[kind](self, state, due)

    def _queued(self, state: State, event: TaskQueued, run: Run | None) -> None:
        key = event.run
        heappush(self.agenda, (event.at, START, key.dag, key.partition, event.task, key, None))

    def _started(self, state: State, event: AttemptStarted, run: Run | None) -> None:
        assert run is not None
        self._run_attempt(state, run, event.task, event.number, event.at, event.at)

    def _created(self, state: State, event: RunCreated, run: Run | None) -> None:
        if event.due is not None:
            self._next_tick(state, event.run.dag, event.at)
        self._deadlines.created(state, event, run)

    def _scheduler_started(self, state: State, event: SchedulerStarted, run: Run | None) -> None:
        for dag in state.known.plans:
            self._next_tick(state, dag, event.at)

    # ticks

    def _next_tick(self, state: State, dag: str, now: datetime) -> None:
        """Plan the next tick that somebody hears; those that were missed come at once, one after the other."""
        known = state.known
        found = next_tick(known, dag) if known.up and dag not in known.paused else None
        if found is not None:
            tick, window = found
            heappush(self.agenda, (max(tick, now), TICK, dag, window.key, "", None, found))

    def _tick(self, state: State, due: Due) -> RunCreated | None:
        at, _, dag, partition, _, _, (tick, window) = due
        known = state.known
        if not known.up or dag in known.paused or tick <= heard_until(known, dag):
            return None
        return RunCreated(at, next_key(known, dag, partition, "scheduled"), window.start, window.end, tick, 0)

    # the scheduler's going and coming, and deploys

    def _attach_changes(self, state: State, faults: list[tuple[Fault, datetime]], now: datetime) -> None:
        downs = [(max(fault.start, holds), fault.until) for fault, holds in faults if isinstance(fault, SchedulerDown)]
        self._away = [(start, until) for start, until in downs if start < until]
        moments = {moment for span in self._away for moment in span if moment >= now}
        if self._is_away(now) == state.known.up:
            moments.add(now)
        for moment in sorted(moments):
            heappush(self.agenda, (moment, CHANGE, "", "", "", None, ""))
        deploys = {(max(f.at, holds), f.task): f.version for f, holds in faults if isinstance(f, Deploy)}
        for (at, place), version in deploys.items():  # of several there at one instant, the last word holds
            dag, _, task = place.partition(".")
            if at >= now and state.known.deployed.get((dag, task)) != at:
                heappush(self.agenda, (at, CHANGE, dag, "", task, None, version))

    def _is_away(self, at: datetime) -> bool:
        return any(start <= at < until for start, until in self._away)

    def _change(self, state: State, due: Due) -> Event | None:
        at, _, dag, _, task, _, version = due
        if version:
            if state.known.code.get((dag, task)) == version:
                return None
            what = f"{dag}.{task}" if task else f"all of {dag}"
            return CodeDeployed(at, dag, task, version, f"{version} of {what} deployed", 0)
        away = self._is_away(at)
        if away != state.known.up:
            return None
        return SchedulerStopped(at, 0) if away else SchedulerStarted(at, 0)

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
        key, plan, attempts = run.key, run.plan.tasks[task], self._attempts
        if (plan.plain or plan.sums) and (well := attempts.spared(state, run, plan, number)) is not None:
            heappush(self.agenda, (max(started + plan.takes, now), END, key.dag, key.partition, task, key, well))
            return
        extra: Outcome | Look
        if plan.task.sensor is not None:
            ends, extra = attempts.first_look(state, run, plan, number, started, now)
        else:
            at, extra = attempts.ending(state, run, plan, number, started)
            for one, done_at in list(attempts.later.get((key, task), {}).items()):
                self._work_goes_on(key, task, one, max(done_at, now))
            if at is None:
                return
            ends = at
        heappush(self.agenda, (max(ends, now), END, key.dag, key.partition, task, key, extra))

    def _end(self, state: State, due: Due) -> Event | None:
        at, _, _, _, task, key, outcome = due
        assert key is not None
        run = state.known.runs.open[key]
        cell = run.cells[task]
        number, cause, plan = cell.tries, cell.seq, run.plan.tasks[task]
        if isinstance(outcome, Look):
            found = self._attempts.after_look(state, run, plan, outcome, at)
            if isinstance(found, Again):
                return self._look_again(run, plan, outcome, at, found.at)
            outcome = found
        reason, message, rows, content, followed = outcome
        troubles = self._attempts.troubles
        if not reason and troubles.vendors and (lost := troubles.is_lost(run, plan, number)):
            reason, message = "transient", lost
        if not reason and not message and (plan.writes or plan.task.checks):  # a job that was found has written
            step = self._publishing.next_event(state, run, plan, number, Made(rows, content), cause, at)
            if step is not None:
                heappush(self.agenda, due)
                return step
            if held := held_by(state.known, run, plan, number, cause):
                reason, message = "check", held
        if not reason and troubles.crashes and (crashed := troubles.crash_after_write(plan, key, number, at)):
            if all(one != number for one, _ in state.effects.get((key, task), ())):
                heappush(self.agenda, due)
                return WorkDone(at, key, task, number, cause)
            reason, message = "transient", crashed
        if not reason:
            return _new(  # type: ignore[no-any-return]
                AttemptEnded, (at, key, task, number, "success", "", message, None, rows, content, followed, cause)
            )
        then = after_failure(state.known, run, plan, number, at, reason)
        became, again = ("up_for_retry", then.until) if isinstance(then, Wait) else (then.state, None)
        return AttemptEnded(at, key, task, number, became, reason, message, again, None, None, None, cause)

    def _look_again(
        self, run: Run, plan: TaskPlan, look: Look, now: datetime, next_at: datetime
    ) -> AttemptEnded | None:
        cell, key = run.cells[plan.name], run.key
        assert plan.task.sensor is not None
        if plan.task.sensor.mode == "reschedule":
            became = "up_for_reschedule"
            return AttemptEnded(now, key, plan.name, cell.tries, became, "", "", next_at, None, None, None, cell.seq)
        ends, following = self._attempts.next_look(run, plan, look, now)
        heappush(self.agenda, (ends, END, key.dag, key.partition, plan.name, key, following))
        return None

    def _work_goes_on(self, key: RunKey, task: str, number: int, at: datetime) -> None:
        """A job that the orchestrator gave up is still at work, and will be done then."""
        self._attempts.later.setdefault((key, task), {})[number] = at
        place: Due = (at, ARRIVAL, key.dag, key.partition, task, key, number)
        if place not in self.agenda:
            heappush(self.agenda, place)

    def _work_done(self, state: State, due: Due) -> Event | None:
        at, _, _, _, task, key, number = due
        assert key is not None
        run = state.known.runs.get(key)
        if run is not None and (found := self._late_write(state, run, task, number, at)) is not None:
            heappush(self.agenda, due)
            return found
        self._attempts.later.get((key, task), {}).pop(number, None)
        if run is None or any(n == number for n, _ in state.effects.get((key, task), ())):
            return None
        return WorkDone(at, key, task, number, run.cells[task].seq if task in run.cells else run.seq)

    def _late_write(self, state: State, run: Run, task: str, number: int, at: datetime) -> Event | None:
        """What a try that the orchestrator gave up still does with its work."""
        plan = run.plan.tasks.get(task)
        if plan is None or not plan.writes:
            return None
        cell = run.cells[task]
        one = next((a for a in cell.attempts if a.number == number), None)
        started, began = (one.started, one.began) if one else (cell.started, cell.seq)
        assert started is not None
        made = self.dataflow.result(state, run, plan, number, started, began)
        if made.error:
            return None
        return self._publishing.next_event(state, run, plan, number, Made(made.rows, made.content), began, at)

    # the agenda

    def _arrival(self, state: State, due: Due) -> Event | None:
        return self._incoming.take(state, due) if due[5] is None else self._work_done(state, due)

    def _deadline(self, state: State, due: Due) -> Event | None:
        if isinstance(due[6], Watch | Answer):
            return self._monitors.take(state, due)
        return self._deadlines.take(state, due)

    def _read(self, state: State, due: Due) -> Event | None:
        return self._readers.take(state, due)


_TAKE: dict[int, Callable[[SimulatedWorld, State, Due], Event | None]] = {
    ARRIVAL: SimulatedWorld._arrival,
    DEADLINE: SimulatedWorld._deadline,
    READ: SimulatedWorld._read,
    CHANGE: SimulatedWorld._change,
    TICK: SimulatedWorld._tick,
}
