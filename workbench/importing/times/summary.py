"""What a recording says about each task, and about each run."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import pairwise

from workbench.importing.times.matching import Matched
from workbench.importing.times.recording import NONE, Recording, Try, seconds_between
from workbench.importing.times.values import BAD, GOOD, OPEN

RunKey = tuple[int, str]


@dataclass
class OfTask:
    """Lengths in seconds: of good tries, of failed ones, of the pauses before retries. `most`: the highest number of
    a try; `unseen`: failed tries that are only known from the number of the next one."""

    good: array[int] = field(default_factory=lambda: array("l"))
    bad: array[int] = field(default_factory=lambda: array("l"))
    pauses: array[int] = field(default_factory=lambda: array("l"))
    most: int = 0
    unseen: int = 0

    @property
    def tries(self) -> int:
        return len(self.good) + len(self.bad) + self.unseen

    @property
    def failed(self) -> int:
        return len(self.bad) + self.unseen


@dataclass
class OfRun:
    """Milliseconds since 1970. `open_since`: when a try began of which no end is known; NONE if there is none."""

    dag: str
    name: str
    date: int = NONE
    first: int = NONE
    last: int = NONE
    tasks: int = 0
    open_since: int = NONE


@dataclass
class Summary:
    """Tasks by the numbers of their places; runs by their number and DAG, as DAGs may share the name of a run."""

    tasks: dict[int, OfTask] = field(default_factory=dict)
    runs: dict[RunKey, OfRun] = field(default_factory=dict)


def summary_of(recording: Recording, found: Matched) -> Summary:
    """One walk over all tries."""
    made, names = Summary(), list(recording.runs)
    for run, place, tries in recording.instances(found.of):
        of_task = made.tasks.setdefault(place, OfTask())
        dag = found.places[place][0]
        of_run = made.runs.get((run, dag))
        if of_run is None:
            of_run = made.runs[run, dag] = OfRun(dag, names[run][1], recording.dates.get(run, NONE))
        _count(of_task, tries)
        _meet(of_run, tries)
    return made


def begun(tries: tuple[Try, ...]) -> tuple[Try, ...]:
    """Those that began."""
    return tuple(one for one in tries if one.start != NONE and one.state in (GOOD, BAD, OPEN))


def _count(into: OfTask, tries: tuple[Try, ...]) -> None:
    real = begun(tries)
    for one in real:
        if one.state == GOOD:
            into.good.append(one.lasted)
        elif one.state == BAD:
            into.bad.append(one.lasted)
        into.most = max(into.most, one.number)
    if real:
        into.unseen += real[0].number - 1
    for before, after in pairwise(real):
        if before.state == BAD and after.start >= before.end:
            into.pauses.append(seconds_between(before.end, after.start))


def _meet(into: OfRun, tries: tuple[Try, ...]) -> None:
    into.tasks += 1
    for one in begun(tries):
        into.first = one.start if into.first == NONE else min(into.first, one.start)
        into.last = max(into.last, one.start, one.end)
        if one.state == OPEN:
            into.open_since = max(into.open_since, one.start)


def median(lengths: array[int]) -> int:
    """The middle one; of two in the middle the longer."""
    return sorted(lengths)[len(lengths) // 2]


def rounded(seconds: int) -> int:
    """As somebody would say it: the longer, the coarser."""
    for below, step in _STEPS:
        if seconds < below:
            return (seconds + step // 2) // step * step
    return (seconds + 150) // 300 * 300


_STEPS = ((120, 1), (600, 5), (3600, 30), (4 * 3600, 60))
