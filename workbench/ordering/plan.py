"""What an order would change, in plain sentences, before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from workbench.engine import Known, RunKey
from workbench.engine.data_events import ConsumersTold, PointersMoved, RowsSetAside
from workbench.engine.events import (
    BackfillChanged,
    CodeDeployed,
    DagEdited,
    DagPaused,
    FaultInjected,
    FaultLifted,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.engine.state import UNDER_WAY
from workbench.model import DagSpec
from workbench.model.changes import difference
from workbench.ordering.here import Here, Order
from workbench.ordering.missed import missed_lines
from workbench.ordering.targets import name_in, spoken, those
from workbench.views.clock import Clock, listed, plural
from workbench.views.data_words import day_of, of_day, rows_said
from workbench.views.wording import shortened

_MOST_LINES = 30


def plan_lines(here: Here, given: Order) -> list[str]:
    """A sentence for each change."""
    lines = list(given.plan) or [line for event in given.events for line in PLANS[type(event)](here, event)]
    lines += () if given.plan else given.notes
    if len(lines) > _MOST_LINES:
        return [*lines[:_MOST_LINES], f"... and {len(lines) - _MOST_LINES} more"]
    return lines


def _cleared(here: Here, event: TasksCleared) -> Iterator[str]:
    for key, tasks in event.instances:
        cells = here.known.runs[key].cells
        busy = [task for task in tasks if cells[task].state in UNDER_WAY]
        killed = f"; {listed(busy)} {'is' if len(busy) == 1 else 'are'} under way, and killed first" if busy else ""
        yield f"{_those(here.known, key, tasks)} would run again{killed}"


def _marked(here: Here, event: TasksMarked) -> Iterator[str]:
    for key, tasks in event.instances:
        for task in tasks:
            was = here.known.runs[key].cells[task].state
            yield f"{_those(here.known, key, (task,))} would be {event.state} (now: {was})"
    for key, tasks in event.cleared:
        yield f"{_those(here.known, key, tasks)} would be free to run"


def _killed(here: Here, event: TasksKilled) -> Iterator[str]:
    for key, task, became, again in event.ends:
        clock = Clock(here.now, here.known.plans[key.dag].spec.zone)
        then = f"try again {clock.at(again)}" if again else f"be {became}: no try is left"
        yield f"{_those(here.known, key, (task,))} would be ended, and {then}"


def _requested(here: Here, event: RunsRequested) -> Iterator[str]:
    grid = here.known.plans[event.dag].spec.grid
    for key, _, _ in event.runs:
        again = f" (run {key.n} of that day)" if key.n > 1 else ""
        yield f"{event.dag} for {grid.spoken(grid.parse(key.partition))} would be run{again}"
    if event.dag in here.known.paused:
        yield f"{event.dag} is paused: nothing of it starts until it is switched on again"
    if event.kind == "backfill":
        yield f"at most {plural(event.limit, 'run')} at once, in this order"


def _paused(here: Here, event: DagPaused) -> Iterator[str]:
    open_runs = sum(key.dag == event.dag for key in here.known.open)
    if event.paused:
        yield f"nothing of {event.dag} would start any more; what runs goes on ({plural(open_runs, 'open run')})"
    else:
        yield f"{event.dag} would start tasks and make runs again ({plural(open_runs, 'open run')})"
        yield from missed_lines(here, here.known.plans[event.dag].spec, "")


def _deployed(here: Here, event: CodeDeployed) -> Iterator[str]:
    tasks = [event.task] if event.task else list(here.known.plans[event.dag].tasks)
    for task in tasks:
        before = here.known.code_of(event.dag, task)
        if before != event.version:
            yield f"{name_in(here.known, event.dag, task)} would run {event.version} (now: {before})"


def _settings(here: Here, event: SettingsChanged) -> Iterator[str]:
    known = here.known
    for pool, slots in event.pools.items():
        if known.pools.get(pool) != slots:
            yield f"pool {pool}: {plural(slots, 'slot')} (now: {known.pools.get(pool, 'no such pool')})"
    if event.workers != known.workers:
        yield f"workers: {event.workers or 'no limit'} (now: {known.workers or 'no limit'})"
    yield from _routed(here, event)


def _routed(here: Here, event: SettingsChanged) -> Iterator[str]:
    for route, people in (event.routes or {}).items():
        if here.known.routes.get(route) != people:
            before = listed(list(here.known.routes.get(route, ()))) or "nobody"
            yield f"{route} would lead to {listed(list(people)) or 'nobody'} (now: {before})"


def _moved(here: Here, event: PointersMoved) -> Iterator[str]:
    for name, partition, n in event.moves:
        now, then = here.known.data.live_version(name, partition), here.known.data.get((name, partition, n))
        was = f"now: version {now.n}{rows_said(now)}" if now is not None else "now: nothing"
        becomes = f"version {n}{rows_said(then)}, would be live" if n else "nothing would be live"
        yield f"{of_day(here.known, name, partition)}: {becomes} ({was})"


def _set_aside(here: Here, event: RowsSetAside) -> Iterator[str]:
    rows = plural(event.rows, "row")
    yield f"{rows} of {of_day(here.known, event.dataset, event.partition)} would be set aside, where {event.where}"
    yield "tries that begin from then on do not see them; what is written stays as it is until it is run again"


def _told(here: Here, event: ConsumersTold) -> Iterator[str]:
    days = [day_of(here.known, event.dataset, partition) for partition in event.partitions]
    yield f"{listed(list(event.consumers))} would be told that {event.dataset} of {listed(shortened(days))} changed"


def _backfill(here: Here, event: BackfillChanged) -> Iterator[str]:
    yield f"{event.sentence}; what runs goes on"


def _edited(here: Here, event: DagEdited) -> Iterator[str]:
    yield from difference(here.known.plans[event.dag].spec, event.spec)
    unfinished = [run for key, run in here.known.open.items() if key.dag == event.dag]
    if unfinished:
        days = listed([spoken(run) for run in sorted(unfinished, key=lambda run: run.key)][:4])
        more = " and others" if len(unfinished) > 4 else ""
        yield f"{event.dag} would be version {event.version}; unfinished runs follow it: {days}{more}"
    else:
        yield f"{event.dag} would be version {event.version}; no run is under way"
    if event.spec.catchup != here.known.plans[event.dag].spec.catchup:
        yield from _caught_up(here, event.spec)


def _caught_up(here: Here, spec: DagSpec) -> Iterator[str]:
    """What a change of `catchup` comes to: it is about ticks that nobody heard."""
    known = here.known
    if spec.name in known.paused:
        yield from missed_lines(here, spec, f"when {spec.name} is switched on again, ")
    elif not known.up:
        yield from missed_lines(here, spec, "when the scheduler is back, ")
    else:
        yield "no run would be made at once: no tick of it is missed now"


def _fault(here: Here, event: FaultInjected | FaultLifted) -> Iterator[str]:
    yield f"from now on: {event.sentence}; what has happened stays"


PLANS: dict[type[Any], Callable[[Here, Any], Iterable[str]]] = {
    TasksCleared: _cleared,
    TasksMarked: _marked,
    TasksKilled: _killed,
    RunsRequested: _requested,
    DagPaused: _paused,
    CodeDeployed: _deployed,
    SettingsChanged: _settings,
    DagEdited: _edited,
    FaultInjected: _fault,
    FaultLifted: _fault,
    PointersMoved: _moved,
    RowsSetAside: _set_aside,
    ConsumersTold: _told,
    BackfillChanged: _backfill,
}


def _those(known: Known, key: RunKey, tasks: tuple[str, ...]) -> str:
    return those(known, [(key, tasks)])
