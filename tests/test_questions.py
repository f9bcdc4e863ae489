"""Predictions and questions in SQL: nothing gives the answer away, it is told once, and it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import workbench as wb

FLIGHTS = "Flights in the 06:15 report?"
ROWS = "pub_punctuality@2013-01-03"
TOLD = "You said 914. It was 596. Public 06:15: 596 rows, success."


def friday() -> wb.Session:
    return wb.sample("daily_flights", "late_jfk").go("2013-01-04 05:45")


# predictions


def test_it_is_told_once_when_it_is_known() -> None:
    s = friday()
    asked = s.ask(FLIGHTS, rows=ROWS, answer=914)
    assert str(asked) == f"{FLIGHTS}\n  You said 914. Kept; it is not known yet."
    assert s.until("06:14").done.answers == ()
    assert (asked.was, wb.answers_due(s)) == (None, "")
    s.until("08:05")
    assert s.done.answers == (f"{TOLD} board_dashboard read it 08:00.",)
    assert str(s.done).startswith(f"It is Fri 4 Jan 08:05.\n{TOLD}")
    assert TOLD in s.done.short
    assert wb.answers_due(s).startswith(TOLD)
    assert s.until("09:00").done.answers == ()
    assert wb.answers_due(s) == ""


def test_it_is_shown_where_it_could_first_be_known_as_well() -> None:
    s = friday()
    s.ask(FLIGHTS, rows=ROWS, answer=914)
    s.until("08:05")
    assert wb.answers_due(s.go("06:15")).startswith(TOLD)
    assert wb.answers_due(s.go("06:14")) == ""


def test_steps_tell_it_too() -> None:
    s = friday()
    asked = s.ask(FLIGHTS, rows=ROWS, answer=914)
    while not asked.is_told:
        s.step()
    assert f"{s.now:%H:%M}" == "06:15"
    assert wb.answers_due(s) == TOLD


def test_who_goes_back_and_asks_again_hears_nothing_of_what_is_ahead() -> None:
    s = friday().until("08:05").go("05:45")
    asked = s.ask(FLIGHTS, rows=ROWS, answer=914)
    s.go("06:14")
    assert (asked.was, wb.answers_due(s)) == (None, "")
    assert s.go("06:20").done.answers == (TOLD,)


def test_an_open_question_gives_nothing_away() -> None:
    s = friday()
    asked = s.ask(FLIGHTS, rows=ROWS)
    s.until("08:05")
    assert s.done.answers == ()
    assert wb.answers_due(s) == ""
    assert "596" not in str(asked)
    assert "596" not in asked._repr_html_().partition("</style>")[2]
    assert (asked.said, asked.was) == (None, None)
    assert not s.query("select * from prediction")


def test_the_answer_comes_in_any_future() -> None:
    s = friday()
    asked = s.ask(FLIGHTS, rows=ROWS, answer="1,000")
    b = s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("08:05")
    assert b.done.answers[0].startswith("You said 1000. It was 914. Public 07:50")
    assert s.until("08:05").done.answers == ()
    row = s.query("select future, told_in, said, was, strftime('%H:%M', told_at) as told_at from prediction")[0]
    assert row == {"future": "A", "told_in": "B", "said": 1000, "was": 914, "told_at": "07:50"}
    assert asked.said == 1000


def test_who_was_right_hears_so() -> None:
    s = friday()
    s.ask(FLIGHTS, rows=ROWS, answer=596, because="Nothing asked for JFK.")
    told = s.until("06:20").done.answers[0]
    assert told.startswith("You said 596, and so it was. Public 06:15")
    assert told.endswith("Nothing asked for JFK.")


def test_choices_and_what_is_right_once_time_went_on() -> None:
    s = friday()
    choices = ["wait", "fail", "run anyway"]
    asked = s.ask("What will extract do?", choices=choices, right="run anyway", at="06:01")
    with pytest.raises(wb.InvalidInput, match=r"'fial' is not one of the answers; did you mean 'fail'\?"):
        asked.answer("fial")
    asked.answer("wait").answer("FAIL")
    assert s.until("06:00").done.answers == ()
    assert s.until("06:01").done.answers == ("You said “fail”. It was “run anyway”.",)
    with pytest.raises(wb.InvalidInput, match="it is known by now"):
        asked.answer("wait")


def test_sql_finds_the_truth_at_its_time() -> None:
    s = friday()
    late = "select count(*) from arrival where partition = '2013-01-03'"
    s.ask("How many files are here at 07:00?", sql=late, at="07:00", answer=3)
    s.ask("When is it public?", sql=PUBLIC, text=True, answer="07:50")
    s.until("08:05")
    assert s.done.answers == (
        "How many files are here at 07:00? You said 3. It was 2.",
        "When is it public? You said 07:50. It was 06:15.",
    )


PUBLIC = (
    "select strftime('%H:%M', live_from) from live where dataset || '@' || partition = 'pub_punctuality@2013-01-03'"
)


def test_the_same_question_again_is_the_same() -> None:
    s = friday()
    first = s.ask(FLIGHTS, rows=ROWS, answer=914)
    assert s.ask(FLIGHTS, rows=ROWS) is first
    assert s.ask(FLIGHTS, rows=ROWS, answer=900).said == 900
    s.until("08:05")
    assert s.ask(FLIGHTS, rows=ROWS, answer=596).said == 900
    assert len(s.query("select * from prediction")) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"question": ""}, "a question is text"),
        ({"rows": "pub_punctualty@2013-01-03"}, "there is no dataset 'pub_punctualty'; did you mean"),
        ({"rows": "pub_punctuality"}, "rows of which day?"),
        ({"sql": "select rws from live"}, "there is no column 'rws'; did you mean 'rows'?"),
        ({"sql": "select 1", "right": 2}, "the truth is found in one way, and here are sql and right"),
        ({"answer": "many"}, "'many' is no number; say for example 12"),
        ({"answer": "x" * 201, "text": True}, "at most 200 characters"),
        ({"at": "gestern", "right": 1}, "gestern"),
    ],
)
def test_what_is_no_question_or_answer_is_refused(words: dict[str, Any], told: str) -> None:
    s = friday()
    with pytest.raises(wb.InvalidInput) as caught:
        s.ask(**{"question": FLIGHTS, **words})
    assert told in str(caught.value)
    assert not s.query("select * from prediction")


def test_answers_are_kept_exported_and_collected(tmp_path: Path) -> None:
    """A class hands in its files: what did they say?"""
    for n, said in enumerate((914, 914, 596)):
        s = wb.sample("daily_flights", "late_jfk", history=tmp_path / f"{n}.db")
        s.ask(FLIGHTS, rows=ROWS, answer=said)  # before anything has happened
        s.until("2013-01-04 08:05")
        s.keeping.close()  # type: ignore[union-attr]
    with wb.History.open(tmp_path / "all.db") as every:
        for n in range(3):
            with wb.History.open(tmp_path / f"{n}.db", write=False) as one:
                one.export(None, tmp_path / f"{n}.copy.db")
            with wb.History.open(tmp_path / f"{n}.copy.db", write=False) as copy:
                every.adopt(copy)
        found = every.query(
            "select said, count(*) as many, max(was) as was from prediction group by said order by said"
        )
    assert found == [{"said": 596, "many": 1, "was": 596}, {"said": 914, "many": 2, "was": 596}]
    assert wb.replay(tmp_path / "0.copy.db").query("select said from prediction")[0] == {"said": 914}


# questions in SQL


def test_tables_are_those_of_this_instant_and_future() -> None:
    s = friday().until("08:05")
    live = "select rows from live where dataset = 'pub_punctuality' and partition = '2013-01-03'"
    assert s.query(live).value == 596
    b = s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("08:05")
    assert b.query(live).value == 914
    assert s.query(live).value == 596
    assert s.go("06:14").query(live).value is None
    assert s.query("select max(at) <= '2013-01-04T06:14:00Z' from log").value == 1
    assert s.query("select count(*) from arrival where input = 'jfk' and partition = '2013-01-03'").value == 0


def test_futures_side_by_side_are_at_the_same_instant() -> None:
    s = friday().until("08:05")
    b = s.what_if("05:55").wait("extract", "ewr", "lga", "jfk").until("08:05")
    wrong = (
        "select future, rows, rows_wrong from future_judged_live"
        " where dataset = 'pub_punctuality' and partition = '2013-01-03' order by future"
    )
    found = [tuple(row.values()) for row in b.query(wrong)]
    assert found == [("A", 596, 318), ("B", 914, 0)]
    assert [tuple(row.values()) for row in b.go("07:00").query(wrong)] == [("A", 596, 318)]
    ahead = b.query("select count(*) from all_log where at > '2013-01-04T07:00:00Z'")
    assert ahead.value == 0
    counts = "select branch.name, count(*) as n from all_log join branch on branch.id = all_log.branch group by 1"
    assert {row["name"]: row["n"] for row in b.query(counts)} == {
        name: branch.position_at(b.now) for name, branch in b.branches.items()
    }


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select * from liv", "there is no table 'liv'; did you mean 'live'?"),
        ("delete from live", "a question may only read"),
        ("update event set at = ''", "a question may only read"),
        ("drop table event", "a question may only read"),
        ("pragma writable_schema = 1", "a question may only read"),
        ("select 1; select 2", "one statement"),
        ("", "nothing was asked"),
        (7, "a question is text"),
        (
            "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n",
            "longer than 5 seconds",
        ),
    ],
)
def test_what_cannot_be_asked(sql: Any, told: str) -> None:
    s = friday()
    with pytest.raises(wb.InvalidInput) as caught:
        s.query(sql)
    assert told in str(caught.value)
    assert s.query("select count(*) > 0 from event").value == 1


def test_rows_print_as_a_table() -> None:
    s = friday()
    found = s.query("select partition, rows, null as none, 'a' || char(10) || 'b' as two from live where rows = 943")
    assert str(found).splitlines()[:3] == [
        "partition   rows  none  two",
        "──────────  ────  ────  ───",
        "2013-01-02   943        a b",
    ]
    assert found.columns == ("partition", "rows", "none", "two")
    assert found[0]["rows"] == 943
    assert str(s.query("select * from live where 0")) == "No row is like that."
    many = s.query("with recursive n(x) as (select 1 union all select x + 1 from n where x < 2000) select x from n")
    assert (len(many), many.is_cut) == (1000, True)
    assert str(many).endswith("… and 960 more rows")
