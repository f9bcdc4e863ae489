"""What people who were new to it stumbled over, each once: so that it stays mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import workbench as wb
from workbench.bench.panes.graph import nodes_shown, stage_shown
from workbench.cells import Draft, task_of_cell
from workbench.stepper.heat import html_of
from workbench.twins.base import sql_in_a_line
from workbench.values import html_of as shown
from workbench.views.heat import heat_map
from workbench.views.lane_svg import Plot, clock_svg, now_svg
from workbench.views.scales import Scale

START = wb.instant("2013-01-04T05:00Z")


def friday(until: str = "2013-01-04 08:05") -> wb.Session:
    return wb.sample("daily_flights", "late_jfk").until(until)


# pictures


def test_inputs_stand_in_the_order_of_the_file_in_all_futures() -> None:
    a = friday("2013-01-04 05:50")
    b = a.what_if().wait("extract", "lga", "jfk", "ewr")
    names = [[one.name for one in stage_shown(wb.Bench(s)).things if one.kind == "input"] for s in (a, b)]
    assert names == [["ewr", "jfk", "lga"]] * 2


def test_a_file_that_came_late_is_not_as_good_as_one_that_came_in_time() -> None:
    bench = wb.Bench(friday())
    nodes = {node.title: node for node in nodes_shown(bench, stage_shown(bench)) if node.kind == "input"}
    assert (nodes["jfk"].state, nodes["jfk"].note, nodes["jfk"].brief) == ("came_late", "95 min late", "07:35")
    assert (nodes["ewr"].state, nodes["ewr"].note) == ("arrived", "336 rows")


def plot(hours: int = 3) -> Plot:
    return Plot(Scale(START, START + timedelta(hours=hours), 100), 120, 1000, 24, ZoneInfo("UTC"))


def test_the_plate_of_now_cuts_no_label_in_two() -> None:
    at = START + timedelta(hours=1)
    assert ">06:00<" in clock_svg(plot(), 100)
    assert ">06:00<" in clock_svg(plot(), 100, at + timedelta(minutes=20))
    for minutes in (-5, 0, 5):
        svg = clock_svg(plot(), 100, at + timedelta(minutes=minutes))
        assert ">06:00<" not in svg
        assert ">07:00<" in svg


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2013-01-03T00:00Z", "◂ now Thu 3, 00:00"),
        ("2013-01-04T04:00Z", "◂ now 04:00"),
        ("2013-01-05T04:00Z", "now Sat 5 Jan 04:00 ▸"),
        ("2013-01-04T06:00Z", ">06:00<"),
    ],
)
def test_a_now_beside_the_clock_says_its_day(now: str, said: str) -> None:
    assert said in now_svg(plot(), wb.instant(now), 100)


def test_what_went_wrong_is_selected_first_and_what_was_changed_before_that() -> None:
    s = wb.sample("l4_1", "l4_1").until("06:15")
    bench = wb.Bench(s)
    assert wb.seen_first(bench) == "task:carry.pull"
    s.set("shape", retries=2)
    assert wb.seen_first(bench) == "task:carry.shape"
    assert wb.seen_first(wb.Bench(friday())) == ""


def test_many_columns_stand_closer_together() -> None:
    few, many = (heat_map({("a", n): n for n in range(columns)}, down="x", across="y") for columns in (8, 9))
    assert '<table class="many">' in html_of(many)
    assert '<table class="many">' not in html_of(few)


def test_what_stands_between_backquotes_is_code_in_values_too() -> None:
    html = shown(friday().why("publish"))
    assert "put jfk under its <code>needs</code>" in html
    assert "`" not in html


def test_alerts_keep_their_lines() -> None:
    s = friday("2013-01-04 05:50").never("jfk@2013-01-03").wait("extract", "jfk")
    s.deadline("daily_flights", "08:00", "ingest-oncall").until("12:00")
    assert '<pre class="form"' in shown(s.alerts())


# words


def test_past_the_end_a_step_says_how_to_go_on() -> None:
    s = friday("2013-01-04 08:05")
    s.until()
    assert s.do("step").sentence.startswith("Nothing more comes until ")
    s.until(s.end + timedelta(days=400))
    while s.step():
        pass
    said = s.do("step").sentence
    assert said.startswith("This simulation ends "), said
    assert "`until` goes on from here" in said


SQL = """
    SELECT origin, count(*) AS flights  -- all of them; it's */ a note
    FROM ewr
    WHERE carrier <> '--a  b'
    GROUP BY origin
"""


def test_sql_of_several_lines_is_one_command() -> None:
    assert sql_in_a_line(SQL) == (
        "SELECT origin, count(*) AS flights  /* all of them; it's * / a note */ FROM ewr WHERE carrier <> '--a  b' "
        "GROUP BY origin"
    )
    s = wb.sample("l4_1", "l4_1")
    s.set("pull", run=None, sql=SQL, executor="warehouse", reads=["ewr"], writes=["raw"])
    s.set("shape", reads=["raw"], sql="select\n  *\nfrom raw", run=None)
    assert "\n" not in s.done.line
    s.until("06:30")
    assert s.rows("raw@2013-01-01") == [{"origin": "EWR", "flights": 305}]


def test_a_whole_name_is_followed_by_its_days() -> None:
    s = friday()
    assert wb.complete("late jf", s) == ["jfk"]
    assert wb.complete("late jfk", s) == ["jfk@last", "jfk@2013-01-03", "jfk@2013-01-02"]
    assert wb.complete("rerun extract", s)[0] == "extract@last"


# what is kept


def test_a_recording_without_its_code_can_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    s = task_of_cell(Draft.of("flights schedule '0 6 * * *' start 2013-01-01"), "load takes 5m", '[{"n": 1}]', {})
    s.keep(path).until("2013-01-03 07:00").keeping.close()  # type: ignore[union-attr]
    again = wb.replay(path)
    assert again.now == datetime.fromisoformat("2013-01-03T07:00:00+00:00")
    again.back("06:02")
    assert again.why("load").headline == "load has been running since 06:00 (try 1)."
    with pytest.raises(wb.InvalidInput, match=r"this needs load, whose code no history keeps"):
        again.until("2013-01-04 07:00")


def test_a_question_that_is_taken_up_has_its_choices(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    s = wb.sample("daily_flights", "late_jfk").keep(path).until("2013-01-04 05:50")
    words = {"choices": ["wait", "fail", "run anyway"], "right": "run anyway", "at": "06:01", "because": "It does."}
    s.ask("What will extract do?", **words).answer("fail")  # type: ignore[arg-type]
    assert s.ask("What will extract do?", **words) is s.questions[0]  # type: ignore[arg-type]
    s.keeping.close()  # type: ignore[union-attr]
    again = wb.replay(path)
    [asked] = again.questions
    assert (asked.choices, asked.said) == (("wait", "fail", "run anyway"), "fail")
    with pytest.raises(wb.InvalidInput, match="'sleep' is not one of the answers"):
        asked.answer("sleep")
    again.until("06:05")
    assert asked.told == "You said “fail”. It was “run anyway”. It does."
