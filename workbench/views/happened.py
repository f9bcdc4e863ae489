"""Events as a value that prints as a story: what stepping and going back answer."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from workbench.engine import Event, Known
from workbench.views.clock import Clock, has_zones
from workbench.views.shown import Shown
from workbench.views.tell import as_text, story


class Happened(Shown, tuple[Event, ...]):
    """Events that happened, or that are ahead again; printed as a story."""

    known: Known
    zone: ZoneInfo

    @classmethod
    def of(cls, events: Sequence[Event], known: Known, zone: ZoneInfo) -> Happened:
        new = cls(events)
        new.known, new.zone = known, zone
        return new

    def __repr__(self) -> str:
        lines = as_text(story(self.known, self), Clock(self[0].at, self.zone), has_zones(self.known)) if self else []
        return "\n".join(lines) or "nothing to tell"

    __str__ = __repr__
