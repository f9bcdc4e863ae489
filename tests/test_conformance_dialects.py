"""Timetables and ticks of other tools, beyond their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.dialects import dagster, prefect
from workbench.dialects.airflow import (
    CronClock,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    Info,
    Interval,
    MultipleCronTriggerTimetable,
    Step,
    StepClock,
    Timetable,
    infos,
    timetable_of,
)
from workbench.timetable import Cron, format_instant, parse_instant

REPEATABLE = settings(deadline=None, derandomize=True, database=None, max_examples=60)
UTC_ZONE, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")
NOW = parse_instant("2026-01-05T12:00Z")


def shown(times: tuple[datetime, ...] | list[datetime]) -> list[str]:
    return [format_instant(at)[:16] for at in times]


def starts(timetable: Timetable, start: str | None, count: int, catchup: bool = True) -> list[str]:
    earliest = None if start is None else parse_instant(start)
    return shown([info.logical_date for info in islice(infos(timetable, earliest, None, catchup, NOW), count)])


# clocks


def test_the_two_days_on_which_332_steps_back_wrongly() -> None:
    """Its own tick in a gap is the tick before it; in a fold the tick before is one to come."""
    gap, fold = parse_instant("2024-03-10T07:00Z"), parse_instant("2024-11-03T05:30Z")
    assert shown([CronClock("0 2 * * *", NEW_YORK).previous(gap)]) == ["2024-03-10T07:00"]
    assert shown([CronClock("0 2 * * *", NEW_YORK, "head").previous(gap)]) == ["2024-03-09T07:00"]
    assert shown([CronClock("0 1 * * *", NEW_YORK).previous(fold)]) == ["2024-11-03T06:00"]
    assert shown([CronClock("0 1 * * *", NEW_YORK, "head").previous(fold)]) == ["2024-11-02T05:00"]


def test_a_quarterly_preset_is_known() -> None:
    assert starts(CronTriggerTimetable("@quarterly", UTC_ZONE), "2026-01-02", 2) == [
        "2026-04-01T00:00",
        "2026-07-01T00:00",
    ]


crons = st.sampled_from(["0 0 * * *", "*/15 * * * *", "30 6,18 * * 1-5", "0 0 1 * *", "0 12 29 2 *", "7 * 3 * *"])
moments = st.integers(0, 12 * 365 * 86400).map(lambda s: parse_instant("2013-01-01") + timedelta(seconds=s))


@REPEATABLE
@given(crons, moments)
def test_without_clock_changes_a_clock_is_our_cron(expression: str, at: datetime) -> None:
    clock, cron = CronClock(expression, UTC_ZONE), Cron(expression, UTC_ZONE)
    following, before = clock.next(at), clock.previous(at)
    assert following == cron.after(at)
    assert before < at
    assert clock.next(before) == (at if clock.align_next(at) == at else following)
    assert clock.align_previous(at) == clock.align_next(at) == at or before == clock.align_previous(at)


@REPEATABLE
@given(crons, moments)
def test_the_head_of_the_repository_always_steps_back(expression: str, at: datetime) -> None:
    assert CronClock(expression, NEW_YORK, "head").previous(at) < at


def test_the_day_of_a_month_is_cut_and_stays_cut() -> None:
    """Airflow steps on from where it is: 31 January, 28 February, 28 March."""
    monthly = DeltaDataIntervalTimetable(Step(months=1))
    assert starts(monthly, "2025-01-31", 3) == ["2025-01-31T00:00", "2025-02-28T00:00", "2025-03-28T00:00"]
    back = StepClock(Step(months=13, span=timedelta(hours=1))).previous(parse_instant("2025-03-31T01:00Z"))
    assert shown([back]) == ["2024-02-29T00:00"]


def test_without_catchup_months_are_rounded_as_if_they_had_30_days() -> None:
    """From 1970, and years as if they had 365: Airflow's intervals of a calendar begin wherever that leads."""
    found = [starts(DeltaDataIntervalTimetable(Step(months=months)), None, 1, catchup=False) for months in (1, 12)]
    days = [(NOW - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(days=size) * size for size in (30, 365)]
    floors = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in days]
    assert shown(floors) == ["2025-12-08T00:00", "2025-12-18T00:00"]
    assert found == [["2025-11-08T00:00"], ["2024-12-18T00:00"]]


def test_a_step_that_never_moves_on_is_refused() -> None:
    for step in (Step(), Step(span=timedelta(seconds=-1)), Step(months=-1)):
        with pytest.raises(ValueError, match="never moves on"):
            DeltaTriggerTimetable(step)


# timetables


def test_a_run_by_hand_owns_the_last_interval_that_is_over_or_nothing() -> None:
    by_hand = [timetable_of("0 6 * * *", UTC_ZONE, major).manual_interval(NOW) for major in (2, 3)]
    assert [shown(interval) for interval in by_hand] == [
        ["2026-01-04T06:00", "2026-01-05T06:00"],
        ["2026-01-05T12:00"] * 2,
    ]


def test_what_a_plain_schedule_means_in_airflow_2_and_3() -> None:
    made = [timetable_of(text, UTC_ZONE, major) for text in ("@daily", "every 1h") for major in (2, 3)]
    assert made == [
        CronDataIntervalTimetable("@daily", UTC_ZONE),
        CronTriggerTimetable("@daily", UTC_ZONE),
        DeltaDataIntervalTimetable(Step(span=timedelta(hours=1))),
        DeltaTriggerTimetable(Step(span=timedelta(hours=1))),
    ]
    with pytest.raises(ValueError, match="'@once' makes one run"):
        timetable_of("@once", UTC_ZONE)
    with pytest.raises(ValueError, match="has 4 fields"):
        timetable_of("0 6 * *", UTC_ZONE)


def test_a_trigger_can_own_an_interval() -> None:
    weekly = CronTriggerTimetable("0 6 * * 1", UTC_ZONE, Step(span=timedelta(days=7)))
    info = weekly.next_dagrun_info(None, parse_instant("2026-01-01"), None, True, NOW)
    assert info == Info(
        *map(parse_instant, ("2025-12-29T06:00Z", "2025-12-29T06:00Z", "2026-01-05T06:00Z", "2026-01-05T06:00Z"))
    )
    assert shown(weekly.manual_interval(NOW)) == ["2025-12-29T12:00", "2026-01-05T12:00"]


def test_a_dag_that_changes_from_triggers_to_intervals_gets_no_run_twice() -> None:
    tick = parse_instant("2026-01-05T00:00Z")
    info = CronDataIntervalTimetable("@daily", UTC_ZONE).next_dagrun_info(Interval(tick, tick), None, None, True, NOW)
    assert info is not None
    assert shown(info.interval) == ["2026-01-06T00:00", "2026-01-07T00:00"]


def test_without_a_start_date_intervals_with_catchup_never_begin() -> None:
    timetables: list[Timetable] = [CronDataIntervalTimetable("@daily", UTC_ZONE), DeltaDataIntervalTimetable(Step(1))]
    for timetable in timetables:
        assert starts(timetable, None, 1) == []
        assert starts(timetable, None, 1, catchup=False) != []


def test_the_end_date_bounds_the_logical_date_of_intervals_and_the_tick_of_triggers() -> None:
    end = parse_instant("2026-01-02")
    assert [
        len(list(infos(timetable_of("@daily", UTC_ZONE, m), parse_instant("2026-01-01"), end, True, NOW)))
        for m in (2, 3)
    ] == [2, 2]


def test_a_later_start_date_counts_only_without_catchup() -> None:
    """With it, the run after the last one comes, even when the start date has been moved on since."""
    last, later = Interval(*[parse_instant("2026-01-02")] * 2), parse_instant("2026-01-08")
    table = CronTriggerTimetable("@daily", UTC_ZONE)
    found = [table.next_dagrun_info(last, later, None, catchup, NOW) for catchup in (True, False)]
    assert [format_instant(info.run_after)[:10] for info in found if info] == ["2026-01-03", "2026-01-08"]


def test_run_immediately() -> None:
    """A tenth of the gap, or five minutes if that is more; True: however far back; a timedelta: as far as it says."""

    def first(patience: bool | timedelta | None, now: str) -> str:
        table = CronTriggerTimetable("0 6 * * *", UTC_ZONE, run_immediately=patience)
        info = table.next_dagrun_info(None, None, None, True, parse_instant(now))
        assert info is not None
        return format_instant(info.run_after)[5:10]

    for patience in (False, None):
        assert first(patience, "2026-01-05T08:24Z") == "01-05"
        assert first(patience, "2026-01-05T08:25Z") == "01-06"
    assert first(True, "2026-01-06T05:59Z") == "01-05"
    assert first(timedelta(hours=1), "2026-01-05T07:00Z") == "01-05"
    assert first(timedelta(hours=1), "2026-01-05T07:01Z") == "01-06"


def test_several_crons_without_catchup_take_the_latest_that_is_not_to_come() -> None:
    both = MultipleCronTriggerTimetable(("0 6 * * *", "0 9 * * *"), UTC_ZONE)
    assert starts(both, "2026-01-01", 3, catchup=False) == ["2026-01-05T09:00", "2026-01-06T06:00", "2026-01-06T09:00"]
    assert starts(both, "2026-01-01", 3) == ["2026-01-01T06:00", "2026-01-01T09:00", "2026-01-02T06:00"]
    assert both.next_dagrun_info(None, NOW, NOW, True, NOW) is None
    with pytest.raises(ValueError, match="there is no cron"):
        MultipleCronTriggerTimetable((), UTC_ZONE)


# ticks of other tools


Walk = Callable[[str, ZoneInfo, datetime], Iterator[datetime]]
WALKS: list[Walk] = [dagster.ticks, prefect.ticks]
CHANGES = ["2026-03-08T04:00Z", "2026-11-01T04:00Z"]


@REPEATABLE
@given(crons, st.sampled_from(CHANGES), st.integers(0, 8 * 3600), st.sampled_from(WALKS))
def test_ticks_rise_whenever_one_asks(expression: str, change: str, seconds: int, walk: Walk) -> None:
    after = parse_instant(change) + timedelta(seconds=seconds)
    ticks = list(islice(walk(expression, NEW_YORK, after), 40))
    assert all(first < second for first, second in pairwise([after, *ticks]))
    # Asked again from any tick, the walk goes on as it did.
    assert list(islice(walk(expression, NEW_YORK, ticks[2]), 37)) == ticks[3:]


def test_local_times_of_a_gap_tick_once_in_dagster_and_not_again_in_prefect() -> None:
    cron, after = "15,45 1-3 * * *", parse_instant("2026-03-08T05:00Z")
    assert shown(list(islice(dagster.ticks(cron, NEW_YORK, after), 5)))[2:] == [
        "2026-03-08T07:00",
        "2026-03-08T07:15",
        "2026-03-08T07:45",
    ]
    assert shown(list(islice(prefect.ticks(cron, NEW_YORK, after), 4)))[2:] == ["2026-03-08T07:15", "2026-03-08T07:45"]


def test_windows_of_dagster() -> None:
    weekly = dagster.time_windows("weekly", UTC_ZONE, parse_instant("2026-01-01"), end_offset=1)
    assert [weekly.key(window) for window in weekly.partitions(parse_instant("2026-01-12"))] == [
        "2026-01-04",
        "2026-01-11",
    ]
    assert weekly.window("2026-01-05") is None
    assert weekly.window("week 2") is None
    assert weekly.window("2025-12-28") is None
    assert weekly.window("2027-01-03") == tuple(map(parse_instant, ("2027-01-03", "2027-01-10")))
    bounded = dagster.TimeWindows("0 0 * * *", UTC_ZONE, parse_instant("2026-01-01"), datetime(2026, 1, 3, tzinfo=UTC))
    assert len(list(bounded.windows())) == 2
