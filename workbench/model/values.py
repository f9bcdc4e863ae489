"""Kinds of single values, and how people write them: durations, instants, times of day, numbers, schedules."""

from __future__ import annotations

import math
import re
from datetime import datetime, time, timedelta
from typing import Any

from workbench.model.kinds import Plain
from workbench.timetable import (
    ONCE,
    check_cron,
    check_schedule,
    format_duration,
    format_instant,
    parse_clock,
    parse_duration,
    parse_instant,
    parse_zone,
)

LONGEST_SPAN = timedelta(days=3660)
_YES_NO = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_RUN = re.compile(r"[^\W\d]\w*:[^\W\d]\w*")
_DURATION = r"(?=\d)(\d{1,9}w)?(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?"
_CLOCK = r"\d\d:\d\d(:\d\d)?"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def whole_number(least: int, example: str, most: int = 999_999_999) -> Plain:
    """Whole numbers from `least` to `most`."""
    bounds = f" of {least} or more" if most > 10**6 else f" from {least} to {most}"
    says = "a whole number" + (bounds if least >= 0 else "")
    json = _either({"type": "integer", "minimum": least, "maximum": most}, r"-?\d{1,18}")
    return Plain(says, example, _parse_whole, lambda value: is_whole(value) and least <= value <= most, json=json)


def _either(schema: dict[str, Any], pattern: str) -> dict[str, Any]:
    """In JSON: a value of its own type, or its text, which a file may have in quotes."""
    return {"anyOf": [schema, _matching(pattern)]}


def _matching(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _parse_whole(text: str, zone: object) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise ValueError
    return int(text)


def _parse_factor(text: str, zone: object) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text, re.ASCII):
        raise ValueError
    return float(text)


def _is_factor(value: Any) -> bool:
    return (is_whole(value) or isinstance(value, float)) and math.isfinite(value) and 1 <= value <= 1000


def _parse_flag(text: str, zone: object) -> bool:
    if text.lower() not in _YES_NO:
        raise ValueError
    return _YES_NO[text.lower()]


def is_span(value: Any) -> bool:
    """Whole seconds, from none to some ten years."""
    if not isinstance(value, timedelta):
        return False
    if value.microseconds:
        raise ValueError(f"{value} has a fraction of a second; use whole seconds")
    if value > LONGEST_SPAN:
        raise ValueError("durations are at most ten years long; write a shorter one, e.g. 10m")
    return value >= timedelta(0)


def _is_some_time(value: Any) -> bool:
    return is_span(value) and value > timedelta(0)


def parse_moment(text: str, zone: object = None) -> time | timedelta:
    """ "06:00" or "+10m"."""
    if text.startswith("+"):
        return parse_duration(text[1:])
    if ":" in text:
        return parse_clock(text)
    raise ValueError


def format_moment(moment: time | timedelta) -> str:
    if isinstance(moment, timedelta):
        return f"+{format_duration(moment)}"
    return moment.isoformat("seconds" if moment.second else "minutes")


def _is_moment(value: Any) -> bool:
    if isinstance(value, time):
        return value.tzinfo is None and not value.microsecond
    return is_span(value)


def _is_instant(value: Any) -> bool:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; use an aware datetime, e.g. tzinfo=UTC")
    return isinstance(value, datetime) and not value.microsecond and 1900 < value.year < 9990


def _is_zone(value: Any) -> bool:
    parse_zone(value)
    return True


def _is_run(value: Any) -> bool:
    return isinstance(value, str) and _RUN.fullmatch(value) is not None


def _as_it_is(text: str, zone: object) -> str:
    return text


def _short_factor(value: float) -> float:
    return int(value) if value == int(value) else value


# What people write for a schedule that is not cron, and what it means: `once`, `manual`, `hourly`, ...
_WORDS: dict[str, str | None] = {"once": ONCE, "manual": None}
_MACROS = ("hourly", "daily", "weekly", "monthly", "yearly")


def parse_schedule(text: str, zone: object = None) -> str | None:
    """The text of a schedule as it is kept: "@once" for once, None for manual."""
    word = text.strip().lower()
    return _WORDS.get(word, text)


def is_schedule(value: Any) -> bool:
    """Is it text that makes ticks? Raises ValueError that says why not."""
    try:
        (check_schedule if isinstance(value, str) else check_cron)(value)
    except ValueError as error:
        raise ValueError(f"{error}{_other_word(value)}") from None
    return True


def _other_word(value: Any) -> str:
    """A hint for words that are nearly a schedule."""
    word = value.strip().lower().lstrip("@") if isinstance(value, str) else ""
    if word in _MACROS:
        return f'; "@{word}" is a word for it'
    if re.match(r"ev\w{0,5}\s|\d+\s?[a-z]", word) and not word.startswith("every "):
        return '; a fixed interval is "every 90m"'
    return '; there are also once, manual and "every 90m"' if re.fullmatch(r"[a-z]+", word) else ""


def text(example: str, says: str = "text", longest: int = 200) -> Plain:
    return Plain(says, example, _as_it_is, _is_text, longest=longest)


_SPAN_JSON = _either({"const": 0}, rf"0|{_DURATION}")
SPAN = Plain("a duration", "10m", lambda text, zone: parse_duration(text), is_span, format_duration, json=_SPAN_JSON)
SOME_TIME = Plain(
    "a duration of 1s or more",
    "10m",
    lambda text, zone: parse_duration(text),
    _is_some_time,
    format_duration,
    json=_SPAN_JSON,
)
INSTANT = Plain(
    "a date, or a date with a time",
    "2013-01-03T05:30Z",
    parse_instant,
    _is_instant,
    format_instant,
    json=_matching(rf"\d{{4}}-\d\d-\d\d([T ]{_CLOCK}(Z|[+-]\d\d:\d\d)?)?"),
)
MOMENT = Plain(
    'a time of day, or "+" and a duration',
    '"06:00" or "+10m"',
    parse_moment,
    _is_moment,
    format_moment,
    json=_matching(rf"{_CLOCK}|\+0|\+{_DURATION}"),
)
FLAG = Plain(
    "true or false",
    "true",
    _parse_flag,
    lambda value: isinstance(value, bool),
    json=_either({"type": "boolean"}, "|".join("".join(f"[{c}{c.upper()}]" for c in word) for word in _YES_NO)),
)
FACTOR = Plain(
    "a number from 1 to 1000",
    "2",
    _parse_factor,
    _is_factor,
    _short_factor,
    json=_either({"type": "number", "minimum": 1, "maximum": 1000}, r"\d{1,6}(\.\d+)?"),
)
ZONE = Plain("a time zone", "Europe/Berlin", _as_it_is, _is_zone, json={"type": "string"})
SCHEDULE_TEXT = Plain(
    'cron in quotes, "every 90m", once, or manual',
    '"0 6 * * *"',
    parse_schedule,
    lambda value: value is None or is_schedule(value),
    json={"type": "string"},
)
RUN = Plain(
    "a module beside this file and a function in it",
    '"flights:clean"',
    _as_it_is,
    _is_run,
    json=_matching(r"[^\s:]+:[^\s:]+"),
)
NAME_JSON = {"anyOf": [_matching("[A-Za-z][A-Za-z0-9_-]{0,99}"), {"type": "boolean"}]}
OWNER = text("analytics-oncall")
DESCRIPTION = text('"What it is for."', longest=20_000)
