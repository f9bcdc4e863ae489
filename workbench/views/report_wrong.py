"""Of a report: what was wrong with data, where it began, and what was made to go wrong.

A version is wrong when rows of it were missing, there too often, or different as it went live or was read. It began
there where nothing that the version was made of was wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engine.catalog import Version
from workbench.engine.keys import VersionName
from workbench.views.clock import listed, plural
from workbench.views.data_words import day_of, version_of
from workbench.views.report_parts import Items, Record, Section, Table, Wrong, some

_MOST = 12
_QUESTION = "What was wrong"


def what_was_wrong(record: Record) -> Section:
    """The wrong versions, the most upstream first, and the faults. It answers none of the seven questions."""
    found = _wrong_versions(record)
    depths = _depths(record, found)
    return Section(
        "wrong", _QUESTION, _answer(record, found, depths), some(_versions(record, found, depths), Items(record.faults))
    )


def _wrong_versions(record: Record) -> dict[VersionName, Wrong]:
    """By version, in the order in which they were written: how wrong each was when that was last seen."""
    last = {(one.dataset, one.partition, one.n): one for one in record.wrong or () if one.wrong}
    return dict(sorted(last.items(), key=lambda item: (_version(record, item[0]).seq, item[0])))


def _version(record: Record, name: VersionName) -> Version:
    return record.known.data.versions[name[:2]][name[2] - 1]


def _depths(record: Record, found: dict[VersionName, Wrong]) -> dict[VersionName, int]:
    """How many wrong versions, one made of the other, lie above each; 0: it began here. Oldest first, and what a
    version is made of is older than it."""
    depths: dict[VersionName, int] = {}
    for name in found:
        above = [depths[source] for source in _made_of(_version(record, name)) if source in depths]
        depths[name] = max(above, default=-1) + 1
    return depths


def _made_of(version: Version) -> Iterator[VersionName]:
    """Its sources; and the version that it was added to."""
    yield from version.sources
    if version.mode != "overwrite" and version.base:
        yield version.dataset, version.partition, version.base


def _answer(record: Record, found: dict[VersionName, Wrong], depths: dict[VersionName, int]) -> str:
    if not record.known.data.versions:
        return "Nothing was wrong with data: no step wrote a dataset."
    if record.wrong is None:
        return "Nobody judged this recording, so it does not say whether a row was wrong."
    if not found and _nobody_counted(record):
        return "Nobody knows how many rows these versions have, so it does not say whether one was wrong."
    if not found:
        return "Nothing: every version was right when it went live and whenever it was read."
    began = [name for name, depth in depths.items() if depth == 0]
    others = f" and {plural(len(began) - 1, 'other')}" if len(began) > 1 else ""
    were = "version was" if len(found) == 1 else "versions were"
    return f"{len(found)} {were} wrong. It began with {version_of(record.known, *began[0])}{others}."


def _nobody_counted(record: Record) -> bool:
    return all(one.rows is None for versions in record.known.data.versions.values() for one in versions)


def _versions(record: Record, found: dict[VersionName, Wrong], depths: dict[VersionName, int]) -> Table:
    """The newest ones, the most upstream first."""
    newest = sorted(list(found)[-_MOST:], key=lambda name: depths[name])
    left = len(found) - len(newest)
    head = (
        "dataset",
        "of",
        "version",
        "missing",
        "there twice",
        "different",
        "live from",
        "until",
        "read by",
        "it began",
    )
    rows = tuple(_row(record, found[name], depths[name]) for name in newest)
    more = f"and {left} more, which {'is' if left == 1 else 'are'} older" if left else ""
    return Table("Versions that were wrong", head, rows, (2, 3, 4, 5), more)


def _row(record: Record, one: Wrong, depth: int) -> tuple[str, ...]:
    known, name = record.known, (one.dataset, one.partition, one.n)
    readers = [read.consumer for read in known.data.reads if (read.dataset, read.partition, read.n) == name]
    counts = (f"{count:,}" for count in (one.missing, one.duplicated, one.different))
    return (
        one.dataset, day_of(known, one.dataset, one.partition), str(one.n), *counts, *_live(record, name),
        listed(list(dict.fromkeys(readers))) or "nobody", "further up" if depth else "here",
    )  # fmt: skip


def _live(record: Record, name: VersionName) -> tuple[str, str]:
    """From its first time on until its last one ended."""
    spans = _version(record, name).live
    if not spans:
        return "never", ""
    until = spans[-1].until
    return record.at(spans[0].since), record.at(until) if until is not None else "still live"
