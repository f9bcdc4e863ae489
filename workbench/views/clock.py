"""Instants in words: short where the day is clear, always with the weekday where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.timetable import spoken_duration

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Clock:
    """Says instants to somebody who stands at `now`, in one zone."""

    now: datetime
    zone: ZoneInfo

    def at(self, instant: datetime) -> str:
        """`06:00` on the same day, `Fri 4 Jan 06:00` on another, with the year in another; seconds where there are
        some."""
        local = instant.astimezone(self.zone)
        time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return time if local.date() == self.now.astimezone(self.zone).date() else f"{self.day(local)} {time}"

    def full(self, instant: datetime) -> str:
        """`Fri 4 Jan 06:00`."""
        local = instant.astimezone(self.zone)
        return f"{self.day(local)} {local:%H:%M}" + (f":{local:%S}" if local.second else "")

    def day(self, local: datetime) -> str:
        """`Fri 4 Jan`, with the year when it is not that of now."""
        same = local.year == self.now.astimezone(self.zone).year
        return day(local) if same else f"{day(local)} {local.year}"


def common_zone(known: Known) -> ZoneInfo:
    """The zone of all DAGs if they have one in common, else UTC."""
    zones = {plan.spec.timezone for plan in known.plans.values()}
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")


def has_zones(known: Known) -> bool:
    """Do its DAGs live in several zones, so that a bare time must say in which?"""
    return len({plan.spec.timezone for plan in known.plans.values()}) > 1


def day(local: datetime) -> str:
    """`Fri 4 Jan`."""
    return f"{local:%a} {local.day} {local:%b}"


def ago(span: timedelta) -> str:
    """A span for a sentence; nothing is `0 min`."""
    return spoken_duration(span) if span else "0 min"


def listed(names: tuple[str, ...] | list[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 try`, `3 tries`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
