"""The tables of real orchestrators, row by row, and what docs/semantics.md says about them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance import FOLDER, Row, Table, backfills, rows_of, rules, ticks, timetables
from workbench.timetable import Grid, Unit

TABLES = [*timetables.TABLES, *rules.TABLES, *backfills.TABLES, *ticks.TABLES]
ROWS = [(table, row) for table in TABLES for row in table.rows if not table.left(row)]
PAGE = Path(__file__).resolve().parent.parent / "docs" / "semantics.md"


def named(value: object) -> str:
    return value.name if isinstance(value, Table) else ""


@pytest.mark.parametrize(("table", "row"), ROWS, ids=named)
def test_a_row(table: Table, row: Row) -> None:
    assert table.answer(row) == table.expected(row)


def lists_in(file: Path) -> set[str]:
    """The lists of rows in a file; those of a part have its name in theirs."""
    lists = json.loads(file.read_text("utf-8"))
    for key, value in [(key, value) for key, value in lists.items() if isinstance(value, dict)]:
        lists |= {f"{key}.{part}": rows for part, rows in value.items()}
    return {key for key, rows in lists.items() if isinstance(rows, list) and isinstance(rows[0], dict)}


def test_every_list_of_rows_is_accounted_for() -> None:
    files = {file.stem: lists_in(file) for file in FOLDER.glob("*.json")}
    said = Counter((table.file, table.part) for table in TABLES)
    assert set(said) == {(file, part) for file, parts in files.items() for part in parts}
    assert set(said.values()) == {1}


# what the page says


def line_of(table: Table) -> str:
    reasons = Counter(table.left(row) for row in table.rows)
    met = reasons.pop("", 0)
    return f"| `{table.name}` | {len(table.rows)} | {met} | {'; '.join(reasons)} |"


def test_the_page_has_a_true_line_for_each_table() -> None:
    files = {table.file for table in TABLES}
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    said = [line for line in lines if line.split("`")[1].partition(":")[0] in files]
    assert sorted(said) == sorted(map(line_of, TABLES))


def test_the_page_says_how_often_one_pass_and_the_fixpoint_differ() -> None:
    rows = rows_of("airflow_dagrun_state_computed")
    found = Counter((row["dagrun_state"], rules.at_the_fixpoint(row)) for row in rows)
    differ = {pair: count for pair, count in found.items() if pair[0] != pair[1]}
    assert set(differ) == {("running", "failed"), ("running", "success")}
    text = " ".join(PAGE.read_text("utf-8").split())
    failed, good = differ["running", "failed"], differ["running", "success"]
    assert f"in {failed + good} of {len(rows)} rows" in text
    assert f"{failed} then end failed and {good} in success" in text


# what the tables share with our grid

UNITS: dict[str, Unit] = {"hourly": "hour", "daily": "day", "monthly": "month"}


@pytest.mark.parametrize(
    "row",
    rows_of("dagster_partition_windows_computed"),
    ids=lambda row: f"{row['kind']}-{row['tz']}",
)
def test_windows_of_dagster_are_those_of_our_grid(row: Row) -> None:
    """But for days that begin at another hour, which our grid does not have."""
    windows = ticks.windows_of(row)
    grid = Grid(UNITS[row["kind"]], ticks.time_windows_of(row).zone)
    ours = [(w.start, w.end) for w in grid.between(windows[0].start, windows[-1].end)]
    assert (ours == [tuple(w) for w in windows]) is ("hour_offset" not in row)
