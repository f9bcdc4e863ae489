"""What a backfill says before anything runs: which partitions and tasks, why, at which cost, in whose way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backfill_cases import PIPELINE, bench
from tests.samples import block
from tests.verb_cases import refused
from workbench.session import Session


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Nineteen days by v1; v2 was deployed since. Plans change nothing, so all tests may share it."""
    s = bench(tmp_path_factory.mktemp("june"))
    s.do("deploy clean v2")
    return s


def plan(s: Session, line: str) -> str:
    return "\n".join(s.plan_of(line))


def test_a_task_with_all_that_comes_after_it_in_other_dags_too(june: Session) -> None:
    """Seven days of features stand on each day of flights, so those of 19 June are touched as well."""
    first, *rest = june.plan_of("backfill clean@2013-06-01..2013-06-18 all down limit 2")
    assert first == (
        "backfill of clean, 2013-06-01..2013-06-18: 37 runs (18 of flights, 19 of features), oldest first, at most "
        "2 at once"
    )
    assert "\n".join(rest) == block("""
        flights                       extract  clean  publish  because
        Sat 1 Jun to Tue 18 Jun (18)  kept     run    run      code changed: clean ran v1, would run v2
        features                      feat  serve  because
        Sat 1 Jun to Wed 19 Jun (19)  run   run    upstream in its window is made again
        order: oldest first, at most 2 at once
        cost: 147 slot minutes (92 in pool warehouse)
        time: at least 74 min, so until Thu 20 Jun 10:14
        read before: board has read 18 of these partitions of pub, the last time Wed 19 Jun 08:00
    """)


def test_a_task_alone_leaves_the_others_as_they_are(june: Session) -> None:
    told = plan(june, "backfill clean@2013-06-03..2013-06-05 all newest pin v1 priority 5")
    assert told == block("""
        backfill of clean, 2013-06-03..2013-06-05: 3 runs, newest first, at most 10 at once, pinned to v1, priority +5
        warning: v2 stays deployed: from Fri 21 Jun 06:00 clean runs v2; for v1: deploy clean v1
        flights                     extract  clean  publish  because
        Wed 5 Jun to Mon 3 Jun (3)  kept     run    kept     asked for again: neither code nor inputs changed
        order: newest first, at most 10 at once, pinned to v1, priority +5
        cost: 9 slot minutes (9 in pool warehouse)
        time: at least 5 min, so until Thu 20 Jun 09:05
    """)


def test_nothing_is_changed_by_a_plan(june: Session) -> None:
    before = len(june.events)
    june.plan_of("backfill clean@2013-06-01..2013-06-18 all down")
    assert len(june.events) == before


def test_changed_are_those_whose_code_changed_and_what_is_above_is_kept(june: Session) -> None:
    row = june.plan_of("backfill flights@2013-06-18..2013-06-19 changed")[2]
    assert row == "Tue 18 Jun to Wed 19 Jun (2)  kept     run    run      code changed: clean ran v1, would run v2"


def test_changed_with_the_old_code_pinned_finds_nothing(june: Session) -> None:
    assert refused(june, "backfill flights@2013-06-01..2013-06-02 changed pin v1") == (
        "Nothing of flights changed for 2013-06-01..2013-06-02 (2 days of which neither code nor inputs changed); "
        "to make them again all the same: backfill flights@2013-06-01..2013-06-02 all"
    )


def test_the_default_makes_nothing_where_all_is_there_and_says_what_would(june: Session) -> None:
    assert refused(june, "backfill clean@2013-06-01..2013-06-30") == (
        "2013-06-30 has not ended: it is Thu 20 Jun 09:00"
    )
    assert refused(june, "backfill clean@2013-06-01..2013-06-18") == (
        "No run of clean is missing for 2013-06-01..2013-06-18 (18 days whose run ended well); "
        "to make them again: backfill clean@2013-06-01..2013-06-18 all"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("backfill stg@2013-06-01 all", "stg is a dataset; give the task that writes it: flights.clean"),
        ("backfill *@2013-06-01 all", "* means tasks of features and flights; a backfill begins with one DAG, and "
         "`down` takes others"),
        ("backfill claen@2013-06-01 all", "No task claen. Did you mean clean?"),
        ("backfill clean all", "A backfill takes a range of days, for example: backfill clean@2013-01-01..2013-01-03"),
        ("backfill pause", "No backfill is under way, so there is none to pause"),
        ("backfill resume", "No backfill is paused, so there is none to resume"),
        ("backfill cancel 7", "No backfill 7. No backfill was asked for."),
    ],
)  # fmt: skip
def test_refusals_teach(june: Session, line: str, told: str) -> None:
    assert refused(june, line) == told


def test_a_task_that_was_added_later_is_missing_and_nothing_above_it_is_asked_again(tmp_path: Path) -> None:
    s = bench(tmp_path, "2013-06-05 09:00")
    s.do("task add audit needs clean takes 4m")
    assert plan(s, "backfill audit@2013-06-01..2013-06-04") == block("""
        backfill of audit, 2013-06-01..2013-06-04: 4 runs, oldest first, at most 10 at once
        flights                     extract  clean  audit  publish  because
        Sat 1 Jun to Tue 4 Jun (4)  kept     kept   run    kept     missing
        order: oldest first, at most 10 at once
        cost: 16 slot minutes
        time: at least 4 min, so until Wed 5 Jun 09:04
    """)


def test_where_there_is_nothing_to_keep_what_is_above_runs_as_well(tmp_path: Path) -> None:
    s = bench(tmp_path, "2013-06-02 05:00")
    s.do("fail extract@2013-06-02")
    s.run_until("2013-06-04 09:00")
    lines = s.plan_of("backfill clean@2013-06-01..2013-06-03 failed")
    assert lines[2] == "Sun 2 Jun  run      run    -        failed; of extract there is nothing to keep"
    assert lines[3] == "left out: flights for Sat 1 Jun and Mon 3 Jun: whose run ended well"


def test_it_says_which_scheduled_runs_come_before_it_is_over(tmp_path: Path) -> None:
    s = bench(tmp_path, "2013-06-20 05:30")
    s.do("deploy clean v2")
    lines = s.plan_of("backfill clean@2013-06-01..2013-06-18 all limit 1")
    assert "time: at least 54 min, so until Thu 20 Jun 06:24" in lines
    told = "collision: the next scheduled run of flights, which wants pool warehouse (2 slots) too, comes Thu 20 Jun"
    assert lines[-1] == f"{told} 06:00, before this is over"


def test_it_says_when_the_scheduled_run_of_a_partition_is_still_to_come(tmp_path: Path) -> None:
    """Anchor 14: a backfill up to yesterday, and the scheduled run writes yesterday too."""
    s = bench(tmp_path, "2013-06-20 05:30")
    lines = s.plan_of("backfill flights@2013-06-18..2013-06-19")
    assert "collision: the scheduled run of flights for Wed 19 Jun comes Thu 20 Jun 06:00: who ends last wins" in lines


def test_newest_first_mixes_old_and_new_in_a_window_of_the_same_dag(tmp_path: Path) -> None:
    own = PIPELINE.replace("publish: {needs: [clean]", 'weekly: {reads: ["stg@-6..0"], needs: [clean], takes: 1m}\n'
                           "  publish: {needs: [clean]")  # fmt: skip
    s = bench(tmp_path, "2013-06-12 09:00", own)
    told = "newest first, flights.weekly takes earlier partitions of stg before they are made: old and new mixed"
    assert told in s.plan_of("backfill flights@2013-06-01..2013-06-10 all newest")
    assert told not in s.plan_of("backfill flights@2013-06-01..2013-06-10 all")


def test_a_dag_that_its_data_starts_is_not_made_a_second_time(tmp_path: Path) -> None:
    by_data = PIPELINE.replace('schedule: "0 7 * * *"', "schedule: {all: [stg]}").replace('"stg@-6..0"', "stg")
    s = bench(tmp_path, "2013-06-12 09:00", by_data)
    lines = s.plan_of("backfill clean@2013-06-03..2013-06-04 all down")
    told = "left out: features for Mon 3 Jun to Tue 4 Jun (2): which starts by itself when stg is published with"
    assert f"{told} other content" in lines


def test_tasks_that_depend_on_their_past_leave_no_gap(tmp_path: Path) -> None:
    s = bench(tmp_path, "2013-06-05 09:00")
    s.do("set clean depends_on_past yes")
    assert refused(s, "backfill flights@2013-06-01..2013-06-03") == (
        "flights has tasks that depend on their past, and a day that stays failed would hold back those after it; "
        "write failed, or all"
    )
