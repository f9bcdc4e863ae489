"""What events about data change in a draft of the state, for the table in `evolve`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.engine.catalog import Alert, Checked, Owed, Read, SetAside, Span, Version
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
from workbench.engine.events import AttemptEnded, RunEnded
from workbench.engine.monitor import is_told_by_checks
from workbench.engine.state import Gathered, Known, Run, State
from workbench.timetable import Partition


def version_written(state: State, known: Known, event: VersionWritten) -> None:
    place = event.dataset, event.partition
    version = Version(
        event.dataset, event.partition, event.n, known.seq, event.at, event.run, event.task, event.number, event.mode,
        event.base, event.rows, event.added, event.content, event.code, event.sources,
        "fenced" if event.fenced else "written",
    )  # fmt: skip
    catalog, one_try = known.data, (event.run, event.task, event.number)
    catalog.versions[place] = (*catalog.versions.get(place, ()), version)
    catalog.by_try[one_try] = (*catalog.by_try.get(one_try, ()), version.name)


def check_ran(state: State, known: Known, event: CheckRan) -> None:
    catalog, name = known.data, (event.dataset, event.partition, event.n)
    checked = Checked(
        known.seq, event.at, event.check, event.status, event.severity, event.when, event.observed, event.expected,
        event.sentence,
    )  # fmt: skip
    catalog.checked[name] = (*catalog.checked.get(name, ()), checked)
    if event.status == "pass":
        return
    version = catalog.get(name)
    if event.severity == "block" and version is not None and version.state == "written":
        catalog.change(version._replace(state="blocked"))
    home = known.makers.get(event.dataset) or known.homes.get(event.dataset, "")
    owe(known, "check", home, event.partition, f"{event.dataset}.{event.check}")


def version_published(state: State, known: Known, event: VersionPublished) -> None:
    _make_live(known, event.dataset, event.partition, event.n, event.at)


def pointers_moved(state: State, known: Known, event: PointersMoved) -> None:
    for dataset, partition, n in event.moves:
        if n:
            _make_live(known, dataset, partition, n, event.at)
        else:
            _end_live(known, dataset, partition, "withdrawn", event.at)


def _end_live(known: Known, dataset: str, partition: str, became: str, at: Any) -> Version | None:
    """The version that was live, now ended."""
    catalog = known.data
    before = catalog.live_version(dataset, partition)
    if before is not None:
        *past, last = before.live
        ended = last._replace(until=at, until_seq=known.seq)
        catalog.change(before._replace(state=became, live=(*past, ended)))
        del catalog.live[dataset, partition]
    return before


def _make_live(known: Known, dataset: str, partition: str, n: int, at: Any) -> None:
    catalog = known.data
    before = _end_live(known, dataset, partition, "replaced", at)
    version = catalog.get((dataset, partition, n))
    assert version is not None
    catalog.change(version._replace(state="live", live=(*version.live, Span(at, known.seq))))
    catalog.live[dataset, partition] = n
    # What changed nothing starts nobody, and makes nobody stale.
    changed = before is None or before.content is None or before.content != version.content
    if changed and dataset in known.listeners:
        home = known.makers[dataset]
        gather(known, dataset, home, known.plans[home].spec.grid.parse(partition))


def gather(known: Known, name: str, dag: str, window: Partition) -> None:
    """An input or dataset came: note it down for the DAGs that it starts, at each of their windows that it touches, or
    at none in particular."""
    for listener in known.listeners.get(name, ()):
        spec, home = known.plans[listener].spec, known.plans[dag].spec
        if spec.data is not None and spec.data.interval == "any":
            _note_down(known, (listener, ""), name, window)
            continue
        windows = (window,) if spec.grid == home.grid else tuple(spec.grid.between(window.start, window.end))
        for own in windows:
            if spec.wants(own):
                _note_down(known, (listener, own.key), name, window)


def _note_down(known: Known, place: tuple[str, str], name: str, window: Partition) -> None:
    before = known.gathered[place].what if place in known.gathered else frozenset()
    known.gathered[place] = Gathered(before | {(name, window.key)}, known.seq)


def dataset_read(state: State, known: Known, event: DatasetRead) -> None:
    known.data.reads.append(
        Read(known.seq, event.at, event.consumer, event.dataset, event.wanted, event.partition, event.n)
    )
    known.data.last_read[event.consumer, event.dataset] = event.at


def rows_set_aside(state: State, known: Known, event: RowsSetAside) -> None:
    place = event.dataset, event.partition
    one = SetAside(known.seq, event.at, *place, event.where, event.rows, event.content, event.owner)
    known.data.aside[place] = (*known.data.aside.get(place, ()), one)


def consumers_told(state: State, known: Known, event: ConsumersTold) -> None:
    one = (known.seq, event.at, event.dataset, event.partitions, event.consumers)
    known.data.told = (*known.data.told, one)


# what has to be told


def owe(known: Known, kind: str, dag: str, partition: str, subject: str) -> None:
    """This has to be told to somebody, if the DAG says so, and if there is anybody: a roster or routes."""
    if not known.roster and not known.routes:
        return
    plan = known.plans.get(dag)
    if plan is None or kind in plan.spec.alerts.on:
        known.data.owed = (*known.data.owed, Owed(known.seq, kind, dag, partition, subject))


def run_ended(known: Known, run: Run, event: RunEnded) -> None:
    kind = "failure" if event.state == "failed" else "success"
    if kind == "success" or event.reason or not is_told_by_checks(known, run):
        owe(known, kind, event.run.dag, event.run.partition, "")


def try_failed(known: Known, event: AttemptEnded) -> None:
    owe(known, "retry", event.run.dag, event.run.partition, event.task)


def alert_sent(state: State, known: Known, event: AlertSent) -> None:
    catalog = known.data
    catalog.owed = catalog.owed[1:]
    catalog.alerts[known.seq] = Alert(
        known.seq, event.at, event.kind, event.dag, event.partition, event.subject, event.route, event.recipients,
        event.reached, event.cause,
    )  # fmt: skip


def alert_answered(state: State, known: Known, event: AlertAnswered) -> None:
    alert = known.data.alerts[event.alert]
    known.data.alerts[event.alert] = alert._replace(answered=event.at, by=event.by)


APPLY: dict[type[Any], Callable[[State, Known, Any], Run | None]] = {
    VersionWritten: version_written,
    CheckRan: check_ran,
    VersionPublished: version_published,
    PointersMoved: pointers_moved,
    RowsSetAside: rows_set_aside,
    ConsumersTold: consumers_told,
    DatasetRead: dataset_read,
    AlertSent: alert_sent,
    AlertAnswered: alert_answered,
}
