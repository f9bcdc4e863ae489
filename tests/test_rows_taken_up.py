"""Law 5 with data: a log that is cut anywhere and taken up again, also by a process that has made no rows, goes on the
same way: versions, checks, late writers, appends, and what tries saw of things that have changed since."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

import workbench as wb
from workbench.engine.events import COMMANDS
from workbench.history import SavedBranch
from workbench.session import Session

PIPELINE = """
dag: daily
schedule: "0 6 * * *"
start: 2013-01-01
inputs:
  sales: {expected: "05:50", path: "sales/{partition}.csv"}
  fares: {expected: "06:12", path: "fares.csv"}
datasets:
  stg: {mode: append, checks: {volume: {kind: rows, min: 1, severity: block}}}
  marts: {mode: merge, key: [day, name], fenced: true, checks: {few: {kind: rows, max: 4, severity: block}}}
tasks:
  load: {needs: [sales], reads: [fares], run: "code:load", takes: 5m, retries: {max: 2, delay: 2m}}
  stage:
    needs: [load]
    code: {v1: "code:stage", v2: "code:stage_right"}
    writes: [stg]
    takes: 10m
    timeout: 30m
    retries: {max: 3, delay: 2m}
  running: {needs: [stage], reads: [running@-1], run: "code:running", takes: 1m}
  mart: {needs: [running], reads: [stg], run: "code:mart", writes: [marts], takes: 5m, retries: {max: 2, delay: 2m}}
  gate: {needs: [mart], checks: [marts.few], takes: 2m}
---
dag: weekly
schedule: {any: [marts]}
tasks:
  span: {reads: [stg@-6..0], sql: "SELECT amount, count(*) AS n FROM stg GROUP BY amount", writes: [spans], takes: 3m}
  copy: {needs: [span], reads: [daily.load, stg], run: "code:copy", takes: 90m}
---
scenario: rough
from: 2013-01-03T05:00Z
faults:
  - zombie: {task: daily.stage, partition: 2013-01-02, after: 1m, noticed: 3m, commits: 26m}
  - zombie: {task: daily.mart, partition: 2013-01-03, after: 1m, noticed: 3m, commits: 14m}
  - lost_answer: {task: daily.stage, partition: 2013-01-03, noticed: 5m}
  - flaky: {task: daily.load, partition: 2013-01-03, tries: 1}
"""
CODE = """
def load(sales, fares, ctx):
    return [{**row, "fares": len(fares), "missing": list(ctx.missing)} for row in sales]

def stage(load, ctx):
    return [{"day": ctx.partition, "amount": row["amount"], "code": ctx.code, "number": ctx.number} for row in load]

def stage_right(load, ctx):
    return stage(load[:1], ctx)

def running(stage, running, ctx):
    return [{"day": ctx.partition, "n": len(stage) + sum(row["n"] for row in running)}]

def mart(running, stg):
    return [{"day": row["day"], "name": row["amount"], "of": running[0]["n"]} for row in stg]

def copy(span, daily_load, stg):
    return [*span, {"loaded": len(daily_load), "staged": len(stg)}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.yaml").write_text(PIPELINE, encoding="utf-8")
    (tmp_path / "code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "fares.csv").write_text("fare\n1\n", encoding="utf-8")
    (tmp_path / "sales").mkdir()
    for day in range(1, 6):
        rows = "".join(f"{n}\n" for n in range(day))
        (tmp_path / "sales" / f"2013-01-{day:02}.csv").write_text(f"amount\n{rows}", encoding="utf-8")
    return tmp_path


def made(folder: Path) -> Session:
    return wb.load(folder / "p.yaml")


def told(s: Session) -> list[str]:
    return [repr(event) for event in s.branch.log]


def versions(s: Session, dataset: str, day: str) -> list[str]:
    found = s.state.known.data.versions.get((dataset, day), ())
    return [f"v{v.n} {v.at:%H:%M} try {v.number} {v.mode} +{v.added} = {v.rows} {v.state}" for v in found]


def taken_up(folder: Path, log: list[wb.Event], n: int) -> Session:
    """Another process, which knows nothing but the first n events."""
    s = made(folder)
    horizon = (log[n - 1].at if n else s.start) - timedelta(seconds=1)
    s.adopt([SavedBranch("A", None, 0, horizon, list(log[:n]))], "A")
    return s


def check_all_cursors(folder: Path, s: Session, until: str) -> None:
    """From each cursor up to the next command, in this process and in another one."""
    log, whole = list(s.branch.log), told(s)
    commands = [n for n, event in enumerate(log) if isinstance(event, COMMANDS)]
    for n in range(len(log) + 1):
        ahead = next((place for place in commands if place >= n), len(log))
        end = log[ahead].at if ahead < len(log) else s.instant(until)
        for other in (taken_up(folder, log, n), forked(s, n)):
            other.run_until(end)
            assert told(other)[:ahead] == whole[:ahead], f"from event {n}"
            assert ahead == len(other.branch.log) or ahead < len(log), f"from event {n}"


def forked(s: Session, n: int) -> Session:
    return s.seek(n).fork()


def test_the_story_of_late_writers_and_appends(folder: Path) -> None:
    s = made(folder)
    s.run_until("2013-01-04T09:00Z")
    # The first try was given up at 06:09 and wrote at 06:31 all the same. Nobody refused it: the rows are there twice.
    assert versions(s, "stg", "2013-01-02") == [
        "v1 06:21 try 2 append +2 = 2 replaced",
        "v2 06:31 try 1 append +2 = 4 live",
    ]
    assert versions(s, "marts", "2013-01-02") == ["v1 06:27 try 1 merge +2 = 2 live"]
    # An answer was lost, so the work was done twice. A merge gets over that; its own late write is refused.
    assert versions(s, "stg", "2013-01-03") == [
        "v1 06:22 try 1 append +3 = 3 replaced",
        "v2 06:39 try 2 append +3 = 6 live",
    ]
    assert versions(s, "marts", "2013-01-03") == [
        "v1 06:51 try 2 merge +6 = 3 live",
        "v2 06:54 try 1 merge +6 = 3 fenced",
    ]


def test_from_every_cursor(folder: Path) -> None:
    s = made(folder)
    s.run_until("2013-01-04T09:00Z")
    check_all_cursors(folder, s, "2013-01-04T09:00Z")


def test_from_every_cursor_after_commands(folder: Path) -> None:
    """Tries that run while what they have seen is made anew, and code that is deployed meanwhile."""
    s = made(folder)
    s.run_until("2013-01-03T06:40:30Z")
    s.rerun("daily.load@2013-01-02", down=True)
    s.run_until("2013-01-03T06:43Z")
    s.deploy("daily.stage", "v2")
    s.run_until("2013-01-03T06:52Z")
    s.rerun("daily.load@2013-01-02")
    s.run_until("2013-01-03T07:02Z")
    s.rerun("daily.stage@2013-01-02", down=True)
    s.run_until("2013-01-03T09:00Z")
    # It began at 06:30, before the late write of 06:31 and all that was made anew after 06:40.
    run = s.state.known.runs_of("weekly", "2013-01-02")[0]
    content = run.cells["copy"].attempts[-1].content
    assert content is not None
    assert (s._dataflow.store.get(content) or [])[-1] == {"loaded": 2, "staged": 2}
    check_all_cursors(folder, s, "2013-01-03T09:00Z")


def test_a_long_chain_is_made_again(tmp_path: Path) -> None:
    """Each day's rows need those of the day before."""
    chain = """
        dag: d
        schedule: "0 6 * * *"
        start: 2012-01-01
        tasks:
          sum: {reads: [sum@-1], run: "code:total"}
    """
    (tmp_path / "p.yaml").write_text(dedent(chain), encoding="utf-8")
    (tmp_path / "code.py").write_text(
        "def total(sum): return [{'n': 1 + len(sum and [0]) * sum[0]['n'] if sum else 1}]\n"
    )
    s = wb.load(tmp_path / "p.yaml")
    s.run_until("2013-02-01T07:00Z")
    run = s.state.known.run_of("d", "2013-01-31")
    assert run is not None
    content = run.cells["sum"].attempts[-1].content
    assert content is not None
    assert s._dataflow.store.get(content) == [{"n": 397}]
    other = taken_up(tmp_path, s.branch.log, len(s.branch.log))
    other.run_until("2013-02-02T07:00Z")
    s.run_until("2013-02-02T07:00Z")
    assert told(other) == told(s)
