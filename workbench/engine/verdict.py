"""The verdict on one task instance: its rules asked in order. Deciding and explaining both come through here."""

from __future__ import annotations

from datetime import datetime

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Pass, Verdict


def dependency_verdict(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    """The first dependency rule that does not pass, or Pass."""
    for rule in plan.dependencies:
        verdict = rule(known, run, plan, cell, now)
        if verdict is not PASS:
            return verdict
    return PASS


def resource_verdict(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    """The first resource rule that does not pass, or Pass."""
    for rule in plan.resources:
        verdict = rule(known, run, plan, cell, now)
        if verdict is not PASS:
            return verdict
    return PASS


def verdict(known: Known, run: Run, task: str, now: datetime) -> Verdict:
    """May this instance be queued now?"""
    plan, cell = run.plan.tasks[task], run.cells[task]
    first = dependency_verdict(known, run, plan, cell, now)
    return first if not isinstance(first, Pass) else resource_verdict(known, run, plan, cell, now)


def every_verdict(known: Known, run: Run, task: str, now: datetime) -> list[tuple[str, Verdict]]:
    """Each rule's own answer, by the rule's name: the tree that `why` shows."""
    plan, cell = run.plan.tasks[task], run.cells[task]
    rules = (*plan.dependencies, *plan.resources)
    return [(rule.__name__, rule(known, run, plan, cell, now)) for rule in rules]
