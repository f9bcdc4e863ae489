"""Verbs about what is in files and what is written: each line is a fault of a scenario, and does what that does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verb_cases import data_bench, do, refused
from workbench.scenario import fault_to_data
from workbench.scenario.data_schema import DATA_KINDS
from workbench.session import Session
from workbench.verbs import VERBS, complete

_JFK = {"input": "jfk", "partition": "2013-01-05"}
# Line -> the faults, as a scenario file has them. It is Fri 4 Jan 12:00; the run of Sat 5 Jan is made Sun 6 Jan 06:00.
LINES: list[tuple[str, list[dict[str, Any]]]] = [
    ("empty jfk@2013-01-05 until 08:40", [{"empty": {**_JFK, "until": "2013-01-06T08:40:00Z"}}]),
    ("truncate jfk@2013-01-05 share 60%", [{"truncated": {**_JFK, "share": "60%"}}]),
    (
        "truncate jfk@2013-01-04..2013-01-05 rows 100 until 07:00",
        [
            {"truncated": {**_JFK, "partition": "2013-01-04", "rows": 100, "until": "2013-01-05T07:00:00Z"}},
            {"truncated": {**_JFK, "rows": 100, "until": "2013-01-06T07:00:00Z"}},
        ],
    ),
    ("double jfk@2013-01-05", [{"doubled": _JFK}]),
    ("double jfk@2013-01-05 times 3", [{"doubled": {**_JFK, "times": 3}}]),
    (
        "poison jfk@2013-01-05 sched_dep_time 2461 row 7",
        [{"poison": {**_JFK, "column": "sched_dep_time", "value": "2461", "row": 7}}],
    ),
    (
        "unit jfk@2013-01-05 arr_delay 1/60",
        [{"unit_drift": {**_JFK, "column": "arr_delay", "factor": "1/60"}}],
    ),
    (
        "unit jfk@2013-01-04..2013-01-05 arr_delay 60 until 09:00",
        [
            {
                "unit_drift": {
                    "input": "jfk",
                    "column": "arr_delay",
                    "factor": "60",
                    "first": "2013-01-04",
                    "last": "2013-01-05",
                    "until": "2013-01-06T09:00:00Z",
                }
            }
        ],
    ),
    (
        "drift jfk@2013-01-05 onward insert dep_delay",
        [{"schema_drift": {"input": "jfk", "first": "2013-01-05", "insert": "dep_delay"}}],
    ),
    (
        "drift jfk@2013-01-05 drop tailnum,dest rename dep_delay:delay",
        [{"schema_drift": {**_JFK, "rename": {"dep_delay": "delay"}, "drop": ["tailnum", "dest"]}}],
    ),
    ("late rows jfk@2013-01-05 3% later 4h", [{"late_rows": {**_JFK, "share": "3%", "later": "4h"}}]),
    (
        "correct jfk@2013-01-03 arr_delay factor 1.5 at 13:00",
        [
            {
                "correction": {
                    "input": "jfk",
                    "partition": "2013-01-03",
                    "at": "2013-01-04T13:00:00Z",
                    "column": "arr_delay",
                    "factor": "1.5",
                }
            }
        ],
    ),
    (
        "move jfk@2013-01-05 onward task clean fixed_by v2 v3",
        [
            {
                "moved": {
                    "input": "jfk",
                    "first": "2013-01-05",
                    "task": "daily_flights.clean",
                    "fixed_by": ["v2", "v3"],
                }
            }
        ],
    ),
    ("move jfk@2013-01-05", [{"moved": {"input": "jfk", "first": "2013-01-05", "last": "2013-01-05"}}]),
    (
        "crash publish@2013-01-05 tries 2",
        [{"crash_after_write": {"task": "daily_flights.publish", "partition": "2013-01-05", "tries": 2}}],
    ),
    (
        "partial stg_flights@2013-01-05 60%",
        [{"partial": {"dataset": "stg_flights", "partition": "2013-01-05", "share": "60%"}}],
    ),
]


@pytest.mark.parametrize(("line", "faults"), LINES)
def test_a_line_is_a_fault_of_a_scenario(line: str, faults: list[dict[str, Any]]) -> None:
    assert [fault_to_data(event.fault) for event in do(data_bench(), line)] == faults


def test_every_fault_on_data_has_a_verb() -> None:
    said = {next(iter(fault)) for _, faults in LINES for fault in faults}
    assert said == {key for key, *_ in DATA_KINDS}
    names = {name for verb in VERBS.values() for name in (verb.name, *verb.aliases)}
    assert said <= names


def rows_of(s: Session, dataset: str, day: str) -> list[int | None]:
    return [version.rows for version in s.state.known.data.versions.get((dataset, day), ())]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("empty jfk@2013-01-04", 0),
        ("truncate jfk@2013-01-04 share 50%", 159),
        ("truncate jfk@2013-01-04 rows 100", 100),
        ("double jfk@2013-01-04", 636),
        ("late rows jfk@2013-01-04 50%", 159),
        ("move jfk@2013-01-04", 0),
        ("poison jfk@2013-01-04 arr_delay n/a", 318),
    ],
)
def test_what_is_published_then(line: str, rows: int) -> None:
    s = data_bench()
    s.do(line)
    s.run_until("2013-01-05T07:00Z")
    assert rows_of(s, "pub_punctuality", "2013-01-04") == [rows]


def test_values_of_the_rows() -> None:
    s = data_bench()
    s.do("poison jfk@2013-01-04 tailnum n/a row 2")
    s.do("unit jfk@2013-01-04 distance 2")
    s.run_until("2013-01-05T07:00Z")
    [version] = s.state.known.data.versions["pub_punctuality", "2013-01-04"]
    right = data_bench()
    right.run_until("2013-01-05T07:00Z")
    [other] = right.state.known.data.versions["pub_punctuality", "2013-01-04"]
    rows, before = s.rows_of(version), right.rows_of(other)
    assert [one["tailnum"] for one in rows[:3]] == [before[0]["tailnum"], "n/a", before[2]["tailnum"]]
    assert [int(one["distance"]) for one in rows] == [2 * int(one["distance"]) for one in before]


def test_the_right_file_comes_after_all_and_a_correction_again() -> None:
    s = data_bench()
    s.do("empty jfk@2013-01-04 until 08:40")
    s.do("correct jfk@2013-01-03 arr_delay factor 1.5 at 13:00")
    s.run_until("2013-01-05T09:00Z")
    again = s.state.known.again
    assert {place: [f"{came.at:%d %H:%M}" for came in every] for place, every in again.items()} == {
        ("jfk", "2013-01-03"): ["04 13:00"],
        ("jfk", "2013-01-04"): ["05 08:40"],
    }
    s.do("rerun publish@2013-01-04")
    s.run_until("2013-01-05T09:10Z")
    assert rows_of(s, "pub_punctuality", "2013-01-04") == [0, 318]


def test_a_crash_leaves_what_was_written() -> None:
    s = data_bench()
    s.do("crash publish@2013-01-04")
    s.run_until("2013-01-05T07:00Z")
    assert s.why("publish@2013-01-04").state == "failed"
    assert rows_of(s, "pub_punctuality", "2013-01-04") == [318]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("empty jfk", "jfk has no day; write jfk@2013-01-03"),
        ("empty jkf@2013-01-05", "No input jkf. Did you mean jfk?"),
        ("empty jfk@2013-01-03", "jfk of Thu 3 Jan has come already, Fri 4 Jan 05:56; go back first"),
        (
            "truncate jfk@2013-01-05",
            "truncate needs what is left, as a share or as rows: truncate jfk@2013-01-05 share 60%",
        ),
        (
            "truncate jfk@2013-01-05 share 60% rows 4",
            "truncate needs what is left, as a share or as rows: truncate jfk@2013-01-05 share 60%",
        ),
        ("truncate jfk@2013-01-05 share 0.6", "share: '0.6' is not a share such as 60%; for example 60%"),
        (
            "double jfk@2013-01-05 times 1",
            "'times' of the fault must be a whole number from 2 to 100, for example 2; here it is '1'",
        ),
        (
            "poison jfk@2013-01-05 arr_delay",
            "poison needs a value, in quotes if it has spaces, for example: "
            "poison jfk@2013-01-05 sched_dep_time 2461 row 7",
        ),
        (
            "unit jfk@2013-01-04..2013-01-05 arr_delay 60 onward",
            "jfk@2013-01-04..2013-01-05 has a last day already; with onward write jfk@2013-01-04",
        ),
        (
            "drift jfk@2013-01-05",
            "drift needs what changes, insert, drop or rename: drift jfk@2013-01-05 insert dep_delay",
        ),
        (
            "drift jfk@2013-01-05 rename delay",
            "rename: 'delay' is not a column's old and new name; for example dep_delay:delay",
        ),
        (
            "correct jfk@2013-01-03 arr_delay at 13:00",
            "correct needs a factor or a value: correct jfk@2013-01-05 arr_delay factor 1.5 at 10:00",
        ),
        (
            "correct jfk@2013-01-03 arr_delay factor 2 at 11:00",
            "this correction was to come Fri 4 Jan 11:00, before now; go back first",
        ),
        (
            "move jfk@2013-01-05 task clean",
            "the fault needs 'task' and 'fixed_by' together: which versions of which task look in the new place",
        ),
        ("partial jfk@2013-01-05 60%", "jfk is an input, which somebody else delivers; here it takes a dataset"),
        ("partial stg_flights 60%", "stg_flights has no day; write stg_flights@2013-01-03"),
        (
            "late rows jfk@2013-01-05",
            "late rows needs a share such as 60%, for example: late rows jfk@2013-01-05 3% later 4h",
        ),
    ],
)
def test_refusals_teach(line: str, told: str) -> None:
    assert refused(data_bench(), line) == told


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("em", ["empty"]),
        ("late ", ["rows", "jfk"]),
        ("late rows ", ["jfk"]),
        ("empty ", ["jfk"]),
        ("empty jfk@2013-01-05 ", ["until"]),
        ("drift jfk@2013-01-05 ", ["insert", "drop", "rename", "onward", "until"]),
        ("partial ", ["stg_flights", "pub_punctuality"]),
        ("partial stg_flights@", ["stg_flights@2013-01-03"]),
        ("move jfk@2013-01-05 task ", ["clean", "publish"]),
        ("crash ", ["publish"]),
    ],
)
def test_completion(text: str, among: list[str]) -> None:
    assert set(among) <= set(complete(text, data_bench()))
