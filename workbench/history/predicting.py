"""Predictions as a file keeps them: rows of the table `prediction`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from workbench.timetable import format_instant, parse_instant

Value = int | float | str


class Predicted(NamedTuple):
    """What somebody said before it was known. `asked_at`: the simulated instant (UTC), in the `future` of that name.
    `how`: where the truth is found, as JSON data. `told_at`, `told_in`: the instant and the future in which it was
    first told, and what it `was`; None until then."""

    id: int
    asked_at: datetime
    future: str
    question: str
    said: Value
    how: Mapping[str, object]
    was: Value | None = None
    told_at: datetime | None = None
    told_in: str | None = None


_COLUMNS = ("id", "asked_at", "future", "question", "said", "was", "told_at", "told_in", "how")
_WRITE = f"INSERT OR REPLACE INTO prediction (recording, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)})"
_READ = f"SELECT {', '.join(_COLUMNS)} FROM prediction WHERE recording = ? ORDER BY id"


def write_predictions(connection: sqlite3.Connection, recording: int, some: Iterable[Predicted]) -> None:
    """Inside a transaction of the caller's. One that is there already is written anew."""
    connection.executemany(_WRITE, ((recording, *_row(one)) for one in some))


def predictions_in(connection: sqlite3.Connection, recording: int) -> tuple[Predicted, ...]:
    """Those of a recording, in the order in which they were made. Raises ValueError, KeyError or TypeError when they
    cannot be read."""
    return tuple(_prediction(*row) for row in connection.execute(_READ, (recording,)))


def _row(one: Predicted) -> tuple[object, ...]:
    told = one.told_at and format_instant(one.told_at)
    how = json.dumps(one.how, ensure_ascii=False, sort_keys=True)
    return (
        one.id, format_instant(one.asked_at), one.future, one.question, one.said, one.was, told, one.told_in, how,
    )  # fmt: skip


def _prediction(
    number: int,
    asked: str,
    future: str,
    question: str,
    said: Value,
    was: Value | None,
    told_at: str | None,
    told_in: str | None,
    how: str,
) -> Predicted:
    found = json.loads(how)
    if not isinstance(found, dict):
        raise ValueError("how it is found is no object")
    told = parse_instant(told_at) if told_at else None
    return Predicted(number, parse_instant(asked), future, question, said, found, was, told, told_in)
