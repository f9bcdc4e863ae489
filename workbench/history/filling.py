"""What older files do not hold and can be worked out: what their workspaces say, as edited, for the tables `dag`,
`task` and so on. Done once, after the steps of the schema, by the program as it is then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from workbench.engine import Event, Known, begin, evolve
from workbench.engine.drafts import InvalidTransition
from workbench.history.codec import COLUMNS, Decoder, Texts
from workbench.history.loading import workspace_in
from workbench.history.store import write_tables
from workbench.history.tables import Rows
from workbench.history.tables_data import Changed
from workbench.model import InvalidInput
from workbench.timetable import parse_instant

# Of these follows what the workspace says at the end of a log.
_KINDS = "'dag_edited', 'dag_paused', 'settings_changed'"


def fill_spec(connection: sqlite3.Connection) -> None:
    """Write those rows for every branch. A recording that cannot be read gets none: whoever loads it is told why."""
    for recording, start in connection.execute("SELECT id, start FROM recording").fetchall():
        found = connection.execute("SELECT id FROM branch WHERE recording = ?", (recording,)).fetchall()
        for (branch,) in found:
            try:
                known = _known(connection, recording, branch, start)
            except (InvalidInput, InvalidTransition, ValueError, KeyError, TypeError, AttributeError):
                continue
            rows = Rows(Texts())
            rows.add_data(known, Changed(spec=True))
            write_tables(connection, branch, rows)


def _known(connection: sqlite3.Connection, recording: int, branch: int, start: str) -> Known:
    """The workspace with all edits of a branch, and nothing else."""
    workspace, _, folder = workspace_in(connection, "", recording)
    state = begin(workspace, parse_instant(start), 0)
    for event in _edits(connection, branch, folder):
        evolve(state, event)
    return state.known


def _edits(connection: sqlite3.Connection, branch: int, folder: str) -> Iterator[Event]:
    asked = f"SELECT {', '.join(COLUMNS)} FROM all_log WHERE branch = ? AND kind IN ({_KINDS}) ORDER BY seq"
    decoder = Decoder(folder)
    for row in connection.execute(asked, (branch,)).fetchall():
        yield decoder.event(row)
