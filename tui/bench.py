"""The bench's screen: its panes in their places, its keys, and one `draw` that shows what is so now."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

import workbench as wb
from tui import opening
from tui.acting.building import Building
from tui.acting.comparing import Comparing
from tui.acting.graphing import Graphing
from tui.acting.looking import Looking
from tui.acting.menus import Menus
from tui.acting.planning import Planning
from tui.acting.taking import Taking
from tui.acting.time import Time
from tui.layout import LEAST, MOST_COACH, Place, arrange
from tui.pane import Line, Pane
from tui.panes.days import DaysPane
from tui.panes.events import EventsPane
from tui.panes.graph import GraphPane
from tui.panes.rows import RowsPane
from tui.panes.timeline import TimelinePane
from tui.working import is_busy
from workbench import Bench, coached
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

PANES = ("graph", "timeline", "why", "data", "days", "events", "rules", "alerts")
# Panes that do more than draw and scroll; and the one of each view that has the focus.
SORTS: dict[str, type[Pane]] = {"graph": GraphPane, "days": DaysPane, "events": EventsPane, "timeline": TimelinePane,
    "data": RowsPane, "alerts": RowsPane}  # fmt: skip
MAIN = {"graph": "graph", "time": "timeline", "days": "days", "data": "data"}
WANTING = ("why", "data", "days", "alerts")  # those that say how high they would like to be
LINES = ("header", "strip", "coach", "keys")
SMALL = "This terminal has {} x {} cells.\nThe bench needs {} x {}: make it larger.\nNothing is lost; ctrl+q leaves."
# Short words for the line of keys; the first that fit are shown.
KEYS = (
    ("n", "next"), ("b", "back"), ("w", "why"), ("f", "fault"), ("e", "edit"), ("r", "repair"), ("c", "compare"),
    ("u", "undo"), (":", "command"), ("g", "go"), ("space", "play"), ("d", "day"),
    ("m", "what matters"), ("1-4", "views"), ("/", "find"),
)  # fmt: skip


class BenchScreen(Graphing, Time, Menus, Looking, Comparing, Taking, Planning, Building):
    """Graph, timeline, why and data of one bench."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next", "Next: on to the next instant"),
        Binding("N", "next_event", "On by one event"),
        Binding("b", "back", "Back: undo the last step exactly"),
        Binding("B", "back_event", "Back by one event"),
        Binding("m", "matters", "Next that matters"),
        Binding("1", "view('graph')", "Graph, timeline and why: while ☞ asks for a guess, 1 to 3 answer it"),
        Binding("2", "view('time')", "Timeline and events"),
        Binding("3", "view('days')", "Days"),
        Binding("4", "view('data')", "Data and alerts"),
        Binding("left", "move('left')", "Select what is left", priority=False),
        Binding("right", "move('right')", "Select what is right"),
        Binding("up", "move('up')", "Select what is above"),
        Binding("down", "move('down')", "Select what is below"),
        Binding("i", "only_chosen", "Events: of the selection only, or all"),
        Binding("escape", "leave", "Home; twice, once something was done"),
    ]

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench
        self.view = "graph"
        self._said: tuple[str, str] = ("", "")
        self._made: dict[tuple[str, int, int], Sheet] = {}
        self._placed: dict[str, Place] | None = None
        self._drawn_at: tuple[int, int] = (0, 0)
        self._guides = False
        self._has_acted = self._leaves = False

    def compose(self) -> ComposeResult:
        yield Static("", id="small", markup=False)
        yield from (Line(name) for name in LINES)
        yield from (SORTS.get(name, Pane)(name) for name in PANES)

    def on_mount(self) -> None:
        self.query_one("#graph").focus()
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        if self.size != self._drawn_at:
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
        self._leaves = self._leaves and event.key == "escape"
        self._has_acted = self._has_acted or event.key != "escape"

    # drawing

    def draw(self) -> None:
        """Show what is so now, in all panes; while a long work moves the session, nothing is so now."""
        if is_busy(self.app):
            return
        width, height = self._drawn_at = self.size
        self._is_small(width < LEAST[0] or height < LEAST[1])
        if width < LEAST[0] or height < LEAST[1]:
            return
        self._made.clear()
        coach = self._coach(width)
        self._guides = bool(self.bench.guide.line(self.bench))
        places = self._places(width, height, coach.height)
        self._arrange(places)
        for name in (n for n in PANES if n in places):
            place = places[name]
            self._pane(name).show(self._fitting(name, place.w - place.beside - 1, place.h - 1))
        self.query_one("#header", Line).show_row(self.bench.header(width))
        self.query_one("#strip", Line).show_row(self.bench.strip(width))
        self.query_one("#coach", Line).show(coach)
        self.query_one("#keys", Line).show_row(_keys(width))

    def _places(self, width: int, height: int, coach: int) -> dict[str, Place]:
        """Where the panes are: what they want to show decides how high they are."""
        graph = self.bench.graph_height(self._graph_width(width), height)
        rough = arrange(width, height, self.view, graph, {})
        wide = {name: place.w - place.beside - 1 for name, place in rough.items()}
        wanted = {name: self._sheet(name, wide[name], height).height for name in WANTING if name in wide}
        wanted["least"], wanted["timeline"] = self.bench.timeline_rows()
        wanted["coach"] = max(coach, 2 if self.bench.guide.line(self.bench) and width < 110 else 1)
        return arrange(width, height, self.view, graph, wanted)

    def _arrange(self, places: dict[str, Place]) -> None:
        """Put the panes in their places; where they are already, nothing is laid out anew."""
        if places != self._placed:
            self._placed = places
            for name in (*PANES, *LINES):
                self._pane(name).display = name in places
                if name in places:
                    self._put(self._pane(name), places[name])

    def _pane(self, name: str) -> Pane:
        return self.query_one(f"#{name}", Pane)

    def _is_small(self, is_small: bool) -> None:
        """Say that the terminal is too small, instead of half a bench."""
        small = self.query_one("#small", Static)
        small.display = is_small
        if is_small:
            self._arrange({})
            small.update(SMALL.format(*self.size, *LEAST))

    def _graph_width(self, width: int) -> int:
        return arrange(width, 40, "graph", 8, {})["graph"].w

    def _fitting(self, name: str, width: int, height: int) -> Sheet:
        """The sheet of a pane; where it is longer than the pane, a column stays free before the scroll bar."""
        sheet = self._sheet(name, width, height)
        is_long = sheet.height > height and sheet.width >= width and name not in ("graph", "timeline")
        return self._sheet(name, width - 1, height) if is_long else sheet

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
        """What was said last, and below it what the guide says or asks, whole: that makes way for nothing."""
        text, mood = self._said
        question = self.bench.guide.question(self.bench)
        line = question.text if question else self.bench.guide.line(self.bench)
        guided = wrapped_row((Span("☞ ", "coach"), *coached(line)), width, "  ") if line else ()
        said = wrapped_row((Span(text, mood or "strong"),), width) if text else ()
        most = max(1, MOST_COACH - len(guided))
        if len(said) > most:
            said = (*said[: most - 1], clipped((*said[most - 1], Span(" …", mood or "strong")), width))
        return Sheet("", (*said, *guided))

    @property
    def foot(self) -> int:
        """How many rows at the bottom are left free by a box on top: what the guide says, and the keys."""
        places = self._placed or {}
        return 1 + (places["coach"].h if self._guides and "coach" in places else 0)

    def settle(self) -> None:
        """A box comes on top: what was said last goes, and what the guide says now is shown."""
        self._said = ("", "")
        if not is_busy(self.app) and self._coach(self.size.width) != self._pane("coach").sheet:
            self.draw()

    def say(self, text: str, mood: str = "") -> None:
        """One line to the person, until the next key."""
        self._said = (text, mood)

    def action_leave(self) -> None:
        """Home. It goes on from here when it is opened again. One Esc too many, after a box was closed, does not leave
        what somebody is at: a second one does."""
        guide = self.bench.guide
        if self._leaves or not self._has_acted or getattr(guide, "is_over", False):
            opening.leave(self.app, self.bench)  # type: ignore[arg-type]  # there is but one application
            return
        self._leaves = True
        self.say(wb.said_on_leaving(self.bench))
        self.draw()

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
