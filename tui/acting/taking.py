"""Keys of the bench: taking away. A report, a comparison, a picture, the history."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui import screens
from tui.acting.base import Acting


class Taking(Acting):
    """Actions of taking."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "take", "Take away: report, comparison, picture, history"),
    ]

    def action_take(self) -> None:
        """The menu of what can be taken away."""
        self.app.push_screen(screens.TakingScreen(), self._take)

    def _take(self, answer: str | None) -> None:
        if answer:
            # The menu is gone from the screen by then, so that it is not in the picture.
            form = answer.partition(":")[2]
            self.call_after_refresh(lambda: screens.take(self.app, self.bench, form, self._took))

    def _took(self, text: str, mood: str) -> None:
        self.say(text, mood)
        self.draw()
