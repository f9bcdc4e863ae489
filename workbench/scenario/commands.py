"""Faults given while a simulation runs: checked against what has happened, and said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from workbench.engine import Known
from workbench.model import InvalidInput, Workspace
from workbench.scenario.parts import Fault, Flaky, Late, Never, Outage
from workbench.scenario.reading import fault_from_data, fault_to_data


def check_fault(fault: Fault, known: Known, now: datetime) -> Fault:
    """The fault with its names made whole. Raises InvalidInput for unknown names, and when it comes too late."""
    workspace = Workspace({name: plan.spec for name, plan in known.plans.items()}, known.pools, known.workers)
    fault = fault_from_data(fault_to_data(fault), workspace)
    if isinstance(fault, Late | Never) and (fault.input, fault.partition) in known.arrived:
        came = known.arrived[fault.input, fault.partition].at
        when = f"{came:%a} {came.day} {came:%b %H:%M}"
        raise InvalidInput([f"{fault.input} of {fault.partition} has come already, {when}; go back first"])
    if isinstance(fault, Outage) and fault.until <= now:
        ended = f"{fault.until:%a} {fault.until.day} {fault.until:%b %H:%M}"
        raise InvalidInput([f"this outage ended {ended}, before now; go back first"])
    return fault


def sentence_of(fault: Fault) -> str:
    """The fault in words."""
    return _SENTENCES[type(fault)](fault)


def _late(fault: Late) -> str:
    at = fault.arrives
    return f"{fault.input} of {fault.partition} comes {at:%a} {at.day} {at:%b %H:%M}"


def _never(fault: Never) -> str:
    return f"{fault.input} of {fault.partition} never comes"


def _flaky(fault: Flaky) -> str:
    which = "every partition" if fault.partition is None else fault.partition
    if fault.rate is not None:
        return f"tries of {fault.task} fail with a chance of {float(fault.rate):.4g}, at {which}"
    if fault.tries == 1:
        return f"the first try of {fault.task} fails, at {which}"
    return f"the first {fault.tries} tries of {fault.task} fail, at {which}"


def _outage(fault: Outage) -> str:
    return f"what {fault.task} calls is down {fault.start:%a %H:%M} to {fault.until:%a %H:%M}"


_SENTENCES: dict[type[Any], Callable[[Any], str]] = {Late: _late, Never: _never, Flaky: _flaky, Outage: _outage}
