"""A menu of the core as a form: the items in groups, the one that is picked with fields for its values, what it would
change, and a button that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import ipywidgets

from workbench import Bench, Menu, Outlook, Planning, outlook_of

_NOW = "● "


def outlook_html(outlook: Outlook) -> str:
    """What would change, a sentence a line; or why it cannot be."""
    if outlook.refusal:
        return f'<div class="wb-refused"><b>not now</b> {escape(outlook.refusal)}</div>'
    if not outlook.lines:
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in outlook.lines)
    return f"<b>what would change</b><ul>{lines}</ul>"


class MenuForm:
    """`make`: the menu of a bench; `do`: does a line; `type`: takes a line to be gone on with by hand."""

    def __init__(
        self, bench: Bench, make: Callable[[Bench], Menu], do: Callable[[str], Any], type: Callable[[str], None]
    ) -> None:
        self.bench, self.make, self._do, self._type = bench, make, do, type
        self.at = 0
        self.values: dict[str, str] = {}
        self.fields: dict[str, Any] = {}
        self.outlook = Outlook()
        self._is_filling = self._keeps = False
        self._shown: list[tuple[str, tuple[int, ...]]] = []
        self._build()

    def _build(self) -> None:
        self.title, self.active = ipywidgets.HTML(), ipywidgets.HTML()
        self.title.add_class("wb-form-title")
        self.groups: list[Any] = []
        self.list = ipywidgets.VBox()
        self.more = ipywidgets.ToggleButton(tooltip="the less usual ones")
        self.more.observe(lambda _: self._show_items(), "value")
        self.more.add_class("wb-form-more")
        self.sentence = ipywidgets.HBox()
        self.sentence.add_class("wb-form-sentence")
        self.told, self.types = ipywidgets.HTML(), ipywidgets.HTML()
        self.told.add_class("wb-form-outlook")
        self.button = ipywidgets.Button(description="Do it", button_style="primary", tooltip="do what is picked")
        self.button.on_click(lambda _: self.take())
        items = ipywidgets.VBox([self.list, self.more])
        items.add_class("wb-form-items")
        picked = ipywidgets.VBox([self.sentence, self.told, self.types, self.button])
        picked.add_class("wb-form-picked")
        both = ipywidgets.HBox([items, picked])
        both.add_class("wb-form-both")
        self.whole = ipywidgets.VBox([self.title, self.active, both])
        self.whole.add_class("wb-form")

    # the menu

    def refresh(self) -> None:
        """Show the menu as it is now; the item that was picked stays so, with its values, if it is there."""
        before = self.item if self._keeps else None
        self.menu, self._keeps = self.make(self.bench), True
        names = [(item.name, item.line) for item in self.menu.items]
        if before is not None and (before.name, before.line) in names:
            self.at = names.index((before.name, before.line))
        else:
            self.at, self.values = self.menu.first, {}
        self.title.value = f"<h4>{escape(self.menu.title)}</h4>"
        self.active.value = _active(self.menu)
        self._show_items()
        self._show_picked()

    @property
    def item(self) -> Any:
        """The one that is picked."""
        return self.menu.items[self.at]

    def label(self, number: int) -> str:
        """An item in a line; why it cannot be done stands behind it."""
        item = self.menu.items[number]
        text = "".join(piece.text for piece in item.pieces(item.values))
        said = ": ".join(part for part in (item.name, text) if part)
        note = item.refusal or item.note
        return f"{_NOW if item.is_so else ''}{said}{f' ({note})' if note else ''}"

    def _show_items(self) -> None:
        is_more = self.more.value or self.item.is_more
        self._shown = list(self._grouped(self.menu.shown(is_more)))
        while len(self.groups) < len(self._shown):
            group = ipywidgets.RadioButtons()
            group.observe(self._picked, "index")
            self.groups.append(group)
        self._is_filling = True
        for group, (heading, numbers) in zip(self.groups, self._shown, strict=False):
            group.description = heading
            group.options = tuple((self.label(number), number) for number in numbers)
        self._is_filling = False
        self._mark()
        self.list.children = tuple(self.groups[: len(self._shown)])
        self.more.description = "Fewer" if is_more else f"{self.menu.hidden} more"
        self.more.layout.display = None if self.menu.hidden else "none"

    def _grouped(self, shown: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The items on show, by heading."""
        found: dict[str, list[int]] = {}
        heading = ""
        for number, item in enumerate(self.menu.items):
            heading = item.heading or heading
            if number in shown:
                found.setdefault(heading, []).append(number)
        return ((heading, tuple(numbers)) for heading, numbers in found.items())

    def _mark(self) -> None:
        """Only one of all groups is picked."""
        self._is_filling = True
        for group, (_, numbers) in zip(self.groups, self._shown, strict=False):
            group.index = numbers.index(self.at) if self.at in numbers else None
        self._is_filling = False

    def _picked(self, change: Any) -> None:
        if not self._is_filling and change["owner"].value is not None:
            self.pick(change["owner"].value)

    def pick(self, number: int) -> None:
        """Pick an item, with the values that stand in it at first."""
        self.at, self.values = number, {}
        self._mark()
        self._show_picked()

    # the item that is picked

    def _show_picked(self) -> None:
        item = self.item
        self.values = {**item.values, **{name: text for name, text in self.values.items() if name in item.values}}
        self.fields = {}
        parts: list[Any] = [_words(item.name, "wb-form-name")] if item.name else []
        for piece in item.pieces(self.values):
            parts.append(self._field(piece.blank) if piece.blank else _words(piece.text))
        self.sentence.children = tuple(parts)
        self.button.description = "Go on" if item.opens else "Do it"
        self._look()

    def _field(self, name: str) -> Any:
        blank = next(one for one in self.item.blanks if one.name == name)
        wide = ipywidgets.Layout(width=f"{max(7, len(self.values[name]) + 4, len(blank.hint) + 3)}ch")
        kind = ipywidgets.Combobox if blank.offers else ipywidgets.Text
        field = kind(value=self.values[name], placeholder=blank.hint, tooltip=blank.hint or name, layout=wide)
        if blank.offers:
            field.options = blank.offers
        field.observe(lambda change: self._typed(name, change["new"]), "value")
        field.on_msg(lambda _, message, __: self.take() if message.get("event") == "submit" else None)
        self.fields[name] = field
        return field

    def _typed(self, name: str, text: str) -> None:
        self.values[name] = text
        self._look()

    def _look(self) -> None:
        """What it would change, and the line that does the same."""
        item = self.item
        self.outlook = outlook_of(self.bench, item, self.values)
        self.told.value = outlook_html(self.outlook)
        self.types.value = f"types as <code>{escape(item.typed(self.values))}</code>" if item.line else ""
        self.button.disabled = bool(self.outlook.refusal)

    def take(self) -> None:
        """Do what is picked, unless it is refused; what is too large for a form is gone on with by hand."""
        if self.item.opens:
            self._type(Planning(self.bench).planner.line)
        elif not self.outlook.refusal:
            self._keeps = False  # what was done is done: the menu begins anew
            self._do(self.item.typed(self.values))
            self._keeps = True


def _words(text: str, look: str = "wb-form-words") -> Any:
    made = ipywidgets.Label(text)
    made.add_class(look)
    return made


def _active(menu: Menu) -> str:
    """The faults that hold."""
    told = "; ".join(f"{one.number} {escape(one.sentence)}" for one in menu.active)
    return f'<div class="wb-form-active"><b>active</b> {told}</div>' if told else ""
