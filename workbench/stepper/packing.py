"""A strip with its texts as changes: most texts are that of the same slot before, but for some letters. Pure.

A packed text is a text, or `[number, front, back, middle]`: of the text with that number, which comes before it, so
many characters in front and at the end are kept, and `middle` is between them. Lengths are counted as JavaScript
counts them (UTF-16), so that a browser need not know better.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict, cast

from workbench.stepper.film import Strip

Packed = str | list[int | str]
# What a change costs beside its middle; it is worth it from so many letters on.
_LEAST = 40


class PackedStrip(TypedDict):
    """As `Strip`; see above."""

    first: int
    slots: list[str]
    texts: list[Packed]
    frames: list[tuple[str, list[tuple[int, int]]]]


def packed(strip: Strip) -> PackedStrip:
    """The strip, to be sent."""
    texts = strip["texts"]
    bases = dict(_bases(strip))
    found = [_packed(text, texts[bases[n]], bases[n]) if n in bases else text for n, text in enumerate(texts)]
    return cast("PackedStrip", {**strip, "texts": found})


def unpacked(strip: PackedStrip) -> Strip:
    """The strip as it was."""
    texts: list[str] = []
    for one in strip["texts"]:
        texts.append(one if isinstance(one, str) else _unpacked(one, texts))
    return cast("Strip", {**strip, "texts": texts})


def _bases(strip: Strip) -> Iterator[tuple[int, int]]:
    """Of texts that are new: the text that stood in the slot before."""
    last: dict[int, int] = {}
    newest = -1
    for _, changes in strip["frames"]:
        for slot, text in changes:
            if text > newest and last.get(slot, -1) >= 0:
                yield text, last[slot]
            newest = max(newest, text)
            last[slot] = text


def _packed(text: str, base: str, number: int) -> Packed:
    if len(text) < _LEAST or not _is_plain(text + base):
        return text
    front = _alike(text, base)
    rest = text[front:]
    back = _alike(rest[::-1], base[front:][::-1])
    if front + back < _LEAST:
        return text
    return [number, front, back, text[front : len(text) - back]]


def _alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if one[:middle] == other[:middle] else (least, middle - 1)
    return least


def _is_plain(text: str) -> bool:
    """Is each of its characters one of UTF-16?"""
    return len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)


def _unpacked(one: list[int | str], texts: list[str]) -> str:
    number, front, back, middle = cast("tuple[int, int, int, str]", tuple(one))
    base = texts[number]
    return base[:front] + middle + base[len(base) - back :]
