"""Which rows an attempt sees, and which it makes. Rows are named by the hash of their content.

An attempt sees what was there just before it began, by the number of its event: of a dataset the version that was live,
of an input the newest delivery, of a task the rows of its last try. Asked about later, a state may have moved on (a
task was cleared meanwhile); then the answer is looked up in the state that there was, which `past` gives.

Rows live as long as the process. Where a history is taken up again they are made again, one after the other in the
order in which they depend on each other, when somebody wants them; what comes out must have the recorded hash.

Where rows are only counted, no function is called and no file is read. A task that takes rows makes as many as it
takes, all together; a write adds its rows (append), or takes the place of what was (overwrite and merge).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from workbench.engine import Arrival, Known, Run, RunKey, State
from workbench.engine.backfilled import made_by
from workbench.engine.catalog import Version
from workbench.engine.keys import VersionName
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import begins_before, home_of, is_live, was_due_before, windows_of
from workbench.model import DagSpec, Dataset, InvalidInput, Need, Problem
from workbench.model.modules import parameter
from workbench.scenario.arrivals import Arrivals
from workbench.scenario.aside import kept
from workbench.scenario.deliveries import Deliveries, came_of
from workbench.scenario.functions import Context, Functions, Result
from workbench.scenario.modes import counted, key_of, written_onto
from workbench.scenario.rows import Store
from workbench.scenario.seeing import Began, MovedOn, beginning, code_of, taken_by
from workbench.scenario.sources import Found, sources_of
from workbench.scenario.spoiling import share_of
from workbench.timetable import Partition

T = TypeVar("T")


class Seen(NamedTuple):
    """What an attempt finds under one name: is anything there, and which rows (None: nothing that is carried)."""

    there: bool
    content: str | None


NOTHING = Seen(False, None)


class Made(NamedTuple):
    """What a try made: rows, by content. None: it carries none."""

    rows: int | None
    content: str | None


class Recipe(NamedTuple):
    """How to make rows again that a try made: from the state after event number `seq`, just before it was done."""

    content: str
    seq: int
    run: RunKey
    task: str
    number: int
    version: Version | None = None


class Missing(Exception):
    """These rows have to be made again first."""

    def __init__(self, state: State, recipe: Recipe) -> None:
        self.state, self.recipe = state, recipe
        super().__init__(recipe)


class Dataflow:
    """Runs task functions on what is visible. Shares rows and calls with `other`, the one of another future. `past`
    answers the state after so many events of the log that is being made; None when nobody keeps one."""

    def __init__(self, arrivals: Arrivals, other: Dataflow | None = None) -> None:
        self.arrivals = arrivals
        self.store: Store = other.store if other is not None else Store()
        self.functions: Functions = other.functions if other is not None else Functions(self.store)
        self.deliveries = Deliveries(arrivals, self.store)
        self.past: Callable[[int], State] | None = None
        self.found_sources: Found = {}
        self._makes_again = False

    def attach(self) -> None:
        """The log goes on from somewhere, perhaps after a command: what was found out on the way is void."""
        self.found_sources = {}

    # what a try makes

    def result(
        self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime, seq: int | None = None
    ) -> Result:
        """What try `number` of this task makes of what was visible when it began: at `started`, as event `seq`.
        `state` may be a later one: what came in between is not seen."""
        began = Began(started, seq)
        return self.as_of(state, run, seq, lambda then, same: self._result(then, same, plan, number, began))

    def _result(self, state: State, run: Run, plan: TaskPlan, number: int, began: Began) -> Result:
        spec, window = run.plan.spec, run.window
        seen = {name: self._look(state, run, name, began) for name in taken_by(plan)}
        code = code_of(run, plan.name, number)
        if state.known.rows_kept == "count":
            return self._counted(plan, seen, code)
        missing = tuple(name for name, one in seen.items() if not one.there)
        start, end, now = (at.astimezone(spec.zone) for at in (window.start, window.end, began.at))
        ctx = Context(run.key.dag, plan.name, window.key, start, end, now, number, missing, code, plan.task.params)
        return self.work(state.known, spec, plan, seen, ctx)

    def work(self, known: Known, spec: DagSpec, plan: TaskPlan, seen: dict[str, Seen], ctx: Context) -> Result:
        """What a task makes of what it sees under each name."""
        task = plan.task
        if known.rows_kept == "count":
            return self._counted(plan, seen, ctx.code)
        given = {parameter(name): one.content for name, one in seen.items()}
        if task.sql is not None and ctx.code not in task.code:
            return self.functions.select(task.sql, given)
        function = self.functions.of(spec, task, ctx.code)
        if function is None:
            return self._pass_through(seen)
        return self.functions.call(function, given, ctx, _chooses(plan))

    def _counted(self, plan: TaskPlan, seen: dict[str, Seen], code: str) -> Result:
        rows, content = counted(self.store, plan, code, [one.content for one in seen.values()])
        return Result(content, rows)

    def _pass_through(self, seen: dict[str, Seen]) -> Result:
        """Without a function, rows pass through a task that takes from one place."""
        contents = [one.content for one in seen.values() if one.content is not None]
        if len(seen) != 1 or not contents:
            return Result()
        return Result(contents[0], self.store.count(contents[0]))

    def combined(
        self, state: State, dataset: Dataset, onto: Version | None, made: Made
    ) -> tuple[int | None, str | None]:
        """(rows, content) of a partition after a write onto what was live."""
        if made.content is None:
            return (onto.rows, onto.content) if onto is not None else (made.rows, None)
        before = self.content_of(state, onto) if onto is not None else None
        return written_onto(self.store, dataset, before, made.content)

    # what was there

    def as_of(self, state: State, run: Run, seq: int | None, ask: Callable[[State, Run], T]) -> T:
        """What is answered about a run as it was after event number `seq`: from `state`, a later one perhaps, as long
        as that can tell."""
        try:
            return ask(state, run)
        except MovedOn:
            assert self.past is not None
            assert seq is not None
            then = self.past(seq)
            return ask(then, then.known.runs[run.key])

    def must_not_be_later(self, state: State, began: Began) -> None:
        if self.past is not None and began.seq is not None and state.known.seq > began.seq:
            raise MovedOn

    def is_there(self, state: State, run: Run, name: str, started: datetime, seq: int | None = None) -> bool:
        """Was this there when an attempt began: at `started`, as event `seq`?"""
        began = Began(started, seq)
        return self.as_of(state, run, seq, lambda then, same: self._is_there(then, same, name, began))

    def _is_there(self, state: State, run: Run, name: str, began: Began) -> bool:
        need = run.plan.spec.need(name)
        if name in run.plan.tasks or not need.dag:
            return self._look(state, run, name, began).there
        return all(self._was_done(state, need, window, began) for window in windows_of(state.known, need, run))

    def _was_done(self, state: State, need: Need, window: Partition, began: Began) -> bool:
        other = self.run_then(state, need.dag, window.key, began)
        if other is None:
            return was_due_before(state.known, need.dag, window)
        return self._written(state, other, need.name, began).there

    def _look(self, state: State, run: Run, name: str, began: Began) -> Seen:
        if name in run.plan.tasks:
            return self._written(state, run, name, began)
        known, need = state.known, run.plan.spec.need(name)
        if need.dag:
            if need.dag not in known.plans:  # it was added since
                return NOTHING
            runs = [self.run_then(state, need.dag, window.key, began) for window in windows_of(known, need, run)]
            return self._together(state, [self._written(state, o, need.name, began) if o else NOTHING for o in runs])
        if need.name not in known.homes and need.name not in known.makers:
            return NOTHING
        look = self._delivered if need.name in known.homes else self._live
        return self._together(state, [look(state, need, window, began) for window in windows_of(known, need, run)])

    def _together(self, state: State, seen: list[Seen]) -> Seen:
        """What several partitions hold, the earliest first."""
        if len(seen) == 1:
            return seen[0]
        there = bool(seen) and all(one.there for one in seen)
        contents = [one.content for one in seen if one.content is not None]
        if not contents:
            return Seen(there, None)
        if state.known.rows_kept == "count":
            return Seen(there, self.store.put_count(sum(map(self.store.count, contents)), "+".join(contents)))
        return Seen(there, self.store.put([row for one in contents for row in self.store.get(one) or ()]))

    def _delivered(self, state: State, need: Need, window: Partition, began: Began) -> Seen:
        """The newest delivery of an input's partition."""
        known, name = state.known, need.name
        spec = known.plans[known.homes[name]].spec
        came = [one for one in came_of(known, name, window.key) if began.after(one.at, one.seq)]
        if came:
            return self._kept(
                state, name, window.key, self.delivered_content(state, name, window.key, len(came)), began
            )
        if begins_before(spec, window):
            return Seen(True, None)
        if not self.arrivals.is_simulated(spec, name, window):
            content = self.deliveries.delivered(state, spec, name, window.key, 0)[1]
            return self._kept(state, name, window.key, content, began)
        # Where there would be a file, there are no rows; without one, nothing is known about rows.
        has_rows = known.rows_kept == "carry" and spec.inputs[name].path
        return Seen(False, self.store.put([])) if has_rows else NOTHING

    def delivered_content(self, state: State, name: str, partition: str, nth: int) -> str | None:
        """The content of the nth arrival (from 1) of an input's partition, with its rows in the store."""
        arrival = came_of(state.known, name, partition)[nth - 1]
        if arrival.content is None or self.store.has(arrival.content):
            return arrival.content
        spec = state.known.plans[state.known.homes[name]].spec
        return self.deliveries.delivered(state, spec, name, partition, nth)[1]

    def _live(self, state: State, need: Need, window: Partition, began: Began) -> Seen:
        """What was live of a dataset's partition."""
        known, name = state.known, need.name
        torn = self._torn(state, name, window.key, began)
        if torn is not None:
            return torn
        version = known.data.live_version(name, window.key, began.seq)
        if version is not None:
            return self._kept(state, name, window.key, self.content_of(state, version), began)
        self.must_not_be_later(state, began)
        # Before the simulation there was something, of which nothing is known.
        return Seen(is_live(known, name, home_of(known, need), window), None)

    def _torn(self, state: State, dataset: str, partition: str, began: Began) -> Seen | None:
        """The part that a reader finds of what is just being written, where a fault lets it."""
        fault = self.deliveries.torn(state, dataset, partition)
        if fault is None or began.seq is None:
            return None
        self.must_not_be_later(state, began)
        at_work = [
            (run.cells[name].seq, run, plan)
            for run in state.known.open_runs()
            for name, plan in run.plan.tasks.items()
            if run.key.partition == partition and dataset in plan.writes and run.cells[name].state == "running"
        ]
        seq, run, plan = max(
            (one for one in at_work if one[0] < began.seq), key=lambda o: o[0], default=(0, None, None)
        )
        if run is None or plan is None:
            return None
        cell = run.cells[plan.name]
        made = self.result(state, run, plan, cell.tries, cell.since, seq)
        rows = self.store.get(made.content) if made.content else None
        return Seen(True, self.store.put(rows[: share_of(fault.share, len(rows))])) if rows is not None else None

    def _written(self, state: State, run: Run, task: str, began: Began) -> Seen:
        """What a task made; where it wrote, what is in the table then, which may be more than it brought."""
        cell = run.cells.get(task)
        if cell is None:
            return NOTHING
        if not began.after(cell.since, cell.seq):
            self.must_not_be_later(state, began)
            return NOTHING
        made = made_by(state.known, run, task)  # by an earlier run, where a backfill kept the task
        if made is None:
            return NOTHING
        run, last = made
        if last is None:  # somebody marked it
            return Seen(True, None)
        for version in self.versions_of(state, run, task, last.number, began):
            return self._kept(state, version.dataset, version.partition, self.content_of(state, version), began)
        if any(_went_live(one, began) for one in state.known.data.written_by(run.key, task, last.number)):
            return Seen(False, self.store.put([]))  # withdrawn since
        if last.content is not None:
            self._ensure(state, Recipe(last.content, cell.seq - 1, run.key, task, last.number))
        return Seen(True, last.content)

    def versions_of(self, state: State, run: Run, task: str, number: int, began: Began) -> list[Version]:
        """The versions that stand for what a try wrote: those that went live, else what was live instead (its own were
        refused, held by a check, or withdrawn)."""
        wrote = list(state.known.data.written_by(run.key, task, number))
        lives = [state.known.data.live_version(one.dataset, one.partition, began.seq) for one in wrote]
        # A newer one takes nothing from those who come after this task; an older one is what somebody went back to.
        own = [
            one
            for one, live in zip(wrote, lives, strict=True)
            if live is not None and live.n >= one.n and _went_live(one, began)
        ]
        return own or [live for live in lives if live is not None]

    def run_then(self, state: State, dag: str, partition: str, began: Began) -> Run | None:
        """The newest run of a partition when an attempt began."""
        runs = [run for run in state.known.runs_of(dag, partition) if run.created <= began.at]
        if runs and runs[-1].created == began.at:
            self.must_not_be_later(state, began)
        return runs[-1] if runs else None

    def _kept(self, state: State, name: str, partition: str, content: str | None, began: Began) -> Seen:
        """Without the rows that are in quarantine."""
        return Seen(True, kept(self.store, state, name, partition, content, began.seq))

    # rows that this process has not made

    def content_of(self, state: State, version: Version) -> str | None:
        """The content of a version, with its rows in the store: made again where this process has not made them."""
        if version.content is not None:
            self._ensure(
                state, Recipe(version.content, version.seq - 1, version.run, version.task, version.number, version)
            )
        return version.content

    def _ensure(self, state: State, recipe: Recipe) -> None:
        """Have these rows in the store. What is needed for that comes first, however long the chain."""
        if self.store.has(recipe.content):
            return
        if self._makes_again:
            raise Missing(state, recipe)
        self._makes_again, wanted = True, [(state, recipe)]
        try:
            while wanted:
                try:
                    self._make_again(*wanted[-1])
                    wanted.pop()
                except Missing as first:
                    wanted.append((first.state, first.recipe))
        finally:
            self._makes_again = False

    def _make_again(self, state: State, recipe: Recipe) -> None:
        then = self.past(recipe.seq) if self.past is not None else state
        run, version = then.known.runs[recipe.run], recipe.version
        plan = run.plan.tasks.get(recipe.task)
        content = None
        if plan is not None:
            again = self.result(then, run, plan, recipe.number, *beginning(run.cells[recipe.task], recipe.number))
            content = again.content
            if version is not None:
                onto = then.known.data.get((version.dataset, version.partition, version.base))
                dataset = Dataset(version.dataset, version.mode, key_of(then.known, version.dataset))  # type: ignore[arg-type]
                content = self.combined(then, dataset, onto, Made(again.rows, again.content))[1]
        if content != recipe.content:
            spec, day = run.plan.spec, run.key.partition
            told = f"the rows that {recipe.task} of {day} wrote cannot be made again: its code or inputs changed"
            raise InvalidInput([Problem(told, spec.file, spec.lines.get(f"tasks.{recipe.task}", 0))])

    def sources(self, state: State, run: Run, plan: TaskPlan, began: int) -> tuple[VersionName, ...]:
        """The versions that a try which began as that event saw, also through tasks that write no dataset."""
        return sources_of(self, state, run, plan, began)


def _went_live(version: Version, began: Began) -> bool:
    """Had it gone live when an attempt began?"""
    return any(began.after(span.since, span.since_seq) for span in version.live)


def arrivals_of(known: Known, name: str, partition: str) -> tuple[Arrival, ...]:
    """All arrivals of a partition of an input, the first first."""
    return came_of(known, name, partition)


def _chooses(plan: TaskPlan) -> tuple[str, ...] | bool | None:
    """What the function's answer means: one or more of these tasks, whether to go on (True), or rows."""
    if plan.task.branch is not None:
        return tuple(name for _, name in plan.downs)
    return True if plan.task.short_circuit else None
