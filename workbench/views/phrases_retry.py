"""Sentences about the pause before another try."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from workbench.engine.plan import TaskPlan
from workbench.engine.rules.retry import retries_for
from workbench.engine.state import Attempt
from workbench.engine.verdicts import Wait
from workbench.model import RetryPolicy
from workbench.views.clock import ago
from workbench.views.phrases_data import BY_ROWS, same_rows_again
from workbench.views.wording import Answer, Phrases, in_words


def waits_for_retry(p: Phrases, task: str, found: Wait) -> Answer:
    cell, plan = p.run.cells[task], p.run.plan.tasks[task]
    last = cell.attempts[-1]
    assert found.until is not None
    retry = last.number - cell.base
    left = max(0, retries_for(plan.task.retries, last.reason) - retry)
    tries = f"{in_words(left)} {'try' if left == 1 else 'tries'} left after it."
    same = (same_rows_again(p, task, last),) if last.reason in BY_ROWS else ()
    return Answer(
        f"{task} waits for try {last.number + 1}, at {p.at(found.until)}.",
        (
            f"Try {last.number} failed {p.at(last.ended)}: {last.message}.",
            *same,
            f"{_pause(plan, last, retry, found.until - last.ended)} {tries}",
        ),
    )


def _pause(plan: TaskPlan, last: Attempt, retry: int, pause: timedelta) -> str:
    policy = plan.task.retries
    special = policy.by_reason.get(last.reason)
    if special is not None and special.delay is not None:
        return f"Pause {ago(pause)}, as its policy has it after the reason {last.reason}."
    return f"Pause {ago(pause)}{reckoned(policy, retry, pause)}."


def reckoned(policy: RetryPolicy, retry: int, pause: timedelta) -> str:
    """How the pause before this retry (from 1) came about, where that is not the plain delay."""
    if policy.jitter != "none":
        return f", drawn with jitter {policy.jitter}"
    factor = Fraction(str(policy.backoff)) ** (retry - 1)  # as a float it may be too large
    if pause == policy.cap and int(policy.delay.total_seconds()) * factor > int(pause.total_seconds()):
        return ", the longest that is allowed (cap)"
    if policy.backoff == 1 or retry == 1:
        return ""
    how = "doubled" if policy.backoff == 2 else f"times {policy.backoff:g}"
    often = {1: "once", 2: "twice"}.get(retry - 1, f"{retry - 1} times")
    return f": {ago(policy.delay)}, {how} {often}"
