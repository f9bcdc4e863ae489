"""Prefect's cron ticks, where they differ from ours. Source: Prefect 3.8, `server/schemas/schedules.py`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from workbench.timetable import UTC, Cron
from workbench.timetable.walls import DAY, as_utc, occurrences


def ticks(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Walk the ticks after an instant, UTC, in rising order.

    A local time in a gap moves back by the gap, one that occurs twice ticks at the first, and at no other: an hourly
    flow leaves out one real hour when the clocks go back. Raises ValueError as `Cron` does.
    """
    last = as_utc(after)
    wall = last.astimezone(zone).replace(tzinfo=UTC, fold=0) - DAY
    for tick in Cron(cron, ZoneInfo("UTC")).ticks(wall, datetime(9990, 1, 1, tzinfo=UTC)):
        local = tick.replace(tzinfo=None)
        found = occurrences(local, zone)
        # Read with the offset after the gap.
        at = found[0] if found else local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if at > last:
            yield at
            last = at
