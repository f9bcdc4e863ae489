"""A DAG made ready for the engine: neighbours, leaves and rules of each task, looked up once per version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from workbench.engine.verdicts import Verdict
from workbench.model import DagSpec, Task

# (what is known, the run, the task's plan, its cell, now) -> the verdict of one rule
Rule = Callable[..., Verdict]


@dataclass(frozen=True, eq=False)
class TaskPlan:
    """One task with all that the rules ask about it. `index` is its place in topological order, names
    breaking ties; `downs` carry theirs with them."""

    name: str
    task: Task
    index: int
    ups: tuple[str, ...]
    downs: tuple[tuple[int, str], ...]
    inputs: tuple[str, ...]
    elsewhere: tuple[tuple[str, str], ...]
    pool: str | None
    priority: int
    takes: timedelta
    full_name: str
    dependencies: tuple[Rule, ...] = ()
    resources: tuple[Rule, ...] = ()


@dataclass(frozen=True, eq=False)
class DagPlan:
    """One version of a DAG. `eager` tasks can pass before any upstream has ended; `carries_rows`: something makes
    or takes rows; `reads`: a task takes what is there without waiting; `looks_elsewhere`: one needs another DAG's."""

    spec: DagSpec
    version: int
    tasks: dict[str, TaskPlan]
    leaves: tuple[str, ...]
    eager: tuple[str, ...]
    carries_rows: bool
    reads: bool
    looks_elsewhere: bool
