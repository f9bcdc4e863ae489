"""Slots: a task takes one worker, and `slots` of its pool, from the moment it is queued until its attempt ends, or
pauses (a sensor that reschedules). Limits on how many tasks of a run, or attempts of a task, are under way work the
same.

Source: Airflow 3.3, `SchedulerJobRunner._executable_task_instances_to_queued`: max_active_tasks is per run.
"""

from __future__ import annotations

from datetime import datetime

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Verdict, Wait


def worker_is_free(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    if known.workers is None or known.busy < known.workers:
        return PASS
    return Wait("workers", ("workers",), cell.ready or now)


def pool_has_a_slot(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    pool = plan.pool
    assert pool is not None
    if known.pool_busy[pool] + plan.task.slots <= known.pools[pool]:
        return PASS
    return Wait("pool", (pool,), cell.ready or now)


def run_has_room(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    most = run.plan.spec.max_active_tasks
    if most is None or run.busy < most:
        return PASS
    return Wait("max_active_tasks", (run.key.dag,), cell.ready or now)


def task_has_room(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    most = plan.task.max_active
    if most is None or known.task_busy.get(plan.full_name, 0) < most:
        return PASS
    return Wait("max_active", (plan.name,), cell.ready or now)
