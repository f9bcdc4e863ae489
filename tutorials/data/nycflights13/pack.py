"""Cut the slices of this folder out of the source, the same bytes every time: `python pack.py SOURCE`.

SOURCE is the folder that holds `flights.csv`, `weather.csv` and `planes.csv` of the package named in README.md. A
day is the local day of New York, as in the source's own columns year, month and day.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
Rows = list[dict[str, str]]
Slice = tuple[str, list[str], Rows]
TRIMMED = ["year", "month", "day", "sched_dep_time", "dep_time", "dep_delay", "arr_delay"]
TRIMMED += ["carrier", "flight", "origin", "dest"]
PLANE = ["tailnum", "manufacturer", "model", "seats"]


def days(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(start + timedelta(days=n)) for n in range((end - start).days + 1)]


FEEDS = [
    *days("2013-01-01", "2013-01-14"),
    *days("2013-02-07", "2013-02-09"),  # the blizzard
    *days("2013-03-05", "2013-03-09"),
    "2013-11-28",  # Thanksgiving
]
SUMMER = days("2013-05-26", "2013-07-06")
WEATHER = [
    *days("2013-01-01", "2013-01-14"),
    *days("2013-03-08", "2013-03-12"),
    *days("2013-11-01", "2013-11-05"),
]


def slices(source: Path) -> Iterator[Slice]:
    """Every file: its name, its columns, its rows in the order of the source."""
    flights, columns = _by_day(source / "flights.csv")
    for airport in ("ewr", "jfk", "lga"):
        for day in FEEDS:
            yield f"{airport}/{day}.csv", columns, [row for row in flights[day] if row["origin"] == airport.upper()]
    for day in SUMMER:
        yield f"nyc/{day}.csv", TRIMMED, flights[day]
    weather, columns = _by_day(source / "weather.csv")
    for day in WEATHER:
        yield f"weather/{day}.csv", columns, weather[day]
    planes, _ = _read(source / "planes.csv")
    yield "planes.csv", PLANE, planes


def _read(path: Path) -> tuple[Rows, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return list(rows), list(rows.fieldnames or ())


def _by_day(path: Path) -> tuple[dict[str, Rows], list[str]]:
    found: dict[str, Rows] = defaultdict(list)
    rows, columns = _read(path)
    for row in rows:
        found[f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}"].append(row)
    return found, columns


def packed(columns: list[str], rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def main(source: Path) -> None:
    told = []
    for name, columns, rows in slices(source):
        raw = packed(columns, rows)
        path = HERE / f"{name}.gz"
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped:  # no name, no time
            zipped.write(raw)
        told.append(f"{hashlib.sha256(raw).hexdigest()}  {name}  {len(rows)} rows\n")
    (HERE / "CHECKSUMS.txt").write_text("".join(sorted(told, key=lambda line: line.split()[1])), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
