"""What has to run again, because what it took is another now: a file came again, a version was replaced, a task above
ran again with other rows. It is the task that took the old one: another try of a task below it takes the old rows from
the one above. Pure, from what is known; whether rows are right is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from workbench.engine import Attempt, Known, Run
from workbench.engine.catalog import Version
from workbench.engine.keys import RunKey, VersionName
from workbench.engine.rules.inputs import windows_of
from workbench.engine.state import Arrival
from workbench.model import Need, after_window
from workbench.scenario.seeing import taken_by
from workbench.timetable import Partition
from workbench.views.clock import Clock, plural
from workbench.views.data_words import day_of
from workbench.views.lineage import arrivals_of, is_other

Kind = Literal["came_again", "comes", "missing", "replaced", "above"]
Places = frozenset[tuple[str, str]]  # (input, partition)
NOWHERE: Places = frozenset()
_ENDED = frozenset({"success", "failed"})
_SECOND = timedelta(seconds=1)
_MOST = 200  # tries that are looked at: further back nobody repairs by hand


class Again(NamedTuple):
    """`task` of this run must run again, and all below it. `kind`: the file came again, or comes at this very instant;
    it was not there; the version was replaced; a task above ran again. `source`: what it took (number 0: nothing; of a
    task, the number of the try); `now`: the number of what is there, since `at`. `started`: when its try began. UTC."""

    run: Run
    task: str
    kind: Kind
    source: VersionName
    now: int
    at: datetime | None
    started: datetime

    @property
    def place(self) -> tuple[str, str, str]:
        return self.run.key.dag, self.run.key.partition, self.task


def again_of(known: Known, run: Run, tasks: tuple[str, ...], coming: Places = NOWHERE) -> tuple[Again, ...]:
    """What has to run again before what these tasks wrote is of what is there now: what comes first, first. Empty when
    nothing has. `coming`: files that come again at this very instant."""
    looker = _Looker(known, coming)
    looker.look(run, tasks)
    return tuple(looker.found.values())


def takers_of(known: Known, run: Run, task: str) -> tuple[Again, ...]:
    """Tasks of other DAGs that took an older version of what this task wrote, and do not run again by themselves."""
    writes = run.plan.tasks[task].writes if task in run.plan.tasks else ()
    users = users_of(known, run, (task,))
    old = ([a for a in changes_of(known, one, name) if a.source[0] in writes] for one, name in users)
    return tuple(found[0] for found in old if found)


def users_of(known: Known, run: Run, tasks: tuple[str, ...]) -> tuple[tuple[Run, str], ...]:
    """Tasks of other DAGs that took what these tasks wrote of their day, and that no new version of it starts."""
    found: dict[tuple[RunKey, str], tuple[Run, str]] = {}
    for task in tasks:
        writes = run.plan.tasks[task].writes if task in run.plan.tasks else ()
        for dag, plan in known.plans.items() if writes else ():
            listens = plan.spec.data.names if plan.spec.data is not None else ()
            if dag != run.key.dag and not {*listens} & {*writes}:
                found.update((((one.key, name), (one, name)) for one, name in _users_in(known, run, task, dag)))
    return tuple(found.values())


def _users_in(known: Known, run: Run, task: str, dag: str) -> Iterator[tuple[Run, str]]:
    for one in _runs_beside(known, run, dag):
        for name, plan in one.plan.tasks.items():
            if _try_of(one, name) and any(_leads_to(known, one, text, run, task) for text in taken_by(plan)):
                yield one, name


def _runs_beside(known: Known, run: Run, dag: str) -> Iterator[Run]:
    """The run of another DAG that lies beside this one."""
    found = known.run_of(dag, known.plans[dag].spec.grid.containing(run.window.start).key)
    if found is not None:
        yield found


def _leads_to(known: Known, run: Run, text: str, other: Run, task: str) -> bool:
    """Does this name mean what that task wrote in that run?"""
    if text in run.plan.tasks:
        return False
    need = run.plan.spec.need(text)
    if need.dag:
        meant = need.dag == other.key.dag and need.name == task
    else:
        meant = need.name in other.plan.tasks[task].writes
    return meant and any(window.key == other.key.partition for window in windows_of(known, need, run))


def first_of(known: Known, version: Version) -> tuple[str, str]:
    """(run's DAG, task) that takes from outside what a version is made of: with it one begins again when what it took
    is mended. The writer itself where several tasks take something."""
    run = known.runs.get(version.run)
    if run is None or version.task not in run.plan.tasks:
        return version.run.dag, version.task
    takers = [name for name in with_above(run, (version.task,)) if _needs(run, name)]
    return version.run.dag, takers[0] if len(takers) == 1 else version.task


class _Looker:
    """Looks at a task and all above it, also in other runs; what is above comes first."""

    def __init__(self, known: Known, coming: Places) -> None:
        self.known, self.coming = known, coming
        self.found: dict[tuple[str, str, str], Again] = {}
        self.seen: set[tuple[object, str]] = set()

    def look(self, run: Run, tasks: tuple[str, ...]) -> None:
        """Those above, from the first on; what runs again anyway, because one above it does, is not looked at."""
        names = with_above(run, tasks)
        for name in names:
            if (run.key, name) in self.seen or len(self.seen) > _MOST:
                continue
            self.seen.add((run.key, name))
            if any((run.key.dag, run.key.partition, up) in self.found for up in with_above(run, (name,))):
                continue
            for version in self._taken_now(run, name):
                writer = self.known.runs.get(version.run)
                if writer is not None and version.task in writer.cells:
                    self.look(writer, (version.task,))
            own = next(changes_of(self.known, run, name, self.coming), None)
            if own is not None:
                self.found.setdefault(own.place, own)

    def _taken_now(self, run: Run, name: str) -> list[Version]:
        """Of the datasets that it takes, what is live now, made in other runs."""
        plan = run.plan.tasks.get(name)
        live = [now for _, now in _datasets(self.known, run, name) if now is not None] if plan is not None else []
        return [one for one in live if one.run != run.key]


def with_above(run: Run, tasks: tuple[str, ...]) -> tuple[str, ...]:
    """These tasks and all above them, in the order in which they can run."""
    found, ahead = set[str](), [*tasks]
    while ahead:
        name = ahead.pop()
        if name not in found and name in run.plan.tasks:
            found.add(name)
            ahead += run.plan.tasks[name].ups
    return tuple(sorted(found, key=lambda name: run.plan.tasks[name].index))


def _try_of(run: Run, task: str) -> Attempt | None:
    """The newest try, of a task that has ended by one."""
    cell = run.cells.get(task)
    if cell is None or cell.state not in _ENDED or not cell.attempts or task not in run.plan.tasks:
        return None
    return cell.attempts[-1]


def changes_of(known: Known, run: Run, task: str, coming: Places = NOWHERE) -> Iterator[Again]:
    """What it took that is another now."""
    last = _try_of(run, task)
    if last is None:
        return
    yield from _files(known, run, task, last, coming)
    for old, now in _datasets(known, run, task):
        if now is not None and (old is None or is_other(known, old.name, now.name)):
            source = old.name if old is not None else (now.dataset, now.partition, 0)
            kind: Kind = "replaced" if old is not None else "missing"
            yield Again(run, task, kind, source, now.n, now.live[-1].since if now.live else now.at, last.started)
    for up in run.plan.tasks[task].ups:
        yield from _above(run, task, up, last)


def _files(known: Known, run: Run, task: str, last: Attempt, coming: Places) -> Iterator[Again]:
    for one in files_of(known, run, task, coming):
        if not one.is_same:
            kind: Kind = "comes" if one.came is None else "came_again" if one.had else "missing"
            yield Again(run, task, kind, one.source, one.now, one.came, last.started)


class File(NamedTuple):
    """A file that the newest try of a task took, or found missing, and that is there now. `took`: when that came which
    it took (UTC; None where it took none, or one from before the simulation: then `had`); `came`: when that came which
    is there now (None: it comes at this very instant), with so many `rows`."""

    source: VersionName
    now: int
    is_same: bool
    had: bool
    took: datetime | None
    came: datetime | None
    rows: int | None

    @property
    def name(self) -> str:
        return self.source[0]


def files_of(known: Known, run: Run, task: str, coming: Places = NOWHERE) -> Iterator[File]:
    """The files that its newest try took, and whether what is in them is the same now."""
    last = _try_of(run, task)
    for need in _needs(run, task) if last is not None else ():
        for window in windows_of(known, need, run) if not need.dag and need.name in known.homes else ():
            came = arrivals_of(known, need.name, window.key)
            if last is not None and came:
                yield _file(known, need.name, window, came, last, (need.name, window.key) in coming)


def _file(
    known: Known, name: str, window: Partition, came: tuple[Arrival, ...], last: Attempt, is_coming: bool
) -> File:
    then = sum(one.seq < last.began for one in came) if last.began else sum(one.at <= last.started for one in came)
    had, place = bool(then) or _came_before(known, name, window), (name, window.key)
    took = came[then - 1].at if then else None
    if is_coming:
        return File((*place, then), len(came) + 1, False, had, took, None, None)
    same = bool(then) and not is_other(known, (*place, then), (*place, len(came)))
    return File((*place, then), len(came), same, had, took, came[-1].at, came[-1].rows)


def _came_before(known: Known, name: str, window: Partition) -> bool:
    """Had it come before the simulation began? Then its first arrival here is not the first."""
    spec = known.plans[known.homes[name]].spec
    return after_window(spec.inputs[name].expected, window, spec.zone) < known.live_since


def _made_before(known: Known, name: str, window: Partition) -> bool:
    """Was it to be made before the simulation began?"""
    clock = known.plans[known.makers[name]].spec.clock
    tick = clock.after(window.end - _SECOND) if clock is not None else None
    return tick is not None and tick < known.live_since


def _needs(run: Run, task: str) -> list[Need]:
    """What it takes from outside its run."""
    plan = run.plan.tasks[task]
    return [run.plan.spec.need(text) for text in taken_by(plan) if text not in run.plan.tasks]


def _datasets(known: Known, run: Run, task: str) -> Iterator[tuple[Version | None, Version | None]]:
    """Of each dataset that it took: the version that was live when its newest try began, and the one that is now. What
    it writes itself is replaced by design."""
    last, writes = _try_of(run, task), run.plan.tasks[task].writes if task in run.plan.tasks else ()
    for need in _needs(run, task) if last is not None else ():
        names = _written(known, need) if need.dag else (need.name,) if need.name in known.makers else ()
        for window in windows_of(known, need, run) if names else ():
            for name in (one for one in names if one not in writes):
                now = known.data.live_version(name, window.key)
                then = known.data.live_version(name, window.key, last.began) if last is not None else None
                if then is not None or not _made_before(known, name, window):
                    yield then, now


def _written(known: Known, need: Need) -> tuple[str, ...]:
    """What a task of another DAG, or of another run, writes."""
    plan = known.plans[need.dag].tasks.get(need.name) if need.dag in known.plans else None
    return tuple(plan.writes) if plan is not None else ()


def _above(run: Run, task: str, up: str, last: Attempt) -> Iterator[Again]:
    """A task above it that ran again since, with other rows."""
    newest = _try_of(run, up)
    then = [one for one in run.cells[up].attempts if one.state == "success" and one.ended <= last.started]
    if newest is None or newest.state != "success" or not then or then[-1].number == newest.number:
        return
    if newest.content is not None and then[-1].content is not None and newest.content != then[-1].content:
        source = up, run.key.partition, then[-1].number
        yield Again(run, task, "above", source, newest.number, newest.ended, last.started)


# in words


def said(known: Known, now: datetime, one: Again) -> str:
    """`ewr came again 08:30 with other rows (350, before: 700); extract took the file of 05:48`"""
    spec = known.plans[one.run.key.dag].spec
    return _SAID[one.kind](known, Clock(now, spec.zone), one)


def _of_day(known: Known, one: Again) -> str:
    """The name; with its day where that is not the day of the run."""
    name, key, _ = one.source
    return name if key == one.run.key.partition else f"{name} of {day_of(known, name, key)}"


def _file_said(known: Known, clock: Clock, one: Again) -> str:
    name, key, then = one.source
    came = arrivals_of(known, name, key)
    old = came[then - 1] if 0 < then <= len(came) else None
    took = f"{one.task} took the file of {clock.at(old.at)}" if old is not None else f"{one.task} took an older file"
    if one.kind == "comes":
        return f"{_of_day(known, one)} comes again now, with other rows; {took}"
    rows = _counts(came[-1].rows, old.rows if old is not None else None)
    return f"{_of_day(known, one)} came again {clock.at(came[-1].at)} with other rows{rows}; {took}"


def _counts(now: int | None, before: int | None) -> str:
    if now is None or before is None:
        return ""
    return f" ({now:,} as before)" if now == before else f" ({now:,}, before: {before:,})"


def _missing_said(known: Known, clock: Clock, one: Again) -> str:
    at = f" since {clock.at(one.at)}" if one.at is not None else ""
    came = arrivals_of(known, *one.source[:2]) if one.source[0] in known.homes else ()
    rows = f" ({plural(came[-1].rows, 'row')})" if came and came[-1].rows is not None else ""
    return f"{_of_day(known, one)} is here{at}{rows}; {one.task} began {clock.at(one.started)} without it"


def _replaced_said(known: Known, clock: Clock, one: Again) -> str:
    at = f" since {clock.at(one.at)}" if one.at is not None else ""
    took = f"{one.task} took version {one.source[2]} of {_of_day(known, one)}"
    return f"{took}; version {one.now} is public{at}, with other rows"


def _above_said(known: Known, clock: Clock, one: Again) -> str:
    at = f" {clock.at(one.at)}" if one.at is not None else ""
    return f"{one.source[0]} ran again{at} with other rows; {one.task} began {clock.at(one.started)} with those before"


_SAID = {"came_again": _file_said, "comes": _file_said, "missing": _missing_said, "replaced": _replaced_said,
         "above": _above_said}  # fmt: skip
