"""What made a task instance start when it did: the newest of the facts it waited for, and so on back to the root."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from workbench.engine import Attempt, Cell, Known, Run, RunKey
from workbench.engine.catalog import Version
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import begins_before, home_of, is_live, windows_of, windows_of_data, writer_of
from workbench.engine.rules.past import past_cells, run_before
from workbench.engine.state import FINISHED, UNDER_WAY
from workbench.model import Need, after_window
from workbench.timetable import Partition
from workbench.views.clock import listed
from workbench.views.then import run_then

NOTHING = timedelta(0)
# Back through the past, or over many windows, there may be thousands: further than this nobody reads.
MOST_LINKS = 200
MOST_ABOVE = 400

# The last of them ends the chain: what made the run, or a person.
Kind = Literal[
    "task", "input", "clock", "manual", "backfill", "data", "marked", "cleared", "published", "scheduler", "unpaused"
]


class Link(NamedTuple):
    """One link of a chain of causes. `at` (UTC): when it happened. For a task, where its time went (`sensed`: a sensor
    looked); for an input, `due` is when it was expected; for the clock, the tick."""

    kind: Kind
    dag: str
    name: str
    partition: str
    at: datetime
    due: datetime | None = None
    worked: timedelta = NOTHING
    retried: timedelta = NOTHING
    queued: timedelta = NOTHING
    tries: int = 0
    sensed: timedelta = NOTHING


class Missed(NamedTuple):
    """An input that a task took without waiting, and that was not there when it started (UTC). `came`: when it
    did come, None while it has not. `waits`: the task waits for it now, as an edit asked that came too late for this
    try."""

    task: str
    input: str
    partition: str
    started: datetime
    due: datetime | None
    came: datetime | None
    waits: bool = False


Where = tuple[Run, str]


class Before(NamedTuple):
    """A fact that came before a task's start: a root (`link`), or a task that ended (`where`)."""

    at: datetime
    rank: int
    link: Link | None
    where: Where | None


# What came before which task, as far as it was asked.
Befores = dict[tuple[RunKey, str], Before]


def chain(known: Known, run: Run, task: str, seen: Befores | None = None) -> tuple[Link, ...]:
    """From an ended task back to the clock, the input or the person that everything waited for. What was found for
    each task on the way is kept in `seen`."""
    links: list[Link] = []
    where: Where | None = (run, task)
    seen = {} if seen is None else seen
    while where is not None and (where[0].key, where[1]) not in seen and len(links) < MOST_LINKS:
        run, task = where
        links.append(_task_link(run, task))
        found = seen[run.key, task] = before(known, run, task)
        links += [*_held_by_scheduler(known, run, task, found), *_held_by_pause(known, run, task, found)]
        where = found.where
        if found.link is not None:
            links.append(found.link)
            last = _behind_data(known, run) if found.link.kind == "data" else None
            where = last.where if last is not None else None
            links += [last.link] if last is not None and last.link is not None else []
    return tuple(links)


def _held_by_scheduler(known: Known, run: Run, task: str, newest: Before) -> list[Link]:
    """All that the task waited for had come, and nobody decided anything until the scheduler was back."""
    tries = tries_since_cleared(run.cells[task]) or list(run.cells[task].attempts)
    back = [end for _, end in known.away if end == tries[0].ready and newest.at < end]
    return [Link("scheduler", run.key.dag, "", run.key.partition, end) for end in back]


def _held_by_pause(known: Known, run: Run, task: str, newest: Before) -> list[Link]:
    """All that the task, or its run, waited for had come, and its DAG was paused until then."""
    dag, tries = run.key.dag, tries_since_cleared(run.cells[task]) or list(run.cells[task].attempts)
    on = [at for name, at in known.unpaused if name == dag and at == tries[0].ready]
    # A run that was held starts, or is made, at that very instant.
    return [Link("unpaused", dag, "", run.key.partition, at) for at in on if (newest.at, newest.rank) <= (at, 0)]


def tries_since_cleared(cell: Cell) -> list[Attempt]:
    """The ended tries, since the task was last cleared if it was."""
    return [a for a in cell.attempts if a.number > cell.base]


def _task_link(run: Run, task: str) -> Link:
    cell = run.cells[task]
    tries = tries_since_cleared(cell) or list(cell.attempts)
    first, last = tries[0], tries[-1]
    queued = sum((a.started - a.ready for a in tries), NOTHING)
    pauses = (last.started - first.started) - sum((a.started - a.ready for a in tries[1:]), NOTHING)
    spent, is_sensor = (
        last.ended - last.started,
        task in run.plan.tasks and run.plan.tasks[task].task.sensor is not None,
    )
    worked, sensed = (NOTHING, spent) if is_sensor else (spent, NOTHING)
    dag, partition = run.key.dag, run.key.partition
    return Link("task", dag, task, partition, cell.since, None, worked, pauses, queued, len(tries), sensed)


def made(run: Run) -> Link:
    """What made the run."""
    dag, partition = run.key.dag, run.key.partition
    if run.due is not None:
        return Link("clock", dag, "", partition, run.created, run.due if run.due != run.created else None)
    kind: Kind = "backfill" if run.backfill else "data" if run.key.kind == "data" else "manual"
    data = run.plan.spec.data if kind == "data" else None
    names = "" if data is None else listed(data.any, "or") if data.any else listed(data.all)
    return Link(kind, dag, names, partition, run.created)


def before(known: Known, run: Run, task: str, looks: bool = True) -> Before:
    """The newest fact before the task's first start since it was cleared; with `looks`, what a sensor saw come."""
    cell, plan = run.cells[task], run.plan.tasks.get(task)
    tries = tries_since_cleared(cell) or list(cell.attempts)
    ready = tries[0].ready
    # A run that was started again, after some of its tasks were cleared, started later than the others were ready.
    started = run.started if run.started is not None and run.started <= ready else run.created
    root = Before(started, 0, made(run), None)
    found = [one for one in _facts(known, run, plan, ready) if one.at <= ready] if plan else []
    seen = [one for one in _sensed(known, run, plan) if ready < one.at <= cell.since] if plan and looks else []
    newest = max([root, *found, *seen], key=lambda one: one[:2])
    if run.created < run.queued <= ready and (
        newest is root or newest.at < run.queued
    ):  # it had ended, and was opened again
        return Before(run.queued, 0, Link("cleared", run.key.dag, task, run.key.partition, run.queued), None)
    if cell.base and (newest is root or newest.at < ready):
        return Before(ready, 0, Link("cleared", run.key.dag, task, run.key.partition, ready), None)
    return newest


def _facts(known: Known, run: Run, plan: TaskPlan, ready: datetime) -> Iterator[Before]:
    """All that the task waited for, and that has come. Of what ran again after it was `ready`: as it was before."""
    yield from _ended(_as_it_was(run, [*plan.ups, *plan.needed_setups], ready), [*plan.ups, *plan.needed_setups])
    for need in plan.inputs:
        yield from _arrivals(known, run, need)
    for need in plan.elsewhere:
        runs = [_as_it_was(one, [need.name], ready) for one in _runs(known, run, need)]
        yield from (Before(r.cells[need.name].since, 2, None, (r, need.name)) for r in runs)
    if plan.looks_back and past_cells(known, run, plan) and (past := run_before(known, run)) is not None:
        downs = [down for _, down in plan.downs] if plan.task.wait_for_downstream else []
        yield from _ended(past, [name for name in (plan.name, *downs) if name in past.cells])


def _as_it_was(run: Run, tasks: list[str], ready: datetime) -> Run:
    """The run as it was when a task was ready, where one of these has run again since."""
    return run_then(run, ready) if any(run.cells[name].since > ready for name in tasks) else run


def _sensed(known: Known, run: Run, plan: TaskPlan) -> Iterator[Before]:
    """What a sensor saw come."""
    for need in plan.watched:
        if not need.dag:
            yield from _arrivals(known, run, need)
        else:
            yield from (Before(r.cells[need.name].since, 2, None, (r, need.name)) for r in _runs(known, run, need))


def _ended(run: Run, tasks: list[str]) -> Iterator[Before]:
    """Their ends: by a try, by hand, or without either, because of what is above them."""
    todo = list(dict.fromkeys(tasks))
    for task in todo:
        cell = run.cells[task]
        if cell.rule == "marked":
            yield Before(cell.since, 2, Link("marked", run.key.dag, task, run.key.partition, cell.since), None)
        elif cell.attempts:
            yield Before(cell.since, 2, None, (run, task))
        elif task in run.plan.tasks:
            todo += [up for up in run.plan.tasks[task].ups if up not in todo]


def _arrivals(known: Known, run: Run, need: Need) -> Iterator[Before]:
    """An input's coming, or a dataset's becoming live."""
    for window in windows_of(known, need, run):
        if need.name in known.homes:
            yield from _arrival(known, need.name, home_of(known, need), window)
        else:
            yield from _publications(known, need.name, window)


def _publications(known: Known, name: str, window: Partition) -> Iterator[Before]:
    """Each time a version went live: by the end of the task that wrote it, or by hand."""
    for version in known.data.versions.get((name, window.key), ()):
        run = known.runs.get(version.run)
        for place, span in enumerate(version.live):
            by_hand = place > 0 or _was_held(known, version, span.since_seq)
            if by_hand or run is None or version.task not in run.cells or not run.cells[version.task].attempts:
                yield Before(span.since, 1, Link("published", version.run.dag, name, window.key, span.since), None)
            else:
                yield Before(span.since, 2, None, (run, version.task))


def _was_held(known: Known, version: Version, seq: int) -> bool:
    """Had a check held it back before it went live after all?"""
    checks = known.data.checks_of(version.name)
    return any(c.seq < seq and c.when == "before" and c.severity == "block" and c.status != "pass" for c in checks)


def _arrival(known: Known, name: str, home: str, window: Partition) -> Iterator[Before]:
    arrival, spec = known.arrived.get((name, window.key)), known.plans[home].spec
    if arrival is not None:
        expected = spec.inputs[name].expected
        due = None if expected is None else after_window(expected, window, spec.zone)
        yield Before(arrival.at, 1, Link("input", home, name, window.key, arrival.at, due), None)


def _behind_data(known: Known, run: Run) -> Before | None:
    """What came at the instant at which data made the run: the end of the task that wrote it, or an input."""
    spec = run.plan.spec
    found: list[Before] = []
    for name in spec.data.names if spec.data is not None else ():
        home = writer_of(known, name)
        for window in windows_of_data(known, name, spec.name, run.window) if home is not None else ():
            if name in known.homes:
                found += _arrival(known, name, known.homes[name], window)
            elif home is not None and (other := known.run_of(home, window.key)) is not None:
                found += _writers(other, name)
    return next((one for one in found if one.at == run.created), None)


def _writers(run: Run, dataset: str) -> list[Before]:
    names = [name for name, plan in run.plan.tasks.items() if dataset in plan.writes and run.cells[name].attempts]
    return [Before(run.cells[name].since, 2, None, (run, name)) for name in names]


def _runs(known: Known, run: Run, need: Need) -> list[Run]:
    found = [known.run_of(need.dag, window.key) for window in windows_of(known, need, run)]
    return [r for r in found if r is not None and need.name in r.cells and r.cells[need.name].attempts]


# what was taken without waiting


def missed(known: Known, run: Run, task: str) -> tuple[Missed, ...]:
    """Inputs that this task, or one above it, took without waiting and did not find."""
    was_edited = known.plans[run.key.dag].version > 1  # only then a task can have begun without what it needs
    if not run.plan.reads and not run.plan.looks_elsewhere and not was_edited:
        return ()
    above = sorted(_above(known, run, task), key=_place)
    found = (gap for other, name in above for by in (missed_by, data_missed_by) for gap in by(known, other, name))
    return tuple(found)


def _above(known: Known, run: Run, task: str) -> list[Where]:
    """The task and those above it, the nearest first, also in other runs."""
    seen: dict[tuple[object, str], Where] = {}
    todo = deque([(run, task)])
    while todo and len(seen) < MOST_ABOVE:
        run, task = todo.popleft()
        if (run.key, task) in seen or task not in run.plan.tasks:
            continue
        seen[run.key, task] = (run, task)
        plan = run.plan.tasks[task]
        todo += [(run, up) for up in plan.ups]
        todo += [(other, need.name) for need in plan.elsewhere for other in _runs(known, run, need)]
    return list(seen.values())


def _place(where: Where) -> tuple[object, int]:
    run, task = where
    return (run.created, run.plan.tasks[task].index)


def missed_by(known: Known, run: Run, task: str) -> Iterator[Missed]:
    """Inputs that this very task took without waiting and did not find, in its newest try."""
    for need, started, waits in _taken(run, task):
        home = None if need.dag else known.homes.get(need.name)
        if home is not None:
            for window in windows_of(known, need, run):
                yield from _gap(known, task, need.name, home, window, started, waits)


def _taken(run: Run, task: str) -> Iterator[tuple[Need, datetime, bool]]:
    """What its newest try took from outside, when that started, and whether the task waits for it now."""
    cell, plan = run.cells[task], run.plan.tasks.get(task)
    is_on = cell.state == "running" and cell.started is not None  # a try of a rerun, that has not ended
    started = cell.attempts[-1].started if cell.attempts and not is_on else cell.started
    if plan is None or started is None:
        return
    yield from ((run.plan.spec.need(text), started, False) for text in plan.task.reads)
    # One that still waits, for its first or another try, has not begun without it.
    begun = cell.started if cell.state in UNDER_WAY else started if cell.state in FINISHED else None
    if begun is not None:
        yield from ((need, begun, True) for need in plan.inputs)


def _gap(
    known: Known, task: str, name: str, home: str, window: Partition, started: datetime, waits: bool
) -> Iterator[Missed]:
    spec, arrival = known.plans[home].spec, known.arrived.get((name, window.key))
    due = after_window(spec.inputs[name].expected, window, spec.zone)
    if arrival is None and (due < known.live_since or (waits and begins_before(spec, window))):
        return
    if arrival is None or arrival.at > started:
        expected = due if spec.inputs[name].expected is not None else None
        yield Missed(task, name, window.key, started, expected, arrival.at if arrival else None, waits)


def data_missed_by(known: Known, run: Run, task: str) -> Iterator[Missed]:
    """The same of datasets: nothing of their partition was live then. `came`: when something was, afterwards."""
    for need, started, waits in _taken(run, task):
        if need.name in known.makers and not need.dag:
            for window in windows_of(known, need, run):
                yield from _gap_of_data(known, task, need.name, window, started, waits)


def _gap_of_data(
    known: Known, task: str, name: str, window: Partition, started: datetime, waits: bool
) -> Iterator[Missed]:
    spans = [span for one in known.data.versions.get((name, window.key), ()) for span in one.live]
    if any(span.since <= started and (span.until is None or span.until > started) for span in spans):
        return
    if spans or not is_live(known, name, known.makers[name], window):
        came = min((span.since for span in spans if span.since > started), default=None)
        yield Missed(task, name, window.key, started, None, came, waits)
