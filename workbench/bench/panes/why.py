"""Why the selection is as it is: a question, its answer, what was asked for, and what would help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.bench.offers import Offer, Told, offers, tips, window_of
from workbench.bench.panes.wrong import wrong_lines
from workbench.bench.remaking import remake_lines
from workbench.bench.unfinished import left
from workbench.model import InvalidInput
from workbench.views.graph import look
from workbench.views.reach import behind
from workbench.views.sheet import Row, Sheet, Span, row_width, wrapped_row
from workbench.views.why import Why
from workbench.views.why_asked import gap_marks, marks_of, question_of, question_of_run, without_marks
from workbench.views.why_things import Mark, Thing, consumer_told, dataset_told, input_told

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_FLAT = 66  # from this width on the pane is a low one below the others: sentences share lines
_ENDLESS = 1000  # wider than any terminal: who draws it wraps it, and has a line for each sentence
_HIGH = 14
_STALE = " is stale: "  # said in fuller words where something can be done about it
_GLYPHS = {True: ("✔ ", "good"), False: ("✖ ", "bad"), None: ("⊘ ", "dim")}


def why(bench: Bench, width: int) -> Sheet:
    """The answer for the pane: what fits it is in the order in which one reads it."""
    try:
        told = answer_of(bench)
    except InvalidInput as error:
        return Sheet(f"why {bench.chosen.name}?", tuple(plain_rows([str(one) for one in error.problems], width)))
    found, marks = () if bench.is_read_only else offers(bench, told), marks_in(bench, told)
    is_flat, advice = _FLAT <= width < _ENDLESS, tip_rows(tips(told, found), width)
    old = remake_lines(bench)
    sentences = [one for one in _sentences(told, marks) if not old or _STALE not in one]
    lines = [*plain_rows(sentences, width, is_flat)]
    more = plain_rows([*filter(None, [_behind(bench, told)])], width)
    lines = [*lines, *advice]
    head = [*wrapped_row((Span(told.headline, "strong"),), width)]
    wrong = [*wrong_rows(wrong_lines(bench), width), *old_rows(old, width), *left_rows(bench, width)]
    last = [] if len(lines) > _HIGH // 2 else [*more]  # what one can do comes before what is behind it
    parts = [head, wrong, mark_rows(marks, width), lines, offer_rows(found, width), last]
    return Sheet(question(told), tuple(_airy([part for part in parts if part], is_flat)))


def _airy(parts: list[list[Row]], is_flat: bool) -> Iterator[Row]:
    """The parts below each other, with an empty row between them where the pane is high and they are short."""
    high = sum(map(len, parts)) + len(parts) - 1
    for number, part in enumerate(parts):
        if number and not is_flat and high <= _HIGH:
            yield ()
        yield from part


_KEPT: WeakKeyDictionary[Bench, tuple[object, Told]] = WeakKeyDictionary()


def answer_of(bench: Bench) -> Told:
    """The answer about the selection; kept until something changes. Raises InvalidInput."""
    session, chosen = bench.session, bench.chosen
    place = (session.branch.name, session.position, bench.now, chosen, bench.window.key)
    kept = _KEPT.get(bench)
    if kept is None or kept[0] != place:
        kept = _KEPT[bench] = (place, _ask(bench))
    return kept[1]


def _ask(bench: Bench) -> Told:
    known, now, chosen = bench.known, bench.now, bench.chosen
    if chosen.kind == "input":
        return input_told(known, now, chosen.name, window_of(bench, chosen.dag))
    if chosen.kind == "dataset":
        return dataset_told(known, now, chosen.name, window_of(bench, chosen.dag))
    if chosen.kind == "consumer":
        return consumer_told(known, now, chosen.name)
    if chosen.kind == "dag":
        return bench.session.why_run(f"{chosen.dag}@{bench.window.key}")
    return bench.session.why(f"{chosen.dag}.{chosen.name}@{bench.window.key}")


def question(told: Told) -> str:
    """The title: what a person would ask."""
    if isinstance(told, Thing):
        return told.question
    return question_of(told) if isinstance(told, Why) else question_of_run(told)


def marks_in(bench: Bench, told: Told) -> tuple[Mark, ...]:
    """What was asked for, as marks."""
    if isinstance(told, Thing):
        return told.marks
    return marks_of(bench.known, told) if isinstance(told, Why) else tuple(gap_marks(bench.known, told))


def _sentences(told: Told, marks: Sequence[Mark]) -> list[str]:
    """Those that no mark says already."""
    said = {mark.text.rstrip(".") for mark in marks}
    every = map(without_marks, told.sentences)
    return [line for line in dict.fromkeys(every) if line.rstrip(".") not in said]


def _behind(bench: Bench, told: Told) -> str:
    """What stands behind a task that holds others up."""
    return behind(bench.known, told.dag, told.task) if isinstance(told, Why) and told.state in _HOLDS_UP else ""


_HOLDS_UP = frozenset({"none", "scheduled", "queued", "failed", "up_for_retry", "up_for_reschedule"})


# rows


def mark_rows(marks: Iterable[Mark], width: int) -> list[Row]:
    """Marks, as many on a line as fit; a long one has lines of its own."""
    rows: list[Row] = []
    line: list[Span] = []
    for mark in marks:
        spans = _mark_spans(mark)
        if line and row_width((*line, *spans)) + 3 > width:
            rows.append(tuple(line))
            line = []
        line += [Span("   "), *spans] if line else spans
        if row_width(tuple(line)) > width:
            rows += wrapped_row(line, width, "  ")
            line = []
    return [*rows, *([tuple(line)] if line else [])]


def _mark_spans(mark: Mark) -> list[Span]:
    glyph, style = _GLYPHS[mark.passed]
    return [Span(glyph, style, mark.target), Span(mark.text, "dim" if mark.passed is None else "", mark.target)]


def plain_rows(lines: Sequence[str], width: int, joined: bool = False, style: str = "") -> Iterator[Row]:
    """Sentences, each on a line of its own, or one after the other."""
    texts = [" ".join(lines)] if joined and lines else list(lines)
    for text in texts:
        yield from wrapped_row((Span(text, style),), width)


def wrong_rows(lines: Iterable[str], width: int) -> list[Row]:
    """What is wrong with what came out, where somebody saw it."""
    return [row for text in lines for row in wrapped_row((Span("✖ ", "bad"), Span(text, "bad")), width, "  ")]


def left_rows(bench: Bench, width: int) -> list[Row]:
    """What is left to do after a repair: days that are wrong still, readers who were not told; or that nothing is."""
    found = left(bench)
    done = wrapped_row((Span("✔ ", "good"), Span(found.done)), width, "  ") if found.done else []
    return [*wrong_rows(found.wrong, width), *done]


def old_rows(lines: Iterable[str], width: int) -> list[Row]:
    """What is made of something that is another now."""
    glyph = look("stale").glyph
    return [row for text in lines for row in wrapped_row((Span(f"{glyph} ", "state.stale"), Span(text)), width, "  ")]


def tip_rows(lines: Iterable[str], width: int) -> list[Row]:
    """Advice that is no command."""
    return [row for text in lines for row in wrapped_row((Span("→ ", "dim"), Span(text, "dim")), width, "  ")]


def offer_target(one: Offer) -> str:
    """`offer:e:set extract deadline 07:00`: the menu of a key, at the item that does the line."""
    return f"offer:{one.key}:{one.line}"


def offer_rows(found: Iterable[Offer], width: int) -> list[Row]:
    """`e set a deadline   f let jfk come now`: a click opens the menu of the key there."""
    rows: list[Row] = []
    line: list[Span] = []
    for one in found:
        target = offer_target(one)
        spans = [Span(f"{one.key} ", "key", target), Span(one.words, "", target)]
        if line and row_width((*line, *spans)) + 3 > width:
            rows.append(tuple(line))
            line = []
        line += [Span("   "), *spans] if line else spans
        if row_width(tuple(line)) > width:
            rows += wrapped_row(line, width, "  ")
            line = []
    return [*rows, *([tuple(line)] if line else [])]
