"""Faults of every kind for the worlds of the laws."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.laws.draws import Draw, pick, some, sometimes
from tests.laws.worlds import DAY, HOUR, MINUTE, NONE, Season, Taste
from workbench.model import DagSpec, Workspace
from workbench.scenario import (
    Bug,
    Choice,
    Deploy,
    Fault,
    Flaky,
    Hang,
    Late,
    LostAnswer,
    Never,
    Outage,
    Quota,
    SchedulerDown,
    Slow,
    Varies,
    WorkerLost,
    Zombie,
)
from workbench.timetable import Partition

RATES = (Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(1))
VERSIONS = ("v1", "v2", "v3")


def windows_of(spec: DagSpec, start: datetime, until: datetime) -> tuple[Partition, ...]:
    """The windows that matter between two instants: those that overlap, and the one before."""
    grid = spec.grid
    return tuple(grid.between(grid.previous(grid.containing(start)).start, until))


class Tools:
    """What a fault is drawn from."""

    def __init__(self, draw: Draw, workspace: Workspace, season: Season, taste: Taste) -> None:
        self.draw, self.workspace, self.season, self.taste = draw, workspace, season, taste
        self.tasks = sorted(f"{spec.name}.{task}" for spec in workspace.dags.values() for task in spec.tasks)

    def pick(self, *choices: Any) -> Any:
        return pick(self.draw, *choices)

    def task(self) -> str:
        name: str = self.pick(*self.tasks)
        return name

    def tasks_at_once(self) -> str:
        """One task, or some by a pattern: not where worlds must not touch each other."""
        name = self.task()
        if self.taste.free or sometimes(self.draw, 50):
            return name
        dag, _, task = name.partition(".")
        every = [task for spec in self.workspace.dags.values() for task in spec.tasks.values()]
        pools = [f"pool:{pool}" for pool in sorted({task.pool for task in every if task.pool is not None})]
        found: str = self.pick("*", f"{dag}.*", f"*.{task}", f"{dag}.{task[0]}*", *pools)
        return found

    def partition(self, task: str) -> str | None:
        """A partition of the task's DAG, or any."""
        if task not in self.tasks or self.pick(True, False):
            return None
        return self.window(self.workspace.dags[task.partition(".")[0]]).key

    def window(self, spec: DagSpec) -> Partition:
        start, span, _ = self.season
        window: Partition = self.pick(*windows_of(spec, start, start + span))
        return window

    def instant(self) -> datetime:
        moment: datetime = self.season.start + self.season.span * self.pick(0, 1, 2, 3) / 4
        return moment

    def span(self, *more: Any) -> Any:
        return NONE if self.taste.quick else self.pick(NONE, MINUTE, *more)


def fault(draw: Draw, workspace: Workspace, season: Season, taste: Taste) -> Fault:
    """Some fault."""
    kinds = ["flaky"] * 4 + ["outage", "outage", "herd", "quota", "bug", "slow", "varies", "lost", "zombie", "zombie"]
    kinds += ["answer", "choice", "choice"] + ["late", "late", "never"] * bool(workspace.inputs)
    if not taste.quick:
        kinds += ["hang"]
    if not taste.free:
        kinds += ["down", "deploy", "deploy"]
    return _FAULTS[pick(draw, *kinds)](Tools(draw, workspace, season, taste))


def flaky_ones(draw: Draw, workspace: Workspace) -> list[Fault]:
    """Tasks that often fail, on top."""
    every = [f"{spec.name}.{task}" for spec in workspace.dags.values() for task in sorted(spec.tasks)]
    return [Flaky(task, rate=pick(draw, *RATES)) for task in every if pick(draw, True, False)]


def _late(t: Tools) -> Late:
    name = t.pick(*sorted(t.workspace.inputs))
    window = t.window(t.workspace.inputs[name][0])
    return Late(name, window.key, window.end + t.pick(NONE, 10 * MINUTE, HOUR, 3 * HOUR, 7 * HOUR))


def _never(t: Tools) -> Never:
    name = t.pick(*sorted(t.workspace.inputs))
    return Never(name, t.window(t.workspace.inputs[name][0]).key)


def _flaky(t: Tools) -> Flaky:
    task = t.tasks_at_once()
    after = NONE if t.taste.quick else t.pick(None, NONE, MINUTE)
    if t.pick(True, False):
        return Flaky(task, t.partition(task), tries=t.pick(1, 2, 9), after=after)
    return Flaky(task, t.partition(task), rate=t.pick(*RATES), after=after)


def _outage(t: Tools) -> Outage:
    start = t.instant()
    until = start + t.pick(MINUTE, HOUR, t.season.span / 2)
    return Outage(t.tasks_at_once(), start, until, t.span(MINUTE))


def _herd(t: Tools) -> Outage:
    start = t.instant()
    until = start + t.pick(MINUTE, HOUR)
    capacity, overload = t.pick((1, None), (2, None), (None, 1), (None, 2), (1, 2))
    again = {"again": t.pick(MINUTE, 10 * MINUTE)} if overload else {}
    return Outage(t.tasks_at_once(), start, until, t.span(MINUTE), capacity, overload, **again)


def _quota(t: Tools) -> Quota:
    at_once, calls = t.pick((1, None), (2, None), (None, 1), (None, 3), (1, 4))
    more: dict[str, Any] = {"per": t.pick(10 * MINUTE, HOUR)} if calls else {}
    if bans := t.pick(None, 1, 2):
        more |= {"ban_after": bans, "ban_within": t.pick(10 * MINUTE, DAY), "ban": t.pick(MINUTE, HOUR)}
    return Quota(t.tasks_at_once(), at_once, calls, after=t.span(), **more)


def _bug(t: Tools) -> Bug:
    task = t.tasks_at_once()
    return Bug(task, t.pick(*VERSIONS), t.partition(task), NONE if t.taste.quick else t.pick(None, NONE, MINUTE))


def _deploy(t: Tools) -> Deploy:
    task = t.task()
    whole = sometimes(t.draw, 40)
    at = t.instant() + t.pick(NONE, NONE, 7 * MINUTE)
    return Deploy(task.partition(".")[0] if whole else task, t.pick(*VERSIONS), at)


def _slow(t: Tools) -> Slow:
    task = t.tasks_at_once()
    tries = t.pick(None, 1)
    if t.taste.quick or sometimes(t.draw, 50):
        return Slow(task, t.partition(task), tries, factor=t.pick(Fraction(1, 3), Fraction(3, 2), Fraction(4)))
    return Slow(task, t.partition(task), tries, takes=t.pick(NONE, MINUTE, HOUR))


def _varies(t: Tools) -> Varies:
    task = t.tasks_at_once()
    takes = (NONE,) if t.taste.quick else t.pick((NONE, 5 * MINUTE), (MINUTE, 7 * MINUTE, HOUR), (10 * MINUTE,))
    return Varies(task, takes, t.partition(task), t.pick(None, 2), t.pick(False, False, True))


def _hang(t: Tools) -> Hang:
    task = t.task()
    return Hang(task, t.partition(task), t.pick(None, 1, 1))


def _lost(t: Tools) -> WorkerLost:
    task = t.tasks_at_once()
    return WorkerLost(task, t.partition(task), t.pick(1, 2, 9), t.span(10 * MINUTE), t.span(5 * MINUTE))


def _zombie(t: Tools) -> Zombie:
    task = t.tasks_at_once()
    commits = NONE if t.taste.quick else t.pick(None, NONE, MINUTE, 20 * MINUTE)
    return Zombie(task, t.partition(task), t.pick(1, 2, 9), t.span(), t.span(10 * MINUTE), commits)


def _answer(t: Tools) -> LostAnswer:
    task = t.tasks_at_once()
    return LostAnswer(task, t.partition(task), t.pick(1, 2, 9), t.span(5 * MINUTE))


def _down(t: Tools) -> SchedulerDown:
    start = t.instant() + t.pick(NONE, NONE, 10 * MINUTE)
    return SchedulerDown(start, start + t.pick(MINUTE, 20 * MINUTE, HOUR, t.season.span / 2))


def _choice(t: Tools) -> Fault:
    branches = [
        (f"{spec.name}.{task.name}", task, sorted(n for n, other in spec.tasks.items() if task.name in other.needs))
        for spec in t.workspace.dags.values()
        for task in spec.tasks.values()
        if task.branch is not None or task.short_circuit
    ]
    if not branches:
        return _flaky(t)
    name, task, downs = t.pick(*sorted(branches, key=lambda one: one[0]))
    follow = () if task.short_circuit else some(t.draw, downs, 2)
    return Choice(name, follow, t.partition(name))


_FAULTS: dict[str, Callable[[Tools], Fault]] = {
    "late": _late,
    "never": _never,
    "flaky": _flaky,
    "outage": _outage,
    "herd": _herd,
    "quota": _quota,
    "bug": _bug,
    "deploy": _deploy,
    "slow": _slow,
    "varies": _varies,
    "hang": _hang,
    "lost": _lost,
    "zombie": _zombie,
    "answer": _answer,
    "down": _down,
    "choice": _choice,
}
