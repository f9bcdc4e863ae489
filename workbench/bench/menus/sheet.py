"""A menu as rows of styled text: its items, what taking one would change, and the line that does the same.

Targets: `item:3` is an item, `blank:3.1` a value of it, `more:` the less usual ones, `page:` the next of what would
change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workbench.bench.menus.menu import Blank, Item, Menu
from workbench.bench.menus.possible import Outlook
from workbench.views.clock import plural
from workbench.views.sheet import Row, Sheet, Span, clipped, row_width, wrapped_row

_WIDE = 100  # from so many cells on, what would change stands beside the items
_MOST_NAME = 14
_MOST_CHOICES = 2  # rows
CARET = "▏"


class MenuPlace(NamedTuple):
    """Where somebody stands in a menu. `at`: the item; `values`: what stands in its blanks; `blank`: which of them is
    being changed (-1: none), with the caret before letter `caret`; `is_whole`: all of it is selected. `more`: the less
    usual items are on show. `page`: how often one went on reading what would change, where not all of it fits."""

    at: int
    values: Mapping[str, str]
    blank: int = -1
    caret: int = 0
    is_whole: bool = False
    more: bool = False
    page: int = 0

    @property
    def next_page(self) -> str:
        """The key that reads on."""
        return "space" if self.blank < 0 else "PgDn"


def menu_sheet(menu: Menu, place: MenuPlace, outlook: Outlook, width: int, height: int, keys: Row = ()) -> Sheet:
    """The menu in at most so many cells and rows; the item at which one stands is always seen. `keys`: the last row."""
    left = width if width < _WIDE else width * 3 // 5
    below = _below(menu, place, None if width >= _WIDE else outlook, width, height)
    room = max(3, height - len(below) - (1 if keys else 0))
    items, at = _items(menu, place, left, True)
    if len(items) > room:
        items, at = _items(menu, place, left, False)
    rows = _window(items, at, room)
    if width >= _WIDE:
        changes = _changes(outlook, width - left - 3)
        rows = _beside(rows, _paged(changes, max(len(rows), 4), place, 0), left)
    every = (*rows, *below, *((keys,) if keys else ()))
    return Sheet(menu.title, tuple(clipped(row, width) for row in every))  # a path may be longer than any row


# items


def _items(menu: Menu, place: MenuPlace, width: int, is_whole: bool) -> tuple[list[Row], int]:
    """All rows that may be on show, and the row at which one stands. `is_whole`: no reason is cut, it has rows of its
    own where it is long; else only that of the item at which one stands."""
    rows: list[Row] = []
    shown, at = menu.shown(place.more), 0
    wide = min(_MOST_NAME, max((len(menu.items[n].name) for n in shown), default=0))
    for n in shown:
        item = menu.items[n]
        if item.heading:
            rule = Span("─" * max(2, width - len(item.heading) - 1), "rule")
            rows.append(clipped((Span(f"{item.heading} ", "note"), rule), width))
        at = len(rows) if n == place.at else at
        rows += _rows(item, n, place, wide, width, is_whole or n == place.at)
    if menu.hidden and not place.more:
        text = f"{plural(menu.hidden, 'less usual one')}"
        rows.append((Span("  "), Span("m", "key", "more:"), Span(f" {'more…':<{wide}}  ", "name", "more:"),
                     Span(text, "note", "more:")))  # fmt: skip
    return rows, at


def _rows(item: Item, number: int, place: MenuPlace, wide: int, width: int, is_whole: bool) -> list[Row]:
    """An item, with its reason or what is so now behind it."""
    is_now, target = number == place.at, f"item:{number}"
    plain, key, dim = ("row", "row.key", "row.dim") if is_now else ("", "key", "note")
    if item.refusal and not item.is_so:
        plain, key = dim, dim
    name = "row" if is_now and not item.refusal else dim if item.refusal and not item.is_so else "name"
    spans = [Span("►" if is_now else " ", key, target), Span(f" {item.key or ' '} ", key, target)]
    spans += [Span(f"{item.name:<{wide}}  ", name, target)] if item.name else []
    spans += _text(item, number, place, plain)
    note = _note(item)
    noted = (*spans, *([Span(f"  {note}", dim, target)] if note else []))
    if not is_whole or row_width(noted) <= width or row_width(tuple(spans)) > width:
        return [_filled(clipped(noted, width), width, target, is_now)]
    indent = " " * (6 + wide if item.name else 4)
    below = wrapped_row((Span(indent), Span(note.removeprefix("· "), dim, target)), width, indent)
    return [_filled(row, width, target, is_now) for row in (tuple(spans), *below)]


def _filled(row: Row, width: int, target: str, is_now: bool) -> Row:
    """The whole row is marked where one stands."""
    return (*row, Span(" " * (width - row_width(row)), "row", target)) if is_now else row


def _note(item: Item) -> str:
    if item.is_so:
        return "● now"
    return f"{'· ' if item.text else ''}{item.refusal or item.note}" if item.refusal or item.note else ""


def _text(item: Item, number: int, place: MenuPlace, style: str) -> list[Span]:
    """The sentence of an item, with its values between brackets."""
    is_now, target = number == place.at, f"item:{number}"
    values = place.values if is_now else item.values
    names = [blank.name for blank in item.blanks]
    found: list[Span] = []
    for piece in item.pieces(values):
        if not piece.blank:
            found.append(Span(piece.text, style, target))
            continue
        spot = names.index(piece.blank)
        plainly = ("row.field", "row.dim") if is_now else ("field", "note")
        is_changed = is_now and spot == place.blank
        found += _value(item.blanks[spot], piece.text, place if is_changed else None, plainly, f"blank:{number}.{spot}")
    return found


def _value(blank: Blank, text: str, place: MenuPlace | None, styles: tuple[str, str], target: str) -> list[Span]:
    """A value; where it is being changed (`place`), with the caret."""
    if place is None:
        return [Span(f"[{text or blank.hint}]", styles[0] if text else styles[1], target)]
    if place.is_whole:
        return [Span(f"[{text or ' '}]", "field.now", target)]
    return [Span(f"[{text[: place.caret]}{CARET}{text[place.caret :]}]", "field.now", target)]


def _window(rows: list[Row], at: int, room: int) -> list[Row]:
    """As many rows as there is room for, around the one at which one stands; the ends say that there are more."""
    if len(rows) <= room:
        return rows
    begin = max(0, min(at - room // 2, len(rows) - room))
    found = rows[begin : begin + room]
    if begin:
        found[0] = (Span(f"  ↑ {plural(begin + 1, 'more row')}", "note"),)
    if begin + room < len(rows):
        found[-1] = (Span(f"  ↓ {plural(len(rows) - begin - room + 1, 'more row')}", "note"),)
    return found


# the line, and what it would change


def _below(menu: Menu, place: MenuPlace, outlook: Outlook | None, width: int, height: int) -> tuple[Row, ...]:
    """What stands under the items; of what would change as much as leaves the items half of the rows."""
    item = menu.items[place.at] if menu.items else None
    rows: list[Row] = [(Span("─" * width, "rule"),)]
    typed = [*_typed(item, place, width)] if item is not None else []
    if outlook is not None:
        most = max(3, height // 2 - len(typed) - 3)
        rows += _paged(_labelled(outlook, width), most, place, 10)
    rows += [*_choices(item, place, width), *typed]
    if menu.kind == "fault":
        told = "; ".join(f"{one.number} {one.sentence}" for one in menu.active) or _none_of_yours(menu)
        rows.append(clipped((Span("active    ", "note"), Span(told, "late" if menu.active else "note")), width))
    return tuple(rows)


def _none_of_yours(menu: Menu) -> str:
    """What a scenario has in store is seen when it happens; that it has something may be known."""
    if not menu.scenario:
        return "none"
    return f"none of yours; the scenario {menu.scenario} has its own, which show as they happen"


def _choices(item: Item | None, place: MenuPlace, width: int) -> list[Row]:
    """What else may stand where a value is being changed, on at most two rows."""
    if item is None or place.blank < 0 or not item.blanks[place.blank].offers:
        return []
    blank = item.blanks[place.blank]
    rows = list(wrapped_row((Span("choices   ", "note"), Span(" · ".join(blank.offers))), width, " " * 10))
    if len(rows) <= _MOST_CHOICES:
        return rows
    return [*rows[: _MOST_CHOICES - 1], (*clipped(rows[_MOST_CHOICES - 1], width - 2), Span(" …", "note"))]


def _typed(item: Item, place: MenuPlace, width: int) -> Iterable[Row]:
    """For who would rather type it next time: it comes last, and quietly."""
    line = item.typed(place.values) if item.line else f"({item.name} has a screen of its own)"
    return wrapped_row((Span("types as  ", "note"), Span(line, "note")), width, " " * 10)


def _labelled(outlook: Outlook, width: int) -> list[Row]:
    indent = " " * 10
    if outlook.refusal:
        return list(wrapped_row((Span("not now   ", "error"), Span(outlook.refusal, "late")), width, indent))
    rows: list[Row] = []
    for number, line in enumerate(outlook.lines):
        rows += wrapped_row((Span("changes   " if not number else indent, "note"), Span(line)), width, indent + "  ")
    return rows


def _paged(rows: list[Row], most: int, place: MenuPlace, indent: int) -> list[Row]:
    """As many of them as there is room for; the last one says how to read on, and how to begin again."""
    if len(rows) <= most:
        return rows
    room = most - 1
    begin = place.page % -(-len(rows) // room) * room
    shown, rest = rows[begin : begin + room], max(0, len(rows) - begin - room)
    words = f"… {plural(rest, 'more line')}" if rest else "from the first line again"
    go_on = (Span(" " * indent), Span(f"{place.next_page}  ", "key", "page:"), Span(words, "note", "page:"))
    return [*shown, *[()] * (room - len(shown)), go_on]


def _changes(outlook: Outlook, width: int) -> list[Row]:
    """The same, in a column of its own."""
    if outlook.refusal:
        return [(Span("not now", "error"),), *wrapped_row((Span(outlook.refusal, "late"),), width)]
    rows: list[Row] = [(Span("what would change", "note"),)] if outlook.lines else []
    for line in outlook.lines:
        rows += wrapped_row((Span("· ", "note"), Span(line)), width, "  ")
    return rows


def _beside(left: list[Row], right: list[Row], width: int) -> list[Row]:
    found: list[Row] = []
    for n in range(max(len(left), len(right))):
        row = left[n] if n < len(left) else ()
        gap = Span(" " * (width - row_width(row)))
        found.append((*row, gap, Span(" │ ", "rule"), *(right[n] if n < len(right) else ())))
    return found
