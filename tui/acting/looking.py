"""Keys of the bench: looking closer. The whole why, everything about the selection, its text, find, and help."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui import screens
from tui.acting.base import Acting
from tui.ask import AskLine
from tui.modal import Make, SheetScreen
from tui.pane import Pane
from workbench.views.sheet import Sheet


class Looking(Acting):
    """Actions of looking."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "why", "Why: all of it, back to the root cause"),
        Binding("enter", "inspect", "Inspect: tries, logs, rules, code, versions, rows, readers"),
        Binding("y", "code", "The pipeline's YAML, or the code of the selection"),
        Binding("slash", "find", "Find a task, an input, a dataset, a reader, a day, an event"),
        Binding("question_mark", "help", "These keys, what glyphs mean, what one can type"),
    ]

    def open_offer(self, key: str, line: str) -> None:
        """The menu of a key: see `Menus`."""
        raise NotImplementedError

    def action_why(self) -> None:
        """The whole why of the selection; what caused it can be gone to."""
        self.bench.heard("why", self.bench.target)
        self._read(self.bench.why_chain)

    def action_inspect(self) -> None:
        self.bench.heard("inspect", self.bench.target)
        self._read(self.bench.inspect)

    def action_code(self) -> None:
        self.app.push_screen(screens.CodeScreen(self.bench.code), self._went)

    def action_help(self) -> None:
        grammar = self.bench.session.do("help")
        lines = (grammar.sentence, *grammar.lines)

        def make(width: int) -> Sheet:
            return screens.help_sheet(self, lines, width)

        self._read(make)

    def _read(self, make: Make) -> None:
        self.app.push_screen(SheetScreen(make), self._went)

    def _went(self, target: str | None) -> None:
        """Somebody chose something in what they read."""
        self.go_to(target) if target else self.draw()

    def go_to(self, target: str) -> None:
        """Select what a target names, go to its instant, do its line, or open the menu in which an offer is."""
        kind, _, rest = target.partition(":")
        if kind == "offer":
            key, _, line = rest.partition(":")
            self.open_offer(key, line)
        elif kind == "verb":
            self.do_line(rest)
        elif kind in ("at", "event"):
            self.do_line(f"go event {rest}" if kind == "event" else f"go {rest}")
        elif not self.bench.choose(target):
            self.say("That is no longer there.", "error")
        self.draw()

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click on an offer is its key. What else a click means, the bench's screen knows."""
        if event.target.startswith(("offer:", "verb:")):
            self.go_to(event.target)

    # finding

    def action_find(self) -> None:
        ask = AskLine("find", hint="a name, a day, something that happened", complete=self._offers)
        self.app.push_screen(ask, self._found)

    def _offers(self, text: str) -> list[str]:
        """What may be meant; of what happened only the newest, whose sentences are long."""
        found = self.bench.found(text)
        events = [one for one in found if one.what == "event"][:1]
        return [one.label for one in found if one.what != "event" or one in events]

    def _found(self, text: str | None) -> None:
        if text is None:
            self.draw()
            return
        found = self.bench.found(text)
        if found:
            self.go_to(found[0].target)
        else:
            self.say(f"Nothing here is called “{text}”, and no day or event either.", "error")
            self.draw()
