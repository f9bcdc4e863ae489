"""What is there of a dataset or an input, for those who look at it from outside the data flow: checks and people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from workbench.engine import Known, Run, State
from workbench.engine.catalog import Version
from workbench.engine.rules.inputs import is_done, is_here, windows_of, writer_of
from workbench.model import InvalidInput, Need, nearest
from workbench.scenario.dataflow import Dataflow, arrivals_of
from workbench.scenario.observing import Part
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


def parts_of(known: Known, version: Version) -> tuple[Part, ...]:
    """What a version was to be made of: each partition of an input or dataset in words, and whether it was. What came
    before the simulation began counts as there where it has a file; else nobody has rows of it."""
    run = known.runs.get(version.run)
    if run is None or version.task not in run.plan.tasks:
        return ()
    used = {(name, partition) for name, partition, _ in version.sources}
    found: dict[tuple[str, str], Part] = {}
    for name, partition, whence in _wanted(known, run, version.task, version.dataset):
        there = whence == "file" or (name, partition) in used
        found[name, partition] = Part(_part(known, name, partition), there, whence == "before")
    return tuple(found.values())


def _part(known: Known, name: str, partition: str) -> str:
    return spoken(known, name, partition) if writer_of(known, name) else f"{name} of {partition}"


# Whence a part is: made in the simulation, from before it with a file, or from before it without any rows.
_Whence = Literal["made", "file", "before"]
_Wanted = Iterator[tuple[str, str, _Whence]]


def _wanted(known: Known, run: Run, task: str, own: str) -> _Wanted:
    """(name, partition, whence) of each, also through tasks that write no dataset."""
    plan = run.plan.tasks[task].task
    for text in dict.fromkeys((*plan.needs, *plan.reads, *plan.requires)):
        if text in run.plan.tasks:
            yield from _through(known, run, text, own)
            continue
        need = run.plan.spec.need(text)
        for window in windows_of(known, need, run):
            yield from _outside(known, need, window, own)


def _outside(known: Known, need: Need, window: Partition, own: str) -> _Wanted:
    home = need.dag or writer_of(known, need.name) or ""
    if home not in known.plans or not known.plans[home].spec.wants(window):
        return
    if not need.dag:
        yield need.name, window.key, _whence(known, need.name, home, window)
    elif (other := known.run_of(need.dag, window.key)) is not None and need.name in other.plan.tasks:
        yield from _through(known, other, need.name, own)
    else:
        yield from _of_no_run(known, need, window, own)


def _whence(known: Known, name: str, home: str, window: Partition) -> _Whence:
    if (name, window.key) in known.arrived or (name, window.key) in known.data.live:
        return "made"
    if not is_here(known, name, home, window):
        return "made"
    item = known.plans[home].spec.inputs.get(name) if name in known.homes else None
    has_file = item is not None and (item.path is not None or (known.rows_kept == "count" and item.rows is not None))
    return "file" if has_file else "before"


def _of_no_run(known: Known, need: Need, window: Partition, own: str) -> _Wanted:
    """A task of another DAG that has no run of this partition: what it writes, else the task itself. One that neither
    writes nor takes anything hands nothing on."""
    whence: _Whence = "before" if is_done(known, need, window) else "made"
    task = known.plans[need.dag].spec.tasks.get(need.name)
    writes = [name for name in task.writes if name != own] if task is not None else []
    takes_none = task is not None and not (task.needs or task.reads or task.requires)
    if whence == "made" or not (writes or takes_none):
        yield f"{need.dag}.{need.name}", window.key, whence
    yield from ((name, window.key, whence) for name in writes if whence == "before")


def _through(known: Known, run: Run, task: str, own: str) -> _Wanted:
    writes = run.plan.tasks[task].writes
    if writes:
        yield from ((name, run.key.partition, "made") for name in writes if name != own)
    else:
        yield from _wanted(known, run, task, own)
