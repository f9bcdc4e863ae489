"""A scenario: what the simulated world will do. Faults are facts about the world, so no rule ever sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Late:
    """One partition of an input comes at `arrives` instead of its usual time."""

    input: str
    partition: str
    arrives: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """One partition of an input never comes."""

    input: str
    partition: str


@dataclass(frozen=True, slots=True)
class Flaky:
    """Attempts of a task fail by themselves: the first `tries` at each partition, or each one with chance `rate`
    (a keyed draw). It shows `after` the start, or at the end of the attempt when None."""

    task: str
    partition: str | None = None
    tries: int | None = None
    rate: Fraction | None = None
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """What a task calls is down over [start, until): an attempt that meets it fails, `after` the later of its
    own start and the outage's."""

    task: str
    start: datetime
    until: datetime
    after: timedelta = timedelta(minutes=1)


Fault = Late | Never | Flaky | Outage


@dataclass(frozen=True)
class Scenario:
    """Simulate (start, until]; the DAGs have been live before, so what was due earlier counts as done.
    Both instants are UTC; None means: from the first start of a DAG, and seven days on."""

    name: str = "as planned"
    seed: int = 0
    start: datetime | None = None
    until: datetime | None = None
    arrivals: Mapping[str, time | timedelta] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    description: str = ""
    file: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
