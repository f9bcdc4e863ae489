"""What every mixin may use of the bench's screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from workbench import Bench, InvalidInput


class Acting(Screen[Any]):
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
        except InvalidInput as error:
            self.say(str(error.problems[0]), "error")
            return False
        finally:
            self.draw()
        return True

    def do_line(self, line: str) -> bool:
        """One line of the grammar; its answer is shown."""
        return self.attempt(lambda: self.say(self.bench.do(line).sentence))
