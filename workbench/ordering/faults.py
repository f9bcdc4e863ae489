"""Orders about the world: faults come, and are lifted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from workbench.engine.events import FaultInjected, FaultLifted
from workbench.ordering.here import Here, Order, order, refuse
from workbench.scenario import Fault, check_fault, fault_from_data, sentence_of


class Active(NamedTuple):
    """A fault that holds. `number` (from 1) is what `lift` takes; `own`: the scenario's, which nobody has seen yet."""

    number: int
    fault: Any
    sentence: str
    own: bool


def active(here: Here) -> list[Active]:
    """Every fault that holds: first the scenario's, then those that were injected."""
    given = [(fault, True) for fault in here.scenario.faults] + [(fault, False) for fault, _ in here.state.faults]
    every = [Active(n, fault, sentence_of(fault, here.known), own) for n, (fault, own) in enumerate(given, 1)]
    return [one for one in every if one.number not in here.state.lifted]


def inject(here: Here, faults: Iterable[Fault]) -> Order:
    """These hold from now on. Raises InvalidInput for unknown names, and for what comes too late."""
    checked = [check_fault(fault, here.known, here.now) for fault in faults]
    events = tuple(FaultInjected(here.now, fault, sentence_of(fault, here.known), 0) for fault in checked)
    if len(events) == 1:
        return order(events[0])
    return Order(events, "; ".join(event.sentence for event in events))


def read_fault(here: Here, key: str, values: dict[str, Any]) -> Fault:
    """The fault of such data as a scenario file holds. Raises InvalidInput, told as of the command."""
    return fault_from_data({key: values}, here.known.workspace(), here.scenario.arrivals)


def lift(here: Here, what: str) -> Order:
    """A fault holds no longer: its number in the list of faults, or words of it that no other fault has."""
    found = _meant(here, what)
    event = FaultLifted(here.now, found.number, f"lifted: {found.sentence}", 0)
    return order(event)


def _meant(here: Here, what: str) -> Active:
    holding = active(here)
    # The scenario's own are its secret: they are lifted by number, and never named in a refusal.
    seen = [one for one in holding if not one.own]
    if what.isdecimal() and len(what) < 9:
        found = [one for one in holding if one.number == int(what)]
        if found:
            return found[0]
        there = f"There is: {_told(seen)}" if seen else "None was injected"
        raise refuse(f"No fault {what}. {there}")
    words = what.split()
    found = [one for one in seen if all(word in _words_of(one) for word in words)]
    if len(found) == 1:
        return found[0]
    if found:
        raise refuse(f"Several faults are like that; give the number: {_told(found)}")
    if not seen:
        raise refuse(f"No fault {what}. None was injected; `faults` lists them")
    raise refuse(f"No fault {what}. There is: {_told(seen)}")


def _words_of(one: Active) -> set[str]:
    """What a person may call it: words of its sentence, names and days in it, and its kind."""
    values = [str(getattr(one.fault, name)) for name in type(one.fault).__slots__]
    names = {part for value in values for part in (value, value.rpartition(".")[2])}
    return {*one.sentence.split(), *names, type(one.fault).__name__.lower()}


def _told(faults: list[Active]) -> str:
    return "; ".join(f"{one.number} {one.sentence}" for one in faults[:6])
