"""A screen that paints once for each thing that happens.

Textual paints when a screen resumes, when it has its size, when its parts have theirs, and when their scroll bars are
known; between two of these it waits for a clock of 60 ticks a second. Here all that a key leads to is laid out at once,
and painted when nothing is left to do.

For this it leans on what is Textual's own business: `HOOKS`. A Textual that has them no more, or otherwise, paints as
it does by itself: more often, and right. A test says so by name before anybody has it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeVar

from textual import events
from textual.message_pump import MessagePump
from textual.screen import Screen

Answer = TypeVar("Answer")
# How many looks in a row find nothing to do; and after how many in all it is painted on the way. Looks, and no clock:
# on a slow machine as little is painted twice as on a fast one.
_LOOKS, _MOST = 3, 200
# Methods of Textual's screen that are called or taken over here, with what they take besides the screen.
HOOKS: dict[str, tuple[str, ...]] = {
    "_on_idle": ("event",), "_compositor_refresh": (), "_on_timer_update": (), "_context": (), "check_idle": (),
}  # fmt: skip
OF_SCREEN = ("_layout_required", "_scroll_required", "_repaint_required", "_recompose_required", "_dirty_widgets",
             "_next_callbacks", "message_queue_size", "is_current", "is_running")  # fmt: skip
OF_APP = ("_batch_count", "is_inline", "screen_stack", "_handle_exception", "_next_callbacks", "message_queue_size")


def missing_hooks(screen: Screen[Any]) -> tuple[str, ...]:
    """What Textual does not have as it is needed here; empty while all is well."""
    return (
        *(f"Screen.{name}" for name, takes in HOOKS.items() if _takes(Screen, name) != takes),
        *(f"Screen.{name}" for name in OF_SCREEN if not hasattr(screen, name)),
        *(f"App.{name}" for name in OF_APP if not hasattr(screen.app, name)),
    )


def _takes(kind: type, name: str) -> tuple[str, ...] | None:
    """The names of what a method takes; None where there is no such method."""
    method = getattr(kind, name, None)
    return tuple(_names(method)) if callable(method) else None


def _names(method: Any) -> Iterator[str]:
    yield from (name for name in inspect.signature(method).parameters if name != "self")


class Painted(Screen[Answer]):
    """A screen that waits with painting until all parts have done what they were told."""

    _paint_waits = _is_painting = False
    _paint_looks = _paint_turns = 0

    @cached_property
    def paints_plainly(self) -> bool:
        """Does Textual paint by itself, because it is another one than this was made for?"""
        return bool(missing_hooks(self))

    async def _on_idle(self, event: events.Idle) -> None:
        if self.paints_plainly:
            await super()._on_idle(event)
        elif self._is_on_top and self._is_unshown:
            event.prevent_default()
            self._paint_soon()
        elif self._is_below_one_that_waits and self._is_unshown:
            event.prevent_default()
            self._on_timer_update()
        else:
            await super()._on_idle(event)

    def _compositor_refresh(self) -> None:
        """Paint; not yet while something may follow."""
        if self.paints_plainly or self._is_painting or not self._is_on_top:
            super()._compositor_refresh()
        else:
            self._dirty_widgets.clear()  # the compositor knows which places they are
            self._paint_soon()

    @property
    def _is_on_top(self) -> bool:
        """Is it this screen that is painted? What is below another one is Textual's."""
        app = self.app
        return self.is_running and self is app.screen and not app._batch_count and not app.is_inline

    @property
    def _is_below_one_that_waits(self) -> bool:
        """Is a screen on top about to be painted, and what shines through with it?"""
        top = self.app.screen
        return self.is_current and top is not self and isinstance(top, Painted) and top._paint_waits

    @property
    def _is_unshown(self) -> bool:
        """Is something to be laid out or painted?"""
        return any((self._layout_required, self._scroll_required, self._repaint_required, self._recompose_required,
                    self._dirty_widgets))  # fmt: skip

    @property
    def _is_at_rest(self) -> bool:
        """Has every part done what it was told?"""
        parts: tuple[MessagePump, ...] = (self.app, *self.app.screen_stack, *self.walk_children())
        return not any(part.message_queue_size > 0 or len(part._next_callbacks) > 0 for part in parts)

    def _paint_soon(self) -> None:
        if not self._paint_waits:
            self._paint_waits, self._paint_looks, self._paint_turns = True, 0, 0
            asyncio.get_running_loop().call_soon(self._look_again)

    def _look_again(self) -> None:
        """Lay out and wait until nothing is left to do, then paint."""
        try:
            with self._context():
                self._paint_when_done()
        except Exception as error:
            self._paint_waits = False
            self.app._handle_exception(error)

    def _paint_when_done(self) -> None:
        if not self._is_on_top:
            self._paint_waits = False
            self.check_idle()
            return
        self._paint_turns += 1
        is_late = self._paint_turns > _MOST
        self._paint_looks = self._paint_looks + 1 if self._is_at_rest else 0
        if self._paint_looks < _LOOKS and not is_late:
            asyncio.get_running_loop().call_soon(self._look_again)
        elif self._is_unshown and not is_late:
            self._paint_looks = 0
            self._on_timer_update()
            asyncio.get_running_loop().call_soon(self._look_again)
        else:
            self._paint_now()

    def _paint_now(self) -> None:
        self._paint_waits, self._is_painting = False, True
        try:
            self._on_timer_update()
            super()._compositor_refresh()
        finally:
            self._is_painting = False
