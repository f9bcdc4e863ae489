"""Trigger rules: what the states of a task's direct upstream tasks allow.

A rule is a function of a `Tally` of *finished* upstreams. Some rules decide before all are finished: under
all_success one failure is enough. Source: Airflow 3.3, `TriggerRuleDep._evaluate_direct_relatives`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from workbench.engine.plan import TaskPlan
from workbench.engine.state import FINISHED, Cell, Known, Run
from workbench.engine.verdicts import PASS, Settle, Verdict, Wait

RUN, WAIT, SKIP, FAIL = "run", "wait", "skipped", "upstream_failed"


class Tally(NamedTuple):
    """How many of `total` upstream tasks finished in which state. `setups` of them are setup tasks, of which some
    succeeded and some were skipped: only all_done_setup_success asks."""

    total: int
    success: int = 0
    skipped: int = 0
    failed: int = 0
    upstream_failed: int = 0
    removed: int = 0
    setups: int = 0
    setups_success: int = 0
    setups_skipped: int = 0

    @property
    def done(self) -> int:
        return self.success + self.skipped + self.failed + self.upstream_failed + self.removed

    @property
    def bad(self) -> int:
        return self.failed + self.upstream_failed


def tally(states: Iterable[str], setups: Iterable[str] = ()) -> Tally:
    """Count upstream states. `setups`: those of the upstream setup tasks, which are among the states as well."""
    found, special = list(states), list(setups)
    counts = Tally(len(found), *map(found.count, ("success", "skipped", "failed", "upstream_failed", "removed")))
    if not special:
        return counts
    return counts._replace(
        setups=len(special), setups_success=special.count("success"), setups_skipped=special.count("skipped")
    )


def judge(rule: str, t: Tally) -> str:
    """run, wait, or the state in which the task settles. No upstream: run."""
    return _RULES[rule](t) if t.total else RUN


def _ready(ready: bool) -> str:
    return RUN if ready else WAIT


def _all_success(t: Tally) -> str:
    if t.bad:
        return FAIL
    return SKIP if t.skipped else _ready(t.success + t.removed >= t.total)


def _all_failed(t: Tally) -> str:
    return SKIP if t.success or t.skipped else _ready(t.bad + t.removed >= t.total)


def _all_done(t: Tally) -> str:
    return _ready(t.done >= t.total)


def _all_done_min_one_success(t: Tally) -> str:
    if t.skipped:
        return SKIP
    if t.done >= t.total and not t.success:
        return FAIL
    return _ready(t.success + t.bad >= t.total - t.removed and t.success > 0)


def _all_done_setup_success(t: Tally) -> str:
    if t.done < t.total:
        return WAIT
    if not t.setups or t.setups_success:
        return RUN
    return SKIP if t.setups_skipped >= t.setups else FAIL


def _one_success(t: Tally) -> str:
    if t.success:
        return RUN
    if t.done < t.total:
        return WAIT
    return SKIP if t.skipped == t.total else FAIL


def _one_failed(t: Tally) -> str:
    return RUN if t.bad else SKIP if t.done >= t.total else WAIT


def _one_done(t: Tally) -> str:
    return RUN if t.success or t.failed else SKIP if t.done >= t.total else WAIT


def _none_failed(t: Tally) -> str:
    return FAIL if t.bad else _ready(t.success + t.skipped + t.removed >= t.total)


def _none_failed_min_one_success(t: Tally) -> str:
    if t.bad:
        return FAIL
    if t.skipped == t.total:
        return SKIP
    if t.done >= t.total and not t.success:
        return FAIL
    return _ready(t.done >= t.total)


def _none_skipped(t: Tally) -> str:
    return SKIP if t.skipped else _all_done(t)


def _all_skipped(t: Tally) -> str:
    return SKIP if t.success or t.bad else _ready(t.skipped >= t.total)


_RULES: dict[str, Callable[[Tally], str]] = {
    "all_success": _all_success,
    "all_failed": _all_failed,
    "all_done": _all_done,
    "all_done_min_one_success": _all_done_min_one_success,
    "all_done_setup_success": _all_done_setup_success,
    "one_success": _one_success,
    "one_failed": _one_failed,
    "one_done": _one_done,
    "none_failed": _none_failed,
    "none_failed_min_one_success": _none_failed_min_one_success,
    "none_skipped": _none_skipped,
    "all_skipped": _all_skipped,
    "always": lambda t: RUN,
}


def upstream_allows(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    cells, rule = run.cells, plan.task.trigger_rule
    states = [cells[up].state for up in plan.ups]
    # By far the most common case, so it is not counted out.
    if rule == "all_success" and states.count("success") == len(states):
        return PASS
    answer = judge(rule, tally(states, [cells[up].state for up in plan.setups]))
    if answer == RUN:
        return PASS
    if answer == WAIT:
        return Wait(rule, tuple(u for u, s in zip(plan.ups, states, strict=True) if s not in FINISHED), run.created)
    return Settle(rule, answer, tuple(u for u, s in zip(plan.ups, states, strict=True) if s in _SETTLERS[rule]))


def setups_succeeded(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    """A task in the scope of a setup wants it to succeed, whatever its own trigger rule, and however far above it
    is. Source: Airflow 3.3, `TriggerRuleDep._evaluate_setup_constraint`."""
    cells = run.cells
    for name in plan.needed_setups:
        state = cells[name].state
        if state in ("failed", "upstream_failed", "skipped"):
            return Settle("setup", SKIP if state == SKIP else FAIL, (name,))
    waiting = tuple(name for name in plan.needed_setups if cells[name].state not in FINISHED)
    return Wait("setup", waiting, run.created) if waiting else PASS


def branches_lead_here(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    """A branch above chose others, or a short circuit above cut everything below it: the task is skipped, and stays so
    when it is cleared. A task that a followed one leads to is not. Source: Airflow 3.3, `SkipMixin.skip_all_except`,
    `ShortCircuitOperator` (which by default cuts all, whatever their trigger rules), `NotPreviouslySkippedDep`."""
    for name in plan.branches:
        chosen = choice_of(run, name)
        if chosen is not None and plan.name not in chosen and not _leads_to(run, chosen, plan):
            return Settle("branch", SKIP, (name,))
    for name in plan.cutters:
        if choice_of(run, name) == ():
            return Settle("short_circuit", SKIP, (name,))
    return PASS


def choice_of(run: Run, name: str) -> tuple[str, ...] | None:
    """What a finished branch or short circuit followed; None when it is not finished, or chose nothing."""
    cell = run.cells[name]
    return cell.attempts[-1].followed if cell.state == "success" and cell.attempts else None


def _leads_to(run: Run, chosen: tuple[str, ...], plan: TaskPlan) -> bool:
    """Is the task below one that was chosen?"""
    waiting, seen = list(plan.ups), set[str]()
    while waiting:
        up = waiting.pop()
        if up in chosen:
            return True
        if up not in seen:
            seen.add(up)
            waiting += run.plan.tasks[up].ups
    return False


_GOOD, _BAD, _SKIPPED = {"success"}, {"failed", "upstream_failed"}, {"skipped"}
# Under each rule: the upstream states that can settle the task.
_SETTLERS: dict[str, set[str]] = {
    "all_success": _BAD | _SKIPPED,
    "all_failed": _GOOD | _SKIPPED,
    "all_done": set(),
    "all_done_min_one_success": _SKIPPED | _BAD,
    "all_done_setup_success": _BAD | _SKIPPED,
    "one_success": _BAD | _SKIPPED,
    "one_failed": _GOOD | _SKIPPED,
    "one_done": _SKIPPED | {"upstream_failed"},
    "none_failed": _BAD,
    "none_failed_min_one_success": _BAD | _SKIPPED,
    "none_skipped": _SKIPPED,
    "all_skipped": _GOOD | _BAD,
    "always": set(),
}
