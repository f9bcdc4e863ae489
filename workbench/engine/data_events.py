"""Events about data: versions of datasets, checks, reads, alerts, and what people do about them. As all events they
begin with `at` (UTC, whole seconds) and name their `cause`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from workbench.engine.keys import RunKey, VersionName


class VersionWritten(NamedTuple):
    """A try wrote a partition of a dataset: its n-th version. `mode`: append, overwrite or merge, onto version `base`
    (0: nothing). `rows` and `content`: of the whole partition afterwards; `added`: how many rows the try brought. All
    three are None where no rows are known. `sources`: the versions that it was made of. `fenced`: the write was
    refused, for a newer try had begun; nothing of it can be read."""

    at: datetime
    run: RunKey
    task: str
    number: int
    dataset: str
    n: int
    mode: str
    base: int
    rows: int | None
    added: int | None
    content: str | None
    code: str
    sources: tuple[VersionName, ...]
    fenced: bool
    cause: int

    @property
    def partition(self) -> str:
        return self.run.partition


class CheckRan(NamedTuple):
    """A check looked at a version. `status`: pass or fail; `severity`: warn or block; `when`: before, after or step.
    `observed`: what it measured (None: it could not), `expected`: in words; `sentence`: both in one."""

    at: datetime
    check: str
    dataset: str
    partition: str
    n: int
    status: str
    severity: str
    when: str
    observed: float | None
    expected: str
    sentence: str
    cause: int


class VersionPublished(NamedTuple):
    """This version is live from now on, in the place of what was."""

    at: datetime
    dataset: str
    partition: str
    n: int
    cause: int


class DatasetRead(NamedTuple):
    """A consumer read a dataset. It wanted a partition (`wanted`) and got `partition`, version `n`: an earlier one when
    the wanted one was not live; "" and 0 when nothing was."""

    at: datetime
    consumer: str
    dataset: str
    wanted: str
    partition: str
    n: int
    cause: int


class AlertSent(NamedTuple):
    """Something had to be told (`kind`: failure, retry, deadline, check or success; about `subject`, of a DAG's
    partition), by `route` (the name that stood there), to these people. None of them active: it reached nobody."""

    at: datetime
    kind: str
    dag: str
    partition: str
    subject: str
    route: str
    recipients: tuple[str, ...]
    reached: bool
    cause: int


class AlertAnswered(NamedTuple):
    """Somebody acknowledged the alert that was event number `alert`."""

    at: datetime
    alert: int
    by: str
    cause: int


class PointersMoved(NamedTuple):
    """Somebody said which version of these partitions is live: of each (dataset, partition, n); n 0 withdraws what
    was live. `word`: withdrawn or approved."""

    at: datetime
    word: str
    moves: tuple[VersionName, ...]
    sentence: str
    cause: int


class RowsSetAside(NamedTuple):
    """Somebody put rows in quarantine: tries that begin from now on do not see those rows of an input or dataset for
    which `where` (an SQL condition) holds. `rows`: how many there are, `content`: these. `owner`: who answers for
    them."""

    at: datetime
    dataset: str
    partition: str
    where: str
    rows: int
    content: str | None
    owner: str
    sentence: str
    cause: int


class ConsumersTold(NamedTuple):
    """Somebody told these consumers that what they had read of a dataset's partitions has changed, or was wrong."""

    at: datetime
    dataset: str
    partitions: tuple[str, ...]
    consumers: tuple[str, ...]
    sentence: str
    cause: int
