"""The history file as one object: open it, begin or resume a recording, load one, ask questions in SQL."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from workbench.engine import Event, State
from workbench.history import lease
from workbench.history.asking import MOST_ROWS, SECONDS, Answer, ask
from workbench.history.codec import Texts, printable, to_json
from workbench.history.errors import explained
from workbench.history.loading import Loaded, Recording, choose, load_recording, recordings_in, workspace_in
from workbench.history.opening import open_file, open_memory
from workbench.history.portable import adopt, export
from workbench.history.recorder import Recorder
from workbench.history.store import transaction, write_whole
from workbench.model import Workspace
from workbench.model.data import workspace_to_data
from workbench.scenario import Scenario
from workbench.scenario.reading import scenario_to_data
from workbench.timetable import format_instant

_PROGRAM = "orchestration-workbench"


class History:
    """An open history. Everything it does raises HistoryError, in words, when the file does not allow it."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.connection, self.path = connection, path
        self._recorders: list[Recorder] = []

    @classmethod
    def open(cls, path: str | Path, *, write: bool = True) -> Self:
        """Open a file; with `write`, make it (and its folders) when absent, and upgrade it when it is old."""
        return cls(open_file(Path(path), write), str(path))

    @classmethod
    def memory(cls) -> Self:
        """A history that is gone when it is closed."""
        return cls(open_memory(), "history in memory")

    @classmethod
    def at(cls, state: State, log: Sequence[Event] = ()) -> Self:
        """The tables at any cursor, in memory; `log` are the events that led there, when they are wanted too."""
        made = cls.memory()
        with transaction(made.connection):
            made.connection.execute(_NO_RECORDING)
            made.connection.execute(_NO_BRANCH)
            write_whole(made.connection, 1, state, log, Texts())
        return made

    def begin(
        self,
        workspace: Workspace,
        scenario: Scenario,
        start: datetime,
        *,
        name: str = "",
        folder: str | None = None,
        started_at: str = "",
    ) -> Recorder:
        """A new recording. `start` is where simulated time begins (UTC), `started_at` the wall clock as text,
        `folder` where functions and files lie (None: the folder of the first DAG that has one)."""
        owner = lease.new_owner()
        if folder is None:
            folder = next((spec.folder for spec in workspace.dags.values() if spec.folder), "")
        values = (
            name or scenario.name, started_at, format_instant(start), scenario.seed, printable(folder),
            to_json(workspace_to_data(workspace) | _functions(workspace)), to_json(scenario_to_data(scenario)),
            _program(), secrets.token_hex(8), *owner,
        )  # fmt: skip
        with explained(self.path), transaction(self.connection):
            made = self.connection.execute(_BEGIN, values)
        assert made.lastrowid is not None
        return self._recorder(made.lastrowid, owner)

    def resume(self, recording: int | None = None, *, force: bool = False) -> Recorder:
        """Go on writing to a recording (None: the one last worked on). `force` takes the lease even from a process
        on another machine, which nobody here can ask whether it lives."""
        owner = lease.new_owner()
        with explained(self.path), transaction(self.connection):
            chosen = choose(self.connection, self.path, recording)
            lease.claim(self.connection, self.path, chosen, owner, force)
            done = self.connection.execute(_WRITTEN, (chosen,)).fetchall()
        recorder = self._recorder(chosen, owner)
        recorder.ids = {name: branch for branch, name, _ in done}
        recorder.written = {name: count for _, name, count in done}
        return recorder

    def recordings(self) -> list[Recording]:
        """Every recording in the file, oldest first."""
        with explained(self.path):
            return recordings_in(self.connection)

    def load(self, recording: int | None = None) -> Loaded:
        """A recording (None: the one last worked on) with the events of its branches. Imports no user code."""
        with explained(self.path), _snapshot(self.connection):
            return load_recording(self.connection, self.path, choose(self.connection, self.path, recording))

    def last(self) -> int:
        """The number of the recording last worked on."""
        with explained(self.path):
            return choose(self.connection, self.path, None)

    def workspace(self, recording: int) -> Workspace:
        """What a recording was made of."""
        with explained(self.path):
            return workspace_in(self.connection, self.path, recording)[0]

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows of a question in SQL. What would change the file is refused."""
        with explained(self.path), closing(self.connection.cursor()) as cursor:
            (before,) = cursor.execute("PRAGMA query_only").fetchone()
            cursor.row_factory = sqlite3.Row
            cursor.execute("PRAGMA query_only = ON")
            try:
                return [dict(row) for row in cursor.execute(sql, parameters)]
            finally:
                cursor.execute(f"PRAGMA query_only = {before}")

    def ask(self, sql: str, most: int = MOST_ROWS, seconds: float = SECONDS) -> Answer:
        """The answer to a question of somebody whom we do not know: it can only read, for so long."""
        return ask(self.connection, self.path, sql, most, seconds)

    def export(self, recording: int | None, path: str | Path) -> int:
        """Write one recording (None: the one last worked on), with all its futures, into a new file of its own."""
        with explained(self.path), _snapshot(self.connection):
            chosen = choose(self.connection, self.path, recording)
            export(self.connection, chosen, Path(path))
        return chosen

    def adopt(self, other: History, recording: int | None = None) -> dict[int, int]:
        """Take over the recordings of another history (or one of them): its number there -> here. All or nothing;
        raises HistoryError when one of them is here already."""
        numbers = [one.id for one in other.recordings()] if recording is None else [recording]
        for number in numbers:
            other.load(number)  # what cannot be read is refused
        with explained(self.path), _snapshot(other.connection), transaction(self.connection):
            return adopt(other.connection, self.connection, numbers, other.path)

    def close(self) -> None:
        """Give all leases back and close the file."""
        try:
            for recorder in self._recorders:
                recorder.close()
        finally:
            self._recorders.clear()
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _recorder(self, recording: int, owner: lease.Owner) -> Recorder:
        made = Recorder(self.connection, self.path, recording, owner)
        self._recorders.append(made)
        return made


def _functions(workspace: Workspace) -> dict[str, list[str]]:
    """The tasks whose functions were made in Python: their names are kept, their code is not."""
    named = [
        f"{spec.name}.{task.name}"
        for spec in workspace.dags.values()
        for task in spec.tasks.values()
        if task.function is not None
    ]
    return {"functions": named} if named else {}


_BEGIN = (
    "INSERT INTO recording (name, started_at, start, seed, folder, workspace, scenario, program,"
    " origin, owner_host, owner_pid, owner_mark, owner_token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WRITTEN = (
    "SELECT id, name, max(shared, (SELECT coalesce(max(seq), 0) FROM event WHERE event.branch = branch.id))"
    " FROM branch WHERE recording = ?"
)
_NO_RECORDING = (
    "INSERT INTO recording (id, name, started_at, start, seed, folder, workspace, scenario, program)"
    " VALUES (1, 'cursor', '', '', 0, '', '{}', '{}', '')"
)
_NO_BRANCH = "INSERT INTO branch (id, recording, name, shared, horizon, is_current) VALUES (1, 1, 'A', 0, '', 1)"


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Inside, all that is read belongs to one moment, also while another process writes."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def _program() -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    try:
        return f"{_PROGRAM} {version(_PROGRAM)}"
    except PackageNotFoundError:
        return f"{_PROGRAM} from source"
