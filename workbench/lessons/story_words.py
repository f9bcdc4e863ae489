"""The words in braces of the story: keys or lines to type, and facts of the morning, each read off the simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from workbench.lessons.friday import DAY, LAST, LATE, READER, Morning
from workbench.views.clock import ago, listed

Answers = tuple[tuple[str, str], ...]
ANSWERS: Answers = (("1", "wait"), ("2", "fail"), ("3", "run anyway"))
NEVER = "never"
# What comes of each guess, in half a sentence.
_AFTER_GUESS = {
    "": "It runs, without JFK. ",
    "wait": 'You guessed "wait". It runs, without JFK: it takes what is there. ',
    "fail": 'You guessed "fail". It runs, without JFK: to it, a missing file is no error. ',
    "run anyway": 'Right, you guessed "run anyway": it runs, without JFK. ',
}

# How to do it: by keys, and by typed lines.
_KEYS = {
    "next": "Press `n`.",
    "why": "Press `w`.",
    "undo": "press `u`.",
    "back": "press `g`, type `{before}`, `Enter`.",
    "wait": "press `e`, `↓`, `Enter`.",
    "compare": "press `c`.",
    "never": "press `f`, `n`.",
    "deadline": "press `e`, `d`, type `{board}`, `Enter`.",
    "begin": "`g` {begin_at} `Enter`",
    "leave": "`Esc` leaves.",
}
_TYPED = {
    "next": "Press Enter.",
    "why": "Type w.",
    "undo": "type undo.",
    "back": "type go {before}.",
    "wait": "type wait extract for ewr lga jfk.",
    "compare": "type compare A.",
    "never": "type never jfk@{day}.",
    "deadline": "type set extract deadline {board}.",
    "begin": "go {begin_at}",
    "leave": "q leaves.",
}


class So(NamedTuple):
    """What the words need to know of the story: how it is told, times it has noted, and what was guessed."""

    is_typed: bool
    noted: Mapping[str, datetime]
    guess: str
    second: str
    summary: str


class Words(dict[str, str]):
    """The words in braces, each made when it is first needed."""

    def __init__(self, so: So, morning: Morning) -> None:
        super().__init__()
        self.morning, self.ways = morning, _TYPED if so.is_typed else _KEYS
        before, board = (so.noted.get(name, morning.bench.now) for name in ("before", "board"))
        begin = morning.run.created if morning.run is not None else before
        self["before"], self["begin_at"] = (self._place(at, so.is_typed) for at in (before, begin))
        self["board"] = f"{board.astimezone(morning.spec.zone):%H:%M}"
        self["guess"], self["guessed"] = _AFTER_GUESS[so.guess], _guessed(so.guess)
        self["second"], self["told_second"] = _second(so.second), _told_second(so.second, morning)
        self["used"] = so.summary

    def _place(self, at: datetime, is_typed: bool) -> str:
        """Where to go: the time, on another day with the day, as it is understood there."""
        local, here = (one.astimezone(self.morning.spec.zone) for one in (at, self.morning.bench.now))
        if local.date() == here.date():
            return f"{local:%H:%M}"
        return f"{local:%Y-%m-%d %H:%M}" if is_typed else f"{local:%a %H:%M}"

    def __missing__(self, name: str) -> str:
        self[name] = self.ways[name].format_map(self) if name in self.ways else _WORDS[name](self.morning)
        return self[name]


def _rows(file: str) -> Callable[[Morning], str]:
    def told(morning: Morning) -> str:
        found = morning.came(file)
        return str(found.rows) if found is not None else ""

    return told


def _guessed(guess: str) -> str:
    if guess == ANSWERS[-1][1]:
        return f'You guessed "{guess}": right. '
    return f'You guessed "{guess}". ' if guess else ""


def _second(guess: str) -> str:
    return f'You guessed "{guess}". Go on and see. ' if guess else "When will the report be public? "


def _told_second(guess: str, morning: Morning) -> str:
    """Was it public when the person said it would be?"""
    late, public = morning.came(LATE), morning.ended(LAST)
    if not guess or late is None or public is None:
        return ""
    because = f"{ago(public - late.at)} after JFK, for so long the three tasks take. "
    if guess == morning.at(public):
        return f"Right, as you guessed: {because}"
    return f'You guessed "{guess}"; it was {because}'


def _answer(morning: Morning) -> str:
    alert = morning.alert
    if alert is None or alert.answered is None:
        return ""
    return f"{morning.at(alert.answered)}: {alert.by} answered the page, after {ago(alert.answered - alert.at)}"


_WORDS: dict[str, Callable[[Morning], str]] = {
    "ewr": _rows("ewr"),
    "lga": _rows("lga"),
    "jfk": _rows("jfk"),
    "jfk_at": lambda m: m.at(found.at) if (found := m.came("jfk")) else "",
    "now": lambda m: m.now,
    "future": lambda m: m.future,
    "reader": lambda m: READER,
    "day": lambda m: DAY,
    "due": lambda m: m.at(m.run.created) if m.run else "",
    "began_at": lambda m: m.at(m.began),
    "flights": lambda m: str(m.flights),
    "public": lambda m: str(m.public.rows) if m.public else "",
    "public_at": lambda m: m.at(m.ended(LAST)),
    "read": lambda m: str(m.read_rows),
    "reads_at": lambda m: m.at(m.reads_next),
    "read_at": lambda m: m.at(m.read.at) if m.read else "",
    "told_at": lambda m: m.at(m.alert.at) if m.alert else "",
    "who": lambda m: listed(m.alert.recipients) if m.alert else "",
    "answer": _answer,
}
