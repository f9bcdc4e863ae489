"""What a backfill has come to: how far it is, and what it changed: inputs, code, outputs, downstream consumers.

Each heading is a query on one history; docs/backfills.md has the SQL that gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from workbench.engine import Known, Run
from workbench.engine.backfilled import runs_tasks
from workbench.engine.catalog import Version
from workbench.engine.state import FINISHED, Backfill
from workbench.model import InvalidInput
from workbench.views.clock import Clock, ago, plural
from workbench.views.lineage import Stale, as_json, is_other, spoken, stale_versions

_MOST = 12
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Progress:
    """How far a backfill is. `state`: running, paused, cancelled or over. `left`: runs that have not ended; `eta`
    (UTC): when it is over if it goes on at the pace so far, None when no task of it has ended, or all have."""

    number: int
    dag: str
    state: str
    asked: datetime
    runs: int
    done: int
    failed: int
    cancelled: int
    running: int
    left: int
    ended: datetime | None
    eta: datetime | None
    sentence: str


@dataclass(frozen=True)
class InputChanged:
    """A partition that outputs of the backfill were made of, where those before were made of another version of it."""

    dataset: str
    partition: str
    before: int
    now: int
    is_other: bool


@dataclass(frozen=True)
class CodeChanged:
    """So many partitions of a dataset were made by another version of a task's code than before. `before` is empty
    where there was nothing."""

    dag: str
    task: str
    dataset: str
    before: str
    now: str
    partitions: int


@dataclass(frozen=True)
class OutputChanged:
    """A version that the backfill made, beside the one that was live before (0: none). `is_other`: does it hold
    something else?"""

    dataset: str
    partition: str
    before: int
    now: int
    rows_before: int | None
    rows: int | None
    is_other: bool


@dataclass(frozen=True)
class ConsumerTouched:
    """A consumer read a version that holds something else than what is live now. `told`: was it told since?"""

    consumer: str
    at: datetime
    dataset: str
    partition: str
    read: int
    now: int
    told: bool


@dataclass(frozen=True)
class BackfillReport:
    """All of it. `stale`: live versions that were made of what has changed, and were not made again."""

    progress: Progress
    inputs: tuple[InputChanged, ...]
    code: tuple[CodeChanged, ...]
    outputs: tuple[OutputChanged, ...]
    consumers: tuple[ConsumerTouched, ...]
    stale: tuple[Stale, ...]
    lines: tuple[str, ...]

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        data = as_json(asdict(self))
        assert isinstance(data, dict)
        return data

    def __str__(self) -> str:
        return "\n".join(self.lines)


def backfills(known: Known, now: datetime) -> tuple[Progress, ...]:
    """How far each backfill is, in the order in which they were asked for."""
    return tuple(progress(known, now, number) for number in sorted(known.backfills))


def progress(known: Known, now: datetime, number: int = 0) -> Progress:
    """How far it is; the newest when no number is given. Raises InvalidInput for one that is not there."""
    number = number or max(known.backfills, default=0)
    if number not in known.backfills:
        there = ", ".join(map(str, sorted(known.backfills)))
        raise InvalidInput(
            [f"there is no backfill {number}; there is: {there}" if there else "there is no backfill yet"]
        )
    one, runs = known.backfills[number], runs_of(known, number)
    ended = [run for run in runs if run.ended is not None]
    cancelled = sum(run.reason == "cancelled" for run in ended)
    failed = sum(run.state == "failed" and run.reason != "cancelled" for run in ended)
    running = sum(run.started is not None and run.ended is None for run in runs)
    left = len(runs) - len(ended)
    last = max((run.ended for run in ended if run.ended is not None), default=None)
    state = one.state if left or one.state == "cancelled" else "over"
    eta = _eta(one, runs, now) if left and state == "running" else None
    done = len(ended) - cancelled - failed
    told = _progress_said(known, now, one.dag, (state, len(runs), done, failed, cancelled, running, left), eta, last)
    ends = last if not left else None
    return Progress(
        number, one.dag, state, one.at, len(runs), done, failed, cancelled, running, left, ends, eta,
        f"{one.sentence}: {told}",
    )  # fmt: skip


def _eta(one: Backfill, runs: list[Run], now: datetime) -> datetime | None:
    """At the pace so far: by slot time, since tasks take more or less of it, and not by runs."""
    done = left = timedelta(0)
    for run in (run for run in runs if run.reason != "cancelled"):
        for name in run.cells.keys() & runs_tasks(one.tasks, run.key, run.plan):
            span = run.plan.tasks[name].takes * run.plan.tasks[name].task.slots
            if run.cells[name].state in FINISHED:
                done += span
            else:
                left += span
    if done < _SECOND or now <= one.at:
        return None
    return now + timedelta(seconds=(now - one.at) // _SECOND * (left // _SECOND) // (done // _SECOND))


def _progress_said(
    known: Known,
    now: datetime,
    dag: str,
    counts: tuple[str, int, int, int, int, int, int],
    eta: datetime | None,
    last: datetime | None,
) -> str:
    state, runs, done, failed, cancelled, running, left = counts
    clock = Clock(now, known.plans[dag].spec.zone)
    more = [f"{count} {word}" for count, word in ((failed, "failed"), (cancelled, "cancelled")) if count]
    tail = f", {', '.join(more)}" if more else ""
    if not left:
        over = f", over {clock.at(last)}" if last is not None else ""
        return f"{done} of {plural(runs, 'run')} done{tail}{over}"
    when = f", about {ago(eta - now)} to go" if eta is not None else ""
    word = "" if state == "running" else f", {state}"
    return f"{done} of {plural(runs, 'run')} done{tail}, {running} running, {left - running} waiting{word}{when}"


def runs_of(known: Known, number: int) -> list[Run]:
    """Its runs, in its order."""
    return sorted((run for run in known.runs.values() if run.backfill == number), key=lambda run: (run.order, run.key))


# what it changed


Differing = Callable[[Version, Version], int | None]


def _uncounted(before: Version, now: Version) -> int | None:
    return None


def report(known: Known, now: datetime, number: int = 0, differing: Differing = _uncounted) -> BackfillReport:
    """What a backfill has changed so far; the newest when no number is given. `differing`: how many rows of a later
    version are no rows of an earlier one; asked where both have as many."""
    how_far = progress(known, now, number)
    pairs = [(_before(known, one), one) for one in made_in(known, how_far.number)]
    inputs, code, outputs = tuple(_inputs(known, pairs)), tuple(_code(pairs)), tuple(_outputs(known, pairs))
    consumers = tuple(_consumers(known, outputs))
    stale = _stale_below(known, outputs)
    lines = tuple(_lines(known, now, how_far, (inputs, code, outputs, consumers, stale), differing))
    return BackfillReport(how_far, inputs, code, outputs, consumers, stale, lines)


def made_in(known: Known, number: int) -> list[Version]:
    """The versions that runs of a backfill wrote and that went live, in the order of their names; of several of one
    partition the last."""
    keys = {run.key for run in runs_of(known, number)}
    found: dict[tuple[str, str], Version] = {}
    for place in sorted(known.data.versions):
        for version in known.data.versions[place]:
            if version.run in keys and version.live:
                found[place] = version
    return list(found.values())


def _before(known: Known, version: Version) -> Version | None:
    """What was live before the version's backfill began to write this partition."""
    first = next(
        one for one in known.data.versions[version.dataset, version.partition] if one.run == version.run and one.live
    )
    return known.data.live_version(version.dataset, version.partition, first.live[0].since_seq)


def _inputs(known: Known, pairs: list[tuple[Version | None, Version]]) -> Iterator[InputChanged]:
    """Sources that another version took the place of, since what was there before was made."""
    found: dict[tuple[str, str], InputChanged] = {}
    for before, now in pairs:
        old = {(name, partition): n for name, partition, n in (before.sources if before is not None else ())}
        for name, partition, n in now.sources:
            was = old.get((name, partition), 0)
            if before is not None and was != n:
                other = not was or is_other(known, (name, partition, was), (name, partition, n))
                found[name, partition] = InputChanged(name, partition, was, n, other)
    yield from (found[place] for place in sorted(found))


def _code(pairs: list[tuple[Version | None, Version]]) -> Iterator[CodeChanged]:
    counts: dict[tuple[str, str, str, str, str], int] = {}
    for before, now in pairs:
        was = before.code if before is not None else ""
        if was != now.code:
            place = (now.run.dag, now.task, now.dataset, was, now.code)
            counts[place] = counts.get(place, 0) + 1
    yield from (CodeChanged(*place, count) for place, count in sorted(counts.items()))


def _outputs(known: Known, pairs: list[tuple[Version | None, Version]]) -> Iterator[OutputChanged]:
    for before, now in pairs:
        other = before is None or is_other(known, before.name, now.name)
        n, rows = (before.n, before.rows) if before is not None else (0, None)
        yield OutputChanged(now.dataset, now.partition, n, now.n, rows, now.rows, other)


def _consumers(known: Known, outputs: tuple[OutputChanged, ...]) -> Iterator[ConsumerTouched]:
    """Who has read a version that has made way for another with other content."""
    changed = {(one.dataset, one.partition): one for one in outputs if one.is_other and one.before}
    for read in known.data.reads:
        one = changed.get((read.dataset, read.partition))
        if one is not None and read.n < one.now and is_other(known, (*_place(one), read.n), (*_place(one), one.now)):
            told = any(
                seq > read.seq and dataset == read.dataset and read.partition in days and read.consumer in who
                for seq, _, dataset, days, who in known.data.told
            )
            yield ConsumerTouched(read.consumer, read.at, *_place(one), read.n, one.now, told)


def _place(one: OutputChanged) -> tuple[str, str]:
    return one.dataset, one.partition


def _stale_below(known: Known, outputs: tuple[OutputChanged, ...]) -> tuple[Stale, ...]:
    """What is stale now because of what the backfill changed."""
    changed = {_place(one) for one in outputs if one.is_other}
    found: list[Stale] = []
    names = set[tuple[str, str, int]]()
    waiting = list(stale_versions(known))
    while True:
        fresh = [
            one
            for one in waiting
            if one.name not in names
            and any((b.dataset, b.partition) in changed or (b.dataset, b.partition, b.n) in names for b in one.because)
        ]
        if not fresh:
            return tuple(sorted(found, key=lambda one: one.name))
        found += fresh
        names |= {one.name for one in fresh}


# as lines


def _lines(
    known: Known, now: datetime, how_far: Progress, parts: tuple[Any, Any, Any, Any, Any], differing: Differing
) -> Iterator[str]:
    inputs, code, outputs, consumers, stale = parts
    clock = Clock(now, known.plans[how_far.dag].spec.zone)
    changed, others = [one for one in outputs if one.is_other], [one for one in inputs if one.is_other]
    yield how_far.sentence
    came = len(inputs) - len(others)
    tail = f" ({plural(came, 'other')} replaced by the same content)" if came else ""
    yield from _part(f"inputs changed{tail}", [_input_said(known, one) for one in others])
    yield from _part("code changed", [_code_said(one) for one in code])
    same = len(outputs) - len(changed)
    tail = f" ({plural(same, 'other')} made again with the same content)" if same else ""
    yield from _part(f"outputs changed{tail}", [_output_said(known, one, differing) for one in changed])
    yield from _part("downstream consumers changed", [_consumer_said(known, clock, one) for one in consumers])
    yield from _part("stale downstream", [one.sentence for one in stale])


def _part(title: str, lines: list[str]) -> Iterator[str]:
    yield f"{title}: {len(lines) or 'none'}"
    yield from (f"  {line}" for line in lines[:_MOST])
    if len(lines) > _MOST:
        yield f"  ... and {len(lines) - _MOST} more"


def _input_said(known: Known, one: InputChanged) -> str:
    was = f"was {one.before}" if one.before else "was not there"
    return f"{spoken(known, (one.dataset, one.partition, one.now))} ({was})"


def _code_said(one: CodeChanged) -> str:
    was = f"{one.before} before, {one.now} now" if one.before else f"{one.now}, and nothing before"
    return f"{one.dag}.{one.task}: {plural(one.partitions, 'partition')} of {one.dataset}: {was}"


def _output_said(known: Known, one: OutputChanged, differing: Differing) -> str:
    rows = "" if one.rows is None else f": {plural(one.rows, 'row')}{_beside_before(known, one, differing)}"
    return f"{spoken(known, (one.dataset, one.partition, one.now))}{rows}"


def _beside_before(known: Known, one: OutputChanged, differing: Differing) -> str:
    """` (were 596)`; where there are as many as before, how many of them are others."""
    if one.rows_before is None:
        return ""
    if one.rows != one.rows_before:
        return f" ({'was' if one.rows_before == 1 else 'were'} {one.rows_before})"
    before, now = (known.data.get((one.dataset, one.partition, n)) for n in (one.before, one.now))
    count = differing(before, now) if before is not None and now is not None else None
    if not count:
        return ", as many as before"
    return ", changed" if one.rows == 1 else f", {'all' if count == one.rows else count} of them changed"


def _consumer_said(known: Known, clock: Clock, one: ConsumerTouched) -> str:
    told = "and was told since" if one.told else "and was not told"
    read = spoken(known, (one.dataset, one.partition, one.read))
    return f"{one.consumer} read {read} on {clock.full(one.at)}, {told}"
