"""The tables of what may stand in a scenario document. Naive times are UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from workbench.model.findings import near
from workbench.model.kinds import Each, Field, Group, Place, Plain, RefusedError, described, must_be
from workbench.model.schema import DESCRIPTION, INSTANT, MOMENT, SPAN, text, whole_number
from workbench.model.yamltext import Mapping, Node, Sequence
from workbench.scenario.parts import Fault, Flaky, Late, Never, Outage, Scenario

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s?%", re.ASCII)
_DECIMAL = re.compile(r"\d(?:\.\d{1,18})?", re.ASCII)
_RATIO = re.compile(r"(\d{1,60})/(0*[1-9]\d{0,59})", re.ASCII)
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

_INPUT = Field("input", text("jfk", "the name of an input"), "The input.", required=True)
_TASK = Field("task", text("extract", "the name of a task"), "The task, as task or dag.task.", required=True)
_PARTITION = Field("partition", text("2013-01-03", "a partition"), "The partition.", required=True)
_AFTER = Field("after", SPAN, "How long an attempt runs before it fails.")

_FAULTS = {
    "late": (
        _INPUT,
        _PARTITION,
        Field("arrives", INSTANT, "When it comes."),
        Field("by", SPAN, "Or: how long after its usual arrival it comes."),
    ),
    "never": (_INPUT, _PARTITION),
    "flaky": (
        _TASK,
        replace(_PARTITION, required=False),
        Field("tries", whole_number(1, "1", 1000), "The first so many attempts of each partition fail."),
        Field("rate", RATE, "Or: each attempt fails with this chance."),
        _AFTER,
    ),
    "outage": (
        _TASK,
        Field("from", INSTANT, "When it starts.", attr="start", required=True),
        Field("until", INSTANT, "When it is over.", required=True),
        _AFTER,
    ),
}
_EXAMPLES = {
    "late": "{input: jfk, partition: 2013-01-03, by: 95m}",
    "never": "{input: jfk, partition: 2013-01-03}",
    "flaky": "{task: clean, tries: 1}",
    "outage": "{task: extract, from: 2013-01-03T06:00Z, until: 2013-01-03T06:20Z}",
}
FAULTS = {key: Group(dict, rows, _EXAMPLES[key], parts=lambda values: values) for key, rows in _FAULTS.items()}
_KEYS: dict[type[Any], str] = {Late: "late", Never: "never", Flaky: "flaky", Outage: "outage"}
# What is not written when it has this value.
_USUAL: dict[str, Any] = {"outage": timedelta(minutes=1)}


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
    example: str = f"- late: {_EXAMPLES['late']}"

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
    example = f"late: {_EXAMPLES['late']}"
    if not isinstance(node, Mapping) or len(node.pairs) != 1:
        told = f"fault {n + 1} must be one of {', '.join(FAULTS)} with its fields, for example {example}"
        place.refuse(told, node.line)
        return None
    key = node.pairs[0][0]
    if key.text not in FAULTS:
        place.refuse(f"fault {n + 1} has unknown kind '{key.text}'{near(key.text, FAULTS)}", key.line)
        return None
    return key.text


def write_fault(fault: Fault) -> dict[str, Any]:
    key = _KEYS[type(fault)]
    values = {name: getattr(fault, name) for name in fault.__slots__}
    if values.get("after") == _USUAL.get(key):
        values.pop("after", None)
    return {key: FAULTS[key].write(values)}


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
