"""What orchestration remembers of data: versions, which of them are live, checks, reads, quarantine and alerts.

Only `evolve` writes. Versions of a partition are numbered from 1 in the order in which they were written; nothing is
ever taken away. That a version is right or wrong is not known here: see `scenario/truth.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from workbench.engine.keys import RunKey, VersionName
from workbench.engine.layered import Layered

Place = tuple[str, str]  # dataset, partition


class Span(NamedTuple):
    """From when until when a version was live (None: it still is), by instants and by numbers of events."""

    since: datetime
    since_seq: int
    until: datetime | None = None
    until_seq: int | None = None

    def holds(self, seq: int) -> bool:
        """Was it live just before event number `seq`?"""
        return self.since_seq < seq and (self.until_seq is None or self.until_seq >= seq)


class Version(NamedTuple):
    """One version of a partition; see the event `VersionWritten`. `state`: written (not published yet), live, replaced
    (it was live, and another is), blocked (by a check), fenced, or withdrawn. `live`: when it was."""

    dataset: str
    partition: str
    n: int
    seq: int
    at: datetime
    run: RunKey
    task: str
    number: int
    mode: str
    base: int
    rows: int | None
    added: int | None
    content: str | None
    code: str
    sources: tuple[VersionName, ...]
    state: str = "written"
    live: tuple[Span, ...] = ()

    @property
    def name(self) -> VersionName:
        return self.dataset, self.partition, self.n


class Checked(NamedTuple):
    """What a check said of a version; see the event `CheckRan`."""

    seq: int
    at: datetime
    check: str
    status: str
    severity: str
    when: str
    observed: float | None
    expected: str
    sentence: str


class Read(NamedTuple):
    """One read of a consumer; see the event `DatasetRead`."""

    seq: int
    at: datetime
    consumer: str
    dataset: str
    wanted: str
    partition: str
    n: int

    @property
    def stale(self) -> bool:
        return self.wanted != self.partition


class SetAside(NamedTuple):
    """Rows in quarantine; see the event `RowsSetAside`."""

    seq: int
    at: datetime
    dataset: str
    partition: str
    where: str
    rows: int
    content: str | None
    owner: str


class Owed(NamedTuple):
    """Something that has to be told, and was not yet: since the event `seq`."""

    seq: int
    kind: str
    dag: str
    partition: str
    subject: str


class Alert(NamedTuple):
    """What was told; see the event `AlertSent`."""

    seq: int
    at: datetime
    kind: str
    dag: str
    partition: str
    subject: str
    route: str
    recipients: tuple[str, ...]
    reached: bool
    cause: int
    answered: datetime | None = None
    by: str = ""


class Catalog:
    """Versions and all that is known about them. `versions`: of each partition, the oldest first. `live`: n of the live
    one. `checked`: what checks said of a version. `reads`, `aside`, `told`: in the order of the log. `owed`: what is
    to be told. `by_try`: the versions that a try wrote."""

    def __init__(self) -> None:
        self.versions: Layered[Place, tuple[Version, ...]] = Layered()
        self.live: Layered[Place, int] = Layered()
        self.checked: Layered[VersionName, tuple[Checked, ...]] = Layered()
        self.by_try: Layered[tuple[RunKey, str, int], tuple[VersionName, ...]] = Layered()
        self.reads: list[Read] = []
        self.last_read: dict[tuple[str, str], datetime] = {}
        self.aside: dict[Place, tuple[SetAside, ...]] = {}
        self.owed: tuple[Owed, ...] = ()
        self.alerts: dict[int, Alert] = {}
        self.told: tuple[tuple[int, datetime, str, tuple[str, ...], tuple[str, ...]], ...] = ()

    def snapshot(self) -> Catalog:
        new = Catalog.__new__(Catalog)
        for name, value in self.__dict__.items():
            new.__dict__[name] = value if isinstance(value, tuple) else value.copy()
        return new

    def get(self, name: VersionName) -> Version | None:
        dataset, partition, n = name
        found = self.versions.get((dataset, partition), ())
        return found[n - 1] if 0 < n <= len(found) else None

    def live_version(self, dataset: str, partition: str, before: int | None = None) -> Version | None:
        """The version that is live, or was just before event number `before`."""
        found = self.versions.get((dataset, partition), ())
        if before is None:
            n = self.live.get((dataset, partition), 0)
            return found[n - 1] if n else None
        return next((one for one in found if any(span.holds(before) for span in one.live)), None)

    def newest(self, dataset: str, partition: str) -> Version | None:
        """The version written last, live or not."""
        found = self.versions.get((dataset, partition), ())
        return found[-1] if found else None

    def written_by(self, run: RunKey, task: str, number: int) -> Iterator[Version]:
        """What a try wrote, in the order in which it did."""
        for dataset, partition, n in self.by_try.get((run, task, number), ()):
            yield self.versions[dataset, partition][n - 1]

    def checks_of(self, name: VersionName) -> tuple[Checked, ...]:
        return self.checked.get(name, ())

    def next_n(self, dataset: str, partition: str) -> int:
        return len(self.versions.get((dataset, partition), ())) + 1

    def change(self, version: Version) -> None:
        """Put this in the place of the version of the same name."""
        place = version.dataset, version.partition
        found = self.versions[place]
        self.versions[place] = (*found[: version.n - 1], version, *found[version.n :])
