"""Answers of a history as text: a table, comma-separated values, or JSON data."""

from __future__ import annotations

import csv
import io
from typing import Any

from workbench.history import Answer


def as_table(answer: Answer) -> list[str]:
    """Columns side by side, numbers to the right; what is NULL stays empty."""
    if not answer.rows:
        return ["No row is like that."]
    rows = [[_text(value) for value in row] for row in answer.rows]
    widths = [max(len(row[i]) for row in [list(answer.columns), *rows]) for i in range(len(answer.columns))]
    right = [all(isinstance(row[i], int | float | None) for row in answer.rows) for i in range(len(widths))]
    ruled = [list(answer.columns), ["-" * width for width in widths], *rows]
    return [
        "  ".join(cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in ruled
    ]


def as_csv_text(answer: Answer) -> str:
    """With a line of names on top."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows(["" if value is None else _plain(value) for value in row] for row in answer.rows)
    return text.getvalue()


def as_data(answer: Answer) -> dict[str, Any]:
    """`rows` as objects; `is_cut`: there were more."""
    rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
    return {"columns": list(answer.columns), "rows": rows, "is_cut": answer.is_cut}


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _text(value: Any) -> str:
    """One line of it."""
    return "" if value is None else " ".join(str(_plain(value)).splitlines())
