"""Law 5, for what holds the runs of a state: an archive that all states of a log share behaves as a plain dict that
each of them has for itself."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from random import Random

import pytest

import workbench as wb
from workbench.engine import RunKey, begin
from workbench.engine import runs as archive
from workbench.engine.plan import DagPlan
from workbench.engine.runs import Runs
from workbench.engine.state import Run
from workbench.model import DagSpec, Task, Workspace
from workbench.timetable import Partition

START = wb.instant("2013-01-01")
PLAN: DagPlan = begin(Workspace({"d": DagSpec("d", {"t": Task("t")})}), START).known.plans["d"]


@dataclass
class Model:
    """What one state should hold: ended runs in the order of their ends, open ones in that of their opening."""

    ended: dict[RunKey, Run] = field(default_factory=dict)
    open: dict[RunKey, Run] = field(default_factory=dict)

    def add(self, run: Run) -> None:
        self.ended.pop(run.key, None)
        self.open[run.key] = run

    def close(self, run: Run) -> None:
        del self.open[run.key]
        self.ended.pop(run.key, None)
        self.ended[run.key] = run


def a_run(key: RunKey) -> Run:
    return Run(key, Partition(key.partition, START, START), PLAN, START, 0, object())


def same(runs: Runs, model: Model) -> None:
    every = {**model.ended, **model.open}
    assert runs.open == model.open
    assert dict(runs.items()) == every
    assert [run.key for run in runs.values() if run.key not in runs.open] == list(model.ended)
    assert len(runs) == len(every)
    for partition in "abc":
        mine = sorted((key for key in every if key.partition == partition), key=lambda key: key.n)
        assert [run.key for run in runs.of_window("d", partition)] == mine
        for n in range(1, 8):
            key = RunKey("d", partition, "scheduled", n)
            assert runs.get(key) is every.get(key)
            assert (key in runs) == (key in every)


def play(random: Random, steps: int) -> None:
    states: list[tuple[Runs, Model]] = [(Runs(), Model())]
    states[0][0].hold_pen()
    for _ in range(steps):
        runs, model = random.choice(states)
        key = RunKey("d", random.choice("abc"), "scheduled", random.randint(1, 7))
        verb = random.choice(["open", "open", "close", "close", "close", "reopen", "snapshot", "pen"])
        if verb == "open" and key not in runs:
            run = a_run(key)
            runs.add(run)
            model.add(run)
        elif verb == "close" and runs.open:
            run = random.choice(sorted(runs.open.values(), key=lambda run: run.key))
            runs.close(run)
            model.close(run)
        elif verb == "reopen" and key in runs and key not in runs.open:
            run = runs[key].copy(object())
            runs.add(run)
            model.add(run)
        elif verb == "snapshot" and len(states) < 6:
            states.append((runs.snapshot(), copy.copy(Model(dict(model.ended), dict(model.open)))))
        elif verb == "pen":
            runs.hold_pen()
        for one in states:
            same(*one)


@pytest.mark.parametrize("seed", range(12))
def test_shared_archives_behave_like_plain_dicts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 5: whatever is opened, ended, opened again, snapshotted and forked, no state sees what another did."""
    monkeypatch.setattr(archive, "_MOST_BESIDE", seed % 4)
    play(Random(seed), 150)
