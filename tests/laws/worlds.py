"""Whole worlds for the laws: workspaces, scenarios, and what somebody does in a session on them.

They are small, and times are drawn from few values, so that many things fall on the same instant.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

import workbench as wb
from workbench.branch import Branch
from workbench.model import (
    TRIGGER_RULES,
    AddEdge,
    AddTask,
    DagSpec,
    Edit,
    Input,
    InvalidInput,
    RemoveEdge,
    RemoveTask,
    RetryPolicy,
    SetTask,
    Task,
    WaitFor,
    Workspace,
)
from workbench.model.parts import Unit
from workbench.scenario import Fault, Flaky, Late, Never, Outage, Scenario
from workbench.scenario.rows import content_hash
from workbench.session import Session
from workbench.timetable import Partition

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NONE = timedelta(0)


# What a strategy of its own and `st.data()` have in common.
Draw = Callable[..., Any]


class Calendar(NamedTuple):
    """When a DAG ticks, and which windows its runs own."""

    schedule: str | None
    partition: Unit
    zone: str = "UTC"


HOURLY = Calendar("0 * * * *", "hour")
HOURLY_NEW_YORK = Calendar("0 * * * *", "hour", "America/New_York")
HALF_HOURLY = Calendar("*/30 * * * *", "hour")
HOURS_OF_A_DAY = Calendar("0 */2 * * *", "day")
DAILY = Calendar("0 6 * * *", "day")
DAILY_LATER = Calendar("30 6 * * *", "day")
# 02:30 is skipped on 10 March 2013, 01:30 comes twice on 3 November.
DAILY_GAP = Calendar("30 2 * * *", "day", "America/New_York")
DAILY_FOLD = Calendar("30 1 * * *", "day", "America/New_York")
WEEKLY = Calendar("0 6 * * 1", "week")
WEEKLY_NEW_YORK = Calendar("0 2 * * 1", "week", "America/New_York")
BY_HAND = Calendar(None, "day")


class Season(NamedTuple):
    """From when a scenario runs, how long, and which calendars make a handful of runs in it."""

    start: datetime
    span: timedelta
    calendars: tuple[Calendar, ...]


_HOURS = (HOURLY, HOURLY, HALF_HOURLY, HALF_HOURLY, HOURLY_NEW_YORK, HOURS_OF_A_DAY, DAILY, BY_HAND)
_DAYS = (DAILY, DAILY, DAILY, DAILY_LATER, DAILY_LATER, DAILY_GAP, DAILY_FOLD, WEEKLY, WEEKLY_NEW_YORK, BY_HAND)
SEASONS = (
    Season(wb.instant("2013-01-03T04:00Z"), 4 * HOUR, _HOURS),
    Season(wb.instant("2013-03-10T05:30Z"), 4 * HOUR, _HOURS),
    Season(wb.instant("2013-11-03T04:00Z"), 4 * HOUR, _HOURS),
    Season(wb.instant("2013-01-03T05:30Z"), 3 * DAY, _DAYS),
    Season(wb.instant("2013-03-08T20:00Z"), 4 * DAY, _DAYS),
    Season(wb.instant("2013-11-01T06:00Z"), 4 * DAY, _DAYS),
)
DAGS = ("ads", "bills", "carts")
TASKS = ("load", "clean", "join", "add", "test", "post", "mail")
INPUTS = ("jfk", "ewr")
POOLS = ("warehouse", "api")
SPANS = (NONE, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 90 * MINUTE)
PAUSES = (NONE, 30 * timedelta(seconds=1), MINUTE, 5 * MINUTE)
MOMENTS = (None, NONE, 10 * MINUTE, HOUR, time(6, 0), time(2, 30))
RATES = (Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(1))


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


ANYTHING = Taste()
CROWDED = Taste(crowded=True)


def _pick(draw: Draw, *choices: Any) -> Any:
    return draw(st.sampled_from(choices))


def _spans(draw: Draw, taste: Taste) -> timedelta:
    few = SPANS[:1] if taste.quick else SPANS[1:3] if taste.crowded else SPANS
    span: timedelta = _pick(draw, *few)
    return span


def _retries(draw: Draw, taste: Taste) -> RetryPolicy:
    most = _pick(draw, 0, 0, 1, 2, 3)
    if not most:
        return RetryPolicy()
    delay = NONE if taste.quick else _pick(draw, *PAUSES)
    jitter = _pick(draw, "none", "none", "full", "airflow") if not taste.quick else _pick(draw, "none")
    return RetryPolicy(most, delay, _pick(draw, 1.0, 1.5, 2.0), jitter, _pick(draw, DAY, 7 * MINUTE))


def _some(draw: Draw, names: Sequence[str], most: int) -> tuple[str, ...]:
    """Some of the names, in any order; none when there are none."""
    if not names:
        return ()
    return tuple(draw(st.lists(st.sampled_from(tuple(names)), unique=True, max_size=most)))


def _task(draw: Draw, name: str, before: Sequence[str], outside: Sequence[str], taste: Taste) -> Task:
    needs = _some(draw, before, 3)
    asks = () if taste.crowded else _some(draw, outside, 2)
    split = _pick(draw, 0, len(asks), len(asks))
    task = Task(
        name,
        needs=tuple(draw(st.permutations(needs + asks[:split]))),
        reads=asks[split:],
        takes=_spans(draw, taste),
        retries=_retries(draw, taste),
        trigger_rule=_pick(draw, *["all_success"] * 8, *TRIGGER_RULES),
        pool=None if taste.free else _pick(draw, None, *POOLS) if taste.crowded else _pick(draw, None, None, *POOLS),
        priority=_pick(draw, 1, 1, 2, 5),
    )
    return replace(task, function=teller(task)) if taste.functions and _pick(draw, True, True, False) else task


def _dag(
    draw: Draw, name: str, season: Season, inputs: dict[str, Input], elsewhere: Sequence[str], taste: Taste
) -> DagSpec:
    calendar: Calendar = _pick(draw, *season.calendars)
    names = draw(st.permutations(TASKS))[: _pick(draw, *((4, 5, 7) if taste.crowded else (1, 2, 3, 4, 5, 7)))]
    tasks: dict[str, Task] = {}
    for task in names:
        tasks[task] = _task(draw, task, tuple(tasks), elsewhere, taste)
    return DagSpec(
        name,
        {task: tasks[task] for task in draw(st.permutations(names))},
        inputs,
        calendar.schedule,
        calendar.zone,
        calendar.partition,
        start=_pick(draw, season.start - 30 * DAY, season.start - 30 * DAY, season.start + season.span / 4),
        end=_pick(draw, None, None, season.start + season.span / 2),
        gap=_pick(draw, "shift", "skip"),
        fold=_pick(draw, "first", "second", "both"),
        max_active_runs=100 if taste.free else _pick(draw, 16, 1, 2),
    )


def _inputs(draw: Draw, names: Sequence[str]) -> dict[str, dict[str, Input]]:
    """Each input is declared in one DAG, with its promise."""
    found: dict[str, dict[str, Input]] = {name: {} for name in names}
    for item in INPUTS[: draw(st.integers(0, len(INPUTS)))]:
        found[_pick(draw, *names)][item] = Input(item, _pick(draw, *MOMENTS))
    return found


def _workspace(draw: Draw, season: Season, taste: Taste) -> Workspace:
    names = draw(st.permutations(DAGS))[: _pick(draw, 1, 1, 2, 2, 3)]
    inputs = _inputs(draw, names)
    outside = [item for declared in inputs.values() for item in declared]
    dags: dict[str, DagSpec] = {}
    for name in names:
        dags[name] = spec = _dag(draw, name, season, inputs[name], tuple(outside), taste)
        outside += [f"{name}.{task}" for task in spec.tasks]
    pools = {} if taste.free else {pool: _pick(draw, 1, 2) for pool in POOLS}
    workers = None if taste.free else _pick(draw, *((1, 2, 3) if taste.crowded else (None, 1, 2, 4)))
    return Workspace({name: dags[name] for name in draw(st.permutations(names))}, pools, workers)


# scenarios


def windows_of(spec: DagSpec, start: datetime, until: datetime) -> tuple[Partition, ...]:
    """The windows that matter between two instants: those that overlap, and the one before."""
    grid = spec.grid
    return tuple(grid.between(grid.previous(grid.containing(start)).start, until))


def _window(draw: Draw, spec: DagSpec, season: Season) -> Partition:
    window: Partition = draw(st.sampled_from(windows_of(spec, season.start, season.start + season.span)))
    return window


def _fault(draw: Draw, workspace: Workspace, season: Season, taste: Taste) -> Fault:
    tasks = sorted(f"{spec.name}.{task}" for spec in workspace.dags.values() for task in spec.tasks)
    kinds = ["flaky", "flaky", "outage"] + ["late", "late", "never"] * bool(workspace.inputs)
    return _FAULTS[_pick(draw, *kinds)](draw, workspace, season, tasks, taste)


def _late(draw: Draw, workspace: Workspace, season: Season, tasks: list[str], taste: Taste) -> Late:
    name = _pick(draw, *sorted(workspace.inputs))
    window = _window(draw, workspace.inputs[name][0], season)
    return Late(name, window.key, window.end + _pick(draw, NONE, 10 * MINUTE, HOUR, 3 * HOUR, 7 * HOUR))


def _never(draw: Draw, workspace: Workspace, season: Season, tasks: list[str], taste: Taste) -> Never:
    name = _pick(draw, *sorted(workspace.inputs))
    return Never(name, _window(draw, workspace.inputs[name][0], season).key)


def _flaky(draw: Draw, workspace: Workspace, season: Season, tasks: list[str], taste: Taste) -> Flaky:
    task = _pick(draw, *tasks)
    one = _pick(draw, True, False)
    partition = _window(draw, workspace.dags[task.partition(".")[0]], season).key if one else None
    after = NONE if taste.quick else _pick(draw, None, NONE, MINUTE)
    if _pick(draw, True, False):
        return Flaky(task, partition, tries=_pick(draw, 1, 2, 9), after=after)
    return Flaky(task, partition, rate=_pick(draw, *RATES), after=after)


def _outage(draw: Draw, workspace: Workspace, season: Season, tasks: list[str], taste: Taste) -> Outage:
    start = season.start + season.span * _pick(draw, 0, 1, 2, 3) / 4
    after = NONE if taste.quick else _pick(draw, NONE, MINUTE, MINUTE)
    return Outage(_pick(draw, *tasks), start, start + _pick(draw, MINUTE, HOUR, season.span / 2), after)


_FAULTS: dict[str, Callable[[Draw, Workspace, Season, list[str], Taste], Fault]] = {
    "late": _late,
    "never": _never,
    "flaky": _flaky,
    "outage": _outage,
}


def place_of(fault: Fault) -> tuple[str, str] | Fault:
    """One input's partition has one fate; of other faults, each stands for itself."""
    return (fault.input, fault.partition) if isinstance(fault, Late | Never) else fault


@st.composite
def stories(draw: st.DrawFn, taste: Taste = ANYTHING) -> Story:
    """A workspace and a scenario of a few hours or days."""
    season = draw(st.sampled_from(SEASONS))
    workspace = _workspace(draw, season, taste)
    faults = [_fault(draw, workspace, season, taste) for _ in range(_pick(draw, 0, 1, 3, 5, 8))]
    if taste.crowded:
        every = [f"{spec.name}.{task}" for spec in workspace.dags.values() for task in sorted(spec.tasks)]
        faults += [Flaky(task, rate=_pick(draw, *RATES)) for task in every if _pick(draw, True, False)]
    seed = draw(st.integers(0, 3))
    arrivals = {name: _pick(draw, *MOMENTS[1:]) for name in sorted(workspace.inputs) if _pick(draw, True, False)}
    distinct = {place_of(fault): fault for fault in faults}
    until = season.start + season.span
    return Story(workspace, Scenario("a story", seed, season.start, until, arrivals, tuple(distinct.values())))


# what somebody does in a session


@dataclass(frozen=True)
class Act:
    """One thing that somebody does. `number` is a share in percent: of the log, or of the time."""

    verb: str
    number: int = 0
    fault: Fault | None = None
    edits: tuple[Edit, ...] = ()
    dag: str = ""


MOVES = ("step", "event", "event", "back", "seek", "between", "run")
COMMANDS = ("inject", "edit", "edit", "fork")


def _inject(draw: Draw, session: Session) -> None:
    season = Season(session.start, session.until - session.start, ())
    session.inject(_fault(draw, session.current_workspace(), season, ANYTHING))


def _edit(draw: Draw, session: Session) -> None:
    """Some edit, more often than not of a task that is under way."""
    workspace, runs = session.current_workspace(), session.state.known.runs.values()
    every = sorted((spec.name, task) for spec in workspace.dags.values() for task in spec.tasks)
    cells = ((run.key.dag, name, cell.state) for run in runs for name, cell in run.cells.items())
    busy = sorted({(dag, task) for dag, task, state in cells if state in UNDER_WAY} & set(every))
    dag, task = _pick(draw, *(busy if busy and _pick(draw, True, True, False) else every))
    spec = workspace.dags[dag]
    session.edit(_EDITS[_pick(draw, *_EDITS)](draw, workspace, spec, spec.tasks[task]), dag=dag)


UNDER_WAY = {"scheduled", "queued", "running", "up_for_retry"}


def _edge(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    return AddEdge(_pick(draw, *sorted(spec.tasks)), task.name)


def _no_edge(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    return RemoveEdge(_pick(draw, *task.needs), task.name) if task.needs else RemoveTask(task.name)


def _wait(draw: Draw, workspace: Workspace, spec: DagSpec, task: Task) -> Edit:
    others = sorted(f"{d.name}.{t}" for d in workspace.dags.values() if d is not spec for t in d.tasks)
    outside = sorted(workspace.inputs) + others
    return WaitFor(task.name, (_pick(draw, *outside),)) if outside else RemoveTask(task.name)


_EDITS: dict[str, Callable[[Draw, Workspace, DagSpec, Task], Edit]] = {
    "edge": _edge,
    "no edge": _no_edge,
    "wait": _wait,
    "add": lambda draw, w, d, task: AddTask(Task("extra", needs=(task.name,), takes=_pick(draw, *SPANS))),
    "remove": lambda draw, w, d, task: RemoveTask(task.name),
    "takes": lambda draw, w, d, task: SetTask(task.name, {"takes": _pick(draw, *SPANS)}),
    "retries": lambda draw, w, d, task: SetTask(task.name, {"retries": _retries(draw, ANYTHING)}),
    "rule": lambda draw, w, d, task: SetTask(task.name, {"trigger_rule": _pick(draw, *TRIGGER_RULES)}),
    "pool": lambda draw, w, d, task: SetTask(task.name, {"pool": _pick(draw, None, *w.pools)}),
    "priority": lambda draw, w, d, task: SetTask(task.name, {"priority": _pick(draw, 0, 3)}),
}


def _seek(draw: Draw, session: Session) -> None:
    session.seek(draw(st.integers(0, len(session.branch.log))))


def _between(draw: Draw, session: Session) -> None:
    """To an instant between two events, where nothing happens."""
    log = session.branch.log
    if len(log) > 1:
        number = draw(st.integers(1, len(log) - 1))
        session.seek(log[number - 1].at + timedelta(seconds=(log[number].at - log[number - 1].at).total_seconds() // 2))


def _run(draw: Draw, session: Session) -> None:
    session.run_until(max(session.now, session.start + (session.until - session.start) * _pick(draw, 1, 2, 3, 4) / 4))


_DO: dict[str, Callable[[Draw, Session], Session | object]] = {
    "step": lambda draw, session: session.step(),
    "event": lambda draw, session: session.step("event"),
    "back": lambda draw, session: session.back(),
    "seek": _seek,
    "between": _between,
    "run": _run,
    "inject": _inject,
    "edit": _edit,
    "fork": lambda draw, session: session.fork(),
}


def act(draw: Draw, session: Session, *verbs: str) -> Session:
    """Do one of these things; the session to go on with. What is refused as a mistake is not done."""
    with suppress(InvalidInput):
        after = _DO[_pick(draw, *verbs)](draw, session)
        return after if isinstance(after, Session) else session
    return session


def what_ifs(draw: Draw, session: Session) -> None:
    """A few commands, each given somewhere in the last future, which is then run to its end."""
    for _ in range(_pick(draw, 1, 2, 4)):
        act(draw, session, "seek", "between")
        act(draw, session, "inject", "edit", "edit")
        finish(session.branch, session.until)


def finish(branch: Branch, until: datetime) -> None:
    """Run a branch to its end, whatever instant it stands in."""
    while branch.run(max(until, branch.horizon)):
        pass


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
    """A function for a task: it takes all that the task needs and reads."""
    return Teller(task.name, tuple(name.replace(".", "_") for name in (*task.needs, *task.reads)))
