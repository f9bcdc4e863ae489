"""Retries: whether a failed attempt is tried again, and after which pause.

The pause before retry n is `delay * backoff ** (n - 1)`, rounded up to whole seconds, at most `cap`. Jitter
`full` draws from [0, pause]; `airflow` adds a hash of the instance below one pause (Airflow 3.3,
`TaskInstance.next_retry_datetime`). A task is ready at `<=` its retry instant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Settle, Verdict, Wait
from workbench.model import RetryPolicy


def after_failure(known: Known, run: Run, plan: TaskPlan, number: int, now: datetime) -> Wait | Settle:
    """What follows when try `number` (from 1) failed at `now`: Wait until the next try, or Settle as failed."""
    policy = plan.task.retries
    if number > policy.max:
        return Settle("retries", "failed", (plan.name,))
    return Wait("retry_delay", (plan.name,), now, now + retry_pause(policy, number, run, plan.name, known.seed))


def retry_pause(policy: RetryPolicy, number: int, run: Run, task: str, seed: int) -> timedelta:
    """The pause after try `number` failed."""
    base = ceil(Fraction(int(policy.delay.total_seconds())) * Fraction(str(policy.backoff)) ** (number - 1))
    cap = int(policy.cap.total_seconds())
    return timedelta(seconds=min(_JITTER[policy.jitter](min(base, cap), number, run, task, seed), cap))


def retry_pause_is_over(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    if cell.retry_at is None or cell.retry_at <= now:
        return PASS
    return Wait("retry_delay", (plan.name,), cell.since, cell.retry_at)


def _none(base: int, number: int, run: Run, task: str, seed: int) -> int:
    return base


def _full(base: int, number: int, run: Run, task: str, seed: int) -> int:
    key = f"{seed}|jitter|{run.key.dag}|{task}|{run.key.partition}|{number}"
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") % (base + 1)


def _airflow(base: int, number: int, run: Run, task: str, seed: int) -> int:
    base = max(1, base)
    logical = run.window.start.astimezone(UTC)
    key = f"{run.key.dag}#{task}#{logical}#{number}"
    return base + int(hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest(), 16) % base


_JITTER: dict[str, Callable[[int, int, Run, str, int], int]] = {
    "none": _none,
    "full": _full,
    "airflow": _airflow,
}
