"""The box of a question: a guess is typed or chosen, kept, and answered by what happens."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from workbench import Asked, InvalidInput

_STYLE = """<style>
.wb-ask{max-width:62rem;padding:10px 14px;border:1px solid var(--jp-border-color2,#9aa3b0);
border-left:4px solid var(--jp-brand-color1,#2a57b8);border-radius:8px;gap:4px;overflow:visible}
.wb-ask .wb-question{font-size:15px;font-weight:650;line-height:1.4;color:var(--jp-ui-font-color1,currentColor)}
.wb-ask .wb-answer{font-size:14px;line-height:1.5;color:var(--jp-ui-font-color1,currentColor)}
.wb-ask .widget-html-content{line-height:1.5;white-space:normal}
.wb-ask .widget-html{height:auto}
.wb-ask :is(button,input):focus-visible{outline:2px solid var(--jp-brand-color1,#2a57b8);outline-offset:1px}
.wb-ask button.wb-taken{font-weight:700;outline:2px solid var(--jp-brand-color1,#2a57b8)}
</style>"""
_PLACES = {"number": "a number", "text": "a few words"}


def bundle_of(asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a question is shown as: a box, with HTML and text for where no widget can run."""
    from notebook_ext.in_order import keep_order

    keep_order()
    made = AskBox(asked).whole._repr_mimebundle_()
    data, meta = made if isinstance(made, tuple) else (made, {})
    return {**data, "text/plain": str(asked), "text/html": asked._repr_html_()}, meta


class AskBox:
    """A question, a field or buttons, and below them what was said and what came of it."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer = ipywidgets.HTML()
        self.answer.add_class("wb-answer")
        self.inputs: list[Any] = self._buttons() if asked.choices else self._field()
        question = ipywidgets.HTML(f'{_STYLE}<div class="wb-question">{escape(asked.question)}</div>')
        row = ipywidgets.HBox(self.inputs, layout=ipywidgets.Layout(flex_flow="row wrap"))
        self.whole = ipywidgets.VBox([question, row, self.answer])
        self.whole.add_class("wb-ask")
        asked.watch(self._show)
        self._show()

    def _field(self) -> list[Any]:
        self.field = ipywidgets.Text(
            description="Your guess", placeholder=_PLACES[self.asked.kind], continuous_update=False,
            tooltip=self.asked.question, style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="20rem" if self.asked.kind == "text" else "15rem"),
        )  # fmt: skip
        self.field.observe(self._typed, "value")
        keep = ipywidgets.Button(description="Keep it", tooltip="Keep your guess (Enter does so too)")
        keep.on_click(lambda _: self._say(self.field.value))
        return [self.field, keep]

    def _buttons(self) -> list[Any]:
        made = []
        for choice in self.asked.choices:
            wide = ipywidgets.Layout(width="auto", min_width="5rem")
            button = ipywidgets.Button(description=str(choice), tooltip=f"Answer: {choice}", layout=wide)
            button.on_click(lambda _, said=choice: self._say(said))
            made.append(button)
        return made

    def _typed(self, change: Any) -> None:
        if change["new"].strip():
            self._say(change["new"])

    def _say(self, said: object) -> None:
        if self.asked.is_told:
            return
        try:
            self.asked.answer(said)
        except InvalidInput as error:
            self._tell(str(error))

    def _show(self) -> None:
        """What was said, and what came of it."""
        for one in self.inputs:
            one.disabled = self.asked.is_told
        for choice, button in zip(self.asked.choices, self.inputs, strict=False):
            taken = choice == self.asked.said
            button.description = f"✔ {choice}" if taken else str(choice)
            (button.add_class if taken else button.remove_class)("wb-taken")
        self._tell(self.asked.told)

    def _tell(self, text: str) -> None:
        self.answer.value = f'<span role="status" aria-live="polite">{escape(text)}</span>'
