"""Counts as people say them: as many rows that are others, readers that are tasks, days of before that nobody made."""

from __future__ import annotations

from pathlib import Path

import workbench as wb
from tests.backfill_cases import bench
from tests.samples import late_jfk
from workbench.bench.progress import changed_sheet
from workbench.views.backfills import progress, report
from workbench.views.compare import Side, side_said
from workbench.views.stage import stage_of
from workbench.views.stage_state import nodes_of


def made_again(folder: Path) -> wb.Session:
    s = bench(folder)
    s.do("deploy clean v2")
    s.do("backfill clean@2013-06-07..2013-06-09 all down")
    s.run_until("2013-06-20 12:00")
    return s


def test_as_many_rows_that_are_others_are_said_so(tmp_path: Path) -> None:
    s = made_again(tmp_path)
    found = [one for one in report(s.state.known, s.now, differing=s.rows_differing).lines if "of feat7 for" in one]
    assert found[0] == "  version 2 of feat7 for Sat 8 Jun: 2 rows, 1 of them changed"
    pub = [one for one in report(s.state.known, s.now, differing=s.rows_differing).lines if "2 of pub for Sat 8" in one]
    assert pub == ["  version 2 of pub for Sat 8 Jun: 1 row, changed"]
    alone = [one for one in report(s.state.known, s.now).lines if "of feat7 for" in one]
    assert alone[0] == "  version 2 of feat7 for Sat 8 Jun: 2 rows, as many as before"


def test_the_planner_says_how_many_rows_are_others(tmp_path: Path) -> None:
    s = made_again(tmp_path)
    b = wb.Bench(s)
    sheet = changed_sheet(b.known, progress(b.known, b.now), b.clock, 100, s.rows_differing)
    assert "2 rows, 1 of them changed" in sheet.text
    assert "(were 2)" not in sheet.text


def test_one_row_is_one_row() -> None:
    s = late_jfk()
    side = Side("success", None, 1)
    assert side_said(side, wb.Bench(s).clock) == "success, 1 row"


def test_a_task_that_reads_a_dataset_is_no_nobody() -> None:
    s = wb.load("harbor_air")
    s.run_until("2013-01-05T12:00Z")
    told = "\n".join(s.do("data").lines)
    assert "stg_flights            4 of 4     Fri 4 Jan v1   915  features.delay_7d and 2 more (tasks)" in told
    assert "fare_models            nothing                        score_daily.predict (a task)" in told
    assert "nobody" in told  # predictions and others that neither a task nor a board takes
    one = " ".join("\n".join(s.do("data stg_flights").lines).split())
    assert "No person or board has read it; features.delay_7d, train.train and score_daily.preprocess take it." in one
    b = wb.Bench(s)
    b.choose("dataset:daily_flights.stg_flights")
    assert (
        "read by     features.delay_7d, train.train and score_daily.preprocess; no person or board" in b.rules(100).text
    )
    b.choose("dataset:daily_flights.pub_punctuality")
    assert "read by     board_dashboard and ops_email" in b.rules(100).text


def days(b: wb.Bench) -> tuple[str, str]:
    nodes = nodes_of(stage_of(b.known, ("features",)), b.known, b.now, "features", b.window)
    return next((node.note, node.brief) for node in nodes if node.title == "stg_flights@-6..0")


def test_days_of_before_are_not_counted_as_made() -> None:
    """On 2 Jan nothing was made; on 3 Jan one day was, and one is on its way."""
    s = wb.load("harbor_air")
    b = wb.Bench(s)
    b.choose("task:features.delay_7d")
    assert days(b) == ("from before", "")
    s.run_until("2013-01-02T07:00Z")
    assert days(b) == ("1 of 1 day", "1/1")
    s.run_until("2013-01-03T05:10Z")
    assert days(b) == ("1 of 2 days", "1/2")
