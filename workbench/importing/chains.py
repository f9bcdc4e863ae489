"""One chain of arrows: `a >> [b >> c, d] >> e`. An arrow leads from the ends of what is left of it to the beginnings of
what is right of it; brackets and parentheses hold what stands side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from workbench.model import InvalidInput
from workbench.model.findings import shown

EXAMPLE = "extract >> clean >> publish"
MOST_DEPTH = 50
_PIECE = re.compile(r">{2,}|[\[\](),]|[^>\[\](),]+|>")
_CLOSES = {"[": "]", "(": ")"}
# What people write who think of another notation.
_OTHER_ARROWS = re.compile(r"-+>|=+>|→|<{2,}|(?<!>)>(?!>)")

Name = Callable[[str], str]


class Part(NamedTuple):
    """Tasks side by side or in a row: with which it begins, and with which it ends."""

    firsts: tuple[str, ...]
    lasts: tuple[str, ...]


def edges_of(text: str, name: Name) -> tuple[list[str], list[tuple[str, str]]]:
    """The tasks in the order in which they are named, and (upstream, downstream) in the order of the arrows. `name`
    checks one name. Raises InvalidInput."""
    if _OTHER_ARROWS.search(text):
        raise InvalidInput([f"'{shown(text.strip())}': an arrow is written >>, for example {EXAMPLE}"])
    reader = _Reader(text, name)
    reader.whole()
    return [*dict.fromkeys(reader.tasks)], reader.edges


class _Reader:
    def __init__(self, text: str, name: Name) -> None:
        self.text, self.name = text, name
        self.pieces = [piece.strip() for piece in _PIECE.findall(text) if piece.strip()]
        self.at = 0
        self.tasks: list[str] = []
        self.edges: list[tuple[str, str]] = []

    def whole(self) -> None:
        """Outside of brackets `a >> b, c` is `a >> [b, c]`."""
        self._row(self._listed, 0)
        if self.at < len(self.pieces):
            raise self._open()

    def _row(self, one: Callable[[int], Part], depth: int) -> Part:
        part = first = one(depth)
        while self._next().startswith(">"):
            self.at += 1
            following = one(depth)
            self._connect(part, following)
            part = following
        return Part(first.firsts, part.lasts)

    def _listed(self, depth: int) -> Part:
        parts = [self._single(depth)]
        while self._next() == ",":
            self.at += 1
            parts.append(self._single(depth))
        return _beside(parts)

    def _single(self, depth: int) -> Part:
        piece = self._next()
        if piece in _CLOSES:
            return self._group(_CLOSES[piece], depth + 1)
        if not piece or piece in ">>,])" or piece.startswith(">"):
            raise self._open() if piece in ("]", ")") and self.at == 0 else self._missing()
        self.at += 1
        task = self.name(piece)
        self.tasks.append(task)
        return Part((task,), (task,))

    def _group(self, closes: str, depth: int) -> Part:
        """`[b >> c, d]`; a comma at the end is allowed."""
        if depth > MOST_DEPTH:
            raise InvalidInput([f"brackets are nested more than {MOST_DEPTH} deep"])
        self.at += 1
        parts = [self._row(self._single, depth)]
        while self._next() == ",":
            self.at += 1
            if self._next() != closes:
                parts.append(self._row(self._single, depth))
        if self._next() != closes:
            raise self._open()
        self.at += 1
        return _beside(parts)

    def _connect(self, left: Part, right: Part) -> None:
        for down in right.firsts:
            if down in left.lasts:
                raise InvalidInput([f"{down} >> {down}: a task cannot wait for itself"])
            self.edges += [(up, down) for up in left.lasts]

    def _next(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""

    def _missing(self) -> InvalidInput:
        return InvalidInput([f"'{shown(self.text.strip())}': a task is missing beside >>; write for example {EXAMPLE}"])

    def _open(self) -> InvalidInput:
        return InvalidInput([f"'{shown(self.text.strip())}': a bracket is not closed; write [b, c]"])


def _beside(parts: list[Part]) -> Part:
    return Part(_each(part.firsts for part in parts), _each(part.lasts for part in parts))


def _each(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))
