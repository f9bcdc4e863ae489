"""The bench's screen: its panes in their places, its keys, and one `draw` that shows what is so now."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.acting.building import Building
from tui.acting.comparing import Comparing
from tui.acting.graphing import Graphing
from tui.acting.looking import Looking
from tui.acting.menus import Menus
from tui.acting.planning import Planning
from tui.acting.taking import Taking
from tui.acting.time import Time
from tui.layout import LEAST, Place, arrange
from tui.pane import Line, Pane
from tui.panes.days import DaysPane
from tui.panes.events import EventsPane
from tui.panes.graph import GraphPane
from tui.panes.rows import RowsPane
from tui.panes.timeline import TimelinePane
from tui.working import is_busy
from workbench import Bench, coached
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

PANES = ("graph", "timeline", "why", "data", "days", "events", "rules", "alerts")
# Panes that do more than draw and scroll; and the one of each view that has the focus.
SORTS: dict[str, type[Pane]] = {"graph": GraphPane, "days": DaysPane, "events": EventsPane, "timeline": TimelinePane,
    "data": RowsPane, "alerts": RowsPane}  # fmt: skip
MAIN = {"graph": "graph", "time": "timeline", "days": "days", "data": "data"}
LINES = ("header", "strip", "coach", "keys")
SMALL = "This terminal has {} x {} cells.\nThe bench needs {} x {}: make it larger.\nNothing is lost; ctrl+q leaves."
# Short words for the line of keys; the first that fit are shown.
KEYS = (
    ("n", "next"), ("b", "back"), ("w", "why"), ("f", "fault"), ("e", "edit"), ("r", "repair"), ("c", "compare"),
    ("u", "undo"), ("g", "go"), ("space", "play"), ("d", "day"), ("m", "what matters"), ("1-4", "views"),
    ("/", "find"), (":", "command"),
)  # fmt: skip


class BenchScreen(Graphing, Time, Menus, Looking, Comparing, Taking, Planning, Building):
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
        Binding("i", "only_chosen", "Events: of the selection only, or all"),
        Binding("escape", "leave", "Home: what was done is kept"),
    ]

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench
        self.view = "graph"
        self._said: tuple[str, str] = ("", "")
        self._made: dict[tuple[str, int, int], Sheet] = {}

    def compose(self) -> ComposeResult:
        yield Static("", id="small", markup=False)
        yield from (Line(name) for name in LINES)
        yield from (SORTS.get(name, Pane)(name) for name in PANES)

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
        """Show what is so now, in all panes; while a long work moves the session, nothing is so now."""
        if is_busy(self.app):
            return
        width, height = self.size
        self._is_small(width < LEAST[0] or height < LEAST[1])
        if width < LEAST[0] or height < LEAST[1]:
            return
        self._made.clear()
        graph = self.bench.graph(self._graph_width(width), height)
        rough = arrange(width, height, self.view, graph.height, {})
        wide = {name: place.w - place.beside - 1 for name, place in rough.items()}
        wanted = {name: self._sheet(name, wide.get(name, width), height).height for name in ("why", "data", "days")}
        coach = self._coach(width)
        rows = max(coach.height, 2 if self.bench.guide.line(self.bench) and width < 110 else 1)
        places = arrange(width, height, self.view, graph.height, wanted | {"coach": rows})
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
        self.query_one("#coach", Line).show(coach)
        self.query_one("#keys", Line).show_row(_keys(width))

    def _is_small(self, is_small: bool) -> None:
        """Say that the terminal is too small, instead of half a bench."""
        small = self.query_one("#small", Static)
        small.display = is_small
        if is_small:
            for name in (*PANES, *LINES):
                self.query_one(f"#{name}", Pane).display = False
            small.update(SMALL.format(*self.size, *LEAST))

    def _graph_width(self, width: int) -> int:
        return arrange(width, 40, "graph", 8, {})["graph"].w

    def _sheet(self, name: str, width: int, height: int) -> Sheet:
        """The sheet of a pane, made once for each time that the bench is drawn."""
        is_high = name in ("graph", "timeline")
        place = (name, width, height if is_high else 0)
        if place not in self._made:
            make = getattr(self.bench, name)
            self._made[place] = make(width, height) if is_high else make(width)
        return self._made[place]

    def _put(self, pane: Pane, place: Place) -> None:
        pane.styles.offset = (place.x, place.y)
        pane.styles.width, pane.styles.height = place.w, place.h
        pane.set_class(place.beside, "-beside")

    def _coach(self, width: int) -> Sheet:
        """What was said last, and below it what the guide says or asks, whole."""
        text, mood = self._said
        question = self.bench.guide.question(self.bench)
        line = question.text if question else self.bench.guide.line(self.bench)
        rows = wrapped_row((Span(text, mood or "strong"),), width)[:2] if text else ()
        if line:
            rows += wrapped_row((Span("☞ ", "coach"), *coached(line)), width, "  ")
        return Sheet("", rows)

    def say(self, text: str, mood: str = "") -> None:
        """One line to the person, until the next key."""
        self._said = (text, mood)

    def action_leave(self) -> None:
        """Home. It goes on from here when it is opened again."""
        from tui import opening  # which opens benches, and so knows this module

        opening.leave(self.app, self.bench)

    # looking around

    def action_view(self, view: str) -> None:
        self.view = view
        self.draw()
        self.query_one(f"#{MAIN[view]}").focus()

    def action_only_chosen(self) -> None:
        """Tell only those events that are about the selection, or all again."""
        self.bench.only_chosen = not self.bench.only_chosen
        self.draw()

    def action_move(self, direction: str) -> None:
        self.bench.move(direction)
        self.draw()

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click selects what it points at, or goes there: to an event, or an instant."""
        kind, _, rest = event.target.partition(":")
        if kind == "event":
            self.attempt(lambda: self.bench.go(f"event {rest}"))
        elif not self.point_at(event.target):
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
