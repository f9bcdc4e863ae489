"""Slots: a task takes one worker slot, and one of its pool, from the moment it is queued until its attempt ends."""

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
    if known.pool_busy[pool] < known.pools[pool]:
        return PASS
    return Wait("pool", (pool,), cell.ready or now)
