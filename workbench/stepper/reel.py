"""The reel: the instants of a future that have been made, in order, and the scene at each. Standing anywhere on it
moves the session there; nothing new is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from workbench.session import Cursor
from workbench.stepper.film import Frame
from workbench.stepper.kept import Kept, KeptScenes

if TYPE_CHECKING:
    from workbench.bench import Bench


class Place(NamedTuple):
    """After so many events, at an instant (UTC)."""

    position: int
    now: datetime


class Reel:
    """Of the future on which a bench stands. `places`: where one can stand: before anything, after each instant at
    which something happened, and where the session stands, if that is between two of them."""

    def __init__(self, bench: Bench, kept: Kept | None = None) -> None:
        self.bench = bench
        self.branch = bench.session.branch
        self._kept: dict[object, Frame] = {}
        self._scenes = KeptScenes(bench, kept)
        self.places = self._places()

    def _places(self) -> list[Place]:
        session, log = self.bench.session, self.branch.log
        found = [Place(0, session.start)]
        for number, event in enumerate(log, 1):
            if found[-1].now == event.at and found[-1].position:
                found[-1] = Place(number, event.at)
            else:
                found.append(Place(number, event.at))
        here = Place(session.position, session.now)
        if here not in found:
            found = sorted({*found, here}, key=lambda place: (place.position, place.now))
        return found

    @property
    def here(self) -> int:
        """Which of the places is the session's."""
        return self.places.index(Place(self.bench.session.position, self.bench.session.now))

    def stand(self, number: int) -> None:
        """Move the session to one of the places."""
        self.bench.session.stand(Cursor(self.branch, *self.places[number]))

    def frame(self, number: int) -> Frame:
        """The frame of a place. The session stays where it is."""
        place = self.places[number]
        key = (place, self.bench.chosen, self.bench.day, self.bench.dag)
        if key not in self._kept:
            with self._standing(number):
                clock = self.bench.clock
                self._kept[key] = Frame(number, clock.full(place.now), self._scenes.scene())
        return self._kept[key]._replace(number=number)

    @contextmanager
    def _standing(self, number: int) -> Iterator[None]:
        bench = self.bench
        before, chosen, day = bench.session.cursor, bench.chosen, bench.day
        self.stand(number)
        try:
            yield
        finally:
            bench.session.stand(before)
            bench.select(chosen, day)  # what is selected may not have been there yet
