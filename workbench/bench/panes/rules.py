"""The rules of the selection: what starts it, how often it is tried, until when, who owns it, what nothing proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workbench.views.rules_told import RULES, Rule
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_OPEN = frozenset({"none", "nobody"})


def rules(bench: Bench, width: int) -> Sheet:
    """Labels to the left, what they say beside them."""
    chosen = bench.chosen
    found = list(RULES[chosen.kind](bench.known, chosen.dag, chosen.name))
    return Sheet(f"{chosen.name or chosen.dag}: its rules", tuple(rule_rows(found, width)))


def rule_rows(found: Iterable[Rule], width: int) -> Iterator[Row]:
    """A label is written once where several rules have it."""
    rules = list(found)
    wide = max((len(one.label) for one in rules), default=0) + 2
    last = ""
    for one in rules:
        label = "" if one.label == last else one.label
        style = "late" if one.label == "not proved" else "dim" if one.text.split(":")[0] in _OPEN else ""
        rows = wrapped_row((Span(one.text, style),), max(12, width - wide))
        for number, row in enumerate(rows):
            yield clipped((Span((label if not number else "").ljust(wide), "dim"), *row), width)
        last = one.label
