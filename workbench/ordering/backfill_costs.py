"""What a backfill would come to, before it runs: slots, time, what it meets on its way, who has read what changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil

from workbench.engine import Known
from workbench.engine.backfilled import named, taken_by
from workbench.engine.rules.clock import next_tick
from workbench.engine.rules.inputs import windows_for
from workbench.ordering.backfill_choice import Choice, Place
from workbench.ordering.backfill_code import warnings_of
from workbench.timetable import Partition
from workbench.views.backfill_plan import KEEP, LEAVE, RUN, BackfillPlan, PlannedRun, PlannedTask
from workbench.views.clock import Clock, ago, listed, plural

_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)


def plan_of(
    choice: Choice, places: list[Place], sentence: str, limit: int, order: str, notes: tuple[str, ...]
) -> BackfillPlan:
    """The picture of what was chosen, its runs in this order."""
    total, pools = _slots(choice)
    ends = choice.here.now + _least(choice, places, limit, total, pools)
    newest_first = order.startswith("newest")
    return BackfillPlan(
        sentence,
        tuple(_run(choice, place) for place in places),
        tuple(_left(choice, place) for place in sorted(choice.left, key=lambda place: (place[0], place[1].start))),
        limit,
        _minutes(total),
        tuple((pool, _minutes(span)) for pool, span in sorted(pools.items())),
        order,
        _time(choice, places, ends),
        (*_same_partitions(choice), *_next_runs(choice, ends, pools), *_paused(choice)),
        tuple(_readers(choice)),
        (*notes, *(_mixed(choice) if newest_first else ())),
        warnings_of(choice),
    )


def empty_plan(choice: Choice, sentence: str, limit: int, order: str) -> BackfillPlan:
    """The picture of a backfill that would make nothing: what is left out, and why."""
    left = sorted(choice.left, key=lambda place: (place[0], place[1].start))
    return BackfillPlan(sentence, (), tuple(_left(choice, place) for place in left), limit, 0, (), order, "")


def _run(choice: Choice, place: Place) -> PlannedRun:
    dag, window = place
    plan, does = choice.known.plans[dag], choice.made[place]
    tasks = tuple(_task(choice, place, name) for name in plan.tasks)
    first = next(iter(does.values()))
    bare = [name for name in plan.tasks if does.get(name) == "nothing to keep"]
    more = f"; of {listed(bare)} there is nothing to keep" if bare else ""
    return PlannedRun(dag, window.key, plan.spec.grid.spoken(window), window.start, window.end, first + more, tasks)


def _task(choice: Choice, place: Place, name: str) -> PlannedTask:
    reason = choice.made[place].get(name)
    if reason is not None:
        return PlannedTask(name, RUN, reason)
    return PlannedTask(name, KEEP if choice.earlier(place, name) is not None else LEAVE)


def _left(choice: Choice, place: Place) -> PlannedRun:
    dag, window = place
    day = choice.known.plans[dag].spec.grid.spoken(window)
    return PlannedRun(dag, window.key, day, window.start, window.end, choice.left[place])


# slots and time


def _slots(choice: Choice) -> tuple[timedelta, dict[str, timedelta]]:
    """Slot time of all tasks, and of those in each pool: how long a try takes, times its slots."""
    total, pools = _NOTHING, defaultdict[str, timedelta](timedelta)
    for (dag, _), tasks in choice.made.items():
        for plan in (choice.known.plans[dag].tasks[name] for name in tasks):
            total += plan.takes * plan.task.slots
            if plan.pool is not None:
                pools[plan.pool] += plan.takes * plan.task.slots
    return total, dict(pools)


def _minutes(span: timedelta) -> int:
    return ceil(span / _MINUTE)


def _least(choice: Choice, places: list[Place], limit: int, total: timedelta, pools: dict[str, timedelta]) -> timedelta:
    """The least time that it takes: bounded by its limit, its pools and the workers."""
    known = choice.known
    ways = [_way(choice, place) for place in places]
    bounds = [_longest(choice, places), sum(ways, _NOTHING) / limit]
    bounds += [span / known.pools[pool] for pool, span in pools.items() if known.pools[pool]]
    if known.workers:
        tries = [known.plans[dag].tasks[name].takes for (dag, _), tasks in choice.made.items() for name in tasks]
        bounds.append(sum(tries, _NOTHING) / known.workers)
    return timedelta(minutes=ceil(max(bounds) / _MINUTE))


def _runs_after(choice: Choice, places: list[Place]) -> dict[Place, list[tuple[Place, str]]]:
    """For each run those (run, task) before it that write, or are, what its own tasks take: it starts after them."""
    known, made = choice.known, defaultdict[str, dict[str, list[tuple[Place, str]]]](dict)
    found: dict[Place, list[tuple[Place, str]]] = {}
    for dag, window in places:
        plan, does = known.plans[dag], choice.made[dag, window]
        needs = [need for task in does for need in taken_by(plan, task) if named(need) in made]
        found[dag, window] = [
            entry
            for need in needs
            for one in windows_for(known, need, plan.spec, window)
            for entry in made[named(need)].get(one.key, ())
        ]
        for task in does:
            for name in (f"{dag}.{task}", *plan.tasks[task].writes):
                made[name].setdefault(window.key, []).append(((dag, window), task))
    return found


def _longest(choice: Choice, places: list[Place]) -> timedelta:
    """The longest way through all of it, where runs come after others that write what they take."""
    after = _runs_after(choice, places)
    ends: dict[Place, dict[str, timedelta]] = {}
    for place in places:  # what it comes after stands before it
        starts = max((ends[other][task] for other, task in after[place]), default=_NOTHING)
        ends[place] = _ends(choice, place, starts)
    return max(max(some.values(), default=_NOTHING) for some in ends.values())


def _way(choice: Choice, place: Place) -> timedelta:
    """The longest way through what a run does."""
    return max(_ends(choice, place, _NOTHING).values(), default=_NOTHING)


def _ends(choice: Choice, place: Place, starts: timedelta) -> dict[str, timedelta]:
    """When each task could end at the earliest."""
    plan, does = choice.known.plans[place[0]], choice.made[place]
    ends: dict[str, timedelta] = {}
    for name, task in plan.tasks.items():  # upstream first
        before = max((ends[up] for up in task.ups), default=starts)
        ends[name] = before + (task.takes if name in does else _NOTHING)
    return ends


def _time(choice: Choice, places: list[Place], ends: datetime) -> str:
    spec = choice.known.plans[places[0][0]].spec
    least = ends - choice.here.now
    return f"time: at least {ago(least)}, so until {Clock(choice.here.now, spec.zone).full(ends)}"


# what it meets


def _same_partitions(choice: Choice) -> Iterator[str]:
    """The scheduled run of a partition that is still to come writes what the backfill writes."""
    known = choice.known
    for dag in dict.fromkeys(dag for dag, _ in choice.made):
        tick = _tick(known, dag)
        if tick is not None and (dag, tick[1]) in choice.made:
            spec = known.plans[dag].spec
            day, at = spec.grid.spoken(tick[1]), Clock(choice.here.now, spec.zone).full(tick[0])
            yield f"collision: the scheduled run of {dag} for {day} comes {at}: who ends last wins"


def _next_runs(choice: Choice, ends: datetime, pools: dict[str, timedelta]) -> Iterator[str]:
    """Scheduled runs that come before it can be over, and want the same slots."""
    known = choice.known
    mine = {dag for dag, _ in choice.made}
    for dag, plan in sorted(known.plans.items()):
        tick = _tick(known, dag)
        shared = sorted({task.pool for task in plan.tasks.values() if task.pool is not None} & pools.keys())
        if tick is None or tick[0] > ends or not (shared or known.workers or dag in mine):
            continue
        at = Clock(choice.here.now, plan.spec.zone).full(tick[0])
        pool = f"pool {listed(shared)} ({', '.join(plural(known.pools[p], 'slot') for p in shared)})" if shared else ""
        want = f", which wants {pool} too" if pool else ", which wants workers too" if known.workers else ""
        yield f"collision: the next scheduled run of {dag}{want}, comes {at}, before this is over"


def _tick(known: Known, dag: str) -> tuple[datetime, Partition] | None:
    return next_tick(known, dag) if dag not in known.paused else None


def _paused(choice: Choice) -> Iterator[str]:
    for dag in dict.fromkeys(dag for dag, _ in choice.made):
        if dag in choice.known.paused:
            yield f"{dag} is paused: nothing of it starts until it is switched on again"


def _mixed(choice: Choice) -> Iterator[str]:
    """Newest first, a task may take earlier partitions that the same backfill makes after it."""
    found: dict[tuple[str, str, str], None] = {}
    for (dag, window), tasks in choice.made.items():
        plan = choice.known.plans[dag]
        for task in tasks:
            for need in [need for need in taken_by(plan, task) if need.low < 0]:
                earlier = [w for w in windows_for(choice.known, need, plan.spec, window) if w.start < window.start]
                if any(_makes(choice, dag, one, named(need)) for one in earlier):
                    found[dag, task, named(need)] = None
    for dag, task, name in found:
        yield f"newest first, {dag}.{task} takes earlier partitions of {name} before they are made: old and new mixed"


def _makes(choice: Choice, dag: str, window: Partition, name: str) -> bool:
    """Does the same DAG make this partition of it, later in the order?"""
    tasks = choice.made.get((dag, window), {})
    return any(name == f"{dag}.{t}" or name in choice.known.plans[dag].tasks[t].writes for t in tasks)


# who has read it


def _readers(choice: Choice) -> Iterator[str]:
    """Consumers that have read partitions which would be written again."""
    known = choice.known
    written = {
        (name, window.key) for (dag, window), tasks in choice.made.items()
        for task in tasks for name in known.plans[dag].tasks[task].writes
    }  # fmt: skip
    found: dict[tuple[str, str], tuple[set[str], datetime]] = {}
    for read in known.data.reads:
        if (read.dataset, read.partition) in written:
            parts, _ = found.get((read.consumer, read.dataset), (set[str](), read.at))
            found[read.consumer, read.dataset] = parts | {read.partition}, read.at
    for (consumer, dataset), (parts, last) in sorted(found.items()):
        spec = known.plans[known.makers[dataset]].spec
        at = Clock(choice.here.now, spec.zone).full(last)
        yield f"read before: {consumer} has read {len(parts)} of these partitions of {dataset}, the last time {at}"
