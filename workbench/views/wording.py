"""What all sentences about one run share: who asks and when, short phrases, and the words of the field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workbench.engine import Known, Run
from workbench.model import DagSpec
from workbench.timetable import Grid, Partition
from workbench.views.chain import Befores
from workbench.views.clock import Clock, ago, listed

NOTHING = timedelta(0)


class Answer(NamedTuple):
    """What and since when; because, and until when or what it would take; what helps."""

    headline: str
    sentences: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrases:
    """Who asks about one run: at `now` (UTC), answered in its DAG's zone. The sentences are functions beside it.
    `depth`: over how many other runs the question came here; `befores`: what is known of causes;
    `brief`: only the headline is wanted; `zone`: that of who asked, where it came here from another DAG."""

    known: Known
    now: datetime
    run: Run
    depth: int = 0
    befores: Befores = field(default_factory=dict)
    brief: bool = False
    zone: ZoneInfo | None = None

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.now, self.zone or self.run.plan.spec.zone)

    @property
    def day(self) -> str:
        return self.spec.grid.spoken(self.run.window)

    @property
    def dag(self) -> str:
        return self.run.key.dag

    @property
    def spec(self) -> DagSpec:
        return self.run.plan.spec

    def at(self, instant: datetime) -> str:
        return self.clock.at(instant)

    def since(self, since: datetime) -> str:
        """`, since 06:00 (70 min)`; nothing while it has only begun."""
        return f", since {self.at(since)} ({ago(self.now - since)})" if self.now > since else ""

    def ups(self, task: str) -> tuple[str, ...]:
        """Its direct upstream tasks; none for a task that was taken out."""
        return self.run.plan.tasks[task].ups if task in self.run.plan.tasks else ()

    def upstream_states(self, task: str) -> str:
        states = [f"{up} {FIELD_NAMES.get(s := self.run.cells[up].state, s)}" for up in self.ups(task)]
        return f"Upstream: {', '.join(states)}."

    def doing(self, task: str) -> str:
        """What a task does now, behind `which`: `has been running since 06:30 (try 1)`, `failed 06:14`."""
        cell = self.run.cells[task]
        state = "looking" if cell.state == "running" and self.is_sensor(task) else cell.state
        known = DOING.get(state, "is {state}")
        return known.format(at=self.at(cell.since), tries=cell.tries, state=state)

    def is_sensor(self, task: str) -> bool:
        return task in self.run.plan.tasks and self.run.plan.tasks[task].task.sensor is not None

    def rerun(self, task: str, more: str = "") -> str:
        """What to type to have it run again."""
        return f"rerun {self.named(task)}@{self.run.key.partition}{more}"

    def named(self, task: str) -> str:
        """The name of a task as a verb takes it: with its DAG where several have one of that name."""
        several = sum(task in plan.tasks for plan in self.known.plans.values()) > 1
        return f"{self.dag}.{task}" if several or task in self.known.plans else task

    def of(self, other: Run) -> Phrases:
        """The same question about another run."""
        return Phrases(self.known, self.now, other, self.depth + 1, zone=self.clock.zone)

    @property
    def is_far(self) -> bool:
        """Over so many runs nobody follows any more: from here on, one line has to do."""
        return self.depth > 6


def wants(rule: str) -> str:
    """What a trigger rule asks for; the usual one needs no name."""
    if rule not in TRIGGERS:
        return f"its rule {rule} says so"
    return f"it wants {TRIGGERS[rule]}" + ("" if rule == "all_success" else f" (trigger rule {rule})")


def spoken_days(grid: Grid, windows: list[Partition], most: int = 4) -> str:
    """`Tue 8 Jan, Fri 11 Jan and 2 more`."""
    return listed(shortened([grid.spoken(window) for window in windows], most))


def shortened(names: list[str], most: int = 4) -> list[str]:
    """At most so many names, and how many more there are."""
    return names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]


# Task states in the words of the field's users.
FIELD_NAMES = {
    "none": "not started",
    "scheduled": "waits for a slot",
    "up_for_retry": "waits for retry",
    "up_for_reschedule": "looks again later",
    "upstream_failed": "did not run",
}
DOING = {
    "none": "has not started",
    "scheduled": "itself waits for a slot",
    "up_for_retry": "itself waits for its next try",
    "up_for_reschedule": "is a sensor between two looks",
    "looking": "is a sensor that has been looking since {at}",
    "running": "has been running since {at} (try {tries})",
    "success": "ended well {at}",
    "failed": "failed {at}",
    "skipped": "was skipped {at}",
    "upstream_failed": "did not run",
    "removed": "was taken out {at}",
}
# What the trigger rules ask for.
TRIGGERS = {
    "all_success": "all its upstream tasks to succeed",
    "all_failed": "all its upstream tasks to fail",
    "all_done": "all its upstream tasks to end, well or not",
    "all_done_min_one_success": "all its upstream tasks to end, and at least one to succeed",
    "all_done_setup_success": "all its upstream tasks to end, and one of its setups to succeed",
    "one_success": "one of its upstream tasks to succeed",
    "one_failed": "one of its upstream tasks to fail",
    "one_done": "one of its upstream tasks to succeed or fail",
    "none_failed": "all its upstream tasks to end, and none to fail",
    "none_failed_min_one_success": "all its upstream tasks to end, none to fail, and at least one to succeed",
    "none_skipped": "all its upstream tasks to end, and none to be skipped",
    "all_skipped": "all its upstream tasks to be skipped",
    "always": "nothing of its upstream tasks",
}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def in_words(count: int) -> str:
    """`Three`; figures above twelve."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
