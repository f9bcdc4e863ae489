"""`workbench do --resume` goes on with a recording; `--script -` does lines as they come."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli_cases import good, refused, run
from tests.verb_cases import PIPELINE
from workbench.cli import main
from workbench.history import History

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def bench_file(home: Path) -> None:
    (home / "bench.yaml").write_text(PIPELINE, encoding="utf-8")


def did(*arguments: str) -> list[str]:
    return good("do", "bench.yaml", "--history", "h.db", *arguments).splitlines()[:-1]


def count() -> int:
    with History.open("h.db", write=False) as history:
        return len(history.recordings())


def test_it_goes_on_at_the_end_of_the_newest_recording() -> None:
    did("go 2013-01-03 06:05")
    did("go 2013-01-04 06:02", "pause weekly")
    assert did("--resume", "pause daily_flights", "go 06:04")[:3] == [
        "> pause daily_flights",
        "  daily_flights paused",
        "> go 06:04",
    ]
    assert count() == 2


def test_a_line_may_stand_behind_it_or_before_it() -> None:
    did("go 06:05")
    for arguments in (
        ("--resume", "step", "go 06:10"),
        ("step", "--resume", "go 06:10"),
        ("step", "go 06:10", "--resume"),
    ):
        found = [line for line in did("--plan", *arguments) if line.startswith(">")]
        assert (arguments, found) == (arguments, ["> step", "> go 06:10"])
    assert count() == 1


def test_a_recording_by_its_number_and_a_future_by_its_name() -> None:
    did("go 2013-01-04 06:02", "back 06:00", "pause weekly", "run until 06:05")
    did("go 2013-01-05 06:02")
    at = [json.loads(good("do", "bench.yaml", "--history", "h.db", "--json", "--resume", what, "future"))
          for what in ("1", "1/A", "1/B", "2", "calm", "A")]  # fmt: skip
    assert [(one["future"], one["now"]) for one in at] == [
        ("B", "2013-01-04T06:05:00Z"),
        ("A", "2013-01-04T06:02:00Z"),
        ("B", "2013-01-04T06:05:00Z"),
        ("A", "2013-01-05T06:02:00Z"),
        ("A", "2013-01-05T06:02:00Z"),
        ("A", "2013-01-05T06:02:00Z"),
    ]
    assert count() == 2


def test_a_plan_of_a_recording_keeps_nothing(home: Path) -> None:
    did("go 2013-01-04 06:02")
    before = (home / "h.db").read_bytes()
    said = good(
        "do",
        "bench.yaml",
        "--history",
        "h.db",
        "--plan",
        "--resume",
        "kill daily_flights.extract@2013-01-03",
        "run until 07:00",
    )
    assert "would be ended, and try again 06:04" in said
    assert (home / "h.db").read_bytes() == before


def test_there_is_none(home: Path) -> None:
    assert refused("do", "bench.yaml", "--history", "h.db", "--resume", "step") == [
        "h.db: there is no history yet, so there is no recording of bench.yaml; without --resume a new recording begins"
    ]
    assert not (home / "h.db").exists()
    good("do", "daily_flights", "--history", "h.db", "step")
    assert refused("do", "bench.yaml", "--history", "h.db", "--resume", "step") == [
        "bench.yaml: there is no recording of it in h.db; without --resume a new recording begins"
    ]
    assert refused("do", "bench.yaml", "--history", "none", "--resume", "step") == [
        "--history none keeps nothing, so there is nothing to read; give a file"
    ]


def test_what_is_asked_for_is_not_there() -> None:
    did("go 06:05")
    resume = ("do", "bench.yaml", "--history", "h.db", "--resume")
    assert refused(*resume, "9", "step") == ["h.db: has no recording 9 (known: 1)"]
    assert refused(*resume, "1/C", "step") == ["recording 1 has no future 'C'. (known: A)"]
    assert refused(*resume, "clam", "step") == [
        "bench.yaml: no recording and no future of it is called 'clam'; did you mean 'calm'? (known: A, calm)"
    ]
    assert refused(*resume, "1", "--seed", "3", "step") == [
        "--seed: a recording keeps its seed; give --seed without --resume"
    ]
    assert count() == 1


def test_the_file_changed_since(home: Path) -> None:
    did("go 06:05")
    (home / "bench.yaml").write_text(PIPELINE.replace("takes: 3m", "takes: 4m"), encoding="utf-8")
    assert refused("do", "bench.yaml", "--history", "h.db", "--resume", "step") == [
        "bench.yaml: it is not what recording 1 (daily_flights, weekly) was made of: it changed since; "
        "without --resume a new recording begins"
    ]
    (home / "bench.yaml").write_text(PIPELINE.replace("until: 2013-01-06", "until: 2013-01-07"), encoding="utf-8")
    assert refused("do", "bench.yaml", "--history", "h.db", "--resume", "1", "step") == [
        "bench.yaml: scenario 'calm' is not what recording 1 was made of: it was made of 'calm', or it changed since; "
        "without --resume a new recording begins"
    ]
    (home / "bench.yaml").write_text(PIPELINE, encoding="utf-8")
    assert did("--resume", "step")[0] == "> step"


def test_another_process_holds_it(home: Path) -> None:
    did("go 06:05")
    code = (
        "import sys, workbench as wb\nfrom workbench.keeping import Keeper\n"
        "s = wb.reopen(Keeper.open('h.db'))\nprint('mine', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        [told] = refused("do", "bench.yaml", "--history", "h.db", "--resume", "step")
        other.communicate("")
    assert told.startswith("h.db: recording 1 is being written by process ")
    assert did("--resume", "step")[0] == "> step"


# lines as they come


def test_lines_of_the_input_are_done_as_they_come(home: Path) -> None:
    command = [sys.executable, "-m", "workbench.cli", "do", "bench.yaml", "--history", "h.db", "--script", "-"]
    with subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("go 05:50\n")
        running.stdin.flush()
        assert running.stdout.readline() == "> go 05:50\n"
        assert running.stdout.readline() == "  It is Thu 3 Jan 05:50.\n"
        running.stdin.write("# nothing\n\npause weekly\n")
        running.stdin.flush()
        said = [running.stdout.readline() for _ in range(4)]
        assert said[-2:] == ["> pause weekly\n", "  weekly paused\n"]
        rest, _ = running.communicate("")
    assert rest == "History: h.db\n"


def test_a_wrong_line_of_the_input_stops_where_nobody_looks() -> None:
    done = CliRunner().invoke(
        main, ["do", "bench.yaml", "--history", "none", "--script", "-", "step"], input="step\nreurn clean\nstep 2\n"
    )
    assert (done.exit_code, done.stdout.count("> step")) == (2, 1)
    assert done.stderr == "-:2: No verb reurn. Did you mean rerun?\n"


def test_a_person_who_types_a_wrong_line_goes_on() -> None:
    from tests.verb_cases import bench
    from workbench.verbs.scripts import Script

    told: list[str] = []
    lines = ["step\n", "reurn clean\n", "rerun clen\n", "step 2\n"]
    script = Script.of(["step"], "-", lines)
    done = list(script.done(bench(), forgive=lambda error: told.append(str(error))))
    assert [one.line for one in done] == ["step", "step 2", "step"]
    assert told == ["-:2: No verb reurn. Did you mean rerun?", "-:3: No task clen. Did you mean clean?"]


def test_what_is_given_is_still_read_before_the_input() -> None:
    done = run("do", "bench.yaml", "--history", "none", "--script", "-", "fly")
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "No verb fly. Did you mean flaky?\n")


CHANGING = """
dag: shop
schedule: "0 6 * * *"
start: 2013-01-01
tasks: {clean: {run: "shop:clean", writes: [orders]}}
---
scenario: plain
from: 2013-01-02T05:00Z
until: 2013-01-05T05:00Z
"""


def test_code_that_makes_other_rows_is_refused_before_anything_is_done(home: Path) -> None:
    (home / "shop.yaml").write_text(CHANGING, encoding="utf-8")
    code = home / "shop.py"
    code.write_text("def clean():\n    return [{'n': 1}]\n", encoding="utf-8")
    good("do", "shop.yaml", "--history", "h.db", "go 2013-01-03 07:00")
    code.write_text("def clean():\n    return [{'n': 2}]\n", encoding="utf-8")
    with History.open("h.db", write=False) as history:
        before = history.query("SELECT count(*) AS n FROM log")
    (line,) = refused("do", "shop.yaml", "--history", "h.db", "--resume", "deploy clean v2", "run")
    assert "cannot be made again" in line
    assert "Give the new code a version of its own" in line
    with History.open("h.db", write=False) as history:
        assert history.query("SELECT count(*) AS n FROM log") == before
