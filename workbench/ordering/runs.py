"""Orders about whole DAGs: make runs, backfill, pause, deploy."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import Literal, get_args

from workbench.engine import Known, RunKey
from workbench.engine.decide import next_key
from workbench.engine.events import CodeDeployed, DagPaused, RunsRequested
from workbench.engine.rules.inputs import was_due_before
from workbench.model import DagSpec
from workbench.ordering.here import Here, Order, refuse
from workbench.ordering.targets import Target, dags_named, name_in, one_dag, one_day, span_of, tasks_named, window_of
from workbench.timetable import Partition
from workbench.views.clock import Clock, listed, plural

Which = Literal["missing", "failed", "all"]
DEFAULT_LIMIT = 10  # of a backfill, as in Airflow
_MOST_RUNS = 10_000
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
    _refuse_outside(spec, window)
    key = next_key(known, dag, window.key, "manual")
    told = f"{_the(key)}run of {dag} for {spec.grid.spoken(window)} made by hand"
    told += f"; it waits, for {dag} is paused" if dag in known.paused else ""
    return Order((RunsRequested(here.now, dag, "manual", ((key, window.start, window.end),), 1, told, 0),), told)


def _the(key: RunKey) -> str:
    return "a " if key.n == 1 else "another "


def _refuse_outside(spec: DagSpec, window: Partition) -> None:
    if spec.wants(window):
        return
    if spec.start is not None and window.start < spec.start:
        raise refuse(f"{window.key} is before {spec.name} begins; its first is {spec.first_window.key}")
    assert spec.end is not None
    raise refuse(f"{window.key} is after {spec.name} ends; its last is {spec.grid.containing(spec.end - _SECOND).key}")


def backfill(
    here: Here, target: Target, which: Which = "missing", limit: int = DEFAULT_LIMIT, newest: bool = False
) -> Order:
    """Make the runs of a range of days, oldest first (or `newest`), at most `limit` at once. Days without a run
    (`missing`); also those whose newest run `failed`; or `all` that are not under way."""
    known = here.known
    dag = one_dag(known, target.name)
    if not target.first:
        raise refuse(f"A backfill takes a range of days, for example: backfill {dag}@2013-01-01..2013-01-03")
    assert which in get_args(Which)
    spec = known.plans[dag].spec
    _refuse_backfill(here, dag, limit, newest)
    windows = _windows(here, spec, target)
    why = {window: _left_out(known, spec, window, which) for window in windows}
    wanted = [window for window, reason in why.items() if not reason]
    left = _told_left(spec, [reason for reason in why.values() if reason])
    if not wanted:
        raise refuse(_nothing_to_fill(dag, target, which, left))
    ordered = reversed(wanted) if newest else iter(wanted)
    runs = tuple((next_key(known, dag, w.key, "backfill"), w.start, w.end) for w in ordered)
    how = f"{plural(len(runs), 'run')}, {'newest' if newest else 'oldest'} first, at most {limit} at once"
    told = f"backfill of {dag}, {target.days}: {how}"
    notes = (f"left out: {left}; to make them as well: backfill {target} all",) if left and which != "all" else ()
    notes = (f"left out: {left}",) if left and which == "all" else notes
    return Order((RunsRequested(here.now, dag, "backfill", runs, limit, told, 0),), told, notes)


def _refuse_backfill(here: Here, dag: str, limit: int, newest: bool) -> None:
    if limit < 1:
        raise refuse(f"A limit of {limit} runs would never end; write 1 or more, for example: limit 2")
    for key, run in here.known.open.items():
        if key.dag == dag and run.backfill:
            since = Clock(here.now, run.plan.spec.zone).at(here.known.backfills[run.backfill].at)
            raise refuse(f"A backfill of {dag} is under way, asked for {since}; one at a time")
    if newest and here.known.plans[dag].looks_back:
        raise refuse(f"{dag} has tasks that depend on their past, so a backfill must go oldest first")


def _windows(here: Here, spec: DagSpec, target: Target) -> list[Partition]:
    """The windows of the range that the DAG wants. Refuses a range that has not ended, or is far too long."""
    first, last = span_of(spec, target)
    if last.end > here.now:
        raise refuse(f"{last.key} has not ended: it is {Clock(here.now, spec.zone).full(here.now)}")
    found = list(islice(spec.grid.between(first.start, last.end), _MOST_RUNS + 1))
    if len(found) > _MOST_RUNS:
        raise refuse(f"{target.days} would be more than {_MOST_RUNS} runs; write a shorter range")
    wanted = [window for window in found if spec.wants(window)]
    if not wanted:
        _refuse_outside(spec, found[0])
    return wanted


def _left_out(known: Known, spec: DagSpec, window: Partition, which: Which) -> str:
    """Why this window is not made: empty when it is."""
    run = known.run_of(spec.name, window.key)
    if run is None:
        is_done = which != "all" and was_due_before(known, spec.name, window)
        return _DONE if is_done else ""
    if run.ended is None:
        return _OPEN
    if which == "all" or (which == "failed" and run.state == "failed"):
        return ""
    return _FAILED if run.state == "failed" else _WELL


_DONE = "due before the simulation began, so done"
_OPEN = "whose run is under way"
_WELL = "whose run ended well"
_FAILED = "whose run failed"


def _told_left(spec: DagSpec, reasons: list[str]) -> str:
    """`20 days due before the simulation began, so done and 1 day whose run is under way`."""
    found = [f"{plural(count, spec.grid.unit)} {reason}" for reason, count in Counter(reasons).items()]
    return listed(found)


def _nothing_to_fill(dag: str, target: Target, which: Which, left: str) -> str:
    if which == "all":
        return f"Every run of {dag} for {target.days} is under way; wait until they have ended"
    what = "missing" if which == "missing" else "missing or failed"
    told = f"No run of {dag} is {what} for {target.days}"
    return f"{told} ({left}); to make them again: backfill {target} all"
