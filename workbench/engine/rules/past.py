"""A task that depends on its past waits for the same task in the run before.

The run before is that of the nearest earlier window that has a run, of any kind. A first run passes, and so does one
whose earlier ones lie before the simulation. Source: Airflow 3.3, `PrevDagrunDep`.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Verdict, Wait

GOOD = ("success", "skipped")


def run_before(known: Known, run: Run) -> Run | None:
    """The newest run of the nearest earlier window that has one."""
    windows = known.past.get(run.key.dag, ())
    place = bisect_left(windows, (run.window.start, ""))
    return known.run_of(run.key.dag, windows[place - 1][1]) if place else None


def runs_after(known: Known, run: Run) -> list[Run]:
    """The runs of the nearest later window that has any."""
    windows = known.past.get(run.key.dag, ())
    place = bisect_left(windows, (run.window.start, "\U0010ffff"))
    return known.runs_of(run.key.dag, windows[place][1]) if place < len(windows) else []


def past_allows(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    before = run_before(known, run)
    if before is None or plan.name not in before.cells or _first_of_backfill(run):
        return PASS
    downs = [before.cells[down].state for _, down in plan.downs if down in before.cells]
    return past_verdict(plan, run, before.cells[plan.name].state, downs)


def past_cells(known: Known, run: Run, plan: TaskPlan) -> list[Cell]:
    """The instances before that must have ended well; none for a first run."""
    before = run_before(known, run)
    if before is None or _first_of_backfill(run):
        return []
    downs = [down for _, down in plan.downs] if plan.task.wait_for_downstream else []
    return [before.cells[name] for name in (plan.name, *downs) if name in before.cells]


def past_verdict(plan: TaskPlan, run: Run, state: str, downs: list[str]) -> Verdict:
    """May it run, when the instance before is in this state, and its direct downstream tasks in those?"""
    if state not in GOOD:
        return Wait("depends_on_past", (plan.name,), run.started or run.created)
    if plan.task.wait_for_downstream and any(down not in GOOD for down in downs):
        return Wait("wait_for_downstream", (plan.name,), run.started or run.created)
    return PASS


def _first_of_backfill(run: Run) -> bool:
    return bool(run.backfill) and run.order == 0
