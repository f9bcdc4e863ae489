"""What the tasks of daily_flights.yaml do: plain Python on rows. The orchestrator knows none of it."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]
NUMBERS = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "distance", "flight")


def extract(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """Collect the flights of the three airports: whatever is there."""
    return [*ewr, *jfk, *lga]


def clean(extract: Rows) -> Rows:
    """Numbers as numbers; a flight that never left has no departure time and counts as cancelled."""
    return [_typed(row) for row in extract]


def by_airport(daily_flights_publish: Rows) -> Rows:
    """Flights, cancellations and the mean arrival delay (minutes) of each airport."""
    airports = sorted({row["origin"] for row in daily_flights_publish})
    return [_airport(name, [r for r in daily_flights_publish if r["origin"] == name]) for name in airports]


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: None if row[name] == "NA" else int(row[name]) for name in NUMBERS}
    return {**row, **numbers, "cancelled": row["dep_time"] == "NA"}


def _airport(name: str, rows: Rows) -> dict[str, Any]:
    delays = [row["arr_delay"] for row in rows if row["arr_delay"] is not None]
    mean = round(sum(delays) / len(delays), 1) if delays else None
    return {"origin": name, "flights": len(rows), "cancelled": sum(r["cancelled"] for r in rows), "mean_delay": mean}
