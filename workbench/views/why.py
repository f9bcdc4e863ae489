"""Why a task instance is as it is, as values and in sentences.

It shows the very verdicts that the scheduler acts on, and knows only what an orchestrator knows: never when a late
input will come. `explain` gives a frozen `Why`; `why.schema.json` beside this file describes its JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from workbench.engine import FINISHED, Known, Run, every_verdict
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.model import InvalidInput, nearest
from workbench.timetable import Partition, format_instant
from workbench.views.chain import chain, missed
from workbench.views.clock import Clock
from workbench.views.phrases import Phrases

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Check:
    """One rule's answer. `passed` None: it settled the task for good. `on`: what it is about; times are UTC."""

    rule: str
    passed: bool | None
    text: str
    on: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Cause:
    """One link back to the root. `due`: when an input was expected; spans are seconds."""

    kind: str
    dag: str
    name: str
    partition: str
    at: datetime
    due: datetime | None
    worked: int
    retried: int
    queued: int
    tries: int


@dataclass(frozen=True)
class NotThere:
    """An input that was taken without waiting, and was not there. `came` None: it has not come yet."""

    task: str
    input: str
    partition: str
    started: datetime
    due: datetime | None
    came: datetime | None


@dataclass(frozen=True)
class Why:
    """The answer: `headline` first, then `sentences`; `checks` are the rules, `causes` lead back to the root."""

    dag: str
    partition: str
    task: str
    at: datetime
    state: str
    tries: int
    headline: str
    sentences: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    causes: tuple[Cause, ...] = ()
    not_there: tuple[NotThere, ...] = ()
    helps: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        data = _plain(asdict(self))
        assert isinstance(data, dict)
        return data

    def __str__(self) -> str:
        marks = {True: "✔", False: "✖", None: "⊘"}
        rules = [f"  {marks[c.passed]} {c.text}" for c in self.checks]
        return "\n".join(
            [self.headline, *(f"  {s}" for s in self.sentences), *rules, *(f"  → {h}" for h in self.helps)]
        )


def explain(known: Known, now: datetime, target: str) -> Why:
    """Why `task`, `task@partition` or `dag.task@partition` is as it is at `now` (UTC). Raises InvalidInput for a
    name that is not there, with the nearest one that is."""
    dag, task, key = target_of(known, target)
    spec = known.plans[dag].spec
    run = known.run_of(dag, key) if key else _newest(known, dag)
    if run is None or task not in run.cells:
        return _no_run(known, now, dag, task, spec.grid.parse(key) if key else None)
    return _of_run(known, now, run, task)


def _of_run(known: Known, now: datetime, run: Run, task: str) -> Why:
    cell = run.cells[task]
    phrases = Phrases(known, now, run)
    waiting = cell.state not in FINISHED and cell.state not in ("queued", "running")
    checks = _checks(phrases, run, task) if waiting else ()
    causes, gaps = (chain(known, run, task) if cell.attempts else ()), missed(known, run, task)
    headline, sentences, helps = phrases.answer(task, causes, gaps)
    return Why(
        run.key.dag, run.key.partition, task, now, cell.state, cell.tries, headline, sentences, checks,
        tuple(_cause(link) for link in causes), tuple(NotThere(*gap) for gap in gaps), helps,
    )  # fmt: skip


def _checks(phrases: Phrases, run: Run, task: str) -> tuple[Check, ...]:
    clock = Check("clock", True, f"clock: {phrases.clock.at(run.created)}", since=run.created)
    verdicts = every_verdict(phrases.known, run, task, phrases.now)
    return (clock, *(_check(phrases, task, rule, verdict) for rule, verdict in verdicts))


def _check(phrases: Phrases, task: str, rule: str, verdict: Pass | Wait | Settle) -> Check:
    text = phrases.rule(task, rule, verdict)
    if isinstance(verdict, Wait):
        return Check(rule, False, text, verdict.on, verdict.since, verdict.until)
    return Check(rule, True if isinstance(verdict, Pass) else None, text, getattr(verdict, "on", ()))


def _cause(link: Any) -> Cause:
    spans = (int(span.total_seconds()) for span in (link.worked, link.retried, link.queued))
    worked, retried, queued = spans
    return Cause(link.kind, link.dag, link.name, link.partition, link.at, link.due, worked, retried, queued, link.tries)


def _no_run(known: Known, now: datetime, dag: str, task: str, window: Partition | None) -> Why:
    spec = known.plans[dag].spec
    clock = Clock(now, spec.zone)
    tick = None if window is None or spec.cron is None else spec.cron.after(window.end - _SECOND)
    day = "it" if window is None else spec.grid.spoken(window)
    state, headline, helps = "none", f"{task} has not run: no run of {dag} has been made yet.", ()
    if spec.cron is None:
        headline = f"{task} has not run: {dag} has no schedule, so nothing starts it."
    elif window is not None and spec.start is not None and window.start < spec.start:
        headline = f"{task} of {day} does not exist: {dag} starts with {clock.full(spec.start)}."
    elif window is not None and spec.end is not None and window.start >= spec.end:
        headline = f"{task} of {day} does not exist: {dag} ends before {clock.full(spec.end)}."
    elif tick is not None and tick < known.live_since:
        headline = f"{task} of {day} is not in this simulation: it was due {clock.full(tick)}, before the start."
    elif tick is not None:
        headline = f"{task} of {day} has no run yet: the clock makes it {clock.full(tick)}."
    return Why(dag, window.key if window else "", task, now, state, 0, headline, helps=helps)


def target_of(known: Known, target: str) -> tuple[str, str, str]:
    """(dag, task, partition or ``) of `publish`, `publish@2013-01-03` or `daily_flights.publish@2013-01-03`."""
    name, _, day = target.partition("@")
    dag, _, task = name.strip().rpartition(".")
    dag = dag or _dag_of(known, task)
    if dag not in known.plans:
        raise InvalidInput([f"there is no DAG '{dag}'{nearest(dag, known.plans)}"])
    plan = known.plans[dag]
    if task not in plan.tasks and not _was_removed(known, dag, task):
        raise InvalidInput([f"DAG '{dag}' has no task '{task}'{nearest(task, plan.tasks)}"])
    try:
        return dag, task, plan.spec.grid.parse(day.strip()).key if day else ""
    except ValueError as error:
        raise InvalidInput([str(error)]) from None


def _was_removed(known: Known, dag: str, task: str) -> bool:
    return any(task in run.cells for key, run in known.runs.items() if key.dag == dag)


def _dag_of(known: Known, task: str) -> str:
    found = [name for name, plan in known.plans.items() if task in plan.tasks]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput([f"several DAGs have a task '{task}'; write {' or '.join(f'{d}.{task}' for d in found)}"])
    gone = [run.key.dag for run in known.runs.values() if task in run.cells]
    if gone:
        return gone[0]
    every = {name for plan in known.plans.values() for name in plan.tasks}
    raise InvalidInput([f"no task is called '{task}'{nearest(task, every)}"])


def _newest(known: Known, dag: str) -> Run | None:
    return max(
        (run for key, run in known.runs.items() if key.dag == dag), key=lambda r: (r.created, r.key), default=None
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
