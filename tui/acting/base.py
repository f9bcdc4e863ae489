"""What every mixin may use of the bench's screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import workbench as wb
from tui.modal import SheetScreen
from tui.painting import Painted

if TYPE_CHECKING:
    from workbench import Bench, Said


class Acting(Painted[Any]):
    """The bench's screen as its mixins see it."""

    bench: Bench

    def draw(self) -> None:
        """Show what is so now, in all panes."""
        raise NotImplementedError

    def say(self, text: str, mood: str = "") -> None:
        """One line to the person, where the coach speaks, until the next key."""
        raise NotImplementedError

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something that may be refused; the refusal is shown, and nothing is lost."""
        try:
            action()
        except wb.InvalidInput as error:
            self.say(str(error.problems[0]), "error")
            return False
        finally:
            self.draw()
        return True

    def do_line(self, line: str) -> bool:
        """One line of the grammar; its answer is shown: a sentence where the coach speaks, a longer one on top."""
        return self.attempt(lambda: self._told(wb.said_of(self.bench.do(line))))

    def _told(self, said: Said) -> None:
        self.say(f"{said.sentence} u undoes it." if said.is_command else said.sentence)
        if said.answer is not None:
            self.app.push_screen(SheetScreen(said.answer))
