"""Collects everything that is wrong, so that a person mends a file in one go instead of error by error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from workbench.model.problems import InvalidInput, Problem, nearest

# More than anybody reads at once; it also bounds the time that a hostile file can cost.
MOST = 50
_LONGEST = 60
_MANY = 300


class _EnoughError(Exception):
    """Nothing more is looked for: the list is full, or what follows cannot be understood."""


class Findings:
    """The problems found so far; `file` is where they are unless said otherwise."""

    def __init__(self, file: str = "") -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, message: str, line: int = 0, file: str | None = None) -> None:
        problem = Problem(message, self.file if file is None else file, line)
        if problem in self.problems:
            return
        self.problems.append(problem)
        if len(self.problems) >= MOST:
            raise _EnoughError

    def stop(self, message: str, line: int = 0) -> None:
        """Add a problem behind which nothing can be understood. It does not return."""
        self.add(message, line)
        raise _EnoughError

    def enough(self) -> None:
        """Look no further. It does not return."""
        raise _EnoughError

    @contextmanager
    def bounded(self) -> Iterator[Findings]:
        """Inside, `stop` and a full list end the search quietly."""
        try:
            yield self
        except _EnoughError:
            if len(self.problems) >= MOST:
                self.problems.append(Problem("there may be more problems; mend these first", self.file))

    def sorted(self) -> list[Problem]:
        """The file itself first, then others; by line, and what has no line last."""
        return sorted(self.problems, key=lambda p: (p.file != self.file, p.file, p.line == 0, p.line))


@contextmanager
def collecting(file: str = "") -> Iterator[Findings]:
    """Collect problems; InvalidInput with all of them at the end, if there are any."""
    found = Findings(file)
    with found.bounded():
        yield found
    if found.problems:
        raise InvalidInput(found.sorted()) from None


def shown(text: str) -> str:
    """Text for a message: on one line, not too long."""
    if len(text) <= _LONGEST and text.isprintable():
        return text
    flat = "".join(c if c.isprintable() else " " for c in text[: 2 * _LONGEST])
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 3] + "..."


def near(wrong: str, known: Iterable[str], *, most: int = 6) -> str:
    """As `nearest`, in bounded time: of very many names, only those with the same first letter count."""
    names, start = sorted(set(known)), wrong[:1].lower()
    if len(names) > _MANY:
        names = [n for n in names if n[:1].lower() == start][:_MANY]
    return nearest(shown(wrong), names, most=most)
