"""The loop: facts that are due, then decisions, then starts; and when nothing is left at this instant, on to the next.

`Engine` stands at the end of a log and makes the next event, one at a time. Which event comes next is a function
of the state and the world, so a log that is cut anywhere and taken up again goes on the same way.
"""

from __future__ import annotations

from datetime import datetime

from workbench.engine.decide import Decider
from workbench.engine.events import COMMANDS, Event
from workbench.engine.evolve import evolve
from workbench.engine.monitor import next_alert
from workbench.engine.state import State
from workbench.engine.world import START, World


class Engine:
    """State at the end of a log, with what is needed to go on. `now` (UTC) is the instant reached."""

    def __init__(self, state: State, world: World, now: datetime) -> None:
        self.state, self.world, self.now = state, world, now
        self._build()

    def _build(self) -> None:
        self.state.known.runs.hold_pen()
        self.decider = Decider(self.state.known)
        self.world.attach(self.state, self.now)

    def run(self, until: datetime, log: list[Event], most: int) -> bool:
        """Make the events left at `now` and those in (now, until], and append them to the log. Stops at the end
        of an instant once there are `most` more: True when there may be others."""
        enough = len(log) + most
        while True:
            self._finish_instant(log)
            ahead = self.next_instant()
            if ahead is None or ahead > until:
                self.now = max(self.now, until)
                return False
            if len(log) >= enough:
                return True
            self.now = ahead

    def _finish_instant(self, log: list[Event]) -> None:
        """All that is left at `now`: facts, then decisions, then starts, in rounds until nothing is due."""
        world, now, agenda = self.world, self.now, self.world.agenda
        state, decider, apply = self.state, self.decider, self._apply
        decider.wake(now)
        while True:
            while agenda and agenda[0][0] <= now and agenda[0][1] != START:
                apply(world.take(state), log)
            for decision in decider.decisions(now):
                apply(decision, log)
            while state.known.data.owed:
                apply(next_alert(state.known, now), log)
            if not agenda or agenda[0][0] > now:
                return
            while agenda and agenda[0][0] <= now and agenda[0][1] == START:
                apply(world.take(state), log)

    def _apply(self, event: Event | None, log: list[Event]) -> None:
        if event is None:
            return
        run = evolve(self.state, event)
        log.append(event)
        kind = type(event)
        if kind in self.decider.reactions:
            self.decider.reactions[kind](event, run)
        if kind in self.world.reactions:
            self.world.reactions[kind](self.state, event, run)

    def command(self, event: Event) -> None:
        """Apply a command: it makes all that was worked out ahead void."""
        assert isinstance(event, COMMANDS)
        evolve(self.state, event)
        self.now = event.at
        self._build()

    def next_instant(self) -> datetime | None:
        """When something may happen next, if ever: the next fact, or the end of a pause."""
        due, timers = self.world.agenda, self.decider.timers
        if not due:
            return timers[0][0] if timers else None
        return min(due[0][0], timers[0][0]) if timers else due[0][0]
