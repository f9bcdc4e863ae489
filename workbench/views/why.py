"""Why a task instance is as it is, as values and in sentences.

It shows the very verdicts that the scheduler acts on, and knows only what an orchestrator knows: never when a late
input will come. `explain` gives a frozen `Why`; `why.schema.json` beside this file describes its JSON. Of a whole run
`why_run.explain_run` tells the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from workbench.engine import FINISHED, Known, Run, every_verdict
from workbench.engine.state import UNDER_WAY
from workbench.engine.verdicts import Pass, Settle, Wait
from workbench.timetable import format_instant
from workbench.views.chain import Link, chain, made, missed
from workbench.views.clock import Clock, has_zones
from workbench.views.no_run import no_run
from workbench.views.phrases import answer
from workbench.views.phrases_backfills import chosen_line
from workbench.views.phrases_sensors import watched_line
from workbench.views.rule_lines import rule_line
from workbench.views.shown import Shown
from workbench.views.targets import newest, target_of, writer_of_dataset
from workbench.views.wording import Phrases

__all__ = ["Cause", "Check", "NotThere", "Why", "as_json", "explain", "not_there", "target_of"]


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
    sensed: int


@dataclass(frozen=True)
class NotThere:
    """An input that was taken without waiting, and was not there. `came` None: it has not come yet. `waits`: the task
    waits for it now, since an edit that came too late for this try."""

    task: str
    input: str
    partition: str
    started: datetime
    due: datetime | None
    came: datetime | None
    waits: bool = False


@dataclass(frozen=True)
class Why(Shown):
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
        data = as_json(asdict(self))
        assert isinstance(data, dict)
        return data

    def __str__(self) -> str:
        marks = {True: "✔", False: "✖", None: "⊘"}
        rules = [f"  {marks[c.passed]} {c.text}" for c in self.checks]
        return "\n".join(
            [self.headline, *(f"  {s}" for s in self.sentences), *rules, *(f"  → {h}" for h in self.helps)]
        )


def explain(known: Known, now: datetime, target: str) -> Why:
    """Why `task`, `task@partition` or `dag.task@partition` is as it is at `now` (UTC). Of a dataset, why the task is
    that writes it. Raises InvalidInput for a name that is not there, with the nearest one that is."""
    name, at, day = target.partition("@")
    if writer := writer_of_dataset(known, name.strip()):
        found = explain(known, now, f"{writer}{at}{day}")
        return replace(found, headline=f"{name.strip()} is written by {writer}. {found.headline}")
    dag, task, key = target_of(known, target)
    spec = known.plans[dag].spec
    run = known.run_of(dag, key) if key else newest(known, dag, task)
    if run is not None and task in run.cells:
        return _of_run(known, now, run, task)
    window = spec.grid.parse(key) if key else None
    if run is not None:
        return Why(dag, key, task, now, "none", 0, _not_in_run(known, now, run, task))
    none = no_run(known, now, dag, window, task)
    return Why(dag, key, task, now, "none", 0, none.headline, none.sentences, helps=none.helps)


def _of_run(known: Known, now: datetime, run: Run, task: str) -> Why:
    cell, p = run.cells[task], Phrases(known, now, run)
    causes, gaps = (chain(known, run, task, p.befores) if cell.attempts else ()), missed(known, run, task)
    headline, sentences, helps = answer(p, task, causes, gaps)
    sentences = (*sentences, *chosen_line(p), *zone_line(p))
    return Why(
        run.key.dag, run.key.partition, task, now, cell.state, cell.tries, headline, sentences,
        _checks(p, task), tuple(_cause(link) for link in causes), not_there(gaps), helps,
    )  # fmt: skip


def _checks(p: Phrases, task: str) -> tuple[Check, ...]:
    """While it waits: what each rule says. Rules that every task has, and that hold up few, are left out when they
    pass."""
    run, cell = p.run, p.run.cells[task]
    if cell.state in UNDER_WAY and p.is_sensor(task):
        return (Check("sensor", False, watched_line(p, task), run.plan.tasks[task].task.sensor.on),)  # type: ignore[union-attr]
    if cell.state in FINISHED or cell.state in UNDER_WAY or run.ended is not None:
        return ()
    away = () if p.known.up else (_scheduler(p),)
    silent = (
        {"dag_is_on"}
        if run.plan.tasks[task].task.retries.max or cell.retry_at
        else {"dag_is_on", "retry_pause_is_over"}
    )
    asked = every_verdict(p.known, run, task, p.now)
    shown = [one for one in asked if one[0] not in silent or not isinstance(one[1], Pass)]
    return (*away, _made(p), *(_check(p, task, rule, verdict) for rule, verdict in shown))


def _made(p: Phrases) -> Check:
    said = {"manual": "by hand", "backfill": "backfill", "data": "data"}.get(made(p.run).kind, "clock")
    return Check("clock", True, f"{said}: {p.at(p.run.created)}", since=p.run.created)


def _scheduler(p: Phrases) -> Check:
    since = p.known.away[-1][0]
    return Check("scheduler", False, f"scheduler: down since {p.at(since)}", since=since)


def _check(p: Phrases, task: str, rule: str, verdict: Pass | Wait | Settle) -> Check:
    text = rule_line(p, task, rule, verdict)
    if isinstance(verdict, Wait):
        return Check(rule, False, text, verdict.on, verdict.since, verdict.until)
    return Check(rule, True if isinstance(verdict, Pass) else None, text, getattr(verdict, "on", ()))


def _cause(link: Link) -> Cause:
    spans = (int(s.total_seconds()) for s in (link.worked, link.retried, link.queued, link.sensed))
    worked, retried, queued, sensed = spans
    return Cause(
        link.kind, link.dag, link.name, link.partition, link.at, link.due, worked, retried, queued, link.tries, sensed
    )


def zone_line(p: Phrases) -> tuple[str, ...]:
    """In which zone the times are, where the DAGs have several."""
    return (f"Times in {p.clock.zone.key}.",) if has_zones(p.known) else ()


def not_there(gaps: Any) -> tuple[NotThere, ...]:
    """Inputs that were taken without waiting, as values."""
    return tuple(NotThere(*gap) for gap in gaps)


def _not_in_run(known: Known, now: datetime, run: Run, task: str) -> str:
    """Why a run that is there does not have this task."""
    dag, day = run.key.dag, run.plan.spec.grid.spoken(run.window)
    if task not in known.plans[dag].tasks:
        return f"{task} is not in the run of {day}: it was taken out of {dag} before."
    ended = f", which ended {Clock(now, run.plan.spec.zone).at(run.ended)}" if run.ended else ""
    return f"{task} is not in the run of {day}{ended}: it was added to {dag} later."


def as_json(value: Any) -> Any:
    """Dataclasses' dicts as JSON data: instants are ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, tuple | list) else value
