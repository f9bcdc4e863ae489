"""What the tasks of this folder do: plain Python on rows. The orchestrator knows none of it."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Rows = list[Row]
KEPT = ("carrier", "flight", "origin", "dest", "dep_delay")
NUMBERS = ("dep_time", "dep_delay", "arr_delay", "sched_dep_time", "flight")


def extract(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """The flights of the three airports: whatever is there."""
    return [*ewr, *jfk, *lga]


def download(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """The same, in a level whose task is called so."""
    return [*ewr, *jfk, *lga]


def clean(extract: Rows) -> Rows:
    """Numbers as numbers; a flight that never left has no departure time."""
    return [typed(row) for row in extract]


def clean_raw(raw_flights: Rows) -> Rows:
    """`clean`, from the table that `extract` or `download` filled. A time of day that does not exist is an error."""
    return [checked(typed(row)) for row in raw_flights]


def report(stg_flights: Rows) -> Rows:
    return stg_flights


def typed(row: Row) -> Row:
    return {**row, **{name: None if row[name] == "NA" else int(row[name]) for name in NUMBERS}}


def checked(row: Row) -> Row:
    if row["sched_dep_time"] > 2359:
        raise ValueError(f"{row['carrier']} {row['flight']} is to leave at {row['sched_dep_time']}")
    return row


# D3: one load for each airport


def load_ewr(extract: Rows) -> Rows:
    return [row for row in extract if row["origin"] == "EWR"]


def load_jfk(extract: Rows) -> Rows:
    return [row for row in extract if row["origin"] == "JFK"]


def load_lga(extract: Rows) -> Rows:
    return [row for row in extract if row["origin"] == "LGA"]


def union(fct_ewr: Rows, fct_jfk: Rows, fct_lga: Rows) -> Rows:
    return [*fct_ewr, *fct_jfk, *fct_lga]


# D7: three feeds, read by position


def stage_by_position(lga: Rows) -> Rows:
    """v1: a column is known by its place, so a new one in the middle moves all that follow."""
    return lga


def stage_by_name(lga: Rows) -> Rows:
    """v2: by the header of the file. The vendor's new column stands before `dep_delay`, and is not one of ours."""
    return [_aligned(row) for row in lga]


def _aligned(row: Row) -> Row:
    if "column_20" not in row:  # as the contract says
        return row
    names, values = list(row)[:-1], list(row.values())
    del values[names.index("dep_delay")]
    return dict(zip(names, values, strict=True))


def union_of_feeds(stg_ewr: Rows, stg_jfk: Rows, stg_lga: Rows) -> Rows:
    """When the flights of each airport left."""
    feeds = {"EWR": stg_ewr, "JFK": stg_jfk, "LGA": stg_lga}
    return [_left(airport, row) for airport, rows in feeds.items() for row in rows]


def _left(airport: str, row: Row) -> Row:
    names = ("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time")
    return {"airport": airport, **{name: row[name] for name in names}}


# L5.1 and D9: June


def clean_v1(nyc: Rows) -> Rows:
    """One flight for each carrier and number, of a day. (Two airports may use the same.)"""
    return _first_of(nyc, ("carrier", "flight"))


def clean_v2(nyc: Rows) -> Rows:
    """One flight for each carrier, number and airport, of a day."""
    return _first_of(nyc, ("carrier", "flight", "origin"))


def _first_of(rows: Rows, key: tuple[str, ...]) -> Rows:
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in key), {name: row[name] for name in KEPT})
    return list(found.values())


def delay_by_carrier(stg_flights: Rows) -> Rows:
    """Flights and mean departure delay (minutes) of each carrier over the days that are there."""
    found: dict[str, list[int | None]] = {}
    for row in stg_flights:
        delay = None if row["dep_delay"] == "NA" else int(row["dep_delay"])
        found.setdefault(row["carrier"], []).append(delay)
    return [_feature(carrier, delays) for carrier, delays in sorted(found.items())]


def _feature(carrier: str, delays: list[int | None]) -> Row:
    known = [delay for delay in delays if delay is not None]
    mean = round(sum(known) / len(known), 4) if known else None
    return {"carrier": carrier, "flights": len(delays), "delay_7d": mean}
