"""Faults while a simulation runs: which there are, whether a new one comes too late, and each in a sentence.

A sentence holds times in the zone of the fault's DAG (`zone_of`), as people of that DAG say them, and names the zone
where DAGs live in several.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from workbench.engine import Known, State
from workbench.model import InvalidInput
from workbench.scenario.data_parts import Correction, CrashAfterWrite, OnFiles
from workbench.scenario.data_sentences import SENTENCES as OF_DATA
from workbench.scenario.data_sentences import when
from workbench.scenario.fields import format_factor, format_rate
from workbench.scenario.naming import POOL, is_pattern
from workbench.scenario.parts import (
    Bug,
    Choice,
    Deploy,
    Fault,
    Flaky,
    Hang,
    Late,
    LostAnswer,
    Never,
    Outage,
    Quota,
    Scenario,
    SchedulerDown,
    Slow,
    Varies,
    WorkerLost,
    Zombie,
)
from workbench.scenario.reading import fault_from_data, fault_to_data
from workbench.scenario.zones import day_of, zone_named, zone_of
from workbench.timetable import UTC, spoken_duration

_MOST_TOLD = 4


class Numbered(NamedTuple):
    """A fault with its number (from 1: the scenario's first, then the injected ones), and since when it holds."""

    number: int
    fault: Fault
    holds: datetime
    lifted: bool


def faults_of(scenario: Scenario, state: State) -> list[Numbered]:
    """Every fault, also those that were lifted, in the order of their numbers."""
    given = [(fault, state.known.live_since) for fault in scenario.faults] + list(state.faults)
    return [Numbered(n, fault, holds, n in state.lifted) for n, (fault, holds) in enumerate(given, 1)]


def check_fault(fault: Fault, known: Known, now: datetime) -> Fault:
    """The fault with its names made whole. Raises InvalidInput for unknown names, and when it comes too late."""
    fault = fault_from_data(fault_to_data(fault), known.workspace())
    if too_late := _too_late(fault, known, now):
        raise InvalidInput([f"{too_late}{zone_named(fault, known)}; go back first"])
    return fault


def _too_late(fault: Fault, known: Known, now: datetime) -> str:
    zone = zone_of(fault, known)
    if isinstance(fault, Late | Never) and (fault.input, fault.partition) in known.arrived:
        came = known.arrived[fault.input, fault.partition].at
        return f"{fault.input} of {day_of(fault, known, fault.partition)} has come already, {when(came, zone)}"
    if isinstance(fault, Outage | SchedulerDown) and fault.until <= now:
        what = "outage" if isinstance(fault, Outage) else "absence of the scheduler"
        return f"this {what} ended {when(fault.until, zone)}, before now"
    if isinstance(fault, Deploy) and fault.at < now:
        return f"this deploy was to come {when(fault.at, zone)}, before now"
    return _file_is_there(fault, known, now, zone) if isinstance(fault, OnFiles) else ""


def _file_is_there(fault: Any, known: Known, now: datetime, zone: tzinfo) -> str:
    """Faults on files touch those that are still to come; so does a correction, which brings the file again."""
    if isinstance(fault, Correction):
        return f"this correction was to come {when(fault.at, zone)}, before now" if fault.at < now else ""
    if getattr(fault, "until", None) is not None and fault.until <= now:
        return f"the right file was to come {when(fault.until, zone)}, before now"
    place = fault.input, getattr(fault, "partition", None) or ""
    if place not in known.arrived:
        return ""
    return f"{place[0]} of {day_of(fault, known, place[1])} has come already, {when(known.arrived[place].at, zone)}"


def sentence_of(fault: Fault, within: Known | tzinfo = UTC) -> str:
    """The fault in words. Times are in a zone, or in that of the fault's DAG among those that are known; then its days
    are said as people say them."""
    timed = _TIMED.get(type(fault))
    zone = zone_of(fault, within) if isinstance(within, Known) else within
    told = timed(fault, zone) if timed is not None else _SENTENCES[type(fault)](fault)
    if not isinstance(within, Known):
        return told
    return _in_days(told, fault, within) + (zone_named(fault, within) if timed is not None else "")


def _in_days(told: str, fault: Any, known: Known) -> str:
    """`jfk of Thu 3 Jan` for `jfk of 2013-01-03`."""
    keys = [getattr(fault, word, None) for word in ("partition", "first", "last")]
    for key in filter(None, keys):
        day = day_of(fault, known, key)
        if day != key:
            told = told.replace(f", at {key}", f", for {day}").replace(key, day)
    return told


def _span(start: datetime, until: datetime, zone: tzinfo) -> str:
    return f"{start.astimezone(zone):%a %H:%M} to {until.astimezone(zone):%a %H:%M}"


def _task(name: str) -> str:
    """`load`, "any task of daily", "any task in the pool api"."""
    if name == "*":
        return "any task"
    if name.startswith(POOL):
        return f"any task in the pool {name.removeprefix(POOL)}"
    dag, _, rest = name.rpartition(".")
    if rest == "*":
        return f"any task of {dag}"
    return f"any {name}" if is_pattern(name) else name


def _tries(fault: Any) -> str:
    """ "the first try of load", "the first 2 tries of load", "every try of load"."""
    if fault.tries is None:
        return f"every try of {_task(fault.task)}"
    return f"the first {'try' if fault.tries == 1 else f'{fault.tries} tries'} of {_task(fault.task)}"


def _many(fault: Any) -> bool:
    return fault.tries is not None and fault.tries > 1


def _at(partition: str | None) -> str:
    return f", at {'every partition' if partition is None else partition}"


def _late(fault: Late, zone: tzinfo) -> str:
    return f"{fault.input} of {fault.partition} comes {when(fault.arrives, zone)}"


def _never(fault: Never) -> str:
    return f"{fault.input} of {fault.partition} never comes"


def _flaky(fault: Flaky) -> str:
    if fault.rate is not None:
        return f"tries of {_task(fault.task)} fail with a chance of {format_rate(fault.rate)}{_at(fault.partition)}"
    return f"{_tries(fault)} {'fail' if _many(fault) else 'fails'}{_at(fault.partition)}"


def _outage(fault: Outage, zone: tzinfo) -> str:
    told = [f"what {_task(fault.task)} calls is down {_span(fault.start, fault.until, zone)}"]
    if fault.capacity is not None:
        told.append(f"after that it serves {_calls(fault.capacity)} a minute")
    if fault.overload is not None:
        told.append(f"more than {fault.overload} within a minute knock it down for {spoken_duration(fault.again)}")
    return "; ".join(told)


def _calls(count: int) -> str:
    return "one call" if count == 1 else f"{count} calls"


def _quota(fault: Quota) -> str:
    limits = [] if fault.at_once is None else [f"{_calls(fault.at_once)} at the same time"]
    if fault.calls is not None:
        limits.append(f"{_calls(fault.calls)} within {spoken_duration(fault.per)}")
    told = f"what {_task(fault.task)} calls serves {' and '.join(limits)}"
    if fault.ban_after is None:
        return told
    refused = f"{fault.ban_after} refused within {spoken_duration(fault.ban_within)}"
    return f"{told}; {refused} mean a ban for {spoken_duration(fault.ban)}"


def _bug(fault: Bug) -> str:
    return f"version {fault.version} of {_task(fault.task)} fails{_at(fault.partition)}"


def _deploy(fault: Deploy, zone: tzinfo) -> str:
    return f"version {fault.version} of {fault.task} is deployed {when(fault.at, zone)}"


def _slow(fault: Slow) -> str:
    lasts = "last" if _many(fault) else "lasts"
    if fault.takes is not None:
        return f"{_tries(fault)} {lasts} {spoken_duration(fault.takes)}{_at(fault.partition)}"
    times = format_factor(fault.factor) if fault.factor is not None else "1"
    return f"{_tries(fault)} {lasts} {times} times as long{_at(fault.partition)}"


def _varies(fault: Varies) -> str:
    lasts = "last" if _many(fault) else "lasts"
    return f"{_tries(fault)} {lasts} {_one_of(fault)}{_at(fault.partition)}"


def _one_of(fault: Varies) -> str:
    """`4 min`, "one of 12 measured spans, 4 min to 31 min", "4 min, then 7 min"."""
    short, long = min(fault.takes), max(fault.takes)
    if short == long:
        return spoken_duration(short)
    if fault.in_turn and len(fault.takes) <= _MOST_TOLD:
        return ", then ".join(map(spoken_duration, fault.takes))
    order = ", in turn" if fault.in_turn else ""
    return f"one of {len(fault.takes)} spans, {spoken_duration(short)} to {spoken_duration(long)}{order}"


def _hang(fault: Hang) -> str:
    return f"{_tries(fault)} never {'end' if _many(fault) else 'ends'}{_at(fault.partition)}"


def _worker_lost(fault: WorkerLost) -> str:
    noticed = f"noticed {spoken_duration(fault.noticed)} later"
    return f"the worker of {_tries(fault)} dies after {spoken_duration(fault.after)}, {noticed}{_at(fault.partition)}"


def _zombie(fault: Zombie) -> str:
    cut = f"the worker of {_tries(fault)} is cut off after {spoken_duration(fault.after)} and works on"
    return f"{cut}, given up {spoken_duration(fault.noticed)} later{_at(fault.partition)}"


def _lost_answer(fault: LostAnswer) -> str:
    lost = "do their work, and the answers are" if _many(fault) else "does its work, and the answer is"
    return f"{_tries(fault)} {lost} lost{_at(fault.partition)}"


def _crash_after_write(fault: CrashAfterWrite) -> str:
    does = "write, and crash at their ends" if _many(fault) else "writes, and crashes at its end"
    return f"{_tries(fault)} {does}{_at(fault.partition)}"


def _scheduler_down(fault: SchedulerDown, zone: tzinfo) -> str:
    return f"the scheduler is away {_span(fault.start, fault.until, zone)}"


def _choice(fault: Choice) -> str:
    if not fault.follow:
        return f"{_task(fault.task)} lets nothing pass{_at(fault.partition)}"
    return f"{_task(fault.task)} chooses {' and '.join(fault.follow)}{_at(fault.partition)}"


_SENTENCES: dict[type[Any], Callable[[Any], str]] = {
    Never: _never,
    Flaky: _flaky,
    Quota: _quota,
    Bug: _bug,
    Slow: _slow,
    Varies: _varies,
    Hang: _hang,
    WorkerLost: _worker_lost,
    Zombie: _zombie,
    LostAnswer: _lost_answer,
    Choice: _choice,
    CrashAfterWrite: _crash_after_write,
}
# Those that hold an instant.
_TIMED: dict[type[Any], Callable[[Any, tzinfo], str]] = {
    Late: _late,
    Outage: _outage,
    Deploy: _deploy,
    SchedulerDown: _scheduler_down,
    **OF_DATA,
}
