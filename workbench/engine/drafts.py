"""Small changes to a draft of the state that several events make. Only `evolve` and `commanded` call these."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.engine.events import RunKey
from workbench.engine.plan import DagPlan
from workbench.engine.rules.clock import heard_until, hears_again
from workbench.engine.state import FINISHED, UNDER_WAY, Cell, Known, Run
from workbench.timetable import Partition


@dataclass
class InvalidTransition(Exception):
    """An event that cannot follow. Never the user's mistake: the log is damaged or the engine is wrong."""

    event: Any
    state: str
    story: str

    def __str__(self) -> str:
        return f"{self.event!r} cannot follow state '{self.state}'. So far: {self.story}"


def refuse(run: Run, cell: Cell, event: Any) -> None:
    story = "; ".join(f"try {a.number} {a.state} {a.ended:%Y-%m-%d %H:%M:%S}" for a in cell.attempts)
    raise InvalidTransition(event, cell.state, f"{run.key} {cell.state} since {cell.since}. {story}")


def open_run(known: Known, key: RunKey, window: Partition, at: datetime) -> Run:
    run = Run(key, window, known.plans[key.dag], at, known.seq, known.owner)
    known.runs.add(run)
    if run.plan.looks_back:
        remember_window(known, run)
    return run


def remember_window(known: Known, run: Run) -> None:
    place = (run.window.start, run.window.key)
    windows = known.past.get(run.key.dag, ())
    at = bisect_left(windows, place)
    if windows[at : at + 1] != (place,):
        known.past[run.key.dag] = (*windows[:at], place, *windows[at:])


def take_slots(known: Known, run: Run, task: str, by: int = 1) -> None:
    """Give or take back all that a task holds while it is queued or running."""
    known.busy += by
    run.busy += by
    plan = run.plan.tasks.get(task)
    if plan is None:  # taken out while it ran
        return
    if plan.pool is not None:
        known.pool_busy[plan.pool] += by * plan.task.slots
    if plan.task.max_active is not None:
        known.task_busy[plan.full_name] = known.task_busy.get(plan.full_name, 0) + by


def hear_again(known: Known, dag: str, at: datetime) -> None:
    if known.up and dag not in known.paused:
        forgotten = hears_again(known, dag, at)
        known.asked[dag] = heard_until(known, dag) if forgotten is None else forgotten


def follow(known: Known, run: Run, plan: DagPlan, at: datetime) -> None:
    """An unfinished run takes the new version: new tasks appear, removed ones end where they are."""
    fresh = Cell("none", at, known.seq)
    for name, cell in run.cells.items():
        if name not in plan.tasks and cell.state not in FINISHED:
            run.cells[name] = Cell("removed", at, known.seq, cell.tries, attempts=cell.attempts)
    for name in plan.tasks:
        if run.cells.get(name, fresh).state in ("removed", "none"):
            old = run.cells.get(name, fresh)
            run.cells[name] = (
                fresh if not old.base else fresh._replace(tries=old.tries, attempts=old.attempts, base=old.base)
            )
    run.plan, run.left = plan, sum(cell.state not in FINISHED for cell in run.cells.values())


def recount(known: Known) -> None:
    """Slots in use, counted anew: a command may have moved tasks between pools, or ended some."""
    known.busy, known.pool_busy, known.task_busy = 0, dict.fromkeys(known.pools, 0), {}
    for key in known.open:
        names = [n for n, c in known.open[key].cells.items() if c.state in UNDER_WAY]
        if names or known.open[key].busy:
            run = known.own(key)
            run.busy = 0
            for name in names:
                take_slots(known, run, name)
    known.freed = known.seq
