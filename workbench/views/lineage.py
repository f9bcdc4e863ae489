"""What a version was made of, what was made of it, and what is stale: pure, from what is known.

A live version is stale when a version that it was made of is no longer the live one and the live one holds something
else, or when what it was made of is stale itself. Identical content makes nobody stale. An arrival of an input counts
as one of its versions: `(input, partition, n-th arrival)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from workbench.engine import Known
from workbench.engine.catalog import Version
from workbench.engine.keys import VersionName
from workbench.engine.rules.inputs import writer_of
from workbench.model import InvalidInput, nearest
from workbench.timetable import format_instant
from workbench.views.clock import Clock, common_zone, listed, plural
from workbench.views.data_words import day_of, home_of_data

_MOST = 2


@dataclass(frozen=True)
class Reader:
    """A consumer read this version at this instant (UTC)."""

    consumer: str
    at: datetime
    n: int


@dataclass(frozen=True)
class Made:
    """One version on the way up or down. `depth`: how many steps away. An arrival of an input has no run. `at`: when
    it was written, or came (UTC)."""

    dataset: str
    partition: str
    n: int
    depth: int
    state: str
    at: datetime | None
    dag: str
    task: str
    code: str
    rows: int | None
    sentence: str


@dataclass(frozen=True)
class Because:
    """A source of a stale version: which, and what is there now. `kind`: replaced, withdrawn, came_again, or stale (it
    is live, and stale itself). `now`: the number of the live version, 0 when none is; `at`: since when (UTC)."""

    kind: str
    dataset: str
    partition: str
    n: int
    now: int
    at: datetime | None


@dataclass(frozen=True)
class Stale:
    """A live version that was made of something that has changed since. `since` (UTC): when the first of it did."""

    dataset: str
    partition: str
    n: int
    since: datetime | None
    because: tuple[Because, ...]
    readers: tuple[Reader, ...]
    sentence: str

    @property
    def name(self) -> VersionName:
        return self.dataset, self.partition, self.n


@dataclass(frozen=True)
class Lineage:
    """The answer about one version: `headline` first, then what it was made of (`up`), what was made of it (`down`),
    which of all these are `stale`, and who read it."""

    dataset: str
    partition: str
    n: int
    headline: str
    up: tuple[Made, ...]
    down: tuple[Made, ...]
    stale: tuple[Stale, ...]
    readers: tuple[Reader, ...]
    sentences: tuple[str, ...]

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        data = as_json(asdict(self))
        assert isinstance(data, dict)
        return data

    def lines(self, up: bool = True, down: bool = True) -> Iterator[str]:
        """All of it, or one direction."""
        yield self.headline
        for wanted, word, some in ((up, "made of", self.up), (down, "used by", self.down)):
            if wanted:
                yield f"{word}:" if some else f"{word}: nothing"
                yield from (f"{'  ' * one.depth}{one.sentence}" for one in some)
        yield from self.sentences

    def __str__(self) -> str:
        return "\n".join(self.lines())


# one version


def lineage(known: Known, dataset: str, partition: str, n: int = 0) -> Lineage:
    """Of version `n` of a partition; of the live one, else the newest, when it is 0. The dataset may be an input.
    Raises InvalidInput for what is not there."""
    name = _asked(known, dataset, partition, n)
    up = tuple(_made(known, one, depth) for one, depth in _walk(name, lambda one: sources_of(known, one)))
    users = _users(known)
    down = tuple(_made(known, one, depth) for one, depth in _walk(name, lambda one: users.get(one, ())))
    near = {name, *((one.dataset, one.partition, one.n) for one in (*up, *down))}
    stale = tuple(one for one in stale_versions(known) if one.name in near)
    readers = readers_of(known, name)
    told = [one.sentence for one in stale] or ["Nothing of it is stale."]
    return Lineage(
        *name, _first(_made(known, name, 0).sentence), up, down, stale, readers, (*_read_lines(known, name), *told)
    )


def _asked(known: Known, dataset: str, partition: str, n: int) -> VersionName:
    if writer_of(known, dataset) is None:
        raise InvalidInput(
            [f"there is no dataset or input '{dataset}'{nearest(dataset, {*known.makers, *known.homes})}"]
        )
    there = _count(known, dataset, partition)
    if not there:
        raise InvalidInput([f"{dataset} has no version for {partition} yet"])
    if n > there:
        raise InvalidInput([f"{dataset} has {plural(there, 'version')} for {partition}, and no version {n}"])
    return dataset, partition, n or live_n(known, dataset, partition) or there


def _count(known: Known, dataset: str, partition: str) -> int:
    if dataset in known.homes:
        return len(arrivals_of(known, dataset, partition))
    return len(known.data.versions.get((dataset, partition), ()))


def arrivals_of(known: Known, name: str, partition: str) -> tuple[Any, ...]:
    """All arrivals of a partition of an input, the first first."""
    first = known.arrived.get((name, partition))
    return () if first is None else (first, *known.again.get((name, partition), ()))


def live_n(known: Known, dataset: str, partition: str) -> int:
    """The number of what is live: of an input its last arrival. 0: nothing is."""
    if dataset in known.homes:
        return _count(known, dataset, partition)
    return known.data.live.get((dataset, partition), 0)


def content_of(known: Known, name: VersionName) -> str | None:
    """The hash of what a version holds, where it is known."""
    dataset, partition, n = name
    if dataset in known.homes:
        came = arrivals_of(known, dataset, partition)
        return came[n - 1].content if 0 < n <= len(came) else None
    version = known.data.get(name)
    return version.content if version is not None else None


def is_other(known: Known, one: VersionName, other: VersionName) -> bool:
    """Do they hold something else? Where nothing is known of content, another version does."""
    if one == other:
        return False
    contents = content_of(known, one), content_of(known, other)
    return None in contents or contents[0] != contents[1]


def sources_of(known: Known, name: VersionName) -> tuple[VersionName, ...]:
    version = known.data.get(name)
    return version.sources if version is not None else ()


def _users(known: Known) -> dict[VersionName, list[VersionName]]:
    """Of every version those that were made of it, in the order of their names."""
    found: dict[VersionName, list[VersionName]] = {}
    for place in sorted(known.data.versions):
        for version in known.data.versions[place]:
            for source in version.sources:
                found.setdefault(source, []).append(version.name)
    return found


def _walk(first: VersionName, ahead: Any) -> Iterator[tuple[VersionName, int]]:
    """Everything that can be reached, once, each below what led to it."""
    seen, waiting = {first}, [(one, 1) for one in reversed(ahead(first))]
    while waiting:
        name, depth = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name, depth
        waiting += [(one, depth + 1) for one in reversed(ahead(name))]


def _made(known: Known, name: VersionName, depth: int) -> Made:
    dataset, partition, n = name
    version, said = known.data.get(name), spoken(known, name)
    if version is None or dataset in known.homes:
        came = arrivals_of(known, dataset, partition)
        one = came[n - 1] if 0 < n <= len(came) else None
        told = f"{said}, came {_at(known, dataset, one.at)}" if one else f"{said}, which came before the simulation"
        return Made(*name, depth, "input", one.at if one else None, "", "", "", one.rows if one else None, f"{told}.")
    rows = f", {plural(version.rows, 'row')}" if version.rows is not None else ""
    by = f"by {version.run.dag}.{version.task} ({version.code})"
    told = f"{said}, {version.state}{rows}, written {_at(known, dataset, version.at)} {by}."
    return Made(
        *name, depth, version.state, version.at, version.run.dag, version.task, version.code, version.rows, told
    )


def spoken(known: Known, name: VersionName) -> str:
    """`version 2 of stg_flights for Thu 3 Jan`."""
    dataset, partition, n = name
    what = "arrival" if dataset in known.homes else "version"
    return f"{what} {n} of {dataset} for {day_of(known, dataset, partition)}"


def _at(known: Known, dataset: str, at: datetime) -> str:
    home = home_of_data(known, dataset)
    return Clock(at, known.plans[home].spec.zone if home else common_zone(known)).full(at)


def readers_of(known: Known, name: VersionName) -> tuple[Reader, ...]:
    """Who read exactly this version, in the order of time."""
    found = [one for one in known.data.reads if (one.dataset, one.partition, one.n) == name]
    return tuple(Reader(one.consumer, one.at, one.n) for one in found)


def _read_lines(known: Known, name: VersionName) -> Iterator[str]:
    """Who read it, and who read earlier versions of the partition."""
    dataset, partition, _ = name
    for one in known.data.reads:
        if (one.dataset, one.partition) == (dataset, partition):
            yield f"{one.consumer} read {spoken(known, (dataset, partition, one.n))} on {_at(known, dataset, one.at)}."


# stale


def stale_versions(known: Known, datasets: Iterable[str] = ()) -> tuple[Stale, ...]:
    """All live versions that are stale, in the order of their names; only of some datasets, if any are given."""
    found = _direct(known)
    live = [known.data.versions[d, p][n - 1] for (d, p), n in sorted(known.data.live.items())]
    users: dict[VersionName, list[Version]] = {}
    for version in live:
        for source in version.sources:
            users.setdefault(source, []).append(version)
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        for user in users.get(name, ()):
            if user.name not in found:
                waiting.append(user.name)
            reason = Because("stale", *name, name[2], found[name][0].at)
            if reason not in (before := found.setdefault(user.name, [])):
                before.append(reason)
    wanted = set(datasets)
    return tuple(_stale(known, n, found[n]) for n in sorted(found) if not wanted or n[0] in wanted)


def stale_of(known: Known, name: VersionName) -> Stale | None:
    """Whether this live version is stale: only what it was made of is looked at."""
    above = [name, *(one for one, _ in _walk(name, lambda one: _live_sources(known, one)))]
    found: dict[VersionName, list[Because]] = {}
    for one in reversed(above):
        because = list(_because(known, one, found))
        if because:
            found[one] = because
    # What stands further away may come before what it was made of: once more, until nothing is added.
    while more := [one for one in above if one not in found and any(_because(known, one, found))]:
        found.update((one, list(_because(known, one, found))) for one in more)
    return _stale(known, name, found[name]) if name in found else None


def is_stale(known: Known, name: VersionName, seen: dict[VersionName, bool] | None = None) -> bool:
    """The same in a word. `seen`: what was found before."""
    seen = {} if seen is None else seen
    if name not in seen:
        seen[name] = False  # while it is looked at: nothing is made of itself
        others = [one for one in sources_of(known, name) if one[:2] != name[:2]]
        seen[name] = any(_changed(known, one) is not None for one in others) or any(
            is_stale(known, one, seen) for one in _live_sources(known, name)
        )
    return seen[name]


def _live_sources(known: Known, name: VersionName) -> list[VersionName]:
    """Of what it was made and is live still."""
    others = (one for one in sources_of(known, name) if one[:2] != name[:2])
    return [one for one in others if one[0] in known.makers and live_n(known, *one[:2]) == one[2]]


def _because(known: Known, name: VersionName, found: dict[VersionName, list[Because]]) -> Iterator[Because]:
    """What of its sources has changed, and which are stale themselves."""
    others = [one for one in sources_of(known, name) if one[:2] != name[:2]]
    yield from (changed for one in others if (changed := _changed(known, one)) is not None)
    yield from (Because("stale", *one, one[2], found[one][0].at) for one in others if one in found)


def _direct(known: Known) -> dict[VersionName, list[Because]]:
    """Live versions of which a source was replaced, withdrawn, or came again with other content."""
    found: dict[VersionName, list[Because]] = {}
    for (dataset, partition), n in sorted(known.data.live.items()):
        version = known.data.versions[dataset, partition][n - 1]
        # What a task took of the very partition that it then wrote is replaced by design.
        others = [source for source in version.sources if source[:2] != (dataset, partition)]
        because = [one for source in others if (one := _changed(known, source)) is not None]
        if because:
            found[version.name] = because
    return found


def _changed(known: Known, source: VersionName) -> Because | None:
    dataset, partition, n = source
    now = live_n(known, dataset, partition)
    if now == n or (now and not is_other(known, source, (dataset, partition, now))):
        return None
    if dataset in known.homes:
        return Because("came_again", *source, now, arrivals_of(known, dataset, partition)[now - 1].at)
    if not now:
        old = known.data.get(source)
        return Because("withdrawn", *source, 0, old.live[-1].until if old is not None and old.live else None)
    return Because("replaced", *source, now, known.data.versions[dataset, partition][now - 1].live[-1].since)


def _stale(known: Known, name: VersionName, because: list[Because]) -> Stale:
    readers = readers_of(known, name)
    since = min((one.at for one in because if one.at is not None), default=None)
    told = [_because_said(known, one) for one in because]
    more = f", and {len(told) - _MOST} more" if len(told) > _MOST else ""
    sentence = f"{_first(spoken(known, name))} is stale: it was made of {listed(told[:_MOST])}{more}."
    who = sorted({one.consumer for one in readers})
    sentence += f" It was read by {listed(who)}." if who else ""
    return Stale(*name, since, tuple(because), readers, sentence)


def _because_said(known: Known, one: Because) -> str:
    said = spoken(known, (one.dataset, one.partition, one.n))
    if one.kind == "stale":
        return f"{said}, which is stale itself"
    if one.kind == "withdrawn":
        return f"{said}, which was withdrawn"
    what = "arrival" if one.kind == "came_again" else "version"
    when = f" {_at(known, one.dataset, one.at)}" if one.at is not None else ""
    verb = "came" if one.kind == "came_again" else "went live"
    return f"{said} ({what} {one.now}, with other content, {verb}{when})"


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_json(value: Any) -> Any:
    """As JSON data; instants are ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, tuple | list) else value
