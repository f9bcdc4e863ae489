"""What the engine carries and what it burns, beside what is left to other executors.

A try holds its slots from the instant at which it was queued until its end. A task that runs in the engine and writes
no dataset hands its rows to the next one through the engine, which has a limit for that; a warehouse, a job or a sync
leaves the rows where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from workbench.engine import Attempt, Known, Run
from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell
from workbench.model import Task


class Burned(NamedTuple):
    """What the tries of one executor took so far: slots times seconds, how many tries, and the rows and bytes (compact
    JSON) that they handed over. `unknown`: of so many tries no bytes are known."""

    executor: str
    slot_seconds: int
    tries: int
    rows: int
    bytes: int
    unknown: int


def burned(known: Known, now: datetime, size: Callable[[str], int | None]) -> tuple[Burned, ...]:
    """One entry for each executor, by name, of all tries until `now` (UTC). `size`: how many bytes a content is, None
    where that is not known (`Store.size`)."""
    found: dict[str, Burned] = {}
    for executor, seconds, rows, content in _tries(known, now):
        before = found.get(executor) or Burned(executor, 0, 0, 0, 0, 0)
        large = size(content) if content is not None else 0
        found[executor] = Burned(
            executor,
            before.slot_seconds + seconds,
            before.tries + 1,
            before.rows + (rows or 0),
            before.bytes + (large or 0),
            before.unknown + (large is None),
        )
    return tuple(found[name] for name in sorted(found))


def _tries(known: Known, now: datetime) -> Iterator[tuple[str, int, int | None, str | None]]:
    """(executor, slots times seconds, rows, content) of each try."""
    for run in known.runs.values():
        for name, cell in run.cells.items():
            plan = run.plan.tasks.get(name)
            executor, slots = (plan.task.executor, plan.task.slots) if plan is not None else ("engine", 1)
            for one in cell.attempts:
                yield executor, slots * _held(one), one.rows, one.content
            if cell.state == "running" or cell.looks is not None:
                yield executor, slots * _so_far(cell, now), None, None


def _held(one: Attempt) -> int:
    """How many seconds a try held its slots. A sensor gives them back between its looks."""
    return one.held if one.looks else int((one.ended - (one.queued or one.started)).total_seconds())


def _so_far(cell: Cell, now: datetime) -> int:
    held = cell.looks.held if cell.looks is not None else 0
    return held + (int((now - cell.queued).total_seconds()) if cell.queued is not None else 0)


def too_large(known: Known, run: Run, plan: TaskPlan, bytes_made: int | None) -> str:
    """Why the rows of a try are too large for what the engine hands on; "" when they are not."""
    limit = known.payload_limit
    if limit is None or bytes_made is None or bytes_made <= limit:
        return ""
    if plan.task.executor != "engine" or plan.writes or not _makes_rows(plan.task) or not _hands_on(known, run, plan):
        return ""
    told = f"payload too large: {bytes_made:,} bytes; the limit is {limit:,}"
    return f"{told}. Write it to a dataset and read it from there"


def _makes_rows(task: Task) -> bool:
    """Rows that only pass through lie somewhere else already."""
    return bool(task.run or task.sql or task.code or task.function)


def _hands_on(known: Known, run: Run, plan: TaskPlan) -> bool:
    """Does any task take what this one makes?"""
    own = run.plan.spec.name
    for dag, other in known.plans.items():
        for task in (other if dag != own else run.plan).tasks.values():
            names = (*task.task.needs, *task.task.reads, *task.task.requires)
            needs = (other.spec.need(name) if dag != own else run.plan.spec.need(name) for name in names)
            if any(need.dag == own and need.name == plan.name for need in needs):
                return True
    return False
