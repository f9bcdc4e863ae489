"""The command line: a verb is typed, with what may come next, what it means and what it would change. Tab completes,
↑↓ are the lines of before, ? is help, Enter does it. A line that is refused stays, to be mended."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui.modal import SheetScreen
from tui.over import Over, keys_foot
from tui.pane import Line
from workbench import Bench, Typing
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

_MOST_OFFERS = 7
_MOST_CHANGES = 4
KEYS = (("Enter", "do it"), ("Tab", "complete"), ("↑↓", "before"), ("?", "help"), ("Esc", "leave"))
# The lines of before, the last one last: as long as the program runs.
_BEFORE: list[str] = []


class Field(Input):
    """The line. A question mark asks for help, but inside quotes, where it is a letter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "screen.help", "Help of the verb")]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """A question mark outside of quotes is no text."""
        return not self._asks(character) and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if self._asks(event.character):
            event.prevent_default()

    def _asks(self, character: str | None) -> bool:
        return character == "?" and not (self.value.count("'") % 2 or self.value.count('"') % 2)


class CommandLine(Over[str | None]):
    """Answers a line that can be done, or None."""

    DEFAULT_CSS = """
    CommandLine { align: left bottom; background: $background 0%; }
    CommandLine Vertical { width: 100%; height: auto; border: round $primary; background: $background; padding: 0 1;
                           border-title-color: $primary; border-subtitle-align: left;
                           border-subtitle-color: $foreground; }
    CommandLine Line { position: relative; width: 100%; }
    CommandLine Input { border: none; height: 1; padding: 0; background: $background; width: 100%; }
    CommandLine Input:focus { border: none; background-tint: $foreground 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave, nothing changed"),
        Binding("tab", "complete", "Complete", priority=True),
        Binding("up", "before(-1)", "The line of before", priority=True, show=False),
        Binding("down", "before(1)", "The line after", priority=True, show=False),
    ]

    def __init__(self, bench: Bench, value: str = "") -> None:
        super().__init__()
        self.typing = Typing(bench)
        self.value = value
        self.refusal = ""
        self._place = len(_BEFORE)
        self._cycle: tuple[str, str, int] = ("", "", 0)  # what was typed, what Tab made of it, which offer that was

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = ": one line, one command, one undo"
            box.border_subtitle = keys_foot(KEYS, bool(getattr(self.app, "ascii", False)))
            yield Line("told")
            yield Field(self.value, placeholder="late jfk@2013-01-03 95m", select_on_focus=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    @property
    def text(self) -> str:
        """What has been typed."""
        return self.query_one(Input).value

    # drawing

    def draw(self) -> None:
        """Show what may come next, and what the line would change."""
        width = self.app.size.width - 4
        told = self.query_one("#told", Line)
        rows = (*self._offered(width), *self._usage(width), *self._changes(width), *self._refused(width))
        told.styles.height = len(rows)
        told.show(Sheet("", rows))

    def _offered(self, width: int) -> tuple[Row, ...]:
        offers = self.typing.offers(self.text)
        if not self.text.strip() or not any(one.help for one in offers):
            words = [span for one in offers[:40] for span in (Span(one.word, "name"), Span("  "))]
            return wrapped_row(words, width)[:3] if words else ()
        shown = offers[:_MOST_OFFERS]
        wide = max(len(one.word) for one in shown)
        return tuple(clipped((Span(f"{one.word:<{wide}}  ", "name"), Span(one.help, "note")), width) for one in shown)

    def _usage(self, width: int) -> tuple[Row, ...]:
        told = self.typing.usage(self.text)
        return tuple(clipped((Span(text, style),), width) for text, style in zip(told, ("code", "note"), strict=False))

    def _changes(self, width: int) -> tuple[Row, ...]:
        if self.refusal or self.typing.offers(self.text):
            return ()
        outlook = self.typing.outlook(self.text)
        if outlook.refusal:
            return wrapped_row((Span(outlook.refusal, "late"),), width, "  ")[:_MOST_CHANGES]
        rows = [row for line in outlook.lines for row in wrapped_row((Span("· ", "note"), Span(line)), width, "  ")]
        return tuple(rows[:_MOST_CHANGES])

    def _refused(self, width: int) -> tuple[Row, ...]:
        """Why the line was not done, with a mark above the word that is wrong."""
        if not self.refusal:
            return ()
        rows = wrapped_row((Span("✖ ", "error"), Span(self.refusal, "error")), width, "  ")
        wrong = self.typing.mend(self.text, self.refusal)
        return (*rows, (Span(" " * wrong.begin), Span("▾" * (wrong.end - wrong.begin), "error"))) if wrong else rows

    # keys

    def on_input_changed(self, event: Input.Changed) -> None:
        self.refusal = ""
        self.draw()

    def action_help(self) -> None:
        self.app.push_screen(SheetScreen(self.typing.help(self.text)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do the line, unless it is refused: then it stays."""
        line = event.value.strip()
        if not line:
            self.dismiss(None)
            return
        self.refusal = self.typing.refusal(line)
        if self.refusal:
            wrong = self.typing.mend(event.value, self.refusal)
            event.input.cursor_position = wrong.end if wrong else len(event.value)
            self.draw()
            return
        if line not in _BEFORE[-1:]:
            _BEFORE.append(line)
        self.dismiss(line)

    def action_complete(self) -> None:
        """The word that is most likely meant; again: the next one. After a refusal, the word that was meant."""
        wrong = self.typing.mend(self.text, self.refusal) if self.refusal else None
        if wrong is not None and wrong.meant:
            self._put(self.text[: wrong.begin] + wrong.meant + self.text[wrong.end :])
            return
        typed, made, count = self._cycle if self._cycle[1] == self.text and self.text else (self.text, "", -1)
        offers = self.typing.offers(typed)
        if offers:
            count = (count + 1) % len(offers)
            head = typed[: len(typed) - len(typed.split(" ")[-1])]
            made = head + offers[count].word
            self._put(made)
            self._cycle = (typed, made, count)

    def _put(self, text: str) -> None:
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = len(text)

    def action_before(self, step: int) -> None:
        """A line of before; below the last one, nothing."""
        place = self._place + step
        if 0 <= place <= len(_BEFORE):
            self._place = place
            self._put(_BEFORE[place] if place < len(_BEFORE) else "")

    def action_leave(self) -> None:
        self.dismiss(None)
