"""The first story: "Why was Friday's report wrong?", three minutes on the real bench.

A table of parts, played in order. A part is over when the bench *is* so (an edit is in force, a reader has read) or
when the bench has *heard* it (why, compare): keys, mouse, menus and typed verbs all count, and in any order between.
Within a part the first line that fits the morning, as it stands at the cursor, is said: so the coach follows whoever
goes back, runs ahead or changes something else. Every number and time is read off the simulation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from workbench.bench import Bench, Question
from workbench.engine.events import RunStarted
from workbench.lessons.friday import DAG, DAY, FIRST, LAST, LATE, READER, Morning
from workbench.opening import load
from workbench.views.clock import ago, listed

TITLE = "Why was Friday's report wrong?"
BEGIN = "2013-01-04T05:45Z"
ANSWERS = (("1", "wait"), ("2", "fail"), ("3", "run anyway"))
# What it is all for, in the order in which it is told at the end.
USED = ("waiting", "why", "going back", "what-if", "deadline")

When = Callable[[Morning], object]


class Says(NamedTuple):
    """A line of the coach, and when it fits. Words in braces are those of `_WORDS` and of the ways to act."""

    when: When
    text: str


class Part(NamedTuple):
    """A step of the story. It is over when the morning is so (`until`), or when one of `hears` was done. `select`: what
    is selected when it begins; `used`: what the person has used when it is over."""

    lines: tuple[Says, ...]
    until: When | None = None
    hears: str = ""
    select: str = ""
    used: str = ""


def _always(morning: Morning) -> bool:
    return True


_FIRST_TASK, _LAST_TASK, _FILE = f"task:{DAG}.{FIRST}", f"task:{DAG}.{LAST}", f"input:{DAG}.{LATE}"

_MORNING = (
    Says(lambda m: m.waits, "You have told extract to wait. Good idea! First see what happens without: {undo}"),
    Says(
        lambda m: m.public and m.came("jfk"), "{jfk_at}: JFK came, {jfk} flights. Too late: the report is out. {next}"
    ),
    Says(lambda m: m.public, "All green; {public} flights public. {guess}{next}"),
    Says(lambda m: m.ended("clean"), "clean is done. {next}"),
    Says(lambda m: m.ended("extract"), "extract is done, with what was there. {next}"),
    Says(lambda m: m.began, "{guess}It runs, without JFK. {next}"),
    Says(lambda m: m.run, "{now}. JFK is not here. {next}"),
    Says(lambda m: m.came("lga"), "LGA came: {lga} flights. JFK is still to come. {next}"),
    Says(lambda m: m.came("ewr"), "EWR came: {ewr} flights. {next}"),
    Says(
        _always,
        "Every morning this collects yesterday's flights from three airports and publishes a report. {next}",
    ),
)
_NOT_WAITING = (
    Says(lambda m: not m.waits and not m.run, "In this future extract takes what is there. Let it wait: {wait}"),
    Says(lambda m: not m.waits, "In this future extract did not wait. Go back before it began: {back}"),
)
_ANOTHER = (
    *_NOT_WAITING,
    Says(lambda m: m.began_early, "extract had begun before you told it to wait. Go back before that: {back}"),
    Says(
        lambda m: not m.run,
        "Three lines are solid now: extract waits for its files. This is what-if {future}; A is kept. {next}",
    ),
    Says(
        lambda m: m.waiting,
        "{now}: extract waits for JFK. When will the report be public? Guess, then go on. {next}",
    ),
    Says(lambda m: m.public, "{public_at}: the report is public. {public} flights: later, and all of them. {next}"),
    Says(lambda m: m.ended("clean"), "clean is done. {next}"),
    Says(lambda m: m.ended("extract"), "extract is done: {flights} flights. {next}"),
    Says(lambda m: m.began, "{began_at}: JFK came, and extract started that very moment. {next}"),
    Says(_always, "{next}"),
)
_UNNOTICED = (
    *_NOT_WAITING,
    Says(lambda m: not m.never and m.came("jfk"), "In this future JFK came. Go back before it did: {back}"),
    Says(lambda m: not m.never, "Let JFK never come: select it, and {never}"),
    Says(lambda m: not m.run, "What-if {future}: JFK never comes, and nobody knows that yet. {next}"),
    Says(
        lambda m: m.read and not m.alert,
        "{read_at}: {reader} got an old report, and nobody was told. Go back ({begin}) and give extract a deadline: "
        "{deadline}",
    ),
    Says(
        _always,
        "{now}: extract waits, and would wait for ever. Who would notice? Give it a deadline: {deadline}",
    ),
)

PARTS = (
    Part(_MORNING, until=lambda m: m.is_wrong and not m.waits, select=_FIRST_TASK),
    Part(
        (
            Says(
                lambda m: m.read,
                "Green, and wrong: {reader} read {read} flights at {read_at}; {jfk} of JFK are missing. Why? {why}",
            ),
            *_MORNING,
        ),
        hears="why",
        select=_LAST_TASK,
        used="why",
    ),
    Part(
        (
            Says(
                lambda m: m.run,
                "publish ← clean ← extract ← the clock said {due}. Nothing asked for JFK. Go back before it: {back}",
            ),
        ),
        until=lambda m: not m.run,
        used="going back",
    ),
    Part(
        (
            Says(lambda m: m.run, "At {now} extract has begun already. Go back before it did: {back}"),
            Says(_always, "Back at {now}. What you saw is kept as A. Let extract wait for its files: {wait}"),
        ),
        until=lambda m: m.waits,
        select=_FIRST_TASK,
        used="what-if",
    ),
    Part(_ANOTHER, until=lambda m: m.is_right, used="waiting"),
    Part(
        (
            Says(
                lambda m: m.is_right,
                "{read_at}: {reader} read {read} flights. Right. Both futures side by side: {compare}",
            ),
            *_ANOTHER,
        ),
        hears="compare",
    ),
    Part(
        (
            Says(lambda m: m.run, "Late is not failed; green is not right. And if JFK never comes? Go back: {back}"),
            *_NOT_WAITING,
        ),
        until=lambda m: m.waits and not m.run,
    ),
    Part(
        (
            *_NOT_WAITING,
            Says(lambda m: m.came("jfk"), "Here JFK has come already. Go back before it did: {back}"),
            Says(_always, "At {now}, in what-if {future}, JFK is selected. Let it never come: {never}"),
        ),
        until=lambda m: m.never and m.waits,
        select=_FILE,
    ),
    Part(_UNNOTICED, until=lambda m: m.never and m.waiting, select=_FIRST_TASK),
    Part(_UNNOTICED, until=lambda m: m.never and m.waiting and m.deadline, used="deadline"),
    Part(
        (
            Says(lambda m: m.alert, "{told_at}: {who} is paged: extract has not succeeded. {next}"),
            Says(
                lambda m: m.read,
                "The deadline was over when you gave it. Go back ({begin}), and give it again: {deadline}",
            ),
            Says(lambda m: m.deadline and m.waiting, "What-if {future}: the same morning, with a deadline. {next}"),
            *_UNNOTICED,
        ),
        until=lambda m: m.alert and m.alert.answered,
    ),
    Part((Says(_always, "{answer}{used} {leave}"),)),
)

_ASKS_FOR_NEVER = next(n for n, part in enumerate(PARTS) if part.select == _FILE)

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


class Story:
    """The guide. `typed`: it names lines to type instead of keys."""

    def __init__(self, typed: bool = False) -> None:
        self.part = 0
        self.used: list[str] = []
        self.guess = ""
        self.is_typed = typed
        self._has_asked = False
        self._is_choosing = False
        # Times that are named again later: when the last file came in time, when the reader reads.
        self.noted: dict[str, datetime] = {}

    # what the bench asks of a guide

    def line(self, bench: Bench) -> str:
        morning = Morning(bench)
        too_early = morning.never and self.part < _ASKS_FOR_NEVER
        if (morning.is_own or too_early) and not self.is_over:
            return self._told(
                "This is a what-if of your own: look around. The story goes on without it: {undo}", morning
            )
        says = next((one for one in PARTS[self.part].lines if one.when(morning)), None)
        return self._told(says.text, morning) if says is not None else ""

    def question(self, bench: Bench) -> Question | None:
        """Asked once, at the moment when the clock makes the run and before anything of it begins."""
        morning = Morning(bench)
        if self.part > 0 or self.guess or morning.run is None or morning.began or morning.waits:
            return None
        mark = "" if self.is_typed else "`"
        choices = ", ".join(f"{mark}{key}{mark} {answer}" for key, answer in ANSWERS)
        return Question(f"{morning.now}. JFK is not here. Will extract {choices}?", ANSWERS)

    def answer(self, bench: Bench, key: str) -> None:
        self.guess = dict(ANSWERS)[key]
        bench.next()
        self._choose(bench, _FIRST_TASK)

    def heard(self, bench: Bench, action: str, detail: str = "") -> None:
        if self._is_choosing:
            return
        word = detail.partition(" ")[0] if action == "do" else action
        self._stop_to_ask(bench)
        for _ in PARTS:
            self._note(Morning(bench))
            part = PARTS[self.part]
            if not (part.hears == word if part.hears else part.until and part.until(Morning(bench))):
                return
            word = ""
            self._go_on(bench)

    # what a front end may ask besides

    @property
    def is_over(self) -> bool:
        return self.part == len(PARTS) - 1

    @property
    def summary(self) -> str:
        """`You used waiting, why and going back.`; empty when nothing was."""
        used = [word for word in USED if word in self.used]
        return f"You used {', '.join(used)}." if used else ""

    def begin(self, bench: Bench) -> None:
        """Look at the first thing. Which versions are right would give away what is still to come."""
        bench.shows_right = False
        self._choose(bench, PARTS[0].select)

    # how it goes on

    def _go_on(self, bench: Bench) -> None:
        part = PARTS[self.part]
        if part.used:
            self.used.append(part.used)
        self.part += 1
        bench.shows_right = True
        if PARTS[self.part].select:
            self._choose(bench, PARTS[self.part].select)

    def _stop_to_ask(self, bench: Bench) -> None:
        """The clock's instant is cut in two: the run is there, and what comes of it can still be guessed."""
        morning = Morning(bench)
        if self._has_asked or self.part > 0 or morning.waits or morning.run is None:
            return
        self._has_asked = True
        if morning.began is None:  # who goes by events stands there already
            return
        log = bench.session.events
        if morning.began == bench.now and morning.run is not None:
            at = next(n for n, e in enumerate(log, 1) if isinstance(e, RunStarted) and e.run == morning.run.key)
            bench.session.seek(at)
            bench.playing = 0.0
            self._choose(bench, _FILE)

    def _choose(self, bench: Bench, target: str) -> None:
        self._is_choosing = True
        bench.choose(target)
        self._is_choosing = False

    # words

    def _note(self, morning: Morning) -> None:
        found = {"before": morning.came("lga"), "board": morning.read if self.part == 0 else None}
        self.noted |= {name: one.at for name, one in found.items() if one is not None}

    def _told(self, text: str, morning: Morning) -> str:
        return text.format_map(_Words(self, morning)).strip()


class _Words(dict[str, str]):
    """The words in braces, each made when it is first needed."""

    def __init__(self, story: Story, morning: Morning) -> None:
        super().__init__()
        self.morning, self.ways = morning, _TYPED if story.is_typed else _KEYS
        before, board = (story.noted.get(name, morning.bench.now) for name in ("before", "board"))
        begin = morning.run.created if morning.run is not None else before
        self["before"], self["begin_at"] = (self._place(at, story.is_typed) for at in (before, begin))
        self["board"] = f"{board.astimezone(morning.spec.zone):%H:%M}"
        self["guess"] = f'You guessed "{story.guess}". ' if story.guess else ""
        self["used"] = story.summary

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


def _answer(morning: Morning) -> str:
    alert = morning.alert
    if alert is None or alert.answered is None:
        return ""
    return f"{morning.at(alert.answered)}: {alert.by} answered, after {ago(alert.answered - alert.at)}. "


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
    "read_at": lambda m: m.at(m.read.at) if m.read else "",
    "told_at": lambda m: m.at(m.alert.at) if m.alert else "",
    "who": lambda m: listed(m.alert.recipients) if m.alert else "",
    "answer": _answer,
}


def story_bench(typed: bool = False) -> Bench:
    """The story at its beginning: on Friday morning, before anything has come. `typed`: it names lines to type."""
    session = load(story_path())
    session.run_until(BEGIN)
    guide = Story(typed)
    bench = Bench(session, guide)
    guide.begin(bench)
    return bench


def story_path() -> Path:
    """The pipeline of the story."""
    return Path(str(files("tutorials"))) / "story" / "friday.yaml"
