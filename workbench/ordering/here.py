"""Where an order is given, what an order is, and refusals that teach."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from workbench.engine import Event, Known, State
from workbench.model import InvalidInput
from workbench.model.findings import shown
from workbench.scenario import Scenario
from workbench.scenario.dataflow import Dataflow

_MOST_SHOWN = 8


class Here(NamedTuple):
    """The cursor: what is true there, and the instant (UTC). The scenario is needed for faults alone, and `dataflow`,
    which has the rows, where somebody asks for rows by what is in them."""

    state: State
    now: datetime
    scenario: Scenario
    dataflow: Dataflow | None = None

    @property
    def known(self) -> Known:
        return self.state.known


class Order(NamedTuple):
    """One command: its events, in one go, and a sentence about them. An order of several events is undone as one: all
    but the first will name the first one as their cause. `notes`: what a person who gives it should know besides.
    `plan`: what it would change, line by line, where the order has worked it out itself."""

    events: tuple[Event, ...]
    sentence: str
    notes: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()


def order(event: Event) -> Order:
    """An order of one event that has a sentence."""
    return Order((event,), str(event.sentence))  # type: ignore[union-attr]


def refuse(told: str) -> InvalidInput:
    return InvalidInput([told])


def unknown(what: str, wrong: str, known: Iterable[str], else_: str = "") -> InvalidInput:
    """`No task clen. Did you mean clean?`; what there is, or `else_`, when nothing is near."""
    names = sorted(set(known))
    close = difflib.get_close_matches(wrong[:100], names[:2000], n=1, cutoff=0.5)
    if close:
        return refuse(f"No {what} {shown(wrong)}. Did you mean {close[0]}?")
    there = ", ".join(names[:_MOST_SHOWN]) + (", ..." if len(names) > _MOST_SHOWN else "")
    return refuse(f"No {what} {shown(wrong)}. " + (else_ or (f"There is: {there}." if names else "There is none.")))
