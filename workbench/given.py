"""What people give a session -> what it holds: workspaces, scenarios, instants from text, names of futures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.model import Dag, DagSpec, Edit, InvalidInput, Workspace, dataset_of, input_of
from workbench.model.edits import task_of
from workbench.model.lost import LostFunction, lost_said
from workbench.scenario import Scenario, scenario_from_data, scenario_to_data
from workbench.timetable import UTC, parse_instant


def as_workspace(given: Workspace | DagSpec | Dag) -> Workspace:
    """A workspace of whatever a person holds."""
    if isinstance(given, Workspace):
        return given
    spec = given.spec if isinstance(given, Dag) else given
    return Workspace({spec.name: spec})


def checked_instant(given: datetime) -> datetime:
    """The instant in UTC. Refuses one without a zone (it would mean whatever this machine is set to), and one with
    a fraction of a second."""
    if given.tzinfo is None:
        raise InvalidInput([f"{given} has no time zone; give an aware datetime, or text, which is UTC"])
    if given.microsecond:
        raise InvalidInput([f"{given} has a fraction of a second; use whole seconds"])
    return given.astimezone(UTC)


def lost_tasks(known: Known) -> list[str]:
    """The tasks whose code is lost: a session with any of them can be looked at, and cannot go on."""
    tasks = (one.task for plan in known.plans.values() for one in plan.tasks.values())
    return [one.name for one in tasks if isinstance(one.function, LostFunction) and one.function.given is None]


def refuse_lost(known: Known) -> None:
    """Refuses to go on while the code of a task is lost: it would make no rows. Raises InvalidInput."""
    lost = lost_tasks(known)
    if lost:
        raise InvalidInput([lost_said(lost)])


def first_start(workspace: Workspace) -> datetime:
    """Where a simulation begins if nobody says: the earliest start of a DAG."""
    starts = [spec.start for spec in workspace.dags.values() if spec.start is not None]
    if not starts:
        raise InvalidInput(["nothing says when to begin: give the DAG a start, or the scenario a `from`"])
    return min(starts)


def branch_names() -> Iterator[str]:
    """A, B, ... Z, A2, B2, ..."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from letters
    yield from (f"{letter}{n}" for n in itertools.count(2) for letter in letters)


def dag_with_task(workspace: Workspace, edit: Edit) -> str:
    """The DAG that an edit is about: the only one, the only one with its task, or the home of its dataset or input."""
    name, dataset, item = task_of(edit), dataset_of(edit), input_of(edit)
    if dataset in workspace.datasets:
        return workspace.datasets[dataset][0].name
    if item in workspace.inputs:
        return workspace.inputs[item][0].name
    found = [n for n, spec in workspace.dags.items() if name in spec.tasks]
    if len(workspace.dags) == 1 or len(found) == 1:
        return found[0] if found else next(iter(workspace.dags))
    if not name:
        raise InvalidInput([f"there are several DAGs; say which one: {', '.join(workspace.dags)}"])
    told = f"several DAGs have a task '{name}'" if found else f"no DAG has a task '{name}'"
    raise InvalidInput([f"{told}; say which DAG: {', '.join(found or workspace.dags)}"])


def checked(scenario: Scenario, workspace: Workspace) -> Scenario:
    """A scenario with its names made whole. Raises InvalidInput; one that was read from a file has been checked."""
    return scenario if scenario.file else scenario_from_data(scenario_to_data(scenario), workspace)


def is_clock(text: str | datetime) -> bool:
    """Is it a clock time without a day, such as `07:35`?"""
    return isinstance(text, str) and re.fullmatch(r"\s*\d{1,2}:\d{2}(:\d{2})?\s*", text) is not None


def instant_in(zone: ZoneInfo, given: str | datetime, now: datetime) -> datetime:
    """The instant, UTC, of text: with a zone of its own, or in `zone`; a bare clock time is of `now`'s day there."""
    if isinstance(given, datetime):
        return checked_instant(given)
    if not isinstance(given, str):
        raise InvalidInput([f"{given!r} is no instant; write '2013-01-04 07:35', or '07:35' on the cursor's day"])
    today = f"{now.astimezone(zone):%Y-%m-%d}"
    try:
        return parse_instant(f"{today} {given}" if is_clock(given) else given, zone)
    except ValueError as error:
        raise InvalidInput([f"{error}, or 07:35 for {today} ({zone.key})"]) from None


def made_at(spec: DagSpec, key: str) -> datetime:
    """When the clock makes the run of a partition, UTC; the partition's end when there is no schedule."""
    window = spec.grid.parse(key)
    tick = spec.clock.after(window.end - timedelta(seconds=1)) if spec.clock else None
    return tick or window.end
