"""What is wrong with what a task published, or with a dataset, where somebody saw it: how far, and what is odd about
the files that it was made of. No `why` of the core knows this: it is the world's secret until somebody reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from workbench.bench.bad_files import Taken, bad_files, files_behind, taken_files, with_all_above
from workbench.bench.panes.versions import wrong_said
from workbench.bench.seen import seen_partitions
from workbench.ordering import active
from workbench.views.cells import printable
from workbench.views.clock import listed, plural

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.engine import Arrival
    from workbench.scenario.beside import Beside

_LEAST_OTHERS = 2
_MOST_SHARED = 2


def wrong_lines(bench: Bench) -> list[str]:
    """`wrong: 164 missing, all with origin LGA (view 4)`, and the files that have too few or too many rows.
    Nothing where it was right, or nobody read it."""
    lines: list[str] = []
    for name in _datasets(bench) if bench.shows_right else ():
        found = _beside(bench, name)
        if found is not None:
            lines.append(_wrong(name, found, bench.chosen.kind == "dataset"))
            lines += [*_odd_files(bench, name)] or [*_spoiled_files(bench, name)]
    return list(dict.fromkeys(lines))


def _datasets(bench: Bench) -> tuple[str, ...]:
    """The selected one, or those that the selected task writes."""
    chosen, known = bench.chosen, bench.known
    if chosen.kind == "dataset":
        return (chosen.name,) if chosen.name in known.makers else ()
    plan = known.plans[chosen.dag].tasks.get(chosen.name) if chosen.kind == "task" else None
    return tuple(plan.writes) if plan is not None else ()


def _beside(bench: Bench, name: str) -> Beside | None:
    grid = bench.known.plans[bench.known.makers[name]].spec.grid
    version = bench.known.data.live_version(name, grid.containing(bench.window.start).key)
    seen = seen_partitions(bench.known)
    if version is None or (seen is not None and version.name[:2] not in seen):
        return None
    return bench.session.beside(version)


def _wrong(name: str, found: Beside, is_alone: bool) -> str:
    said = "; ".join(_both(found)) if found.alike or _is_mixed(found) else _one_kind(found)
    return f"{'wrong' if is_alone else f'{name} is wrong'}: {said} (view 4)"


def _is_mixed(found: Beside) -> bool:
    """Are some missing or too many, and others different?"""
    return bool(found.differ and (found.missing or found.extra))


def _both(found: Beside) -> Iterator[str]:
    """`318 missing, all with origin JFK` and `325 different in arr_delay, all with origin EWR`: two things happened."""
    rest = wrong_said(found.judged._replace(different=0))
    yield f"{rest}{_all_with((found.common or found.shared)[:_MOST_SHARED])}{_twice(found)}"
    other = wrong_said(found.judged._replace(missing=0, duplicated=0))
    yield f"{other} in {listed(found.differ[:_MOST_SHARED])}{_all_with(found.alike)}"


def _one_kind(found: Beside) -> str:
    pairs = (found.common or found.shared)[: _MOST_SHARED if found.missing else 1]
    said = wrong_said(found.judged) + (f" in {listed(found.differ[:_MOST_SHARED])}" if found.differ else "")
    return f"{said}{_all_with(pairs)}{_twice(found)}"


def _all_with(pairs: Iterable[tuple[str, Any]]) -> str:
    shared = ", ".join(f"{column} {printable(str(value))}" for column, value in pairs)
    return f", all with {shared}" if shared else ""


def _twice(found: Beside) -> str:
    return ", each there a second time" if found.twice else ""


def _odd_files(bench: Bench, name: str) -> Iterator[str]:
    """Files whose number of rows is none that another day had."""
    home = bench.known.makers[name]
    writers = [task for task, plan in bench.known.plans[home].tasks.items() if name in plan.writes]
    for task in with_all_above(bench, home, writers):
        for file in taken_files(bench, home, [task]):
            yield from _odd(bench, task, file)


def _spoiled_files(bench: Bench, name: str) -> Iterator[str]:
    """Files that a person spoiled, and from which it comes: `ewr was taken as fault 4 made it: arr_delay times 60`.
    Nothing of the scenario's own faults: these are its secret."""
    told = {one.number: one.sentence for one in active(bench.session.here())}
    for one in bad_files(bench, files_behind(bench, [name])):
        yield f"made of {one.file.name}, which fault {one.number} spoiled: {told[one.number]}"


def _taken(bench: Bench, task: str, file: Taken) -> Arrival | None:
    """As it was when the newest try of the task began."""
    run = bench.known.run_of(bench.known.homes[file.name], bench.window.key)
    cell = run.cells.get(task) if run is not None else None
    started = cell.attempts[-1].started if cell is not None and cell.attempts else None
    there = [one for one in file.all if started is not None and one.at <= started]
    return there[-1] if there else None


def _is_right(bench: Bench, file: Taken, came: Arrival) -> bool:
    """Was in it what the vendor should have delivered? No file is blamed for another's rows."""
    here, known = bench.session.here(), bench.known
    if here.dataflow is None:
        return False
    spec = known.plans[known.homes[file.name]].spec
    right = here.dataflow.deliveries.right(here.state, spec, file.name, file.window.key, came.at)
    return right == (came.rows, came.content)


def _odd(bench: Bench, task: str, file: Taken) -> Iterator[str]:
    others = [one.rows for (name, key), one in bench.known.arrived.items()
              if name == file.name and key != file.window.key and one.rows is not None]  # fmt: skip
    came = _taken(bench, task, file)
    rows = came.rows if came is not None else None
    if came is None or rows is None or len(others) < _LEAST_OTHERS or min(others) <= rows <= max(others):
        return
    if _is_right(bench, file, came):
        return
    unit = bench.known.plans[bench.known.homes[file.name]].spec.grid.unit
    days = "days" if unit == "day" else "files"
    took = f"{task} took {file.name} with {plural(rows, 'row')}"
    least, most = min(others), max(others)
    yield f"{took}; its other {days} have {least}{f' to {most}' if most > least else ''}"
