"""Whether the days that a backfill made are right now that it is over; and of one that is not, what made it wrong.

It is said of what somebody has read, and of what that was made of: see `seen_partitions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.bench.seen import seen_partitions
from workbench.engine import Known
from workbench.engine.catalog import Version
from workbench.ordering.backfill_code import stays_deployed
from workbench.views.backfills import made_in
from workbench.views.clock import listed, plural
from workbench.views.sheet import Row, Span, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.scenario.judging import Judged

_MOST = 4  # days of a dataset that are named
_Worth = dict[tuple[str, str, int], "Judged"]


def over_rows(bench: Bench, number: int, width: int) -> tuple[Row, ...]:
    """A line for each dataset that it made, one for each day that is still wrong, and what is deployed still."""
    known = bench.known
    told = [*_datasets(bench, number), *((f"{one}.", "late") for one in _deployed(bench, number))]
    hang = {True: "    ", False: "  "}
    rows = (wrapped_row((Span(text, style),), width, hang[text.startswith(" ")]) for text, style in told)
    return tuple(row for some in rows for row in some) if number in known.backfills else ()


def _deployed(bench: Bench, number: int) -> Iterator[str]:
    one = bench.known.backfills[number]
    places = [(dag, task) for dag, _, task in (name.partition(".") for name in one.pinned)]
    yield from stays_deployed(bench.known, bench.now, places, one.pin)


def _datasets(bench: Bench, number: int) -> Iterator[tuple[str, str]]:
    worth, made = _worth(bench), dict[str, list[str]]()
    for version in made_in(bench.known, number):
        made.setdefault(version.dataset, []).append(version.partition)
    for dataset, partitions in made.items():
        live = [bench.known.data.live_version(dataset, partition) for partition in partitions]
        judged = [one for one in live if one is not None and one.name in worth]
        wrong = [one for one in judged if worth[one.name].wrong]
        if judged:
            yield _counted(bench.known, dataset, len(judged), len(wrong))
        yield from ((f"  {_said(bench.known, worth, one)}", "bad") for one in wrong[:_MOST])
        if len(wrong) > _MOST:
            yield f"  and {len(wrong) - _MOST} more", "bad"


def _worth(bench: Bench) -> _Worth:
    """Of each version that may be judged, what it was worth the last time that it was published or read."""
    if not bench.shows_right:
        return {}
    seen = seen_partitions(bench.known)
    rows = (((one.dataset, one.partition, one.n), one) for one in bench.session.judgements())
    return {name: one for name, one in rows if seen is None or name[:2] in seen}


def _counted(known: Known, dataset: str, many: int, wrong: int) -> tuple[str, str]:
    unit = known.plans[known.makers[dataset]].spec.grid.unit
    return f"{dataset}: {many - wrong} of {plural(many, unit)} right", "late" if wrong else "good"


def _said(known: Known, worth: _Worth, version: Version) -> str:
    """`Sat 6 Jul still 1 row different: stg_flights of Sat 6 Jul is by v1`."""
    because = [_by(known, one) for one in _wrong_sources(known, worth, version)]
    behind = f": {listed(because[:3])}" if because else ""
    return f"{_day(known, version)} still {_rows(worth[version.name])}{behind}"


def _rows(one: Judged) -> str:
    kinds = (("missing", one.missing), ("too many", one.duplicated), ("different", one.different))
    return listed([f"{plural(count, 'row')} {kind}" for kind, count in kinds if count])


def _wrong_sources(known: Known, worth: _Worth, version: Version) -> list[Version]:
    """The wrong versions that it was made of, and that no other wrong one explains."""
    found: dict[tuple[str, str, int], Version] = {}
    ahead = [version]
    for one in ahead:  # grows while it is walked
        sources = (known.data.get(name) for name in one.sources)
        wrong = [s for s in sources if s is not None and s.name in worth and worth[s.name].wrong]
        ahead += [s for s in wrong if s.name not in found]
        if not wrong and one is not version:
            found[one.name] = one
    return list(found.values())


def _by(known: Known, one: Version) -> str:
    return f"{one.task} of {_day(known, one)} ran {one.code}"


def _day(known: Known, one: Version) -> str:
    grid = known.plans[known.makers[one.dataset]].spec.grid
    return grid.spoken(grid.parse(one.partition))
