"""Partitions: windows of a calendar grid in a zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.timetable import Grid, Partition, Unit, format_instant, parse_instant

REPEATABLE = settings(deadline=None, derandomize=True, database=None)

# Ordinary zones and those that break naive code: midnight gaps, half-hour changes, a fold and a gap
# across midnight, half-hour changes of the standard time, a missing day, a fold of two hours.
ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Toronto",
    "Asia/Pyongyang",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Antarctica/Troll",
    "Africa/Casablanca",
]

grids = st.builds(Grid, st.sampled_from(get_args(Unit)), st.sampled_from(ZONES).map(ZoneInfo))
moments = st.datetimes(datetime(1902, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


CHANGES = [
    "2013-03-10",
    "2013-11-03",
    "2013-10-27",
    "2013-10-20",
    "2013-02-17",
    "2013-03-31",
    "2013-04-07",
    "2013-10-06",
    "2010-11-07",
    "1919-03-31",
    "2015-08-15",
    "2018-05-05",
    "2011-12-30",
    "1993-08-21",
    "1969-10-01",
    "2024-10-27",
]


@st.composite
def near_changes(draw: st.DrawFn) -> datetime:
    """Draw an instant close to a date on which some zone above changes its clocks."""
    day = draw(st.sampled_from(CHANGES))
    return parse_instant(day) + timedelta(seconds=draw(st.integers(-36 * 3600, 60 * 3600)))


instants = moments | near_changes()


def grid(unit: Unit, zone: str) -> Grid:
    return Grid(unit, ZoneInfo(zone))


def show(window: Partition) -> tuple[str, str, str]:
    return window.key, format_instant(window.start), format_instant(window.end)


@pytest.mark.parametrize(
    ("unit", "zone", "instant", "key", "start", "end"),
    [
        ("day", "UTC", "2013-01-03T12:00Z", "2013-01-03", "2013-01-03T00:00:00Z", "2013-01-04T00:00:00Z"),
        (
            "day",
            "America/New_York",
            "2013-03-10T12:00Z",
            "2013-03-10",
            "2013-03-10T05:00:00Z",
            "2013-03-11T04:00:00Z",
        ),
        (
            "day",
            "America/New_York",
            "2013-11-03T12:00Z",
            "2013-11-03",
            "2013-11-03T04:00:00Z",
            "2013-11-04T05:00:00Z",
        ),
        # Midnight does not exist: the day starts at 01:00.
        (
            "day",
            "America/Sao_Paulo",
            "2013-10-20T12:00Z",
            "2013-10-20",
            "2013-10-20T03:00:00Z",
            "2013-10-21T02:00:00Z",
        ),
        (
            "day",
            "Asia/Beirut",
            "2013-03-31T12:00Z",
            "2013-03-31",
            "2013-03-30T22:00:00Z",
            "2013-03-31T21:00:00Z",
        ),
        # The clock goes from 23:30 to 00:30: the day starts within the gap over its midnight.
        (
            "day",
            "America/Toronto",
            "1919-03-31T12:00Z",
            "1919-03-31",
            "1919-03-31T04:30:00Z",
            "1919-04-01T04:00:00Z",
        ),
        # At 00:01 the clock goes back to 23:01 of the day before: the day has begun at 00:00.
        (
            "day",
            "America/St_Johns",
            "2010-11-07T03:00Z",
            "2010-11-07",
            "2010-11-07T02:30:00Z",
            "2010-11-08T03:30:00Z",
        ),
        # Samoa had no 30 December 2011.
        (
            "day",
            "Pacific/Apia",
            "2011-12-30T10:00Z",
            "2011-12-31",
            "2011-12-30T10:00:00Z",
            "2011-12-31T10:00:00Z",
        ),
        ("week", "UTC", "2013-01-03T12:00Z", "2013-W01", "2012-12-31T00:00:00Z", "2013-01-07T00:00:00Z"),
        ("week", "UTC", "2016-01-03T12:00Z", "2015-W53", "2015-12-28T00:00:00Z", "2016-01-04T00:00:00Z"),
        (
            "month",
            "Europe/Berlin",
            "2013-03-15T12:00Z",
            "2013-03",
            "2013-02-28T23:00:00Z",
            "2013-03-31T22:00:00Z",
        ),
        ("month", "UTC", "2013-12-31T23:59:59Z", "2013-12", "2013-12-01T00:00:00Z", "2014-01-01T00:00:00Z"),
        (
            "hour",
            "America/New_York",
            "2013-01-03T10:30Z",
            "2013-01-03T05",
            "2013-01-03T10:00:00Z",
            "2013-01-03T11:00:00Z",
        ),
        (
            "hour",
            "America/New_York",
            "2013-11-03T05:30Z",
            "2013-11-03T01",
            "2013-11-03T05:00:00Z",
            "2013-11-03T06:00:00Z",
        ),
        (
            "hour",
            "America/New_York",
            "2013-11-03T06:30Z",
            "2013-11-03T01-05:00",
            "2013-11-03T06:00:00Z",
            "2013-11-03T07:00:00Z",
        ),
        (
            "hour",
            "Asia/Kolkata",
            "2013-01-03T12:00Z",
            "2013-01-03T17",
            "2013-01-03T11:30:00Z",
            "2013-01-03T12:30:00Z",
        ),
        # The clock goes from 00:01 to 00:26:08 within an hour: two windows, two keys.
        (
            "hour",
            "Europe/Athens",
            "1916-07-27T22:25:30Z",
            "1916-07-28T00",
            "1916-07-27T22:25:08Z",
            "1916-07-27T22:26:08Z",
        ),
        (
            "hour",
            "Europe/Athens",
            "1916-07-27T22:30Z",
            "1916-07-28T00+02:00",
            "1916-07-27T22:26:08Z",
            "1916-07-27T23:00:00Z",
        ),
        # At 00:01 the clock goes back to 23:01: the first hour of the day lasts a minute.
        (
            "hour",
            "America/St_Johns",
            "2010-11-07T02:30Z",
            "2010-11-07T00",
            "2010-11-07T02:30:00Z",
            "2010-11-07T02:31:00Z",
        ),
        (
            "hour",
            "America/St_Johns",
            "2010-11-07T02:45Z",
            "2010-11-06T23-03:30",
            "2010-11-07T02:31:00Z",
            "2010-11-07T03:30:00Z",
        ),
        # Lord Howe goes back by half an hour: 01:30 to 02:00 comes twice.
        (
            "hour",
            "Australia/Lord_Howe",
            "2013-04-06T15:10Z",
            "2013-04-07T01+10:30",
            "2013-04-06T15:00:00Z",
            "2013-04-06T15:30:00Z",
        ),
    ],
)
def test_a_window_holds_the_instant(unit: Unit, zone: str, instant: str, key: str, start: str, end: str) -> None:
    window = grid(unit, zone).containing(parse_instant(instant))
    assert show(window) == (key, start, end)
    assert grid(unit, zone).parse(key) == window


@pytest.mark.parametrize(
    ("zone", "day", "count", "some"),
    [
        ("America/New_York", "2013-03-10", 23, ["2013-03-10T01", "2013-03-10T03"]),
        ("America/New_York", "2013-11-03", 25, ["2013-11-03T01", "2013-11-03T01-05:00", "2013-11-03T02"]),
        ("Europe/Zurich", "2026-10-25", 25, ["2026-10-25T02", "2026-10-25T02+01:00", "2026-10-25T03"]),
        ("America/New_York", "2013-01-03", 24, ["2013-01-03T00", "2013-01-03T01"]),
        ("Australia/Lord_Howe", "2013-04-07", 25, ["2013-04-07T01", "2013-04-07T01+10:30", "2013-04-07T02"]),
        ("Australia/Lord_Howe", "2013-10-06", 24, ["2013-10-06T01", "2013-10-06T02", "2013-10-06T03"]),
    ],
)
def test_a_day_has_as_many_hours_as_it_has(zone: str, day: str, count: int, some: list[str]) -> None:
    whole = grid("day", zone).parse(day)
    keys = [window.key for window in grid("hour", zone).between(whole.start, whole.end)]
    assert len(keys) == len(set(keys)) == count
    assert keys[keys.index(some[0]) :][: len(some)] == some


def test_a_tick_owns_the_window_that_ended_last() -> None:
    days, friday = grid("day", "UTC"), parse_instant("2013-01-04T06:00Z")
    assert days.last_ended(friday).key == "2013-01-03"
    assert days.last_ended(friday, 2).key == "2013-01-02"
    assert days.last_ended(friday, 0).key == "2013-01-04"
    assert days.last_ended(friday, -1).key == "2013-01-05"


def test_a_window_that_ends_at_the_tick_has_ended() -> None:
    assert grid("day", "UTC").last_ended(parse_instant("2013-01-04T00:00Z")).key == "2013-01-03"


@pytest.mark.parametrize(
    ("unit", "zone", "key"),
    [
        ("day", "UTC", "2013-1-3"),
        ("day", "UTC", "2013-02-30"),
        ("day", "UTC", "2013-01"),
        ("day", "UTC", "0000-01-01"),
        ("day", "UTC", ""),
        ("day", "Pacific/Apia", "2011-12-30"),
        ("week", "UTC", "2013-W53"),
        ("week", "UTC", "2013-W00"),
        ("week", "UTC", "2013-01"),
        ("month", "UTC", "2013-13"),
        ("month", "UTC", "2013-W01"),
        ("hour", "UTC", "2013-01-03"),
        ("hour", "UTC", "2013-01-03T24"),
        ("hour", "UTC", "2013-01-03T05:00"),
        ("hour", "America/New_York", "2013-03-10T02"),
        ("hour", "America/New_York", "2013-11-03T01-04:00"),
        ("hour", "America/New_York", "2013-01-03T05-05:00"),
    ],
)
def test_a_key_of_no_window_is_refused_with_an_example(unit: Unit, zone: str, key: str) -> None:
    example = {"hour": "2013-01-03T05", "day": "2013-01-03", "week": "2013-W01", "month": "2013-01"}[unit]
    with pytest.raises(ValueError) as error:
        grid(unit, zone).parse(key)
    assert repr(key) in str(error.value)
    assert str(error.value).endswith(f"write e.g. {example}")


@pytest.mark.parametrize(
    ("unit", "key", "spoken"),
    [
        ("day", "2013-01-03", "Thu 3 Jan"),
        ("hour", "2013-01-03T05", "Thu 3 Jan 05:00"),
        ("hour", "2013-11-03T01", "Sun 3 Nov 01:00"),
        ("hour", "2013-11-03T01-05:00", "Sun 3 Nov 01:00 (-05:00)"),
        ("week", "2013-W01", "week 1 of 2013 (from Mon 31 Dec)"),
        ("month", "2013-01", "Jan 2013"),
    ],
)
def test_a_window_is_spoken_in_local_time(unit: Unit, key: str, spoken: str) -> None:
    chosen = grid(unit, "America/New_York")
    assert chosen.spoken(chosen.parse(key)) == spoken


def test_the_walk_takes_windows_that_overlap() -> None:
    days = grid("day", "UTC")
    noon, midnight = parse_instant("2013-01-03T12:00Z"), parse_instant("2013-01-05")
    assert [window.key for window in days.between(noon, midnight)] == ["2013-01-03", "2013-01-04"]
    assert list(days.between(noon, noon)) == []
    assert list(days.between(midnight, noon)) == []


def test_a_naive_instant_and_an_unknown_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        grid("day", "UTC").containing(datetime(2013, 1, 3))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        grid("day", "UTC").between(datetime(2013, 1, 3), datetime(2013, 1, 4))  # noqa: DTZ001
    with pytest.raises(ValueError, match="'year' is no unit of a grid; write hour, day"):
        grid("year", "UTC")  # type: ignore[arg-type]


@settings(REPEATABLE, max_examples=400)
@given(grids, instants)
def test_windows_tile_time(chosen: Grid, instant: datetime) -> None:
    window = chosen.containing(instant)
    assert window.start <= instant < window.end
    assert window.start.tzinfo is UTC
    assert window.end.tzinfo is UTC
    later, earlier = chosen.next(window), chosen.previous(window)
    assert (earlier.end, later.start) == (window.start, window.end)
    assert chosen.containing(window.start) == chosen.containing(window.end - timedelta(microseconds=1)) == window
    assert chosen.previous(later) == chosen.next(earlier) == window
    assert earlier.start < earlier.end
    assert later.start < later.end


@settings(REPEATABLE, max_examples=400)
@given(grids, instants)
def test_a_key_names_one_window(chosen: Grid, instant: datetime) -> None:
    window = chosen.containing(instant)
    assert chosen.parse(window.key) == window
    assert len({window.key, chosen.next(window).key, chosen.previous(window).key}) == 3


@REPEATABLE
@given(grids, instants, st.integers(-30, 30))
def test_shifts_undo_each_other(chosen: Grid, instant: datetime, count: int) -> None:
    window = chosen.containing(instant)
    assert chosen.shift(chosen.shift(window, count), -count) == window
    assert chosen.shift(window, 1) == chosen.next(window)


@REPEATABLE
@given(grids, instants, st.integers(0, 5))
def test_the_window_that_ended_last_has_ended_and_the_next_has_not(
    chosen: Grid, instant: datetime, offset: int
) -> None:
    window = chosen.last_ended(instant, offset)
    ended = list(chosen.between(window.start, instant))
    assert window.end <= instant or offset == 0
    assert chosen.shift(window, offset) == chosen.containing(instant)
    assert [step for step in ended if step.end <= instant] == ended[:offset]


@pytest.mark.parametrize("zone", ZONES)
def test_hours_of_a_winter_are_whole_and_their_keys_differ(zone: str) -> None:
    chosen = grid("hour", zone)
    windows = list(chosen.between(parse_instant("2010-10-15"), parse_instant("2011-04-15")))
    keys = [window.key for window in windows]
    assert len(set(keys)) == len(keys)
    assert all(first.end == second.start for first, second in pairwise(windows))
    assert all(timedelta(0) < window.end - window.start <= timedelta(hours=1) for window in windows)
