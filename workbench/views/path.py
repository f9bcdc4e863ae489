"""Where the time between a run's making and an end went: the critical path, as pieces that follow each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from workbench.engine import Attempt, Known, Run
from workbench.views.chain import Before, Befores, before, tries_since_cleared
from workbench.views.then import run_then

NOTHING = timedelta(0)

# What takes time. input, elsewhere, past: the task waited for that; run: its run had not started; cleared: what was
# before that; hand: somebody marked a task, or had an ended run go on; scheduler: it was down; retry: failed tries and
# the pauses after them; sensor: it looked; queue: it waited for slots.
PieceKind = Literal[
    "run", "cleared", "hand", "input", "elsewhere", "past", "scheduler", "other", "queue", "work", "retry", "sensor"
]
KINDS: tuple[PieceKind, ...] = (
    "input", "elsewhere", "past", "run", "cleared", "hand", "scheduler", "sensor", "work", "retry", "queue", "other",
)  # fmt: skip


class Piece(NamedTuple):
    """From `start` until `end` (UTC) it went to this, at `task` (empty: before any, or after all). `what`: the input,
    the task elsewhere, the failed tries."""

    task: str
    start: datetime
    end: datetime
    kind: PieceKind
    what: str = ""

    @property
    def span(self) -> timedelta:
        return self.end - self.start


class _Pieces:
    """Pieces in the making: each begins where the last one ended."""

    def __init__(self, known: Known, run: Run, start: datetime) -> None:
        self.known, self.cursor = known, start
        # When the run had ended and was opened again.
        self.reopened = run.queued if run.queued > run.created else None
        self.found: list[Piece] = []

    def add(self, task: str, until: datetime, kind: PieceKind, what: str = "") -> None:
        if until <= self.cursor:
            return
        last = self.found[-1] if self.found else None
        if last is not None and (last.task, last.kind, last.what) == (task, kind, what):
            self.found[-1] = last._replace(end=until)
        else:
            self.found.append(Piece(task, self.cursor, until, kind, what))
        self.cursor = until

    def add_undecided(self, task: str, until: datetime, kind: PieceKind = "other") -> None:
        """Time that only a decision could end: while the scheduler was down, it went to that; what was before an ended
        run was opened again, to the hand that did so."""
        if self.reopened is not None and self.reopened <= until:
            self.add(task, self.reopened, "hand")
        for start, end in self.known.away:
            if start < until and (end is None or end > self.cursor):
                self.add(task, min(start, until), kind)
                self.add(task, min(end or until, until), "scheduler")
        self.add(task, until, kind)


def path_of(known: Known, run: Run, task: str, seen: Befores | None = None) -> tuple[Piece, ...]:
    """From the run's making to the end of one of its tasks that has tried: without a gap, and without overlap. `seen`:
    what a chain has found before."""
    run = run_then(run, run.cells[task].since)  # what is above may have run again since
    names, root = _own_path(known, run, task, seen or {})
    pieces = _Pieces(known, run, run.created)
    first = run.cells[names[0]]
    if run.started is not None and not first.base and run.started <= first.attempts[0].ready:
        pieces.add_undecided("", run.started, "run")
    for place, name in enumerate(names):
        tries = tries_since_cleared(run.cells[name]) or list(run.cells[name].attempts)
        if place == 0 and root is not None:
            _add_root(pieces, run, name, root, tries[0])
        pieces.add_undecided(name, tries[0].ready)
        _add_tries(pieces, run, name, tries)
    return tuple(pieces.found)


def path_of_run(known: Known, run: Run, seen: Befores | None = None) -> tuple[Piece, ...]:
    """The path to the task that ended last, and on to the run's end. Nothing while no task has ended a try."""
    last = last_task(run)
    if last is None:
        return ()
    found = path_of(known, run, last, seen)
    pieces = _Pieces(known, run, found[-1].end if found else run.created)
    pieces.found = list(found)
    if run.ended is not None:
        pieces.add_undecided("", run.ended)
    return tuple(pieces.found)


def last_task(run: Run) -> str | None:
    """The task whose try ended last."""
    tried = [name for name in run.plan.tasks if run.cells[name].attempts]
    return max(tried, key=lambda name: (run.cells[name].attempts[-1].ended, run.cells[name].seq), default=None)


def sums_of(pieces: tuple[Piece, ...]) -> dict[PieceKind, timedelta]:
    """How much of each kind, in the order of `KINDS`; none that took no time."""
    sums = {kind: sum((p.span for p in pieces if p.kind == kind), NOTHING) for kind in KINDS}
    return {kind: span for kind, span in sums.items() if span}


def _own_path(known: Known, run: Run, task: str, seen: Befores) -> tuple[list[str], Before | None]:
    """The tasks of this run that lead to `task`, the first one first, and what that one waited for."""
    names = [task]
    while True:
        # A sensor's looks are a piece of their own.
        found = None if _is_sensor(run, names[0]) else seen.get((run.key, names[0]))
        root = before(known, run, names[0], looks=False) if found is None else found
        inside = root.where is not None and root.where[0].key == run.key
        if root.where is None or not inside or root.where[1] in names:
            return names, root
        names.insert(0, root.where[1])


def _is_sensor(run: Run, task: str) -> bool:
    return task in run.plan.tasks and run.plan.tasks[task].task.sensor is not None


def _add_root(pieces: _Pieces, run: Run, task: str, root: Before, first: Attempt) -> None:
    """The wait for what the path begins with."""
    until = min(root.at, first.ready)
    if root.link is not None and root.link.kind == "input":
        pieces.add(task, until, "input", root.link.name)
    elif root.link is not None and root.link.kind in ("marked", "published"):
        pieces.add(task, until, "hand")
    elif root.link is not None and root.link.kind == "cleared":
        pieces.add(task, until, "cleared")
    elif root.where is not None:
        other, name = root.where
        if other.key.dag == run.key.dag:
            pieces.add(task, until, "past", f"{name}@{other.key.partition}")
        else:
            pieces.add(task, until, "elsewhere", f"{other.key.dag}.{name}")


def _add_tries(pieces: _Pieces, run: Run, task: str, tries: list[Attempt]) -> None:
    failed = "1 failed try" if len(tries) == 2 else f"{len(tries) - 1} failed tries"
    is_sensor = _is_sensor(run, task)
    watched = ", ".join(need.text for need in run.plan.tasks[task].watched) if is_sensor else ""
    for number, one in enumerate(tries, 1):
        pieces.add(task, one.ready, "retry", failed)
        pieces.add_undecided(task, one.started, "queue")
        if number < len(tries):
            pieces.add(task, one.ended, "retry", failed)
        else:
            pieces.add(task, one.ended, "sensor" if is_sensor else "work", watched)
