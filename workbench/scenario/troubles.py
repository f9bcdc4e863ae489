"""What goes wrong with tries. Each fault that meets a try strikes at some instant, and the earliest strike decides it.

All of it is a function of (seed, faults, state): `attach` rebuilds what vendors remember, so that a question that is
asked again later gets the same answer. A fault holds from the instant at which somebody injected it; one that was
lifted is not among the faults any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from workbench.engine import Attempt, Run, RunKey, State
from workbench.engine.plan import TaskPlan
from workbench.scenario.data_parts import CrashAfterWrite
from workbench.scenario.draws import draw, threshold
from workbench.scenario.naming import matches
from workbench.scenario.parts import (
    Bug,
    Choice,
    Fault,
    Flaky,
    Hang,
    LostAnswer,
    Outage,
    Quota,
    Slow,
    Varies,
    WorkerLost,
    Zombie,
)
from workbench.scenario.vendors import DOWN, KNOCKED_DOWN, Call, OverloadedVendor, QuotaVendor, Vendor
from workbench.timetable import UTC

_new: Any = tuple.__new__
NEVER = datetime.max.replace(tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Fate(NamedTuple):
    """How a try ends by itself: `at` (None: never), for a `reason` (empty: well). `done_at`: its work is done then,
    though the orchestrator is not told; from `beyond` on nothing that ends the try stops this work."""

    at: datetime | None
    reason: str = ""
    message: str = ""
    done_at: datetime | None = None
    beyond: datetime | None = None


class Strike(NamedTuple):
    """From `when` on a fault has its way with a try, which ends at `at`."""

    when: datetime
    at: datetime
    reason: str
    message: str
    done_at: datetime | None = None


class Trouble(NamedTuple):
    """A fault, since when it holds, and what is worked out of it once: the draws that hit (`below`), what remembers
    calls (`vendor`)."""

    fault: Any
    holds: datetime
    below: bytes
    vendor: Vendor | None


class Try(NamedTuple):
    """The try in question. `ends`: when it would end if nothing went wrong; NEVER for one that hangs."""

    run: RunKey
    plan: TaskPlan
    number: int
    started: datetime
    code: str
    ends: datetime

    @property
    def call(self) -> Call:
        return Call(self.run, self.plan.name, self.number)


class Past(NamedTuple):
    """A try that a state holds, sorted by the number of the event that began it. `ended`: None for one that runs;
    `reason`: for which it ended."""

    began: int
    run: Run
    plan: TaskPlan
    number: int
    started: datetime
    code: str
    ended: datetime | None
    reason: str


class Troubles:
    """The faults on tasks. Each comes with its number (from 1, the scenario's first) and the instant since when it
    holds, in the order in which they were given."""

    def __init__(self, seed: int, faults: Iterable[tuple[int, Fault, datetime]]) -> None:
        self._seed = seed
        self._all = tuple(_trouble(fault, holds) for _, fault, holds in faults if type(fault) in _ON_TASKS)
        self.vendors = tuple(trouble.vendor for trouble in self._all if trouble.vendor is not None)
        self.crashes = any(type(trouble.fault) is CrashAfterWrite for trouble in self._all)
        self._of: dict[tuple[str, str | None], tuple[Trouble, ...]] = {}
        self._lotteries: set[str] = set()  # tasks to which nothing but chance happens

    def attach(self, state: State, now: datetime) -> None:
        """Rebuild what vendors remember from `state`, which stands at `now`: all calls, in the order of the log."""
        for vendor in self.vendors:
            vendor.forget()
        if self.vendors:
            for past in sorted(self._calls(state), key=lambda past: past.began):
                self._call_again(past, now)

    def fate(self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime) -> Fate:
        """How try `number` (from 1) ends by itself. To be asked when it starts, in the order of the log."""
        troubles = self._troubles_of(plan) if self._all else ()
        if not troubles:
            return _new(Fate, (started + plan.takes, "", "", None, None))  # type: ignore[no-any-return]
        one = self._the_try(troubles, run.key, plan, number, started, run.cells[plan.name].code)
        return self._fate(troubles, one, lambda call: _runs(state, call))

    def spares(self, plan: TaskPlan, run: RunKey, number: int) -> bool:
        """Surely nothing happens to this try: no fault is on its task, or chance alone decides and does not hit. By far
        the most common case; False says nothing."""
        troubles = self._troubles_of(plan) if self._all else ()
        if not troubles:
            return True
        if plan.full_name not in self._lotteries:
            return False
        return not any(self._is_drawn(trouble.below, run, plan.name, number) for trouble in troubles)

    def is_lost(self, run: Run, plan: TaskPlan, number: int) -> str:
        """What happened to a try that ends well now, so that it fails after all: what served it broke down. Empty:
        nothing."""
        if not self.vendors:
            return ""
        call = Call(run.key, plan.name, number)
        return KNOCKED_DOWN if any(vendor.is_lost(call) for vendor in self.vendors) else ""

    def crash_after_write(self, plan: TaskPlan, run: RunKey, number: int, at: datetime) -> str:
        """What becomes of a try that has done its work and written by then, so that it fails after all. Empty:
        nothing."""
        for fault, holds, _, _ in self._troubles_of(plan) if self.crashes else ():
            here = isinstance(fault, CrashAfterWrite) and fault.partition in (None, run.partition)
            if here and holds <= at and number <= fault.tries:
                return "the attempt crashed after it had written"
        return ""

    def aftermath(self, state: State, now: datetime) -> list[tuple[datetime, RunKey, str, int]]:
        """Work of tries that are over for the orchestrator, to be done at `now` or later, and not known to be done."""
        if not any(type(trouble.fault) in _WORKS_ON for trouble in self._all):
            return []
        return sorted(
            found for past in self._ended(state, _WORKS_ON) for found in self._still_at_work(state, past, now)
        )

    def choice(self, plan: TaskPlan, run: RunKey) -> tuple[str, ...] | None:
        """What a branch or a short circuit chooses there, when a fault says so. Of several, the last word holds."""
        found = None
        for fault, _, _, _ in self._troubles_of(plan) if self._all else ():
            if isinstance(fault, Choice) and fault.partition in (None, run.partition):
                found = fault.follow
        return found

    # which faults

    def _troubles_of(self, plan: TaskPlan) -> tuple[Trouble, ...]:
        place = plan.full_name, plan.pool
        found = self._of.get(place)
        if found is None:
            found = self._of[place] = tuple(t for t in self._all if matches(t.fault.task, *place))
            if all(trouble.below for trouble in found):
                self._lotteries.add(plan.full_name)
        return found

    # which fate

    def _fate(self, troubles: tuple[Trouble, ...], one: Try, is_under_way: Callable[[Call], bool]) -> Fate:
        found = [strike for trouble in troubles if (strike := self._strike(trouble, one, is_under_way)) is not None]
        fate = Fate(None if one.ends == NEVER else one.ends)
        if found:
            when, at, reason, message, done_at = min(found, key=lambda strike: (strike[:4], strike.done_at or NEVER))
            fate = Fate(None if at == NEVER else at, reason, message, done_at, when)
        for trouble in troubles:
            if trouble.vendor is not None:
                trouble.vendor.told_end(one.call, fate.at)
        return fate

    def _strike(self, trouble: Trouble, one: Try, is_under_way: Callable[[Call], bool]) -> Strike | None:
        fault, holds, below, vendor = trouble
        by_chance = isinstance(fault, Flaky) and fault.rate is not None
        if by_chance and not self._is_drawn(below, one.run, one.plan.name, one.number):
            return None
        meets = _STRIKES.get(type(fault))
        strike = meets(fault, holds, one) if meets is not None and _is_meant(fault, one) else None
        if vendor is None or one.plan.task.sensor is not None:
            return strike
        refused = vendor.ask(one.call, one.started, is_under_way)
        if not refused or strike is not None:
            return strike
        at = one.started + fault.after
        return Strike(at, at, "quota" if isinstance(fault, Quota) else "transient", refused)

    def _is_drawn(self, below: bytes, run: RunKey, task: str, number: int) -> bool:
        dag, partition, _, n = run
        return draw(f"{self._seed}|flaky|{dag}|{task}|{partition}|{n}|{number}") < below

    # how long

    def _the_try(
        self, troubles: tuple[Trouble, ...], run: RunKey, plan: TaskPlan, number: int, started: datetime, code: str
    ) -> Try:
        """The try, with what makes it longer: of several faults, the last word holds."""
        one = Try(run, plan, number, started, code, started + plan.takes)
        usual = one.ends
        for fault, holds, _, _ in troubles:
            if type(fault) in _LASTING and holds <= usual and _is_meant(fault, one):
                lasts = self._lasts(fault, one)
                one = one._replace(ends=NEVER if lasts is None else max(started + lasts, holds))
        return one

    def _lasts(self, fault: Slow | Varies | Hang, one: Try) -> timedelta | None:
        """None: for ever."""
        if isinstance(fault, Varies):
            return fault.takes[self._which(fault, one)]
        return None if isinstance(fault, Hang) else _slowly(fault, one.plan)

    def _which(self, fault: Varies, one: Try) -> int:
        """Of the spans of a fault, the one of this try."""
        if fault.in_turn:
            return min(one.number, len(fault.takes)) - 1
        dag, partition, _, n = one.run
        drawn = draw(f"{self._seed}|varies|{dag}|{one.plan.name}|{partition}|{n}|{one.number}")
        return int.from_bytes(drawn, "big") * len(fault.takes) >> 64

    # the past

    def _call_again(self, past: Past, now: datetime) -> None:
        """As `fate` did when it was asked, but for what has become known of its end."""
        troubles = self._troubles_of(past.plan)
        one = self._the_try(troubles, past.run.key, past.plan, past.number, past.started, past.code)
        if past.ended is None:
            fate = self._fate(troubles, one, _every)
            end = fate.at if fate.at is None else max(fate.at, now)
        else:
            end = past.ended
        for trouble in troubles:
            if trouble.vendor is not None:
                trouble.vendor.ask(one.call, one.started, _every)
                trouble.vendor.told_end(one.call, end)

    def _calls(self, state: State) -> Iterator[Past]:
        later = {
            (key, task): number for _, key, task, number in self.aftermath(state, datetime.min.replace(tzinfo=UTC))
        }
        for past in (*self._ended(state, _WITH_VENDOR), *self._running(state)):
            place = past.run.key, past.plan.name
            known = [number for number, _ in state.effects.get(place, ())] + [later.get(place, past.number)]
            # A try that found the job of an earlier one did not call anybody.
            if past.plan.task.sensor is None and not (past.plan.task.lookup and min(known) < past.number):
                yield past

    def _ended(self, state: State, kinds: frozenset[type[Any]]) -> Iterator[Past]:
        """Every ended try of tasks with faults of these kinds."""
        for run in state.known.runs.values():
            for plan in run.plan.tasks.values():
                if any(type(trouble.fault) in kinds for trouble in self._troubles_of(plan)):
                    yield from (_past(run, plan, attempt) for attempt in run.cells[plan.name].attempts)

    def _running(self, state: State) -> Iterator[Past]:
        for run in state.known.runs.open.values():
            for plan in run.plan.tasks.values():
                cell = run.cells[plan.name]
                if cell.state == "running" and any(t.vendor is not None for t in self._troubles_of(plan)):
                    yield Past(cell.seq, run, plan, cell.tries, cell.since, cell.code, None, "")

    def _still_at_work(self, state: State, past: Past, now: datetime) -> Iterator[tuple[datetime, RunKey, str, int]]:
        troubles, key, name = self._troubles_of(past.plan), past.run.key, past.plan.name
        if past.plan.task.sensor is not None:
            return
        one = self._the_try(troubles, key, past.plan, past.number, past.started, past.code)
        found = [strike for t in troubles if t.vendor is None and (strike := self._strike(t, one, _every)) is not None]
        first = min(found, key=lambda strike: (strike[:4], strike.done_at or NEVER), default=None)
        if first is None or first.done_at is None or past.ended is None or past.ended < first.when:
            return
        if past.reason not in _OUT_OF_REACH:
            return
        done = past.number in (number for number, _ in state.effects.get((key, name), ()))
        if not done and first.done_at >= now:
            yield first.done_at, key, name, past.number


def _trouble(fault: Fault, holds: datetime) -> Trouble:
    rate = fault.rate if isinstance(fault, Flaky) else None
    vendor: Vendor | None = None
    if isinstance(fault, Quota):
        vendor = QuotaVendor(fault, holds)
    elif isinstance(fault, Outage) and (fault.capacity is not None or fault.overload is not None):
        vendor = OverloadedVendor(fault, holds)
    return Trouble(fault, holds, threshold(rate) if rate is not None else b"", vendor)


def _past(run: Run, plan: TaskPlan, one: Attempt) -> Past:
    return Past(one.began, run, plan, one.number, one.started, one.code, one.ended, one.reason)


def _every(call: Call) -> bool:
    return True


def _runs(state: State, call: Call) -> bool:
    run = state.known.runs.open.get(call.run)
    cell = run.cells.get(call.task) if run is not None else None
    return cell is not None and cell.state == "running" and cell.tries == call.number


def _slowly(slow: Slow, plan: TaskPlan) -> timedelta:
    if slow.takes is not None:
        return slow.takes
    return ceil(Fraction(int(plan.takes.total_seconds())) * (slow.factor or 1)) * SECOND


def _is_meant(fault: Any, one: Try) -> bool:
    """Is it about this partition, and this try?"""
    partition, tries = getattr(fault, "partition", None), getattr(fault, "tries", None)
    return partition in (None, one.run.partition) and (tries is None or one.number <= tries)


def _within(after: timedelta | None, one: Try) -> datetime:
    """So long after the start, but not after the end; None means the end."""
    return one.ends if after is None else min(one.started + after, one.ends)


def _crash(fault: Flaky | Bug, holds: datetime, one: Try) -> Strike | None:
    at = max(_within(fault.after, one), holds)
    if holds > one.ends or at == NEVER:
        return None
    if isinstance(fault, Bug):
        told = f"version {one.code} of its code fails"
        return Strike(at, at, "bug", told) if one.code == fault.version else None
    return Strike(at, at, "transient", "the attempt crashed")


def _outage(fault: Outage, holds: datetime, one: Try) -> Strike | None:
    meets = max(one.started, fault.start, holds)
    if meets >= fault.until or meets > one.ends or (meets == one.ends > one.started):
        return None
    at = max(max(one.started, fault.start) + fault.after, holds)
    return Strike(at, at, "transient", DOWN)


def _lost(fault: WorkerLost, holds: datetime, one: Try) -> Strike | None:
    dies = max(_within(fault.after, one), holds)
    if holds > one.ends:
        return None
    return Strike(dies, dies + fault.noticed, "worker_lost", "the worker was lost: it gave no sign of life any more")


def _zombie(fault: Zombie, holds: datetime, one: Try) -> Strike | None:
    cut_off = max(_within(fault.after, one), holds)
    if holds > one.ends:
        return None
    done = one.started + fault.commits if fault.commits is not None else one.ends
    told = "the worker was lost: it gave no sign of life any more"
    return Strike(cut_off, cut_off + fault.noticed, "worker_lost", told, None if done == NEVER else done)


def _no_answer(fault: LostAnswer, holds: datetime, one: Try) -> Strike | None:
    if holds > one.ends or one.ends == NEVER:
        return None
    told = "the worker was lost: its answer never came"
    return Strike(one.ends, one.ends + fault.noticed, "worker_lost", told, one.ends)


_STRIKES: dict[type[Any], Callable[[Any, datetime, Try], Strike | None]] = {
    Flaky: _crash,
    Bug: _crash,
    Outage: _outage,
    WorkerLost: _lost,
    Zombie: _zombie,
    LostAnswer: _no_answer,
}
# How long a try lasts.
_LASTING = frozenset({Slow, Varies, Hang})
# How a try ends while its worker is out of reach, and goes on.
_OUT_OF_REACH = frozenset({"worker_lost", "timeout", "killed", "marked"})
_WORKS_ON = frozenset({Zombie, LostAnswer})
_WITH_VENDOR = frozenset({Outage, Quota})
_ON_TASKS = frozenset({*_STRIKES, Quota, *_LASTING, Choice, Choice, CrashAfterWrite})
