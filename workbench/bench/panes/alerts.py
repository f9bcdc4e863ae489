"""Who was told what, when and by which route, who answered, and what reached nobody; and the deadlines ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.views.alerts import AlertLine, Notice, alerts_of
from workbench.views.clock import Clock, common_zone
from workbench.views.deadlines_ahead import deadlines_ahead
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST = 30
_INDENT = " " * 4


def alerts(bench: Bench, width: int) -> Sheet:
    """What stands out first, then the deadlines ahead, then the alerts and what was told by hand, the newest first."""
    found = alerts_of(bench.known, bench.now)
    both: list[AlertLine | Notice] = [*found.alerts, *found.notices]
    told = sorted(both, key=lambda one: one.number, reverse=True)
    clock = Clock(bench.now, common_zone(bench.known))
    rows: list[Row] = list(wrapped_row((Span(found.headline, "" if told else "dim"),), width))
    for finding in found.findings:
        rows += wrapped_row((Span("! ", "late"), Span(finding, "late")), width, "  ")
    rows += [row for line in _ahead(bench, clock) for row in wrapped_row(line, width, _INDENT)]
    for one in told[:_MOST]:
        rows += [(), *(_alert(one, clock, width) if isinstance(one, AlertLine) else _notice(one, clock, width))]
    if len(told) > _MOST:
        rows += [(), (Span(f"and {len(told) - _MOST} before these", "dim"),)]
    return Sheet("alerts", tuple(rows))


def _ahead(bench: Bench, clock: Clock) -> Iterator[Row]:
    """Each with who is told when it is missed."""
    last = bench.known.plans[bench.dag].spec.grid.last_ended(bench.now)
    found = [one for window in sorted({bench.window, last}, key=lambda one: one.start)
             for one in deadlines_ahead(bench.known, bench.now, bench.dag, window)]  # fmt: skip
    for number, one in enumerate(found):
        if not number:
            yield ()
            yield (Span("deadlines ahead", "title"),)
        then = f"; else {one.told} is told" if one.told else "; else nobody is told: it has no owner"
        target = f"task:{bench.dag}.{one.what}" if one.what and ":" not in one.what else ""
        at = Span(f"◷ {clock.at(one.at)}  ", "key")
        yield (at, Span(one.said, "", target), Span(then, "dim" if one.told else "bad"))


def _alert(one: AlertLine, clock: Clock, width: int) -> Iterator[Row]:
    """When and about what; below it what came of it."""
    target = f"event:{one.number}"
    head = Span(f"{clock.full(one.at)}  ", "dim", target)
    good = one.kind == "success"
    yield from wrapped_row((head, Span(one.sentence, "" if good else "strong", target)), width, _INDENT)
    style, glyph = _outcome(one)
    tail = Span("  It came right by itself.", "dim") if one.needless and not good else Span("")
    yield from wrapped_row((Span(_INDENT), Span(f"{glyph} {one.outcome}.", style, target), tail), width, _INDENT + "  ")


def _notice(one: Notice, clock: Clock, width: int) -> Iterator[Row]:
    """What somebody told the readers by hand."""
    target = f"event:{one.number}"
    head = Span(f"{clock.full(one.at)}  ", "dim", target)
    yield from wrapped_row((head, Span(f"✔ {one.sentence}.", "you", target)), width, _INDENT)


def _outcome(one: AlertLine) -> tuple[str, str]:
    if not one.reached:
        return "bad", "✖"
    return ("good", "✔") if one.answered is not None else ("late", "◔")
