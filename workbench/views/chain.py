"""What made a task instance start when it did: the newest of the facts it waited for, and so on back to the root."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from workbench.engine import Known, Run
from workbench.engine.rules.inputs import windows_of
from workbench.model import after_window

NOTHING = timedelta(0)


class Link(NamedTuple):
    """One link of a chain of causes. `at` (UTC): when it happened. For a task, where its time went; for an
    input, `due` is when it was expected."""

    kind: Literal["task", "input", "clock"]
    dag: str
    name: str
    partition: str
    at: datetime
    due: datetime | None = None
    worked: timedelta = NOTHING
    retried: timedelta = NOTHING
    queued: timedelta = NOTHING
    tries: int = 0


class Missed(NamedTuple):
    """An input that a task took without waiting, and that was not there when it started (UTC). `came`: when it
    did come, None while it has not."""

    task: str
    input: str
    partition: str
    started: datetime
    due: datetime | None
    came: datetime | None


def chain(known: Known, run: Run, task: str) -> tuple[Link, ...]:
    """From an ended task back to the clock or the input that everything waited for."""
    links: list[Link] = []
    where: tuple[Run, str] | None = (run, task)
    while where is not None:
        run, task = where
        links.append(_task_link(run, task))
        root, where = _before(known, run, task)
        if root is not None:
            links.append(root)
    return tuple(links)


def missed(known: Known, run: Run, task: str) -> tuple[Missed, ...]:
    """Inputs that this task, or one above it, took without waiting and did not find."""
    if not run.plan.reads and not run.plan.looks_elsewhere:
        return ()
    above = sorted(_above(known, run, task), key=_place)
    return tuple(gap for other, name in above for gap in missed_by(known, other, name))


def _task_link(run: Run, task: str) -> Link:
    cell = run.cells[task]
    first, last = cell.attempts[0], cell.attempts[-1]
    queued = sum((a.started - a.ready for a in cell.attempts), NOTHING)
    pauses = (last.started - first.started) - sum((a.started - a.ready for a in cell.attempts[1:]), NOTHING)
    worked = last.ended - last.started
    return Link(
        "task", run.key.dag, task, run.key.partition, cell.since, None, worked, pauses, queued, len(cell.attempts)
    )


def _before(known: Known, run: Run, task: str) -> tuple[Link | None, tuple[Run, str] | None]:
    """The newest fact before the task's first start: a root link, or the task it came after."""
    found: list[tuple[datetime, int, Link | None, tuple[Run, str] | None]] = []
    started = run.started or run.created
    found.append((started, 0, Link("clock", run.key.dag, "", run.key.partition, run.created), None))
    plan = run.plan.tasks.get(task)
    for up in plan.ups if plan else ():
        if run.cells[up].attempts:
            found.append((run.cells[up].since, 2, None, (run, up)))
    for name in plan.inputs if plan else ():
        found += [(link.at, 1, link, None) for link in _arrivals(known, run, name)]
    for dag, other in plan.elsewhere if plan else ():
        found += [(r.cells[other].since, 2, None, (r, other)) for r in _runs(known, run, dag, other)]
    first = run.cells[task].attempts[0].ready
    _, _, root, before = max((f for f in found if f[0] <= first), key=lambda f: f[:2], default=found[0])
    return root, before


def _arrivals(known: Known, run: Run, name: str) -> Iterator[Link]:
    home = known.homes[name]
    spec = known.plans[home].spec
    for window in windows_of(known, home, run):
        arrival = known.arrived.get((name, window.key))
        if arrival is not None:
            expected = spec.inputs[name].expected
            due = None if expected is None else after_window(expected, window, spec.zone)
            yield Link("input", home, name, window.key, arrival.at, due)


def _runs(known: Known, run: Run, dag: str, task: str) -> list[Run]:
    found = [known.run_of(dag, window.key) for window in windows_of(known, dag, run)]
    return [r for r in found if r is not None and task in r.cells and r.cells[task].attempts]


def _above(known: Known, run: Run, task: str) -> list[tuple[Run, str]]:
    seen: dict[tuple[object, str], tuple[Run, str]] = {}
    todo = [(run, task)]
    while todo:
        run, task = todo.pop()
        if (run.key, task) in seen or task not in run.plan.tasks:
            continue
        seen[run.key, task] = (run, task)
        plan = run.plan.tasks[task]
        todo += [(run, up) for up in plan.ups]
        todo += [(other, name) for dag, name in plan.elsewhere for other in _runs(known, run, dag, name)]
    return list(seen.values())


def _place(where: tuple[Run, str]) -> tuple[object, int]:
    run, task = where
    return (run.created, run.plan.tasks[task].index)


def missed_by(known: Known, run: Run, task: str) -> Iterator[Missed]:
    """Inputs that this very task took without waiting and did not find, in its newest try."""
    cell = run.cells[task]
    started = cell.attempts[-1].started if cell.attempts else cell.started
    if started is None:
        return
    for name in run.plan.tasks[task].task.reads:
        home = known.homes.get(name)
        spec = known.plans[home].spec if home else None
        for window in windows_of(known, home, run) if home and spec else ():
            arrival = known.arrived.get((name, window.key))
            due = after_window(spec.inputs[name].expected, window, spec.zone) if spec else None
            expected = due if spec and spec.inputs[name].expected is not None else None
            if arrival is None and due is not None and due < known.live_since:
                continue
            if arrival is None or arrival.at > started:
                yield Missed(task, name, window.key, started, expected, arrival.at if arrival else None)
