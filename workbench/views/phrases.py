"""Sentences: what the verdicts and facts of one task instance mean, in the words of `why`.

Always in this order: what and since when; because; until when, or what it would take; what helps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from workbench.engine import FINISHED, Known, Run, verdict
from workbench.engine.plan import TaskPlan
from workbench.engine.rules.inputs import is_here, windows_of
from workbench.engine.state import Cell
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.model import after_window
from workbench.views.chain import Link, Missed
from workbench.views.clock import Clock, ago, listed, plural

NOTHING = timedelta(0)


class Answer(NamedTuple):
    headline: str
    sentences: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrases:
    """Sentences about one run, said at `now` (UTC) in its DAG's zone."""

    known: Known
    now: datetime
    run: Run

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.now, self.run.plan.spec.zone)

    @property
    def day(self) -> str:
        return self.run.plan.spec.grid.spoken(self.run.window)

    def answer(self, task: str, causes: tuple[Link, ...], gaps: tuple[Missed, ...]) -> Answer:
        """Headline, sentences and what helps, for the task's state."""
        cell = self.run.cells[task]
        if cell.state in ("success", "failed"):
            return self._ended(task, cell, causes, gaps)
        if cell.state in _WITHOUT_ATTEMPT:
            return _WITHOUT_ATTEMPT[cell.state](self, task, cell)
        if cell.state in ("queued", "running"):
            return self._running(task, cell, gaps)
        found = verdict(self.known, self.run, task, self.now)
        assert isinstance(found, Wait), f"{self.run.key} {task}: {found} was not acted on"
        return self._waits(task, found)

    def rule(self, task: str, rule: str, found: Pass | Wait | Settle) -> str:
        """One rule's answer, short."""
        return _RULE_LINES[rule](self, self.run.plan.tasks[task], self.run.cells[task], found)

    # waiting

    def _waits(self, task: str, found: Wait) -> Answer:
        return _WAITS.get(found.rule, Phrases._waits_for_upstream)(self, task, found)

    def _since(self, since: datetime) -> str:
        """`, since 06:00 (70 min)`; nothing while it has only begun."""
        return f", since {self.clock.at(since)} ({ago(self.now - since)})" if self.now > since else ""

    def _waits_for_inputs(self, task: str, found: Wait) -> Answer:
        lines = [self._input_line(name) for name in found.on]
        moment = "that moment" if len(found.on) == 1 else "the moment the last of them comes"
        owners = self._owners(found.on)
        return Answer(
            f"{task} waits for {listed(found.on)}{self._since(found.since)}.",
            (*lines, f"Starts {moment}. No deadline: it would wait for ever."),
            tuple(f"ask {owner}, who owns {name}" for name, owner in owners),
        )

    def _input_line(self, name: str) -> str:
        spec = self.known.plans[self.known.homes[name]].spec
        if spec.inputs[name].expected is None:
            return f"Nobody promised a time for {name}; nobody knows when it comes."
        missing = [
            w for w in windows_of(self.known, spec.name, self.run) if not is_here(self.known, name, spec.name, w)
        ]
        due = after_window(spec.inputs[name].expected, missing[0], spec.zone)
        tense = "was" if due <= self.now else "is"
        return f"{name} {tense} due {self.clock.at(due)}; nobody knows when it comes."

    def _owners(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        specs = [(name, self.known.plans[self.known.homes[name]].spec) for name in names]
        found = [(name, spec.inputs[name].owner or spec.owner) for name, spec in specs]
        return [(name, owner) for name, owner in found if owner]

    def _waits_for_upstream(self, task: str, found: Wait) -> Answer:
        doing = [f"{up}, which {self._doing(up)}" for up in found.on]
        return Answer(f"{task} waits for {listed(doing)}.", (self._trigger(task, found.on), *self._root(found.on)))

    def _trigger(self, task: str, ups: tuple[str, ...]) -> str:
        rule = self.run.plan.tasks[task].task.trigger_rule
        if rule != "all_success":
            return f"Its trigger rule is {rule}."
        which = ups[0] if len(ups) == 1 else "all of them"
        fail = ups[0] if len(ups) == 1 else "one of them"
        verbs = ("succeeds", "fails") if len(ups) == 1 else ("succeed", "fails")
        return f"Starts when {which} {verbs[0]}; if {fail} {verbs[1]} for good, {task} will not run."

    def _doing(self, task: str) -> str:
        cell = self.run.cells[task]
        if cell.state == "running":
            return f"runs since {self.clock.at(cell.since)} (try {cell.tries})"
        if cell.state in ("none", "scheduled", "up_for_retry"):
            return (
                f"waits itself ({_FIELD_NAMES.get(cell.state, cell.state)})"
                if cell.state != "none"
                else "has not started"
            )
        return f"is {cell.state.replace('_', ' ')}"

    def _root(self, ups: tuple[str, ...]) -> tuple[str, ...]:
        """The wait at the bottom of it, when the upstream waits itself."""
        for up in ups:
            if self.run.cells[up].state in FINISHED or self.run.cells[up].state in ("queued", "running"):
                continue
            found = verdict(self.known, self.run, up, self.now)
            if isinstance(found, Wait):
                deeper = (
                    self._root(found.on) if found.on and found.on[0] in self.run.cells and found.on[0] != up else ()
                )
                return deeper or (f"Root: {self._waits(up, found).headline}",)
        return ()

    def _waits_elsewhere(self, task: str, found: Wait) -> Answer:
        lines = [line for name in found.on for line in self._elsewhere_lines(name)]
        tail = f"Starts when {'it succeeds' if len(found.on) == 1 else 'all of them succeed'}."
        return Answer(f"{task} waits for {listed(found.on)} of {self.day}{self._since(found.since)}.", (*lines, tail))

    def _elsewhere_lines(self, name: str) -> list[str]:
        dag, _, task = name.partition(".")
        runs = [self.known.run_of(dag, w.key) for w in windows_of(self.known, dag, self.run)]
        if not runs or None in runs:
            return [f"{dag} has no run for it yet."]
        others = [r for r in runs if r is not None and task in r.cells and r.cells[task].state != "success"]
        return [f"There, {Phrases(self.known, self.now, r).answer(task, (), ()).headline}" for r in others]

    def _waits_for_slot(self, task: str, found: Wait) -> Answer:
        pool = found.on[0]
        holders = self._holders(None if found.rule == "workers" else pool)
        size = self.known.workers if found.rule == "workers" else self.known.pools[pool]
        what = "a worker" if found.rule == "workers" else f"a slot in {pool}"
        more = ", ..." if len(holders) > 4 else ""
        taken = f"{'It is' if size == 1 else f'All {size} are'} taken: {listed(holders[:4])}{more}."
        since = self.run.cells[task].ready or self.now
        return Answer(
            f"{task} of {self.day} waits for {what}{self._since(since)}.",
            (taken, "The next free one goes to the task with the highest priority, then to the one ready longest."),
            (f"give {task} a higher priority", f"more slots for {pool}" if found.rule == "pool" else "more workers"),
        )

    def _holders(self, pool: str | None) -> list[str]:
        found = []
        for run in self.known.open_runs():
            busy = [n for n, c in run.cells.items() if c.state in ("queued", "running") and n in run.plan.tasks]
            day = run.plan.spec.grid.spoken(run.window)
            found += [f"{n} of {day}" for n in busy if pool is None or run.plan.tasks[n].pool == pool]
        return found

    def _waits_for_retry(self, task: str, found: Wait) -> Answer:
        cell = self.run.cells[task]
        last, policy = cell.attempts[-1], self.run.plan.tasks[task].task.retries
        assert found.until is not None
        left = policy.max + 1 - last.number - 1
        pause = f"Pause {ago(found.until - last.ended)}{self._backoff(policy.delay, policy.backoff, last.number)}."
        return Answer(
            f"{task} waits for try {last.number + 1}, at {self.clock.at(found.until)}.",
            (
                f"Try {last.number} failed {self.clock.at(last.ended)}: {last.message}.",
                f"{pause} {plural(left, 'try', 'tries').capitalize() if left else 'No try'} left after it.",
            ),
        )

    def _backoff(self, delay: timedelta, factor: float, number: int) -> str:
        if factor == 1 or number == 1:
            return ""
        return f": {ago(delay)}, times {factor:g} after each of {plural(number, 'failure')} but the first"

    def _waits_for_run(self, task: str, found: Wait) -> Answer:
        limit = self.run.plan.spec.max_active_runs
        running = f"{plural(limit, 'run')} of {found.on[0]} {'is' if limit == 1 else 'are'} running"
        return Answer(
            f"{task} waits for its run to start{self._since(self.run.created)}.",
            (f"{running}, as many as max_active_runs allows.",),
            ("raise max_active_runs, or see why the oldest run does not end",),
        )

    # running and ended

    def _running(self, task: str, cell: Cell, gaps: tuple[Missed, ...]) -> Answer:
        usual = self.run.plan.tasks[task].task.takes
        if cell.state == "queued":
            return Answer(f"{task} is queued since {self.clock.at(cell.since)}: a worker takes it at once.")
        lines = [f"It usually takes {ago(usual)}."]
        return Answer(
            f"{task} runs since {self.clock.at(cell.since)} (try {cell.tries}).", (*lines, *self._gap_lines(gaps))
        )

    def _ended(self, task: str, cell: Cell, causes: tuple[Link, ...], gaps: tuple[Missed, ...]) -> Answer:
        last = cell.attempts[-1]
        tail = self._trail(causes)
        if cell.state == "failed":
            many = (
                f"{cell.tries} of {max(cell.tries, self.run.plan.tasks[task].task.retries.max + 1)}"
                if task in self.run.plan.tasks
                else ""
            )
            head = f"{task} failed for good {self.clock.at(cell.since)} (try {many}): {last.message}."
            return Answer(head, (*self._reason(last.reason), *tail), ("mend the cause, then run it again",))
        wrote = f" It wrote {plural(last.rows, 'row')}." if last.rows is not None else ""
        head = f"{task} ended {self.clock.at(cell.since)}, well.{wrote}"
        return Answer(head, (*self._spent(causes), *tail, *self._gap_lines(gaps)), self._gap_helps(gaps))

    def _reason(self, reason: str) -> tuple[str, ...]:
        return (
            ("The same code on the same rows fails the same way: trying again does not help.",)
            if reason == "bug"
            else ()
        )

    def _spent(self, causes: tuple[Link, ...]) -> tuple[str, ...]:
        """Where the time between the tick and the end went."""
        if not causes:
            return ()
        tasks = [link for link in causes if link.kind == "task"]
        worked, retried, queued = (
            sum((getattr(t, n) for t in tasks), NOTHING) for n in ("worked", "retried", "queued")
        )
        begun = self.run.created
        waited = max(causes[-1].at - begun, NOTHING) if causes[-1].kind == "input" else NOTHING
        total = max(tasks[0].at - begun, NOTHING)
        parts = [("waiting for inputs", waited), ("work", worked), ("retries", retried), ("queue", queued)]
        other = total - waited - worked - retried - queued
        said = [f"{name} {ago(span)}" for name, span in parts if span] + (
            [f"waiting for others {ago(other)}"] if other > NOTHING else []
        )
        return (f"{ago(total)} after its run was made: {', '.join(said)}.",) if total else ()

    def _trail(self, causes: tuple[Link, ...]) -> tuple[str, ...]:
        if not causes:
            return ()
        return (" ← ".join(self._link(link) for link in causes) + ".",)

    def _link(self, link: Link) -> str:
        at = self.clock.at(link.at)
        if link.kind == "clock":
            return f"the clock said {at}"
        if link.kind == "input":
            late = f", due {self.clock.at(link.due)}" if link.due else ""
            return f"{link.name} came {at}{late}"
        name = link.name if link.dag == self.run.key.dag else f"{link.dag}.{link.name}"
        return f"{name} {at}" + (f" ({link.tries} tries)" if link.tries > 1 else "")

    def _gap_lines(self, gaps: tuple[Missed, ...]) -> list[str]:
        return [self._gap_line(gap) for gap in gaps]

    def _gap_line(self, gap: Missed) -> str:
        due = f"due {self.clock.at(gap.due)}, " if gap.due else ""
        if gap.came is None:
            fate = "and is still not here"
        else:
            late = f", {ago(gap.came - gap.due)} late" if gap.due and gap.came > gap.due else ""
            fate = f"and came {self.clock.at(gap.came)}{late}"
        return (
            f"Made without {gap.input}: it was not there when {gap.task} started {self.clock.at(gap.started)} "
            f"({due}{fate}). {gap.task} reads {gap.input} but does not wait for it."
        )

    def _gap_helps(self, gaps: tuple[Missed, ...]) -> tuple[str, ...]:
        return tuple(f"let {gap.task} wait: put {gap.input} under its `needs`" for gap in gaps)

    # ended without an attempt

    def _upstream_failed(self, task: str, cell: Cell) -> Answer:
        bad = [up for up in self._ups(task) if self.run.cells[up].state in ("failed", "upstream_failed")]
        lines = [self._failure_of(up) for up in bad]
        rule = cell.rule or "all_success"
        wants = "it wants all upstream to succeed" if rule == "all_success" else f"its trigger rule is {rule}"
        return Answer(
            f"{task} did not run ({self.clock.at(cell.since)}): {listed(bad)} failed, and {wants}.",
            tuple(lines),
            tuple(f"mend {up}, then run it and all below it again" for up in bad[:1]),
        )

    def _failure_of(self, up: str) -> str:
        cell = self.run.cells[up]
        if cell.state == "upstream_failed":
            deeper = [u for u in self._ups(up) if self.run.cells[u].state in ("failed", "upstream_failed")]
            return self._failure_of(deeper[0]) if deeper else f"{up} did not run."
        last = cell.attempts[-1]
        return f"{up} failed for good {self.clock.at(cell.since)} (try {cell.tries}): {last.message}."

    def _skipped(self, task: str, cell: Cell) -> Answer:
        states = [f"{up} {self.run.cells[up].state.replace('_', ' ')}" for up in self._ups(task)]
        return Answer(
            f"{task} was skipped {self.clock.at(cell.since)}, on purpose: its trigger rule is {cell.rule}.",
            (f"Upstream: {listed(states)}.",),
        )

    def _removed(self, task: str, cell: Cell) -> Answer:
        return Answer(f"{task} was taken out of {self.run.key.dag} {self.clock.at(cell.since)}, before it had run.")

    def _ups(self, task: str) -> tuple[str, ...]:
        return self.run.plan.tasks[task].ups if task in self.run.plan.tasks else ()

    # the rules, a line each

    def _rule_run(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        return f"run: {'started' if isinstance(found, Pass) else 'not started'} ({self.day})"

    def _rule_upstream(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        states = [f"{up} {_FIELD_NAMES.get(s := self.run.cells[up].state, s.replace('_', ' '))}" for up in plan.ups]
        return f"upstream ({plan.task.trigger_rule}): {', '.join(states)}"

    def _rule_inputs(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        missing = getattr(found, "on", ())
        return "inputs: " + ", ".join(f"{n} {'not here' if n in missing else self._came(n)}" for n in plan.inputs)

    def _came(self, name: str) -> str:
        arrivals = [
            self.known.arrived.get((name, w.key)) for w in windows_of(self.known, self.known.homes[name], self.run)
        ]
        last = max((a.at for a in arrivals if a is not None), default=None)
        return "here" if last is None else f"came {self.clock.at(last)}"

    def _rule_elsewhere(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        missing = getattr(found, "on", ())
        names = [f"{dag}.{task}" for dag, task in plan.elsewhere]
        return "other DAGs: " + ", ".join(f"{n} {'not done' if n in missing else 'done'}" for n in names)

    def _rule_retry(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        if isinstance(found, Wait) and found.until is not None:
            return f"retry pause: until {self.clock.at(found.until)}"
        return f"retries: {plural(cell.tries, 'try', 'tries')} so far, {plan.task.retries.max} retries allowed"

    def _rule_workers(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        if self.known.workers is None:
            return "workers: as many as wanted"
        return f"workers: {self.known.workers - self.known.busy} of {self.known.workers} free"

    def _rule_pool(self, plan: TaskPlan, cell: Cell, found: Any) -> str:
        assert plan.pool is not None
        size = self.known.pools[plan.pool]
        return f"pool {plan.pool}: {size - self.known.pool_busy[plan.pool]} of {size} free"


_FIELD_NAMES = {"none": "not started", "scheduled": "waits for a slot", "up_for_retry": "waits for retry"}
_WAITS: dict[str, Callable[[Phrases, str, Wait], Answer]] = {
    "inputs": Phrases._waits_for_inputs,
    "elsewhere": Phrases._waits_elsewhere,
    "pool": Phrases._waits_for_slot,
    "workers": Phrases._waits_for_slot,
    "retry_delay": Phrases._waits_for_retry,
    "max_active_runs": Phrases._waits_for_run,
}
_WITHOUT_ATTEMPT: dict[str, Callable[[Phrases, str, Cell], Answer]] = {
    "upstream_failed": Phrases._upstream_failed,
    "skipped": Phrases._skipped,
    "removed": Phrases._removed,
}
_RULE_LINES: dict[str, Callable[[Phrases, TaskPlan, Cell, Any], str]] = {
    "run_has_started": Phrases._rule_run,
    "upstream_allows": Phrases._rule_upstream,
    "inputs_are_here": Phrases._rule_inputs,
    "tasks_elsewhere_are_done": Phrases._rule_elsewhere,
    "retry_pause_is_over": Phrases._rule_retry,
    "worker_is_free": Phrases._rule_workers,
    "pool_has_a_slot": Phrases._rule_pool,
}
