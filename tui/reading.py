"""The text behind the selection on top of everything: the pipeline's YAML, and by a key its Python or SQL."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from tui.modal import SheetScreen
from workbench.views.sheet import Sheet


class Text(Protocol):
    """Makes the sheet of a text: `kind` is yaml or code."""

    def __call__(self, width: int, kind: str = "yaml") -> Sheet: ...


class CodeScreen(SheetScreen):
    """YAML first; `y` shows the other one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "other", "YAML, or what the selection runs"),
        Binding("left", "sideways(-8)", "To the left", show=False),
        Binding("right", "sideways(8)", "To the right", show=False),
    ]

    def __init__(self, text: Text) -> None:
        self.kind = "yaml"
        super().__init__(lambda width: text(width, self.kind), 130, (("y", "YAML or code"),))

    def action_other(self) -> None:
        self.kind = "code" if self.kind == "yaml" else "yaml"
        self._kept = None
        self.fit()

    def action_sideways(self, step: int) -> None:
        self.pane.scroll_relative(x=step, animate=False)
