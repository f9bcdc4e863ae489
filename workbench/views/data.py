"""Data in words: which versions of a dataset there are, which are live, who wrote them, who read them, and what checks
said of them. Pure, from what is known; whether rows are right is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.engine.catalog import Checked, Read, Version
from workbench.model import Check, Dataset
from workbench.views.clock import Clock, common_zone, listed, plural
from workbench.views.columns import WIDTH, columns, wrapped
from workbench.views.data_due import NotLive, due_of, not_live
from workbench.views.data_words import dataset_in, day_of, home_of_data, last_said, rows_said, tasks_taking, version_of

# More lines than these of reads are told in a number.
_MOST = 20
_SHORT = 12
STORES = {
    "landing": "in the landing folder",
    "object_store": "in the object store",
    "warehouse": "in the warehouse",
    "online_store": "in the online store",
    "registry": "in the model registry",
}
KEEPERS = {
    "external_store": "an external store, which is filled only by its ingest task",
    "managed_store": "a managed store, which fills past partitions by itself",
}
MODES = {
    "append": "a write adds its rows to what is live",
    "overwrite": "a write takes the place of the partition",
    "merge": "a write replaces the rows with the same {key}",
}


@dataclass(frozen=True)
class CheckSaid:
    """What a check said last of a version. `said`: `dear passed`, `volume (blocks) failed`."""

    check: str
    status: str
    severity: str
    stage: str
    at: datetime
    said: str
    sentence: str


@dataclass(frozen=True)
class ReadLine:
    """One read of a consumer. `partition`, `n`: what it got, which is stale when it is not what it `wanted`."""

    at: datetime
    consumer: str
    wanted: str
    partition: str
    n: int
    rows: int | None
    stale: bool
    sentence: str


@dataclass(frozen=True)
class VersionLine:
    """One version of a partition. `standing`: `live since Fri 4 Jan 06:15`; `day`: its partition, as people say it.
    `written` (UTC) by try `number` of `task` of `dag`, in a run of this `kind`, by version `code` of its code."""

    partition: str
    day: str
    n: int
    rows: int | None
    added: int | None
    mode: str
    base: int
    content: str | None
    state: str
    standing: str
    written: datetime
    dag: str
    task: str
    kind: str
    number: int
    code: str
    live_from: datetime | None
    live_to: datetime | None
    sources: tuple[str, ...]
    checks: tuple[CheckSaid, ...]
    readers: tuple[ReadLine, ...]

    @property
    def checked(self) -> str:
        """`2 passed`, `volume failed`, `2 failed`, `none ran`."""
        failed = [one.check for one in self.checks if one.status != "pass"]
        if failed:
            is_short = len(failed) == 1 and len(failed[0]) <= _SHORT
            return f"{failed[0] if is_short else len(failed)} failed"
        return f"{len(self.checks)} passed" if self.checks else "none ran"

    @property
    def when(self) -> str:
        """When it was live, under that head: `since Fri 4 Jan 06:15`."""
        return self.standing.removeprefix("was live ").removeprefix("live ")


@dataclass(frozen=True)
class DatasetData:
    """One dataset: what it is (`about`), all its versions (by partition, the newest write first), and all its reads.
    `live`: of how many of the `partitions` that were due a version is live; `missing`: what became of the others.
    `takers`: the tasks that take it."""

    name: str
    home: str
    owner: str | None
    about: tuple[str, ...]
    live: int
    partitions: int
    versions: tuple[VersionLine, ...]
    reads: tuple[ReadLine, ...]
    aside: tuple[str, ...]
    told: tuple[str, ...]
    zone: str
    missing: tuple[NotLive, ...] = ()
    takers: tuple[str, ...] = ()

    @property
    def newest(self) -> VersionLine | None:
        """The live version of the last partition that has one."""
        found = [one for one in self.versions if one.state == "live"]
        return found[-1] if found else None


def all_data(known: Known, now: datetime) -> tuple[DatasetData, ...]:
    """Every dataset, by name; `now` (UTC) is where the reader stands."""
    return tuple(dataset_data(known, now, name) for name in sorted(known.makers))


def dataset_data(known: Known, now: datetime, name: str, partition: str = "") -> DatasetData:
    """One dataset, or one partition of it."""
    teller = _Teller(known, Clock(now, common_zone(known)), name)
    places = sorted(key for dataset, key in known.data.versions if dataset == name and partition in ("", key))
    found = [one for key in places for one in reversed(known.data.versions[name, key])]
    reads = [one for one in known.data.reads if one.dataset == name and partition in ("", one.partition, one.wanted)]
    dataset, due = dataset_in(known, name), due_of(known, name, partition)
    return DatasetData(
        name,
        home_of_data(known, name) or "",
        dataset.owner,
        tuple(teller.about(dataset)),
        sum((name, key) in known.data.live for key in places),
        len(due),
        tuple(map(teller.version, found)),
        tuple(map(teller.read, reads)),
        tuple(teller.aside(partition)),
        tuple(teller.told(partition)),
        teller.clock.zone.key,
        not_live(known, name, due),
        tasks_taking(known, name),
    )


class _Teller:
    """Says things about one dataset."""

    def __init__(self, known: Known, clock: Clock, name: str) -> None:
        self.known, self.clock, self.name = known, clock, name
        self.reads: dict[tuple[str, int], list[Read]] = {}
        for one in known.data.reads:
            if one.dataset == name:
                self.reads.setdefault((one.partition, one.n), []).append(one)

    def day(self, partition: str) -> str:
        return day_of(self.known, self.name, partition)

    def about(self, dataset: Dataset) -> Iterator[str]:
        """What the dataset is, who writes it, and what guards it."""
        writers = [
            f"{dag}.{task.name}"
            for dag, plan in self.known.plans.items()
            for task in plan.spec.tasks.values()
            if self.name in task.writes
        ]
        written = f"written by {listed(writers)}" if writers else "written by no task"
        yield f"{written}; {STORES[dataset.store]}; {MODES[dataset.mode].format(key=listed(list(dataset.key)))}"
        if dataset.kept_by in KEEPERS:
            yield f"kept by {KEEPERS[dataset.kept_by]}"
        home = self.known.plans.get(home_of_data(self.known, self.name) or "")
        owner = dataset.owner or (home.spec.owner if home else None)
        yield f"owner: {owner}" if owner else "owner: nobody is named"
        checks = [_declared(one) for one in dataset.checks.values()]
        yield f"checks: {'; '.join(checks)}" if checks else "checks: none"

    def version(self, one: Version) -> VersionLine:
        last = one.live[-1] if one.live else None
        return VersionLine(
            one.partition, self.day(one.partition), one.n, one.rows, one.added, one.mode, one.base, one.content,
            one.state, self.standing(one), one.at, one.run.dag, one.task, one.run.kind, one.number, one.code,
            last.since if last else None, last.until if last else None, self.sources(one),
            tuple(self.check(said) for said in last_said(self.known.data.checks_of(one.name))),
            tuple(self.read(read) for read in self.reads.get((one.partition, one.n), ())),
        )  # fmt: skip

    def standing(self, one: Version) -> str:
        """`live since Fri 4 Jan 06:15`."""
        at = self.clock.full
        if one.state == "live":
            return f"live since {at(one.live[-1].since)}"
        if one.live and one.live[-1].until is not None:
            since, until = one.live[-1].since, one.live[-1].until
            end = Clock(since, self.clock.zone).at(until)
            return f"withdrawn {at(until)}" if one.state == "withdrawn" else f"was live {at(since)} to {end}"
        return _STANDING.get(one.state, one.state)

    def sources(self, one: Version) -> tuple[str, ...]:
        """`version 1 of stg for Thu 3 Jan`, `jfk of Thu 3 Jan`."""
        return tuple(
            version_of(self.known, name, partition, n)
            if name in self.known.makers
            else f"{name} of {day_of(self.known, name, partition)}" + (f", delivery {n}" if n > 1 else "")
            for name, partition, n in one.sources
        )

    def check(self, one: Checked) -> CheckSaid:
        outcome = "passed" if one.status == "pass" else "failed"
        blocks = " (blocks)" if one.severity == "block" else ""
        return CheckSaid(
            one.check, one.status, one.severity, one.when, one.at, f"{one.check}{blocks} {outcome}", one.sentence
        )

    def read(self, one: Read) -> ReadLine:
        version = self.known.data.get((one.dataset, one.partition, one.n))
        at, wanted = self.clock.full(one.at), self.day(one.wanted)
        if not one.n:
            said = f"{at}  {one.consumer} wanted {wanted}: nothing was live"
        elif one.stale:
            said = f"{at}  {one.consumer} wanted {wanted}, got {self.day(one.partition)}: v{one.n}{rows_said(version)}"
        else:
            said = f"{at}  {one.consumer} read {wanted}: v{one.n}{rows_said(version)}"
        rows = version.rows if version is not None else None
        return ReadLine(one.at, one.consumer, one.wanted, one.partition, one.n, rows, one.stale, said)

    def aside(self, partition: str) -> Iterator[str]:
        for (name, key), kept in sorted(self.known.data.aside.items()):
            if name == self.name and partition in ("", key):
                for one in kept:
                    owner = f"; {one.owner} answers for them" if one.owner else "; nobody answers for them"
                    yield f"{plural(one.rows, 'row')} of {self.day(key)} where {one.where}{owner}"

    def told(self, partition: str) -> Iterator[str]:
        for _, at, dataset, partitions, consumers in self.known.data.told:
            if dataset == self.name and (not partition or partition in partitions):
                days = listed([self.day(key) for key in partitions]) if len(partitions) < 4 else ""
                about = days or f"{len(partitions)} partitions, {self.day(partitions[0])} to {self.day(partitions[-1])}"
                yield f"{self.clock.full(at)}  {listed(consumers)} about {about}"


_STANDING = {
    "written": "written, and not live yet",
    "blocked": "held back by a check",
    "fenced": "refused: a newer try had begun",
}
_STAGES = {"before": "before it is live", "after": "after it is live", "step": "as a step"}


def _declared(one: Check) -> str:
    """`volume (blocks, before it is live)`."""
    return f"{one.name} ({'blocks' if one.severity == 'block' else 'warns'}, {_STAGES[one.when]})"


# lines of text, for 80 columns


def overview_lines(found: Iterable[DatasetData]) -> list[str]:
    """All datasets, a line each, and who reads them."""
    rows: list[tuple[str, ...]] = [("dataset", "days live", "newest live", "rows", "read by")]
    rows += [
        (
            one.name,
            f"{one.live} of {one.partitions}" if one.partitions else "nothing",
            f"{one.newest.day} v{one.newest.n}" if one.newest else "",
            str(one.newest.rows) if one.newest and one.newest.rows is not None else "",
            _names([read.consumer for read in one.reads]) or _taken(one.takers),
        )
        for one in found
    ]
    return columns(rows, right=(3,))


def _names(consumers: Iterable[str]) -> str:
    """The first two, and how many more."""
    names = list(dict.fromkeys(consumers))
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more


def _taken(takers: tuple[str, ...]) -> str:
    """Where no person or board has read it: the tasks that take it."""
    more = f" and {len(takers) - 1} more" if len(takers) > 1 else ""
    return f"{takers[0]}{more} ({'tasks' if more else 'a task'})" if takers else "nobody"


def dataset_lines(one: DatasetData, detail: bool = False, width: int = WIDTH) -> list[str]:
    """One dataset: what it is, its versions, who read it. With `detail`, each version has lines of its own: who wrote
    it, of what it was made, and what the checks said."""
    lines = [f"{one.name}, of {one.home}"] if one.home else [one.name]
    lines += [line for text in one.about for line in wrapped(text, "  ", "    ", width)]
    if not one.versions:
        lines += ["", "No version was written."]
    elif detail:
        lines += [line for version in one.versions for line in _version_lines(one, version, width)]
    else:
        lines += ["", *columns(_version_rows(one.versions), right=(2,))]
    missing = () if detail and one.versions else tuple(f"{day.day}: {day.became}" for day in one.missing)
    heads = ("Not live", "Set aside (quarantine)", "Read by", "Told")
    for head, some in zip(heads, (missing, one.aside, _reads(one), one.told), strict=True):
        lines += ["", head, *(text for line in some for text in wrapped(line, "  ", "    ", width))] if some else []
    if one.versions and not one.reads:
        takers = f"No person or board has read it; {_takes(one.takers)}." if one.takers else "Nobody has read it."
        lines += ["", *wrapped(takers, "", "  ", width)]
    return lines


def _takes(takers: tuple[str, ...]) -> str:
    return f"{listed(takers)} {'takes' if len(takers) == 1 else 'take'} it"


def _version_rows(versions: Iterable[VersionLine]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("partition", "version", "rows", "live", "checks")]
    last = ""
    for one in versions:
        day = "" if one.partition == last else one.day
        rows.append((day, f"v{one.n}", "" if one.rows is None else str(one.rows), one.when, one.checked))
        last = one.partition
    return rows


def _version_lines(data: DatasetData, one: VersionLine, width: int) -> Iterator[str]:
    clock = Clock(one.written, ZoneInfo(data.zone))
    rows = f", {plural(one.rows, 'row')}" if one.rows is not None else ""
    yield ""
    yield f"Version {one.n} for {one.day}{rows}: {one.standing}"
    kind = "" if one.kind == "scheduled" else f" of a {one.kind} run"
    yield f"  written {clock.full(one.written)} by {one.dag}.{one.task}, try {one.number}{kind}, code {one.code}"
    if one.base and one.added is not None:
        onto = "added to" if one.mode == "append" else "merged into"
        yield f"  {plural(one.added, 'row')} {onto} version {one.base}"
    if one.sources:
        yield from wrapped(f"made of {listed(one.sources)}", "  ", "    ", width)
    for check in one.checks:
        yield from wrapped(f"check {check.said}: {check.sentence.rstrip('.')}", "  ", "    ", width)
    if not one.checks:
        yield "  no check looked at it"


def _reads(one: DatasetData) -> tuple[str, ...]:
    told = [read.sentence for read in one.reads]
    more = len(told) - _MOST
    return (
        *(told if more <= 0 else told[-_MOST:]),
        *([f"and {plural(more, 'read')} before these"] if more > 0 else []),
    )
