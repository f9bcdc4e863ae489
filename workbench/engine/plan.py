"""A DAG made ready for the engine: neighbours, leaves and rules of each task, looked up once per version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from workbench.engine.verdicts import Verdict
from workbench.model import DagSpec, Need, Task

# (what is known, the run, the task's plan, its cell, now) -> the verdict of one rule
Rule = Callable[..., Verdict]


@dataclass(frozen=True, eq=False)
class TaskPlan:
    """One task with all that the rules ask about it. `index` is its place in topological order, names
    breaking ties; `downs` carry theirs with them, and `below` are all that come after it, so far as a short circuit
    skips them. `setups`: upstream setups of a teardown. `needed_setups`: setups above that must have succeeded.
    `branches` and `cutters`: direct upstream branches, short circuits anywhere above. `watched`: what a sensor
    waits for. `lane`: tasks in one lane want the same slots.
    `plain`: it only takes its time, and neither takes rows nor chooses nor looks. `sums`: where rows are only counted,
    it makes as many as its direct upstreams handed on, for there is nothing else that it takes, or does."""

    name: str
    task: Task
    index: int
    ups: tuple[str, ...]
    downs: tuple[tuple[int, str], ...]
    inputs: tuple[Need, ...]
    elsewhere: tuple[Need, ...]
    pool: str | None
    priority: int
    takes: timedelta
    full_name: str
    below: tuple[tuple[int, str], ...] = ()
    setups: tuple[str, ...] = ()
    needed_setups: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    cutters: tuple[str, ...] = ()
    watched: tuple[Need, ...] = ()
    looks_back: bool = False
    writes: tuple[str, ...] = ()
    lane: tuple[str | int | None, ...] = ()
    plain: bool = False
    sums: bool = False
    dependencies: tuple[Rule, ...] = ()
    resources: tuple[Rule, ...] = ()


@dataclass(frozen=True, eq=False)
class DagPlan:
    """One version of a DAG. `eager` tasks can pass before any upstream has ended; `leaves` say what the run's state is;
    `carries_rows`: something makes or takes rows; `reads`: a task takes what is there without waiting;
    `looks_elsewhere`: one needs another DAG's, or another partition; `looks_back`: one depends on its past."""

    spec: DagSpec
    version: int
    tasks: dict[str, TaskPlan]
    leaves: tuple[str, ...]
    eager: tuple[str, ...]
    carries_rows: bool
    reads: bool
    looks_elsewhere: bool
    looks_back: bool
