"""Verbs about the world: lines -> faults, through the same data that a scenario file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench import ordering
from workbench.engine import Known
from workbench.given import instant_in, is_clock, made_at
from workbench.model import DagSpec, InvalidInput
from workbench.ordering import Order, Target, target_of
from workbench.ordering.here import refuse, unknown
from workbench.ordering.targets import every_task, span_of, tasks_named, window_of
from workbench.timetable import format_instant
from workbench.verbs.grammar import Command
from workbench.views.clock import listed

if TYPE_CHECKING:
    from workbench.session import Session

_MOST_DAYS = 100
Data = dict[str, Any]
Orders = Callable[["Session", Command], Order]


def ordered(session: Session, key: str, every: list[Data]) -> Order:
    """The order that injects faults of one kind, from their data."""
    here = session.here()
    try:
        return ordering.inject(here, [ordering.read_fault(here, key, data) for data in every])
    except InvalidInput as error:
        told = [problem.message.replace(f"fault 1 ({key})", "the fault") for problem in error.problems]
        raise InvalidInput(told) from None


def late(session: Session, command: Command) -> Order:
    """An input comes a span after it is due, or at a time."""
    target, by, at = target_of(command.one("INPUTS")), command.get("SPAN"), command.get("at")
    if (by is None) == (at is None):
        raise refuse("late needs how much, or at which time: late jfk@2013-01-03 95m, late jfk@2013-01-03 at 07:35")
    spec = home_of_input(session, target.name)
    days = days_of(spec, target)
    if by is not None:
        every = [{"input": target.name, "partition": day, "by": by} for day in days]
    else:
        assert at is not None
        every = [{"input": target.name, "partition": day, "arrives": time_on(spec, day, at, session)} for day in days]
    return ordered(session, "late", every)


def never(session: Session, command: Command) -> Order:
    target = target_of(command.one("INPUTS"))
    days = days_of(home_of_input(session, target.name), target)
    return ordered(session, "never", [{"input": target.name, "partition": day} for day in days])


def of_task(key: str, *words: str, **usual: str) -> Orders:
    """The maker of orders for a fault about a task (or a pattern of tasks) and perhaps some days. `words`: the fields
    that are words of the verb; `usual`: what holds for a field when nothing is said."""

    def made(session: Session, command: Command) -> Order:
        target = target_of(command.one("TASKS"))
        values: Data = {**usual, **{word: command.one(word) for word in words if word in command}}
        values |= _tries(command)
        return ordered(session, key, [{"task": target.name, **day, **values} for day in _task_days(session, target)])

    return made


def _tries(command: Command) -> Data:
    """`2` is a number of tries, `20%` a chance."""
    text = command.get("TRIES")
    if text is None:
        return {}
    return {"rate": text} if text.endswith("%") else {"tries": text}


def fail(session: Session, command: Command) -> Order:
    usual = {} if "TRIES" in command else {"tries": "1"}
    return of_task("flaky", "after", **usual)(session, command)


def slow(session: Session, command: Command) -> Order:
    if ("factor" in command) == ("takes" in command):
        raise refuse("slow needs how slow: slow clean factor 3, or slow clean takes 45m")
    return of_task("slow", "factor", "takes", "tries")(session, command)


def varies(session: Session, command: Command) -> Order:
    target = target_of(command.one("TASKS"))
    values: Data = {"takes": command.all("SPAN"), **({"in_turn": True} if "in_turn" in command else {})}
    values |= {"tries": command.one("tries")} if "tries" in command else {}
    return ordered(session, "varies", [{"task": target.name, **day, **values} for day in _task_days(session, target)])


def choose(session: Session, command: Command) -> Order:
    target, names = target_of(command.one("TASKS")), command.all("NAME")
    follow = [] if names == ["none"] else names
    known = session.state.known
    for dag, task in tasks_named(known, target.name):
        below = [name for _, name in known.plans[dag].tasks[task].downs]
        for name in follow:
            if name not in below:
                raise unknown(f"task below {task} is", name, below)
    every = [{"task": target.name, "follow": follow, **day} for day in _task_days(session, target)]
    return ordered(session, "choice", every)


def while_(key: str, *words: str) -> Orders:
    """The maker of orders for a fault with a beginning and an end."""

    def made(session: Session, command: Command) -> Order:
        target = target_of(command.one("WHERE")) if "WHERE" in command else None
        values: Data = {word: command.one(word) for word in words if word in command}
        start, until = _span(session, command, target)
        values |= {"from": format_instant(start), "until": format_instant(until)}
        return ordered(session, key, [{**({"task": target.name} if target else {}), **values}])

    return made


def quota(session: Session, command: Command) -> Order:
    words = ("at_once", "calls", "per", "ban_after", "ban_within", "ban", "after")
    if "at_once" not in command and "calls" not in command:
        raise refuse("quota needs at_once or calls: quota extract at_once 2, or quota extract calls 100 per 1h")
    values = {word: command.one(word) for word in words if word in command}
    return ordered(session, "quota", [{"task": _without_day(command.one("WHERE")).name, **values}])


def deploy(session: Session, command: Command) -> Order:
    """Now it is a command; at a later time it is a fact of the world, as in a scenario."""
    name, version, at = command.one("CODE"), command.one("VERSION"), command.get("at")
    if at is None:
        return ordering.deploy(session.here(), name, version)
    moment = _moment(session, target_of(name), at)
    if moment <= session.now:
        raise refuse(f"{at} is not ahead; to deploy now, write: deploy {name} {version}")
    return ordered(session, "deploy", [{"task": name, "version": version, "at": format_instant(moment)}])


# days and times


def about_input(then: Orders) -> Orders:
    """A maker of orders about an input, which also takes a task that senses one input and nothing else."""

    def made(session: Session, command: Command) -> Order:
        target = target_of(command.one("INPUTS"))
        name = input_meant(session.state.known, target.name)
        if name == target.name:
            return then(session, command)
        order = then(session, command.saying("INPUTS", str(target._replace(name=name))))
        return order._replace(notes=(f"{target.name} waits for {name}, so that is what is meant", *order.notes))

    return made


def input_meant(known: Known, name: str) -> str:
    """The input of that name, or the only one that the task of that name senses. Raises InvalidInput when there is
    none, or which is not clear."""
    if name in known.homes:
        return name
    inputs = {f"{dag}.{task}": _sensed(known, dag, task) for dag, task in every_task(known)}
    sensors = {task.rpartition(".")[2]: task for task, found in inputs.items() if found}
    try:
        places = tasks_named(known, name)
    except InvalidInput:
        raise unknown("input", name, [*known.homes, *sensors]) from None
    found = list(dict.fromkeys(one for dag, task in places for one in inputs[f"{dag}.{task}"]))
    if len(found) == 1 and len(places) == 1:
        return found[0]
    if found:
        raise refuse(f"{name} waits for {listed(found)}; write one of them")
    raise refuse(f"{name} is a task, and no sensor of an input; inputs: {listed(sorted(known.homes)) or 'none'}")


def _sensed(known: Known, dag: str, task: str) -> tuple[str, ...]:
    sensor = known.plans[dag].tasks[task].task.sensor
    return tuple(name for name in sensor.on if name in known.homes) if sensor else ()


def home_of_input(session: Session, name: str) -> DagSpec:
    """The DAG on whose grid the days of an input lie."""
    known = session.state.known
    return known.plans[known.homes[input_meant(known, name)]].spec


def days_of(spec: DagSpec, target: Target) -> list[str]:
    """The days of a target; `last` is the newest that has ended at... a target of the world has its days by name."""
    if target.first == target.last:
        return [window_of(spec, target.first).key]
    first, last = span_of(spec, target)
    found = [window.key for window in islice(spec.grid.between(first.start, last.end), _MOST_DAYS + 1)]
    if len(found) > _MOST_DAYS:
        raise refuse(f"{target.days} has more than {_MOST_DAYS} days; write a shorter range")
    return found


def _task_days(session: Session, target: Target) -> Iterator[Data]:
    """`{"partition": day}` for each day of a target; `{}` for every day."""
    if not target.first:
        return iter(({},))
    spec = _spec_of(session, target.name)
    if spec is None:
        if target.first != target.last:
            raise refuse(f"{target.name} takes one day or none: {target.name}@{target.first}")
        return iter(({"partition": target.first},))
    return ({"partition": day} for day in days_of(spec, target))


def _spec_of(session: Session, name: str) -> DagSpec | None:
    """The DAG that a name is about, if it is about one."""
    known = session.state.known
    if name.startswith("pool:"):
        return None
    dags = {dag for dag, _ in tasks_named(known, name)}
    return known.plans[dags.pop()].spec if len(dags) == 1 else None


def _span(session: Session, command: Command, target: Target | None) -> tuple[datetime, datetime]:
    """From when until when. A bare clock time of the end is the first such time after the beginning."""
    begin, end = command.get("from"), command.one("until")
    start = _moment(session, target, begin) if begin is not None else session.now
    zone = _zone(session, target)
    until = instant_in(zone, end, start) if is_clock(end) else _moment(session, target, end)
    if is_clock(end) and until <= start:
        until = instant_in(zone, end, start + timedelta(days=1))
    if until <= start:
        raise refuse(f"until {end} is not after its beginning; write a later time")
    return start, until


def _zone(session: Session, target: Target | None) -> ZoneInfo:
    spec = _spec_of(session, target.name) if target else None
    return spec.zone if spec is not None else session.zone


def _moment(session: Session, target: Target | None, text: str) -> datetime:
    """A time in the zone of the target's DAG; a bare clock time on the day on which its run is made, or today."""
    spec = _spec_of(session, target.name) if target else None
    if spec is None or target is None:
        return instant_in(session.zone, text, session.now)
    return instant_in(spec.zone, text, made_at(spec, target.first) if target.first else session.now)


def time_on(spec: DagSpec, day: str, at: str, session: Session) -> str:
    return format_instant(instant_in(spec.zone, at, made_at(spec, day)))


def _without_day(text: str) -> Target:
    target = target_of(text)
    if target.first:
        raise refuse(f"A quota holds for every day; write {target.name} without a day")
    return target
