"""June recomputed (L5.1), and June recomputed only halfway (D9): clean v1 takes two flights of Southwest 2269 for one.

Row counts are those of the real days (`tutorials/data/nycflights13`).
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

import workbench as wb
from tests.curriculum import Course, lines, played

SATURDAYS = ("2013-06-08", "2013-06-15", "2013-06-22", "2013-06-29")
FEATURES = "feat_carrier_delay_7d"
STALE = 28


def of_june(course: Course, dataset: str = "stg_flights") -> dict[str, int]:
    return {day: rows or 0 for day, rows in course.rows(dataset).items() if day.startswith("2013-06")}


def changed(course: Course, dataset: str) -> list[str]:
    """The partitions whose live content is not what the first version held."""
    first = {one.partition: one.content for one in course.versions(dataset) if one.n == 1}
    live = (one for one in course.versions(dataset) if one.state == "live")
    return [one.partition for one in live if one.content != first[one.partition]]


def standing_on_old(course: Course) -> list[str]:
    """Live features that were made of a version whose content is not what is live now."""
    data = course.data
    found = [
        one.partition
        for one in course.versions(FEATURES)
        if one.state == "live"
        for dataset, day, n in one.sources
        if (then := data.get((dataset, day, n))) is not None
        if (now := data.live_version(dataset, day)) is not None and now.content != then.content
    ]
    return sorted(set(found))


def test_l5_1_missing_is_nothing() -> None:
    naive = played("l5_1", "naive")
    assert sum(of_june(naive).values()) == 28_239
    assert {one.n for one in naive.versions("stg_flights")} == {1}  # no run was made, and everything is green
    assert [day for day in naive.wrong("stg_flights") if day.startswith("2013-06")] == list(SATURDAYS)
    with pytest.raises(wb.InvalidInput, match="No run of clean is missing"):
        naive.session.plan_of("backfill clean@2013-06-01..2013-06-30")


def test_l5_1_the_plan_says_what_it_costs_and_whom_it_touches() -> None:
    asked = "backfill clean@2013-06-01..2013-06-30 all down oldest limit 2 pin v2"
    plan = "\n".join(played("l5_1", "naive").session.plan_of(asked))
    assert "66 runs (30 of daily_flights, 36 of features), oldest first, at most 2 at once, pinned to v2" in plan
    assert "cost: 162 slot minutes (162 in pool warehouse)" in plan
    assert "fare_model has read 36 of these partitions of feat_carrier_delay_7d" in plan


def test_l5_1_thirty_days_by_v2_oldest_first_two_at_once() -> None:
    gold = played("l5_1", "gold")
    june = of_june(gold)
    assert (len(june), sum(june.values())) == (30, 28_243)
    assert {one.code for one in gold.versions("stg_flights") if one.state == "live" and one.partition in june} == {"v2"}
    assert not [day for day in gold.wrong("stg_flights") if day in june]
    [backfill] = gold.session.state.known.backfills.values()
    assert (backfill.limit, backfill.pin) == (2, "v2")
    written = [one for one in gold.versions("stg_flights") if one.n == 2]
    assert [one.partition for one in sorted(written, key=lambda one: one.seq)] == sorted(june)
    assert max(one.at for one in gold.versions(FEATURES)).strftime("%H:%M") == "10:21"  # 162 slot-minutes, by two


def test_l5_1_four_rows_made_28_feature_days_stale() -> None:
    gold = played("l5_1", "gold")
    assert changed(gold, "stg_flights") == list(SATURDAYS)
    features = changed(gold, FEATURES)
    assert (len(features), features[0], features[-1]) == (STALE, "2013-06-08", "2013-07-05")
    assert len([one for one in gold.versions(FEATURES) if one.n == 2]) == 36
    assert not standing_on_old(gold)
    assert not [day for day in gold.wrong(FEATURES) if day <= "2013-07-05"]


class House(NamedTuple):
    """D9: what there was when the page came (11:00), what came of it when nobody did anything, and the gold course."""

    rows: int
    stale: list[str]
    wrong: dict[str, int]
    exports: int
    naive_states: set[str]
    naive_stale: list[str]
    naive_goal: bool
    gold: Course


@pytest.fixture(scope="module")
def house() -> House:
    then = Course("d9", "d9", lines("d9_before.txt"))
    exports = [one for one in then.versions("finance_month") if one.partition == "2013-06"]
    found = (sum(of_june(then).values()), standing_on_old(then), then.wrong(FEATURES), len(exports))
    naive = then.going_on(lines("d9_naive.txt"))
    states = {run.state for run in naive.session.state.known.runs.values()}
    left = (standing_on_old(naive), naive.goal("d9"))
    return House(*found, states, *left, naive.going_on(["back 2013-07-10 11:00", *lines("d9_gold.txt")]))


def test_l5_1_the_gold_course_reaches_the_goal_and_the_naive_one_does_not() -> None:
    assert played("l5_1", "gold").goal("l5_1")
    assert not played("l5_1", "naive").goal("l5_1")


def test_d9_june_was_made_anew_and_what_stands_on_it_was_not(house: House) -> None:
    assert house.rows == 28_243
    assert (len(house.stale), house.stale[0], house.stale[-1]) == (STALE, "2013-06-08", "2013-07-05")
    assert [day for day in house.wrong if day <= "2013-07-05"] == house.stale
    assert {house.wrong[day] for day in house.stale} == {1}  # the one of Southwest


def test_d9_a_day_that_did_not_change_starts_no_export(house: House) -> None:
    assert house.exports == 1 + len(SATURDAYS)  # 1 July, and one for each of the four days


def test_d9_only_what_is_stale_and_only_those_who_read_it(house: House) -> None:
    gold = house.gold
    assert gold.goal("d9")
    again = [one.partition for one in gold.versions(FEATURES) if one.n == 2]
    assert (len(again), again[0], again[-1]) == (STALE, "2013-06-08", "2013-07-05")
    assert not standing_on_old(gold)
    assert not [day for day in gold.wrong(FEATURES) if day <= "2013-07-05"]
    assert not gold.wrong("finance_month")
    told = {dataset: who for _, _, dataset, _, who in gold.data.told}
    assert told == {FEATURES: ("fare_model",), "finance_month": ("finance_team",)}
    assert max(one.at for one in gold.versions(FEATURES)).strftime("%H:%M") == "11:28"  # 28 days, two minutes, by two


def test_d9_nobody_who_looks_only_at_colours_sees_it(house: House) -> None:
    assert house.naive_states == {"success"}
    assert house.naive_stale == house.stale
    assert not house.naive_goal
