"""Everything of a simulation that a page can show, made beforehand: every future at every instant, with every thing
selected that can be. Texts are there once; a strip is a future with one selection, as changes (see `film`).

A simulation that is too large is shown in part: see `Room`. What was left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.bench import Bench
from workbench.bench.chosen import Chosen
from workbench.bench.futures import called
from workbench.branch import no_collection
from workbench.session import Cursor
from workbench.stepper.film import Frame, strip_of
from workbench.stepper.kept import Kept
from workbench.stepper.reel import Reel
from workbench.stepper.spots import Spot, spots_of
from workbench.timetable import Partition, format_instant
from workbench.views.clock import plural

if TYPE_CHECKING:
    from workbench.branch import Branch
    from workbench.session import Session

_TARGET = re.compile(r' data-target="([^"]*)"')
_SELECTS = ("task", "input", "dataset", "consumer", "dag", "run")
Shot = tuple[int, list[tuple[int, int]]]
# Told how many pictures have been made, and how many there will be at most; what it raises ends it.
Progress = Callable[[int, int], None]


class Room(NamedTuple):
    """How much a page holds. `places`: instants of all futures together; of more, those that matter. `frames`: with
    all selections; of more, those selections stay that are found first."""

    places: int = 900
    frames: int = 2600


ROOM = Room()


class Choice(NamedTuple):
    """What is selected, and the day that is shown; None follows the newest run."""

    chosen: Chosen
    day: Partition | None = None

    @property
    def key(self) -> str:
        return f"{self.chosen.target}|{self.day.key if self.day else ''}"


class Numbers(dict[str, int]):
    """Texts, each with the number of its first use."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]


class Part:
    """One future: the instants of it that are shown, and its strips by selection."""

    def __init__(self, session: Session, branch: Branch, kept: Kept) -> None:
        session.stand(Cursor(branch, len(branch.log), branch.reached))
        self.branch, self.bench = branch, Bench(session)
        self.bench.is_read_only = True
        self.reel = Reel(self.bench, kept)
        self.spots = spots_of(self.reel)
        self.numbers = list(range(len(self.spots)))
        self.strips: dict[str, list[Shot]] = {}

    def cut(self, most: int) -> None:
        """Show the two ends, and those that matter; of these as many as there is room for, evenly."""
        last = len(self.spots) - 1
        found = [number for number, spot in enumerate(self.spots) if spot[2] or number in (0, last)]
        most = max(most, 2)
        if len(found) > most:
            found = sorted({found[round(n * (len(found) - 1) / (most - 1))] for n in range(most)})
        self.numbers = found

    @property
    def places(self) -> list[Spot]:
        """As the stepper wants them."""
        return [self.spots[number] for number in self.numbers]

    def frames(self, choices: Iterable[Choice], made: Callable[[int], None]) -> dict[Choice, list[Frame]]:
        """All that is shown of it with each selection. An instant at a time, since panes keep what they made of it.
        `made`: told how many have been made after each."""
        found: dict[Choice, list[Frame]] = {choice: [] for choice in choices}
        alike = sorted(found, key=lambda choice: (choice.day.key if choice.day else "", choice.chosen.dag))
        for number, place in enumerate(self.numbers):
            self.reel.stand(place)
            for choice in alike:
                found[choice].append(self._frame(place, choice)._replace(number=number))
            made(len(alike))
        return found

    def _frame(self, place: int, choice: Choice) -> Frame:
        """A day that is the newest anyhow is shown as such."""
        self.bench.select(choice.chosen, None)
        if choice.day is not None and self.bench.window.key != choice.day.key:
            self.bench.select(*choice)
        return self.reel.frame(place)

    def newest(self, chosen: Chosen) -> list[str]:
        """Which day is shown at each place, where the newest run is followed."""
        found = []
        for place in self.numbers:
            self.reel.stand(place)
            self.bench.select(chosen, None)
            found.append(self.bench.window.key)
        return found

    def choice(self, target: str) -> Choice | None:
        """What pointing at it selects; None when it is nothing that can be selected."""
        self.reel.stand(self.numbers[-1])
        self.bench.select(self.bench.chosen, None)
        with suppress(ValueError):
            if self.bench.choose(target):
                chosen = self.bench.chosen
                return Choice(chosen._replace(dag=chosen.dag or self.bench.dag), self.bench.day)
        return None

    def number_at(self, at: datetime) -> int:
        """The last place that is not after an instant."""
        found = [n for n, place in enumerate(self.places) if place[1] <= format_instant(at)]
        return found[-1] if found else 0


class Album:
    """All parts. `things`: what targets select, as (thing, its DAG, day or nothing). `left_out`: in words. `asked`: in
    which futures there are questions, and when (UTC): what is shown until they are answered has no other future in it,
    and is a part of its own, among `gates`."""

    def __init__(
        self,
        session: Session,
        asked: Iterable[tuple[str, datetime]] = (),
        room: Room = ROOM,
        progress: Progress | None = None,
    ) -> None:
        self.slots, self.texts = Numbers(), Numbers()
        self.things: dict[str, tuple[str, str, str]] = {}
        self.newest: dict[str, dict[str, list[str]]] = {}
        self.left_out: list[str] = []
        self._looked, self._kept = 0, Kept()
        self._made, self._most, self._progress = 0, room.frames, progress
        self.parts = {name: Part(session.aside(), branch, self._kept) for name, branch in session.branches.items()}
        self._cut(room.places)
        self.gates = {name: self._gate(session, name, at) for name, at in _last_asked(asked).items()}
        self.first = Choice(self.parts[session.branch.name].bench.chosen)
        with no_collection():
            self._fill(room.frames)

    def _cut(self, most: int) -> None:
        every = sum(len(part.spots) for part in self.parts.values())
        if every <= most:
            return
        for part in self.parts.values():
            part.cut(most * len(part.spots) // every)
        left = every - sum(len(part.numbers) for part in self.parts.values())
        self.left_out.append(f"{plural(left, 'instant')} at which little happened")

    def _gate(self, session: Session, name: str, at: datetime) -> Part:
        alone = session.aside()
        alone.branches = {name: session.branches[name]}
        made, whole = Part(alone, session.branches[name], self._kept), self.parts[name]
        made.numbers = whole.numbers[: whole.number_at(at) + 1]
        return made

    @property
    def _every(self) -> list[Part]:
        return [*self.parts.values(), *self.gates.values()]

    def _fill(self, frames: int) -> None:
        """The first selection, then all that can be pointed at from there, and so on while there is room: things
        before things of a certain day."""
        known, ahead, room = {self.first.key}, [self.first], 1
        while ahead and room > 0:
            now = [one for one in ahead if one.day is None] or ahead
            now = now[:room]
            self._add(now)
            found = [one for one in self._pointed() if one.key not in known]
            known |= {one.key for one in found}
            ahead = [one for one in ahead if one not in now] + found
            frames -= len(now) * self._cost
            room = frames // self._cost
        self._leave_out(ahead)

    def _leave_out(self, some: list[Choice]) -> None:
        things = len({one.chosen for one in some if one.day is None})
        if things:
            self.left_out.append(f"{plural(things, 'thing')} that can be selected")
        if len(some) > things:
            self.left_out.append("what is told of one thing on an older day")

    @property
    def _cost(self) -> int:
        """Of one more selection."""
        return sum(len(part.numbers) for part in self._every)

    def _add(self, choices: list[Choice]) -> None:
        for part in self._every:
            for choice, frames in part.frames(choices, self._told).items():
                part.strips[choice.key] = self._shots(frames)
        for choice in choices:
            newest = self.newest.setdefault(choice.chosen.dag, {})
            for name, part in self.parts.items() if not newest else ():
                newest[name] = part.newest(choice.chosen)

    def _told(self, more: int) -> None:
        self._made += more
        if self._progress is not None:
            self._progress(self._made, max(self._made, self._most))

    def _shots(self, frames: list[Frame]) -> list[Shot]:
        """A strip, with the numbers of the album."""
        strip = strip_of(frames)
        slots = [self.slots[slot] for slot in strip["slots"]]
        texts = [self.texts[text] for text in strip["texts"]]
        return [
            (self.texts[at], [(slots[slot], texts[text] if text >= 0 else -1) for slot, text in changes])
            for at, changes in strip["frames"]
        ]

    def _pointed(self) -> Iterator[Choice]:
        """What the texts that are new point at."""
        new, self._looked = list(self.texts)[self._looked :], len(self.texts)
        for target in dict.fromkeys(unescape(one) for text in new for one in _TARGET.findall(text)):
            kind = target.partition(":")[0]
            if target in self.things or kind not in _SELECTS:
                continue
            found = next((one for part in self.parts.values() if (one := part.choice(target))), None)
            if found is not None:
                self.things[target] = (found.chosen.target, found.chosen.dag, found.day.key if found.day else "")
                yield found

    def to_data(self) -> dict[str, Any]:
        """All of it, for JSON. Long texts are lists of pieces, since many are alike but for some of these."""
        pieces = Numbers()
        texts = [_in_pieces(text, pieces) for text in self.texts]
        futures = [
            {
                "name": name,
                "called": called(part.branch),
                "places": part.places,
                "newest": {dag: found[name] for dag, found in self.newest.items()},
                "strips": part.strips,
            }
            for name, part in self.parts.items()
        ]
        gates = {name: part.strips for name, part in self.gates.items()}
        return {
            "slots": list(self.slots), "pieces": list(pieces), "texts": texts, "things": self.things,
            "futures": futures, "gates": gates,
        }  # fmt: skip


def _last_asked(asked: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for name, at in asked:
        found[name] = max(at, found.get(name, at))
    return found


def _in_pieces(text: str, pieces: Numbers) -> str | list[int]:
    return [pieces[piece] for piece in _PIECE.split(text)] if len(text) > _LONG else text


# A text of more characters is cut before these elements.
_LONG, _PIECE = 160, re.compile(r"(?=<(?:g|rect|path|div|li|text|span|button)\b)")
