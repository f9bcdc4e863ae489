"""What has happened, for the naive engine of law 6: a frozen value, and for each event another one.

No counter, no queue, no index. Whatever can be found by looking through everything is looked for each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from workbench.engine import RunKey
from workbench.engine.data_events import VersionPublished, VersionWritten
from workbench.engine.events import AttemptEnded, AttemptStarted, CodeDeployed, RunsRequested
from workbench.model import DagSpec, Workspace
from workbench.scenario import Fault
from workbench.timetable import Partition

SECOND = timedelta(seconds=1)
BAD = {"failed", "upstream_failed"}
OVER = {"success", "failed", "skipped", "upstream_failed", "removed"}
IDLE = {"none", "scheduled", "up_for_retry", "up_for_reschedule"}
BUSY = {"queued", "running"}


@dataclass(frozen=True)
class Looks:
    """A sensor between two looks of one try: when it was first ready, queued and begun; how often it looked, and how
    many seconds it held its slots."""

    ready: datetime
    queued: datetime
    started: datetime
    times: int = 0
    held: int = 0


@dataclass(frozen=True)
class Try:
    """One try that is over."""

    number: int
    state: str
    reason: str
    message: str
    ready: datetime | None
    queued: datetime | None
    started: datetime | None
    ended: datetime
    retry_at: datetime | None = None
    followed: tuple[str, ...] | None = None
    code: str = "v1"
    looks: int = 0
    held: int = 0
    began: int = 0


@dataclass(frozen=True)
class Cell:
    state: str
    since: datetime
    seq: int
    tries: int = 0
    ready: datetime | None = None
    queued: datetime | None = None
    started: datetime | None = None
    retry_at: datetime | None = None
    past: tuple[Try, ...] = ()
    base: int = 0
    code: str = "v1"
    looks: Looks | None = None
    rule: str = ""

    def over(self, event: Any, state: str, reason: str = "", message: str = "") -> Try:
        """The try that is under way, ended by this event."""
        looks = self.looks
        held = seconds(self.queued, event.at) if self.queued else 0
        ready, queued, started = (
            (looks.ready, looks.queued, looks.started) if looks else (self.ready, self.queued, self.started)
        )
        count = looks.times + isinstance(event, AttemptEnded) if looks else 0
        whole = looks.held + held if looks else 0
        done = Try(self.tries, state, reason, message, ready, queued, started, event.at, code=self.code)
        return replace(done, looks=count, held=whole, began=self.seq)


def seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


@dataclass(frozen=True)
class RunFacts:
    """A run. `made`: the number of the event that made it; `seq`: that of its own last event."""

    key: RunKey
    window: Partition
    spec: DagSpec
    created: datetime
    seq: int
    state: str
    cells: dict[str, Cell]
    made: int
    due: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    reason: str = ""
    backfill: int = 0
    order: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in ("queued", "running")


class Came(NamedTuple):
    """A partition of an input or a dataset that came, as event `seq`."""

    name: str
    window: Partition
    seq: int


@dataclass(frozen=True)
class Asked:
    """A backfill: the number of the event that asked for it, running or paused or cancelled, and for each of its runs
    the tasks of others that it comes after."""

    number: int
    event: RunsRequested
    state: str
    after: dict[RunKey, list[tuple[RunKey, str]]]


@dataclass(frozen=True)
class Facts:
    """Everything that has happened after `seq` events."""

    specs: dict[str, DagSpec]
    pools: dict[str, int]
    workers: int | None
    live_since: datetime
    born_paused: frozenset[str]
    seq: int = 0
    freed: int = 0
    runs: tuple[RunFacts, ...] = ()
    arrived: tuple[tuple[str, str, int, datetime], ...] = ()
    came: tuple[Came, ...] = ()
    faults: tuple[tuple[Fault, datetime], ...] = ()
    lifted: frozenset[int] = frozenset()
    paused: tuple[tuple[str, datetime], ...] = ()
    away: bool = False
    forgotten: frozenset[tuple[str, datetime]] = frozenset()
    clocks: tuple[tuple[str, datetime], ...] = ()
    missed: frozenset[tuple[str, str, str, datetime]] = frozenset()
    deploys: tuple[CodeDeployed, ...] = ()
    effects: tuple[tuple[RunKey, str, int, datetime], ...] = ()
    backfills: tuple[Asked, ...] = ()
    begun: tuple[tuple[AttemptStarted, str, int], ...] = ()
    written: tuple[tuple[VersionWritten, int], ...] = ()
    published: tuple[tuple[VersionPublished, int], ...] = ()
    commanded: datetime | None = None

    def of(self, key: RunKey) -> RunFacts:
        return next(run for run in self.runs if run.key == key)

    def runs_of(self, dag: str, partition: str) -> list[RunFacts]:
        found = [run for run in self.runs if (run.key.dag, run.key.partition) == (dag, partition)]
        return sorted(found, key=lambda run: run.key.n)

    def newest(self, dag: str, partition: str) -> RunFacts | None:
        found = self.runs_of(dag, partition)
        return found[-1] if found else None

    def is_paused(self, dag: str) -> bool:
        return dag in dict(self.paused)

    def is_input(self, name: str) -> bool:
        return any(name in spec.inputs for spec in self.specs.values())

    def home(self, name: str) -> str:
        """The DAG that declares an input or a dataset, or else writes the dataset: of several the first by name."""
        specs = self.specs.items()
        declared = [dag for dag, spec in specs if name in spec.inputs or name in spec.datasets]
        return min(declared or [dag for dag, spec in specs if any(name in t.writes for t in spec.tasks.values())])

    def asked(self, run: RunFacts) -> Asked | None:
        """The backfill of a run."""
        return next((one for one in self.backfills if one.number == run.backfill), None)

    def code(self, run: RunFacts, task: str) -> str:
        """The version to which its backfill pins it, or that was deployed last, for the task or the whole DAG."""
        backfill, dag = self.asked(run), run.key.dag
        event = backfill.event if backfill is not None else None
        if event is not None and event.pin and (not event.pinned or f"{dag}.{task}" in event.pinned):
            return event.pin
        found = [e.version for e in self.deploys if e.dag == dag and e.task in ("", task)]
        return found[-1] if found else "v1"


def first_facts(workspace: Workspace, start: datetime) -> Facts:
    paused = tuple((name, start) for name, spec in workspace.dags.items() if spec.paused)
    born = frozenset(name for name, _ in paused)
    return Facts(dict(workspace.dags), dict(workspace.pools), workspace.workers, start, born, paused=paused)


# ticks: every one makes a run, unless nobody heard it and it was forgotten


def pending(facts: Facts, dag: str, until: datetime) -> list[tuple[datetime, Partition]]:
    """The ticks of a DAG up to an instant that have made no run, and may."""
    spec = facts.specs[dag]
    begin = facts.live_since
    if dag in facts.born_paused and spec.start is not None:
        begin = min(begin, spec.start)
    begin = max([begin, *(at for name, at in facts.clocks if name == dag)])
    made = [run.due for run in facts.runs if run.key.dag == dag and run.due is not None]
    done = max(made, default=begin - SECOND)
    found = ((tick, window) for tick, window in ticks_of(spec, begin, until) if tick > done)
    return [(tick, window) for tick, window in found if (dag, tick) not in facts.forgotten]


def ticks_of(spec: DagSpec, begin: datetime, until: datetime) -> tuple[tuple[datetime, Partition], ...]:
    """The ticks in [begin, until] whose windows are wanted."""
    return _ticks(clock_of(spec), begin, until) if isinstance(spec.schedule, str) else ()


def clock_of(spec: DagSpec) -> Clock:
    return Clock((spec.schedule, spec.timezone, spec.partition, spec.gap, spec.fold, spec.start, spec.end), spec)


class Clock:
    """What a DAG's ticks depend on: equal when they tick together."""

    def __init__(self, clock: tuple[Any, ...], spec: DagSpec) -> None:
        self.clock, self.spec = clock, spec

    def __hash__(self) -> int:
        return hash(self.clock)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clock) and self.clock == other.clock


@cache
def _ticks(clock: Clock, begin: datetime, until: datetime) -> tuple[tuple[datetime, Partition], ...]:
    spec = clock.spec
    assert spec.clock is not None
    found = [(tick, spec.grid.last_ended(tick)) for tick in spec.clock.ticks(begin - SECOND, until)]
    return tuple((tick, window) for tick, window in found if wants(spec, window))


def wants(spec: DagSpec, window: Partition) -> bool:
    """Is the window one of those between the DAG's start and end?"""
    late_enough = spec.start is None or window.start >= spec.start
    return late_enough and (spec.end is None or window.start < spec.end)


def forget(facts: Facts, dag: str, now: datetime) -> Facts:
    """Somebody hears the DAG's ticks again. Those that passed unheard are forgotten, but for the last one, and that
    too when the DAG skips them; with catchup none is."""
    spec = facts.specs[dag]
    if spec.catchup or facts.away or facts.is_paused(dag):
        return facts
    ticks = [tick for tick, _ in pending(facts, dag, now)]
    gone = ticks if spec.misfire == "skip" else ticks[:-1]
    return replace(facts, forgotten=facts.forgotten | {(dag, tick) for tick in gone})


def end_state(run: RunFacts) -> str:
    """What a run whose tasks are all finished ends as: its leaves say so."""
    tasks = run.spec.tasks.values()
    silent = {task.name for task in tasks if task.teardown and not task.fail_run}
    followed = {up for task in tasks if task.name not in silent for up in run.spec.upstream(task.name)}
    leaves = [run.cells[task.name].state for task in tasks if task.name not in silent | followed]
    return "failed" if BAD & set(leaves) else "success"
