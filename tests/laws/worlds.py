"""Whole worlds for the laws: workspaces with every part that there is. What goes wrong in them: `faults.py`; what
somebody does there: `acts.py`.

They are small, and times are drawn from few values, so that many things fall on the same instant.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

import workbench as wb
from tests.laws import count_a_world
from tests.laws.draws import Draw, mixed, pick, some, sometimes, whole
from workbench.model import TRIGGER_RULES, DagSpec, Input, RetryPolicy, Task, Workspace
from workbench.model.check import check_workspace
from workbench.model.parts import REASONS, Deadline, OnData, ReasonRule, Sensor, Unit
from workbench.scenario import Fault, Late, Never, Scenario
from workbench.scenario.rows import content_hash
from workbench.session import Session

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NONE = timedelta(0)


class Calendar(NamedTuple):
    """When a DAG ticks, and which windows its runs own."""

    schedule: str | None
    partition: Unit
    zone: str = "UTC"


HOURLY = Calendar("0 * * * *", "hour")
HOURLY_NEW_YORK = Calendar("0 * * * *", "hour", "America/New_York")
HALF_HOURLY = Calendar("*/30 * * * *", "hour")
HOURS_OF_A_DAY = Calendar("0 */2 * * *", "day")
EVERY_90 = Calendar("every 90m", "hour")
DAILY = Calendar("0 6 * * *", "day")
DAILY_LATER = Calendar("30 6 * * *", "day")
EVERY_36 = Calendar("every 36h", "day", "America/New_York")
# 02:30 is skipped on 10 March 2013, 01:30 comes twice on 3 November.
DAILY_GAP = Calendar("30 2 * * *", "day", "America/New_York")
DAILY_FOLD = Calendar("30 1 * * *", "day", "America/New_York")
WEEKLY = Calendar("0 6 * * 1", "week")
WEEKLY_NEW_YORK = Calendar("0 2 * * 1", "week", "America/New_York")
BY_HAND = Calendar(None, "day")
ONCE = Calendar("@once", "day")


class Season(NamedTuple):
    """From when a scenario runs, how long, and which calendars make a handful of runs in it."""

    start: datetime
    span: timedelta
    calendars: tuple[Calendar, ...]


_HOURS = (HOURLY, HOURLY, HALF_HOURLY, HALF_HOURLY, HOURLY_NEW_YORK, HOURS_OF_A_DAY, EVERY_90, DAILY, BY_HAND, ONCE)
_DAYS = (DAILY, DAILY, DAILY, DAILY_LATER, DAILY_LATER, DAILY_GAP, DAILY_FOLD, EVERY_36, WEEKLY, WEEKLY_NEW_YORK)
SEASONS = (
    Season(wb.instant("2013-01-03T04:00Z"), 4 * HOUR, _HOURS),
    Season(wb.instant("2013-03-10T05:30Z"), 4 * HOUR, _HOURS),
    Season(wb.instant("2013-11-03T04:00Z"), 4 * HOUR, _HOURS),
    Season(wb.instant("2013-01-03T05:30Z"), 3 * DAY, (*_DAYS, BY_HAND)),
    Season(wb.instant("2013-03-08T20:00Z"), 4 * DAY, (*_DAYS, ONCE)),
    Season(wb.instant("2013-11-01T06:00Z"), 4 * DAY, (*_DAYS, BY_HAND)),
)
DAGS = ("ads", "bills", "carts")
TASKS = ("load", "clean", "join", "add", "test", "post", "mail")
INPUTS = ("jfk", "ewr")
POOLS = ("warehouse", "api")
DATASETS = ("orders", "stock")
SPANS = (NONE, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 90 * MINUTE)
PAUSES = (NONE, 30 * SECOND, MINUTE, 5 * MINUTE)
MOMENTS = (None, NONE, 10 * MINUTE, HOUR, time(6, 0), time(2, 30))
SHIFTS = ("", "", "", "", "@-1", "@-2..0", "@-2..-1")


@dataclass(frozen=True)
class Story:
    """A workspace and what will happen to it."""

    workspace: Workspace
    scenario: Scenario

    @property
    def start(self) -> datetime:
        assert self.scenario.start is not None
        return self.scenario.start

    @property
    def until(self) -> datetime:
        assert self.scenario.until is not None
        return self.scenario.until

    def session(self) -> Session:
        return Session(self.workspace, self.scenario)

    def played(self) -> Session:
        """A session that ran to the end."""
        session = self.session()
        session.run_until()
        return session


# workspaces


@dataclass(frozen=True)
class Taste:
    """What a law wants of its worlds."""

    functions: bool = False
    quick: bool = False  # every span is zero
    free: bool = False  # nobody waits for a slot or for an earlier run
    crowded: bool = False  # many tasks of few lengths want few slots, and many tries fail
    handed_on: bool = False  # many tasks write datasets, or take what others wrote


ANYTHING = Taste()
CROWDED = Taste(crowded=True)
HANDED_ON = Taste(handed_on=True)


def _spans(draw: Draw, taste: Taste) -> timedelta:
    few = SPANS[:1] if taste.quick else SPANS[1:3] if taste.crowded else SPANS
    span: timedelta = pick(draw, *few)
    return span


def retries(draw: Draw, taste: Taste = ANYTHING) -> RetryPolicy:
    most = pick(draw, 0, 0, 1, 2, 3)
    if not most:
        return RetryPolicy()
    delay = NONE if taste.quick else pick(draw, *PAUSES)
    jitter = pick(draw, "none") if taste.quick else pick(draw, "none", "none", "full", "airflow")
    special = {}
    if sometimes(draw, 25):
        pause = NONE if taste.quick else pick(draw, None, *PAUSES)
        special = {reason: ReasonRule(pick(draw, None, 0, 1, 5), pause) for reason in some(draw, REASONS, 2)}
    return RetryPolicy(most, delay, pick(draw, 1.0, 1.5, 2.0), jitter, pick(draw, DAY, 7 * MINUTE), special)


def _shifted(draw: Draw, name: str) -> str:
    return f"{name}{pick(draw, *SHIFTS)}"


def sensor(draw: Draw, season: Season, on: Sequence[str], clocked: Sequence[str]) -> Sensor:
    """Some sensor, which does not look too often. `clocked`: tasks of other DAGs whose runs have instants."""
    by_instant = sometimes(draw, 30) and bool(clocked)
    slow = season.span > DAY
    return Sensor(
        (pick(draw, *clocked),) if by_instant else (_shifted(draw, pick(draw, *on)),),
        pick(draw, "poke", "reschedule"),
        every=pick(draw, HOUR, 5 * HOUR) if slow else pick(draw, 5 * MINUTE, 30 * MINUTE),
        takes=pick(draw, SECOND, MINUTE),
        timeout=pick(draw, NONE, 10 * MINUTE, HOUR, 7 * DAY),
        soft_fail=pick(draw, False, True),
        backoff=sometimes(draw, 30),
        max_wait=pick(draw, None, 2 * HOUR),
        match="instant" if by_instant else "partition",
        delta=pick(draw, NONE, 30 * MINUTE, DAY) if by_instant else NONE,
    )


def _task(draw: Draw, name: str, before: Sequence[str], around: Around, taste: Taste) -> Task:
    needs, outside = some(draw, before, 3), around.outside
    asks = () if taste.crowded else some(draw, outside, 2)
    split = pick(draw, 0, len(asks), len(asks))
    waits = [_shifted(draw, ask) for ask in asks[:split]]
    if not taste.free and sometimes(draw, 6):
        waits.append(f"{name}@-1")
    rest = asks[split:]
    strict = bool(rest) and sometimes(draw, 30)
    pool = None if taste.free else pick(draw, None, *POOLS) if taste.crowded else pick(draw, None, None, *POOLS)
    task = Task(
        name,
        needs=tuple(mixed(draw, (*needs, *waits))),
        reads=() if strict else rest,
        requires=rest if strict else (),
        takes=_spans(draw, taste),
        retries=retries(draw, taste),
        trigger_rule=pick(draw, *["all_success"] * 8, *TRIGGER_RULES),
        pool=pool,
        slots=whole(draw, 1, around.pools[pool]) if pool and sometimes(draw, 40) else 1,
        priority=pick(draw, 1, 1, 2, 5),
        timeout=pick(draw, SECOND, MINUTE, 20 * MINUTE) if sometimes(draw, 15) and not taste.quick else None,
        max_active=1 if sometimes(draw, 10) and not taste.free else None,
        lookup=sometimes(draw, 15),
        writes=some(draw, around.datasets, 2) if sometimes(draw, 70 if taste.handed_on else 30) else (),
    )
    if not taste.free and sometimes(draw, 12):
        task = replace(task, depends_on_past=True, wait_for_downstream=sometimes(draw, 40))
    if sometimes(draw, 10):
        task = replace(task, deadline=_deadline(draw))
    if outside and not taste.quick and not taste.crowded and sometimes(draw, 15):
        return replace(task, sensor=sensor(draw, around.season, outside, around.clocked), reads=(), requires=())
    return replace(task, function=teller(task)) if taste.functions and sometimes(draw, 66) else task


def _deadline(draw: Draw) -> Deadline:
    if sometimes(draw, 40):
        return Deadline(within=pick(draw, MINUTE, HOUR))
    return Deadline(by=pick(draw, NONE, 10 * MINUTE, time(6, 30), 3 * HOUR))


@dataclass
class Around:
    """What a DAG may name: inputs and tasks of DAGs made before (those with a clock), pools, datasets."""

    season: Season
    outside: list[str]
    clocked: list[str]
    pools: dict[str, int]
    datasets: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def _dag(draw: Draw, name: str, season: Season, inputs: dict[str, Input], around: Around, taste: Taste) -> DagSpec:
    calendar: Calendar = pick(draw, *season.calendars)
    names = mixed(draw, TASKS)[: pick(draw, *((4, 5, 7) if taste.crowded else (1, 2, 3, 4, 5, 7)))]
    tasks: dict[str, Task] = {}
    for task in names:
        tasks[task] = _task(draw, task, tuple(tasks), around, taste)
    schedule: str | OnData | None = calendar.schedule
    listens = [*inputs, *around.written]
    if listens and not taste.quick and sometimes(draw, 25):
        which = some(draw, listens, 2) or (listens[0],)
        interval = pick(draw, "same", "same", "any")
        schedule = OnData(all=which, interval=interval) if sometimes(draw, 60) else OnData(any=which, interval=interval)
    start = pick(draw, season.start - 30 * DAY, season.start - 30 * DAY, season.start + season.span / 4)
    paused = not taste.free and sometimes(draw, 10)
    if paused or calendar.schedule == "@once":
        start = pick(draw, season.start - season.span / 2, season.start + season.span / 8)
    return DagSpec(
        name,
        _roles(draw, {task: tasks[task] for task in mixed(draw, names)}, taste),
        inputs,
        schedule,
        calendar.zone,
        calendar.partition,
        start=start,
        end=pick(draw, None, None, season.start + season.span / 2),
        gap=pick(draw, "shift", "skip"),
        fold=pick(draw, "first", "second", "both"),
        catchup=pick(draw, False, True),
        misfire=pick(draw, "latest", "latest", "skip"),
        paused=paused,
        max_active_runs=100 if taste.free else pick(draw, 16, 1, 2),
        max_active_tasks=None if taste.free else pick(draw, None, None, None, 1, 2),
        weight_rule=pick(draw, "absolute", "absolute", "downstream", "upstream"),
        deadline=_deadline(draw) if sometimes(draw, 15) else None,
    )


def _roles(draw: Draw, tasks: dict[str, Task], taste: Taste) -> dict[str, Task]:
    """The tasks, some of them as branches, short circuits, setups and teardowns."""
    for name in sorted(tasks):
        downs = sorted(other for other, task in tasks.items() if name in task.needs)
        if not downs or tasks[name].sensor is not None or not sometimes(draw, 30):
            continue
        role = pick(draw, "branch", "branch", "short", "setup", "setup")
        if role == "branch":
            tasks[name] = replace(tasks[name], branch=some(draw, downs, 2), function=None)
        elif role == "short":
            tasks[name] = replace(tasks[name], short_circuit=True, function=None)
        elif not tasks[name].teardown:
            tasks[name] = replace(tasks[name], setup=True)
            last = pick(draw, None, *downs)
            if last is not None and not tasks[last].setup:
                rule = pick(draw, "all_done_setup_success", "all_done_setup_success", tasks[last].trigger_rule)
                tasks[last] = replace(tasks[last], teardown=True, trigger_rule=rule, fail_run=pick(draw, True, False))
    return tasks


def _inputs(draw: Draw, names: Sequence[str]) -> dict[str, dict[str, Input]]:
    """Each input is declared in a DAG, with its promise; one of them in two."""
    found: dict[str, dict[str, Input]] = {name: {} for name in names}
    for item in INPUTS[: whole(draw, 0, len(INPUTS))]:
        declared = Input(item, pick(draw, *MOMENTS))
        twice = sometimes(draw, 20) and not isinstance(declared.expected, time)
        for _ in range(2 if twice else 1):
            found[pick(draw, *names)][item] = declared
    return found


def _workspace(draw: Draw, season: Season, taste: Taste) -> Workspace:
    names = mixed(draw, DAGS)[: pick(draw, *((2, 3) if taste.handed_on else (1, 1, 2, 2, 3)))]
    inputs = _inputs(draw, names)
    pools = {} if taste.free else {pool: pick(draw, 1, 2, 3) for pool in POOLS}
    around = Around(season, list(dict.fromkeys(item for declared in inputs.values() for item in declared)), [], pools)
    dags: dict[str, DagSpec] = {}
    for number, name in enumerate(names):
        around.datasets = () if number >= len(DATASETS) else (DATASETS[number],)
        dags[name] = spec = _dag(draw, name, season, inputs[name], around, taste)
        mine = [f"{name}.{task}" for task in spec.tasks]
        around.outside += mine
        around.clocked += mine if isinstance(spec.schedule, str) else []
        written = tuple(dict.fromkeys(one for task in spec.tasks.values() for one in task.writes))
        around.written += written
        around.outside += written
    workers = None if taste.free else pick(draw, *((1, 2, 3) if taste.crowded else (None, 1, 2, 4)))
    workspace = Workspace({name: dags[name] for name in mixed(draw, names)}, pools, workers)
    problems = check_workspace(workspace)
    assert not problems, problems
    return workspace


def place_of(fault: Fault) -> tuple[str, str] | Fault:
    """One input's partition has one fate; of other faults, each stands for itself."""
    return (fault.input, fault.partition) if isinstance(fault, Late | Never) else fault


@st.composite
def stories(draw: st.DrawFn, taste: Taste = ANYTHING) -> Story:
    """A workspace and a scenario of a few hours or days."""
    return story(draw, taste)


def story(draw: Draw, taste: Taste = ANYTHING) -> Story:
    from tests.laws.faults import fault, flaky_ones

    season = pick(draw, *SEASONS)
    workspace = _workspace(draw, season, taste)
    faults = [fault(draw, workspace, season, taste) for _ in range(pick(draw, 0, 1, 3, 5, 8))]
    if taste.crowded:
        faults += flaky_ones(draw, workspace)
    seed = whole(draw, 0, 3)
    arrivals = {name: pick(draw, *MOMENTS[1:]) for name in sorted(workspace.inputs) if pick(draw, True, False)}
    distinct = {place_of(fault): fault for fault in faults}
    until = season.start + season.span
    count_a_world()
    return Story(workspace, Scenario("a story", seed, season.start, until, arrivals, tuple(distinct.values())))


# task functions


@dataclass
class Teller:
    """A task function that writes down what it saw: one row for each name. A late bug shows in its rows."""

    task: str
    names: tuple[str, ...]
    __signature__: inspect.Signature = field(init=False, repr=False)

    def __post_init__(self) -> None:
        asked = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in (*self.names, "ctx")]
        self.__signature__ = inspect.Signature(asked)

    def __call__(self, ctx: Any, **rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        seen = [{"name": name, "saw": content_hash(rows[name])} for name in sorted(rows)]
        asked = {"by": self.task, "on": ctx.partition, "try": ctx.number, "missing": list(ctx.missing)}
        return [asked, *seen]


def teller(task: Task) -> Teller:
    """A function for a task: it takes all that the task needs, reads and requires."""
    names = (name.partition("@")[0].replace(".", "_") for name in (*task.needs, *task.reads, *task.requires))
    return Teller(task.name, tuple(dict.fromkeys(names)))
