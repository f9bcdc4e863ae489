"""The flights that ship: what `CHECKSUMS.txt` and `README.md` say of them is so."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("tutorials"))) / "data" / "nycflights13"
AIRPORTS = ("ewr", "jfk", "lga")
DAYS = tuple(f"2013-01-{day:02}" for day in range(1, 15))


def checksums() -> list[tuple[str, str, int]]:
    lines = (FOLDER / "CHECKSUMS.txt").read_text("utf-8").splitlines()
    found = [re.fullmatch(r"([0-9a-f]{64})  (\S+\.csv)  (\d+) rows", line) for line in lines]
    assert all(found)
    return [(match[1], match[2], int(match[3])) for match in found if match]


def content(name: str) -> bytes:
    return gzip.decompress((FOLDER / f"{name}.gz").read_bytes())


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    there = {path.relative_to(FOLDER).as_posix().removesuffix(".gz") for path in FOLDER.rglob("*.csv.gz")}
    listed = [name for _, name, _ in checksums()]
    assert listed == sorted(there) == [f"{airport}/{day}.csv" for airport in AIRPORTS for day in DAYS]


@pytest.mark.parametrize("airport", AIRPORTS)
def test_checksums_and_counts(airport: str) -> None:
    for checksum, name, count in checksums():
        if name.startswith(airport):
            raw = content(name)
            rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))
            assert (hashlib.sha256(raw).hexdigest(), len(rows)) == (checksum, count), name
            day = Path(name).stem
            assert {row["origin"] for row in rows} == {airport.upper()}
            assert {f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}" for row in rows} == {day}


def test_the_readme_counts_right() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    days = [sum(count for _, name, count in checksums() if day in name) for day in DAYS]
    said = re.search(r"Flights a day: ([\d, ]+)\.", readme)
    assert said is not None
    assert [int(number) for number in said[1].split(", ")] == days
    assert f"All {sum(days):,} flights" in readme


def test_a_cancelled_flight_has_no_departure_time() -> None:
    rows = list(csv.DictReader(io.StringIO(content("jfk/2013-01-03.csv").decode("utf-8"), newline="")))
    assert len(rows) == 318
    assert all(row["dep_time"] == "NA" or row["dep_time"].isdigit() for row in rows)


def test_files_are_packed_without_a_time_or_a_name() -> None:
    """So that packing the same rows again gives the same bytes."""
    for path in FOLDER.rglob("*.csv.gz"):
        header = path.read_bytes()[:10]
        assert (header[:3], header[3], header[4:8]) == (b"\x1f\x8b\x08", 0, b"\0\0\0\0"), path
