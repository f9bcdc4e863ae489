"""Every kind of event about data as a line of a story."""

from __future__ import annotations

import pytest

from tests.samples import block
from tests.why_cases import DATA, data_session
from workbench.engine import RunKey
from workbench.engine.data_events import AlertAnswered, AlertSent, CheckRan, DatasetRead, VersionWritten
from workbench.engine.events import DeadlineMissed
from workbench.session import Session
from workbench.views import Clock, as_text, line, story

PEOPLE = """    ---
    roster: {ann: {acknowledges: 4m}, bob: {active: false}}
    routes: {"#data": [ann, bob]}
"""


def told(s: Session, first: str = "", last: str = "") -> str:
    lines = as_text(story(s.state.known, s.events), Clock(s.now, s.zone))
    begin = next((i for i, text in enumerate(lines) if first in text), 0)
    end = next((i for i, text in enumerate(lines) if last and last in text and i > begin), len(lines))
    return "\n".join(lines[begin:end])


def text(s: Session, event: object) -> str:
    found = line(s.state.known, event)  # type: ignore[arg-type]
    assert found is not None
    return f"{found.mood or 'plain'}: {found.text}"


def test_a_story_of_data() -> None:
    s = data_session(DATA + PEOPLE, ("    owner: team-d\n", '    owner: team-d\n    alerts: {to: "#data"}\n'))
    s.run_until("2013-01-04T09:00Z")
    s.do("approve staged@2013-01-03")
    s.do("quarantine staged@2013-01-03 where 'num(dep_delay) > 200' owner ann")
    s.do("withdraw published@2013-01-02")
    s.do("notify about published@2013-01-02")
    assert told(s) == block("""
        Thu 3 Jan
          05:50  jfk of Wed 2 Jan comes, 321 rows
          06:00  the clock starts d for Wed 2 Jan
          06:00  load starts
          06:05  check staged.filled of Wed 2 Jan passes
          06:05  staged of Wed 2 Jan is live: 321 rows
          06:05  load ends well, 321 rows
          06:05  join starts
          06:07  published of Wed 2 Jan is live: 321 rows
          06:07  join ends well, 321 rows
          06:07  d for Wed 2 Jan: success
          06:10  the clock starts e for Wed 2 Jan
          06:10  direct starts
          06:10  report starts
          06:11  direct ends well, 321 rows
          06:11  report ends well, 321 rows
          06:11  e for Wed 2 Jan: success
          08:00  board reads published of Wed 2 Jan: 321 rows
        Fri 4 Jan
          05:50  jfk of Thu 3 Jan comes, 318 rows
          06:00  the clock starts d for Thu 3 Jan
          06:00  load starts
          06:05  load writes version 1 of staged for Thu 3 Jan, 318 rows
          06:05  check filled fails: staged of Thu 3 Jan has 318 rows; at least 320 are wanted; version 1 is held back
          06:05  load fails (try 1): by its check; no try is left
          06:05  join will not run: something above it failed
          06:05  d for Thu 3 Jan: failed
          06:05  ann is told, through #data (bob is gone): the check filled of staged failed for Thu 3 Jan
          06:09  ann answers, after 4 min: the check filled of staged failed for Thu 3 Jan
          06:10  the clock starts e for Thu 3 Jan
          07:00  deadline missed: published of Thu 3 Jan is not live
          07:00  ann is told, through #data (bob is gone): published of Thu 3 Jan is not live by its deadline
          07:04  ann answers, after 4 min: published of Thu 3 Jan is not live by its deadline
          08:00  board wants published of Thu 3 Jan, and reads that of Wed 2 Jan: 321 rows, out of date
          09:00  you: version 1 of staged for Thu 3 Jan approved, though filled said: staged of Thu 3 Jan has 318 rows; at least 320 are wanted
          09:00  you: 2 rows of staged of Thu 3 Jan set aside, where num(dep_delay) > 200; ann answers for them
          09:00  you: version 1 of published for Wed 2 Jan withdrawn: nothing of it is live
          09:00  you: board told that published of Wed 2 Jan changed
    """)  # noqa: E501


def test_one_line_tells_what_is_written_and_live_at_once_and_two_steps_have_two() -> None:
    s = data_session()
    s.run_until("2013-01-03T06:10Z")
    written = [event for event in s.events if isinstance(event, VersionWritten)]
    assert [line(s.state.known, event).text for event in written] == [  # type: ignore[union-attr]
        "load writes version 1 of staged for Wed 2 Jan, 321 rows",
        "join writes version 1 of published for Wed 2 Jan, 321 rows",
    ]
    assert "writes" not in told(s)


@pytest.mark.parametrize(
    ("mode", "written", "live"),
    [
        ("append", "642 rows: 321 added to version 1", "version 2, 642 rows (321 added to version 1)"),
        ("merge, key: [carrier, flight]", "321 rows: 321 merged into version 1",
         "version 2, 321 rows (321 merged into version 1)"),
        ("overwrite", "321 rows", "version 2, 321 rows"),
    ],
)  # fmt: skip
def test_a_second_version(mode: str, written: str, live: str) -> None:
    s = data_session(DATA, ("{owner: team-data, deadline", f"{{mode: {mode}, owner: team-data, deadline"))
    s.run_until("2013-01-03T07:10Z")
    s.do("rerun join@2013-01-02")
    s.run_until("2013-01-03T07:30Z")
    assert f"published of Wed 2 Jan is live: {live}" in told(s)
    event = [one for one in s.events if isinstance(one, VersionWritten)][-1]
    assert text(s, event) == f"plain: join writes version 2 of published for Wed 2 Jan, {written}"


def test_a_refused_write() -> None:
    s = data_session()
    s.run_until("2013-01-03T07:10Z")
    key = RunKey("d", "2013-01-02")
    event = VersionWritten(s.now, key, "load", 1, "staged", 2, "overwrite", 0, 3, 3, "x", "v1", (), True, 0)
    said = "late: load (try 1) may not write version 2 of staged for Wed 2 Jan: a newer try has begun (fenced)"
    assert text(s, event) == said


def test_a_check_that_warns() -> None:
    s = data_session(DATA, ("severity: block", "severity: warn"))
    s.run_until("2013-01-04T07:10Z")
    event = next(one for one in s.events if isinstance(one, CheckRan) and one.status == "fail")
    assert text(s, event) == "late: check filled warns: staged of Thu 3 Jan has 318 rows; at least 320 are wanted"
    assert "held back" not in told(s)


def test_nothing_is_live_for_a_reader() -> None:
    s = data_session()
    event = DatasetRead(s.now, "board", "published", "2013-01-02", "", 0, 0)
    assert text(s, event) == "bad: board wants published of Wed 2 Jan, and nothing is live"


@pytest.mark.parametrize(
    ("kind", "subject", "about"),
    [
        ("failure", "", "d of Wed 2 Jan failed"),
        ("success", "", "d of Wed 2 Jan ended well"),
        ("retry", "load", "load of Wed 2 Jan failed, and is tried again"),
        ("deadline", "", "d of Wed 2 Jan has not succeeded by its deadline"),
        ("deadline", "load", "load of Wed 2 Jan has not succeeded by its deadline"),
        ("deadline", "input:jfk", "jfk of Wed 2 Jan has not come by its deadline"),
        ("deadline", "dataset:staged", "staged of Wed 2 Jan is not live by its deadline"),
        ("check", "staged.filled", "the check filled of staged failed for Wed 2 Jan"),
    ],
)
def test_what_somebody_is_told(kind: str, subject: str, about: str) -> None:
    s = data_session(DATA + PEOPLE)
    sent = AlertSent(s.now, kind, "d", "2013-01-02", subject, "ann", ("ann",), True, 0)
    assert text(s, sent) == f"{'plain' if kind == 'success' else 'late'}: ann is told: {about}"


@pytest.mark.parametrize(
    ("route", "people", "why"),
    [
        ("", (), "no owner and no route is named"),
        ("#empty", (), "#empty leads to nobody"),
        ("bob", ("bob",), "bob is gone"),
        ("#old", ("bob",), "#old leads to bob, who is gone"),
        ("eve", ("eve",), "eve is not on the roster"),
        ("#old", ("bob", "eve"), "#old leads to bob and eve, of whom bob is gone and eve is not on the roster"),
    ],
)
def test_nobody_is_told(route: str, people: tuple[str, ...], why: str) -> None:
    s = data_session(DATA + PEOPLE)
    sent = AlertSent(s.now, "failure", "d", "2013-01-02", "", route, people, False, 0)
    assert text(s, sent) == f"bad: nobody is told that d of Wed 2 Jan failed: {why}"


def test_an_answer_to_an_alert_of_another_future() -> None:
    s = data_session(DATA + PEOPLE)
    assert text(s, AlertAnswered(s.now, 7, "ann", 0)) == "plain: ann answers the alert of event 7"


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("", "d of Wed 2 Jan has not succeeded; team-d owns it; nobody is told: no roster"),
        ("load", "load of Wed 2 Jan has not succeeded; team-d owns it; nobody is told: no roster"),
        ("input:jfk", "jfk of Wed 2 Jan has not come; team-d owns it; nobody is told: no roster"),
        ("dataset:staged", "staged of Wed 2 Jan is not live; team-data owns it; nobody is told: no roster"),
    ],
)
def test_deadlines_of_all_kinds(task: str, said: str) -> None:
    s = data_session()
    missed = DeadlineMissed(s.now, "d", "2013-01-02", task, s.now, 0)
    assert text(s, missed) == f"bad: deadline missed: {said}"


def test_many_checks_that_pass_are_one_line() -> None:
    checks = ", ".join(f"c{n}: {{kind: rows, min: 1}}" for n in range(5))
    s = data_session(DATA, ("checks: {filled: {kind: rows, min: 320, severity: block}}", f"checks: {{{checks}}}"))
    s.run_until("2013-01-03T06:06Z")
    assert "  06:05  5 checks of Wed 2 Jan pass: staged.c0 ... staged.c4" in told(s).splitlines()
