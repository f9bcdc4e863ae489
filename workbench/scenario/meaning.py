"""What a fault that was written down means in a workspace: names made whole, partitions on the DAG's grid, and what
does not go together. Each check tells what is wrong at the line of its field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from workbench.model.findings import near, shown
from workbench.model.parts import DagSpec, Task, Workspace, after_window
from workbench.model.reading import LOST
from workbench.scenario.data_meaning import dataset, finder, one_place, place, some_drift
from workbench.scenario.naming import POOL, is_pattern, matches
from workbench.scenario.parts import Fault
from workbench.scenario.schema import CLASSES, Written
from workbench.timetable import Partition, format_instant

Found = list[tuple[DagSpec, Task]]
Doubt = frozenset[str]
# What says so: paths that could not be read; `*.pool` is that field of any task.
INPUTS = Doubt({LOST, "inputs"})
TASKS = Doubt({LOST, "tasks"})
POOLS = TASKS | {"pools", "*.pool"}
GRIDS = Doubt({LOST, "partition", "timezone"})
CHOICES = TASKS | {"*.branch", "*.short_circuit", "*.needs"}


def faults_of_written(
    written: list[Written],
    workspace: Workspace | None,
    arrivals: MappingOf[str, time | timedelta],
    unread: Set[str] = frozenset(),
) -> tuple[Fault, ...]:
    """The faults, without those about which something is wrong. Without a workspace names are not checked; `by` counts
    from when the input is expected, of one that nobody promised from the `arrivals` of the scenario. `unread`: what of
    the workspace could not be read (see `Loaded`), so that nothing can be said about it."""
    meanings = (Meaning(one, workspace, arrivals, unread) for one in written if one.whole)
    return tuple(fault for meaning in meanings if (fault := meaning.fault()) is not None)


@dataclass
class Meaning:
    """One fault. `tasks`: those that it means, once its task was looked up."""

    written: Written
    workspace: Workspace | None
    arrivals: MappingOf[str, time | timedelta]
    unread: Set[str]
    tasks: Found = field(default_factory=list)
    told: bool = False

    def __post_init__(self) -> None:
        self.values = dict(self.written.values)

    def fault(self) -> Fault | None:
        """The fault; None when something about it is wrong."""
        for check in _CHECKS[self.written.key]:
            check(self)
        return None if self.told else CLASSES[self.written.key](**self.values)

    # inputs

    def late(self) -> None:
        spec, by = self.home(), self.values.pop("by", None)
        window = self.window(spec)
        if by is not None and not self.told:
            self.values["arrives"] = self._due_and(by, spec, window)
        arrives = self.values.get("arrives")
        if isinstance(arrives, time):
            arrives = self.values["arrives"] = self._first_at(arrives, spec, window)
        if arrives is not None and window is not None and arrives < window.end:
            end = f"partition {window.key} ends at {format_instant(window.end)}"
            self.doubt(GRIDS, "arrives", f": {end}; '{self.values['input']}' must arrive then or later")

    def _due_and(self, by: timedelta, spec: DagSpec | None, window: Partition | None) -> datetime | None:
        if spec is None or window is None:
            self.tell("by", ": 'by' needs a workspace to count from; write 'arrives' with a time")
            return None
        expected = spec.inputs[self.values["input"]].expected
        moment = self.arrivals.get(self.values["input"]) if expected is None else expected
        try:
            return after_window(moment, window, spec.zone) + by
        except OverflowError:
            self.tell("partition", f": partition {window.key} is too far in the future; write an earlier one")
        return None

    def _first_at(self, clock: time, spec: DagSpec | None, window: Partition | None) -> datetime | None:
        """The first such local time at or after the partition's end."""
        if self.workspace is None:
            self.tell("arrives", ": a time of day needs a workspace to count from; write a date with a time")
        if spec is None or window is None:
            return None
        try:
            return after_window(clock, window, spec.zone)
        except OverflowError:
            self.tell("partition", f": partition {window.key} is too far in the future; write an earlier one")
        return None

    def never(self) -> None:
        self.window(self.home())

    def home(self) -> DagSpec | None:
        """The DAG whose calendar grid the input's partitions lie on."""
        name = self.values["input"]
        if self.workspace is None:
            return None
        if name not in self.workspace.inputs:
            self.doubt(INPUTS, "input", f" names unknown input '{shown(name)}'{near(name, self.workspace.inputs)}")
            return None
        return self.workspace.inputs[name][0]

    def window(self, spec: DagSpec | None, key: str = "partition") -> Partition | None:
        """The window that stands under this key."""
        if spec is None:
            return None
        try:
            return spec.grid.parse(self.values[key])
        except ValueError as error:
            self.doubt(GRIDS, key, f": {error}")
        return None

    # tasks

    def some_tasks(self) -> None:
        """One task, by its whole or its bare name, or several by a pattern or a pool."""
        name: str = self.values["task"]
        if self.workspace is None:
            return
        if not is_pattern(name):
            self.one_task()
            return
        self.tasks = [
            (spec, task) for spec, task in self.every() if matches(name, f"{spec.name}.{task.name}", task.pool)
        ]
        if not self.tasks:
            told = self._no_task_of_pool(name) if name.startswith(POOL) else f": no task is named '{shown(name)}'"
            self.doubt(POOLS if name.startswith(POOL) else TASKS, "task", told)

    def _no_task_of_pool(self, name: str) -> str:
        assert self.workspace is not None
        pool = name.removeprefix(POOL)
        if pool in self.workspace.pools:
            return f": no task takes slots of the pool '{shown(pool)}'"
        return f" names unknown pool '{shown(pool)}'{near(pool, self.workspace.pools)}"

    def one_task(self) -> None:
        """`dag.task` of a task that was named so, or by its bare name."""
        name: str = self.values["task"]
        if self.workspace is None:
            return
        if is_pattern(name):
            self.tell("task", f": '{shown(name)}' may mean several tasks; name one")
            return
        self.tasks = [(spec, task) for spec, task in self.every() if name in (task.name, f"{spec.name}.{task.name}")]
        if len(self.tasks) != 1:
            self.doubt(TASKS, "task", self._not_one(name))
            return
        spec, task = self.tasks[0]
        self.values["task"] = f"{spec.name}.{task.name}"

    def _not_one(self, name: str) -> str:
        assert self.workspace is not None
        if self.tasks:
            same = ", ".join(f"{spec.name}.{task.name}" for spec, task in self.tasks)
            return f" names task '{name}', which several DAGs have; write one of {same}"
        if name in self.workspace.dags:
            return f": '{shown(name)}' is a DAG; write {name}.* for all of its tasks"
        known = [f"{spec.name}.{task.name}" if "." in name else task.name for spec, task in self.every()]
        return f" names unknown task '{shown(name)}'{near(name, known)}"

    def every(self) -> Iterator[tuple[DagSpec, Task]]:
        assert self.workspace is not None
        return ((spec, task) for spec in self.workspace.dags.values() for task in spec.tasks.values())

    def partition(self) -> None:
        """A partition must be one of all the tasks that are meant."""
        if "partition" not in self.values or not self.tasks:
            return
        specs = [spec for spec, _ in self.tasks]
        if any(spec.grid != specs[0].grid for spec in specs):
            name = shown(self.values["task"])
            self.doubt(
                GRIDS, "partition", f": '{name}' means tasks of DAGs with other partitions; name the tasks of one DAG"
            )
            return
        self.window(specs[0])

    def dag_or_task(self) -> None:
        """A DAG by its name, or one task."""
        if self.workspace is not None and self.values["task"] not in self.workspace.dags:
            self.one_task()

    def followed(self) -> None:
        """What is followed lies directly below a branch; below a short circuit nothing is, when it stops."""
        if not self.tasks:
            return
        (spec, task), follow = self.tasks[0], self.values["follow"]
        if task.short_circuit:
            if follow:
                self.doubt(CHOICES, "follow", f": {task.name} is a short circuit; write [] where it stops")
        elif task.branch is None:
            self.doubt(CHOICES, "task", f": {task.name} chooses nothing; it is no branch and no short circuit")
        else:
            below = [name for name in spec.tasks if task.name in spec.upstream(name)]
            for name in follow:
                if name not in below:
                    self.doubt(
                        CHOICES, "follow", f": '{shown(name)}' is not directly below {task.name}{near(name, below)}"
                    )

    # what goes together

    def order(self) -> None:
        if self.values["until"] <= self.values["start"]:
            self.tell("until", ": 'until' must come after 'from'")

    def doubt(self, about: Doubt, key: str, message: str) -> None:
        """Something is wrong, or it only seems so because this part of the workspace could not be read."""
        if about & {*self.unread, *(f"*.{path.rpartition('.')[2]}" for path in self.unread)}:
            self.told = True
        else:
            self.tell(key, message)

    def tell(self, key: str, message: str) -> None:
        place, self.told = self.written.place, True
        line = place.lines.get(f"{place.path}.{key}", self.written.line)
        place.found.add(f"{place.who}{message}", line)


Check = Callable[[Meaning], None]


def _one_of(first: str, second: str) -> Check:
    def check(meaning: Meaning) -> None:
        if (first in meaning.written.values) == (second in meaning.written.values):
            meaning.tell("", f" needs '{first}' or '{second}', and not both")

    return check


def _some_of(first: str, second: str) -> Check:
    def check(meaning: Meaning) -> None:
        if first not in meaning.values and second not in meaning.values:
            meaning.tell("", f" needs '{first}' or '{second}'")

    return check


def _only_with(needed: str, *names: str) -> Check:
    """Those names mean something only where another one is written."""

    def check(meaning: Meaning) -> None:
        for name in names:
            if name in meaning.values and needed not in meaning.values:
                meaning.tell(name, f": '{name}' means nothing without '{needed}'")

    return check


_AT_TASKS: tuple[Check, ...] = (Meaning.some_tasks, Meaning.partition)
_ANYWHERE: tuple[Check, ...] = (one_place, _only_with("first", "last"), place)
_CHECKS: dict[str, tuple[Check, ...]] = {
    "late": (_one_of("arrives", "by"), Meaning.late),
    "never": (Meaning.never,),
    "flaky": (*_AT_TASKS, _one_of("tries", "rate")),
    "outage": (Meaning.some_tasks, Meaning.order, _only_with("overload", "again")),
    "quota": (
        Meaning.some_tasks,
        _some_of("at_once", "calls"),
        _only_with("calls", "per"),
        _only_with("ban_after", "ban_within", "ban"),
    ),
    "bug": _AT_TASKS,
    "deploy": (Meaning.dag_or_task,),
    "slow": (*_AT_TASKS, _one_of("factor", "takes")),
    "varies": _AT_TASKS,
    "hang": _AT_TASKS,
    "worker_lost": _AT_TASKS,
    "zombie": _AT_TASKS,
    "lost_answer": _AT_TASKS,
    "scheduler_down": (Meaning.order,),
    "choice": (Meaning.one_task, Meaning.partition, Meaning.followed),
    "empty": (place,),
    "truncated": (_one_of("share", "rows"), place),
    "doubled": (place,),
    "schema_drift": (*_ANYWHERE, some_drift),
    "unit_drift": _ANYWHERE,
    "poison": (place,),
    "late_rows": _ANYWHERE,
    "correction": (_one_of("factor", "value"), place),
    "moved": (place, finder),
    "crash_after_write": _AT_TASKS,
    "partial": (dataset,),
}
