"""The application: themes, the palette, which screen is on top; and that nobody ever sees a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

import workbench as wb
from tui import opening
from tui.acting.base import Acting
from tui.broken import kept_in
from tui.fetching import Fetching
from tui.styles import DEFAULT, THEMES


class Workbench(App[int]):
    """The terminal workbench. `bench`: open this at once, instead of home. `history`: the file that keeps what is done;
    None: the person's own, `none`: nothing is kept. `ascii`: no character that an old console does not have."""

    TITLE = "orchestration workbench"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self, bench: wb.Bench | None = None, history: str | None = "none", theme: str = "", ascii: bool = False
    ) -> None:
        super().__init__()
        self.first, self.history, self.ascii = bench, history, ascii
        self._keeper: wb.Keeper | None = None
        self._story: wb.StoryKept | None = None
        self._fetching: Fetching | None = None
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme or os.environ.get("WORKBENCH_THEME", "") or DEFAULT
        if ascii:
            self.add_class("-ascii")

    def keeper(self) -> wb.Keeper | None:
        """The open history, opened when it is first needed; None when nothing is kept. Raises InvalidInput in words."""
        if self._keeper is None and self.history != "none":
            self._keeper = wb.keep(self.history)
        return self._keeper

    @property
    def story(self) -> wb.StoryKept:
        """The story where it was left; made when it is first needed, after the first picture."""
        if self._story is None:
            self._story = wb.StoryKept(self.history)
        return self._story

    def on_mount(self) -> None:
        """Home, or the bench that was asked for."""
        if self.first is not None:
            opening.show(self, self.first, wb.begun_before(self.first, self.history))
        else:
            opening.start(self)

    def post_display_hook(self) -> None:
        """The first picture is there: what comes on top of it is fetched now (the very first has no screen of ours)."""
        if self._fetching is None and len(self.screen_stack) > 1:
            self._fetching = Fetching(self)

    def leave_bench(self, bench: wb.Bench) -> None:
        """Remember where somebody stood."""
        wb.leave(bench, self.history)
        self.story.keep(bench)

    async def action_quit(self) -> None:
        """Leave. Whatever was done is in the history already."""
        for screen in self.screen_stack:
            if isinstance(screen, Acting):
                self.leave_bench(screen.bench)
        if self._keeper is not None:
            self._keeper.close()
        self.exit(0)

    # commands of the palette

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What Textual offers, and every key of the screen by what it does."""
        yield from super().get_system_commands(screen)
        seen: set[str] = set()
        for active in screen.active_bindings.values():
            binding, node = active.binding, active.node
            if binding.description and binding.action not in seen and isinstance(node, Screen):
                seen.add(binding.action)
                title, _, about = binding.description.partition(": ")
                told = (
                    f"{about} (key {self.get_key_display(binding)})"
                    if about
                    else f"key {self.get_key_display(binding)}"
                )
                yield SystemCommand(title, told, _Pressed(self, node, binding.action))

    # what goes wrong

    async def _dispatch_action(self, namespace: DOMNode, action_name: str, params: Any) -> bool:
        """A refusal in any action is said, and nothing is lost."""
        try:
            return await super()._dispatch_action(namespace, action_name, params)
        except wb.InvalidInput as error:
            self.refused(error)
            return True

    def refused(self, error: wb.InvalidInput) -> None:
        """Say what cannot be done, and why, where the person looks."""
        told = "\n".join(str(problem) for problem in error.problems)
        if isinstance(self.screen, Acting) and "\n" not in told:
            self.screen.say(told, "error")
            self.screen.draw()
        else:
            self.notify(told, severity="error", timeout=15, markup=False)

    def _fatal_error(self) -> None:
        """A bug of ours: one sentence and where the details are, instead of a traceback over the screen."""
        error = self._exception
        if self.is_headless or error is None:
            super()._fatal_error()
            return
        self.bell()
        self._return_code = 70
        self._exit_renderables.append(kept_in(error))
        self._close_messages_no_wait()


class _Pressed:
    """A command of the palette that does what a key does."""

    def __init__(self, app: Workbench, node: DOMNode, action: str) -> None:
        self.app, self.node, self.action = app, node, action

    def __call__(self) -> None:
        self.app.call_later(self.app.run_action, self.action, self.node)
