"""Sensors: tasks that look for something, pause, and look again.

A look sees what was true when it began. It is asked at its end, so that what happens at its first instant counts,
whatever the order. Source: Airflow 3.3, `BaseSensorOperator.execute` and `_get_next_poke_interval`; ours gives up at
the very end of its timeout, and not at the first look after it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import home_of, is_here, was_due_before, windows_of
from workbench.engine.state import Known, Run
from workbench.model import Need, Sensor
from workbench.timetable import Partition


def senses(known: Known, run: Run, plan: TaskPlan, at: datetime) -> bool:
    """Was all that the sensor waits for there at that instant?"""
    return not unseen(known, run, plan, at)


def unseen(known: Known, run: Run, plan: TaskPlan, at: datetime) -> tuple[str, ...]:
    """What of it was not there."""
    assert plan.task.sensor is not None
    return tuple(need.text for need in plan.watched if not _there(known, run, plan.task.sensor, need, at))


def _there(known: Known, run: Run, sensor: Sensor, need: Need, at: datetime) -> bool:
    if need.dag and sensor.match == "instant":
        return _done_at_instant(known, run, sensor, need, at)
    windows = windows_of(known, need, run)
    if not need.dag:
        return all(is_here(known, need.name, home_of(known, need), w, at) for w in windows)
    return all(_done(known.run_of(need.dag, w.key), need, at) or _long_done(known, need, w) for w in windows)


def _long_done(known: Known, need: Need, window: Partition) -> bool:
    return known.run_of(need.dag, window.key) is None and was_due_before(known, need.dag, window)


def _done_at_instant(known: Known, run: Run, sensor: Sensor, need: Need, at: datetime) -> bool:
    """Airflow's external task sensor: it asks for the run of exactly one tick, and never finds another."""
    tick = (run.due or run.created) - sensor.delta
    spec = known.plans[need.dag].spec
    runs = known.runs_of(need.dag, spec.grid.last_ended(tick).key)
    return any(run.due == tick and _done(run, need, at) for run in runs)


def _done(run: Run | None, need: Need, at: datetime) -> bool:
    cell = run.cells.get(need.name) if run is not None else None
    return cell is not None and cell.state == "success" and cell.since <= at


def pause_after(sensor: Sensor, count: int, key: str, passed: timedelta) -> timedelta:
    """The pause after look number `count` (from 1), whole seconds. `key`: dag#task#start, as Airflow hashes it;
    `passed`: since the first look of the try."""
    if not sensor.backoff:
        return sensor.every
    seconds = int(sensor.every.total_seconds())
    least = max(seconds << (count - 2) if count > 1 else seconds // 2, 1)
    found = int(hashlib.sha1(f"{key}#{count}".encode(), usedforsecurity=False).hexdigest(), 16)
    pause = timedelta(seconds=min(least + found % least, int((sensor.timeout - passed).total_seconds())))
    return pause if sensor.max_wait is None else min(pause, sensor.max_wait)
