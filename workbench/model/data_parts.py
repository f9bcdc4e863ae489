"""What a workspace says about data: datasets with their checks, who reads them, who is told when something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Literal

WriteMode = Literal["append", "overwrite", "merge"]
Store = Literal["landing", "object_store", "warehouse", "online_store", "registry"]
KeptBy = Literal["tasks", "external_store", "managed_store"]
CheckKind = Literal[
    "rows", "freshness", "schema", "unique", "null_share", "distribution", "foreign_key", "sql", "complete"
]
Severity = Literal["warn", "block"]
When = Literal["before", "after", "step"]
Measure = Literal["mean", "sum", "min", "max", "stddev"]
Executor = Literal["engine", "warehouse", "job", "sync"]
RowsKept = Literal["carry", "count"]
AlertKind = Literal["failure", "retry", "deadline", "check", "success"]

CHECK_KINDS: tuple[str, ...] = CheckKind.__args__  # type: ignore[attr-defined]
ALERT_KINDS: tuple[str, ...] = AlertKind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Check:
    """A question to the rows of a version. What it observes must lie between `min` and `max` (None: no bound).

    kind           observes
    rows           how many rows there are
    freshness      the age, in hours, of the newest of what it was made of, when the check ran; `max` bounds it
    schema         how many of `columns` are missing, or stand there besides them; also columns whose values are
                   not all of the one type given: `dep_delay:number`
    unique         how many rows repeat the `columns` of another
    null_share     the share (0 to 1) of rows in which one of `columns` is empty ("", "NA" or null)
    distribution   the `measure` of the numbers in the one of `columns`
    foreign_key    the share of rows whose `columns` are not in the live version of `to` (`planes.tailnum`)
    sql            the one number that `sql` answers, over the table `rows` (and any live dataset by its name)
    complete       how many of the partitions or inputs that it was to be made of were missing

    `severity` block: a version that fails is not published, or its step fails. `when`: before publication, by the task
    that writes; after it, by a monitor, `delay` later; or by a task that names it as `dataset.check` (a step)."""

    name: str
    kind: CheckKind = "rows"
    columns: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    measure: Measure = "mean"
    to: str | None = None
    sql: str | None = None
    severity: Severity = "warn"
    when: When = "before"
    delay: timedelta = timedelta(minutes=1)
    owner: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What tasks write, in partitions of the DAG that declares it. Each write makes a version; a version that is
    published is live, which is what readers get.

    `mode`: a write adds its rows to the live version, takes its place, or replaces rows with the same `key`. `fenced`:
    a write of a try that is not its task's newest is refused. `deadline`: until when a partition must be live
    (freshness). `kept_by`: `tasks`; `external_store`: a feature store that is filled only by its ingest task, after
    what it is made of; `managed_store`: one that fills past partitions by itself, from a start date. `store`: where it
    lies; a `registry` holds models, whose versions name the model."""

    name: str
    mode: WriteMode = "overwrite"
    key: tuple[str, ...] = ()
    store: Store = "warehouse"
    kept_by: KeptBy = "tasks"
    fenced: bool = False
    checks: Mapping[str, Check] = field(default_factory=dict)
    deadline: time | timedelta | None = None
    owner: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who reads live versions at fixed times: `schedule` is cron in `timezone`. `reads`: datasets, of which
    the last window that has ended, or a span of windows up to it (`pub@-6..0`). Where that partition is not live, the
    reader gets the newest earlier one that is, which is stale."""

    name: str
    reads: tuple[str, ...] = ()
    schedule: str = "0 8 * * *"
    timezone: str = "UTC"
    owner: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of the roster. An active one acknowledges an alert `acknowledges` after it was sent; never when
    None."""

    name: str
    active: bool = True
    acknowledges: timedelta | None = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Alerts:
    """About what a DAG tells somebody, and whom: a name of the roster or a route. `to` None: the owner of what is
    wrong, else of the DAG."""

    on: tuple[AlertKind, ...] = ("failure", "deadline", "check")
    to: str | None = None
