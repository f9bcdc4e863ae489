"""The commands of a session as methods: each makes an order and takes it. The same orders come from lines of text."""

from __future__ import annotations

from typing import Any

from workbench import ordering
from workbench.engine.events import (
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
from workbench.model import Edit, InvalidInput, Workspace
from workbench.ordering import Here, Order, target_of
from workbench.ordering.runs import DEFAULT_LIMIT, Which
from workbench.scenario import Fault


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
        dag: str,
        first: str,
        last: str,
        limit: int = DEFAULT_LIMIT,
        newest: bool = False,
        which: Which = "missing",
    ) -> RunsRequested:
        """Make the runs of a range of days, oldest first or newest first, at most `limit` at once: those that are
        `missing`, also those that `failed`, or `all`."""
        target = target_of(f"{dag}@{first}..{last}")
        event: RunsRequested = self._take(ordering.backfill(self.here(), target, which, limit, newest))
        return event
