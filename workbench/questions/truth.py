"""What was to be predicted, once it has happened: found in what is known at a place, never in what is still ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.engine import Known
from workbench.engine.catalog import Version
from workbench.engine.data_events import VersionPublished
from workbench.history.predicting import Value
from workbench.questions.tables import Place, Tables
from workbench.timetable import parse_instant
from workbench.views.clock import Clock, plural

if TYPE_CHECKING:
    from workbench.session import Session

NOTHING = "nothing"


class Truth(NamedTuple):
    """What it was, since when (UTC) one could know, and what happened, in sentences."""

    was: Value
    at: datetime
    told: tuple[str, ...] = ()


class Asking(NamedTuple):
    """Where a question is asked: a place, and the tables there. `since`: when it was asked (UTC)."""

    session: Session
    tables: Tables
    place: Place
    since: datetime


def truth_of(how: Mapping[str, Any], asked: Asking) -> Truth | None:
    """The truth at a place; None as long as it is not there, and for a question that says nothing of it."""
    at = parse_instant(str(how["at"])) if how.get("at") else None
    if at is not None and asked.place.now < at:
        return None
    kind = next((one for one in _FOUND if one in how), None)
    return _FOUND[kind](how, asked, at) if kind is not None else None


def _then(asked: Asking, at: datetime | None) -> Place:
    branch = asked.place.branch
    return asked.place if at is None else Place(branch, branch.position_at(at), at)


def _rows(how: Mapping[str, Any], asked: Asking, at: datetime | None) -> Truth | None:
    """Of the first version that was live; of the one that was live at a time."""
    dataset, _, partition = str(how["rows"]).partition("@")
    place = _then(asked, at)
    known = asked.place.branch.state_at(asked.place.position).known
    first = None
    for event in place.branch.log[: place.position]:
        if isinstance(event, VersionPublished) and (event.dataset, event.partition) == (dataset, partition):
            first = event if at is not None or first is None else first
    if first is None:
        return Truth(0, at, (f"Nothing of {dataset} was public then.",)) if at is not None else None
    version = known.data.get((dataset, partition, first.n))
    if version is None or version.rows is None:
        return None
    return Truth(version.rows, at or first.at, _public(asked, known, version, first.at))


def _public(asked: Asking, known: Known, version: Version, at: datetime) -> tuple[str, ...]:
    """`Public 06:15: 596 rows, success. board_dashboard read it 08:00.`"""
    clock = Clock(asked.place.now, asked.session.zone)
    run = known.runs.get(version.run)
    ended = f", {run.state}" if run is not None else ""
    reads: dict[str, datetime] = {}
    for one in known.data.reads:
        if (one.dataset, one.partition, one.n) == version.name:
            reads.setdefault(one.consumer, one.at)
    read = [f"{consumer} read it {clock.at(when)}." for consumer, when in reads.items()]
    return (" ".join([f"Public {clock.at(at)}: {plural(version.rows or 0, 'row')}{ended}.", *read]),)


def _sql(how: Mapping[str, Any], asked: Asking, at: datetime | None) -> Truth | None:
    """The first value of the first row."""
    place = _then(asked, at)
    value = asked.tables.ask(asked.session, place, str(how["sql"])).value
    if value is None:
        return Truth(NOTHING, at) if at is not None else None
    return Truth(value if isinstance(value, int | float) else str(value), at or asked.place.now)


def _right(how: Mapping[str, Any], asked: Asking, at: datetime | None) -> Truth | None:
    """What the author says, once time has gone on."""
    if at is None and asked.place.now <= asked.since:
        return None
    return Truth(how["right"], at or asked.place.now)


_FOUND: dict[str, Callable[[Mapping[str, Any], Asking, datetime | None], Truth | None]] = {
    "rows": _rows,
    "sql": _sql,
    "right": _right,
}
