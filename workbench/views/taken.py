"""What sort of task it is, and by which names it takes things: the same in every picture of a DAG."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workbench.model import Task
from workbench.views.graph import EdgeKind


def role_of(task: Task) -> str:
    """What sort of task it is; nothing for a usual one."""
    return next((name for name, holds in _ROLES if holds(task)), "")


def taken_by(task: Task) -> Iterator[tuple[str, EdgeKind]]:
    """Every name that a task takes something by, and in which way."""
    for kind, taken in _TAKEN:
        yield from ((text, kind) for text in taken(task))


# The first that holds is said.
_ROLES: tuple[tuple[str, Callable[[Task], bool]], ...] = (
    ("sensor", lambda task: task.sensor is not None),
    ("branch", lambda task: task.branch is not None),
    ("short circuit", lambda task: task.short_circuit),
    ("setup", lambda task: task.setup),
    ("teardown", lambda task: task.teardown),
)

_TAKEN: tuple[tuple[EdgeKind, Callable[[Task], tuple[str, ...]]], ...] = (
    ("needs", lambda task: task.needs),
    ("requires", lambda task: task.requires),
    ("reads", lambda task: task.reads),
    ("looks for", lambda task: task.sensor.on if task.sensor is not None else ()),
)
