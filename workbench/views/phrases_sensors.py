"""Sentences about sensors: looking, between two looks, and what they have not seen."""

from __future__ import annotations

from datetime import datetime

from workbench.engine import Cell
from workbench.engine.rules.sensors import unseen
from workbench.engine.verdicts import Wait
from workbench.model import Sensor
from workbench.views.chain import Missed
from workbench.views.clock import ago, listed
from workbench.views.deadlines import dues
from workbench.views.no_run import no_run
from workbench.views.phrases_inputs import bare, helps_of, input_line, missing_of
from workbench.views.phrases_instant import instant_helps, instant_line
from workbench.views.wording import Answer, Phrases, spoken_days


def sensor_of(p: Phrases, task: str) -> Sensor:
    sensor = p.run.plan.tasks[task].task.sensor
    assert sensor is not None
    return sensor


def looking(p: Phrases, task: str, cell: Cell, gaps: tuple[Missed, ...]) -> Answer:
    """It pokes, or has just begun a look."""
    sensor, number = sensor_of(p, task), f", try {cell.tries}" if cell.tries > 1 else ""
    names, since = listed(sensor.on), cell.looks.started if cell.looks else cell.started or cell.since
    gone = _gone(p, task)
    if sensor.mode == "reschedule":
        times = cell.looks.times + 1 if cell.looks else 1
        headline = f"{task} looks for {names} now: look {times} since {p.at(since)}{number}."
        held = "Between two looks it gives its slot back."
    else:
        spell = f" ({ago(p.now - since)})" if p.now > since else ""
        headline = f"{task} looks for {names} {_every(sensor)}, since {p.at(since)}{spell}{number}."
        held = f"It holds its {_slot(p, task)} while it waits."
    return Answer(headline, (held, *gone, *_ends(p, task, since)), _helps(p, task, sensor))


def between_looks(p: Phrases, task: str, found: Wait) -> Answer:
    sensor, looks = sensor_of(p, task), p.run.cells[task].looks
    since = looks.started if looks is not None else found.since
    times = looks.times if looks is not None else 1
    assert found.until is not None
    again = f"looks for {listed(sensor.on)} again {p.at(found.until)}"
    if found.until <= p.now:
        again = f"looks for {listed(sensor.on)} again now"
    held = f"Between two looks it gives its {_slot(p, task)} back. It has looked {_times(times)} since {p.at(since)}."
    return Answer(f"{task} {again}.", (held, *_gone(p, task), *_ends(p, task, since)), _helps(p, task, sensor, True))


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _every(sensor: Sensor) -> str:
    growing = ", then less and less often" if sensor.backoff else ""
    return f"every {ago(sensor.every)}{growing}"


def _slot(p: Phrases, task: str) -> str:
    plan = p.run.plan.tasks[task]
    if plan.pool is None:
        return "worker"
    return f"slot in {plan.pool}" if plan.task.slots == 1 else f"{plan.task.slots} slots in {plan.pool}"


def _gone(p: Phrases, task: str) -> tuple[str, ...]:
    """What it has not seen, or that the next look sees all of it."""
    plan = p.run.plan.tasks[task]
    missing = unseen(p.known, p.run, plan, p.now)
    if not missing:
        return ("All that it looks for is here: the next look sees it.",)
    return tuple(unseen_line(p, task, text) for text in missing)


def unseen_line(p: Phrases, task: str, text: str) -> str:
    """Why a sensor does not see this."""
    need, sensor = p.spec.need(text), sensor_of(p, task)
    if not need.dag:
        return input_line(p, text)
    if sensor.match == "instant":
        return instant_line(p, task, need)
    missing, grid = missing_of(p, need), p.known.plans[need.dag].spec.grid
    if len(missing) > 1:
        return f"{bare(p, need)} has not succeeded for {spoken_days(grid, missing)}."
    windows = missing or [grid.containing(p.run.window.start)]
    other = p.known.run_of(need.dag, windows[0].key)
    if other is None:
        return no_run(p.known, p.now, need.dag, windows[0], zone=p.clock.zone).headline
    if need.name not in other.cells:
        return f"The run of {need.dag} of {grid.spoken(windows[0])} has no {need.name}."
    return f"{bare(p, need)} of {grid.spoken(windows[0])} {p.of(other).doing(need.name)}."


def _ends(p: Phrases, task: str, since: datetime) -> tuple[str, ...]:
    sensor = sensor_of(p, task)
    then = "it is skipped then (soft_fail)" if sensor.soft_fail else "it fails then, and is not tried again"
    ahead = [due for due in dues(p, task) if due.at > p.now]
    told = f" Deadline: {p.at(ahead[0].at)}." if ahead else ""
    return (f"It gives up {p.at(since + sensor.timeout)}, {ago(sensor.timeout)} after its first look: {then}.{told}",)


def _helps(p: Phrases, task: str, sensor: Sensor, frees: bool = False) -> tuple[str, ...]:
    gives = (
        ()
        if frees or sensor.mode == "reschedule"
        else ("let it give its slot back between two looks: mode: reschedule",)
    )
    texts = tuple(text for text in unseen(p.known, p.run, p.run.plan.tasks[task], p.now) if not p.spec.need(text).dag)
    return (*helps_of(p, texts), *instant_helps(p, task), *gives)


def watched_line(p: Phrases, task: str) -> str:
    """For the list of rules: what it looks for, and what of it is here."""
    plan = p.run.plan.tasks[task]
    missing = unseen(p.known, p.run, plan, p.now)
    said = [f"{need.text} {'not here' if need.text in missing else 'here'}" for need in plan.watched]
    return f"looks for: {', '.join(said)}"
