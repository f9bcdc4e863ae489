"""Keys of the bench: building. Save as YAML, open in one's own editor; and the file that is watched meanwhile."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.message import Message

import workbench as wb
from tui import screens
from tui.acting.base import Acting
from tui.ask import AskLine
from tui.modal import SheetScreen
from tui.pane import Pane

if TYPE_CHECKING:
    from tui.watching import Watcher

# Seconds between looks without a watch, for what no watch can see: network drives, a folder that went and came back.
SLOW = 2.0
# Seconds until it is watched: the first picture does not wait for that.
SOON = 0.3
# Editors that go to a line when it is named so.
_AT_LINE = ("vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mg", "ne")
_NO_EDITOR = (
    "No editor is named: set VISUAL or EDITOR, for example to nano. Or edit {} in any editor: the bench follows."
)


class SureScreen(SheetScreen):
    """A sheet that is agreed to with Enter, or left with Esc."""

    def action_enter(self) -> None:
        self.dismiss("yes")


class Touched(Message):
    """Somebody may have changed the file."""


class Building(Acting):
    """The file of the bench: written, opened, followed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save as YAML: see first what would be written"),
        Binding("o", "editor", "Open the file in your own editor; the bench follows what you save"),
    ]
    _watcher: Watcher | None = None
    _asked: object = None

    # watching

    @on(events.Mount)
    def _begin_watching(self) -> None:
        """Look after the file from now on."""
        self.mount(Trouble())
        self.set_timer(SOON, self._watch)
        self.set_interval(SLOW, self.follow)

    def _watch(self) -> None:
        """Begin, and look what has changed until now."""
        self.start_watching()
        self.follow()

    @on(events.Unmount)
    def _end_watching(self) -> None:
        """Nobody looks after it any more."""
        if self._watcher is not None:
            self._watcher.stop()

    def start_watching(self) -> None:
        """Watch the file of the bench and the modules that its tasks run, if it has a file."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        paths = self.bench.building.watched()
        if paths:
            self._watcher = screens.Watcher(paths, self._touched).start()

    def _touched(self) -> None:
        """In the watcher's thread."""
        self.post_message(Touched())

    @on(Touched)
    def _look(self) -> None:
        """The file may say something else now."""
        self.follow()

    def follow(self) -> None:
        """Do what the file says now. What is wrong with it is shown; what runs goes on."""
        building = self.bench.building
        paths, before = building.watched(), building.trouble(80)
        try:
            told = building.follow()
        except wb.InvalidInput as error:
            told = ""
            self.say(str(error.problems[0]), "error")
        if told:
            self.say(told, "you")
        if told or building.trouble(80) != before:
            self.draw()
            self.show_trouble()
        if building.watched() != paths:
            self.start_watching()
        waiting = building.waiting
        if waiting is not None and self._asked is not waiting and self.app.screen is self:
            self._asked = waiting
            sheet = building.trouble(70)
            assert sheet is not None
            keys = (("Enter", "begin anew"),)
            self.app.push_screen(SureScreen(sheet, keys=keys), self._begin_anew)

    def _begin_anew(self, answer: str | None) -> None:
        if answer:
            self.attempt(lambda: self.say(self.bench.building.begin_anew(), "you"))
        self.show_trouble()

    @on(events.Resize)
    def _resized(self) -> None:
        """What is wrong keeps its place at the bottom."""
        self.call_after_refresh(self.show_trouble)

    def show_trouble(self) -> None:
        """What is wrong with the file, above the coach's line, until it is mended."""
        try:
            pane, coach = self.query_one("#trouble", Trouble), self.query_one("#coach")
        except NoMatches:
            return
        width, height = self.size
        sheet = self.bench.building.trouble(max(20, width - 5))
        pane.display = sheet is not None and width > 20 and height > 6
        if sheet is None or not pane.display:
            return
        tall = min(sheet.height + 2, max(4, height // 2))
        bottom = coach.region.y if coach.display and coach.region.y > tall else height - 2
        pane.styles.offset = (0, bottom - tall)
        pane.styles.width, pane.styles.height = width, tall
        pane.show(sheet)
        pane.border_subtitle = "o opens it in your editor"

    # saving

    def action_save(self) -> None:
        self._ask_name("save as", self._named)

    def _ask_name(self, prompt: str, then: Callable[[str | None], None]) -> None:
        ask = AskLine(f"{prompt}  (Enter shows what would be written, Esc leaves)", self.bench.building.suggested())
        self.app.push_screen(ask, then)

    def _named(self, name: str | None, edit: bool = False) -> None:
        if name is not None:
            self.attempt(lambda: self._shown(self.bench.building.plan(name), edit))

    def _shown(self, plan: wb.SavePlan, edit: bool) -> None:
        word = "replace it" if plan.replaces else "write it"
        keys = (("Enter", word),)
        self.app.push_screen(SureScreen(plan.sheet, keys=keys), partial(self._agreed, plan, edit))

    def _agreed(self, plan: wb.SavePlan, edit: bool, answer: str | None) -> None:
        if not answer:
            self.draw()
            return
        if self.attempt(lambda: self.say(self.bench.building.save(plan, replace=True), "good")):
            self.start_watching()
            if edit:
                self.action_editor()
        self.show_trouble()

    # one's own editor

    def action_editor(self) -> None:
        """The file in the person's own editor; a bench without a file of its own is saved first."""
        path = self.bench.building.edited
        if path is None:
            self._ask_name("a file is needed first: save as", partial(self._named, edit=True))
            return
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
        if not command.strip():
            self.say(_NO_EDITOR.format(path), "late")
        else:
            self._edit(command, path)
        self.draw()
        self.follow()

    def _edit(self, command: str, path: Path) -> None:
        try:
            words = shlex.split(command)
        except ValueError:
            words = [command]
        line = self.bench.building.line_of_choice()
        at = [f"+{line}"] if line and Path(words[0]).stem in _AT_LINE else []
        try:
            with self.app.suspend():
                done = subprocess.run([*words, *at, str(path)], check=False)
        except SuspendNotSupported:
            self.say(f"No editor can be opened from here. Edit {path} in another window: the bench follows.", "late")
        except OSError as error:
            told = (error.strerror or "it cannot be started").lower()
            self.say(f"{words[0]}: {told}. VISUAL or EDITOR names the editor.", "error")
        else:
            if done.returncode:
                self.say(f"{words[0]} ended with {done.returncode}; the file is as it left it.", "late")
        self.refresh(layout=True)


class Trouble(Pane, can_focus=True):
    """What is wrong with the file: on top of the panes, at the bottom."""

    DEFAULT_CSS = """
    Trouble { border: round $error; border-title-color: $error; border-subtitle-color: $error; display: none;
              padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__("trouble")
