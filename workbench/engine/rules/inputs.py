"""What a task needs from outside its own run: partitions of inputs, tasks of other DAGs, and other partitions.

A task that *needs* an input or a dataset waits for the partitions of it that overlap its own window, and holds no slot
meanwhile. An input is there once it has come, a dataset while a version is live. `name@-6..0` shifts the first and the
last of them. What was due before the simulation began counts as done, and so does what lies before its DAG's start.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from workbench.engine.plan import TaskPlan
from workbench.engine.state import Cell, Known, Run
from workbench.engine.verdicts import PASS, Verdict, Wait
from workbench.model import DagSpec, Need, after_window
from workbench.timetable import Partition

_SECOND = timedelta(seconds=1)


def home_of(known: Known, need: Need) -> str:
    """The DAG on whose grid the needed partitions lie."""
    return need.dag or known.homes.get(need.name) or known.makers.get(need.name) or known.former[need.name]


def windows_of(known: Known, need: Need, run: Run) -> Iterator[Partition]:
    """The partitions that are needed, the earliest first."""
    return windows_for(known, need, run.plan.spec, run.window)


def windows_for(known: Known, need: Need, spec: DagSpec, window: Partition) -> Iterator[Partition]:
    """The partitions that a run of this DAG and window needs, the earliest first."""
    grid = known.plans[home_of(known, need)].spec.grid
    if grid == spec.grid:
        if not need.low and not need.high:
            return iter((window,))
        first = last = window
    else:
        between = list(grid.between(window.start, window.end))
        if not need.low and not need.high:
            return iter(between)
        first, last = between[0], between[-1]
    first, last = grid.shift(first, need.low), grid.shift(last, need.high)
    return grid.between(first.start, last.end) if first.start < last.end else iter(())


def touched_by(known: Known, need: Need, spec: DagSpec, window: Partition) -> list[Partition]:
    """The other way round: the windows of this DAG whose runs need that partition."""
    grid = known.plans[home_of(known, need)].spec.grid
    first, last = grid.shift(window, -need.high), grid.shift(window, -need.low)
    found = spec.grid.between(first.start, last.end)
    if grid == spec.grid:
        return list(found)
    return [own for own in found if window in list(windows_for(known, need, spec, own))]


def is_here(known: Known, name: str, dag: str, window: Partition, at: datetime | None = None) -> bool:
    """Has this partition of the input come (by that instant)? Of a dataset: is it live?"""
    if name not in known.homes and name in known.makers:
        return is_live(known, name, dag, window)
    arrival = known.arrived.get((name, window.key))
    if arrival is not None:
        return at is None or arrival.at <= at
    spec = known.plans[dag].spec
    if name not in known.homes:  # it is no more, and some run once took it
        return window.end < known.live_since
    return begins_before(spec, window) or after_window(spec.inputs[name].expected, window, spec.zone) < known.live_since


def is_live(known: Known, dataset: str, dag: str, window: Partition) -> bool:
    """Is a version of this partition live? Before the simulation began, its run was due, and so it is."""
    place = dataset, window.key
    if place in known.data.versions:
        return place in known.data.live
    return known.run_of(dag, window.key) is None and was_due_before(known, dag, window)


def inputs_are_here(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    missing = [
        n
        for n in plan.inputs
        if not all(is_here(known, n.name, home_of(known, n), w) for w in windows_of(known, n, run))
    ]
    return Wait("inputs", tuple(n.text for n in missing), waits_since(run, plan)) if missing else PASS


def tasks_elsewhere_are_done(known: Known, run: Run, plan: TaskPlan, cell: Cell, now: datetime) -> Verdict:
    missing = [n for n in plan.elsewhere if not all(is_done(known, n, w) for w in windows_of(known, n, run))]
    return Wait("elsewhere", tuple(n.text for n in missing), waits_since(run, plan)) if missing else PASS


def waits_since(run: Run, plan: TaskPlan) -> datetime:
    """Since when nothing inside the DAG holds the task: its run's start, or its last upstream's end."""
    return max([run.started or run.created, *(run.cells[up].since for up in plan.ups)])


def is_done(known: Known, need: Need, window: Partition) -> bool:
    """Has the needed task of another run succeeded for this window?"""
    run = known.run_of(need.dag, window.key)
    if run is not None:
        return need.name in run.cells and run.cells[need.name].state == "success"
    return was_due_before(known, need.dag, window)


def was_due_before(known: Known, dag: str, window: Partition) -> bool:
    """Was the window's run due before the simulation, or would lie before the DAG begins, and so is done? Not in a DAG
    that was switched off then."""
    spec = known.plans[dag].spec
    if begins_before(spec, window):
        return True
    if dag in known.born_paused:
        return False
    if spec.data is not None:
        return window.end < known.live_since
    tick = spec.clock.after(window.end - _SECOND) if spec.clock else None
    return tick is not None and tick < known.live_since


def begins_before(spec: DagSpec, window: Partition) -> bool:
    """Does the window lie before the DAG begins? Nothing of it will ever come, so nobody waits for it."""
    return spec.start is not None and window.start < spec.start


def delivered(known: Known, dag: str, partition: str) -> bool:
    """Is all (or any) there that starts a run of this partition, since its last run?"""
    spec = known.plans[dag].spec
    assert spec.data is not None
    if (dag, partition) not in known.gathered:
        return False
    if spec.data.any:
        return True
    came = known.gathered[dag, partition].what
    if not partition:
        return {name for name, _ in came} >= set(spec.data.all)
    window = spec.grid.parse(partition)
    return all((name, w.key) in came for name in spec.data.all for w in windows_of_data(known, name, spec.name, window))


def windows_of_data(known: Known, name: str, dag: str, window: Partition) -> Iterator[Partition]:
    """The partitions of an input or dataset that overlap a window of the DAG that it starts."""
    home = writer_of(known, name)
    grid = known.plans[home].spec.grid if home else known.plans[dag].spec.grid
    if grid == known.plans[dag].spec.grid:
        return iter((window,))
    return grid.between(window.start, window.end)


def writer_of(known: Known, name: str) -> str | None:
    """The DAG that declares the input, or is the home of the dataset."""
    return known.homes.get(name) or known.makers.get(name)
