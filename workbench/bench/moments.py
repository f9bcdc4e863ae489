"""What matters: an instant at which something goes wrong, a run ends, somebody reads, is told or does something."""

from __future__ import annotations

from workbench.engine.data_events import AlertSent, CheckRan, DatasetRead
from workbench.engine.events import COMMANDS, AttemptEnded, RunEnded
from workbench.views.happened import Happened
from workbench.views.tell import story

_ALWAYS = (DatasetRead, AlertSent, RunEnded, *COMMANDS)


def matters(happened: Happened) -> bool:
    """Would somebody who watches look up?"""
    if any(isinstance(event, _ALWAYS) for event in happened):
        return True
    failed = ((isinstance(e, AttemptEnded) and e.state == "failed") or isinstance(e, CheckRan) for e in happened)
    return any(failed) or any(line.mood in ("bad", "late") for line in story(happened.known, happened))
