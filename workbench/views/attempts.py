"""The tries of one task instance: as a table, and each with its log, made of what the orchestrator has written down.
Pure. Logs hold no invented lines: what a task printed is not known here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from workbench.engine import Event, Known, Run
from workbench.engine.backfilled import taken_by
from workbench.engine.data_events import CheckRan, VersionPublished, VersionWritten
from workbench.engine.events import AttemptEnded, AttemptStarted, TaskQueued, TaskScheduled, TasksCleared, TaskSettled
from workbench.engine.keys import VersionName
from workbench.engine.rules.inputs import is_here, windows_of
from workbench.engine.state import UNDER_WAY
from workbench.timetable import Partition
from workbench.views.clock import Clock, ago, plural
from workbench.views.data_words import day_of
from workbench.views.lineage import arrivals_of
from workbench.views.wording import FIELD_NAMES

_MOST_NAMED = 8
_AFTER = timedelta(days=1)  # so long after a try a check of what it wrote may still speak


class Try(NamedTuple):
    """One line of the table; empty where something has not happened. `state`: the field's own name."""

    number: str
    ready: str
    queued: str
    started: str
    ended: str
    took: str
    state: str
    word: str
    because: str


class LogLine(NamedTuple):
    """`mood`: good, bad, late or empty."""

    at: datetime
    text: str
    mood: str = ""


HEAD = ("try", "ready", "queued", "started", "ended", "took", "state", "why it ended")


def tries_of(run: Run, task: str, clock: Clock) -> list[Try]:
    """All tries so far, the one under way last."""
    cell = run.cells[task]
    found = [
        Try(str(a.number), clock.at(a.ready), clock.at(a.queued), clock.at(a.started), clock.at(a.ended),
            ago(a.ended - a.started), a.state, FIELD_NAMES.get(a.state, a.state), _because(a.reason, a.message))
        for a in cell.attempts
    ]  # fmt: skip
    if cell.state in UNDER_WAY or cell.state == "scheduled":
        times = [clock.at(at) if at is not None else "" for at in (cell.ready, cell.queued, cell.started)]
        took = f"{ago(clock.now - cell.started)} so far" if cell.started is not None else ""
        number = str(cell.tries if cell.state == "running" else len(cell.attempts) + 1)
        word = FIELD_NAMES.get(cell.state, cell.state)
        found.append(Try(number, times[0], times[1], times[2], "", took, cell.state, word, ""))
    return found


def _because(reason: str, message: str) -> str:
    if not message:
        return reason
    return f"{message} ({reason})" if reason and reason != message else message


# the log of a try


def log_of(known: Known, log: Sequence[Event], run: Run, task: str, number: int) -> list[LogLine]:
    """What is known of one try, in the order in which it happened. `log`: all events until now."""
    found: list[LogLine] = []
    wrote: set[VersionName] = set()
    log = _near(log, run, task)
    for event in _about(log, run, task, number):
        if isinstance(event, VersionWritten):
            wrote.add((event.dataset, event.run.partition, event.n))
        found += _LINES[type(event)](known, run, task, event)
    found += [line for event in log if isinstance(event, CheckRan | VersionPublished)
              and (event.dataset, event.partition, event.n) in wrote for line in _of_version(known, event)]  # fmt: skip
    return sorted(found, key=lambda line: line.at)


def _near(log: Sequence[Event], run: Run, task: str) -> Sequence[Event]:
    """The stretch of a log, which may be very long, in which a run's task can have happened."""
    last = run.cells[task].since + _AFTER
    return log[bisect_left(log, run.created, key=lambda one: one.at) : bisect_right(log, last, key=lambda one: one.at)]


def _about(log: Sequence[Event], run: Run, task: str, number: int) -> Iterator[Event]:
    """The events of the instance that belong to this try: those since the try before ended."""
    count = 0
    for event in log:
        if isinstance(event, TasksCleared) or type(event) not in _LINES:
            continue
        if event.run != run.key or event.task != task:  # type: ignore[union-attr]
            continue
        own = getattr(event, "number", count + 1)
        if own == number:
            yield event
        if isinstance(event, AttemptEnded):
            count = event.number


def _scheduled(known: Known, run: Run, task: str, event: TaskScheduled) -> Iterator[LogLine]:
    yield LogLine(event.at, "nothing holds it any more; it waits for a slot")


def _queued(known: Known, run: Run, task: str, event: TaskQueued) -> Iterator[LogLine]:
    yield LogLine(event.at, "a slot is free: handed to a worker")


def _started(known: Known, run: Run, task: str, event: AttemptStarted) -> Iterator[LogLine]:
    yield LogLine(event.at, f"try {event.number} started, code {known.code_for(run, task)}")
    yield from _took(known, run, task, event.at)


def _took(known: Known, run: Run, task: str, at: datetime) -> Iterator[LogLine]:
    """What it found of what it takes, when it began."""
    for need in taken_by(run.plan, task) if task in run.plan.tasks else ():
        for window in [] if need.dag else list(windows_of(known, need, run))[:_MOST_NAMED]:
            day = day_of(known, need.name, window.key)
            if need.name in known.homes:
                yield _took_input(known, need.name, window, day, at)
            else:
                yield _took_dataset(known, need.name, window.key, day, at)


def _took_input(known: Known, name: str, window: Partition, day: str, at: datetime) -> LogLine:
    came = [one for one in arrivals_of(known, name, window.key) if one.at <= at]
    if not came and not is_here(known, name, known.homes[name], window, at):
        return LogLine(at, f"{name} of {day} was not there", "late")
    rows = f", {plural(came[-1].rows, 'row')}" if came and came[-1].rows is not None else ""
    return LogLine(at, f"took {name} of {day}{rows}")


def _took_dataset(known: Known, name: str, partition: str, day: str, at: datetime) -> LogLine:
    for one in reversed(known.data.versions.get((name, partition), ())):
        if any(span.since <= at and (span.until is None or span.until > at) for span in one.live):
            rows = f", {plural(one.rows, 'row')}" if one.rows is not None else ""
            return LogLine(at, f"took {name} of {day}, version {one.n}{rows}")
    return LogLine(at, f"{name} of {day} was not public", "late")


def _written(known: Known, run: Run, task: str, event: VersionWritten) -> Iterator[LogLine]:
    rows = f", {plural(event.rows, 'row')}" if event.rows is not None else ""
    fenced = ": refused, for a newer try had begun" if event.fenced else ""
    added = f" ({plural(event.added, 'row')} onto version {event.base})" if event.base and event.added else ""
    yield LogLine(event.at, f"wrote {event.dataset}, version {event.n}{rows}{added}{fenced}", "bad" if fenced else "")


def _ended(known: Known, run: Run, task: str, event: AttemptEnded) -> Iterator[LogLine]:
    if event.state == "success":
        rows = f": {plural(event.rows, 'row')}" if event.rows is not None else ""
        yield LogLine(event.at, f"ended well{rows}", "good")
        if event.followed is not None:
            yield LogLine(event.at, f"chose {', '.join(event.followed) or 'nothing'}")
        return
    again = f"; next try {Clock(event.at, run.plan.spec.zone).at(event.retry_at)}" if event.retry_at else ""
    said = _because(event.reason, event.message)
    yield LogLine(event.at, f"{FIELD_NAMES.get(event.state, event.state)}: {said}{again}", _MOODS.get(event.state, ""))


_MOODS = {"failed": "bad", "up_for_retry": "late", "up_for_reschedule": ""}


def _settled(known: Known, run: Run, task: str, event: TaskSettled) -> Iterator[LogLine]:
    yield LogLine(event.at, f"{FIELD_NAMES.get(event.state, event.state)}, by its rule {event.rule}", "late")


def _of_version(known: Known, event: CheckRan | VersionPublished) -> Iterator[LogLine]:
    if isinstance(event, VersionPublished):
        yield LogLine(event.at, f"{event.dataset} version {event.n} is public", "good")
        return
    mood = "good" if event.status == "pass" else "bad" if event.severity == "block" else "late"
    yield LogLine(event.at, f"check {event.check}: {event.sentence.rstrip('.')}", mood)


_LINES: dict[type, Callable[..., Iterator[LogLine]]] = {
    TaskScheduled: _scheduled,
    TaskQueued: _queued,
    AttemptStarted: _started,
    AttemptEnded: _ended,
    VersionWritten: _written,
    TaskSettled: _settled,
}
