"""A clock scale: which stretch of time is shown, on how many cells, and where its labels are. Pure.

The automatic stretch is calm: it begins and is as long as one of a few round figures, so that it stays where it is
while time goes on, and then makes room at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from workbench.views.clock import Clock, day

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Minutes that a stretch may be long.
_LONG = (20, 30, 45, 60, 90, 120, 150, 180, 210, 240, 300, 360, 480, 600, 720, 960, 1440, 2160, 2880, 4320, 5760, 7200,
         10080, 20160, 43200, 86400, 259200, 527040)  # fmt: skip
# Up to how long, and to which round time a stretch begins: both in minutes.
_BEGINS = ((60, 5), (200, 15), (720, 30), (2880, 120))
# Minutes between two labels.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 43200)
_LABEL, _DAY_LABEL = 8, 12
_MOST_ZOOM = 8


class Zoom(NamedTuple):
    """What a person chose: `level` halves the stretch that often (or doubles it, when negative), `pan` moves it by
    quarters of its length."""

    level: int = 0
    pan: int = 0

    def by(self, level: int = 0, pan: int = 0) -> Zoom:
        """Nearer or further, and to the right or left. Zooming keeps what was panned to in view."""
        new = max(-_MOST_ZOOM, min(_MOST_ZOOM, self.level + level))
        moved = round(self.pan * 2.0 ** (new - self.level)) + pan
        return Zoom(new, max(-400, min(400, moved)))


AUTO = Zoom()


class Scale(NamedTuple):
    """From `start` to `end` (UTC) on `cells` cells."""

    start: datetime
    end: datetime
    cells: int

    def column(self, at: datetime) -> int:
        """The cell of an instant; outside of 0 .. cells - 1 it is not on the scale."""
        return (at - self.start) * self.cells // (self.end - self.start)

    def shows(self, at: datetime) -> bool:
        return 0 <= self.column(at) < self.cells


def scale_of(first: datetime, last: datetime, now: datetime, cells: int, zoom: Zoom = AUTO) -> Scale:
    """From shortly before `first` to shortly after `last`, in round figures. A zoomed one is about `now`, or about the
    middle where now is not on the scale."""
    start, span = _round(first, max(last, first + 10 * _MINUTE))
    end = start + span
    if zoom.level:
        span = max(span / 2.0**zoom.level, 2 * _MINUTE) if zoom.level > 0 else span * 2**-zoom.level
        about = now if start <= now <= end else start + (end - start) / 2
        start = _floor(about - span * 5 / 8, span / 4)
    start += zoom.pan * (span / 4)
    return Scale(start, start + span, max(cells, 1))


def _round(first: datetime, last: datetime) -> tuple[datetime, timedelta]:
    start = first
    for minutes in _LONG:
        span = minutes * _MINUTE
        begins = next((each for most, each in _BEGINS if minutes <= most), 1440)
        start = _floor(first - span / 40, begins * _MINUTE)
        if start + span * 0.95 >= last:
            return start, span
    return start, (last - start) * 1.05


def _floor(at: datetime, every: timedelta) -> datetime:
    """The last whole multiple of a span, counted from a midnight."""
    zero = datetime(2000, 1, 1, tzinfo=at.tzinfo)
    return zero + (at - zero) // every * every


def ticks(scale: Scale, clock: Clock) -> Iterator[tuple[datetime, str]]:
    """Round instants in the clock's zone, each with its time of the day; none where only days are told apart."""
    span = scale.end - scale.start
    step = next((s for s in _STEPS if scale.cells * (s * _MINUTE / span) >= _LABEL), _STEPS[-1])
    if step >= 1440:
        step = next((s for s in _STEPS if s >= 1440 and scale.cells * (s * _MINUTE / span) >= _DAY_LABEL), _STEPS[-1])
    for at in _round_instants(scale, step, clock):
        yield at, f"{at.astimezone(clock.zone):%H:%M}" if step < 1440 else ""


def labels_of(local: datetime, time: str, is_new_day: bool) -> tuple[str, ...]:
    """What may stand at such an instant, from long to short: where the day is another than before, with the day."""
    if not time:
        return day(local), f"{local:%a} {local.day}"
    return (f"{day(local)} {time}", f"{local:%a} {time}", f"{local:%a}") if is_new_day else (time,)


def _round_instants(scale: Scale, step: int, clock: Clock) -> Iterator[datetime]:
    """Where the local clock shows a whole multiple of so many minutes. Zones differ from UTC by quarters of an hour."""
    each = min(step, 15) * _MINUTE
    at = _floor(scale.start, each)
    days = step // 1440
    while at < scale.end:
        local = at.astimezone(clock.zone)
        is_round = (local.hour * 60 + local.minute) % step == 0 if not days else not local.hour and not local.minute
        if is_round and at >= scale.start and (days < 2 or local.toordinal() % days == 0):
            yield at
        at += _DAY - _HOUR if days and is_round else each
