"""What matters: an instant at which something goes wrong or begins without what it needs, a run ends, somebody reads,
is told or does something."""

from __future__ import annotations

from workbench.engine import Event
from workbench.engine.data_events import AlertSent, CheckRan, DatasetRead
from workbench.engine.events import COMMANDS, AttemptEnded, AttemptStarted, RunEnded
from workbench.views.chain import missed_by
from workbench.views.happened import Happened
from workbench.views.tell import story

_ALWAYS = (DatasetRead, AlertSent, RunEnded, *COMMANDS)


def matters(happened: Happened) -> bool:
    """Would somebody who watches look up?"""
    if any(isinstance(event, _ALWAYS) for event in happened):
        return True
    failed = ((isinstance(e, AttemptEnded) and e.state == "failed") or isinstance(e, CheckRan) for e in happened)
    return (
        any(failed)
        or starts_without(happened)
        or any(line.mood in ("bad", "late") for line in story(happened.known, _but_starts(happened)))
    )


def _but_starts(happened: Happened) -> list[Event]:
    """A line that says that a try starts has no mood."""
    return [event for event in happened if not isinstance(event, AttemptStarted)]


def starts_without(happened: Happened) -> bool:
    """Does a task begin without an input that should be there by then?"""
    known = happened.known
    began = [event for event in happened if isinstance(event, AttemptStarted) and event.run in known.runs]
    return any(any(missed_by(known, known.runs[event.run], event.task)) for event in began)
