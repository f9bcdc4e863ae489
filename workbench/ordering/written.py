"""The order that makes a session what a file says now: new versions of the DAGs that differ, and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from workbench.engine.events import DagEdited, DagPaused, Event, SettingsChanged
from workbench.model import DagSpec, InvalidInput, RenameTask, Workspace, apply_edit, check_workspace
from workbench.model.changes import difference
from workbench.ordering.here import Here, Order, refuse
from workbench.views.clock import listed, plural

_SAID = 3
_NAMED = re.compile(r"(\S+ (?:now|no longer) (?:needs|reads|requires)) \S+")
# What a simulation has from its beginning, by its field and in words.
_FIXED = (
    ("consumers", "who reads (consumers)"),
    ("roster", "the roster"),
    ("payload_limit", "payload_limit"),
    ("rows", "whether rows are carried (rows)"),
)


def only_anew(here: Here, workspace: Workspace) -> tuple[str, ...]:
    """What of a workspace cannot be taken over by a simulation that runs, in words; empty when all of it can."""
    return tuple(_anew(here, workspace))


def _anew(here: Here, workspace: Workspace) -> Iterator[str]:
    known = here.known
    before = known.workspace()
    gone = [name for name in known.plans if name not in workspace.dags]
    if gone:
        yield f"{listed(gone)} {'is' if len(gone) == 1 else 'are'} no longer in it"
    yield from (f"{what} changed" for field, what in _FIXED if getattr(before, field) != getattr(workspace, field))
    for name, spec in workspace.dags.items():
        old = known.plans[name].spec if name in known.plans else None
        if old is not None and (old.partition, old.timezone) != (spec.partition, spec.timezone):
            yield f"the days that runs of {name} own are cut anew (partition, timezone)"


def as_written(here: Here, workspace: Workspace, source: str, lines: tuple[str, ...] = ()) -> Order:
    """All that differs, as one command. `source`: who says so, `flights.yaml`; `lines`: how it is said. Raises
    InvalidInput when nothing differs, when it makes no workspace, or when only a new beginning could follow."""
    if told := only_anew(here, workspace):
        raise refuse(f"{source}: {listed(list(told))}; that needs a new beginning")
    known = here.known
    if problems := check_workspace(replace(workspace, consumers=known.consumers)):
        raise InvalidInput(problems)
    lines = lines or tuple(differences(known.workspace(), workspace))
    if not lines:
        raise refuse(f"That is so already: {source}")
    told_all = f"{source}: {_in_short(lines)}"
    return Order(tuple(_events(here, workspace, told_all)), told_all, plan=lines)


def _events(here: Here, workspace: Workspace, told: str) -> Iterator[Event]:
    known = here.known
    settings = (dict(workspace.pools), workspace.workers, dict(workspace.routes))
    if settings != (dict(known.pools), known.workers, dict(known.routes)):
        pools, workers, routes = settings
        yield SettingsChanged(here.now, pools, workers, told, 0, routes)
    for name, spec in workspace.dags.items():
        old = known.plans.get(name)
        if old is None or old.spec != spec or [*old.spec.tasks] != [*spec.tasks]:
            yield DagEdited(here.now, name, old.version + 1 if old else 1, spec, told, 0)
            if old is None and spec.paused:
                yield DagPaused(here.now, name, True, told, 0)


def differences(before: Workspace, after: Workspace) -> Iterator[str]:
    """What differs between two workspaces, a line each, in plain words."""
    several = len({*before.dags, *after.dags}) > 1
    for name in before.dags:
        if name not in after.dags:
            yield f"DAG {name} removed"
    for name, spec in after.dags.items():
        if name not in before.dags:
            yield f"DAG {name} added: {plural(len(spec.tasks), 'task')}"
            continue
        old = before.dags[name]
        for task, new in renamings(old, spec):
            old = apply_edit(old, RenameTask(task, new))
            yield f"{name}: task {task} is called {new}" if several else f"task {task} is called {new}"
        lines = tuple(_together(difference(old, spec)))
        if not lines and [*old.tasks] != [*spec.tasks]:
            lines = (f"tasks in another order: {', '.join(spec.tasks)}",)
        yield from (f"{name}: {line}" if several else line for line in lines)
    yield from _settings(before, after)


def renamings(before: DagSpec, after: DagSpec) -> list[tuple[str, str]]:
    """(old, new) names of tasks that are the same but for what was set of them: in the same place, doing the same."""
    found: list[tuple[str, str]] = []
    new_names = list(after.tasks)
    for place, (name, task) in enumerate(before.tasks.items()):
        new = new_names[place] if place < len(new_names) else name
        if name in after.tasks or new in before.tasks or new in before.inputs:
            continue
        names = dict(found)
        other = after.tasks[new]
        needs = tuple(names.get(need, need) for need in task.needs)
        if (needs, task.run, task.sql, task.writes) == (other.needs, other.run, other.sql, other.writes):
            found.append((name, new))
    return found


def _together(lines: tuple[str, ...]) -> Iterator[str]:
    """`x now needs a`, `x now needs b` -> `x now needs a and b`."""
    for said, group in groupby(lines, lambda line: (match := _NAMED.fullmatch(line)) and match[1]):
        names = [line.removeprefix(f"{said} " if said else "") for line in group]
        yield from [f"{said} {listed(names)}"] if said else names


def _settings(before: Workspace, after: Workspace) -> Iterator[str]:
    for pool in dict.fromkeys((*before.pools, *after.pools)):
        old, new = before.pools.get(pool), after.pools.get(pool)
        if old != new:
            yield f"pool {pool}: {_slots(new)} (before: {_slots(old)})"
    if before.workers != after.workers:
        yield f"workers: {after.workers or 'no limit'} (before: {before.workers or 'no limit'})"
    for route in dict.fromkeys((*before.routes, *after.routes)):
        was, now = before.routes.get(route), after.routes.get(route)
        if was != now:
            yield f"{route} leads to {_people(now)} (before: {_people(was)})"
    yield from (f"{what} changed" for field, what in _FIXED if getattr(before, field) != getattr(after, field))


def _people(names: tuple[str, ...] | None) -> str:
    return listed(list(names or ())) or "nobody"


def _slots(count: int | None) -> str:
    return "none" if count is None else plural(count, "slot")


def _in_short(lines: tuple[str, ...]) -> str:
    more = len(lines) - _SAID
    return "; ".join(lines[:_SAID]) + (f"; and {more} more" if more > 0 else "")
