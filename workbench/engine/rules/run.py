"""Runs: when one may start, and what its end is.

A queued run starts while fewer than `max_active_runs` runs of its DAG are running, runs in the order of their
partitions. Runs of a backfill count against the backfill's own limit, over all its DAGs; none starts while it is
paused, nor before those of the same backfill are over that write what it takes. A run is what its leaves are: a
failure that no leaf shows leaves it green. Source: Airflow 3.3, `DagRun.update_state`, `max_active_runs` (16 unless
said otherwise).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from workbench.engine.backfilled import held_back_by
from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Verdict, Wait
from workbench.model import DagSpec

BAD = frozenset({"failed", "upstream_failed"})


def run_may_start(known: Known, run: Run, now: datetime) -> Verdict:
    """May this queued run start? Asked of runs, not of tasks."""
    dag = run.key.dag
    if dag in known.paused:
        return Wait("paused", (dag,), max(known.paused[dag], run.queued))
    if run.backfill:
        return _backfill_goes_on(known, run)
    if known.active[dag] < run.plan.spec.max_active_runs:
        return PASS
    return Wait("max_active_runs", (dag,), run.queued)


def _backfill_goes_on(known: Known, run: Run) -> Verdict:
    """Is its backfill not paused, are those over that it comes after, and is there room under its limit?"""
    backfill = known.backfills[run.backfill]
    if backfill.state == "paused":
        return Wait("backfill_paused", (run.key.dag,), max(backfill.changed or run.queued, run.queued))
    if backfill.after and (held := held_back_by(known, run)):
        on = tuple(f"{key.dag}.{task}@{key.partition}" for key, task in held)
        return Wait("backfill_upstream", on, run.queued)
    if known.backfill_active.get(run.backfill, 0) < backfill.limit:
        return PASS
    return Wait("backfill_limit", (run.key.dag,), run.queued)


def run_has_started(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    if run.started is not None:
        return PASS
    found = run_may_start(known, run, now)
    return found if isinstance(found, Wait) else Wait("max_active_runs", (run.key.dag,), run.queued)


def dag_is_on(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    """A paused DAG's tasks do not start, even in a run that has started; what runs goes on."""
    dag = run.key.dag
    return PASS if dag not in known.paused else Wait("paused", (dag,), max(known.paused[dag], run.queued))


def leaves_of(spec: DagSpec, order: Iterable[str], downs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The tasks that say what the run's state is: those with nothing below them but teardowns, and of teardowns only
    such as may fail the run."""

    def ignorable(name: str) -> bool:
        task = spec.tasks[name]
        return task.teardown and not task.fail_run

    return tuple(name for name in order if not ignorable(name) and all(ignorable(down) for down in downs[name]))


def state_of_run(leaves: Iterable[str], unfinished: bool, stuck: bool) -> str:
    """What a run is. `leaves`: the states of its leaves; `unfinished`: is any task; `stuck`: can none of those ever
    run? "running" when it is not over."""
    states = [state for state in leaves if state != "removed"]
    if unfinished:
        return "failed" if stuck else "running"
    return "failed" if BAD.intersection(states) else "success"


def run_end_state(run: Run) -> str:
    """The state in which a run ends whose tasks are all finished."""
    return state_of_run([run.cells[name].state for name in run.plan.leaves], unfinished=False, stuck=False)
