"""The commands of a session as methods: each makes an order and takes it. The same orders come from lines of text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workbench import ordering
from workbench.engine.data_events import ConsumersTold, PointersMoved, RowsSetAside
from workbench.engine.events import (
    BackfillChanged,
    CodeDeployed,
    DagEdited,
    DagPaused,
    FaultInjected,
    FaultLifted,
    RunsRequested,
    SettingsChanged,
    TasksCleared,
    TasksKilled,
    TasksMarked,
)
from workbench.given import dag_with_task
from workbench.model import AddInput, Edit, Input, InvalidInput, Workspace
from workbench.ordering import Here, Order, target_of
from workbench.ordering.backfill_choice import Which
from workbench.ordering.backfills import DEFAULT_LIMIT
from workbench.scenario import Fault
from workbench.timetable import format_duration


class Commands:
    """What somebody may do at the cursor. Each answers its event, the first one where there are several, and raises
    InvalidInput, and changes nothing, when it cannot be done. Targets are text: see `workbench.ordering.targets`."""

    def here(self) -> Here:
        """Where the cursor stands."""
        raise NotImplementedError

    def take(self, order: Order) -> Order:
        """Record an order."""
        raise NotImplementedError

    def current_workspace(self) -> Workspace:
        """The workspace as edited so far."""
        raise NotImplementedError

    def _take(self, order: Order) -> Any:
        return self.take(order).events[0]

    # the world

    def inject(self, fault: Fault) -> FaultInjected:
        """Change what the world will do from now on."""
        event: FaultInjected = self._take(ordering.inject(self.here(), (fault,)))
        return event

    def lift(self, fault: int | str) -> FaultLifted:
        """A fault holds no longer: its number (from 1; first the scenario's, then injected ones), or words of it."""
        event: FaultLifted = self._take(ordering.lift(self.here(), str(fault)))
        return event

    def deploy(self, target: str, version: str) -> CodeDeployed:
        """Tries that start from now on run this version of the code, of a task or of a whole DAG."""
        event: CodeDeployed = self._take(ordering.deploy(self.here(), target, version))
        return event

    # DAGs

    def edit(self, *edits: Edit, dag: str | None = None) -> DagEdited:
        """Change a DAG (`WaitFor("extract", ("jfk",))`, ...). `dag` may be left out when there is one, or when
        only one has the task. Raises InvalidInput, and changes nothing, when the result would not be a DAG."""
        if not edits:
            raise InvalidInput(['nothing to edit; give an edit, for example WaitFor("extract", ("jfk",))'])
        name = dag or dag_with_task(self.current_workspace(), edits[0])
        event: DagEdited = self._take(ordering.edited(self.here(), name, edits))
        return event

    def pause(self, dag: str) -> DagPaused:
        """Nothing of the DAG starts any more, and no run of it is made. What runs goes on."""
        event: DagPaused = self._take(ordering.pause(self.here(), dag, True))
        return event

    def unpause(self, dag: str) -> DagPaused:
        """The DAG starts tasks, and its clock makes runs, again."""
        event: DagPaused = self._take(ordering.pause(self.here(), dag, False))
        return event

    def set_pool(self, name: str, slots: int, new: bool = False) -> SettingsChanged:
        """A pool has so many slots from now on; `new` makes one."""
        event: SettingsChanged = self._take(ordering.set_pool(self.here(), name, slots, new))
        return event

    def set_workers(self, workers: int | None) -> SettingsChanged:
        """So many attempts may run at once; None: as many as want to."""
        event: SettingsChanged = self._take(ordering.set_workers(self.here(), workers))
        return event

    # runs and task instances

    def rerun(self, target: str, down: bool = False, up: bool = False, failed: bool = False) -> TasksCleared:
        """These task instances run again, with all below them (`down`) or above them (`up`), or only those that
        failed."""
        event: TasksCleared = self._take(ordering.rerun(self.here(), target_of(target), down, up, failed))
        return event

    # Airflow's word.
    clear = rerun

    def mark(self, target: str, state: str) -> TasksMarked:
        """Say that these are success, failed or skipped. What failed below them may run again."""
        event: TasksMarked = self._take(ordering.mark(self.here(), target_of(target), state))
        return event

    def kill(self, target: str) -> TasksKilled:
        """End the tries that are under way; they are tried again as their retries allow."""
        event: TasksKilled = self._take(ordering.kill(self.here(), target_of(target)))
        return event

    def trigger(self, dag: str, day: str = "") -> RunsRequested:
        """Make a run by hand; without a day it owns the last window that has ended."""
        target = target_of(f"{dag}@{day}" if day else dag)
        event: RunsRequested = self._take(ordering.trigger(self.here(), target))
        return event

    def backfill(
        self,
        target: str,
        first: str,
        last: str,
        limit: int = DEFAULT_LIMIT,
        newest: bool = False,
        which: Which = "missing",
        down: bool = False,
        pin: str = "",
        priority: int = 0,
    ) -> RunsRequested:
        """Make the runs of a range of days, oldest first or newest first, at most `limit` at once: those that are
        `missing`, also those that `failed`, those whose code or inputs `changed`, or `all`. The target is a DAG, or a
        task: then the others are kept as they are. `down`: with all that comes after, also in other DAGs. `pin`: the
        version of the code that they run. `priority` is added to that of their tasks."""
        named = target_of(f"{target}@{first}..{last}")
        asked = ordering.backfill(self.here(), named, which, limit, newest, down, pin, priority)
        event: RunsRequested = self._take(asked)
        return event

    # data

    def quarantine(self, target: str, where: str, owner: str = "") -> RowsSetAside:
        """Rows of an input's or dataset's partition for which this condition (SQL) holds are set aside: tries that
        begin from now on do not see them."""
        event: RowsSetAside = self._take(ordering.quarantine(self.here(), target_of(target), where, owner))
        return event

    def withdraw(self, target: str, to: int | None = None) -> PointersMoved:
        """What is live of these partitions of a dataset is live no longer; version `to` of it is instead."""
        event: PointersMoved = self._take(ordering.withdraw(self.here(), target_of(target), to))
        return event

    def approve(self, target: str, n: int | None = None) -> PointersMoved:
        """A version that a check held back goes live all the same: version `n`, or the newest such."""
        event: PointersMoved = self._take(ordering.approve(self.here(), target_of(target), n))
        return event

    def notify(self, about: str, *consumers: str) -> ConsumersTold:
        """Tell consumers that what they read of a dataset has changed; without names, all whom it concerns."""
        event: ConsumersTold = self._take(ordering.notify(self.here(), target_of(about), consumers))
        return event

    def add_check(self, dataset: str, name: str, kind: str, **fields: object) -> DagEdited:
        """One more check of a dataset: `add_check("stg", "volume", "rows", min=500, severity="block")`."""
        settings = _as_settings(fields)
        event: DagEdited = self._take(ordering.add_check(self.here(), dataset, name, kind, settings))
        return event

    def set_check(self, check: str, **fields: object) -> DagEdited:
        """Fields of a check get other values: `set_check("stg.volume", max=1100)`."""
        event: DagEdited = self._take(ordering.set_check(self.here(), check, _as_settings(fields)))
        return event

    def remove_check(self, check: str) -> DagEdited:
        """The check `stg.volume` is made no more."""
        event: DagEdited = self._take(ordering.remove_check(self.here(), check))
        return event

    def set_dataset(self, dataset: str, **fields: object) -> DagEdited:
        """Fields of a dataset get other values: `set_dataset("stg", mode="merge", key=["carrier", "flight"])`."""
        event: DagEdited = self._take(ordering.set_dataset(self.here(), dataset, _as_settings(fields)))
        return event

    def add_input(self, name: str, dag: str = "", **fields: object) -> DagEdited:
        """One more input of a DAG (which may be left out when there is one):
        `add_input("fees", expected="05:30", owner="finance")`. What was due of it before now comes at once. To let a
        task wait for it: `edit(WaitFor("extract", ("fees",)))`."""
        here = self.here()
        home = dag or dag_with_task(self.current_workspace(), AddInput(Input(name)))
        event: DagEdited = self._take(ordering.add_input(here, home, name, _as_settings(fields)))
        return event

    def set_input(self, name: str, **fields: object) -> DagEdited:
        """Fields of an input get other values: `set_input("jfk", expected="07:00", deadline="08:00")`."""
        event: DagEdited = self._take(ordering.set_input(self.here(), name, _as_settings(fields)))
        return event

    def remove_input(self, name: str) -> DagEdited:
        """The input is declared no more. Raises InvalidInput while something takes it, and says what."""
        event: DagEdited = self._take(ordering.remove_input(self.here(), name))
        return event

    def route(self, what: str, *people: str, to: str = "") -> DagEdited | SettingsChanged:
        """Whom a DAG tells when something is wrong (`to`: a person or a route; "none": the owner of what is wrong), or
        the people behind a route."""
        here = self.here()
        order = ordering.route_dag(here, what, to) if to else ordering.route_people(here, what, people)
        event: DagEdited | SettingsChanged = self._take(order)
        return event

    # backfills

    def pause_backfill(self, number: int = 0) -> BackfillChanged:
        """None of its runs starts any more; those that have started go on. `number`: which, where there are several:
        that of the event which asked for it."""
        event: BackfillChanged = self._take(ordering.change_backfill(self.here(), "pause", number))
        return event

    def resume_backfill(self, number: int = 0) -> BackfillChanged:
        """The runs of a paused backfill start again."""
        event: BackfillChanged = self._take(ordering.change_backfill(self.here(), "resume", number))
        return event

    def cancel_backfill(self, number: int = 0) -> BackfillChanged:
        """Its runs that have not started end as failed; those that have go on."""
        event: BackfillChanged = self._take(ordering.change_backfill(self.here(), "cancel", number))
        return event

    def materialize(
        self, dataset: str, first: str = "", last: str = "", since: str = "", limit: int = DEFAULT_LIMIT
    ) -> RunsRequested:
        """Fill a feature store: an external one copies a range of days, a managed one makes all that is missing or
        stale `since` a day."""
        named = target_of(f"{dataset}@{first}..{last or first}" if first else dataset)
        event: RunsRequested = self._take(ordering.materialize(self.here(), named, since, limit))
        return event


def _as_settings(fields: dict[str, object]) -> list[tuple[str, str]]:
    """Values from Python as the words of a line: lists are `a,b`, None is `none`, and so on."""
    return [(name, _as_word(value)) for name, value in fields.items()]


def _as_word(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value)
    if isinstance(value, timedelta):
        return format_duration(value)
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
