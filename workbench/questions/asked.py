"""A question about what will happen, with what somebody said, and once it is known, what it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.history import Predicted
from workbench.history.predicting import Value
from workbench.model import InvalidInput, nearest
from workbench.questions.truth import Truth
from workbench.showing import is_in_notebook
from workbench.views.shown import Shown

if TYPE_CHECKING:
    from workbench.questions.session import Questions

# Longer answers are no predictions.
_LONGEST = 200


class Told(NamedTuple):
    """The truth, and the future and position at which the session stood when it came to light."""

    truth: Truth
    future: str
    position: int


class Asked(Shown):
    """`said` and `was` are None until somebody says something, and until it is known. `choices`: what may be said;
    empty: `kind`, a "number" or a "text". `because`: what its author adds when it is told."""

    def __init__(
        self,
        session: Questions,
        number: int,
        question: str,
        how: dict[str, Any],
        choices: tuple[Value, ...] = (),
        kind: str = "number",
    ) -> None:
        self._session, self.number, self.question, self.how = session, number, question, how
        self.choices, self.kind, self.because = choices, kind, str(how.get("because", ""))
        self.asked_at, self.future = session.now, session.branch.name
        self.prediction: Predicted | None = None
        self.found: Told | None = None
        self._watchers: list[Callable[[], None]] = []

    @property
    def said(self) -> Value | None:
        return self.prediction.said if self.prediction is not None else None

    @property
    def was(self) -> Value | None:
        return self.prediction.was if self.prediction is not None else None

    @property
    def at_asked(self) -> datetime:
        """When (UTC) it was asked, or answered in a recording."""
        return self.prediction.asked_at if self.prediction is not None else self.asked_at

    @property
    def future_asked(self) -> str:
        """In which future."""
        return self.prediction.future if self.prediction is not None else self.future

    @property
    def is_told(self) -> bool:
        return self.prediction is not None and self.prediction.told_at is not None

    def answer(self, said: object) -> Asked:
        """Say what you think. It can be said again until it is told. Raises InvalidInput for what is no answer."""
        if self.is_told:
            raise InvalidInput([f"it is known by now: {self.told}"])
        self._session._take_answer(self, self._understood(said))
        return self

    def watch(self, heard: Callable[[], None]) -> None:
        """Call this when something was said or told."""
        self._watchers.append(heard)

    def _changed(self) -> None:
        for heard in self._watchers:
            heard()

    def _understood(self, said: object) -> Value:
        if self.choices:
            return self._choice(said)
        if isinstance(said, int | float) and not isinstance(said, bool):
            return said
        text = " ".join(str(said).split())
        if not text:
            raise InvalidInput(["an answer is not empty; a guess is enough"])
        if len(text) > _LONGEST:
            raise InvalidInput([f"an answer has at most {_LONGEST} characters, and this one has {len(text)}"])
        return text if self.kind == "text" else _number(text)

    def _choice(self, said: object) -> Value:
        found = [one for one in self.choices if same(one, said if isinstance(said, int | float) else str(said))]
        if not found:
            every = [str(one) for one in self.choices]
            raise InvalidInput([f"'{said}' is not one of the answers{nearest(str(said), every)}: {', '.join(every)}"])
        return found[0]

    # words

    @property
    def told(self) -> str:
        """What there is to say of it now, without the question. As long as it is open: nothing of the truth."""
        if self.prediction is None:
            return ""
        said = f"You said {_quoted(self.prediction.said)}"
        if not self.is_told or self.was is None:
            return f"{said}. Kept; it is not known yet."
        truth = self.found.truth if self.found is not None else Truth(self.was, self.prediction.asked_at)
        is_right = same(self.prediction.said, self.was)
        return told_said(_quoted(self.prediction.said), truth, is_right, self.because)

    def __str__(self) -> str:
        return "\n".join([self.question, f"  {self.told or self._how_to_say}"])

    __repr__ = __str__

    @property
    def _how_to_say(self) -> str:
        offered = f" ({', '.join(map(str, self.choices))})" if self.choices else ""
        return f"What do you think{offered}? Say it before it happens: answer=... in this question."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """A box in which to answer, where widgets can be."""
        if not is_in_notebook():
            return {"text/plain": str(self), "text/html": self._repr_html_()}
        return import_module("notebook_ext.asking").bundle_of(self)


def told_said(said: str, truth: Truth, is_right: bool, because: str) -> str:
    """What is said of an answer, as it is quoted, once the truth is known."""
    first = f"You said {said}, and so it was." if is_right else f"You said {said}. It was {_quoted(truth.was)}."
    return " ".join([first, *truth.told, *([because] if because else [])])


def same(said: Value, was: Value) -> bool:
    """Do they mean the same? Numbers by their value, texts without capitals and blanks around."""
    try:
        return float(said) == float(was)
    except ValueError:
        return str(said).strip().casefold() == str(was).strip().casefold()


def _quoted(value: Value) -> str:
    return f"“{value}”" if isinstance(value, str) and not value[:1].isdecimal() else f"{value}"


def _number(text: str) -> Value:
    plain = re.sub(r"(?<=\d)[,_ '](?=\d{3}(?:\D|$))", "", text)
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", plain):
        raise InvalidInput([f"'{text}' is no number; say for example 12"])
    return float(plain) if "." in plain else int(plain)
