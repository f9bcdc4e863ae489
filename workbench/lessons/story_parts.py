"""The parts of the first story: what the coach says, when, and how each part ends. The story plays them in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workbench.lessons.friday import DAG, FIRST, LAST, LATE, Morning

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


FIRST_TASK, LAST_TASK, FILE = f"task:{DAG}.{FIRST}", f"task:{DAG}.{LAST}", f"input:{DAG}.{LATE}"

_TOO_EARLY = (
    Says(
        lambda m: m.began_early and m.has_just_edited,
        "Good idea, but too late for this run: extract began at {began_at}, without JFK. {next}",
    ),
    Says(
        lambda m: m.waits and not m.run,
        "You have told extract to wait. Good idea! First see what happens without: {undo}",
    ),
    Says(
        lambda m: m.waits and m.waiting,
        "{now}: extract waits for JFK, as you told it. {next} What happens without? To see that first, {undo}",
    ),
    Says(
        lambda m: m.waits and not m.began_early and m.is_right,
        "{read_at}: {reader} read {read} flights. Right: that was a good idea. And without it? To see that, {undo}",
    ),
    Says(
        lambda m: m.waits and not m.began_early and m.public,
        "{public_at}: the report is public, {public} flights: it waited, as you told it. {next}",
    ),
    Says(
        lambda m: m.waits and not m.began_early and m.began,
        "{began_at}: JFK came, and extract started: it waited, as you told it. {next}",
    ),
)
_MORNING = (
    *_TOO_EARLY,
    Says(
        lambda m: m.public and m.came("jfk"),
        "{jfk_at}: JFK came, {jfk} flights. Too late: the report is out. At {reads_at} {reader} reads it. {next}",
    ),
    Says(lambda m: m.public, "All green; {public} flights public. {guessed}{next}"),
    Says(lambda m: m.ended("clean"), "clean is done. {next}"),
    Says(lambda m: m.ended("extract"), "extract is done, with what was there. {next}"),
    Says(lambda m: m.began, "{guess}{next}"),
    Says(lambda m: m.run, "{now}. JFK is not here. {next}"),
    Says(lambda m: m.came("lga"), "LGA came: {lga} flights. JFK is still to come. {next}"),
    Says(lambda m: m.came("ewr"), "EWR came: {ewr} flights. {next}"),
    Says(
        _always,
        "Every morning this collects yesterday's flights from three airports and publishes a report. {next}",
    ),
)
OWN = (
    Says(
        lambda m: m.read_rows is not None,
        "{read_at}: {reader} read {read} flights, in a what-if of your own. The story goes on without it: {undo}",
    ),
    Says(
        lambda m: m.public,
        "{public} flights are public, in a what-if of your own. The story goes on without it: {undo}",
    ),
    Says(
        lambda m: m.run,
        "{now}, in a what-if of your own: look around, go on. The story goes on without it: {undo}",
    ),
    Says(_always, "This is a what-if of your own: look around. The story goes on without it: {undo}"),
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
        "{now}: extract waits for JFK. {second}{next}",
    ),
    Says(
        lambda m: m.public,
        "{public_at}: the report is public. {public} flights: later, and all of them. {told_second}{next}",
    ),
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

_PAGED = (
    Says(lambda m: m.alert, "{told_at}: {who} is paged: extract has not succeeded. {next}"),
    Says(
        lambda m: m.read,
        "The deadline was over when you gave it. Go back ({begin}), and give it again: {deadline}",
    ),
    Says(lambda m: m.deadline and m.waiting, "What-if {future}: the same morning, with a deadline. {next}"),
    *_UNNOTICED,
)

PARTS = (
    Part(_MORNING, until=lambda m: m.is_wrong, select=FIRST_TASK),
    Part(
        (
            Says(
                lambda m: m.read,
                "Green, and wrong: {reader} read {read} flights at {read_at}; {jfk} of JFK are missing. Why? {why}",
            ),
            *_MORNING,
        ),
        hears="why",
        select=LAST_TASK,
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
        select=FIRST_TASK,
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
        select=FILE,
    ),
    Part(_UNNOTICED, until=lambda m: m.never and m.waiting, select=FIRST_TASK),
    Part(_UNNOTICED, until=lambda m: m.never and m.waiting and m.deadline, used="deadline"),
    Part(_PAGED, until=lambda m: m.alert and m.alert.answered),
    Part(
        (
            Says(
                lambda m: m.is_answered and m.read,
                "{answer}: now a person knows. But {reader} had read at {read_at}, an old report: a deadline must "
                "leave time to act. {next}",
            ),
            Says(lambda m: m.is_answered, "{answer}: now a person knows, and has time to act. {next}"),
            *_PAGED,
        ),
        hears="next",
    ),
    Part((Says(_always, "That was the story. {used} Play on here if you like; {leave}"),)),
)

ASKS_FOR_NEVER = next(n for n, part in enumerate(PARTS) if part.select == FILE)
ASKS_WHEN = next(n for n, part in enumerate(PARTS) if part.used == "waiting")
