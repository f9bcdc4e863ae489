"""Deadlines in sentences: the one that is ahead of a task or a run, and those that were missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from workbench.engine.catalog import Owed
from workbench.engine.monitor import route_of
from workbench.engine.rules.deadline import due_at, is_met
from workbench.model import DagSpec, Dataset, Deadline, Input, after_window
from workbench.timetable import Partition
from workbench.views.data_words import people_told, told_nobody, unreached
from workbench.views.wording import Phrases


class Owned(Protocol):
    """What may have an owner."""

    @property
    def owner(self) -> str | None: ...


class Due(NamedTuple):
    """A deadline of one run. `task` is empty for the DAG's own; `owner` may be nobody."""

    at: datetime
    task: str
    owner: str


def dues(p: Phrases, task: str = "") -> list[Due]:
    """The deadlines that a task is under: its own and its DAG's; without a task the DAG's only. The earliest first."""
    own = p.spec.tasks[task].deadline if task in p.spec.tasks else None
    found = [(name, one) for name, one in (("", p.spec.deadline), (task, own)) if one is not None]
    day = p.run.key.partition
    return sorted(Due(_when(p, one), name, told_first(p, p.dag, day, name)) for name, one in found)


def _when(p: Phrases, deadline: Deadline) -> datetime:
    if deadline.within is not None:
        return p.run.created + deadline.within
    return due_at(p.spec, deadline, p.run.window)


def owner_of(spec: DagSpec, task: str) -> str:
    """Who is told: the owner of the task (or of `input:jfk`, `dataset:pub`), else the DAG's; empty for nobody."""
    kind, _, name = task.rpartition(":")
    places: dict[str, Mapping[str, Owned]] = {"": spec.tasks, "input": spec.inputs, "dataset": spec.datasets}
    own = places[kind][name].owner if name in places[kind] else None
    return own or spec.owner or ""


def outlook(p: Phrases, task: str) -> str:
    """What stops a wait for something that may never come."""
    ahead = [due for due in dues(p, task) if due.at > p.now]
    if ahead:
        whose = "" if ahead[0].task else f" of {p.dag}"
        return f"Deadline{whose}: {p.at(ahead[0].at)}; {_told(p, ahead[0].owner)}."
    return (
        "No deadline: it would wait for ever." if not dues(p, task) else "No deadline is left: it would wait for ever."
    )


def outlook_of_data(p: Phrases, task: str, places: Iterable[tuple[str, str, Partition]]) -> str:
    """The same for a wait for data: (DAG, `input:jfk` or `dataset:pub`, partition) of each that is missing."""
    ahead = [due for due in dues(p, task) if due.at > p.now]
    every = sorted(due for dag, what, window in places for due in _dues_of_data(p, dag, what, window))
    if ahead or not every:
        return outlook(p, task)
    found = [due for due in every if due.at > p.now]
    if not found:
        return "No deadline is left: it would wait for ever."
    name = found[0].task.rpartition(":")[2]
    return f"Deadline of {name}: {p.at(found[0].at)}; {_told(p, found[0].owner)}."


def _dues_of_data(p: Phrases, dag: str, what: str, window: Partition) -> Iterator[Due]:
    spec, (kind, _, name) = p.known.plans[dag].spec, what.partition(":")
    declared: Mapping[str, Input | Dataset] = spec.inputs if kind == "input" else spec.datasets
    deadline = declared[name].deadline if name in declared else None
    if deadline is not None:
        yield Due(after_window(deadline, window, spec.zone), what, told_first(p, dag, window.key, what))


def missed_of_data(p: Phrases, dag: str, what: str, window: Partition) -> str:
    """`Its deadline, 08:00, was missed; ingest-oncall was told.`; nothing when it was not."""
    due = p.known.missed.get((dag, window.key, what))
    return f" Its deadline, {p.at(due)}, was missed; {was_told(p, dag, window.key, what)}." if due is not None else ""


def told_first(p: Phrases, dag: str, partition: str, task: str) -> str:
    """Who is told when a deadline is missed: where there are people, by the monitor's rule; else its owner."""
    if p.known.roster or p.known.routes:
        return route_of(p.known, Owed(0, "deadline", dag, partition, task))
    return owner_of(p.known.plans[dag].spec, task)


def was_told(p: Phrases, dag: str, partition: str, task: str) -> str:
    """Who was told that a deadline was missed, or that nobody was, and why."""
    if not p.known.roster and not p.known.routes:
        return told_nobody(owner_of(p.known.plans[dag].spec, task), "was told")
    about = ("deadline", dag, partition, task)
    sent = [one for one in p.known.data.alerts.values() if (one.kind, one.dag, one.partition, one.subject) == about]
    if not sent:
        return f"nobody was told, as the alerts of {dag} are not about deadlines"
    if not sent[-1].reached:
        return f"nobody was told: {unreached(p.known, sent[-1].route, sent[-1].recipients)}"
    here = [name for name in sent[-1].recipients if name not in p.known.roster or p.known.roster[name].active]
    return people_told(p.known, sent[-1].route, sent[-1].recipients, "was" if len(here) == 1 else "were")


def missed_lines(p: Phrases, task: str = "", own: bool = False) -> tuple[str, ...]:
    """A sentence for each deadline of it that was missed, and whether it was met after all; with `own`, without those
    of its DAG."""
    missed = [due for due in dues(p, task) if (p.dag, p.run.key.partition, due.task) in p.known.missed]
    return tuple(missed_line(p, due) for due in missed if due.task == task or not own)


def missed_line(p: Phrases, due: Due) -> str:
    what = due.task or f"{p.dag} of {p.day}"
    late = "and it did later" if is_met(p.known, p.dag, p.run.key.partition, due.task) else "and it has not yet"
    at = p.known.missed[p.dag, p.run.key.partition, due.task]
    told = was_told(p, p.dag, p.run.key.partition, due.task)
    return f"Deadline missed: {what} had to succeed by {p.at(at)}, {late}; {told}."


def _told(p: Phrases, owner: str) -> str:
    """Who is told of a deadline that is ahead, when it comes to that."""
    if not p.known.roster and not p.known.routes:
        return told_nobody(owner, "is told then")
    return f"{owner} is told then" if owner else "nobody is told then, as it has no owner"
