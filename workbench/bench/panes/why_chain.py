"""The whole why: the answer, what was asked for, and what led to what, back to the root. Every cause can be gone to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.bench.offers import Told, offers
from workbench.bench.panes.sections import section, table
from workbench.bench.panes.why import (
    answer_of,
    left_rows,
    marks_in,
    offer_target,
    old_rows,
    plain_rows,
    question,
    wrong_rows,
)
from workbench.bench.panes.wrong import wrong_lines
from workbench.bench.remaking import remake_lines
from workbench.model import InvalidInput
from workbench.timetable import format_instant
from workbench.views.clock import Clock, ago
from workbench.views.sheet import Row, Sheet, Span, wrapped_row
from workbench.views.why import Cause, Why
from workbench.views.why_run import WhyRun
from workbench.views.why_things import Mark

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def why_chain(bench: Bench, width: int) -> Sheet:
    """Everything that is known of why, in sections."""
    try:
        told = answer_of(bench)
    except InvalidInput as error:
        return Sheet(f"why {bench.chosen.name}?", tuple(plain_rows([str(one) for one in error.problems], width)))
    rows = [*wrapped_row((Span(told.headline, "strong"),), width), *_told(told, width), ()]
    old = old_rows(remake_lines(bench), width)
    came_out = [*wrong_rows(wrong_lines(bench), width), *old, *left_rows(bench, width)]
    rows += section("what came out", iter(came_out), width)
    rows += section("what was asked for", _marks(marks_in(bench, told), width), width)
    rows += section("what holds it, down to the root", _holds(bench, told, width), width)
    rows += section("what led here, the newest first", _causes(bench, told, width), width)
    rows += section("where the time went", _segments(bench, told, width), width)
    rows += section("what would help", _helps(bench, told, width), width)
    while rows and not rows[-1]:
        rows.pop()
    return Sheet(question(told), tuple(rows))


def _told(told: Told, width: int) -> Iterator[Row]:
    for line in told.sentences:
        yield from wrapped_row((Span(line),), width)


def _marks(marks: tuple[Mark, ...], width: int) -> Iterator[Row]:
    glyphs = {True: ("✔ ", "good"), False: ("✖ ", "bad"), None: ("⊘ ", "dim")}
    for mark in marks:
        glyph, style = glyphs[mark.passed]
        yield from wrapped_row((Span(glyph, style, mark.target), Span(mark.text, "", mark.target)), width, "  ")


# causes

_WORDS = {
    "task": "ended", "input": "came", "clock": "the clock made the run", "manual": "somebody made the run",
    "backfill": "a backfill made the run", "data": "data made the run", "marked": "was marked by hand",
    "cleared": "was cleared", "published": "was made public by hand", "scheduler": "the scheduler was back",
    "unpaused": "was switched on",
}  # fmt: skip


def _causes(bench: Bench, told: Told, width: int) -> Iterator[Row]:
    """A row for each: when, what, and where its time went."""
    if isinstance(told, Why):
        clock = bench.clock
        rows = [_cause_row(clock, cause, number) for number, cause in enumerate(told.causes)]
        yield from table(("when", "what", ""), rows, width)


def _cause_row(clock: Clock, cause: Cause, number: int) -> list[Span]:
    target = _target_of(cause)
    name = cause.name if cause.kind in ("task", "input", "marked", "cleared", "published", "unpaused") else ""
    arrow = "" if not number else "← "
    what = f"{arrow}{name} {_WORDS.get(cause.kind, cause.kind)}".replace("  ", " ")
    return [Span(clock.at(cause.at), "dim", target), Span(what, "", target), Span(_spent(clock, cause), "dim")]


def _spent(clock: Clock, cause: Cause) -> str:
    """`work 3 min, 2 tries`, `due 06:00, 95 min late`."""
    if cause.due is not None and cause.kind == "input":
        late = cause.at - cause.due
        return f"due {clock.at(cause.due)}" + (f", {ago(late)} late" if late > timedelta(0) else ", in time")
    parts = {"work": cause.worked, "pauses between tries": cause.retried, "waiting for a slot": cause.queued,
             "looking": cause.sensed}  # fmt: skip
    said = [f"{word} {ago(timedelta(seconds=spent))}" for word, spent in parts.items() if spent]
    return ", ".join([*said, *([f"{cause.tries} tries"] if cause.tries > 1 else [])])


def _target_of(cause: Cause) -> str:
    """Where Enter goes: to the instance, the input, the dataset, or the instant."""
    if cause.kind in ("task", "marked", "cleared"):
        return f"run:{cause.dag}.{cause.name}@{cause.partition}"
    if cause.kind in ("input", "published"):
        kind = "input" if cause.kind == "input" else "dataset"
        return f"{kind}:{cause.dag}.{cause.name}"
    return f"at:{format_instant(cause.at)}"


# what holds it

_MOST_DEEP = 12


def _holds(bench: Bench, told: Told, width: int) -> Iterator[Row]:
    """From a task that waits, or did not run, up to what is at the bottom of it: a row for each, with its answer."""
    names, seen = (_above(bench, told) if isinstance(told, Why) else []), set[str]()
    while names and isinstance(told, Why) and len(seen) < _MOST_DEEP:
        name = names.pop(0)
        if name in seen:
            continue
        seen.add(name)
        found = bench.session.why(f"{told.dag}.{name}@{told.partition}")
        target = f"run:{told.dag}.{name}@{told.partition}"
        yield from wrapped_row((Span("← ", "dim", target), Span(found.headline, "", target)), width, "  ")
        names += _above(bench, found)
        if not _above(bench, found):
            yield from _root_rows(bench, found, width)


def _above(bench: Bench, told: Why) -> list[str]:
    """The tasks above it that hold it."""
    run = bench.known.run_of(told.dag, told.partition)
    plan = run.plan.tasks.get(told.task) if run is not None else None
    if run is None or plan is None or told.state not in ("none", "upstream_failed"):
        return []
    held = ("failed", "upstream_failed") if told.state == "upstream_failed" else _UNFINISHED
    return [up for up in plan.ups if run.cells[up].state in held]


_UNFINISHED = ("none", "scheduled", "queued", "running", "up_for_retry", "up_for_reschedule")


def _root_rows(bench: Bench, found: Why, width: int) -> Iterator[Row]:
    """At the bottom: what is missing, where one can go there."""
    for mark in marks_in(bench, found):
        if mark.passed is False and mark.target:
            spans = (Span("  ✖ ", "bad", mark.target), Span(mark.text, "", mark.target))
            yield from wrapped_row(spans, width, "    ")


def _segments(bench: Bench, told: Told, width: int) -> Iterator[Row]:
    """Of a run: the pieces of its critical path."""
    if not isinstance(told, WhyRun):
        return
    clock = bench.clock
    rows = []
    for one in told.segments:
        target = f"run:{told.dag}.{one.task}@{told.partition}" if one.task else ""
        span = f"{clock.at(one.start)} to {clock.at(one.end)}"
        rows.append([Span(span, "dim", target), Span(one.task, "", target), Span(ago(one.end - one.start)),
                     Span(f"{one.kind} {one.what}".strip(), "dim")])  # fmt: skip
    yield from table(("when", "task", "took", "how"), rows, width, frozenset({2}))


# what would help


def _helps(bench: Bench, told: Told, width: int) -> Iterator[Row]:
    """Each offer with the line that does it; all advice as it was said."""
    for one in offers(bench, told):
        target = offer_target(one)
        yield from wrapped_row((Span(f"{one.key} ", "key", target), Span(f"{one.words}   ", "", target),
                                Span(one.line, "dim", target)), width, "  ")  # fmt: skip
    for text in told.helps:
        yield from wrapped_row((Span("→ ", "dim"), Span(text, "dim")), width, "  ")
