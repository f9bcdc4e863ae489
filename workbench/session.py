"""Session: the one object that front ends hold. A workspace, a scenario, the futures made so far, and a cursor.

The cursor stands after some event of one branch, at an instant `now`. Going back never loses anything: a command
given in the past opens a new branch there (a what-if), and the old future stays.

    >>> import workbench as wb
    >>> dag = wb.Dag("hello", schedule="0 6 * * *", start="2013-01-01")
    >>> _ = dag.task("load", takes="5m") >> dag.task("report", takes="1m")
    >>> s = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-02T05:00Z")))
    >>> len(s.run_until("2013-01-02 07:00"))
    9
    >>> print(s.why("report@2013-01-01").headline)
    report ended 06:06, well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from workbench.branch import Branch, no_collection
from workbench.engine import Event, Known, State, begin
from workbench.engine.events import COMMANDS, CodeDeployed
from workbench.given import (
    as_workspace,
    branch_names,
    checked,
    first_start,
    instant_in,
    is_clock,
    lost_tasks,
    made_at,
    refuse_lost,
)
from workbench.kept import Kept
from workbench.model import Dag, DagSpec, InvalidInput, Workspace, check_workspace, nearest
from workbench.ordering import Here, Order
from workbench.ordering.targets import home_of, one_day
from workbench.ordering.targets import target_of as asked
from workbench.questions import Questions
from workbench.scenario import Scenario, SimulatedWorld
from workbench.scenario.parts import Deploy
from workbench.scenario.zones import common_zone
from workbench.showing import Showing, beside
from workbench.twins import Twins
from workbench.twins.base import twin
from workbench.views.happened import Happened
from workbench.views.why import Why, explain
from workbench.views.why_run import WhyRun, explain_run
from workbench.worth import Worth, rows_of_branch
from workbench.writing import Keeping, LateWriter, Saved, Writer, keeping_of

if TYPE_CHECKING:
    from workbench.views.compare import Comparison

# The runs of seven days: the last of them starts on the morning after.
DEFAULT_SPAN = timedelta(days=8)
EVENTS_PER_WRITE = 10_000
By = Literal["instant", "event"]


class Cursor(NamedTuple):
    """After `position` events of a branch, at the instant `now` (UTC)."""

    branch: Branch
    position: int
    now: datetime


class Session(Questions, Kept, Twins, Worth, Showing):
    """Step, go back, ask why, change one thing. `workspace` may be a bare `Dag`; instants are UTC or text."""

    def __init__(
        self,
        workspace: Workspace | DagSpec | Dag,
        scenario: Scenario | None = None,
        *,
        history: Keeping | str | Path | None = None,
        writer: Writer | None = None,
    ) -> None:
        self.workspace = as_workspace(workspace)
        problems = check_workspace(self.workspace)
        if problems:
            raise InvalidInput(problems)
        self.scenario = checked(scenario or Scenario(), self.workspace)
        self.start = self.scenario.start or first_start(self.workspace)
        self.end = self.scenario.until or self.start + DEFAULT_SPAN
        world = SimulatedWorld(self.scenario, self.start)
        self._dataflow = world.dataflow
        self._judges(world)
        first = Branch("A", begin(self.workspace, self.start, self.scenario.seed), self.start, world)
        self.branches: dict[str, Branch] = {"A": first}
        self._cursor = Cursor(first, 0, self.start)
        self._trail: list[Cursor] = []
        self._undone: list[Cursor] = []
        self._left: Cursor | None = None
        self._recorder, self._late = writer, LateWriter(keeping_of(history), self)
        self._begin_questions()

    def adopt(self, saved: Sequence[Saved], current: str) -> None:
        """Take over the futures of a recording, parents first, and stand at the end of one of them."""
        for one in saved:
            if one.parent is None:
                branch = self.branches[one.name]
            else:
                branch = self.branches[one.parent].fork(one.name, one.shared, one.horizon, self._new_world())
            branch.adopt(one.events, one.horizon)
            self.branches[one.name] = branch
        end = self.branches[current]
        self._move(Cursor(end, len(end.log), end.reached))

    # where we are

    @property
    def now(self) -> datetime:
        return self._cursor.now

    @property
    def branch(self) -> Branch:
        return self._cursor.branch

    @property
    def position(self) -> int:
        """How many events of the branch have happened."""
        return self._cursor.position

    @property
    def events(self) -> list[Event]:
        """The events up to the cursor."""
        return self.branch.log[: self.position]

    @property
    def state(self) -> State:
        """What is true at the cursor."""
        return self.branch.state_at(self.position)

    def read_code_again(self) -> None:
        """Tries that start from now on run the modules as they are on disk now. What has happened stays."""
        self._dataflow.functions.forget()

    @property
    def at_end(self) -> bool:
        return self.position == len(self.branch.log)

    @property
    def cursor(self) -> Cursor:
        return self._cursor

    def stand(self, cursor: Cursor) -> None:
        """To exactly where the cursor stood before."""
        self._move(cursor)

    # forward and back

    @twin("step", "s.step()")
    def step(self, by: By = "instant") -> Happened:
        """On to the next instant at which something happens (or by one event); what happened. Empty at the end:
        nothing more comes until `until`."""
        if by not in ("instant", "event"):
            raise InvalidInput([f"a step goes by 'instant' or by 'event', not by {by!r}"])
        if self.at_end and not self._make_more():
            return self.happened(self.position, self.position)
        self._trail.append(self._cursor)
        begin = self.position
        end = begin + 1 if by == "event" else self.branch.position_at(self.branch.log[begin].at)
        self._cursor = Cursor(self.branch, end, self.branch.log[begin].at)
        self._reveal()
        return self.happened(begin, end)

    @twin("back", 's.back("05:55")')
    def back(self, to: str | datetime | None = None) -> Happened:
        """Undo the last step exactly, or go back to an instant, and there before the first command that was given at
        it; the events that are now ahead again."""
        if to is not None:
            return self._go_back(self.instant(to))
        begin = self.position
        self._cursor = self._trail.pop() if self._trail else self._instant_before()
        return self.happened(self.position, begin)

    def seek(self, to: str | datetime | int) -> Session:
        """To an instant (after all that happens at it), or to just after event number `to`, either way."""
        if isinstance(to, int):
            return self._seek_event(to)
        at = self.instant(to)
        if at > self.branch.horizon:
            self._simulate(at)
        self._move(Cursor(self.branch, self.branch.position_at(at), max(at, self.start)))
        return self

    def run_until(
        self, to: str | datetime | None = None, progress: Callable[[datetime], None] | None = None
    ) -> Happened:
        """Run forward to an instant (default: the scenario's end); what happened on the way. `progress` is called
        now and then with the instant reached; what it raises stops the run, and nothing made so far is lost."""
        at = self.end if to is None else self.instant(to)
        if at < self.start:
            told = f"{self._said(at, '%Y ')} is before this simulation begins"
            raise InvalidInput([f"{told}, {self._said(self.start, '%Y ')}"])
        if at < self.now:
            raise InvalidInput([f"{self._said(at)} is in the past of this cursor; use seek or back"])
        if at > self.branch.horizon:
            self._simulate(at, progress)
        begin = self.position
        self._move(Cursor(self.branch, self.branch.position_at(at), at))
        self._reveal()
        return self.happened(begin, self.position)

    # questions

    @twin("why", 's.why("publish@2013-01-03", "07:00")')
    def why(self, target: str, at: str | datetime | None = None) -> Why:
        """Why a task instance is as it is: `publish@2013-01-03`, `publish` (its newest run) or `dag.publish`.
        At the cursor, or at another instant of this branch."""
        return explain(*self._then(at, target), target)

    def why_run(self, target: str, at: str | datetime | None = None) -> WhyRun:
        """Why a run ended when it did, has not ended, or is not there: `daily_flights@2013-01-03`."""
        return explain_run(*self._then(at, target), target)

    @twin("why", 's.explain("daily_flights@2013-01-02")', line="why daily_flights@2013-01-02")
    def explain(self, target: str, at: str | datetime | None = None) -> Why | WhyRun:
        """Why a run is as it is, when the target names a DAG and no task; else why a task instance is."""
        named, plans = asked(target), self.state.known.plans
        one_day(named)
        is_run = named.name in plans and not any(named.name in plan.tasks for plan in plans.values())
        return self.why_run(str(named), at) if is_run else self.why(str(named), at)

    def _then(self, at: str | datetime | None, target: str) -> tuple[Known, datetime]:
        """What was, or will be, known at an instant of this branch. A bare clock time is on the day on which the
        target's run is made, if it names one."""
        if at is None:
            return self.state.known, self.now
        is_of_run = isinstance(at, str) and is_clock(at) and bool(one_day(asked(target)))
        instant = self.instant_on(target, str(at)) if is_of_run else self.instant(at)
        if instant > self.branch.horizon:
            self._simulate(instant)
        return self.branch.state_at(self.branch.position_at(instant)).known, instant

    @twin("compare", 's.compare("A")')
    def compare(self, other: str | Session = "A") -> Comparison:
        """This future beside another: the first event that differs, and its cause."""
        theirs = other.branch if isinstance(other, Session) else self._named(other)
        if theirs is self.branch:
            others = ", ".join(name for name in self.branches if name != theirs.name)
            raise InvalidInput(
                [f"you are on {theirs.name}: compare it with another future (there is: {others or 'none yet'})"]
            )
        for branch in (theirs, self.branch):
            if branch.horizon < self.now and not lost_tasks(branch.end_state().known):
                self._simulate(self.now, branch=branch)
        from workbench.views.compare import compare

        here, there = self.aside(), other.aside() if isinstance(other, Session) else self.aside()
        picture = partial(beside, (there, theirs.name), (here, self.branch.name), self.now)
        return replace(compare(theirs, self.branch, self.now), picture=picture)

    # commands (their makers are in `twins`): at the end they are recorded, in the past they open a what-if

    def here(self) -> Here:
        return Here(self.state, self.now, self.scenario, rows_of_branch(self.branch))

    def take(self, order: Order) -> Order:
        """Record an order: all its events, or none. Undone as one, for all but the first name the first as their
        cause."""
        before = self._cursor
        if not self.at_end:
            self._open_branch(None)
            self._left = before
        branch, first = self.branch, len(self.branch.log) + 1
        events = (order.events[0], *(event._replace(cause=first) for event in order.events[1:]))
        try:
            for event in events:
                branch.command(event)
        except BaseException:
            if branch is not before.branch:
                del self.branches[branch.name]
            self._cursor, self._left = before, None
            raise
        self._write(branch)
        self._undone.clear()
        self._move(Cursor(branch, len(branch.log), self.now))
        return order._replace(events=events)

    def take_back(self) -> Happened:
        """To before the last command of this future, and on without it: in the future from which it parted, or in a
        new one. The future with it stays, and `take_again` goes back there. The undone events; raises InvalidInput."""
        log, position = self.branch.log, self.position - 1
        while position >= 0 and not self._is_command(log[position]):
            position -= 1
        if position < 0:
            raise InvalidInput(["Nothing to undo: no command has been given in this future so far"])
        first = log[position].cause - 1 if log[position].cause else position
        undone, before, at = self.happened(first, position + 1), self._cursor, log[first].at
        branch = self._without(first)
        if branch is None:
            self._move(Cursor(self.branch, first, at))
            self._open_branch(None)
            self._write(self.branch)
        else:
            self._move(Cursor(branch, first, at))
        self._undone.append(before)
        return undone

    def take_again(self) -> Session:
        """Back to where the last undo was given. Raises InvalidInput when a command came since."""
        if not self._undone:
            raise InvalidInput(["Nothing to redo. Every future is kept: switch to it by its name"])
        cursor = self._undone.pop()
        self._move(cursor)
        return self

    def _is_command(self, event: Event) -> bool:
        """Did somebody give it? A scenario deploys as well."""
        if not isinstance(event, CodeDeployed):
            return isinstance(event, COMMANDS)
        faults = [(fault, self.start) for fault in self.scenario.faults] + list(self.state.faults)
        planned = (
            max(fault.at, holds) == event.at and fault.version == event.version
            for fault, holds in faults
            if isinstance(fault, Deploy)
        )
        return not any(planned)

    def _without(self, shared: int) -> Branch | None:
        """A future with the same first events, after which no command follows at once: rather one from which this
        parted."""
        events, parents = self.branch.log[:shared], []
        branch = self.branch
        while branch.parent is not None:
            branch = branch.parent
            parents.append(branch)
        for branch in (*parents, *self.branches.values()):
            ahead = branch.log[shared : shared + 1]
            if branch.log[:shared] == events and not any(self._is_command(event) for event in ahead):
                return branch
        return None

    def fork(self, name: str | None = None) -> Session:
        """A second session at this cursor, on a new branch of its own; this one stays where it is."""
        other = self._beside()
        other._open_branch(name)
        return other

    def what_if(self, at: str | datetime = "", name: str = "") -> Session:
        """A second session on a what-if that parts from this future now, or at another time: back then, before the
        first command that was given at it. This session, and its future, stay as they are."""
        other, moment = self._beside(), self.instant(at) if at else self.now
        if moment < self.now:
            other._go_back(moment)
        other._open_branch(name or None)
        if moment > self.now:
            other.run_until(moment)
        other._done = other._told(self.branch.name, f"It is {self._said(other.now)}.")
        return other

    def aside(self) -> Session:
        """Another session at this cursor, to look around in: the same futures, and nobody's questions."""
        other = self._beside()
        other._begin_questions()
        return other

    def _beside(self) -> Session:
        """Another session at this cursor, with the same futures and the same history."""
        other = Session.__new__(Session)
        other.__dict__.update(self.__dict__)
        other._trail, other._undone, other._left = [], [], None
        return other

    def _session(self) -> Session:
        return self

    def enter(self, name: str) -> Session:
        """To the same instant of another future."""
        branch = self._named(name)
        at = min(self.now, branch.reached)
        self._move(Cursor(branch, branch.position_at(at), at))
        return self

    # helpers for front ends

    def instant(self, text: str | datetime) -> datetime:
        """An instant from text: `2013-01-04T05:55Z`, or `2013-01-04 05:55` and `05:55` (on the cursor's day) in
        the session's zone."""
        return instant_in(self.zone, text, self.now)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of bare times: that of all DAGs if they have one in common, else UTC."""
        return common_zone(self.workspace.dags.values())

    def _said(self, at: datetime, year: str = "") -> str:
        """`Fri 4 Jan 07:35`, in the session's zone."""
        local = at.astimezone(self.zone)
        return f"{local:%a} {local.day} {local:%b {year}%H:%M}"

    def instant_on(self, target: str, text: str) -> datetime:
        """An instant from text, in the zone of the target's DAG; a bare `07:00` means the day on which the run of the
        target's partition was made, or on which the clock will make it."""
        named, known = asked(target), self.state.known
        home, key = home_of(known, named.name), one_day(named)
        spec, run = known.plans[home].spec, known.run_of(home, key) if key else None
        if is_clock(text) and not key:
            told = f"{text} of which day? Ask for {target}@2013-01-03, or give the day: '2013-01-04 {text}'"
            raise InvalidInput([told])
        made = run.created if run is not None else made_at(spec, key) if key else self.now
        return instant_in(spec.zone, text, made)

    def current_workspace(self) -> Workspace:
        """The workspace as edited so far."""
        return self.state.known.workspace()

    def happened(self, begin: int, end: int) -> Happened:
        return Happened.of(self.branch.log[begin:end], self.branch.state_at(max(begin, end)).known, self.zone)

    def _seek_event(self, number: int) -> Session:
        if not 0 <= number <= len(self.branch.log):
            raise InvalidInput([f"there is no event {number}; this future has 1 to {len(self.branch.log)} so far"])
        now = self.branch.log[number - 1].at if number else self.start
        self._move(Cursor(self.branch, number, now))
        return self

    def _go_back(self, at: datetime) -> Happened:
        if at > self.now:
            raise InvalidInput([f"{self._said(at)} is still ahead; use run_until or seek"])
        begin = self.position
        self.seek(at)
        given = self._first_command_at(at)
        if given is not None:
            self._move(Cursor(self.branch, given, at))
        return self.happened(self.position, begin)

    def _first_command_at(self, at: datetime) -> int | None:
        """The position before the first command that was given at this very instant: who goes back there wants to do
        something else instead."""
        log, place = self.branch.log, self.branch.position_at(at - timedelta(seconds=1))
        found = (n for n in range(place, self.position) if self._is_command(log[n]))
        return next(found, None)

    def _instant_before(self) -> Cursor:
        log = self.branch.log
        if not self.position:
            return Cursor(self.branch, 0, self.start)
        position = self.branch.position_at(log[self.position - 1].at - timedelta(seconds=1))
        return Cursor(self.branch, position, log[position - 1].at if position else self.start)

    def _make_more(self) -> bool:
        """Simulate until there is a next event; False when none comes until `until`."""
        while self.at_end:
            branch = self.branch
            ahead = self.now if branch.horizon < self.now else branch.next_instant()
            if ahead is None or ahead > self.end:
                return False
            self._simulate(ahead)
        return True

    def _simulate(
        self, until: datetime, progress: Callable[[datetime], None] | None = None, branch: Branch | None = None
    ) -> None:
        """Make what comes until then, in this branch or another, and keep it, whatever happens on the way."""
        branch = branch or self.branch
        refuse_lost(branch.end_state().known)
        written = len(branch.log)
        try:
            with no_collection():
                while branch.run(until):
                    if progress is not None:
                        progress(branch.horizon)
                    if len(branch.log) - written >= EVENTS_PER_WRITE:
                        self._write(branch)
                        written = len(branch.log)
        finally:
            self._write(branch)
            if branch is not self.branch:
                self._write(self.branch)  # what was written last is what opens again

    def _move(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._trail.clear()

    def _open_branch(self, name: str | None) -> None:
        name = name or next(n for n in branch_names() if n not in self.branches)
        if name in self.branches:
            raise InvalidInput([f"there is a future '{name}' already"])
        branch = self.branch.fork(name, self.position, self.now, self._new_world())
        self.branches[name] = branch
        self._move(Cursor(branch, self.position, self.now))

    def _new_world(self) -> SimulatedWorld:
        return SimulatedWorld(self.scenario, self.start, self._dataflow)

    def _named(self, name: str) -> Branch:
        if name not in self.branches:
            raise InvalidInput([f"there is no future '{name}'{nearest(name, self.branches)}"])
        return self.branches[name]
