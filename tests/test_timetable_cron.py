"""Cron schedules in a zone: tables from Airflow, real DST days, and properties against oracles."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.timetable import Cron, Fold, Gap, check_cron, format_instant, parse_instant
from workbench.timetable.cron import _expand

REPEATABLE = settings(deadline=None, derandomize=True, database=None)
NEW_YORK = "America/New_York"


def cron(expression: str, zone: str = "UTC", gap: Gap = "shift", fold: Fold = "second") -> Cron:
    return Cron(expression, ZoneInfo(zone), gap, fold)


def walk(schedule: Cron, after: datetime) -> Iterator[datetime]:
    """Walk the ticks by `after` alone."""
    tick = schedule.after(after)
    while tick is not None:
        yield tick
        tick = schedule.after(tick)


def shown(schedule: Cron, after: str, until: str) -> list[str]:
    ticks = schedule.ticks(parse_instant(after), parse_instant(until))
    return [format_instant(tick)[5:16] for tick in ticks]


# Computed with Airflow 3.3.2 (CronMixin._get_next), UTC.
AIRFLOW = [
    (
        "0 * * * *",
        NEW_YORK,
        "2026-03-08T05:30Z",
        [
            "03-08T06:00",
            "03-08T07:00",
            "03-08T08:00",
            "03-08T09:00",
            "03-08T10:00",
            "03-08T11:00",
            "03-08T12:00",
        ],
    ),
    (
        "30 2 * * *",
        NEW_YORK,
        "2026-03-06T12:00Z",
        [
            "03-07T07:30",
            "03-08T07:30",
            "03-09T06:30",
            "03-10T06:30",
            "03-11T06:30",
            "03-12T06:30",
            "03-13T06:30",
        ],
    ),
    (
        "*/30 1-3 * * *",
        "Europe/Zurich",
        "2026-10-24T21:00Z",
        [
            "10-24T23:00",
            "10-24T23:30",
            "10-25T01:00",
            "10-25T01:30",
            "10-25T02:00",
            "10-25T02:30",
            "10-26T00:00",
        ],
    ),
    (
        "0 0 * * *",
        "Europe/Zurich",
        "2026-03-27T12:00Z",
        [
            "03-27T23:00",
            "03-28T23:00",
            "03-29T22:00",
            "03-30T22:00",
            "03-31T22:00",
            "04-01T22:00",
            "04-02T22:00",
        ],
    ),
    (
        "0 2 * * *",
        "Europe/Zurich",
        "2026-03-27T12:00Z",
        [
            "03-28T01:00",
            "03-29T01:00",
            "03-30T00:00",
            "03-31T00:00",
            "04-01T00:00",
            "04-02T00:00",
            "04-03T00:00",
        ],
    ),
    (
        "0 2 * * *",
        "Europe/Zurich",
        "2026-10-23T12:00Z",
        [
            "10-24T00:00",
            "10-25T01:00",
            "10-26T01:00",
            "10-27T01:00",
            "10-28T01:00",
            "10-29T01:00",
            "10-30T01:00",
        ],
    ),
    (
        "0 0 * * 1#2",
        "UTC",
        "2026-01-01T12:00Z",
        [
            "01-12T00:00",
            "02-09T00:00",
            "03-09T00:00",
            "04-13T00:00",
            "05-11T00:00",
            "06-08T00:00",
            "07-13T00:00",
        ],
    ),
    (
        "@weekly",
        "UTC",
        "2026-01-01T12:00Z",
        [
            "01-04T00:00",
            "01-11T00:00",
            "01-18T00:00",
            "01-25T00:00",
            "02-01T00:00",
            "02-08T00:00",
            "02-15T00:00",
        ],
    ),
]


@pytest.mark.parametrize(("expression", "zone", "after", "expected"), AIRFLOW)
def test_the_default_policy_is_that_of_airflow(expression: str, zone: str, after: str, expected: list[str]) -> None:
    ticks = islice(walk(cron(expression, zone), parse_instant(after)), 7)
    assert [format_instant(tick)[5:16] for tick in ticks] == expected


@pytest.mark.parametrize(
    ("expression", "zone", "gap", "expected"),
    [
        ("30 2 * * *", NEW_YORK, "shift", ["03-09T07:30", "03-10T07:30", "03-11T06:30"]),
        ("30 2 * * *", NEW_YORK, "skip", ["03-09T07:30", "03-11T06:30"]),
        # 02:30 moves onto 03:30: one tick, not two.
        (
            "30 2,3 * * *",
            NEW_YORK,
            "shift",
            ["03-09T07:30", "03-09T08:30", "03-10T07:30", "03-11T06:30", "03-11T07:30"],
        ),
        ("30 2 * * *", "UTC", "shift", ["03-09T02:30", "03-10T02:30", "03-11T02:30"]),
    ],
)
def test_a_time_that_does_not_exist_moves_on_or_is_left_out(
    expression: str, zone: str, gap: Gap, expected: list[str]
) -> None:
    assert shown(cron(expression, zone, gap), "2013-03-09T00:00Z", "2013-03-11T12:00Z") == expected


def test_a_moved_tick_takes_its_place_in_the_order() -> None:
    ticks = shown(cron("0,30 2,3 * * *", NEW_YORK), "2013-03-10T06:00Z", "2013-03-11T00:00Z")
    assert ticks == ["03-10T07:00", "03-10T07:30"]
    ticks = shown(cron("45,10 2,3 * * *", NEW_YORK), "2013-03-10T06:00Z", "2013-03-11T00:00Z")
    assert ticks == ["03-10T07:10", "03-10T07:45"]


@pytest.mark.parametrize(
    ("fold", "expected"),
    [
        ("first", ["11-02T05:30", "11-03T05:30", "11-04T06:30"]),
        ("second", ["11-02T05:30", "11-03T06:30", "11-04T06:30"]),
        ("both", ["11-02T05:30", "11-03T05:30", "11-03T06:30", "11-04T06:30"]),
    ],
)
def test_a_time_that_occurs_twice_ticks_by_the_policy(fold: Fold, expected: list[str]) -> None:
    schedule = cron("30 1 * * *", NEW_YORK, fold=fold)
    assert shown(schedule, "2013-11-02T00:00Z", "2013-11-04T12:00Z") == expected


def test_both_ticks_of_two_times_interleave() -> None:
    schedule = cron("0,30 2 * * *", "Europe/Berlin", fold="both")
    expected = ["10-27T00:00", "10-27T00:30", "10-27T01:00", "10-27T01:30"]
    assert shown(schedule, "2013-10-26T12:00Z", "2013-10-27T12:00Z") == expected


@pytest.mark.parametrize("expression", ["0 * * * *", "@hourly", "0 */1 * * *", "0 0-23 * * *"])
@pytest.mark.parametrize("day", ["2013-03-10", "2013-11-03", "2013-07-04"])
@pytest.mark.parametrize("gap", get_args(Gap))
@pytest.mark.parametrize("fold", get_args(Fold))
def test_every_hour_means_every_real_hour(expression: str, day: str, gap: Gap, fold: Fold) -> None:
    start = parse_instant(day)
    ticks = cron(expression, NEW_YORK, gap, fold).ticks(start, start + timedelta(days=1))
    assert list(ticks) == [start + timedelta(hours=hour) for hour in range(1, 25)]


def test_a_gap_of_half_an_hour_adds_no_hourly_tick() -> None:
    # Lord Howe goes from 02:00 to 02:30 at 15:30 UTC: 02:00 has no tick, 03:00 comes at 16:00.
    expected = ["10-05T13:30", "10-05T14:30", "10-05T16:00", "10-05T17:00"]
    schedule = cron("0 * * * *", "Australia/Lord_Howe")
    assert shown(schedule, "2013-10-05T13:00Z", "2013-10-05T17:00Z") == expected


def test_a_tick_can_move_to_the_start_of_the_next_day() -> None:
    # Toronto went from 23:30 to 00:30, where the 31st starts.
    schedule = cron("30 23 * * *", "America/Toronto")
    assert shown(schedule, "1919-03-30T12:00Z", "1919-04-01T00:00Z") == ["03-31T04:30"]


def test_a_tick_can_move_across_midnight() -> None:
    # Toronto went from 23:30 to 00:30, so 23:45 of the 30th is 00:45 of the 31st.
    schedule = cron("45 23 * * *", "America/Toronto")
    expected = ["03-31T04:45", "04-01T03:45"]
    assert shown(schedule, "1919-03-30T12:00Z", "1919-04-01T12:00Z") == expected


@pytest.mark.parametrize(
    ("fold", "expected"),
    [
        ("first", ["11-07T01:30", "11-07T02:00", "11-07T02:30", "11-07T04:00"]),
        ("second", ["11-07T01:30", "11-07T03:00", "11-07T03:30", "11-07T04:00"]),
        ("both", ["11-07T01:30", "11-07T02:00", "11-07T02:30", "11-07T03:00", "11-07T03:30", "11-07T04:00"]),
    ],
)
def test_a_fold_can_lie_across_midnight(fold: Fold, expected: list[str]) -> None:
    # St. John's went from 00:01 back to 23:01: 23:30 and 00:00 come twice, in turns.
    schedule = cron("0,30 23,0 * * *", "America/St_Johns", fold=fold)
    assert shown(schedule, "2010-11-07T01:00Z", "2010-11-07T12:00Z") == expected


def test_a_missing_day_moves_or_loses_its_tick() -> None:
    # Samoa went from 29 to 31 December: 06:00 of the 30th falls on 06:00 of the 31st.
    expected = ["12-29T16:00", "12-30T16:00", "12-31T16:00"]
    for gap in get_args(Gap):
        assert shown(cron("0 6 * * *", "Pacific/Apia", gap), "2011-12-29T00:00Z", "2012-01-01T00:00Z") == expected
    only = "0 6 30 12 *"
    assert shown(cron(only, "Pacific/Apia"), "2011-12-01T00:00Z", "2012-02-01T00:00Z") == ["12-30T16:00"]
    assert shown(cron(only, "Pacific/Apia", "skip"), "2011-12-01T00:00Z", "2012-02-01T00:00Z") == []


@pytest.mark.parametrize(
    ("expression", "after", "tick"),
    [
        ("@yearly", "2013-01-01T00:00Z", "2014-01-01T00:00:00Z"),
        ("@monthly", "2013-01-01T00:00Z", "2013-02-01T00:00:00Z"),
        ("@DAILY", "2013-01-01T00:00Z", "2013-01-02T00:00:00Z"),
        ("0 0 * JAN MON", "2013-01-01T00:00Z", "2013-01-07T00:00:00Z"),
        ("0 0 29 2 *", "2013-01-01T00:00Z", "2016-02-29T00:00:00Z"),
        ("0 0 29 2 *", "2096-03-01T00:00Z", "2104-02-29T00:00:00Z"),
        ("0 0 29 2 0#5", "2013-01-01T00:00Z", "2032-02-29T00:00:00Z"),
        ("0 0 L * *", "2013-02-01T00:00Z", "2013-02-28T00:00:00Z"),
        ("0 0 13 * FRI", "2013-09-02T00:00Z", "2013-09-06T00:00:00Z"),  # either day field
        ("59/15 * * * *", "2013-01-01T00:00Z", "2013-01-01T00:59:00Z"),
        ("  0   6 * * *  ", "2013-01-01T00:00Z", "2013-01-01T06:00:00Z"),
        ("0 6,* * * *", "2013-01-01T00:00Z", "2013-01-01T01:00:00Z"),
    ],
)
def test_the_next_tick(expression: str, after: str, tick: str) -> None:
    found = cron(expression).after(parse_instant(after))
    assert found is not None
    assert format_instant(found) == tick


def test_after_a_time_within_a_minute_comes_the_next_minute() -> None:
    instant = parse_instant("2013-01-01T06:00:00Z") - timedelta(microseconds=1)
    found = cron("0 6 * * *").after(instant)
    assert found == parse_instant("2013-01-01T06:00Z")
    assert found is not None
    assert found.tzinfo is UTC


def test_the_bounds_are_half_open() -> None:
    assert shown(cron("0 6 * * *"), "2013-01-01T06:00Z", "2013-01-02T06:00Z") == ["01-02T06:00"]
    assert shown(cron("0 6 * * *"), "2013-01-02T06:00Z", "2013-01-01T06:00Z") == []


def test_time_ends_in_9990() -> None:
    assert cron("0 6 * * *").after(parse_instant("9990-12-31T06:00Z")) is None


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("61 * * * *", "'61' in '61 .*' is no minute; the field takes 0 to 59, e.g. 0 6"),
        ("* 24 * * *", "'24' .* is no hour; the field takes 0 to 23"),
        ("* * 0 * *", "'0' .* is no day of month; the field takes 1 to 31"),
        ("* * * 13 *", "'13' .* is no month; the field takes 1 to 12 or JAN to DEC"),
        ("* * * * 8", "'8' .* is no day of week; the field takes 0 to 7"),
        ("* * * * FUN", "'FUN' .* is no day of week"),
        ("*/0 * * * *", "no minute"),
        ("٣ * * * *", "no minute"),
        ("H * * * *", "no minute"),
        ("R * * * *", "no minute"),
        ("R(0-30)/10 * * * *", "no minute"),
        ("", "has 0 fields; write five"),
        ("5", "has 1 field; write five"),
        ("0 6 * *", "has 4 fields; write five"),
        ("0 0 6 * * *", "has 6 fields: fields for seconds or years are not taken"),
        ("0 0 6 * * * 2013", "has 7 fields: fields for seconds or years are not taken"),
        ("@reboot", "is no macro; write one of @hourly, @daily"),
        ("0 0 30 2 *", "'0 0 30 2 .' never comes: none of its months has such a day"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("0 0 30 2 1#1", "never comes"),
    ],
)
def test_an_expression_that_cannot_fire_is_refused(expression: str, said: str) -> None:
    for refuse in (check_cron, cron):
        with pytest.raises(ValueError, match=said) as error:
            refuse(expression)
        assert "e.g." in str(error.value)


def test_an_impossible_day_with_a_weekday_fires_on_the_weekday() -> None:
    check_cron("0 0 30 2 MON")


@pytest.mark.parametrize("value", [None, 5, ["0", "6"], b"@daily"])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is no text; write the cron expression in quotes"):
        check_cron(value)  # type: ignore[arg-type]


def test_an_unknown_policy_and_a_naive_instant_are_refused() -> None:
    with pytest.raises(ValueError, match="'jump' is no gap policy; write shift or skip"):
        cron("@daily", gap="jump")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'last' is no fold policy; write first or second or both"):
        cron("@daily", fold="last")  # type: ignore[arg-type]
    naive = datetime(2013, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        cron("@daily").after(naive)
    with pytest.raises(ValueError, match="no time zone"):
        cron("@daily").ticks(naive, naive)


numbers = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 6)}


def fields(name: str) -> st.SearchStrategy[str]:
    low, high = numbers[name]
    one = st.integers(low, high)
    spans = st.tuples(one, one).map(sorted).map(lambda pair: f"{pair[0]}-{pair[1]}")
    steps = st.integers(1, high).map(lambda step: f"*/{step}")
    lists = st.lists(one, min_size=1, max_size=3).map(lambda many: ",".join(map(str, many)))
    return st.just("*") | lists | spans | steps


times_of_day = st.tuples(fields("minute"), fields("hour")).map(" ".join)
expressions = st.tuples(times_of_day, fields("day"), fields("month"), fields("weekday")).map(" ".join)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def possible(expression: str) -> bool:
    try:
        check_cron(expression)
    except ValueError:
        return False
    return True


possible_expressions = expressions.filter(possible)


@settings(REPEATABLE, max_examples=100)
@given(possible_expressions, moments)
def test_in_utc_the_ticks_are_those_of_croniter(expression: str, after: datetime) -> None:
    other = croniter(expression, after.replace(tzinfo=None), ret_type=datetime)
    expected = [other.get_next().replace(tzinfo=UTC) for _ in range(5)]
    assert list(islice(walk(cron(expression), after), 5)) == expected


# Each with an instant shortly before its clocks change.
CHANGES = [
    (NEW_YORK, "2013-03-10T00:00Z"),
    (NEW_YORK, "2013-11-03T00:00Z"),
    ("Europe/Berlin", "2013-03-31T00:00Z"),
    ("Europe/Berlin", "2013-10-27T00:00Z"),
    ("Australia/Lord_Howe", "2013-04-06T12:00Z"),
    ("Australia/Lord_Howe", "2013-10-05T12:00Z"),
    ("America/Sao_Paulo", "2013-10-20T00:00Z"),
    ("America/Sao_Paulo", "2013-02-16T20:00Z"),
    ("America/St_Johns", "2010-11-07T00:00Z"),
    ("America/St_Johns", "2010-03-14T00:00Z"),
    ("America/Toronto", "1919-03-31T00:00Z"),
    ("Antarctica/Troll", "2013-10-27T00:00Z"),
    ("Asia/Pyongyang", "2015-08-14T12:00Z"),
    ("Pacific/Apia", "2011-12-30T04:00Z"),
    ("Asia/Kolkata", "2013-10-27T00:00Z"),
]

changes = st.sampled_from(CHANGES)
gaps, folds = st.sampled_from(get_args(Gap)), st.sampled_from(get_args(Fold))
MINUTE = timedelta(minutes=1)


@cache
def clock_of(zone: str, start: datetime) -> dict[datetime, list[datetime]]:
    """Look at the zone's clock in every minute from three days before the start to five after it."""
    shows: dict[datetime, list[datetime]] = {}
    for minute in range(-3 * 1440, 5 * 1440):
        instant = start + minute * MINUTE
        shows.setdefault(instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), []).append(instant)
    return shows


def by_counting(expression: str, schedule: Cron, start: datetime, end: datetime) -> list[datetime]:
    """Work the policies out from the zone's clock, minute by minute."""
    minutes, hours, *_ = croniter.expand(expression)[0]
    every_hour, shows = hours == ["*"], clock_of(str(schedule.zone), start)
    found: set[datetime] = set()
    wall, last, passed = min(shows), max(shows), timedelta(0)
    while wall < last:
        at = shows.get(wall, [])
        passed = timedelta(0) if at else passed + MINUTE
        if (every_hour or wall.hour in hours) and (minutes == ["*"] or wall.minute in minutes):
            if not at and schedule.gap == "shift" and not every_hour:
                # The clock showed the last minute before the gap, and time went on from there.
                found.add(shows[wall - passed][-1] + passed)
            both = every_hour or schedule.fold == "both"
            found.update(at if both else at[:1] if schedule.fold == "first" else at[-1:])
        wall += MINUTE
    return sorted(tick for tick in found if start < tick <= end)


@settings(REPEATABLE, max_examples=50)
@given(times_of_day, changes, gaps, folds)
def test_around_a_change_the_ticks_are_those_of_counting(
    clock: str, change: tuple[str, str], gap: Gap, fold: Fold
) -> None:
    zone, start = change[0], parse_instant(change[1])
    end = start + timedelta(hours=36)
    expression = f"{clock} * * *"
    schedule = cron(expression, zone, gap, fold)
    assert list(schedule.ticks(start, end)) == by_counting(expression, schedule, start, end)


@settings(REPEATABLE, max_examples=100)
@given(possible_expressions, changes, gaps, folds, st.integers(-50 * 3600, 50 * 3600))
def test_ticks_rise_and_after_gives_the_first(
    expression: str, change: tuple[str, str], gap: Gap, fold: Fold, seconds: int
) -> None:
    schedule = cron(expression, change[0], gap, fold)
    start = parse_instant(change[1]) + timedelta(seconds=seconds)
    ticks = list(islice(schedule.ticks(start, start + timedelta(days=4)), 200))
    assert all(first < second for first, second in pairwise([start, *ticks]))
    assert list(islice(walk(schedule, start), len(ticks))) == ticks
    found = schedule.after(start)
    assert found is not None
    assert found == min(ticks, default=found)


@REPEATABLE
@given(possible_expressions, changes, st.lists(st.integers(-90 * 3600, 90 * 3600), max_size=6))
def test_the_order_of_the_questions_does_not_matter(
    expression: str, change: tuple[str, str], seconds: list[int]
) -> None:
    schedule, start = cron(expression, change[0]), parse_instant(change[1])
    asked = [start + timedelta(seconds=number) for number in seconds]
    forward = [schedule.after(instant) for instant in asked]
    assert [schedule.after(instant) for instant in reversed(asked)] == forward[::-1]


@REPEATABLE
@given(st.text("0123456789*/-,#LWHRMON? @", max_size=12))
def test_any_text_passes_or_is_refused_with_a_value_error(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert possible(text) in (True, False)


def test_a_time_of_every_day_is_read_as_croniter_reads_it() -> None:
    for minute in range(60):
        for hour in range(24):
            fields = [str(minute), str(hour), "*", "*", "*"]
            assert _expand("", fields) == croniter.expand(" ".join(fields))[0]
    for text in ("60 6 * * *", "0 24 * * *", "0 -1 * * *"):
        assert not possible(text)
