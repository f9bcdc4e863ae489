"""docs/history.md: every example runs and shows something, and every table and column is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench as wb
from workbench.engine import EVENTS
from workbench.history import History

TEXT = (Path(__file__).parent.parent / "docs" / "history.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sql\n(.+?)```", TEXT, re.DOTALL)
SECTIONS = dict(re.findall(r"^### (\w+)\n(.+?)(?=^##)", TEXT, re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    """The late file of JFK, and what if clean had waited for it."""
    with History.memory() as history:
        session = wb.sample("daily_flights", "late_jfk", history=history)
        session.run_until()
        session.seek("2013-01-04 05:55").edit(wb.WaitFor("extract", ("jfk",)))
        session.run_until()
        yield history


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0][:40])
def test_an_example_shows_something(history: History, example: str) -> None:
    assert history.query(example)


def test_every_table_and_view_is_described_with_its_columns(history: History) -> None:
    names = history.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    assert sorted(SECTIONS) == sorted(row["name"] for row in names)
    for name, text in SECTIONS.items():
        columns = [row["name"] for row in history.query(f"PRAGMA table_info({name})")]
        assert f"| {' | '.join(columns)} |" in text, name
        assert "```sql" in text, name


def test_every_kind_of_event_is_described() -> None:
    assert [kind for kind in EVENTS if f"`{kind}`" not in SECTIONS["event"]] == []
