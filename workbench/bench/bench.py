"""The bench: a session, one selection and one day, and what its panes show. Front ends draw its sheets and call it.

One selection, one instant: every sheet is made from the same state, the same `now` and the same selection, so panes
cannot disagree. It holds no rule: it asks the session, and the views phrase.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.bench import panes
from workbench.bench.chosen import Chosen, first_of, is_there
from workbench.bench.guide import Guide, NoGuide
from workbench.bench.moments import matters
from workbench.engine import Known, Run
from workbench.session import Session
from workbench.timetable import Partition
from workbench.views.clock import Clock
from workbench.views.happened import Happened
from workbench.views.sheet import Row, Sheet

if TYPE_CHECKING:
    from workbench.verbs import Done

_MOST_STEPS = 5000


class Bench:
    """What a front end holds. `guide` speaks on the coach line; `file`: where the pipeline came from, if it did."""

    def __init__(self, session: Session, guide: Guide | None = None, file: str = "") -> None:
        self.session = session
        self.guide: Guide = guide or NoGuide()
        self.file = file
        self.day: Partition | None = None
        self.shows_all = False
        self._chosen: Chosen | None = None
        self._state: tuple[tuple[str, int], Known] | None = None
        self._steps: list[int] = []

    # where we are

    @property
    def known(self) -> Known:
        """What is known at the cursor; kept until it moves."""
        place = (self.session.branch.name, self.session.position)
        if self._state is None or self._state[0] != place:
            self._state = (place, self.session.state.known)
        return self._state[1]

    @property
    def now(self) -> datetime:
        return self.session.now

    @property
    def chosen(self) -> Chosen:
        """The one selection. What an edit removed is no longer selected."""
        if self._chosen is None or not is_there(self.known, self._chosen):
            dag = self._chosen.dag if self._chosen and self._chosen.dag in self.known.plans else ""
            self._chosen = first_of(self.known, dag or next(iter(self.known.plans)))
        return self._chosen

    @property
    def dag(self) -> str:
        """The DAG that is shown: that of the selection."""
        chosen = self.chosen
        return chosen.dag if chosen.dag in self.known.plans else next(iter(self.known.plans))

    @property
    def window(self) -> Partition:
        """The partition that is shown: the day that was asked for, else the last that has ended, else that of the
        newest run."""
        spec = self.known.plans[self.dag].spec
        if self.day is not None:
            return spec.grid.containing(self.day.start)
        last = spec.grid.last_ended(self.now)
        if spec.clock is not None and spec.wants(last):
            return last
        runs = [run for key, run in self.known.runs.items() if key.dag == self.dag]
        newest = max(runs, key=lambda run: (run.created, run.key), default=None)
        return newest.window if newest else last

    @property
    def run(self) -> Run | None:
        """The run that is shown, if it is there."""
        return self.known.run_of(self.dag, self.window.key)

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.known.plans[self.dag].spec.zone)

    @property
    def target(self) -> str:
        """The selection with its day, as verbs take it: `clean@2013-01-03`; with its DAG where two have such a task."""
        chosen = self.chosen
        if chosen.kind == "dag":
            return f"{chosen.dag}@{self.window.key}"
        if chosen.kind == "consumer":
            return chosen.name
        several = sum(chosen.name in plan.tasks for plan in self.known.plans.values()) > 1
        name = f"{chosen.dag}.{chosen.name}" if chosen.kind == "task" and several else chosen.name
        return f"{name}@{self.window.key}"

    # choosing

    def choose(self, target: str) -> bool:
        """Select what a sheet's target names; False when it names nothing that can be selected."""
        kind, _, rest = target.partition(":")
        if kind == "run":
            dag, _, key = rest.partition("@")
            return self._choose_day(dag.partition(".")[0], key, dag.partition(".")[2])
        found = Chosen.of(target)
        if found is None or not is_there(self.known, found):
            return False
        self._chosen = found
        self.heard("select", target)
        return True

    def _choose_day(self, dag: str, key: str, task: str) -> bool:
        if dag not in self.known.plans:
            return False
        self.day = self.known.plans[dag].spec.grid.parse(key)
        if task in self.known.plans[dag].tasks:
            self._chosen = Chosen("task", dag, task)
        elif self.dag != dag:
            self._chosen = first_of(self.known, dag)
        self.heard("select", f"run:{dag}@{key}")
        return True

    def move(self, direction: str) -> bool:
        """Select the neighbour in the picture: `left`, `right`, `up` or `down`; False when there is none."""
        target = panes.neighbour(self, direction)
        return bool(target) and self.choose(target)

    def show_day(self, key: str) -> None:
        """Show the run of another partition; an empty key follows the newest again. Raises ValueError."""
        self.day = self.known.plans[self.dag].spec.grid.parse(key) if key else None

    def other_day(self, count: int) -> None:
        """Show an earlier (negative) or later partition."""
        self.day = self.known.plans[self.dag].spec.grid.shift(self.window, count)

    # time

    def next(self, by: str = "instant") -> Happened:
        """On to the next instant at which something happens, or by one `event`."""
        happened = self.session.step("event" if by == "event" else "instant")
        self._steps.append(1 if happened else 0)
        self.heard("next")
        return happened

    def next_that_matters(self, stop: Callable[[], bool] = bool) -> Happened:
        """On to the next instant at which something goes wrong, a run ends, somebody reads or is told. `stop`: asked
        after every instant; True ends it there."""
        begin, count = self.session.position, 0
        for _ in range(_MOST_STEPS):
            happened = self.session.step()
            if not happened:
                break
            count += 1
            if matters(happened) or stop():
                break
        self._steps.append(count)
        self.heard("next")
        return self.session.happened(begin, self.session.position)

    def back(self) -> Happened:
        """Undo the last `next`, of whatever sort, exactly; else to the instant before."""
        end, many = self.session.position, self._steps.pop() if self._steps else 1
        for _ in range(many):
            self.session.back()
        self.heard("back")
        return self.session.happened(self.session.position, end)

    def back_event(self) -> Happened:
        """To before the last event."""
        end = self.session.position
        if end:
            self.session.seek(end - 1)
        self._steps.clear()
        self.heard("back")
        return self.session.happened(self.session.position, end)

    # commands

    def do(self, line: str) -> Done:
        """One line of the grammar. Raises InvalidInput, and changes nothing, when it cannot be done."""
        done = self.session.do(line)
        self._steps.clear()
        self.heard("do", done.line)
        return done

    def plan_of(self, line: str) -> list[str]:
        """What a line would change. Changes nothing."""
        return self.session.plan_of(line)

    def heard(self, action: str, detail: str = "") -> None:
        """Tell the guide what the person did."""
        self.guide.heard(self, action, detail)

    # panes: one sheet each, at most `width` cells wide unless they scroll sideways

    def header(self, width: int) -> Row:
        """What is shown, and when it is."""
        return panes.header(self, width)

    def graph(self, width: int, height: int, mode: str = "auto") -> Sheet:
        """The DAG of the selection (or all DAGs) with the states of the run shown."""
        return panes.graph(self, width, height, mode)

    def timeline(self, width: int, height: int) -> Sheet:
        """What is due, waits, runs and is read, of the run shown, on one clock; other futures below."""
        return panes.timeline(self, width, height)

    def why(self, width: int) -> Sheet:
        """Why the selection is as it is."""
        return panes.why(self, width)

    def days(self, width: int) -> Sheet:
        """Task by partition."""
        return panes.days(self, width)

    def data(self, width: int) -> Sheet:
        """Versions, whether they are right where that may be shown, since when public, read by whom."""
        return panes.data(self, width)

    def events(self, width: int) -> Sheet:
        """What happened, with its causes."""
        return panes.events(self, width)

    def alerts(self, width: int) -> Sheet:
        """Who was told what, and who answered."""
        return panes.alerts(self, width)

    def rules(self, width: int) -> Sheet:
        """The rules of the selection: what starts it, retries, deadline, owner."""
        return panes.rules(self, width)

    def strip(self, width: int) -> Row:
        """What is public, day by day."""
        return panes.strip(self, width)

    def inspect(self, width: int) -> Sheet:
        """All about the selection: attempts, logs, policy, code, versions, rows, readers."""
        return panes.inspect(self, width)

    def code(self, width: int) -> Sheet:
        """The pipeline as YAML, and the Python of the selection."""
        return panes.code(self, width)
