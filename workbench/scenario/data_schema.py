"""The tables of faults on data, as they may stand in a scenario document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.model.kinds import Each, Field, Names
from workbench.model.values import INSTANT, SPAN, text, whole_number
from workbench.scenario.data_parts import (
    Correction,
    CrashAfterWrite,
    Doubled,
    Empty,
    LateRows,
    Moved,
    Partial,
    Poison,
    SchemaDrift,
    Truncated,
    UnitDrift,
)
from workbench.scenario.fields import AT, MANY, PARTITION, RATE, SOME_INPUT, TASK, TIMES, TRIES

_RIGHT_AT = Field("until", INSTANT, "When the right file is delivered.")
_ONE = replace(PARTITION, required=False, help="One partition.")
_FIRST = Field("first", text("2013-01-03", "a partition"), "Or: from this partition on.")
_LAST = Field("last", text("2013-01-09", "a partition"), "Up to this one.")
_WHERE = (_ONE, _FIRST, _LAST)
_COLUMN = Field("column", text("dep_delay", "a column"), "The column.", required=True)
_FACTOR = Field("factor", TIMES, "What its numbers are multiplied by.")
_VALUE = Field("value", text("n/a", "a text"), "What stands in it.")
_NEW_NAME = Each(text("delay", "the new name of a column"), "column", "{dep_delay: delay}", free=True)

# Each kind of fault: its key, its class, its fields, and an example.
DATA_KINDS: tuple[tuple[str, type[Any], tuple[Field, ...], str], ...] = (
    ("empty", Empty, (SOME_INPUT, PARTITION, _RIGHT_AT), "{input: jfk, partition: 2013-01-05}"),
    (
        "truncated",
        Truncated,
        (
            SOME_INPUT,
            PARTITION,
            Field("share", RATE, "Only this share of the rows is there, the first ones."),
            Field("rows", MANY, "Or: only the first so many rows."),
            _RIGHT_AT,
        ),
        "{input: jfk, partition: 2013-01-03, share: 60%}",
    ),
    (
        "doubled",
        Doubled,
        (
            SOME_INPUT,
            PARTITION,
            Field("times", whole_number(2, "2", 100), "How often each row is there."),
            _RIGHT_AT,
        ),
        "{input: jfk, partition: 2013-01-03, times: 2}",
    ),
    (
        "schema_drift",
        SchemaDrift,
        (
            SOME_INPUT,
            *_WHERE,
            Field("rename", _NEW_NAME, "Columns that have new names: old name, new name."),
            Field("drop", Names("[tailnum]"), "Columns that are not there any more."),
            Field("insert", text("dep_delay", "a column"), "The column before which a new one stands."),
            _RIGHT_AT,
        ),
        "{input: lga, first: 2013-03-06, insert: dep_delay}",
    ),
    (
        "unit_drift",
        UnitDrift,
        (SOME_INPUT, _COLUMN, replace(_FACTOR, required=True), *_WHERE, _RIGHT_AT),
        "{input: jfk, column: arr_delay, factor: 60, first: 2013-01-05}",
    ),
    (
        "poison",
        Poison,
        (
            SOME_INPUT,
            PARTITION,
            _COLUMN,
            replace(_VALUE, required=True),
            Field("row", MANY, "In which row, from 1."),
            _RIGHT_AT,
        ),
        "{input: jfk, partition: 2013-01-03, column: arr_delay, value: n/a}",
    ),
    (
        "late_rows",
        LateRows,
        (
            SOME_INPUT,
            Field("share", RATE, "Which share of the rows comes later.", required=True),
            Field("later", SPAN, "How much later all of them come."),
            *_WHERE,
        ),
        "{input: jfk, share: 3%, later: 26h, first: 2013-01-03}",
    ),
    (
        "correction",
        Correction,
        (
            SOME_INPUT,
            PARTITION,
            Field("at", INSTANT, "When the corrected file comes.", required=True),
            _COLUMN,
            _FACTOR,
            replace(_VALUE, help="Or: what it is set to."),
            Field("row", MANY, "Only in this row, from 1."),
        ),
        "{input: jfk, partition: 2013-01-03, at: 2013-01-05T14:00Z, column: arr_delay, factor: 1.5}",
    ),
    (
        "moved",
        Moved,
        (
            SOME_INPUT,
            replace(_FIRST, help="From this partition on nothing is where it is looked for.", required=True),
            _LAST,
            replace(TASK, help="The task that looks for it.", required=False),
            Field("fixed_by", Names("[v2]"), "The versions of its code that look in the new place."),
            _RIGHT_AT,
        ),
        "{input: jfk, first: 2013-01-05, task: extract, fixed_by: v2}",
    ),
    ("crash_after_write", CrashAfterWrite, (TASK, AT, TRIES), "{task: load, partition: 2013-01-03, tries: 1}"),
    (
        "partial",
        Partial,
        (
            Field("dataset", text("stg_flights", "the name of a dataset"), "The dataset.", required=True),
            PARTITION,
            Field("share", RATE, "Which share of the rows readers find, the first ones.", required=True),
        ),
        "{dataset: raw, partition: 2013-01-03, share: 60%}",
    ),
)
