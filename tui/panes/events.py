"""The list of what happened: its end stays in sight."""

from __future__ import annotations

from textual import events

from tui.panes.rows import RowsPane


class EventsPane(RowsPane):
    """Follows the end, also when its size changes."""

    def on_resize(self, event: events.Resize) -> None:
        if self.sheet.focus is not None and self._row < 0:
            self.see(*self.sheet.focus)
