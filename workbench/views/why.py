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
from workbench.model import DagSpec, InvalidInput, nearest
from workbench.timetable import Cron, Partition, format_instant
from workbench.views.chain import chain, missed
from workbench.views.clock import Clock
from workbench.views.phrases import Phrases
from workbench.views.rule_lines import rule_line

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
    run = known.run_of(dag, key) if key else _newest(known, dag, task)
    if run is not None and task in run.cells:
        return _of_run(known, now, run, task)
    window = spec.grid.parse(key) if key else None
    headline = _no_run(known, now, dag, task, window) if run is None else _not_in_run(known, now, run, task)
    return Why(dag, window.key if window else "", task, now, "none", 0, headline)


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
    if not run.plan.tasks[task].task.retries.max and run.cells[task].retry_at is None:
        verdicts = [one for one in verdicts if one[0] != "retry_pause_is_over"]
    return (clock, *(_check(phrases, task, rule, verdict) for rule, verdict in verdicts))


def _check(phrases: Phrases, task: str, rule: str, verdict: Pass | Wait | Settle) -> Check:
    text = rule_line(phrases, task, rule, verdict)
    if isinstance(verdict, Wait):
        return Check(rule, False, text, verdict.on, verdict.since, verdict.until)
    return Check(rule, True if isinstance(verdict, Pass) else None, text, getattr(verdict, "on", ()))


def _cause(link: Any) -> Cause:
    spans = (int(span.total_seconds()) for span in (link.worked, link.retried, link.queued))
    worked, retried, queued = spans
    return Cause(link.kind, link.dag, link.name, link.partition, link.at, link.due, worked, retried, queued, link.tries)


def _no_run(known: Known, now: datetime, dag: str, task: str, window: Partition | None) -> str:
    """Why there is no run, in a sentence."""
    spec = known.plans[dag].spec
    clock = Clock(now, spec.zone)
    if task not in known.plans[dag].tasks:
        return f"{task} is no longer part of {dag}, and has no run there."
    if spec.cron is None:
        return f"{task} has not run: {dag} has no schedule, so nothing starts it."
    if window is None:
        return f"{task} has not run: no run of {dag} has been made yet."
    day, tick = _spoken(spec, window, now), spec.cron.after(window.end - _SECOND)
    if spec.start is not None and window.start < spec.start:
        return f"{task} of {day} does not exist: {dag} starts with {_spoken(spec, _first(spec), now)}."
    if spec.end is not None and window.start >= spec.end:
        return f"{task} of {day} does not exist: {dag} ends before {clock.full(spec.end)}."
    if tick is None or spec.grid.last_ended(tick) != window:
        return f"{task} of {day} has no run: {_no_tick(spec, window)}"
    if tick < known.live_since:
        return f"{task} of {day} is not in this simulation: it was due {clock.full(tick)}, before the start."
    return f"{task} of {day} has no run yet: the clock makes it {clock.full(tick)}."


def _spoken(spec: DagSpec, window: Partition, now: datetime) -> str:
    """The window in words, with its year when that is not the year of now."""
    words, year = spec.grid.spoken(window), window.start.astimezone(spec.zone).year
    return words if year == now.astimezone(spec.zone).year or str(year) in words else f"{words} {year}"


def _no_tick(spec: DagSpec, window: Partition) -> str:
    """The clock starts nothing for this window: it never would, or the local time is one that clocks skip."""
    shifted = Cron(spec.schedule or "", spec.zone, "shift", spec.fold).after(window.end - _SECOND)
    if shifted is None or spec.grid.last_ended(shifted) != window:
        return f"its schedule, {spec.schedule} in {spec.timezone}, never starts one for it."
    return (
        f"the local time at which it would start does not exist (clocks in {spec.timezone} go forward), and "
        f"{spec.name} skips such times. Nothing failed: no retry, no alert."
    )


def _first(spec: DagSpec) -> Partition:
    """The first window that begins at the DAG's start or later."""
    assert spec.start is not None
    window = spec.grid.containing(spec.start)
    return window if window.start >= spec.start else spec.grid.next(window)


def _not_in_run(known: Known, now: datetime, run: Run, task: str) -> str:
    """Why a run that is there does not have this task."""
    dag, day = run.key.dag, run.plan.spec.grid.spoken(run.window)
    if task not in known.plans[dag].tasks:
        return f"{task} is not in the run of {day}: it was taken out of {dag} before."
    ended = f", which ended {Clock(now, run.plan.spec.zone).at(run.ended)}" if run.ended else ""
    return f"{task} is not in the run of {day}{ended}: it was added to {dag} later."


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


def _input_hint(known: Known, name: str) -> str:
    tasks = [(n, t.task) for plan in known.plans.values() for n, t in plan.tasks.items()]
    users = [n for n, task in tasks if name in (*task.needs, *task.reads)]
    asks = f"; ask about a task that takes it: {' or '.join(users)}" if users else ", and no task takes it"
    return f"'{name}' is an input, which somebody else delivers{asks}"


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
    if task in known.homes:
        raise InvalidInput([_input_hint(known, task)])
    every = {name for plan in known.plans.values() for name in plan.tasks}
    raise InvalidInput([f"no task is called '{task}'{nearest(task, every)}"])


def _newest(known: Known, dag: str, task: str) -> Run | None:
    """The DAG's newest run with this task; the newest of all when none has it."""
    runs = [run for key, run in known.runs.items() if key.dag == dag]
    return max(runs, key=lambda r: (task in r.cells, r.created, r.key), default=None)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
