"""In which zone people mean a time that has none, and in which one a fault is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from workbench.engine import Known
from workbench.model import DagSpec
from workbench.scenario.naming import matches
from workbench.scenario.parts import Fault


def common_zone(specs: Iterable[DagSpec]) -> ZoneInfo:
    """The zone that all these DAGs have in common; UTC when they have none."""
    zones = {spec.timezone for spec in specs}
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")


def zone_of(fault: Fault, known: Known) -> ZoneInfo:
    """The zone of the DAG that a fault is about; of all DAGs, when it is about several or none."""
    specs = [plan.spec for plan in known.plans.values()]
    own = [known.plans[dag].spec for dag in _dags(fault, known)]
    return common_zone(own) if len({spec.timezone for spec in own}) == 1 else common_zone(specs)


def zone_named(fault: Fault, known: Known) -> str:
    """` (Europe/Berlin)` behind times of a fault, where DAGs live in several zones; else nothing."""
    several = len({plan.spec.timezone for plan in known.plans.values()}) > 1
    return f" ({zone_of(fault, known).key})" if several else ""


def day_of(fault: Fault, known: Known, partition: str) -> str:
    """A partition as people say it, `Thu 3 Jan`; the key itself where the fault's DAGs have several grids."""
    grids = {known.plans[dag].spec.grid for dag in _dags(fault, known)}
    if len(grids) != 1:
        return partition
    grid = grids.pop()
    try:
        return grid.spoken(grid.parse(partition)).partition(" (from")[0]
    except ValueError:
        return partition


def _dags(fault: Any, known: Known) -> list[str]:
    for places, name in ((known.homes, getattr(fault, "input", "")), (known.makers, getattr(fault, "dataset", ""))):
        if name:
            return [places[name]] if name in places else []
    name = getattr(fault, "task", "")
    if name in known.plans:
        return [name]
    return [
        dag
        for dag, plan in known.plans.items()
        if name and any(name == task.name or matches(name, task.full_name, task.pool) for task in plan.tasks.values())
    ]
