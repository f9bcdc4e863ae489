"""The one grammar: `verb target[@day[..day]] [word value]...`. Text -> `Command` -> text; a table says what may stand.

A pattern such as `TASKS [down|only] [limit N] for NAME...` is made of places in capitals (kinds of words), `[optional]`
parts, words with a value (`limit N`), flags (`down`), and `...` for one or more. Places are filled in order; words with
their values come after the places that must be there, in any order.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from workbench.model.findings import shown
from workbench.ordering.here import refuse, unknown
from workbench.verbs.kinds import KINDS, Kind, is_clock, is_date, read_word

_PARTS = re.compile(r"\[[^\]]+\]|\S+")
_PLAIN = re.compile(r"[^\s'\"\\#]+")
MOST_LETTERS = 2000


class Slot(NamedTuple):
    """A place in a pattern. `word`: what stands in front of it, empty for a place without. `kind`: empty for a flag.
    `group`: flags of one group exclude each other."""

    word: str
    kind: str
    required: bool
    many: bool = False
    group: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.word or self.kind

    @property
    def each(self) -> int:
        """How many texts belong together: a field and its value are two."""
        return 2 if self.kind == "SETTING" else 1


class Given(NamedTuple):
    """One thing that was given: the slot's name, the text (None for a flag), and the word to print in front."""

    name: str
    text: str | None
    word: str = ""


class Command(NamedTuple):
    """A verb and what was given with it, in the order of the verb's pattern. Printed, it is the line again."""

    verb: str
    given: tuple[Given, ...] = ()

    def __str__(self) -> str:
        texts = ((one.word, None if one.text is None else quoted(one.text)) for one in self.given)
        return " ".join([self.verb, *(part for pair in texts for part in pair if part)])

    def __contains__(self, name: object) -> bool:
        return any(one.name == name for one in self.given)

    def all(self, name: str) -> list[str]:
        """Everything that was given for a slot."""
        return [one.text for one in self.given if one.name == name and one.text is not None]

    def get(self, name: str) -> str | None:
        """What was given for a slot, if it was."""
        return next(iter(self.all(name)), None)

    def saying(self, name: str, text: str) -> Command:
        """The same with another text in a slot."""
        return self._replace(given=tuple(one._replace(text=text) if one.name == name else one for one in self.given))

    def one(self, name: str) -> str:
        """What was given for a slot that must be there."""
        [text] = self.all(name)
        return text


class Form(NamedTuple):
    """A verb as the grammar sees it."""

    name: str
    pattern: str
    example: str

    @property
    def usage(self) -> str:
        """`rerun TASK[@DAY[..DAY]] [down|only]`."""
        shown_as = re.sub(r"[A-Z]+", lambda m: KINDS[m[0]].shape, self.pattern)
        return f"{self.name} {shown_as}".strip()


@cache
def slots_of(pattern: str) -> tuple[Slot, ...]:
    """The places of a pattern."""
    found: list[Slot] = []
    word = ""
    for part in _PARTS.findall(pattern):
        optional = part.startswith("[")
        found += _optional(part[1:-1]) if optional else _required(part, word)
        word = part if not optional and part.islower() else ""
    return tuple(found)


def _required(part: str, word: str) -> list[Slot]:
    if part.islower():
        return []
    return [Slot(word, part.removesuffix("..."), True, part.endswith("..."))]


def _optional(inside: str) -> list[Slot]:
    words = inside.split()
    if words[0].isupper():
        return [Slot("", words[0].removesuffix("..."), False, words[0].endswith("..."))]
    if len(words) == 2:
        return [Slot(words[0], words[1].removesuffix("..."), False, words[1].endswith("..."))]
    flags = tuple(words[0].split("|"))
    return [Slot(flag, "", False, group=flags) for flag in flags]


# text -> command


# `daily_flights@2013-01-03#2` is one word: shlex would take its end for a comment.
_BEFORE_COMMENT = re.compile(r"""(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|(?<=\S)#|[^#])*""", re.DOTALL)


def words_of(line: str) -> list[str]:
    """The words of a line; quotes keep spaces, # at the start of a word begins a comment. Raises InvalidInput."""
    if len(line) > MOST_LETTERS:
        raise refuse(f"This line has {len(line)} letters; a command has at most {MOST_LETTERS}")
    if len(line.strip().splitlines()) > 1:
        raise refuse("One line is one command; give the lines one by one")
    try:
        return shlex.split(_BEFORE_COMMENT.match(line)[0])  # type: ignore[index]
    except ValueError:
        raise refuse("A quote is not closed; write a value with spaces as 'in quotes'") from None


def quoted(text: str) -> str:
    """The text as one word of a line."""
    return text if _PLAIN.fullmatch(text) else shlex.quote(text)


def parse(line: str, forms: Mapping[str, Form], aliases: Mapping[str, str]) -> Command:
    """The command of a line. Raises InvalidInput with one line that teaches."""
    words = words_of(line)
    if not words:
        raise refuse("Nothing to do; write a verb, for example: step")
    form, rest = form_of(words, forms, aliases)
    return Command(form.name, tuple(_Reader(form, rest).read()))


def form_of(words: Sequence[str], forms: Mapping[str, Form], aliases: Mapping[str, str]) -> tuple[Form, Sequence[str]]:
    """The verb at the start of some words, which may be two, and the words after it."""
    for many in (2, 1):
        name = " ".join(words[:many])
        name = aliases.get(name, name)
        if len(words) >= many and name in forms:
            return forms[name], words[many:]
    seconds = [name for name in forms if name.startswith(f"{words[0]} ")]
    if seconds:
        told = f"No verb {shown(' '.join(words[:2]))}. Write {' or '.join(seconds)}"
        raise refuse(f"{told}, for example: {forms[seconds[0]].example}")
    raise unknown("verb", words[0], [*{n.partition(" ")[0] for n in forms}, *aliases], "Write help to see all verbs.")


class _Reader:
    """Fills the slots of one form with words."""

    def __init__(self, form: Form, words: Sequence[str]) -> None:
        self.form, self.words, self.at = form, list(words), 0
        self.slots = slots_of(form.pattern)
        self.by_word = {slot.word: slot for slot in self.slots if slot.word}
        self.found: dict[Slot, list[str | None]] = {}

    def read(self) -> list[Given]:
        for slot in [s for s in self.slots if s.required and not s.word]:
            # A task that is called like one of the verb's words is still there as dag.task.
            if self.words[self.at : self.at + 1] and self.words[self.at] in self.by_word:
                raise self._missing(slot)
            self._fill(slot)
        free = [s for s in self.slots if not s.required and not s.word]
        while self.at < len(self.words):
            word = self.words[self.at]
            if word in self.by_word:
                self.at += 1
                self._word(self.by_word[word])
            elif free:
                self._fill(free.pop(0))
            else:
                raise self._too_much(word)
        for slot in self.slots:
            if slot.required and slot not in self.found:
                raise self._missing(slot)
        return [given for slot in self.slots for given in self._given(slot)]

    def _word(self, slot: Slot) -> None:
        others = [other for other in self.found if other.group and other.group == slot.group and other != slot]
        if slot in self.found:
            raise refuse(f"{slot.word} is there twice; once is enough")
        if others:
            raise refuse(f"{others[0].word} and {slot.word} exclude each other; choose one")
        if slot.kind:
            self._fill(slot)
        else:
            self.found[slot] = [None]

    def _fill(self, slot: Slot) -> None:
        """Read what belongs to a slot: one text, or all up to the next known word."""
        texts = self.found.setdefault(slot, [])
        while self.at < len(self.words) and (not texts or (slot.many and self.words[self.at] not in self.by_word)):
            for _ in range(slot.each):
                texts.append(self._text(slot, texts))
        if not texts:
            raise self._missing(slot)

    def _text(self, slot: Slot, before: list[str | None]) -> str:
        if self.at >= len(self.words):
            raise refuse(f"{before[-1]} needs a value, for example: {self.form.example}")
        text = self.words[self.at]
        self.at += 1
        if slot.kind == "TIME" and is_date(text) and self.at < len(self.words) and is_clock(self.words[self.at]):
            text, self.at = f"{text}T{self.words[self.at]}", self.at + 1
        return read_word(slot.word, KINDS[slot.kind], text)

    def _given(self, slot: Slot) -> list[Given]:
        texts = self.found.get(slot, [])
        return [Given(slot.name, text, slot.word if n == 0 else "") for n, text in enumerate(texts)]

    def _missing(self, slot: Slot) -> Exception:
        kind: Kind = KINDS[slot.kind]
        if slot.word and slot.word in self.words:
            return refuse(f"{slot.word} needs {kind.says}, for example: {self.form.example}")
        word = f"{slot.word} and " if slot.word else ""
        return refuse(f"{self.form.name} needs {word}{kind.says}, for example: {self.form.example}")

    def _too_much(self, word: str) -> Exception:
        usage = f"{self.form.name} takes: {self.form.usage}"
        return unknown(f"word of {self.form.name} is", word, self.by_word, f"{usage}.")
