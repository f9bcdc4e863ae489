"""The story that `workbench demo` tells: why Friday's report was wrong, and what would have made it right.

Every number and time in it is read off the simulation; only the questions are written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from workbench.engine import Event, Known, Run
from workbench.engine.catalog import Read
from workbench.engine.data_events import DatasetRead, VersionPublished, VersionWritten
from workbench.engine.events import AttemptStarted, InputArrived
from workbench.model import WaitFor
from workbench.opening import sample
from workbench.session import Session
from workbench.views import (
    Clock,
    Line,
    as_text,
    comparison_lines,
    graph_of,
    run_rows,
    story,
    timeline_lines,
)
from workbench.views.boxes import boxes
from workbench.writing import Keeping

SAMPLE, SCENARIO = "daily_flights", "late_jfk"
DAG, DAY, LAST = "daily_flights", "2013-01-03", "publish"
PUBLIC, BOARD = "pub_punctuality", "board_dashboard"
QUERY = f"select future, task, ended, rows from future_attempt where partition = '{DAY}'"
Say = Callable[[str], None]


class Kept(Keeping, Protocol):
    """A history that knows where it lies."""

    @property
    def path(self) -> object: ...


class Teller:
    """Prints a session: headings, lines with their mood, pictures."""

    def __init__(self, session: Session, say: Say, style: Callable[[str, str], str], width: int, ascii: bool) -> None:
        self.session, self.say, self.style, self.width, self.ascii = session, say, style, width, ascii

    @property
    def clock(self) -> Clock:
        return Clock(self.session.now, self.session.workspace.dags[DAG].zone)

    @property
    def run(self) -> Run | None:
        return self.session.state.known.run_of(DAG, DAY)

    def heading(self, text: str) -> None:
        self.say("")
        self.say(self.style(f"── {text} ".ljust(self.width, "─"), "heading"))

    def lines(self, texts: Iterable[str], mood: str = "") -> None:
        for text in texts:
            self.say(self.style(text, mood) if mood else text)

    def story(self, events: Iterable[Event]) -> None:
        told = story(self.session.state.known, filter(_concerns, events))
        moods = {(line.at, line.text): line.mood for line in told}
        for text, mood in zip(as_text(told, self.clock), self._moods(told, moods), strict=True):
            self.lines(wrapped(text, self.width), mood)

    def picture(self) -> None:
        state = self.session.state
        spec = state.known.plans[DAG].spec
        graph = graph_of(spec, self.run, state.known)
        self.lines(boxes(graph, width=self.width, ascii=self.ascii).splitlines()[1:])

    def why(self, target: str) -> None:
        for i, text in enumerate(str(self.session.why(target)).splitlines()):
            for part in wrapped(text, self.width):
                self.say(self.style(part, "strong") if i == 0 else part)

    def _moods(self, told: list[Line], moods: dict[tuple[datetime, str], str]) -> Iterator[str]:
        today = ""
        for line in told:
            if f"{line.at:%x}" != today:
                today = f"{line.at:%x}"
                yield "strong"
            yield moods[line.at, line.text]


def tell(
    history: Kept | None,
    echo: Say,
    style: Callable[[str, str], str],
    *,
    width: int = 78,
    bin: str = "",
    ascii: bool = False,
) -> None:
    """Tell the whole story, a line at a time, to `echo`. `bin`: what to type in front of our commands' names;
    `ascii`: pictures for a terminal that has no others."""
    session = sample(SAMPLE, SCENARIO, history=history)
    teller = Teller(session, echo, style, width, ascii)
    _morning(teller)
    _what_if(teller)
    _side_by_side(teller)
    _outage(teller)
    _end(teller, history, bin)


def _concerns(event: Event) -> bool:
    """Is it about this DAG, the day's inputs, or what the DAG publishes, and no step on the way there?"""
    if isinstance(event, VersionWritten | VersionPublished | DatasetRead):
        return event.dataset == PUBLIC
    run = getattr(event, "run", None)
    return run is None or run.dag == DAG


def _morning(t: Teller) -> None:
    s = t.session
    s.run_until("2013-01-04T05:45Z")
    t.say(t.style("Why was Friday's report wrong?", "title"))
    t.say("")
    t.lines([
        "Every morning at 06:00 this pipeline fetches yesterday's flights of the",
        "three airports of New York from a vendor, cleans them and publishes a report.",
        "The airports' files are due at 06:00. Dashed lines: it takes what is there.",
        "",
    ])  # fmt: skip
    t.picture()
    t.heading("Friday 4 January, as it went: future A")
    t.story(s.run_until("08:05"))
    rows, missing, read = published(s), came_late(s), board_read(s)
    t.say("")
    t.say(t.style(f"Every task is green, and {rows} flights are public since {since(s):%H:%M}.", "strong"))
    told = f"The board looked at {read.at:%H:%M}. {missing} flights of JFK are missing. Green is not right."
    t.say(t.style(told, "bad"))
    t.heading("Why?")
    t.why(f"{DAG}.{LAST}@{DAY}")


def _what_if(t: Teller) -> None:
    s = t.session
    t.heading("Back to 05:55, and one thing is changed: future B")
    s.back("05:55")
    s.edit(WaitFor("extract", ("ewr", "lga", "jfk")))
    t.say("extract now waits for its files (solid lines). What you saw is kept, as A.")
    t.say("At 07:10:   ✓ has come   ○ has not started")
    t.say("")
    events = s.run_until("07:10")
    t.picture()
    t.story(events)
    t.say("")
    t.say("It is 07:10, and nothing has started. Why?")
    t.why(f"{DAG}.extract@{DAY}")
    t.say("")
    t.story(s.run_until("08:05"))
    t.say("")
    before = since(s, "A")
    late = (since(s) - before).seconds // 60
    text = f"{published(s)} flights are public since {since(s):%H:%M}: {late} minutes later, and all of them."
    t.say(t.style(text, "good"))
    read = board_read(s)
    t.say(t.style(f"The board looked at {read.at:%H:%M}, and saw {seen_by_board(s)}.", "good"))


def _side_by_side(t: Teller) -> None:
    s = t.session
    t.heading("Both futures side by side")
    begin, end = s.instant("05:45"), s.instant("08:05")
    for name in ("A", "B"):
        branch = s.branches[name]
        known = branch.state_at(branch.position_at(s.now)).known
        run = known.run_of(DAG, DAY)
        assert run is not None
        t.say(t.style(f"{name}", "strong") + ("  by the clock" if name == "A" else "  waits for its files"))
        t.lines(timeline_lines(run_rows(known, run, s.now), begin, end, t.clock, t.width))
    t.say("░ waits   1▒ runs (the number is the try)   · was due and not there   ● came")
    seen = [f"{seen_by_board(s, name)} flights in {name}" for name in ("A", "B")]
    t.say(f"▲ the board looked at what was public: {seen[0]}, {seen[1]}")
    t.say("(by_airport and report, below, are a second DAG, made from what was published)")
    t.say("")
    for text in comparison_lines(s.compare("A"), t.clock):
        t.lines(wrapped(text, t.width))


def _outage(t: Teller) -> None:
    s = t.session
    t.heading("Another day: the vendor is down, Thursday 3 January, 06:00 to 06:20")
    s.enter("A").seek("2013-01-03T05:59Z")
    t.story(s.run_until("06:55"))
    tries = [e.at for e in s.events if isinstance(e, AttemptStarted) and e.task == "extract"]
    pauses = [f"{(b - a).seconds // 60 - 1}" for a, b in pairwise(tries)]
    t.say("")
    told = (
        f"Tries at {', '.join(f'{at:%H:%M}' for at in tries)}: pauses of {', '.join(pauses)} minutes, each twice the "
        "last. The vendor was back at 06:20; the pause then running cost 14 minutes, and nobody had to get up."
    )
    t.lines(wrapped(told, t.width))
    told = "Retries outlast an outage. They brought no file of JFK: nothing had failed, so nothing was tried again."
    t.lines(wrapped(told, t.width), "strong")


def _end(t: Teller, history: Kept | None, bin: str) -> None:
    t.heading("Yours now")
    t.say(t.style("Late is not failed; green is not right.", "strong"))
    t.say("")
    if history is not None:
        t.say("Both futures, every decision, are in SQLite:")
        t.say(f"  {history.path}")
    t.say("Try next:")
    t.say(f"  {bin}workbench draw {SAMPLE}")
    if history is not None:
        t.say(f'  {bin}workbench data "{history.path}" {PUBLIC}@{DAY}')
    t.say(f"  {bin}workbench why {SAMPLE} {LAST}@{DAY} --scenario {SCENARIO} --at 06:12")
    if history is None:
        t.say(f"  {bin}workbench simulate {SAMPLE} --scenario {SCENARIO}")
    else:
        t.say(f'  {bin}sqlite-utils "{history.path}" "{QUERY}" --table')


def published(session: Session) -> int:
    """How many rows the last task wrote for the day."""
    run = session.state.known.run_of(DAG, DAY)
    assert run is not None
    return run.cells[LAST].attempts[-1].rows or 0


def since(session: Session, future: str = "") -> datetime:
    """When the last task had published the day, in this future or another."""
    run = _known(session, future).run_of(DAG, DAY)
    assert run is not None
    return run.cells[LAST].since


def board_read(session: Session, future: str = "") -> Read:
    """The last time that the board read what is public, in this future or another."""
    reads = _known(session, future).data.reads
    return [read for read in reads if (read.consumer, read.dataset) == (BOARD, PUBLIC)][-1]


def seen_by_board(session: Session, future: str = "") -> int:
    """How many rows it got then."""
    read = board_read(session, future)
    version = _known(session, future).data.get((read.dataset, read.partition, read.n))
    return (version.rows or 0) if version is not None else 0


def _known(session: Session, future: str) -> Known:
    branch = session.branches[future] if future else session.branch
    return branch.state_at(branch.position_at(session.now)).known


def came_late(session: Session) -> int:
    """Rows of the day's inputs that came after extract had started."""
    run = session.state.known.run_of(DAG, DAY)
    assert run is not None
    started = run.cells["extract"].attempts[0].started
    arrivals = (e for e in session.events if isinstance(e, InputArrived) and e.partition == DAY)
    return sum(e.rows or 0 for e in arrivals if e.at > started)


def wrapped(text: str, width: int) -> list[str]:
    """A line cut at spaces where it is too long, and indented as it began."""
    import textwrap

    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(text, width, subsequent_indent=indent + "  ", break_on_hyphens=False) or [""]
