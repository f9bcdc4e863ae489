"""Helpers of the tests of why."""

from __future__ import annotations

from typing import Any

from tests.samples import session
from workbench.engine import Event, Run
from workbench.engine.events import (
    DagPaused,
    RunKey,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.opening import sample_path
from workbench.session import Session
from workbench.views.why_run import WhyRun, explain_run

DAILY = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
"""
FROM_WED = """
    ---
    scenario: from_wednesday
    from: 2013-01-02T05:00Z
    until: 2013-01-03T05:00Z
"""


def why(s: Session, target: str, at: str) -> str:
    return str(s.why(target, at))


def head(s: Session, target: str, at: str) -> str:
    return s.why(target, at).headline


def said(s: Session, target: str, at: str) -> str:
    """The answer without its list of rules."""
    lines = str(s.why(target, at)).splitlines()
    return "\n".join(line for line in lines if line.strip()[:1] not in "✔✖⊘")


def run_why(s: Session, target: str, at: str) -> WhyRun:
    """Why a run is as it is at an instant."""
    s.seek(at)
    return explain_run(s.state.known, s.now, target)


# commands, as the events that they become


def command(s: Session, event: Event) -> None:
    """Add a command at the end of the log, and stand there."""
    s.branch.command(event)
    s.seek(len(s.branch.log))


def pause(s: Session, dag: str = "d") -> None:
    command(s, DagPaused(s.now, dag, True, f"pause {dag}", 0))


def unpause(s: Session, dag: str = "d") -> None:
    command(s, DagPaused(s.now, dag, False, f"unpause {dag}", 0))


def key(dag: str, partition: str, kind: str = "scheduled", n: int = 1) -> RunKey:
    return RunKey(dag, partition, kind, n)


def mark(s: Session, run: RunKey, task: str, state: str) -> None:
    command(s, TasksMarked(s.now, ((run, (task,)),), state, (), f"{task} is {state}", 0))


def clear(s: Session, run: RunKey, *tasks: str) -> None:
    command(s, TasksCleared(s.now, ((run, tasks),), f"clear {' '.join(tasks)}", 0))


def kill(s: Session, run: RunKey, task: str, became: str = "failed", again: Any = None) -> None:
    command(s, TasksKilled(s.now, ((run, task, became, again),), f"kill {task}", 0))


def settings(s: Session, pools: dict[str, int], workers: int | None = None) -> None:
    command(s, SettingsChanged(s.now, pools, workers, "other pools", 0))


def backfill(s: Session, dag: str, *days: str, limit: int = 1, kind: str = "backfill") -> None:
    grid = s.state.known.plans[dag].spec.grid
    runs = []
    for day in days:
        before, window = s.state.known.run_of(dag, day), grid.parse(day)
        runs.append((RunKey(dag, day, kind, before.key.n + 1 if before else 1), window.start, window.end))
    command(s, RunsRequested(s.now, dag, kind, tuple(runs), limit, f"{kind} {dag}@{days[0]}..{days[-1]}", 0))


def newest(s: Session, dag: str, partition: str) -> Run:
    run = s.state.known.run_of(dag, partition)
    assert run is not None
    return run


# data: of Wed 2 Jan 321 rows come, which pass the check; of Thu 3 Jan 318, which do not

DATA = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    owner: team-d
    inputs: {jfk: {expected: "06:00", path: "../data/nycflights13/jfk/{partition}.csv.gz"}}
    datasets:
      staged:
        owner: team-data
        checks: {filled: {kind: rows, min: 320, severity: block}}
      published: {owner: team-data, deadline: "07:00"}
    tasks:
      load: {reads: [jfk], takes: 5m, writes: [staged]}
      join: {needs: [load], takes: 2m, writes: [published]}
    ---
    dag: e
    schedule: "10 6 * * *"
    start: 2013-01-01
    tasks:
      report: {needs: [published], takes: 1m}
      direct: {needs: [staged], takes: 1m}
    ---
    consumers: {board: {reads: [published], schedule: "0 8 * * *"}}
    ---
    scenario: from_thursday
    from: 2013-01-03T05:00Z
    until: 2013-01-06T05:00Z
    arrivals: {jfk: "05:50"}
"""


def data_session(text: str = DATA, *changes: tuple[str, str]) -> Session:
    """A session on it, with some words of the file changed."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return session(text, folder=str(sample_path("daily_flights").parent))
