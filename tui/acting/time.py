"""Keys of the bench: time. Next, back, play, go, next that matters, another day, and what the timeline shows."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer

import workbench as wb
from tui import screens
from tui.acting.base import Acting
from tui.ask import AskLine
from tui.working import Done, Job, Outcome, Progress, Way, is_busy, work
from workbench import InvalidInput

# Instants a second at which something happens.
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class Time(Acting):
    """Moving through time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play, or stand still"),
        Binding("less_than_sign", "speed(-1)", "Play more slowly"),
        Binding("greater_than_sign", "speed(1)", "Play faster"),
        Binding("g", "go", "Go to a time, forward or back"),
        Binding("d", "day", "Day: show the run of another day"),
        Binding("left_curly_bracket,shift+left", "other_day(-1)", "The day before"),
        Binding("right_curly_bracket,shift+right", "other_day(1)", "The day after"),
        Binding("plus,equals_sign", "zoom(1)", "Timeline: nearer"),
        Binding("minus", "zoom(-1)", "Timeline: further"),
        Binding("comma", "pan(-1)", "Timeline: earlier"),
        Binding("full_stop", "pan(1)", "Timeline: later"),
        Binding("0", "fit", "Timeline: fit the run"),
    ]

    _speed = 2
    _timer: Timer | None = None
    _reminded_of: wb.Question | None = None

    # steps

    def action_next(self) -> None:
        self._step("instant", "n")

    def action_next_event(self) -> None:
        self._step("event", "N")

    def _step(self, by: str, key: str) -> None:
        self.stop_playing()
        if self._waits_for_a_guess(key):
            return
        coach = self.bench.guide.line(self.bench)
        if not self.bench.next(by) and self.bench.guide.line(self.bench) == coach:
            self.say(self.bench.end_said)
        self.draw()

    def _waits_for_a_guess(self, key: str) -> bool:
        """Would this key pass a question that nobody has answered? The first time that is said, and nothing is done."""
        asked = self.bench.guide.question(self.bench)
        if asked is None or asked == self._reminded_of:
            return False
        self._reminded_of = asked
        self.say(wb.no_guess(asked, key))
        self.draw()
        return True

    def action_matters(self) -> None:
        """To the next instant that matters; that may be far."""
        self.stop_playing()
        if self._waits_for_a_guess("m"):
            return
        begin = self.bench.session.position

        def job(progress: Progress) -> None:
            self.bench.next_that_matters(progress=progress)

        def done(outcome: Outcome) -> None:
            self._arrived(outcome)
            if self.bench.session.position == begin and outcome.error is None:
                self.say(self.bench.end_said)
                self.draw()

        self._work("looking for what matters", job, done)

    def action_back(self) -> None:
        self.stop_playing()
        self.bench.back()
        self.draw()

    def action_back_event(self) -> None:
        self.stop_playing()
        self.bench.back_event()
        self.draw()

    # play

    def action_play(self) -> None:
        """Next, next, next; until something is asked, nothing more comes, or another key is pressed."""
        if self.bench.playing:
            self.stop_playing()
        elif self._waits_for_a_guess("space"):
            return
        else:
            self._play()
        self.draw()

    def _play(self) -> None:
        self.stop_playing()
        self.bench.playing = SPEEDS[self._speed]
        self._timer = self.set_interval(1 / self.bench.playing, self._tick)

    def stop_playing(self) -> None:
        """Stand still; whoever does something else than look calls it first."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None
        self.bench.playing = 0.0

    def _tick(self) -> None:
        if self.app.screen is not self or is_busy(self.app):
            return
        had = self.bench.guide.question(self.bench)
        happened = self.bench.next()
        asked = self.bench.guide.question(self.bench)
        if not happened:
            self.say(self.bench.end_said)
        if not happened or (asked is not None and asked != had):
            self.stop_playing()
        self.draw()

    def action_speed(self, by: int) -> None:
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + by))
        if self.bench.playing:
            self._play()
        self.say(f"{SPEEDS[self._speed]:g} instants a second; space plays")
        self.draw()

    # go

    def action_go(self) -> None:
        self.stop_playing()
        self.draw()
        self.app.push_screen(AskLine("go to", "", self.bench.how_to_go), self.go)

    def go(self, text: str | None) -> None:
        """To the time that was typed; None: to none."""
        if text is not None and text.strip():
            self.attempt(lambda: self._go_to(self.bench.place_of(text), f"going to {text.strip()}"))

    def _go_to(self, place: datetime | int, title: str) -> None:
        way = (self.bench.now, place) if isinstance(place, datetime) else None
        self._work(title, lambda progress: self.bench.go_to(place, progress), self._arrived, way)

    def point_at(self, target: str) -> bool:
        """Go to the instant of a target `at:2013-01-04T06:00:00Z`; False when it is none."""
        kind, _, at = target.partition(":")
        if kind == "at":
            self.stop_playing()
            self._go_to(self.bench.place_of(at), "going there")
        return kind == "at"

    def _arrived(self, outcome: Outcome) -> None:
        """Show where we are now, and why it is not where we wanted to be."""
        if isinstance(outcome.error, InvalidInput):
            self.say(str(outcome.error.problems[0]), "error")
        elif outcome.error is not None:
            raise outcome.error
        elif outcome.stopped:
            self.say(f"Stopped. It is {self.bench.clock.full(self.bench.now)}; what comes after was not reached.")
        self.draw()

    def _work(self, title: str, job: Job, done: Done, way: Way | None = None) -> None:
        """What may take long, with a word on how far it is; what it has not done in a moment is seen."""
        if not work(self, title, job, done, self.bench.clock.full, way):
            self.say("Something is still being worked on.")
            self.draw()

    # days

    def action_day(self) -> None:
        self.stop_playing()
        self.draw()
        self.app.push_screen(screens.DayScreen(self.bench), self._show_day)

    def _show_day(self, key: str | None) -> None:
        if key is not None:
            self.attempt(lambda: self.bench.show_day(key))

    def action_other_day(self, count: int) -> None:
        self.bench.other_day(count)
        self.draw()

    # the timeline

    def action_zoom(self, by: int) -> None:
        self.bench.zoom = self.bench.zoom.by(level=by)
        self.draw()

    def action_pan(self, by: int) -> None:
        self.bench.zoom = self.bench.zoom.by(pan=by)
        self.draw()

    def action_fit(self) -> None:
        self.bench.zoom = type(self.bench.zoom)()
        self.draw()

    def on_unmount(self, event: events.Unmount) -> None:
        self.stop_playing()
