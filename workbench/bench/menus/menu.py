"""A menu: a question, and what can be chosen, each with the line of the grammar that does the same.

A text of an item has its values in braces, `late by {by}`, and its line too: `late jfk@2013-01-03 {by}`. A part of the
line in brackets is left out while its value is empty: `set extract deadline {by}[ owner {tell}]`. Nothing here changes
anything: a front end takes an item by doing its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from workbench.verbs.grammar import quoted

_VALUE = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*\{(\w+)\}[^\[\]]*)\]")
_UNITS = re.compile(r"(\d)\s*(hours?|hrs?|minutes?|mins?|seconds?|secs?|days?)\b")
_PARTS = re.compile(r"\{\w+\}|[^{]+|\{")


class Blank(NamedTuple):
    """A value that can be changed in place. `sort`: how it is read: `span`, `time`, `words` (several of them), `reach`
    (one day, or all from it on), or empty. `offers`: what may well stand there. `hint`: what is asked for, shown while
    nothing stands there."""

    name: str
    value: str
    sort: str = ""
    offers: tuple[str, ...] = ()
    hint: str = ""

    def read(self, text: str) -> str:
        """As the grammar takes it: `95 min` is `95m`, `8:00` is `08:00`, a bare number of a span is minutes."""
        return _READ.get(self.sort, str.strip)(text)


class Piece(NamedTuple):
    """A part of an item's text: plain, or the value of a blank."""

    text: str
    blank: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What can be chosen. `name`: one or two words, `text`: the rest of the sentence. `note`: what is known of it.
    `heading`: begins a group. `is_more`: one of the less usual ones. `is_so`: this holds already. `refusal`: why it
    cannot be done now. `opens`: another screen instead of a line."""

    key: str
    name: str
    text: str
    line: str
    blanks: tuple[Blank, ...] = ()
    note: str = ""
    heading: str = ""
    is_more: bool = False
    is_so: bool = False
    refusal: str = ""
    opens: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What stands in its blanks at first."""
        return {blank.name: blank.value for blank in self.blanks}

    def lacks(self, values: Mapping[str, str]) -> Blank | None:
        """The first value that must be there, and is not."""
        free = {match[2] for match in _OPTIONAL.finditer(self.line)}
        asked = (blank for blank in self.blanks if blank.hint and blank.name not in free)
        return next((blank for blank in asked if not values.get(blank.name, blank.value).strip()), None)

    def typed(self, values: Mapping[str, str] | None = None) -> str:
        """The line that does the same, with these values in its blanks."""
        read = {blank.name: self._word(blank, (values or {}).get(blank.name, blank.value)) for blank in self.blanks}
        line = _OPTIONAL.sub(lambda m: m[1] if read.get(m[2]) else "", self.line)
        return " ".join(_VALUE.sub(lambda m: read.get(m[1], ""), line).split())

    def _word(self, blank: Blank, text: str) -> str:
        word = blank.read(text)
        return " ".join(map(quoted, word.split())) if blank.sort == "words" else quoted(word) if word else ""

    def pieces(self, values: Mapping[str, str]) -> tuple[Piece, ...]:
        """Its text in parts, the values apart."""
        found = []
        for part in _PARTS.findall(self.text):
            match = _VALUE.fullmatch(part)
            found.append(Piece(values.get(match[1], ""), match[1]) if match else Piece(part))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Active:
    """A fault that holds, and can be lifted by its number."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Menu:
    """`kind`: fault, edit or repair. `title`: a question. `first`: the item at which one stands when it opens.
    `active`: what was injected and holds (of the fault menu); `scenario`: its name, where it has faults of its own."""

    kind: str
    title: str
    items: tuple[Item, ...]
    first: int = 0
    active: tuple[Active, ...] = ()
    scenario: str = ""

    def shown(self, more: bool) -> tuple[int, ...]:
        """The places of the items that are on show: the usual ones, or all."""
        return tuple(n for n, item in enumerate(self.items) if more or not item.is_more)

    @property
    def hidden(self) -> int:
        """How many are less usual."""
        return sum(item.is_more for item in self.items)

    def keyed(self, key: str) -> int | None:
        """The place of the item with this letter."""
        return next((n for n, item in enumerate(self.items) if item.key == key), None)


RESERVED = frozenset("mx")  # more, lift


def lettered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each letter once: who comes later and wants a taken one has its capital, unless one that is called the same has a
    letter; else none, and is reached by arrows."""
    every = list(items)
    owner = {item.key: item.name for item in reversed(every) if item.key and item.key not in RESERVED}
    taken, found = set(RESERVED), []
    for item in every:
        capital = item.key.upper() if owner.get(item.key) != item.name else ""
        key = next((one for one in (item.key, capital) if one and one not in taken), "")
        taken |= {key} - {""}
        found.append(replace(item, key=key))
    return tuple(found)


def grouped(heading: str, items: Iterable[Item]) -> list[Item]:
    """The items under a heading; none of it when there are none."""
    every = list(items)
    return [replace(every[0], heading=heading), *every[1:]] if every else []


def _span(text: str) -> str:
    short = _UNITS.sub(lambda m: m[1] + m[2][0], text.strip()).replace(" ", "")
    return f"{short}m" if short.isdecimal() else short


def _time(text: str) -> str:
    short = text.strip()
    return f"0{short}" if re.fullmatch(r"\d:\d\d(:\d\d)?", short) else short


THIS_DAY, FROM_THIS_DAY = "on this day only", "from this day on"
_REACH = {THIS_DAY: "", FROM_THIS_DAY: "onward"}


def _reach(text: str) -> str:
    return _REACH.get(text.strip(), text.strip())


_READ = {"span": _span, "time": _time, "reach": _reach}
