"""How tries end by themselves, for the naive engine: every fault is asked, and every call that was ever made is gone
through again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple, cast

from tests.laws.facts import SECOND, Cell, Facts, RunFacts
from workbench.engine import RunKey
from workbench.model import Task
from workbench.scenario import (
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
from workbench.scenario.draws import draw, threshold

NEVER, MINUTE = datetime.max.replace(tzinfo=UTC), timedelta(minutes=1)


class Holding(NamedTuple):
    """A fault, its number, and since when it holds."""

    number: int
    fault: Fault
    holds: datetime


class Fate(NamedTuple):
    """When a try ends by itself (None: never), why (empty: well), and when its work is done unknown to all."""

    at: datetime | None
    reason: str = ""
    done: datetime | None = None


class Strike(NamedTuple):
    when: datetime
    at: datetime
    reason: str
    told_last: bool = False
    done: datetime = NEVER


class Call(NamedTuple):
    """A try that began, by the number of that event."""

    seq: int
    run: RunFacts
    task: Task
    number: int
    begun: datetime
    ended: datetime | None
    code: str
    reason: str = ""

    @property
    def name(self) -> tuple[RunKey, str, int]:
        return self.run.key, self.task.name, self.number


class Fates:
    """The fates of all tries, as far as is known after these facts."""

    def __init__(self, seed: int, holding: list[Holding], facts: Facts) -> None:
        self.seed, self.holding, self.facts = seed, holding, facts
        self._tries: list[Call] | None = None
        self._found: dict[tuple[RunKey, str, int], Fate] = {}

    def of(self, run: RunFacts, task: Task, cell: Cell) -> Fate:
        """That of the try that runs."""
        return self.fate(Call(cell.seq, run, task, cell.tries, cell.since, None, cell.code))

    def choice(self, run: RunFacts, task: Task) -> tuple[str, ...] | None:
        """What the scenario says that a branch chooses there: the last word."""
        said = [
            f.follow
            for _, f, _ in self.about(run, task)
            if isinstance(f, Choice) and f.partition in (None, run.key.partition)
        ]
        return said[-1] if said else None

    def about(self, run: RunFacts, task: Task) -> Iterator[Holding]:
        for one in self.holding:
            named = getattr(one.fault, "task", None)
            if named is not None and is_meant(named, run.key.dag, task):
                yield one

    # fates

    def fate(self, call: Call) -> Fate:
        if call.name not in self._found:
            self._found[call.name] = self._fate(call)
        return self._found[call.name]

    def _fate(self, call: Call) -> Fate:
        strikes = list(self.strikes(call))
        if strikes:
            first = min(strikes)
            return Fate(first.at, first.reason, None if first.done == NEVER else first.done)
        ends = self.usual_end(call)
        return Fate(None if ends == NEVER else ends)

    def strikes(self, call: Call, *, vendors: bool = True) -> Iterator[Strike]:
        ends = self.usual_end(call)
        for one in self.about(call.run, call.task):
            if speaks_of(one.fault, call):
                found = self.strike(one, call, ends)
                if found is None and vendors and call.task.sensor is None and self.is_refused(one, call):
                    at = call.begun + one.fault.after  # type: ignore[union-attr, operator]
                    found = Strike(at, at, "quota" if isinstance(one.fault, Quota) else "transient")
                if found is not None:
                    yield found

    def usual_end(self, call: Call) -> datetime:
        """When it would end if nothing struck it."""
        takes = call.task.sensor.takes if call.task.sensor else call.task.takes
        usual = ends = call.begun + takes
        for _, fault, holds in self.about(call.run, call.task):
            if holds <= usual and speaks_of(fault, call):
                if isinstance(fault, Hang):
                    ends = NEVER
                elif isinstance(fault, Varies):
                    ends = max(call.begun + self.one_of(fault, call), holds)
                elif isinstance(fault, Slow) and fault.takes is not None:
                    ends = max(call.begun + fault.takes, holds)
                elif isinstance(fault, Slow):
                    assert fault.factor is not None
                    ends = max(call.begun + ceil(takes // SECOND * fault.factor) * SECOND, holds)
        return ends

    def one_of(self, fault: Varies, call: Call) -> timedelta:
        """The span that is drawn for a try, or its own of those that come in turn."""
        if fault.in_turn:
            return fault.takes[call.number - 1] if call.number <= len(fault.takes) else fault.takes[-1]
        dag, partition, _, n = call.run.key
        key = f"{self.seed}|varies|{dag}|{call.task.name}|{partition}|{n}|{call.number}"
        many = len(fault.takes)
        return next(span for i, span in enumerate(fault.takes, 1) if draw(key) < threshold(Fraction(i, many)))

    def strike(self, one: Holding, call: Call, ends: datetime) -> Strike | None:
        fault, holds = one.fault, one.holds
        if isinstance(fault, Outage):
            meets = max(call.begun, fault.start, holds)
            if meets < fault.until and (meets < ends or meets == call.begun == ends):
                at = max(max(call.begun, fault.start) + fault.after, holds)
                return Strike(at, at, "transient")
            return None
        if holds > ends or (isinstance(fault, Bug) and fault.version != call.code):
            return None
        if isinstance(fault, LostAnswer):
            return None if ends == NEVER else Strike(ends, ends + fault.noticed, "worker_lost", True, ends)
        if not isinstance(fault, Flaky | Bug | WorkerLost | Zombie):
            return None
        if isinstance(fault, Flaky) and fault.rate is not None and not self.is_drawn(fault, call):
            return None
        at = max(ends if fault.after is None else min(call.begun + fault.after, ends), holds)
        if isinstance(fault, Flaky | Bug):
            return None if at == NEVER else Strike(at, at, "bug" if isinstance(fault, Bug) else "transient")
        if isinstance(fault, WorkerLost):
            return Strike(at, at + fault.noticed, "worker_lost")
        done = ends if fault.commits is None else call.begun + fault.commits
        return Strike(at, at + fault.noticed, "worker_lost", False, done)

    def is_drawn(self, fault: Flaky, call: Call) -> bool:
        dag, partition, _, n = call.run.key
        key = f"{self.seed}|flaky|{dag}|{call.task.name}|{partition}|{n}|{call.number}"
        assert fault.rate is not None
        return fault.rate == 1 or draw(key) < threshold(fault.rate)

    # jobs that go on after their tries

    def works(self, now: datetime) -> list[tuple[RunKey, str, int, datetime]]:
        """(run, task, try, when done) of each that is done without the orchestrator's knowledge. What a fault or an
        edit made shorter than it has run is done now."""
        works = ((call, self.work(call)) for call in self.tries())
        return [(*call.name, done if call.ended else max(done, now)) for call, done in works if done is not None]

    def work(self, call: Call) -> datetime | None:
        """When the work of a try is done all the same: one that was cut off before anything could stop it."""
        if call.task.sensor is not None or self.found(call) is not None:
            return None
        if call.ended is not None and call.reason not in ("worker_lost", "killed", "marked", "timeout"):
            return None
        first = min(self.strikes(call, vendors=call.ended is None), default=None)
        ends = call.ended
        if ends is None and call.task.timeout is not None:
            ends = call.begun + call.task.timeout
        if first is None or first.done == NEVER or (ends is not None and first.when > ends):
            return None
        return first.done

    def job_of_earlier(self, key: RunKey, task: str, number: int, begun: datetime) -> datetime | None:
        """When a try that looks finds the job of an earlier one done; None when there is none."""
        effects = [(n, at) for run, name, n, at in self.facts.effects if (run, name) == (key, task)]
        done = [at for n, at in effects if n < number and at <= begun]
        if done:
            return begun
        mine = [c for c in self.tries() if c.name[:2] == (key, task) and c.number < number and c.ended is not None]
        at_work = [at for call in mine if (at := self.work(call)) is not None]
        return max(min(at_work), begun) if at_work else None

    def found(self, call: Call) -> datetime | None:
        """Did this try look, and find the job of an earlier one?"""
        if not call.task.lookup:
            return None
        return self.job_of_earlier(call.run.key, call.task.name, call.number, call.begun)

    # calls

    def tries(self) -> list[Call]:
        """Every try that began, in the order of the log."""
        if self._tries is None:
            self._tries = self._all_tries()
        return self._tries

    def _all_tries(self) -> list[Call]:
        calls = []
        for run in self.facts.runs:
            for name, task in run.spec.tasks.items():
                cell = run.cells[name]
                calls += [
                    Call(t.began, run, task, t.number, t.started, t.ended, t.code, t.reason)
                    for t in cell.past
                    if t.started
                ]
                if cell.state == "running":
                    calls.append(Call(cell.seq, run, task, cell.tries, cell.since, None, cell.code))
        return sorted(calls, key=lambda call: call.seq)

    def calls(self, one: Holding) -> list[Call]:
        """Those that this vendor has got."""
        named = cast("str", getattr(one.fault, "task", None))
        mine = [c for c in self.tries() if is_meant(named, c.run.key.dag, c.task)]
        return [call for call in mine if call.task.sensor is None and self.found(call) is None]

    def is_refused(self, one: Holding, call: Call) -> bool:
        if isinstance(one.fault, Quota):
            return call.name in refused_by_quota(self, one.fault, one, call)
        if isinstance(one.fault, Outage) and (one.fault.capacity, one.fault.overload) != (None, None):
            return call.name in self.herd(one.fault, one)[0]
        return False

    def is_lost(self, run: RunFacts, task: Task, cell: Cell) -> bool:
        """Was a vendor knocked down while it served this try?"""
        for one in self.about(run, task):
            if isinstance(one.fault, Outage) and one.fault.overload is not None and task.sensor is None:
                refused, knocks = self.herd(one.fault, one)
                name = (run.key, task.name, cell.tries)
                if name not in refused and any(seq > cell.seq for seq in knocks) and self.is_a_call(one, cell.seq):
                    return True
        return False

    def is_a_call(self, one: Holding, seq: int) -> bool:
        return any(call.seq == seq for call in self.calls(one))

    def herd(self, fault: Outage, one: Holding) -> tuple[set[tuple[RunKey, str, int]], list[int]]:
        """The calls that an API after an outage refuses, and the calls that knocked it down."""
        since, down_until = max(one.holds, fault.start), fault.until
        refused: set[tuple[RunKey, str, int]] = set()
        served: list[datetime] = []
        counted: list[datetime] = []
        knocks = []
        for call in self.calls(one):
            at = call.begun
            if at < since:
                continue
            counted.append(at)
            is_down = at < down_until
            if fault.overload is not None and sum(at - MINUTE < other for other in counted) > fault.overload:
                down_until = max(down_until, at + fault.again)
                refused.add(call.name)
                knocks += [] if is_down else [call.seq]
            elif is_down or (fault.capacity is not None and sum(at - MINUTE < o for o in served) >= fault.capacity):
                refused.add(call.name)
            else:
                served.append(at)
        return refused, knocks


def refused_by_quota(fates: Fates, fault: Quota, one: Holding, last: Call) -> set[tuple[RunKey, str, int]]:
    """The calls up to this one that a quota refuses."""
    refused: set[tuple[RunKey, str, int]] = set()
    refusals: list[datetime] = []
    served: list[Call] = []
    ban = datetime.min.replace(tzinfo=UTC)
    for call in fates.calls(one):
        if call.seq > last.seq:
            break
        at = call.begun
        banned = at < ban
        full = fault.at_once is not None and sum(is_under_way(fates, other, at) for other in served) >= fault.at_once
        many = fault.calls is not None and sum(at - fault.per < other.begun for other in served) >= fault.calls
        if at < one.holds or not (banned or full or many):
            served.append(call)
            continue
        refused.add(call.name)
        if fault.ban_after is not None and not banned:
            refusals.append(at)
            if sum(at - fault.ban_within < other for other in refusals) >= fault.ban_after:
                refusals, ban = [], at + fault.ban
    return refused


def is_under_way(fates: Fates, call: Call, at: datetime) -> bool:
    """Had this earlier call not ended by then?"""
    if call.ended is not None:
        return call.ended > at
    ends = fates.fate(call).at
    return ends is None or ends > at


def is_meant(pattern: str, dag: str, task: Task) -> bool:
    """Is it one of the tasks that the fault names?"""
    if pattern.startswith("pool:"):
        return task.pool == pattern.removeprefix("pool:")
    if pattern == "*":
        return True
    first, _, second = pattern.rpartition(".")
    return fnmatchcase(dag, first or "*") and fnmatchcase(task.name, second)


def speaks_of(fault: Any, call: Call) -> bool:
    """Is it about this partition, and this try?"""
    tries = getattr(fault, "tries", None)
    return getattr(fault, "partition", None) in (None, call.run.key.partition) and (
        tries is None or call.number <= tries
    )
