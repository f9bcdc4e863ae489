"""What a green run does not prove: which properties of a published version some check looked at, and which none did.

Pure: made of what is known. A check that could not look (there was no such column) covers nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from workbench.engine import Known
from workbench.engine.catalog import Checked, Version
from workbench.model import Check, Dataset, InvalidInput, nearest
from workbench.views.clock import listed

Verdict = Literal["passed", "failed", "blind", "none"]
ASPECTS = ("freshness", "volume", "schema", "validity", "distribution", "lineage")
# Which of them each kind of check looks at.
ASPECT_OF = {
    "freshness": "freshness",
    "rows": "volume",
    "schema": "schema",
    "unique": "validity",
    "null_share": "validity",
    "sql": "validity",
    "distribution": "distribution",
    "foreign_key": "lineage",
    "complete": "lineage",
}


class Covered(NamedTuple):
    """One property of a version. `verdict`: what the worst of the checks that looked said; blind: those that are meant
    to could not; none: there is no such check, or it has not looked. `checks`: their names."""

    aspect: str
    verdict: Verdict
    checks: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Coverage:
    """What is proved of one version, and what is not."""

    dataset: str
    partition: str
    n: int
    headline: str
    aspects: tuple[Covered, ...]

    @property
    def passed(self) -> tuple[str, ...]:
        return tuple(one.aspect for one in self.aspects if one.verdict == "passed")

    @property
    def unproved(self) -> tuple[str, ...]:
        """What no check looked at."""
        return tuple(one.aspect for one in self.aspects if one.verdict in ("none", "blind"))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What checks said, then what none looked at, in one sentence."""
        told = [one.sentence for one in self.aspects if one.verdict != "none" or one.checks]
        blank = [one.aspect for one in self.aspects if one.verdict == "none" and not one.checks]
        return (*told, *([f"No check looked at its {listed(blank, 'or')}."] if blank else ()))

    def __str__(self) -> str:
        return "\n".join((self.headline, *(f"  {one}" for one in self.sentences)))


def coverage(known: Known, dataset: str, partition: str, n: int | None = None) -> Coverage:
    """Of one version; without n of the live one, else of the newest. Raises InvalidInput when there is none."""
    if dataset not in known.makers:
        raise InvalidInput([f"there is no dataset '{dataset}'{nearest(dataset, known.makers)}"])
    data = known.data
    found = data.get((dataset, partition, n)) if n is not None else data.live_version(dataset, partition)
    version = found or (data.newest(dataset, partition) if n is None else None)
    if version is None:
        which = f"version {n}" if n is not None else "version"
        raise InvalidInput([f"there is no {which} of {dataset}@{partition}"])
    return _of(known, version)


def coverage_of_all(known: Known) -> tuple[Coverage, ...]:
    """Of every version that was ever published, in the order in which they went live."""
    published = [one for versions in known.data.versions.values() for one in versions if one.live]
    return tuple(_of(known, one) for one in sorted(published, key=lambda one: one.live[0].since_seq))


def _of(known: Known, version: Version) -> Coverage:
    home = known.makers.get(version.dataset, version.run.dag)  # the task that wrote it may be gone
    spec = known.plans[home].spec
    dataset = spec.datasets.get(version.dataset) or Dataset(version.dataset)
    last = {one.check: one for one in known.data.checks_of(version.name)}
    aspects = tuple(_aspect(known, version, home, dataset, last, aspect) for aspect in ASPECTS)
    name = f"Version {version.n} of {version.dataset} for {spec.grid.spoken(spec.grid.parse(version.partition))}"
    good = sum(one.verdict == "passed" for one in aspects)
    return Coverage(*version.name, f"{name}: checks proved {good} of {len(ASPECTS)} properties.", aspects)


def _aspect(
    known: Known, version: Version, home: str, dataset: Dataset, last: dict[str, Checked], aspect: str
) -> Covered:
    checks = [check for check in dataset.checks.values() if ASPECT_OF[check.kind] == aspect]
    looked = [(check.name, *_said(check, last[check.name])) for check in checks if check.name in last]
    if aspect == "freshness":
        looked += _deadline(known, version, home, dataset)
    told = [sentence for _, _, sentence in looked]
    told += [f"{check.name} has not looked at its {aspect}." for check in checks if check.name not in last]
    names = (*(name for name, _, _ in looked), *(check.name for check in checks if check.name not in last))
    verdicts = {verdict for _, verdict, _ in looked}
    worst: Verdict = next((one for one in ("failed", "passed", "blind") if one in verdicts), "none")
    return Covered(aspect, worst, names, " ".join(told) or f"No check looked at its {aspect}.")


def _said(check: Check, ran: Checked) -> tuple[Verdict, str]:
    if ran.observed is None:
        return "blind", f"{_capital(ran.sentence)}."
    return ("passed" if ran.status == "pass" else "failed"), f"{check.name}: {ran.sentence}."


def _deadline(known: Known, version: Version, home: str, dataset: Dataset) -> Iterator[tuple[str, Verdict, str]]:
    """A deadline watches that a partition is live in time."""
    if dataset.deadline is None:
        return
    missed = (home, version.partition, f"dataset:{dataset.name}") in known.missed
    told = "Its deadline was missed." if missed else "Its deadline was not missed."
    yield "deadline", "failed" if missed else "passed", told


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
