"""The recorder: keeps one recording of a file up to date with the branches of a session."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from workbench.branch import Branch, no_collection
from workbench.engine import State
from workbench.history import lease
from workbench.history.codec import Texts
from workbench.history.errors import explained
from workbench.history.predicting import Predicted, write_predictions
from workbench.history.store import transaction, write_on, write_rows, write_whole
from workbench.timetable import format_instant

# (number of the event at which it was judged, when, dataset, partition, n, rows missing, duplicated, different)
Judgement = tuple[int, datetime, str, str, int, int, int, int]

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
    _judged: dict[str, int] = field(default_factory=dict, repr=False)

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

    def judge(self, branch: Branch, rows: Iterable[Judgement]) -> None:
        """Keep what would have been right of versions of a branch that was written; a version that is judged again at
        the same event is judged anew. A new future takes over what was judged of the events that it shares. Raises
        HistoryError, and then nothing was written."""
        own, text, newest = self.ids[branch.name], self.text, self.judged(branch)
        lines: list[tuple[object, ...]] = []
        for seq, at, *rest in rows:
            lines.append((seq, text[at], *rest))
            newest = max(newest, seq)
        if lines:
            with explained(self.path), transaction(self.connection):
                lease.check(self.connection, self.path, self.recording, self.owner)
                write_rows(self.connection, _JUDGE.format(own), lines)
            self._judged[branch.name] = newest

    def judged(self, branch: Branch) -> int:
        """The number of the last event of a branch at which something was judged; 0: none."""
        own = self.ids.get(branch.name)
        if own is not None and branch.name not in self._judged:
            with explained(self.path):
                (self._judged[branch.name],) = self.connection.execute(_JUDGED, (own,)).fetchone()
        return self._judged.get(branch.name, 0)

    def predict(self, some: Iterable[Predicted]) -> None:
        """Keep what somebody said, and what came of it. Raises HistoryError, and then nothing was written."""
        with explained(self.path), transaction(self.connection):
            lease.check(self.connection, self.path, self.recording, self.owner)
            write_predictions(self.connection, self.recording, some)

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
        if parent is not None:
            self.connection.execute(_INHERIT.format(made.lastrowid), (parent, branch.shared))
        return made.lastrowid

    def _make_current(self, own: int, branch: Branch) -> None:
        self.connection.execute("UPDATE branch SET is_current = 0 WHERE is_current = 1 AND id <> ?", (own,))
        self.connection.execute(
            "UPDATE branch SET is_current = 1, horizon = ? WHERE id = ?", (format_instant(branch.horizon), own)
        )


_JUDGED_COLUMNS = "seq, at, dataset, partition, n, rows_missing, rows_duplicated, rows_different"
_JUDGE = f"INSERT OR REPLACE INTO all_judgement (branch, {_JUDGED_COLUMNS}) VALUES ({{}}, {', '.join('?' * 8)})"
_INHERIT = (
    f"INSERT INTO all_judgement (branch, {_JUDGED_COLUMNS})"
    f" SELECT {{}}, {_JUDGED_COLUMNS} FROM all_judgement WHERE branch = ? AND seq <= ?"
)
_JUDGED = "SELECT coalesce(max(seq), 0) FROM all_judgement WHERE branch = ?"
