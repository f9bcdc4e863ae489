"""Moving in time, as methods: what has happened is kept, whichever way one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from workbench.twins.base import Doing, Moment, twin

if TYPE_CHECKING:
    from workbench.verbs import Done


class Moving(Doing):
    """To another time or future. `step` and `back`, which tell what happened, stand in Session."""

    @twin("run", 's.until("08:05")')
    def until(self, time: Moment = "") -> Self:
        """Let time go on until `time`; without one, to the scenario's end."""
        return self._do("run", until=time)

    @twin("go", 's.go("07:35")')
    def go(self, time: Moment = "", event: int | None = None) -> Self:
        """To a time, forward or back, or to just after an event by its number."""
        return self._do("go", None if time == "" else time, event=event)

    @twin("undo", "s.undo()")
    def undo(self) -> Self:
        """To before the last command, and on without it; the future with it stays, and `redo` goes back there."""
        return self._do("undo")

    @twin("redo", "s.redo()")
    def redo(self) -> Self:
        """Back to where undo was given."""
        return self._do("redo")

    @twin("future", 's.switch("A")')
    def switch(self, name: str) -> Self:
        """To the same time of another future."""
        return self._do("future", name)

    @twin("future", "s.futures()", line="future")
    def futures(self) -> Done:
        """Which futures there are, and in which one this session stands."""
        return self._asked("future")
