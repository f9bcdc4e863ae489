"""Reading pipeline files that are right: every spelling, every encoding, and the lines that are kept."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from workbench.model.parts import DagSpec, Deadline, Input, OnData, ReasonRule, RetryPolicy, Sensor, Task
from workbench.model.reading import read_workspace, read_workspace_text
from workbench.model.schema import DAG, RETRIES, SETTINGS, TASK

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
REASON_RULES = {"bug": ReasonRule(0), "late_input": ReasonRule(None, MINUTE * 30), "quota": ReasonRule()}
FULL = Path(__file__).parent / "data" / "good" / "full.yaml"


def dag(text: str) -> DagSpec:
    return next(iter(read_workspace_text(text).workspace.dags.values()))


def task(fields: str) -> Task:
    return dag(f"dag: a\ninputs: {{jfk: }}\ntasks: {{b: , c: , t: {{{fields}}}}}").tasks["t"]


def test_a_file_with_everything() -> None:
    loaded = read_workspace(FULL)
    spec = loaded.workspace.dags["daily_flights"]
    minute = timedelta(minutes=1)
    assert spec == DagSpec(
        "daily_flights",
        schedule="0 6 * * *",
        timezone="America/New_York",
        start=datetime(2013, 1, 1, 5, tzinfo=UTC),
        end=datetime(2014, 1, 1, 5, tzinfo=UTC),
        catchup=True,
        max_active_runs=4,
        gap="skip",
        fold="both",
        owner="analytics-oncall",
        description="Flights of three airports, on the board by seven.",
        inputs={
            "ewr": Input("ewr", 10 * minute),
            "jfk": Input("jfk", time(6), "drop/jfk/{partition}.csv", "ingest-oncall"),
            "lga": Input("lga"),
        },
        tasks={
            "extract": Task(
                "extract",
                reads=("ewr", "jfk", "lga"),
                takes=10 * minute,
                run="good_flights:extract",
                retries=RetryPolicy(5, 2 * minute, 2, "none", 60 * minute),
            ),
            "clean": Task("clean", ("extract",), (), 3 * minute, "good_flights:clean", RetryPolicy(1)),
            "publish": Task(
                "publish",
                ("clean",),
                takes=2 * minute,
                trigger_rule="all_done",
                pool="warehouse",
                priority=2,
                owner="on",
                description="To the board.",
            ),
        },
    )
    assert (loaded.workspace.pools, loaded.workspace.workers) == ({"warehouse": 2}, 4)
    assert [node.line for node in loaded.scenarios] == [24]


def test_where_things_are_is_kept() -> None:
    loaded = read_workspace(FULL)
    spec = loaded.workspace.dags["daily_flights"]
    paths = ("dag", "schedule", "dst.gap", "inputs.jfk", "inputs.jfk.expected", "inputs.lga")
    assert [spec.lines[path] for path in paths] == [1, 2, 9, 14, 14, 15]
    assert spec.lines["tasks.extract.reads.jfk"] == 17
    assert (spec.file, spec.folder) == (str(FULL), str(FULL.parent.resolve()))
    assert loaded.folder == spec.folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(encoding: str) -> None:
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    text = "dag: a\r\nowner: José\r\ntasks: {b: }\r\n"
    loaded = read_workspace_text(marks.get(encoding, b"") + text.encode(encoding))
    assert loaded.workspace.dags["a"].owner == "José"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", Task("t")),
        ("needs: b", Task("t", needs=("b",))),
        ("needs: [b, jfk], reads: [c]", Task("t", needs=("b", "jfk"), reads=("c",))),
        ("needs: [], pool: null, owner: ~", Task("t")),
        ("retries: 3", Task("t", retries=RetryPolicy(3))),
        ("retries: {max: 3}", Task("t", retries=RetryPolicy(3))),
        ("retries: {delay: 30s, backoff: 1.5}", Task("t", retries=RetryPolicy(0, timedelta(seconds=30), 1.5))),
        ("takes: 1h30m", Task("t", takes=timedelta(minutes=90))),
        ("priority: -1", Task("t", priority=-1)),
        ("owner: 06:00", Task("t", owner="06:00")),
        ("owner: yes", Task("t", owner="yes")),
        ("needs: [b@-1, t@-6..-1, jfk@0..1]", Task("t", needs=("b@-1", "t@-6..-1", "jfk@0..1"))),
        ("requires: jfk", Task("t", requires=("jfk",))),
        ("timeout: 2h, slots: 1, max_active: 3", Task("t", timeout=HOUR * 2, max_active=3)),
        ("depends_on_past: yes", Task("t", depends_on_past=True)),
        ("wait_for_downstream: on", Task("t", depends_on_past=True, wait_for_downstream=True)),
        ("sensor: jfk", Task("t", sensor=Sensor(("jfk",)))),
        ("sensor: [jfk, jfk@-1]", Task("t", sensor=Sensor(("jfk", "jfk@-1")))),
        (
            "sensor: {on: jfk, mode: reschedule, every: 5m, timeout: 2h, soft_fail: true, backoff: yes, max_wait: 1h}",
            Task("t", sensor=Sensor(("jfk",), "reschedule", MINUTE * 5, SECOND, HOUR * 2, True, True, HOUR)),
        ),
        ("branch: []", Task("t", branch=())),
        ("branch: ", Task("t")),
        ("short_circuit: true", Task("t", short_circuit=True)),
        ("setup: true", Task("t", setup=True)),
        ("teardown: true", Task("t", teardown=True, trigger_rule="all_done_setup_success")),
        ("teardown: true, trigger_rule: all_success, fail_run: on", Task("t", teardown=True, fail_run=True)),
        ("lookup: true", Task("t", lookup=True)),
        ('deadline: "08:00"', Task("t", deadline=Deadline(time(8)))),
        ("deadline: +2h", Task("t", deadline=Deadline(HOUR * 2))),
        ("deadline: {within: 2h}", Task("t", deadline=Deadline(None, HOUR * 2))),
        ("writes: [orders, lines]", Task("t", writes=("orders", "lines"))),
        (
            "retries: {max: 2, by_reason: {bug: 0, late_input: {delay: 30m}, quota: }}",
            Task("t", retries=RetryPolicy(2, by_reason=REASON_RULES)),
        ),
        ('owner: "null"', Task("t", owner="null")),
        ("owner: 1_000", Task("t", owner="1_000")),
    ],
)
def test_spellings_of_a_task(written: str, meant: Task) -> None:
    assert task(written) == meant


@pytest.mark.parametrize(
    ("written", "schedule"),
    [
        ('"@daily"', "@daily"),
        ("null", None),
        ("", None),
        ("manual", None),
        ("once", "@once"),
        ('"@once"', "@once"),
        ("0 6 * * 1-5", "0 6 * * 1-5"),
        ("every 90m", "every 90m"),
        ("{all: [i, j]}", OnData(all=("i", "j"))),
        ("{on: i}", OnData(all=("i",))),
        ("{any: [i, orders]}", OnData(any=("i", "orders"))),
    ],
)
def test_spellings_of_a_schedule(written: str, schedule: str | OnData | None) -> None:
    other = "\n---\ndag: shop\ntasks: {b: {writes: orders}}\n"
    text = "dag: a\nstart: 2013-01-01\ninputs: {i: , j: }\ntasks: {b: }\nschedule: "
    assert dag(text + written + other).schedule == schedule


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("paused: yes", "paused", True),
        ("misfire: skip", "misfire", "skip"),
        ("weight_rule: upstream", "weight_rule", "upstream"),
        ("max_active_tasks: 3", "max_active_tasks", 3),
        ('deadline: {by: "+2h"}', "deadline", Deadline(HOUR * 2)),
    ],
)
def test_fields_of_a_dag(written: str, field: str, value: object) -> None:
    assert getattr(dag(f"dag: a\ntasks: {{b: }}\n{written}"), field) == value


def test_lines_of_what_is_inside_a_task() -> None:
    spec = read_workspace(FULL.with_name("control.yaml")).workspace.dags["orders"]
    paths = ("wait.sensor.on.shop@-1", "load.requires.rates@-6..0", "load.retries.by_reason.bug", "load.deadline.by")
    assert [spec.lines[f"tasks.{path}"] for path in paths] == [13, 18, 20, 26]


@pytest.mark.parametrize(
    ("zone", "written", "hour"),
    [("UTC", "2013-01-01", 0), ("Asia/Tokyo", "2013-01-01 10:00", 1), ("UTC", "2013-01-01T02:00+01:00", 1)],
)
def test_naive_times_are_in_the_zone_of_the_dag(zone: str, written: str, hour: int) -> None:
    spec = dag(f"dag: a\nstart: {written}\ntimezone: {zone}\ntasks: {{b: }}")
    assert spec.start == datetime(2013, 1, 1, hour, tzinfo=UTC)


def test_dags_share_inputs_and_need_each_others_tasks() -> None:
    text = """
dag: flights
inputs: {jfk: {expected: "06:00"}}
tasks: {extract: {reads: jfk}}
---
dag: fares
inputs: {jfk: {expected: "06:00"}}
tasks: {load: {needs: [flights.extract, jfk]}}
"""
    workspace = read_workspace_text(text).workspace
    assert workspace.dags["fares"].tasks["load"].needs == ("flights.extract", "jfk")
    assert workspace.inputs["jfk"][0].name == "fares"  # of several the first by name


def test_the_tables_know_help_and_defaults() -> None:
    for group in (DAG, TASK, RETRIES, SETTINGS):
        assert all(row.help.endswith(".") and row.kind.says and row.kind.example for row in group.fields)
    assert TASK.default(TASK.by_key["trigger_rule"]) == "all_success"
