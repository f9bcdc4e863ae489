"""One run that happened as faults: what each try of it took, which ones failed, what never ended, what was skipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from workbench.importing.times.measured import instant, span
from workbench.importing.times.recording import NONE, Try, seconds_between
from workbench.importing.times.summary import begun
from workbench.importing.times.values import BAD, BLOCKED, GONE, GOOD, OPEN, SKIPPED
from workbench.model import DagSpec, Task
from workbench.timetable import Partition, format_instant

_MOST_TRIES = 1000
_HELD_UP = frozenset({SKIPPED, BLOCKED, BAD, GONE})
_MILLISECOND = timedelta(milliseconds=1)
Data = dict[str, Any]
Tries = Mapping[str, tuple[Try, ...]]


@dataclass
class Replay:
    """The faults of one run, and what of it cannot be replayed: sentences, each with the tasks that it is about."""

    spec: DagSpec
    window: Partition
    tries: Tries
    faults: list[Data] = field(default_factory=list)
    doubts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.spec.tasks:
            if name in self.tries:
                self.faults += self._of(name, self.spec.tasks[name], self.tries[name])
        self.faults += self._inputs()

    def _doubt(self, told: str, name: str) -> None:
        self.doubts.setdefault(told, []).append(name)

    def _of(self, name: str, task: Task, every: tuple[Try, ...]) -> Iterator[Data]:
        if task.sensor is not None:
            return
        tries = self._first_pass(name, begun(every))
        if tries:
            yield from self._lengths(name, tries)
            yield from self._ends(name, task, tries)
            yield from self._choice(name, task, tries)
        elif every[-1].state == SKIPPED and self._skips_itself(name):
            self._doubt("was skipped, and nothing here says why: it runs", name)

    def _first_pass(self, name: str, tries: tuple[Try, ...]) -> tuple[Try, ...]:
        """Up to the first that went well: what came after it, somebody asked for."""
        good = next((n for n, one in enumerate(tries, 1) if one.state == GOOD), len(tries))
        if good < len(tries):
            self._doubt("was run again after it had succeeded; rerun it by hand", name)
        return tries[:good]

    def _fault(self, key: str, name: str, **values: Any) -> Data:
        return {key: {"task": f"{self.spec.name}.{name}", "partition": self.window.key, **values}}

    def _lengths(self, name: str, tries: tuple[Try, ...]) -> Iterator[Data]:
        """Of tries that are not in the file, only the numbers are known: they last as long as the first that is."""
        hangs = tries[-1].state == OPEN
        if hangs:
            yield self._fault("hang", name, **({"tries": tries[-1].number} if tries[-1].number <= _MOST_TRIES else {}))
        lengths = [span(_lasted(one, after)) for one, after in zip(tries, (*tries[1:], None), strict=True)]
        lengths = [lengths[0]] * (tries[0].number - 1) + lengths[: len(lengths) - hangs]
        if not lengths:
            return
        some = {"tries": len(lengths)} if hangs else {}
        if len(set(lengths)) == 1:
            yield self._fault("varies", name, **some, takes=lengths[0])
        else:
            yield self._fault("varies", name, **some, takes=lengths[:_MOST_TRIES], in_turn=True)

    def _ends(self, name: str, task: Task, tries: tuple[Try, ...]) -> Iterator[Data]:
        last, allowed = tries[-1], task.retries.max + 1
        if tries[0].number > 1:
            self._doubt("has only its last try in the file: the ones before failed, and last as long", name)
        if last.number > allowed:
            self._doubt("was tried more often than its retries allow: it fails for good before that", name)
        failed = last.number - (last.state != BAD)
        if last.state == BAD and last.number < allowed:
            self._doubt("failed for good before its retries were used up: it uses them up", name)
            failed = allowed
        if last.state == GOOD and task.timeout is not None and timedelta(seconds=last.lasted) > task.timeout:
            self._doubt("took longer than its timeout allows: it fails", name)
        if failed:
            yield self._fault("flaky", name, tries=min(failed, _MOST_TRIES))

    def _choice(self, name: str, task: Task, tries: tuple[Try, ...]) -> Iterator[Data]:
        """What a branch followed; what was not skipped right below it."""
        below = [down for down in self.spec.tasks if name in self.spec.upstream(down)]
        known = [down for down in below if down in self.tries]
        if tries[-1].state != GOOD or not known:
            return
        followed = [down for down in known if not _is_skipped(self.tries[down])]
        if task.branch is not None:
            yield self._fault("choice", name, follow=followed)
        elif task.short_circuit and not followed:
            yield self._fault("choice", name, follow=[])

    def _skips_itself(self, name: str) -> bool:
        """Was it skipped though nothing above it chose, was skipped, or failed?"""
        ups = self.spec.upstream(name)
        chosen = any(self.spec.tasks[up].branch is not None or self.spec.tasks[up].short_circuit for up in ups)
        return not chosen and not any(self.tries[up][-1].state in _HELD_UP for up in ups if up in self.tries)

    # inputs

    def _inputs(self) -> Iterator[Data]:
        """An input came when the first sensor that waits for nothing else found it."""
        for name, ends in self.found().items():
            at = instant(ends) if ends != NONE else None
            fault = {"input": name, "partition": self.window.key}
            if at is None:
                yield {"never": fault}
            else:
                yield {"late": {**fault, "arrives": format_instant(max(at, self.window.end))}}

    def found(self) -> dict[str, int]:
        """When sensors found inputs, in milliseconds since 1970; NONE of those that were not found."""
        found: dict[str, int] = {}
        for name, every in self.tries.items():
            sensor, tries = self.spec.tasks[name].sensor, begun(every)
            if sensor is None or len(sensor.on) != 1 or not tries or sensor.on[0] not in self.spec.inputs:
                continue
            ends = tries[-1].end - sensor.takes // _MILLISECOND if tries[-1].state == GOOD else NONE
            known = [at for at in (found.get(sensor.on[0], NONE), ends) if at != NONE]
            found[sensor.on[0]] = min(known, default=NONE)
        return found

    # queues

    def longest_wait(self, began: int) -> int:
        """The longest time from when a task could have begun until it did, in seconds. `began`: when the run did, in
        milliseconds since 1970."""
        longest = 0
        for name, every in self.tries.items():
            tries = begun(every)
            ups = [ended for up in self.spec.upstream(name) for ended in (_ended(self.tries.get(up, ())),) if ended]
            if tries and self.spec.tasks[name].sensor is None:
                longest = max(longest, (tries[0].start - max([began, *ups])) // 1000)
        return longest


def _ended(tries: tuple[Try, ...]) -> int:
    return max((one.end for one in tries), default=0)


def _lasted(one: Try, after: Try | None) -> int:
    """A try without an end was over when the next one began."""
    if one.end != NONE:
        return one.lasted
    return seconds_between(one.start, after.start) if after is not None else 0


def _is_skipped(tries: tuple[Try, ...]) -> bool:
    return bool(tries) and tries[-1].state == SKIPPED
