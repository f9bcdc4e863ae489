"""`story`: one day, or one run, of a simulation that is too long to be told whole."""

from __future__ import annotations

import pytest

from tests.samples import block, session
from tests.verb_cases import attempt, bench
from workbench.session import Session

BERLIN = block("""
    dag: ingest
    schedule: "30 0 * * *"
    start: 2026-02-01
    timezone: Europe/Berlin
    deadline: "08:00"
    inputs: {file: {expected: "00:10"}}
    tasks:
      load: {reads: [file], takes: 10m}
      tidy: {needs: [load], takes: 1m}
    ---
    scenario: month
    from: 2026-03-01T00:00
    until: 2026-03-31T00:00
""")


def refused(s: Session, line: str) -> str:
    """What is told instead of a story."""
    return str(attempt(lambda: s.do(line)))


def month() -> Session:
    s = session(BERLIN)
    s.run_until()
    return s


def test_what_is_too_long_names_the_verb() -> None:
    s = session(BERLIN)
    [told] = s.do("run").lines
    assert told.endswith(" events: too many to tell one by one. story 2026-03-30 tells one day, story DAG@DAY one run.")


def test_a_day_is_one_of_the_calendar_in_the_zone_of_the_dags() -> None:
    done = month().do("story 2026-03-05")
    assert str(done) == block("""
        Thu 5 Mar 2026: 10 events.
          Thu 5 Mar
            00:10  file of Wed 4 Mar comes
            00:30  the clock starts ingest for Wed 4 Mar
            00:30  load starts
            00:40  load ends well
            00:40  tidy starts
            00:41  tidy ends well
            00:41  ingest for Wed 4 Mar: success
    """)


def test_days_of_a_range_both_included() -> None:
    done = month().do("story 2026-03-05..2026-03-07")
    assert done.sentence == "Thu 5 Mar 2026 to Sat 7 Mar 2026: 30 events."
    assert [line for line in done.lines if not line.startswith(" ")] == ["Thu 5 Mar", "Fri 6 Mar", "Sat 7 Mar"]


def test_without_a_day_it_is_the_cursor_s_own() -> None:
    s = month()
    s.seek("2026-03-05 00:35")
    assert s.do("story").lines[-1] == "  00:30  load starts"
    assert s.do("story 2026-03-04").sentence == "Wed 4 Mar 2026: 10 events."
    assert refused(s, "story 2026-03-06") == "2026-03-06 is still ahead: it is Thu 5 Mar 00:35"
    assert "ends before it begins; write 2026-03-04..2026-03-05" in refused(s, "story 2026-03-05..2026-03-04")


def test_one_run_with_what_it_took_and_what_was_done_to_it() -> None:
    s = month()
    s.seek("2026-03-05 12:00")
    s.do("rerun tidy@2026-03-03")
    s.do("run until 2026-03-06 12:00")
    done = s.do("story ingest@2026-03-03")
    assert done.lines[0:2] == ("Wed 4 Mar", "  00:10  file of Tue 3 Mar comes")
    assert [line.strip() for line in done.lines[-5:]] == [
        "Thu 5 Mar",
        "12:00  you: tidy of Tue 3 Mar runs again",
        "12:00  tidy starts (try 2)",
        "12:01  tidy ends well",
        "12:01  ingest for Tue 3 Mar: success",
    ]
    tidy = s.do("story tidy@2026-03-03").lines
    assert not any("load" in line or "file" in line for line in tidy)
    assert sum("tidy" in line for line in tidy) == 5
    assert s.do("story load@2026-03-03").lines[1] == "  00:10  file of Tue 3 Mar comes"


def test_marks_kills_backfills_and_deadlines_are_in_the_story_of_their_run() -> None:
    s = month()
    s.seek("2026-03-05 00:35")
    s.do("hang load@2026-03-05")
    s.do("kill load")
    s.do("mark tidy@2026-03-03 failed")
    s.do("run until 2026-03-06 12:00")
    of_fourth = "\n".join(s.do("story ingest@2026-03-04").lines)
    assert "you: load of Wed 4 Mar killed" in of_fourth
    assert "deadline missed" in of_fourth
    assert "Tue 3 Mar" not in of_fourth
    assert "marked as failed" in "\n".join(s.do("story ingest@2026-03-03").lines)
    s.do("backfill ingest@2026-02-10..2026-02-11 all")
    assert "you: backfill of ingest" in "\n".join(s.do("story ingest@2026-02-11").lines)


def test_runs_that_are_not_there() -> None:
    s = month()
    assert refused(s, "story ingest@2026-01-05").startswith("ingest has no run for 2026-01-05")
    assert refused(s, "story ingst@2026-03-05").startswith("No task ingst. Did you mean ingest?")
    assert "is not a day, or a run of a DAG or task; for example 2013-01-03" in refused(s, "story ''")


def test_it_shows_nothing_that_is_ahead_and_changes_nothing() -> None:
    s = bench()
    s.run_until()
    s.seek("2013-01-04 06:02")
    events = len(s.branch.log)
    assert all("06:0" in line or ":" not in line or line[2:7] <= "06:02" for line in s.do("story").lines)
    assert s.plan_of("story") == ["story looks or moves; it changes nothing"]
    assert len(s.branch.log) == events


@pytest.mark.parametrize("most", [1, 3])
def test_a_day_that_is_too_long_names_what_is_shorter(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr("workbench.verbs.stories.MOST_LINES", most)
    s = month()
    assert s.do("story 2026-03-05").sentence == (
        "Thu 5 Mar 2026: 10 events are too many; ask for one run: story ingest@2026-03-04"
    )
    assert s.do("story 2026-03-05..2026-03-08").sentence.endswith("ask for one day: story 2026-03-05")
