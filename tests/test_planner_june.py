"""June made again (curriculum L5.1): what the planner warns of, what it proposes, how long it says that it takes, and
which days are right when it is over."""

from __future__ import annotations

from functools import cache

import pytest

import workbench as wb
from tests.curriculum import FOLDER
from tests.samples import again
from tests.test_planner import shown, worked
from workbench.bench.menus import Item, repair_menu
from workbench.bench.planner import planner_of
from workbench.bench.planning import Planning
from workbench.views.backfills import progress

JUNE = "backfill clean@2013-06-01..2013-06-30"
PINNED = f"{JUNE} all down oldest limit 2 pin v2"
BACK = "older code"


def at(when: str = "2013-07-07 10:00", *lines: str) -> wb.Bench:
    """By v1, which stays deployed."""
    session = again(_played(when))
    for line in lines:
        session.do(line)
    return wb.Bench(session)


@cache
def _played(when: str) -> wb.Session:
    session = wb.load(FOLDER / "l5_1.yaml", "l5_1")
    session.do(f"go {when}")
    return session


def over() -> wb.Bench:
    """June is made again by v2, and v1 is deployed still."""
    return at("2013-07-07 10:00", PINNED, "go 2013-07-07 12:00")


# the code


def test_a_pin_warns_that_another_version_stays_deployed() -> None:
    bench = at("2013-07-06 10:00")
    told = "v1 stays deployed: from Sun 7 Jul 06:00 clean runs v1; for v2: deploy clean v2"
    assert f"warning: {told}" in bench.session.plan_of(PINNED)
    planning = worked(Planning(bench, PINNED))
    assert f"\n{told}.\n" in shown(planning)
    planning.change("missing")
    planning.change("all")
    assert planning.coach(120)[0].text == f"☞ {told}"
    assert "stays deployed" not in shown(worked(Planning(at("2013-07-06 10:00", "deploy clean v2"), PINNED)))


def test_where_no_run_is_to_come_it_warns_of_those_that_somebody_makes() -> None:
    told = "v1 stays deployed: in any later run clean runs v1; for v2: deploy clean v2"
    assert told in shown(worked(Planning(at(), PINNED)))


def test_going_back_to_older_code_is_said_on_the_line_that_is_always_seen() -> None:
    planning = worked(Planning(over(), f"{JUNE} changed oldest limit 2"))
    [coach] = planning.coach(120)
    assert coach.text == ("☞ This goes back to older code: clean ran v2, would run v1. Enter starts it.")
    assert coach.style == "bad"
    told = "This goes back to older code: clean ran v2, would run v1 (30 days); better: deploy clean v2, or pin v2"
    assert told in shown(planning, 160)
    planning.change("pin")
    planning.change("pin")  # v2
    assert BACK not in shown(worked(planning))


def test_a_newer_version_is_no_step_back() -> None:
    assert BACK not in shown(worked(Planning(at("2013-07-07 10:00", "deploy clean v2"), f"{JUNE} all")))


def test_the_planner_does_not_open_with_older_code() -> None:
    bench = over()
    bench.choose("task:daily_flights.clean")
    planning = worked(Planning(bench))
    assert planning.planner.which != "changed"


def test_what_stands_on_june_is_not_made_again_for_a_version_of_another_task() -> None:
    with pytest.raises(wb.InvalidInput, match="Nothing of delay_7d changed"):
        over().session.plan_of("backfill delay_7d@2013-06-01..2013-06-30 changed")


def deploys(bench: wb.Bench, task: str) -> Item:
    dag = next(dag for dag, plan in bench.known.plans.items() if task in plan.tasks)
    bench.choose(f"task:{dag}.{task}")
    return next(item for item in repair_menu(bench).items if item.line.startswith(f"deploy {task}"))


def test_a_task_without_versions_is_not_offered_one_in_front() -> None:
    bench = at()
    clean, delay = deploys(bench, "clean"), deploys(bench, "delay_7d")
    assert (clean.is_more, clean.values, clean.note) == (False, {"version": "v2"}, "now v1")
    assert (delay.is_more, delay.note) == (True, "now v1, and no other is written")


# choosing days


def test_a_day_past_the_end_opens_with_the_last_one_that_there_is() -> None:
    bench = at("2013-07-09 10:00")
    bench.choose("task:daily_flights.clean")
    bench.show_day("2013-07-08")
    one = planner_of(bench)
    assert (one.first, one.last) == ("2013-07-06", "2013-07-06")
    assert not worked(Planning(bench)).worked.refusal


def test_a_typed_line_without_a_limit_keeps_the_one_that_is_shown() -> None:
    bench = at()
    bench.choose("task:daily_flights.clean")
    planning = Planning(bench)
    assert planning.planner.limit == 2
    planning.take_line(f"{JUNE} all")
    assert planning.planner.limit == 2
    planning.take_line(f"{JUNE} all limit 7")
    assert planning.planner.limit == 7


# time


def test_the_least_time_counts_runs_that_wait_for_others() -> None:
    """Three minutes of clean, and then two of what waits for it."""
    planning = worked(Planning(at("2013-07-07 11:00"), "backfill clean@2013-07-06 all down limit 2"))
    assert "at least 5 min, so until Sun 7 Jul 11:05" in shown(planning)


def test_while_it_runs_it_ends_when_its_plan_said() -> None:
    """Runs of features are shorter than those of clean, which go first."""
    bench = at("2013-07-07 10:00")
    assert "at least 81 min, so until Sun 7 Jul 11:21" in "\n".join(bench.session.plan_of(PINNED))
    bench.do(PINNED)
    for now, left in (("10:15", 66), ("10:45", 36), ("11:09", 12)):
        bench.session.do(f"go 2013-07-07 {now}")
        assert f"about {left} min to go" in progress(bench.known, bench.now).sentence


# over


def told(bench: wb.Bench) -> list[str]:
    """What the planner says beneath of a backfill."""
    planning = Planning(bench)
    planning.number = max(bench.known.backfills)
    return planning.cost(150).text.splitlines()


def test_when_it_is_over_it_says_which_days_are_right_and_why_one_is_not() -> None:
    found = told(over())
    assert found[:4] == [
        "feat_carrier_delay_7d: 35 of 36 days right",
        "  Sat 6 Jul still 1 row different: clean of Sat 6 Jul ran v1",
        "stg_flights: 30 of 30 days right",
        "v1 stays deployed: in any later run clean runs v1; for v2: deploy clean v2.",
    ]


def test_before_it_is_over_it_says_nothing_of_right() -> None:
    assert not [line for line in told(at("2013-07-07 10:00", PINNED, "go 2013-07-07 11:00")) if "right" in line]


def test_what_nobody_has_read_is_not_judged() -> None:
    """`fare_model` is the only reader: of a bench without, all may be judged; here the seventh is read by nobody."""
    bench = at("2013-07-06 08:00", "backfill delay_7d@2013-07-05 all", "go 2013-07-06 08:30")
    assert not [line for line in told(bench) if "right" in line]
    bench.session.do("go 2013-07-06 09:30")
    assert [line for line in told(bench) if "right" in line] == ["feat_carrier_delay_7d: 0 of 1 day right"]
