"""What would have been right: the data flow of the DAGs as they are now, on the inputs that are valid now, with the
reference code.

- Of an input: what its vendor should have delivered, late or not, with the corrections made so far.
- Of a task: what the right code (the last version that `code` names, else `run`; SQL; rows that pass through) makes of
  the truth of what it takes, at the usual time and as the first try. It need never have run. One that was skipped gives
  nothing: which way a branch takes is no question of rows.
- Of a dataset: one right write of every task that writes it; until the last of them has written, rows are missing. Of
  several that overwrite, the last.
- What was due before the simulation began, and was not made since, gives no rows: nobody knows any.
- Rows that somebody put in quarantine with an owner are not missing to those who read there.

Rules and explanations never see any of it: nothing in `engine` or `views` may import this module.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from workbench.engine import Known, State
from workbench.engine.plan import DagPlan, TaskPlan
from workbench.engine.rules.inputs import begins_before, is_live, was_due_before, windows_for
from workbench.engine.state import FIRST_CODE
from workbench.model import InvalidInput, Task
from workbench.scenario.data_parts import Correction
from workbench.scenario.dataflow import NOTHING, Dataflow, Seen
from workbench.scenario.functions import Context
from workbench.scenario.publishing import dataset_of
from workbench.scenario.quarantine import right_without
from workbench.scenario.there import content_there
from workbench.timetable import Partition

_SECOND = timedelta(seconds=1)


class Place(NamedTuple):
    """One question, `what`: the right rows of an input's or dataset's partition (no `dag`), of what a task makes, or of
    what who names a task is given (a dataset that it adds to, as it is then)."""

    what: str
    dag: str
    name: str
    partition: str


Step = Generator[Place, Seen | None, Seen]


class Truth:
    """Right rows, by content, in the dataflow's store. It keeps what it once put together."""

    def __init__(self, dataflow: Dataflow) -> None:
        self.dataflow, self.store = dataflow, dataflow.store
        self._corrections = [fault for fault in dataflow.arrivals.scenario.faults if _corrects(fault)]
        self._last: _Evaluation | None = None
        self._joined: dict[tuple[str, ...], str] = {}
        self._kept: dict[tuple[str, str, tuple[str, ...]], str] = {}

    def right(self, state: State, name: str, partition: str, at: datetime) -> Seen:
        """What a partition of a dataset or an input should hold as of `at` (UTC), by the state there."""
        what = "input" if name in state.known.homes else "dataset"
        signs = self._signs(state, at)
        if self._last is None or self._last.signs != signs or not self._last.holds(state.known):
            self._last = _Evaluation(self, signs)
        return self._last.of(state, at, Place(what, "", name, partition))

    def _signs(self, state: State, at: datetime) -> tuple[object, ...]:
        """All that the truth is made of, but for what `_Evaluation.holds` asks: as long as it is the same, what was
        found still is. Quarantine is asked for anew each time."""
        given = [(fault, at) for fault in self._corrections] + [one for one in state.faults if _corrects(one[0])]
        due = [fault for fault, holds in given if fault.at <= at and holds <= at]
        moment = state.known.seq if state.known.data.aside else 0
        return tuple(state.known.plans.values()), state.faults, state.lifted, due, moment

    def together(self, contents: list[str], key: tuple[str, ...] = ()) -> str:
        """All these rows, in this order; of those that share a `key` the last."""
        if len(contents) == 1 and not key:
            return contents[0]
        place = (*contents, "", *key)
        if place not in self._joined:
            self._joined[place] = self._join(contents, key)
        return self._joined[place]

    def _join(self, contents: list[str], key: tuple[str, ...]) -> str:
        parts = [self.store.get(one) for one in contents]
        rows = [row for part in parts for row in part or ()]
        if any(part is None for part in parts):
            return self.store.put_count(sum(map(self.store.count, contents)), "+".join(contents))
        if key:
            rows = list({json.dumps([row.get(name) for name in key], sort_keys=True): row for row in rows}.values())
        return self.store.put(rows)

    def without(self, state: State, name: str, partition: str, seen: Seen) -> Seen:
        """What those who read there do not miss: all but what is in quarantine, and owned, of what is there now."""
        aside = state.known.data.aside.get((name, partition), ())
        conditions = tuple(one.where for one in aside if one.owner)
        there = content_there(self.dataflow, state, name, partition) if conditions else None
        if there is None or seen.content is None:
            return seen
        place = (seen.content, there, conditions)
        if place not in self._kept:
            right, rows = self.store.get(seen.content), self.store.get(there)
            left = right_without(right, rows, conditions) if right is not None and rows is not None else None
            self._kept[place] = self.store.put(left) if left is not None else seen.content
        return Seen(seen.there, self._kept[place])


class _Evaluation:
    """The truth for as long as nothing changes. A partition may be made of a long chain of earlier ones, so questions
    wait in a list, and not on Python's stack. What needs itself gives nothing."""

    def __init__(self, truth: Truth, signs: tuple[object, ...]) -> None:
        self.truth, self.signs = truth, signs
        self.found: dict[Place, Seen] = {}
        self._past: dict[tuple[str, str], bool] = {}
        self._no_runs: set[tuple[str, str]] = set()
        self._no_versions: set[tuple[str, str]] = set()
        self._once = False

    def holds(self, known: Known) -> bool:
        """Was nothing made since of what counted as long done? And could no task have been skipped?"""
        made = any(place in known.data.versions for place in self._no_versions)
        return not self._once and not made and all(known.run_of(*one) is None for one in self._no_runs)

    def of(self, state: State, at: datetime, asked: Place) -> Seen:
        self.state, self.known, self.at = state, state.known, at
        waiting: list[tuple[Place, Step]] = []
        while True:
            answer = self.found.get(asked)
            if answer is None:
                self.found[asked] = NOTHING
                waiting.append((asked, self._step(asked)))
            while waiting:
                mine, step = waiting[-1]
                try:
                    asked = step.send(answer)
                    break
                except StopIteration as done:
                    waiting.pop()
                    self.found[mine] = answer = done.value
            else:
                assert answer is not None
                return answer

    def _step(self, place: Place) -> Step:
        steps = {"input": self._input, "dataset": self._dataset, "made": self._made, "given": self._given}
        return steps[place.what](place)

    def _input(self, place: Place) -> Step:
        spec = self.known.plans[self.known.homes[place.name]].spec
        yield from ()
        window = spec.grid.parse(place.partition)
        if begins_before(spec, window) and (place.name, place.partition) not in self.known.arrived:
            return Seen(True, None)
        if not spec.wants(window) and self.truth.dataflow.arrivals.is_simulated(spec, place.name, window):
            return Seen(False, self.truth.store.put([])) if spec.inputs[place.name].path else NOTHING
        try:
            _, content = self._delivered(place)
        except InvalidInput:
            if (place.name, place.partition) in self.known.arrived:
                raise
            return NOTHING
        return Seen(True, content)

    def _delivered(self, place: Place) -> tuple[int | None, str | None]:
        flow, spec = self.truth.dataflow, self.known.plans[self.known.homes[place.name]].spec
        return flow.deliveries.right(self.state, spec, place.name, place.partition, self.at)

    def _dataset(self, place: Place) -> Step:
        home = self.known.makers[place.name]
        window = self.known.plans[home].spec.grid.parse(place.partition)
        made_since = (place.name, place.partition) in self.known.data.versions
        if not made_since and self._is_out(home, window):
            self._no_versions.add((place.name, place.partition))
            return Seen(is_live(self.known, place.name, home, window), None)
        return (yield from self._written(place, list(_writers(self.known, place.name))))

    def _given(self, place: Place) -> Step:
        """After a write the table holds what those wrote that do not come after it."""
        plan = self.known.plans[place.dag]
        writes = plan.tasks[place.name].writes
        if not writes or dataset_of(self.known, writes[0]).mode == "overwrite":
            return (yield place._replace(what="made")) or NOTHING
        later = _below(plan, place.name)
        writers = [
            (dag, task) for dag, task in _writers(self.known, writes[0]) if dag != place.dag or task not in later
        ]
        return (yield from self._written(place._replace(name=writes[0]), writers))

    def _written(self, place: Place, writers: list[tuple[str, str]]) -> Step:
        dataset = dataset_of(self.known, place.name)
        found = []
        for dag, task in reversed(writers):
            one = yield Place("made", dag, task, place.partition)
            if one is not None and one.there:
                found.append(one)
                if dataset.mode == "overwrite":
                    break
        contents = [one.content for one in reversed(found) if one.content is not None]
        if not contents:
            return Seen(bool(found), None)
        return Seen(True, self.truth.together(contents, dataset.key if dataset.mode == "merge" else ()))

    def _made(self, place: Place) -> Step:
        plan = self.known.plans[place.dag]
        task, window = plan.tasks[place.name], plan.spec.grid.parse(place.partition)
        if self._is_out(place.dag, window) or self._was_skipped(plan, place):
            return NOTHING
        if not plan.carries_rows or task.task.sensor is not None:
            return Seen(True, None)
        seen = {}
        for name in dict.fromkeys((*task.task.needs, *task.task.reads, *task.task.requires)):
            parts = []
            for one in self._asked(plan, window, name):
                part = yield one
                parts.append(self._seen(one, part or NOTHING))
            seen[name] = self._together(parts)
        return self._work(plan, task, window, seen)

    def _seen(self, place: Place, seen: Seen) -> Seen:
        """Without what is in quarantine where it lies: in an input or dataset, also in one that a task wrote."""
        writes = self.known.plans[place.dag].tasks[place.name].writes if place.dag else (place.name,)
        return self.truth.without(self.state, writes[0], place.partition, seen) if writes else seen

    def _asked(self, plan: DagPlan, window: Partition, name: str) -> Iterator[Place]:
        """The places that a name in a task of this window means."""
        if name in plan.tasks:
            yield Place("given", plan.spec.name, name, window.key)
            return
        need, known = plan.spec.need(name), self.known
        if need.dag:
            is_there = need.dag in known.plans and need.name in known.plans[need.dag].tasks
        else:
            is_there = need.name in known.homes or need.name in known.makers
        what = "given" if need.dag else "input" if need.name in known.homes else "dataset"
        if is_there:  # else it was taken away since
            for one in windows_for(known, need, plan.spec, window):
                yield Place(what, need.dag, need.name, one.key)

    def _together(self, parts: list[Seen]) -> Seen:
        there = bool(parts) and all(one.there for one in parts)
        contents = [one.content for one in parts if one.content is not None]
        return Seen(there, self.truth.together(contents) if contents else None)

    def _is_out(self, dag: str, window: Partition) -> bool:
        """Is it none that the DAG makes, or was it due before the simulation began? Not if there is a run of it."""
        place = dag, window.key
        if place not in self._past:
            is_wanted = self.known.plans[dag].spec.wants(window)
            self._past[place] = not is_wanted or was_due_before(self.known, dag, window)
        if not self._past[place] or self.known.run_of(*place) is not None:
            return False
        self._no_runs.add(place)
        return True

    def _was_skipped(self, plan: DagPlan, place: Place) -> bool:
        """Did its run go another way?"""
        if not any(_may_skip(task.task) for task in plan.tasks.values()):
            return False
        self._once = True
        run = self.known.run_of(place.dag, place.partition)
        return run is not None and place.name in run.cells and run.cells[place.name].state == "skipped"

    def _work(self, plan: DagPlan, task: TaskPlan, window: Partition, seen: dict[str, Seen]) -> Seen:
        """What the right code makes of this. One that fails on right rows makes nothing that anybody knows."""
        flow, spec = self.truth.dataflow, plan.spec
        code = list(task.task.code)[-1] if task.task.code else FIRST_CODE
        now = self._usual_time(plan, window)
        missing = tuple(name for name, one in seen.items() if not one.there)
        start, end, began = (at.astimezone(spec.zone) for at in (window.start, window.end, now))
        ctx = Context(spec.name, task.name, window.key, start, end, began, 1, missing, code, task.task.params)
        made = flow.work(self.known, spec, task, seen, ctx)
        return Seen(not made.error, made.content)

    def _usual_time(self, plan: DagPlan, window: Partition) -> datetime:
        """When a run of this window usually begins: at its tick."""
        tick = plan.spec.clock.after(window.end - _SECOND) if plan.spec.clock else None
        return tick or window.end


def _corrects(fault: Any) -> bool:
    return isinstance(fault, Correction)


def _may_skip(task: Task) -> bool:
    """May it lead to tasks that are skipped, or be skipped itself?"""
    gives_up = task.sensor is not None and task.sensor.soft_fail
    return task.branch is not None or task.short_circuit or gives_up or task.trigger_rule != "all_success"


def _writers(known: Known, dataset: str) -> Iterator[tuple[str, str]]:
    """The tasks that write it, in the order in which they do, its home's last. DAGs that nothing starts by itself are
    there to mend: what they write is no part of it, unless one of them is its home."""
    home = known.makers[dataset]
    grid = known.plans[home].spec.grid
    for dag in sorted(known.plans, key=lambda name: (name == home, name)):
        spec = known.plans[dag].spec
        if spec.grid == grid and (dag == home or spec.schedule is not None):
            yield from ((dag, name) for name, task in known.plans[dag].tasks.items() if dataset in task.writes)


def _below(plan: DagPlan, task: str) -> set[str]:
    found: set[str] = set()
    ahead = [name for _, name in plan.tasks[task].downs]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += [below for _, below in plan.tasks[name].downs]
    return found
