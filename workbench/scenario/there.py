"""What is there of a dataset or an input, for those who look at it from outside the data flow: checks and people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from workbench.engine import Known, Run, State
from workbench.engine.catalog import Version
from workbench.engine.rules.inputs import is_done, is_here, windows_of, writer_of
from workbench.model import InvalidInput, Need, nearest
from workbench.scenario.dataflow import Dataflow, arrivals_of
from workbench.scenario.rows import Rows
from workbench.timetable import Grid, Partition


def grid_of(known: Known, name: str) -> Grid:
    """The grid on which its partitions lie. Raises InvalidInput for a name that is neither dataset nor input."""
    home = writer_of(known, name)
    if home is None:
        names = (*known.makers, *known.homes)
        raise InvalidInput([f"there is no dataset or input '{name}'{nearest(name, names)}"])
    return known.plans[home].spec.grid


def spoken(known: Known, name: str, partition: str) -> str:
    """`stg_flights of Sat 5 Jan`."""
    grid = grid_of(known, name)
    return f"{name} of {grid.spoken(grid.parse(partition))}"


def content_there(dataflow: Dataflow, state: State, name: str, partition: str) -> str | None:
    """The content of what is live of a dataset, or of what came last of an input. None: nothing is, or no rows of it
    are known."""
    known = state.known
    if name not in known.homes:
        version = known.data.live_version(name, partition)
        return dataflow.content_of(state, version) if version is not None else None
    came = arrivals_of(known, name, partition)
    return dataflow.delivered_content(state, name, partition, len(came)) if came else None


def table_for(dataflow: Dataflow, state: State, name: str, window: Partition) -> Rows | None:
    """The rows under a name that belong to a window: of its partitions that overlap it, when all are there, else of the
    newest earlier one that is. None: there are none."""
    found: list[Rows] = []
    for key in _keys_for(state.known, name, window):
        content = content_there(dataflow, state, name, key)
        rows = dataflow.store.get(content) if content is not None else None
        if rows is None:
            return None
        found.append(rows)
    return [row for rows in found for row in rows] if found else None


def _keys_for(known: Known, name: str, window: Partition) -> list[str]:
    grid = grid_of(known, name)
    keys = [one.key for one in grid.between(window.start, window.end)]
    places = known.arrived if name in known.homes else known.data.live
    if keys and all((name, key) in places for key in keys):
        return keys
    there = [grid.parse(key) for one, key in places if one == name]
    earlier = [one for one in there if one.start < window.end]
    return [max(earlier, key=lambda one: one.start).key] if earlier else []


def age_of(known: Known, version: Version, at: datetime) -> tuple[datetime, ...]:
    """When each of what a version was made of came or was written, UTC."""
    found = []
    for name, partition, n in version.sources:
        if name in known.homes:
            came = arrivals_of(known, name, partition)
            found += [came[n - 1].at] if 0 < n <= len(came) else []
        else:
            source = known.data.get((name, partition, n))
            found += [source.at] if source is not None else []
    return tuple(one for one in found if one <= at)


def parts_of(known: Known, version: Version) -> tuple[tuple[str, bool], ...]:
    """What a version was to be made of: each partition of an input or dataset in words, and whether it was. What came
    before the simulation began counts as there."""
    run = known.runs.get(version.run)
    if run is None or version.task not in run.plan.tasks:
        return ()
    used = {(name, partition) for name, partition, _ in version.sources}
    found: dict[tuple[str, str], bool] = {}
    for name, partition, before in _wanted(known, run, version.task, version.dataset):
        found[name, partition] = before or (name, partition) in used
    return tuple((_part(known, *place), there) for place, there in found.items())


def _part(known: Known, name: str, partition: str) -> str:
    return spoken(known, name, partition) if writer_of(known, name) else f"{name} of {partition}"


def _wanted(known: Known, run: Run, task: str, own: str) -> Iterator[tuple[str, str, bool]]:
    """(name, partition, was it there before the simulation) of each, also through tasks that write no dataset."""
    plan = run.plan.tasks[task].task
    for text in dict.fromkeys((*plan.needs, *plan.reads, *plan.requires)):
        if text in run.plan.tasks:
            yield from _through(known, run, text, own)
            continue
        need = run.plan.spec.need(text)
        for window in windows_of(known, need, run):
            yield from _outside(known, need, window, own)


def _outside(known: Known, need: Need, window: Partition, own: str) -> Iterator[tuple[str, str, bool]]:
    home = need.dag or writer_of(known, need.name) or ""
    if home not in known.plans or not known.plans[home].spec.wants(window):
        return
    if not need.dag:
        here = (need.name, window.key) not in known.arrived and is_here(known, need.name, home, window)
        before = here and (need.name, window.key) not in known.data.live
        yield need.name, window.key, before
    elif (other := known.run_of(need.dag, window.key)) is not None and need.name in other.plan.tasks:
        yield from _through(known, other, need.name, own)
    else:
        yield f"{need.dag}.{need.name}", window.key, is_done(known, need, window)


def _through(known: Known, run: Run, task: str, own: str) -> Iterator[tuple[str, str, bool]]:
    writes = run.plan.tasks[task].writes
    if writes:
        yield from ((name, run.key.partition, False) for name in writes if name != own)
    else:
        yield from _wanted(known, run, task, own)
