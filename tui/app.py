"""The application: themes, the palette, and which screen is on top."""

from __future__ import annotations

from textual.app import App

from tui.bench import BenchScreen
from tui.styles import DEFAULT, THEMES
from workbench import Bench


class Workbench(App[int]):
    """The terminal workbench. `bench`: open this at once, instead of home."""

    TITLE = "orchestration workbench"
    CSS = "Screen { background: $background; }"

    def __init__(self, bench: Bench | None = None) -> None:
        super().__init__()
        self.first = bench
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT

    def on_mount(self) -> None:
        if self.first is not None:
            self.push_screen(BenchScreen(self.first))
