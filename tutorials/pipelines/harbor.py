"""What the neighbours of daily_flights do (harbor_air.yaml): weather, features, a model and its predictions."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]


def hours(weather: Rows) -> Rows:
    """An hour of weather is named by its instant: the hour that comes twice in autumn is two rows."""
    return [{name: row[name] for name in ("origin", "time_hour", "temp", "wind_speed", "visib")} for row in weather]


def train(stg_flights: Rows) -> Rows:
    """A model as simple as can be: the mean arrival delay (minutes) of each carrier to each place, in one week."""
    delays: dict[tuple[str, str], list[int]] = {}
    for row in stg_flights:
        if row["arr_delay"] is not None:
            delays.setdefault((row["carrier"], row["dest"]), []).append(row["arr_delay"])
    return [
        {"carrier": carrier, "dest": dest, "delay": round(sum(found) / len(found), 2)}
        for (carrier, dest), found in sorted(delays.items())
    ]


def preprocess(stg_flights: Rows) -> Rows:
    """What the model looks at."""
    return [{name: row[name] for name in ("carrier", "flight", "origin", "dest")} for row in stg_flights]


def predict(preprocess: Rows, fare_models: Rows) -> Rows:
    """The model's answer for each flight; none for a route that it has never seen."""
    answers = {(row["carrier"], row["dest"]): row["delay"] for row in fare_models}
    return [{**row, "expected_delay": answers.get((row["carrier"], row["dest"]))} for row in preprocess]
