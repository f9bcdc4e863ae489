"""Text to values and back: durations, instants, clock times, zones."""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.timetable import (
    format_duration,
    format_instant,
    parse_clock,
    parse_duration,
    parse_instant,
    parse_zone,
    spoken_duration,
)

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
REPEATABLE = settings(deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("0s", 0),
        ("30s", 30),
        ("10m", 600),
        ("1h", 3600),
        ("1h30m", 5400),
        ("95m", 5700),
        ("2d", 172800),
        ("1w", 604800),
        ("1w2d3h4m5s", 788645),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "10", "10 minuts", "1.5h", "30m1h", "1h1h", " 1h", "1H", "h", "-", "٣s", "1m\n", "99999999999s"],
)
def test_text_that_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_duration(text)
    assert str(error.value) == f"{text!r} is no duration; write 30s, 10m, 1h30m or 2d"


def test_a_negative_duration_needs_leave() -> None:
    with pytest.raises(ValueError, match=r"'-10m' is negative; write .* e\.g\. 10m"):
        parse_duration("-10m")
    assert parse_duration("-1h30m", signed=True) == timedelta(minutes=-90)


def test_a_duration_past_the_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        parse_duration("999999999w")


@pytest.mark.parametrize("parse", [parse_duration, parse_instant, parse_clock, parse_zone])
@pytest.mark.parametrize("value", [None, 10, 3.5, datetime(2013, 1, 4, tzinfo=UTC)])
def test_what_is_no_text_is_refused(parse: object, value: object) -> None:
    assert callable(parse)
    with pytest.raises(ValueError, match=r"is no text; write the .* in quotes, e\.g\."):
        parse(value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45, "45s"), (600, "10m"), (5400, "1h30m"), (5700, "1h35m"), (172800, "2d"), (-90, "-1m30s")],
)
def test_a_duration_is_written_short(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@REPEATABLE
@given(st.integers(-(10**10), 10**10))
def test_a_written_duration_reads_as_itself(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration), signed=True) == duration


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("0s", "0 s"),
        ("45s", "45 s"),
        ("60s", "1 min"),
        ("90s", "1 min 30 s"),
        ("10m", "10 min"),
        ("70m", "70 min"),
        ("95m", "95 min"),
        ("119m", "119 min"),
        ("120m", "2 h"),
        ("200m", "3 h 20 min"),
        ("25h", "25 h"),
        ("2d", "2 days"),
        ("51h", "2 days 3 h"),
        ("-10m", "-10 min"),
    ],
)
def test_a_duration_is_spoken(text: str, spoken: str) -> None:
    assert spoken_duration(parse_duration(text, signed=True)) == spoken


@pytest.mark.parametrize("write", [format_duration, spoken_duration])
def test_a_fraction_of_a_second_is_not_written(write: object) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="fraction of a second"):
        write(timedelta(milliseconds=1500))


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2013-01-04T07:35Z", UTC, "2013-01-04T07:35:00Z"),
        ("2013-01-04T07:35:10Z", NEW_YORK, "2013-01-04T07:35:10Z"),
        ("2013-01-04T07:35+01:00", UTC, "2013-01-04T06:35:00Z"),
        ("2013-01-04T07:35-05:30", UTC, "2013-01-04T13:05:00Z"),
        ("2013-01-04 07:35", NEW_YORK, "2013-01-04T12:35:00Z"),
        ("2013-07-04 07:35", NEW_YORK, "2013-07-04T11:35:00Z"),
        ("2013-01-04", UTC, "2013-01-04T00:00:00Z"),
        ("2013-01-04", BERLIN, "2013-01-03T23:00:00Z"),
        ("2013-11-03 01:30", NEW_YORK, "2013-11-03T05:30:00Z"),  # twice: the first
        ("2013-11-03T01:30-05:00", NEW_YORK, "2013-11-03T06:30:00Z"),
        ("1900-01-01T00:00Z", UTC, "1900-01-01T00:00:00Z"),
    ],
)
def test_an_instant_is_read_and_written(text: str, zone: ZoneInfo, instant: str) -> None:
    read = parse_instant(text, zone)
    assert read.tzinfo is UTC
    assert format_instant(read) == instant
    assert parse_instant(instant) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2013-03-10 02:30", "does not exist in America/New_York.*write 2013-03-10 03:30"),
        ("1899-12-31", "years run from 1900 to 9990"),
        ("9991-01-01", "years run from 1900 to 9990"),
        ("2013-01-04T07:35:10.5Z", "fraction of a second"),
        ("2013-02-30", "is no time: day is out of range"),
        ("2013-01-04T24:00Z", "is no time: hour must be in"),
        ("2013-01-04T07:35+24:00", "offsets run to 23:59"),
        ("2013-01-04Z", "is no time; write 2013-01-04T07:35Z"),
        ("04.01.2013", "is no time; write 2013-01-04T07:35Z"),
        ("2013-01-04T07:35z", "is no time; write 2013-01-04T07:35Z"),
        ("2013-01-04T07:35Z ", "is no time; write 2013-01-04T07:35Z"),
        ("", "is no time; write 2013-01-04T07:35Z"),
    ],
)
def test_text_that_is_no_instant_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        parse_instant(text, NEW_YORK)
    assert repr(text) in str(error.value)
    assert "2013-01-04" in str(error.value)


def test_only_aware_whole_seconds_are_written() -> None:
    local = datetime(2013, 1, 4, 2, 35, tzinfo=NEW_YORK)
    assert format_instant(local) == "2013-01-04T07:35:00Z"
    with pytest.raises(ValueError, match="no time zone"):
        format_instant(local.replace(tzinfo=None))
    with pytest.raises(ValueError, match="fraction of a second"):
        format_instant(local.replace(microsecond=1))


def test_a_clock_time_is_read() -> None:
    assert parse_clock("06:00") == time(6, 0)
    assert parse_clock("23:59:59") == time(23, 59, 59)


@pytest.mark.parametrize("text", ["", "6:00", "24:00", "06:60", "06", "06:00Z", "06:00+1d", "06:00:00.5"])
def test_text_that_is_no_clock_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_clock(text)
    assert str(error.value) == f"{text!r} is no time of day; write 00:00 to 23:59, e.g. 06:00"


def test_a_zone_is_found() -> None:
    assert parse_zone("America/New_York") is NEW_YORK
    assert parse_zone("UTC").utcoffset(None) in (None, timedelta(0))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("europe/berlin ", "did you mean Europe/Berlin?"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("New York", "did you mean America/New_York?"),
        ("", "write an IANA name, e.g. Europe/Berlin"),
        ("../../etc/passwd", "e.g. Europe/Berlin"),
        ("/etc/localtime", "e.g. Europe/Berlin"),
        ("localtime", "differs between machines; name a zone, e.g. Europe/Berlin"),
        ("Mars/Olympus_Mons", "no time zone"),
    ],
)
def test_an_unknown_zone_is_refused_with_close_spellings(name: str, hint: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_zone(name)
    assert repr(name) in str(error.value)
    assert hint in str(error.value)


def test_a_folder_of_zones_is_no_zone() -> None:
    with pytest.raises(ValueError, match="'America' is no time zone"):
        parse_zone("America")


def test_importing_the_package_leaves_croniter_out() -> None:
    code = "import sys, workbench.timetable; sys.exit('croniter' in sys.modules or 'difflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
