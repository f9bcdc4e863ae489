"""Home: what this is, and what there is to open. What cannot be opened is told here, all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

import workbench as wb
from tui import opening
from tui.own import OwnPipeline
from tui.pane import Pane
from tui.picking import Boarded, Entry, Keys, Marking, Picking, Section, entry_row, margin_of
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

if TYPE_CHECKING:
    from tui.app import Workbench

TITLE = "orchestration workbench"
TEXT = (
    "Something must decide what runs when, wait for what is late, try again and",
    "remember. Play with it. Nothing you do here can break.",
)
# The picture of the story: two files have come, one is late, and everything behind it waits.
PICTURE: tuple[Row, ...] = (
    (Span("▤ EWR "), Span("✓", "state.arrived"), Span(" ──┐", "edge")),
    (
        Span("▤ LGA "), Span("✓", "state.arrived"), Span(" ──┼──► ", "edge"), Span("◔ extract", "state.queued"),
        Span(" ──► ", "edge"), Span("○ clean", "dim"), Span(" ──► ", "edge"), Span("○ publish", "dim"),
        Span(" ──► ", "edge"), Span("▣ report", "dim"),
    ),
    (Span("▤ JFK "), Span("◷", "state.late"), Span(" ──┘", "edge")),
)  # fmt: skip
_ROOM_FOR_RECENT = 27


class HomeScreen(Boarded):
    """The story, lessons, one's own pipeline, samples and recordings."""

    KEYS: ClassVar[Keys] = (
        ("↑↓", "choose"), ("Enter", "open"), ("1-4", "at once"), ("ctrl+p", "all commands"), ("ctrl+q", "quit"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "The one above", priority=True),
        Binding("down", "move(1)", "The one below", priority=True),
        Binding("enter", "take", "Open what is chosen", priority=True),
        Binding("1", "open('story')", "The story: why was Friday's report wrong?"),
        Binding("2", "open('lessons')", "Lessons"),
        Binding("3", "open('own')", "My own pipeline: a file, or written on the spot"),
        Binding("4", "open('shelf')", "Samples, and what I did before"),
        Binding("escape", "stay", "Home is the outermost screen", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.problems: tuple[str, ...] = ()
        self.recent: wb.Kept | None = None  # read after the first picture
        self.left: wb.StoryLeft | None = None
        self.words: tuple[str, str] = ("", "")

    @property
    def host(self) -> Workbench:
        """The application, which keeps the history."""
        return self.app  # type: ignore[return-value]

    # what is shown

    @property
    def ways_in(self) -> int:
        """How many entries are no recordings."""
        return 3 + len(self._story())

    @property
    def entries(self) -> list[Entry]:
        """What can be chosen: the four ways in, and where there is room, what was done last."""
        lines = self.recent.lines if self.recent else ()
        newest = lines[0] if lines else None
        last = (
            f"{newest.dags[0]}, {_when(newest)}" if newest and newest.dags else "pipelines that ship, and what you did"
        )
        found = [
            *self._story(),
            Entry("lessons", "2 Lessons", "they come later; the story is the first"),
            Entry("own", "3 My own pipeline", "a YAML file, or a >> b >> c"),
            Entry("shelf", "4 Samples and recent", last),
        ]
        room = self.app.size.height - _ROOM_FOR_RECENT
        return found + [_recent_entry(one) for one in lines[: max(0, min(8, room))]]

    def _story(self) -> list[Entry]:
        """The story: begun, to go on with or to begin anew; done; or new."""
        name, done = "1 Why was Friday's report wrong?", "✔ done" if self.left and self.left.is_done else ""
        if self.left and self.left.where:
            anew = Entry("story:anew", "  or from its beginning", "3 minutes")
            return [Entry("story", name, f"go on: {self.left.where}", done), anew]
        return [Entry("story", name, f"{done}; 3 minutes, to see it again" if done else "3 minutes, start here")]

    def sheet(self, width: int, height: int) -> Sheet:
        left, wide = margin_of(width)
        entries = self.entries
        self.at = min(self.at, len(entries) - 1)
        rows: list[Row] = [*PICTURE, (), *((Span(text),) for text in TEXT), ()]
        for number, entry in enumerate(entries):
            if number == self.ways_in:
                rows.append((Span("  Go on where you stood", "title"),))
            has_more = number + 1 < len(entries) and entries[number + 1].target == "story:anew"
            is_apart = number < self.ways_in and not has_more
            rows += [entry_row(entry, number == self.at, 34, wide), *([()] if is_apart else [])]
        focus = len(rows) if self.problems else 0
        for problem in self.problems:
            rows += wrapped_row((Span("✖ ", "bad"), Span(problem)), wide - 2, "  ")
        above = max(1, (height - len(rows)) // 3)
        placed = tuple((Span(" " * left), *row) for row in rows)
        return Sheet(TITLE, ((),) * above + placed, (0, above + focus) if focus else None)

    def said(self) -> Row:
        text, mood = self.words
        if self.recent and self.recent.problem and not text:
            text, mood = f"What was kept cannot be read: {self.recent.problem}", "late"
        if not text and self.at >= self.ways_in:
            text, mood = self.entries[self.at].more, "dim"
        return (Span(" "), Span(text, mood))

    # coming and going

    def on_screen_resume(self) -> None:
        """Here, or here again: what was done elsewhere can be gone on with."""
        self.call_after_refresh(self._look)

    def came_from(self, bench: wb.Bench) -> None:
        """A bench was left; its guide may have something to say at the end."""
        summary = getattr(bench.guide, "summary", "")
        self.words = (f"☞ {summary}" if summary else "", "coach")

    def _look(self) -> None:
        """What was kept; after the first picture, so that nobody waits for it."""
        self.recent, self.left = wb.recordings_on_shelf(self.host.history), self.host.story.left
        self.draw()

    # keys

    def action_move(self, by: int) -> None:
        self.at = (self.at + by) % len(self.entries)
        self.draw()

    def action_take(self) -> None:
        self.action_open(self.entries[self.at].target)

    def action_stay(self) -> None:
        self.words = (wb.said_at_home(self.host.history), "dim")
        self.draw()

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        """A click opens."""
        self.action_open(event.target)

    def action_open(self, target: str | None) -> None:
        """Open what a target names: `story`, `file:PATH`, `recording:7` and so on."""
        if not target:
            return
        self.problems, self.words = (), ("", "")
        kind, _, rest = target.partition(":")
        ways: dict[str, Callable[[], object]] = {
            "story": lambda: opening.open_story(self.host, anew=rest == "anew"),
            "lessons": lambda: self.app.push_screen(lessons()),
            "own": lambda: self.app.push_screen(OwnPipeline(), self.action_open),
            "shelf": lambda: self.app.push_screen(shelf(self.host.history), self.action_open),
            "file": lambda: self._open_file(rest),
            "text": lambda: opening.open_text(self.host, rest),
            "scenario": lambda: opening.open_file(self.host, *_split(rest)),
            "recording": lambda: opening.open_recording(self.host, int(rest)),
            "compare": lambda: opening.compare_recordings(self.host, *map(int, rest.split(":"))),
        }
        try:
            ways[kind]()
        except wb.InvalidInput as error:
            self.problems = tuple(str(problem) for problem in error.problems)
            self.words = ("That could not be opened.", "bad")
        self.draw()

    def _open_file(self, path: str) -> None:
        """A file with one scenario or none is opened; of several, one is chosen first."""
        found = wb.file_on_shelf(path)
        if len(found.scenarios) > 1:
            self.app.push_screen(scenarios(found, path), self.action_open)
        else:
            opening.open_file(self.host, path, found.scenarios[0].name if found.scenarios else None)


def _split(text: str) -> tuple[str, str]:
    """Scenario and path, as `scenarios` puts them together."""
    scenario, _, path = text.partition(":")
    return path, scenario


def _pipeline(one: wb.KeptLine) -> str:
    """`daily_flights, late_jfk`: the first DAG and the scenario."""
    return ", ".join(part for part in ((*one.dags, "")[0], one.scenario) if part) or "no name"


def _when(one: wb.KeptLine) -> str:
    return wb.said_when(one.begun, datetime.now(UTC))


def _recent_entry(one: wb.KeptLine) -> Entry:
    futures = f", {one.futures} futures" if one.futures > 1 else ""
    more = f"{', '.join(one.dags)}: {_many(one.events, 'event')}{futures}. {one.stands}"
    return Entry(f"recording:{one.id}", _pipeline(one), one.stands, _when(one), more)


def shelf(history: str | None) -> Picking:
    """What was kept, the newest first, and the samples."""
    kept = wb.recordings_on_shelf(history)
    recent = tuple(_recent_entry(one) for one in kept.lines)
    ships = tuple(_sample_entry(one) for one in wb.samples_on_shelf())
    otherwise = kept.problem or wb.said_on_empty_shelf(history)
    sections = [Section("Go on where you stood", recent, otherwise), Section("Samples", ships)]
    return Marking("samples and recent", sections, "recording")


def _sample_entry(one: wb.FileLine) -> Entry:
    several = _many(len(one.scenarios), "scenario") if len(one.scenarios) > 1 else ""
    named = f"{_many(len(one.dags), 'DAG')}; scenarios: {', '.join(s.name for s in one.scenarios)}"
    return Entry(f"file:{one.name}", one.name, one.about, several, named)


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def scenarios(found: wb.FileLine, path: str) -> Picking:
    """The scenarios of a file, and an ordinary day."""
    listed = tuple(Entry(f"scenario:{one.name}:{path}", one.name, one.about) for one in found.scenarios)
    return Picking(found.name, [Section("Which scenario?", listed)], found.about)


def lessons() -> Picking:
    """What will be there; and that it is not there yet."""
    sections = [
        Section(chapter.name, tuple(Entry("", title, more="Not there yet.") for title in chapter.lessons))
        for chapter in wb.chapters()
    ]
    about = "These are planned, and cannot be played yet. The story can, and every sample."
    return Picking("lessons, as they will come", sections, about)
