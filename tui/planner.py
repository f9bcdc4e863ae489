"""The backfill planner: what would run and why, how, at which cost; and once it is started, how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from tui import working
from tui.ask import AskLine
from tui.help import help_sheet
from tui.layout import Place
from tui.modal import SheetScreen
from tui.pane import Line, Pane
from tui.working import Outcome
from workbench import InvalidInput, Planning
from workbench.views.sheet import Row, Sheet, Span, clipped

_PLAN_KEYS = (
    ("Enter", "start"), ("Esc", "leave"), ("[ ] { }", "move the days"), (":", "type"), ("w", "why"),
    ("?", "keys"), ("Tab", "next part"), ("a m f h", "days"), ("o", "order"), ("d", "down"), ("p", "pin"),
    ("+ -", "limit"), ("t", "task or DAG"), ("P", "priority"),
)  # fmt: skip
_RUN_KEYS = (
    ("n", "next"), ("b", "back"), ("g", "go"), ("space", "play"), ("p", "pause"), ("x", "cancel"), ("w", "why"),
    ("Esc", "leave"), ("?", "keys"), ("Tab", "next part"), ("arrows", "choose a cell"),
)  # fmt: skip
_OVER_KEYS = (
    ("b", "back"), ("g", "go"), ("w", "why"), ("Esc", "leave"), ("?", "keys"), ("Tab", "next part"),
    ("arrows", "choose a cell"),
)  # fmt: skip
_TELL = ("t", "tell the readers")
_PARTS = ("cost", "what", "how", "cell")  # in the order in which PgDn looks for one that has more
_WIDE = 110
_BETWEEN = 0.25  # seconds between two instants while it plays
_LEAST_LOW, _LEAST_CELL = 8, 5


def places(width: int, height: int, what: int, how: int, cost: int) -> dict[str, Place]:
    """Where its panes are: the plan takes what the others leave; where there is room below, the chosen cell is told
    about. `what`, `how`, `cost`: rows that they would like."""
    body = height - 4
    found = {"header": Place(0, 0, width, 1)}
    if width >= _WIDE:
        low = min(max(how, cost) + 1, max(_LEAST_LOW, body - what - 1))
        high = min(body - low, what + 1)
        left, top = left_of(width), 1 + high
        spare = body - high - low
        low += spare if spare < _LEAST_CELL else 0
        found["how"] = Place(0, top, left, low)
        found["cost"] = Place(left, top, width - left, low, True)
        if spare >= _LEAST_CELL:
            found["cell"] = Place(0, top + low, width, spare)
    else:
        low = min(how + cost + 2, max(_LEAST_LOW, body - what - 1))
        high = body - low
        share = min(how + 1, max(4, low - 4))
        found["how"] = Place(0, 1 + high, width, share)
        found["cost"] = Place(0, 1 + high + share, width, low - share)
    found["what"] = Place(0, 1, width, high)
    return found | {name: Place(0, height - 3 + n, width, 1) for n, name in enumerate(("typed", "coach", "keys"))}


def left_of(width: int) -> int:
    """The cells of the left one of two panes beside each other."""
    return min(80, width * 3 // 5)


class PlannerScreen(Screen[None]):
    """Nothing is changed before Enter; afterwards it stays, and shows the days filling. Left with Esc at any time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "change('all')", "All days that are not under way"),
        Binding("m", "change('missing')", "Days that are missing"),
        Binding("f", "change('failed')", "Days that are missing or failed"),
        Binding("h", "change('changed')", "Days of which code or inputs changed"),
        Binding("o", "change('order')", "Oldest or newest first"),
        Binding("plus,equals_sign", "change('more')", "More runs at once"),
        Binding("minus", "change('fewer')", "Fewer runs at once"),
        Binding("left_square_bracket", "change('first-')", "First day: one earlier"),
        Binding("right_square_bracket", "change('first+')", "First day: one later"),
        Binding("left_curly_bracket", "change('last-')", "Last day: one earlier"),
        Binding("right_curly_bracket", "change('last+')", "Last day: one later"),
        Binding("d", "change('down')", "With all that comes after, or without"),
        Binding("t", "whole_or_tell", "The task alone, or its whole DAG; once it is over: tell the readers"),
        Binding("P", "change('ahead')", "More priority"),
        Binding("ctrl+p", "app.command_palette", "Commands", show=False),
        Binding("p", "pin_or_pause", "Pin the code; once it runs: pause, or let it go on"),
        Binding("x", "cancel", "Cancel what has not started"),
        Binding("n", "next", "On to the next instant"),
        Binding("b", "back", "Back by one instant"),
        Binding("g", "go", "Go to a time, forward or back"),
        Binding("space", "play", "Play, or stop playing"),
        Binding("tab", "part(1)", "Next part of which more is to be seen", priority=True),
        Binding("shift+tab", "part(-1)", "Part before", priority=True),
        Binding("pagedown", "scroll(1)", "More of a part", priority=True),
        Binding("pageup", "scroll(-1)", "Back up in it", priority=True),
        Binding("question_mark", "help", "These keys, and what one can type"),
        Binding("w", "why", "Why this cell"),
        Binding("colon", "type", "Type the line"),
        Binding("enter", "start", "Start it", priority=True),
        Binding("escape", "leave", "Leave"),
        *(Binding(key, f"move('{key}')", f"The cell {word}", priority=True)
          for key, word in (("left", "before"), ("right", "after"), ("up", "above"), ("down", "below"))),
    ]  # fmt: skip

    def __init__(self, planning: Planning) -> None:
        super().__init__()
        self.planning = planning
        self._said: tuple[str, str] = ("", "")
        self._timer: Timer | None = None
        self._more: list[str] = []

    def compose(self) -> ComposeResult:
        yield from (Line(name) for name in ("header", "typed", "coach", "keys"))
        yield from (Pane(name) for name in ("what", "how", "cost", "cell"))

    def on_mount(self) -> None:
        self.query_one("#what").focus()
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def on_unmount(self) -> None:
        self._stop()

    # drawing

    def draw(self) -> None:
        """Show what is so now; what takes long comes when it is there."""
        width, height = self.size
        left = left_of(width) if width >= _WIDE else width
        right = width - left - 2 if width >= _WIDE else width
        planning = self.planning
        sheets = {"what": planning.what(width - 2), "how": planning.how(left - 1), "cost": planning.cost(right - 1)}
        if width < _WIDE and sum(sheet.height + 1 for sheet in sheets.values()) > height - 4:
            sheets["what"] = planning.what(width - 2, short=True)
        where = places(width, height, sheets["what"].height, sheets["how"].height, sheets["cost"].height)
        if "cell" in where:
            sheets |= {"cell": planning.why(width - 2), "what": planning.what(width - 2, with_cell=False)}
        self.query_one("#cell").display = "cell" in where
        for name, place in where.items():
            pane = self.query_one(f"#{name}", Pane)
            pane.styles.offset = (place.x, place.y)
            pane.styles.width, pane.styles.height = place.w, place.h
            pane.set_class(place.beside, "-beside")
        self._more = [name for name in _PARTS if name in where and sheets[name].height > where[name].h - 1]
        for name, sheet in sheets.items():
            self.query_one(f"#{name}", Pane).show(self._with_more(name, sheet))
        self.query_one("#header", Line).show_row(self.planning.header(width))
        self.query_one("#typed", Line).show_row(self.planning.typed(width))
        self.query_one("#coach", Line).show_row(self._coach(width))
        self.query_one("#keys", Line).show_row(keys_row(self._keys(), width))
        if self.planning.behind() is not None:
            self.work_behind()

    def _keys(self) -> tuple[tuple[str, str], ...]:
        planning = self.planning
        if not planning.number:
            return _PLAN_KEYS
        if planning.how_far.left:
            return _RUN_KEYS
        return (_TELL, *_OVER_KEYS) if planning.untold else _OVER_KEYS

    def _with_more(self, name: str, sheet: Sheet) -> Sheet:
        """Its title says how to see the rest of it."""
        if name not in self._more:
            return sheet
        key = "PgDn: more" if name == self._scrolled else "Tab, PgDn: more"
        return replace(sheet, title=f"{sheet.title} ─ {key}")

    @property
    def _scrolled(self) -> str:
        """The part that PgUp and PgDn scroll: the one with the focus, else the first of which there is more."""
        focused = self.focused.id if self.focused is not None else None
        return focused if focused in self._more else (self._more[0] if self._more else "")

    def action_part(self, step: int) -> None:
        """The focus goes on to another part of which there is more, in the order in which they stand."""
        parts = [pane.id for pane in self.query(Pane) if pane.id in self._more]
        if not parts:
            self.say("All of it is to be seen.")
        else:
            at = parts.index(self._scrolled)
            self.query_one(f"#{parts[(at + step) % len(parts)]}").focus()
        self.draw()

    def action_scroll(self, step: int) -> None:
        """A page of the part that is scrolled."""
        if self._scrolled:
            pane = self.query_one(f"#{self._scrolled}", Pane)
            pane.scroll_relative(y=step * max(1, pane.size.height - 1), animate=False)
        else:
            self.say("All of it is to be seen.")
            self.draw()

    def _coach(self, width: int) -> Row:
        text, mood = self._said
        return clipped((Span(text, mood or "strong"),), width) if text else self.planning.coach(width)

    def say(self, text: str, mood: str = "") -> None:
        """One line to the person, until the next key."""
        self._said = (text, mood)

    @work(thread=True, exclusive=True, group="behind")
    def work_behind(self) -> None:
        """What takes long, in another thread; what was planned meanwhile is asked for again."""
        job = self.planning.behind()
        if job is not None:
            found = job()
            self.app.call_from_thread(self._took, found)

    def _took(self, found) -> None:  # type: ignore[no-untyped-def]
        self.planning.take_in(found)
        if self.is_attached:
            self.draw()

    def on_key(self, event: events.Key) -> None:
        """A key that does nothing here says so."""
        self._said = ("", "")
        if event.is_printable and event.key not in self.active_bindings:
            self.say(f"{event.character} does nothing here; ? shows the keys.", "late")
            self.draw()

    # planning

    def action_change(self, what: str) -> None:
        if self.planning.number:
            self.say("It has been asked for as it is; x cancels what has not started.", "late")
        else:
            self.planning.change(what)
        self.draw()

    def action_pin_or_pause(self) -> None:
        if self.planning.number:
            self.attempt(lambda: self.say(self.planning.hold().sentence))
        else:
            self.action_change("pin")

    def action_whole_or_tell(self) -> None:
        if not self.planning.number:
            self.action_change("whole")
        elif self.planning.how_far.left:
            self.say("Its readers are told when it is over: until then their days still change.", "late")
            self.draw()
        else:
            self.attempt(lambda: self.say(f"{self.planning.tell()} u on the bench takes it back.", "good"))

    def action_type(self) -> None:
        if not self.planning.number:
            self.app.push_screen(AskLine("type the backfill", self.planning.planner.line), self._typed)

    def _typed(self, line: str | None) -> None:
        if line is not None:
            self.attempt(lambda: self.planning.take_line(line))

    def action_start(self) -> None:
        if not self.planning.number:
            self.attempt(lambda: self.say(self.planning.start().sentence, "good"))

    def attempt(self, action: Callable[[], object]) -> None:
        """Do something that may be refused; the refusal is shown, and nothing is lost."""
        try:
            action()
        except InvalidInput as error:
            self.say(error.problems[0].message, "error")
        self.draw()

    # while it runs

    def action_cancel(self) -> None:
        if self.planning.number:
            self.attempt(lambda: self.say(self.planning.cancel().sentence))

    def action_next(self) -> None:
        self._step(forward=True)

    def action_back(self) -> None:
        self._step(forward=False)

    def _step(self, forward: bool) -> None:
        planning = self.planning
        if not planning.number:
            self.say("Nothing runs yet: Enter starts it.")
        elif not (planning.bench.next() if forward else planning.bench.back()) and forward:
            self._stop()
            if planning.how_far.left:
                self.say("Nothing more comes until the end of this scenario.")
        self._after_step()
        self.draw()

    def _after_step(self) -> None:
        """Going back far enough, it is a plan again."""
        if self.planning.number and not self.planning.is_there:
            self.planning.leave_progress()
            self.say("Back before it was asked for: nothing of it has run.")

    def action_go(self) -> None:
        self._stop()
        if self.planning.number:
            self.app.push_screen(AskLine("go to", "", self.planning.bench.how_to_go), self._go)
        else:
            self.say("Nothing runs yet: Enter starts it; Esc leaves, and g goes there on the bench.", "late")
            self.draw()

    def _go(self, text: str | None) -> None:
        """To the time that was typed."""
        if text is not None and text.strip():
            self.attempt(lambda: self._go_to(self.planning.bench.place_of(text), f"going to {text.strip()}"))

    def _go_to(self, place: datetime | int, title: str) -> None:
        bench = self.planning.bench
        way = (bench.now, place) if isinstance(place, datetime) else None
        working.work(self, title, lambda progress: bench.go_to(place, progress), self._arrived, bench.clock.full, way)

    def _arrived(self, outcome: Outcome) -> None:
        if isinstance(outcome.error, InvalidInput):
            self.say(outcome.error.problems[0].message, "error")
        elif outcome.error is not None:
            raise outcome.error
        self._after_step()
        self.draw()

    def action_play(self) -> None:
        if self._timer is not None:
            self._stop()
        elif self.planning.number:
            self._timer = self.set_interval(_BETWEEN, self._tick)
        self.draw()

    def _tick(self) -> None:
        self._step(forward=True)
        if self.planning.number and not self.planning.how_far.left:
            self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    # looking

    def action_move(self, direction: str) -> None:
        self.planning.move(direction)
        self.draw()

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        self.planning.point(event.target)
        self.draw()

    def action_why(self) -> None:
        self.app.push_screen(SheetScreen(self.planning.why))

    def action_help(self) -> None:
        """These keys, and how a backfill is typed."""
        told = self.planning.bench.session.do("help backfill")
        lines = (told.sentence, *told.lines)
        self.app.push_screen(SheetScreen(lambda width: help_sheet(self, lines, width)))

    def action_leave(self) -> None:
        self._stop()
        self.dismiss()


def keys_row(keys: tuple[tuple[str, str], ...], width: int) -> Row:
    """Keys with a word for each; the first that fit."""
    found: list[Span] = []
    used = 0
    for key, word in keys:
        used += len(key) + len(word) + 3
        if used > width + 2:
            break
        found += [Span(f"{key} ", "key"), Span(f"{word}  ", "dim")]
    return tuple(found)
