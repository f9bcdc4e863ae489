"""`with setup >> teardown:` around tasks: which arrows Airflow draws when the block ends.

The tasks which are made inside, and are neither setup nor teardown, lie between the two; a block inside a block has its
setup behind the outer one's and its teardown before the outer one's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.importing.airflow.things import Result, Task
from workbench.importing.airflow.wiring import Unwired, arrow


@dataclass
class Level:
    """One kind of task kept for the blocks that are open: what the inmost block has, and those of blocks around it."""

    now: list[Task] = field(default_factory=list)
    before: list[list[Task]] = field(default_factory=list)

    def push(self, tasks: list[Task]) -> None:
        if self.now and self.now != tasks:
            self.before.append(self.now)
        self.now = tasks

    def pop(self) -> tuple[list[Task], list[Task]]:
        """What it was, and what it is now."""
        old = self.now
        self.now = self.before.pop() if self.before else []
        return old, self.now


@dataclass
class Blocks:
    """All blocks that are open."""

    setups: Level = field(default_factory=Level)
    teardowns: Level = field(default_factory=Level)
    their_teardowns: Level = field(default_factory=Level)
    their_setups: Level = field(default_factory=Level)
    inside: dict[tuple[int, ...], list[Task]] = field(default_factory=dict)
    is_active: bool = False

    def enter(self, value: Any) -> None:
        """Raises Unwired when it is neither setup nor teardown."""
        tasks = _tasks(value)
        if not tasks or not all(task.made.is_setup or task.made.is_teardown for task in tasks):
            raise Unwired("`with` takes a DAG, a group, a setup or a teardown task")
        if tasks[0].made.is_teardown:
            self.teardowns.push(tasks)
            self.their_setups.push(_beyond(tasks, is_setup=True))
        else:
            self.setups.push(tasks)
            self.their_teardowns.push(_beyond(tasks, is_setup=False))
        self.is_active = True

    def take(self, task: Task) -> None:
        """A task is made. Whether it is a setup or a teardown is asked at the end."""
        for tasks in (self.setups.now, self.teardowns.now) if self.is_active else ():
            if tasks:
                self.inside.setdefault(_key(tasks), []).append(task)

    def leave(self) -> None:
        setups, teardowns = self.setups.now, self.teardowns.now
        if setups and (work := self._work(setups)):
            _draw(setups, _firsts(work) or work[:1])
            _draw(_lasts(work) or work[-1:], self.their_teardowns.now, instead=self.teardowns.now)
        if teardowns and (work := self._work(teardowns)):
            _draw(_lasts(work) or work[-1:], teardowns)
            _draw(self.their_setups.now, _firsts(work) or work[:1], other=self.setups.now)
        self._close()
        self.inside.pop(_key(setups), None)
        self.inside.pop(_key(teardowns), None)
        # As in Airflow: what an outer block makes behind an inner one is not taken any more.
        self.is_active = False

    def _close(self) -> None:
        for level, is_setup in (
            (self.setups, True), (self.teardowns, False), (self.their_teardowns, False), (self.their_setups, True),
        ):  # fmt: skip
            old, now = level.pop()
            if old and now:
                _draw(now, old) if is_setup else _draw(old, now)

    def _work(self, tasks: list[Task]) -> list[Task]:
        found = self.inside.get(_key(tasks), [])
        return [task for task in found if not task.made.is_setup and not task.made.is_teardown]


def _tasks(value: Any) -> list[Task]:
    if isinstance(value, list | tuple):
        return [task for one in value for task in _tasks(one)]
    if isinstance(value, Result):
        return list(value.tasks)
    return [value] if isinstance(value, Task) else []


def _key(tasks: list[Task]) -> tuple[int, ...]:
    return tuple(id(task) for task in tasks)


def _draw(
    ups: list[Task], downs: list[Task], instead: list[Task] | None = None, other: list[Task] | None = None
) -> None:
    """Arrows from all to all. With `instead`, the arrows come from it; with `other`, they go to it."""
    for up in instead or ups:
        for down in other or downs:
            if up is not down:
                arrow(up, down)


def _firsts(work: list[Task]) -> list[Task]:
    return [task for task in work if not task.ups]


def _lasts(work: list[Task]) -> list[Task]:
    return [task for task in work if not task.downs]


def _beyond(tasks: list[Task], is_setup: bool) -> list[Task]:
    """The teardowns behind a setup, or the setups before a teardown: the nearest found when all arrows are followed."""
    first = tasks[0]
    now, seen = (first.up_tasks if is_setup else first.down_tasks), {id(first)}
    while now:
        if found := [one for one in now if (one.made.is_setup if is_setup else one.made.is_teardown)]:
            return found
        seen |= {id(one) for one in now}
        near = [other for one in now for other in (*one.down_tasks, *one.up_tasks) if id(other) not in seen]
        now = list({id(one): one for one in near}.values())
    return []
