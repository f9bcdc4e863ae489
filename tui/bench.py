"""The bench's screen: its panes in their places, its keys, and one `draw` that shows what is so now."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.acting.building import Building
from tui.acting.comparing import Comparing
from tui.acting.looking import Looking
from tui.acting.menus import Menus
from tui.acting.planning import Planning
from tui.acting.taking import Taking
from tui.acting.time import Time
from tui.layout import LEAST, Place, arrange
from tui.pane import Line, Pane
from workbench import Bench
from workbench.views.sheet import Row, Span, clipped

PANES = ("graph", "timeline", "why", "data", "days", "events", "rules", "alerts")
LINES = ("header", "strip", "coach", "keys")
VIEWS = ("graph", "time", "days", "data")
# Short words for the line of keys; the first that fit are shown.
KEYS = (
    ("n", "next"), ("b", "back"), ("w", "why"), ("f", "fault"), ("e", "edit"), ("r", "repair"), ("c", "compare"),
    ("u", "undo"), ("g", "go"), ("space", "play"), ("d", "day"), ("m", "what matters"), ("1-4", "views"),
    ("/", "find"), (":", "command"),
)  # fmt: skip


class BenchScreen(Time, Menus, Looking, Comparing, Taking, Planning, Building):
    """Graph, timeline, why and data of one bench."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next", "Next: on to the next instant"),
        Binding("N", "next_event", "On by one event"),
        Binding("b", "back", "Back: undo the last step exactly"),
        Binding("B", "back_event", "Back by one event"),
        Binding("m", "matters", "Next that matters"),
        Binding("1", "view('graph')", "Graph, timeline and why"),
        Binding("2", "view('time')", "Timeline and events"),
        Binding("3", "view('days')", "Days"),
        Binding("4", "view('data')", "Data and alerts"),
        Binding("left", "move('left')", "Select what is left", priority=False),
        Binding("right", "move('right')", "Select what is right"),
        Binding("up", "move('up')", "Select what is above"),
        Binding("down", "move('down')", "Select what is below"),
    ]

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench
        self.view = "graph"
        self._said: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        yield from (Line(name) for name in LINES)
        yield from (Pane(name) for name in PANES)

    def on_mount(self) -> None:
        self.query_one("#graph").focus()
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def on_key(self, event: events.Key) -> None:
        """An answer to the guide's question; what was said last is gone with any key."""
        question = self.bench.guide.question(self.bench)
        if question and event.key in dict(question.answers):
            event.stop()
            event.prevent_default()
            self.bench.guide.answer(self.bench, event.key)
            self.draw()
        self._said = ("", "")

    # drawing

    def draw(self) -> None:
        """Show what is so now, in all panes."""
        width, height = self.size
        if width < LEAST[0] or height < LEAST[1]:
            return
        graph = self.bench.graph(self._graph_width(width), height)
        wanted = {name: self._sheet(name, min(width, 64), height).height for name in ("why", "data", "days")}
        places = arrange(width, height, self.view, graph.height, wanted)
        for name in (*PANES, *LINES):
            pane = self.query_one(f"#{name}", Pane)
            pane.display = name in places
            if name in places:
                self._put(pane, places[name])
        for name in (n for n in PANES if n in places):
            place = places[name]
            sheet = self._sheet(name, place.w - place.beside - 1, place.h - 1)
            self.query_one(f"#{name}", Pane).show(sheet)
        self.query_one("#header", Line).show_row(self.bench.header(width))
        self.query_one("#strip", Line).show_row(self.bench.strip(width))
        self.query_one("#coach", Line).show_row(self._coach(width))
        self.query_one("#keys", Line).show_row(_keys(width))

    def _graph_width(self, width: int) -> int:
        return arrange(width, 40, "graph", 8, {})["graph"].w

    def _sheet(self, name: str, width: int, height: int):  # type: ignore[no-untyped-def]
        make = getattr(self.bench, name)
        return make(width, height) if name in ("graph", "timeline") else make(width)

    def _put(self, pane: Pane, place: Place) -> None:
        pane.styles.offset = (place.x, place.y)
        pane.styles.width, pane.styles.height = place.w, place.h
        pane.set_class(place.beside, "-beside")

    def _coach(self, width: int) -> Row:
        text, mood = self._said
        if text:
            return clipped((Span(text, mood or "strong"),), width)
        question = self.bench.guide.question(self.bench)
        line = question.text if question else self.bench.guide.line(self.bench)
        return clipped((Span(f"☞ {line}" if line else "", "coach"),), width)

    def say(self, text: str, mood: str = "") -> None:
        """One line to the person, until the next key."""
        self._said = (text, mood)

    # looking around

    def action_view(self, view: str) -> None:
        self.view = view
        self.draw()

    def action_move(self, direction: str) -> None:
        self.bench.move(direction)
        self.draw()

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click selects what it points at."""
        self.bench.choose(event.target)
        self.draw()


def _keys(width: int) -> Row:
    found: list[Span] = []
    used = len("? keys")
    for key, word in KEYS:
        if used + len(key) + len(word) + 3 > width:
            break
        found += [Span(f"{key} ", "key"), Span(f"{word}  ", "dim")]
        used += len(key) + len(word) + 3
    return (*found, Span("? ", "key"), Span("keys", "dim"))
