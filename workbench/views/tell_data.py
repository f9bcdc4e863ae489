"""Events about data as sentences: versions, checks, reads, alerts, and what people do about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workbench.engine import Event, Known
from workbench.engine.catalog import Version
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
from workbench.engine.events import BackfillChanged
from workbench.views.clock import ago, plural
from workbench.views.data_words import (
    day_of,
    of_day,
    people_told,
    rows_said,
    subject_said,
    unreached,
    version_of,
)
from workbench.views.lines import Line


def written_and_live(events: Iterable[Event]) -> set[tuple[str, str, int]]:
    """Versions that were published in the very instant in which they were written: one line tells both."""
    at: dict[tuple[str, str, int], Any] = {}
    found = set()
    for event in events:
        if isinstance(event, VersionWritten):
            at[event.dataset, event.partition, event.n] = event.at
        elif isinstance(event, VersionPublished) and at.get((event.dataset, event.partition, event.n)) == event.at:
            found.add((event.dataset, event.partition, event.n))
    return found


# versions


def _written(known: Known, event: VersionWritten) -> Line:
    what = version_of(known, event.dataset, event.partition, event.n)
    if event.fenced:
        text = f"{event.task} (try {event.number}) may not write {what}: a newer try has begun (fenced)"
        return Line(event.at, text, "late")
    return Line(event.at, f"{event.task} writes {what}{_rows(event)}")


_ONTO = {"append": "added to", "merge": "merged into"}


def _rows(event: VersionWritten) -> str:
    if event.rows is None:
        return ""
    onto = f": {event.added} {_ONTO[event.mode]} version {event.base}" if event.base and event.mode in _ONTO else ""
    return f", {plural(event.rows, 'row')}{onto}"


def _published(known: Known, event: VersionPublished) -> Line:
    version = known.data.get((event.dataset, event.partition, event.n))
    added = ""
    if version is not None and version.base and version.mode in _ONTO and version.added is not None:
        added = f" ({version.added} {_ONTO[version.mode]} version {version.base})"
    text = f"{of_day(known, event.dataset, event.partition)} is live: {_which(event.n, version)}{added}"
    return Line(event.at, text, "good")


def _which(n: int, version: Version | None) -> str:
    """`version 2, 596 rows`; of the first one only its rows, where they are known."""
    known = version is not None and version.rows is not None
    return rows_said(version)[2:] if known and n == 1 else f"version {n}{rows_said(version)}"


def _checked(known: Known, event: CheckRan) -> Line:
    name, day = f"{event.dataset}.{event.check}", day_of(known, event.dataset, event.partition)
    if event.status == "pass":
        alike = f"{{n}} checks of {day.replace('{', '{{')} pass"
        return Line(event.at, f"check {name} of {day} passes", "", name, alike)
    said = event.sentence.rstrip(".")
    if event.severity != "block":
        return Line(event.at, f"check {event.check} warns: {said}", "late")
    held = f"; version {event.n} is held back" if event.when == "before" else ""
    return Line(event.at, f"check {event.check} fails: {said}{held}", "bad")


# who reads it


def _read(known: Known, event: DatasetRead) -> Line:
    wanted = of_day(known, event.dataset, event.wanted)
    if not event.n:
        return Line(event.at, f"{event.consumer} wants {wanted}, and nothing is live", "bad")
    version = known.data.get((event.dataset, event.partition, event.n))
    got = _which(event.n, version)
    if event.wanted == event.partition:
        return Line(event.at, f"{event.consumer} reads {wanted}: {got}")
    old = day_of(known, event.dataset, event.partition)
    return Line(event.at, f"{event.consumer} wants {wanted}, and reads that of {old}: {got}, out of date", "late")


# who is told


def _alert(known: Known, event: AlertSent) -> Line:
    about = subject_said(known, event.kind, event.dag, event.partition, event.subject)
    if not event.reached:
        text = f"nobody is told that {about}: {unreached(known, event.route, event.recipients)}"
        return Line(event.at, text, "bad")
    people = people_told(known, event.route, event.recipients)
    return Line(event.at, f"{people}: {about}", "" if event.kind == "success" else "late")


def _answered(known: Known, event: AlertAnswered) -> Line:
    alert = known.data.alerts.get(event.alert)
    if alert is None:
        return Line(event.at, f"{event.by} answers the alert of event {event.alert}")
    about = subject_said(known, alert.kind, alert.dag, alert.partition, alert.subject)
    return Line(event.at, f"{event.by} answers, after {ago(event.at - alert.at)}: {about}")


# what people do


def _command(known: Known, event: Any) -> Line:
    return Line(event.at, f"you: {event.sentence}", "you")


DATA_WORDS: dict[type[Any], Callable[[Known, Any], Line]] = {
    VersionWritten: _written,
    CheckRan: _checked,
    VersionPublished: _published,
    DatasetRead: _read,
    AlertSent: _alert,
    AlertAnswered: _answered,
    PointersMoved: _command,
    RowsSetAside: _command,
    ConsumersTold: _command,
    BackfillChanged: _command,
}
