"""Deadlines in sentences: the one that is ahead of a task or a run, and those that were missed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from workbench.engine.rules.deadline import due_at, is_met
from workbench.model import DagSpec, Deadline
from workbench.views.wording import Phrases


class Due(NamedTuple):
    """A deadline of one run. `task` is empty for the DAG's own; `owner` may be nobody."""

    at: datetime
    task: str
    owner: str


def dues(p: Phrases, task: str = "") -> list[Due]:
    """The deadlines that a task is under: its own and its DAG's; without a task the DAG's only. The earliest first."""
    own = p.spec.tasks[task].deadline if task in p.spec.tasks else None
    found = [(name, one) for name, one in (("", p.spec.deadline), (task, own)) if one is not None]
    return sorted(Due(_when(p, one), name, owner_of(p.spec, name)) for name, one in found)


def _when(p: Phrases, deadline: Deadline) -> datetime:
    if deadline.within is not None:
        return p.run.created + deadline.within
    return due_at(p.spec, deadline, p.run.window)


def owner_of(spec: DagSpec, task: str) -> str:
    """Who is told: the task's owner, else the DAG's; empty for nobody."""
    own = spec.tasks[task].owner if task in spec.tasks else None
    return own or spec.owner or ""


def outlook(p: Phrases, task: str) -> str:
    """What stops a wait for something that may never come."""
    ahead = [due for due in dues(p, task) if due.at > p.now]
    if ahead:
        whose = "" if ahead[0].task else f" of {p.dag}"
        return f"Deadline{whose}: {p.at(ahead[0].at)}; {_told(ahead[0].owner, 'is told then')}."
    return (
        "No deadline: it would wait for ever." if not dues(p, task) else "No deadline is left: it would wait for ever."
    )


def missed_lines(p: Phrases, task: str = "", own: bool = False) -> tuple[str, ...]:
    """A sentence for each deadline of it that was missed, and whether it was met after all; with `own`, without those
    of its DAG."""
    missed = [due for due in dues(p, task) if (p.dag, p.run.key.partition, due.task) in p.known.missed]
    return tuple(missed_line(p, due) for due in missed if due.task == task or not own)


def missed_line(p: Phrases, due: Due) -> str:
    what = due.task or f"{p.dag} of {p.day}"
    late = "and it did later" if is_met(p.known, p.dag, p.run.key.partition, due.task) else "and it has not yet"
    at = p.known.missed[p.dag, p.run.key.partition, due.task]
    return f"Deadline missed: {what} had to succeed by {p.at(at)}, {late}; {_told(due.owner, 'was told')}."


def _told(owner: str, how: str) -> str:
    return f"{owner} {how}" if owner else f"nobody {how}, as it has no owner"
