"""What was true after some prefix of the log.

`State.known` is what an orchestrator knows: rules and explanations get nothing else. `State.faults` is what only
the simulated world knows. Only `evolve` writes. A `State` is an owned draft: `snapshot()` gives a copy that
shares every run with it, and the first write to a run after that copies this one run (`Known.own`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from workbench.engine.events import RunKey
from workbench.engine.plan import DagPlan
from workbench.timetable import Partition

FINISHED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})


class Attempt(NamedTuple):
    """One ended try. Times are UTC; `retry_at` is set when another try was planned."""

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


class Cell(NamedTuple):
    """One task instance: its state, since when, and its tries so far. `seq` is its last event's number."""

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


class Arrival(NamedTuple):
    """A partition of an input that came."""

    at: datetime
    rows: int | None
    content: str | None
    seq: int


class Run:
    """One run and its cells. `left` counts unfinished cells, `seq` is the number of the run's own last event."""

    __slots__ = (
        "cells",
        "created",
        "ended",
        "key",
        "left",
        "owner",
        "plan",
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
        self.started: datetime | None = None
        self.ended: datetime | None = None
        self.cells: dict[str, Cell] = dict.fromkeys(plan.tasks, Cell("none", created, seq))
        self.left = len(self.cells)

    def copy(self, owner: object) -> Run:
        new = Run.__new__(Run)
        for name in ("key", "window", "plan", "state", "created", "started", "ended", "left", "seq"):
            setattr(new, name, getattr(self, name))
        new.cells, new.owner = self.cells.copy(), owner
        return new


class Known:
    """What an orchestrator knows. Counters (`busy`, `pool_busy`, `active`) repeat what the cells say, for speed."""

    def __init__(
        self, plans: dict[str, DagPlan], pools: Mapping[str, int], workers: int | None, live_since: datetime, seed: int
    ) -> None:
        self.owner: object = object()
        self.live_since, self.seed = live_since, seed
        self.seq = 0
        self.freed = 0
        self.plans = plans
        self.homes: dict[str, str] = homes_of(plans)
        self.pools: dict[str, int] = dict(pools)
        self.workers = workers
        self.runs: dict[RunKey, Run] = {}
        self.open: dict[RunKey, None] = {}
        self.active: dict[str, int] = dict.fromkeys(plans, 0)
        self.busy = 0
        self.pool_busy: dict[str, int] = dict.fromkeys(pools, 0)
        self.arrived: dict[tuple[str, str], Arrival] = {}
        self.ticked: dict[str, datetime] = {}

    def own(self, key: RunKey) -> Run:
        """The run, safe to write to."""
        run = self.runs[key]
        if run.owner is not self.owner:
            run = self.runs[key] = run.copy(self.owner)
        return run

    def snapshot(self) -> Known:
        new = Known.__new__(Known)
        new.__dict__.update(self.__dict__)
        for name in ("plans", "runs", "open", "active", "pool_busy", "arrived", "ticked"):
            setattr(new, name, getattr(self, name).copy())
        new.owner, self.owner = object(), object()
        return new

    def open_runs(self) -> Iterator[Run]:
        """Unfinished runs, in the order of their keys."""
        return (self.runs[key] for key in sorted(self.open))

    def run_of(self, dag: str, partition: str) -> Run | None:
        """The newest run that owns a partition, if there is one."""
        found, n = None, 1
        while (run := self.runs.get(RunKey(dag, partition, "scheduled", n))) is not None:
            found, n = run, n + 1
        return found


def homes_of(plans: dict[str, DagPlan]) -> dict[str, str]:
    """Every declared input -> the DAG that declares it first."""
    found: dict[str, str] = {}
    for name, plan in plans.items():
        for item in plan.spec.inputs:
            found.setdefault(item, name)
    return found


class State:
    """Everything after `known.seq` events. `faults`: what was injected, each with its instant."""

    def __init__(self, known: Known, faults: tuple[tuple[Any, datetime], ...] = ()) -> None:
        self.known, self.faults = known, faults

    def snapshot(self) -> State:
        return State(self.known.snapshot(), self.faults)
