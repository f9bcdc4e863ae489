"""A guide speaks on the coach line, asks for predictions, and hears what is done: the story, later levels, drills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from workbench.views.clock import plural
from workbench.views.sheet import Row, Sheet, Span

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction: the text, and (key, answer) pairs. It is never in the way: whoever goes on has not answered. While
    it is open, `why` and `rules` hold back what says one of the words in `hides`, so that nobody copies the answer."""

    text: str
    answers: tuple[tuple[str, str], ...]
    hides: tuple[str, ...] = ()


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


def held_back(question: Question | None, sheet: Sheet) -> Sheet:
    """A pane without what would answer the question that is open."""
    if question is None or not question.hides:
        return sheet
    rows: list[Row] = []
    is_left_out = False
    for row in sheet.rows:
        if not any(word in span.text for span in row for word in question.hides):
            rows += [row] if row or (rows and rows[-1]) else []
        elif not is_left_out:
            is_left_out = True
            rows.append((Span("⊘ Guess first: this would answer it.", "dim"),))
    return replace(sheet, rows=tuple(rows))


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


class Greeting(NoGuide):
    """Says what this is and what one may try, at the very beginning, until something is done. What the scenario holds
    is not told: that is for the person to find out."""

    def __init__(self) -> None:
        self._is_over = False

    def line(self, bench: Bench) -> str:
        if self._is_over or bench.session.position:
            return ""
        spec = bench.known.plans[bench.dag].spec
        about = " ".join(spec.description.split()).rstrip(".") or f"{spec.name}, {plural(len(spec.tasks), 'task')}"
        return f"{about}. `n` goes on, `m` to what matters, `w` asks why. `f` breaks something, `e` edits the pipeline."

    def heard(self, bench: Bench, action: str, detail: str = "") -> None:
        self._is_over = self._is_over or action != "select"
