"""Where to go, from what a person types: a time, a day, a weekday, a span from now, the number of an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workbench.given import instant_in, is_clock, made_at
from workbench.model import InvalidInput
from workbench.timetable import Partition, parse_clock, parse_duration
from workbench.verbs.moves import nothing_more as no_next
from workbench.views.clock import day

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

Progress = Callable[[datetime], None]
HOW = "07:35, Sat 08:00, Sat, 5 Jan 08:00, +2h, -30m, 2013-01-05T08:00Z, or event 12"
_EVENT = re.compile(r"event\s+(\d{1,9})", re.IGNORECASE | re.ASCII)
_SPAN = re.compile(r"([+-])\s*(.+)")
_SHORT_HOUR = re.compile(r"(?<![\d:-])(\d:\d{2})", re.ASCII)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST_DAYS = 400


def place_of(bench: Bench, text: str) -> datetime | int:
    """The instant (UTC), or the number of an event, that a text means in the zone of the DAG that is shown. Raises
    InvalidInput in words."""
    text = " ".join(text.split())
    event = _EVENT.fullmatch(text)
    if event is not None:
        return int(event[1])
    span = _SPAN.fullmatch(text)
    return _after(bench, span[1], span[2]) if span is not None else _at(bench, text)


def _after(bench: Bench, sign: str, text: str) -> datetime:
    try:
        span = parse_duration(text)
        return bench.now + span if sign == "+" else bench.now - span
    except (ValueError, OverflowError):
        raise InvalidInput([f"{sign}{text} is no span of time; write +2h, -30m or +1d"]) from None


def _at(bench: Bench, text: str) -> datetime:
    text = _SHORT_HOUR.sub(r"0\1", text)
    *words, last = text.split() or [""]
    spoken, time = (
        ((words, last) if is_clock(last) else ([*words, last], "")) if words or not is_clock(last) else ([], "")
    )
    if not spoken or not _is_spoken(spoken):
        try:
            return instant_in(bench.clock.zone, text, _today(bench))
        except InvalidInput:
            raise InvalidInput([f"{text or 'nothing'} is no time; write {HOW}"]) from None
    at = _midnight(bench, spoken)
    clock = parse_clock(time) if time else at.timetz().replace(tzinfo=None)
    return instant_in(bench.clock.zone, f"{at:%Y-%m-%d} {clock:%H:%M:%S}", bench.now)


def _today(bench: Bench) -> datetime:
    """The day that bare clock times are of: now's; while no run is made yet, that of the run that is shown as due."""
    due = made_at(bench.known.plans[bench.dag].spec, bench.window.key) if bench.run is None else bench.now
    return max(bench.now, due)


def _is_spoken(words: list[str]) -> bool:
    """Is it a day as it stands on the screen: `Sat`, `5 Jan`, `Sat 5 Jan`?"""
    return all(word.isdigit() or word[:3].lower() in (*_WEEKDAYS, *_MONTHS) for word in words)


def _midnight(bench: Bench, words: list[str]) -> datetime:
    """The day of that name that is nearest to now, the later of two."""
    today = bench.now.astimezone(bench.clock.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = [word[:3].lower().lstrip("0") for word in words]
    for count in range(_MOST_DAYS):
        for one in (today + timedelta(days=count), today - timedelta(days=count)):
            names = {_WEEKDAYS[one.weekday()], _MONTHS[one.month - 1], str(one.day), str(one.year)[:3]}
            if all(word in names for word in wanted):
                return one
    raise InvalidInput([f"there is no {' '.join(words)} near {day(today)}; write {HOW}"])


# days


def window_of(bench: Bench, text: str) -> Partition:
    """The partition that a text means: its key, or the day as it stands on the screen. Raises InvalidInput."""
    grid, text = bench.known.plans[bench.dag].spec.grid, " ".join(text.split())
    names = {said.lower(): key for said, key in day_names(bench)}
    try:
        return grid.parse(names.get(text.lower(), text))
    except ValueError:
        words = text.replace(",", " ").split()
        if words and _is_spoken(words):
            return grid.containing(_midnight(bench, words))
    shown = f"{grid.spoken(bench.window)}, or {bench.window.key}"
    raise InvalidInput([f"'{text}' is no {grid.unit} of {bench.dag}; write it as on the screen: {shown}"])


def day_names(bench: Bench, most: int = 60) -> list[tuple[str, str]]:
    """(as people say it, key) of the windows that have runs, and of the two around now; the newest first."""
    grid = bench.known.plans[bench.dag].spec.grid
    windows = {run.window for key, run in bench.known.runs.items() if key.dag == bench.dag}
    windows |= {grid.containing(bench.now), grid.last_ended(bench.now), bench.window}
    newest = sorted(windows, key=lambda one: one.start, reverse=True)[:most]
    return [(grid.spoken(one), one.key) for one in newest]


def days_like(bench: Bench, text: str) -> list[str]:
    """Keys of days that hold what was typed so far; "" (which follows the newest) while nothing was."""
    wanted = text.strip().lower()
    if not wanted:
        return ["", *(key for _, key in day_names(bench))]
    return [key for said, key in day_names(bench, most=5000) if wanted in said.lower() or wanted in key][:60]


def end_said(bench: Bench) -> str:
    """Why there is no next instant; and what one can do, unless a guide says that."""
    if bench.guide.line(bench):
        return "Nothing more comes by itself; ☞ says how it goes on."
    return f"{nothing_more(bench)} g goes back, f makes a fault."


def nothing_more(bench: Bench) -> str:
    """That there is no next instant, where there are no keys."""
    return no_next(bench.clock, bench.session.end)
