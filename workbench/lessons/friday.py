"""What the story of Friday's report looks at: facts about its morning, read off the simulation, none written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.engine.catalog import Alert, Read, Version
from workbench.engine.events import COMMANDS, DagEdited, FaultInjected
from workbench.model import DagSpec, Task
from workbench.scenario import Never
from workbench.views.clock import Clock
from workbench.views.why_things import next_read

if TYPE_CHECKING:
    from workbench.bench import Bench
    from workbench.engine import Run
    from workbench.engine.state import Arrival

DAG, DAY = "daily_flights", "2013-01-03"
FILES, LATE = ("ewr", "lga", "jfk"), "jfk"
FIRST, LAST = "extract", "publish"
REPORT, READER = "report", "board_dashboard"


class Morning:
    """Friday's morning as it stands at the cursor of a bench. Instants are UTC, which is the DAG's zone."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.known = bench, bench.known

    # the DAG as it is now

    @property
    def spec(self) -> DagSpec:
        return self.known.plans[DAG].spec

    @property
    def task(self) -> Task | None:
        """The task that takes the files; None when somebody removed it."""
        return self.spec.tasks.get(FIRST)

    @property
    def waits(self) -> bool:
        """Does it wait for the file that comes late?"""
        return self.task is not None and LATE in self.task.needs

    @property
    def deadline(self) -> bool:
        """Will somebody be told when it takes too long?"""
        late = self.spec.inputs.get(LATE)
        guards = (self.spec.deadline, self.task and self.task.deadline, late and late.deadline)
        return any(guard is not None for guard in guards)

    @property
    def is_own(self) -> bool:
        """Has the person changed something that the story does not know?"""
        first = self.bench.session.workspace.dags[DAG]
        done = [event for event in self.bench.session.events if isinstance(event, COMMANDS)]
        strange = (e for e in done if not isinstance(e, DagEdited) and not _is_never(e))
        return any(strange) or _without_ours(self.spec) != _without_ours(first)

    @property
    def never(self) -> bool:
        """Was it decided that the late file never comes?"""
        return any(_is_never(event) for event in self.bench.session.events)

    # what has happened

    @property
    def run(self) -> Run | None:
        return self.known.run_of(DAG, DAY)

    def came(self, file: str) -> Arrival | None:
        return self.known.arrived.get((file, DAY))

    def ended(self, task: str) -> datetime | None:
        """When it succeeded."""
        cell = self.run.cells.get(task) if self.run else None
        return cell.since if cell is not None and cell.state == "success" else None

    @property
    def began(self) -> datetime | None:
        """When the first task first started."""
        cell = self.run.cells.get(FIRST) if self.run else None
        if cell is None:
            return None
        return cell.attempts[0].started if cell.attempts else cell.started

    @property
    def waiting(self) -> bool:
        """Is the run there, and its first task held for the late file?"""
        return self.run is not None and self.waits and self.began is None and self.came(LATE) is None

    @property
    def began_early(self) -> bool:
        """Did it start without the late file?"""
        late = self.came(LATE)
        return self.began is not None and (late is None or late.at > self.began)

    @property
    def public(self) -> Version | None:
        return self.known.data.live_version(REPORT, DAY)

    @property
    def read(self) -> Read | None:
        """When the reader wanted the day's report."""
        return next((one for one in self.known.data.reads if (one.consumer, one.wanted) == (READER, DAY)), None)

    @property
    def reads_next(self) -> datetime | None:
        """When the reader looks next."""
        one = self.known.consumers.get(READER)
        return next_read(self.known, self.bench.now, one) if one is not None else None

    @property
    def read_rows(self) -> int | None:
        """The flights that the reader got, if it got those of the day."""
        read = self.read
        if read is None or read.partition != DAY:
            return None
        version = self.known.data.get((REPORT, DAY, read.n))
        return version.rows if version is not None else None

    @property
    def flights(self) -> int:
        """How many have come so far."""
        return sum((found.rows or 0) for file in FILES if (found := self.came(file)))

    @property
    def is_right(self) -> bool:
        """Did the reader get all flights of all files?"""
        return self.read_rows == self.flights and all(self.came(file) for file in FILES)

    @property
    def is_wrong(self) -> bool:
        """Did it get fewer than there are?"""
        return self.read_rows is not None and not self.is_right

    @property
    def alert(self) -> Alert | None:
        """The first that was sent because of a deadline."""
        return next((one for one in self.known.data.alerts.values() if one.kind == "deadline"), None)

    @property
    def is_answered(self) -> bool:
        """Did somebody answer it?"""
        return self.alert is not None and self.alert.answered is not None

    @property
    def has_just_edited(self) -> bool:
        """Was an edit the last thing that happened?"""
        events = self.bench.session.events
        return bool(events) and isinstance(events[-1], DagEdited)

    # in words

    def at(self, instant: datetime | None) -> str:
        """`07:35`; with its weekday when it is not of this day."""
        clock = Clock(self.bench.now, self.spec.zone)
        return clock.at(instant) if instant is not None else ""

    @property
    def now(self) -> str:
        return self.at(self.bench.now)

    @property
    def future(self) -> str:
        return self.bench.session.branch.name


def _is_never(event: object) -> bool:
    fault = event.fault if isinstance(event, FaultInjected) else None
    return isinstance(fault, Never) and fault.input == LATE


def _without_ours(spec: DagSpec) -> DagSpec:
    """The DAG without what the story itself asks for: waiting for files, deadlines, and who is told."""
    tasks = dict(spec.tasks)
    if FIRST in tasks:
        tasks[FIRST] = replace(tasks[FIRST], needs=(), reads=(), deadline=None, owner=None)
    inputs = {name: replace(one, deadline=None) for name, one in spec.inputs.items()}
    return replace(spec, tasks=tasks, inputs=inputs, deadline=None, alerts=type(spec.alerts)(), lines={})
