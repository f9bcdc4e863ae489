"""When an attempt began, and what it takes: the words of those who look at what it saw."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from workbench.engine import Run
from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell


class Began(NamedTuple):
    """When an attempt began: at which instant, and as which event, as long as that is known."""

    at: datetime
    seq: int | None

    def after(self, at: datetime, seq: int) -> bool:
        """Did it begin after this event, and so could see what came of it?"""
        return seq < self.seq if self.seq is not None else at <= self.at


class MovedOn(Exception):
    """The state is a later one, and does not tell any more what was there when an attempt began."""


def taken_by(plan: TaskPlan) -> dict[str, None]:
    """The names of all that a task takes, in the order in which it names them."""
    return dict.fromkeys((*plan.task.needs, *plan.task.reads, *plan.task.requires))


def code_of(run: Run, task: str, number: int) -> str:
    """The version of the code that a try runs, or ran."""
    cell = run.cells[task]
    return next((one.code for one in reversed(cell.attempts) if one.number == number), cell.code)


def beginning(cell: Cell, number: int) -> tuple[datetime, int]:
    """When a try began, and as which event."""
    for one in cell.attempts:
        if one.number == number:
            return one.started, one.began
    return cell.since, cell.seq


def instant_of(cell: Cell, began: int) -> datetime:
    """When the try of that event began."""
    return next((one.started for one in cell.attempts if one.began == began), cell.since)
