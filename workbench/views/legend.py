"""What the glyphs of the pictures mean, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.views.graph import CHECK, LOOKS, MORE_LOOKS, STAGE_TAGS

# The words of the field beside plain ones.
_MEANS = {
    "none": "not started: it waits", "scheduled": "nothing holds it but a free slot", "queued": "handed to a worker",
    "running": "runs, with the number of the try", "success": "ended well", "failed": "failed for good",
    "up_for_retry": "failed, and is tried again", "skipped": "skipped, on purpose",
    "upstream_failed": "did not run: something above it failed", "removed": "taken out of the DAG",
    "arrived": "came", "late": "due, and not here", "up_for_reschedule": "a sensor between two looks",
    "published": "public: readers get it", "stale": "public, and made of something that changed since",
    "blocked": "held back by a check", "warned": "public, and a check complained",
    "came_late": "came, and late",
}  # fmt: skip
_TAGS = {"input": "an input: somebody else delivers it", "dataset": "a dataset: a task writes it",
         "external": "a task of another DAG", "consumer": "somebody who reads"}  # fmt: skip
_OTHERS = (
    ("►", "chosen", "what is selected"),
    ("┃", "now", "now"),
    ("·", "bar.due", "due, and not here"),
    ("░", "bar.wait", "waits"),
    ("▒", "bar.run", "runs, with the number of the try"),
    ("✔", "good", "asked for, and so"),
    ("✖", "bad", "asked for, and not so"),
    ("⊘", "dim", "nobody asks"),
    ("▽", "state.stale", "somebody read, and got old data or none"),
)


class Meaning(NamedTuple):
    """A glyph, the style in which it is drawn, what it means, and the state's own name, if it has one."""

    glyph: str
    style: str
    means: str
    state: str = ""


def means(state: str) -> str:
    """What a state means, in words: its own name where there are no others."""
    return _MEANS.get(state, state.replace("_", " "))


def meanings() -> Iterator[Meaning]:
    """All of them: states, kinds of things, and the rest."""
    for state, one in (*LOOKS.items(), *MORE_LOOKS.items()):
        yield Meaning(one.glyph, f"state.{state}", _MEANS.get(state, state), state)
    for kind, tag in STAGE_TAGS.items():
        yield Meaning(tag[0], "name", _TAGS.get(kind, kind))
    yield Meaning(CHECK[0], "name", "a check")
    yield from (Meaning(*one) for one in _OTHERS)
