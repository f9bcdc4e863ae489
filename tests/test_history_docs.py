"""docs/history.md: every example runs and shows something, and every table and column is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import workbench as wb
from tests.data_cases import judged, kept
from workbench.engine import EVENTS, Event, RunKey
from workbench.engine.events import DeadlineMissed, RunsRequested, WorkDone
from workbench.history import History, Predicted

TEXT = (Path(__file__).parent.parent / "docs" / "history.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sql\n(.+?)```", TEXT, re.DOTALL)
SECTIONS = dict(re.findall(r"^### (\w+)\n(.+?)(?=^##)", TEXT, re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    """The late file of JFK, and what if clean had waited for it; then a backfill, a deadline and work done twice."""
    with History.memory() as history:
        session = wb.sample("daily_flights", "late_jfk")
        session.run_until()
        session.seek("2013-01-04 05:55").edit(wb.WaitFor("extract", ("jfk",)))
        session.run_until()
        branch, at = session.branch, session.now
        branch.command(backfill(at))
        branch.run(at + timedelta(hours=1))
        branch.adopt(unseen(branch.reached), branch.reached)
        recorder = history.begin(session.workspace, session.scenario, session.start)
        recorder.write(branch, branch.state_at(len(branch.log)))
        recorder.predict([said(number, what) for number, what in enumerate((914, 914, 596), 1)])
        yield history


@pytest.fixture(scope="module")
def shop() -> Iterator[History]:
    """The small shop, whose board day was read with a row twice: what the sections about data show."""
    with History.memory() as history:
        session, recorder = kept(history)
        recorder.judge(session.branch, judged(session))
        yield history


def backfill(at: datetime) -> RunsRequested:
    again = RunKey("daily_flights", "2013-01-01", "backfill", 1)
    day = wb.instant("2013-01-01T00:00Z")
    window = (again, day, day + timedelta(days=1))
    return RunsRequested(at, "daily_flights", "backfill", (window,), 1, "Tuesday again", 0)


def said(number: int, what: int) -> Predicted:
    asked, told = wb.instant("2013-01-04T05:45Z"), wb.instant("2013-01-04T06:15Z")
    how = {"rows": "pub_punctuality@2013-01-03"}
    return Predicted(number, asked, "A", "Flights in the 06:15 report?", what, how, 596, told, "A")


def unseen(at: datetime) -> list[Event]:
    """What this sample has not by itself."""
    return [
        WorkDone(at, RunKey("daily_flights", "2013-01-02"), "publish", 1, 0),
        DeadlineMissed(at, "daily_flights", "2013-01-03", "publish", at - timedelta(hours=1), 0),
    ]


ABOUT_DATA = TEXT[TEXT.index("## Tables about data") : TEXT.index("## What is guaranteed")]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0][:40])
def test_an_example_shows_something(history: History, shop: History, example: str) -> None:
    assert (shop if example in ABOUT_DATA else history).query(example)


def columns_of(history: History, name: str) -> list[str]:
    return [row["name"] for row in history.query(f"PRAGMA table_xinfo({name})")]


def test_every_table_and_view_is_described_with_its_columns(history: History) -> None:
    names = {row["name"] for row in history.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    assert set(SECTIONS) <= names
    for name, text in SECTIONS.items():
        assert f"| {' | '.join(columns_of(history, name))} |" in text, name
        assert "```sql" in text, name
    for name in sorted(names - set(SECTIONS)):
        first, _, plain = name.partition("_")
        assert f"### {plain}\n" in ABOUT_DATA, name
        assert columns_of(history, name) == [{"all": "branch", "future": "future"}[first], *columns_of(history, plain)]


def test_every_kind_of_event_is_described() -> None:
    assert [kind for kind in EVENTS if f"`{kind}`" not in SECTIONS["event"]] == []
