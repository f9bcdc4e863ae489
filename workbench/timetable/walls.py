"""Wall clock times of a zone and the instants they name; the place that knows gaps and folds.

A wall time is a naive datetime. In a gap (clocks go forward) it names no instant, in a fold
(clocks go back) two. All instants are UTC.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def as_utc(instant: datetime) -> datetime:
    """Give the same instant in UTC; raises ValueError for a naive datetime."""
    # astimezone would read a naive datetime in the zone of the machine.
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone; use an aware datetime, e.g. 2013-01-04T07:35Z")
    return instant.astimezone(UTC)


def offset_at(instant: datetime, zone: tzinfo) -> timedelta:
    """Give the zone's offset from UTC at an aware instant."""
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def occurrences(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Give the instants at which the zone's clocks show ``wall``: none, one or two, in order."""
    first, second = _readings(wall, zone)
    if first == second:
        return (first,)
    return (first, second) if first < second else ()


def shifted(wall: datetime, zone: tzinfo) -> datetime:
    """Give the instant of a wall time in a gap, moved forward by the length of the gap."""
    return _readings(wall, zone)[0]


def first_instant(wall: datetime, zone: tzinfo) -> datetime:
    """Give the first instant at which the zone's clocks show ``wall`` or have jumped past it."""
    first, second = _readings(wall, zone)
    return first if first <= second else transition(second, first, zone)


def _readings(wall: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    # By PEP 495 fold 0 reads a gap or a fold with the offset before the change, fold 1 after it;
    # so the two come in falling order exactly in a gap.
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return first, wall.replace(tzinfo=zone, fold=1).astimezone(UTC)


def transition(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """Find the first whole second in (low, high] whose offset differs from the one at ``low``.

    The offset must change once between the two, and ``low`` be a whole second.
    """
    before = offset_at(low, zone)
    span = range(int((high - low) / SECOND) + 1)
    return low + SECOND * bisect_left(span, True, key=lambda n: offset_at(low + SECOND * n, zone) != before)


@lru_cache(maxsize=4096)
def start_of(day: date, zone: tzinfo) -> datetime:
    """Give the first instant of a local date: its midnight, or the end of the gap over it."""
    return first_instant(datetime.combine(day, time()), zone)


def next_month(first: date) -> date:
    """Give the first date of the month after the one that starts on ``first``."""
    return (first + 31 * DAY).replace(day=1)


def day_of(instant: datetime, zone: tzinfo) -> date:
    """Give the local date whose span from start to start holds the UTC instant."""
    day = instant.astimezone(zone).date()
    # When the clocks go back across midnight (St. John's, 00:01 to 23:01), the new date has begun
    # although the clock shows the old one once more.
    return day + DAY if instant >= start_of(day + DAY, zone) else day
