"""What a file holds, in numbers, asked with SQL: nothing is decoded and nothing folded."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import NamedTuple

from workbench.timetable import parse_instant


class Future(NamedTuple):
    """One future of a recording. `events` counts its own ones, after the `shared` ones of its parent; `horizon`: it
    was simulated to here (UTC)."""

    branch: int
    name: str
    parent: str | None
    shared: int
    horizon: datetime
    is_current: bool
    events: int


class Sums(NamedTuple):
    """How one DAG fared in one future. `states`: how many runs came to each."""

    dag: str
    states: dict[str, int]
    tries: int
    failed: int


class Open(NamedTuple):
    """A task instance that has begun and not ended, or whose run has."""

    dag: str
    partition: str
    task: str
    state: str
    since: datetime


class Action(NamedTuple):
    """A command: its event's number in the whole log, and its sentence."""

    seq: int
    at: datetime
    kind: str
    sentence: str


def futures_of(connection: sqlite3.Connection, recording: int) -> list[Future]:
    """The futures of a recording, parents first."""
    found = connection.execute(
        "SELECT branch.id, branch.name, parent.name, branch.shared, branch.horizon, branch.is_current,"
        " (SELECT count(*) FROM event WHERE event.branch = branch.id)"
        " FROM branch LEFT JOIN branch AS parent ON parent.id = branch.parent"
        " WHERE branch.recording = ? ORDER BY branch.id",
        (recording,),
    )
    return [
        Future(branch, name, parent, shared, parse_instant(horizon), bool(current), events)
        for branch, name, parent, shared, horizon, current, events in found
    ]


def sums_of(connection: sqlite3.Connection, branch: int) -> list[Sums]:
    """How each DAG fared, by name."""
    states: dict[str, dict[str, int]] = {}
    runs = "SELECT dag, state, count(*) FROM all_run WHERE branch = ? GROUP BY dag, state ORDER BY dag, state"
    for dag, state, count in connection.execute(runs, (branch,)):
        states.setdefault(dag, {})[state] = count
    tries = "SELECT dag, count(*), sum(state = 'failed') FROM all_attempt WHERE branch = ? GROUP BY dag"
    tried = {dag: (count, failed) for dag, count, failed in connection.execute(tries, (branch,))}
    return [Sums(dag, found, *tried.get(dag, (0, 0))) for dag, found in states.items()]


def open_in(connection: sqlite3.Connection, branch: int, most: int) -> list[Open]:
    """What is still open at the end of a future, the longest first. Tasks that wait for others are left out, unless
    nothing of their run is under way."""
    found = connection.execute(_OPEN, (branch, most))
    return [Open(dag, key, task, state, parse_instant(since)) for dag, key, task, state, since in found]


_OPEN = """
SELECT one.dag, one.partition, one.task, one.state, one.since
FROM all_task_instance AS one JOIN all_run USING (branch, dag, partition, kind, n)
WHERE branch = ? AND all_run.state IN ('queued', 'running')
    AND one.state NOT IN ('success', 'failed', 'skipped', 'upstream_failed', 'removed')
    AND (one.state <> 'none' OR NOT EXISTS (
        SELECT 1 FROM all_task_instance AS other
        WHERE (other.branch, other.dag, other.partition, other.kind, other.n)
            = (one.branch, one.dag, one.partition, one.kind, one.n)
            AND other.state IN ('scheduled', 'queued', 'running', 'up_for_retry', 'up_for_reschedule')))
ORDER BY one.since, one.dag, one.partition, one.task LIMIT ?
"""


def actions_in(connection: sqlite3.Connection, branch: int, most: int) -> list[Action]:
    """The commands of a future's whole log, in order."""
    found = connection.execute(
        "SELECT seq, at, kind, sentence FROM all_action WHERE branch = ? ORDER BY seq LIMIT ?", (branch, most)
    )
    return [Action(seq, parse_instant(at), kind, sentence) for seq, at, kind, sentence in found]
