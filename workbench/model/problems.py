"""Problems that a person can mend: each says what, where (file and line), what is allowed, and the nearest spelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong. `line` counts from 1; 0 when the value was not read from a file."""

    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        if not self.file:
            return self.message
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class InvalidInput(ValueError):
    """Everything that is wrong with what a person wrote, all at once."""

    def __init__(self, problems: Iterable[Problem | str]) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(map(str, self.problems)))

    def _render_traceback_(self) -> list[str]:
        """In a notebook it is a sentence: where in our code it was found helps nobody."""
        return str(self).splitlines()


def nearest(wrong: str, known: Iterable[str], *, most: int = 6) -> str:
    """The end of an error: the nearest known spelling, and what is known. Empty when nothing is known."""
    names = sorted(set(known))
    if not names:
        return ""
    close = difflib.get_close_matches(wrong, names, n=1, cutoff=0.55)
    shown = ", ".join(names[:most]) + (", ..." if len(names) > most else "")
    hint = f"; did you mean '{close[0]}'?" if close else "."
    return f"{hint} (known: {shown})"
