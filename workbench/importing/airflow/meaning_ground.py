"""What all DAGs of one file share while they are given their meaning: names, assets, pools, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from workbench.importing.airflow.meaning_data import Assets, Key
from workbench.importing.airflow.meaning_notes import Notes
from workbench.importing.airflow.meaning_release import Release, release_of
from workbench.importing.airflow.meaning_schedule import start_of
from workbench.importing.airflow.meaning_sought import sought
from workbench.importing.airflow.meaning_starts import Starts, starts_of
from workbench.importing.airflow.meaning_values import moment
from workbench.importing.airflow.parts import Made, MadeDag, Read
from workbench.importing.found import Path
from workbench.importing.names import Names
from workbench.importing.sources import Source
from workbench.importing.ticks import Plan

# A day that is not long ago for files that say none, a Monday.
START = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)
_RESERVED = ("ctx",)


@dataclass
class Ground:
    """Of one file. `pools`: the most slots that one task takes of each."""

    source: Source
    read: Read
    notes: Notes = field(default_factory=Notes)
    pools: dict[str, int] = field(default_factory=dict)
    pool_names: Names = field(default_factory=Names)
    # how another way of a branch is chosen, for the first one that has another
    choosing: str = ""
    # lines of what tells somebody when it fails, by DAG
    alarmed: dict[str, dict[int, None]] = field(default_factory=dict)
    # inputs that stand for tasks of DAGs elsewhere
    elsewhere: dict[str, str] = field(default_factory=dict)

    @cached_property
    def release(self) -> Release:
        return release_of(self.source)

    @cached_property
    def dags(self) -> dict[str, MadeDag]:
        """Those that have tasks, by id."""
        return {dag.dag_id: dag for dag in self.read.dags if dag.tasks}

    @cached_property
    def dag_names(self) -> dict[str, str]:
        names = Names()
        return {dag_id: names.of(dag_id) for dag_id in self.dags}

    @cached_property
    def task_names(self) -> dict[str, dict[str, str]]:
        """Our names of tasks by their ids, for each DAG."""
        found: dict[str, dict[str, str]] = {}
        for dag in self.dags.values():
            names = Names(_RESERVED)
            found[dag.dag_id] = {task_id: names.of(task_id) for task_id in dag.tasks}
        return found

    @cached_property
    def assets(self) -> Assets:
        taken = {name for names in self.task_names.values() for name in names.values()}
        return Assets(self.dags.values(), taken | {*_RESERVED})

    @cached_property
    def sought(self) -> dict[int, list[str]]:
        """What sensors look for, where they say it, by the task's `id()`."""
        return sought(task for dag in self.dags.values() for task in dag.tasks.values() if "Sensor" in task.kind)

    @cached_property
    def starts(self) -> Starts:
        return starts_of(tuple(self.dags.values()), self.assets, self.release, self.notes)

    @cached_property
    def first_start(self) -> datetime | None:
        """The first start that any DAG of the file says."""
        starts = [(dag, moment(start_of(dag))) for dag in self.dags.values()]
        known = [start.replace(tzinfo=None) for _, start in starts if start is not None and 1900 < start.year < 9000]
        return min(known, default=None)

    def plan(self, dag: MadeDag) -> Plan:
        return self.starts.plans[dag.dag_id]

    def zone(self, dag: MadeDag) -> ZoneInfo:
        return ZoneInfo(self.plan(dag).zone)

    @cached_property
    def _downs(self) -> dict[tuple[str, str], list[str]]:
        """The ids of the tasks right after each task."""
        found: dict[tuple[str, str], list[str]] = {}
        for dag in self.dags.values():
            for task in dag.tasks.values():
                for need in task.needs:
                    found.setdefault((dag.dag_id, need), []).append(task.task_id)
        return found

    def downs(self, dag: MadeDag, task: Made) -> list[str]:
        """The ids of the tasks right after it, in the order of the file."""
        return self._downs.get((dag.dag_id, task.task_id), [])

    def leaves(self, dag: MadeDag) -> list[str]:
        """The ids of the tasks after which nothing comes."""
        needed = {need for task in dag.tasks.values() for need in task.needs}
        return [task_id for task_id in dag.tasks if task_id not in needed]

    def written_by(self, dag: MadeDag, task: Made) -> list[str]:
        """The datasets that a task writes. All that write one do it in partitions of one size; one that does not is
        told, and left out."""
        found = []
        for key in self.assets.keys(task.given.get("outlets")):
            if self._grid(dag.dag_id) == self._grid(self.assets.writers[key][0][0]):
                found.append(self.assets.name(key))
            else:
                told = (
                    f"{{names}} {{writes|write}} {key} in partitions of another size than the first who does: left out"
                )
                self.notes.add("missed", told, task.line, task.task_id)
        trigger = self.starts.triggers.get((dag.dag_id, task.task_id))
        return [*found, *([trigger] if trigger else [])]

    def _grid(self, dag_id: str) -> tuple[Any, ...]:
        plan = self.starts.plans[dag_id]
        return plan.partition, plan.zone

    def inputs_of(self, dag: MadeDag) -> list[Key]:
        """The assets that come from elsewhere and are declared in this DAG."""
        return self.starts.inputs.get(dag.dag_id, [])

    def pool(self, name: str, slots: int) -> str:
        """The pool's name here; its size must do for the largest task."""
        ours = self.pool_names.of(name)
        self.pools[ours] = max(self.pools.get(ours, 0), slots)
        return ours


@dataclass
class Sheet:
    """One DAG as it is written: what is said on the way about its inputs and lines."""

    dag: MadeDag
    plan: Plan
    names: dict[str, str]
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: dict[Path, str] = field(default_factory=dict)
