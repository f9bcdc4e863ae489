"""YAML text -> where everything in it stands: nodes with their places, so that one value can be changed in a text and
all the rest of it stay. Only for text that `yamltext` has read without a complaint: its depth is bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from workbench.model.yamltext import LOADER

_BREAKS = "\n\r\x85\u2028\u2029"


@dataclass(slots=True)
class Spot:
    """A value at text[start:end]. Of a block, `end` is where its last value ends. `form`: `scalar`, `block` (text under
    `|` or `>`), `list`, `group`; `flow`: in brackets."""

    form: str
    start: int
    end: int
    flow: bool = False
    text: str = ""
    items: list[Spot] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[Spot, Spot]]:
        return list(zip(self.items[::2], self.items[1::2], strict=True))

    def get(self, key: str) -> Spot | None:
        """The value of a key."""
        return next((value for name, value in self.pairs if name.text == key), None)


@dataclass(frozen=True, slots=True)
class Region:
    """A document: text[start:end], from the line of its `---` on; `root` is None when it holds nothing."""

    start: int
    end: int
    root: Spot | None


def regions_of(text: str) -> list[Region]:
    """The documents of a text. Together they are all of it."""
    starts: list[int] = []
    roots: list[Spot | None] = []
    open_spots: list[Spot] = []
    for event in _events(text):
        if isinstance(event, yaml.DocumentStartEvent):
            starts.append(line_start(text, _at(event.start_mark)) if starts else 0)
            roots.append(None)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            form = "group" if isinstance(event, yaml.MappingStartEvent) else "list"
            spot = Spot(form, _at(event.start_mark), _at(event.end_mark), bool(event.flow_style))
            _put(spot, open_spots, roots)
            open_spots.append(spot)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = open_spots.pop()
            done.end = _at(event.end_mark) if done.flow else (done.items[-1].end if done.items else done.end)
        elif isinstance(event, yaml.ScalarEvent):
            _put(_scalar(text, event), open_spots, roots)
    ends = [*starts[1:], len(text)]
    return [Region(*row) for row in zip(starts, ends, roots, strict=True)]


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=LOADER)


def _at(mark: Any) -> int:
    return int(mark.index)


def _put(spot: Spot, open_spots: list[Spot], roots: list[Spot | None]) -> None:
    if open_spots:
        open_spots[-1].items.append(spot)
    else:
        roots[-1] = spot


def _scalar(text: str, event: Any) -> Spot:
    start, end = event.start_mark.index, event.end_mark.index
    is_block = event.style in ("|", ">")
    if is_block:  # its end is behind the empty lines that follow it
        end = start + len(text[start:end].rstrip(_BREAKS + " "))
    return Spot("block" if is_block else "scalar", start, end, text=event.value)


def line_start(text: str, index: int) -> int:
    """Where the line of this place begins."""
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """Where the line of this place ends, behind its break."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")


def comments_of(text: str) -> Iterator[str]:
    """Every comment of a text, in its order."""
    taken: list[tuple[int, int]] = []
    waiting = [region.root for region in regions_of(text) if region.root is not None]
    while waiting:
        spot = waiting.pop()
        waiting += spot.items
        if not spot.items and spot.form != "group":
            start = spot.start if spot.form == "scalar" else line_end(text, spot.start)
            taken.append((start, max(start, spot.end)))
    taken.sort()
    end = 0
    for start, stop in [*taken, (len(text), len(text))]:
        for line in text[end:start].split("\n"):
            if match := _COMMENT.search(line):
                yield match[0].strip()
        end = max(end, stop)
