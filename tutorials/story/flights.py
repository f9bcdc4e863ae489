"""What the tasks of friday.yaml do: plain Python on rows. The orchestrator knows none of it."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]


def extract(ewr: Rows, lga: Rows, jfk: Rows) -> Rows:
    """Collect the flights of the three airports: whatever is there."""
    return [*ewr, *lga, *jfk]


def clean(extract: Rows) -> Rows:
    """A flight that never left has no departure time, and counts as cancelled."""
    return [{**row, "cancelled": row["dep_time"] == "NA"} for row in extract]
