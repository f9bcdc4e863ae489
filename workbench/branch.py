"""A branch: one future. Its whole log in memory, with snapshots from which any position is a short fold."""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from workbench.engine import Engine, Event, State, World, evolve

# A seek folds at most this many events, about a millisecond; more where many runs are open, since each that changes
# between two snapshots is kept once for each.
EVENTS_PER_SNAPSHOT = 256
# How many states that were asked for are kept: whoever steps asks several times for the same, then for the next.
_RECENT = 4
EVENTS_PER_OPEN_RUN = 16
# Simulated in one go, between looks at the clock and at the history.
EVENTS_PER_BATCH = 2048
SECOND = timedelta(seconds=1)


@contextmanager
def no_collection() -> Iterator[None]:
    """Pauses the cycle collector while many things are made that are in no cycles: looking for some among them costs
    up to a quarter of the time, and finds none. One inside another does nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Branch:
    """Events 1..n of one future. `shared` of them belong to `parent` as well. `horizon` (UTC): all that
    happens up to here, this instant included, is in the log."""

    def __init__(
        self, name: str, first: State, start: datetime, world: World, parent: Branch | None = None, shared: int = 0
    ) -> None:
        self.name, self.parent, self.shared, self.start, self.world = name, parent, shared, start, world
        self.log: list[Event] = parent.log[:shared] if parent else []
        self.horizon = start - SECOND
        self._snapshots = parent._snapshots_to(shared) if parent else [(0, first)]
        self._recent: dict[int, State] = {}
        self._engine: Engine | None = None
        world.remember(self.state_at)

    @property
    def reached(self) -> datetime:
        """The instant at the end of the log: the last event's, or later when nothing came since."""
        return max(self.horizon, self.log[-1].at if self.log else self.start)

    def fork(self, name: str, position: int, now: datetime, world: World) -> Branch:
        """A new future that shares the first `position` events, with a world of its own."""
        new = Branch(name, self._snapshots[0][1], self.start, world, self, position)
        is_whole = self.horizon >= now and position == self.position_at(now)
        new.horizon = now if is_whole else now - SECOND
        return new

    def state_at(self, position: int) -> State:
        """The state after the first `position` events; the caller may keep it, and it never changes."""
        recent = self._recent
        if position not in recent:
            state = self._folded(position)
            if position > len(self.log):
                return state
            while len(recent) >= _RECENT:
                del recent[next(iter(recent))]
            recent[position] = state
        return recent[position]

    def _folded(self, position: int) -> State:
        """A state of its own, from the nearest one that is known."""
        at = bisect_right(self._snapshots, position, key=lambda s: s[0]) - 1
        base, nearest = self._snapshots[at]
        for number, state in self._recent.items():
            if base < number <= position:
                base, nearest = number, state
        state = nearest.snapshot()
        for event in self.log[base:position]:
            evolve(state, event)
        return state

    def position_at(self, instant: datetime) -> int:
        """How many events come at or before this instant."""
        return bisect_right(self.log, instant, key=lambda event: event.at)

    def run(self, until: datetime, most: int = EVENTS_PER_BATCH) -> bool:
        """Simulate on towards `until` (inclusive) by at most `most` events; True when more are to come."""
        engine, enough, more = self._at_end(), len(self.log) + most, True
        try:
            with no_collection():
                while more and len(self.log) < enough:
                    more = engine.run(until, self.log, self._room(engine.state))
                    self._snapshot_if_due(engine.state)
        except BaseException:
            # Somewhere in an instant: it is finished when this is run again.
            self._engine = None
            self.horizon = max(self.horizon, self.log[-1].at - SECOND) if self.log else self.horizon
            raise
        self.horizon = self.reached if more else max(self.horizon, until)
        return more

    def next_instant(self) -> datetime | None:
        """When something may happen after the end of the log."""
        return self._at_end().next_instant()

    def command(self, event: Event) -> None:
        """Add a command at the end of the log."""
        engine = self._at_end()
        try:
            engine.command(event)
        except BaseException:
            self._engine = None  # its state is ahead of the log
            raise
        self.log.append(event)
        self._snapshot_if_due(engine.state)
        self.horizon = event.at - SECOND

    def end_state(self) -> State:
        """The state at the end of the log: to be read at once, and not kept."""
        return self._engine.state if self._engine is not None else self.state_at(len(self.log))

    def adopt(self, events: list[Event], horizon: datetime) -> None:
        """Take over recorded events: fold them, make nothing new."""
        state = self._folded(len(self.log))
        for event in events:
            evolve(state, event)
            self.log.append(event)
            self._snapshot_if_due(state)
        self.horizon = horizon

    def _room(self, state: State) -> int:
        """How many events fit before the next snapshot is due; negative when it is overdue."""
        every = max(EVENTS_PER_SNAPSHOT, EVENTS_PER_OPEN_RUN * len(state.known.open))
        return every - (len(self.log) - self._snapshots[-1][0])

    def _snapshot_if_due(self, state: State) -> None:
        if self._room(state) <= 0:
            self._snapshots.append((len(self.log), state.snapshot()))

    def _at_end(self) -> Engine:
        if self._engine is None:
            self._engine = Engine(self._folded(len(self.log)), self.world, self.reached)
        return self._engine

    def _snapshots_to(self, position: int) -> list[tuple[int, State]]:
        return [s for s in self._snapshots if s[0] <= position]
