"""What a try does with what it made: it writes versions, checks look at them, and those that pass go live.

At the end of a try (and when the work of a try that was given up is done after all) one event after the other is asked
for, until nothing is left: which comes next is a function of the state, so a log cut in between goes on the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from workbench.engine import Event, Run, State
from workbench.engine.catalog import Version
from workbench.engine.data_events import CheckRan, VersionPublished, VersionWritten
from workbench.engine.plan import TaskPlan
from workbench.engine.state import Known
from workbench.model import Check, Dataset
from workbench.scenario.checking import Checking
from workbench.scenario.dataflow import Dataflow, Made
from workbench.scenario.seeing import code_of


class Publishing:
    """Answers for one world."""

    def __init__(self, dataflow: Dataflow, checking: Checking) -> None:
        self.dataflow, self.checking = dataflow, checking

    def next_event(
        self, state: State, run: Run, plan: TaskPlan, number: int, made: Made, began: int, at: datetime
    ) -> Event | None:
        """The next of what is left to do for a try that began as event `began`, and `made` this; None: nothing."""
        return next(self._left(state, run, plan, number, made, began, at), None)

    def _left(
        self, state: State, run: Run, plan: TaskPlan, number: int, made: Made, began: int, at: datetime
    ) -> Iterator[Event]:
        known = state.known
        written = {one.dataset: one for one in known.data.written_by(run.key, plan.name, number)}
        for name in plan.writes:
            if name not in written:
                yield self._write(state, run, plan, number, made, began, name, at)
                return
            version = written[name]
            if version.state == "fenced":
                continue
            for check in dataset_of(known, name).checks.values():
                if check.when == "before" and not _was_run(known, version, check, 0):
                    yield self.checking.run(state, version, check, "before", at, version.seq)
                    return
            if version.state == "written":
                yield VersionPublished(at, name, version.partition, version.n, version.seq)
                return
        yield from self._steps(state, run, plan, began, at)

    def _steps(self, state: State, run: Run, plan: TaskPlan, began: int, at: datetime) -> Iterator[CheckRan]:
        for version, check in steps_of(state.known, run, plan):
            if not _was_run(state.known, version, check, began):
                yield self.checking.run(state, version, check, "step", at, began)

    def _write(
        self, state: State, run: Run, plan: TaskPlan, number: int, made: Made, began: int, name: str, at: datetime
    ) -> VersionWritten:
        known = state.known
        dataset, partition, cell = dataset_of(known, name), run.key.partition, run.cells[plan.name]
        live = known.data.live_version(name, partition)
        onto = live if dataset.mode != "overwrite" else None
        rows, content = self.dataflow.combined(state, dataset, onto, made)
        fenced = dataset.fenced and (number < cell.tries or _is_older(known, run))
        code = code_of(run, plan.name, number)
        sources = self.dataflow.sources(state, run, plan, began)
        return VersionWritten(
            at, run.key, plan.name, number, name, known.data.next_n(name, partition), dataset.mode,
            onto.n if onto else 0, rows, made.rows, content, code, sources, fenced, began,
        )  # fmt: skip


def _is_older(known: Known, run: Run) -> bool:
    """Is there a newer run of its partition?"""
    newest = known.run_of(run.key.dag, run.key.partition)
    return newest is not None and newest.key != run.key


def dataset_of(known: Known, name: str) -> Dataset:
    """The dataset as its home declares it; a plain one when nobody does."""
    home = known.makers.get(name)
    found = known.plans[home].spec.datasets.get(name) if home else None
    return found or Dataset(name)


def steps_of(known: Known, run: Run, plan: TaskPlan) -> Iterator[tuple[Version, Check]]:
    """The checks that a task makes as a step, and the version of each that they look at: the newest of the run's
    partition that is not fenced."""
    for text in plan.task.checks:
        name, _, word = text.partition(".")
        check = dataset_of(known, name).checks.get(word)
        versions = known.data.versions.get((name, run.key.partition), ())
        version = next((one for one in reversed(versions) if one.state != "fenced"), None)
        if check is not None and version is not None:
            yield version, check


def held_by(known: Known, run: Run, plan: TaskPlan, number: int, began: int) -> str:
    """Why a try that did its work has failed all the same: what the checks said that block it; "" when none does."""
    found = [
        one.sentence
        for version in known.data.written_by(run.key, plan.name, number)
        for one in known.data.checks_of(version.name)
        if version.state == "blocked" and one.status != "pass" and one.severity == "block"
    ]
    for version, check in steps_of(known, run, plan):
        for one in known.data.checks_of(version.name):
            is_mine = one.when == "step" and one.check == check.name and one.seq > began
            if is_mine and one.status != "pass" and one.severity == "block":
                found.append(one.sentence)
    return "; ".join(dict.fromkeys(found))


def _was_run(known: Known, version: Version, check: Check, since: int) -> bool:
    return any(one.check == check.name and one.seq > since for one in known.data.checks_of(version.name))
