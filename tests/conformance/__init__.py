"""What real orchestrators answer, next to what we answer.

A `Table` names a list of rows in one of the JSON files here, says what a row expects and what our functions (those that
the engine itself uses, wherever the engine has the rule) answer, and why a row is left: it
speaks about something that does not exist here. All others must be met.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
Row = dict[str, Any]


def nothing(row: Row) -> str:
    """There is nothing to say against the row."""
    return ""


class Table(NamedTuple):
    """Rows of one file. `left` gives a reason, or nothing; rows that are left are not answered."""

    file: str
    answer: Callable[[Row], object]
    expected: Callable[[Row], object]
    part: str = "rows"
    left: Callable[[Row], str] = nothing

    @property
    def rows(self) -> list[Row]:
        return rows_of(self.file, self.part)

    @property
    def name(self) -> str:
        return self.file if self.part == "rows" else f"{self.file}: {self.part}"


@cache
def rows_of(file: str, part: str = "rows") -> list[Row]:
    found = json.loads((FOLDER / f"{file}.json").read_text("utf-8"))
    for key in part.split("."):
        found = found[key]
    rows: list[Row] = found
    return rows


def left_out(file: str, reason: str, part: str = "rows") -> Table:
    """A table about something that does not exist here."""
    return Table(file, nothing, nothing, part, left=lambda row: reason)


def instant(text: str) -> datetime:
    """Tables write UTC with Z, with an offset, or bare."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def maybe(text: str | None) -> datetime | None:
    return None if text is None else instant(text)
