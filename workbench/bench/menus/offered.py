"""What the why pane offers, on top of the menu that its key opens: an offer is what its key does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.bench.menus.menu import Item, Menu, grouped
from workbench.bench.offers import Offer, offers
from workbench.bench.panes.why import answer_of
from workbench.model import InvalidInput

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

OFFERED = "what the why pane offers"
KEYS = {"fault": "f", "edit": "e", "repair": "r"}
_USUAL = {"fault": "what can go wrong", "edit": "what can be changed", "repair": "what can be done"}


def with_offers(bench: Bench, menu: Menu, line: str = "") -> Menu:
    """The menu with the offers of its key first. One stands at the offer that does `line`, else at the first."""
    found = [one for one in _offers(bench) if one.key == KEYS[menu.kind]]
    if not found:
        return menu
    first = [_item(menu, one) for one in found]
    items = tuple(menu.items) if _is_so(menu, first) else (*grouped(OFFERED, first), *_others(menu, first))
    return replace(menu, items=items, first=next((n for n, one in enumerate(found) if one.line == line), 0))


def _offers(bench: Bench) -> tuple[Offer, ...]:
    try:
        return offers(bench, answer_of(bench))
    except InvalidInput:
        return ()


def _item(menu: Menu, offer: Offer) -> Item:
    """An item that does the line as it is: the menu's own, or one in the words of the offer."""
    own = next((one for one in menu.items if one.line and one.typed() == offer.line), None)
    made = Item("", "", offer.words, offer.line)
    return replace(own, heading="", is_more=False) if own is not None else made


def _is_so(menu: Menu, first: list[Item]) -> bool:
    """Do they stand on top already?"""
    return [one.line for one in menu.items[: len(first)]] == [one.line for one in first]


def _others(menu: Menu, first: list[Item]) -> list[Item]:
    """All other items. A heading stays with its group when the item that bore it has gone up."""
    taken, found, heading = [one.line for one in first], list[Item](), _USUAL[menu.kind]
    for item in menu.items:
        heading = item.heading or heading
        if not item.line or item.line not in taken:
            found.append(replace(item, heading=heading))
            heading = ""
    return found
