"""Runs of a backfill: which of their tasks run and which are kept, and which runs of the same backfill they come after.

A task that is kept is not run again: its instance is `success` by the rule "kept", without an attempt, and stands for
the newest try before it that ended well (`made_by`). Where there is none, it is `skipped` by the rule "left_out".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.engine.events import RunsRequested
from workbench.engine.keys import RunKey
from workbench.engine.plan import DagPlan
from workbench.engine.rules.inputs import windows_for
from workbench.engine.state import Attempt, Known, Run
from workbench.model import Need
from workbench.timetable import Partition

KEPT, LEFT_OUT = "kept", "left_out"
# A writer in this state does not hold back those that come after it: it will write nothing more.
_LETS_GO = frozenset({"success", "skipped", "removed"})

# (run, task) of those that must be over before a run of the backfill starts.
After = dict[RunKey, tuple[tuple[RunKey, str], ...]]


class Made(NamedTuple):
    """Whose work stands in an instance that succeeded: its own last try, or that of the run from which it was kept. No
    try: somebody marked it."""

    run: Run
    attempt: Attempt | None


def runs_tasks(asked: tuple[str, ...], key: RunKey, plan: DagPlan) -> frozenset[str]:
    """Which tasks a run does: `asked` names them as `dag.task`, or `dag.task@partition`; all when it is empty."""
    if not asked:
        return frozenset(plan.tasks)
    named = set(asked)
    full = {name: f"{key.dag}.{name}" for name in plan.tasks}
    return frozenset(n for n, text in full.items() if text in named or f"{text}@{key.partition}" in named)


def earlier_success(known: Known, key: RunKey, task: str) -> Run | None:
    """The newest run of the partition before this one in which the task is a success."""
    for run in reversed(known.runs_of(key.dag, key.partition)):
        if run.key.n < key.n and task in run.cells and run.cells[task].state == "success":
            return run
    return None


def made_by(known: Known, run: Run, task: str) -> Made | None:
    """Whose work stands in an instance; None when it is no success."""
    cell = run.cells.get(task)
    if cell is None or cell.state != "success":
        return None
    if cell.rule != KEPT:
        return Made(run, cell.attempts[-1] if cell.attempts else None)
    for before in reversed(known.runs_of(run.key.dag, run.key.partition)):
        if before.key.n < run.key.n and task in before.cells:
            # It may have been cleared since: what it had made by then counts.
            tries = [a for a in before.cells[task].attempts if a.state == "success" and a.ended <= run.created]
            if tries:
                return Made(before, tries[-1])
    return Made(run, None)


def order_of(known: Known, event: RunsRequested) -> After:
    """What each run waits for: tasks of runs before it in the backfill that write, or are, what its own tasks take."""
    made = _Makers(known, event)
    found: After = {}
    for place, (key, start, end) in enumerate(event.runs):
        plan = known.plans[key.dag]
        if not made.may_be_taken_by(plan):
            continue
        window = Partition(key.partition, start, end)
        wanted = dict.fromkeys(
            (other, task)
            for name in sorted(runs_tasks(event.tasks, key, plan))
            for need in taken_by(plan, name)
            for order, other, task in made.of(need, plan, window)
            if order < place
        )
        if wanted:
            found[key] = tuple(wanted)
    return found


class _Makers:
    """Who makes what in one backfill: by `dag.task` and by dataset, for each partition."""

    def __init__(self, known: Known, event: RunsRequested) -> None:
        self.known = known
        self.places: dict[tuple[str, str], list[tuple[int, RunKey, str]]] = {}
        self.names: set[str] = set()
        for order, (key, _, _) in enumerate(event.runs):
            plan = known.plans[key.dag]
            for task in runs_tasks(event.tasks, key, plan):
                for name in (f"{key.dag}.{task}", *plan.tasks[task].writes):
                    self.places.setdefault((name, key.partition), []).append((order, key, task))
                    self.names.add(name)

    def may_be_taken_by(self, plan: DagPlan) -> bool:
        return any(named(need) in self.names for task in plan.tasks for need in taken_by(plan, task))

    def of(self, need: Need, plan: DagPlan, window: Partition) -> Iterator[tuple[int, RunKey, str]]:
        if named(need) in self.names:
            for one in windows_for(self.known, need, plan.spec, window):
                yield from sorted(self.places.get((named(need), one.key), ()))


def named(need: Need) -> str:
    """`dag.task`, or the name of an input or dataset."""
    return f"{need.dag}.{need.name}" if need.dag else need.name


def taken_by(plan: DagPlan, task: str) -> Iterator[Need]:
    """All that a task needs, reads, requires or looks for outside of its own run."""
    one = plan.tasks[task].task
    names = dict.fromkeys((*one.needs, *one.reads, *one.requires, *(one.sensor.on if one.sensor else ())))
    return (plan.spec.need(name) for name in plan.spec.outside(tuple(names)))


def held_back_by(known: Known, run: Run) -> list[tuple[RunKey, str]]:
    """Those of the same backfill that this run comes after, and that are not over."""
    after = known.backfills[run.backfill].after.get(run.key, ())
    return [(key, task) for key, task in after if not _is_over(known, key, task)]


def _is_over(known: Known, key: RunKey, task: str) -> bool:
    run = known.runs.get(key)
    if run is None or task not in run.cells:
        return True
    return run.cells[task].state in _LETS_GO
