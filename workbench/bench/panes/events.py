"""What happened, the newest at the bottom, with what brought it about; and what is held back where a run was made.

Only the last few hundred events are told, however long the log is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.bench.kept import kept
from workbench.bench.panes.causes import cause_of
from workbench.engine import Event, Known
from workbench.engine.events import COMMANDS, RunCreated
from workbench.engine.rules.inputs import home_of, is_here, windows_of
from workbench.views.clock import common_zone, has_zones, listed
from workbench.views.lines import Line
from workbench.views.sheet import Row, Sheet, Span, wrapped_row
from workbench.views.tell import story, together

if TYPE_CHECKING:
    from workbench.bench.bench import Bench
    from workbench.bench.chosen import Chosen

_MOST = 240
# How far back one looks for what is about the selection.
_MOST_LOOKED_AT = 20_000


def events(bench: Bench, width: int, after: int = 0) -> Sheet:
    """The last rows say what came last, and when it is now. `only_chosen` of the bench: only about the selection.
    `after`: none up to this number."""
    chosen = bench.chosen if bench.only_chosen else None
    return kept(bench, "events", (chosen, width, after), lambda: _events(bench, width, after))


def _events(bench: Bench, width: int, after: int) -> Sheet:
    told, zone = list(_told(bench, after)), common_zone(bench.known)
    rows: list[Row] = []
    for line, seq, cause in told:
        head = Span(f"{line.at.astimezone(zone):%a %H:%M}  ", "dim", f"event:{seq}")
        text = Span(line.text, line.mood, f"event:{seq}")
        rows += _wrapped((head, text, *cause), width)
    now = bench.now.astimezone(zone)
    rows.append((Span(f"{now:%a %H:%M}  now", "now"),))
    about = f" of {bench.chosen.name or bench.chosen.dag} only" if bench.only_chosen else ""
    return Sheet(f"events{about}{', in UTC' if has_zones(bench.known) else ''}", tuple(rows), (0, len(rows) - 1))


@lru_cache(maxsize=2048)
def _wrapped(row: Row, width: int) -> tuple[Row, ...]:
    return wrapped_row(row, width, " " * 11)


def _told(bench: Bench, after: int) -> Iterator[tuple[Line, int, Row]]:
    """Lines, each with the number of its event and what caused it."""
    known, log, numbers = bench.known, bench.session.branch.log, [n for n in _numbers(bench) if n > after]
    some = [log[number - 1] for number in numbers]
    for line in together(_with_held(known, some, story(known, some))):
        number = numbers[line.place]
        yield line, number, () if line.who == _HELD else (*cause_of(known, log, number), *_opens(bench, number))


def _opens(bench: Bench, number: int) -> Row:
    """` → what-if B`, of the command with which this future began."""
    branch = bench.session.branch
    is_first = branch.parent is not None and number == branch.shared + 1
    return (Span(f" → what-if {branch.name}", "you"),) if is_first else ()


def _numbers(bench: Bench) -> list[int]:
    """The events that are told, by number."""
    position = bench.session.position
    if not bench.only_chosen:
        return list(range(max(0, position - _MOST) + 1, position + 1))
    log, found = bench.session.branch.log, list[int]()
    for number in range(position, max(0, position - _MOST_LOOKED_AT), -1):
        if _is_about(log[number - 1], bench.chosen):
            found.append(number)
        if len(found) == _MOST:
            break
    return found[::-1]


def _is_about(event: Any, chosen: Chosen) -> bool:
    """What people did is about everything."""
    if isinstance(event, COMMANDS):
        return True
    run = getattr(event, "run", None)
    dag = run.dag if run is not None else getattr(event, "dag", "")
    names = {
        "task": (getattr(event, "task", ""), getattr(event, "subject", "")) if dag == chosen.dag else (),
        "input": (getattr(event, "input", ""), getattr(event, "subject", "").removeprefix("input:")),
        "dataset": (getattr(event, "dataset", ""),),
        "consumer": (getattr(event, "consumer", ""),),
    }
    return dag == chosen.dag if chosen.kind == "dag" else chosen.name in names[chosen.kind]


_HELD = "held"


def _with_held(known: Known, some: list[Event], lines: list[Line]) -> Iterator[Line]:
    """After each run that was made, what of it could not start for lack of an input."""
    for line in lines:
        yield line
        event = some[line.place]
        if isinstance(event, RunCreated):
            for missing, tasks in _held_at(known, event).items():
                is_are = "is" if len(tasks) == 1 else "are"
                here = "is" if len(missing) == 1 else "are"
                text = f"{listed(tasks)} {is_are} held, because {listed(missing)} {here} not here"
                yield replace(line, text=text, mood="late", who=_HELD, alike="")


def _held_at(known: Known, event: RunCreated) -> dict[tuple[str, ...], list[str]]:
    """Missing inputs -> the tasks at the beginning of the run that wait for them."""
    run, found = known.runs.get(event.run), dict[tuple[str, ...], list[str]]()
    for name, plan in run.plan.tasks.items() if run is not None else ():
        if run is None or plan.ups or not plan.inputs:
            continue
        needed = [(need.name, home_of(known, need), w) for need in plan.inputs for w in windows_of(known, need, run)]
        missing = dict.fromkeys(place[0] for place in needed if not _was_here(known, *place, event.at))
        if missing:
            found.setdefault(tuple(missing), []).append(name)
    return found


def _was_here(known: Known, name: str, home: str, window: Any, at: datetime) -> bool:
    arrival = known.arrived.get((name, window.key))
    return arrival.at <= at if arrival is not None else is_here(known, name, home, window)
