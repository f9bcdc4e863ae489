"""Two futures side by side, as far as data goes: what an event about data is about, and what consumers read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.engine import Known
from workbench.engine.catalog import Read
from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    DatasetRead,
    VersionPublished,
    VersionWritten,
)
from workbench.views.clock import Clock, plural
from workbench.views.data_words import home_of_data, of_day, rows_said, subject_said

DATA_EVENTS = (VersionWritten, VersionPublished, CheckRan, DatasetRead, AlertSent, AlertAnswered)


@dataclass(frozen=True)
class Got:
    """What a consumer got at an instant (UTC): of which partition, which version; nothing when `n` is 0."""

    at: datetime
    partition: str
    n: int
    rows: int | None


@dataclass(frozen=True)
class ReadOutcome:
    """One read of a consumer in both futures; None where it did not come to that."""

    consumer: str
    dataset: str
    wanted: str
    a: Got | None
    b: Got | None


def likeness(event: Any) -> tuple[Any, ...]:
    """What makes an event the same in two futures: all of it but the numbers of other events, which shift."""
    if isinstance(event, AlertAnswered):
        return (type(event), event.at, event.by)
    return (type(event), *event[:-1])


def home_of_event(known: Known, event: Any) -> str | None:
    """The DAG in whose zone an event about data is told."""
    if isinstance(event, AlertSent):
        return event.dag if event.dag in known.plans else None
    if isinstance(event, AlertAnswered):
        alert = known.data.alerts.get(event.alert)
        return alert.dag if alert is not None and alert.dag in known.plans else None
    return home_of_data(known, event.dataset)


def subject_of_data(known: Known, event: Any) -> str:
    """What it is about, as people name it."""
    if isinstance(event, DatasetRead):
        return f"{event.consumer}, which reads {event.dataset}@{event.wanted}"
    if isinstance(event, AlertSent):
        return f"the news that {subject_said(known, event.kind, event.dag, event.partition, event.subject)}"
    if isinstance(event, AlertAnswered):
        return f"the answer of {event.by}"
    if isinstance(event, CheckRan):
        return f"{event.dataset}.{event.check}@{event.partition}"
    return f"{event.dataset}@{event.partition}"


def not_so_of_data(known: Known, told: Any) -> str:
    """The future in which this did not happen."""
    if isinstance(told, DatasetRead):
        return f"{told.consumer} did not read it then."
    if isinstance(told, CheckRan):
        return "the check did not run then."
    if isinstance(told, AlertSent | AlertAnswered):
        return "nobody was told of that then."
    live = known.data.live_version(told.dataset, told.partition)
    if live is None:
        return f"nothing of {of_day(known, told.dataset, told.partition)} is live."
    return f"version {live.n} of it is live{rows_said(live)}."


def reads_apart(a: Known, b: Known) -> Iterator[ReadOutcome]:
    """The reads that got something else in one future than in the other, in the order of time."""
    left, right = _reads(a), _reads(b)
    for place in sorted(left.keys() | right.keys()):
        one, two = left.get(place), right.get(place)
        if _what(a, one) != _what(b, two):
            _, consumer, dataset, wanted = place
            yield ReadOutcome(consumer, dataset, wanted, _got(a, one), _got(b, two))


def _reads(known: Known) -> dict[tuple[datetime, str, str, str], Read]:
    return {(read.at, read.consumer, read.dataset, read.wanted): read for read in known.data.reads}


def _what(known: Known, read: Read | None) -> tuple[Any, ...] | None:
    """What was in it; versions of the same content are the same."""
    if read is None:
        return None
    version = known.data.get((read.dataset, read.partition, read.n))
    if version is None:
        return (read.partition, read.n)
    return (read.partition, version.rows, version.content or version.n)


def _got(known: Known, read: Read | None) -> Got | None:
    if read is None:
        return None
    version = known.data.get((read.dataset, read.partition, read.n))
    return Got(read.at, read.partition, read.n, version.rows if version is not None else None)


def got_said(got: Got | None, wanted: str, clock: Clock) -> str:
    """`read 08:00, 596 rows`."""
    if got is None:
        return "–"
    if not got.n:
        return f"{clock.at(got.at)}, nothing was live"
    old = f", of {got.partition}" if got.partition != wanted else ""
    rows = f", {plural(got.rows, 'row')}" if got.rows is not None else f", version {got.n}"
    return f"read {clock.at(got.at)}{old}{rows}"
