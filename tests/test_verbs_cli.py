"""`workbench do`, `verbs` and `schema`: lines, scripts, plans, JSON, and what cannot be done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from tests.cli_cases import good, refused, run
from tests.verb_cases import PIPELINE
from workbench.cli import main
from workbench.history import History
from workbench.twins.telling import markdown
from workbench.verbs import VERBS

pytestmark = pytest.mark.usefixtures("home")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def bench_file(home: Path) -> None:
    (home / "bench.yaml").write_text(PIPELINE, encoding="utf-8")


def did(*lines: str) -> list[str]:
    return good("do", "bench.yaml", "--history", "none", *lines).splitlines()


def test_lines_are_told_one_by_one() -> None:
    assert did("go 05:50", "pause weekly", "unpause weekly", "step") == [
        "> go 05:50",
        "  It is Thu 3 Jan 05:50.",
        "    Thu 3 Jan",
        "      05:48  ewr of Wed 2 Jan comes",
        "> pause weekly",
        "  weekly paused",
        "> unpause weekly",
        "  weekly switched on again",
        "> step",
        "  It is Thu 3 Jan 05:55.",
        "    Thu 3 Jan",
        "      05:55  lga of Wed 2 Jan comes",
    ]


def test_a_what_if_is_named() -> None:
    assert did("go 06:05", "back 05:50", "never jfk@2013-01-02")[-1] == (
        "  jfk of Wed 2 Jan never comes → what-if B; A stays as it is"
    )


def test_a_plan_does_nothing_and_keeps_nothing(home: Path) -> None:
    said = good(
        "do", "bench.yaml", "--plan", "--history", "h.db", "go 2013-01-04 06:02", "kill *.extract", "kill *.extract"
    ).splitlines()
    assert (
        said[-4:]
        == [
            "> kill *.extract",
            "  daily_flights.extract of Thu 3 Jan would be ended, and try again 06:04",
        ]
        * 2
    )
    assert not (home / "h.db").exists()


def test_a_script(home: Path) -> None:
    (home / "story.txt").write_text("# a story\n\ngo 05:50   # early\npause weekly\n", encoding="utf-8")
    said = good("do", "bench.yaml", "--history", "none", "--script", "story.txt", "unpause weekly").splitlines()
    assert [line for line in said if line.startswith(">")] == ["> go 05:50", "> pause weekly", "> unpause weekly"]
    typed = CliRunner().invoke(main, ["do", "bench.yaml", "--history", "none", "--script", "-"], input="step\nstep 2\n")
    assert typed.exit_code == 0
    assert typed.stdout.count("> step") == 2


def test_what_cannot_be_read_is_told_before_anything_is_done(home: Path) -> None:
    (home / "story.txt").write_text("step\nreurn clean\nmark clean\n", encoding="utf-8")
    assert refused("do", "bench.yaml", "--history", "h.db", "--script", "story.txt", "fly") == [
        "story.txt:2: No verb reurn. Did you mean rerun?",
        "story.txt:3: mark needs one of success, failed, skipped, for example: mark clean@2013-01-03 success",
        "No verb fly. Did you mean flaky?",
    ]
    assert not (home / "h.db").exists()
    assert refused("do", "bench.yaml", "--history", "none") == [
        'Nothing to do; give commands, for example: "run" "why publish"'
    ]
    assert refused("do", "bench.yaml", "--history", "none", "--script", "no.txt") == [
        "no.txt cannot be read: No such file or directory"
    ]


def test_what_cannot_be_done_stops_and_keeps_what_was_done(home: Path) -> None:
    (home / "story.txt").write_text("go 06:05\n# now it goes wrong\nrerun clen\nstep\n", encoding="utf-8")
    done = run("do", "bench.yaml", "--history", "h.db", "--script", "story.txt")
    assert (done.exit_code, done.stderr) == (2, "story.txt:3: No task clen. Did you mean clean?\n")
    assert [line for line in done.stdout.splitlines() if line.startswith(">")] == ["> go 06:05"]
    with History.open(home / "h.db", write=False) as history:
        assert history.query("SELECT count(*) AS n FROM log WHERE kind = 'task_queued'")[0]["n"] > 0


DONE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["done", "future", "futures", "now", "history"],
    "properties": {
        "done": {"type": "array", "items": {"type": "object", "required": ["line"]}},
        "future": {"type": "string"},
        "futures": {"type": "array", "items": {"type": "string"}},
        "now": {"type": "string"},
        "history": {"type": ["string", "null"]},
    },
}


def test_as_json() -> None:
    lines = ("go 06:05", "back 05:50", "never jfk@2013-01-02", "future")
    data = json.loads(good("do", "bench.yaml", "--json", "--history", "h.db", *lines))
    jsonschema.Draft202012Validator(DONE).validate(data)
    assert (data["future"], data["futures"], data["history"]) == ("B", ["A", "B"], "h.db")
    assert data["done"][2] == {
        "line": "never jfk@2013-01-02",
        "sentence": "jfk of Wed 2 Jan never comes",
        "lines": [],
        "events": ["fault_injected"],
        "future": "B",
        "left": "A",
        "now": "2013-01-03T05:50:00Z",
    }
    planned = json.loads(good("do", "bench.yaml", "--json", "--plan", "pause weekly"))
    assert planned["done"] == [
        {
            "line": "pause weekly",
            "would": ["nothing of weekly would start any more; what runs goes on (0 open runs)"],
        }
    ]


def test_the_history_holds_what_was_done(home: Path) -> None:
    said = good("do", "bench.yaml", "--history", "h.db", "go 2013-01-04 06:02", "rerun clean@2013-01-02", "run")
    assert said.splitlines()[-1] == "History: h.db"
    with History.open(home / "h.db", write=False) as history:
        kinds = {row["kind"] for row in history.query("SELECT DISTINCT kind FROM log")}
    assert {"tasks_cleared", "run_created"} <= kinds


def test_verbs_are_listed_and_explained() -> None:
    said = good("verbs")
    for verb in VERBS.values():
        assert verb.example in said
        assert verb.help in said
        assert good("verbs", *verb.name.split()).startswith(verb.form.usage)
    assert "the same as: clear" in good("verbs", "clear")
    assert good("verbs", "edge").count("for example") == 2
    assert refused("verbs", "reurn") == ["No verb reurn. Did you mean rerun?"]


def test_schemas_for_editors() -> None:
    for what in ("pipeline", "scenario"):
        jsonschema.Draft202012Validator.check_schema(json.loads(good("schema", what)))
    assert run("schema", "cats").exit_code == 2


def test_why_of_a_run() -> None:
    said = good("why", "bench.yaml", "daily_flights@2013-01-02").splitlines()
    assert said[0].startswith("daily_flights of 2013-01-02, at ")
    assert "success" in said[1] or "well" in said[1]
    asked = json.loads(good("why", "bench.yaml", "daily_flights@2013-01-02", "--at", "06:05", "--json"))
    assert (asked["state"], asked["at"]) == ("running", "2013-01-03T06:05:00Z")


def test_help_loads_next_to_nothing() -> None:
    code = "import sys; from workbench.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert "history" in done.stdout
    assert sorted(name for name in loaded if name.startswith("workbench")) == [
        "workbench",
        "workbench.cli",
    ]


def test_the_page_has_the_table() -> None:
    page = (ROOT / "docs" / "verbs.md").read_text("utf-8")
    begin, end = "<!-- begin: verbs -->\n", "\n<!-- end: verbs -->"
    assert page.partition(begin)[2].partition(end)[0] == markdown()
