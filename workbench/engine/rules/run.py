"""A run starts while fewer than `max_active_runs` runs of its DAG are running; its tasks wait for that.

Source: Airflow 3, `max_active_runs` (16 unless said otherwise), runs in the order of their partitions.
"""

from __future__ import annotations

from datetime import datetime

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Verdict, Wait


def run_may_start(known: Known, run: Run, now: datetime) -> Verdict:
    """May this queued run start? Asked of runs, not of tasks."""
    if known.active[run.key.dag] < run.plan.spec.max_active_runs:
        return PASS
    return Wait("max_active_runs", (run.key.dag,), run.created)


def run_has_started(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    if run.started is not None:
        return PASS
    return Wait("max_active_runs", (run.key.dag,), run.created)
