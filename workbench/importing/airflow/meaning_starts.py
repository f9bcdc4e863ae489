"""What starts each DAG of a file, taken together: by time, by data that another one writes, by being triggered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.importing.airflow.meaning_data import Assets, Key
from workbench.importing.airflow.meaning_notes import Notes
from workbench.importing.airflow.meaning_release import Release
from workbench.importing.airflow.meaning_schedule import Timed, timed
from workbench.importing.airflow.meaning_values import word
from workbench.importing.airflow.parts import Made, MadeDag
from workbench.importing.names import fitting
from workbench.importing.ticks import Plan
from workbench.timetable.grid import Unit

TRIGGER = "TriggerDagRunOperator"
# A partition of the data that start a DAG, until more is known.
_USUAL: Unit = "day"


@dataclass
class Starts:
    """`plans`: when runs start, by DAG. `inputs`: assets that start a DAG and that no task of the file writes, by the
    first such DAG. `triggers`: the dataset that a triggering task writes, by (DAG, task)."""

    plans: dict[str, Plan] = field(default_factory=dict)
    inputs: dict[str, list[Key]] = field(default_factory=dict)
    triggers: dict[tuple[str, str], str] = field(default_factory=dict)


def starts_of(dags: tuple[MadeDag, ...], assets: Assets, release: Release, notes: Notes) -> Starts:
    """How all of them start."""
    return _Starting({dag.dag_id: dag for dag in dags}, assets, release, notes).all()


class _Starting:
    """Decides DAG by DAG, those by time first: data come in the partitions of who writes them."""

    def __init__(self, dags: dict[str, MadeDag], assets: Assets, release: Release, notes: Notes) -> None:
        self.dags, self.assets, self.notes = dags, assets, notes
        self.timed = {name: timed(dag, release, notes) for name, dag in dags.items()}
        self.made = Starts()
        # DAG -> those that it starts
        self.after: dict[str, set[str]] = {name: set() for name in dags}

    def all(self) -> Starts:
        triggered = self._triggered()
        waiting = [name for name in self.dags if self.timed[name].data or name in triggered]
        self.made.plans = {name: self.timed[name].plan for name in self.dags if name not in waiting}
        while waiting:
            ready = next((name for name in waiting if not self._sources(name, triggered) & set(waiting)), waiting[0])
            waiting.remove(ready)
            if self.timed[ready].data:
                self._by_data(ready, self.timed[ready])
            else:
                self._by_trigger(ready, triggered[ready])
        return self.made

    def _sources(self, name: str, triggered: dict[str, list[tuple[str, Made]]]) -> set[str]:
        data = self.timed[name].data
        keys = self.assets.keys(list(data.assets)) if data else []
        return {dag for key in keys for dag, _ in self.assets.writers.get(key, ())} | {
            dag for dag, _ in triggered.get(name, ())
        }

    # by data

    def _by_data(self, name: str, one: Timed) -> None:
        assert one.data is not None
        keys = self.assets.keys(list(one.data.assets))
        writers = {dag for key in keys for dag, _ in self.assets.writers.get(key, ())}
        if not keys:
            self._note("missed", "{names} {is|are} started by assets that only a run of the file would name", name)
            self.made.plans[name] = one.plan
        elif any(self._leads(name, writer) for writer in writers):
            told = "{names} would start {itself|themselves} by data: here a command does, `trigger NAME`"
            self._note("missed", told, name)
            self.made.plans[name] = one.plan
        else:
            self._start(name, writers)
            self.made.plans[name] = self._data_plan(name, one, keys, writers)
            self._expect(name, keys)
        if not one.data.flat:
            told = "the assets that start {names} are a condition inside another: here all count as one list"
            self._note("changed", told, name)

    def _data_plan(self, name: str, one: Timed, keys: list[Key], writers: set[str]) -> Plan:
        assert one.data is not None
        names = [self.assets.name(key) for key in keys]
        data: dict[str, Any] = {one.data.way if len(keys) > 1 else "all": names}
        grids = self._grids(name, writers)
        if not one.by_partition and (("all" in data and len(keys) > 1) or len(set(grids)) > 1):
            data["interval"] = "any"
        unit, zone = grids[0]
        return Plan(data, one.unit or unit, zone)

    def _grids(self, name: str, sources: set[str]) -> list[tuple[Unit, str]]:
        """The partitions in which its sources run, and the zone of their days: a run by data takes them over."""
        plans = [self.made.plans[dag] for dag in self.dags if dag in sources and dag in self.made.plans]
        return [(plan.partition, plan.zone) for plan in plans] or [(_USUAL, self.timed[name].plan.zone)]

    def _expect(self, name: str, keys: list[Key]) -> None:
        """What nobody in the file writes comes from elsewhere."""
        known = {key for found in self.made.inputs.values() for key in found}
        self.made.inputs[name] = [key for key in keys if key not in self.assets.writers and key not in known]

    # by a task that triggers

    def _triggered(self) -> dict[str, list[tuple[str, Made]]]:
        """The tasks that trigger a DAG of this file that nothing else starts."""
        found: dict[str, list[tuple[str, Made]]] = {}
        for dag, task in self._triggers():
            target = word(task.given.get("trigger_dag_id")) or ""
            if target not in self.dags:
                which = f"'{target}', a DAG of another file" if target else "a DAG that only a run of the file names"
                self.notes.add("missed", f"{{names}} {{starts|start}} {which}", task.line, task.task_id)
            elif self.timed[target].plan.schedule is not None or self.timed[target].data is not None:
                told = f"{{names}} also {{starts|start}} '{target}', which has a schedule: here it starts by that alone"
                self.notes.add("missed", told, task.line, task.task_id)
            else:
                found.setdefault(target, []).append((dag.dag_id, task))
        return found

    def _triggers(self) -> Iterator[tuple[MadeDag, Made]]:
        return ((dag, task) for dag in self.dags.values() for task in dag.tasks.values() if task.kind == TRIGGER)

    def _by_trigger(self, name: str, tasks: list[tuple[str, Made]]) -> None:
        self.made.plans[name] = self.timed[name].plan
        tasks = [(dag, task) for dag, task in tasks if not self._leads(name, dag)]
        if not tasks:
            self._note("missed", "{names} would start {itself|themselves}: here a command does, `trigger NAME`", name)
            return
        self._start(name, {dag for dag, _ in tasks})
        unit, zone = self._grids(name, {dag for dag, _ in tasks})[0]
        dataset = self.assets.free(f"start_{fitting(name)}"[:100])
        self.made.triggers |= {(dag, task.task_id): dataset for dag, task in tasks}
        remark = "triggered by another DAG"
        self.made.plans[name] = Plan({"any": [dataset]}, unit, zone, remark=remark)
        for _, task in tasks:
            told = f"{{names}} {{triggers|trigger}} '{name}': here it starts when the dataset {dataset} is written"
            self.notes.add("changed", told, task.line, task.task_id)
            if task.given.get("wait_for_completion"):
                told = f"{{names}} {{waits|wait}} until '{name}' has ended: not here"
                self.notes.add("missed", told, task.line, task.task_id)

    # circles

    def _start(self, name: str, by: set[str]) -> None:
        for other in by:
            self.after[other].add(name)

    def _leads(self, first: str, to: str) -> bool:
        """Does a run of the one lead to runs of the other, as far as decided?"""
        seen, left = {first}, [first]
        while left:
            for one in sorted(self.after[left.pop()] - seen):
                seen.add(one)
                left.append(one)
        return to in seen

    def _note(self, manner: Any, text: str, name: str) -> None:
        self.notes.add(manner, text, self.dags[name].line, name)
