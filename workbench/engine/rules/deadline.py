"""Deadlines: until when a partition must have succeeded. A monitor asks, which also runs when the scheduler does not.

It is met when any run of the partition has succeeded by then. Nobody waits for a paused DAG, but for runs that it has.
Source of the idea: Airflow 3.1's deadline alerts, whose references are the logical date, the queueing of the run, or a
fixed instant.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from workbench.engine.rules.clock import tick_after
from workbench.engine.rules.inputs import was_due_before
from workbench.engine.rules.run import run_end_state
from workbench.engine.state import Known
from workbench.model import DagSpec, Deadline, after_window
from workbench.timetable import Partition

_SECOND = timedelta(seconds=1)


def deadlines_of(spec: DagSpec) -> list[tuple[str, Deadline]]:
    """(task, deadline) of each; the DAG's own has no task."""
    found = [("", spec.deadline), *((name, task.deadline) for name, task in spec.tasks.items())]
    return [(name, deadline) for name, deadline in found if deadline is not None]


def due_at(spec: DagSpec, deadline: Deadline, window: Partition) -> datetime:
    """When a deadline by the calendar is, UTC."""
    return after_window(deadline.by, window, spec.zone)


def is_expected(spec: DagSpec, window: Partition) -> bool:
    """Does the schedule ever make a run for this window?"""
    if not spec.wants(window) or (spec.clock is None and spec.data is None):
        return False
    if spec.clock is None:
        return True
    found = tick_after(spec, window.end - _SECOND)
    return found is not None and found[1] == window


def is_asked(known: Known, dag: str, partition: str) -> bool:
    """Does somebody expect the partition? Not while its DAG is paused and has no run for it: that is on purpose."""
    return dag not in known.paused or bool(known.runs_of(dag, partition))


def is_met(known: Known, dag: str, partition: str, task: str, asked: datetime | None = None) -> bool:
    """Has the partition succeeded in any of its runs? One whose last task ended at this very instant has, and what
    was due before the simulation counts as done. Who `asked` then asked before anything was decided there: a run that
    was only made at that instant changes nothing."""
    runs = known.runs_of(dag, partition)
    was_there = any(asked is None or run.created < asked for run in runs)
    if not was_there and was_due_before(known, dag, known.plans[dag].spec.grid.parse(partition)):
        return True
    if not task:
        return any(run.state == "success" or (not run.left and run_end_state(run) == "success") for run in runs)
    return any(task in run.cells and run.cells[task].state in ("success", "skipped") for run in runs)
