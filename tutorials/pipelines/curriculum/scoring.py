"""What the tasks of l5_4.yaml do: how late a flight will arrive, by how late it left and how its route went before."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Rows = list[Row]
KEPT = ("carrier", "flight", "origin", "dest", "dep_delay", "arr_delay")


def stage(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:
    """The flights of the three airports, with numbers as numbers (minutes)."""
    return [_typed(row) for row in [*ewr, *jfk, *lga]]


def preprocess_v1(stg_flights: Rows) -> Rows:
    """What a model looks at, of the flights that left. `left` is how many minutes late."""
    return [{**row, "left": row["dep_delay"]} for row in stg_flights if row["dep_delay"] is not None]


def preprocess_v2(stg_flights: Rows) -> Rows:
    """The same, in hours."""
    return [{**row, "left": row["left"] / 60} for row in preprocess_v1(stg_flights)]


def train(preprocess: Rows, ctx: Any) -> Rows:
    """As simple as can be: a factor for `left`, and what each airline lost or gained on its way to each place."""
    known = [row for row in preprocess if row["arr_delay"] is not None]
    factor = _slope([(row["left"], row["arr_delay"]) for row in known])
    ways: dict[tuple[str, str], list[float]] = {}
    for row in known:
        ways.setdefault((row["carrier"], row["dest"]), []).append(row["arr_delay"] - factor * row["left"])
    week = ctx.start.date().isoformat()
    return [_learned(week, way, factor, rest) for way, rest in sorted(ways.items())]


def predict(preprocess: Rows, models: Rows) -> Rows:
    """Minutes late at the end, by the newest model that is there; none for a way that it has never seen."""
    newest = max((row["week"] for row in models), default="")
    ways = {(row["carrier"], row["dest"]): row for row in models if row["week"] == newest}
    return [_predicted(row, ways.get((row["carrier"], row["dest"]))) for row in preprocess]


def _typed(row: Row) -> Row:
    return {name: _number(row[name]) if name.endswith(("delay", "flight")) else row[name] for name in KEPT}


def _number(text: str) -> int | None:
    return None if text == "NA" else int(float(text))


def _slope(points: list[tuple[float, float]]) -> float:
    """Least squares."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return round(sum((x - mean_x) * (y - mean_y) for x, y in points) / spread, 4)


def _learned(week: str, way: tuple[str, str], factor: float, rest: list[float]) -> Row:
    offset = round(sum(rest) / len(rest), 2)
    return {"week": week, "carrier": way[0], "dest": way[1], "factor": factor, "offset": offset}


def _predicted(row: Row, learned: Row | None) -> Row:
    names = {name: row[name] for name in ("carrier", "flight", "origin", "dest")}
    expected = None if learned is None else round(learned["factor"] * row["left"] + learned["offset"], 1)
    return {**names, "expected": expected, "arrived": row["arr_delay"]}
