"""What there is to open: samples, scenarios, recordings; and what is said when something cannot be read."""

from __future__ import annotations

import os
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import workbench as wb
from workbench.keeping import default_path, wall_clock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def keep_one(until: str = "2013-01-04T08:05Z", edit: bool = False) -> None:
    """A recording in one's own history."""
    with wb.keep() as keeper:
        session = wb.sample("daily_flights", "late_jfk", history=keeper)
        session.run_until(until)
        if edit:
            session.back("2013-01-04T05:55Z")
            session.do("wait extract for ewr jfk lga")
            session.run_until(until)


def test_every_sample_says_what_it_is_and_runs_none_of_its_code() -> None:
    before = set(sys.modules)
    found = {one.name: one for one in wb.samples_on_shelf()}
    assert len(found) >= 18
    assert all(one.about and one.scenarios and one.dags for one in found.values())
    flights = found["daily_flights"]
    assert flights.about == "Yesterday's flights from three airports"
    assert flights.dags == ("daily_flights", "punctuality")
    assert [one.name for one in flights.scenarios] == ["late_jfk"]
    assert not [name for name in set(sys.modules) - before if "flights" in name]


def test_the_scenarios_of_a_file(home: Path) -> None:
    text = (home / "hello.yaml").read_text(encoding="utf-8")
    more = "\n---\nscenario: calm\ndescription: Nothing\n  goes wrong\n---\nscenario: rough\n"
    (home / "two.yaml").write_text(text + more, encoding="utf-8")
    found = wb.file_on_shelf("two.yaml")
    assert ("calm", "Nothing goes wrong") in found.scenarios
    assert ("rough", "") in found.scenarios


def test_what_is_wrong_with_a_file_is_told_with_its_lines(home: Path) -> None:
    (home / "bad.yaml").write_text("dag: x\nschedule: nonsense\ntasks: {a: {needs: [b]}}\n", encoding="utf-8")
    with pytest.raises(wb.InvalidInput) as caught:
        wb.file_on_shelf("bad.yaml")
    told = [str(problem) for problem in caught.value.problems]
    assert any(line.startswith("bad.yaml:2:") for line in told), told
    assert any(line.startswith("bad.yaml:3:") for line in told), told


def test_nothing_was_kept_yet(home: Path) -> None:
    assert wb.recordings_on_shelf() == wb.Kept()
    assert wb.recordings_on_shelf("none") == wb.Kept()
    assert not default_path().exists()


def test_recordings_say_where_they_stand_the_newest_first(home: Path) -> None:
    keep_one("2013-01-03T07:00Z")
    keep_one(edit=True)
    newest, oldest = wb.recordings_on_shelf().lines
    assert (oldest.id, newest.id) == (1, 2)
    assert newest.dags == ("daily_flights", "punctuality")
    assert newest.scenario == "late_jfk"
    assert newest.futures == 2
    assert newest.stands == "Fri 4 Jan 08:05 in what-if B: 4 runs ended well"
    assert oldest.stands.startswith("Thu 3 Jan 07:00: ")
    assert newest.events > oldest.events > 0
    assert newest.begun is not None
    assert wall_clock() - newest.begun < timedelta(hours=1)


def test_runs_that_failed_or_did_not_end_are_counted_as_such(home: Path) -> None:
    with wb.keep() as keeper:
        session = wb.sample("daily_flights", "late_jfk", history=keeper)
        session.run_until("2013-01-04T05:45Z")
        session.do("fail clean@2013-01-03 3")
        session.run_until("2013-01-04T06:25Z")
        wb.sample("daily_flights", "late_jfk", history=keeper).run_until("2013-01-03T06:10Z")
    under_way, failed = wb.recordings_on_shelf().lines
    assert failed.stands == "Fri 4 Jan 06:25: 2 runs ended well, 1 run failed"
    assert under_way.stands == "Thu 3 Jan 06:10: 1 run not ended"


def test_a_recording_in_which_nothing_happened_is_left_out(home: Path) -> None:
    with wb.keep() as keeper:
        session = wb.sample(history=keeper)
        keeper.begin(session.workspace, session.scenario, session.start)
    assert wb.recordings_on_shelf().lines == ()


def test_a_history_of_another_zone_says_its_own_times(home: Path) -> None:
    dag = wb.Dag("local", schedule="0 6 * * *", start="2013-01-01", timezone="America/New_York")
    dag.task("load", takes="5m")
    with wb.keep() as keeper:
        wb.Session(dag, history=keeper).run_until("2013-01-02T12:00Z")
    assert "Wed 2 Jan 07:00" in wb.recordings_on_shelf().lines[0].stands


def test_while_somebody_writes_it_can_be_read(home: Path) -> None:
    with wb.keep() as keeper:
        session = wb.sample("daily_flights", "late_jfk", history=keeper)
        session.run_until("2013-01-03T07:00Z")
        assert len(wb.recordings_on_shelf().lines) == 1


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(b"no database at all " * 100), "is damaged"),
        (lambda path: _execute(path, "PRAGMA user_version = 99"), "newer version"),
        (lambda path: _execute(path, "PRAGMA application_id = 1"), "no history of this program"),
    ],
)
def test_a_history_that_cannot_be_read_is_a_sentence(home: Path, spoil: object, told: str) -> None:
    keep_one("2013-01-03T07:00Z")
    spoil(default_path())  # type: ignore[operator]
    found = wb.recordings_on_shelf()
    assert found.lines == ()
    assert told in found.problem
    assert "\n" not in found.problem


@pytest.mark.skipif(os.name == "nt", reason="locks are other ones there")
def test_a_locked_history_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_one("2013-01-03T07:00Z")
    monkeypatch.setattr("workbench.history.opening.PATIENCE", 0.01)
    _execute(default_path(), "PRAGMA journal_mode = DELETE")
    other = sqlite3.connect(default_path(), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "is locked by another process" in wb.recordings_on_shelf().problem
    finally:
        other.close()


def _execute(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOON - timedelta(hours=2), "today 10:00"),
        (NOON - timedelta(hours=20), "yesterday 16:00"),
        (NOON - timedelta(days=2), "Fri 20 Nov 12:00"),
        (NOON - timedelta(days=400), "Sat 18 Oct 2025 12:00"),
        (None, ""),
    ],
)
def test_when_it_was(at: datetime | None, told: str) -> None:
    assert wb.said_when(at, NOON, UTC) == told


def test_the_course_is_listed_and_not_pretended() -> None:
    titles = [title for chapter in wb.chapters() for title in chapter.lessons]
    assert len(titles) == len(set(titles)) == 22
