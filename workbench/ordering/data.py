"""Orders about data: which version is live, and who is told that what they read has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from workbench.engine import Known
from workbench.engine.catalog import Read, Version
from workbench.engine.data_events import ConsumersTold, PointersMoved
from workbench.model import DagSpec
from workbench.ordering.here import Here, Order, refuse, unknown
from workbench.ordering.targets import Target, name_in, one_day, span_of, window_of
from workbench.timetable import Partition
from workbench.views.clock import Clock, listed, plural
from workbench.views.data_words import blocking, day_of, observed, of_day, version_of
from workbench.views.reach import reads_of_made
from workbench.views.wording import shortened

_MOST_DAYS = 10_000


def dataset_named(known: Known, name: str) -> str:
    """A dataset of this name. Raises InvalidInput, and says what an input, a task or a DAG of that name is."""
    if name in known.makers:
        return name
    if name in known.homes:
        raise refuse(f"{name} is an input, which somebody else delivers; here it takes a dataset")
    wrote = [one for plan in known.plans.values() if name in plan.tasks for one in plan.tasks[name].writes]
    if wrote:
        raise refuse(f"{name} is a task; it writes {listed(wrote)}, and here it takes that")
    nobody = "No task here writes a dataset (`writes:` in the file)."
    raise unknown("dataset", name, known.makers, "" if known.makers else nobody)


def spec_of(known: Known, name: str) -> DagSpec:
    """The DAG on whose grid a dataset's partitions lie."""
    return known.plans[known.makers[name]].spec


def windows_named(known: Known, target: Target) -> list[Partition]:
    """The partitions of a target that has days; of one without, the newest that was written."""
    name = dataset_named(known, target.name)
    spec = spec_of(known, name)
    if not target.first:
        written = [spec.grid.parse(day) for one, day in known.data.versions if one == name]
        if not written:
            raise refuse(f"Nobody has written {name} yet; let time go on (run)")
        return [max(written, key=lambda window: window.start)]
    first, last = span_of(spec, target)
    found = list(islice(spec.grid.between(first.start, last.end), _MOST_DAYS + 1))
    if len(found) > _MOST_DAYS:
        raise refuse(f"{target.days} would be more than {_MOST_DAYS} {spec.grid.unit}s; write a shorter range")
    return found


# withdraw and approve


def withdraw(here: Here, target: Target, to: int | None = None) -> Order:
    """What is live of these partitions is live no longer; version `to` of it is instead, if one is named."""
    known, name = here.known, dataset_named(here.known, target.name)
    live = [one for w in windows_named(known, target) if (one := known.data.live_version(name, w.key)) is not None]
    if not live:
        days = target.days or "any day"
        raise refuse(f"Nothing of {name} is live for {days}, so there is nothing to withdraw")
    if to is not None and len(live) > 1:
        raise refuse(f"A version is one of one day; write one day: withdraw {name}@{live[0].partition} to {to}")
    if to is not None:
        _refuse_version(known, live[0], to)
    moves = tuple((one.dataset, one.partition, to or 0) for one in live)
    event = PointersMoved(here.now, "withdrawn", moves, _told_withdrawn(known, live, to), 0)
    return Order((event,), event.sentence, tuple(reader_notes(here, live)))


def _refuse_version(known: Known, live: Version, to: int) -> None:
    found = known.data.get((live.dataset, live.partition, to))
    what = of_day(known, live.dataset, live.partition)
    if found is None:
        many = len(known.data.versions[live.dataset, live.partition])
        raise refuse(f"{what} has no version {to}; it has {'1' if many == 1 else f'1 to {many}'}")
    if to == live.n:
        raise refuse(f"Version {to} of {what} is live already")
    if found.state == "fenced":
        raise refuse(f"Version {to} of {what} was refused when it was written (fenced): nothing of it can be read")
    if found.state == "blocked":
        instead = f"approve {live.dataset}@{live.partition} {to}"
        raise refuse(f"Version {to} of {what} was held back by a check; write: {instead}")


def _told_withdrawn(known: Known, live: Sequence[Version], to: int | None) -> str:
    name = live[0].dataset
    if len(live) > 1:
        days = listed(shortened([day_of(known, name, one.partition) for one in live]))
        return f"what was live of {name} withdrawn: {days}"
    one = live[0]
    back = f"version {to} is live again" if to else "nothing of it is live"
    return f"{version_of(known, name, one.partition, one.n)} withdrawn: {back}"


def approve(here: Here, target: Target, n: int | None = None) -> Order:
    """A version that a check held back goes live all the same."""
    known, name = here.known, dataset_named(here.known, target.name)
    day = one_day(target)
    window = window_of(spec_of(known, name), day) if day else windows_named(known, target)[0]
    versions = known.data.versions.get((name, window.key), ())
    what = of_day(known, name, window.key)
    if not versions:
        raise refuse(f"Nobody has written {what}, so there is nothing to approve")
    found = _to_approve(versions, n)
    if found is None:
        raise refuse(f"{what} has no version {n}; it has {'1' if len(versions) == 1 else f'1 to {len(versions)}'}")
    if found.state != "blocked":
        state = _NOT_BLOCKED[found.state]
        raise refuse(f"Version {found.n} of {what} {state}; only what a check held back is approved")
    against = [f"{one.check} said: {observed(one)}" for one in blocking(known.data.checks_of(found.name))]
    told = f"{version_of(known, name, window.key, found.n)} approved, though {listed(against)}"
    event = PointersMoved(here.now, "approved", (found.name,), told, 0)
    return Order((event,), told, tuple(_stopped_notes(known, found)))


def _to_approve(versions: Sequence[Version], n: int | None) -> Version | None:
    if n is not None:
        return versions[n - 1] if 0 < n <= len(versions) else None
    return next((one for one in reversed(versions) if one.state == "blocked"), versions[-1])


_NOT_BLOCKED = {
    "live": "is live already",
    "replaced": "was live, and another took its place",
    "withdrawn": "was withdrawn by hand",
    "fenced": "was refused when it was written (fenced)",
    "written": "is written, and no check holds it back",
}


def _stopped_notes(known: Known, version: Version) -> Iterable[str]:
    """The task that a check failed stays failed: what is below it needs a word of its own."""
    run = known.runs.get(version.run)
    cell = run.cells.get(version.task) if run is not None else None
    if cell is not None and cell.state == "failed":
        target = f"{name_in(known, version.run.dag, version.task)}@{version.partition}"
        yield f"{version.task} stays failed, as its check said no; so that those below may run: mark {target} success"


# who is told


def notify(here: Here, target: Target, names: Sequence[str] = ()) -> Order:
    """Tell consumers that what they read of these partitions has changed. Without names: all who read a version of it
    that has been replaced or withdrawn since, and were not told."""
    known, name = here.known, dataset_named(here.known, target.name)
    for one in names:
        if one not in known.consumers:
            raise unknown("consumer", one, known.consumers)
    windows = windows_named(known, target)
    days = {window.key for window in windows}
    who = list(dict.fromkeys(names)) or list(dict.fromkeys(read.consumer for read in changed_reads(known, name, days)))
    if not who:
        told = f"Nobody has read anything of {_days_said(known, name, windows)} that changed since and was not told"
        raise refuse(f"{told}; to tell somebody all the same: notify NAME about {target}")
    said = f"{listed(who)} told that {_days_said(known, name, windows)} changed"
    event = ConsumersTold(here.now, name, tuple(window.key for window in windows), tuple(who), said, 0)
    return Order((event,), said, tuple(_behind_notes(known, name, windows)))


def _behind_notes(known: Known, name: str, windows: Sequence[Partition]) -> Iterable[str]:
    """Who read what was made of these partitions, of other datasets: this tells nobody of it."""
    for dataset, day, who in held_behind(known, name, [window.key for window in windows]):
        told = [one for one in who if was_told_since(known, dataset, day, one)]
        left = [one for one in who if one not in told]
        what = f"{of_day(known, dataset, day)}, which was made of it"
        if told:
            yield f"{listed(told)} read {what}, and {'was' if len(told) == 1 else 'were'} told"
        if left:
            line = f"notify {' '.join(left)} about {dataset}@{day}"
            yield f"{listed(left)} read {what}, and {'is' if len(left) == 1 else 'are'} not told by this: {line}"


def held_behind(known: Known, name: str, keys: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """(dataset, partition, consumers) of those who read what was made of any version of these partitions."""
    found: dict[tuple[str, str], list[str]] = {}
    for read in reads_of_made(known, name, keys):
        who = found.setdefault((read.dataset, read.partition), [])
        who += [read.consumer] if read.consumer not in who else []
    return [(*place, who) for place, who in found.items()]


def was_told_since(known: Known, name: str, partition: str, consumer: str) -> bool:
    """Was this consumer told of a partition after its last read of it?"""
    reads = [one.seq for one in known.data.reads
             if (one.consumer, one.dataset, one.partition) == (consumer, name, partition)]  # fmt: skip
    return any(
        seq > max(reads, default=0) and dataset == name and partition in days and consumer in who
        for seq, _, dataset, days, who in known.data.told
    )


def is_changed(known: Known, read: Read) -> bool:
    """Is what was read live no longer, nor the same, row for row, as what is?"""
    live = known.data.live.get((read.dataset, read.partition))
    return bool(read.n) and live != read.n and not _same(known, read, live)


def was_told(known: Known, read: Read) -> bool:
    """Of a read of what has changed since: was its consumer told after that? Of another: after the read?"""
    if is_changed(known, read):
        return _was_told(known, read)
    return was_told_since(known, read.dataset, read.partition, read.consumer)


def changed_reads(known: Known, name: str, days: set[str]) -> list[Read]:
    """Reads of versions of these partitions that are live no longer, of consumers that were not told since."""
    reads = (one for one in known.data.reads if one.dataset == name and one.partition in days)
    return [one for one in reads if is_changed(known, one) and not _was_told(known, one)]


def _same(known: Known, read: Read, live: int | None) -> bool:
    """Is what is live the same, row for row, as what was read?"""
    versions = known.data.versions[read.dataset, read.partition]
    before, after = versions[read.n - 1], versions[live - 1] if live else None
    return after is not None and before.content is not None and before.content == after.content


def _was_told(known: Known, read: Read) -> bool:
    """Since the version that they read was taken from them."""
    version = known.data.get((read.dataset, read.partition, read.n))
    until = version.live[-1].until_seq if version is not None and version.live else None
    return until is not None and any(
        seq > until and name == read.dataset and read.partition in days and read.consumer in who
        for seq, _, name, days, who in known.data.told
    )


def _days_said(known: Known, name: str, windows: Sequence[Partition]) -> str:
    days = [day_of(known, name, window.key) for window in windows]
    if len(days) <= 3:
        return f"{name} of {listed(days)}"
    return f"{name} of {plural(len(days), spec_of(known, name).grid.unit)}, {days[0]} to {days[-1]}"


def reader_notes(here: Here, versions: Iterable[Version]) -> Iterable[str]:
    """Who has read these versions, and how to tell them."""
    known = here.known
    for one in versions:
        reads = [read for read in known.data.reads if (read.dataset, read.partition, read.n) == one.name]
        if reads:
            clock = Clock(here.now, spec_of(known, one.dataset).zone)
            who = list(dict.fromkeys(f"{read.consumer} ({clock.at(read.at)})" for read in reads))
            place = f"{one.dataset}@{one.partition}"
            yield f"read by {listed(shortened(who))}; to tell them: notify about {place}"
