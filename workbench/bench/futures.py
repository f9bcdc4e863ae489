"""The futures of a session: which what-if left whom, when, by which command, how far it goes and how its runs ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from workbench.bench.short_names import short_commands
from workbench.branch import Branch
from workbench.engine.events import COMMANDS
from workbench.session import Session
from workbench.views.cells import cell_width as cells
from workbench.views.clock import Clock, listed, plural
from workbench.views.compare import commands_apart
from workbench.views.sheet import Row, Sheet, Span, clipped, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST = 2
_WORDS = {"success": "ended well", "failed": "failed", "running": "under way", "queued": "waiting to start"}
AS_IT_WAS, FIRST = "as it was", "the first one"
NO_MORE = "nothing more was done"


@dataclass(frozen=True, slots=True)
class FutureLine:
    """One future. `left_at` (UTC) and `command`: when and by which command it left its `parent`; `reached` (UTC): how
    far it has been made; `ended`: how its runs ended, in words."""

    name: str
    parent: str
    left_at: datetime | None
    command: str
    reached: datetime
    ended: str


def future_lines(session: Session) -> tuple[FutureLine, ...]:
    """In the order in which they were made."""
    return tuple(_line(branch) for branch in session.branches.values())


def _line(branch: Branch) -> FutureLine:
    parent = branch.parent.name if branch.parent is not None else ""
    left = branch.log[branch.shared].at if parent and len(branch.log) > branch.shared else None
    return FutureLine(branch.name, parent, left, command_of(branch), branch.reached, _ended(branch))


def command_of(branch: Branch) -> str:
    """What was done in it that was not done in its parent, if it has one: one command in its sentence, several in a few
    words."""
    kept = _NAMED.get(branch)
    if kept is None or kept[0] != len(branch.log):
        kept = _NAMED[branch] = (len(branch.log), _named(branch))
    return kept[1]


_NAMED: WeakKeyDictionary[Branch, tuple[int, str]] = WeakKeyDictionary()


def _named(branch: Branch) -> str:
    if branch.parent is None:
        return short_commands([one for one in branch.log if isinstance(one, COMMANDS)], branch.log)
    return short_commands([*commands_apart(branch, branch.parent, branch.reached)], branch.log)


def until_now(branch: Branch, own: Sequence[Any], at: datetime, most: int = _MOST, room: int | None = None) -> str:
    """What it is at an instant (UTC), in a few words and in so many cells: `own` are the commands that it alone had by
    then. With none of these: is it as it was, or were there commands that others have as well?"""
    if not own:
        return NO_MORE if any(isinstance(one, COMMANDS) for one in branch.log[: branch.position_at(at)]) else AS_IT_WAS
    said = [
        short_commands(own, branch.log, most),
        *(short_commands(own, branch.log, n, False) for n in range(most, 0, -1)),
    ]
    fits = next((one for one in said if room is None or cells(one) <= room), None)
    return fits if fits is not None else _cut(said[-1], room or 0)


def _cut(text: str, room: int) -> str:
    """The whole words that have room."""
    words = text.split()
    while words and cells(" ".join(words)) + 2 > room:
        words.pop()
    return f"{' '.join(words)} …".strip()


def called(branch: Branch) -> str:
    """What it is, in a few words: its commands, or that nothing was changed."""
    return command_of(branch) or (AS_IT_WAS if branch.parent is None else f"{branch.parent.name}, without its command")


def _ended(branch: Branch) -> str:
    known = branch.state_at(len(branch.log)).known
    states = Counter(run.state for run in known.runs.values())
    told = [f"{count} {_WORDS.get(state, state)}" for state, count in sorted(states.items(), reverse=True)]
    return f"{plural(sum(states.values()), 'run')}: {listed(told)}" if told else "no run yet"


def futures_sheet(bench: Bench, width: int) -> Sheet:
    """Each future on two lines; where one is, is marked. The target of each is its name."""
    session = bench.session
    rows: list[Row] = []
    for one in future_lines(session):
        rows += _rows(one, one.name == session.branch.name, bench.clock, width)
    if len(session.branches) == 1:
        rows += [(), *wrapped_row((Span(HOW, "coach"),), width)]
    return Sheet("what-ifs", tuple(rows))


HOW = (
    "There is one future so far. Go back (b, or g and a time), change one thing (e, f or r): a what-if opens, and what "
    "you saw is kept."
)


def _rows(one: FutureLine, is_here: bool, clock: Clock, width: int) -> list[Row]:
    target = f"future:{one.name}"
    mark = Span("► " if is_here else "  ", "chosen")
    left = (
        f"left {one.parent}" + (f" at {clock.full(one.left_at)}" if one.left_at else "")
        if one.parent
        else FIRST
        if one.command
        else AS_IT_WAS
    )
    head = (mark, Span(f"{one.name}  ", "chosen" if is_here else "strong", target), Span(left, "", target))
    told = [*([Span(f"    {one.command}", "you")] if one.command else [])]
    rows = [clipped(head, width), *([clipped(tuple(told), width)] if told else [])]
    stands = f"    made until {clock.full(one.reached)}; {one.ended}"
    return [*rows, *wrapped_row((Span(stands, "dim"),), width, "    ")]
