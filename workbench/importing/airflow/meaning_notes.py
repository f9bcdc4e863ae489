"""Notes gathered while a file is given its meaning: one for each thing to say, however many lines it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.importing.found import Manner, Note

_MOST_LINES = 6
_NUMBER = re.compile(r"\{([a-zA-Z ]+)\|([a-zA-Z ]+)\}")
_MANNERS: tuple[Manner, ...] = ("missed", "changed", "guessed", "kept")


def listed(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


class Notes:
    """Collects; the same words for several lines become one note."""

    def __init__(self) -> None:
        self._lines: dict[tuple[Manner, str], dict[int, None]] = {}
        self._names: dict[tuple[Manner, str], dict[str, None]] = {}

    def add(self, manner: Manner, text: str, line: int = 0, name: str = "") -> None:
        """`text` may hold `{names}`: there the names of all that it is about are put. `{goes|go}` is the first word for
        one of them, and the second for several."""
        self._lines.setdefault((manner, text), {})[line] = None
        if name:
            self._names.setdefault((manner, text), {})[name] = None

    def all(self) -> tuple[Note, ...]:
        """What changes the runs first; then in the order of the file."""
        made = sorted((self._note(key) for key in self._lines), key=lambda note: note.line)
        return tuple(note for manner in _MANNERS for note in made if note.manner == manner)

    def _note(self, key: tuple[Manner, str]) -> Note:
        manner, text = key
        first, *more = sorted(self._lines[key])
        names = list(self._names.get(key, ()))
        left = len(names) - _MOST_LINES
        shown = [*names[:_MOST_LINES], f"{left} more"] if left > 0 else names
        told = _NUMBER.sub(r"\2" if len(names) > 1 else r"\1", text)
        told = told.replace("{names}", listed(shown)) if shown else told
        return Note(manner, "".join([told, *_also(more)]), first)


def _also(lines: list[int]) -> Iterator[str]:
    if not lines:
        return
    shown = [str(line) for line in lines[:_MOST_LINES]]
    left = len(lines) - len(shown)
    told = listed([*shown, f"{left} more"]) if left else listed(shown)
    yield f" (also line{'s' if len(lines) > 1 else ''} {told})"
