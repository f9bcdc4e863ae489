"""What menus ask about the selection: its names as the grammar takes them, files and datasets of its day, times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from workbench.engine import Known
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import is_here, windows_for
from workbench.engine.state import Cell
from workbench.given import made_at
from workbench.model import DagSpec, InvalidInput, Need, after_window
from workbench.timetable import Partition

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.scenario.dataflow import Dataflow

_MOST_WINDOWS = 7
_SOME_ROWS = 40
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class File(NamedTuple):
    """One partition of an input. `due`: when it is expected, if that was promised."""

    name: str
    window: Partition
    is_here: bool
    due: datetime | None
    spoken: str

    @property
    def target(self) -> str:
        return f"{self.name}@{self.window.key}"


@dataclass(frozen=True)
class Things:
    """A bench, looked at by a menu."""

    bench: Bench

    @property
    def known(self) -> Known:
        return self.bench.known

    @property
    def now(self) -> datetime:
        return self.bench.now

    @cached_property
    def dag(self) -> str:
        return self.bench.dag

    @cached_property
    def spec(self) -> DagSpec:
        return self.known.plans[self.dag].spec

    @cached_property
    def window(self) -> Partition:
        return self.bench.window

    @cached_property
    def day(self) -> str:
        """`Thu 3 Jan`."""
        return self.spec.grid.spoken(self.window)

    # names

    def task_name(self, dag: str, task: str) -> str:
        """As a line takes it: bare where only one thing is called so."""
        several = sum(task in plan.tasks for plan in self.known.plans.values()) > 1
        is_else = task in self.known.plans or task in self.known.homes or task in self.known.makers
        return f"{dag}.{task}" if several or is_else else task

    def on_day(self, name: str) -> str:
        return f"{name}@{self.window.key}"

    # tasks

    def plan(self, task: str, dag: str = "") -> TaskPlan:
        return self.known.plans[dag or self.dag].tasks[task]

    def cell(self, task: str) -> Cell | None:
        """Its instance in the run that is shown."""
        return self.bench.run.cells.get(task) if self.bench.run is not None else None

    def state(self, task: str) -> str:
        """Of the instance that is shown; empty when there is no run."""
        cell = self.cell(task)
        return cell.state if cell is not None else ""

    # files

    def files(self, task: str) -> list[File]:
        """The files that a task takes for the day shown, those that are not here first."""
        plan = self.plan(task)
        names = (*plan.task.needs, *plan.task.reads, *plan.task.requires, *(n.text for n in plan.watched))
        needs = [self.spec.need(text) for text in dict.fromkeys(names)]
        files = [one for need in needs if need.name in self.known.homes and not need.dag for one in self._files(need)]
        unique = {one.target: one for one in files}
        return sorted(unique.values(), key=lambda one: one.is_here)

    def _files(self, need: Need) -> list[File]:
        windows = list(windows_for(self.known, need, self.spec, self.window))
        return [self.file(need.name, window) for window in windows[-_MOST_WINDOWS:]]

    def file(self, name: str, window: Partition) -> File:
        home = self.known.homes[name]
        spec = self.known.plans[home].spec
        item = spec.inputs[name]
        due = after_window(item.expected, window, spec.zone) if item.expected is not None else None
        return File(name, window, is_here(self.known, name, home, window), due, spec.grid.spoken(window))

    def file_of_day(self, name: str) -> File:
        """The file of the day shown, on its own grid."""
        grid = self.known.plans[self.known.homes[name]].spec.grid
        window = self.window if grid == self.spec.grid else grid.containing(self.window.start)
        return self.file(name, window)

    def next_file(self, file: File) -> File:
        """The one that comes after it."""
        grid = self.known.plans[self.known.homes[file.name]].spec.grid
        return self.file(file.name, grid.shift(file.window, 1))

    def readers_of(self, name: str) -> Iterator[tuple[str, str]]:
        """(dag, task) of all that take an input or dataset."""
        for dag, plan in self.known.plans.items():
            for task, one in plan.tasks.items():
                taken = (*one.task.needs, *one.task.reads, *one.task.requires)
                if any(text.partition("@")[0] == name for text in taken):
                    yield dag, task

    def columns(self, name: str) -> list[str]:
        """The columns of an input, from a file of it that has come, else as they are agreed on; those with numbers
        first, and of them those that tell rows apart. None where rows are only counted."""
        flow = self.bench.session.here().dataflow
        contents = [a.content for (one, _), a in self.known.arrived.items() if one == name and a.content]
        content = contents[-1] if contents else self._agreed(flow, self.file_of_day(name)) if flow is not None else None
        rows = (flow.store.get(content) or [])[:_SOME_ROWS] if flow is not None and content else []
        first = rows[0] if rows else {}
        return sorted(first, key=lambda one: (not _is_number(first[one]), -len({str(row.get(one)) for row in rows})))

    def _agreed(self, flow: Dataflow, file: File) -> str | None:
        """What a right file of the day holds; None where it cannot be read."""
        spec = self.known.plans[self.known.homes[file.name]].spec
        with suppress(InvalidInput):
            return flow.deliveries.right(self.bench.session.state, spec, file.name, file.window.key, self.now)[1]
        return None

    # datasets

    def writes(self, task: str, dag: str = "") -> tuple[str, ...]:
        return self.plan(task, dag).writes

    def writers_of(self, dataset: str) -> list[tuple[str, str]]:
        return [(dag, task) for dag, plan in self.known.plans.items() for task, one in plan.tasks.items()
                if dataset in one.writes]  # fmt: skip

    def dataset_window(self, name: str) -> Partition:
        grid = self.known.plans[self.known.makers[name]].spec.grid
        return self.window if grid == self.spec.grid else grid.last_ended(self.now)

    # times

    def clock(self, at: datetime, spec: DagSpec | None = None) -> str:
        """As a line takes it: `06:00` where that is today, else with its day; in the DAG's zone."""
        zone = (spec or self.spec).zone
        local, now = at.astimezone(zone), self.now.astimezone(zone)
        time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return time if local.date() == now.date() else f"{local:%Y-%m-%d}T{time}"

    def whole(self, at: datetime, spec: DagSpec | None = None) -> str:
        """The same, with its day."""
        local = at.astimezone((spec or self.spec).zone)
        return f"{local:%Y-%m-%dT%H:%M:%S}" if local.second else f"{local:%Y-%m-%dT%H:%M}"

    def due_or_now(self) -> datetime:
        """When the clock makes the run that is shown, if that is still ahead, today; else now."""
        due = self.spec.clock.after(self.window.end - _SECOND) if self.spec.clock is not None else None
        return due if due is not None and self.now < due < self.now + _DAY else self.now

    def is_made_today(self, file: File) -> bool:
        """Is the run of that file's day made today? Then a bare clock time means today."""
        spec = self.known.plans[self.known.homes[file.name]].spec
        return made_at(spec, file.window.key).astimezone(spec.zone).date() == self.now.astimezone(spec.zone).date()

    def soon(self, minutes: int) -> datetime:
        return self.now + timedelta(minutes=minutes)


def _is_number(value: object) -> bool:
    if isinstance(value, int | float):
        return True
    try:
        float(str(value))
    except ValueError:
        return False
    return True
