"""The work that every benchmark does: a year of one daily DAG of 200 tasks, 2 % of whose tries fail.

20 layers of 10 tasks, two upstreams each, 5 minutes a try, 32 worker slots, three retries a minute later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from workbench.branch import Branch
from workbench.engine import begin
from workbench.model import DagSpec, RetryPolicy, Task, Workspace
from workbench.scenario import Flaky, Scenario, SimulatedWorld

LAYERS, WIDTH, DAYS, SLOTS, SEED = 20, 10, 365, 32, 13
MINUTES, PAUSE, RETRIES, FLAKY = 5, 1, 3, Fraction(2, 100)
START = datetime(2013, 1, 1, 12, tzinfo=UTC)
UNTIL = START + timedelta(days=DAYS)


class Result(NamedTuple):
    """One benchmark's line. `met` is None when there is no goal."""

    name: str
    goal: str
    figure: str
    met: bool | None

    def __str__(self) -> str:
        verdict = {True: "met", False: "missed", None: ""}[self.met]
        return f"{self.name:<44} goal {self.goal:<24} {self.figure}  {verdict}".rstrip()


def upstream() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every task with what it needs."""
    for layer in range(LAYERS):
        for i in range(WIDTH):
            ups = (f"t{layer - 1:02d}_{i}", f"t{layer - 1:02d}_{(i + 1) % WIDTH}") if layer else ()
            yield f"t{layer:02d}_{i}", ups


def workspace() -> Workspace:
    policy = RetryPolicy(RETRIES, timedelta(minutes=PAUSE))
    takes = timedelta(minutes=MINUTES)
    tasks = {name: Task(name, needs=ups, takes=takes, retries=policy) for name, ups in upstream()}
    spec = DagSpec("d", tasks, schedule="0 0 * * *", start=datetime(2013, 1, 1, tzinfo=UTC))
    return Workspace({"d": spec}, workers=SLOTS)


def scenario() -> Scenario:
    faults = tuple(Flaky(f"d.{name}", rate=FLAKY) for name, _ in upstream())
    return Scenario(seed=SEED, start=START, until=UNTIL, faults=faults)


def branch() -> Branch:
    """A fresh branch: nothing simulated yet."""
    planned = scenario()
    return Branch("A", begin(workspace(), START, SEED), START, SimulatedWorld(planned, START))


def year() -> Branch:
    """The whole year, simulated."""
    made = branch()
    while made.run(UNTIL):
        pass
    return made


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def pick(seed: str, below: int) -> int:
    """A number in [0, below), the same in every run."""
    return int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big") % below
