"""The verb `story`: what happened on a day or some days, in one run, or to one task of it. It tells what has happened
up to the cursor, and nothing of what is ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.engine import Event, Known
from workbench.engine.data_events import (
    AlertAnswered,
    AlertSent,
    CheckRan,
    ConsumersTold,
    DatasetRead,
    PointersMoved,
    RowsSetAside,
    VersionPublished,
)
from workbench.engine.events import BackfillChanged, DeadlineMissed, InputArrived
from workbench.given import instant_in
from workbench.ordering import target_of
from workbench.ordering.here import refuse
from workbench.ordering.targets import Target, no_run, runs_at, spoken, tasks_named
from workbench.verbs.grammar import Command
from workbench.verbs.kinds import is_date
from workbench.verbs.moves import Answer, said
from workbench.views.clock import day, listed, plural
from workbench.views.happened import Happened

if TYPE_CHECKING:
    from workbench.engine import Run
    from workbench.session import Session

# A story of one day may be long; more than this nobody reads.
MOST_LINES = 400


def story(session: Session, command: Command) -> Answer:
    """Of the days or the run that were named; of the cursor's own day if none was."""
    text = command.get("STORY") or f"{session.now.astimezone(session.zone):%Y-%m-%d}"
    first, dots, last = text.partition("..")
    if is_date(first):
        return _of_days(session, text, first, last if dots else first)
    return _of_run(session, target_of(text))


def _of_days(session: Session, text: str, first: str, last: str) -> Answer:
    """Days of the calendar, in the session's zone: what happened on them, whichever partition it was about."""
    begin = instant_in(session.zone, f"{first} 00:00", session.now)
    end = instant_in(session.zone, f"{last} 00:00", session.now)
    if end < begin:
        raise refuse(f"{text} ends before it begins; write {last}..{first}")
    after = instant_in(session.zone, f"{date.fromisoformat(last) + timedelta(days=1)} 00:00", session.now)
    if begin > session.now:
        raise refuse(f"{first} is still ahead: it is {said(session, session.now)}")
    found = [event for event in session.events if begin <= event.at < after]
    if first == last:
        return _told(session, _spoken_day(begin, session), found, f"ask for one run: story {_a_run(found)}")
    span = f"{_spoken_day(begin, session)} to {_spoken_day(end, session)}"
    return _told(session, span, found, f"ask for one day: story {first}")


def _spoken_day(at: datetime, session: Session) -> str:
    local = at.astimezone(session.zone)
    return f"{day(local)} {local.year}"


def _a_run(found: list[Event]) -> str:
    run = next((event.run for event in reversed(found) if hasattr(event, "run")), None)
    return f"{run.dag}@{run.partition}" if run is not None else "DAG@DAY"


def _of_run(session: Session, target: Target) -> Answer:
    known = session.state.known
    whole = target.name in known.plans and not any(target.name in plan.tasks for plan in known.plans.values())
    places = [(target.name, "")] if whole else tasks_named(known, target.name)
    runs = [(run, task) for dag, task in places for run in runs_at(known, dag, target, task)]
    if not runs:
        raise no_run(known, places[0][0], target)
    found = [event for event in session.events if any(_is_about(known, event, run, task) for run, task in runs)]
    names = list(dict.fromkeys(f"{task or run.key.dag} of {spoken(run)}" for run, task in runs))
    span = listed(names) if len(names) <= 4 else f"{len(names)} runs, {names[0]} to {names[-1]}"
    return _told(session, span, found, f"ask for one day: story {target.name}@{runs[-1][0].key.partition}")


def _is_about(known: Known, event: Event, run: Run, task: str) -> bool:
    """Is it about the newest run of a partition, or one task of it: its own events, what it takes, and commands?"""
    about: _About = _ABOUT.get(type(event), _of_its_own)
    return about(known, event, run, task)


def _of_its_own(known: Known, event: Any, run: Run, task: str) -> bool:
    if hasattr(event, "run"):
        return bool(event.run == run.key and task in ("", getattr(event, "task", task)))
    if hasattr(event, "instances"):
        return any(key == run.key and (not task or task in tasks) for key, tasks in event.instances)
    if hasattr(event, "ends"):
        return any(key == run.key and task in ("", name) for key, name, *_ in event.ends)
    return any(key == run.key for key, *_ in getattr(event, "runs", ()))


def _deadline(known: Known, event: Any, run: Run, task: str) -> bool:
    same = (event.dag, event.partition) == (run.key.dag, run.key.partition)
    kind, _, name = event.task.rpartition(":")
    if not task or not event.task or not same:
        return same
    plan = run.plan.tasks.get(task)
    return name == task if not kind else plan is not None and name in {*_taken(plan.task), *plan.writes}


def _arrival(known: Known, event: Any, run: Run, task: str) -> bool:
    """Does the run take it, of its own window?"""
    window = known.plans[known.homes.get(event.input) or known.former[event.input]].spec.grid.parse(event.partition)
    if not (window.start < run.window.end and run.window.start < window.end):
        return False
    tasks = [run.plan.tasks[task]] if task in run.plan.tasks else run.plan.tasks.values()
    return any(event.input in _taken(plan.task) for plan in tasks)


def _taken(task: Any) -> set[str]:
    on = task.sensor.on if task.sensor is not None else ()
    return {name.partition("@")[0] for name in (*task.needs, *task.reads, *task.requires, *on)}


# data: of the versions that the run wrote, whoever reads or judges them


def _version(known: Known, event: Any, run: Run, task: str) -> bool:
    version = known.data.get((event.dataset, event.partition, event.n))
    return version is not None and version.run == run.key and task in ("", version.task)


def _alert(known: Known, event: Any, run: Run, task: str) -> bool:
    alert = event if isinstance(event, AlertSent) else known.data.alerts.get(event.alert)
    if alert is None or (alert.dag, alert.partition) != (run.key.dag, run.key.partition):
        return False
    return not task or alert.subject.partition(".")[0] in ("", task, *_written(run, task))


def _moved(known: Known, event: Any, run: Run, task: str) -> bool:
    wrote = _written(run, task)
    return any(name in wrote and day == run.key.partition for name, day, _ in event.moves)


def _told_of(known: Known, event: Any, run: Run, task: str) -> bool:
    return event.dataset in _written(run, task) and run.key.partition in event.partitions


def _set_aside(known: Known, event: Any, run: Run, task: str) -> bool:
    plans = [run.plan.tasks[task]] if task in run.plan.tasks else run.plan.tasks.values()
    taken = {name for plan in plans for name in (*_taken(plan.task), *plan.writes)}
    return event.dataset in taken and event.partition == run.key.partition


def _backfill(known: Known, event: Any, run: Run, task: str) -> bool:
    return bool(run.backfill == event.backfill)


def _written(run: Run, task: str) -> set[str]:
    plans = [run.plan.tasks[task]] if task in run.plan.tasks else run.plan.tasks.values()
    return {name for plan in plans for name in plan.writes}


_About = Callable[[Known, Any, Any, str], bool]
_ABOUT: dict[type[Any], _About] = {
    DeadlineMissed: _deadline,
    InputArrived: _arrival,
    CheckRan: _version,
    VersionPublished: _version,
    DatasetRead: _version,
    AlertSent: _alert,
    AlertAnswered: _alert,
    PointersMoved: _moved,
    ConsumersTold: _told_of,
    RowsSetAside: _set_aside,
    BackfillChanged: _backfill,
}


def _told(session: Session, span: str, events: list[Event], narrower: str) -> Answer:
    happened = Happened.of(events, session.state.known, session.zone)
    if not events:
        return Answer(f"{span}: nothing happened, so far as it is {said(session, session.now)}.")
    lines = str(happened).splitlines()
    many = plural(len(events), "event")
    if len(lines) > MOST_LINES:
        return Answer(f"{span}: {many} are too many; {narrower}")
    return Answer(f"{span}: {many}.", tuple(lines))
