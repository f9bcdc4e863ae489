"""Orders about the past: backfill a DAG or a task over a range of days, pause, resume or cancel that, fill a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import NamedTuple, get_args

from workbench.engine import Known
from workbench.engine.backfilled import named, taken_by
from workbench.engine.decide import next_key
from workbench.engine.events import BackfillChanged, RunsRequested
from workbench.engine.rules.inputs import is_live, windows_for
from workbench.model import DagSpec
from workbench.ordering.backfill_choice import (
    Choice,
    Place,
    Which,
    choose,
    choose_downstream,
    include_above,
    include_upstream,
    pinned_by,
)
from workbench.ordering.backfill_code import refuse_unwritten
from workbench.ordering.backfill_costs import empty_plan, plan_of
from workbench.ordering.here import Here, Order, order, refuse, unknown
from workbench.ordering.runs import refuse_outside
from workbench.ordering.targets import Target, span_of, tasks_named, window_of
from workbench.timetable import Partition
from workbench.views.backfill_plan import BackfillPlan
from workbench.views.clock import Clock, listed, plural
from workbench.views.lineage import stale_versions

DEFAULT_LIMIT = 10  # of a backfill, as in Airflow
_MOST_RUNS = 10_000
_WORDS = {"pause": "paused", "resume": "running", "cancel": "cancelled"}


class Settings(NamedTuple):
    """How a backfill runs: at most `limit` runs at once, newest first or oldest first, with this version of the code
    (empty: what is deployed), with this much priority more than its tasks have."""

    limit: int = DEFAULT_LIMIT
    newest: bool = False
    pin: str = ""
    priority: int = 0

    def __str__(self) -> str:
        pinned = f", pinned to {self.pin}" if self.pin else ""
        ahead = f", priority {self.priority:+}" if self.priority else ""
        return f"{'newest' if self.newest else 'oldest'} first, at most {self.limit} at once{pinned}{ahead}"


def backfill(
    here: Here,
    target: Target,
    which: Which = "missing",
    limit: int = DEFAULT_LIMIT,
    newest: bool = False,
    down: bool = False,
    pin: str = "",
    priority: int = 0,
) -> Order:
    """Make the runs of a range of days, oldest first (or `newest`), at most `limit` at once. Of a DAG, or of one task:
    then its others are kept as they are. Days that are `missing`; also those that `failed`; only those whose code or
    inputs `changed`; or `all` that are not under way. `down`: with all that comes after, also in other DAGs."""
    settings = Settings(limit, newest, pin, priority)
    choice, dag, nothing = _chosen(here, target, which, settings, down)
    if nothing:
        raise refuse(nothing)
    return _order(choice, dag, settings, *_told(choice, dag, target, which, settings))


def preview(
    here: Here,
    target: Target,
    which: Which = "missing",
    limit: int = DEFAULT_LIMIT,
    newest: bool = False,
    down: bool = False,
    pin: str = "",
    priority: int = 0,
) -> BackfillPlan:
    """What `backfill` of the same would make. Where that is nothing, there is a plan as well: without runs, with what
    is left out, and `sentence` is the refusal. Raises InvalidInput where it cannot be asked at all."""
    settings = Settings(limit, newest, pin, priority)
    choice, dag, nothing = _chosen(here, target, which, settings, down)
    if nothing:
        return empty_plan(choice, nothing, limit, str(settings))
    told, _, planned = _told(choice, dag, target, which, settings)
    return plan_of(choice, _in_order(choice, newest), told, limit, str(settings), planned)


def _chosen(here: Here, target: Target, which: Which, settings: Settings, down: bool) -> tuple[Choice, str, str]:
    """What is made, of which DAG, and, where that is nothing, why."""
    known = here.known
    dag, tasks = chosen_tasks(known, target.name)
    if not target.first:
        raise refuse(f"A backfill takes a range of days, for example: backfill {target.name}@2013-01-01..2013-01-03")
    assert which in get_args(Which)
    _refuse(here, dag, which, settings)
    refuse_unwritten(known, dag, tasks, settings.pin)
    choice = Choice(here, settings.pin, pinned=pinned_by(known, dag, tasks, settings.pin))
    choose(choice, dag, tasks, _windows(here, known.plans[dag].spec, target), which)
    if not choice.made:
        return choice, dag, _nothing_to_fill(target, which, _told_left(known, dag, choice.left.values()))
    choice.asked_left = dict(choice.left)
    if down:
        choose_downstream(choice)
    include_above(choice)
    return choice, dag, ""


def _told(
    choice: Choice, dag: str, target: Target, which: Which, settings: Settings
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What is asked for, in a sentence; what is told when it is done; what ends its plan."""
    told = f"backfill of {target.name}, {target.days}: {_many(choice)}, {settings}"
    left = _told_left(choice.known, dag, choice.asked_left.values())
    again = f"; to make them as well: backfill {target} all" if which != "all" else ""
    notes = (f"left out: {left}{again}",) if left else ()
    planned = (f"to make those of {dag} that are left out as well: backfill {target} all",) if left and again else ()
    twice = _second_time(choice, target)
    return told, (*notes, *twice), (*planned, *twice)


def chosen_tasks(known: Known, name: str) -> tuple[str, frozenset[str]]:
    """(dag, tasks) that a target means: all tasks of a DAG, or one task, or several of one DAG by a pattern."""
    if name in known.makers and name not in known.plans:
        writers = [f"{d}.{t}" for d, plan in known.plans.items() for t in plan.tasks if name in plan.tasks[t].writes]
        if writers and not any(task == name for plan in known.plans.values() for task in plan.tasks):
            raise refuse(f"{name} is a dataset; give the task that writes it: {listed(writers, 'or')}")
    if name in known.plans:
        return name, frozenset(known.plans[name].tasks)
    found = tasks_named(known, name)
    dags = sorted({dag for dag, _ in found})
    if len(dags) > 1:
        raise refuse(f"{name} means tasks of {listed(dags)}; a backfill begins with one DAG, and `down` takes others")
    return dags[0], frozenset(task for _, task in found)


def _refuse(here: Here, dag: str, which: Which, settings: Settings) -> None:
    _refuse_settings(settings)
    _refuse_second(here, dag)
    if settings.newest and here.known.plans[dag].looks_back:
        raise refuse(f"{dag} has tasks that depend on their past, so a backfill must go oldest first")
    if which == "missing" and here.known.plans[dag].looks_back:
        told = f"{dag} has tasks that depend on their past, and a day that stays failed would hold back those after it"
        raise refuse(f"{told}; write failed, or all")


def _refuse_settings(settings: Settings) -> None:
    if settings.limit < 1:
        raise refuse(f"A limit of {settings.limit} runs would never end; write 1 or more, for example: limit 2")


def _refuse_second(here: Here, dag: str) -> None:
    known = here.known
    for key, run in known.open.items():
        if key.dag == dag and run.backfill and known.backfills[run.backfill].state != "cancelled":
            since = Clock(here.now, run.plan.spec.zone).at(known.backfills[run.backfill].at)
            raise refuse(f"A backfill of {dag} is under way, asked for {since}; one at a time")


def _windows(here: Here, spec: DagSpec, target: Target) -> list[Partition]:
    """The windows of the range that the DAG wants. Refuses a range that has not ended, or is far too long."""
    first, last = span_of(spec, target)
    if last.end > here.now:
        raise refuse(f"{last.key} has not ended: it is {Clock(here.now, spec.zone).full(here.now)}")
    found = list(islice(spec.grid.between(first.start, last.end), _MOST_RUNS + 1))
    if len(found) > _MOST_RUNS:
        raise refuse(f"{target.days} would be more than {_MOST_RUNS} runs; write a shorter range")
    wanted = [window for window in found if spec.wants(window)]
    if not wanted:
        refuse_outside(spec, found[0])
    return wanted


def _told_left(known: Known, dag: str, reasons: Iterable[str]) -> str:
    """`20 days due before the simulation began, so done and 1 day whose run is under way`."""
    unit = known.plans[dag].spec.grid.unit
    return listed([f"{plural(count, unit)} {reason}" for reason, count in Counter(reasons).items()])


def _nothing_to_fill(target: Target, which: Which, left: str) -> str:
    name, days = target.name, target.days
    if which == "all":
        return f"Every run of {name} for {days} is under way; wait until they have ended"
    if which == "changed":
        return f"Nothing of {name} changed for {days} ({left}); to make them again all the same: backfill {target} all"
    what = "missing" if which == "missing" else "missing or failed"
    return f"No run of {name} is {what} for {days} ({left}); to make them again: backfill {target} all"


def _many(choice: Choice) -> str:
    """`30 runs`, `66 runs (30 of flights, 36 of features)`."""
    counts = Counter(dag for dag, _ in choice.made)
    each = f" ({', '.join(f'{count} of {dag}' for dag, count in counts.items())})" if len(counts) > 1 else ""
    return f"{plural(len(choice.made), 'run')}{each}"


def _second_time(choice: Choice, target: Target) -> tuple[str, ...]:
    """Datasets whose store fills itself: the same work is done twice."""
    found = Counter[str]()
    for (dag, _), tasks in choice.made.items():
        plan = choice.known.plans[dag]
        found.update(n for t in tasks for n in plan.tasks[t].writes if kept_by(choice.known, n) == "managed_store")
    return tuple(
        f"{name} is kept by a managed store, which fills its past by itself: {plural(count, 'partition')} would be "
        f"work done twice; instead: materialize {name} from {target.first}"
        for name, count in sorted(found.items())
    )


# the event


def _order(
    choice: Choice, dag: str, settings: Settings, told: str, notes: tuple[str, ...], planned: tuple[str, ...]
) -> Order:
    """`notes` are told when it is done; `planned` end its plan."""
    places = _in_order(choice, settings.newest)
    keys = {place: next_key(choice.known, place[0], place[1].key, choice.kind) for place in places}
    plan = plan_of(choice, places, told, settings.limit, str(settings), planned)
    runs = tuple((keys[place], place[1].start, place[1].end) for place in places)
    event = RunsRequested(
        choice.here.now, dag, "backfill", runs, settings.limit, told, 0, _tasks(choice), settings.pin,
        settings.priority, _kept_plan(plan), _pinned(choice),
    )  # fmt: skip
    return Order((event,), told, notes, tuple(plan.lines()))


def _in_order(choice: Choice, newest: bool) -> list[Place]:
    """DAG by DAG, those upstream first; in each by window."""
    level = {dag: place for place, dag in enumerate(_dags_in_order(choice))}
    by_window = sorted(choice.made, key=lambda place: place[1].start, reverse=newest)
    return sorted(by_window, key=lambda place: level[place[0]])


def _dags_in_order(choice: Choice) -> list[str]:
    known, found = choice.known, list(dict.fromkeys(dag for dag, _ in choice.made))
    does = {dag: set[str]() for dag in found}
    for (dag, _), tasks in choice.made.items():
        does[dag] |= tasks.keys()
    gives = {
        dag: {name for t in tasks for name in (f"{dag}.{t}", *known.plans[dag].tasks[t].writes)}
        for dag, tasks in does.items()
    }
    takes = {dag: {named(n) for t in tasks for n in taken_by(known.plans[dag], t)} for dag, tasks in does.items()}
    sorter = TopologicalSorter({d: [o for o in found if o != d and takes[d] & gives[o]] for d in found})
    try:
        return list(sorter.static_order())
    except CycleError:
        return found


def _tasks(choice: Choice) -> tuple[str, ...]:
    """What runs, as the event names it: nothing when all of it does."""
    known, by_dag = choice.known, dict[str, list[tuple[str, frozenset[str]]]]()
    for (dag, window), tasks in choice.made.items():
        by_dag.setdefault(dag, []).append((window.key, frozenset(tasks)))
    if all(tasks >= known.plans[dag].tasks.keys() for dag, some in by_dag.items() for _, tasks in some):
        return ()
    found: list[str] = []
    for dag, some in by_dag.items():
        common = frozenset.intersection(*(tasks for _, tasks in some))
        names = [name for name in known.plans[dag].tasks if name in common]
        found += [f"{dag}.{name}" for name in names]
        found += [f"{dag}.{name}@{key}" for key, tasks in some for name in sorted(tasks - common)]
    return tuple(found)


def _pinned(choice: Choice) -> tuple[str, ...]:
    """Those that its pin holds for, as the event names them: nothing when it holds for all, also for what is kept."""
    every = {(dag, task) for dag in {dag for dag, _ in choice.made} for task in choice.known.plans[dag].tasks}
    return () if every <= choice.pinned else tuple(sorted(f"{dag}.{task}" for dag, task in choice.pinned))


def _kept_plan(plan: BackfillPlan) -> tuple[tuple[str, str, str], ...]:
    made = [(run.dag, run.partition, run.reason) for run in plan.runs]
    return tuple(made + [(run.dag, run.partition, f"left out: {run.reason}") for run in plan.left_out])


# pause, resume, cancel


def change_backfill(here: Here, word: str, number: int = 0) -> Order:
    """`pause`: none of its runs starts any more, and what has started goes on; `resume` that; `cancel`: those that have
    not started end, as failed. `number`: which; it may be left out while there is one."""
    known = here.known
    number = number or _only(here, word)
    backfill = known.backfills.get(number)
    if backfill is None:
        there = [str(one) for one in known.backfills]
        raise unknown("backfill", str(number), there, "No backfill was asked for." if not there else "")
    runs = [run for run in known.open.values() if run.backfill == number]
    waiting = sum(run.started is None for run in runs)
    _refuse_change(backfill.state, word, number, len(runs))
    goes_on = len(runs) - waiting
    what = "wait" if word == "pause" else "start" if word == "resume" else "end unstarted"
    told = f"{backfill.sentence}: {'resumed' if word == 'resume' else _WORDS[word]}; {_those(waiting, what)}"
    told += f", {_those(goes_on, 'go on')}" if goes_on else ""
    return order(BackfillChanged(here.now, number, _WORDS[word], told, 0))


def _those(count: int, verb: str) -> str:
    first, _, rest = verb.partition(" ")
    one = {"go": "goes"}.get(first, f"{first}s")
    return f"{plural(count, 'run')} {one if count == 1 else first}{' ' if rest else ''}{rest}"


def _only(here: Here, word: str) -> int:
    """The backfill that is meant when none is named: the only one that is not over."""
    known = here.known
    found = sorted({run.backfill for run in known.open.values() if run.backfill})
    fits = [n for n in found if known.backfills[n].state == ("paused" if word == "resume" else "running")]
    fits = fits if word != "cancel" else [n for n in found if known.backfills[n].state != "cancelled"]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise refuse(f"No backfill is {'paused' if word == 'resume' else 'under way'}, so there is none to {word}")
    said = listed([f"{n} ({known.backfills[n].sentence})" for n in fits], "or")
    raise refuse(f"There are several backfills; say which: backfill {word} {fits[0]}. There is: {said}")


def _refuse_change(state: str, word: str, number: int, left: int) -> None:
    if state == "cancelled" and word != "cancel":
        raise refuse(f"Backfill {number} was cancelled; what is left to do takes another one")
    if not left:
        raise refuse(f"Backfill {number} is over: all its runs have ended")
    if state == _WORDS[word]:
        raise refuse(f"Backfill {number} is {'not paused' if word == 'resume' else f'{state} already'}")


# stores


def kept_by(known: Known, dataset: str) -> str:
    """Who fills it: see `Dataset.kept_by`."""
    home = known.makers.get(dataset)
    found = known.plans[home].spec.datasets.get(dataset) if home else None
    return found.kept_by if found is not None else "tasks"


def materialize(here: Here, target: Target, since: str = "", limit: int = DEFAULT_LIMIT, newest: bool = False) -> Order:
    """Fill a feature store. An external one: its ingest task copies what is there, for a range of days, and no other
    DAG runs. A managed one, `since` a day: the platform makes what is missing or stale, with what that is made of."""
    known, name = here.known, target.name
    if name not in known.makers:
        raise unknown("dataset", name, known.makers)
    keeper = kept_by(known, name)
    dag, tasks = _writers(known, name)
    if keeper == "tasks":
        days = f"@{target.days}" if target.first else ""
        raise refuse(f"{name} is filled by its own DAG, and by no store; write: backfill {dag}.{min(tasks)}{days}")
    settings = Settings(limit, newest)
    _refuse_settings(settings)
    _refuse_second(here, dag)
    if since:
        if keeper != "managed_store":
            told = f"{name} is kept by an external store, which copies what is there and makes nothing itself"
            raise refuse(f"{told}; after its sources, write: materialize {name}@{since}..LAST")
        return _by_platform(here, name, dag, tasks, since, settings)
    if not target.first:
        how = f"{name} from 2013-01-01" if keeper == "managed_store" else f"{name}@2013-01-01..2013-01-31"
        raise refuse(f"materialize needs to know which days, for example: materialize {how}")
    choice = Choice(here)
    choose(choice, dag, tasks, _windows(here, known.plans[dag].spec, target), "all")
    if not choice.made:
        raise refuse(_nothing_to_fill(target, "all", ""))
    include_above(choice)
    notes = (*_second_time(choice, target), *_nothing_there(choice))
    told = f"materialize {name}, {target.days}: {_many(choice)}, {settings}"
    return _order(choice, dag, settings, told, notes, notes)


def _writers(known: Known, dataset: str) -> tuple[str, frozenset[str]]:
    """The DAG that writes it, its home if that does, with the writing tasks."""
    found = {d: frozenset(t for t in p.tasks if dataset in p.tasks[t].writes) for d, p in sorted(known.plans.items())}
    home = known.makers[dataset]
    dag = home if found.get(home) else next((d for d, tasks in found.items() if tasks), "")
    if not dag:
        raise refuse(f"No task writes {dataset}, so nothing can fill it; add `writes: [{dataset}]` to one")
    return dag, found[dag]


def _by_platform(here: Here, name: str, dag: str, tasks: frozenset[str], since: str, settings: Settings) -> Order:
    known, spec = here.known, here.known.plans[dag].spec
    first, last = window_of(spec, since), spec.grid.last_ended(here.now)
    target = Target(name, first.key, last.key)
    stale = {one.name[:2]: one.sentence for one in stale_versions(known, [name])}
    choice = Choice(here, kind="platform")
    for window in _windows(here, spec, target):
        place = (name, window.key)
        if place not in known.data.live:
            choice.add((dag, window), tasks, "missing")
        elif place in stale:
            choice.add((dag, window), tasks, "stale")
        else:
            choice.left[dag, window] = "which is there, and not stale"
    if not choice.made:
        raise refuse(f"{name} is there from {since} on, and nothing of it is stale: there is nothing to do")
    include_upstream(choice)
    left = _told_left(known, dag, choice.left.values())
    told = f"materialize {name} from {since}, by the platform: {_many(choice)}, {settings}"
    return _order(choice, dag, settings, told, (f"left out: {left}",) if left else (), ())


def _nothing_there(choice: Choice) -> tuple[str, ...]:
    """What an external store would copy, and that is not there yet."""
    known, empty = choice.known, Counter[str]()
    for (dag, window), tasks in choice.made.items():
        plan = known.plans[dag]
        for need in [
            need for task in tasks for need in taken_by(plan, task) if not need.dag and need.name in known.makers
        ]:
            windows = windows_for(known, need, plan.spec, window)
            empty[need.name] += any(not is_live(known, need.name, known.makers[need.name], one) for one in windows)
    return tuple(
        f"nothing to copy: {source} has nothing live for {count} of these partitions; backfill it first"
        for source, count in sorted(empty.items())
        if count
    )
