"""A menu over the lower part of the screen: letters pick, arrows move, values are changed in place, Enter takes, Esc
leaves and nothing has changed. It draws what the core says of a `Menu`, and does nothing itself."""

from __future__ import annotations

from itertools import accumulate
from time import monotonic
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tui.help import help_sheet
from tui.modal import SheetScreen
from tui.over import Over
from tui.pane import Pane
from workbench import Bench, Menu, MenuPlace, Outlook, Typing, menu_sheet, outlook_of
from workbench.views.sheet import Row, Span

_WIDEST = 126
_LONG, _A_WHILE = 0.04, 0.12  # seconds


class Taken(NamedTuple):
    """What was taken: a line of the grammar, or another screen by its name (`command`: the line is to be typed on)."""

    line: str
    opens: str = ""


class MenuPane(Pane, can_focus=False):
    """The menu's rows; the screen has the keys."""


class MenuScreen(Over[Taken | None]):
    """One menu. Answers what was taken, or None."""

    DEFAULT_CSS = """
    MenuScreen { align: center bottom; background: $background 0%; }
    MenuScreen MenuPane { position: relative; border: round $primary; background: $background; padding: 0 1;
                          border-title-color: $primary; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave, nothing changed"),
        Binding("enter", "take", "Take it"),
        Binding("up", "move(-1)", "The one above", show=False),
        Binding("down", "move(1)", "The one below", show=False),
        Binding("tab", "blank(1)", "Change a value", show=False),
        Binding("shift+tab", "blank(-1)", "The value before", show=False),
        Binding("pagedown,space", "read_on", "Read on in what would change", show=False),
        Binding("colon", "type", "Type it: its line, to be changed"),
        Binding("question_mark", "help", "These keys, and how it is typed"),
    ]

    def __init__(self, bench: Bench, menu: Menu) -> None:
        super().__init__()
        self.bench, self.menu = bench, menu
        self.at, self.more = menu.first, menu.items[menu.first].is_more if menu.items else False
        self.blank, self.caret, self.is_whole = -1, 0, False
        self.values = [dict(item.values) for item in menu.items]
        self.page = 0
        self.outlook = Outlook()
        self.is_known, self._is_slow = True, False
        self._late: Timer | None = None

    def compose(self) -> ComposeResult:
        yield MenuPane("menu")

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.draw(is_new=False)

    # drawing

    def draw(self, is_new: bool = True) -> None:
        """Show the menu, and what the item at which one stands would change. `is_new`: that may be something else."""
        self.page = 0 if is_new else self.page
        pane, (width, height) = self.query_one(MenuPane), self.app.size
        wide = min(width, _WIDEST)
        self._look(is_new)
        values = self.values[self.at] if self.menu.items else {}
        place = MenuPlace(self.at, values, self.blank, self.caret, self.is_whole, self.more, self.page)
        most = max(10, height - height // 3 - self.free)
        sheet = menu_sheet(self.menu, place, self.outlook, wide - 4, most - 2, self._keys())
        pane.styles.width, pane.styles.height = wide, min(most, sheet.height + 2)
        pane.show(sheet)

    def _look(self, is_new: bool) -> None:
        """What would change. Where finding that out takes long, keys go first, and it is told when none comes."""
        if not is_new or not self.menu.items:
            return
        if self._late is not None:
            self._late.stop()
        self.is_known = not self._is_slow
        if self.is_known:
            self._find_out()
        else:
            self.outlook = Outlook()
            self._late = self.set_timer(_A_WHILE, self._tell)

    def _find_out(self) -> None:
        begin = monotonic()
        self.outlook = outlook_of(self.bench, self.menu.items[self.at], self.values[self.at])
        self.is_known, self._is_slow = True, monotonic() - begin > _LONG

    def _tell(self) -> None:
        self._find_out()
        self.draw(is_new=False)

    def _keys(self) -> Row:
        item = self.menu.items[self.at] if self.menu.items else None
        words = [("Enter", "take"), ("↑↓", "look")]
        if item is not None and item.blanks:
            offers = self.blank >= 0 and item.blanks[self.blank].offers
            words.append(("space", "another") if offers and self.is_whole else ("Tab", "change a value"))
        words += [("x", "lift")] if self.menu.active else []
        words += [("m", "fewer" if self.more else "more")] if self.menu.hidden and self.blank < 0 else []
        words += [("Esc", "leave"), (":", "type it"), ("?", "help")]
        return tuple(span for key, word in _fitting(words, min(self.app.size.width, _WIDEST) - 4)
                     for span in (Span(f"{key} ", "key"), Span(f"{word}   ", "dim")))  # fmt: skip

    def action_read_on(self) -> None:
        """What would change, where there is more of it than fits."""
        self.page += 1
        self.draw(is_new=False)

    # moving

    def action_move(self, step: int) -> None:
        shown = self.menu.shown(self.more)
        if shown:
            place = shown.index(self.at) if self.at in shown else 0
            self._stand(shown[(place + step) % len(shown)])

    def _stand(self, at: int) -> None:
        self.more = self.more or self.menu.items[at].is_more
        self.at, self.blank = at, -1
        self.draw()

    def action_blank(self, step: int) -> None:
        """To the next value of the item, all of it selected."""
        many = len(self.menu.items[self.at].blanks) if self.menu.items else 0
        if many:
            self._change((self.blank + step) % many if self.blank >= 0 else 0 if step > 0 else many - 1)

    def _change(self, blank: int) -> None:
        self.blank, self.is_whole = blank, True
        self.caret = len(self._value())
        self.draw()

    def _value(self) -> str:
        return self.values[self.at][self.menu.items[self.at].blanks[self.blank].name]

    def _write(self, text: str, caret: int) -> None:
        self.values[self.at][self.menu.items[self.at].blanks[self.blank].name] = text
        self.caret, self.is_whole = caret, False
        self.draw()

    # keys

    def on_key(self, event: events.Key) -> None:
        """Letters: of a value that is being changed, else they pick."""
        if event.key in ("escape", "enter", "up", "down", "tab", "shift+tab", "pagedown") or not self.menu.items:
            return
        if event.character in (":", "?") and (self.blank < 0 or self.is_whole):
            return  # no value begins so
        if self.blank >= 0:
            handled = self._edit(event)
        else:
            handled = self._pick(event)
        if handled:
            event.stop()
            event.prevent_default()

    def _pick(self, event: events.Key) -> bool:
        key = event.character or event.key
        if event.key == "right" and self.menu.items[self.at].blanks:
            self.action_blank(1)
        elif key == "m" and self.menu.hidden:
            self.more = not self.more
            self._stand(self.at if self.at in self.menu.shown(self.more) else self.menu.first)
        elif key == "x" and self.menu.active:
            self._lift()
        elif (at := self.menu.keyed(key)) is not None:
            self._stand(at)
            if self.menu.items[at].blanks:
                self._change(0)
            else:
                self.action_take()
        else:
            return False
        return True

    def _lift(self) -> None:
        """Lift the fault at which one stands, or the only one; of several one is chosen first."""
        lines = [item.line for item in self.menu.items]
        lifts = [lines.index(f"lift {one.number}") for one in self.menu.active]
        if self.at in lifts or len(lifts) == 1:
            self._stand(self.at if self.at in lifts else lifts[0])
            self.action_take()
        else:
            self._stand(lifts[0])

    def _edit(self, event: events.Key) -> bool:
        text, caret = self._value(), self.caret
        moves = {"left": caret - 1, "right": caret + 1, "home": 0, "end": len(text)}
        if event.key in moves:
            self._walk(event.key, moves[event.key], len(text))
        elif event.key in ("backspace", "delete"):
            self._cut(text, caret if event.key == "delete" else caret - 1)
        elif event.key == "space" and self.is_whole and self.menu.items[self.at].blanks[self.blank].offers:
            self._another(text)
        elif event.is_printable and event.character:
            kept = "" if self.is_whole else text
            begin = 0 if self.is_whole else caret
            self._write(kept[:begin] + event.character + kept[begin:], begin + 1)
        else:
            return False
        return True

    def _walk(self, key: str, caret: int, length: int) -> None:
        """Within the value; out of it to the one beside it."""
        if key in ("left", "right") and (self.is_whole or not 0 <= caret <= length):
            self.action_blank(-1 if key == "left" else 1)
            return
        self.caret, self.is_whole = caret if key in ("home", "end") else min(max(caret, 0), length), False
        self.draw()

    def _cut(self, text: str, letter: int) -> None:
        """One letter goes, or all of what is selected."""
        if self.is_whole:
            self._write("", 0)
        elif 0 <= letter < len(text):
            self._write(text[:letter] + text[letter + 1 :], letter)

    def _another(self, text: str) -> None:
        offers = self.menu.items[self.at].blanks[self.blank].offers
        place = offers.index(text) + 1 if text in offers else 0
        self._write(offers[place % len(offers)], 0)
        self.is_whole, self.caret = True, len(self._value())
        self.draw()

    # the mouse

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click stands at an item, another takes it; a click on a value changes it."""
        kind, _, place = event.target.partition(":")
        if kind == "more":
            self.more = True
            self.draw()
        elif kind == "page":
            self.action_read_on()
        elif kind == "blank":
            item, _, blank = place.partition(".")
            self._stand(int(item))
            self._change(int(blank))
        elif self.at == int(place):
            self.action_take()
        else:
            self._stand(int(place))

    # leaving

    def action_take(self) -> None:
        """Take the item, unless it is refused: then its reason is on show."""
        if not self.menu.items:
            return
        if not self.is_known:
            self._tell()
        if self.outlook.refusal:
            return
        item = self.menu.items[self.at]
        self.dismiss(Taken(item.typed(self.values[self.at]) if item.line else "", item.opens))

    def action_type(self) -> None:
        """The line of the item, on the command line."""
        if self._line:
            self.dismiss(Taken(self._line, "command"))

    def action_help(self) -> None:
        """These keys, and the verb of the item."""
        lines = Typing(self.bench).help(self._line).text.splitlines()
        self.app.push_screen(SheetScreen(lambda width: help_sheet(self, lines, width)))

    @property
    def _line(self) -> str:
        """As it is typed; empty for an item that has a screen of its own."""
        item = self.menu.items[self.at] if self.menu.items else None
        return item.typed(self.values[self.at]) if item is not None and item.line else ""

    def action_leave(self) -> None:
        self.dismiss(None)


def _fitting(words: list[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """As many keys as there is room for."""
    ends = accumulate(len(key) + len(word) + 4 for key, word in words)
    return [pair for pair, end in zip(words, ends, strict=True) if end - 3 <= width]
