"""What makes a clock tick besides cron: a fixed interval, and one instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.timetable import ONCE, Cron, Every, Once, Ticker, check_schedule, format_instant, parse_instant, ticker
from workbench.timetable.ticker import interval_of

REPEATABLE = settings(deadline=None, derandomize=True, database=None)
ANCHOR = parse_instant("2013-01-01T06:00Z")
SECOND = timedelta(seconds=1)

seconds = st.integers(-10_000_000, 10_000_000).map(lambda number: ANCHOR + number * SECOND)
spans = st.integers(1, 200_000).map(lambda number: number * SECOND)
tickers: st.SearchStrategy[Ticker] = st.builds(Every, spans, seconds) | st.builds(Once, seconds)


def shown(clock: Ticker, after: str, until: str) -> list[str]:
    return [format_instant(tick)[5:16] for tick in clock.ticks(parse_instant(after), parse_instant(until))]


def by_after(clock: Ticker, after: datetime, until: datetime) -> list[datetime]:
    found, tick = [], clock.after(after)
    while tick is not None and tick <= until:
        found.append(tick)
        tick = clock.after(tick)
    return found


def test_an_interval_counts_from_its_anchor() -> None:
    clock = Every(timedelta(minutes=90), ANCHOR)
    assert shown(clock, "2013-01-01T05:59Z", "2013-01-01T10:30Z") == [
        "01-01T06:00",
        "01-01T07:30",
        "01-01T09:00",
        "01-01T10:30",
    ]
    assert shown(clock, "2013-01-01T06:00Z", "2013-01-01T07:30Z") == ["01-01T07:30"]
    assert shown(clock, "2013-01-01T08:00Z", "2013-01-01T07:00Z") == []


def test_before_its_anchor_an_interval_does_not_tick() -> None:
    assert Every(timedelta(hours=1), ANCHOR).after(parse_instant("2012-01-01")) == ANCHOR
    assert Every(timedelta(hours=1), ANCHOR).after(ANCHOR) == ANCHOR + timedelta(hours=1)


def test_clock_changes_do_not_move_an_interval() -> None:
    zone = ZoneInfo("America/New_York")
    start = parse_instant("2013-03-09T12:00Z")
    clock = ticker("every 1d", zone, "shift", "second", start, start)
    assert shown(clock, "2013-03-09T12:00Z", "2013-03-11T12:00Z") == ["03-10T12:00", "03-11T12:00"]
    assert shown(Cron("0 7 * * *", zone), "2013-03-09T12:00Z", "2013-03-11T12:00Z") == ["03-10T11:00", "03-11T11:00"]


def test_once_ticks_once() -> None:
    clock = Once(ANCHOR)
    assert clock.after(ANCHOR - SECOND) == ANCHOR
    assert clock.after(ANCHOR) is None
    assert shown(clock, "2013-01-01T05:00Z", "2013-01-01T06:00Z") == ["01-01T06:00"]
    assert shown(clock, "2013-01-01T06:00Z", "2013-01-02T06:00Z") == []
    assert shown(clock, "2013-01-01T05:00Z", "2013-01-01T05:59Z") == []


def test_time_ends_in_9990() -> None:
    assert Every(timedelta(days=1), ANCHOR).after(parse_instant("9989-12-31T06:00Z")) is None


@REPEATABLE
@given(tickers, seconds, st.integers(0, 2_000_000))
def test_ticks_are_repeated_afters_and_rise(clock: Ticker, after: datetime, length: int) -> None:
    step = clock.span if isinstance(clock, Every) else timedelta(0)
    until = after + min(length * SECOND, 50 * max(step, SECOND))
    ticks = list(clock.ticks(after, until))
    assert ticks == by_after(clock, after, until)
    assert all(first < second for first, second in pairwise([after, *ticks]))
    assert all(tick <= until and tick.tzinfo is UTC for tick in ticks)


@REPEATABLE
@given(spans, seconds, seconds)
def test_an_interval_leaves_no_tick_out(span: timedelta, anchor: datetime, after: datetime) -> None:
    found = Every(span, anchor).after(after)
    assert found is not None
    assert (found - anchor) % span == timedelta(0)
    assert found == anchor or found - span <= after


# schedules


def test_the_clock_of_a_schedule() -> None:
    zone, end = ZoneInfo("UTC"), parse_instant("2013-01-02")
    made = [ticker(text, zone, "skip", "both", ANCHOR, end) for text in ("every 90m", "@every 2h", "@once", "@daily")]
    assert made == [
        Every(timedelta(minutes=90), ANCHOR),
        Every(timedelta(hours=2), ANCHOR),
        Once(end),
        Cron("@daily", zone, "skip", "both"),
    ]


def test_without_a_start_intervals_count_from_1970() -> None:
    clock = ticker("every 7h", ZoneInfo("UTC"), "shift", "second", None, ANCHOR)
    assert clock.after(parse_instant("1970-01-01T00:00Z")) == parse_instant("1970-01-01T07:00Z")


def test_the_interval_of_a_schedule() -> None:
    assert interval_of("every 1h30m") == interval_of("@every  90m ") == timedelta(minutes=90)
    assert interval_of("0 6 * * *") is interval_of(ONCE) is None


@pytest.mark.parametrize("schedule", ["0 6 * * *", "@daily", "every 90m", "@every 1w", "@once"])
def test_good_schedules_pass(schedule: str) -> None:
    check_schedule(schedule)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("every 0s", "'every 0s' never moves on; write a longer span, e.g. every 90m"),
        ("every day", "'day' is no duration; write 30s, 10m, 1h30m or 2d"),
        ("every -5m", "'-5m' is no duration|is negative"),
        ("every ", "'' is no duration"),
        ("@never", "'@never' is no macro"),
        ("0 6 * *", "has 4 fields"),
        ("0 0 30 2 *", "never comes"),
    ],
)
def test_bad_schedules_are_refused(schedule: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_schedule(schedule)
