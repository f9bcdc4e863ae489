"""Keys of the bench: taking away. A report, a comparison, a picture, the history."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.acting.base import Acting
from tui.taking import TakingScreen, take


class Taking(Acting):
    """Actions of taking."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "take", "Take away: report, comparison, picture, history"),
    ]

    def action_take(self) -> None:
        """The menu of what can be taken away."""
        self.app.push_screen(TakingScreen(), self._take)

    def _take(self, answer: str | None) -> None:
        if answer:
            # The menu is gone from the screen by then, so that it is not in the picture.
            self.call_after_refresh(lambda: take(self.app, self.bench, answer.partition(":")[2], self._took))

    def _took(self, text: str, mood: str) -> None:
        self.say(text, mood)
        self.draw()
