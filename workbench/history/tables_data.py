"""The rows about data: datasets, versions, checks, reads, alerts and backfills; and what the workspace says.

Versions, checks, reads and alerts are named by the number of the event that made them (`id`). Nothing here is taken
away again, but for what the workspace says, which an edit may: that is written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from typing import NamedTuple

from workbench.engine import Known, Run
from workbench.engine.catalog import Alert, Checked, Place, Version
from workbench.engine.keys import VersionName
from workbench.engine.plan import DagPlan
from workbench.engine.state import Backfill
from workbench.history.codec import Row, Texts, printable, to_json
from workbench.model import Check, Dataset, Task
from workbench.timetable import format_duration

# What the workspace says, parents first.
SPEC_TABLES: dict[str, tuple[str, ...]] = {
    "dag": (
        "dag", "version", "owner", "description", "schedule", "starts_by", "timezone", "grid", "catchup",
        "max_active_runs", "paused", "runbook", "environment", "alerts_on", "alerts_to",
    ),
    "task": (
        "dag", "task", "executor", "run", "sql", "needs", "reads", "requires", "writes", "checks", "params", "retries",
        "trigger_rule", "pool", "slots", "priority", "sensor", "owner", "description",
    ),
    "dataset": (
        "dataset", "dag", "mode", "key", "store", "kept_by", "fenced", "deadline", "owner", "description",
    ),
    "dataset_check": (
        "dataset", "check_name", "kind", "severity", "stage", "columns", "min", "max", "measure", "refers_to", "sql",
        "delay_seconds", "owner", "description",
    ),
    "consumer": ("consumer", "reads", "schedule", "timezone", "owner", "description"),
    "roster": ("name", "active", "acknowledges_seconds"),
    "route": ("route", "place", "recipient"),
}  # fmt: skip
DATA_TABLES: dict[str, tuple[str, ...]] = {
    **SPEC_TABLES,
    "version": (
        "id", "dataset", "partition", "n", "dag", "run_kind", "run_n", "task", "number", "written_at", "rows", "added",
        "content", "code", "mode", "base", "state", "live_from", "live_to",
    ),
    "publication": ("version", "dataset", "partition", "n", "live_from", "live_to", "from_seq", "to_seq"),
    "lineage": (
        "version", "dataset", "partition", "n", "source", "source_dataset", "source_partition", "source_n",
    ),
    "check_result": (
        "id", "check_name", "dataset", "partition", "n", "version", "at", "status", "severity", "stage", "observed",
        "expected", "sentence",
    ),
    "read": ("id", "at", "consumer", "dataset", "wanted", "partition", "n", "version", "stale"),
    "alert": (
        "id", "kind", "dag", "partition", "subject", "route", "recipient", "reached", "sent_at", "answered_at",
        "answered_by", "cause",
    ),
    "alert_recipient": ("alert", "recipient"),
    "quarantine": ("id", "at", "dataset", "partition", "condition", "rows", "content", "owner"),
    "told": ("id", "at", "dataset", "partition", "consumer"),
    "backfill": (
        "id", "dag", "asked_at", "runs", "max_active", "sentence", "state", "started", "ended", "done", "failed",
        "priority", "pin", "first_partition", "last_partition", "tasks",
    ),
}  # fmt: skip


Named = Iterator[tuple[str, Row]]  # (table, row)


class Changed(NamedTuple):
    """What some events were about: see the tables of the same names. `backfills`: their numbers. `spec`: what the
    workspace says."""

    places: Iterable[Place] = ()
    written: Iterable[VersionName] = ()
    checked: Iterable[VersionName] = ()
    aside: Iterable[Place] = ()
    alerts: Iterable[int] = ()
    backfills: Iterable[int] = ()
    spec: bool = False


def all_of(known: Known) -> Changed:
    """Everything there is."""
    catalog = known.data
    written = [one.name for versions in catalog.versions.values() for one in versions]
    return Changed(
        catalog.versions, written, catalog.checked, catalog.aside, catalog.alerts, known.backfills, spec=True
    )


def data_rows(known: Known, changed: Changed, after: int, text: Texts) -> Named:
    """The rows of what changed; of what only ever grows (checks, reads, ...) those after event number `after`."""
    catalog = known.data
    if changed.spec:
        yield from spec_rows(known)
    for place in changed.places:
        for version in catalog.versions[place]:
            yield from _version_rows(version, text)
    for name in changed.written:
        yield from _lineage_rows(known, name)
    for name in changed.checked:
        yield from (_check_row(known, name, one, text) for one in catalog.checked[name] if one.seq > after)
    yield from _read_rows(known, after, text)
    yield from _aside_rows(known, changed.aside, after, text)
    for number in changed.alerts:
        yield from _alert_rows(catalog.alerts[number], text)
    yield from _backfill_rows(known, set(changed.backfills), text)


# what the workspace says


def spec_rows(known: Known) -> Named:
    """DAGs, tasks, datasets with their checks, consumers, and who is told."""
    for name, plan in known.plans.items():
        yield "dag", _dag_row(plan, name in known.paused)
        yield from (("task", _task_row(name, task)) for task in plan.spec.tasks.values())
    for name, home in known.makers.items():
        dataset = known.plans[home].spec.datasets.get(name) or Dataset(name)
        yield "dataset", _dataset_row(dataset, home)
        yield from (("dataset_check", _declared_row(name, check)) for check in dataset.checks.values())
    for one in known.consumers.values():
        reads = to_json(one.reads)
        yield "consumer", (one.name, reads, one.schedule, one.timezone, one.owner, printable(one.description))
    for person in known.roster.values():
        yield "roster", (person.name, int(person.active), _seconds(person.acknowledges))
    for route, people in known.routes.items():
        yield from (("route", (route, place, name)) for place, name in enumerate(people))


def _dag_row(plan: DagPlan, paused: bool) -> Row:
    spec, data = plan.spec, plan.spec.data
    schedule = spec.schedule if isinstance(spec.schedule, str) else None
    if data is not None:
        schedule = to_json({"all" if data.all else "any": data.names, "interval": data.interval})
    starts_by = "data" if data is not None else "time" if schedule is not None else "hand"
    return (
        spec.name, plan.version, spec.owner, printable(spec.description), schedule, starts_by, spec.timezone,
        spec.partition, int(spec.catchup), spec.max_active_runs, int(paused), spec.runbook, spec.environment,
        to_json(spec.alerts.on), spec.alerts.to,
    )  # fmt: skip


def _task_row(dag: str, task: Task) -> Row:
    sensor = task.sensor.mode if task.sensor is not None else None
    lists = (task.needs, task.reads, task.requires, task.writes, task.checks)
    return (
        dag, task.name, task.executor, task.run, task.sql, *map(to_json, lists), to_json(dict(task.params)),
        task.retries.max, task.trigger_rule, task.pool, task.slots, task.priority, sensor, task.owner,
        printable(task.description),
    )  # fmt: skip


def _dataset_row(one: Dataset, home: str) -> Row:
    key, told = to_json(one.key), printable(one.description)
    fenced, deadline = int(one.fenced), _moment(one.deadline)
    return one.name, home, one.mode, key, one.store, one.kept_by, fenced, deadline, one.owner, told


def _declared_row(dataset: str, one: Check) -> Row:
    measure = one.measure if one.kind == "distribution" else None
    delay = _seconds(one.delay) if one.when == "after" else None
    return (
        dataset, one.name, one.kind, one.severity, one.when, to_json(one.columns), one.min, one.max, measure, one.to,
        one.sql, delay, one.owner, printable(one.description),
    )  # fmt: skip


def _moment(moment: time | timedelta | None) -> str | None:
    if moment is None:
        return None
    return format_duration(moment) if isinstance(moment, timedelta) else f"{moment:%H:%M}"


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


# versions and what was said of them


def _version_rows(one: Version, text: Texts) -> Named:
    """One version, and each time that it was live."""
    dag, partition, kind, n = one.run
    last = one.live[-1] if one.live else None
    times = (text[last.since], text[last.until]) if last else (None, None)
    yield (
        "version",
        (
            one.seq, one.dataset, partition, one.n, dag, kind, n, one.task, one.number, text[one.at], one.rows,
            one.added, one.content, one.code, one.mode, one.base, one.state, *times,
        ),
    )  # fmt: skip
    for span in one.live:
        spanned = text[span.since], text[span.until], span.since_seq, span.until_seq
        yield "publication", (one.seq, *one.name, *spanned)


def _lineage_rows(known: Known, name: VersionName) -> Named:
    made = known.data.get(name)
    assert made is not None
    for source in made.sources:
        found = known.data.get(source)
        yield "lineage", (made.seq, *name, found.seq if found else None, *source)


def _check_row(known: Known, name: VersionName, one: Checked, text: Texts) -> tuple[str, Row]:
    version = known.data.get(name)
    said = (text[one.at], one.status, one.severity, one.when, one.observed)
    words = (printable(one.expected), printable(one.sentence))
    return "check_result", (one.seq, one.check, *name, version.seq if version else None, *said, *words)


def _read_rows(known: Known, after: int, text: Texts) -> Named:
    for one in reversed(known.data.reads):
        if one.seq <= after:
            return
        version = known.data.get((one.dataset, one.partition, one.n))
        got = (one.partition, one.n, version.seq if version else None, int(one.stale))
        yield "read", (one.seq, text[one.at], one.consumer, one.dataset, one.wanted, *got)


def _aside_rows(known: Known, places: Iterable[Place], after: int, text: Texts) -> Named:
    for place in places:
        for one in (one for one in known.data.aside[place] if one.seq > after):
            row = (one.seq, text[one.at], *place, printable(one.where), one.rows, one.content, one.owner)
            yield "quarantine", row
    for seq, at, dataset, partitions, consumers in reversed(known.data.told):
        if seq <= after:
            return
        for partition in partitions:
            yield from (("told", (seq, text[at], dataset, partition, consumer)) for consumer in consumers)


def _alert_rows(one: Alert, text: Texts) -> Named:
    answered = text[one.answered], one.by, one.cause
    about = (one.kind, one.dag, one.partition, one.subject, one.route, ", ".join(one.recipients))
    yield "alert", (one.seq, *about, int(one.reached), text[one.at], *answered)
    yield from (("alert_recipient", (one.seq, name)) for name in dict.fromkeys(one.recipients))


# backfills


def _backfill_rows(known: Known, numbers: set[int], text: Texts) -> Named:
    if not numbers:
        return
    runs: dict[int, list[Run]] = {number: [] for number in sorted(numbers)}
    for run in known.runs.values():
        if run.backfill in runs:
            runs[run.backfill].append(run)
    for number, mine in runs.items():
        yield "backfill", _backfill_row(number, known.backfills[number], mine, text)


def _backfill_row(number: int, one: Backfill, runs: list[Run], text: Texts) -> Row:
    ended = [run.ended for run in runs if run.ended is not None]
    is_over = len(ended) == len(runs)
    state = "done" if is_over and one.state != "cancelled" else one.state
    started = min((run.started for run in runs if run.started is not None), default=None)
    failed = sum(run.ended is not None and run.state == "failed" for run in runs)
    own = [run.key.partition for run in runs if run.key.dag == one.dag]
    return (
        number, one.dag, text[one.at], len(runs), one.limit, printable(one.sentence), state, text[started],
        text[max(ended) if ended and is_over else None], len(ended), failed, one.priority, one.pin,
        min(own, default=None), max(own, default=None), to_json(one.tasks),
    )  # fmt: skip
