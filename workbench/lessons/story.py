"""The first story: "Why was Friday's report wrong?", three minutes on the real bench.

A table of parts, played in order. A part is over when the bench *is* so (an edit is in force, a reader has read) or
when the bench has *heard* it (why, compare): keys, mouse, menus and typed verbs all count, and in any order between.
Within a part the first line that fits the morning, as it stands at the cursor, is said: so the coach follows whoever
goes back, runs ahead or changes something else. Every number and time is read off the simulation.
"""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from workbench.bench import Bench, Question
from workbench.engine.events import RunStarted
from workbench.lessons.friday import FIRST, LAST, LATE, Morning
from workbench.lessons.story_parts import ASKS_FOR_NEVER, ASKS_WHEN, FILE, FIRST_TASK, OWN, PARTS
from workbench.lessons.story_words import ANSWERS, NEVER, Answers, So, Words
from workbench.opening import load
from workbench.timetable import format_instant, parse_instant

TITLE = "Why was Friday's report wrong?"
BEGIN = "2013-01-04T05:45Z"
# What it is all for, in the order in which it is told at the end.
USED = ("waiting", "why", "going back", "what-if", "deadline")


class Story:
    """The guide. `typed`: it names lines to type instead of keys."""

    def __init__(self, typed: bool = False) -> None:
        self.part = 0
        self.used: list[str] = []
        self.guess = self.second = ""
        self.is_typed = typed
        self._has_asked = False
        self._is_choosing = False
        # Times that are named again later: when the last file came in time, when the reader reads.
        self.noted: dict[str, datetime] = {}

    # what the bench asks of a guide

    def line(self, bench: Bench) -> str:
        morning = Morning(bench)
        too_early = morning.never and self.part < ASKS_FOR_NEVER
        if (morning.is_own or too_early) and not self.is_over:
            return self._told(next(one.text for one in OWN if one.when(morning)), morning)
        says = next((one for one in PARTS[self.part].lines if one.when(morning)), None)
        return self._told(says.text, morning) if says is not None else ""

    def question(self, bench: Bench) -> Question | None:
        """Asked once each: what the first task will do, at the moment when the clock makes the run and before anything
        of it begins; and, while it waits, when the report will be public."""
        morning = Morning(bench)
        if self.part == ASKS_WHEN and morning.waiting and not (self.second or morning.is_own or morning.never):
            answers = self._times(morning)
            asked = f"{morning.now}: extract waits for JFK. When will the report be public?"
            return Question(f"{asked} {self._choices(answers, ' or ')}?", answers) if answers else None
        if self.part > 0 or self.guess or morning.run is None or morning.began or morning.waits:
            return None
        asked = f"{morning.now}. JFK is not here. Will extract {self._choices(ANSWERS, ', ')}?"
        return Question(asked, ANSWERS, hides=(FIRST,))

    def _choices(self, answers: Answers, last: str) -> str:
        mark = "" if self.is_typed else "`"
        *first, end = (f"{mark}{key}{mark} {answer}" for key, answer in answers)
        return f"{', '.join(first)}{last}{end}"

    def _times(self, morning: Morning) -> Answers:
        """What one may expect who has seen the first future: as it was there, when the file came, or both."""
        began, late, public = (self.noted.get(name) for name in ("began", "late", "public"))
        if began is None or late is None or public is None:
            return ()
        times = sorted({public, late, late + (public - began)})
        return tuple((str(n), one) for n, one in enumerate([*map(morning.at, times), NEVER], 1))

    def answer(self, bench: Bench, key: str) -> None:
        question = self.question(bench)
        found = dict(question.answers).get(key, "") if question is not None else ""
        if self.part == ASKS_WHEN:
            self.second = found
        elif found:
            self.guess = found
            bench.next()
            self._choose(bench, FIRST_TASK)

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

    # leaving it, and going on later

    def to_data(self) -> dict[str, Any]:
        """Where it stands, as JSON data."""
        noted = {name: format_instant(at) for name, at in self.noted.items()}
        return {"part": self.part, "used": self.used, "guess": self.guess, "second": self.second,
                "has_asked": self._has_asked, "noted": noted}  # fmt: skip

    @classmethod
    def of(cls, data: dict[str, Any]) -> Story:
        """The story that stood so. Raises KeyError, ValueError or TypeError when it is none."""
        story = cls()
        story.part, story.used = range(len(PARTS))[data["part"]], [str(word) for word in data["used"]]
        story.guess, story.second = str(data["guess"]), str(data["second"])
        story._has_asked = bool(data["has_asked"])
        story.noted = {str(name): parse_instant(at) for name, at in data["noted"].items()}
        return story

    def go_on(self, bench: Bench, chosen: str) -> None:
        """The same on a bench that was opened again."""
        bench.shows_right = self.part > 0
        self._choose(bench, chosen)

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
            self._choose(bench, FILE)

    def _choose(self, bench: Bench, target: str) -> None:
        self._is_choosing = True
        bench.choose(target)
        self._is_choosing = False

    # words

    def _note(self, morning: Morning) -> None:
        before = morning.came("lga")
        found = {"before": before and before.at} | (_first_future(morning) if self.part == 0 else {})
        self.noted |= {name: at for name, at in found.items() if at is not None}

    def _told(self, text: str, morning: Morning) -> str:
        return text.format_map(
            Words(So(self.is_typed, self.noted, self.guess, self.second, self.summary), morning)
        ).strip()


def _first_future(morning: Morning) -> dict[str, datetime | None]:
    """What is named again later: when the reader reads, the late file came, the run began, its report was public."""
    read, late, run = morning.read, morning.came(LATE), morning.run
    return {
        "board": read.at if read is not None else None,
        "late": late.at if late is not None else None,
        "began": run.created if run is not None else None,
        "public": morning.ended(LAST),
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
