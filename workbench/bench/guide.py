"""A guide speaks on the coach line, asks for predictions, and hears what is done: the story, later levels, drills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workbench.views.clock import listed, plural
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction: the text, and (key, answer) pairs. It is never in the way: whoever goes on has not answered. While
    it is open, all that explains holds back what says one of the words in `hides`, so that nobody copies the answer."""

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


def held_back(question: Question | None, sheet: Sheet, width: int) -> Sheet:
    """A sheet without the rows that would answer the question that is open; shut, if it is all about that."""
    if question is None or not question.hides:
        return sheet
    if any(word in sheet.title for word in question.hides):
        return shut(question, sheet, width)
    rows: list[Row] = []
    is_left_out = False
    for row in sheet.rows:
        if not _answers(question, row):
            rows += [row] if row or (rows and rows[-1]) else []
        elif not is_left_out:
            is_left_out = True
            rows.append((Span("⊘ Guess first: this would answer it.", "dim"),))
    return Sheet(sheet.title, tuple(rows), sheet.focus)


def shut(question: Question | None, sheet: Sheet, width: int) -> Sheet:
    """A sheet; or, while some of it would answer the question that is open, the wish to guess first."""
    about = (*sheet.rows, (Span(sheet.title),))
    if question is None or not any(_answers(question, row) for row in about):
        return sheet
    return Sheet(sheet.title, wrapped_row((Span(f"⊘ {guess_first(question)}", "dim"),), width, "  "))


def guess_first(question: Question) -> str:
    """Instead of what would answer it."""
    guesses = listed([f"{key} {answer}" for key, answer in question.answers], "or")
    return f"Say your guess first: {guesses}. Then look. No guess? Go on, and see."


def no_guess(question: Question, key: str) -> str:
    """To somebody who goes on with a key and has not answered: the guess is the lesson, and one press too many."""
    return f"No guess yet: {' '.join(answer for answer, _ in question.answers)}, or {key} again to go on."


def _answers(question: Question, row: Row) -> bool:
    return any(word in span.text for span in row for word in question.hides)


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
