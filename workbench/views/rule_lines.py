"""One line for each rule that a task is asked, as `why` lists them under its sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import windows_of
from workbench.engine.rules.past import past_cells, run_before
from workbench.engine.rules.trigger import choice_of
from workbench.engine.state import Cell
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.model import Need
from workbench.views.clock import plural
from workbench.views.phrases_inputs import is_dataset, missing_of
from workbench.views.wording import FIELD_NAMES, Phrases


def rule_line(p: Phrases, task: str, rule: str, found: Pass | Wait | Settle) -> str:
    """One rule's answer, short."""
    return RULE_LINES[rule](p, p.run.plan.tasks[task], p.run.cells[task], found)


def _run(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    return f"run: {'started' if isinstance(found, Pass) else 'not started'} ({p.day})"


def _switch(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    return f"{p.dag}: {'on' if isinstance(found, Pass) else 'paused'}"


def _branches(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    said = [f"{name} {_chose(p, name, plan.name)}" for name in dict.fromkeys((*plan.branches, *plan.cutters))]
    return f"branches: {', '.join(said)}"


def _chose(p: Phrases, name: str, task: str) -> str:
    if p.run.cells[name].state != "success":
        return "has not chosen"
    chosen = choice_of(p.run, name)
    if chosen is None:
        return "lets all go on"
    return f"picked {', '.join(chosen)}" if chosen else "stopped all"


def _setups(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    return f"setups: {', '.join(_state(p, name) for name in plan.needed_setups)}"


def _upstream(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    return f"upstream ({plan.task.trigger_rule}): {', '.join(_state(p, up) for up in plan.ups)}"


def _state(p: Phrases, name: str) -> str:
    state = p.run.cells[name].state
    return f"{name} {FIELD_NAMES.get(state, state)}"


def _past(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    before = run_before(p.known, p.run)
    if before is None or plan.name not in before.cells:
        return "past: no run before this one"
    if not past_cells(p.known, p.run, plan):
        return "past: not asked, as it is the first of its backfill"
    state = before.cells[plan.name].state
    return f"past: {plan.name} of {p.of(before).day} {FIELD_NAMES.get(state, state)}"


def _inputs(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    missing = getattr(found, "on", ())
    said = (f"{n.text} {_not_here(p, n) if n.text in missing else came_line(p, n)}" for n in plan.inputs)
    return f"inputs: {', '.join(said)}"


def _not_here(p: Phrases, need: Need) -> str:
    total = len(list(windows_of(p.known, need, p.run)))
    word = "not live" if is_dataset(p, need) else "not here"
    return word if total == 1 else f"{len(missing_of(p, need))} of {total} {word}"


def came_line(p: Phrases, need: Need) -> str:
    """`came 05:48`, `live, version 2`: of an input or a dataset that is there."""
    if is_dataset(p, need):
        return _live(p, need)
    arrivals = [p.known.arrived.get((need.name, window.key)) for window in windows_of(p.known, need, p.run)]
    last = max((a.at for a in arrivals if a is not None), default=None)
    return "here" if last is None else f"came {p.at(last)}"


def _live(p: Phrases, need: Need) -> str:
    found = [p.known.data.live_version(need.name, window.key) for window in windows_of(p.known, need, p.run)]
    if len(found) == 1 and found[0] is not None:
        return f"live, version {found[0].n}"
    return "live"


def _elsewhere(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    missing = getattr(found, "on", ())
    said = [f"{n.text} {_not_done(p, n) if n.text in missing else 'done'}" for n in plan.elsewhere]
    return f"other {'runs' if all(n.dag == p.dag for n in plan.elsewhere) else 'DAGs'}: {', '.join(said)}"


def _not_done(p: Phrases, need: Need) -> str:
    total = len(list(windows_of(p.known, need, p.run)))
    return "not done" if total == 1 else f"{len(missing_of(p, need))} of {total} not done"


def _retry(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    if isinstance(found, Wait) and found.until is not None:
        what = "next look" if found.rule == "reschedule" else "retry pause"
        return f"{what}: until {p.at(found.until)}"
    allowed = plural(plan.task.retries.max, "retry", "retries")
    return f"retries: {plural(cell.tries, 'try', 'tries')} so far, {allowed} allowed"


def _workers(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    if p.known.workers is None:
        return "workers: as many as wanted"
    return f"workers: {max(0, p.known.workers - p.known.busy)} of {p.known.workers} free"


def _pool(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    assert plan.pool is not None
    size = p.known.pools[plan.pool]
    wanted = f", {plan.task.slots} wanted" if plan.task.slots > 1 else ""
    return f"pool {plan.pool}: {max(0, size - p.known.pool_busy[plan.pool])} of {size} free{wanted}"


def _in_run(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    return f"tasks of this run: {p.run.busy} under way, {p.spec.max_active_tasks} allowed"


def _of_task(p: Phrases, plan: TaskPlan, cell: Cell, found: Any) -> str:
    busy = p.known.task_busy.get(plan.full_name, 0)
    return f"{plan.name} over all runs: {busy} under way, {plan.task.max_active} allowed"


# By the name of the rule's function, as `every_verdict` gives it.
RULE_LINES: dict[str, Callable[[Phrases, TaskPlan, Cell, Any], str]] = {
    "run_has_started": _run,
    "dag_is_on": _switch,
    "branches_lead_here": _branches,
    "setups_succeeded": _setups,
    "upstream_allows": _upstream,
    "past_allows": _past,
    "inputs_are_here": _inputs,
    "tasks_elsewhere_are_done": _elsewhere,
    "retry_pause_is_over": _retry,
    "worker_is_free": _workers,
    "pool_has_a_slot": _pool,
    "run_has_room": _in_run,
    "task_has_room": _of_task,
}
