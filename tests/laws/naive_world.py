"""The simulated world of the naive engine: all that is due, worked out from nothing for each event.

An item that may turn out to be nothing (a look of a sensor, a deadline) stands there without an event as long as it
is ahead: time must stop at it, and see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from tests.laws.facts import OVER, Cell, Clock, Facts, RunFacts, clock_of, end_state, pending, ticks_of, wants
from tests.laws.naive_data import next_write
from tests.laws.naive_fates import Fates, Holding
from tests.laws.needs import is_done, is_here, outside, promised, was_due_before, windows_of
from workbench.engine import Event, Run, RunKey
from workbench.engine.events import (
    AttemptEnded,
    CodeDeployed,
    DeadlineMissed,
    InputArrived,
    RunCreated,
    SchedulerStarted,
    SchedulerStopped,
    WorkDone,
)
from workbench.engine.rules.retry import retry_pause
from workbench.engine.rules.sensors import pause_after
from workbench.model import DagSpec, Deadline, Sensor, Task, after_window
from workbench.scenario import Deploy, Late, Never, Scenario, SchedulerDown
from workbench.timetable import Grid, Partition

A_WHILE, MINUTE, NONE = timedelta(days=9), timedelta(minutes=1), timedelta(0)
ENDS, ARRIVALS, DEADLINES, CHANGES, TICKS = 0, 1, 2, 4, 5
NOBODY = RunKey("", "")


def ends_well(run: RunFacts) -> bool:
    """All its tasks are finished, and its end is only to be said."""
    return all(cell.state in OVER for cell in run.cells.values()) and end_state(run) == "success"


class Due(NamedTuple):
    """Something to come; without an event if that is not known yet."""

    at: datetime
    kind: int
    dag: str
    partition: str
    name: str
    run: RunKey
    event: Event | None


class End(NamedTuple):
    """How a try ends: when, why (empty: well), and what it has chosen."""

    at: datetime
    reason: str = ""
    followed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class NaiveWorld:
    scenario: Scenario
    start: datetime
    until: datetime

    def due(self, facts: Facts, now: datetime) -> Iterator[Due]:
        fates = Fates(self.scenario.seed, self.holding(facts), facts)
        yield from self.ends(facts, fates, now)
        yield from self.arrivals(facts, now)
        yield from self.work(facts, fates, now)
        yield from self.deadlines(facts, now)
        yield from self.changes(facts, now)
        yield from self.deploys(facts, now)
        if not facts.away:
            for dag in facts.specs:
                yield from self.tick(facts, dag, now)

    def holding(self, facts: Facts) -> list[Holding]:
        """The faults that are not lifted, each with its number and since when it holds."""
        every = [*((fault, self.start) for fault in self.scenario.faults), *facts.faults]
        return [Holding(n, *one) for n, one in enumerate(every, 1) if n not in facts.lifted]

    # ticks

    def tick(self, facts: Facts, dag: str, now: datetime) -> Iterator[Due]:
        """The first tick of a DAG that has made no run."""
        if facts.is_paused(dag):
            return
        for tick, window in pending(facts, dag, self.until)[:1]:
            newest, at = facts.newest(dag, window.key), max(tick, now)
            key = RunKey(dag, window.key, "scheduled", newest.key.n + 1 if newest else 1)
            made = RunCreated(at, key, window.start, window.end, tick, 0)
            yield Due(at, TICKS, dag, window.key, "", NOBODY, made)

    # arrivals

    def arrivals(self, facts: Facts, now: datetime) -> Iterator[Due]:
        """What has not come. If its time is over, somebody took away what had held it back."""
        here = {(name, partition) for name, partition, _, _ in facts.arrived}
        fates: dict[tuple[str, str], datetime | None] = {}
        for _, fault, holds in self.holding(facts):
            if isinstance(fault, Late):
                fates[fault.input, fault.partition] = max(fault.arrives, holds)
            elif isinstance(fault, Never):
                fates[fault.input, fault.partition] = None
        for name in sorted({name for spec in facts.specs.values() for name in spec.inputs}):
            home = facts.specs[facts.home(name)]
            moments = (home.inputs[name].expected, self.scenario.arrivals.get(name, home.inputs[name].expected))
            for window, usual in usual_arrivals(home.grid, home.start, home.end, *moments, self.start, self.until):
                place = (name, window.key)
                at, came_before = fates.get(place, usual), promised(moments[0], window, home.zone) < self.start
                if at is not None and place not in here and not came_before:
                    at = max(at, now)
                    yield Due(
                        at, ARRIVALS, home.name, window.key, name, NOBODY, InputArrived(at, *place, None, None, 0)
                    )

    def work(self, facts: Facts, fates: Fates, now: datetime) -> Iterator[Due]:
        """Work that is done without the orchestrator's knowledge."""
        known = {(run, task, number) for run, task, number, _ in facts.effects}
        for key, task, number, at in fates.works(now):
            if (key, task, number) not in known and at >= now:
                run = facts.of(key)
                cause = run.cells[task].seq if task in run.cells else run.seq
                done = WorkDone(at, key, task, number, cause)
                wrote = self.late_write(facts, run, task, number, at) if at == now else None
                yield Due(at, ARRIVALS, key.dag, key.partition, task, key, wrote or done)

    def late_write(self, facts: Facts, run: RunFacts, name: str, number: int, at: datetime) -> Event | None:
        """What a try that was given up writes all the same."""
        task, cell = run.spec.tasks.get(name), run.cells.get(name)
        if task is None or cell is None:
            return None
        one = next((one for one in cell.past if one.number == number), None)
        began, code = (one.began, one.code) if one else (cell.seq, cell.code)
        return next_write(facts, run, task, number, began, code, at)

    # deadlines

    def deadlines(self, facts: Facts, now: datetime) -> Iterator[Due]:
        for dag, spec in facts.specs.items():
            every = [("", spec.deadline), *((name, task.deadline) for name, task in spec.tasks.items())]
            for task, deadline in every:
                for at, partition in self.dues(facts, spec, deadline) if deadline else ():
                    assert deadline is not None
                    yield from self.deadline(facts, (dag, partition, task), at, now, deadline.within is None)

    def dues(self, facts: Facts, spec: DagSpec, deadline: Deadline) -> Iterator[tuple[datetime, str]]:
        if deadline.within is not None:
            yield from ((r.created + deadline.within, r.key.partition) for r in facts.runs if r.key.dag == spec.name)
            return
        yield from deadlines_of(clock_of(spec), deadline.by, self.start - A_WHILE, self.until)

    def deadline(
        self, facts: Facts, place: tuple[str, str, str], at: datetime, now: datetime, by_calendar: bool
    ) -> Iterator[Due]:
        if at < now:
            return
        dag, partition, task = place
        runs = facts.runs_of(dag, partition)
        well = any(run.state == "success" or ends_well(run) for run in runs) if not task else any(
            task in run.cells and run.cells[task].state in ("success", "skipped") for run in runs
        )  # fmt: skip
        # A run that was only made at this instant was not there yet when the monitor asked.
        there = [run for run in runs if run.created < at or not by_calendar]
        well = well or (not there and was_due_before(facts, dag, facts.specs[dag].grid.parse(partition)))
        if at > now:
            yield Due(at, DEADLINES, dag, partition, task, NOBODY, None)
        elif not well and (runs or not facts.is_paused(dag)) and (dag, partition, task, at) not in facts.missed:
            said = DeadlineMissed(at, dag, partition, task, at, 0)
            yield Due(at, DEADLINES, dag, partition, task, NOBODY, said)

    # the scheduler, and deploys

    def changes(self, facts: Facts, now: datetime) -> Iterator[Due]:
        downs = [(max(f.start, h), f.until) for _, f, h in self.holding(facts) if isinstance(f, SchedulerDown)]
        away = any(start <= now < until for start, until in downs)
        if away != facts.away:
            event = SchedulerStopped(now, 0) if away else SchedulerStarted(now, 0)
            yield Due(now, CHANGES, "", "", "", NOBODY, event)
        for moment in sorted({moment for start, until in downs if start < until for moment in (start, until)}):
            if moment > now:
                yield Due(moment, CHANGES, "", "", "", NOBODY, None)

    def deploys(self, facts: Facts, now: datetime) -> Iterator[Due]:
        given = [(f, max(f.at, holds)) for _, f, holds in self.holding(facts) if isinstance(f, Deploy)]
        # Of several at one place and instant, the last word holds.
        for (at, name), version in {(at, fault.task): fault.version for fault, at in given}.items():
            dag, _, task = name.partition(".")
            done = any((e.at, e.dag, e.task) == (at, dag, task) for e in facts.deploys)
            if at < now or done or runs_already(facts, dag, task, version):
                continue
            what = f"{dag}.{task}" if task else f"all of {dag}"
            event = CodeDeployed(at, dag, task, version, f"{version} of {what} deployed", 0)
            yield Due(at, CHANGES, dag, "", task, NOBODY, event)

    # tries

    def ends(self, facts: Facts, fates: Fates, now: datetime) -> Iterator[Due]:
        """How each attempt that runs will end. What an edit made shorter than it has run ends now."""
        for run in facts.runs:
            for name, cell in run.cells.items():
                if cell.state == "running":
                    task = run.spec.tasks[name]
                    look = self.look if task.sensor else self.ending
                    found = look(facts, fates, run, task, cell, now)
                    if found is not None:
                        at, event = found
                        yield Due(at, ENDS, run.key.dag, run.key.partition, name, run.key, event)

    def ending(
        self, facts: Facts, fates: Fates, run: RunFacts, task: Task, cell: Cell, now: datetime
    ) -> tuple[datetime, Event] | None:
        end = self.how(facts, fates, run, task, cell)
        if end is not None and not end.reason and fates.is_lost(run, task, cell):
            end = End(end.at, "transient")
        if end is None:
            return None
        at, found = max(end.at, now), task.lookup and fates.job_of_earlier(run.key, task.name, cell.tries, cell.since)
        wrote = self.write(facts, run, task, cell, at) if at == now and not end.reason and not found else None
        return at, wrote or self.ended(run, task, cell, at, end)

    def write(self, facts: Facts, run: RunFacts, task: Task, cell: Cell, at: datetime) -> Event | None:
        """What a try that ends well has still to write."""
        return next_write(facts, run, task, cell.tries, cell.seq, cell.code, at)

    def how(self, facts: Facts, fates: Fates, run: RunFacts, task: Task, cell: Cell) -> End | None:
        begun = cell.since
        if task.lookup and (found := fates.job_of_earlier(run.key, task.name, cell.tries, begun)) is not None:
            return End(found)
        fate = fates.of(run, task, cell)
        if task.timeout is not None and (fate.at is None or fate.at > begun + task.timeout):
            return End(begun + task.timeout, "timeout")
        if fate.at is None or fate.reason:
            return None if fate.at is None else End(fate.at, fate.reason)
        if not all(self.was_there(facts, run, name, cell) for name in task.requires):
            return End(min(fate.at, begun + MINUTE), "late_input")
        return End(fate.at, "", self.choice(fates, run, task))

    def choice(self, fates: Fates, run: RunFacts, task: Task) -> tuple[str, ...] | None:
        """What a branch follows: what the scenario says, or else all. A short circuit that goes on says nothing."""
        if task.branch is None and not task.short_circuit:
            return None
        chosen = fates.choice(run, task)
        if task.short_circuit and chosen != ():
            return None if chosen is not None else task.branch
        return task.branch if chosen is None else chosen

    def was_there(self, facts: Facts, run: RunFacts, name: str, cell: Cell) -> bool:
        """Was what the task requires there when its try began, as event `cell.seq`?"""
        if name in run.spec.tasks:
            up = run.cells[name]
            return up.state == "success" and up.seq < cell.seq
        return all(self.was_here(facts, *one, cell) for one in outside(facts, run, [name]))

    def was_here(self, facts: Facts, dag: str, name: str, window: Partition, cell: Cell) -> bool:
        if not dag and not facts.is_input(name):
            return self.was_live(facts, name, window, cell)
        if not dag:
            home = facts.specs[facts.home(name)]
            came = [seq for n, key, seq, _ in facts.arrived if (n, key) == (name, window.key)]
            before = promised(home.inputs[name].expected, window, home.zone) < self.start
            return (bool(came) and came[0] < cell.seq) or before
        runs = [run for run in facts.runs_of(dag, window.key) if run.created <= cell.since]
        if not runs:
            return is_done(replace(facts, runs=()), dag, name, window)
        other = runs[-1].cells.get(name)
        return other is not None and other.state == "success" and other.seq < cell.seq

    def was_live(self, facts: Facts, name: str, window: Partition, cell: Cell) -> bool:
        written = tuple((e, seq) for e, seq in facts.written if seq < cell.seq)
        published = tuple((e, seq) for e, seq in facts.published if seq < cell.seq)
        runs = tuple(run for run in facts.runs if run.made < cell.seq)
        return is_here(replace(facts, written=written, published=published, runs=runs), name, window)

    def ended(self, run: RunFacts, task: Task, cell: Cell, at: datetime, end: End) -> AttemptEnded:
        def event(state: str, again: datetime | None = None, followed: tuple[str, ...] | None = None) -> AttemptEnded:
            return AttemptEnded(
                at, run.key, task.name, cell.tries, state, end.reason, "", again, None, None, followed, cell.seq
            )

        if not end.reason:
            return event("success", None, end.followed)
        if end.reason == "sensor_timeout":
            return event("skipped" if task.sensor and task.sensor.soft_fail else "failed")
        policy, retry = task.retries, cell.tries - cell.base
        special = policy.by_reason.get(end.reason)
        most = policy.max if special is None or special.max is None else min(policy.max, special.max)
        if retry > most:
            return event("failed")
        if special is not None and special.delay is not None:
            return event("up_for_retry", at + special.delay)
        pause = retry_pause(policy, retry, cast("Run", run), task.name, self.scenario.seed, cell.tries)
        return event("up_for_retry", at + pause)

    # sensors

    def look(
        self, facts: Facts, fates: Fates, run: RunFacts, task: Task, cell: Cell, now: datetime
    ) -> tuple[datetime, Event | None] | None:
        """The look that ends next: when, and what came of it when that is now."""
        sensor, tried = cast("Sensor", task.sensor), cell.looks.started if cell.looks else cell.since
        count, begins, over = (cell.looks.times if cell.looks else 0) + 1, cell.since, tried + sensor.timeout
        fate = fates.of(run, task, cell)
        while True:
            whole = begins + sensor.takes
            ends, reason = whole, ""
            for at, why in self.last_words(task, fate, tried, begins, over):
                if at <= whole and (at < ends or not reason):
                    ends, reason = at, why
            if ends >= now or reason:
                break
            key = f"{run.key.dag}#{task.name}#{tried}"
            pause = pause_after(sensor, count, key, whole - tried)
            count, begins = count + 1, whole + max(min(pause, over - whole), NONE)
        at = max(ends, now)
        if at > now:
            return at, None
        if whole <= at and self.sees(facts, run, task, begins):
            return at, self.write(facts, run, task, cell, at) or self.ended(run, task, cell, at, End(at))
        if reason:
            return at, self.ended(run, task, cell, at, End(at, reason))
        if sensor.mode == "poke":
            return self.look(facts, fates, run, task, cell, now + timedelta(seconds=1))
        key = f"{run.key.dag}#{task.name}#{tried}"
        again = at + max(min(pause_after(sensor, count, key, whole - tried), over - whole), NONE)
        asleep = "up_for_reschedule"
        return at, AttemptEnded(at, run.key, task.name, cell.tries, asleep, "", "", again, None, None, None, cell.seq)

    def last_words(
        self, task: Task, fate: Any, tried: datetime, begins: datetime, over: datetime
    ) -> Iterator[tuple[datetime, str]]:
        """What may end the whole try in this look: (when, why)."""
        sensor = cast("Sensor", task.sensor)
        if sensor.mode == "reschedule":  # it gives up at the end of its first look after the timeout
            whole = begins + sensor.takes
            over = whole if whole >= over else over
        yield over, "sensor_timeout"
        if fate.reason and fate.at is not None:
            yield fate.at, fate.reason
        if task.timeout is not None:
            yield (tried if sensor.mode == "poke" else begins) + task.timeout, "timeout"

    def sees(self, facts: Facts, run: RunFacts, task: Task, at: datetime) -> bool:
        """Was all that the sensor waits for there at that instant?"""
        sensor = cast("Sensor", task.sensor)
        for text in sensor.on:
            need = run.spec.need(text)
            if need.dag and sensor.match == "instant":
                tick = (run.due or run.created) - sensor.delta
                runs = [r for r in facts.runs if r.key.dag == need.dag and r.due == tick]
                cells = [r.cells[need.name] for r in runs if need.name in r.cells]
                if not any(cell.state == "success" and cell.since <= at for cell in cells):
                    return False
                continue
            for window in windows_of(facts, run, need):
                there = (
                    is_done(facts, need.dag, need.name, window, at)
                    if need.dag
                    else is_here(facts, need.name, window, at)
                )
                if not there:
                    return False
        return True


def runs_already(facts: Facts, dag: str, task: str, version: str) -> bool:
    """Was this version the last that was deployed just there?"""
    found = [e for e in facts.deploys if e.dag == dag and e.task in ("", task)]
    return bool(found) and (found[-1].task, found[-1].version) == (task, version)


@cache
def deadlines_of(
    clock: Clock, by: time | timedelta | None, begin: datetime, until: datetime
) -> tuple[tuple[datetime, str], ...]:
    """The deadlines of the windows for which the schedule ever makes a run."""
    spec = clock.spec
    windows = spec.grid.between(begin, until)
    return tuple((after_window(by, window, spec.zone), window.key) for window in windows if is_expected(spec, window))


def is_expected(spec: DagSpec, window: Partition) -> bool:
    """Does the schedule ever make a run for this window?"""
    if spec.data is not None:
        return wants(spec, window)
    last = spec.grid.next(window).end - timedelta(seconds=1)
    return spec.clock is not None and any(own == window for _, own in ticks_of(spec, window.end, last))


@cache
def usual_arrivals(
    grid: Grid,
    first: datetime | None,
    end: datetime | None,
    promised: time | timedelta | None,
    moment: time | timedelta | None,
    start: datetime,
    until: datetime,
) -> tuple[tuple[Partition, datetime | None], ...]:
    """When each partition comes if nothing goes wrong; None when it came before, or is not wanted."""
    found = []
    for window in grid.between(start - A_WHILE, until):
        simulated = after_window(promised, window, grid.zone) >= start
        wanted = (first is None or window.start >= first) and (end is None or window.start < end)
        at = max(after_window(moment, window, grid.zone), start) if simulated and wanted else None
        found.append((window, at))
    return tuple(found)
