"""Reading recordings back: what they were made from, and the events of each branch."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from workbench.engine import Event
from workbench.history.codec import COLUMNS, Decoder
from workbench.history.errors import problem
from workbench.history.predicting import Predicted, predictions_in
from workbench.model import Workspace
from workbench.model.data import workspace_from_data
from workbench.scenario import Scenario
from workbench.scenario.reading import scenario_from_data
from workbench.timetable import parse_instant


@dataclass(frozen=True)
class Recording:
    """One line about a recording. `events` counts those of all branches; `started_at` is wall-clock text."""

    id: int
    name: str
    started_at: str
    start: datetime
    folder: str
    program: str
    branches: int
    events: int


@dataclass(frozen=True)
class SavedBranch:
    """A branch as it was kept: the name of its parent, how many events it shares with it, and its own ones."""

    name: str
    parent: str | None
    shared: int
    horizon: datetime
    events: list[Event]


@dataclass(frozen=True)
class Loaded:
    """A recording with its branches, parents first. `current` names the one last worked on, if there is any;
    `functions` the tasks (`dag.task`) whose functions were made in Python, and so are not kept."""

    id: int
    name: str
    started_at: str
    workspace: Workspace
    scenario: Scenario
    start: datetime
    seed: int
    folder: str
    branches: tuple[SavedBranch, ...]
    current: str | None
    functions: tuple[str, ...] = ()
    predictions: tuple[Predicted, ...] = ()


def recordings_in(connection: sqlite3.Connection) -> list[Recording]:
    """Every recording, oldest first."""
    found = connection.execute(
        "SELECT id, name, started_at, start, folder, program,"
        " (SELECT count(*) FROM branch WHERE recording = recording.id),"
        " (SELECT count(*) FROM event JOIN branch ON branch.id = event.branch WHERE recording = recording.id)"
        " FROM recording ORDER BY id"
    )
    return [Recording(one, name, at, parse_instant(start), *rest) for one, name, at, start, *rest in found]


def choose(connection: sqlite3.Connection, path: str, asked: int | None) -> int:
    """The recording that was asked for, or the one last worked on. Raises HistoryError."""
    row = connection.execute(
        "SELECT id FROM recording WHERE ? IS NULL OR id = ?"
        " ORDER BY id = (SELECT recording FROM branch WHERE is_current = 1) DESC, id DESC",
        (asked, asked),
    ).fetchone()
    if row is None:
        known = ", ".join(str(one[0]) for one in connection.execute("SELECT id FROM recording ORDER BY id"))
        told = f"has no recording {asked} (known: {known})" if known else "holds no recording yet"
        raise problem(path, told)
    chosen: int = row[0]
    return chosen


def workspace_in(connection: sqlite3.Connection, path: str, recording: int) -> tuple[Workspace, tuple[str, ...], str]:
    """What a recording was made of; which of its functions are not kept; and its folder. Raises HistoryError."""
    row = connection.execute("SELECT workspace, folder FROM recording WHERE id = ?", (recording,)).fetchone()
    workspace, folder = row
    with _readable(path, f"recording {recording}"):
        written = json.loads(workspace)
        functions = tuple(written.pop("functions", ()))
        return workspace_from_data(written, folder), functions, folder


def load_recording(connection: sqlite3.Connection, path: str, recording: int) -> Loaded:
    """Everything about one recording. Raises HistoryError when it cannot be read."""
    made, functions, folder = workspace_in(connection, path, recording)
    columns = "name, started_at, start, seed, scenario"
    row = connection.execute(f"SELECT {columns} FROM recording WHERE id = ?", (recording,)).fetchone()
    name, started_at, start, seed, scenario = row
    with _readable(path, f"recording {recording}"):
        planned = scenario_from_data(json.loads(scenario))
        predictions = predictions_in(connection, recording)
    branches = tuple(_branches(connection, path, recording, folder))
    current = connection.execute(
        "SELECT name FROM branch WHERE recording = ? ORDER BY is_current DESC, id DESC", (recording,)
    ).fetchone()
    return Loaded(
        recording, name, started_at, made, planned, parse_instant(start), seed, folder, branches,
        current and current[0], functions, predictions,
    )  # fmt: skip


def _branches(connection: sqlite3.Connection, path: str, recording: int, folder: str) -> Iterator[SavedBranch]:
    found = connection.execute(
        "SELECT branch.id, branch.name, parent.name, branch.shared, branch.horizon"
        " FROM branch LEFT JOIN branch AS parent ON parent.id = branch.parent"
        " WHERE branch.recording = ? ORDER BY branch.id",
        (recording,),
    ).fetchall()
    decoder = Decoder(folder)
    for branch, name, parent, shared, horizon in found:
        events = _events(connection, path, branch, shared, decoder)
        yield SavedBranch(name, parent, shared, parse_instant(horizon), events)


def _events(connection: sqlite3.Connection, path: str, branch: int, shared: int, decoder: Decoder) -> list[Event]:
    rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM event WHERE branch = ? ORDER BY seq", (branch,))
    events: list[Event] = []
    for seq, row in enumerate(rows, shared + 1):
        if row[0] != seq:
            raise problem(path, f"is damaged: event {seq} of branch {branch} is missing")
        try:
            events.append(decoder.event(row))
        except (KeyError, TypeError, ValueError) as error:
            told = f"is damaged: event {seq} of branch {branch} cannot be read"
            raise problem(path, f"{told} ({error})") from error
    return events


@contextmanager
def _readable(path: str, what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise problem(path, f"is damaged: {what} cannot be read ({error})") from error
