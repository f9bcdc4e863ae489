"""What the engine asks of a world, simulated or real. The rules never see one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from workbench.engine.events import Event, RunKey
from workbench.engine.state import Run, State

# The order in which facts of one instant are applied: changes are deploys, and the scheduler's going and coming.
# Starts come after all decisions of the instant.
END, ARRIVAL, DEADLINE, READ, CHANGE, TICK, START = range(7)


# One fact to come: (instant, kind, dag, partition, task or input, run, and what the world keeps with it). Facts
# sort by the first five, then by the run; the last is never compared.
Due = tuple[datetime, int, str, str, str, RunKey | None, Any]


class World(Protocol):
    """Facts that come from outside the orchestrator."""

    agenda: list[Due]
    """What is due, as a heap: the first is next."""

    def remember(self, past: Callable[[int], State]) -> None:
        """From now on `past(n)` answers the state after the first n events of the log."""

    def attach(self, state: State, now: datetime) -> None:
        """Forget all and work out what is due from `state`, which stands at `now`."""

    def take(self, state: State) -> Event | None:
        """The next fact of the agenda as an event, not yet applied; None when nothing came of it (a sensor looked and
        goes on looking, a tick that nobody heard, a deadline that was met)."""

    reactions: dict[type[Any], Callable[[State, Any, Run | None], None]]
    """By kind of event: what follows in the world once it was applied (to its run, if it is about one)."""
