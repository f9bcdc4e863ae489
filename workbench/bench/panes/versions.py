"""What is known of the versions of a dataset, partition by partition, ready to be told: also of other futures, and
whether they were right, where that may be shown.

Right or wrong is said only of what somebody had read before the cursor; of another future, of what was read there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from workbench.bench.seen import seen_partitions
from workbench.branch import Branch
from workbench.engine import Known
from workbench.engine.catalog import Read, Version
from workbench.engine.rules.inputs import is_live
from workbench.model import Consumer
from workbench.timetable import Grid, Partition
from workbench.timetable.ticker import ticker
from workbench.views.clock import listed
from workbench.views.data_words import blocking
from workbench.views.lineage import is_stale
from workbench.views.sheet import Span

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.scenario.judging import Judged

# Windows that are looked at, before the last one that has ended; around an older one that is shown.
_MOST, _AROUND = 31, 3
_NOTHING = Span("–", "dim")
UNREAD = Span("unread", "dim")
UNREAD_MEANS = "unread: not judged yet, because nobody has read it"


class Entry(NamedTuple):
    """One version (or that there is none, n 0) of a partition. `future`: the name of another what-if, else empty."""

    day: str
    future: str
    n: int
    several: bool
    shown: bool
    target: str
    rows: str
    right: Span
    public: Span
    code: str
    made_from: tuple[Span, ...]
    read_by: tuple[Span, ...]


def datasets_of(bench: Bench) -> list[str]:
    """The datasets of the shown DAG: the selected one, then those that somebody reads, then the most downstream."""
    known, dag = bench.known, bench.dag
    own = [name for name, home in known.makers.items() if home == dag or _writes(known, dag, name)]
    own = own or [name for name in known.makers if _takes(known, dag, name)]
    read = {text.partition("@")[0] for one in known.consumers.values() for text in one.reads}
    chosen = bench.chosen.name if bench.chosen.kind == "dataset" else ""
    if chosen and chosen not in own:
        own.append(chosen)
    places = {name: place for place, name in enumerate(own)}
    return sorted(own, key=lambda name: (name != chosen, name not in read, -places[name]))


def _writes(known: Known, dag: str, name: str) -> bool:
    return any(name in plan.writes for plan in known.plans[dag].tasks.values())


def _takes(known: Known, dag: str, name: str) -> bool:
    tasks = (plan.task for plan in known.plans[dag].tasks.values())
    return any(name in (*task.needs, *task.reads) for task in tasks)


class Worth:
    """How wrong versions were: mine until now, and those of other futures."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._found: dict[str, tuple[dict[tuple[str, str, int], Judged], dict[tuple[int, str], Judged]]] = {}

    def _of(self, future: str) -> tuple[dict[tuple[str, str, int], Judged], dict[tuple[int, str], Judged]]:
        if future not in self._found:
            session = self._bench.session
            rows = session.judgements(future) if self._bench.shows_right else []
            mine = future in ("", session.branch.name)
            seen = seen_partitions(self._bench.known if mine else session.branches[future].end_state().known)
            named = (((one.dataset, one.partition, one.n), one) for one in rows)
            self._found[future] = (
                {name: one for name, one in named if seen is None or name[:2] in seen},
                {(one.seq, one.dataset): one for one in rows},
            )
        return self._found[future]

    def version(self, future: str, version: Version) -> Span:
        """`yes`, `no`, or that nobody has read it: then it cannot be known yet. Nothing where there are no rows."""
        found = self._of(future)[0].get(version.name)
        if version.rows is None:
            return _NOTHING
        if found is None:
            return UNREAD
        return Span(f"no: {wrong_said(found)}", "bad") if found.wrong else Span("yes", "good")

    def read(self, future: str, read: Read) -> str:
        """`318 rows missing`; nothing where it was right, or nobody can say."""
        found = self._of(future)[1].get((read.seq, read.dataset))
        return wrong_said(found) if found is not None and found.wrong else ""


def wrong_said(one: Judged) -> str:
    """`318 missing`, `2 too many and 3 different`."""
    kinds = (("missing", one.missing), ("too many", one.duplicated), ("different", one.different))
    return listed([f"{count:,} {kind}" for kind, count in kinds if count])


def entries(bench: Bench, name: str, worth: Worth) -> list[Entry]:
    """The newest partition first; of each, the newest version first, then what other futures have instead."""
    teller = _Teller(bench, name, worth)
    return [entry for window in teller.windows() for entry in teller.of(window)]


class _Teller:
    """Tells of one dataset."""

    def __init__(self, bench: Bench, name: str, worth: Worth) -> None:
        self.bench, self.name, self.worth, self.known = bench, name, worth, bench.known
        self.home = self.known.makers[name]
        self.spec = self.known.plans[self.home].spec
        self.grid, self.zone = self.spec.grid, self.spec.zone
        self.shown = self.grid.containing(bench.window.start)
        self.reads = _by_partition(self.known, name)
        self.last = self.grid.last_ended(bench.now)

    def windows(self) -> Iterator[Partition]:
        """Those of which there may be something to tell, the newest first."""
        found = {window.start: window for window in self._around()}
        last = max(self.last, self.shown, key=lambda one: one.start)
        found |= {window.start: window for window in (last, *_before(self.grid, last)[: _MOST - 1])}
        return (found[start] for start in sorted(found, reverse=True) if self._is_told(found[start]))

    def _around(self) -> Iterator[Partition]:
        window = self.grid.shift(self.shown, -_AROUND)
        for _ in range(2 * _AROUND + 1):
            if window.start <= max(self.last.start, self.shown.start):
                yield window
            window = self.grid.next(window)

    def _is_told(self, window: Partition) -> bool:
        place = self.name, window.key
        return (
            place in self.known.data.versions
            or self.known.run_of(self.home, window.key) is not None
            or window.key == self.shown.key
            or (window.key == self.last.key and self.spec.wants(window))
            or place in self.reads
        )

    def of(self, window: Partition) -> Iterator[Entry]:
        versions = self.known.data.versions.get((self.name, window.key), ())
        for version in reversed(versions):
            yield self._entry(window, version, len(versions) > 1)
        if not versions:
            yield self._nothing(window)
        yield from self._elsewhere(window, versions)

    def _entry(self, window: Partition, version: Version, several: bool, future: str = "") -> Entry:
        known = self.known if not future else _known_of(self.bench, future)
        reads = self.reads if not future else _by_partition(known, self.name)
        own = [read for read in reads.get((self.name, window.key), ()) if read.n == version.n]
        told = [*self._read_by(own, future), *(self._ahead(window) if version.state == "live" and not future else ())]
        return Entry(
            self._day(window), future, version.n, several, self._is_shown(window), self._target(window),
            "–" if version.rows is None else f"{version.rows:,}", self.worth.version(future, version),
            public_said(known, version, self.zone), version.code, self._made_from(known, version), tuple(told),
        )  # fmt: skip

    def _nothing(self, window: Partition) -> Entry:
        run = self.known.run_of(self.home, window.key)
        said = Span("none: its run failed", "bad") if run is not None and run.state == "failed" else Span("not yet", "")
        reads = [*self._read_by(self.reads.get((self.name, window.key), ()), ""), *self._would_get(window)]
        return Entry(
            self._day(window), "", 0, False, self._is_shown(window), self._target(window), "–", _NOTHING, said,
            "–", self._here(window), tuple(reads),
        )  # fmt: skip

    def _is_shown(self, window: Partition) -> bool:
        return window.start < self.bench.window.end and self.bench.window.start < window.end

    def _target(self, window: Partition) -> str:
        return f"dataset:{self.home}.{self.name}@{window.key}"

    # other futures

    def _elsewhere(self, window: Partition, mine: tuple[Version, ...]) -> Iterator[Entry]:
        """What the newest version is in futures in which it is not the same."""
        here = {(one.rows, one.content, one.state) for one in mine}
        for future, branch in self.bench.session.branches.items():
            if branch is self.bench.session.branch:
                continue
            found = _known_of(self.bench, future).data.newest(self.name, window.key)
            if found is not None and (found.rows, found.content, found.state) not in here:
                yield self._entry(window, found, False, future)

    # what it is made of

    def _made_from(self, known: Known, version: Version) -> tuple[Span, ...]:
        """The inputs of its own partition by name, and by what it should have taken and did not."""
        names = list(dict.fromkeys(_roots(known, version)))
        taken = [one for one in self._inputs(version.task) if not any(name.split(" ")[0] == one for name in names)]
        spans = [Span(listed_plainly(names))] if names else []
        if names and taken and any(name in self.spec.inputs for name in names):
            spans.append(Span(f", no {listed_plainly(taken)}", "late"))
        return tuple(spans)

    def _inputs(self, task: str) -> list[str]:
        """The inputs that a task takes, or one above it."""
        plan, found, above = self.known.plans[self.home], [], [task]
        for name in above:
            if name in plan.tasks:
                found += [*plan.tasks[name].task.needs, *plan.tasks[name].task.reads]
                above += [one for one in plan.tasks[name].ups if one not in above]
        return [name for name in self.spec.inputs if name in found]

    def _here(self, window: Partition) -> tuple[Span, ...]:
        """The inputs of a partition that came already."""
        plan = self.known.plans[self.home]
        writers = [name for name, task in plan.tasks.items() if self.name in task.writes]
        names = [one for task in writers for one in self._inputs(task) if (one, window.key) in self.known.arrived]
        return (Span(f"{listed_plainly(list(dict.fromkeys(names)))} here", "dim"),) if names else ()

    # who reads it

    def _read_by(self, reads: list[Read] | tuple[Read, ...], future: str) -> Iterator[Span]:
        for read in reads:
            at = _short(read.at, self.zone)
            wrong = self.worth.read(future, read) if read.n else ""
            target = f"event:{read.seq}" if not future else ""
            if not read.n:
                yield Span(f"{read.consumer} {at}: got nothing", "bad", target)
            elif read.stale:
                of = self._brief(self.grid.parse(read.wanted))
                yield Span(f"{read.consumer} {at}, wanted {of}: got this, marked old", "late", target)
            else:
                yield Span(f"{read.consumer} {at}{f': {wrong}' if wrong else ''}", "bad" if wrong else "", target)

    def _consumers(self) -> Iterator[Consumer]:
        """Who reads the last partition."""
        return (one for one in self.known.consumers.values() if self.name in one.reads)

    def _ahead(self, window: Partition) -> Iterator[Span]:
        """Who will read it as it is, and when."""
        if window.key != self.last.key:
            return
        for one in self._consumers():
            at = _next_read(one, self.bench.now)
            if at is not None and self.grid.last_ended(at).key == window.key:
                yield Span(f"{one.name} reads {_short(at, self.zone)}", "dim", f"consumer:.{one.name}")

    def _would_get(self, window: Partition) -> Iterator[Span]:
        """What those would get who read the last partition now."""
        if window.key != self.last.key or is_live(self.known, self.name, self.home, window):
            return
        before = self._live_before(window)
        got = f"{self._brief(before)}, marked old" if before is not None else "nothing"
        for one in self._consumers():
            yield Span(f"{one.name} would get {got}", "late", f"consumer:.{one.name}")

    def _day(self, window: Partition) -> str:
        """`Thu 3 Jan`, `week 9 of 2026`."""
        return self.grid.spoken(window).partition(" (from")[0]

    def _brief(self, window: Partition) -> str:
        """`Wed 2`, where the month goes without saying."""
        said, local = self._day(window), window.start.astimezone(self.zone)
        same = f"{self.bench.now.astimezone(self.zone):%Y-%m}" == f"{local:%Y-%m}"
        return " ".join(said.split(" ")[:2]) if self.grid.unit == "day" and same else said

    def _live_before(self, window: Partition) -> Partition | None:
        live = self.known.data.live
        return next((one for one in _before(self.grid, window) if (self.name, one.key) in live), None)


@lru_cache(maxsize=256)
def _before(grid: Grid, window: Partition) -> tuple[Partition, ...]:
    """The windows before one, the newest first."""
    found = [window]
    for _ in range(2 * _MOST):
        found.append(grid.previous(found[-1]))
    return tuple(found[1:])


_ENDS: WeakKeyDictionary[Branch, tuple[int, Known]] = WeakKeyDictionary()


def _known_of(bench: Bench, future: str) -> Known:
    """What was known at the end of another future, as far as it was made."""
    branch = bench.session.branches[future]
    length = len(branch.log)
    if branch not in _ENDS or _ENDS[branch][0] != length:
        _ENDS[branch] = length, branch.state_at(length).known
    return _ENDS[branch][1]


def _by_partition(known: Known, name: str) -> dict[tuple[str, str], list[Read]]:
    """The reads of a dataset: under what was got, or else wanted."""
    found: dict[tuple[str, str], list[Read]] = {}
    for read in known.data.reads:
        if read.dataset == name:
            found.setdefault((name, read.partition if read.n else read.wanted), []).append(read)
    return found


def _roots(known: Known, version: Version) -> Iterator[str]:
    """What it was made of; where that is a dataset of the same partition and DAG, what this was made of. Of a name in
    many partitions, how many."""
    count: dict[str, int] = {}
    for name, _, _ in version.sources:
        count[name] = count.get(name, 0) + 1
    for name, partition, n in version.sources:
        if count[name] > 1:
            yield f"{name} ×{count[name]}"
            continue
        source = known.data.get((name, partition, n)) if name in known.makers else None
        if source is not None and partition == version.partition and source.run.dag == version.run.dag:
            yield from _roots(known, source)
        else:
            other = partition != version.partition and len(partition) == len(version.partition)
            yield f"{name} {partition}" if other else f"{name} v{n}" if n > 1 else name


def listed_plainly(names: list[str], most: int = 4) -> str:
    """`ewr lga jfk`, and how many more."""
    more = f" +{len(names) - most}" if len(names) > most else ""
    return " ".join(names[:most]) + more


def public_said(known: Known, version: Version, zone: ZoneInfo) -> Span:
    """Since when a version is public, or why it is not; with a glyph."""
    if version.state == "live":
        at, is_old = _short(version.live[-1].since, zone), is_stale(known, version.name)
        return Span(f"△ {at}, of old data", "state.stale") if is_old else Span(f"● {at}", "state.published")
    if version.state == "replaced" and version.live:
        since, until = version.live[-1].since, version.live[-1].until
        end = _short(until, zone) if until is not None else ""
        return Span(f"○ {_short(since, zone)} to {_clock_of(since, end, zone)}", "dim")
    if version.state == "blocked":
        checks = [one.check for one in blocking(known.data.checks_of(version.name))]
        return Span(f"⊖ held back{f' by {checks[0]}' if checks else ''}", "state.blocked")
    if version.state == "withdrawn" and version.live:
        until = version.live[-1].until
        return Span(f"∅ withdrawn{f' {_short(until, zone)}' if until else ''}", "state.blocked")
    return {"fenced": Span("⊗ refused: a newer try", "state.blocked"), "written": Span("◌ written, not yet", "")}.get(
        version.state, Span(version.state, "")
    )


def _clock_of(since: datetime, end: str, zone: ZoneInfo) -> str:
    """Without the weekday where it is the same."""
    return end.removeprefix(f"{since.astimezone(zone):%a} ")


def _short(at: datetime, zone: ZoneInfo) -> str:
    """`Fri 06:15`."""
    return f"{at.astimezone(zone):%a %H:%M}"


def _next_read(consumer: Consumer, now: datetime) -> datetime | None:
    return ticker(consumer.schedule, ZoneInfo(consumer.timezone), "shift", "second", None, now).after(now)
