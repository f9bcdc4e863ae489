"""The command line: what it prints, what it keeps, and one line for each thing that a person can mend."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli_cases import HELLO, good, refused, run
from tests.samples import block
from tests.test_why_knows import VALIDATOR
from workbench import __version__
from workbench.history import History
from workbench.keeping import default_path

pytestmark = pytest.mark.usefixtures("home")

# help


def test_help_names_every_command() -> None:
    said = good("--help")
    for name in ("demo", "simulate", "why", "draw", "validate"):
        assert f"\n  {name} " in said
        assert good(name, "-h").startswith(f"Usage: main {name}")
    assert good("--version") == f"workbench, version {__version__}\n"


# simulate


def test_simulate_tells_a_short_story() -> None:
    lines = good("simulate", "hello.yaml", "--scenario", "too_late", "--history", "none").splitlines()
    assert lines[: lines.index("")] == [
        "Wed 2 Jan",
        "  06:00  the clock starts hello for Tue 1 Jan",
        "  06:00  load starts",
        "  06:05  load ends well, without sales",
        "  06:05  report starts",
        "  06:06  report ends well",
        "  06:06  hello for Tue 1 Jan: success",
        "  07:00  sales of Tue 1 Jan comes, 70 min late",
    ]
    assert "too_late: 2013-01-02 05:00 to 2013-01-02 20:00 UTC" in lines
    assert "  hello: 1 run (1 success), 2 tries, 0 failed" in lines
    assert any("green, and made without sales" in line for line in lines)
    assert not any(line.startswith("History") for line in lines)


def test_simulate_says_where_it_kept_it(home: Path) -> None:
    said = good("simulate", "hello.yaml", "--scenario", "on_time").splitlines()[-1]
    assert said == f"History: {default_path()}"
    assert default_path().is_relative_to(home.parent / "home")
    assert default_path().is_file()
    assert good("simulate", "hello.yaml", "--scenario", "on_time", "--history", "mine.db").endswith(
        "History: mine.db\n"
    )
    with History.open(home / "mine.db", write=False) as history:
        assert [recording.name for recording in history.recordings()] == ["on_time"]


def test_a_long_story_is_told_in_numbers(home: Path) -> None:
    (home / "long.yaml").write_text(
        "dag: d\nschedule: '0 * * * *'\npartition: hour\nstart: 2013-01-01\ntasks: {a: }\n", encoding="utf-8"
    )
    lines = good("simulate", "long.yaml", "--history", "none").splitlines()
    assert re.match(r"1\d{3} events: too many to tell one by one", lines[0])
    assert re.match(r"  d: 1\d\d runs \(.*1\d\d success\), 1\d\d tries, 0 failed", lines[-1])


TEXT = {"type": "string"}
INSTANT = {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$"}
MAYBE = {**INSTANT, "type": ["string", "null"]}


def record(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has these properties, all of them and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


STATES = {"enum": ["queued", "running", "success", "failed"]}
RUN = record(
    dag=TEXT,
    partition=TEXT,
    kind=TEXT,
    n={"type": "integer"},
    due=MAYBE,
    state=STATES,
    reason=TEXT,
    created=INSTANT,
    started=MAYBE,
    ended=MAYBE,
)
INSTANCE = record(
    dag=TEXT,
    partition=TEXT,
    task=TEXT,
    state=TEXT,
    tries={"type": "integer"},
    started=MAYBE,
    ended=MAYBE,
    rows={"type": ["integer", "null"]},
    n={"type": "integer"},
    rule=TEXT,
    reason={"type": ["string", "null"]},
    code={"type": ["string", "null"]},
)
OF_LAST_TRY = ("rows", "reason", "code")
COUNT = {"type": "integer", "minimum": 0}
NUMBERS = ("versions", "live", "blocked", "rows", "missing", "duplicated", "different", "wrong")
DATASET = record(dataset=TEXT, **dict.fromkeys(NUMBERS, COUNT))
READER = record(consumer=TEXT, dataset=TEXT, **dict.fromkeys(("reads", "stale", "wrong", "wrong_rows"), COUNT))
SIMULATION = record(
    dag=TEXT,
    dags={"type": "array", "items": TEXT},
    scenario=TEXT,
    seed={"type": "integer"},
    history={"type": ["string", "null"]},
    events={"type": "integer"},
    now=INSTANT,
    runs={"type": "array", "items": RUN},
    task_instances={"type": "array", "items": INSTANCE},
    datasets={"type": "array", "items": DATASET},
    readers={"type": "array", "items": READER},
    alerts=record(sent=COUNT, answered=COUNT, reached_nobody=COUNT),
)


def of_last_try(column: str) -> str:
    same = "(a.dag, a.partition, a.n, a.task) = (t.dag, t.partition, t.n, t.task)"
    return f"(SELECT {column} FROM attempt AS a WHERE {same} ORDER BY number DESC LIMIT 1) AS {column}"


def test_simulate_as_json_is_what_the_history_holds() -> None:
    data = json.loads(good("simulate", "daily_flights", "--json", "--history", "kept.db"))
    jsonschema.Draft202012Validator(SIMULATION).validate(data)
    assert {key: data[key] for key in ("dag", "dags", "scenario", "seed", "history", "now")} == {
        "dag": "daily_flights",
        "dags": ["daily_flights", "punctuality"],
        "scenario": "late_jfk",
        "seed": 13,
        "history": "kept.db",
        "now": "2013-01-05T09:00:00Z",
    }
    with History.open("kept.db", write=False) as history:
        assert data["events"] == history.query("SELECT count(*) AS n FROM log")[0]["n"]
        runs = history.query(f"SELECT {', '.join(data['runs'][0])} FROM run ORDER BY created, dag")
        assert sorted(map(str, data["runs"])) == sorted(map(str, runs))
        columns = ", ".join(of_last_try(key) if key in OF_LAST_TRY else key for key in data["task_instances"][0])
        instances = history.query(f"SELECT {columns} FROM task_instance AS t")
        assert sorted(map(str, data["task_instances"])) == sorted(map(str, instances))
    assert [i["rows"] for i in data["task_instances"] if i["task"] == "publish"] == [943, 596, 915]
    assert [(r["consumer"], r["wrong_rows"]) for r in data["readers"] if r["wrong"]] == [
        ("board_dashboard", 318),
        ("ops_email", 318),
        ("fare_model", 1),
    ]


def test_simulate_as_json_while_something_is_going_on() -> None:
    data = json.loads(good("simulate", "daily_flights", "--json", "--until", "2013-01-03 06:02", "--history", "none"))
    jsonschema.Draft202012Validator(SIMULATION).validate(data)
    assert data["history"] is None
    assert [(i["task"], i["state"], i["started"], i["ended"]) for i in data["task_instances"]] == [
        ("extract", "up_for_retry", "2013-01-03T06:00:00Z", None),
        ("clean", "none", None, None),
        ("publish", "none", None, None),
    ]
    assert data["runs"][0]["ended"] is None


def test_simulate_until() -> None:
    said = good("simulate", "hello.yaml", "--scenario", "on_time", "--until", "2013-01-02T06:02Z", "--history", "none")
    assert said.splitlines()[-2:] == [
        "on_time: 2013-01-02 05:00 to 2013-01-02 06:02 UTC",
        "  hello: 1 run (1 running), 0 tries, 0 failed",
    ]
    assert refused("simulate", "hello.yaml", "--scenario", "on_time", "--until", "2013-01-01", "--history", "none") == [
        "Tue 1 Jan 2013 00:00 is before this simulation begins, Wed 2 Jan 2013 05:00"
    ]
    [line] = refused("simulate", "hello.yaml", "--scenario", "on_time", "--until", "soon", "--history", "none")
    assert line.startswith("'soon' is no time")


def test_another_seed_gives_other_luck() -> None:
    name = "flaky.yaml"
    Path(name).write_text(
        f"{HELLO.partition('---')[0]}---\nscenario: luck\nfrom: 2013-01-02T05:00Z\nuntil: 2013-01-30\n"
        "faults: [flaky: {task: load, rate: 50%}]\n",
        encoding="utf-8",
    )

    def luck(*more: str) -> list[str]:
        data = json.loads(good("simulate", name, "--json", "--history", "none", *more))
        return [run["state"] for run in data["runs"]]

    assert luck() == luck("--seed", "0")
    assert luck("--seed", "1") == luck("--seed", "1")
    assert luck("--seed", "1") != luck("--seed", "2")


def test_scenarios_by_name_and_by_path(home: Path) -> None:
    (home / "other.yaml").write_text(
        "scenario: outage\nfrom: 2013-01-02T05:00Z\nuntil: 2013-01-03\n"
        "faults: [flaky: {task: load, tries: 1}]\n---\nscenario: calm\nfrom: 2013-01-02T05:00Z\n",
        encoding="utf-8",
    )

    def state(*scenario: str) -> str:
        data = json.loads(good("simulate", "hello.yaml", "--json", "--history", "none", *scenario))
        return f"{data['scenario']} {data['runs'][0]['state']}"

    assert state("--scenario", "on_time") == "on_time success"
    assert state("--scenario", "other.yaml#outage") == "outage failed"
    assert state("--scenario", "as planned") == "as planned success"
    assert refused("simulate", "hello.yaml", "--history", "none") == [
        "hello.yaml: there are several scenarios here; say which one: on_time, too_late"
    ]
    assert refused("simulate", "hello.yaml", "--scenario", "on_tme", "--history", "none")[0].startswith(
        "hello.yaml: there is no scenario 'on_tme'; did you mean 'on_time'?"
    )
    assert refused("simulate", "hello.yaml", "--scenario", "nowhere.yaml", "--history", "none") == [
        "nowhere.yaml: there is no such file; did you mean 'other.yaml'? (known: hello.yaml, other.yaml)"
    ]


# why


def test_why() -> None:
    assert (
        good("why", "daily_flights", "publish@2013-01-03", "--at", "06:12")
        == block("""
        daily_flights.publish of 2013-01-03, at Fri 4 Jan 2013 06:12 UTC
        publish waits for clean, which has been running since 06:10 (try 1).
          Starts when clean succeeds; if clean fails for good, publish will not run.
          ✔ clock: 06:00
          ✔ run: started (Thu 3 Jan)
          ✖ upstream (all_success): clean running
          ✔ workers: 3 of 4 free
          ✔ pool warehouse: 2 of 2 free

    """).rstrip("\n")
        + "\n"
    )


def test_why_at_the_end_of_the_scenario_and_at_a_whole_instant() -> None:
    end = good("why", "hello.yaml", "report", "--scenario", "on_time").splitlines()
    assert end[:2] == ["hello.report of 2013-01-01, at Wed 2 Jan 2013 20:00 UTC", "report ended 06:06, well."]
    then = good("why", "hello.yaml", "report", "--at", "2013-01-02T06:01Z", "--scenario", "on_time").splitlines()
    assert then[1] == "report waits for load, which has been running since 06:00 (try 1)."


def test_why_as_json() -> None:
    data = json.loads(good("why", "daily_flights", "clean@2013-01-02", "--at", "06:47", "--json"))
    VALIDATOR.validate(data)
    assert (data["state"], data["at"]) == ("up_for_retry", "2013-01-03T06:47:00Z")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clan"], "no task is called 'clan'; did you mean 'clean'?"),
        (["daily_flight.clean"], "there is no DAG 'daily_flight'; did you mean 'daily_flights'?"),
        (["daily_flights.clan"], "DAG 'daily_flights' has no task 'clan'; did you mean 'clean'?"),
        (["clean@Thursday"], "'Thursday' is no key of the day grid; write e.g. 2013-01-03"),
        (["clean@2013-01-02", "--at", "six"], "'six' is no time"),
        (["clean", "--at", "06:10"], "06:10 of which day?"),
        (["jfk"], "'jfk' is an input, which somebody else delivers; ask about a task that takes it: extract"),
    ],
)
def test_why_of_what_is_not_there(arguments: list[str], said: str) -> None:
    [line] = refused("why", "daily_flights", *arguments)
    assert line.startswith(said)


# draw and validate


def test_draw_to_the_terminal() -> None:
    said = good("draw", "hello.yaml")
    assert said.startswith("hello  0 6 * * *\n")
    assert "│ load  │──►│ report │" in said
    assert good("draw", "hello.yaml", "--dag", "hello") == said
    assert good("draw", "hello.yaml", "--ascii").isascii()
    both = good("draw", "daily_flights")
    assert "daily_flights  0 6 * * *" in both
    assert "punctuality  30 6 * * *" in both


def test_draw_to_files(home: Path) -> None:
    assert good("draw", "hello.yaml", "-o", "hello.txt") == "wrote hello.txt\n"
    assert (home / "hello.txt").read_text("utf-8") == good("draw", "hello.yaml")
    good("draw", "hello.yaml", "-o", "hello.SVG")
    assert (home / "hello.SVG").read_text("utf-8").startswith("<svg ")
    good("draw", "daily_flights", "--dag", "punctuality", "-o", "p.dot")
    assert "digraph" in (home / "p.dot").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hello.yaml", "-o", "hello.png"], "hello.png: a picture ends with .txt, .svg, .dot"),
        (["hello.yaml", "-o", "hello"], "hello: a picture ends with .txt, .svg, .dot"),
        (["hello.yaml", "--dag", "helo"], "hello.yaml has no DAG 'helo'; did you mean 'hello'? (known: hello)"),
        (["hello.yaml", "-o", "nowhere/hello.svg"], "nowhere/hello.svg cannot be written: No such file or directory"),
        (
            ["daily_flights", "-o", "both.svg"],
            "daily_flights has several DAGs; say which to draw: --dag daily_flights or --dag punctuality",
        ),
    ],
)
def test_what_cannot_be_drawn(arguments: list[str], said: str) -> None:
    assert refused("draw", *arguments) == [said]


def test_validate() -> None:
    assert good("validate", "hello.yaml", "daily_flights") == (
        "hello.yaml: good (1 DAG, 2 tasks, 2 scenarios)\ndaily_flights: good (2 DAGs, 5 tasks, 1 scenario)\n"
    )


def test_validate_strictly_warns_of_what_a_platform_asks_for() -> None:
    done = run("validate", "hello.yaml", "--strict")
    assert done.exit_code == 1
    assert re.search(r"^hello.yaml: good \(.*\), \d+ warnings$", done.stdout, re.M)
    assert re.search(r"^hello.yaml:\d+: DAG 'hello' has no owner, ", done.stderr, re.M)
    assert run("validate", "hello.yaml").exit_code == 0


def test_validate_names_all_problems_of_all_files() -> None:
    Path("bad.yaml").write_text(
        "dag: d\nschedule: '0 6 * * *'\ntasks:\n  a: {needs: [b], takes: 3 min}\n  b: {needs: [a]}\n  c: {neds: [a]}\n",
        encoding="utf-8",
    )
    Path("late.yaml").write_text(HELLO.replace("input: sales", "input: slaes"), encoding="utf-8")
    done = run("validate", "bad.yaml", "hello.yaml", "late.yaml", "nowhere.yaml")
    assert done.exit_code == 2
    assert done.stdout == "hello.yaml: good (1 DAG, 2 tasks, 2 scenarios)\n"
    lines = done.stderr.splitlines()
    assert [line.partition(" ")[0] for line in lines] == [
        "bad.yaml:4:",
        "bad.yaml:4:",
        "bad.yaml:6:",
        "late.yaml:17:",
        "nowhere.yaml:",
    ]
    assert "'3 min' is no duration" in lines[0] + lines[1]
    assert "a -> b -> a" in lines[0] + lines[1]
    assert "did you mean 'needs'?" in lines[2]
    assert "did you mean 'sales'?" in lines[3]


# as a process

WORKBENCH = [sys.executable, "-m", "workbench.cli"]


def process(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WORKBENCH, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, timeout=60, **more
    )


def test_as_a_process() -> None:
    done = process("why", "hello.yaml", "report", "--scenario", "on_time", env={**os.environ, "PYTHONUTF8": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "report ended 06:06, well." in done.stdout
    done = process("why", "hello.yaml", "reprot", "--scenario", "on_time")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("no task is called 'reprot'; did you mean 'report'?")


def test_a_console_that_knows_only_ascii() -> None:
    done = process("draw", "hello.yaml", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "load" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close in another way there")
@pytest.mark.parametrize("arguments", [["demo", "--history", "none"], ["simulate", "daily_flights", "--json"], ["-h"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([*WORKBENCH, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writing)
    assert done.returncode in (0, 141, int(arguments == ["-h"]))  # help is click's own
    assert b"Traceback" not in done.stderr
