"""Keys of the bench: time. Next, back, play, go, next that matters, another day."""

from __future__ import annotations

from tui.acting.base import Acting

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Time(Acting):
    """Moving through time."""

    _speed = 2
    _timer = None

    def action_next(self) -> None:
        self._step("instant")

    def action_next_event(self) -> None:
        self._step("event")

    def _step(self, by: str) -> None:
        if not self.bench.next(by):
            self.say("Nothing more comes until the end of this scenario. g goes to a time, f makes something go wrong.")
        self.draw()

    def action_matters(self) -> None:
        self.bench.next_that_matters()
        self.draw()

    def action_back(self) -> None:
        self.bench.back()
        self.draw()

    def action_back_event(self) -> None:
        self.bench.back_event()
        self.draw()
