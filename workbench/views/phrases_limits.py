"""Sentences about waits for room: a run's start, a paused DAG, slots of a pool, workers, limits on tasks under way."""

from __future__ import annotations

from collections.abc import Callable

from workbench.engine import Run
from workbench.engine.state import UNDER_WAY
from workbench.engine.verdicts import Wait
from workbench.timetable import Partition
from workbench.views.clock import ago, listed, plural
from workbench.views.wording import Answer, Phrases, shortened

# So many runs that wait for their start are a flood.
MANY_WAIT = 10
_ORDER = "The next free one goes to the task with the highest priority, then to the one ready longest."
_TURN = "When one ends, the task with the highest priority is next, then the one ready longest."


# the run


def waits_for_unpause(p: Phrases, task: str, found: Wait) -> Answer:
    return Answer(
        f"{task} waits{p.since(found.since)}: {p.dag} {paused_when(p)}.",
        (
            f"While it is paused, no run of {p.dag} is made and none of its tasks starts; what runs goes on.",
            f"Starts when somebody unpauses {p.dag}; it does not do so by itself.",
        ),
        (f"unpause {p.dag}",),
    )


def paused_when(p: Phrases) -> str:
    """`was paused 06:30`, of the DAG."""
    since = p.known.paused[p.dag]
    from_the_start = p.dag in p.known.born_paused and since == p.known.live_since
    return "has been paused from the start" if from_the_start else f"was paused {p.at(since)}"


def waits_for_its_run(p: Phrases, task: str, found: Wait) -> Answer:
    """Under max_active_runs, or the limit of a backfill."""
    limit, active = _run_limit(p)
    if active < limit:
        return Answer(f"{task} waits for its run to start, which it does now.")
    whose = f"this backfill ({p.known.backfills[p.run.backfill].sentence})" if p.run.backfill else p.dag
    word = "its limit" if p.run.backfill else "max_active_runs"
    much = "as many as" if active == limit else "more than"
    running = f"{plural(active, 'run')} of {whose} {'is' if active == 1 else 'are'} running, {much} {word} allows."
    flood = _flood(p)
    if flood:
        said = f"{plural(len(flood), 'run')} of {p.dag} wait: catchup is on, and makes a run for each tick of its past."
        headline = f"{task} waits for its run to start{p.since(p.run.created)}."
        return Answer(headline, (running, _run_turn(p), said), _flood_helps(p, flood))
    help_ = "see why the oldest run does not end"
    return Answer(
        f"{task} waits for its run to start{p.since(p.run.created)}.",
        (running, _run_turn(p)),
        (help_ if p.run.backfill else f"raise max_active_runs, or {help_}",),
    )


def waits_for_backfill(p: Phrases, task: str, found: Wait) -> Answer:
    """Its backfill was paused by hand."""
    told, number = p.known.backfills[p.run.backfill].sentence, p.run.backfill
    return Answer(
        f"{task} waits{p.since(found.since)}: its backfill is paused.",
        (f"It belongs to this backfill: {told}. What runs goes on.", "Starts when somebody resumes the backfill."),
        (f"backfill resume {number}",),
    )


def waits_for_backfill_upstream(p: Phrases, task: str, found: Wait) -> Answer:
    """What it is made of is made anew by the same backfill."""
    above = listed(shortened([_run_said(p, name) for name in found.on]))
    every = "that has" if len(found.on) == 1 else "all of that has"
    return Answer(
        f"{task} waits for {above}{p.since(found.since)}.",
        (
            f"One backfill makes them all anew: {p.known.backfills[p.run.backfill].sentence}.",
            f"What it is made of comes first: starts when {every} ended.",
        ),
        (f"why {found.on[0]}, which has not ended",),
    )


def _run_said(p: Phrases, name: str) -> str:
    """`clean of Tue 1 Jan` of `clean@2013-01-01`; other names as they are."""
    what, at, key = name.partition("@")
    dag = what if what in p.known.plans else what.partition(".")[0]
    if not at or dag not in p.known.plans:
        return name
    grid = p.known.plans[dag].spec.grid
    return f"{what} of {grid.spoken(grid.parse(key))}"


def _flood(p: Phrases) -> list[Run]:
    """The runs that wait for their start, oldest window first, when catchup made very many of them; else none."""
    if p.run.backfill or not p.spec.catchup:
        return []
    found = [r for r in p.known.open.values() if r.key.dag == p.dag and r.started is None and not r.backfill]
    return sorted(found, key=lambda r: r.window.start) if len(found) >= MANY_WAIT else []


def _flood_helps(p: Phrases, waiting: list[Run]) -> tuple[str, ...]:
    """Stop it, take the newest first, then the past at a pace that all can bear."""
    past = waiting[:-1] if waiting[-1].window == _newest_window(p) else waiting
    days = f"{p.dag}@{past[0].key.partition}..{past[-1].key.partition}"
    return (
        f"pause {p.dag}: more runs at once would only ask for more at once",
        f"mark {days} failed, set {p.dag} catchup off, then unpause {p.dag}",
        f"backfill {days} failed newest limit 2, when there is room",
    )


def _newest_window(p: Phrases) -> Partition:
    return max((r.window for r in p.known.open.values() if r.key.dag == p.dag), key=lambda w: w.start)


def _run_limit(p: Phrases) -> tuple[int, int]:
    """(how many may run, how many do)."""
    number = p.run.backfill
    if number:
        return p.known.backfills[number].limit, p.known.backfill_active.get(number, 0)
    return p.spec.max_active_runs, p.known.active[p.dag]


def _run_turn(p: Phrases) -> str:
    """Whose end it waits for, and how many start before it."""
    mates = [r for r in p.known.open.values() if (r.key.dag, r.backfill) == (p.dag, p.run.backfill)]
    running = sorted((r for r in mates if r.started is not None), key=lambda r: (r.started, r.key))
    before = sum(r.started is None and (r.order, r.key) < (p.run.order, p.run.key) for r in mates)
    oldest = p.spec.grid.spoken(running[0].window) if running else ""
    ends = f"that of {oldest} ends" if len(running) == 1 else f"one of them ends; the oldest is that of {oldest}"
    ahead = f" {plural(before, 'run')} {'is' if before == 1 else 'are'} ahead of it." if before else ""
    return f"Starts when {ends}.{ahead}"


# slots


def waits_for_pool(p: Phrases, task: str, found: Wait) -> Answer:
    pool, wanted = found.on[0], p.run.plan.tasks[task].task.slots
    size, free = p.known.pools[pool], p.known.pools[pool] - p.known.pool_busy[pool]
    holders = _holders(p, lambda run, name: run.plan.tasks[name].pool == pool)
    helps = (f"give {task} a higher priority", f"more slots for {pool}")
    if wanted == 1:
        taken = f"{_all_taken(size)}: {listed(shortened(holders))}."
        return Answer(f"{task} of {p.day} waits for a slot in {pool}{_ready(p, task)}.", (taken, _ORDER), helps)
    headline = f"{task} of {p.day} waits for {wanted} slots in {pool}{_ready(p, task)}."
    if wanted > size:
        never = f"It needs {wanted} slots of {pool}, which has only {size}: it can never start."
        return Answer(headline, (never,), (f"more slots for {pool}, or fewer for {task}",))
    others = f"; the others are taken by {listed(shortened(holders))}" if holders else ""
    needs = (
        f"It needs {wanted} slots of {pool}, and {max(free, 0)} of {size} {'is' if free == 1 else 'are'} free{others}."
    )
    return Answer(
        headline, (needs, "Starts when so many are free at once; a task that needs fewer may start first."), helps
    )


def waits_for_worker(p: Phrases, task: str, found: Wait) -> Answer:
    holders = _holders(p, lambda run, name: True)
    taken = f"{_all_taken(p.known.workers or 0)}: {listed(shortened(holders))}."
    helps = (f"give {task} a higher priority", "more workers")
    return Answer(f"{task} of {p.day} waits for a worker{_ready(p, task)}.", (taken, _ORDER), helps)


def waits_for_room_in_run(p: Phrases, task: str, found: Wait) -> Answer:
    most = p.spec.max_active_tasks
    holders = _holders(p, lambda run, name: run is p.run)
    busy = f"{plural(p.run.busy, 'task')} of this run {'is' if p.run.busy == 1 else 'are'} under way: "
    return Answer(
        f"{task} of {p.day} waits for room in its run{_ready(p, task)}.",
        (f"{busy}{listed(shortened(holders))}. max_active_tasks allows {most} in each run.", _TURN),
        (f"give {task} a higher priority", f"raise max_active_tasks of {p.dag}"),
    )


def waits_for_other_tries(p: Phrases, task: str, found: Wait) -> Answer:
    most = p.run.plan.tasks[task].task.max_active
    holders = _holders(p, lambda run, name: run.key.dag == p.dag and name == task)
    return Answer(
        f"{task} of {p.day} waits for another {task} to end{_ready(p, task)}.",
        (f"Under way: {listed(shortened(holders))}. Its max_active allows {most} over all runs.", _TURN),
        (f"raise max_active of {task}",),
    )


def _ready(p: Phrases, task: str) -> str:
    return p.since(p.run.cells[task].ready or p.now)


def _all_taken(size: int) -> str:
    words = {1: "It is", 2: "Both are"}.get(size, f"All {size} are")
    return f"{words} taken"


def _holders(p: Phrases, is_one: Callable[[Run, str], bool]) -> list[str]:
    """Tasks under way, in the words of this run's DAG: `clean of Tue 1 Jan`."""
    found = []
    for run in p.known.open_runs():
        if not run.busy:
            continue
        day = run.plan.spec.grid.spoken(run.window)
        home = "" if run.key.dag == p.dag else f"{run.key.dag}."
        names = [n for n, c in run.cells.items() if c.state in UNDER_WAY and n in run.plan.tasks]
        found += [f"{home}{n}{_slots(run, n)} of {day}" for n in names if is_one(run, n)]
    return found


def _slots(run: Run, task: str) -> str:
    many = run.plan.tasks[task].task.slots
    return f" ({many} slots)" if many > 1 and run.plan.tasks[task].pool is not None else ""


# the scheduler


def away_line(p: Phrases) -> str:
    """Since when nothing has been decided, if the scheduler is down."""
    if p.known.up:
        return ""
    since = p.known.away[-1][0]
    spell = f" ({ago(p.now - since)})" if p.now > since else ""
    down = f"The scheduler has been down since {p.at(since)}{spell}"
    return f"{down}: nothing is decided until it is back; what runs goes on."


LIMITS = {
    "paused": waits_for_unpause,
    "max_active_runs": waits_for_its_run,
    "backfill_limit": waits_for_its_run,
    "backfill_paused": waits_for_backfill,
    "backfill_upstream": waits_for_backfill_upstream,
    "pool": waits_for_pool,
    "workers": waits_for_worker,
    "max_active_tasks": waits_for_room_in_run,
    "max_active": waits_for_other_tries,
}
