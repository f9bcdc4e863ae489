"""A screen over another one, which shines through, and whose last lines (what a guide says, the keys) it leaves to be
read. As Textual's, but quick: it looks up how a style is dimmed instead
of mixing colours anew for every piece of text, and need not wrap lines that are as wide as the screen already."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget, _RenderCache

from tui.painting import Painted

Answer = TypeVar("Answer")


_LEAST = 12
_AWAY = 0.55  # how far the keys below fade, which do nothing now


class _Free(Widget):
    """Room that nothing of the screen on top takes."""

    DEFAULT_CSS = """
    _Free { dock: bottom; width: 100%; visibility: hidden; }
    """


class Over(ModalScreen[Answer], Painted[Answer]):
    """A modal screen."""

    def on_mount(self) -> None:
        settle = getattr(self._below, "settle", None)
        if settle is not None:
            settle()
        self._leave_free()

    def on_resize(self) -> None:
        self._leave_free()

    @property
    def free(self) -> int:
        """Rows at the bottom that are not covered: the last of them are the keys, above them a guide may speak."""
        return max(0, min(getattr(self._below, "foot", 0), self.app.size.height - _LEAST))

    @property
    def _below(self) -> Screen[Any] | None:
        return next((one for one in reversed(self.app.screen_stack) if not isinstance(one, Over)), None)

    def _leave_free(self) -> None:
        found = self.query(_Free)
        free = found.first() if found else _Free()
        free.styles.height = self.free
        free.display = self.free > 0
        if not found:
            self.mount(free)

    def _render_content(self) -> None:
        found = self.render()
        if not isinstance(found, BackgroundScreen):
            super()._render_content()
            return
        width, height = self.size
        below = found.screen._compositor.render_strips()[:height]
        spoken = range(height - self.free, height - 1)
        colours = dict.fromkeys(spoken, found.color.with_alpha(0))
        colours[height - 1] = found.color.with_alpha(max(found.color.a, _AWAY))
        dimmed = (_dimmed(strip, colours.get(y, found.color)) for y, strip in enumerate(below))
        strips = [strip.adjust_cell_length(width) for strip in dimmed]
        strips += [Strip.blank(width)] * (height - len(strips))
        self._render_cache = _RenderCache(self.size, strips)
        self._dirty_regions.clear()


def _dimmed(strip: Strip, colour: Color) -> Strip:
    return Strip([Segment(text, _under(style, colour), control) for text, style, control in strip], strip.cell_length)


@lru_cache(maxsize=4096)
def _under(style: Style | None, colour: Color) -> Style | None:
    """A style as it looks under a translucent colour; what is under it cannot be clicked at."""
    return next(iter(BackgroundScreen.process_segments((Segment(" ", style),), colour))).style


def keys_foot(keys: Iterable[tuple[str, str]], is_ascii: bool = False) -> str:
    """Keys with their words, as the line at the bottom of a frame."""
    said = "  ".join(f"[bold $accent]{key}[/] [$foreground-muted]{word}[/]" for key, word in keys)
    return said.replace("↑↓", "up, down") if is_ascii else said
