"""Rows that are only counted: no file is read, no function is called, and numbers add up all the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

import workbench as wb
from workbench.history import SavedBranch
from workbench.scenario.rows import Store
from workbench.session import Session

PIPELINE = """
dag: d
schedule: "0 6 * * *"
start: 2013-01-01
inputs:
  jfk: {expected: "05:50", path: "there/is/no/{partition}.csv", rows: 300}
  ewr: {expected: "05:50", rows: 120}
  lga: {expected: "05:50"}
datasets:
  stg: {mode: append}
  marts: {mode: merge, key: [day]}
tasks:
  load: {needs: [jfk, ewr], run: "nowhere:load", writes: [stg]}
  same: {needs: [load]}
  joined: {needs: [same], reads: [ewr], sql: "SELECT 1", writes: [marts]}
  unknown: {needs: [lga]}
  partly: {needs: [unknown, same]}
  both: {needs: [same, partly], run: "nowhere:both"}
  week: {needs: [joined], reads: [stg@-6..0], run: "nowhere:week", code: {v2: "nowhere:week"}, writes: [weekly]}
---
rows: count
---
scenario: s
from: 2013-01-03T05:00Z
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    code = "def load(jfk, ewr): 1 / 0\ndef week(stg): 1 / 0\ndef both(same): 1 / 0\n"
    (tmp_path / "nowhere.py").write_text(code, encoding="utf-8")
    (tmp_path / "p.yaml").write_text(dedent(PIPELINE), encoding="utf-8")
    return wb.load(tmp_path / "p.yaml")


def counts(s: Session, day: str) -> dict[str, int | None]:
    run = s.state.known.run_of("d", day)
    assert run is not None
    return {name: cell.attempts[-1].rows for name, cell in run.cells.items() if cell.attempts}


def versions(s: Session, dataset: str, day: str) -> list[tuple[str, int | None, int | None]]:
    found = s.state.known.data.versions[dataset, day]
    return [(one.mode, one.added, one.rows) for one in found]


def test_tasks_make_as_many_rows_as_they_take(session: Session) -> None:
    session.run_until("2013-01-04T09:00Z")
    assert counts(session, "2013-01-02") == {
        "load": 420,
        "same": 420,
        "joined": 540,
        "unknown": None,
        "partly": 420,
        "both": 840,
        "week": 960,
    }
    assert counts(session, "2013-01-03")["week"] == 540 + 2 * 420


def test_writes_add_up_or_take_the_place(session: Session) -> None:
    session.run_until("2013-01-03T09:00Z")
    session.rerun("d.load@2013-01-02", down=True)
    session.run_until("2013-01-03T12:00Z")
    assert versions(session, "stg", "2013-01-02") == [("append", 420, 420), ("append", 420, 840)]
    assert versions(session, "marts", "2013-01-02") == [("merge", 540, 540), ("merge", 960, 960)]


def test_equal_inputs_give_equal_contents(session: Session) -> None:
    """Another version of the code makes another content, where the task has several."""
    session.run_until("2013-01-03T09:00Z")
    for version in ("v1", "v2", "v3"):
        session.deploy("d", version) if version != "v1" else None
        for task in ("joined", "week"):
            session.rerun(f"d.{task}@2013-01-02")
            session.run_until(session.now + timedelta(hours=1))
    found = session.state.known.data.versions
    assert len({one.content for one in found["marts", "2013-01-02"]}) == 1
    contents = [one.content for one in found["weekly", "2013-01-02"]]
    assert [contents.index(one) for one in contents] == [0, 0, 2, 0]  # the first, again, of v2, of v3: `run` again


def test_a_counted_log_goes_on_in_another_process(session: Session) -> None:
    session.run_until("2013-01-05T09:00Z")
    log = list(session.branch.log)
    for n in range(0, len(log), 7):
        other = Session(session.workspace, session.scenario)
        horizon = (log[n - 1].at if n else other.start) - timedelta(seconds=1)
        other.adopt([SavedBranch("A", None, 0, horizon, log[:n])], "A")
        other.run_until("2013-01-05T09:00Z")
        assert other.branch.log == log, f"from event {n}"


def test_the_short_way_finds_what_the_long_way_does(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.run_until("2013-01-05T09:00Z")
    plans = session.state.known.plans["d"].tasks
    assert [name for name, plan in plans.items() if plan.sums] == ["partly", "both"]
    monkeypatch.setattr("workbench.scenario.attempts.Attempts.spared", lambda *given: None)
    other = Session(session.workspace, session.scenario)
    other.run_until("2013-01-05T09:00Z")
    assert other.branch.log == session.branch.log


def test_a_content_says_how_many_rows_it_has() -> None:
    store = Store()
    one, same, other = store.put_count(7, "a"), store.put_count(7, "a"), store.put_count(7, "b")
    assert (one == same, one == other, store.count(one), store.has(one)) == (True, False, 7, True)
    assert (store.get(one), store.size(one)) == (None, None)
    assert Store().count(one) == 7
