"""What brought an event about, in a few words: `← jfk came`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.engine import Event, Known
from workbench.engine.data_events import AlertSent, CheckRan, VersionPublished
from workbench.engine.events import (
    COMMANDS,
    AttemptEnded,
    AttemptStarted,
    DeadlineMissed,
    InputArrived,
    RunCreated,
    RunEnded,
    SchedulerStarted,
    TaskScheduled,
    TaskSettled,
)
from workbench.views.sheet import Row, Span

# Of the others the cause goes without saying: an end comes of its start, a version of what wrote it.
_TELLS = (AttemptStarted, TaskScheduled, TaskSettled, RunCreated, AlertSent)
_MOST_STEPS = 12


def cause_of(known: Known, log: Sequence[Event], number: int) -> Row:
    """A span that points at the cause of event `number`; nothing where that goes without saying."""
    event = log[number - 1]
    if not isinstance(event, _TELLS):
        return ()
    cause = event.cause
    for _ in range(_MOST_STEPS):
        if not 0 < cause < number:
            return ()
        found = log[cause - 1]
        words = _CAUSES.get(type(found)) or (_you if isinstance(found, COMMANDS) else None)
        if words is not None:
            return (Span(f" ← {words(event, found)}", "note", f"event:{cause}"),)
        cause = found.cause
    return ()


def _ended(event: Any, cause: AttemptEnded) -> str:
    if getattr(event, "task", "") == cause.task:
        return f"try {cause.number} {'failed' if cause.state != 'success' else 'ended'}"
    return f"{cause.task} {_ENDS.get(cause.state, 'failed')}"


_ENDS = {"success": "ended", "skipped": "was skipped"}


def _settled(event: Any, cause: TaskSettled) -> str:
    return f"{cause.task} {'was skipped' if cause.state == 'skipped' else 'did not run'}"


def _you(event: Any, cause: Any) -> str:
    return "you"


_CAUSES: dict[type[Any], Callable[[Any, Any], str]] = {
    AttemptEnded: _ended,
    TaskSettled: _settled,
    InputArrived: lambda event, cause: f"{cause.input} came",
    VersionPublished: lambda event, cause: f"{cause.dataset} is live",
    CheckRan: lambda event, cause: f"check {cause.check}",
    DeadlineMissed: lambda event, cause: "the deadline",
    RunCreated: lambda event, cause: "the clock" if cause.due is not None else "data came",
    RunEnded: lambda event, cause: f"{cause.run.dag} ended",
    SchedulerStarted: lambda event, cause: "the scheduler is back",
}
