"""The parts of a workspace: `Workspace` holds `DagSpec`s, which hold `Task`s and `Input`s.

Names mean the same thing everywhere in one workspace: an input is known by its bare name, a task by
`task` inside its own DAG and by `dag.task` from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from workbench.model.data_parts import Alerts, Consumer, Dataset, Executor, Person, RowsKept
from workbench.timetable import Grid, Partition, Ticker, ticker

Unit = Literal["hour", "day", "week", "month"]
Jitter = Literal["none", "full", "airflow"]
Gap = Literal["shift", "skip"]
Fold = Literal["first", "second", "both"]
Mode = Literal["poke", "reschedule"]
Match = Literal["partition", "instant"]
WeightRule = Literal["absolute", "downstream", "upstream"]
Misfire = Literal["latest", "skip"]

TRIGGER_RULES = (
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "all_done_setup_success",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_failed_min_one_success",
    "none_skipped",
    "all_skipped",
    "always",
)


REASONS = ("transient", "late_input", "bug", "quota", "timeout", "worker_lost", "killed", "check", "payload")


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """What a retry policy does for one reason of failure. `max`: this many retries at most (0: none), never more
    than the policy's own; `delay`: this pause, always the same, instead of the policy's."""

    max: int | None = None
    delay: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failed attempt is tried again, and after which pause.

    `max` counts retries, so there are at most `max + 1` attempts. The pause before retry n (1, 2, ...) is
    `delay * backoff ** (n - 1)`, rounded up to whole seconds, with jitter, at most `cap`. `by_reason` says where a
    reason of failure (one of `REASONS`) is treated otherwise.
    """

    max: int = 0
    delay: timedelta = timedelta(minutes=5)
    backoff: float = 1.0
    jitter: Jitter = "none"
    cap: timedelta = timedelta(days=1)
    by_reason: Mapping[str, ReasonRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sensor:
    """A task that only waits for what is `on`: it looks (pokes), pauses `every`, and looks again.

    Mode `poke` keeps its slots in the pauses, `reschedule` gives them back. A look lasts `takes`. The pauses grow with
    `backoff`, up to `max_wait`. After `timeout` (from the try's first look) it fails and is not tried again;
    `soft_fail` skips it instead. `match` "partition": what it waits for is that of its own window; "instant": the run
    of the other DAG whose tick was exactly `delta` before its own run's tick.
    """

    on: tuple[str, ...] = ()
    mode: Mode = "poke"
    every: timedelta = timedelta(minutes=1)
    takes: timedelta = timedelta(seconds=1)
    timeout: timedelta = timedelta(days=7)
    soft_fail: bool = False
    backoff: bool = False
    max_wait: timedelta | None = None
    match: Match = "partition"
    delta: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a partition must have succeeded: `by` a local clock time at or after the window's end, or a span
    after it; or `within` a span after its run was made. A monitor that outlives the scheduler watches it."""

    by: time | timedelta | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class OnData:
    """A schedule by data: a run for each partition when `all` of these inputs and datasets are there, or at each
    delivery of `any` of them. Exactly one of both is given. `interval` "same": what came is kept apart by partition,
    and the run owns that partition; "any": whatever came last counts, of any partition, and the run owns the last
    window that has ended. Source of "any": Airflow 3.3, asset schedules."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    interval: Literal["same", "any"] = "same"

    @property
    def names(self) -> tuple[str, ...]:
        return self.all or self.any


@dataclass(frozen=True, slots=True)
class Input:
    """Data that somebody else delivers, once per partition. `expected`: a local clock time on or after the
    window's end, or a span after it; nobody promised anything when it is None. `deadline`: when its owner is told that
    it has not come. `rows`: how many there are in a partition, where rows are counted and not carried."""

    name: str
    expected: time | timedelta | None = None
    path: str | None = None
    owner: str | None = None
    deadline: time | timedelta | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One step. It waits for what it `needs` (tasks, inputs, `dag.task` elsewhere; `name@-6..0` means the partitions
    from six before its own to its own), takes what is there of what it `reads`, and fails without what it `requires`.
    `takes` is how long an attempt usually runs; `run` names its function, `module:function`.

    A task with `branch` decides which direct downstream tasks are followed (those named, unless its function answers
    others), one with `short_circuit` whether any are. `lookup`: an attempt first looks whether the job of an earlier
    one was done, and then does not do it again. `timeout` ends an attempt that takes longer. `max_active`: at most so
    many attempts over all runs. `fail_run`: a failed teardown fails its run. `writes`: the datasets that it updates."""

    name: str
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    takes: timedelta = timedelta(minutes=1)
    run: str | None = None
    retries: RetryPolicy = RetryPolicy()
    trigger_rule: str = "all_success"
    pool: str | None = None
    priority: int = 1
    requires: tuple[str, ...] = ()
    timeout: timedelta | None = None
    slots: int = 1
    max_active: int | None = None
    depends_on_past: bool = False
    wait_for_downstream: bool = False
    sensor: Sensor | None = None
    branch: tuple[str, ...] | None = None
    short_circuit: bool = False
    setup: bool = False
    teardown: bool = False
    fail_run: bool = False
    lookup: bool = False
    deadline: Deadline | None = None
    writes: tuple[str, ...] = ()
    owner: str | None = None
    description: str = ""
    sql: str | None = None
    code: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    executor: Executor = "engine"
    params: Mapping[str, str] = field(default_factory=dict)
    function: Callable[..., Any] | None = field(default=None, compare=False, repr=False)


def _names(given: Any) -> tuple[str, ...]:
    """Names, unless the value is wrong, which a check of it says."""
    return given if isinstance(given, tuple) else ()


class Need(NamedTuple):
    """What a name that a task needs means: a task of `dag`, or an input or dataset when `dag` is empty. `low` to
    `high`: which of its partitions, counted from the first and the last that overlap the needing run's window."""

    text: str
    dag: str
    name: str
    low: int = 0
    high: int = 0


_SPAN = re.compile(r"([+-]?\d{1,4})(?:\.\.([+-]?\d{1,4}))?", re.ASCII)


def span_of(text: str) -> tuple[int, int]:
    """ "-6..0" -> (-6, 0), "-1" -> (-1, -1), "" -> (0, 0). Raises ValueError for what is no such span."""
    if not text:
        return 0, 0
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is no span of partitions; write @-1, or @-6..0 for the last seven")
    low, high = int(match[1]), int(match[2] if match[2] is not None else match[1])
    if low > high:
        raise ValueError(f"'{text}' ends before it begins; write the earlier one first: @{high}..{low}")
    return low, high


@dataclass(frozen=True)
class DagSpec:
    """A DAG as it was written down: frozen, so an edit makes another one. Lines are those of its file. `template`: the
    template that made it, with its parameters."""

    name: str
    tasks: Mapping[str, Task]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    schedule: str | OnData | None = None
    timezone: str = "UTC"
    partition: Unit = "day"
    start: datetime | None = None
    end: datetime | None = None
    catchup: bool = False
    gap: Gap = "shift"
    fold: Fold = "second"
    max_active_runs: int = 16
    max_active_tasks: int | None = None
    weight_rule: WeightRule = "absolute"
    paused: bool = False
    misfire: Misfire = "latest"
    deadline: Deadline | None = None
    owner: str | None = None
    description: str = ""
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    alerts: Alerts = field(default_factory=Alerts)
    runbook: str | None = None
    environment: str | None = None
    folder: str = field(default="", compare=False)
    file: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    template: str = field(default="", compare=False, repr=False)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def grid(self) -> Grid:
        """The calendar grid whose windows this DAG's runs own."""
        return Grid(self.partition, self.zone)

    @cached_property
    def clock(self) -> Ticker | None:
        """What makes runs by time; None when nothing does: by hand, or by data."""
        if not isinstance(self.schedule, str):
            return None
        first = self.first_window.end if self.start else datetime.max.replace(tzinfo=UTC)
        return ticker(self.schedule, self.zone, self.gap, self.fold, self.start, first)

    @property
    def first_window(self) -> Partition:
        """The first window that begins at `start` or later. There must be a start."""
        assert self.start is not None
        window = self.grid.containing(self.start)
        return window if window.start >= self.start else self.grid.next(window)

    def wants(self, window: Partition) -> bool:
        """Is it one of the windows between the DAG's start and end?"""
        late_enough = self.start is None or window.start >= self.start
        return late_enough and (self.end is None or window.start < self.end)

    @property
    def data(self) -> OnData | None:
        """The schedule by data, if it has one."""
        return self.schedule if isinstance(self.schedule, OnData) else None

    def upstream(self, task: str) -> tuple[str, ...]:
        """The tasks of this DAG that `task` needs directly, in the order written."""
        return tuple(n for n in self.tasks[task].needs if n in self.tasks)

    def outside(self, names: tuple[str, ...]) -> Iterator[str]:
        """Those of `names` that are not tasks of this run: inputs, tasks of other DAGs, and other partitions of its
        own tasks."""
        return (n for n in names if n not in self.tasks)

    def need(self, text: str) -> Need:
        """What a name from `needs`, `reads`, `requires` or a sensor's `on` means; see `Need`."""
        name, _, span = text.partition("@")
        low, high = span_of(span)
        dag, _, task = name.rpartition(".")
        return Need(text, self.name if not dag and name in self.tasks else dag, task, low, high)

    def edges(self) -> Iterator[tuple[str, str]]:
        """Every (upstream, downstream) pair of tasks in this DAG."""
        return ((up, name) for name in self.tasks for up in self.upstream(name))


@dataclass(frozen=True)
class Workspace:
    """DAGs with what they share: pools, worker slots (`None`: as many as are wanted), consumers of their datasets, the
    people who are told and the routes to them. `payload_limit`: the most bytes of rows that a task run by the engine
    may hand to another without a dataset. `rows`: whether rows are carried, or only counted. `file` and `lines` are
    those of the settings."""

    dags: Mapping[str, DagSpec]
    pools: Mapping[str, int] = field(default_factory=dict)
    workers: int | None = None
    consumers: Mapping[str, Consumer] = field(default_factory=dict)
    roster: Mapping[str, Person] = field(default_factory=dict)
    routes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    payload_limit: int | None = None
    rows: RowsKept = "carry"
    file: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def datasets(self) -> dict[str, tuple[DagSpec, Dataset]]:
        """Every dataset by name, with its home: the DAG that declares it, else the first by name that writes it."""
        found: dict[str, tuple[DagSpec, Dataset]] = {}
        for _, spec in sorted(self.dags.items()):
            for item in spec.datasets.values():
                found.setdefault(item.name, (spec, item))
        for _, spec in sorted(self.dags.items()):
            for name in (name for task in spec.tasks.values() for name in _names(task.writes)):
                found.setdefault(name, (spec, Dataset(name)))
        return found

    @cached_property
    def inputs(self) -> dict[str, tuple[DagSpec, Input]]:
        """Every input by name, with the DAG that declares it: of several the first by name, whatever the order in
        which they were written."""
        found: dict[str, tuple[DagSpec, Input]] = {}
        for _, spec in sorted(self.dags.items()):
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
