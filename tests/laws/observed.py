"""Everything that can be seen of a state, as plain values; and its counters, counted anew from the cells."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from workbench.engine import FINISHED, Event, Run, State, evolve

BUSY = ("queued", "running")


def seen(state: State) -> dict[str, Any]:
    """Whatever a rule, a view or the world could tell apart."""
    known = state.known
    return {
        "runs": {key: _run(run) for key, run in known.runs.items()},
        "order": [key for key, run in known.runs.items() if run.ended],
        "open": sorted(known.open),
        "windows": {
            (key.dag, key.partition): [run.key for run in known.runs_of(key.dag, key.partition)] for key in known.runs
        },
        "plans": {name: (plan.version, plan.spec) for name, plan in known.plans.items()},
        "counters": counters(state),
        "arrived": dict(known.arrived),
        "others": (dict(known.homes), dict(known.listeners), known.pools, known.workers, known.live_since, known.seed),
        "heard": (dict(known.asked), known.away, dict(known.paused), known.born_paused, known.unpaused),
        "data": (dict(known.gathered), dict(known.missed), dict(known.code), dict(known.deployed)),
        "catalog": dict(known.data.snapshot().__dict__),
        "deliveries": (dict(known.again), dict(known.makers), dict(known.routes)),
        "past": dict(known.past),
        "backfills": dict(known.backfills),
        "numbers": (known.seq, known.freed),
        "faults": (state.faults, state.lifted, dict(state.effects)),
    }


def _run(run: Run) -> tuple[Any, ...]:
    life = (run.state, run.created, run.due, run.started, run.ended, run.reason, run.seq, run.left, run.busy)
    return (run.key, run.window, run.plan.version, run.plan.spec, *life, run.backfill, run.order, dict(run.cells))


def counters(state: State) -> dict[str, Any]:
    """What the state has counted."""
    known = state.known
    return {
        "busy": known.busy,
        "pool_busy": dict(known.pool_busy),
        "task_busy": {name: count for name, count in known.task_busy.items() if count},
        "active": dict(known.active),
        "backfill_active": {number: count for number, count in known.backfill_active.items() if count},
        "open": set(known.open),
        "left": {key: run.left for key, run in known.runs.items()},
        "run_busy": {key: run.busy for key, run in known.runs.items()},
    }


def recounted(state: State) -> dict[str, Any]:
    """The same, from nothing but cells and runs."""
    known = state.known
    running = [r for r in known.runs.values() if r.state == "running"]
    at_work = [
        (run, run.plan.tasks[name])
        for run in known.runs.values()
        for name, cell in run.cells.items()
        if cell.state in BUSY
    ]
    pools = Counter[str | None]()
    for _, plan in at_work:
        pools[plan.task.pool] += plan.task.slots
    return {
        "busy": len(at_work),
        "pool_busy": {pool: pools[pool] for pool in known.pools},
        "task_busy": dict(Counter(f"{r.key.dag}.{p.name}" for r, p in at_work if p.task.max_active is not None)),
        "active": {dag: sum(r.key.dag == dag and not r.backfill for r in running) for dag in known.plans},
        "backfill_active": dict(Counter(run.backfill for run in running if run.backfill)),
        "open": {key for key, run in known.runs.items() if run.state in ("queued", "running")},
        "left": {k: sum(c.state not in FINISHED for c in r.cells.values()) for k, r in known.runs.items()},
        "run_busy": {k: sum(r is run for r, _ in at_work) for k, run in known.runs.items()},
    }


def folded(first: State, log: list[Event]) -> State:
    """The state after the log, from a state before its first event that stays as it is."""
    state = first.snapshot()
    for event in log:
        evolve(state, event)
    return state


def instant_after(log: list[Event], position: int, start: datetime) -> datetime:
    """The instant reached by the first `position` events."""
    return log[position - 1].at if position else start
