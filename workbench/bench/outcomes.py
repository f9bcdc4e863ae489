"""What became of one run in two futures, as a table and as a lesson: what is seen of it, and what was right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from workbench.bench.panes.versions import wrong_said
from workbench.engine import FINISHED, Known, Run
from workbench.engine.catalog import Read, Version
from workbench.scenario.judging import Judged
from workbench.timetable import Partition
from workbench.views.clock import Clock, ago, listed, plural
from workbench.views.graph import look
from workbench.views.sheet import Span

_MOST_DATASETS = 3
_A_WEEK = timedelta(days=7)
_NOTHING = Span("–", "dim")


class Side(NamedTuple):
    """One future at an instant. `judged`: by version, and in the order of the log, how wrong what was seen was."""

    name: str
    known: Known
    worth: dict[tuple[str, str, int], Judged]
    judged: list[Judged]

    def wrong(self, version: Version) -> int | None:
        """How many rows of it are wrong; None when nobody can say."""
        found = self.worth.get(version.name)
        return found.wrong if found is not None and version.rows is not None else None

    def read_wrong(self, read: Read) -> int:
        found = self.read_worth(read)
        return found.wrong if found is not None else 0

    def read_worth(self, read: Read) -> Judged | None:
        """How wrong it was what a read got."""
        found = (one for one in self.judged if one.seq == read.seq and one.dataset == read.dataset)
        return max(found, key=lambda one: one.wrong, default=None)


class OutcomeRow(NamedTuple):
    """`what`, and how that is in the one future and in the other."""

    what: str
    a: Span
    b: Span


@dataclass(frozen=True, slots=True)
class Came:
    """How a run came out in one future. `state` is empty where there is no run; `public`: since when what it made can
    be read now, None while it cannot; `first`: since when some of it could be; `wrong`: rows that are not as they
    should be, None when nobody can say; `missed`: reads that got wrong rows."""

    name: str
    state: str
    public: datetime | None
    wrong: int | None
    missed: int
    first: datetime | None = None

    def was_later(self, other: Came) -> bool:
        """Could it be read only later than that of the other? What was only mended later was not late."""
        mine, theirs = self.first or self.public, other.first or other.public
        return mine is not None and theirs is not None and mine > theirs

    @property
    def is_green(self) -> bool:
        return self.state == "success"

    @property
    def is_over(self) -> bool:
        return self.state in ("success", "failed")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The table, and what the lesson is made from."""

    rows: tuple[OutcomeRow, ...]
    a: Came
    b: Came


def outcomes(a: Side, b: Side, dag: str, window: Partition, clock: Clock, shows_right: bool = True) -> Outcomes:
    """Of one window of a DAG. `shows_right`: may it be said what was right?"""
    sides = (a, b)
    rows = [OutcomeRow("state", *(_state(side, dag, window) for side in sides))]
    rows += _tasks(sides, dag, window, clock)
    names = _datasets(sides, dag, window)
    for name in names:
        of = f" of {name}" if len(names) > 1 else ""
        versions = [_version(side, dag, window, name) for side in sides]
        rows.append(OutcomeRow(f"public{of}", *(_public(version, clock) for version in versions)))
        rows.append(OutcomeRow(f"rows{of}", *(_rows(version) for version in versions)))
        if shows_right:
            pairs = zip(sides, versions, strict=True)
            rows.append(OutcomeRow(f"rows wrong{of}", *(_wrong(side, version) for side, version in pairs)))
    rows += _reads(sides, names, window, clock, shows_right)
    came = [_came(side, dag, window, names, shows_right) for side in sides]
    return Outcomes(tuple(rows), came[0], came[1])


def _run(side: Side, dag: str, window: Partition) -> Run | None:
    return side.known.run_of(dag, window.key) if dag in side.known.plans else None


def _state(side: Side, dag: str, window: Partition) -> Span:
    run = _run(side, dag, window)
    if run is None:
        return Span("no run", "dim")
    waits = [name for name, cell in run.cells.items() if cell.state not in FINISHED and not _is_behind(run, name)]
    if run.ended is None:
        return Span(f"{look('running').glyph} under way: {listed(waits[:2])}", "state.running")
    return Span(f"{look(run.state).glyph} {run.state}", f"state.{run.state}")


def _is_behind(run: Run, task: str) -> bool:
    """Does it wait for a task above it, which is what there is to tell?"""
    plan = run.plan.tasks.get(task)
    return plan is not None and any(up in run.cells and run.cells[up].state not in FINISHED for up in plan.ups)


def _tasks(sides: tuple[Side, Side], dag: str, window: Partition, clock: Clock) -> Iterator[OutcomeRow]:
    """Tasks that ended otherwise than well in one of them."""
    runs = [_run(side, dag, window) for side in sides]
    names = list(dict.fromkeys(name for run in runs if run is not None for name in run.cells))
    for name in names:
        states = [run.cells[name].state if run is not None and name in run.cells else "" for run in runs]
        if states[0] != states[1] and {*states} & {"failed", "upstream_failed", "skipped"}:
            yield OutcomeRow(name, *(_task(run, name, clock) for run in runs))


def _task(run: Run | None, name: str, clock: Clock) -> Span:
    cell = run.cells.get(name) if run is not None else None
    if cell is None:
        return _NOTHING
    ended = cell.attempts[-1].ended if cell.attempts and cell.state in FINISHED else None
    word = {"none": "not started", "upstream_failed": "did not run"}.get(cell.state, cell.state.replace("_", " "))
    return Span(f"{look(cell.state).glyph} {word}{f' {_short(clock, ended)}' if ended else ''}", f"state.{cell.state}")


# data


def _datasets(sides: tuple[Side, Side], dag: str, window: Partition) -> list[str]:
    """What the run writes: those that somebody reads, else the last ones."""
    written: dict[str, None] = {}
    for side in sides:
        if dag in side.known.plans:
            for task in side.known.plans[dag].tasks.values():
                written.update(dict.fromkeys(task.writes))
    known = sides[1].known
    read = {text.partition("@")[0] for one in known.consumers.values() for text in one.reads}
    wanted = [name for name in written if name in read] or list(written)
    return wanted[-_MOST_DATASETS:]


def _version(side: Side, dag: str, window: Partition, name: str) -> Version | None:
    """What is live of it."""
    return side.known.data.live_version(name, window.key)


def _public(version: Version | None, clock: Clock) -> Span:
    return Span(_short(clock, version.live[-1].since), "good") if version is not None else Span("not yet", "dim")


def _rows(version: Version | None) -> Span:
    return Span(f"{version.rows:,}") if version is not None and version.rows is not None else _NOTHING


def _wrong(side: Side, version: Version | None) -> Span:
    """`318 missing`, or that none is wrong."""
    if version is None or side.wrong(version) is None:
        return _NOTHING
    told = wrong_said(side.worth[version.name])
    return Span(told or "none", "bad" if told else "good")


def _reads(
    sides: tuple[Side, Side], names: list[str], window: Partition, clock: Clock, shows_right: bool
) -> Iterator[OutcomeRow]:
    """What each reader got that wanted this window. One that fell back to it wanted another, and is told of there."""
    found: dict[tuple[str, str], list[list[Read]]] = {}
    for place, side in enumerate(sides):
        for read in side.known.data.reads:
            if read.dataset in names and read.wanted == window.key:
                found.setdefault((read.consumer, read.dataset), [[], []])[place].append(read)
    for (consumer, dataset), both in found.items():
        of = f" of {dataset}" if len(names) > 1 else ""
        pairs = zip(sides, both, strict=True)
        got = (_got(side, some, clock, shows_right) for side, some in pairs)
        yield OutcomeRow(f"{consumer} read{of}", *got)


def _got(side: Side, reads: list[Read], clock: Clock, shows_right: bool) -> Span:
    """The first read, and the last where that got better: `596 rows, 318 missing, at 08:00; then right, at 12:00`."""
    if not reads:
        return _NOTHING
    told, style = _one_read(side, reads[0], shows_right)
    last, is_right = _one_read(side, reads[-1], shows_right)
    again = f"; then {last}, at {_short(clock, reads[-1].at)}" if (last, is_right) != (told, style) else ""
    return Span(f"{told}, at {_short(clock, reads[0].at)}{again}", style)


def _one_read(side: Side, read: Read, shows_right: bool) -> tuple[str, str]:
    """What it got, and the style of that."""
    if not read.n:
        return "nothing", "late"
    if read.partition != read.wanted:
        return f"got {_day_of(side, read)}, marked old", "late"
    version = side.known.data.get((read.dataset, read.partition, read.n))
    if version is None or version.rows is None:
        return "got it", ""
    worth = side.read_worth(read) if shows_right else None
    rows = plural(version.rows, "row") if version.rows < 1000 else f"{version.rows:,} rows"
    if worth is None:
        return rows, ""
    return f"{rows}, {wrong_said(worth) or 'right'}", "bad" if worth.wrong else "good"


def _day_of(side: Side, read: Read) -> str:
    """`Wed 2`, as far as days go."""
    grid = side.known.plans[side.known.makers[read.dataset]].spec.grid
    spoken = grid.spoken(grid.parse(read.partition)).partition(" (from")[0]
    return " ".join(spoken.split(" ")[:2]) if grid.unit == "day" else spoken


def _short(clock: Clock, at: datetime) -> str:
    """`08:00`, `Fri 08:00`; with the day where that is long ago."""
    local, now = at.astimezone(clock.zone), clock.now.astimezone(clock.zone)
    if abs(now.date() - local.date()) >= _A_WEEK:
        return clock.at(at)
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%a %H:%M}"


# what it teaches


def _came(side: Side, dag: str, window: Partition, names: list[str], shows_right: bool) -> Came:
    run = _run(side, dag, window)
    versions = [version for name in names if (version := _version(side, dag, window, name)) is not None]
    ever = [one for name in names for one in side.known.data.versions.get((name, window.key), ()) if one.live]
    wrong = [found for version in versions if (found := side.wrong(version)) is not None]
    missed = sum(
        side.read_wrong(read) > 0
        for read in side.known.data.reads
        if read.dataset in names and read.wanted == window.key
    )
    return Came(
        side.name,
        (run.state if run.ended is not None else "running") if run is not None else "",
        max((version.live[-1].since for version in versions), default=None),
        max(wrong) if wrong and shows_right else None,
        missed if shows_right else 0,
        min((one.live[0].since for one in ever), default=None),
    )


def lesson(found: Outcomes) -> str:
    """One sentence that follows from the two outcomes; the first that holds. Empty where none does."""
    a, b = found.a, found.b
    return next((told for rule in _RULES for one, two in ((a, b), (b, a)) if (told := rule(one, two))), "")


def _green_and_wrong(one: Came, two: Came) -> str:
    if not (one.is_green and two.is_green and one.wrong and two.wrong == 0 and one.public and two.public):
        return ""
    late = "Late is not failed; green" if two.was_later(one) else "Green"
    return f"Both green. {late} is not right."


def _mended(one: Came, two: Came) -> str:
    if not (one.is_green and one.wrong and two.is_green and two.wrong == 0 and two.missed):
        return ""
    reads = plural(two.missed, "read")
    return f"Both green. {one.name} is still wrong; {two.name} is right now, after {reads} got wrong rows."


def _wrong_beside_waiting(one: Came, two: Came) -> str:
    if not (one.is_green and one.wrong and not two.is_over):
        return ""
    return f"{one.name} is green, and wrong. {two.name} is late, and not failed: n goes on."


def _held(one: Came, two: Came) -> str:
    if not (one.is_green and one.wrong and two.state == "failed"):
        return ""
    return f"{one.name} is green, and wrong; {two.name} failed, and nothing wrong became public."


def _failed(one: Came, two: Came) -> str:
    if not (one.state == "failed" and two.is_green and two.wrong in (0, None)):
        return ""
    return f"{one.name} failed; {two.name} is green{', and right' if two.wrong == 0 else ''}."


def _read_before(one: Came, two: Came) -> str:
    if not (one.missed and not two.missed and one.wrong == 0 and two.wrong == 0):
        return ""
    return f"Both right now; but in {one.name} {plural(one.missed, 'read')} got wrong rows before."


def _both_wrong(one: Came, two: Came) -> str:
    return "Both green, and both wrong." if one.is_green and two.is_green and one.wrong and two.wrong else ""


def _later(one: Came, two: Came) -> str:
    if one.public is None or two.public is None or one.wrong or two.wrong or two.public <= one.public:
        return ""
    right = "Both right; " if one.wrong == two.wrong == 0 else ""
    return f"{right}{two.name} is public {ago(two.public - one.public)} later."


_RULES = (_mended, _green_and_wrong, _wrong_beside_waiting, _held, _failed, _both_wrong, _read_before, _later)
