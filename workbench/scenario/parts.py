"""A scenario: what the simulated world will do. Faults are facts about the world, so no rule ever sees them.

The `task` of a fault is `dag.task`, a name that only one task has, a pattern with `*` (`dag.*`, `*.extract`, `*`), or
`pool:name`, which means all tasks of a pool. `tries` means the first so many tries at each partition. Instants are
UTC; text is read (`given.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from workbench.scenario.data_parts import (
    Correction,
    CrashAfterWrite,
    Doubled,
    Empty,
    LateRows,
    Moved,
    Partial,
    Poison,
    SchemaDrift,
    Truncated,
    UnitDrift,
)
from workbench.scenario.given import (
    Factor,
    Instant,
    Moments,
    Names,
    Share,
    SomeInstant,
    SomeSpan,
    Span,
    Spans,
    Spoken,
    Taken,
    spoken,
)

# Typed as Any: to a type checker the fields that have these defaults are descriptors.
NOTHING: Any = timedelta(0)
MINUTE: Any = timedelta(minutes=1)
FIVE: Any = timedelta(minutes=5)
TEN: Any = timedelta(minutes=10)
HOUR: Any = timedelta(hours=1)
NO: Any = None
NONE_YET: Any = dict
NO_FAULTS: Any = ()


@spoken
class Late(Spoken):
    """One partition of an input comes at `arrives` instead of its usual time."""

    input: str
    partition: str
    arrives: Instant


@spoken
class Never(Spoken):
    """One partition of an input never comes."""

    input: str
    partition: str


@spoken
class Flaky(Spoken):
    """Tries of a task fail by themselves: the first `tries` at each partition, or each one with chance `rate`
    (a keyed draw). It shows `after` the start, or at the end of the try when None."""

    task: str
    partition: str | None = None
    tries: int | None = None
    rate: Share = NO
    after: SomeSpan = NO


@spoken
class Outage(Spoken):
    """What a task calls is down over [start, until): a try that meets it fails, `after` the later of its own start and
    the outage's.

    With `capacity` it serves so many calls a minute once it is up again; with `overload`, more calls than this within
    one minute knock it down for `again`. `vendors.py` has the exact rule."""

    task: str
    start: Instant
    until: Instant
    after: Span = MINUTE
    capacity: int | None = None
    overload: int | None = None
    again: Span = TEN


@spoken
class Quota(Spoken):
    """What a task calls serves `at_once` calls at the same time, or `calls` of them within `per`; what is more is
    refused, and fails `after` its start with reason "quota". `ban_after` refusals within `ban_within`: every call is
    refused for `ban`."""

    task: str
    at_once: int | None = None
    calls: int | None = None
    per: Span = HOUR
    ban_after: int | None = None
    ban_within: Span = TEN
    ban: Span = HOUR
    after: Span = NOTHING


@spoken
class Bug(Spoken):
    """Tries that run this version of the code fail, with reason "bug", `after` their start or at their end."""

    task: str
    version: str = "v1"
    partition: str | None = None
    after: SomeSpan = NO


@spoken
class Deploy(Spoken):
    """Tries that start at `at` or later run this version of the code of a task, or of a whole DAG."""

    task: str
    version: str
    at: Instant


@spoken
class Slow(Spoken):
    """Tries last `factor` times as long as usual, or they last `takes`."""

    task: str
    partition: str | None = None
    tries: int | None = None
    factor: Factor = NO
    takes: SomeSpan = NO


@spoken
class Varies(Spoken):
    """Tries last one of `takes`, spans that were measured: which one is a keyed draw, or with `in_turn` the first try
    the first of them, the second the second, and all later ones the last."""

    task: str
    takes: Spans
    partition: str | None = None
    tries: int | None = None
    in_turn: bool = False


@spoken
class Hang(Spoken):
    """Tries never end by themselves; a timeout or somebody ends them."""

    task: str
    partition: str | None = None
    tries: int | None = None


@spoken
class WorkerLost(Spoken):
    """The worker dies `after` the start of a try; the scheduler notices `noticed` later, reason "worker_lost"."""

    task: str
    partition: str | None = None
    tries: int = 1
    after: Span = MINUTE
    noticed: Span = FIVE


@spoken
class Zombie(Spoken):
    """The worker is cut off `after` the start of a try, and works on. `noticed` later the try is given up, reason
    "worker_lost"; its work is done all the same, `commits` after the start, or when it would have ended."""

    task: str
    partition: str | None = None
    tries: int = 1
    after: Span = MINUTE
    noticed: Span = TEN
    commits: SomeSpan = NO


@spoken
class LostAnswer(Spoken):
    """A try does its work, and its answer is lost: `noticed` later it is given up, reason "worker_lost"."""

    task: str
    partition: str | None = None
    tries: int = 1
    noticed: Span = FIVE


@spoken
class SchedulerDown(Spoken):
    """The scheduler is away over [start, until): nothing is decided, what runs goes on."""

    start: Instant
    until: Instant


@spoken
class Choice(Spoken):
    """What a branch chooses: the tasks that are followed. Of a short circuit: none of them, so it stops."""

    task: str
    follow: Names
    partition: str | None = None


Fault = (
    Late
    | Never
    | Flaky
    | Outage
    | Quota
    | Bug
    | Deploy
    | Slow
    | Varies
    | Hang
    | WorkerLost
    | Zombie
    | LostAnswer
    | SchedulerDown
    | Choice
    | Empty
    | Truncated
    | Doubled
    | SchemaDrift
    | UnitDrift
    | Poison
    | LateRows
    | Correction
    | Moved
    | CrashAfterWrite
    | Partial
)


@spoken(slots=False)
class Scenario(Spoken):
    """Simulate [start, until]; the DAGs have been live before, so what was due earlier counts as done.
    Both instants are UTC (or text); None means: from the first start of a DAG, and eight days on."""

    name: str = "as planned"
    seed: int = 0
    start: SomeInstant = NO
    until: SomeInstant = NO
    arrivals: Moments = field(default_factory=NONE_YET)
    faults: Taken[tuple[Fault, ...], Fault | Iterable[Fault]] = field(default=NO_FAULTS)
    description: str = ""
    file: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        Spoken.__post_init__(self)
        given: Any = self.faults
        object.__setattr__(self, "faults", (given,) if isinstance(given, Fault) else tuple(given))
