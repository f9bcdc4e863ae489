"""What has happened, for the naive engine of law 6: a frozen value, and for each event another one.

No counter, no queue, no index. Whatever can be found by looking through everything is looked for each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from workbench.engine import RunKey
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    CodeDeployed,
    DagEdited,
    DagPaused,
    DeadlineMissed,
    FaultInjected,
    FaultLifted,
    InputArrived,
    RunCreated,
    RunEnded,
    RunsRequested,
    RunStarted,
    SchedulerStarted,
    SchedulerStopped,
    SettingsChanged,
    TaskQueued,
    TaskScheduled,
    TasksCleared,
    TaskSettled,
    TasksKilled,
    TasksMarked,
    WorkDone,
)
from workbench.model import DagSpec, Workspace
from workbench.scenario import Fault
from workbench.timetable import Partition

SECOND = timedelta(seconds=1)
OVER = {"success", "failed", "skipped", "upstream_failed", "removed"}
IDLE = {"none", "scheduled", "up_for_retry", "up_for_reschedule"}
BUSY = {"queued", "running"}


@dataclass(frozen=True)
class Looks:
    """A sensor between two looks of one try: when it was first ready, queued and begun; how often it looked, and how
    many seconds it held its slots."""

    ready: datetime
    queued: datetime
    started: datetime
    times: int = 0
    held: int = 0


@dataclass(frozen=True)
class Try:
    """One try that is over."""

    number: int
    state: str
    reason: str
    message: str
    ready: datetime | None
    queued: datetime | None
    started: datetime | None
    ended: datetime
    retry_at: datetime | None = None
    followed: tuple[str, ...] | None = None
    code: str = "v1"
    looks: int = 0
    held: int = 0
    began: int = 0


@dataclass(frozen=True)
class Cell:
    state: str
    since: datetime
    seq: int
    tries: int = 0
    ready: datetime | None = None
    queued: datetime | None = None
    started: datetime | None = None
    retry_at: datetime | None = None
    past: tuple[Try, ...] = ()
    base: int = 0
    code: str = "v1"
    looks: Looks | None = None
    rule: str = ""

    def over(self, event: Any, state: str, reason: str = "", message: str = "") -> Try:
        """The try that is under way, ended by this event."""
        looks = self.looks
        held = seconds(self.queued, event.at) if self.queued else 0
        ready, queued, started = (
            (looks.ready, looks.queued, looks.started) if looks else (self.ready, self.queued, self.started)
        )
        count = looks.times + isinstance(event, AttemptEnded) if looks else 0
        whole = looks.held + held if looks else 0
        done = Try(self.tries, state, reason, message, ready, queued, started, event.at, code=self.code)
        return replace(done, looks=count, held=whole, began=self.seq)


def seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


@dataclass(frozen=True)
class RunFacts:
    """A run. `made`: the number of the event that made it; `seq`: that of its own last event."""

    key: RunKey
    window: Partition
    spec: DagSpec
    created: datetime
    seq: int
    state: str
    cells: dict[str, Cell]
    made: int
    due: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    reason: str = ""
    backfill: int = 0
    order: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in ("queued", "running")


class Came(NamedTuple):
    """A partition of an input or a dataset that came, as event `seq`."""

    name: str
    window: Partition
    seq: int


@dataclass(frozen=True)
class Facts:
    """Everything that has happened after `seq` events."""

    specs: dict[str, DagSpec]
    pools: dict[str, int]
    workers: int | None
    live_since: datetime
    born_paused: frozenset[str]
    seq: int = 0
    freed: int = 0
    runs: tuple[RunFacts, ...] = ()
    arrived: tuple[tuple[str, str, int, datetime], ...] = ()
    came: tuple[Came, ...] = ()
    faults: tuple[tuple[Fault, datetime], ...] = ()
    lifted: frozenset[int] = frozenset()
    paused: tuple[tuple[str, datetime], ...] = ()
    away: bool = False
    forgotten: frozenset[tuple[str, datetime]] = frozenset()
    clocks: tuple[tuple[str, datetime], ...] = ()
    missed: frozenset[tuple[str, str, str, datetime]] = frozenset()
    deploys: tuple[CodeDeployed, ...] = ()
    effects: tuple[tuple[RunKey, str, int, datetime], ...] = ()
    limits: tuple[tuple[int, int], ...] = ()
    begun: tuple[tuple[AttemptStarted, str, int], ...] = ()
    commanded: datetime | None = None

    def of(self, key: RunKey) -> RunFacts:
        return next(run for run in self.runs if run.key == key)

    def runs_of(self, dag: str, partition: str) -> list[RunFacts]:
        found = [run for run in self.runs if (run.key.dag, run.key.partition) == (dag, partition)]
        return sorted(found, key=lambda run: run.key.n)

    def newest(self, dag: str, partition: str) -> RunFacts | None:
        found = self.runs_of(dag, partition)
        return found[-1] if found else None

    def is_paused(self, dag: str) -> bool:
        return dag in dict(self.paused)

    def home(self, name: str) -> str:
        """The DAG that declares an input: the first one."""
        return next(dag for dag, spec in self.specs.items() if name in spec.inputs)

    def code(self, dag: str, task: str) -> str:
        """The version that was deployed last, for the task or for the whole DAG."""
        found = [e.version for e in self.deploys if e.dag == dag and e.task in ("", task)]
        return found[-1] if found else "v1"


def first_facts(workspace: Workspace, start: datetime) -> Facts:
    paused = tuple((name, start) for name, spec in workspace.dags.items() if spec.paused)
    born = frozenset(name for name, _ in paused)
    return Facts(dict(workspace.dags), dict(workspace.pools), workspace.workers, start, born, paused=paused)


# ticks: every one makes a run, unless nobody heard it and it was forgotten


def pending(facts: Facts, dag: str, until: datetime) -> list[tuple[datetime, Partition]]:
    """The ticks of a DAG up to an instant that have made no run, and may."""
    spec = facts.specs[dag]
    begin = facts.live_since
    if dag in facts.born_paused and spec.start is not None:
        begin = min(begin, spec.start)
    begin = max([begin, *(at for name, at in facts.clocks if name == dag)])
    made = [run.due for run in facts.runs if run.key.dag == dag and run.due is not None]
    done = max(made, default=begin - SECOND)
    found = ((tick, window) for tick, window in ticks_of(spec, begin, until) if tick > done)
    return [(tick, window) for tick, window in found if (dag, tick) not in facts.forgotten]


def ticks_of(spec: DagSpec, begin: datetime, until: datetime) -> tuple[tuple[datetime, Partition], ...]:
    """The ticks in [begin, until] whose windows are wanted."""
    return _ticks(clock_of(spec), begin, until) if isinstance(spec.schedule, str) else ()


def clock_of(spec: DagSpec) -> Clock:
    return Clock((spec.schedule, spec.timezone, spec.partition, spec.gap, spec.fold, spec.start, spec.end), spec)


class Clock:
    """What a DAG's ticks depend on: equal when they tick together."""

    def __init__(self, clock: tuple[Any, ...], spec: DagSpec) -> None:
        self.clock, self.spec = clock, spec

    def __hash__(self) -> int:
        return hash(self.clock)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clock) and self.clock == other.clock


@cache
def _ticks(clock: Clock, begin: datetime, until: datetime) -> tuple[tuple[datetime, Partition], ...]:
    spec = clock.spec
    assert spec.clock is not None
    found = [(tick, spec.grid.last_ended(tick)) for tick in spec.clock.ticks(begin - SECOND, until)]
    return tuple((tick, window) for tick, window in found if wants(spec, window))


def wants(spec: DagSpec, window: Partition) -> bool:
    """Is the window one of those between the DAG's start and end?"""
    late_enough = spec.start is None or window.start >= spec.start
    return late_enough and (spec.end is None or window.start < spec.end)


def forget(facts: Facts, dag: str, now: datetime) -> Facts:
    """Somebody hears the DAG's ticks again. Those that passed unheard are forgotten, but for the last one, and that
    too when the DAG skips them; with catchup none is."""
    spec = facts.specs[dag]
    if spec.catchup or facts.away or facts.is_paused(dag):
        return facts
    ticks = [tick for tick, _ in pending(facts, dag, now)]
    gone = ticks if spec.misfire == "skip" else ticks[:-1]
    return replace(facts, forgotten=facts.forgotten | {(dag, tick) for tick in gone})


# what an event changes in tasks

# event -> (states it may follow, the state it leads to, or None: the event says which)
TABLE: dict[type[Any], tuple[set[str], str | None]] = {
    TaskScheduled: (IDLE - {"scheduled"}, "scheduled"),
    TaskQueued: (IDLE, "queued"),
    TaskSettled: (IDLE, None),
    AttemptStarted: ({"queued"}, "running"),
    AttemptEnded: ({"running"}, None),
}


def evolve(facts: Facts, event: Any) -> Facts:
    """The facts after one more event."""
    facts = replace(facts, seq=facts.seq + 1)
    if type(event) in TABLE:
        return _task_changes(facts, event)
    return _OTHERS[type(event)](facts, event)


def _task_changes(facts: Facts, event: Any) -> Facts:
    run, (before, after) = facts.of(event.run), TABLE[type(event)]
    old = run.cells[event.task]
    assert old.state in before, f"{event} cannot follow {old}"
    new = Cell(after or event.state, event.at, facts.seq, old.tries, past=old.past, base=old.base, code=old.code)
    new = replace(new, looks=old.looks)
    if isinstance(event, TaskScheduled):
        new = replace(new, ready=event.at)
    if isinstance(event, TaskQueued):
        new = replace(new, ready=old.ready or event.at, queued=event.at, code=facts.code(event.run.dag, event.task))
    if isinstance(event, TaskSettled):
        new = replace(new, rule=event.rule, looks=None, code="v1")
    if isinstance(event, AttemptStarted):
        new = replace(new, ready=old.ready, queued=old.queued, started=event.at, tries=event.number)
        facts = replace(facts, begun=(*facts.begun, (event, new.code, facts.seq)))
    if isinstance(event, AttemptEnded):
        facts, new = replace(facts, freed=facts.seq), _ended(old, replace(new, retry_at=event.retry_at), event)
    facts = _with(facts, replace(run, cells={**run.cells, event.task: new}))
    return _wrote(facts, run, event) if isinstance(event, AttemptEnded) and event.state == "success" else facts


def _ended(old: Cell, new: Cell, event: AttemptEnded) -> Cell:
    if event.state == "up_for_reschedule":
        assert old.ready and old.queued and old.started
        one = old.looks or Looks(old.ready, old.queued, old.started)
        return replace(new, looks=replace(one, times=one.times + 1, held=one.held + seconds(old.queued, event.at)))
    outcome = "failed" if event.state == "up_for_retry" else event.state
    done = old.over(event, outcome, event.reason, event.message)
    done = replace(done, retry_at=event.retry_at, followed=event.followed)
    return replace(new, past=(*old.past, done), looks=None)


def _wrote(facts: Facts, run: RunFacts, event: AttemptEnded) -> Facts:
    task = run.spec.tasks.get(event.task)
    new = tuple(Came(name, run.window, facts.seq) for name in (task.writes if task else ()))
    return replace(facts, came=facts.came + new)


# what an event changes elsewhere


def _run_created(facts: Facts, event: RunCreated) -> Facts:
    window = Partition(event.run.partition, event.start, event.end)
    return _open(facts, event.run, window, event.at, due=event.due)


def _open(facts: Facts, key: RunKey, window: Partition, at: datetime, **more: Any) -> Facts:
    spec = facts.specs[key.dag]
    cells = {name: Cell("none", at, facts.seq) for name in spec.tasks}
    run = RunFacts(key, window, spec, at, facts.seq, "queued", cells, facts.seq, **more)
    return replace(facts, runs=(*facts.runs, run))


def _run_started(facts: Facts, event: RunStarted) -> Facts:
    return _with(facts, replace(facts.of(event.run), state="running", seq=facts.seq, started=event.at))


def _run_ended(facts: Facts, event: RunEnded) -> Facts:
    run = replace(facts.of(event.run), state=event.state, seq=facts.seq, ended=event.at, reason=event.reason)
    return _with(facts, run)


def _input_arrived(facts: Facts, event: InputArrived) -> Facts:
    window = facts.specs[facts.home(event.input)].grid.parse(event.partition)
    arrived = (*facts.arrived, (event.input, event.partition, facts.seq, event.at))
    return replace(facts, arrived=arrived, came=(*facts.came, Came(event.input, window, facts.seq)))


def _deadline_missed(facts: Facts, event: DeadlineMissed) -> Facts:
    return replace(facts, missed=facts.missed | {(event.dag, event.partition, event.task, event.due)})


def _scheduler_stopped(facts: Facts, event: SchedulerStopped) -> Facts:
    assert not facts.away
    return replace(facts, away=True)


def _scheduler_started(facts: Facts, event: SchedulerStarted) -> Facts:
    assert facts.away
    facts = replace(facts, away=False)
    for dag in facts.specs:
        facts = forget(facts, dag, event.at)
    return facts


def _work_done(facts: Facts, event: WorkDone) -> Facts:
    return replace(facts, effects=(*facts.effects, (event.run, event.task, event.number, event.at)))


def _code_deployed(facts: Facts, event: CodeDeployed) -> Facts:
    return replace(facts, deploys=(*facts.deploys, event))


def _fault_injected(facts: Facts, event: FaultInjected) -> Facts:
    return replace(facts, faults=(*facts.faults, (event.fault, event.at)))


def _fault_lifted(facts: Facts, event: FaultLifted) -> Facts:
    return replace(facts, lifted=facts.lifted | {event.number})


def _dag_edited(facts: Facts, event: DagEdited) -> Facts:
    before = facts.specs[event.dag]
    facts = replace(facts, specs={**facts.specs, event.dag: event.spec}, freed=facts.seq)
    if before.clock != event.spec.clock:
        facts = replace(facts, clocks=(*facts.clocks, (event.dag, event.at)))
    mine = [run for run in facts.runs if run.key.dag == event.dag and run.is_open]
    for run in mine:
        facts = _with(facts, _follow(facts, run, event.at))
    return facts


def _follow(facts: Facts, run: RunFacts, at: datetime) -> RunFacts:
    """The run with the newest version of its DAG."""
    spec, fresh = facts.specs[run.key.dag], Cell("none", at, facts.seq)
    cells = dict.fromkeys(spec.tasks, fresh)
    for name, cell in run.cells.items():
        if name not in spec.tasks:
            gone = Cell("removed", at, facts.seq, cell.tries, past=cell.past)
            cells[name] = cell if cell.state in OVER else gone
        elif cell.state == "none" and cell.base:  # it was cleared, and waits
            cells[name] = replace(fresh, tries=cell.tries, past=cell.past, base=cell.base)
        elif cell.state not in ("none", "removed"):
            cells[name] = cell
    return replace(run, spec=spec, cells=cells)


def _settings_changed(facts: Facts, event: SettingsChanged) -> Facts:
    return replace(facts, pools=dict(event.pools), workers=event.workers, freed=facts.seq)


def _dag_paused(facts: Facts, event: DagPaused) -> Facts:
    was = facts.is_paused(event.dag)
    if event.paused:
        return facts if was else replace(facts, paused=(*facts.paused, (event.dag, event.at)))
    facts = replace(facts, paused=tuple(one for one in facts.paused if one[0] != event.dag))
    return forget(facts, event.dag, event.at) if was else facts


def _tasks_cleared(facts: Facts, event: TasksCleared) -> Facts:
    return replace(_clear(facts, event, event.instances), freed=facts.seq)


def _clear(facts: Facts, event: Any, instances: Any) -> Facts:
    for key, tasks in instances:
        run = facts.of(key)
        for task in tasks:
            cell = _by_hand(run.cells[task], event, "failed", "killed", "cleared while it ran")
            new = Cell("none", event.at, facts.seq, cell.tries, past=cell.past, base=cell.tries)
            run = replace(run, cells={**run.cells, task: new})
        facts = _with(facts, _opened(facts, run))
    return facts


def _opened(facts: Facts, run: RunFacts) -> RunFacts:
    """The run, waiting to start again if it had ended."""
    if run.is_open:
        return run
    run = replace(run, state="queued", started=None, ended=None, reason="", seq=facts.seq)
    return run if run.spec is facts.specs[run.key.dag] else _follow(facts, run, run.created)


def _by_hand(cell: Cell, event: Any, state: str, reason: str, message: str) -> Cell:
    """The cell, with its try ended if one had begun."""
    if cell.state != "running" and cell.looks is None:
        return cell
    return replace(cell, past=(*cell.past, cell.over(event, state, reason, message)), looks=None)


def _tasks_marked(facts: Facts, event: TasksMarked) -> Facts:
    for key, tasks in event.instances:
        run = facts.of(key)
        for task in tasks:
            cell = _by_hand(run.cells[task], event, event.state, "marked", f"marked as {event.state}")
            new = Cell(event.state, event.at, facts.seq, cell.tries, past=cell.past, base=cell.base, rule="marked")
            run = replace(run, cells={**run.cells, task: new})
        facts = _with(facts, _opened(facts, run))
    return replace(_clear(facts, event, event.cleared), freed=facts.seq)


def _tasks_killed(facts: Facts, event: TasksKilled) -> Facts:
    for key, task, became, retry_at in event.ends:
        run = facts.of(key)
        cell = run.cells[task]
        assert cell.state in BUSY, f"{event} cannot follow {cell}"
        had = len(cell.past)
        cell = _by_hand(cell, event, "failed", "killed", "killed by hand")
        past = cell.past
        if len(past) > had and retry_at is not None:
            past = (*past[:-1], replace(past[-1], retry_at=retry_at))
        new = Cell(became, event.at, facts.seq, cell.tries, retry_at=retry_at, past=past, base=cell.base)
        facts = _with(facts, replace(run, cells={**run.cells, task: new}))
    return replace(facts, freed=facts.seq)


def _runs_requested(facts: Facts, event: RunsRequested) -> Facts:
    backfill = facts.seq if event.kind == "backfill" else 0
    if backfill:
        facts = replace(facts, limits=(*facts.limits, (backfill, event.limit)))
    for order, (key, start, end) in enumerate(event.runs):
        window = Partition(key.partition, start, end)
        facts = _open(facts, key, window, event.at, backfill=backfill, order=order if backfill else 0)
    return facts


def _with(facts: Facts, new: RunFacts) -> Facts:
    return replace(facts, runs=tuple(new if run.key == new.key else run for run in facts.runs))


_OTHERS: dict[type[Any], Callable[[Facts, Any], Facts]] = {
    RunCreated: _run_created,
    RunStarted: _run_started,
    RunEnded: _run_ended,
    InputArrived: _input_arrived,
    DeadlineMissed: _deadline_missed,
    SchedulerStopped: _scheduler_stopped,
    SchedulerStarted: _scheduler_started,
    WorkDone: _work_done,
    CodeDeployed: _code_deployed,
    FaultInjected: _fault_injected,
    FaultLifted: _fault_lifted,
    DagEdited: _dag_edited,
    SettingsChanged: _settings_changed,
    DagPaused: _dag_paused,
    TasksCleared: _tasks_cleared,
    TasksMarked: _tasks_marked,
    TasksKilled: _tasks_killed,
    RunsRequested: _runs_requested,
}
