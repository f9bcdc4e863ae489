"""Events: facts in the past tense. The log of them is the truth; everything else can be computed from it.

Every event begins with `at` (UTC, whole seconds) and names its `cause`: the number of the event (from 1, in its
branch's log) without which it would not have come now, or 0 for the clock and the world.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    ConsumersTold,
    DatasetRead,
    PointersMoved,
    RowsSetAside,
    VersionPublished,
    VersionWritten,
)
from workbench.engine.keys import RunKey as RunKey
from workbench.engine.keys import VersionName as VersionName
from workbench.model import DagSpec


class RunCreated(NamedTuple):
    """A tick of the schedule (at `due`, before `at` when the scheduler was away), or data (due: None), made a run.
    It owns [start, end), its data interval."""

    at: datetime
    run: RunKey
    start: datetime
    end: datetime
    due: datetime | None
    cause: int


class RunStarted(NamedTuple):
    """The run may start tasks."""

    at: datetime
    run: RunKey
    cause: int


class RunEnded(NamedTuple):
    """All tasks are finished; `state` is success or failed. `reason` "deadlock": they are not, and never will be."""

    at: datetime
    run: RunKey
    state: str
    reason: str
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
    """A try ended. `state` is what the task became: success, failed, skipped (a sensor that gave up softly),
    up_for_retry until `retry_at`, or up_for_reschedule until then: the same try goes on. `rows` and `content` (a
    hash) say what it wrote; None when it did not carry rows. `followed`: what a branch chose; None for other tasks."""

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
    followed: tuple[str, ...] | None
    cause: int


class InputArrived(NamedTuple):
    """One partition of an input came."""

    at: datetime
    input: str
    partition: str
    rows: int | None
    content: str | None
    cause: int


class DeadlineMissed(NamedTuple):
    """A partition (of a task, or of the whole DAG when `task` is empty) had not succeeded when it was due. `task` may
    also be `input:jfk`, which had not come, or `dataset:pub`, of which no version was live. Said by the monitor, which
    also runs when the scheduler does not."""

    at: datetime
    dag: str
    partition: str
    task: str
    due: datetime
    cause: int


class SchedulerStopped(NamedTuple):
    """From now on nothing is decided. Attempts that run go on, and end."""

    at: datetime
    cause: int


class SchedulerStarted(NamedTuple):
    """Decisions are made again; ticks in between were missed."""

    at: datetime
    cause: int


class WorkDone(NamedTuple):
    """The work of a try was done, though the orchestrator believes otherwise (a lost answer, a zombie) or the try was
    over. A fact of the world: no rule sees it."""

    at: datetime
    run: RunKey
    task: str
    number: int
    cause: int


class CodeDeployed(NamedTuple):
    """Tries that start from now on run this version of the code of a task, or of the whole DAG (`task` empty)."""

    at: datetime
    dag: str
    task: str
    version: str
    sentence: str
    cause: int


class FaultInjected(NamedTuple):
    """Somebody changed what the world will do. No rule sees it."""

    at: datetime
    fault: Any
    sentence: str
    cause: int


class FaultLifted(NamedTuple):
    """A fault holds no longer. `number` (from 1): first the scenario's faults, then the injected ones in order."""

    at: datetime
    number: int
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


class SettingsChanged(NamedTuple):
    """Pools, worker slots and routes of alerts are these from now on (routes None: as before). What runs keeps its
    slots."""

    at: datetime
    pools: dict[str, int]
    workers: int | None
    sentence: str
    cause: int
    routes: dict[str, tuple[str, ...]] | None = None


class DagPaused(NamedTuple):
    """A DAG was paused (nothing of it starts, no run is made) or switched on again."""

    at: datetime
    dag: str
    paused: bool
    sentence: str
    cause: int


Instances = tuple[tuple[RunKey, tuple[str, ...]], ...]


class TasksCleared(NamedTuple):
    """These task instances run again, in their runs, with all their retries. Those under way are killed."""

    at: datetime
    instances: Instances
    sentence: str
    cause: int


class TasksMarked(NamedTuple):
    """Somebody said that these task instances are success, failed or skipped. `cleared`: those below that could not
    run because of them, and now can."""

    at: datetime
    instances: Instances
    state: str
    cleared: Instances
    sentence: str
    cause: int


class TasksKilled(NamedTuple):
    """These tries were ended: each (run, task, what it became, when it is tried again)."""

    at: datetime
    ends: tuple[tuple[RunKey, str, str, datetime | None], ...]
    sentence: str
    cause: int


class RunsRequested(NamedTuple):
    """Somebody asked for runs. `kind`: manual or backfill; `runs`: (key, start, end) of each, also of DAGs downstream.
    A backfill starts at most `limit` of them at once, in this order, apart from the DAG's own limit. `tasks`: those
    that do something in these runs, as `dag.task`; all when empty. `pin`: the version of the code that those of them
    run that are `pinned` (all when empty), whatever is deployed ("": none). `priority` is added to that of their tasks.
    `plan`: what its plan said of each partition, as (dag, partition, reason)."""

    at: datetime
    dag: str
    kind: str
    runs: tuple[tuple[RunKey, datetime, datetime], ...]
    limit: int
    sentence: str
    cause: int
    tasks: tuple[str, ...] = ()
    pin: str = ""
    priority: int = 0
    plan: tuple[tuple[str, str, str], ...] = ()
    pinned: tuple[str, ...] = ()


class BackfillChanged(NamedTuple):
    """A backfill (the number of the event that asked for it) was paused, goes on (running), or was cancelled: its runs
    that had not started end as failed, with the reason "cancelled"."""

    at: datetime
    backfill: int
    state: str
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
    | DeadlineMissed
    | SchedulerStopped
    | SchedulerStarted
    | WorkDone
    | CodeDeployed
    | FaultInjected
    | FaultLifted
    | DagEdited
    | SettingsChanged
    | DagPaused
    | TasksCleared
    | TasksMarked
    | TasksKilled
    | RunsRequested
    | BackfillChanged
    | PointersMoved
    | RowsSetAside
    | ConsumersTold
    | VersionWritten
    | CheckRan
    | VersionPublished
    | DatasetRead
    | AlertSent
    | AlertAnswered
)
# What somebody does; the scenario may deploy as well.
COMMANDS = (
    FaultInjected,
    FaultLifted,
    DagEdited,
    SettingsChanged,
    DagPaused,
    CodeDeployed,
    TasksCleared,
    TasksMarked,
    TasksKilled,
    RunsRequested,
    BackfillChanged,
    PointersMoved,
    RowsSetAside,
    ConsumersTold,
)
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
    "deadline_missed": DeadlineMissed,
    "scheduler_stopped": SchedulerStopped,
    "scheduler_started": SchedulerStarted,
    "work_done": WorkDone,
    "code_deployed": CodeDeployed,
    "fault_injected": FaultInjected,
    "fault_lifted": FaultLifted,
    "dag_edited": DagEdited,
    "settings_changed": SettingsChanged,
    "dag_paused": DagPaused,
    "tasks_cleared": TasksCleared,
    "tasks_marked": TasksMarked,
    "tasks_killed": TasksKilled,
    "runs_requested": RunsRequested,
    "backfill_changed": BackfillChanged,
    "pointers_moved": PointersMoved,
    "rows_set_aside": RowsSetAside,
    "consumers_told": ConsumersTold,
    "version_written": VersionWritten,
    "check_ran": CheckRan,
    "version_published": VersionPublished,
    "dataset_read": DatasetRead,
    "alert_sent": AlertSent,
    "alert_answered": AlertAnswered,
}
KINDS: dict[type[Any], str] = {event: kind for kind, event in EVENTS.items()}
