"""The tables of the history as they are at this instant of this future, made in memory: see docs/history.md.

Other futures are there as well (`future_...`), each as it was at the same instant. Nothing that is still ahead is in
any of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from workbench.branch import Branch
from workbench.history import History, HistoryError, Predicted
from workbench.history.codec import Texts
from workbench.history.predicting import write_predictions
from workbench.history.store import transaction, write_rows, write_whole
from workbench.model import InvalidInput
from workbench.questions.rows import Rows
from workbench.timetable import format_instant

if TYPE_CHECKING:
    from workbench.session import Session

# Longer questions are a mistake, in seconds: the tables are small.
_SECONDS = 5.0
_MOST_ROWS = 1000
_OTHERS = re.compile(r"\b(future_\w+|all_\w+|branch)\b", re.IGNORECASE)
_BRANCH = "INSERT INTO branch (id, recording, name, parent, shared, horizon, is_current) VALUES (?, 1, ?, ?, ?, ?, ?)"
_RECORDING = (
    "INSERT INTO recording (id, name, started_at, start, seed, folder, workspace, scenario, program)"
    " VALUES (1, ?, '', ?, 0, '', '{}', '{}', '')"
)
_JUDGED = (
    "INSERT OR REPLACE INTO all_judgement (branch, seq, at, dataset, partition, n, rows_missing, rows_duplicated,"
    " rows_different) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Place(NamedTuple):
    """After `position` events of a future, at an instant (UTC)."""

    branch: Branch
    position: int
    now: datetime


class Tables:
    """Tables at places, each kept until others are asked for: a question is often asked again."""

    def __init__(self) -> None:
        self._key: object = None
        self._made: History | None = None

    def ask(self, session: Session, place: Place, sql: str, predicted: Sequence[Predicted] = ()) -> Rows:
        """The answer to one SELECT at a place. Raises InvalidInput in words."""
        if not isinstance(sql, str):
            raise InvalidInput(["a question is text, for example: select * from live"])
        history = self._at(session, place, bool(_OTHERS.search(sql)), tuple(predicted))
        try:
            answer = history.ask(sql, _MOST_ROWS, _SECONDS)
        except HistoryError as error:
            raise InvalidInput([problem.message for problem in error.problems]) from None
        return Rows(answer.columns, answer.rows, answer.is_cut)

    def _at(self, session: Session, place: Place, others: bool, predicted: tuple[Predicted, ...]) -> History:
        there = list(_places(session, place)) if others else [place]
        key = (session, place.now, predicted, [(one.branch, one.position) for one in there])
        if self._made is None or self._key != key:
            if self._made is not None:
                self._made.close()
            self._key, self._made = key, _made(session, place, there, predicted)
        return self._made


def _places(session: Session, place: Place) -> Iterator[Place]:
    """This future, and the others at the same instant as far as they were made; parents first."""
    for branch in session.branches.values():
        yield place if branch is place.branch else Place(branch, branch.position_at(place.now), place.now)


def _made(session: Session, here: Place, places: Sequence[Place], predicted: Sequence[Predicted]) -> History:
    history, text = History.memory(), Texts()
    numbers: dict[str, tuple[int, int]] = {}
    with transaction(history.connection):
        history.connection.execute(_RECORDING, (session.scenario.name, format_instant(session.start)))
        for number, place in enumerate(places, 1):
            parent, shared = _shared(place, numbers)
            branch = place.branch
            horizon, current = min(branch.reached, place.now), int(branch is here.branch)
            row = (number, branch.name, parent, shared, format_instant(horizon), current)
            history.connection.execute(_BRANCH, row)
            events = branch.log[shared : place.position]
            write_whole(history.connection, number, branch.state_at(place.position), events, text)
            _judge(history.connection, number, session, place)
            numbers[branch.name] = (number, place.position)
        write_predictions(history.connection, 1, predicted)
    return history


def _shared(place: Place, numbers: dict[str, tuple[int, int]]) -> tuple[int | None, int]:
    """The number of the parent, and how many of the events so far are its."""
    parent = place.branch.parent
    if parent is None or parent.name not in numbers:
        return None, 0
    number, written = numbers[parent.name]
    return number, min(place.branch.shared, place.position, written)


def _judge(connection: sqlite3.Connection, number: int, session: Session, place: Place) -> None:
    """What versions were worth, up to the place."""
    if place.branch.state_at(place.position).known.data.versions:
        rows = session.judgements_at(place.branch, place.position)
        lines = ((number, row.seq, format_instant(row.at), *row[2:]) for row in rows)
        write_rows(connection, _JUDGED, lines)
