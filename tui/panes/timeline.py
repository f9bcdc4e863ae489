"""The timeline's pane: its first row, the clock's labels, stays while the rows below it are scrolled."""

from __future__ import annotations

from textual import events
from textual.geometry import Region

from tui.pane import Pane
from workbench.views.sheet import Row


class TimelinePane(Pane):
    """A pane whose first row stays in its place."""

    def see(self, x: int, y: int) -> None:
        """Scroll so that a cell, and the row above it, which may lie under the first, are on the screen."""
        if self.size.height:
            self.scroll_to_region(Region(x, max(0, y - 1), 1, 2), animate=False, force=True)

    def on_resize(self) -> None:
        if self.sheet.focus is not None:
            self.see(*self.sheet.focus)

    def row_on(self, y: int) -> Row:
        return super().row_on(y) if y else self.row_of(0)

    def on_click(self, event: events.Click) -> None:
        """What was clicked at; in the first row, what stands there and not what it covers."""
        spot = event.get_content_offset(self)
        if spot is None:
            return
        target = self.sheet.target_at(spot.x + self.scroll_offset.x, spot.y + self.scroll_offset.y if spot.y else 0)
        event.stop()
        event.prevent_default()
        if target:
            self.post_message(self.Pointed(self, target))
