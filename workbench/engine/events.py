"""Events: facts in the past tense. The log of them is the truth; everything else can be computed from it.

Every event begins with `at` (UTC, whole seconds) and ends with `cause`: the number of the event (from 1, in its
branch's log) without which it would not have come now, or 0 for the clock and the world.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from workbench.model import DagSpec


class RunKey(NamedTuple):
    """Which run: the n-th (from 1) of its kind for one partition of one DAG."""

    dag: str
    partition: str
    kind: str = "scheduled"
    n: int = 1


class RunCreated(NamedTuple):
    """A tick of the schedule made a run. It owns [start, end), its data interval."""

    at: datetime
    run: RunKey
    start: datetime
    end: datetime
    cause: int


class RunStarted(NamedTuple):
    """The run may start tasks."""

    at: datetime
    run: RunKey
    cause: int


class RunEnded(NamedTuple):
    """All tasks are finished; `state` is success or failed."""

    at: datetime
    run: RunKey
    state: str
    cause: int


class TaskScheduled(NamedTuple):
    """All that the task waited for has come, and no slot is free for it."""

    at: datetime
    run: RunKey
    task: str
    cause: int


class TaskQueued(NamedTuple):
    """The task was given its slots and handed to a worker."""

    at: datetime
    run: RunKey
    task: str
    cause: int


class TaskSettled(NamedTuple):
    """The task ended without an attempt: skipped or upstream_failed, by which rule."""

    at: datetime
    run: RunKey
    task: str
    state: str
    rule: str
    cause: int


class AttemptStarted(NamedTuple):
    """A worker began try number `number` (from 1)."""

    at: datetime
    run: RunKey
    task: str
    number: int
    cause: int


class AttemptEnded(NamedTuple):
    """A try ended. `state` is what the task became: success, failed, or up_for_retry until `retry_at`.
    `rows` and `content` (a hash) say what it wrote; None when it did not carry rows."""

    at: datetime
    run: RunKey
    task: str
    number: int
    state: str
    reason: str
    message: str
    retry_at: datetime | None
    rows: int | None
    content: str | None
    cause: int


class InputArrived(NamedTuple):
    """One partition of an input came."""

    at: datetime
    input: str
    partition: str
    rows: int | None
    content: str | None
    cause: int


class FaultInjected(NamedTuple):
    """Somebody changed what the world will do. No rule sees it."""

    at: datetime
    fault: Any
    sentence: str
    cause: int


class DagEdited(NamedTuple):
    """A DAG has a new version, kept whole; unfinished runs follow it."""

    at: datetime
    dag: str
    version: int
    spec: DagSpec
    sentence: str
    cause: int


Event = (
    RunCreated
    | RunStarted
    | RunEnded
    | TaskScheduled
    | TaskQueued
    | TaskSettled
    | AttemptStarted
    | AttemptEnded
    | InputArrived
    | FaultInjected
    | DagEdited
)
COMMANDS = (FaultInjected, DagEdited)
EVENTS: dict[str, type[Any]] = {
    "run_created": RunCreated,
    "run_started": RunStarted,
    "run_ended": RunEnded,
    "task_scheduled": TaskScheduled,
    "task_queued": TaskQueued,
    "task_settled": TaskSettled,
    "attempt_started": AttemptStarted,
    "attempt_ended": AttemptEnded,
    "input_arrived": InputArrived,
    "fault_injected": FaultInjected,
    "dag_edited": DagEdited,
}
KINDS: dict[type[Any], str] = {event: kind for kind, event in EVENTS.items()}
