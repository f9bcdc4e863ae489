"""`--times`: a CSV file of real runs -> lengths, chances, and one day as it was; what does not go together is told."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import workbench as wb
from workbench.cli import main
from workbench.importing.found import Draft, Found, Note
from workbench.importing.times import HELP, with_times
from workbench.importing.times.columns import columns_of
from workbench.importing.times.help import EXAMPLE, SQL
from workbench.importing.times.recording import recorded
from workbench.importing.times.summary import rounded
from workbench.importing.times.values import instant_of, state_of
from workbench.importing.writing import as_file
from workbench.model.reading import read_workspace_text
from workbench.scenario.reading import find_scenario

FILES = Path(__file__).parent / "files"
AIRFLOW = FILES / "runs_airflow.csv"
SALES = Draft(
    {
        "dag": "daily_sales",
        "schedule": "0 6 * * *",
        "start": "2026-11-01",
        "inputs": {"orders": {"expected": "06:10"}},
        "tasks": {
            "wait_for_orders": {"sensor": {"on": ["orders"]}},
            "group_extract": {"needs": ["wait_for_orders"], "retries": 3, "takes": "5m"},
            "choose": {"needs": ["group_extract"], "branch": ["full"]},
            "full": {"needs": ["choose"], "takes": "5m"},
            "delta": {"needs": ["choose"], "takes": "5m"},
        },
    },
    {("inputs", "orders"): "guessed: when it comes", ("tasks", "choose"): "guessed: which way it goes"},
    {"group_extract": "group.extract"},
)
FOUND = Found("sales.py", "Airflow", (SALES,), notes=(Note("guessed", "5 min a task"),))
HEAD = "task,run,try,state,start,end\n"


def plain(*tasks: str, name: str = "d", **more: Any) -> Found:
    draft = Draft(
        {"dag": name, "schedule": "0 6 * * *", "start": "2026-01-01", "tasks": {t: {} for t in tasks}, **more}
    )
    return Found("d.py", "Airflow", (draft,))


def csv(folder: Path, text: str) -> str:
    (folder / "runs.csv").write_text(text, "utf-8")
    return str(folder / "runs.csv")


def told(found: Found, manner: str) -> list[str]:
    return [note.text for note in found.notes if note.manner == manner]


def faults(found: Found, name: str) -> list[str]:
    """The faults of a scenario, as `kind task: values`."""
    [scenario] = [one for one in found.scenarios if one["scenario"] == name]
    lines = []
    for fault in scenario["faults"]:
        [(kind, values)] = fault.items()
        about = values.get("task", values.get("input")).removeprefix("daily_sales.").removeprefix("d.")
        rest = {key: value for key, value in values.items() if key not in ("task", "input", "partition")}
        lines.append(f"{kind} {about}: {', '.join(f'{key} {value}' for key, value in rest.items())}")
    return lines


def play(found: Found, name: str) -> wb.Session:
    text = as_file(found)
    loaded = read_workspace_text(text, file="d.yaml")
    session = wb.Session(loaded.workspace, find_scenario(loaded, name, loaded.workspace))
    session.run_until(session.end)
    return session


# a recording of Airflow


def test_what_tasks_took_stands_in_the_file() -> None:
    found = with_times(FOUND, str(AIRFLOW))
    tasks, remarks = found.drafts[0].tasks, found.drafts[0].remarks
    assert {name: task.get("takes") for name, task in tasks.items()} == {
        "wait_for_orders": None, "group_extract": "10m30s", "choose": "2s", "full": "30m", "delta": "5m",
    }  # fmt: skip
    assert tasks["group_extract"]["retries"] == {"max": 3, "delay": "3m"}
    assert remarks["tasks", "group_extract"] == (
        "2 good tries, 8 min to 10 min 30 s; their delay guessed from 2 pauses before a retry"
    )
    assert remarks["tasks", "choose"] == "guessed: which way it goes; 2 good tries"
    assert told(found, "guessed") == []  # that each takes 5 min is no guess any more


def test_an_input_came_when_its_sensor_found_it() -> None:
    found = with_times(FOUND, str(AIRFLOW))
    assert found.drafts[0].data["inputs"] == {"orders": {"expected": "+6h21m"}}
    assert found.drafts[0].remarks["inputs", "orders"] == "expected when 3 sensors found it, in the middle"
    assert found.scenarios[0]["arrivals"] == {"orders": "+6h21m"}


def test_chances_are_those_of_the_recording() -> None:
    assert faults(with_times(FOUND, str(AIRFLOW)), "as_recorded") == [
        "varies group_extract: takes ['8m', '10m30s']",
        "flaky group_extract: rate 2/4, after 2m",
    ]


def test_the_newest_whole_day_is_replayed() -> None:
    """Of 17 November not all had been recorded."""
    found = with_times(FOUND, str(AIRFLOW))
    assert faults(found, "day_2026_11_16") == [
        "varies group_extract: takes ['2m', '55s', '10m30s'], in_turn True",
        "flaky group_extract: tries 2",
        "varies choose: takes 2s",
        "choice choose: follow ['delta']",
        "varies delta: takes 5m",
        "late orders: arrives 2026-11-16T06:33:02Z",
    ]
    assert {str(one["partition"]) for fault in found.scenarios[1]["faults"] for one in fault.values()} == {"2026-11-15"}
    assert told(found, "changed") == [
        "on 2026-11-16 a task of daily_sales waited 4 min 30 s before it began; here it waits only for what the "
        "pipeline says: needs, pools and workers",
    ]
    run = play(found, "day_2026_11_16").state.known.run_of("daily_sales", "2026-11-15")
    assert run is not None
    tries = [(a.state, a.ended - a.started) for a in run.cells["group_extract"].attempts]
    assert [(state, int(span.total_seconds())) for state, span in tries] == [
        ("failed", 120), ("failed", 55), ("success", 630),
    ]  # fmt: skip
    assert [run.cells[name].state for name in ("full", "delta")] == ["skipped", "success"]
    assert f"{run.cells['wait_for_orders'].attempts[0].ended:%H:%M:%S}" == "06:33:34"  # its look after it came


def test_another_day_may_be_asked_for() -> None:
    found = with_times(FOUND, str(AIRFLOW), "2026-11-17")
    assert faults(found, "day_2026_11_17") == [
        "hang group_extract: tries 1",
        "late orders: arrives 2026-11-17T06:21:02Z",
    ]
    run = play(found, "day_2026_11_17").state.known.run_of("daily_sales", "2026-11-16")
    assert run is not None
    assert run.cells["group_extract"].state == "running"
    for day, message in (
        ("2026-11-20", "nothing began on 2026-11-20; .* goes from 2026-11-15 to 2026-11-17.*nearest day is 2026-11-17"),
        ("monday", "--day is 'monday'; write a day such as 2026-11-17"),
    ):
        with pytest.raises(wb.InvalidInput, match=message):
            with_times(FOUND, str(AIRFLOW), day)


def test_what_is_only_in_one_of_them_is_told() -> None:
    lacking = Draft(
        {**SALES.data, "tasks": {**SALES.tasks, "tidy": {"takes": "5m"}, "marks": {}}}, origins=SALES.origins
    )
    found = with_times(Found("sales.py", "Airflow", (lacking,)), str(AIRFLOW))
    assert told(found, "missed") == [
        "daily_sales has no task 'mark' (did you mean 'marks'?): what was recorded of it was left out",
    ]
    assert "how long tidy and marks of daily_sales take, as " in " ".join(told(found, "guessed"))
    kept = told(with_times(FOUND, str(AIRFLOW)), "kept")
    assert kept[0].startswith("17 rows of ")
    assert "task from 'task_id', dag from 'dag_id', run from 'run_id', date from 'data_interval_start'" in kept[0]
    assert kept[1] == "columns that were not needed: 'hostname'"
    assert kept[2] == "rows of 'weekly' are about other DAGs and were left out"


# columns and values


@pytest.mark.parametrize(("line", "where"), [
    ("task,run,try,state,start,end", "task run try state start end"),
    ("TASK_ID;Run_ID;Try Number;State;Start Date;End Date", "task run try state start end"),
    ("ti.task_id\tti.run_id\tti.state\tti.start_date\tti.end_date", "task run state start end"),
    ('"job name","run_number","conclusion","startedAt","completedAt"', "task run state start end"),
    ("unique_id,invocation_id,status,execution_time,started_at", "task run state duration start"),
    ("dag_id|task_id|execution_date|state|start_date|duration", "dag task date state start duration"),
])  # fmt: skip
def test_columns_are_known_by_many_names(line: str, where: str) -> None:
    columns = columns_of(line)
    assert columns.missing() == []
    assert [what for what, _ in sorted(columns.at.items(), key=lambda one: one[1])] == where.split()


@pytest.mark.parametrize("text", [
    "2026-11-17T06:00:03Z", "2026-11-17 06:00:03+00:00", "2026-11-17 06:00:03+00", "2026-11-17 06:00:03",
    "2026-11-17 07:00:03.000000+01:00", "2026-11-17 06:00:03 UTC", "2026-11-17 06:00:03 +0000", "2026/11/17 06:00:03",
    "1794895203", "1794895203.0", "1794895203000", "1794895203000000",
])  # fmt: skip
def test_a_time_in_any_spelling(text: str) -> None:
    assert instant_of(text) == int(datetime(2026, 11, 17, 6, 0, 3, tzinfo=UTC).timestamp()) * 1000


def test_states_of_several_tools() -> None:
    words = (
        "success Succeeded PASS warn TaskInstanceState.SUCCESS; failed error timed_out up_for_retry; skipped; cancelled"
    )
    assert [len({state_of(word) for word in part.split()}) for part in words.split(";")] == [1, 1, 1, 1]
    assert state_of("sucess") is None


def test_lengths_are_rounded_the_coarser_the_longer_they_are() -> None:
    assert [rounded(n) for n in (0, 7, 119, 278, 1000, 5000, 20_000)] == [0, 7, 119, 280, 990, 4980, 20_100]


def test_rows_that_cannot_be_read_are_left_out_with_their_lines(tmp_path: Path) -> None:
    text = HEAD + "\n".join([
        "a,r,1,success,2026-11-17T06:00Z,2026-11-17T06:05Z", "a,r2,1,success,yesterday,2026-11-17T06:05Z",
        "a,r3,1,fine,2026-11-17T06:00Z,2026-11-17T06:05Z", "a,r4,1,success,2026-11-17T06:00Z,",
        "a,r5,1,success,2026-11-17T06:00Z,2026-11-17T05:00Z", "a,r6", "",
        "a,r7,one,success,2026-11-17T06:00Z,2026-11-17T06:01Z",
        "a,r8,1,success,someday,2026-11-17T06:05Z", ",r9,1,success,,",
    ])  # fmt: skip
    found = with_times(plain("a"), csv(tmp_path, text))
    assert [re.sub(r"of .*runs.csv ", "", one) for one in told(found, "missed")] == [
        "2 rows left out (lines 3 and 10): the start is 'yesterday', which is no time such as 2026-11-17T06:00:03Z",
        "1 row left out (line 4): the state is 'fine', which is no state that is known",
        "1 row left out (line 5): it has ended, and there is no end",
        "1 row left out (line 6): it ends before it starts",
        "1 row left out (line 7): there are fewer cells than columns",
        "1 row left out (line 9): the try is 'one', which is no whole number",
        "1 row left out (line 11): there is no task",
    ]


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "binary": (b"\x00\x01\x02\xff", "is no CSV file: it is no text in UTF-8"),
    "null bytes": (b"task,run\x00,state\n", "is no CSV file: it holds bytes that are no text"),
    "no header": (b"a,r,1,success,2026-11-17T06:00Z,\n", "has no header; its first line names the columns: task, run"),
    "no rows": (HEAD.encode(), "has a header and no rows; its columns are task from 'task'"),
    "a column lacks": (b"task,run,stats,start,end\n",
                       "has no column 'state' (or status, conclusion, result); is 'stats' meant"),
    "no end": (b"task,run,state,start\n", "has no column 'end' (or end_date, completed_at, ended_at)"),
    "all rows bad": (HEAD.encode() + b"a,r,1,gone,x,y\n", "has no row that can be read; in line 2 the state is 'gone'"),
    "other tasks": (HEAD.encode() + b"z,r,1,success,2026-11-17T06:00Z,2026-11-17T06:01Z\n",
                    "holds no try of this pipeline: its column 'task' names 'z', and the tasks are a"),
    "never began": (HEAD.encode() + b"a,r,1,queued,,\n", "holds no try of this pipeline"),
    "a huge cell": (HEAD.encode() + b'a,"' + b"x" * 200_000, "is no CSV file: field larger than field limit"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data, message = BAD[name]
    Path("runs.csv").write_bytes(data)
    answer = CliRunner().invoke(main, ["import", "-", "--times", "runs.csv", "-o", "out.yaml"], input="a >> b")
    assert (answer.exit_code, len(answer.output.splitlines())) == (2, 1), answer.output
    assert message in answer.output
    assert "runs.csv" in answer.output
    assert not Path("out.yaml").exists()


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for place, message in ((tmp_path / "no.csv", "cannot be read: No such file"), (tmp_path, "is a folder")):
        with pytest.raises(wb.InvalidInput, match=message):
            recorded(str(place))


# what a recording may lack


def test_tries_of_which_only_the_last_is_known_failed_before(tmp_path: Path) -> None:
    """As Airflow before 2.10 keeps them."""
    row = "a,r,3,success,2026-11-17T06:10Z,2026-11-17T06:14Z\n"
    found = with_times(plain("a"), csv(tmp_path, HEAD + row))
    assert found.drafts[0].tasks["a"] == {"takes": "4m", "retries": 2}
    assert faults(found, "as_recorded") == ["flaky a: rate 2/3"]
    assert faults(found, "day_2026_11_17") == ["varies a: takes 4m", "flaky a: tries 2"]
    assert "on 2026-11-17 a has only its last try in the file: the ones before failed, and last as long" in told(
        found, "changed"
    )


DOUBTS: dict[str, tuple[str, dict[str, Any], list[str], str]] = {
    "run again by hand": (
        "a,r,1,success,2026-11-17T06:00Z,2026-11-17T06:04Z\na,r,2,success,2026-11-17T08:00Z,2026-11-17T08:09Z\n",
        {}, ["varies a: takes 4m"], "was run again after it had succeeded; rerun it by hand",
    ),
    "failed for good early": (
        "a,r,1,failed,2026-11-17T06:00Z,2026-11-17T06:04Z\n",
        {"retries": 2}, ["varies a: takes 4m", "flaky a: tries 3"],
        "failed for good before its retries were used up: it uses them up",
    ),
    "more tries than allowed": (
        "a,r,1,failed,2026-11-17T06:00Z,2026-11-17T06:04Z\na,r,2,success,2026-11-17T06:09Z,2026-11-17T06:13Z\n",
        {"retries": 0}, ["varies a: takes 4m", "flaky a: tries 1"],
        "was tried more often than its retries allow: it fails for good before that",
    ),
    "longer than its timeout": (
        "a,r,1,success,2026-11-17T06:00Z,2026-11-17T06:04Z\n",
        {"timeout": "3m"}, ["varies a: takes 4m"], "took longer than its timeout allows: it fails",
    ),
    "skipped by itself": (
        "a,r,1,skipped,2026-11-17T06:00Z,2026-11-17T06:00Z\nb,r,1,success,2026-11-17T06:00Z,2026-11-17T06:04Z\n",
        {}, ["varies b: takes 4m"], "was skipped, and nothing here says why: it runs",
    ),
    "below a failure": (  # as dbt and GitHub say it
        "b,r,1,failed,2026-11-17T06:00Z,2026-11-17T06:04Z\na,r,1,skipped,,\n",
        {"needs": ["b"]}, ["varies b: takes 4m", "flaky b: tries 1"], "",
    ),
    "lost, and run again": (
        "a,r,1,running,2026-11-17T06:00Z,\na,r,2,success,2026-11-17T06:09Z,2026-11-17T06:13Z\n",
        {"retries": 1}, ["varies a: takes ['9m', '4m'], in_turn True", "flaky a: tries 1"], "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTS)
def test_what_cannot_be_replayed_exactly_is_told(name: str, tmp_path: Path) -> None:
    rows, task, expected, doubt = DOUBTS[name]
    found = with_times(plain(tasks={"a": task, "b": {}}), csv(tmp_path, HEAD + rows), "2026-11-17")
    assert faults(found, "day_2026_11_17") == expected
    doubts = [text for text in told(found, "changed") if text.startswith("on 2026-11-17 a ")]
    assert doubts == ([f"on 2026-11-17 a {doubt}"] if doubt else [])


def test_many_lengths_become_few_that_are_spread_alike(tmp_path: Path) -> None:
    rows = [f"a,r{n},1,success,{1_767_247_200 + 86400 * n},{1_767_247_200 + 86400 * n + 60 + n}\n" for n in range(200)]
    found = with_times(plain("a"), csv(tmp_path, HEAD + "".join(rows)))
    [line] = faults(found, "as_recorded")
    spans = re.findall(r"'(\w+)'", line)
    assert len(spans) == 24
    assert (spans[0], spans[-1]) == ("1m4s", "4m15s")
    assert found.drafts[0].tasks["a"]["takes"] == "2m40s"


def test_a_guessed_schedule_gives_way_to_when_runs_began(tmp_path: Path) -> None:
    def of(hours: int) -> Any:
        began = [1_767_247_200 + 2220 + hours * 3600 * n + 7 for n in range(30)]  # 2026-01-01 06:37
        text = HEAD + "".join(f"a,r{n},1,success,{at},{at + 60}\n" for n, at in enumerate(began))
        answer = CliRunner().invoke(
            main,
            ["import", "-", "--times", csv(tmp_path, text), "-o", str(tmp_path / "x.yaml"), "--replace"],
            input="a >> b",
        )
        assert "nothing says when" not in answer.output
        return read_workspace_text((tmp_path / "x.yaml").read_text()).workspace.dags["my_pipeline"]

    assert [(spec.schedule, spec.partition) for spec in map(of, (1, 24, 168))] == [
        ("37 * * * *", "hour"), ("37 6 * * *", "day"), ("37 6 * * 4", "week"),
    ]  # fmt: skip


def test_several_dags_are_told_apart(tmp_path: Path) -> None:
    drafts = tuple(plain("a", "b", name=name).drafts[0] for name in ("one", "two"))
    drafts = (drafts[0], Draft(drafts[1].data, origins={"two": "team.two"}))
    text = "dag_id,task,run,state,start,end\n" + "".join(
        f"{dag},a,r,success,2026-11-17T06:00:00Z,2026-11-17T06:0{n}:00Z\n"
        for n, dag in enumerate(("one", "team.two", "twoo"), 1)
    )
    found = with_times(Found("d.py", "Airflow", drafts), csv(tmp_path, text))
    assert [draft.tasks["a"] for draft in found.drafts] == [{"takes": "1m"}, {"takes": "2m"}]
    assert "rows of 'twoo' (did you mean 'two'?) are about other DAGs and were left out" in told(found, "kept")


def test_without_a_column_for_dags_a_task_of_two_is_nobodys(tmp_path: Path) -> None:
    drafts = (plain("a", "b", name="one").drafts[0], plain("a", "c", name="two").drafts[0])
    rows = "".join(f"{task},r,1,success,2026-11-17T06:00Z,2026-11-17T06:04Z\n" for task in "abc")
    found = with_times(Found("d.py", "Airflow", drafts), csv(tmp_path, HEAD + rows))
    assert [dict(draft.tasks) for draft in found.drafts] == [
        {"a": {}, "b": {"takes": "4m"}},
        {"a": {}, "c": {"takes": "4m"}},
    ]
    assert any("no task 'a'" in text for text in told(found, "missed"))


def test_times_without_a_zone_are_utc_and_told(tmp_path: Path) -> None:
    found = with_times(plain("a"), csv(tmp_path, HEAD + "a,r,1,success,2026-11-17 06:00:00,2026-11-17 06:04:00\n"))
    assert any("are in UTC, as they say no zone" in text for text in told(found, "guessed"))


# the command


def test_a_pipeline_of_our_own_takes_times_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("runs.csv").write_text(EXAMPLE)
    Path("own.yaml").write_text(
        "dag: sales\nschedule: '0 6 * * *'\nstart: 2026-11-01\n"
        "tasks: {extract: {retries: 2}, clean: {needs: extract}}\n---\nscenario: calm\nfrom: 2026-11-10\n"
    )
    answer = CliRunner().invoke(main, ["import", "own.yaml", "--times", "runs.csv", "-o", "new.yaml"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.splitlines()[-1] == "Next: workbench open new.yaml --scenario day_2026_11_17"
    over = CliRunner().invoke(main, ["import", "own.yaml", "--times", "runs.csv", "--replace"])
    assert (over.exit_code, "own.yaml: is what it was made of" in over.output) == (2, True)
    # Again with what was written: the same scenarios, not two of each.
    CliRunner().invoke(main, ["import", "new.yaml", "--times", "runs.csv", "-o", "again.yaml"])
    names = [line for line in Path("again.yaml").read_text().splitlines() if line.startswith("scenario:")]
    assert names == ["scenario: calm", "scenario: as_recorded", "scenario: day_2026_11_17"]


def test_the_help_is_true() -> None:
    """Its example can be read, and its SQL runs on tables such as Airflow has."""
    assert CliRunner().invoke(main, ["import", "--help-times"]).output == HELP + "\n"
    assert columns_of(EXAMPLE.splitlines()[0]).missing() == []
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE dag_run (dag_id, run_id, data_interval_start, start_date)")
    for table in ("task_instance", "task_instance_history"):
        fields = "dag_id, task_id, run_id, map_index, try_number, state, start_date, end_date"
        base.execute(f"CREATE TABLE {table} ({fields})")
    base.execute("INSERT INTO dag_run VALUES ('daily_sales', 'r', '2026-11-16', '2026-11-17')")
    base.execute(
        "INSERT INTO task_instance VALUES ('daily_sales', 'a', 'r', -1, 2, 'success', '2026-11-17', '2026-11-17')"
    )
    base.execute(
        "INSERT INTO task_instance_history VALUES ('daily_sales', 'a', 'r', -1, 1, 'failed', '2026-11-17', NULL)"
    )
    rows = base.execute(SQL)
    assert [column[0] for column in rows.description][:4] == ["dag_id", "task_id", "run_id", "data_interval_start"]
    assert [row[5] for row in rows] == [2, 1]
    base.close()


def test_chances_come_true_in_a_simulation(tmp_path: Path) -> None:
    """A hundred days as recorded: every length that was measured, and about as many failures."""
    rows = "".join(
        f"a,r{n},1,{'failed' if n % 4 == 0 else 'success'},{at},{at + 60 * (1 + n % 5)}\n"
        for n, at in enumerate(1_767_247_200 + 86400 * day for day in range(40))
    )
    found = with_times(plain("a"), csv(tmp_path, HEAD + rows))
    scenario = {**found.scenarios[0], "until": "2026-06-01"}
    session = play(Found(found.source, found.tool, found.drafts, scenarios=(scenario,)), "as_recorded")
    tries = [a for run in session.state.known.runs.values() for a in run.cells["a"].attempts]
    good = {int((a.ended - a.started).total_seconds()) for a in tries if a.state == "success"}
    assert good == {60, 120, 180, 240, 300}
    assert 0.15 < Fraction(sum(a.state == "failed" for a in tries), len(tries)) < 0.35


def test_a_strange_task_is_told_with_the_nearest_spelling_also_where_no_dag_is_named(tmp_path: Path) -> None:
    place = tmp_path / "runs.csv"
    row = "2026-11-16,1,success,2026-11-17T06:00:00Z,2026-11-17T06:05:00Z\n"
    place.write_text(f"task,run,try,state,start,end\nextract,{row}publsh,{row}")
    answer = wb.imported("-", text="extract >> publish", times=place)
    assert "no task 'publsh' (did you mean 'publish'?): what was recorded of it was left out" in repr(answer)
