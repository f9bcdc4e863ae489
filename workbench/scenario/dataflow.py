"""Which rows an attempt sees, and which it makes. Rows are named by the hash of their content."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from workbench.engine import Run, State
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import was_due_before, windows_of
from workbench.model import DagSpec, InvalidInput, Need, Problem
from workbench.model.modules import parameter
from workbench.scenario.arrivals import Arrivals
from workbench.scenario.functions import Context, Functions, Result
from workbench.scenario.rows import Store
from workbench.timetable import Partition


class Seen(NamedTuple):
    """What an attempt finds under one name: is anything there, and which rows (None: nothing that is carried)."""

    there: bool
    content: str | None


NOTHING = Seen(False, None)


class Began(NamedTuple):
    """When an attempt began: at which instant, and as which event, as long as that is known."""

    at: datetime
    seq: int | None

    def after(self, at: datetime, seq: int) -> bool:
        """Did it begin after this event, and so could see what came of it?"""
        return seq < self.seq if self.seq is not None else at <= self.at


class Dataflow:
    """Runs task functions on what is visible. Keeps rows for as long as the process lives, and can make them anew."""

    def __init__(self, arrivals: Arrivals) -> None:
        self.arrivals, self.store = arrivals, Store()
        self.functions = Functions(self.store)

    def delivery(self, spec: DagSpec, name: str, partition: str) -> tuple[int | None, str | None]:
        """(rows, content) of an input's partition. Raises InvalidInput when its file cannot be read."""
        pattern = spec.inputs[name].path
        if pattern is None:
            return None, None
        told = Problem(f"input '{name}' of {partition}", spec.file, spec.lines.get(f"inputs.{name}", 0))
        content = self.store.load(Path(spec.folder) / pattern.replace("{partition}", partition), told)
        return self.store.count(content), content

    def result(
        self, state: State, run: Run, plan: TaskPlan, number: int, started: datetime, seq: int | None = None
    ) -> Result:
        """What try `number` of this task makes of what was visible when it began: at `started`, as event `seq`.
        `state` may be a later one: what came in between is not seen."""
        began = Began(started, seq)
        task = plan.task
        names = dict.fromkeys((*task.needs, *task.reads, *task.requires))
        seen = {name: self._look(state, run, name, began) for name in names}
        function = self.functions.of(run.plan.spec, plan.task)
        if function is None:
            return self._pass_through(seen)
        missing = tuple(name for name, one in seen.items() if not one.there)
        window = run.window
        start, end, now = (at.astimezone(run.plan.spec.zone) for at in (window.start, window.end, started))
        ctx = Context(run.key.dag, plan.name, run.key.partition, start, end, now, number, missing)
        given = {parameter(name): one.content for name, one in seen.items()}
        return self.functions.call(function, given, ctx, _chooses(run, plan))

    def is_there(self, state: State, run: Run, name: str, started: datetime, seq: int | None = None) -> bool:
        """Was this there when an attempt began: at `started`, as event `seq`?"""
        began = Began(started, seq)
        need = run.plan.spec.need(name)
        if name in run.plan.tasks or not need.dag:
            return self._look(state, run, name, began).there
        return all(self._was_done(state, need, window, began) for window in windows_of(state.known, need, run))

    def _was_done(self, state: State, need: Need, window: Partition, began: Began) -> bool:
        other = _run_then(state, need.dag, window.key, began.at)
        if other is None:
            return was_due_before(state.known, need.dag, window)
        return self._written(state, other, need.name, began).there

    def _pass_through(self, seen: dict[str, Seen]) -> Result:
        """Without a function, rows pass through a task that takes from one place."""
        contents = [one.content for one in seen.values() if one.content is not None]
        if len(seen) != 1 or not contents:
            return Result()
        return Result(contents[0], self.store.count(contents[0]))

    def _look(self, state: State, run: Run, name: str, began: Began) -> Seen:
        if name in run.plan.tasks:
            return self._written(state, run, name, began)
        need = run.plan.spec.need(name)
        if need.dag:
            runs = [_run_then(state, need.dag, window.key, began.at) for window in windows_of(state.known, need, run)]
            return self._together([self._written(state, one, need.name, began) if one else NOTHING for one in runs])
        home, windows = state.known.homes[need.name], windows_of(state.known, need, run)
        return self._together([self._delivered(state, home, need.name, window, began) for window in windows])

    def _together(self, seen: list[Seen]) -> Seen:
        """What several partitions hold, the earliest first."""
        if len(seen) == 1:
            return seen[0]
        rows = [row for one in seen if one.content for row in self.store.get(one.content) or ()]
        there = bool(seen) and all(one.there for one in seen)
        return Seen(there, self.store.put(rows) if any(one.content for one in seen) else None)

    def _delivered(self, state: State, home: str, name: str, window: Partition, began: Began) -> Seen:
        spec = state.known.plans[home].spec
        arrival = state.known.arrived.get((name, window.key))
        came = arrival is not None and began.after(arrival.at, arrival.seq)
        if came or not self.arrivals.is_simulated(spec, name, window):
            return Seen(True, self.delivery(spec, name, window.key)[1])
        # Where there would be a file, there are no rows; without one, nothing is known about rows.
        return Seen(False, self.store.put([])) if spec.inputs[name].path else NOTHING

    def _written(self, state: State, run: Run, task: str, began: Began) -> Seen:
        """What a task wrote. Rows that this process has not made (a reopened history) are made again."""
        cell = run.cells.get(task)
        if cell is None or cell.state != "success" or not began.after(cell.since, cell.seq):
            return NOTHING
        last = cell.attempts[-1] if cell.attempts else None  # none: somebody marked it
        if last is None or last.content is None:
            return Seen(True, None)
        if self.store.get(last.content) is not None:
            return Seen(True, last.content)
        again = self.result(state, run, run.plan.tasks[task], last.number, last.started)
        if again.content != last.content:
            spec = run.plan.spec
            told = f"the rows that {task} of {run.key.partition} wrote cannot be made again: its code or inputs changed"
            raise InvalidInput([Problem(told, spec.file, spec.lines.get(f"tasks.{task}", 0))])
        return Seen(True, again.content)


def _run_then(state: State, dag: str, partition: str, at: datetime) -> Run | None:
    """The newest run of a partition at that instant."""
    runs = [run for run in state.known.runs_of(dag, partition) if run.created <= at]
    return runs[-1] if runs else None


def _chooses(run: Run, plan: TaskPlan) -> tuple[str, ...] | bool | None:
    """What the function's answer means: one or more of these tasks, whether to go on (True), or rows."""
    if plan.task.branch is not None:
        return tuple(name for _, name in plan.downs)
    return True if plan.task.short_circuit else None
