"""What was true after some prefix of the log.

`State.known` is what an orchestrator knows: rules and explanations get nothing else. `State.faults` is what only
the simulated world knows. Only `evolve` writes. A `State` is an owned draft: `snapshot()` gives a copy that
shares every run with it, and the first write to a run after that copies this one run (`Known.own`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from workbench.engine.catalog import Catalog
from workbench.engine.keys import RunKey
from workbench.engine.plan import DagPlan
from workbench.engine.runs import Runs
from workbench.model import Consumer, Person, Workspace
from workbench.timetable import Partition

FINISHED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
WAITING = frozenset({"none", "scheduled", "up_for_retry", "up_for_reschedule"})
UNDER_WAY = frozenset({"queued", "running"})
FIRST_CODE = "v1"


class Attempt(NamedTuple):
    """One ended try. Times are UTC; `retry_at` is set when another try was planned. `followed`: what a branch chose.
    `code`: the version that it ran. `looks` and `held` (seconds with its slots): of a sensor that gave its slots back
    in between; 0 for others, which held them from `queued` to `ended`. `began`: the number of the event that started it
    (its last look, for such a sensor)."""

    number: int
    state: str
    reason: str
    message: str
    ready: datetime
    queued: datetime
    started: datetime
    ended: datetime
    retry_at: datetime | None
    rows: int | None
    content: str | None
    followed: tuple[str, ...] | None = None
    code: str = FIRST_CODE
    looks: int = 0
    held: int = 0
    began: int = 0


class Looks(NamedTuple):
    """A sensor between two looks of one try: when the try began to be ready, queued and run; how often it looked, and
    for how many seconds it held its slots."""

    ready: datetime
    queued: datetime
    started: datetime
    times: int
    held: int


class Cell(NamedTuple):
    """One task instance: its state, since when, and its tries so far. `seq` is its last event's number. `base`: how
    many tries there were when it was last cleared: retries are counted from there."""

    state: str
    since: datetime
    seq: int
    tries: int = 0
    ready: datetime | None = None
    queued: datetime | None = None
    started: datetime | None = None
    retry_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    rule: str = ""
    base: int = 0
    code: str = FIRST_CODE
    looks: Looks | None = None


class Arrival(NamedTuple):
    """A partition of an input that came."""

    at: datetime
    rows: int | None
    content: str | None
    seq: int


class Gathered(NamedTuple):
    """What came for a window since its last run: (name, partition) of each; `seq`: the number of the last such
    event."""

    what: frozenset[tuple[str, str]]
    seq: int


class Backfill(NamedTuple):
    """Runs that were asked for together, by the event with this number. `state`: running, paused or cancelled (whether
    it is over, its runs say), `changed` since when. `after`: for each run those (run, task) of the same backfill that
    write what it takes; it starts after them. The others: see the event `RunsRequested`."""

    dag: str
    at: datetime
    limit: int
    sentence: str
    state: str = "running"
    tasks: tuple[str, ...] = ()
    pin: str = ""
    priority: int = 0
    changed: datetime | None = None
    after: Mapping[RunKey, tuple[tuple[RunKey, str], ...]] = MappingProxyType({})
    pinned: tuple[str, ...] = ()
    plan: tuple[tuple[str, str, str], ...] = ()

    def reason_for(self, dag: str, partition: str) -> str:
        """What its plan said of a partition; empty: nothing."""
        return next((said for one, key, said in self.plan if (one, key) == (dag, partition)), "")

    def code_of(self, dag: str, task: str) -> str:
        """The version to which it pins a task's code; empty: it does not."""
        return self.pin if not self.pinned or f"{dag}.{task}" in self.pinned else ""


class Run:
    """One run and its cells. `left` counts unfinished cells, `busy` those that are queued or running; `seq` is the
    number of the run's own last event. `queued`: since when it waits to start. `due`: the tick that made it.
    `backfill` and `order`: which backfill it belongs to (0: none), and its place in it."""

    __slots__ = (
        "backfill",
        "busy",
        "cells",
        "created",
        "due",
        "ended",
        "key",
        "left",
        "order",
        "owner",
        "plan",
        "queued",
        "reason",
        "seq",
        "started",
        "state",
        "window",
    )

    def __init__(
        self, key: RunKey, window: Partition, plan: DagPlan, created: datetime, seq: int, owner: object
    ) -> None:
        self.key, self.window, self.plan = key, window, plan
        self.state, self.created, self.seq, self.owner = "queued", created, seq, owner
        self.queued = created
        self.due: datetime | None = None
        self.started: datetime | None = None
        self.ended: datetime | None = None
        self.reason, self.backfill, self.order, self.busy = "", 0, 0, 0
        self.cells: dict[str, Cell] = dict.fromkeys(plan.tasks, Cell("none", created, seq))
        self.left = len(self.cells)

    def copy(self, owner: object) -> Run:
        new = Run.__new__(Run)
        for name in _COPIED:
            setattr(new, name, getattr(self, name))
        new.cells, new.owner = self.cells.copy(), owner
        return new


_COPIED = tuple(name for name in Run.__slots__ if name not in ("cells", "owner"))


class Known:
    """What an orchestrator knows. Counters (`busy`, `pool_busy`, `active`, ...) repeat what the cells say, for speed.

    `asked`: by DAG, up to which instant the clock has been asked for ticks. `away`: from when until when the scheduler
    did not run (until None: it does not now). `paused`: DAGs, each since when; `unpaused`: when which was switched on
    again. `gathered`: for each partition of a DAG that starts by data, what came since its last run (partition "" when
    any interval counts). `again`: later arrivals of partitions that had `arrived`. `makers`: every dataset -> the DAG
    on whose grid it lies; `former`: the same for inputs and datasets that are no more, for the runs that took them.
    `data`: the catalog. `past`: windows with runs of DAGs whose tasks depend on the past, in
    order. `code`: deployed versions; `deployed`: when.
    """

    def __init__(self, plans: dict[str, DagPlan], workspace: Workspace, live_since: datetime, seed: int) -> None:
        pools, workers = workspace.pools, workspace.workers
        self.owner: object = object()
        self.live_since, self.seed = live_since, seed
        self.seq = 0
        self.freed = 0
        self.plans = plans
        self.homes: dict[str, str] = homes_of(plans)
        self.makers: dict[str, str] = makers_of(plans)
        self.listeners: dict[str, tuple[str, ...]] = listeners_of(plans)
        self.former: dict[str, str] = {}
        self.pools: dict[str, int] = dict(pools)
        self.workers = workers
        self.runs = Runs()
        self.active: dict[str, int] = dict.fromkeys(plans, 0)
        self.backfills: dict[int, Backfill] = {}
        self.backfill_active: dict[int, int] = {}
        self.busy = 0
        self.pool_busy: dict[str, int] = dict.fromkeys(pools, 0)
        self.task_busy: dict[str, int] = {}
        self.arrived: dict[tuple[str, str], Arrival] = {}
        self.again: dict[tuple[str, str], tuple[Arrival, ...]] = {}
        self.data = Catalog()
        self.consumers: Mapping[str, Consumer] = workspace.consumers
        self.roster: Mapping[str, Person] = workspace.roster
        self.routes: Mapping[str, tuple[str, ...]] = workspace.routes
        self.payload_limit, self.rows_kept = workspace.payload_limit, workspace.rows
        self.asked: dict[str, datetime] = {}
        self.away: tuple[tuple[datetime, datetime | None], ...] = ()
        self.paused: dict[str, datetime] = {name: live_since for name, plan in plans.items() if plan.spec.paused}
        self.born_paused: frozenset[str] = frozenset(self.paused)
        self.unpaused: tuple[tuple[str, datetime], ...] = ()
        self.gathered: dict[tuple[str, str], Gathered] = {}
        self.past: dict[str, tuple[tuple[datetime, str], ...]] = {n: () for n, p in plans.items() if p.looks_back}
        self.missed: dict[tuple[str, str, str], datetime] = {}
        self.code: dict[tuple[str, str], str] = {}
        self.deployed: dict[tuple[str, str], datetime] = {}

    @property
    def up(self) -> bool:
        """Does the scheduler run?"""
        return not self.away or self.away[-1][1] is not None

    def own(self, key: RunKey) -> Run:
        """The run, safe to write to. An ended one is opened again."""
        run = self.runs.open.get(key)
        if run is None:
            run = self.runs[key].copy(self.owner)
            self.runs.add(run)
        elif run.owner is not self.owner:
            run = self.runs.open[key] = run.copy(self.owner)
        return run

    def snapshot(self) -> Known:
        new = Known.__new__(Known)
        new.__dict__.update(self.__dict__)
        for name in _CHANGING:
            setattr(new, name, getattr(self, name).copy())
        new.runs, new.data = self.runs.snapshot(), self.data.snapshot()
        new.owner, self.owner = object(), object()
        return new

    @property
    def open(self) -> dict[RunKey, Run]:
        """The unfinished runs."""
        return self.runs.open

    def open_runs(self) -> Iterator[Run]:
        """Unfinished runs, in the order of their keys."""
        return (self.runs.open[key] for key in sorted(self.runs.open))

    def runs_of(self, dag: str, partition: str) -> list[Run]:
        """The runs that own a partition, the oldest first."""
        return self.runs.of_window(dag, partition)

    def run_of(self, dag: str, partition: str) -> Run | None:
        """The newest run that owns a partition, if there is one."""
        found = self.runs.of_window(dag, partition)
        return found[-1] if found else None

    def workspace(self) -> Workspace:
        """All that is written down, as edited so far."""
        return Workspace(
            {name: plan.spec for name, plan in self.plans.items()}, self.pools, self.workers, self.consumers,
            self.roster, self.routes, self.payload_limit, self.rows_kept,
        )  # fmt: skip

    def code_for(self, run: Run, task: str) -> str:
        """The version of a task's code that a try of this run would run now: what its backfill pins it to, else what is
        deployed."""
        backfill = self.backfills.get(run.backfill) if run.backfill else None
        pinned = backfill.code_of(run.key.dag, task) if backfill is not None else ""
        return pinned or self.code_of(run.key.dag, task)

    def code_of(self, dag: str, task: str) -> str:
        """The version of a task's code that a try would run now."""
        if not self.code:
            return FIRST_CODE
        return self.code.get((dag, task)) or self.code.get((dag, ""), FIRST_CODE)


# What a snapshot copies. All are small, but for `arrived` and `missed`, which grow with what came from outside.
_CHANGING = (
    "plans", "active", "backfill_active", "backfills", "pool_busy", "task_busy", "arrived", "asked", "paused",
    "gathered", "past", "missed", "code", "deployed", "again",
)  # fmt: skip


def homes_of(plans: dict[str, DagPlan]) -> dict[str, str]:
    """Every declared input -> the DAG that declares it: of several the first by name."""
    found: dict[str, str] = {}
    for name, plan in sorted(plans.items()):
        for item in plan.spec.inputs:
            found.setdefault(item, name)
    return found


def makers_of(plans: dict[str, DagPlan]) -> dict[str, str]:
    """Every dataset -> its home: the DAG that declares it, else the first by name that writes it."""
    found: dict[str, str] = {}
    for name, plan in sorted(plans.items()):
        for item in plan.spec.datasets:
            found.setdefault(item, name)
    for name, plan in sorted(plans.items()):
        for item in (item for task in plan.spec.tasks.values() for item in task.writes):
            found.setdefault(item, name)
    return found


def listeners_of(plans: dict[str, DagPlan]) -> dict[str, tuple[str, ...]]:
    """Every input or dataset whose coming starts runs -> the DAGs."""
    found: dict[str, tuple[str, ...]] = {}
    for name, plan in plans.items():
        for item in plan.spec.data.names if plan.spec.data else ():
            found[item] = (*found.get(item, ()), name)
    return found


class State:
    """Everything after `known.seq` events. `faults`: what was injected, each with its instant. `lifted`: the numbers of
    faults that hold no longer. `effects`: work that was done without the orchestrator's knowledge, by (run, task):
    (try, when) of each."""

    def __init__(
        self,
        known: Known,
        faults: tuple[tuple[Any, datetime], ...] = (),
        lifted: frozenset[int] = frozenset(),
        effects: dict[tuple[RunKey, str], tuple[tuple[int, datetime], ...]] | None = None,
    ) -> None:
        self.known, self.faults, self.lifted, self.effects = known, faults, lifted, effects or {}

    def snapshot(self) -> State:
        return State(self.known.snapshot(), self.faults, self.lifted, self.effects.copy())
