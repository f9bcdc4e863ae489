"""Two futures side by side on one clock, and the list of all what-ifs."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.layout import Place
from tui.modal import SheetScreen
from tui.pane import Line, Pane
from tui.planner import keys_row
from workbench import Bench, Comparing, futures_sheet
from workbench.views.sheet import Row, Span, clipped

_LEAST_CLOCK = 6
_WIDE = 170


def places(width: int, height: int, first: int, clock: int, outcome: int) -> dict[str, Place]:
    """First difference on top, then the clock, then the outcome; these two beside each other on a very wide screen.
    `first`, `clock`, `outcome`: rows that they would like."""
    body = height - 3
    top = min(first + 1, max(3, body // 4))
    found = {"header": Place(0, 0, width, 1), "first": Place(0, 1, width, top)}
    rest = body - top
    if width >= _WIDE:
        right = width * 2 // 5
        found["clock"] = Place(0, 1 + top, width - right, rest)
        found["outcome"] = Place(width - right, 1 + top, right, rest, True)
    else:
        low = min(outcome + 1, max(4, rest - _LEAST_CLOCK))
        low = low if clock + 1 >= rest - low else rest - clock - 1
        found["clock"] = Place(0, 1 + top, width, rest - low)
        found["outcome"] = Place(0, 1 + top + rest - low, width, low)
    return found | {"coach": Place(0, height - 2, width, 1), "keys": Place(0, height - 1, width, 1)}


class CompareScreen(Screen[str | None]):
    """Answers the future that somebody keeps, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Both on to the next instant"),
        Binding("b", "step(-1)", "Both back"),
        Binding("down", "difference(1)", "Next difference", priority=True),
        Binding("up", "difference(-1)", "Difference before", priority=True),
        Binding("k", "keep", "Keep the one on the right: go on in it"),
        Binding("s", "take", "Take away: save as a page"),
        Binding("escape", "leave", "Leave"),
        *(Binding(letter, f"other('{letter}')", f"Beside what-if {letter}", show=False)
          for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ]  # fmt: skip

    foot = 2  # rows that a box on top leaves free: the lesson, and the keys

    def __init__(self, comparing: Comparing) -> None:
        super().__init__()
        self.comparing = comparing
        self._said: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        yield from (Line(name) for name in ("header", "coach", "keys"))
        yield from (Pane(name) for name in ("first", "clock", "outcome"))

    def on_mount(self) -> None:
        self.query_one("#clock").focus()
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def on_key(self, event: events.Key) -> None:
        self._said = ("", "")

    def draw(self) -> None:
        """Show what is so now."""
        width, height = self.size
        comparing = self.comparing
        right = width * 2 // 5 if width >= _WIDE else 0
        first, outcome = comparing.first(width - 1), comparing.outcome((right or width) - 2)
        where = places(width, height, first.height, len(comparing.lanes()) + 1, outcome.height)
        for name, place in where.items():
            pane = self.query_one(f"#{name}", Pane)
            pane.styles.offset = (place.x, place.y)
            pane.styles.width, pane.styles.height = place.w, place.h
            pane.set_class(place.beside, "-beside")
        self.query_one("#first", Pane).show(first)
        self.query_one("#outcome", Pane).show(outcome)
        self.query_one("#clock", Pane).show(comparing.on_clock(where["clock"].w - 1, where["clock"].h - 1))
        self.query_one("#header", Line).show_row(comparing.header(width))
        self.query_one("#coach", Line).show_row(self._coach(width))
        self.query_one("#keys", Line).show_row(keys_row(tuple(self._keys()), width))

    def _coach(self, width: int) -> Row:
        text, mood = self._said
        return clipped((Span(text, mood or "strong"),), width) if text else self.comparing.coach(width)

    def _keys(self) -> list[tuple[str, str]]:
        keys = [("n/b", "step both"), ("↑↓", "next difference")]
        keys += [("k", f"keep {self.comparing.b.name}")] if self.comparing.bench is not None else []
        keys += [("s", "save as page"), ("Esc", "leave")]
        others = self.comparing.others
        return keys + ([(" ".join(others[:6]), "beside another")] if others else [])

    def say(self, text: str, mood: str = "") -> None:
        """One line to the person, until the next key."""
        self._said = (text, mood)

    # keys

    def action_step(self, by: int) -> None:
        self.say("")
        if not (self.comparing.next() if by > 0 else self.comparing.back()):
            self.say("Nothing more comes in either of them." if by > 0 else "This is where both begin.")
        self.draw()

    def action_difference(self, by: int) -> None:
        is_other = self.comparing.other_place(by)
        self.say("" if is_other else self.comparing.at_the_end)
        self.draw()

    def action_other(self, name: str) -> None:
        if name in self.comparing.others:
            self.comparing = self.comparing.beside(name)
        elif name not in (self.comparing.a.of, self.comparing.b.of):
            self.say(f"There is no what-if {name}.", "error")
        self.draw()

    def action_keep(self) -> None:
        if self.comparing.bench is not None:
            self.comparing.leave(self.comparing.b.of)
            self.dismiss(self.comparing.b.of)

    def action_take(self) -> None:
        from tui.taking import take_page

        take_page(self.app, self.comparing, self._took)

    def _took(self, text: str, mood: str = "") -> None:
        self.say(text, mood)
        self.draw()

    def action_leave(self) -> None:
        self.comparing.leave()
        self.dismiss(None)


class FuturesScreen(SheetScreen):
    """All what-ifs. Answers `future:NAME` to switch to it, `compare:NAME` to compare it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "compare", "Compare it with the one you are in")]

    def __init__(self, bench: Bench) -> None:
        super().__init__(lambda width: futures_sheet(bench, width), keys=(("c", "compare"),))
        self.here = list(bench.session.branches).index(bench.session.branch.name)

    def on_mount(self) -> None:
        super().on_mount()
        self.link = -1
        names = [target for _, target in self.links]
        if names:
            self.link = min(self.here, len(names) - 1)
            self._show()

    @property
    def links(self) -> list[tuple[int, str]]:
        """The first row of each."""
        seen: dict[str, int] = {}
        for row, target in super().links:
            seen.setdefault(target, row)
        return [(row, target) for target, row in seen.items()]

    def action_compare(self) -> None:
        if 0 <= self.link < len(self.links):
            self.dismiss(f"compare:{self.links[self.link][1].partition(':')[2]}")
