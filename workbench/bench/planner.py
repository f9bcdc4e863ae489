"""A backfill as it is planned: a value that keys change, the line of the grammar it stands for, and what it would make.

Nothing runs before its line is done: `work_out` only looks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, get_args

from workbench.engine import Known
from workbench.model import DagSpec, InvalidInput
from workbench.ordering import Here, target_of
from workbench.ordering.backfill_choice import Which
from workbench.ordering.backfill_code import goes_back
from workbench.ordering.backfills import DEFAULT_LIMIT, chosen_tasks, preview
from workbench.timetable import Partition
from workbench.verbs import parse
from workbench.views.backfill_plan import BackfillPlan

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

WHICH: tuple[Which, ...] = ("all", "missing", "failed", "changed")
_MOST_LOOKED_AT = 400  # days that are looked through for what is missing, when the planner is opened
MANY = 400  # runs; more take longer to work out than a key may


@dataclass(frozen=True, slots=True)
class Planner:
    """A backfill that nobody has asked for yet. `name`: a DAG or a task as the grammar takes it; `first`, `last`: keys
    of its grid; `pin`: a version of the code, empty for what is deployed. What is made anew of a run and what is kept
    follows from the name."""

    name: str
    first: str
    last: str
    which: Which = "missing"
    newest: bool = False
    limit: int = DEFAULT_LIMIT
    down: bool = False
    pin: str = ""
    priority: int = 0

    @classmethod
    def of(cls, line: str, limit: int = DEFAULT_LIMIT) -> Planner:
        """From a line typed by hand, with this limit where it has none. Raises InvalidInput for what is no backfill."""
        command = parse(line)
        if command.verb != "backfill":
            raise InvalidInput([f"'{command.verb}' is no backfill; write for example: backfill clean@2013-01-01"])
        target = target_of(command.one("DAYS"))
        return cls(
            target.name,
            target.first,
            target.last,
            next((word for word in get_args(Which) if word in command), "missing"),
            "newest" in command,
            int(command.get("limit") or limit),
            "down" in command,
            command.get("pin") or "",
            int(command.get("priority") or 0),
        )

    @property
    def line(self) -> str:
        """As it is typed; every choice is spelled out."""
        days = self.first if self.first == self.last else f"{self.first}..{self.last}"
        words = [f"backfill {self.name}@{days}", self.which, *(["down"] if self.down else [])]
        words += ["newest" if self.newest else "oldest", f"limit {self.limit}"]
        words += [f"pin {self.pin}"] if self.pin else []
        return " ".join([*words, *([f"priority {self.priority}"] if self.priority else [])])

    def limited(self, by: int) -> Planner:
        """So many runs more at once; at least one."""
        return replace(self, limit=max(1, self.limit + by))

    def moved(self, known: Known, end: str, by: int) -> Planner:
        """The `first` or the `last` day, so many days later (negative: earlier). The range keeps at least one day."""
        grid = spec_of(known, self.name).grid
        moved = grid.shift(grid.parse(self.first if end == "first" else self.last), by).key
        first, last = (moved, self.last) if end == "first" else (self.first, moved)
        return self if grid.parse(last).start < grid.parse(first).start else replace(self, first=first, last=last)

    def pinned_next(self, known: Known) -> Planner:
        """Pinned to the next version of the code; after the last one to none."""
        versions = ["", *versions_of(known, self.name)]
        place = versions.index(self.pin) if self.pin in versions else 0
        return replace(self, pin=versions[(place + 1) % len(versions)])

    def whole_or_part(self, known: Known, task: str) -> Planner:
        """Of the whole DAG where it was of a task, and the other way round: then of `task`, if the DAG has it."""
        dag, _ = chosen_tasks(known, self.name)
        if self.name != dag:
            return replace(self, name=dag)
        return replace(self, name=_named(known, dag, task)) if task in known.plans[dag].tasks else self


def spec_of(known: Known, name: str) -> DagSpec:
    return known.plans[chosen_tasks(known, name)[0]].spec


def versions_of(known: Known, name: str) -> list[str]:
    """The versions of the code that are written down, or run now, of what a name means."""
    dag, tasks = chosen_tasks(known, name)
    plan = known.plans[dag]
    written = [version for task in plan.tasks if task in tasks for version in plan.tasks[task].task.code]
    return list(dict.fromkeys([*written, *(known.code_of(dag, task) for task in sorted(tasks))]))


def _named(known: Known, dag: str, task: str) -> str:
    """As the grammar takes it: with its DAG where two have such a task."""
    return f"{dag}.{task}" if sum(task in plan.tasks for plan in known.plans.values()) > 1 else task


# what it would make


@dataclass(frozen=True, slots=True)
class Others:
    """What the other choices would come to. `would`: how many runs each choice of days makes, None where it is refused;
    `newest`: what would be bad about the newest first; `more`: how many runs come after what is asked for."""

    would: tuple[tuple[Which, int | None], ...]
    newest: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Worked:
    """What a planner would make. `plan` is None when it cannot be asked for, `refusal` says why; a plan without runs
    has its refusal in its sentence. `others` is None while they are not worked out."""

    planner: Planner
    plan: BackfillPlan | None
    refusal: str = ""
    others: Others | None = None

    @property
    def runs(self) -> int:
        return len(self.plan.runs) if self.plan is not None else 0

    @property
    def sentence(self) -> str:
        """Why nothing can be started; empty when something can."""
        return self.refusal or (self.plan.sentence if self.plan is not None and not self.plan.runs else "")


def work_out(here: Here, planner: Planner) -> Worked:
    """What it would make, and what each other choice would. Changes nothing, raises nothing."""
    return replace(look(here, planner), others=others(here, planner))


def look(here: Here, planner: Planner) -> Worked:
    """What it would make, alone: fast enough for every key."""
    plan, refusal = _look(here, planner)
    return Worked(planner, plan, refusal)


def others(here: Here, planner: Planner) -> Others:
    """What the other choices would come to. They depend on `asked` alone."""
    would = tuple((which, _count(here, replace(planner, which=which))) for which in WHICH)
    counts = [_count(here, replace(planner, down=down)) or 0 for down in (True, False)]
    return Others(would, _newest(here, planner), max(counts) - min(counts))


def asked(planner: Planner) -> Planner:
    """What decides which runs are made: without how they are made."""
    return replace(planner, newest=False, limit=1, priority=0)


def is_many(known: Known, planner: Planner) -> bool:
    """Would working it out take long? Decided by its range alone."""
    try:
        grid = spec_of(known, planner.name).grid
        first, last = grid.parse(planner.first), grid.parse(planner.last)
    except (InvalidInput, ValueError):
        return False
    return sum(1 for _ in islice(grid.between(first.start, last.end), MANY + 1)) > MANY


def _look(here: Here, planner: Planner) -> tuple[BackfillPlan | None, str]:
    one = planner
    try:
        target = target_of(f"{one.name}@{one.first}..{one.last}")
        return preview(here, target, one.which, one.limit, one.newest, one.down, one.pin, one.priority), ""
    except InvalidInput as error:
        return None, error.problems[0].message


def _count(here: Here, planner: Planner) -> int | None:
    found = _look(here, planner)[0]
    return len(found.runs) if found is not None else None


def _newest(here: Here, planner: Planner) -> str:
    """What the newest first would do that the oldest first does not."""
    found, refusal = _look(here, replace(planner, newest=True))
    if found is None:
        return refusal
    mixed = [note for note in found.notes if note.startswith("newest first, ")]
    return "; ".join(note.removeprefix("newest first, ") for note in mixed)


# where it begins


def planner_of(bench: Bench) -> Planner:
    """What the planner opens with: the selection, and the days of it that are missing, failed or changed; where there
    are none, the day that is shown."""
    known, here = bench.known, bench.session.here()
    name, dag = _selected(bench)
    spec = known.plans[dag].spec
    windows = _windows(known, spec, bench)
    if windows:
        whole = Planner(name, windows[0].key, windows[-1].key, limit=_limit(known, dag))
        for which in ("missing", "failed", "changed"):
            plan, _ = _look(here, replace(whole, which=which))
            days = [run.partition for run in plan.runs if run.dag == dag] if plan is not None else []
            if days and plan is not None and not goes_back(plan.warnings):
                return replace(whole, which=which, first=min(days), last=max(days))
    shown = _day_shown(spec, bench, windows)
    return Planner(name, shown, shown, "all", limit=_limit(known, dag))


def _day_shown(spec: DagSpec, bench: Bench, windows: list[Partition]) -> str:
    """The day that is shown; where the DAG has no such day, or it has not ended, the last before it that it has."""
    before = [window.key for window in windows if window.start <= bench.window.start]
    return (before or [spec.grid.last_ended(bench.now).key])[-1]


def _selected(bench: Bench) -> tuple[str, str]:
    """(what the grammar calls it, its DAG) of the selection; of what is no task, its DAG."""
    chosen = bench.chosen
    if chosen.kind == "task":
        return _named(bench.known, chosen.dag, chosen.name), chosen.dag
    if chosen.kind == "dataset":
        plan = bench.known.plans[bench.dag]
        writer = next((task for task in plan.tasks if chosen.name in plan.tasks[task].writes), "")
        return (_named(bench.known, bench.dag, writer) if writer else bench.dag), bench.dag
    return bench.dag, bench.dag


def _limit(known: Known, dag: str) -> int:
    """As many runs at once as the smallest pool of the DAG has slots, so that they do not wait for each other."""
    pools = {task.pool for task in known.plans[dag].tasks.values() if task.pool is not None}
    return min([DEFAULT_LIMIT, *(known.pools[pool] for pool in pools if known.pools[pool] > 0)])


def _windows(known: Known, spec: DagSpec, bench: Bench) -> list[Partition]:
    """The days of a DAG that have ended, from its first run on; the last so many of them."""
    runs = [run.window.start for key, run in known.runs.items() if key.dag == spec.name]
    begin = min([*runs, spec.grid.containing(bench.session.start).start])
    last = spec.grid.last_ended(bench.now)
    found = [window for window in spec.grid.between(begin, last.end) if spec.wants(window)]
    return found[-_MOST_LOOKED_AT:]
