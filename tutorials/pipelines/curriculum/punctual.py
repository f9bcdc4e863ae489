"""What the tasks of l4_1.yaml do: how many flights of each airport were on time."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Rows = list[Row]


def pull(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """The files of the vendor, as they are."""
    return [*ewr, *jfk, *lga]


def shape(pull: Rows) -> Rows:
    """A row for each airport."""
    return punctual(pull, 1)


def pull_and_shape_v1(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """On time is: not a minute late."""
    return punctual([*ewr, *jfk, *lga], 1)


def pull_and_shape_v2(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """On time is: less than 15 minutes late."""
    return punctual([*ewr, *jfk, *lga], 15)


def punctual(rows: Rows, late: int) -> Rows:
    """Flights of each airport, and those that arrived less than so many minutes late."""
    return [_airport(name, [row for row in rows if row["origin"] == name], late) for name in _airports(rows)]


def _airports(rows: Rows) -> list[str]:
    return sorted({row["origin"] for row in rows})


def _airport(name: str, rows: Rows, late: int) -> Row:
    on_time = sum(row["arr_delay"] != "NA" and int(row["arr_delay"]) < late for row in rows)
    return {"origin": name, "flights": len(rows), "on_time": on_time}
