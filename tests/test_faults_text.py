"""Faults as text: from files and data and back, what is refused and where, and each in a sentence."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.laws import law
from workbench.model.reading import read_workspace_text
from workbench.scenario import Fault, fault_from_data, fault_to_data, find_scenario, sentence_of
from workbench.scenario.schema import CLASSES

PIPELINE = """
pools: {api: 2, idle: 1}
---
dag: flights
inputs: {jfk: {expected: "06:00", path: "{partition}.csv"}, bare: {}}
tasks:
  extract: {needs: [jfk], pool: api, writes: [raw]}
  choose: {needs: extract, branch: [full]}
  full: {needs: choose}
  delta: {needs: choose}
  gate: {needs: delta, short_circuit: true}
  clean: {needs: gate}
---
dag: fares
partition: hour
tasks: {load: {pool: api}, clean: {needs: load}}
"""
WORKSPACE = read_workspace_text(PIPELINE).workspace


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(0, 10**6).map(lambda seconds: datetime(2013, 1, 5, tzinfo=UTC) + timedelta(seconds=seconds))


SPANS = st.integers(0, 10**5).map(lambda seconds: timedelta(seconds=seconds))
COUNTS = st.integers(1, 1000)
TASKS = st.sampled_from(["flights.extract", "fares.load", "*", "*.clean", "pool:api", "flights.*", "*.c*"])
DAYS = st.integers(1, 28).map(lambda day: f"2013-01-{day:02}")
SHARES = st.fractions(Fraction(1, 1000), 1)
ONE = st.just("flights.clean")
SPANNING = st.tuples(instants(), SPANS).map(lambda pair: (pair[0], pair[0] + pair[1] + timedelta(seconds=1)))


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def at_day(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """About a task of one DAG at a day, or about any tasks."""
    return st.builds(kind, ONE, partition=some(DAYS), **fields) | st.builds(kind, TASKS, **fields)


JFK, JANUARY = st.just("jfk"), DAYS
LATER = instants().map(lambda at: at + timedelta(days=50))
FACTORS = st.fractions(Fraction(1, 1000), 1000)


def some_names(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([(), (name,)])


def anywhere(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """About one partition of an input, or from one on, perhaps up to another."""
    return (
        st.builds(kind, JFK, partition=DAYS, **fields)
        | st.builds(kind, JFK, first=DAYS, **fields)
        | st.builds(kind, JFK, first=DAYS, last=st.just("2013-02-03"), **fields)
    )


EVERY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "late": st.builds(wb.Late, st.just("jfk"), st.just("2013-01-03"), instants()),
    "never": st.builds(wb.Never, st.just("jfk"), DAYS),
    "flaky": at_day(wb.Flaky, tries=COUNTS, after=some(SPANS)) | at_day(wb.Flaky, rate=SHARES),
    "outage": SPANNING.flatmap(
        lambda span: (
            st.builds(wb.Outage, TASKS, st.just(span[0]), st.just(span[1]), SPANS, some(COUNTS))
            | st.builds(wb.Outage, TASKS, st.just(span[0]), st.just(span[1]), overload=COUNTS, again=SPANS)
        )
    ),
    "quota": st.builds(wb.Quota, TASKS, at_once=COUNTS, after=SPANS)
    | st.builds(wb.Quota, TASKS, some(COUNTS), COUNTS, SPANS, COUNTS, SPANS, SPANS),
    "bug": at_day(wb.Bug, version=st.sampled_from(["v1", "v2"]), after=some(SPANS)),
    "deploy": st.builds(wb.Deploy, st.sampled_from(["flights", "fares.load"]), st.just("v2"), instants()),
    "slow": at_day(wb.Slow, tries=some(COUNTS), takes=SPANS)
    | at_day(wb.Slow, tries=some(COUNTS), factor=st.fractions(Fraction(1, 1000), 1000)),
    "varies": at_day(
        wb.Varies, takes=st.lists(SPANS, min_size=1, max_size=5), tries=some(COUNTS), in_turn=st.booleans()
    ),
    "hang": at_day(wb.Hang, tries=some(COUNTS)),
    "worker_lost": at_day(wb.WorkerLost, tries=COUNTS, after=SPANS, noticed=SPANS),
    "zombie": at_day(wb.Zombie, tries=COUNTS, after=SPANS, noticed=SPANS, commits=some(SPANS)),
    "lost_answer": at_day(wb.LostAnswer, tries=COUNTS, noticed=SPANS),
    "scheduler_down": SPANNING.map(lambda span: wb.SchedulerDown(*span)),
    "choice": st.builds(
        wb.Choice, st.just("flights.choose"), st.sampled_from([("full",), ("full", "delta"), ()]), some(DAYS)
    )
    | st.builds(wb.Choice, st.just("flights.gate"), st.just(()), some(DAYS)),
    "empty": st.builds(wb.Empty, JFK, JANUARY, some(LATER)),
    "truncated": st.builds(wb.Truncated, JFK, JANUARY, share=SHARES)
    | st.builds(wb.Truncated, JFK, JANUARY, rows=COUNTS),
    "doubled": st.builds(wb.Doubled, JFK, JANUARY, st.integers(2, 100), some(LATER)),
    "schema_drift": anywhere(wb.SchemaDrift, rename=st.just({"dep_delay": "delay"}), drop=some_names("tailnum"))
    | anywhere(wb.SchemaDrift, insert=st.just("dep_delay"), until=some(LATER)),
    "unit_drift": anywhere(wb.UnitDrift, column=st.just("arr_delay"), factor=FACTORS, until=some(LATER)),
    "poison": st.builds(wb.Poison, JFK, JANUARY, st.just("arr_delay"), st.just("n/a"), COUNTS),
    "late_rows": anywhere(wb.LateRows, share=SHARES, later=SPANS),
    "correction": st.builds(wb.Correction, JFK, JANUARY, LATER, st.just("arr_delay"), factor=FACTORS, row=some(COUNTS))
    | st.builds(wb.Correction, JFK, JANUARY, LATER, st.just("arr_delay"), value=st.just("0")),
    "moved": st.builds(wb.Moved, JFK, JANUARY, until=some(LATER))
    | st.builds(wb.Moved, JFK, JANUARY, st.just("2013-02-03"), st.just("flights.extract"), st.just(("v2", "v3"))),
    "crash_after_write": at_day(wb.CrashAfterWrite, tries=COUNTS),
    "partial": st.builds(wb.Partial, st.just("raw"), DAYS, SHARES),
}


def test_every_kind_has_its_strategy() -> None:
    assert list(EVERY_KIND) == list(CLASSES)


@pytest.mark.parametrize("kind", EVERY_KIND)
@law(20)
@given(st.data())
def test_a_fault_goes_to_data_and_yaml_and_back(kind: str, data: st.DataObject) -> None:
    fault: Fault = data.draw(EVERY_KIND[kind])
    written = fault_to_data(fault)
    assert list(written) == [kind]
    assert fault_from_data(written, WORKSPACE) == fault
    document = yaml.safe_dump({"scenario": "s", "faults": [written]})
    loaded = read_workspace_text(f"{PIPELINE}\n---\n{document}", file="f.yaml")
    assert find_scenario(loaded, None, loaded.workspace).faults == (fault,)


@pytest.mark.parametrize("kind", EVERY_KIND)
@law(10)
@given(st.data())
def test_every_fault_has_a_sentence(kind: str, data: st.DataObject) -> None:
    told = sentence_of(data.draw(EVERY_KIND[kind]))
    assert not [odd for odd in ("None", "Fraction", "timedelta", "  ", "{", "'", "*.*") if odd in told], told
    assert told[:1].isalpha()
    assert not told.endswith(".")


def test_what_is_usual_is_not_written() -> None:
    assert fault_to_data(wb.Zombie("load", after="1m")) == {"zombie": {"task": "load"}}
    assert fault_to_data(wb.Slow("load", factor=1.5)) == {"slow": {"task": "load", "factor": "1.5"}}
    outage = {"task": "x", "from": "2013-01-03T06:00:00Z", "until": "2013-01-03T06:20:00Z"}
    assert fault_to_data(wb.Outage("x", "2013-01-03T06:00Z", "2013-01-03T06:20Z")) == {"outage": outage}


def test_names_are_made_whole() -> None:
    assert fault_from_data({"hang": {"task": "load"}}, WORKSPACE) == wb.Hang("fares.load")
    assert fault_from_data({"deploy": {"task": "load", "version": "v2", "at": "2013-01-03"}}, WORKSPACE) == wb.Deploy(
        "fares.load", "v2", "2013-01-03"
    )
    assert fault_from_data({"hang": {"task": "c*"}}, WORKSPACE) == wb.Hang("c*")
    assert fault_from_data({"choice": {"task": "choose", "follow": "delta"}}, WORKSPACE) == wb.Choice(
        "flights.choose", "delta"
    )


SPAN = "from: 2013-01-03T06:00Z, until: 2013-01-03T06:20Z"
BAD: dict[str, str] = {
    "hang: {task: clean}": "names task 'clean', which several DAGs have; write one of flights.clean, fares.clean",
    "hang: {task: laod}": "names unknown task 'laod'; did you mean 'load'?",
    "hang: {task: flights}": "'flights' is a DAG; write flights.* for all of its tasks",
    "hang: {task: 'x*'}": "no task is named 'x*'",
    "hang: {task: 'pool:ap'}": "names unknown pool 'ap'; did you mean 'api'?",
    "hang: {task: 'pool:idle'}": "no task takes slots of the pool 'idle'",
    "hang: {task: '*', partition: 2013-01-03}": "'*' means tasks of DAGs with other partitions; name the tasks of one",
    "hang: {task: 'fares.*', partition: 2013-01-03}": "'2013-01-03' is no key of the hour grid",
    "slow: {task: load}": "needs 'factor' or 'takes', and not both",
    "slow: {task: load, factor: 2, takes: 3m}": "needs 'factor' or 'takes', and not both",
    "slow: {task: load, factor: 0}": "must be a number above 0, up to 1000, for example 3; here it is '0'",
    "varies: {task: load, takes: []}": "must be a list of durations, from one to 1000, for example [4m, 5m10s, 7m]",
    "varies: {task: load, takes: [3m, soon]}": "'soon'",
    "varies: {task: load, takes: [3m, [4m]]}": "must be a duration, for example 10m; here it is a list",
    "varies: {task: load, tries: 1}": "has no 'takes'",
    "flaky: {task: load}": "needs 'tries' or 'rate', and not both",
    "quota: {task: load}": "needs 'at_once' or 'calls'",
    "quota: {task: load, at_once: 2, per: 1h}": "'per' means nothing without 'calls'",
    "quota: {task: load, at_once: 2, ban: 1h}": "'ban' means nothing without 'ban_after'",
    "quota: {task: load, at_once: 0}": "must be a whole number from 1 to 1000000",
    f"outage: {{task: load, {SPAN}, again: 5m}}": "'again' means nothing without 'overload'",
    "outage: {task: load, from: 2013-01-03, until: 2013-01-03}": "'until' must come after 'from'",
    "scheduler_down: {from: 2013-01-03, until: 2013-01-02}": "'until' must come after 'from'",
    "scheduler_down: {until: 2013-01-02}": "has no 'from'; add a date",
    "zombie: {task: load, after: -1m}": "'-1m' is negative",
    "worker_lost: {task: load, tries: 0}": "must be a whole number from 1 to 1000",
    "deploy: {task: flihgts, version: v2, at: 2013-01-03}": "names unknown task 'flihgts'",
    "deploy: {task: 'flights.*', version: v2, at: 2013-01-03}": "'flights.*' may mean several tasks; name one",
    "deploy: {task: flights, at: 2013-01-03}": "has no 'version'",
    "choice: {task: choose, follow: clean}": "'clean' is not directly below choose. (known: delta, full)",
    "choice: {task: extract, follow: choose}": "extract chooses nothing; it is no branch and no short circuit",
    "choice: {task: gate, follow: clean}": "gate is a short circuit; write [] where it stops",
    "choice: {task: 'ch*', follow: full}": "'ch*' may mean several tasks; name one",
    "empty: {input: jkf, partition: 2013-01-03}": "names unknown input 'jkf'; did you mean 'jfk'?",
    "empty: {input: bare, partition: 2013-01-03}": "'bare' has no rows that could be wrong; give it a 'path'",
    "empty: {input: jfk, partition: 2013-01-03T05}": "'2013-01-03T05' is no",
    "empty: {input: jfk, partition: 2013-01-03, until: 2013-01-03T09:00Z}": "partition 2013-01-03 ends at 2013-01-04",
    "truncated: {input: jfk, partition: 2013-01-03}": "needs 'share' or 'rows', and not both",
    "truncated: {input: jfk, partition: 2013-01-03, share: 0}": "must be a share above 0% and up to 100%",
    "doubled: {input: jfk, partition: 2013-01-03, times: 1}": "must be a whole number from 2 to 100",
    "late_rows: {input: jfk, share: 3%}": "needs 'partition' or 'first'",
    "late_rows: {input: jfk, share: 3%, partition: 2013-01-03, last: 2013-01-05}": "means nothing without 'first'",
    "unit_drift: {input: jfk, column: x, factor: 2, first: 2013-01-05, last: 2013-01-03}": "comes before the first",
    "schema_drift: {input: jfk, first: 2013-01-05}": "needs 'rename', 'drop' or 'insert'",
    "correction: {input: jfk, partition: 2013-01-03, at: 2013-01-09, column: x}": "needs 'factor' or 'value'",
    "correction: {input: jfk, partition: 2013-01-03, at: 2013-01-04, column: x, value: y}": "has come by 'at'",
    "moved: {input: jfk, first: 2013-01-03, fixed_by: v2}": "needs 'task' and 'fixed_by' together",
    "moved: {input: jfk, first: 2013-01-03, task: extrct, fixed_by: v2}": "did you mean 'extract'?",
    "partial: {dataset: rwa, partition: 2013-01-03, share: 60%}": "names unknown dataset 'rwa'; did you mean 'raw'?",
    "crash_after_write: {task: laod}": "names unknown task 'laod'; did you mean 'load'?",
    "hung: {task: load}": "has unknown kind 'hung'; did you mean 'hang'?",
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_told_with_its_line(line: str) -> None:
    text = f"{PIPELINE}---\nscenario: s\nfaults:\n- {line}\n"
    loaded = read_workspace_text(text, file="f.yaml")
    with pytest.raises(wb.InvalidInput) as caught:
        find_scenario(loaded, None, loaded.workspace)
    assert len(caught.value.problems) == 1
    problem = caught.value.problems[0]
    assert BAD[line] in problem.message
    assert text.splitlines()[problem.line - 1] == f"- {line}"


def test_what_is_wrong_is_told_at_the_line_of_its_field() -> None:
    text = f"{PIPELINE}---\nscenario: s\nfaults:\n- quota:\n    task: load\n    at_once: 2\n    ban: 1h\n"
    loaded = read_workspace_text(text, file="f.yaml")
    with pytest.raises(wb.InvalidInput) as caught:
        find_scenario(loaded, None, loaded.workspace)
    assert text.splitlines()[caught.value.problems[0].line - 1] == "    ban: 1h"


SENTENCES: list[tuple[Fault, str]] = [
    (wb.Empty("jfk", "2013-01-03"), "jfk of 2013-01-03 comes without rows"),
    (
        wb.Truncated("jfk", "2013-01-03", share=0.6, until="2013-01-04T09:00Z"),
        "jfk of 2013-01-03 comes with the first 60% of its rows only; it comes right Fri 4 Jan 09:00",
    ),
    (wb.Truncated("jfk", "2013-01-03", rows=1), "jfk of 2013-01-03 comes with its first row only"),
    (wb.Doubled("jfk", "2013-01-03", 3), "jfk of 2013-01-03 comes with every row 3 times"),
    (
        wb.SchemaDrift("lga", first="2013-03-06", rename={"a": "b"}, drop="c", insert="d"),
        "lga from 2013-03-06 on comes with a named b and no c and a new column before d",
    ),
    (
        wb.UnitDrift("jfk", "arr_delay", 60, first="2013-01-05", last="2013-01-07"),
        "jfk from 2013-01-05 to 2013-01-07 comes with arr_delay times 60",
    ),
    (wb.Poison("jfk", "2013-01-03", "x", "n/a", 7), "jfk of 2013-01-03 comes with n/a as x of row 7"),
    (
        wb.LateRows("jfk", "3%", first="2013-01-03"),
        "jfk from 2013-01-03 on comes without 3% of its rows, and with all of them 26 h later",
    ),
    (
        wb.Correction("jfk", "2013-01-03", "2013-01-05T14:00Z", "arr_delay", factor=1.5),
        "jfk of 2013-01-03 is corrected Sat 5 Jan 14:00: arr_delay times 1.5",
    ),
    (
        wb.Moved("jfk", "2013-01-05", task="d.extract", fixed_by="v2"),
        "jfk from 2013-01-05 on is written to another place, so no rows come; v2 of d.extract looks there",
    ),
    (
        wb.CrashAfterWrite("d.load", tries=2),
        "the first 2 tries of d.load write, and crash at their ends, at every partition",
    ),
    (
        wb.Partial("raw", "2013-01-03", 0.6),
        "tasks that read raw of 2013-01-03 while it is being written find 60% of its rows",
    ),
    (wb.Flaky("d.load", rate="2%"), "tries of d.load fail with a chance of 2%, at every partition"),
    (
        wb.Outage("*", "2013-01-09T06:00Z", "2013-01-09T06:20Z", capacity=5, overload=20),
        "what any task calls is down Wed 06:00 to Wed 06:20; after that it serves 5 calls a minute; more than 20 "
        "within a minute knock it down for 10 min",
    ),
    (
        wb.Quota("pool:api", at_once=1, calls=100, ban_after=10),
        "what any task in the pool api calls serves one call at the same time and 100 calls within 60 min; 10 refused "
        "within 10 min mean a ban for 60 min",
    ),
    (wb.Bug("d.load", "v2", "2013-01-03"), "version v2 of d.load fails, at 2013-01-03"),
    (wb.Deploy("d", "v3", "2013-01-09T06:00Z"), "version v3 of d is deployed Wed 9 Jan 06:00"),
    (
        wb.Slow("d.*", tries=2, factor="1/2"),
        "the first 2 tries of any task of d last 0.5 times as long, at every partition",
    ),
    (wb.Slow("d.load", takes="3m"), "every try of d.load lasts 3 min, at every partition"),
    (wb.Varies("d.load", "3m"), "every try of d.load lasts 3 min, at every partition"),
    (
        wb.Varies("d.load", ["3m", "1h", "90s"]),
        "every try of d.load lasts one of 3 spans, 90 s to 60 min, at every partition",
    ),
    (
        wb.Varies("d.load", ["3m", "1h", "2m"], "2013-01-03", tries=2, in_turn=True),
        "the first 2 tries of d.load last 3 min, then 60 min, then 2 min, at 2013-01-03",
    ),
    (wb.Hang("*.load"), "every try of any *.load never ends, at every partition"),
    (
        wb.WorkerLost("d.load", "2013-01-03"),
        "the worker of the first try of d.load dies after 1 min, noticed 5 min later, at 2013-01-03",
    ),
    (
        wb.Zombie("d.load", "2013-01-03"),
        "the worker of the first try of d.load is cut off after 1 min and works on, given up 10 min later, "
        "at 2013-01-03",
    ),
    (wb.LostAnswer("d.load"), "the first try of d.load does its work, and the answer is lost, at every partition"),
    (wb.SchedulerDown("2013-01-05T05:00Z", "2013-01-07T06:00Z"), "the scheduler is away Sat 05:00 to Mon 06:00"),
    (wb.Choice("d.choose", ["a", "b"]), "d.choose chooses a and b, at every partition"),
    (wb.Choice("d.gate", [], "2013-01-03"), "d.gate lets nothing pass, at 2013-01-03"),
]


@pytest.mark.parametrize(("fault", "told"), SENTENCES)
def test_sentences(fault: Fault, told: str) -> None:
    assert sentence_of(fault) == told


USERS_FILE = """
from datetime import timedelta

import workbench as wb

wb.Late("jfk", "2013-01-03", arrives="2013-01-04T07:35Z")
wb.Late("jfk", "2013-01-03", wb.instant("2013-01-04T07:35Z"))
outage = wb.Outage("load", "2013-01-03T06:00Z", until="2013-01-03T06:20Z", after="30s", capacity=5)
lasted: timedelta = outage.until - outage.start
wb.Flaky("load", rate="2%"), wb.Flaky("load", rate=0.02), wb.Flaky("load", tries=1, after=timedelta(minutes=1))
wb.Slow("load", factor=1.5), wb.Slow("load", takes="1h"), wb.Zombie("load", commits="20m")
wb.Varies("load", ["4m", "7m"]), wb.Varies("load", "4m", in_turn=True)
followed: tuple[str, ...] = wb.Choice("choose", "full").follow + wb.Choice("choose", ["full"]).follow
wb.Scenario(start="2013-01-03", arrivals={"jfk": "05:56", "lga": "+10m"}, faults=wb.Hang("load"))
wb.Scenario(faults=[wb.Hang("load"), wb.SchedulerDown("2013-01-03", "2013-01-04")])
"""
WRONG_FILE = """
import workbench as wb

wb.Late("jfk", "2013-01-03", arrives=5)
wb.Outage("load", "2013-01-03T06:00Z", until=None)
wb.Hang("load", tries="1")
"""


def checked(*paths: Path) -> str:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(paths[0].parent / "cache"),
        *map(str, paths),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_a_type_checker_takes_text_where_a_value_is_meant(tmp_path: Path) -> None:
    """And the code runs, and what is no such value is refused."""
    exec(compile(USERS_FILE, "users.py", "exec"), {})
    pytest.importorskip("mypy")
    users, wrong = tmp_path / "users.py", tmp_path / "wrong.py"
    users.write_text(USERS_FILE)
    wrong.write_text(WRONG_FILE)
    told = checked(users, wrong)
    assert "Found 3 errors in 1 file (checked 2 source files)" in told, told
    assert told.count("wrong.py:") == 3, told
