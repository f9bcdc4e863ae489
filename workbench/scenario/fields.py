"""Kinds of values and fields that tables of faults have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from workbench.model.findings import shown
from workbench.model.kinds import Field, Place, Plain, RefusedError, must_be
from workbench.model.values import INSTANT, SPAN, text, whole_number
from workbench.model.yamltext import Node, Sequence
from workbench.timetable import parse_clock, parse_instant

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s?%", re.ASCII)
_DECIMAL = re.compile(r"\d(?:\.\d{1,18})?", re.ASCII)
_RATIO = re.compile(r"(\d{1,60})/(0*[1-9]\d{0,59})", re.ASCII)
_FACTOR = re.compile(r"\d{1,4}(?:\.\d{1,18})?", re.ASCII)
_MILLION = 10**6


def parse_rate(text: str, zone: object = None) -> Fraction:
    """ "2%", "0.02" or "1/50", exactly."""
    if match := _PERCENT.fullmatch(text):
        return Fraction(match[1]) / 100
    if match := _RATIO.fullmatch(text):
        return Fraction(int(match[1]), int(match[2]))
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    raise ValueError


def format_rate(rate: Fraction) -> str:
    """In percent where that is exact with six digits, else as a ratio."""
    millionths = rate * 100 * _MILLION
    if millionths.denominator != 1:
        return f"{rate.numerator}/{rate.denominator}"
    whole, rest = divmod(int(millionths), _MILLION)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".") + "%"


def _is_rate(value: Any) -> bool:
    return isinstance(value, Fraction) and 0 < value <= 1


RATE = Plain("a share above 0% and up to 100%", "2%", parse_rate, _is_rate, format_rate)


def parse_factor(text: str, zone: object = None) -> Fraction:
    """ "1.5", "3" or "1/2", exactly."""
    if match := _RATIO.fullmatch(text):
        return Fraction(int(match[1]), int(match[2]))
    if _FACTOR.fullmatch(text):
        return Fraction(text)
    raise ValueError


def format_factor(factor: Fraction) -> str:
    """As a decimal where that is exact with six digits, else as a ratio."""
    millionths = factor * _MILLION
    if millionths.denominator != 1:
        return f"{factor.numerator}/{factor.denominator}"
    whole, rest = divmod(int(millionths), _MILLION)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def _is_factor(value: Any) -> bool:
    return isinstance(value, Fraction) and 0 < value <= 1000


def _parse_arrival(text: str, zone: Any) -> datetime | time:
    return parse_clock(text) if text[2:3] == ":" else parse_instant(text, zone)


# A time of day is made an instant once the partition is known.
ARRIVES = replace(
    INSTANT,
    says='a date with a time, or a time of day in quotes such as "06:30"',
    parse=_parse_arrival,
    fits=lambda value: type(value) is time or INSTANT.fits(value),
    json={"anyOf": [INSTANT.json, {"type": "string", "pattern": r"^\d\d:\d\d(:\d\d)?$"}]},
)
TIMES = Plain("a number above 0, up to 1000", "3", parse_factor, _is_factor, format_factor)

MOST_SPANS = 1000


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations in a list; one alone may stand for a list."""

    says: str = f"a list of durations, from one to {MOST_SPANS}"
    example: str = "[4m, 5m10s, 7m]"

    def read(self, node: Node, place: Place) -> tuple[timedelta, ...]:
        items = node.items if isinstance(node, Sequence) else (node,)
        if not 0 < len(items) <= MOST_SPANS:
            raise RefusedError(must_be(self, f"{len(items)} of them" if items else "empty"))
        return tuple(SPAN.read(item, place) for item in items)

    def write(self, value: tuple[timedelta, ...]) -> list[Any]:
        return [SPAN.write(one) for one in value]

    def refusal(self, value: Any) -> str:
        if not isinstance(value, tuple) or not 0 < len(value) <= MOST_SPANS:
            return must_be(self, shown(repr(value)))
        return next(filter(None, map(SPAN.refusal, value)), "")


SPANS = Durations()
SOME_INPUT = Field("input", text("jfk", "the name of an input"), "The input.", required=True)
TASK = Field("task", text("extract", "the name of a task"), "The task: task, dag.task, dag.*, pool:api.", required=True)
PARTITION = Field("partition", text("2013-01-03", "a partition"), "The partition.", required=True)
AT = replace(PARTITION, required=False, help="Only this partition.")
TRIES = Field("tries", whole_number(1, "1", 1000), "The first so many tries of each partition.")
AFTER = Field("after", SPAN, "How long a try runs before that.")
NOTICED = Field("noticed", SPAN, "How much later the scheduler notices.")
FROM = Field("from", INSTANT, "When it starts.", attr="start", required=True)
UNTIL = Field("until", INSTANT, "When it is over.", required=True)
MANY = whole_number(1, "20", 1_000_000)
