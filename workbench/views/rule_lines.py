"""One line for each rule that a task is asked, as `why` lists them under its sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import windows_of
from workbench.engine.state import Cell
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.views.clock import plural
from workbench.views.phrases import FIELD_NAMES, Phrases


def rule_line(phrases: Phrases, task: str, rule: str, found: Pass | Wait | Settle) -> str:
    """One rule's answer, short."""
    return _RULE_LINES[rule](phrases, phrases.run.plan.tasks[task], phrases.run.cells[task], found)


def _rule_run(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    return f"run: {'started' if isinstance(found, Pass) else 'not started'} ({phrases.day})"


def _rule_upstream(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    states = [f"{up} {FIELD_NAMES.get(s := phrases.run.cells[up].state, s)}" for up in plan.ups]
    return f"upstream ({plan.task.trigger_rule}): {', '.join(states)}"


def _rule_inputs(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    missing = getattr(found, "on", ())
    return "inputs: " + ", ".join(f"{n} {'not here' if n in missing else _came(phrases, n)}" for n in plan.inputs)


def _came(phrases: Phrases, name: str) -> str:
    known, run = phrases.known, phrases.run
    arrivals = [known.arrived.get((name, window.key)) for window in windows_of(known, known.homes[name], run)]
    last = max((a.at for a in arrivals if a is not None), default=None)
    return "here" if last is None else f"came {phrases.clock.at(last)}"


def _rule_elsewhere(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    missing = getattr(found, "on", ())
    names = [f"{dag}.{task}" for dag, task in plan.elsewhere]
    return "other DAGs: " + ", ".join(f"{n} {'not done' if n in missing else 'done'}" for n in names)


def _rule_retry(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    if isinstance(found, Wait) and found.until is not None:
        return f"retry pause: until {phrases.clock.at(found.until)}"
    allowed = plural(plan.task.retries.max, "retry", "retries")
    return f"retries: {plural(cell.tries, 'try', 'tries')} so far, {allowed} allowed"


def _rule_workers(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    if phrases.known.workers is None:
        return "workers: as many as wanted"
    return f"workers: {phrases.known.workers - phrases.known.busy} of {phrases.known.workers} free"


def _rule_pool(phrases: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    assert plan.pool is not None
    size = phrases.known.pools[plan.pool]
    return f"pool {plan.pool}: {size - phrases.known.pool_busy[plan.pool]} of {size} free"


_RULE_LINES: dict[str, Callable[[Phrases, TaskPlan, Cell, Any], str]] = {
    "run_has_started": _rule_run,
    "upstream_allows": _rule_upstream,
    "inputs_are_here": _rule_inputs,
    "tasks_elsewhere_are_done": _rule_elsewhere,
    "retry_pause_is_over": _rule_retry,
    "worker_is_free": _rule_workers,
    "pool_has_a_slot": _rule_pool,
}
