"""One line of input at the bottom of the screen: a command, a time, a day, a name. Esc leaves it, nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.markup import escape
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.over import Over, keys_foot

Complete = Callable[[str], list[str]]
_TAB = (("Tab", "complete"),)


class AskLine(Over[str | None]):
    """Asks for one line; answers None when it is left. `complete`: the words that may stand where the last one is."""

    DEFAULT_CSS = """
    AskLine { background: $background 0%; align: left bottom; }
    AskLine Vertical { width: 100%; height: auto; border: round $primary; background: $background; padding: 0 1;
                       border-title-color: $primary; border-subtitle-align: left; border-subtitle-color: $foreground; }
    AskLine #offers { height: auto; max-height: 8; width: 100%; color: $foreground-muted; }
    AskLine Input, AskLine Input:focus { border: none; height: 1; padding: 0; background: $background;
                                         background-tint: $foreground 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave, nothing changed"),
        Binding("tab", "complete", "Complete", priority=True),
    ]

    def __init__(self, prompt: str, value: str = "", hint: str = "", complete: Complete | None = None) -> None:
        super().__init__()
        self.prompt, self.value, self.hint, self.complete = prompt, value, hint, complete

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = escape(self.prompt)
            box.border_subtitle = keys_foot((("Enter", "take"), *_TAB[: bool(self.complete)], ("Esc", "leave")))
            yield Static("", id="offers", markup=False)
            yield Input(self.value, placeholder=self.hint, select_on_focus=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#offers").display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        offers = self.complete(event.value)[:12] if self.complete else []
        told = self.query_one("#offers", Static)
        told.display = bool(offers)
        told.update("  ".join(offers))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_complete(self) -> None:
        field = self.query_one(Input)
        offers = self.complete(field.value) if self.complete else []
        if offers:
            head = field.value[: len(field.value) - len(field.value.split(" ")[-1])]
            field.value = head + offers[0]
            field.cursor_position = len(field.value)
