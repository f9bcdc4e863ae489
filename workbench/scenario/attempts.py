"""How attempts end in the simulated world: when, well or for which reason, and with what.

An attempt ends at the earliest of: its usual end, what a fault does to it, its execution timeout. A sensor looks
again and again instead; a task with `lookup` first asks whether the job of an earlier try was done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from workbench.engine import Run, RunKey, State
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.sensors import pause_after, senses, unseen
from workbench.model import Sensor
from workbench.scenario.carried import too_large
from workbench.scenario.dataflow import Dataflow
from workbench.scenario.modes import summed
from workbench.scenario.troubles import Troubles
from workbench.timetable import format_duration

MINUTE = timedelta(minutes=1)
# As in evolve: made for each attempt.
_new: Any = tuple.__new__


class Outcome(NamedTuple):
    """How an attempt will end: well, or for a reason, with what it wrote and chose."""

    reason: str
    message: str
    rows: int | None = None
    content: str | None = None
    followed: tuple[str, ...] | None = None


class Look(NamedTuple):
    """One look of a sensor: the n-th of its try, from when, and when the try began. `trouble`: what a fault does to the
    try, and when; `fails`: what ends the try at the very end of this look, if anything does."""

    number: int
    begins: datetime
    tried_since: datetime
    trouble: tuple[datetime, Outcome] | None = None
    fails: Outcome | None = None


class Again(NamedTuple):
    """A sensor that goes on: at its next look, or by giving its slots back until then."""

    at: datetime


WELL = Outcome("", "")


class Attempts:
    """Answers of one world. `later`: jobs still at work for tries that are over, by (run, task): when each try's is
    done."""

    def __init__(self, dataflow: Dataflow, troubles: Troubles) -> None:
        self.dataflow, self.troubles = dataflow, troubles
        self.later: dict[tuple[RunKey, str], dict[int, datetime]] = {}

    def ending(
        self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime
    ) -> tuple[datetime | None, Outcome]:
        """When the try that started then ends, and how; None: never. `run.cells` holds it as running."""
        task = plan.task
        if task.lookup and (found := self._job_of_earlier(state, run, plan, number, started)) is not None:
            return found
        fate = self.troubles.fate(state, run, plan, number, started)
        cut = started + task.timeout if task.timeout is not None else fate.at
        if fate.done_at is not None and fate.beyond is not None and (cut is None or fate.beyond <= cut):
            self.later.setdefault((run.key, plan.name), {})[number] = fate.done_at
        if task.timeout is not None and (fate.at is None or fate.at > started + task.timeout):
            return started + task.timeout, Outcome(
                "timeout", f"it ran longer than its timeout of {format_duration(task.timeout)}"
            )
        if fate.at is None or fate.reason:
            return fate.at, Outcome(fate.reason, fate.message)
        if task.requires and (missing := self._missing(state, run, plan, started)):
            soon = min(fate.at, started + MINUTE)
            return soon, Outcome("late_input", f"{' and '.join(missing)} of {run.key.partition} not there")
        return fate.at, self._work(state, run, plan, number, started)

    def spared(self, state: State, run: Run, plan: TaskPlan, number: int) -> Outcome | None:
        """How a try ends that begins now, if surely nothing happens to it and nothing has to be worked out: by far the
        most common case. None says nothing."""
        if plan.plain:
            return WELL if self.troubles.spares(plan, run.key, number) else None
        known = state.known
        if not plan.sums or known.rows_kept != "count" or run.cells[plan.name].seq != known.seq:
            return None
        if not self.troubles.spares(plan, run.key, number):
            return None
        made = summed(self.dataflow, state, run, plan)
        return _new(Outcome, ("", "", *made, None)) if made is not None else None

    def _job_of_earlier(
        self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime
    ) -> tuple[datetime, Outcome] | None:
        place = run.key, plan.name
        done = [one for one, at in state.effects.get(place, ()) if at <= started and one < number]
        if done:
            return started, Outcome("", f"found done: the job of try {done[0]}")
        at_work = sorted((at, one) for one, at in self.later.get(place, {}).items() if one < number)
        if at_work:
            at, one = at_work[0]
            return max(at, started), Outcome("", f"found at work: the job of try {one}")
        return None

    def _missing(self, state: State, run: Run, plan: TaskPlan, started: datetime) -> list[str]:
        seq = run.cells[plan.name].seq
        return [n for n in plan.task.requires if not self.dataflow.is_there(state, run, n, started, seq)]

    def _work(self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime) -> Outcome:
        task = plan.task
        chosen = self.troubles.choice(plan, run.key) if task.branch is not None or task.short_circuit else None
        outcome = WELL
        if run.plan.carries_rows:
            made = self.dataflow.result(state, run, plan, number, started, run.cells[plan.name].seq)
            outcome = Outcome("bug" if made.error else "", made.error, made.rows, made.content, made.followed)
            if made.content and (told := too_large(state.known, run, plan, self.dataflow.store.size(made.content))):
                outcome = Outcome("payload", told)
        if outcome.reason or (task.branch is None and not task.short_circuit):
            return outcome
        if chosen is None and outcome.followed is None:
            chosen = task.branch
        if chosen is not None and task.short_circuit and chosen:
            chosen = None  # it lets everything pass
        return outcome if chosen is None else outcome._replace(followed=chosen)

    # sensors

    def first_look(
        self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime, now: datetime
    ) -> tuple[datetime, Look]:
        """The look that ends at `now` or later of a sensor's try that runs, and when it ends."""
        cell, sensor = run.cells[plan.name], _sensor(plan)
        looks = cell.looks
        since = looks.started if looks else started
        fate = self.troubles.fate(state, run, plan, number, started)
        trouble = (fate.at, Outcome(fate.reason, fate.message)) if fate.reason and fate.at else None
        look = Look((looks.times if looks else 0) + 1, started, since, trouble)
        ends, look = self._end_of(plan, sensor, look)
        while ends < now and look.fails is None:
            ends, look = self.next_look(run, plan, look, ends)
        return ends, look

    def next_look(self, run: Run, plan: TaskPlan, look: Look, ended: datetime) -> tuple[datetime, Look]:
        """The look after one that ended then and saw nothing, and when it ends."""
        sensor = _sensor(plan)
        begins = ended + self._pause(run, plan, sensor, look, ended)
        return self._end_of(plan, sensor, look._replace(number=look.number + 1, begins=begins))

    def after_look(self, state: State, run: Run, plan: TaskPlan, look: Look, now: datetime) -> Outcome | Again:
        """What came of a look that ends now."""
        sensor = _sensor(plan)
        ends = look.begins + plan.takes
        if ends <= now and senses(state.known, run, plan, look.begins):
            return WELL
        if look.fails is not None:
            missing = " and ".join(unseen(state.known, run, plan, look.begins))
            text = look.fails.message.format(missing=missing) if look.fails.reason == "sensor_timeout" else None
            return look.fails if text is None else look.fails._replace(message=text)
        return Again(now + self._pause(run, plan, sensor, look, now))

    def _end_of(self, plan: TaskPlan, sensor: Sensor, look: Look) -> tuple[datetime, Look]:
        """When this look ends: by itself, or by what ends the whole try before the next one could."""
        ends, over = look.begins + plan.takes, look.tried_since + sensor.timeout
        gave_up = Outcome(
            "sensor_timeout", f"after {format_duration(sensor.timeout)} it gave up waiting for {{missing}}"
        )
        held_since = look.tried_since
        if sensor.mode == "reschedule":
            # It holds nothing in its pauses: it gives up at the end of its first look after the timeout.
            over, held_since = max(over, ends), look.begins
        ways = [(over, gave_up)] + ([look.trouble] if look.trouble else [])
        if plan.task.timeout is not None:
            ways.append((held_since + plan.task.timeout, Outcome("timeout", "it ran longer than its timeout")))
        first = min(ways, key=lambda way: way[0])
        return (first[0], look._replace(fails=first[1])) if first[0] <= ends else (ends, look)

    def _pause(self, run: Run, plan: TaskPlan, sensor: Sensor, look: Look, ends: datetime) -> timedelta:
        key = f"{run.key.dag}#{plan.name}#{look.tried_since}"
        pause = pause_after(sensor, look.number, key, ends - look.tried_since)
        left = look.tried_since + sensor.timeout - ends
        return max(min(pause, left), timedelta(0))


def _sensor(plan: TaskPlan) -> Sensor:
    assert plan.task.sensor is not None
    return plan.task.sensor
