"""`workbench history`: what it prints, and one line for each thing that a person can mend."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import workbench as wb
from tests.cli_cases import good, refused, run
from tests.samples import block
from tests.test_history_migration import OLD
from workbench.history import History
from workbench.keeping import Keeper, default_path

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recording 1: the late file of JFK, and what if extract had waited; 2: the same with another seed."""
    path = tmp_path_factory.mktemp("made") / "flights.db"
    with Keeper.open(path) as keeper:
        session = wb.sample("daily_flights", "late_jfk", history=keeper)
        session.run_until()
        session.seek("2013-01-04 05:55").edit(wb.WaitFor("extract", ("jfk",)))
        session.run_until("2013-01-04 07:40")
        other = wb.load("daily_flights", "late_jfk", seed=14, history=keeper)
        other.run_until()
    return path


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A copy of it, named shortly."""
    path = tmp_path / "flights.db"
    shutil.copy(made, path)
    return path


def lines(*arguments: str) -> list[str]:
    return good("history", *arguments).splitlines()


# list and show


def test_list_names_recordings_and_futures(kept: Path) -> None:
    head, one, a, b, two, other = lines("list", "--history", str(kept))
    assert head.startswith(f"{kept}: 2 recordings, ")
    assert one.startswith("   1  late_jfk, written 20")
    assert a == "      1/A  2013 Thu 3 Jan 05:30 to Sat 5 Jan 09:00, 114 events"
    assert b.startswith("      1/B  2013 Thu 3 Jan 05:30 to Fri 4 Jan 07:40, ")
    assert b.endswith(" events, parted from A after event 50")
    assert two.startswith("   2  late_jfk, written 20")
    assert other.endswith("events  <- last worked on")
    data = json.loads(good("history", "list", "--json", "--history", str(kept)))
    assert [(one["id"], [f["name"] for f in one["futures"]]) for one in data["recordings"]] == [
        (1, ["A", "B"]),
        (2, ["A"]),
    ]
    assert data["bytes"] == kept.stat().st_size


def test_show_sums_a_future_up(kept: Path) -> None:
    found = lines("show", "1/B", "--history", str(kept))
    assert found[0] == f"1/B of {kept}: late_jfk"
    assert found[2] == "  other futures: A"
    assert found[3].startswith("  daily_flights: 2 runs (1 running, 1 success), ")
    done = found.index("Done by hand:")
    assert found[done + 1] == "      51  Fri 4 Jan 05:55  extract waits for jfk"
    still = found.index("Still open:")
    assert found[still + 1 :] == [
        "  punctuality.by_airport@2013-01-03: not started, since Fri 4 Jan 06:30",
        "  punctuality.report@2013-01-03: not started, since Fri 4 Jan 06:30",
        "  daily_flights.extract@2013-01-03: running since Fri 4 Jan 07:35",
    ]
    data = json.loads(good("history", "show", "1/B", "--json", "--history", str(kept)))
    assert data["actions"] == [
        {"seq": 51, "at": "2013-01-04T05:55:00Z", "kind": "dag_edited", "sentence": "extract waits for jfk"}
    ]
    assert len(data["open"]) == 3


@pytest.mark.parametrize(
    ("asked", "shown"), [((), "2/A"), (("1",), "1/B"), (("1/A",), "1/A"), (("late_jfk",), "2/A"), (("A",), "2/A")]
)
def test_a_recording_is_named_in_several_ways(kept: Path, asked: tuple[str, ...], shown: str) -> None:
    found = lines("show", *asked, "--history", str(kept))[0]
    wanted = {"1/B": ("1/A", "1/B")}.get(shown, (shown,))
    assert found.startswith(tuple(f"{one} of" for one in wanted))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("3", "has no recording '3'. (known: 1, 2, late_jfk); write 2, 2/B, or a name"),
        ("late_jkf", "has no recording 'late_jkf'; did you mean 'late_jfk'? (known: 1, 2, late_jfk)"),
        ("1/C", "recording 1 has no future 'C'. (known: A, B)"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(kept: Path, asked: str, told: str) -> None:
    (line,) = refused("history", "show", asked, "--history", str(kept))
    assert told in line


# events


def test_events_in_words_with_numbers_and_causes(kept: Path) -> None:
    found = lines("events", "1/A", "--task", "extract", "--partition", "2013-01-03", "--history", str(kept))
    assert found[0] == "Times in UTC, 2013"
    assert [line.split("  ", 3)[0].strip() for line in found[1:]] == [""] * len(found[1:])
    assert found[1].split()[:6] == ["53", "Fri", "4", "Jan", "06:00", "task_queued"]
    assert found[1].endswith("(because 52)")
    assert "extract ends well, 596 rows, without jfk (because 54)" in found[3]


def test_events_are_filtered(kept: Path) -> None:
    def count(*arguments: str) -> int:
        return len(json.loads(good("history", "events", "1/A", "--json", "--history", str(kept), *arguments))["events"])

    assert count("--limit", "0") == count() == 114
    assert count("--kind", "run_created") == 6
    assert count("--kind", "run_created", "--dag", "punctuality") == 3
    assert count("--from", "2013-01-04", "--until", "2013-01-04 05:55") == 2
    assert count("--task", "jfk") == 3
    assert count("--partition", "2013-01-02", "--dag", "punctuality") < count("--dag", "punctuality")
    assert len(lines("events", "1/A", "--limit", "5", "--history", str(kept))) == 7
    assert lines("events", "1/A", "--limit", "5", "--history", str(kept))[-1] == "... and 109 more; --limit 0 shows all"


def test_a_command_is_found_by_the_tasks_that_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "again.db"
    with Keeper.open(path) as keeper:
        session = wb.sample("daily_flights", "late_jfk", history=keeper)
        session.run_until()
        session.rerun("clean@2013-01-02", down=True)
    for task in ("clean", "publish"):
        found = lines("events", "--kind", "tasks_cleared", "--task", task, "--history", str(path))
        assert len(found) == 2
    assert (
        run("history", "events", "--kind", "tasks_cleared", "--task", "extract", "--history", str(path)).exit_code == 1
    )


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--kind", "run_ende"), "there is no kind of event 'run_ende'; did you mean 'run_ended'?"),
        (("--task", "clen"), "no event of 1/A is about task 'clen'; did you mean 'clean'?"),
        (("--dag", "flights"), "no event of 1/A is about dag 'flights'"),
        (("--partition", "2013-01-33"), "no event of 1/A is about partition '2013-01-33'"),
        (("--from", "noon"), "'noon' is no time; write 2013-01-04T07:35Z"),
    ],
)
def test_events_that_cannot_be_are_refused(kept: Path, option: tuple[str, ...], told: str) -> None:
    (line,) = refused("history", "events", "1/A", *option, "--history", str(kept))
    assert told in line


# diff


def test_diff_goes_down_to_the_first_difference_and_its_cause(kept: Path) -> None:
    found = good("history", "diff", "1/A", "1/B", "--history", str(kept))
    assert found.startswith(
        block("""
            First difference: Fri 4 Jan 06:00, daily_flights.extract@2013-01-03
              1/A: extract started: only the clock was asked.
              1/B: extract waits for jfk.
              Because in 1/B, Fri 4 Jan 05:55, you: extract waits for jfk.
              In 1/A: event 53, task_queued of daily_flights.extract@2013-01-03, because of event 52.

        """).rstrip()
    )
    assert "  extract of 2013-01-03      success 06:10, 596 rows   running" in found
    data = json.loads(good("history", "diff", "1/A", "1/B", "--json", "--history", str(kept)))
    assert data["first"]["event_a"] == 53
    assert data["first"]["because"] == ["in 1/B, Fri 4 Jan 05:55, you: extract waits for jfk"]
    assert data["made"] == []


def test_diff_of_two_recordings_says_how_they_were_made(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with Keeper.open(path) as keeper:
        session = wb.load("daily_flights", "as planned", history=keeper)
        session.run_until("2013-01-05 09:00")
    said = good("history", "diff", "1/A", "1", "--history", str(kept), "--other", str(path))
    assert said.startswith("First difference: ")
    assert "Made with scenario: late_jfk in 1/A of flights.db, as planned in 1/A of other.db" in said
    assert "Made with faults: " in said


def test_diff_of_copies_finds_none(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(kept, copy)
    said = lines("diff", "1/A", "1/A", "--history", str(kept), "--other", str(copy))
    assert said == ["1/A of flights.db and 1/A of copy.db are the same so far."]


def test_what_was_done_in_both_explains_no_difference(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(kept, copy)
    for path in (kept, copy):
        with Keeper.open(path) as keeper:
            session = wb.reopen(keeper, 1).switch("B")
            if path == copy:
                session.mark("extract@2013-01-03", "failed")
            session.run_until("2013-01-04 09:00")
    data = json.loads(good("history", "diff", "1/B", "1/B", "--json", "--history", str(kept), "--other", str(copy)))
    (because,) = data["first"]["because"]
    assert because.startswith("in 1/B of copy.db, Fri 4 Jan 07:40, you: ")
    assert "waits for" not in because


def test_diff_needs_two_futures_of_the_same_dags(kept: Path) -> None:
    (line,) = refused("history", "diff", "1/A", "1/A", "--history", str(kept))
    assert line == "1/A is one future; give two, for example 1/A 1/B"
    (line,) = refused("history", "diff", "1/A", "2/B", "--history", str(kept), "--other", str(OLD))
    assert "has DAG 'daily_flights', and 2/B of schema3.db has not: they cannot be compared" in line


# query


def test_query_answers_with_a_table_csv_or_json(kept: Path) -> None:
    sql = "SELECT dag, state, count(*) AS runs, NULL AS none FROM run GROUP BY dag, state"
    assert good("history", "query", sql, "--history", str(kept)).rstrip("\n") == block("""
        dag            state    runs  none
        -------------  -------  ----  ----
        daily_flights  success     3
        punctuality    success     3
    """)
    assert good("history", "query", sql, "--csv", "--history", str(kept)).rstrip("\n") == block("""
        dag,state,runs,none
        daily_flights,success,3,
        punctuality,success,3,
    """)
    data = json.loads(good("history", "query", sql, "--json", "--history", str(kept)))
    assert data["columns"] == ["dag", "state", "runs", "none"]
    assert data["rows"][1] == {"dag": "punctuality", "state": "success", "runs": 3, "none": None}
    assert data["is_cut"] is False
    assert lines("query", "SELECT * FROM run WHERE 0", "--history", str(kept)) == ["No row is like that."]


def test_query_says_what_it_left_out(kept: Path) -> None:
    done = run("history", "query", "SELECT seq FROM log", "--limit", "3", "--csv", "--history", str(kept))
    assert done.stdout == "seq\n1\n2\n3\n"
    assert done.stderr == "only the first 3 rows are shown; --limit 0 shows all\n"


def test_query_can_only_read(kept: Path) -> None:
    before = kept.read_bytes()
    for sql in ("DELETE FROM branch", "DROP VIEW run", "PRAGMA user_version = 9", "ATTACH 'x.db' AS x"):
        (line,) = refused("history", "query", sql, "--history", str(kept))
        assert line.startswith("a question may only read")
    assert kept.read_bytes() == before
    assert not Path("x.db").exists()


def test_query_tells_the_nearest_name(kept: Path) -> None:
    (line,) = refused("history", "query", "SELECT state FROM runs", "--history", str(kept))
    assert line.startswith("there is no table 'runs'; did you mean 'run'?")


def test_query_stops_in_time(kept: Path) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    (line,) = refused("history", "query", endless, "--seconds", "0.2", "--history", str(kept))
    assert line == "the question took longer than 0.2 seconds and was stopped; ask for less, or give more"


# export and import


def test_a_recording_goes_from_file_to_file(kept: Path, home: Path) -> None:
    assert lines("export", "1", "-o", "one.db", "--history", str(kept)) == [
        "wrote one.db: recording 1, late_jfk, with all its futures"
    ]
    assert lines("import", "one.db") == [f"recording 1 of one.db is now recording 1 of {default_path()}"]
    (line,) = refused("history", "import", "one.db")
    assert line == "one.db: recording 1 is here already, as recording 1; nothing was taken over"
    assert lines("list")[1:3] == [
        one.replace("  <- last worked on", "") for one in lines("list", "--history", "one.db")[1:3]
    ]
    assert lines("show", "1/A")[1:] == lines("show", "1/A", "--history", str(kept))[1:]
    (line,) = refused("history", "export", "-o", "one.db")
    assert line.startswith("one.db: is there already")


def test_an_import_goes_into_a_named_history(kept: Path, home: Path) -> None:
    with History.open("mine.db"):
        pass
    assert lines("import", str(kept), "--history", "mine.db") == [
        f"recording 1 of {kept} is now recording 1 of mine.db",
        f"recording 2 of {kept} is now recording 2 of mine.db",
    ]


# files


def test_nothing_kept_yet_is_no_error_of_sqlite(home: Path) -> None:
    (line,) = refused("history", "list")
    assert line.startswith("nothing was kept yet, so there is nothing to read: run something")
    (line,) = refused("history", "list", "--history", "no.db")
    assert line.startswith("no.db: does not exist")
    (line,) = refused("history", "show", "--history", "none")
    assert line.startswith("--history none keeps nothing")
    with History.open("empty.db"):
        pass
    assert lines("list", "--history", "empty.db")[0].startswith("empty.db holds no recording yet")
    (line,) = refused("history", "show", "--history", "empty.db")
    assert line == "empty.db holds no recording yet"
    assert not default_path().exists()


def test_an_old_file_is_told_and_stays_as_it_is() -> None:
    before = OLD.read_bytes()
    assert len(lines("list", "--history", str(OLD))) == 7
    assert lines("query", "SELECT sentence FROM action ORDER BY seq", "--history", str(OLD))[2:] == [
        "what sales.clean calls is down Fri 05:00 to Fri 07:00",
        "task clean removed",
    ]
    assert OLD.read_bytes() == before
    assert not list(OLD.parent.glob("schema3.db-*"))


def test_the_command_itself_is_cheap() -> None:
    """Its module costs nothing until one of its commands runs."""
    code = "import sys, workbench.cli_history as c; print(sorted(n for n in sys.modules if n.startswith('workbench.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['workbench.cli_history']"
