"""Sentences about a sensor that asks for the run of exactly one tick (`match: instant`), and may never find it."""

from __future__ import annotations

from datetime import datetime, timedelta

from workbench.model import Need
from workbench.timetable import format_duration
from workbench.views.wording import Phrases

_SECOND = timedelta(seconds=1)


def asks_by_instant(p: Phrases, task: str) -> list[Need]:
    """What it asks for at one tick of another DAG; nothing for all other tasks."""
    plan = p.run.plan.tasks.get(task)
    if plan is None or plan.task.sensor is None or plan.task.sensor.match != "instant":
        return []
    return [need for need in plan.watched if need.dag]


def instant_line(p: Phrases, task: str, need: Need) -> str:
    """`It asks for the run of ledger that the clock makes Tue 3 Mar 03:00, and for no other: there is none.`"""
    tick, there = _asked(p, task), _at_tick(p, need, _asked(p, task))
    head = f"It asks for the run of {need.dag} that the clock makes {p.clock.full(tick)}, and for no other: {there}."
    other = tick_of_window(p, need)
    if other is None or not never_comes(p, task, need):
        return head
    spec = p.known.plans[need.dag].spec
    window = spec.grid.last_ended(other)
    made = "was" if p.known.run_of(need.dag, window.key) is not None else "is"
    day = spec.grid.spoken(window)
    return f"{head} The clock makes none of {need.dag} then: its run of {day} {made} made {p.at(other)}."


def instant_helps(p: Phrases, task: str) -> tuple[str, ...]:
    """How to ask for a run that there is: by how far the two clocks are apart, or by the same window."""
    never = [need for need in asks_by_instant(p, task) if never_comes(p, task, need)]
    if not never:
        return ()
    other, own = tick_of_window(p, never[0]), p.run.due or p.run.created
    apart = (
        () if other is None or other > own else (f"set {p.named(task)} sensor.delta {format_duration(own - other)}",)
    )
    return (*apart, f"set {p.named(task)} sensor.match partition")


def never_comes(p: Phrases, task: str, need: Need) -> bool:
    """Does the other DAG's clock make no run at the tick that is asked for?"""
    clock, tick = p.known.plans[need.dag].spec.clock, _asked(p, task)
    return clock is None or clock.after(tick - _SECOND) != tick


def tick_of_window(p: Phrases, need: Need) -> datetime | None:
    """The tick with which the other DAG's clock makes the run of the same window."""
    spec = p.known.plans[need.dag].spec
    window = spec.grid.containing(p.run.window.start)
    tick = spec.clock.after(window.end - _SECOND) if spec.clock else None
    return tick if tick is not None and spec.grid.last_ended(tick) == window else None


def _asked(p: Phrases, task: str) -> datetime:
    sensor = p.run.plan.tasks[task].task.sensor
    assert sensor is not None
    return (p.run.due or p.run.created) - sensor.delta


def _at_tick(p: Phrases, need: Need, tick: datetime) -> str:
    spec = p.known.plans[need.dag].spec
    run = p.known.run_of(need.dag, spec.grid.last_ended(tick).key)
    if run is None or run.due != tick:
        return "there is none"
    return f"in it, {need.name} {p.of(run).doing(need.name)}" if need.name in run.cells else f"it has no {need.name}"
