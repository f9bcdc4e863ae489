"""Plays courses of the curriculum: the lines of a script beside a scenario, and what became of the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import workbench as wb
from tests.samples import again
from workbench.engine.catalog import Alert, Checked, Read, Version
from workbench.engine.events import AttemptStarted
from workbench.history import History
from workbench.scenario.judging import Judge, Judged, Judgements
from workbench.scenario.truth import Truth
from workbench.session import Session

FOLDER = Path(__file__).parents[1] / "tutorials" / "pipelines" / "curriculum"


class ReadBy(NamedTuple):
    """One read of a consumer: when (`8 08:00`, day and time), of which partition it got how many rows, and how many of
    these were wrong."""

    at: str
    consumer: str
    dataset: str
    wanted: str
    got: str
    rows: int | None
    wrong: int


def lines(script: str) -> list[str]:
    """The lines of a script of the folder."""
    text = (FOLDER / script).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@lru_cache(maxsize=4)
def played(level: str, *courses: str, scenario: str = "") -> Course:
    """A level with these scripts (`gold`, `naive`, ...) done, one after the other."""
    return Course(level, scenario or level, [line for one in courses for line in lines(f"{level}_{one}.txt")])


@cache
def _june() -> Session:
    session = wb.load(FOLDER / "l5_1.yaml", "l5_1")
    for line in ("go 2013-07-10 09:00", "deploy clean v2"):
        session.do(line)
    session.judgements()
    return session


def june() -> Session:
    """Level 5.1 after six weeks by v1, and v2 was deployed since: simulated once for all tests."""
    return again(_june())


class Course:
    """A session on a level, after some lines. A refused line is an error."""

    def __init__(self, level: str, scenario: str, script: Iterable[str]) -> None:
        self._begin(wb.load(FOLDER / f"{level}.yaml", scenario), script)

    def _begin(self, session: Session, script: Iterable[str]) -> None:
        self.session = session
        for line in script:
            self.session.do(line)
        self.data = self.session.state.known.data

    def going_on(self, script: Iterable[str]) -> Course:
        """The same session after more lines. What this one says of it is then out of date."""
        after = Course.__new__(Course)
        after._begin(self.session, script)
        return after

    # what is there

    def versions(self, dataset: str) -> Iterator[Version]:
        """All of a dataset, by partition and number."""
        for (name, _), found in sorted(self.data.versions.items()):
            if name == dataset:
                yield from found

    def live(self, dataset: str, partition: str) -> Version | None:
        return self.data.live_version(dataset, partition)

    def rows(self, dataset: str) -> dict[str, int | None]:
        """How many rows are live, by partition."""
        live = (one for one in self.versions(dataset) if one.state == "live")
        return {one.partition: one.rows for one in live}

    def public(self, dataset: str) -> dict[str, str]:
        """Since when each partition's version is live: day of the month and time, UTC."""
        live = (one for one in self.versions(dataset) if one.state == "live")
        return {one.partition: f"{one.live[-1].since:%-d %H:%M}" for one in live}

    def checks(self, dataset: str, partition: str) -> list[tuple[int, Checked]]:
        """(version, what a check said of it), in order."""
        return [
            (one.n, said)
            for one in self.data.versions.get((dataset, partition), ())
            for said in self.data.checks_of(one.name)
        ]

    def alerts(self) -> list[Alert]:
        return list(self.data.alerts.values())

    def tries(self, task: str, partition: str) -> int:
        """How often a task of `dag.task` was tried at a partition, over all runs."""
        dag, _, name = task.rpartition(".")
        return sum(
            isinstance(event, AttemptStarted)
            and (event.run.dag, event.task, event.run.partition) == (dag, name, partition)
            for event in self.session.events
        )

    # what would have been right

    @cached_property
    def judge(self) -> Judge:
        return Judge(Truth(self.session._dataflow))

    @cached_property
    def judged(self) -> list[Judged]:
        """What versions were worth when they were published or read."""
        return Judgements(self.judge, self.session.branch).rows(self.session.position)

    def wrong(self, dataset: str) -> dict[str, int]:
        """Of what is live now: how many rows are wrong, by partition; those of which none are, are left out."""
        found = {
            one.partition: self.judge.judge(self.session.state, one, self.session.now).wrong
            for one in self.versions(dataset)
            if one.state == "live"
        }
        return {partition: wrong for partition, wrong in found.items() if wrong}

    def reads(self) -> list[ReadBy]:
        worth = {(one.seq, one.dataset): one.wrong for one in self.judged}
        return [self._read(one, worth.get((one.seq, one.dataset), 0)) for one in self.data.reads]

    def _read(self, one: Read, wrong: int) -> ReadBy:
        version = self.data.get((one.dataset, one.partition, one.n))
        rows = version.rows if version else None
        return ReadBy(f"{one.at:%-d %H:%M}", one.consumer, one.dataset, one.wanted, one.partition, rows, wrong)

    def goal(self, level: str) -> bool:
        """What the level's goal, SQL over the history, says of this future."""
        session, branch = self.session, self.session.branch
        with History.memory() as history:
            recorder = history.begin(session.workspace, session.scenario, session.start)
            recorder.write(branch, branch.state_at(len(branch.log)))
            recorder.judge(branch, self.judged)
            [(ok,)] = history.connection.execute((FOLDER / f"{level}.sql").read_text(encoding="utf-8")).fetchall()
        return bool(ok)

    def wrong_reads(self) -> list[ReadBy]:
        return [one for one in self.reads() if one.wrong]
