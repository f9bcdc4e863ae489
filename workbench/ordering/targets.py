"""What a person points at: `clean`, `daily.clean@2013-01-03`, `clean@2013-01-03..2013-01-05`, `daily`, `*.load@last`.

A name is a task (bare when only one DAG has it), a DAG (all its tasks), or a pattern with `*`. A day is a key of the
DAG's grid; none, or `last`, is the newest run.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import groupby
from typing import NamedTuple

from workbench.engine import Known, Run, RunKey
from workbench.model import DagSpec
from workbench.ordering.here import refuse, unknown
from workbench.timetable import Partition
from workbench.views.clock import listed, plural
from workbench.views.targets import underscored

LAST = "last"
_MOST_NAMED = 4


class Target(NamedTuple):
    """A name, and the first and last day of a range; both empty for the newest run."""

    name: str
    first: str = ""
    last: str = ""

    @property
    def days(self) -> str:
        return self.first if self.first == self.last else f"{self.first}..{self.last}"

    def __str__(self) -> str:
        return f"{self.name}@{self.days}" if self.first else self.name


def target_of(text: str) -> Target:
    """`clean@2013-01-03..2013-01-05` taken apart. Raises InvalidInput for what has not that shape."""
    name, at, days = text.partition("@")
    first, dots, last = days.partition("..")
    if not name or "@" in days or (at and not first) or (dots and not last):
        raise refuse(f"'{text}' is no target; write a name and perhaps a day: clean@2013-01-03")
    if first == LAST and not dots:
        first = ""
    return Target(name, first, last if dots else first)


def one_day(target: Target) -> str:
    """The day of a target that may have one, and no range."""
    if target.first != target.last:
        raise refuse(f"{target} is a range of days; here it takes one day: {target.name}@{target.first}")
    return target.first


# names


def every_task(known: Known) -> list[tuple[str, str]]:
    return [(dag, task) for dag, plan in known.plans.items() for task in plan.tasks]


def tasks_named(known: Known, name: str) -> list[tuple[str, str]]:
    """(dag, task) of all that a name means. Raises InvalidInput when it means nothing, or too much."""
    if "*" in name:
        return _matching(known, name)
    name = underscored(known, name)
    dag, _, task = name.rpartition(".")
    found = [place for place in every_task(known) if place[1] == task and dag in ("", place[0])]
    if not dag and name in known.plans:
        if found:
            raise refuse(f"{name} is a DAG and a task; write {found[0][0]}.{name} for the task, {name}.* for all tasks")
        return [(name, one) for one in known.plans[name].tasks]
    if not found:
        raise _no_task(known, dag, task)
    if len(found) > 1:
        raise refuse(f"Several DAGs have a task {name}; write {listed([f'{d}.{t}' for d, t in found], 'or')}")
    return found


def _matching(known: Known, pattern: str) -> list[tuple[str, str]]:
    whole = "." in pattern
    found = [(d, t) for d, t in every_task(known) if fnmatchcase(f"{d}.{t}" if whole else t, pattern)]
    if not found:
        raise unknown("task is like", pattern, [t for _, t in every_task(known)])
    return found


def _no_task(known: Known, dag: str, task: str) -> Exception:
    if dag and dag not in known.plans:
        return unknown("DAG", dag, known.plans)
    if dag:
        return unknown("task", f"{dag}.{task}", [f"{dag}.{one}" for one in known.plans[dag].tasks])
    if task in known.homes:
        users = [f"{d}.{t}" for d, t in every_task(known) if task in _takes(known, d, t)]
        hint = f"; it is taken by {listed(users)}" if users else ""
        return refuse(f"{task} is an input, which somebody else delivers{hint}")
    if task in known.makers:
        writers = [f"{d}.{t}" for d, t in every_task(known) if task in known.plans[d].tasks[t].writes]
        hint = f"; it is written by {listed(writers)}" if writers else ""
        return refuse(f"{task} is a dataset{hint}")
    gone = sorted({run.key.dag for run in known.runs.values() if task in run.cells})
    if gone:
        return refuse(f"{task} was taken out of {gone[0]}, so nothing can be done with it; undo brings it back")
    return unknown("task", task, [*(t for _, t in every_task(known)), *known.plans])


def _takes(known: Known, dag: str, task: str) -> tuple[str, ...]:
    found = known.plans[dag].tasks[task].task
    return (*found.needs, *found.reads, *found.requires)


def dags_named(known: Known, name: str) -> list[str]:
    """The DAGs of a name or a pattern."""
    found = [dag for dag in known.plans if fnmatchcase(dag, name)] if "*" in name else [name]
    if found and all(dag in known.plans for dag in found):
        return found
    homes = sorted({dag for dag, task in every_task(known) if name in (task, f"{dag}.{task}")})
    if homes:
        raise refuse(f"{name} is a task; here it takes a DAG: {listed(homes, 'or')}")
    raise unknown("DAG", name, known.plans)


def one_dag(known: Known, name: str) -> str:
    """The DAG of a name, or the DAG of a task of that name."""
    if name in known.plans:
        return name
    name = underscored(known, name)
    homes = {dag for dag, task in every_task(known) if name in (task, f"{dag}.{task}")}
    if len(homes) == 1:
        return homes.pop()
    found = dags_named(known, name)
    if len(found) > 1:
        raise refuse(f"{name} means {listed(found)}; here it takes one DAG")
    return found[0]


def home_of(known: Known, name: str) -> str:
    """The same; of a dataset, its home."""
    is_dataset = name in known.makers and not any(name == task for _, task in every_task(known))
    return known.makers[name] if is_dataset else one_dag(known, name)


# days and runs


def window_of(spec: DagSpec, day: str) -> Partition:
    try:
        return spec.grid.parse(day)
    except ValueError as error:
        raise refuse(f"{error}") from None


def span_of(spec: DagSpec, target: Target) -> tuple[Partition, Partition]:
    """The first and the last window of a target that has days."""
    first, last = window_of(spec, target.first), window_of(spec, target.last)
    if last.start < first.start:
        raise refuse(f"{target.days} ends before it begins; write {target.last}..{target.first}")
    return first, last


def newest(known: Known, dag: str, task: str = "") -> Run | None:
    """The newest run of a DAG; one that has the task, if there is one."""
    runs = (run for key, run in known.runs.items() if key.dag == dag)
    return max(runs, key=lambda run: (task in run.cells, run.created, run.key), default=None)


def runs_at(known: Known, dag: str, target: Target, task: str = "") -> list[Run]:
    """The newest run of each day of the target, in the order of the days."""
    if not target.first:
        found = newest(known, dag, task)
        return [found] if found is not None else []
    first, last = span_of(known.plans[dag].spec, target)
    runs: dict[str, Run] = {}
    for run in sorted((r for k, r in known.runs.items() if k.dag == dag), key=lambda run: (run.window, run.key.n)):
        if first.start <= run.window.start <= last.start:
            runs[run.window.key] = run
    return list(runs.values())


def instances(known: Known, target: Target) -> list[tuple[Run, str]]:
    """The task instances that a target means, by task and day. Raises InvalidInput when there is none."""
    places = tasks_named(known, target.name)
    found = [(run, task) for dag, task in places for run in runs_at(known, dag, target, task)]
    if not found:
        raise no_run(known, places[0][0], target)
    here = [(run, task) for run, task in found if task in run.cells]
    if not here:
        run, task = found[0]
        raise refuse(f"{task} is not in the run of {spoken(run)}: it was added to {run.key.dag} later")
    return here


def no_run(known: Known, dag: str, target: Target) -> Exception:
    if not target.first:
        return refuse(f"{dag} has no run yet; let time go on (run), or make one: trigger {dag}")
    day = target.days if target.first != target.last else window_of(known.plans[dag].spec, target.first).key
    return refuse(f"{dag} has no run for {day}; make one: trigger {dag}@{target.first}")


# in words


def spoken(run: Run) -> str:
    """`Thu 3 Jan`: the day that a run owns."""
    return run.plan.spec.grid.spoken(run.window)


def grouped(found: Iterable[tuple[Run, str]]) -> tuple[tuple[RunKey, tuple[str, ...]], ...]:
    """Instances by run, as events hold them: runs in the order of their keys, tasks from upstream to downstream."""
    ordered = sorted({(run.key, place_of(run, task), task) for run, task in found})
    return tuple((key, tuple(task for _, _, task in some)) for key, some in groupby(ordered, key=lambda one: one[0]))


def place_of(run: Run, task: str) -> int:
    plan = run.plan.tasks.get(task)
    return plan.index if plan is not None else len(run.plan.tasks)


def those(known: Known, parts: Iterable[tuple[RunKey, tuple[str, ...]]]) -> str:
    """`clean and publish of Thu 3 Jan`, `clean of Thu 3 Jan and Fri 4 Jan`, `12 tasks of 4 runs`."""
    parts = tuple(parts)
    names = list(dict.fromkeys(name_in(known, key.dag, task) for key, tasks in parts for task in tasks))
    days = list(dict.fromkeys(spoken(known.runs[key]) for key, _ in parts))
    same = len({tasks for _, tasks in parts}) == 1
    if len(names) > _MOST_NAMED or not same:
        many = sum(len(tasks) for _, tasks in parts)
        of = f" of {days[0]}" if len(days) == 1 else f" of {plural(len(parts), 'run')}"
        return f"{plural(many, 'task')}{of}"
    of = listed(days) if len(days) <= _MOST_NAMED else f"{len(days)} days, {days[0]} to {days[-1]}"
    return f"{listed(names)} of {of}"


def name_in(known: Known, dag: str, task: str) -> str:
    """The task's bare name when only one DAG has it, else with its DAG."""
    return f"{dag}.{task}" if sum(task in plan.tasks for plan in known.plans.values()) > 1 else task
