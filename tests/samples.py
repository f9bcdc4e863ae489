"""Small pipelines for tests that read as transcripts, and the shipped story."""

from __future__ import annotations

from functools import cache
from textwrap import dedent

import workbench as wb
from workbench.branch import Branch
from workbench.model.reading import read_workspace_text
from workbench.scenario import find_scenario
from workbench.scenario.judging import Judge, Judgements
from workbench.scenario.truth import Truth
from workbench.session import Cursor, Session
from workbench.worth import rows_of_branch

# Three sensors on an input that comes half an hour late: one keeps its slot, one gives it back, one gives up.
_SENSORS = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {jfk: {expected: "06:00"}}
    tasks:
      poke: {sensor: {on: [jfk], every: 5m, timeout: 2h}}
      gives: {sensor: {on: [jfk], every: 5m, timeout: 2h, mode: reschedule}}
      late: {sensor: {on: [jfk], every: 5m, timeout: 20m}}
      load: {needs: [poke], takes: 10m, retries: {max: 1, delay: 5m}}
    ---
    scenario: sensors
    from: 2013-01-02T05:00Z
    faults: [late: {input: jfk, partition: 2013-01-01, arrives: 2013-01-02T06:32Z}]
"""


def sensors(*tasks: str) -> str:
    """The pipeline with sensors, and these tasks as well."""
    head, tail = dedent(_SENSORS).split("---", 1)
    return "".join([head, *(f"  {task}\n" for task in tasks), "---", tail])


def session(text: str, *, folder: str = "") -> Session:
    """A session on a pipeline and its scenario, written as a file."""
    loaded = read_workspace_text(dedent(text), file="pipeline.yaml", folder=folder)
    return Session(loaded.workspace, find_scenario(loaded, None, loaded.workspace))


def late_jfk() -> Session:
    """The story that ships: an outage on Thursday, a file that comes late on Friday."""
    return wb.sample("daily_flights", "late_jfk")


def block(text: str) -> str:
    """Expected text, written indented in a test."""
    return dedent(text).strip("\n")


def again(session: Session) -> Session:
    """The same once more, for a test that does something to it: what was simulated is not simulated again. Of a session
    with one future, which no history keeps."""
    [first] = session.branches.values()
    other = Session.__new__(Session)
    other.__dict__.update(session.__dict__)
    branch = first.fork(first.name, len(first.log), first.reached, other._new_world())
    branch.parent, branch.shared, branch.horizon = None, 0, first.horizon
    other.branches, other._trail, other._undone = {branch.name: branch}, [], []
    other._judges(other._new_world())
    if first.name in session._judged:
        other._judged = {branch.name: _judged_again(session._judged[first.name], branch)}
    other._cursor = Cursor(branch, session.position, session.now)
    return other


def _judged_again(before: Judgements, branch: Branch) -> Judgements:
    """What versions are worth was found for the past, and rows that were put together stay so."""
    judge = Judge(Truth(rows_of_branch(branch)), before.judge)
    judge.truth._joined, judge.truth._kept = before.judge.truth._joined, before.judge.truth._kept
    after = Judgements(judge, branch)
    after.found, after._seen = list(before.found), before._seen
    return after


@cache
def _played(name: str, scenario: str | None, at: str) -> Session:
    session = wb.sample(name, scenario)
    if at:
        session.run_until(None if at == "end" else at)
    session.judgements()
    return session


def played(name: str, scenario: str | None = None, at: str = "end") -> Session:
    """A shipped pipeline run until an instant (its `end`; with "" not at all): simulated once for all tests."""
    return again(_played(name, scenario, at))
