"""What the first picture does not need is loaded after it, a little at a time, so that no key waits for it later.

On the event loop, no thread: a key waits for one step at most, and when all is there nothing runs any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from textual.app import App
from textual.timer import Timer

import workbench as wb
from tui import opening, screens

# Seconds between two steps: some frames, in which keys are answered.
PAUSE = 0.05


class Fetching:
    """Loads one module a step, until all are there."""

    def __init__(self, app: App[int]) -> None:
        self.app = app
        self._left: Iterator[str] = iter((*wb.LATER, *screens.LATER))
        self._timer: Timer = app.set_interval(PAUSE, self._step)
        self.is_under_way = True

    def _step(self) -> None:
        name = next(self._left, "")
        if name:
            import_module(name)
        else:
            self._timer.stop()
            self.is_under_way = False
            opening.spare_the_collector(self.app)
