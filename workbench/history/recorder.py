"""The recorder: keeps one recording of a file up to date with the branches of a session."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Self

from workbench.branch import Branch, no_collection
from workbench.engine import State
from workbench.history import lease
from workbench.history.codec import Texts
from workbench.history.errors import explained
from workbench.history.store import transaction, write_on, write_whole
from workbench.timetable import format_instant

# More remembered texts than this help nobody; a year of a busy DAG has fewer.
_MOST_TEXTS = 100_000


@dataclass
class Recorder:
    """Writes to one recording, whose lease it holds. `written` says for each branch how much of its log is there."""

    connection: sqlite3.Connection
    path: str
    recording: int
    owner: lease.Owner
    ids: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    text: Texts = field(default_factory=Texts, repr=False)

    def write(self, branch: Branch, state: State) -> None:
        """Bring the file up to date with a branch, which becomes the current one; `state` is that after its whole
        log. All in one transaction. Raises HistoryError, and then nothing was written."""
        if state.known.seq != len(branch.log):
            raise ValueError(f"the state is after event {state.known.seq}, and the log has {len(branch.log)}")
        self._write_parents(branch)
        with explained(self.path), no_collection(), transaction(self.connection):
            lease.check(self.connection, self.path, self.recording, self.owner)
            own = self._write(branch, state)
        self.ids[branch.name], self.written[branch.name] = own, len(branch.log)

    def close(self) -> None:
        """Give the lease back. What was written stays."""
        with explained(self.path):
            lease.release(self.connection, self.recording, self.owner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _write_parents(self, branch: Branch) -> None:
        """A branch can be read only if the events that it shares are there."""
        parent = branch.parent
        if parent is not None and branch.name not in self.ids and self.written.get(parent.name, -1) < branch.shared:
            self.write(parent, parent.state_at(len(parent.log)))

    def _write(self, branch: Branch, state: State) -> int:
        if len(self.text) > _MOST_TEXTS:
            self.text.clear()
        own = self.ids.get(branch.name)
        if own is None:
            own = self._insert(branch)
            write_whole(self.connection, own, state, branch.log[branch.shared :], self.text)
        else:
            write_on(self.connection, own, state, branch.log[self.written[branch.name] :], self.text)
        self._make_current(own, branch)
        return own

    def _insert(self, branch: Branch) -> int:
        parent = self.ids[branch.parent.name] if branch.parent else None
        made = self.connection.execute(
            "INSERT INTO branch (recording, name, parent, shared, horizon) VALUES (?, ?, ?, ?, ?)",
            (self.recording, branch.name, parent, branch.shared, format_instant(branch.horizon)),
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def _make_current(self, own: int, branch: Branch) -> None:
        self.connection.execute("UPDATE branch SET is_current = 0 WHERE is_current = 1 AND id <> ?", (own,))
        self.connection.execute(
            "UPDATE branch SET is_current = 1, horizon = ? WHERE id = ?", (format_instant(branch.horizon), own)
        )
