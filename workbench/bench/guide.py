"""A guide speaks on the coach line, asks for predictions, and hears what is done: the story, later levels, drills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workbench.views.sheet import Row, Span

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction: the text, and (key, answer) pairs. It is never in the way: whoever goes on has not answered."""

    text: str
    answers: tuple[tuple[str, str], ...]


class Guide(Protocol):
    """What the bench asks of a guide. `heard` is called after every action: `next`, `back`, `why`, `compare`, `menu`,
    `do` (with its line), `select`, `go`."""

    def line(self, bench: Bench) -> str:
        """What the coach says now; empty for nothing. Keys stand in `backquotes`."""

    def question(self, bench: Bench) -> Question | None:
        """What is asked now."""

    def answer(self, bench: Bench, key: str) -> None:
        """The person pressed the key of an answer."""

    def heard(self, bench: Bench, action: str, detail: str = "") -> None:
        """The person did something."""


def coached(text: str) -> Row:
    """What a guide says, for a line of a screen: what stands in `backquotes` is a key."""
    parts = text.split("`")
    return tuple(Span(part, "strong" if n % 2 else "coach") for n, part in enumerate(parts) if part)


class NoGuide:
    """Nobody speaks."""

    def line(self, bench: Bench) -> str:
        return ""

    def question(self, bench: Bench) -> Question | None:
        return None

    def answer(self, bench: Bench, key: str) -> None:
        return None

    def heard(self, bench: Bench, action: str, detail: str = "") -> None:
        return None
