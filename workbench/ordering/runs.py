"""Orders about whole DAGs: make a run, pause, deploy."""

from __future__ import annotations

from datetime import timedelta

from workbench.engine import Known, RunKey
from workbench.engine.decide import next_key
from workbench.engine.events import CodeDeployed, DagPaused, RunsRequested
from workbench.model import DagSpec
from workbench.ordering.here import Here, Order, refuse
from workbench.ordering.targets import Target, dags_named, name_in, one_dag, one_day, tasks_named, window_of
from workbench.timetable import Partition
from workbench.views.clock import Clock, listed

_SECOND = timedelta(seconds=1)


def pause(here: Here, name: str, paused: bool) -> Order:
    """Nothing of these DAGs starts any more, and no run is made; or it does again."""
    known = here.known
    dags = dags_named(known, name)
    found = [dag for dag in dags if (dag in known.paused) != paused]
    if not found:
        is_are = "is" if len(dags) == 1 else "are"
        raise refuse(f"{listed(dags)} {is_are} {'paused already' if paused else 'not paused'}")
    word = "paused" if paused else "switched on again"
    told = f"{listed(found)} {word}"
    return Order(tuple(DagPaused(here.now, dag, paused, f"{dag} {word}", 0) for dag in found), told)


def deploy(here: Here, name: str, version: str) -> Order:
    """Tries that start from now on run this version of the code: of a task, or of all tasks of a DAG."""
    known = here.known
    if name in known.plans and name not in (task for plan in known.plans.values() for task in plan.tasks):
        places = [(name, "")]
    else:
        places = tasks_named(known, name)
    found = [(dag, task) for dag, task in places if _runs_other(known, dag, task, version)]
    if not found:
        raise refuse(f"{name} runs {version} already; give the version that comes next")
    names = [name_in(known, dag, task) if task else dag for dag, task in found]
    events = tuple(
        CodeDeployed(here.now, dag, task, version, f"{version} of {one} deployed", 0)
        for (dag, task), one in zip(found, names, strict=True)
    )
    return Order(events, f"{version} of {listed(names)} deployed: tries that start from now on run it")


def _runs_other(known: Known, dag: str, task: str, version: str) -> bool:
    tasks = [task] if task else list(known.plans[dag].tasks)
    return any(known.code_of(dag, one) != version for one in tasks)


def trigger(here: Here, target: Target) -> Order:
    """Make a run by hand. Without a day it owns the last window that has ended."""
    known = here.known
    dag = one_dag(known, target.name)
    spec = known.plans[dag].spec
    day = one_day(target)
    window = window_of(spec, day) if day else spec.grid.last_ended(here.now)
    if window.start > here.now:
        raise refuse(f"{window.key} is still ahead: it is {Clock(here.now, spec.zone).full(here.now)}")
    refuse_outside(spec, window)
    key = next_key(known, dag, window.key, "manual")
    told = f"{_the(key)}run of {dag} for {spec.grid.spoken(window)} made by hand"
    told += f"; it waits, for {dag} is paused" if dag in known.paused else ""
    return Order((RunsRequested(here.now, dag, "manual", ((key, window.start, window.end),), 1, told, 0),), told)


def _the(key: RunKey) -> str:
    return "a " if key.n == 1 else "another "


def refuse_outside(spec: DagSpec, window: Partition) -> None:
    """Refuse a window before the DAG's start or after its end."""
    if spec.wants(window):
        return
    if spec.start is not None and window.start < spec.start:
        raise refuse(f"{window.key} is before {spec.name} begins; its first is {spec.first_window.key}")
    assert spec.end is not None
    raise refuse(f"{window.key} is after {spec.name} ends; its last is {spec.grid.containing(spec.end - _SECOND).key}")
