"""The backfill planner without a screen: what it says is what then comes; keys and typing give the same line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import workbench as wb
from tests import curriculum
from tests.curriculum import FOLDER
from workbench.bench.planner import Planner, look, others, planner_of, work_out
from workbench.bench.planner_grid import Grid, Place
from workbench.bench.planning import Planning
from workbench.bench.progress import tallies
from workbench.ordering.backfill_choice import Which
from workbench.session import Session
from workbench.views.backfills import progress, runs_of

JUNE = "backfill clean@2013-06-01..2013-06-30"


def june(*lines: str) -> wb.Bench:
    """Six weeks by v1; v2 was deployed since."""
    session = curriculum.june()
    for line in lines:
        session.do(line)
    return wb.Bench(session)


def shown(planning: Planning, width: int = 110) -> str:
    """All of its pictures as text."""
    rows = [planning.header(width), planning.typed(width), planning.coach(width)]
    lines = ["".join(span.text for span in row) for row in rows]
    return "\n".join([*lines, *(sheet(width).text for sheet in (planning.what, planning.how, planning.cost))])


def worked(planning: Planning) -> Planning:
    """With what a front end works out behind."""
    job = planning.behind()
    if job is not None:
        assert planning.take_in(job())
    return planning


def log_of(session: Session) -> list[str]:
    return [repr(event) for event in session.events]


# the line


@pytest.mark.parametrize(
    "line",
    [
        f"{JUNE} all down oldest limit 2 pin v2",
        f"{JUNE} missing oldest limit 10",
        f"{JUNE} changed newest limit 3 priority 2",
        "backfill features@2013-06-07 failed oldest limit 1",
    ],
)
def test_a_line_typed_by_hand_and_the_line_of_its_planner_are_the_same(line: str) -> None:
    assert Planner.of(line).line == line


def test_what_is_left_out_of_a_line_is_what_the_verb_takes() -> None:
    assert Planner.of("backfill clean@2013-06-03").line == "backfill clean@2013-06-03 missing oldest limit 10"


def test_a_line_of_another_verb_is_refused() -> None:
    with pytest.raises(wb.InvalidInput, match="'rerun' is no backfill"):
        Planner.of("rerun clean@2013-06-03")


def test_keys_and_typing_give_the_same_log() -> None:
    line = f"{JUNE} all down newest limit 3 pin v1 priority 1"
    by_keys, by_hand = Planning(june(), f"{JUNE} missing oldest limit 2"), june()
    for what in ("all", "down", "order", "more", "pin", "ahead"):
        by_keys.change(what)
    assert by_keys.planner.line == line
    by_keys.start()
    by_hand.do(line)
    assert log_of(by_keys.bench.session) == log_of(by_hand.session)


def test_first_and_last_day_move_and_never_cross() -> None:
    planning = Planning(june(), "backfill clean@2013-06-01..2013-06-02")
    for what in ("first+", "first+", "last+", "first-"):
        planning.change(what)
    assert (planning.planner.first, planning.planner.last) == ("2013-06-01", "2013-06-03")
    for _ in range(5):
        planning.change("last-")
    assert planning.planner.last == "2013-06-01"


# what it says


def test_it_opens_on_the_selection_and_on_the_days_that_changed() -> None:
    bench = june()
    bench.choose("task:daily_flights.clean")
    assert planner_of(bench).line == "backfill clean@2013-05-26..2013-07-06 changed oldest limit 2"


def test_it_opens_on_the_day_shown_where_nothing_is_missing_or_changed() -> None:
    session = wb.load(FOLDER / "l5_1.yaml", "l5_1")
    session.do("go 2013-06-20 09:00")
    assert planner_of(wb.Bench(session)).line == "backfill clean@2013-06-19 all oldest limit 2"


@pytest.mark.parametrize("which", ["all", "missing", "failed", "changed"])
@pytest.mark.parametrize("down", [False, True])
def test_the_numbers_equal_the_runs_that_really_come(which: Which, down: bool) -> None:
    bench = june()
    planner = replace(Planner.of(JUNE), which=which, down=down)
    found = work_out(bench.session.here(), planner)
    before = len(bench.known.runs)
    if found.sentence:
        with pytest.raises(wb.InvalidInput) as refusal:
            bench.do(planner.line)
        assert found.sentence == refusal.value.problems[0].message
    else:
        bench.do(planner.line)
    assert found.runs == len(bench.known.runs) - before
    assert found.others is not None
    assert dict(found.others.would)[planner.which] == found.runs
    assert found.others.more == (36 if which in ("all", "changed") else 0)
    assert found.runs == {"all": 30, "changed": 30}.get(which, 0) + (36 if down and which in ("all", "changed") else 0)


def test_looking_changes_nothing() -> None:
    bench = june()
    before = log_of(bench.session)
    planning = worked(Planning(bench, JUNE))
    for what in ("all", "failed", "changed", "down", "order", "pin", "missing", "whole", "first+"):
        planning.change(what)
        shown(worked(planning))
    assert log_of(bench.session) == before
    assert list(bench.session.branches) == ["A"]


def test_the_sheets_say_what_would_run_why_at_which_cost_and_whom_it_touches() -> None:
    planning = worked(Planning(june(), f"{JUNE} all down oldest limit 2 pin v2"))
    text = shown(planning)
    for told in (
        "PLAN: nothing has run yet",
        "clean     30 days  Sat 1 Jun to Sun 30 Jun  c code changed: clean ran v1, would run v2",
        "delay_7d  36 days  Sat 1 Jun to Sat 6 Jul   u upstream in its window is made again",
        "[a all: 66 runs]",
        "162 slot-minutes (162 in pool warehouse, 2 slots); at least 81 min, so until Wed 10 Jul 10:21.",
        "Scheduled runs meanwhile: none.",
        "fare_model has read 36 of these partitions of feat_carrier_delay_7d",
        "What v1 made stays public until it is replaced",
        f"> {JUNE} all down oldest limit 2 pin v2",
    ):
        assert told in text, text


def test_the_number_that_is_asked_about_is_shown_only_when_it_was_tried() -> None:
    planning = worked(Planning(june(), f"{JUNE} all oldest limit 2"))
    assert '☞ How many runs does "missing" make? Press m and see.' in shown(planning)
    assert "missing: ?" in shown(planning)
    planning.change("missing")
    assert "[m missing: 0 runs!]" in shown(worked(planning))
    planning.change("all")
    assert "missing: 0!" in shown(worked(planning))
    assert "☞ Enter starts 30 runs." in shown(planning)


def test_newest_first_says_what_it_would_mix() -> None:
    """A week that takes the days before it, of the same DAG."""
    dag = wb.Dag("days", schedule="0 6 * * *", start="2013-01-01")
    dag.task("load", takes="5m", writes=["raw"])
    dag.task("week", takes="5m", reads=["raw@-6..0"], needs=["load"])
    dag.dataset("raw")
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    session.run_until("2013-01-09 12:00")
    planner = Planner.of("backfill days@2013-01-03..2013-01-06 all newest limit 2")
    found = others(session.here(), planner)
    assert found.newest == "days.week takes earlier partitions of raw before they are made: old and new mixed"
    assert found.newest in shown(worked(Planning(wb.Bench(session), planner.line)))


def test_a_letter_for_each_reason_and_as_many_as_the_runs() -> None:
    planning = Planning(june(), f"{JUNE} all down oldest limit 2 pin v2")
    assert planning.grid is not None
    assert planning.grid.counts() == Counter({"c": 30, "u": 36})
    rows = [line for line in planning.what(110).text.splitlines() if line[2:10] in ("clean   ", "delay_7d")]
    assert [(row.count(" c"), row.count(" u")) for row in rows] == [(31, 0), (0, 36)]  # one c is that of clean


def test_the_arrows_stay_in_the_grid_and_why_tells_of_the_cell() -> None:
    planning = Planning(june(), f"{JUNE} all down oldest limit 2 pin v2")
    for direction in ("left", "up", "right", "right", "down", "down"):
        planning.move(direction)
    assert planning.place == Place(1, 2)
    assert planning.why(100).title == "why delay_7d of Mon 3 Jun?"
    planning.move("up")
    told = planning.why(100).text
    assert "would run (code changed: clean ran v1, would run v2)" in told
    assert "There now: version 1 of stg_flights" in told


def test_a_wide_range_shows_the_days_about_the_chosen_one() -> None:
    planning = Planning(june(), "backfill clean@2013-05-26..2013-07-06 all oldest limit 2")
    narrow = planning.what(40).text
    assert "›" in narrow
    planning.place = Place(0, 41)
    assert "‹" in planning.what(40).text
    assert max(map(len, planning.what(40).text.splitlines())) <= 40


@pytest.mark.parametrize("width", [60, 78, 118, 198])
def test_no_row_is_wider_than_its_room(width: int) -> None:
    planning = worked(Planning(june(), f"{JUNE} all down oldest limit 2 pin v2"))
    for sheet in (planning.what, planning.how, planning.cost, planning.why):
        assert sheet(width).width <= width, sheet(width).text
    planning.start()
    planning.bench.next()
    for sheet in (planning.what, planning.how, planning.cost):
        assert sheet(width).width <= width, sheet(width).text


def test_a_range_that_cannot_be_asked_for_says_so_and_starts_nothing() -> None:
    planning = Planning(june(), "backfill clean@2013-07-05..2013-07-12")
    assert "has not ended" in shown(planning)
    with pytest.raises(wb.InvalidInput, match="has not ended"):
        planning.start()


def test_started_in_the_past_it_says_that_a_what_if_opens() -> None:
    bench = june()
    bench.go("2013-07-05 09:00")
    planning = Planning(bench, f"{JUNE} all oldest limit 2")
    assert "starting it opens what-if B" in " ".join(shown(planning).split())
    planning.start()
    assert bench.session.branch.name == "B"


# far more than a key may take


def test_two_thousand_runs_are_worked_out_behind() -> None:
    dag = wb.Dag("big", schedule="0 6 * * *", start="2010-01-01")
    dag.task("load", takes="5m")
    session = wb.Session(dag, wb.Scenario(start=wb.instant("2016-01-02T05:00Z")))
    planning = Planning(wb.Bench(session), "backfill big@2010-06-01..2015-12-01 all oldest limit 10")
    assert planning.is_computing
    assert "Working out" in shown(planning)
    planning.change("last-")
    with pytest.raises(wb.InvalidInput, match="still being worked out"):
        planning.start()
    assert worked(planning).worked.runs == 2009
    assert "[a all: 2009 runs]" in shown(planning)


def test_what_was_worked_out_for_another_plan_is_not_taken() -> None:
    planning = Planning(june(), f"{JUNE} all oldest limit 2")
    job = planning.behind()
    assert job is not None
    planning.change("down")
    assert not planning.take_in(job())
    assert planning.planner.down
    assert planning.worked.planner.down


# once it runs


def counted(planning: Planning) -> Counter[str]:
    total = Counter[str]()
    for one in tallies(planning.bench.known, planning.number):
        total += one.counts
    return total


def test_the_progress_counts_add_up_at_every_step() -> None:
    planning = Planning(june(), "backfill clean@2013-06-01..2013-06-08 all down oldest limit 2")
    planning.start()
    cells = counted(planning).total()
    assert cells == planning.how_far.runs == 22
    while planning.how_far.left:
        now, found = planning.how_far, counted(planning)
        assert found.total() == cells
        assert found["done"] == now.done
        assert found["running"] == now.running <= 2
        assert found["waiting"] == now.left - now.running
        assert f"{now.done} of 22 runs done" in " ".join(shown(planning).split())
        assert planning.bench.next()
    assert counted(planning) == Counter({"done": 22})
    assert "OVER" in shown(planning)


def test_pause_holds_what_has_not_started_and_resume_lets_it_go_on() -> None:
    planning = Planning(june(), f"{JUNE} all oldest limit 2")
    planning.start()
    planning.bench.next()
    planning.hold()
    assert planning.how_far.state == "paused"
    assert "PAUSED" in shown(planning)
    while planning.bench.next():
        pass
    assert planning.how_far.running == 0
    assert planning.how_far.left == 30 - planning.how_far.done > 0
    planning.hold()
    assert planning.how_far.state == "running"


def test_cancel_ends_what_has_not_started() -> None:
    planning = Planning(june(), f"{JUNE} all oldest limit 2")
    planning.start()
    planning.bench.next()
    planning.cancel()
    while planning.how_far.left and planning.bench.next():
        pass
    now = planning.how_far
    assert (now.state, now.done, now.cancelled) == ("cancelled", 2, 28)
    assert counted(planning) == Counter({"done": 2, "cancelled": 28})
    assert "×" in planning.what(110).text


def test_going_back_before_it_was_asked_for_plans_again() -> None:
    planning = Planning(june(), f"{JUNE} all oldest limit 2")
    planning.start()
    planning.bench.go("2013-07-05 09:00")
    assert not planning.is_there
    planning.leave_progress()
    assert "PLAN: nothing has run yet" in shown(planning)


def test_the_planner_of_a_dag_whose_backfill_is_under_way_shows_how_far_it_is() -> None:
    bench = june(f"{JUNE} all oldest limit 2")
    bench.choose("task:daily_flights.clean")
    planning = Planning(bench)
    assert planning.number == max(bench.known.backfills)
    assert progress(bench.known, bench.now).sentence.partition(": ")[2][:10] in shown(planning) or "RUNNING" in shown(
        planning
    )
    assert len(runs_of(bench.known, planning.number)) == 30


def test_kept_cells_are_no_part_of_the_count() -> None:
    bench = june("backfill clean@2013-06-03 all oldest limit 2")
    grid = Planning(bench).grid
    assert isinstance(grid, Grid)
    assert look(bench.session.here(), Planner.of("backfill clean@2013-06-03 all")).refusal.startswith("A backfill of")
