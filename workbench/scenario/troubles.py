"""What makes attempts fail: flaky tasks and outages. The earliest failure that meets an attempt ends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from workbench.engine import RunKey
from workbench.engine.plan import TaskPlan
from workbench.scenario.draws import draw, threshold
from workbench.scenario.parts import Fault, Flaky, Outage

OUTAGE = "the vendor did not answer (503)"


class Failure(NamedTuple):
    """An attempt's end, before its time or at it."""

    at: datetime
    reason: str
    message: str


class Troubles:
    """Faults on tasks, by task; each with the instant (UTC) from which it holds."""

    def __init__(self, seed: int, faults: Iterable[tuple[Fault, datetime]]) -> None:
        self._seed = seed
        self._by_task: dict[str, list[tuple[Flaky | Outage, datetime, bytes]]] = {}
        for fault, holds in faults:
            if isinstance(fault, Flaky | Outage):
                rate = getattr(fault, "rate", None)
                below = threshold(rate) if rate is not None else b""
                self._by_task.setdefault(fault.task, []).append((fault, holds, below))

    def failure(self, plan: TaskPlan, run: RunKey, number: int, started: datetime, ends: datetime) -> Failure | None:
        """How try `number` (from 1) fails, or None. `ends`: when it would end if nothing went wrong."""
        found = None
        for fault, holds, below in self._by_task.get(plan.full_name, ()):
            if isinstance(fault, Outage):
                one = _outage(fault, holds, started, ends)
            elif self._is_hit(fault, below, plan.name, run, number):
                one = _crash(fault, holds, started, ends)
            else:
                continue
            if one is not None and (found is None or one < found):
                found = one
        return found

    def _is_hit(self, fault: Flaky, below: bytes, task: str, run: RunKey, number: int) -> bool:
        if fault.partition is not None and fault.partition != run.partition:
            return False
        if fault.rate is None:
            return number <= (fault.tries or 0)
        return draw(f"{self._seed}|flaky|{run.dag}|{task}|{run.partition}|{run.n}|{number}") < below


def _crash(fault: Flaky, holds: datetime, started: datetime, ends: datetime) -> Failure | None:
    if holds > ends:
        return None
    at = ends if fault.after is None else min(started + fault.after, ends)
    return Failure(max(at, holds), "transient", "the attempt crashed")


def _outage(fault: Outage, holds: datetime, started: datetime, ends: datetime) -> Failure | None:
    meets = max(started, fault.start, holds)
    if meets >= fault.until or meets > ends or (meets == ends > started):
        return None
    return Failure(max(max(started, fault.start) + fault.after, holds), "transient", OUTAGE)
