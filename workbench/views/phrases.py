"""Sentences: what the verdicts and facts of one task instance mean, in the words of `why`.

Always in this order: what and since when; because; until when, or what it would take; what helps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from workbench.engine import FINISHED, Known, Run, verdict
from workbench.engine.rules.inputs import is_here, windows_of
from workbench.engine.state import Cell
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.model import RetryPolicy, after_window
from workbench.views.chain import Link, Missed
from workbench.views.clock import Clock, ago, listed, plural

NOTHING = timedelta(0)
MOST_LINKS = 10


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
        return self._waits(task, found) if isinstance(found, Wait) else self._about_to_be(task, found)

    # waiting

    def _waits(self, task: str, found: Wait) -> Answer:
        return _WAITS.get(found.rule, Phrases._waits_for_upstream)(self, task, found)

    def _about_to_be(self, task: str, found: Pass | Settle) -> Answer:
        """Between two events of one instant: the verdict is clear, and is acted on before time goes on."""
        if isinstance(found, Pass):
            return Answer(f"{task} starts now: nothing holds it any more.")
        return Answer(f"{task} will not run: {self._wants(found.rule)}.", (self._upstream_states(task),))

    def _since(self, since: datetime) -> str:
        """`, since 06:00 (70 min)`; nothing while it has only begun."""
        return f", since {self.clock.at(since)} ({ago(self.now - since)})" if self.now > since else ""

    def _waits_for_inputs(self, task: str, found: Wait) -> Answer:
        lines = [self._input_line(name) for name in found.on]
        last = "it comes" if len(found.on) == 1 else "the last of them comes"
        owners = self._owners(found.on)
        return Answer(
            f"{task} waits for {listed(found.on)}{self._since(found.since)}.",
            (*lines, f"Starts the moment {last}. No deadline: it would wait for ever."),
            tuple(f"ask {owner}, who owns {name}" for name, owner in owners),
        )

    def _input_line(self, name: str) -> str:
        spec = self.known.plans[self.known.homes[name]].spec
        expected = spec.inputs[name].expected
        if expected is None:
            return f"Nobody promised a time for {name}, and nobody knows when it comes."
        windows = list(windows_of(self.known, spec.name, self.run))
        missing = [w for w in windows if not is_here(self.known, name, spec.name, w)]
        due = after_window(expected, missing[0], spec.zone)
        which = f" of {spec.grid.spoken(missing[0])}" if len(windows) > 1 else ""
        later = "1 later one is" if len(missing) == 2 else f"{len(missing) - 1} later ones are"
        more = f" {later} missing too." if len(missing) > 1 else ""
        tense = "was" if due <= self.now else "is"
        return f"{name}{which} {tense} due {self.clock.at(due)}; nobody knows when it comes.{more}"

    def _owners(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        specs = [(name, self.known.plans[self.known.homes[name]].spec) for name in names]
        found = [(name, spec.inputs[name].owner or spec.owner) for name, spec in specs]
        return [(name, owner) for name, owner in found if owner]

    def _waits_for_upstream(self, task: str, found: Wait) -> Answer:
        doing = _shortened([f"{up}, which {self._doing(up)}" for up in found.on])
        said = doing[0] if len(doing) == 1 else f"{', '.join(doing[:-1])}, and {doing[-1]}"
        return Answer(f"{task} waits for {said}.", (self._trigger(task, found.on), *self._root(found.on)))

    def _trigger(self, task: str, ups: tuple[str, ...]) -> str:
        rule = self.run.plan.tasks[task].task.trigger_rule
        if rule != "all_success":
            return f"{self._wants(rule).capitalize()}."
        which = ups[0] if len(ups) == 1 else "all of them"
        fail = ups[0] if len(ups) == 1 else "one of them"
        verbs = ("succeeds", "fails") if len(ups) == 1 else ("succeed", "fails")
        return f"Starts when {which} {verbs[0]}; if {fail} {verbs[1]} for good, {task} will not run."

    def _wants(self, rule: str) -> str:
        """What a trigger rule asks for; the usual one needs no name."""
        return f"it wants {_TRIGGERS[rule]}" + ("" if rule == "all_success" else f" (trigger rule {rule})")

    def _doing(self, task: str) -> str:
        cell = self.run.cells[task]
        if cell.state == "running":
            return f"has been running since {self.clock.at(cell.since)} (try {cell.tries})"
        return _DOING.get(cell.state, f"is {cell.state}")

    def _root(self, ups: tuple[str, ...]) -> tuple[str, ...]:
        """The wait at the bottom of it, when the upstream waits itself."""
        for up in ups:
            if self.run.cells[up].state in FINISHED or self.run.cells[up].state in ("queued", "running"):
                continue
            found = verdict(self.known, self.run, up, self.now)
            if isinstance(found, Wait):
                deeper = () if found.rule in _WAITS else self._root(found.on)
                return deeper or self._root_elsewhere(found) or (f"Root: {self._waits(up, found).headline}",)
        return ()

    def _root_elsewhere(self, found: Wait) -> tuple[str, ...]:
        """The wait at the bottom of another DAG's task that is waited for."""
        if found.rule != "elsewhere":
            return ()
        return tuple(line for name in found.on for line in self._elsewhere_lines(name)[-1:])

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
        lines = [line for r in others for line in Phrases(self.known, self.now, r)._seen_from_elsewhere(task)]
        ended = any(r.cells[task].state in FINISHED for r in others)
        return [*lines, *([f"{name} does not run again by itself."] if ended else [])]

    def _seen_from_elsewhere(self, task: str) -> list[str]:
        """This task's headline, and the root of its wait, as told in another DAG."""
        dag = self.run.key.dag
        root = self._root((task,))
        said = self.answer(task, (), ()).headline
        deeper = [f"Root: in {dag}, {line.removeprefix('Root: ')}" for line in root if not line.endswith(said)]
        return [f"In {dag}, {said}", *deeper]

    def _waits_for_slot(self, task: str, found: Wait) -> Answer:
        pool = found.on[0]
        holders = self._holders(None if found.rule == "workers" else pool)
        size = self.known.workers if found.rule == "workers" else self.known.pools[pool]
        what = "a worker" if found.rule == "workers" else f"a slot in {pool}"
        all_of = {1: "It is", 2: "Both are"}.get(size or 0, f"All {size} are")
        taken = f"{all_of} taken: {listed(_shortened(holders))}."
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
            home = "" if run.key.dag == self.run.key.dag else f"{run.key.dag}."
            found += [f"{home}{n} of {day}" for n in busy if pool is None or run.plan.tasks[n].pool == pool]
        return found

    def _waits_for_retry(self, task: str, found: Wait) -> Answer:
        cell = self.run.cells[task]
        last, policy = cell.attempts[-1], self.run.plan.tasks[task].task.retries
        assert found.until is not None
        left = max(0, policy.max - last.number)
        pause = f"Pause {ago(found.until - last.ended)}{_reckoned(policy, last.number, found.until - last.ended)}."
        return Answer(
            f"{task} waits for try {last.number + 1}, at {self.clock.at(found.until)}.",
            (
                f"Try {last.number} failed {self.clock.at(last.ended)}: {last.message}.",
                f"{pause} {_in_words(left)} {'try' if left == 1 else 'tries'} left after it.",
            ),
        )

    def _waits_for_run(self, task: str, found: Wait) -> Answer:
        limit = self.run.plan.spec.max_active_runs
        if self.known.active[self.run.key.dag] < limit:
            return Answer(f"{task} waits for its run to start, which it does now.")
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
            return Answer(f"{task} is queued, since {self.clock.at(cell.since)}: a worker takes it at once.")
        lines = [f"It usually takes {ago(usual)}."]
        return Answer(
            f"{task} has been running since {self.clock.at(cell.since)} (try {cell.tries}).",
            (*lines, *self._gap_lines(gaps, "Runs")),
        )

    def _ended(self, task: str, cell: Cell, causes: tuple[Link, ...], gaps: tuple[Missed, ...]) -> Answer:
        last = cell.attempts[-1]
        tail = self._trail(causes)
        if cell.state == "failed":
            head = self._failed(task, cell)
            found = (*self._gap_lines(gaps), *self._reason(last.reason), *tail)
            return Answer(head, found, self._gap_helps(gaps) or ("mend the cause, then run it again",))
        wrote = f" It wrote {plural(last.rows, 'row')}." if last.rows is not None else ""
        head = f"{task} ended {self.clock.at(cell.since)}, well.{wrote}"
        told = (*self._spent(causes), *self._failures(cell), *tail, *self._gap_lines(gaps))
        return Answer(head, told, self._gap_helps(gaps))

    def _failures(self, cell: Cell) -> tuple[str, ...]:
        """What went wrong before it went well."""
        bad = [a for a in cell.attempts if a.state == "failed"]
        if not bad:
            return ()
        which = "Try 1" if len(bad) == 1 else f"Tries 1 to {len(bad)}"
        return (f"{which} failed, the last {self.clock.at(bad[-1].ended)}: {bad[-1].message}.",)

    def _failed(self, task: str, cell: Cell) -> str:
        plan = self.run.plan.tasks.get(task)
        most = max(cell.tries, plan.task.retries.max + 1 if plan else 0)
        tries = f"try {cell.tries} of {most}"
        return f"{task} failed for good {self.clock.at(cell.since)} ({tries}): {cell.attempts[-1].message}."

    def _reason(self, reason: str) -> tuple[str, ...]:
        return (
            ("The same code on the same rows fails the same way: trying again does not help.",)
            if reason == "bug"
            else ()
        )

    def _spent(self, causes: tuple[Link, ...]) -> tuple[str, ...]:
        """Where the time between the tick and the end went."""
        own = list(takewhile(self._is_own, causes))
        if not own:
            return ()
        total = own[0].at - self.run.created
        parts = {what: sum((getattr(t, what) for t in own), NOTHING) for what in ("worked", "retried", "queued")}
        before = own[-1].at - own[-1].worked - own[-1].retried - own[-1].queued - self.run.created
        kind = causes[len(own)].kind if len(own) < len(causes) else "clock"
        if kind == "clock":  # what was added later did not wait so long for that
            before = min(before, (self.run.started or self.run.created) - self.run.created)
        spans = {"input": NOTHING, "task": NOTHING, "clock": NOTHING, **parts, kind: max(before, NOTHING)}
        rest = {"other": max(total - sum(spans.values(), NOTHING), NOTHING)}
        said = [f"{_SPENT[what]} {ago(span)}" for what, span in {**spans, **rest}.items() if span]
        return (f"{ago(total)} after its run was made: {', '.join(said)}.",) if total > NOTHING else ()

    def _is_own(self, link: Link) -> bool:
        return link.kind == "task" and (link.dag, link.partition) == (self.run.key.dag, self.run.key.partition)

    def _trail(self, causes: tuple[Link, ...]) -> tuple[str, ...]:
        """The chain of causes in a line; of a long one, both ends."""
        if not causes:
            return ()
        # The day is said where it changes.
        clocks = [self.clock, *(Clock(link.at, self.clock.zone) for link in causes)]
        links = [self._link(link, clock) for link, clock in zip(causes, clocks, strict=False)]
        if len(links) > MOST_LINKS:
            left, right = MOST_LINKS - 4, 3
            links = [*links[:left], f"{len(links) - left - right} tasks more", *links[-right:]]
        return (" ← ".join(links) + ".",)

    def _link(self, link: Link, clock: Clock) -> str:
        at = clock.at(link.at)
        if link.kind == "clock":
            return f"the clock said {at}"
        if link.kind == "input":
            late = f", due {Clock(link.at, clock.zone).at(link.due)}" if link.due else ""
            return f"{link.name} came {at}{late}"
        name = link.name if link.dag == self.run.key.dag else f"{link.dag}.{link.name}"
        return f"{name} {at}" + (f" ({link.tries} tries)" if link.tries > 1 else "")

    def _gap_lines(self, gaps: tuple[Missed, ...], verb: str = "Made") -> list[str]:
        return [f"{verb} {self._gap_line(gap)}" for gap in gaps]

    def _gap_line(self, gap: Missed) -> str:
        due = f"due {self.clock.at(gap.due)}, " if gap.due else ""
        if gap.came is None:
            fate = "and is still not here"
        else:
            late = f", {ago(gap.came - gap.due)} late" if gap.due and gap.came > gap.due else ""
            fate = f"and came {self.clock.at(gap.came)}{late}"
        return (
            f"without {gap.input}: it was not there when {gap.task} started {self.clock.at(gap.started)} "
            f"({due}{fate}). {gap.task} reads {gap.input} but does not wait for it."
        )

    def _gap_helps(self, gaps: tuple[Missed, ...]) -> tuple[str, ...]:
        return tuple(f"let {gap.task} wait: put {gap.input} under its `needs`" for gap in gaps)

    # ended without an attempt

    def _upstream_failed(self, task: str, cell: Cell) -> Answer:
        bad = self._bad_ups(task)
        roots = tuple(dict.fromkeys(root for up in bad for root in self._failed_above(up)))
        said = listed([f"{up} {'failed' if self.run.cells[up].state == 'failed' else 'did not run'}" for up in bad])
        return Answer(
            f"{task} did not run ({self.clock.at(cell.since)}): {said}, and {self._wants(cell.rule)}.",
            tuple(self._failed(root, self.run.cells[root]) for root in roots),
            tuple(f"mend {root}, then run it and all below it again" for root in roots[:1]),
        )

    def _bad_ups(self, task: str) -> list[str]:
        return [up for up in self._ups(task) if self.run.cells[up].state in ("failed", "upstream_failed")]

    def _failed_above(self, task: str) -> list[str]:
        """The failures because of which this one did not succeed: itself, or those above it."""
        if self.run.cells[task].state == "failed":
            return [task]
        return [root for up in self._bad_ups(task) for root in self._failed_above(up)]

    def _skipped(self, task: str, cell: Cell) -> Answer:
        skipped_above = any(self.run.cells[up].state == "skipped" for up in self._ups(task))
        tail = ("A skipped task has not succeeded.",) if cell.rule == "all_success" and skipped_above else ()
        return Answer(
            f"{task} was skipped {self.clock.at(cell.since)}, on purpose: {self._wants(cell.rule)}.",
            (self._upstream_states(task), *tail),
        )

    def _upstream_states(self, task: str) -> str:
        states = [f"{up} {FIELD_NAMES.get(s := self.run.cells[up].state, s)}" for up in self._ups(task)]
        return f"Upstream: {', '.join(states)}."

    def _removed(self, task: str, cell: Cell) -> Answer:
        tries = plural(cell.tries, "try", "tries")
        so_far = f"after {tries}, and before it had ended well" if cell.tries else "before it had run"
        return Answer(f"{task} was taken out of {self.run.key.dag} {self.clock.at(cell.since)}, {so_far}.")

    def _ups(self, task: str) -> tuple[str, ...]:
        return self.run.plan.tasks[task].ups if task in self.run.plan.tasks else ()


# Task states in the words of the field's users.
FIELD_NAMES = {
    "none": "not started",
    "scheduled": "waits for a slot",
    "up_for_retry": "waits for retry",
    "upstream_failed": "did not run",
}
_DOING = {
    "none": "has not started",
    "scheduled": "itself waits for a slot",
    "up_for_retry": "itself waits for its next try",
}
# What the trigger rules ask for.
_TRIGGERS = {
    "all_success": "all its upstream tasks to succeed",
    "all_failed": "all its upstream tasks to fail",
    "all_done": "all its upstream tasks to end, well or not",
    "all_done_min_one_success": "all its upstream tasks to end, and at least one to succeed",
    "one_success": "one of its upstream tasks to succeed",
    "one_failed": "one of its upstream tasks to fail",
    "one_done": "one of its upstream tasks to succeed or fail",
    "none_failed": "all its upstream tasks to end, and none to fail",
    "none_failed_min_one_success": "all its upstream tasks to end, none to fail, and at least one to succeed",
    "none_skipped": "all its upstream tasks to end, and none to be skipped",
    "all_skipped": "all its upstream tasks to be skipped",
}
# Where the time went.
_SPENT = {
    "input": "waiting for inputs",
    "task": "waiting for other DAGs",
    "clock": "waiting for its run to start",
    "worked": "work",
    "retried": "retries",
    "queued": "queue",
    "other": "other",
}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
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


def _shortened(names: list[str], most: int = 4) -> list[str]:
    """At most so many names, and how many more there are."""
    return names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]


def _in_words(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _reckoned(policy: RetryPolicy, number: int, pause: timedelta) -> str:
    """How the pause after failure `number` (from 1) came about, where that is not the plain delay."""
    if policy.jitter != "none":
        return f", drawn with jitter {policy.jitter}"
    factor = Fraction(str(policy.backoff)) ** (number - 1)  # as a float it may be too large
    if pause == policy.cap and int(policy.delay.total_seconds()) * factor > int(pause.total_seconds()):
        return ", the longest that is allowed (cap)"
    if policy.backoff == 1 or number == 1:
        return ""
    how = "doubled" if policy.backoff == 2 else f"times {policy.backoff:g}"
    often = {1: "once", 2: "twice"}.get(number - 1, f"{number - 1} times")
    return f": {ago(policy.delay)}, {how} {often}"
