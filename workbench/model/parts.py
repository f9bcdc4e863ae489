"""The parts of a workspace: `Workspace` holds `DagSpec`s, which hold `Task`s and `Input`s.

Names mean the same thing everywhere in one workspace: an input is known by its bare name, a task by
`task` inside its own DAG and by `dag.task` from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from workbench.timetable import Cron, Grid, Partition

Unit = Literal["hour", "day", "week", "month"]
Jitter = Literal["none", "full", "airflow"]
Gap = Literal["shift", "skip"]
Fold = Literal["first", "second", "both"]

TRIGGER_RULES = (
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_failed_min_one_success",
    "none_skipped",
    "all_skipped",
    "always",
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failed attempt is tried again, and after which pause.

    `max` counts retries, so there are at most `max + 1` attempts. The pause before retry n (1, 2, ...) is
    `delay * backoff ** (n - 1)`, rounded up to whole seconds, with jitter, at most `cap`.
    """

    max: int = 0
    delay: timedelta = timedelta(minutes=5)
    backoff: float = 1.0
    jitter: Jitter = "none"
    cap: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Input:
    """Data that somebody else delivers, once per partition. `expected`: a local clock time on or after the
    window's end, or a span after it; nobody promised anything when it is None."""

    name: str
    expected: time | timedelta | None = None
    path: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One step. It waits for what it `needs` (tasks, inputs, `dag.task` elsewhere) and takes what is there of
    what it `reads`. `takes` is how long an attempt usually runs; `run` names its function, `module:function`."""

    name: str
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    takes: timedelta = timedelta(minutes=1)
    run: str | None = None
    retries: RetryPolicy = RetryPolicy()
    trigger_rule: str = "all_success"
    pool: str | None = None
    priority: int = 1
    owner: str | None = None
    description: str = ""
    function: Callable[..., Any] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class DagSpec:
    """A DAG as it was written down: frozen, so an edit makes another one. Lines are those of its file."""

    name: str
    tasks: Mapping[str, Task]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    schedule: str | None = None
    timezone: str = "UTC"
    partition: Unit = "day"
    start: datetime | None = None
    end: datetime | None = None
    catchup: bool = False
    gap: Gap = "shift"
    fold: Fold = "second"
    max_active_runs: int = 16
    owner: str | None = None
    description: str = ""
    folder: str = field(default="", compare=False)
    file: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def grid(self) -> Grid:
        """The calendar grid whose windows this DAG's runs own."""
        return Grid(self.partition, self.zone)

    @cached_property
    def cron(self) -> Cron | None:
        return Cron(self.schedule, self.zone, self.gap, self.fold) if self.schedule else None

    def upstream(self, task: str) -> tuple[str, ...]:
        """The tasks of this DAG that `task` needs directly, in the order written."""
        return tuple(n for n in self.tasks[task].needs if n in self.tasks)

    def outside(self, names: tuple[str, ...]) -> Iterator[str]:
        """Those of `names` that are not tasks of this DAG: inputs, and tasks of other DAGs."""
        return (n for n in names if n not in self.tasks)

    def edges(self) -> Iterator[tuple[str, str]]:
        """Every (upstream, downstream) pair of tasks in this DAG."""
        return ((up, name) for name in self.tasks for up in self.upstream(name))


@dataclass(frozen=True)
class Workspace:
    """DAGs with the pools and worker slots that they share. `None` workers: as many as are wanted."""

    dags: Mapping[str, DagSpec]
    pools: Mapping[str, int] = field(default_factory=dict)
    workers: int | None = None

    @cached_property
    def inputs(self) -> dict[str, tuple[DagSpec, Input]]:
        """Every input by name, with the DAG that declares it first."""
        found: dict[str, tuple[DagSpec, Input]] = {}
        for spec in self.dags.values():
            for item in spec.inputs.values():
                found.setdefault(item.name, (spec, item))
        return found


def after_window(moment: time | timedelta | None, window: Partition, zone: ZoneInfo) -> datetime:
    """When `moment` comes for a window, UTC: the first such local clock time at or after the window's end, or
    that span after the end. None means the end itself."""
    if moment is None:
        return window.end
    if isinstance(moment, timedelta):
        return window.end + moment
    local = window.end.astimezone(zone)
    at = datetime.combine(local.date(), moment, tzinfo=zone).astimezone(UTC)
    if at >= window.end:
        return at
    return datetime.combine(local.date() + timedelta(days=1), moment, tzinfo=zone).astimezone(UTC)
