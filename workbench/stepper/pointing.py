"""What it means to point at something in a picture of the bench, or to type a line: done, and said in a sentence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.going import nothing_more
from workbench.bench.menus import said_of
from workbench.model import InvalidInput
from workbench.stepper.markup import lines_html, sheet_html

if TYPE_CHECKING:
    from workbench.bench import Bench

_GONE = "That is no longer there."
_UNDO = ' <button type="button" class="offer" data-target="verb:undo">undo</button>'


class Told(NamedTuple):
    """What was said, as markup; nothing when the picture says it all. `mood`: `error`, or nothing."""

    html: str = ""
    mood: str = ""


def point(bench: Bench, target: str) -> Told:
    """Select what a target names, go to its instant or future, or do its line. A refusal is told, and then nothing
    has changed."""
    kind, _, rest = target.partition(":")
    try:
        if kind in ("offer", "verb"):
            return _done(bench, rest.partition(":")[2] if kind == "offer" else rest)
        if kind in ("at", "event"):
            bench.go(rest if kind == "at" else f"event {rest}")
            return Told()
        if kind == "future":
            bench.session.enter(rest)
            return Told()
        return Told() if bench.choose(target) else Told(escape(_GONE), "error")
    except InvalidInput as error:
        return refused(error)


def typed(bench: Bench, line: str) -> Told:
    """Do a line of the grammar. A refusal is told, and then nothing has changed."""
    try:
        return _done(bench, line)
    except InvalidInput as error:
        return refused(error)


def ahead(bench: Bench, how: str = "next") -> Told:
    """On to what has not happened yet: the next instant, or with `matters` the next that matters."""
    before = bench.session.cursor
    try:
        bench.next_that_matters() if how == "matters" else bench.next()
    except InvalidInput as error:
        return refused(error)
    return Told() if bench.session.cursor != before else Told(lines_html([nothing_more(bench)]))


def refused(error: InvalidInput) -> Told:
    """A refusal, in sentences."""
    return Told(lines_html(str(one) for one in error.problems), "error")


def _done(bench: Bench, line: str) -> Told:
    said = said_of(bench.do(line))
    answer = sheet_html(said.answer) if said.answer is not None else ""
    return Told(answer or escape(said.sentence) + (_UNDO if said.is_command else ""))
