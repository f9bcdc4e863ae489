"""Verbs that look and move: no command of them changes anything. Each answers a sentence, lines and what happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from workbench import ordering
from workbench.engine import Event
from workbench.ordering.here import refuse
from workbench.scenario.unmet import unmet_lines
from workbench.verbs.grammar import Command
from workbench.views.clock import Clock, listed, plural
from workbench.views.happened import Happened

if TYPE_CHECKING:
    from workbench.session import Session

_MOST_STEPS = 1000
MOST_LINES = 60


class Answer(NamedTuple):
    """What came of a line: a sentence, lines below it, and the events on the way."""

    sentence: str
    lines: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


def said(session: Session, at: datetime) -> str:
    """`Fri 4 Jan 07:35`."""
    return Clock(session.now, session.zone).full(at)


def nothing_more(clock: Clock, end: datetime) -> str:
    """That there is no next instant. `end`: of the simulation (UTC)."""
    if clock.now > end:
        return f"This simulation ends {clock.full(end)}; `until` goes on from here."
    return f"Nothing more comes until {clock.full(end)}, the end."


def _moved(session: Session, events: Happened) -> Answer:
    return Answer(f"It is {said(session, session.now)}.", story_lines(events), tuple(events))


def story_lines(events: Happened) -> tuple[str, ...]:
    """What happened, in short."""
    if not events:
        return ()
    lines = tuple(str(events).splitlines())
    if len(lines) <= MOST_LINES:
        return lines
    day = f"{events[-1].at.astimezone(events.zone):%Y-%m-%d}"
    many = f"{plural(len(events), 'event')}: too many to tell one by one."
    return (f"{many} story {day} tells one day, story DAG@DAY one run.",)


def go(session: Session, command: Command) -> Answer:
    time, event = command.get("TIME"), command.get("event")
    if (time is None) == (event is None):
        raise refuse("go needs a time or the number of an event: go 07:35, go event 12")
    to = session.instant(time) if time is not None else int(event or 0)
    if isinstance(to, datetime) and to >= session.now:
        return _moved(session, session.run_until(to))
    session.seek(to)
    return Answer(f"It is {said(session, session.now)}. What comes after is kept.")


def step(session: Session, command: Command) -> Answer:
    many = int(command.get("N") or 1)
    if not 1 <= many <= _MOST_STEPS:
        raise refuse(f"{many} steps at once are too many or too few; write 1 to {_MOST_STEPS}")
    begin = session.position
    for _ in range(many):
        if not session.step("event" if "event" in command else "instant"):
            break
    happened = session.happened(begin, session.position)
    if not happened:
        return Answer(nothing_more(Clock(session.now, session.zone), session.end))
    return _moved(session, happened)


def back(session: Session, command: Command) -> Answer:
    events = session.back(command.get("TIME"))
    if not events:
        return Answer(f"It is {said(session, session.now)}: nothing has happened before.")
    ahead = f"{plural(len(events), 'event')} {'is' if len(events) == 1 else 'are'} ahead again"
    return Answer(f"It is {said(session, session.now)}; {ahead}.")


def run(session: Session, command: Command) -> Answer:
    if "TIME" in command and "until" in command:
        raise refuse("run takes one time: run until 08:05")
    to = command.get("TIME") or command.get("until")
    until = session.instant(to) if to is not None else max(session.end, session.now)
    answer = _moved(session, session.run_until(until))
    return answer._replace(lines=(*answer.lines, *_in_vain(session))) if until >= session.end else answer


def _in_vain(session: Session) -> list[str]:
    """At the scenario's end: faults that hit nothing."""
    return [f"nothing came of a fault: {line}" for line in unmet_lines(session.scenario, session.state, session.now)]


def undo(session: Session, command: Command) -> Answer:
    left = session.branch.name
    undone = session.take_back()
    told = "; ".join(getattr(event, "sentence", "") for event in undone)
    now = f"It is {said(session, session.now)}"
    where = (
        f" in {session.branch.name}, which goes on without it; {left} keeps it" if session.branch.name != left else ""
    )
    return Answer(f"Undone: {told}. {now}{where}.")


def redo(session: Session, command: Command) -> Answer:
    session.take_again()
    return Answer(f"Back in {session.branch.name}. It is {said(session, session.now)}.")


def future(session: Session, command: Command) -> Answer:
    name = command.get("FUTURE")
    if name is None:
        return Answer(f"You are in {session.branch.name}.", tuple(_futures(session)))
    session.enter(name)
    return Answer(f"In {session.branch.name}. It is {said(session, session.now)}.")


def _futures(session: Session) -> list[str]:
    lines = []
    for name, branch in session.branches.items():
        parted = f", parted from {branch.parent.name} after event {branch.shared}" if branch.parent else ""
        here = "►" if branch is session.branch else " "
        lines.append(f"{here} {name}: {plural(len(branch.log), 'event')} to {said(session, branch.reached)}{parted}")
    return lines


def why(session: Session, command: Command) -> Answer:
    target, at = command.one("TASK"), command.get("at")
    found = session.explain(target, session.instant_on(target, at) if at is not None else None)
    first, *rest = str(found).splitlines()
    return Answer(first, tuple(rest))


def compare(session: Session, command: Command) -> Answer:
    name = command.get("FUTURE") or _other(session)
    first, *rest = str(session.compare(name)).splitlines()
    return Answer(first, tuple(rest))


def _other(session: Session) -> str:
    """The future that is compared when none is named: the one this parted from, or the only other one."""
    if session.branch.parent is not None:
        return session.branch.parent.name
    others = [name for name in session.branches if name != session.branch.name]
    if len(others) == 1:
        return others[0]
    told = (
        f"say with which: {listed(others, 'or')}" if others else "there is no other future yet; change something first"
    )
    raise refuse(f"You are in {session.branch.name}; {told}")


def faults(session: Session, command: Command) -> Answer:
    """Those that were injected; the scenario's own would give its story away."""
    every = ordering.active(session.here())
    own = [one for one in every if one.own]
    seen = every if "all" in command else [one for one in every if not one.own]
    wide = max((len(str(one.number)) for one in seen), default=0)
    lines = [f"{one.number:>{wide}}  {one.sentence}" for one in seen]
    secret = (
        f" The scenario has {len(own)} of its own; faults all gives them away." if own and "all" not in command else ""
    )
    return Answer(f"{plural(len(seen), 'fault')} {'holds' if len(seen) == 1 else 'hold'}.{secret}", tuple(lines))
