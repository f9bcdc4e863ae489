"""What a task needs from outside its own DAG: partitions of inputs, and tasks of other DAGs.

A task that *needs* an input waits for the partitions of it that overlap its own window, and holds no slot
meanwhile. What was due before the simulation began counts as done.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Verdict, Wait
from workbench.model import after_window
from workbench.timetable import Partition


def windows_of(known: Known, dag: str, run: Run) -> Iterator[Partition]:
    """The partitions of `dag`'s grid that overlap the run's window."""
    grid = known.plans[dag].spec.grid
    if grid == run.plan.spec.grid:
        return iter((run.window,))
    return grid.between(run.window.start, run.window.end)


def is_here(known: Known, name: str, dag: str, window: Partition) -> bool:
    """Has this partition of the input come?"""
    if (name, window.key) in known.arrived:
        return True
    spec = known.plans[dag].spec
    return after_window(spec.inputs[name].expected, window, spec.zone) < known.live_since


def inputs_are_here(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    homes = known.homes
    missing = [
        n for n in plan.inputs if not all(is_here(known, n, homes[n], w) for w in windows_of(known, homes[n], run))
    ]
    return Wait("inputs", tuple(missing), waits_since(run, plan)) if missing else PASS


def tasks_elsewhere_are_done(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    missing = [
        f"{d}.{t}" for d, t in plan.elsewhere if not all(_done(known, d, t, w) for w in windows_of(known, d, run))
    ]
    return Wait("elsewhere", tuple(missing), waits_since(run, plan)) if missing else PASS


def waits_since(run: Run, plan: TaskPlan) -> datetime:
    """Since when nothing inside the DAG holds the task: its run's start, or its last upstream's end."""
    return max([run.started or run.created, *(run.cells[up].since for up in plan.ups)])


def _done(known: Known, dag: str, task: str, window: Partition) -> bool:
    run = known.run_of(dag, window.key)
    if run is not None:
        return task in run.cells and run.cells[task].state == "success"
    return _was_due_before(known, dag, window)


def _was_due_before(known: Known, dag: str, window: Partition) -> bool:
    spec = known.plans[dag].spec
    tick = spec.cron.after(window.end - timedelta(seconds=1)) if spec.cron else None
    return tick is not None and tick < known.live_since
