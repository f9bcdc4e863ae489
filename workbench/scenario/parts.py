"""A scenario: what the simulated world will do. Faults are facts about the world, so no rule ever sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from workbench.timetable import parse_clock, parse_duration, parse_instant


def _read(owner: object, **kinds: Callable[[Any], Any]) -> None:
    """Text that a person gave for a field -> its value; what is a value already stays."""
    for name, kind in kinds.items():
        value = getattr(owner, name)
        if isinstance(value, str):
            object.__setattr__(owner, name, kind(value))


def _moment(value: str | time | timedelta) -> time | timedelta:
    if not isinstance(value, str):
        return value
    return parse_duration(value[1:]) if value.startswith("+") else parse_clock(value)


def _share(text: str) -> Fraction:
    return Fraction(text.removesuffix("%")) / 100 if text.endswith("%") else Fraction(text)


@dataclass(frozen=True, slots=True)
class Late:
    """One partition of an input comes at `arrives` instead of its usual time."""

    input: str
    partition: str
    arrives: datetime

    def __post_init__(self) -> None:
        _read(self, arrives=parse_instant)


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

    def __post_init__(self) -> None:
        _read(self, rate=_share, after=parse_duration)


@dataclass(frozen=True, slots=True)
class Outage:
    """What a task calls is down over [start, until): an attempt that meets it fails, `after` the later of its
    own start and the outage's."""

    task: str
    start: datetime
    until: datetime
    after: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        _read(self, start=parse_instant, until=parse_instant, after=parse_duration)


Fault = Late | Never | Flaky | Outage


@dataclass(frozen=True)
class Scenario:
    """Simulate [start, until]; the DAGs have been live before, so what was due earlier counts as done.
    Both instants are UTC (or text); None means: from the first start of a DAG, and eight days on."""

    name: str = "as planned"
    seed: int = 0
    start: datetime | None = None
    until: datetime | None = None
    arrivals: Mapping[str, time | timedelta] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    description: str = ""
    file: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        _read(self, start=parse_instant, until=parse_instant)
        object.__setattr__(self, "arrivals", {name: _moment(at) for name, at in self.arrivals.items()})
        faults = (self.faults,) if isinstance(self.faults, Fault) else tuple(self.faults)
        object.__setattr__(self, "faults", faults)
