"""Everything that can be seen of a state, as plain values; and its counters, counted anew from the cells."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from workbench.engine import FINISHED, Event, Run, State, evolve


def seen(state: State) -> dict[str, Any]:
    """Whatever a rule, a view or the world could tell apart."""
    known = state.known
    return {
        "runs": {key: _run(run) for key, run in known.runs.items()},
        "open": sorted(known.open),
        "plans": {name: (plan.version, plan.spec) for name, plan in known.plans.items()},
        "counters": counters(state),
        "arrived": dict(known.arrived),
        "others": (dict(known.homes), known.pools, known.workers, known.live_since, known.seed),
        "ticked": dict(known.ticked),
        "numbers": (known.seq, known.freed),
        "faults": state.faults,
    }


def _run(run: Run) -> tuple[Any, ...]:
    life = (run.state, run.created, run.started, run.ended, run.seq, run.left)
    return (run.key, run.window, run.plan.version, run.plan.spec, *life, dict(run.cells))


def counters(state: State) -> dict[str, Any]:
    """What the state has counted."""
    known = state.known
    return {
        "busy": known.busy,
        "pool_busy": dict(known.pool_busy),
        "active": dict(known.active),
        "open": set(known.open),
        "left": {key: run.left for key, run in known.runs.items()},
    }


def recounted(state: State) -> dict[str, Any]:
    """The same, from nothing but cells and runs."""
    known = state.known
    running = [r for r in known.runs.values() if r.state == "running"]
    at_work = [
        run.plan.tasks[name].pool
        for run in known.runs.values()
        for name, cell in run.cells.items()
        if cell.state in ("queued", "running")
    ]
    pools = Counter(at_work)
    return {
        "busy": len(at_work),
        "pool_busy": {pool: pools[pool] for pool in known.pools},
        "active": {dag: sum(run.key.dag == dag for run in running) for dag in known.plans},
        "open": {key for key, run in known.runs.items() if run.state in ("queued", "running")},
        "left": {k: sum(c.state not in FINISHED for c in r.cells.values()) for k, r in known.runs.items()},
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
