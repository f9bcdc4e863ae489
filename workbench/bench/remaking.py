"""What has to run again for the selection to be of what is there now, and who took an older version of it: sentences
for the why pane, and lines of the grammar for its offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from workbench.engine import Run
from workbench.engine.catalog import Version
from workbench.engine.keys import RunKey
from workbench.views.clock import plural
from workbench.views.remake import Again, Places, again_of, changes_of, files_of, said, takers_of, with_above

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


_MOST = 4


class Remakes(NamedTuple):
    """`first`: what must run again for the selection to be up to date. `others`: tasks of other DAGs that took an older
    version of what it wrote."""

    first: tuple[Again, ...] = ()
    others: tuple[Again, ...] = ()


_KEPT: WeakKeyDictionary[Bench, tuple[object, Remakes]] = WeakKeyDictionary()
_COMING: WeakKeyDictionary[Bench, tuple[object, Places]] = WeakKeyDictionary()


def remakes(bench: Bench) -> Remakes:
    """Of the selection, on the day shown; kept until something changes."""
    session = bench.session
    place = (session.branch, session.position, bench.now, bench.chosen, bench.window.key)
    kept = _KEPT.get(bench)
    if kept is None or kept[0] != place:
        kept = _KEPT[bench] = (place, _found(bench))
    return kept[1]


def coming(bench: Bench) -> Places:
    """Files that come again at this very instant, because somebody has just lifted what spoiled them."""
    here = bench.session.here()
    if here.dataflow is None or not here.state.lifted:
        return frozenset()
    place = (bench.session.branch, bench.session.position, bench.now)
    kept = _COMING.get(bench)
    if kept is None or kept[0] != place:
        deliveries, known = here.dataflow.deliveries, here.known
        spoiled = deliveries.spoiled(here.state)
        places = frozenset(
            (name, key)
            for name, key in known.arrived
            if name in spoiled
            and deliveries.is_healed(here.state, known.plans[known.homes[name]].spec, name, key, bench.now)
        )
        kept = _COMING[bench] = (place, places)
    return kept[1]


def _found(bench: Bench) -> Remakes:
    known, first, others = bench.known, dict[tuple[str, str, str], Again](), dict[tuple[str, str, str], Again]()
    for run, tasks in _behind(bench):
        first.update((one.place, one) for one in again_of(known, run, tasks, coming(bench)))
        others.update((one.place, one) for task in tasks for one in takers_of(known, run, task))
    if bench.chosen.kind == "input":
        first = {place: one for place, one in first.items() if one.source[0] == bench.chosen.name}
    return Remakes(tuple(first.values()), tuple(one for place, one in others.items() if place not in first))


def _behind(bench: Bench) -> list[tuple[Run, tuple[str, ...]]]:
    """The tasks that made what is selected, in their runs of the day shown."""
    chosen = bench.chosen
    if chosen.kind in ("task", "dag"):
        run = bench.run
        tasks = () if run is None else (chosen.name,) if chosen.kind == "task" else tuple(run.plan.tasks)
        return [(run, tasks)] if run is not None else []
    if chosen.kind == "input":
        return _takers(bench, chosen.name)
    names = [chosen.name] if chosen.kind == "dataset" else read_by(bench, chosen.name)
    versions = [_newest(bench, name) for name in names if name in bench.known.makers]
    made = [(bench.known.runs.get(one.run), one.task) for one in versions if one is not None]
    return [(run, (task,)) for run, task in made if run is not None and task in run.cells]


def read_by(bench: Bench, reader: str) -> list[str]:
    """The datasets that somebody reads, each once."""
    return list(dict.fromkeys(text.partition("@")[0] for text in bench.known.consumers[reader].reads))


def _newest(bench: Bench, name: str) -> Version | None:
    """The version that is live of the day shown; the newest where none is, or where a newer one is held back."""
    grid = bench.known.plans[bench.known.makers[name]].spec.grid
    return bench.known.data.newest(name, grid.containing(bench.window.start).key)


def _takers(bench: Bench, name: str) -> list[tuple[Run, tuple[str, ...]]]:
    found = []
    for dag, plan in bench.known.plans.items():
        run = bench.known.run_of(dag, plan.spec.grid.containing(bench.window.start).key)
        tasks = tuple(task for task, one in plan.tasks.items()
                      if name in {text.partition("@")[0] for text in (*one.task.needs, *one.task.reads)})  # fmt: skip
        if run is not None and tasks:
            found.append((run, tasks))
    return found


# in words


def remake_lines(bench: Bench) -> list[str]:
    """`ewr came again 08:30 with other rows (350, before: 700); extract took the file of 05:48.`"""
    found, chosen = remakes(bench), bench.chosen
    lines = []
    for one in found.first:
        if one.kind == "missing" and chosen.kind != "consumer":
            continue  # the answer has that already
        mine = chosen.kind != "task" or (one.run.key.dag, one.task) == (chosen.dag, chosen.name)
        behind = "" if mine else f", and {chosen.name} what came of it"
        lines.append(f"{said(bench.known, bench.now, one)}{behind}.")
    for one in found.others:
        full = one._replace(task=f"{one.run.key.dag}.{one.task}")
        lines.append(f"{said(bench.known, bench.now, full)}.")
    return lines


# what a line of the grammar would take


def taken_lines(bench: Bench, line: str) -> Iterator[str]:
    """Of a line that runs tasks of the day shown again: which files they take as they took them before, which are other
    ones, and whether something above them would have to run again first. What is in a file counts, not how much."""
    meant = _meant(bench, line)
    if meant is None:
        return
    run, tasks, asked = meant
    for name in tasks:
        yield from _files_told(bench, run, name)
        for one in changes_of(bench.known, run, name):
            if one.kind == "replaced":
                yield f"{one.source[0]} is version {one.now} now, no longer version {one.source[2]}"
    above = [one for one in again_of(bench.known, run, asked, coming(bench)) if one.task not in tasks or one.run != run]
    for one in above[:_MOST]:
        yield f"the old rows would come again: {said(bench.known, bench.now, one)}. Rather: {line_of(bench, one)}"
    if not above:
        yield from (text for name in asked for text in _same_rows(bench, run, name, tasks))


def _meant(bench: Bench, line: str) -> tuple[Run, tuple[str, ...], tuple[str, ...]] | None:
    """The run, all tasks that would run again, and those that were asked for."""
    verb, _, rest = line.partition(" ")
    target, _, how = rest.partition(" ")
    name, _, day = target.partition("@")
    dag, task = name.rpartition(".")[::2] if "." in name else (name, "") if name in bench.known.plans else ("", name)
    if not dag:
        homes = [one for one, plan in bench.known.plans.items() if task in plan.tasks]
        dag = bench.dag if bench.dag in homes else homes[0] if homes else ""
    run = bench.known.run_of(dag, day) if verb == "rerun" and dag in bench.known.plans else None
    if run is None or (task and task not in run.plan.tasks):
        return None
    asked = (task,) if task else tuple(run.plan.tasks)
    words = how.split()
    up = with_above(run, asked) if "up" in words else asked
    below = [one for one in run.plan.tasks if set(with_above(run, (one,))) & {*asked}] if "down" in words else []
    return run, tuple(dict.fromkeys((*up, *below))), asked


def _files_told(bench: Bench, run: Run, task: str) -> Iterator[str]:
    """Of each file that it took: is it that one still?"""
    clock = bench.clock
    for one in files_of(bench.known, run, task, coming(bench)):
        rows = f", {plural(one.rows, 'row')}" if one.rows is not None else ""
        if one.is_same and one.came is not None:
            yield f"{one.name} is still the file of {clock.at(one.came)}{rows}"
        elif not one.is_same:
            now = f"that of {clock.at(one.came)}{rows}" if one.came is not None else "one that comes now"
            then = f"no longer that of {clock.at(one.took)}" if one.took is not None else "an older one"
            yield (
                f"{one.name} is another file: {now}; {then}"
                if one.had
                else (f"{one.name} is here now, {now}; {task} began without it")
            )


def _same_rows(bench: Bench, run: Run, task: str, tasks: tuple[str, ...]) -> Iterator[str]:
    """A check said no, and nothing that it takes has changed since."""
    cell = run.cells.get(task)
    last = cell.attempts[-1] if cell is not None and cell.state == "failed" and cell.attempts else None
    if last is None or last.reason != "check" or {*tasks} & {*with_above(run, (task,))} - {task}:
        return
    is_aside = any(kept.at >= last.started for some in bench.known.data.aside.values() for kept in some)
    if not is_aside and not any(changes_of(bench.known, run, task, coming(bench))):
        yield f"{task} would take the same rows as before"


def line_of(bench: Bench, one: Again) -> str:
    """`rerun extract@2013-01-02 down`"""
    return f"rerun {named(bench, one.run.key.dag, one.task)}@{one.run.key.partition} down"


def words_of(one: Again) -> str:
    """`jfk is here now: run extract and all below again`"""
    below = any(one.task in plan.ups for plan in one.run.plan.tasks.values())
    what = f"run {one.task}{' and all below' if below else ''} again"
    name = one.source[0]
    because = {"missing": f"{name} is here now: ", "came_again": f"{name} is new: ", "comes": f"{name} is new: "}
    return f"{because.get(one.kind, '')}{what}"


def named(bench: Bench, dag: str, task: str) -> str:
    """As a line takes it: with its DAG where two have such a task."""
    plans = bench.known.plans
    several = sum(task in plan.tasks for plan in plans.values()) > 1
    return f"{dag}.{task}" if several or task in plans else task


def is_below(one: Again, key: RunKey, task: str) -> bool:
    """Does this task run again with it?"""
    return one.run.key == key and task != one.task and one.task in with_above(one.run, (task,))
