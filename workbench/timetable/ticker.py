"""What makes a clock tick: cron, a fixed interval, or one instant. All answer the next tick after an instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from workbench.timetable.cron import Cron, Fold, Gap, check_cron
from workbench.timetable.text import parse_duration

ONCE = "@once"
_EVERY = ("every ", "@every ")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9990, 1, 1, tzinfo=UTC)


class Ticker(Protocol):
    """Ticks are UTC, and strictly increasing."""

    def after(self, instant: datetime) -> datetime | None:
        """The first tick strictly after the instant; None when there is none."""

    def ticks(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The ticks in (after, until]."""


@dataclass(frozen=True)
class Every:
    """A tick each `span` of real time, counted from `anchor` (UTC). Clock changes do not move it."""

    span: timedelta
    anchor: datetime

    def after(self, instant: datetime) -> datetime | None:
        """The first tick strictly after the instant. The anchor itself is the first of all."""
        if instant < self.anchor:
            return self.anchor
        tick = self.anchor + ((instant - self.anchor) // self.span + 1) * self.span
        return tick if tick < _LAST else None

    def ticks(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The ticks in (after, until]."""
        tick = self.after(after)
        while tick is not None and tick <= until:
            yield tick
            tick = self.after(tick)


@dataclass(frozen=True)
class Once:
    """One tick (UTC), and no other."""

    at: datetime

    def after(self, instant: datetime) -> datetime | None:
        """The tick, as long as it is ahead."""
        return self.at if instant < self.at else None

    def ticks(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The tick, if it is in (after, until]."""
        return iter((self.at,) if after < self.at <= until else ())


def interval_of(schedule: str) -> timedelta | None:
    """The span of "every 90m"; None for other schedules. Raises ValueError for a span that is none, or no time."""
    for word in _EVERY:
        if schedule.startswith(word):
            span = parse_duration(schedule.removeprefix(word).strip())
            if span <= timedelta(0):
                raise ValueError(f"'{schedule}' never moves on; write a longer span, e.g. every 90m")
            return span
    return None


def check_schedule(schedule: str) -> None:
    """Raise ValueError unless it is a cron expression that ever fires, "every" with a duration, or "@once"."""
    if schedule != ONCE and interval_of(schedule) is None:
        check_cron(schedule)


def ticker(schedule: str, zone: ZoneInfo, gap: Gap, fold: Fold, start: datetime | None, first_end: datetime) -> Ticker:
    """The clock of a schedule. Intervals count from `start` (UTC), or from 1970; "@once" ticks at `first_end`, when
    the first window is over."""
    if schedule == ONCE:
        return Once(first_end)
    span = interval_of(schedule)
    return Every(span, start or _EPOCH) if span is not None else Cron(schedule, zone, gap, fold)
