"""One event as one sentence, and a stretch of the log as a story: lines with a time, a weekday where it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.engine import Event, Known
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    DagEdited,
    FaultInjected,
    InputArrived,
    RunCreated,
    RunEnded,
    TaskScheduled,
    TaskSettled,
)
from workbench.model import after_window
from workbench.views.chain import missed_by
from workbench.views.clock import Clock, ago, day, listed, plural


@dataclass(frozen=True)
class Line:
    """One line of a story: when (UTC), what, and how it is meant (`good`, `bad`, `late`, `you` or ``)."""

    at: datetime
    text: str
    mood: str = ""


def line(known: Known, event: Event) -> Line | None:
    """The event in words; None for what nobody needs to read (a queue that is left at once)."""
    words = _WORDS.get(type(event))
    return None if words is None else words(known, event)


def story(known: Known, events: Iterable[Event]) -> list[Line]:
    """The lines of some events. `known`: any state in which their DAGs are known."""
    return [told for event in events if (told := line(known, event)) is not None]


def as_text(lines: Iterable[Line], clock: Clock) -> list[str]:
    """`06:00  extract starts`, with the day as a heading whenever it changes."""
    found: list[str] = []
    today = ""
    for told in lines:
        local = told.at.astimezone(clock.zone)
        if day(local) != today:
            today = day(local)
            found.append(today)
        found.append(f"  {local:%H:%M}  {told.text}")
    return found


def window_of(known: Known, dag: str, partition: str) -> str:
    """`Thu 3 Jan`."""
    grid = known.plans[dag].spec.grid
    return grid.spoken(grid.parse(partition))


def _named(known: Known, event: Any) -> str:
    several = sum(event.task in plan.tasks for plan in known.plans.values()) > 1
    return f"{event.run.dag}.{event.task}" if several else str(event.task)


def _run_created(known: Known, event: RunCreated) -> Line:
    return Line(
        event.at, f"the clock starts {event.run.dag} for {window_of(known, event.run.dag, event.run.partition)}"
    )


def _run_ended(known: Known, event: RunEnded) -> Line:
    text = f"{event.run.dag} for {window_of(known, event.run.dag, event.run.partition)}: {event.state}"
    return Line(event.at, text, "good" if event.state == "success" else "bad")


def _scheduled(known: Known, event: TaskScheduled) -> Line:
    return Line(event.at, f"{_named(known, event)} is ready and waits for a slot", "late")


def _settled(known: Known, event: TaskSettled) -> Line:
    why = "something above it failed" if event.state == "upstream_failed" else f"skipped by {event.rule}"
    return Line(event.at, f"{_named(known, event)} will not run: {why}", "bad")


def _started(known: Known, event: AttemptStarted) -> Line:
    number = f" (try {event.number})" if event.number > 1 else ""
    return Line(event.at, f"{_named(known, event)} starts{number}")


def _ended(known: Known, event: AttemptEnded) -> Line:
    name = _named(known, event)
    if event.state == "success":
        rows = f", {plural(event.rows, 'row')}" if event.rows is not None else ""
        gaps = [gap.input for gap in missed_by(known, known.runs[event.run], event.task)]
        without = f", without {listed(gaps)}" if gaps else ""
        return Line(event.at, f"{name} ends well{rows}{without}", "late" if gaps else "good")
    clock = Clock(event.at, known.plans[event.run.dag].spec.zone)
    then = "no try is left" if event.retry_at is None else f"again {clock.at(event.retry_at)}"
    return Line(event.at, f"{name} fails (try {event.number}): {event.message}; {then}", "bad")


def _arrived(known: Known, event: InputArrived) -> Line:
    spec = known.plans[known.homes[event.input]].spec
    window = spec.grid.parse(event.partition)
    expected = spec.inputs[event.input].expected
    late = event.at - after_window(expected, window, spec.zone) if expected is not None else None
    rows = f", {plural(event.rows, 'row')}" if event.rows is not None else ""
    is_late = late is not None and late.total_seconds() > 0
    tail = f", {ago(late)} late" if late is not None and is_late else ""
    return Line(event.at, f"{event.input} of {spec.grid.spoken(window)} comes{rows}{tail}", "late" if is_late else "")


def _command(known: Known, event: FaultInjected | DagEdited) -> Line:
    return Line(event.at, f"you: {event.sentence}", "you")


_WORDS: dict[type[Any], Callable[[Known, Any], Line]] = {
    RunCreated: _run_created,
    RunEnded: _run_ended,
    TaskScheduled: _scheduled,
    TaskSettled: _settled,
    AttemptStarted: _started,
    AttemptEnded: _ended,
    InputArrived: _arrived,
    FaultInjected: _command,
    DagEdited: _command,
}
