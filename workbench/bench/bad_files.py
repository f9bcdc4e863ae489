"""Files of which a person knows more than the pipeline: those that they spoiled themselves, and those that a task would
take again as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.engine.rules.inputs import windows_for
from workbench.engine.state import Arrival
from workbench.ordering import active
from workbench.scenario.deliveries import came_of
from workbench.timetable import Partition
from workbench.views.reach import writers_of

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

# Faults on what is in a file: lifted, they bring the right one.
_SPOILING = frozenset({"Empty", "Truncated", "Doubled", "SchemaDrift", "UnitDrift", "Poison"})


class Taken(NamedTuple):
    """A file that came, and that a task takes. `spoken`: its day, in words; `all`: each time it came, in
    order."""

    name: str
    window: Partition
    spoken: str
    all: tuple[Arrival, ...]

    @property
    def came(self) -> Arrival:
        """When it came last."""
        return self.all[-1]


class BadFile(NamedTuple):
    """A file that came spoiled by a fault that a person injected, and that holds. `number`: what `lift` takes."""

    file: Taken
    number: int


def with_all_above(bench: Bench, dag: str, tasks: Iterable[str]) -> list[str]:
    """These tasks, and all above them in their DAG."""
    plan, found = bench.known.plans[dag], [*tasks]
    for name in found:
        found += [up for up in plan.tasks[name].ups if up not in found] if name in plan.tasks else []
    return found


def above_in_all_dags(bench: Bench, dag: str, tasks: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """These tasks with all above them, DAG by DAG: those too that wrote what they take."""
    known, ahead, seen = bench.known, [(dag, [*tasks])], set[tuple[str, str]]()
    for home, names in ahead:
        fresh = [name for name in with_all_above(bench, home, names) if (home, name) not in seen]
        seen |= {(home, name) for name in fresh}
        if fresh:
            yield home, fresh
        spec, plans = known.plans[home].spec, known.plans[home].tasks
        texts = [text for name in fresh if name in plans for text in (*plans[name].task.needs, *plans[name].task.reads)]
        for need in (spec.need(text) for text in texts if text not in plans):
            if need.dag in known.plans:
                ahead.append((need.dag, [need.name]))
            elif need.name in known.makers:
                ahead += [(one, [task]) for one, plan in known.plans.items() for task, p in plan.tasks.items()
                          if need.name in p.writes]  # fmt: skip


def taken_files(bench: Bench, dag: str, tasks: Iterable[str], window: Partition | None = None) -> list[Taken]:
    """The files of a day, of the one shown where none is named, that have come and that these tasks take."""
    known, spec = bench.known, bench.known.plans[dag].spec
    window = spec.grid.containing((window or bench.window).start)
    found: dict[tuple[str, str], Taken] = {}
    for task in tasks:
        one = known.plans[dag].tasks.get(task)
        for text in (*one.task.needs, *one.task.reads) if one is not None else ():
            need = spec.need(text)
            for part in windows_for(known, need, spec, window) if need.name in known.homes and not need.dag else ():
                _keep(bench, found, need.name, part)
    return list(found.values())


def files_behind(bench: Bench, datasets: Iterable[str], window: Partition | None = None) -> list[Taken]:
    """The files of the day shown, or of another, from which these datasets come, through all DAGs; each once."""
    writers = (one for name in datasets for one in writers_of(bench.known, name))
    above = (place for dag, task in writers for place in above_in_all_dags(bench, dag, [task]))
    found = (file for dag, tasks in above for file in taken_files(bench, dag, tasks, window))
    return list({(one.name, one.window.key): one for one in found}.values())


def _keep(bench: Bench, found: dict[tuple[str, str], Taken], name: str, window: Partition) -> None:
    came = came_of(bench.known, name, window.key)
    if came:
        grid = bench.known.plans[bench.known.homes[name]].spec.grid
        found[name, window.key] = Taken(name, window, grid.spoken(window).partition(" (from")[0], came)


def bad_files(bench: Bench, files: Iterable[Taken]) -> Iterator[BadFile]:
    """Those of these files that a person spoiled. The scenario's own faults are its secret."""
    here = bench.session.here()
    holding = [one for one in active(here) if not one.own and type(one.fault).__name__ in _SPOILING]
    since = {id(fault): at for fault, at in here.state.faults}
    for file in files:
        for one in holding:
            if _is_on(one.fault, file) and since.get(id(one.fault), file.came.at) <= file.came.at:
                yield BadFile(file, one.number)


def _is_on(fault: Any, file: Taken) -> bool:
    if fault.input != file.name:
        return False
    if getattr(fault, "partition", None):
        return bool(fault.partition == file.window.key)
    first, last = getattr(fault, "first", None) or "", getattr(fault, "last", None) or file.window.key
    return bool(first <= file.window.key <= last)
