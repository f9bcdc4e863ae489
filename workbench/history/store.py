"""Puts events and table rows into a file: the hot path, `executemany` inside the caller's transaction.

A statement names only the columns that its rows fill: see `codec` for why. The branch and the kind of event stand
in the statement; both are ours, never a person's text.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from workbench.engine import KINDS, Event, RunKey, State
from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    ConsumersTold,
    DatasetRead,
    PointersMoved,
    RowsSetAside,
    VersionPublished,
    VersionWritten,
)
from workbench.engine.events import (
    BackfillChanged,
    DagEdited,
    DagPaused,
    InputArrived,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.history.codec import Row, Texts, batches_of
from workbench.history.tables import SHAPES, TABLES, Rows, every_row
from workbench.history.tables_data import SPEC_TABLES, Changed

ByKind = dict[type[Any], list[tuple[int, Any]]]


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def write_whole(
    connection: sqlite3.Connection, branch: int, state: State, events: Sequence[Event], text: Texts
) -> None:
    """The own events of a branch that is new to the file, and all its tables. `state` is the one after them."""
    write_events(connection, branch, by_kind(events, state.known.seq - len(events) + 1), text)
    write_tables(connection, branch, every_row(state, text))


def write_on(connection: sqlite3.Connection, branch: int, state: State, events: Sequence[Event], text: Texts) -> None:
    """The newest events of a branch, and the table rows that they touched. `state` is the one after them."""
    if not events:
        return
    before = state.known.seq - len(events)
    kinds = by_kind(events, before + 1)
    write_events(connection, branch, kinds, text)
    rows, known = Rows(text), state.known
    anew = _changed_by_hand(kinds, state)
    if anew:
        _forget(connection, branch, anew)
    rows.add_runs(known.runs[key] for key in sorted(anew))
    touched = _touched(kinds) | _cancelled(kinds, state)
    rows.add_runs((known.runs[key] for key in sorted(touched - anew)), before, events[0].at)
    rows.add_arrivals(known, dict.fromkeys((event.input, event.partition) for _, event in kinds.get(InputArrived, ())))
    if known.backfills or not _DATA.isdisjoint(kinds):
        changed = _changed(kinds, state, touched | anew)
        if changed.spec:
            forget_spec(connection, branch)
        rows.add_data(known, changed, before)
    write_tables(connection, branch, rows)


# Without these (and without backfills), the tables about data are as they were.
_SPEC = (DagEdited, DagPaused, SettingsChanged)
_POINTERS = (VersionWritten, CheckRan, VersionPublished)
_DATA = frozenset(
    (*_SPEC, *_POINTERS, PointersMoved, DatasetRead, AlertSent, AlertAnswered, RowsSetAside, ConsumersTold)
)


def _changed(kinds: ByKind, state: State, runs: set[RunKey]) -> Changed:
    """What these events were about, without their order."""

    def of(kind: type[Any]) -> Iterator[Any]:
        return (event for _, event in kinds.get(kind, ()))

    places = [(event.dataset, event.partition) for kind in _POINTERS for event in of(kind)]
    places += [(dataset, partition) for event in of(PointersMoved) for dataset, partition, _ in event.moves]
    backfills = {state.known.runs[key].backfill for key in runs} | {event.backfill for event in of(BackfillChanged)}
    backfills |= {seq for seq, event in kinds.get(RunsRequested, ()) if event.kind == "backfill"}
    return Changed(
        [place for place in dict.fromkeys(places) if place in state.known.data.versions],
        [(event.dataset, event.partition, event.n) for event in of(VersionWritten)],
        list(dict.fromkeys((event.dataset, event.partition, event.n) for event in of(CheckRan))),
        list(dict.fromkeys((event.dataset, event.partition) for event in of(RowsSetAside))),
        list(dict.fromkeys([*(n for n, _ in kinds.get(AlertSent, ())), *(e.alert for e in of(AlertAnswered))])),
        backfills - {0},
        any(kind in kinds for kind in _SPEC),
    )


def by_kind(events: Iterable[Event], first: int) -> ByKind:
    """Events by their type, each with its number; the first one has number `first`."""
    kinds: ByKind = defaultdict(list)
    for seq, event in enumerate(events, first):
        kinds[type(event)].append((seq, event))
    return kinds


def write_events(connection: sqlite3.Connection, branch: int, kinds: ByKind, text: Texts) -> None:
    for kind, numbered in kinds.items():
        for columns, rows in batches_of(kind, numbered, text):
            marks = ", ".join("?" * len(columns))
            into = f"INSERT INTO event (branch, kind, {', '.join(columns)})"
            write_rows(connection, f"{into} VALUES ({branch}, '{KINDS[kind]}', {marks})", rows)


def write_rows(connection: sqlite3.Connection, statement: str, rows: Iterable[Row]) -> None:
    """Every row of the hot path goes through here."""
    connection.executemany(statement, rows)


def _touched(kinds: ByKind) -> set[RunKey]:
    """The runs that these events are about. `run` is the second field wherever there is one."""
    about_runs = (numbered for kind, numbered in kinds.items() if "run" in kind._fields)
    found = {event[1] for numbered in about_runs for _, event in numbered}
    return found | {key for _, event in kinds.get(RunsRequested, ()) for key, _, _ in event.runs}


def _cancelled(kinds: ByKind, state: State) -> set[RunKey]:
    """The runs of backfills that somebody changed: a cancelled one ends those that had not begun."""
    numbers = {event.backfill for _, event in kinds.get(BackfillChanged, ())}
    return {key for key, run in state.known.runs.items() if run.backfill in numbers} if numbers else set()


def _changed_by_hand(kinds: ByKind, state: State) -> set[RunKey]:
    """The runs whose tries a command may have taken away, or ended: they are written anew."""
    cleared = [event.instances for kind in (TasksCleared, TasksMarked) for _, event in kinds.get(kind, ())]
    cleared += [event.cleared for _, event in kinds.get(TasksMarked, ())]
    found = {key for instances in cleared for key, _ in instances}
    found |= {key for _, event in kinds.get(TasksKilled, ()) for key, *_ in event.ends}
    # An edit may have been of any run that was open then.
    return found | _touched(kinds) | state.known.open.keys() if DagEdited in kinds else found


def _forget(connection: sqlite3.Connection, branch: int, keys: Iterable[RunKey]) -> None:
    """The runs that are written anew begin empty."""
    for table in ("attempt", "task_instance", "run"):
        where = f"branch = {branch} AND dag = ? AND partition = ? AND kind = ? AND n = ?"
        write_rows(connection, f"DELETE FROM all_{table} WHERE {where}", (tuple(key) for key in keys))


def forget_spec(connection: sqlite3.Connection, branch: int) -> None:
    """What the workspace says is written anew: an edit may have taken something away."""
    for table in reversed(SPEC_TABLES):
        connection.execute(f"DELETE FROM all_{table} WHERE branch = ?", (branch,))


def write_tables(connection: sqlite3.Connection, branch: int, rows: Rows) -> None:
    for name, (table, width, _) in SHAPES.items():
        if not rows.lists[name]:
            continue
        columns = TABLES[table][:width]
        into = f"INSERT OR REPLACE INTO all_{table} (branch, {', '.join(columns)})"
        write_rows(connection, f"{into} VALUES ({branch}, {', '.join('?' * width)})", rows.lists[name])
