"""When partitions of inputs come. Usual arrivals follow the calendar; late ones and those that never come do not."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from workbench.engine import Known
from workbench.model import DagSpec, after_window
from workbench.scenario.parts import Scenario
from workbench.timetable import Partition


@dataclass(frozen=True)
class Arrivals:
    """The usual arrivals of a scenario that begins at `start` (UTC): what was expected before then has come."""

    scenario: Scenario
    start: datetime

    def usual(self, spec: DagSpec, name: str, window: Partition) -> datetime:
        """When a partition of an input comes if nothing goes wrong."""
        moment = self.scenario.arrivals.get(name, spec.inputs[name].expected)
        return max(after_window(moment, window, spec.zone), self.start)

    def is_simulated(self, spec: DagSpec, name: str, window: Partition) -> bool:
        """Does it come during the simulation, and not before?"""
        return after_window(spec.inputs[name].expected, window, spec.zone) >= self.start

    def next_usual(
        self, known: Known, name: str, window: Partition, others: Container[tuple[str, str]]
    ) -> Partition | None:
        """The first partition from `window` on that is still to come by the usual way: not one of `others`. None
        after the last one that its DAG wants."""
        spec = known.plans[known.homes[name]].spec
        while (name, window.key) in known.arrived or (name, window.key) in others or too_early(spec, window):
            window = spec.grid.next(window)
        return None if spec.end is not None and window.start >= spec.end else window

    def first_window(self, spec: DagSpec, name: str, now: datetime) -> Partition:
        """The earliest partition that can still come by the usual way at `now`."""
        window = spec.grid.containing(now)
        before = spec.grid.previous(window)
        while self.is_simulated(spec, name, before) and self.usual(spec, name, before) >= now:
            window, before = before, spec.grid.previous(before)
        return window


def too_early(spec: DagSpec, window: Partition) -> bool:
    """Does it lie before its DAG begins, so that it never comes?"""
    return spec.start is not None and window.start < spec.start
