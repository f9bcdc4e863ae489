"""Below the picture: what goes wrong, what can be changed, what helps, a line to type, undo, and a page to save.

Closed at first: a row of buttons, each of which opens one form. What the forms offer and say comes from the core; they
act where their picture stands, and the picture shows what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets

from notebook_ext.line_form import LineForm
from notebook_ext.menu_form import MenuForm
from workbench import InvalidInput, Told, edit_menu, fault_menu, free_name, repair_menu

if TYPE_CHECKING:
    from notebook_ext.bench import BenchView

# A button within an answer works in the picture only.
_BUTTON = re.compile(r"\s*<button\b.*?</button>", re.DOTALL)


def forms_style() -> str:
    """The style sheet of the forms."""
    return (files("notebook_ext") / "forms.css").read_text(encoding="utf-8")


class Form(Protocol):
    """What can be opened. `whole`: its widgets."""

    whole: Any

    def refresh(self) -> None:
        """Show what holds where the session stands now."""


class Forms:
    """The forms of a view. `whole`: all of them. `open`: the name of the one that is open, or nothing."""

    def __init__(self, view: BenchView) -> None:
        self.view = view
        self.open = ""
        self.toggles = {name: _toggle(name, tip, icon) for name, (tip, icon, _) in _FORMS.items()}
        for name, toggle in self.toggles.items():
            toggle.observe(lambda change, name=name: self._toggled(name, change["new"]), "value")
        self.undo = _button("Undo", "take the last command back; the future with it stays", "undo")
        self.redo = _button("Redo", "back to where undo was given", "repeat")
        self.undo.on_click(lambda _: self.do("undo"))
        self.redo.on_click(lambda _: self.do("redo"))
        self.said = ipywidgets.HTML()
        self.said.add_class("wb-form-said")
        self.trouble = ipywidgets.HTML()
        self.place = ipywidgets.VBox()
        self._forms: dict[str, Form] = {}
        self._shown_for: object = None
        bar = ipywidgets.HBox([*self.toggles.values(), self.undo, self.redo])
        bar.add_class("wb-form-bar")
        self.whole = ipywidgets.VBox([bar, self.said, self.trouble, self.place])
        self.whole.add_class("wb-forms")
        view.heard.append(self.refresh)
        view.picture.observe(self._moved, "at")

    @property
    def form(self) -> Form | None:
        """The one that is open."""
        return self._forms.get(self.open)

    # doing

    def do(self, line: str) -> Told:
        """Do a line of the grammar where the picture stands."""
        self.say(told := self.view.do(line))
        return told

    def do_picked(self, line: str) -> None:
        """The same for what was picked. Its fields go, so the focus goes where it can go on from."""
        self.do(line)
        self.toggles[self.open].focus()

    def save(self, path: str) -> Told:
        """Write a page of the session."""
        self.view.stand()
        try:
            told = Told(escape(self.view.bench.session.save_page(path)))
        except InvalidInput as error:
            told = Told("<br>".join(escape(str(problem)) for problem in error.problems), "error")
        self.say(self.view.tell(told))
        return told

    def say(self, told: Told) -> None:
        """Say beside the forms what the picture says far above."""
        mood = " wb-refused" if told.mood else ""
        text = _BUTTON.sub("", told.html)
        self.said.value = (
            f'<div class="wb-form-answer{mood}" role="status" aria-live="polite">{text}</div>' if text else ""
        )

    def show_trouble(self, text: str) -> None:
        """What the code of a task raised, as it would be told below a cell."""
        self.trouble.value = (
            f'<pre class="wb-form-trouble" tabindex="0" role="alert">{escape(text)}</pre>' if text else ""
        )

    def type(self, line: str) -> None:
        """Open the line with this in it."""
        self.toggles["Type"].value = True
        form = self._forms["Type"]
        assert isinstance(form, LineForm)
        form.take(line)

    # opening

    def _toggled(self, name: str, is_on: bool) -> None:
        if not is_on:
            if self.open == name:
                self.open, self.place.children = "", ()
            return
        before, self.open = self.open, name
        if before:
            self.toggles[before].value = False
        self.say(Told())
        if name not in self._forms:
            self._forms[name] = _FORMS[name][2](self)
        self._shown_for = None
        self.refresh()
        self.place.children = (self._forms[name].whole,)

    def _moved(self, _: Any) -> None:
        """The picture was stepped: what is offered is that of where it stands now."""
        if self.open:
            self.view.stand()
            self.refresh()

    def refresh(self) -> None:
        """Show in the open form what holds now."""
        if self.form is None:
            return
        self.view.stand()
        bench = self.view.bench
        now = (self.open, bench.session.cursor, len(bench.session.branch.log), bench.chosen, bench.window.key)
        if now != self._shown_for:
            self._shown_for = now
            self.form.refresh()


class PageForm:
    """Under which name a page is saved."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        name = str(free_name(forms.view.bench.dag, ".html"))
        self.file = ipywidgets.Text(value=name, description="File", tooltip="the page is written to this file")
        self.button = ipywidgets.Button(description="Save", button_style="primary", tooltip="write the page")
        self.button.on_click(lambda _: self.save())
        self.file.on_msg(lambda _, message, __: self.save() if message.get("event") == "submit" else None)
        row = ipywidgets.HBox([self.file, self.button])
        row.add_class("wb-form-row")
        self.whole = ipywidgets.VBox([row])
        self.whole.add_class("wb-form")

    def refresh(self) -> None:
        """It is the same everywhere."""

    def save(self) -> None:
        """Save it; meanwhile the button says so."""
        if self.button.disabled:
            return
        self.button.description, self.button.disabled = "writing…", True
        try:
            self.forms.save(self.file.value.strip())
        finally:
            self.button.description, self.button.disabled = "Save", False


def _menu(make: Callable[..., Any]) -> Callable[[Forms], Form]:
    return lambda forms: MenuForm(forms.view.bench, make, forms.do_picked, forms.type)


def _line(forms: Forms) -> Form:
    return LineForm(forms.view.bench, forms.do)


# Label -> (tip, icon, what makes it)
_FORMS: dict[str, tuple[str, str, Callable[[Forms], Form]]] = {
    "Break": ("what goes wrong with what is selected", "bolt", _menu(fault_menu)),
    "Change": ("how what is selected should be", "pencil", _menu(edit_menu)),
    "Repair": ("what helps what is selected", "wrench", _menu(repair_menu)),
    "Type": ("type any command", "terminal", _line),
    "Save page": ("one file that can be stepped through in any browser", "download", PageForm),
}


def _toggle(name: str, tip: str, icon: str) -> Any:
    return ipywidgets.ToggleButton(description=name, tooltip=tip, icon=icon)


def _button(name: str, tip: str, icon: str) -> Any:
    return ipywidgets.Button(description=name, tooltip=tip, icon=icon)
