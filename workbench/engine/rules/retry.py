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

# Airflow: `AirflowSensorTimeout` and `AirflowFailException` end a task whatever its retries.
NEVER_AGAIN = frozenset({"sensor_timeout"})
# The same rows fail the same way: these are tried again only where the policy names them.
ONLY_IF_NAMED = frozenset({"check", "payload"})


def after_failure(
    known: Known, run: Run, plan: TaskPlan, number: int, now: datetime, reason: str = "transient"
) -> Wait | Settle:
    """What follows when try `number` (from 1) failed at `now` for a reason: Wait until the next try, or Settle as
    failed, or as skipped for a sensor that gives up softly. Tries are counted since the task was last cleared."""
    sensor, policy = plan.task.sensor, plan.task.retries
    if reason in NEVER_AGAIN:
        return Settle(reason, "skipped" if sensor is not None and sensor.soft_fail else "failed", (plan.name,))
    retry = number - run.cells[plan.name].base
    special = policy.by_reason.get(reason)
    if retry > retries_for(policy, reason):
        return Settle("retries", "failed", (plan.name,))
    if special is not None and special.delay is not None:
        return Wait("retry_delay", (plan.name,), now, now + special.delay)
    return Wait("retry_delay", (plan.name,), now, now + retry_pause(policy, retry, run, plan.name, known.seed, number))


def retries_for(policy: RetryPolicy, reason: str) -> int:
    """How many retries a policy gives after failures of this reason."""
    special = policy.by_reason.get(reason)
    if special is None and reason in ONLY_IF_NAMED:
        return 0
    return policy.max if special is None or special.max is None else min(special.max, policy.max)


def retry_pause(
    policy: RetryPolicy, retry: int, run: Run, task: str, seed: int, number: int | None = None
) -> timedelta:
    """The pause before retry `retry` (from 1), after try `number` failed (the same, unless the task was cleared)."""
    if policy.backoff == 1 and policy.jitter == "none":
        return min(policy.delay, policy.cap)
    seconds = Fraction(policy.delay // timedelta(microseconds=1), 1_000_000)
    base = ceil(seconds * Fraction(str(policy.backoff)) ** (retry - 1))
    cap = int(policy.cap.total_seconds())
    spread = _JITTER[policy.jitter](min(base, cap), number or retry, run, task, seed)
    return timedelta(seconds=min(spread, cap))


def retry_pause_is_over(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    if cell.retry_at is None or cell.retry_at <= now:
        return PASS
    return Wait(_PAUSES.get(cell.state, "retry_delay"), (plan.name,), cell.since, cell.retry_at)


_PAUSES = {"up_for_reschedule": "reschedule"}


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
