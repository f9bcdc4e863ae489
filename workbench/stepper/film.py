"""A film: scenes one after another, sent as changes. Pure.

A scene is markup by slot. A strip holds consecutive frames: texts once, and for each frame only the slots that are
other than in the frame before. The first frame of a strip is whole, so that any strip can be shown by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypedDict

Scene = Mapping[str, str]


class Frame(NamedTuple):
    """`number`: from 0, in its film. `at`: the instant in words, for a reader of screens and for the slider."""

    number: int
    at: str
    scene: Scene


class Strip(TypedDict):
    """As JSON. `frames`: (at, changes), a change being the number of a slot and that of a text; -1: it is gone."""

    first: int
    slots: list[str]
    texts: list[str]
    frames: list[tuple[str, list[tuple[int, int]]]]


class _Numbers(dict[str, int]):
    """Texts, each with the number of its first use."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]


def strip_of(frames: Sequence[Frame]) -> Strip:
    """Consecutive frames as one strip. ValueError: none, or a gap between two."""
    if not frames or any(frame.number != frames[0].number + n for n, frame in enumerate(frames)):
        raise ValueError("a strip is made of consecutive frames, at least one")
    slots, texts = _Numbers(), _Numbers()
    shots: list[tuple[str, list[tuple[int, int]]]] = []
    before: Scene = {}
    for frame in frames:
        gone = [(slots[slot], -1) for slot in before if slot not in frame.scene]
        other = [
            (slots[slot], texts[text])
            for slot, text in frame.scene.items()
            if slot not in before or before[slot] != text
        ]
        shots.append((frame.at, gone + other))
        before = frame.scene
    return Strip(first=frames[0].number, slots=list(slots), texts=list(texts), frames=shots)


def frames_of(strip: Strip) -> Iterable[Frame]:
    """The frames of a strip again, as the browser unfolds them."""
    scene: dict[str, str] = {}
    for n, (at, changes) in enumerate(strip["frames"]):
        for slot, text in changes:
            if text < 0:
                scene.pop(strip["slots"][slot], None)
            else:
                scene[strip["slots"][slot]] = strip["texts"][text]
        yield Frame(strip["first"] + n, at, dict(scene))
