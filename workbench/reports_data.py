"""What the command line prints about data at the end of a simulation: what was written, what is live, who read it, and
how many rows were wrong. That last thing is the world's secret while it runs, and told when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from workbench.engine import Known
from workbench.engine.catalog import Read
from workbench.engine.keys import VersionName
from workbench.scenario.judging import Judged
from workbench.session import Session
from workbench.views.clock import listed, plural


class DatasetSum(NamedTuple):
    """One dataset: versions written, partitions live, versions that a check held back; rows of what is live (None:
    none are known), and how many of them are wrong, by kind."""

    dataset: str
    versions: int
    live: int
    blocked: int
    rows: int | None
    missing: int
    duplicated: int
    different: int

    @property
    def wrong(self) -> int:
        return self.missing + self.duplicated + self.different


class ReaderSum(NamedTuple):
    """One consumer of one dataset: how often it read, how often something out of date or nothing at all, how often
    wrong rows, and how many of those there were."""

    consumer: str
    dataset: str
    reads: int
    stale: int
    wrong: int
    wrong_rows: int


def dataset_sums(session: Session) -> list[DatasetSum]:
    """A row for each dataset that was written, in the order in which they were first."""
    known, worth = session.state.known, {}
    for one in session.judgements():
        worth[one.dataset, one.partition, one.n] = one
    names = dict.fromkeys(name for name, _ in known.data.versions)
    return [_dataset_sum(known, name, worth) for name in names]


def _dataset_sum(known: Known, name: str, worth: dict[tuple[str, str, int], Judged]) -> DatasetSum:
    versions = [one for (of, _), some in known.data.versions.items() if of == name for one in some]
    live = [one for one in versions if one.state == "live"]
    rows = [one.rows for one in live if one.rows is not None]
    judged = [worth[one.name] for one in live if one.name in worth]
    wrong = (sum(getattr(one, kind) for one in judged) for kind in ("missing", "duplicated", "different"))
    blocked = sum(one.state == "blocked" for one in versions)
    return DatasetSum(name, len(versions), len(live), blocked, sum(rows) if rows else None, *wrong)


def reader_sums(session: Session) -> list[ReaderSum]:
    """A row for each consumer and what it read, in the order of their first reads."""
    worth = {(one.seq, one.dataset): one for one in session.judgements()}
    found: dict[tuple[str, str], list[Read]] = {}
    for read in session.state.known.data.reads:
        found.setdefault((read.consumer, read.dataset), []).append(read)
    return [_reader_sum(*place, reads, worth) for place, reads in found.items()]


def _reader_sum(consumer: str, dataset: str, reads: list[Read], worth: dict[tuple[int, str], Judged]) -> ReaderSum:
    wrong = [worth[read.seq, dataset].wrong for read in reads if (read.seq, dataset) in worth]
    stale = sum(read.stale or not read.n for read in reads)
    return ReaderSum(consumer, dataset, len(reads), stale, sum(count > 0 for count in wrong), sum(wrong))


class WrongRead(NamedTuple):
    """Who read a wrong version, and how many of its rows were wrong then, at most."""

    readers: tuple[str, ...]
    rows: int


def wrong_reads(session: Session) -> dict[VersionName, WrongRead]:
    """Every version that was wrong when somebody read it, in the order of the first such reads."""
    worth = {(one.seq, one.dataset): one.wrong for one in session.judgements()}
    found: dict[VersionName, WrongRead] = {}
    for read in session.state.known.data.reads:
        if rows := worth.get((read.seq, read.dataset), 0):
            name = (read.dataset, read.partition, read.n)
            before = found.get(name, WrongRead((), 0))
            readers = tuple(dict.fromkeys((*before.readers, read.consumer)))
            found[name] = WrongRead(readers, max(before.rows, rows))
    return found


def data_of(session: Session) -> dict[str, Any]:
    """The same as JSON data."""
    return {
        "datasets": [{**one._asdict(), "wrong": one.wrong} for one in dataset_sums(session)],
        "readers": [one._asdict() for one in reader_sums(session)],
        "alerts": _alert_counts(session.state.known),
    }


# as text


def data_lines(session: Session) -> list[str]:
    """Two small tables and a line about alerts; nothing where nobody writes a dataset."""
    known = session.state.known
    if not known.data.versions:
        return _alert_lines(known)
    return [*_dataset_lines(dataset_sums(session)), *_reader_lines(reader_sums(session)), *_aside_lines(known),
            *_alert_lines(known)]  # fmt: skip


def _dataset_lines(sums: list[DatasetSum]) -> Iterator[str]:
    rows = [(one.dataset, f"{one.versions:,}", f"{one.live:,}", f"{one.blocked:,}", _count(one.rows), _wrong(one))
            for one in sums]  # fmt: skip
    yield from _table(("Data", "versions", "live", "blocked", "rows live", "wrong"), rows)


def _count(rows: int | None) -> str:
    return "–" if rows is None else f"{rows:,}"


def _wrong(one: DatasetSum) -> str:
    """`318 missing`, `0`."""
    kinds = (("missing", one.missing), ("there too often", one.duplicated), ("different", one.different))
    return listed([f"{count:,} {kind}" for kind, count in kinds if count]) or ("0" if one.live else "–")


def _reader_lines(sums: list[ReaderSum]) -> Iterator[str]:
    rows = [
        (one.consumer, *(f"{n:,}" for n in (one.reads, one.stale, one.wrong, one.wrong_rows)), f"of {one.dataset}")
        for one in sums
    ]
    if rows:
        yield from _table(("Readers", "reads", "out of date", "wrong", "wrong rows", ""), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Names to the left, numbers to the right, the last column in words."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    widths[0] += 2
    for name, *cells, last in (head, *rows):
        left = name if name == head[0] else f"  {name}"
        numbers = "".join(cell.rjust(width + 2) for cell, width in zip(cells, widths[1:], strict=False))
        yield f"{left.ljust(widths[0])}{numbers}  {last}".rstrip()


def _aside_lines(known: Known) -> Iterator[str]:
    """Rows in quarantine, by what they were taken from."""
    found: Counter[tuple[str, str]] = Counter()
    for some in known.data.aside.values():
        for one in some:
            found[one.dataset, one.owner] += one.rows
    for (name, owner), rows in found.items():
        yield f"Set aside: {plural(rows, 'row')} of {name}; {owner} answers for them"


def _alert_counts(known: Known) -> dict[str, int]:
    alerts = known.data.alerts.values()
    return {
        "sent": len(alerts),
        "answered": sum(one.answered is not None for one in alerts),
        "reached_nobody": sum(not one.reached for one in alerts),
    }


def _alert_lines(known: Known) -> list[str]:
    counts = _alert_counts(known)
    if not counts["sent"]:
        return []
    lost = f"; {counts['reached_nobody']} reached nobody" if counts["reached_nobody"] else ""
    return [f"{plural(counts['sent'], 'alert')}, {counts['answered']} answered{lost}"]
