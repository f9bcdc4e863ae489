"""The flights and the weather that ship: what `CHECKSUMS.txt` and `README.md` say of them is so."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from tutorials.data.nycflights13 import pack

FOLDER = Path(str(files("tutorials"))) / "data" / "nycflights13"
AIRPORTS = ("ewr", "jfk", "lga")
DAYS = tuple(f"2013-01-{day:02}" for day in range(1, 15))


def checksums() -> list[tuple[str, str, int]]:
    lines = (FOLDER / "CHECKSUMS.txt").read_text("utf-8").splitlines()
    found = [re.fullmatch(r"([0-9a-f]{64})  (\S+\.csv)  (\d+) rows", line) for line in lines]
    assert all(found)
    return [(match[1], match[2], int(match[3])) for match in found if match]


def counts(folder: str) -> dict[str, int]:
    """Rows by day."""
    return {Path(name).stem: count for _, name, count in checksums() if name.startswith(f"{folder}/")}


def content(name: str) -> bytes:
    return gzip.decompress((FOLDER / f"{name}.gz").read_bytes())


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(name).decode("utf-8"), newline="")))


def flights(day: str) -> list[dict[str, str]]:
    return [row for airport in AIRPORTS for row in rows_of(f"{airport}/{day}.csv")]


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    there = {path.relative_to(FOLDER).as_posix().removesuffix(".gz") for path in FOLDER.rglob("*.csv.gz")}
    listed = [name for _, name, _ in checksums()]
    wanted = [f"{airport}/{day}.csv" for airport in AIRPORTS for day in pack.FEEDS]
    wanted += [f"nyc/{day}.csv" for day in pack.SUMMER] + [f"weather/{day}.csv" for day in pack.WEATHER]
    assert listed == sorted(there) == sorted([*wanted, "planes.csv"])


@pytest.mark.parametrize("folder", [*AIRPORTS, "nyc", "weather"])
def test_checksums_and_counts(folder: str) -> None:
    for checksum, name, count in checksums():
        if name.startswith(f"{folder}/"):
            raw, rows = content(name), rows_of(name)
            assert (hashlib.sha256(raw).hexdigest(), len(rows)) == (checksum, count), name
            day = Path(name).stem
            here = {folder.upper()} if folder in AIRPORTS else {airport.upper() for airport in AIRPORTS}
            assert {row["origin"] for row in rows} == here
            assert {f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}" for row in rows} == {day}


def test_the_readme_counts_right() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    days = [sum(counts(airport)[day] for airport in AIRPORTS) for day in DAYS]
    said = re.search(r"Flights a day: ([\d, ]+)\.", readme)
    assert said is not None
    assert [int(number) for number in said[1].split(", ")] == days
    assert f"All {sum(days):,} flights" in readme


def test_days_that_lessons_stand_on() -> None:
    by_day = {day: sum(counts(airport)[day] for airport in AIRPORTS) for day in pack.FEEDS}
    assert (by_day["2013-02-08"], by_day["2013-02-09"], by_day["2013-11-28"]) == (930, 684, 634)
    assert [by_day[day] for day in ("2013-03-06", "2013-03-07", "2013-03-08")] == [972, 980, 979]
    assert [counts("lga")[day] for day in ("2013-03-06", "2013-03-07", "2013-03-08")] == [304, 306, 305]
    assert sum(count for day, count in counts("nyc").items() if day.startswith("2013-06")) == 28243


def test_a_blizzard_and_a_late_day_are_honest() -> None:
    blizzard = flights("2013-02-08")
    assert round(100 * sum(row["dep_time"] == "NA" for row in blizzard) / len(blizzard), 1) == 50.8
    for day, mean in (("2013-01-06", 4.24), ("2013-03-08", 85.86)):
        delays = [int(row["arr_delay"]) for row in flights(day) if row["arr_delay"] != "NA"]
        assert round(sum(delays) / len(delays), 2) == mean


def test_southwest_2269_left_two_airports_under_one_number() -> None:
    found = {}
    for day in pack.SUMMER:
        times = Counter((row["carrier"], row["flight"]) for row in rows_of(f"nyc/{day}.csv"))
        twice = [key for key, n in times.items() if n > 1]
        if twice:
            [found[day]] = twice
    saturdays = ("2013-06-08", "2013-06-15", "2013-06-22", "2013-06-29", "2013-07-06")
    assert found == dict.fromkeys(saturdays, ("WN", "2269"))


def test_weather_has_the_hours_that_new_york_had() -> None:
    hours = counts("weather")
    told = {"2013-03-09": 72, "2013-03-10": 69, "2013-03-11": 72, "2013-11-01": 68, "2013-11-02": 60}
    assert {day: hours[day] for day in told} == told
    assert (hours["2013-11-03"], hours["2013-11-04"]) == (72, 69)
    twice = Counter((row["origin"], row["hour"]) for row in rows_of("weather/2013-11-03.csv"))
    assert {key for key, n in twice.items() if n > 1} == {("EWR", "1"), ("JFK", "1"), ("LGA", "1")}


def test_a_cancelled_flight_has_no_departure_time() -> None:
    rows = rows_of("jfk/2013-01-03.csv")
    assert len(rows) == 318
    assert all(row["dep_time"] == "NA" or row["dep_time"].isdigit() for row in rows)


def test_files_are_packed_without_a_time_or_a_name_and_are_small() -> None:
    """So that packing the same rows again gives the same bytes."""
    packed = list(FOLDER.rglob("*.csv.gz"))
    for path in packed:
        header = path.read_bytes()[:10]
        assert (header[:3], header[3], header[4:8]) == (b"\x1f\x8b\x08", 0, b"\0\0\0\0"), path
    assert sum(path.stat().st_size for path in packed) < 1_500_000
