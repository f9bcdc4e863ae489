"""What a line would change, and which items cannot be done now, in the words of the refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from workbench.bench.menus.menu import Blank, Item
from workbench.bench.remaking import taken_lines
from workbench.bench.volumes import held_back
from workbench.model import InvalidInput
from workbench.views.clock import listed

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


class Outlook(NamedTuple):
    """What a line would change, a sentence for each; or why it is refused."""

    lines: tuple[str, ...] = ()
    refusal: str = ""


def outlook(bench: Bench, line: str) -> Outlook:
    """What this line would change. Changes nothing."""
    try:
        return Outlook((*bench.plan_of(line), *taken_lines(bench, line), *held_back(bench, line)))
    except InvalidInput as error:
        return Outlook(refusal=" ".join(problem.message for problem in error.problems))


def outlook_of(bench: Bench, item: Item, values: Mapping[str, str]) -> Outlook:
    """What an item would change, with these values in its blanks."""
    if item.refusal or not item.line:
        return Outlook(refusal=item.refusal)
    lacking = item.lacks(values)
    if lacking is not None:
        return Outlook(refusal=_lacks(item, lacking))
    return outlook(bench, item.typed(values))


def _lacks(item: Item, blank: Blank) -> str:
    """`wrong unit needs a column, such as arr_delay or distance.`"""
    such = f", such as {listed(blank.offers[:2], 'or')}" if blank.offers else ""
    return f"{item.name} needs {blank.hint}{such}."


def judged(bench: Bench, items: Iterable[Item]) -> list[Item]:
    """The items, with the reason where one cannot be done now."""
    return [_judged(bench, one) for one in items]


def _judged(bench: Bench, item: Item) -> Item:
    if item.refusal or not item.line or item.lacks({}) is not None:
        return item
    return replace(item, refusal=outlook(bench, item.typed()).refusal)
