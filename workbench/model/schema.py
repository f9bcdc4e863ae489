"""The tables of what may stand in a DAG document and in a settings document.

A row is (key, kind, help). Defaults are those of the dataclasses in `parts`, so that they are said once.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from workbench.model.findings import Findings, shown
from workbench.model.kinds import Choice, Each, Field, Group, Names, Place, Plain
from workbench.model.parts import (
    TRIGGER_RULES,
    DagSpec,
    Fold,
    Gap,
    Input,
    Jitter,
    RetryPolicy,
    Task,
    Unit,
)
from workbench.model.yamltext import Mapping, Node, Scalar
from workbench.timetable import (
    check_cron,
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


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def whole_number(least: int, example: str, most: int = 999_999_999) -> Plain:
    """Whole numbers from `least` to `most`."""
    bounds = f" of {least} or more" if most > 10**6 else f" from {least} to {most}"
    says = "a whole number" + (bounds if least >= 0 else "")
    return Plain(says, example, _parse_whole, lambda value: is_whole(value) and least <= value <= most)


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


def _is_schedule(value: Any) -> bool:
    check_cron(value)
    return True


def _is_run(value: Any) -> bool:
    return isinstance(value, str) and _RUN.fullmatch(value) is not None


def _as_it_is(text: str, zone: object) -> str:
    return text


def _short_factor(value: float) -> float:
    return int(value) if value == int(value) else value


def text(example: str, says: str = "text", longest: int = 200) -> Plain:
    return Plain(says, example, _as_it_is, _is_text, longest=longest)


SPAN = Plain("a duration", "10m", lambda text, zone: parse_duration(text), is_span, format_duration)
INSTANT = Plain("a date, or a date with a time", "2013-01-03T05:30Z", parse_instant, _is_instant, format_instant)
MOMENT = Plain('a time of day, or "+" and a duration', '"06:00" or "+10m"', parse_moment, _is_moment, format_moment)
FLAG = Plain("true or false", "true", _parse_flag, lambda value: isinstance(value, bool))
FACTOR = Plain("a number from 1 to 1000", "2", _parse_factor, _is_factor, _short_factor)
ZONE = Plain("a time zone", "Europe/Berlin", _as_it_is, _is_zone)
SCHEDULE = Plain("a cron expression in quotes, or null", '"0 6 * * *"', _as_it_is, _is_schedule)
RUN = Plain("a module beside this file and a function in it", '"flights:clean"', _as_it_is, _is_run)
OWNER = text("analytics-oncall")
DESCRIPTION = text('"What it is for."', longest=20_000)


def _dag(**values: Any) -> DagSpec:
    """A DagSpec keeps the two policies of `dst` as fields of its own."""
    policies = values.pop("dst", {})
    return DagSpec(**{"name": "", "tasks": {}, **values, **policies})


def _dag_parts(spec: DagSpec) -> dict[str, Any]:
    policies = {key: getattr(spec, key) for key in ("gap", "fold")}
    return {
        **vars(spec),
        "dst": {key: item for key, item in policies.items() if item != getattr(DagSpec, key)} or None,
    }


def _slots(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


RETRIES = Group(
    RetryPolicy,
    (
        Field("max", whole_number(0, "5", 1000), "How often a failed attempt is tried again."),
        Field("delay", SPAN, "The pause before the first retry."),
        Field("backoff", FACTOR, "Each further pause is this many times as long."),
        Field("jitter", Choice(get_args(Jitter)), "How pauses are spread."),
        Field("cap", SPAN, "The longest pause."),
    ),
    example="{max: 5, delay: 2m}",
    bare="max",
    says="a number of retries, or a group of named values",
    parts=_slots,
)

TASK = Group(
    Task,
    (
        Field("needs", Names("[extract, jfk]"), "Tasks and inputs that must be there first."),
        Field("reads", Names("[jfk, lga]"), "Tasks and inputs of which it takes what is there."),
        Field("takes", SPAN, "How long an attempt usually runs."),
        Field("run", RUN, "The function that does the work, module:function."),
        Field("retries", RETRIES, "How often a failed attempt is tried again, and when."),
        Field("trigger_rule", Choice(TRIGGER_RULES), "Which ends of the tasks it needs let it start."),
        Field("pool", text("warehouse"), "The pool whose slot it takes while it runs."),
        Field("priority", whole_number(-1_000_000, "2"), "Higher ones get a free slot first."),
        Field("owner", OWNER, "Who is called when it fails."),
        Field("description", DESCRIPTION, "What it is for."),
    ),
    example="{needs: [extract], takes: 3m}",
    parts=_slots,
)

INPUT = Group(
    Input,
    (
        Field("expected", MOMENT, "When it is promised: a local time of day, or a span after the window's end."),
        Field("path", text('"drop/jfk/{partition}.csv"', longest=1000), "Where the data lies."),
        Field("owner", OWNER, "Who delivers it."),
    ),
    example='{expected: "06:00"}',
    parts=_slots,
)

DST = Group(
    dict,
    (
        Field(
            "gap",
            Choice(get_args(Gap)),
            "A local time that does not exist: run after the gap, or not at all.",
        ),
        Field("fold", Choice(get_args(Fold)), "A local time that comes twice: run at the first, second or both."),
    ),
    example="{gap: shift, fold: second}",
    parts=lambda value: value,
)

DAG = Group(
    DagSpec,
    (
        Field("dag", text("daily_flights", "a name"), "The name of the DAG.", attr="name", required=True),
        Field("schedule", SCHEDULE, "When runs start, as cron in the zone; null: only by hand."),
        Field("timezone", ZONE, "The zone of the schedule, and of times without one."),
        Field("partition", Choice(get_args(Unit)), "The size of the window that a run owns."),
        Field("start", INSTANT, "The first instant at which runs are due."),
        Field("end", INSTANT, "The instant after which none are due."),
        Field("catchup", FLAG, "Whether runs that were missed are made later."),
        Field("max_active_runs", whole_number(1, "16"), "How many runs may be under way at once."),
        Field("dst", DST, "What to do when clocks change."),
        Field("owner", OWNER, "Who answers for the DAG."),
        Field("description", DESCRIPTION, "What it is for."),
        Field("inputs", Each(INPUT, "input", 'jfk: {expected: "06:00"}', named=True), "Data from elsewhere."),
        Field("tasks", Each(TASK, "task", "extract: {takes: 10m}", named=True), "The steps."),
    ),
    example="{dag: daily_flights, tasks: {extract: {takes: 10m}}}",
    build=_dag,
    parts=_dag_parts,
)

SETTINGS = Group(
    dict,
    (
        Field("pools", Each(whole_number(1, "2"), "pool", "warehouse: 2"), "The slots of each pool."),
        Field("workers", whole_number(1, "4"), "How many attempts may run at once."),
    ),
    example="{pools: {warehouse: 2}, workers: 4}",
    parts=lambda value: value,
)


def read_dag(node: Mapping, found: Findings) -> tuple[DagSpec, Place]:
    """The DAG of a document, with as much in it as could be read, and the place that knows what could not.
    What is wrong is added to `found`."""
    name = node.get("dag")
    who = f"DAG '{shown(name.text)}'" if isinstance(name, Scalar) and not name.is_null else "the DAG"
    place = Place(found, who, zone=_zone(node.get("timezone")), lines={"": node.line})
    return _dag(**DAG.values(node, place)), place


def _zone(node: Node | None) -> ZoneInfo:
    """The zone for naive times. A wrong one is told when its own field is read."""
    try:
        return parse_zone(node.text) if isinstance(node, Scalar) and not node.is_null else ZoneInfo("UTC")
    except ValueError:
        return ZoneInfo("UTC")


def read_settings(node: Mapping, found: Findings) -> tuple[dict[str, Any], Place]:
    """`pools` and `workers`, where given, and the place that knows their lines."""
    place = Place(found, "the settings document", lines={"": node.line})
    return SETTINGS.values(node, place), place
