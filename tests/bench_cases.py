"""Benches to try laws on, and ways to read what their panes say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import workbench as wb
from tests.laws.worlds import story
from tests.samples import played
from tests.test_fuzz_commands import a_line
from workbench.model import InvalidInput
from workbench.views.sheet import Row, Sheet, Span

SAMPLES = (
    ("daily_flights", "late_jfk"), ("harbor_air", None), ("green_but_empty", None), ("overwritten_repair", None),
    ("sensor_deadlock", None), ("skipped_join", None), ("wrong_order_backfill", None), ("spring_forward", None),
)  # fmt: skip
# Panes that promise to be no wider than they are asked to.
NARROW = ("why", "data", "events", "alerts", "rules", "inspect")
WIDTHS = (40, 62, 80, 119, 200)


def sample_bench(name: str, scenario: str | None = None, at: str = "") -> wb.Bench:
    """A bench on a shipped pipeline, run until an instant."""
    return wb.Bench(played(name, scenario, at))


def random_bench(random: Random) -> wb.Bench:
    """A bench on a world with every part that there is, somewhere in its time."""
    session = story(random).session()
    session.run_until(session.start + (session.end - session.start) * random.choice([0, 1, 2, 3, 4]) / 4)
    return wb.Bench(session)


def sheets(bench: wb.Bench, width: int = 100, height: int = 30) -> dict[str, Sheet]:
    """All panes."""
    found = {name: getattr(bench, name)(width) for name in (*NARROW, "days")}
    found |= {name: getattr(bench, name)(width, height) for name in ("graph", "timeline")}
    found |= {name: Sheet("", (getattr(bench, name)(width),)) for name in ("header", "strip")}
    return found


def shown(bench: wb.Bench, width: int = 100) -> dict[str, tuple[Any, ...]]:
    """All that can be seen and pointed at, to be compared."""
    return {name: (one.title, tuple(one.rows), one.focus) for name, one in sheets(bench, width).items()}


def spans(sheet: Sheet) -> Iterator[Span]:
    return (span for row in sheet.rows for span in row)


def states_in(sheet: Sheet, target: str) -> set[str]:
    """The styles of states under a target."""
    return {span.style for span in spans(sheet) if span.target == target and span.style.startswith("state.")}


def row_of(sheet: Sheet, target: str) -> Row:
    """The first row that begins with a target."""
    return next((row for row in sheet.rows if any(span.target == target for span in row)), ())


TARGETS = re.compile(
    r"(task|input|dataset|run):[^.]+\..+|dag:.+|run:[^@]+@.+|consumer:.*\..+|event:\d+|at:\S.*|verb:\S.*|offer:[efr]:\S.*|key:\S+|branch:.+|section:\S.*"
)


# what a person may do


def act(bench: wb.Bench, random: Random) -> str:
    """One thing at random; what it was. Raises nothing but InvalidInput."""
    name = random.choice(list(ACTIONS))
    told = ACTIONS[name](bench, random)
    return f"{name} {told or ''}"


def _choose(bench: wb.Bench, random: Random) -> str:
    targets = sorted({span.target for sheet in sheets(bench).values() for span in spans(sheet) if span.target})
    target = random.choice(targets) if targets else "nothing"
    bench.choose(target)
    return target


def _do(bench: wb.Bench, random: Random) -> str:
    line = a_line(random, bench.session)
    _refused(lambda: bench.do(line))
    return line


def _refused(action: Callable[[], object]) -> None:
    """Done, or refused in words."""
    told = ["done"]
    try:
        action()
    except InvalidInput as error:
        told = [str(problem) for problem in error.problems]
    assert told
    assert all(text.strip() for text in told)


ACTIONS: dict[str, Any] = {
    "choose": _choose,
    "move": lambda bench, random: bench.move(random.choice(("left", "right", "up", "down"))) and "",
    "next": lambda bench, random: bench.next() and "",
    "event": lambda bench, random: bench.next("event") and "",
    "matters": lambda bench, random: bench.next_that_matters() and "",
    "back": lambda bench, random: bench.back() and "",
    "back event": lambda bench, random: bench.back_event() and "",
    "do": _do,
    "do more": _do,
    "undo": lambda bench, random: _refused(bench.session.undo),
    "redo": lambda bench, random: _refused(bench.session.redo),
    "day": lambda bench, random: bench.other_day(random.choice((-3, -1, 1, 2))),
    "newest day": lambda bench, random: bench.show_day(""),
    "go": lambda bench, random: _refused(lambda: bench.go(random.choice(("06:00", "+1h", "event 3", "-30m", "noon")))),
    "all": lambda bench, random: setattr(bench, "shows_all", not bench.shows_all),
    "only": lambda bench, random: setattr(bench, "only_chosen", not bench.only_chosen),
}


def with_faults(name: str, scenario: str, *faults: Any) -> wb.Session:
    """A shipped pipeline whose scenario has other faults instead of its own."""
    session = wb.sample(name, scenario)
    return wb.Session(session.workspace, replace(session.scenario, faults=faults))
