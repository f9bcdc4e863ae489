"""Events <-> rows of the table `event`: which field lies in which columns, worked out from `EVENTS`.

A row names only the columns that its kind of event fills, for two reasons: the table stays one plain table, and
Python 3.11 needs half a microsecond to bind a None.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from workbench.engine import EVENTS, Event, RunKey
from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    ConsumersTold,
    DatasetRead,
    PointersMoved,
    RowsSetAside,
    VersionWritten,
)
from workbench.engine.events import (
    AttemptEnded,
    BackfillChanged,
    CodeDeployed,
    DagPaused,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.history.parts import as_it_is, read_part, write_part
from workbench.model import DagSpec
from workbench.model.data import dag_from_data, dag_to_data
from workbench.model.lost import LostFunction
from workbench.scenario.reading import fault_from_data, fault_to_data
from workbench.timetable import format_instant

# field -> columns, where they differ
_PLACES: dict[str, tuple[str, ...]] = {
    "run": ("dag", "partition", "run_kind", "run_n"),
    "kind": ("run_kind",),
    "rule": ("reason",),
    "version": ("number",),
    "start": ("interval_start",),
    "end": ("interval_end",),
    "sentence": ("message",),
    "status": ("state",),
    "fault": ("data",),
    "spec": ("data",),
}
# Fields that lie together in `data`, as one JSON object: those of rare events, and those that are lists.
_TOGETHER: dict[type[Any], tuple[str, ...]] = {
    AttemptEnded: ("followed",),
    CodeDeployed: ("version",),
    SettingsChanged: ("pools", "workers", "routes"),
    DagPaused: ("paused",),
    TasksCleared: ("instances",),
    TasksMarked: ("instances", "cleared"),
    TasksKilled: ("ends",),
    RunsRequested: ("runs", "limit", "tasks", "pin", "priority", "plan", "pinned"),
    BackfillChanged: ("backfill",),
    PointersMoved: ("word", "moves"),
    RowsSetAside: ("where", "owner"),
    ConsumersTold: ("partitions", "consumers"),
    VersionWritten: ("mode", "base", "added", "code", "sources", "fenced"),
    CheckRan: ("check", "severity", "when", "observed", "expected"),
    DatasetRead: ("consumer", "wanted"),
    AlertSent: ("kind", "subject", "route", "recipients", "reached"),
    AlertAnswered: ("alert", "by"),
}
_INSTANTS = frozenset({"at", "start", "end", "retry_at", "due"})
COLUMNS = (
    "seq", "kind", "at", "dag", "partition", "run_kind", "run_n", "task", "number", "state", "reason", "message",
    "retry_at", "rows", "content", "input", "interval_start", "interval_end", "cause", "data", "due",
    "dataset", "n",
)  # fmt: skip

Row = tuple[Any, ...]
Numbered = Sequence[tuple[int, Any]]


class Texts(dict[datetime | None, str | None]):
    """instant -> its text. Most rows share their instants with others."""

    def __missing__(self, instant: datetime | None) -> str | None:
        text = self[instant] = None if instant is None else format_instant(instant)
        return text


def printable(text: str) -> str:
    """Text that UTF-8 can hold: a message may quote half a surrogate pair from somebody's data."""
    return text.encode("utf-8", "backslashreplace").decode()


def to_json(data: object) -> str:
    """Compact JSON."""
    return printable(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def places(field: str) -> tuple[str, ...]:
    """The columns of a field that has some of its own."""
    return _PLACES.get(field, (field,))


def columns_of(event: type[Any]) -> tuple[str, ...]:
    """What a row of this kind of event holds, in its order; `kind` itself is not among it. `data` is last."""
    together = _TOGETHER.get(event, ())
    own = (column for field in event._fields if field not in together for column in places(field))
    return ("seq", *own, *(("data",) if together else ()))


# events -> rows


class Batch(NamedTuple):
    """Rows that fill the same columns."""

    columns: tuple[str, ...]
    rows: list[Row]


def batches_of(kind: type[Any], numbered: Numbered, text: Texts) -> list[Batch]:
    """The rows of events of one kind, each with its number in the log. Lists, since rows made one by one between
    SQLite's inserts cost more."""
    return _ENCODERS[kind](numbered, text)


_RARE = AttemptEnded._fields.index("followed")


def _encode_attempt_ended(numbered: Numbered, text: Texts) -> list[Batch]:
    """Only a branch follows something: all others do without `data`."""
    rare = [pair for pair in numbered if pair[1][_RARE] is not None]
    plain = numbered if not rare else [pair for pair in numbered if pair[1][_RARE] is None]
    found = [Batch(_ENDED, _ended_rows(plain, text))] if plain else []
    return found + (_encode_any(AttemptEnded, rare, text) if rare else [])


def _ended_rows(numbered: Numbered, text: Texts) -> list[Row]:
    return [
        (
            seq, text[at], dag, partition, kind, n, task, number, state, reason, message and printable(message),
            text[retry_at], rows, content, cause,
        )
        for seq, (
            at, (dag, partition, kind, n), task, number, state, reason, message, retry_at, rows, content, _, cause,
        ) in numbered
    ]  # fmt: skip


def _encode_plain(columns: tuple[str, ...], numbered: Numbered, text: Texts) -> list[Batch]:
    """at, run, and what needs no conversion."""
    return [Batch(columns, [(seq, text[event[0]]) + event[1] + event[2:] for seq, event in numbered])]


def _encode_any(kind: type[Any], numbered: Numbered, text: Texts) -> list[Batch]:
    """By field, and so slower: for the rare kinds."""
    return [Batch(columns_of(kind), [(seq, *_written(event, text)) for seq, event in numbered])]


def _written(event: Any, text: Texts) -> Iterator[Any]:
    together = _TOGETHER.get(type(event), ())
    for field, value in zip(event._fields, event, strict=True):
        if field == "run":
            yield from value
        elif field in _INSTANTS:
            yield text[value]
        elif field not in together:
            yield _WRITE.get(field, as_it_is)(value)
    if together:
        yield to_json({field: write_part(field, getattr(event, field)) for field in together})


_WRITE: dict[str, Callable[[Any], Any]] = {
    "message": printable,
    "sentence": printable,
    "fault": lambda fault: to_json(fault_to_data(fault)),
    "spec": lambda spec: to_json(_spec_data(spec)),
}


def _spec_data(spec: DagSpec) -> dict[str, Any]:
    """Of functions that were made in Python only the names of their tasks are kept."""
    named = [name for name, task in spec.tasks.items() if task.function is not None]
    return dag_to_data(spec) | ({"functions": named} if named else {})


def _encoder(event: type[Any]) -> Callable[[Numbered, Texts], list[Batch]]:
    at, second, *others = event._fields
    plain = event not in _TOGETHER and not _INSTANTS.intersection(others) and not _WRITE.keys() & set(others)
    if (at, second) == ("at", "run") and plain:
        return partial(_encode_plain, columns_of(event))
    return partial(_encode_any, event)


_ENDED = columns_of(AttemptEnded)[:-1]
_ENCODERS = {event: _encoder(event) for event in EVENTS.values()} | {AttemptEnded: _encode_attempt_ended}


# rows -> events


class _Instants(dict[str | None, datetime | None]):
    def __missing__(self, text: str | None) -> datetime | None:
        instant = self[text] = None if text is None else datetime.fromisoformat(text)
        return instant


class _Keys(dict[tuple[str, str, str, int], RunKey]):
    def __missing__(self, given: tuple[str, str, str, int]) -> RunKey:
        dag, partition, kind, n = given
        key = self[given] = RunKey(sys.intern(dag), sys.intern(partition), sys.intern(kind), n)
        return key


class _Reader(NamedTuple):
    """Makes one kind of event from a row of `COLUMNS`."""

    make: Callable[..., Any]
    fields: tuple[Callable[[Row], Any], ...]


_DATA = COLUMNS.index("data")


class Decoder:
    """Rows of `COLUMNS` -> events. Equal instants, run keys and names are one object. `folder` is where the
    functions of edited DAGs lie."""

    def __init__(self, folder: str) -> None:
        self._instants, self._keys, self._folder = _Instants(), _Keys(), folder
        self._text = ""
        self._data: dict[str, Any] = {}  # what lay in `data` of the last row that was asked for it
        self._readers = {kind: _Reader(event, self._fields(event)) for kind, event in EVENTS.items()}

    def event(self, row: Row) -> Event:
        """Raises ValueError, KeyError or TypeError when the row is no event."""
        make, fields = self._readers[row[1]]
        made: Event = make(*[field(row) for field in fields])
        return made

    def _fields(self, event: type[Any]) -> tuple[Callable[[Row], Any], ...]:
        together = _TOGETHER.get(event, ())
        return tuple(
            self._part(name, event._field_defaults) if name in together else self._field(name) for name in event._fields
        )

    def _part(self, field: str, defaults: dict[str, Any]) -> Callable[[Row], Any]:
        """A field that lies in `data`; None where that is empty. What was written before a field came into being has
        its default."""

        def read(row: Row) -> Any:
            if row[_DATA] is None:
                return defaults.get(field)
            data = self._parsed(row[_DATA])
            if field not in data and field in defaults:
                return defaults[field]
            return read_part(field, data[field])

        return read

    def _parsed(self, text: str) -> dict[str, Any]:
        if text is not self._text:
            self._text, self._data = text, json.loads(text)
        return self._data

    def _field(self, field: str) -> Callable[[Row], Any]:
        get = itemgetter(*map(COLUMNS.index, places(field)))
        if field == "run":
            return lambda row: self._keys[get(row)]
        if field in _INSTANTS:
            return lambda row: self._instants[get(row)]
        read = self._conversions.get(field)
        return get if read is None else lambda row: read(get(row))

    @property
    def _conversions(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "task": sys.intern,
            "dataset": sys.intern,
            "fault": lambda data: fault_from_data(json.loads(data)),
            "spec": self._spec,
        }

    def _spec(self, data: str) -> DagSpec:
        written = json.loads(data)
        named = written.pop("functions", ())
        spec = dag_from_data(written, self._folder)
        lost = {name: replace(spec.tasks[name], function=LostFunction(spec.name, name)) for name in named}
        return replace(spec, tasks={**spec.tasks, **lost}) if lost else spec
