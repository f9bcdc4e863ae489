"""The questions of a session as a page asks them: what was asked where, and what is said once it is known.

A page holds the truth, but hides what comes after a question until somebody has answered it, or passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workbench.questions.asked import Asked, told_said
from workbench.questions.tables import Place, Tables
from workbench.questions.truth import Asking, Truth, truth_of

if TYPE_CHECKING:
    from workbench.session import Session
    from workbench.stepper.album import Album, Part

# Where the page puts in what was said.
SAID = "{said}"
_KEPT = f"You said {SAID}. Kept: go on, and see."
_NEVER = f"You said {SAID}. In what this page holds it does not come to light."


def asked_data(session: Session, album: Album) -> list[dict[str, Any]]:
    """For JSON, in the order in which they are met. `future`, `at`: where it is asked; `known`: where one can know, or
    nothing; `right`, `wrong`, `passed`: what is then said; `kept`: what is said before that, `never` where that never
    is."""
    found = [_one(session, album, one) for one in session.questions if one.future_asked in album.parts]
    return sorted(found, key=lambda one: one["at"])


def _one(session: Session, album: Album, asked: Asked) -> dict[str, Any]:
    part = album.parts[asked.future_asked]
    place = next(_truths(session, album, asked, part), None)
    return {
        "question": asked.question,
        "choices": [str(one) for one in asked.choices],
        "is_number": _is_number(asked),
        "future": asked.future_asked,
        "at": part.number_at(asked.at_asked),
        "kept": _KEPT.replace(SAID, _quoted(asked)),
        "never": _NEVER.replace(SAID, _quoted(asked)),
        **(_known(asked, *place) if place is not None else {}),
    }


def _is_number(asked: Asked) -> bool:
    return not asked.choices and asked.kind == "number"


def _quoted(asked: Asked) -> str:
    return SAID if _is_number(asked) else f"“{SAID}”"


def _known(asked: Asked, part: Part, number: int, truth: Truth) -> dict[str, Any]:
    told = {
        name: told_said(_quoted(asked), truth, is_right, asked.because)
        for name, is_right in (("right", True), ("wrong", False))
    }
    passed = told_said("", truth, False, asked.because).partition(". ")[2]
    return {"known": [part.branch.name, number], "was": str(truth.was), "passed": passed, **told}


def _truths(session: Session, album: Album, asked: Asked, first: Part) -> Iterator[tuple[Part, int, Truth]]:
    """Where it comes to light: in the future in which it was asked, else in another, from where it was asked on."""
    tables, since = Tables(), asked.at_asked
    for part in dict.fromkeys((first, *album.parts.values())):
        for number in range(part.number_at(since), len(part.numbers)):
            position, now = part.reel.places[part.numbers[number]]
            truth = truth_of(asked.how, Asking(session, tables, Place(part.branch, position, now), since))
            if truth is not None:
                yield part, number, truth
