"""The bench: a session, one selection and one day, and what its panes show. Front ends draw its sheets and call it.

One selection, one instant: every sheet is made from the same state, the same `now` and the same selection, so panes
cannot disagree. It holds no rule: it asks the session, and the views phrase.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.bench import panes
from workbench.bench.building import Building
from workbench.bench.chosen import Chosen, first_of, is_there
from workbench.bench.finding import Found, found
from workbench.bench.going import HOW, Progress, days_like, end_said, place_of, window_of
from workbench.bench.guide import Guide, NoGuide, held_back, shut
from workbench.bench.moments import matters
from workbench.branch import Branch
from workbench.engine import Known, Run
from workbench.model import InvalidInput
from workbench.session import Cursor, Session
from workbench.timetable import Partition, format_instant
from workbench.views.clock import Clock
from workbench.views.forms import MODES, Mode
from workbench.views.happened import Happened
from workbench.views.scales import AUTO
from workbench.views.sheet import Row, Sheet

if TYPE_CHECKING:
    from workbench.verbs import Done
    from workbench.views.graph import Node

_MOST_STEPS = 5000


class Bench:
    """What a front end holds. `guide` speaks on the coach line; `file`: where the pipeline came from, if it did;
    `files`: those that were opened together, as one workspace.
    `zoom`: of the timeline; `playing`: at how many instants a second, 0 when it stands still.
    `shows_right`: may it be said whether versions that were published or read were right? A lesson may switch it off.
    `only_chosen`: are only those events told that are about the selection? `is_read_only`: can nothing be done here,
    so that nothing is offered? `names`: the variables of a notebook, by the future in which their sessions stand."""

    def __init__(
        self, session: Session, guide: Guide | None = None, file: str = "", files: tuple[str, ...] = ()
    ) -> None:
        self.session = session
        self.guide: Guide = guide or NoGuide()
        self.file = file
        self.files = files
        self.day: Partition | None = None
        self.shows_all = False
        self.graph_mode: Mode = "auto"
        self.graph_room: tuple[int, int, Mode] = (80, 24, "auto")
        self.graph_nodes: tuple[tuple[object, ...], tuple[Node, ...]] | None = None
        self.follows = False
        self.shows_right = True
        self.only_chosen = False
        self.is_read_only = False
        self.names: dict[str, list[str]] = {}
        self._chosen: Chosen | None = None
        self._state: tuple[Branch, int, Known] | None = None
        self._window: tuple[Known, datetime, str, Partition | None, Partition] | None = None
        self.zoom = AUTO
        self.playing = 0.0
        self._trail: list[tuple[Cursor, Cursor]] = []
        self.building = Building(self)

    # where we are

    @property
    def known(self) -> Known:
        """What is known at the cursor; kept until it moves."""
        branch, position = self.session.branch, self.session.position
        if self._state is None or self._state[0] is not branch or self._state[1] != position:
            self._state = (branch, position, self.session.state.known)
        return self._state[2]

    @property
    def now(self) -> datetime:
        return self.session.now

    @property
    def chosen(self) -> Chosen:
        """The one selection. While it is not there (not yet, or no more), the first task instead."""
        if self._chosen is None:
            self._chosen = first_of(self.known, next(iter(self.known.plans)))
        if is_there(self.known, self._chosen):
            return self._chosen
        dag = self._chosen.dag
        return first_of(self.known, dag if dag in self.known.plans else next(iter(self.known.plans)))

    @property
    def dag(self) -> str:
        """The DAG that is shown: that of the selection."""
        chosen = self.chosen
        return chosen.dag if chosen.dag in self.known.plans else next(iter(self.known.plans))

    @property
    def window(self) -> Partition:
        """The partition that is shown: the day that was asked for, else the last that has ended, else that of the
        newest run, else the first that there is. Kept until one of these is another."""
        place = (self.known, self.now, self.dag, self.day)
        kept = self._window
        if kept is None or kept[0] is not place[0] or kept[1:4] != place[1:]:
            kept = self._window = (*place, self._found_window())
        return kept[4]

    def _found_window(self) -> Partition:
        spec = self.known.plans[self.dag].spec
        if self.day is not None:
            return spec.grid.containing(self.day.start)
        last = spec.grid.last_ended(self.now)
        if (spec.clock is not None or spec.data is not None) and spec.wants(last):
            return last
        runs = [run for key, run in self.known.runs.items() if key.dag == self.dag]
        newest = max(runs, key=lambda run: (run.created, run.key), default=None)
        if newest is not None:
            return newest.window
        if spec.start is not None and last.start < spec.start:
            return spec.grid.containing(spec.start)
        return last

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
        named, _, key = target.partition("@")
        found = Chosen.of(named)
        if found is None or not is_there(self.known, found):
            return False
        self._chosen = found
        with suppress(ValueError):  # what stands behind the @ may be a span of days
            self.day = self.known.plans[found.dag].spec.grid.parse(key) if key else self.day
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

    def select(self, chosen: Chosen, day: Partition | None) -> None:
        """Select exactly this, on this day or following the newest run; no guide hears of it."""
        self._chosen, self.day = chosen, day

    def move(self, direction: str) -> bool:
        """Select the neighbour in the picture: `left`, `right`, `up` or `down`; False when there is none."""
        target = panes.neighbour(self, direction)
        return bool(target) and self.choose(target)

    def show_day(self, text: str) -> None:
        """Show the run of another partition: its key, or `Thu 3 Jan`; nothing follows the newest again. Raises
        InvalidInput."""
        self.day = window_of(self, text) if text.strip() else None

    def days_like(self, text: str) -> list[str]:
        """The days that one may want to see, by what was typed so far: keys, the newest first; "" follows the newest
        run."""
        return days_like(self, text)

    def day_list(self, keys: list[str], at: int) -> Sheet:
        """These days with what became of them; `at`: on which of them one stands."""
        from workbench.bench.panes.day_list import day_list

        return day_list(self, keys, at)

    def other_day(self, count: int) -> None:
        """Show an earlier (negative) or later partition."""
        self.day = self.known.plans[self.dag].spec.grid.shift(self.window, count)

    # time

    def next(self, by: str = "instant") -> Happened:
        """On to the next instant at which something happens, or by one `event`."""
        before = self.session.cursor
        self.session.step("event" if by == "event" else "instant")
        self._moved(before, "next")  # a guide may stop in the middle of an instant, to ask
        return self.session.happened(before.position, self.session.position)

    def next_that_matters(self, stop: Callable[[], bool] = bool, progress: Progress | None = None) -> Happened:
        """On to the next instant at which something goes wrong, a run ends, somebody reads or is told. `stop`: asked
        after every instant; True ends it there. `progress`: told the instant; what it raises ends it there as well."""
        before = self.session.cursor
        try:
            for _ in range(_MOST_STEPS):
                happened = self.session.step()
                if not happened or matters(happened) or stop():
                    break
                if progress is not None:
                    progress(self.now)
        finally:
            self._moved(before, "next")
        return self.session.happened(before.position, self.session.position)

    def go(self, text: str, progress: Progress | None = None) -> Happened:
        """To what a person typed: `07:35`, `Sat 08:00`, `+2h`, `event 12`. Raises InvalidInput, and moves nothing."""
        return self.go_to(self.place_of(text), progress)

    def place_of(self, text: str) -> datetime | int:
        """The instant, or the number of an event, that a text means. Raises InvalidInput."""
        return place_of(self, text)

    def go_to(self, place: datetime | int, progress: Progress | None = None) -> Happened:
        """To an instant (after all that happens at it), or to just after an event. What `progress` raises ends it at
        the instant that was reached. What is between there and here, either way."""
        if isinstance(place, datetime) and place < self.session.start:
            begins = self.clock.full(self.session.start)
            raise InvalidInput([f"{self.clock.full(place)} is before this simulation begins, {begins}"])
        before = self.session.cursor
        try:
            if isinstance(place, datetime) and place > self.now:
                self.session.run_until(place, progress)
            else:
                self.session.seek(place)
        except InvalidInput:
            raise
        except BaseException:
            self.session.seek(max(self.session.branch.horizon, self.now))
            raise
        finally:
            self._moved(before, "go")
        return self.session.happened(*sorted((before.position, self.session.position)))

    @property
    def how_to_go(self) -> str:
        """What may be typed for `go`."""
        return HOW

    @property
    def end_said(self) -> str:
        """Why there is no next instant."""
        return end_said(self)

    def back(self) -> Happened:
        """Undo the last step or jump, of whatever sort, exactly; else to the instant before."""
        end = self.session.position
        before, after = self._trail.pop() if self._trail else (None, None)
        if before is not None and after == self.session.cursor:
            self.session.stand(before)
        else:
            self._trail.clear()
            self.session.back()
        self.heard("back")
        return self.session.happened(*sorted((self.session.position, end)))

    def back_event(self) -> Happened:
        """To before the last event."""
        end = self.session.position
        if end:
            self.session.seek(end - 1)
        self._trail.clear()
        self.heard("back")
        return self.session.happened(self.session.position, end)

    def _moved(self, before: Cursor, how: str) -> None:
        """`back` leads there again."""
        if self.session.cursor != before:
            self._trail.append((before, self.session.cursor))
        self.heard(how, format_instant(self.now) if how == "go" else "")

    # commands

    def do(self, line: str) -> Done:
        """One line of the grammar. Raises InvalidInput, and changes nothing, when it cannot be done."""
        done = self.session.do(line)
        self._trail.clear()
        self.heard("do", done.line)
        return done

    def restart(self, session: Session) -> None:
        """Go on with another session, of the same pipeline as it is written now."""
        self.session, self.day = session, None
        self._state = None
        self._trail.clear()

    def yaml(self) -> str:
        """What stands here, as edited so far, as the text of a pipeline file. Raises InvalidInput when it cannot be."""
        return self.building.plan().text

    def save(self, path: str = "", replace: bool = False) -> str:
        """Save it as a pipeline file (the one that was opened, unless another is named); what was done, in a sentence.
        `replace`: also over another file. Raises InvalidInput, and then nothing has changed."""
        return self.building.save(self.building.plan(path), replace)

    def plan_of(self, line: str) -> list[str]:
        """What a line would change. Changes nothing."""
        return self.session.plan_of(line)

    def show_other_dag(self, step: int) -> bool:
        """Select the first task of an earlier (negative) or later DAG."""
        return self.choose(panes.other_dag(self, step))

    def other_graph_mode(self) -> Mode:
        """The picture in the next of its forms: what fits, boxes, pills, map."""
        self.graph_mode = MODES[(MODES.index(self.graph_mode) + 1) % len(MODES)]
        return self.graph_mode

    def follow(self) -> bool:
        """From now on, or no longer, the selection goes along with the task that is under way; whether it does."""
        self.follows = not self.follows
        self._go_along()
        return self.follows

    def _go_along(self) -> None:
        found = Chosen.of(panes.active_task(self)) if self.follows else None
        if found is not None:
            self._chosen = found

    def heard(self, action: str, detail: str = "") -> None:
        """Tell the guide what the person did."""
        if action not in ("select", "do"):
            self._go_along()
        self.guide.heard(self, action, detail)

    # panes: one sheet each, at most `width` cells wide unless they scroll sideways

    def header(self, width: int) -> Row:
        """What is shown, and when it is."""
        return panes.header(self, width)

    def graph(self, width: int, height: int, mode: str = "auto") -> Sheet:
        """The DAG of the selection (or all DAGs) with the states of the run shown."""
        return panes.graph(self, width, height, mode)

    def graph_height(self, width: int, height: int) -> int:
        """How many rows that picture takes."""
        return panes.graph_height(self, width, height)

    def graph_overview(self, width: int, height: int, seen: tuple[int, int, int, int]) -> Sheet:
        """The same picture in a corner of that size; `seen`: the part of it that is on the screen."""
        return panes.graph_overview(self, width, height, seen)

    def timeline(self, width: int, height: int) -> Sheet:
        """What is due, waits, runs and is read, of the run shown, on one clock; other futures below."""
        return panes.timeline(self, width, height)

    def timeline_rows(self) -> tuple[int, int]:
        """How many rows of it tell all that matters, and how many tell everything."""
        return panes.timeline_rows(self)

    def why(self, width: int) -> Sheet:
        """Why the selection is as it is."""
        return held_back(self.guide.question(self), panes.why(self, width), width)

    def days(self, width: int) -> Sheet:
        """Task by partition."""
        from workbench.bench.panes.days import days

        return days(self, width)

    def data(self, width: int) -> Sheet:
        """Versions, whether they are right where that may be shown, since when public, read by whom."""
        return panes.data(self, width)

    def events(self, width: int) -> Sheet:
        """What happened, with its causes."""
        return panes.events(self, width)

    def alerts(self, width: int) -> Sheet:
        """Who was told what, and who answered."""
        from workbench.bench.panes.alerts import alerts

        return alerts(self, width)

    def rules(self, width: int) -> Sheet:
        """The rules of the selection: what starts it, retries, deadline, owner."""
        from workbench.bench.panes.rules import rules

        return held_back(self.guide.question(self), rules(self, width), width)

    def strip(self, width: int) -> Row:
        """What is public, day by day."""
        return panes.strip(self, width)

    def inspect(self, width: int) -> Sheet:
        """All about the selection: attempts, logs, policy, code, versions, rows, readers."""
        from workbench.bench.panes.inspect import inspect

        return held_back(self.guide.question(self), inspect(self, width), width)

    def code(self, width: int, kind: str = "yaml") -> Sheet:
        """The pipeline as YAML as it is now; with `kind` code the Python or SQL of the selection."""
        from workbench.bench.panes.code import code

        return shut(self.guide.question(self), code(self, width, kind), width)

    def found(self, text: str) -> list[Found]:
        """What a text may mean: a thing, a day, something that happened; the best first."""
        return found(self, text)

    def why_chain(self, width: int) -> Sheet:
        """The whole answer to why, with what caused it, back to the root."""
        from workbench.bench.panes.why_chain import why_chain

        return held_back(self.guide.question(self), why_chain(self, width), width)
