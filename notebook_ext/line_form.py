"""A line to type, with what may come next, what the verb takes, and what the line would change."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from notebook_ext.menu_form import outlook_html
from workbench import Bench, Told, Typing

_MOST_WORDS, _MOST_OFFERS = 9, 60


class LineForm:
    """`do`: does a line. Enter does it; what was refused stays, to be mended."""

    def __init__(self, bench: Bench, do: Callable[[str], Told]) -> None:
        self.typing, self._do = Typing(bench), do
        self.before: list[str] = []
        self.field = ipywidgets.Combobox(
            placeholder="late jfk@2013-01-03 95m", description="Command", tooltip="any command; Enter does it"
        )
        self.button = ipywidgets.Button(description="Do it", button_style="primary", tooltip="do this line (Enter)")
        self.usage, self.told, self.help = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.told.add_class("wb-form-outlook")
        self.words = ipywidgets.HBox([_word(self) for _ in range(_MOST_WORDS)])
        self.words.add_class("wb-form-offers")
        self.field.observe(lambda _: self.refresh(), "value")
        self.field.on_msg(lambda _, message, __: self.take_it() if message.get("event") == "submit" else None)
        self.button.on_click(lambda _: self.take_it())
        row = ipywidgets.HBox([self.field, self.button])
        row.add_class("wb-form-row")
        self.whole = ipywidgets.VBox([row, self.words, self.usage, self.told])
        self.whole.add_class("wb-form")

    def take(self, line: str) -> None:
        """Have this line typed."""
        self.field.value = line

    def take_it(self) -> None:
        """Do the line."""
        line = self.field.value.strip()
        if line and not self._do(line).mood:
            self.before = [line, *(one for one in self.before if one != line)]
            self.field.value = ""
        self.refresh()

    def add(self, word: str) -> None:
        """Put a word where the unfinished one is; it ends there, unless a day may follow."""
        text = _begun(self.field.value) + word
        self.field.value = text if self.typing.offers(f"{text}@") else f"{text} "

    def refresh(self) -> None:
        """Show what may come next, and what the line would change where the session stands."""
        text = self.field.value
        offers = (self.typing.offers(text) or self.typing.offers(f"{text.rstrip()}@"))[:_MOST_OFFERS]
        self.field.options = (*(self.before if not text else ()), *(_begun(text) + offer.word for offer in offers))
        for number, button in enumerate(self.words.children):
            offer = offers[number] if number < len(offers) else None
            button.description, button.tooltip = (offer.word, offer.help) if offer else ("", "")
            button.layout.display = None if offer else "none"
        usage, what = (*self.typing.usage(text), "", "")[:2]
        self.usage.value = f"<code>{escape(usage)}</code> {escape(what)}" if usage else ""
        self.told.value = outlook_html(self.typing.outlook(text))


def _begun(text: str) -> str:
    """The text without the word that is not finished."""
    return text[: len(text) - len(text.split(" ")[-1])]


def _word(form: LineForm) -> Any:
    made = ipywidgets.Button()
    made.on_click(lambda button: form.add(button.description))
    return made
