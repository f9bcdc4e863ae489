"""The tables of what may be written about data: datasets with their checks, consumers, people who are told.

As in `schema`: a row is (key, kind, help), and defaults are those of the dataclasses in `data_parts`.
"""

from __future__ import annotations

import math
import re
from typing import Any, get_args

from workbench.model.data_parts import (
    ALERT_KINDS,
    CHECK_KINDS,
    Alerts,
    Check,
    Consumer,
    Dataset,
    Executor,
    KeptBy,
    Measure,
    Person,
    RowsKept,
    Severity,
    Store,
    When,
    WriteMode,
)
from workbench.model.kinds import Choice, Each, Field, Group, Names, Plain, Words
from workbench.model.values import DESCRIPTION, FLAG, MOMENT, OWNER, RUN, SPAN, ZONE, is_whole, text, whole_number
from workbench.timetable import check_cron

_NEVER = "never"
_MOST = 1e15


def slots(value: Any) -> dict[str, Any]:
    """The parts of a dataclass with slots."""
    return {name: getattr(value, name) for name in value.__slots__}


def _number(text: str, zone: object) -> float:
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", text, re.ASCII):
        raise ValueError
    return float(text)


def _is_number(value: Any) -> bool:
    return (is_whole(value) or isinstance(value, float)) and math.isfinite(value) and abs(value) <= _MOST


def _is_cron(value: Any) -> bool:
    check_cron(value)
    return True


def _answer_time(text: str, zone: Any) -> Any:
    return _NEVER if text.strip().lower() == _NEVER else SPAN.parse(text, zone)


def _is_answer_time(value: Any) -> bool:
    return value == _NEVER or SPAN.fits(value)


NUMBER = Plain(
    "a number",
    "500",
    _number,
    _is_number,
    lambda value: int(value) if value == int(value) else value,
    json={"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d{1,15}(\.\d{1,12})?$"}]},
)
CRON = Plain(
    "cron in quotes", '"0 8 * * *"', lambda text, zone: text.strip(), _is_cron, lambda value: value,
    json={"type": "string"},
)  # fmt: skip
SQL = text('"SELECT * FROM orders"', "SQL", longest=20_000)
ANSWER_TIME = Plain(
    "a duration, or never",
    "4m",
    _answer_time,
    _is_answer_time,
    lambda value: value if value == _NEVER else SPAN.format(value),
    json={"anyOf": [*SPAN.json["anyOf"], {"type": "string", "pattern": r"^\s*[nN][eE][vV][eE][rR]\s*$"}]},
)

CHECK = Group(
    Check,
    (
        Field("kind", Choice(CHECK_KINDS), "What it looks at."),
        Field("columns", Names("[carrier, flight]"), "The columns that it looks at."),
        Field("min", NUMBER, "What it finds must not be less."),
        Field("max", NUMBER, "What it finds must not be more."),
        Field("measure", Choice(get_args(Measure)), "What it measures of the numbers (kind: distribution)."),
        Field("to", text("planes.tailnum"), "The dataset and column that it must be found in (kind: foreign_key)."),
        Field("sql", SQL, "The question, over the table `rows` (kind: sql)."),
        Field("severity", Choice(get_args(Severity)), "Whether a version that fails is kept from going live."),
        Field("when", Choice(get_args(When)), "Before publication, after it, or when a task names it."),
        Field("delay", SPAN, "How long after publication (when: after)."),
        Field("owner", OWNER, "Who is told when it fails."),
        Field("description", DESCRIPTION, "What it is for."),
    ),
    example="{kind: rows, min: 500, severity: block}",
    parts=slots,
)

DATASET = Group(
    Dataset,
    (
        Field("mode", Choice(get_args(WriteMode)), "What a write does with what is there: add, replace, or by key."),
        Field("key", Names("[carrier, flight]"), "The columns that tell its rows apart."),
        Field("store", Choice(get_args(Store)), "Where it lies."),
        Field("kept_by", Choice(get_args(KeptBy)), "Who fills it: tasks, or a feature store of one of two kinds."),
        Field("fenced", FLAG, "Whether a write of a try that is not its task's newest is refused."),
        Field("deadline", MOMENT, "Until when a partition must be live: a local time of day, or a span."),
        Field("owner", OWNER, "Who answers for it."),
        Field("description", DESCRIPTION, "What it holds."),
        Field("checks", Each(CHECK, "check", "volume: {kind: rows, min: 500}", named=True), "What is asked of it."),
    ),
    example="{mode: overwrite}",
    parts=slots,
)

ALERTS = Group(
    Alerts,
    (
        Field("on", Words("[failure, deadline]", allowed=ALERT_KINDS), "About what somebody is told."),
        Field("to", OWNER, "Who is told: a name of the roster, or a route. Without it: the owner."),
    ),
    example="{on: [failure, deadline], to: ingest-oncall}",
    parts=slots,
)

CONSUMER = Group(
    Consumer,
    (
        Field("reads", Names("[published]"), "The datasets that it reads, of the last window that has ended."),
        Field("schedule", CRON, "When it reads."),
        Field("timezone", ZONE, "The zone of its schedule."),
        Field("owner", OWNER, "Whose it is."),
        Field("description", DESCRIPTION, "What it is for."),
    ),
    example='{reads: [published], schedule: "0 8 * * *"}',
    parts=slots,
)


def _person(**values: Any) -> Person:
    if values.get("acknowledges") == _NEVER:
        values["acknowledges"] = None
    return Person(**values)


def _person_parts(value: Person) -> dict[str, Any]:
    """Nothing written means the usual time, so never is a word of its own."""
    return {**slots(value), "acknowledges": _NEVER if value.acknowledges is None else value.acknowledges}


PERSON = Group(
    Person,
    (
        Field("active", FLAG, "Whether they still work here."),
        Field("acknowledges", ANSWER_TIME, "How long after an alert they answer it, or never."),
    ),
    example="{acknowledges: 4m}",
    build=_person,
    parts=_person_parts,
)

DATASETS = Each(DATASET, "dataset", "orders: {mode: overwrite}", named=True)
CODE = Each(RUN, "version", 'v2: "flights:clean_v2"', free=True)
PARAMS = Each(text("warehouse_main", longest=2000), "parameter", "connection: warehouse_main", free=True)

TASK_ROWS = (
    Field("sql", SQL, "The question that makes its rows, over what it needs and reads."),
    Field("code", CODE, "The function of each code version; the last is the right one."),
    Field("checks", Names("[orders.volume]"), "The checks that it makes as a step: dataset.check."),
    Field("executor", Choice(get_args(Executor)), "Where its work runs."),
    Field("params", PARAMS, "What it is given: connections by name, secrets as secret: or env:."),
)
INPUT_ROWS = (
    Field("deadline", MOMENT, "When its owner is told that it has not come."),
    Field("rows", whole_number(0, "300"), "How many there are in a partition, where rows are counted."),
)
DAG_ROWS = (
    Field("datasets", DATASETS, "What its tasks write, with checks."),
    Field("alerts", ALERTS, "About what somebody is told, and who."),
    Field("runbook", text("docs/runbook.md", longest=1000), "Where it says what to do when it fails."),
    Field("environment", text('"image:flights-1.2"'), "The image or environment that its tasks run in."),
)
_ROSTER = Each(PERSON, "person", "ingest-oncall: {acknowledges: 4m}", named=True, free=True)
_ROUTES = Each(Names("[ingest-oncall]"), "route", '"#data-alerts": [ingest-oncall]', free=True)
_CONSUMERS = Each(CONSUMER, "consumer", "board: {reads: [published]}", named=True)
SETTINGS_ROWS = (
    Field("rows", Choice(get_args(RowsKept)), "Whether rows are carried, or only counted."),
    Field("payload_limit", whole_number(1, "49152"), "The most bytes of rows that a task may hand to another."),
    Field("roster", _ROSTER, "Who can be told, and how fast they answer."),
    Field("routes", _ROUTES, "Channels, with the people who look there."),
    Field("consumers", _CONSUMERS, "Who reads published data, and when."),
)
DATA_SETTINGS = Group(dict, SETTINGS_ROWS, example="{rows: carry}", parts=lambda value: value)
