"""The faults of a recording in sentences, for its report: those that the scenario holds and those that somebody
injected, as far as they had shown themselves by an instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime

from workbench.engine import Event, Known
from workbench.engine.events import FaultInjected, FaultLifted
from workbench.scenario import Scenario
from workbench.scenario.commands import sentence_of
from workbench.scenario.parts import Fault
from workbench.views.clock import Clock, common_zone


def faults_said(scenario: Scenario, log: Sequence[Event], known: Known, now: datetime) -> tuple[str, ...]:
    """First the scenario's, then the injected ones in order, each with when it was lifted. `known`, `now` (UTC): what
    the log came to. What holds an instant or a day that is still to come would tell the future, and is left out; what
    somebody injected was said before now."""
    clock = Clock(now, common_zone(known))
    lifted = {one.number: f"; lifted {clock.full(one.at)}" for one in log if isinstance(one, FaultLifted)}
    given = [
        f"In the scenario: {sentence_of(one, known)}" if _has_shown(one, known, now) else "" for one in scenario.faults
    ]
    injected = [f"Injected {clock.full(one.at)}: {one.sentence}" for one in log if isinstance(one, FaultInjected)]
    told = enumerate([*given, *injected], 1)
    return tuple(f"{sentence}{lifted.get(number, '')}." for number, sentence in told if sentence)


def _has_shown(fault: Fault, known: Known, now: datetime) -> bool:
    """Has every instant that it holds passed, and was there a run or a delivery of its day?"""
    days = {key.partition for key in known.runs} | {key for _, key in known.arrived}
    partition, first = getattr(fault, "partition", None), getattr(fault, "first", None)
    is_there = partition in days if partition else first is None or max(days, default="") >= first
    return is_there and all(value <= now for value in _instants(fault))


def _instants(fault: Fault) -> Iterator[datetime]:
    found = (getattr(fault, one.name) for one in fields(fault))
    yield from (value for value in found if isinstance(value, datetime))
