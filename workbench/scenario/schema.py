"""The tables of what may stand in a scenario document."""

from __future__ import annotations

import re
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from fractions import Fraction
from typing import Any

from workbench.model.findings import near
from workbench.model.kinds import Each, Field, Group, Names, Place, Plain, RefusedError, described, must_be
from workbench.model.schema import DESCRIPTION, INSTANT, MOMENT, SPAN, text, whole_number
from workbench.model.yamltext import Mapping, Node, Sequence
from workbench.scenario.parts import (
    Bug,
    Choice,
    Deploy,
    Fault,
    Flaky,
    Hang,
    Late,
    LostAnswer,
    Never,
    Outage,
    Quota,
    Scenario,
    SchedulerDown,
    Slow,
    WorkerLost,
    Zombie,
)
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


def _by_name(fault: Fault) -> dict[str, Any]:
    return {field.name: getattr(fault, field.name) for field in fields(fault)}


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

_SOME_INPUT = Field("input", text("jfk", "the name of an input"), "The input.", required=True)
_TASK = Field(
    "task", text("extract", "the name of a task"), "The task: task, dag.task, dag.*, pool:api.", required=True
)
_PARTITION = Field("partition", text("2013-01-03", "a partition"), "The partition.", required=True)
_AT = replace(_PARTITION, required=False, help="Only this partition.")
_TRIES = Field("tries", whole_number(1, "1", 1000), "The first so many tries of each partition.")
_AFTER = Field("after", SPAN, "How long a try runs before that.")
_NOTICED = Field("noticed", SPAN, "How much later the scheduler notices.")
_FROM = Field("from", INSTANT, "When it starts.", attr="start", required=True)
_UNTIL = Field("until", INSTANT, "When it is over.", required=True)
_MANY = whole_number(1, "20", 1_000_000)

# Each kind of fault: its key, its class, its fields, and an example.
_KINDS: tuple[tuple[str, type[Any], tuple[Field, ...], str], ...] = (
    (
        "late",
        Late,
        (
            _SOME_INPUT,
            _PARTITION,
            Field("arrives", ARRIVES, "When it comes; 06:30: the first such local time after the partition's end."),
            Field("by", SPAN, "Or: how long after its usual arrival it comes."),
        ),
        "{input: jfk, partition: 2013-01-03, by: 95m}",
    ),
    ("never", Never, (_SOME_INPUT, _PARTITION), "{input: jfk, partition: 2013-01-03}"),
    (
        "flaky",
        Flaky,
        (_TASK, _AT, _TRIES, Field("rate", RATE, "Or: each try fails with this chance."), _AFTER),
        "{task: clean, tries: 1}",
    ),
    (
        "outage",
        Outage,
        (
            _TASK,
            _FROM,
            _UNTIL,
            _AFTER,
            Field("capacity", _MANY, "So many calls a minute are served once it is up again."),
            Field("overload", _MANY, "More calls than this within a minute knock it down again."),
            Field("again", SPAN, "For how long."),
        ),
        "{task: extract, from: 2013-01-03T06:00Z, until: 2013-01-03T06:20Z}",
    ),
    (
        "quota",
        Quota,
        (
            _TASK,
            Field("at_once", _MANY, "So many calls are served at the same time."),
            Field("calls", _MANY, "So many calls are served within `per`."),
            Field("per", SPAN, "The span in which calls are counted."),
            Field("ban_after", _MANY, "So many refusals within `ban_within` begin a ban."),
            Field("ban_within", SPAN, "The span in which refusals are counted."),
            Field("ban", SPAN, "How long every call is refused then."),
            _AFTER,
        ),
        "{task: extract, at_once: 4}",
    ),
    (
        "bug",
        Bug,
        (_TASK, Field("version", text("v1", "a version"), "The version of the code that fails."), _AT, _AFTER),
        "{task: clean, version: v1}",
    ),
    (
        "deploy",
        Deploy,
        (
            replace(_TASK, help="The task, or a whole DAG."),
            Field("version", text("v2", "a version"), "The version of the code that runs from then on.", required=True),
            Field("at", INSTANT, "When.", required=True),
        ),
        "{task: clean, version: v2, at: 2013-01-03T12:00Z}",
    ),
    (
        "slow",
        Slow,
        (
            _TASK,
            _AT,
            _TRIES,
            Field("factor", TIMES, "Tries last this many times as long."),
            Field("takes", SPAN, "Or: they last so long."),
        ),
        "{task: clean, factor: 3}",
    ),
    ("hang", Hang, (_TASK, _AT, _TRIES), "{task: clean, tries: 1}"),
    ("worker_lost", WorkerLost, (_TASK, _AT, _TRIES, _AFTER, _NOTICED), "{task: clean, after: 1m, noticed: 5m}"),
    (
        "zombie",
        Zombie,
        (_TASK, _AT, _TRIES, _AFTER, _NOTICED, Field("commits", SPAN, "How long after the start its work is done.")),
        "{task: load, after: 9m, noticed: 10m, commits: 28m}",
    ),
    ("lost_answer", LostAnswer, (_TASK, _AT, _TRIES, _NOTICED), "{task: load, noticed: 5m}"),
    (
        "scheduler_down",
        SchedulerDown,
        (_FROM, _UNTIL),
        "{from: 2013-01-03T05:00Z, until: 2013-01-03T07:00Z}",
    ),
    (
        "choice",
        Choice,
        (
            replace(_TASK, help="The branch, or the short circuit."),
            Field("follow", Names("[full_load]"), "The tasks below it that are followed; [] stops.", required=True),
            _AT,
        ),
        "{task: choose, follow: [full_load]}",
    ),
)
FAULTS = {key: Group(kind, rows, example, parts=_by_name) for key, kind, rows, example in _KINDS}
CLASSES: dict[str, type[Any]] = {key: kind for key, kind, _, _ in _KINDS}
_KEYS: dict[type[Any], str] = {kind: key for key, kind in CLASSES.items()}
_LATE = f"late: {FAULTS['late'].example}"


@dataclass(frozen=True, slots=True)
class Written:
    """A fault as it was written: its key, values and place, and whether all of it could be read."""

    key: str
    values: dict[str, Any]
    place: Place
    whole: bool

    @property
    def line(self) -> int:
        return self.place.lines.get(self.place.path, 0)


@dataclass(frozen=True, slots=True)
class Faults:
    """A list of faults, each one key with its fields."""

    says: str = "a list of faults"
    example: str = f"- {_LATE}"

    def read(self, node: Node, place: Place) -> list[Written]:
        if not isinstance(node, Sequence):
            raise RefusedError(must_be(self, described(node)))
        read = (read_fault(item, n, place) for n, item in enumerate(node.items))
        return [fault for fault in read if fault is not None]

    def write(self, value: SequenceOf[Fault]) -> list[dict[str, Any]]:
        return [write_fault(fault) for fault in value]

    def refusal(self, value: Any) -> str:
        right = isinstance(value, tuple) and all(type(fault) in _KEYS for fault in value)
        return "" if right else must_be(self, repr(value))


def read_fault(node: Node, n: int, place: Place) -> Written | None:
    """The values of a fault; what is wrong is added to the place's findings."""
    here = place.inside(str(n), node.line)
    key = _fault_key(node, n, here)
    if key is None or not isinstance(node, Mapping):
        return None
    here = replace(here, who=f"fault {n + 1} ({key})", label="", failed=set())
    try:
        values = FAULTS[key].values(node.pairs[0][1], here)
    except RefusedError as refused:
        here.refuse(f"{here.who}{refused}", node.line)
        values = {}
    return Written(key, values, here, whole=not here.failed)


def _fault_key(node: Node, n: int, place: Place) -> str | None:
    if not isinstance(node, Mapping) or len(node.pairs) != 1:
        told = f"fault {n + 1} must be one of {', '.join(FAULTS)} with its fields, for example {_LATE}"
        place.refuse(told, node.line)
        return None
    key = node.pairs[0][0]
    if key.text not in FAULTS:
        place.refuse(f"fault {n + 1} has unknown kind '{key.text}'{near(key.text, FAULTS)}", key.line)
        return None
    return key.text


def write_fault(fault: Fault) -> dict[str, Any]:
    key = _KEYS[type(fault)]
    return {key: FAULTS[key].write(fault)}


SCENARIO = Group(
    Scenario,
    (
        Field("scenario", text("late_jfk", "a name"), "The name of the scenario.", attr="name", required=True),
        Field("seed", whole_number(0, "13", 10**18 - 1), "Other seeds give other chances."),
        Field("from", INSTANT, "Where simulated time starts; what was due earlier is done.", attr="start"),
        Field("until", INSTANT, "Where simulated time ends."),
        Field("description", DESCRIPTION, "What it is for."),
        Field("arrivals", Each(MOMENT, "the arrival of", 'jfk: "05:56"'), "When inputs usually come."),
        Field("faults", Faults(), "What goes wrong."),
    ),
    example="{scenario: late_jfk, from: 2013-01-03T05:30Z}",
)
