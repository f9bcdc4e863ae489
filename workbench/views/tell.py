"""One event as one sentence, and a stretch of the log as a story: lines with a time, a weekday where it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from workbench.engine import Event, Known
from workbench.engine.data_events import VersionWritten
from workbench.engine.events import (
    AttemptEnded,
    AttemptStarted,
    CodeDeployed,
    DagEdited,
    DagPaused,
    DeadlineMissed,
    FaultInjected,
    FaultLifted,
    InputArrived,
    RunCreated,
    RunEnded,
    RunsRequested,
    SchedulerStarted,
    SchedulerStopped,
    SettingsChanged,
    TaskScheduled,
    TasksCleared,
    TaskSettled,
    TasksKilled,
    TasksMarked,
    WorkDone,
)
from workbench.engine.plan import TaskPlan
from workbench.model import Sensor, after_window
from workbench.views.chain import missed_by
from workbench.views.clock import Clock, ago, common_zone, day, listed, plural
from workbench.views.data_words import DEADLINE_SAID, told_nobody
from workbench.views.deadlines import owner_of
from workbench.views.lines import Line as Line
from workbench.views.tell_data import DATA_WORDS, written_and_live


def line(known: Known, event: Event) -> Line | None:
    """The event in words; None for what nobody needs to read (a queue that is left at once)."""
    words = _WORDS.get(type(event))
    return None if words is None else words(known, event)


def story(known: Known, events: Iterable[Event]) -> list[Line]:
    """The lines of some events. `known`: any state in which their DAGs are known. A sensor that looks again and again
    is told once, and so is a version that is live as soon as it is written."""
    looked: set[tuple[Any, ...]] = set()
    events = list(events)
    both = written_and_live(events)
    kept = ((n, event) for n, event in enumerate(events) if not _again(event, looked) and not _told_below(event, both))
    found = ((n, line(known, event)) for n, event in kept)
    return [replace(told, place=n) for n, told in found if told is not None]


def _told_below(event: Event, both: set[tuple[str, str, int]]) -> bool:
    """Was it written and published at one instant? Then the second says both."""
    return isinstance(event, VersionWritten) and (event.dataset, event.partition, event.n) in both


def _again(event: Event, looked: set[tuple[Any, ...]]) -> bool:
    """Is it one more look of a try of which a look was told? What ends the try is told."""
    if not isinstance(event, AttemptStarted | AttemptEnded):
        return False
    one = (event.run, event.task, event.number)
    if one in looked:
        return isinstance(event, AttemptStarted) or event.state == "up_for_reschedule"
    if isinstance(event, AttemptEnded) and event.state == "up_for_reschedule":
        looked.add(one)
    return False


def as_text(lines: Iterable[Line], clock: Clock, named: bool = False) -> list[str]:
    """`06:00  extract starts`, with the day as a heading whenever it changes; `named`: and with the zone."""
    found: list[str] = []
    today = ""
    for told in together(lines):
        local = told.at.astimezone(clock.zone)
        if day(local) != today:
            today = day(local)
            found.append(f"{today}, {clock.zone.key}" if named else today)
        found.append(f"  {local:%H:%M}  {told.text}")
    return found


# So many alike lines of one instant are told as one.
MANY_ALIKE = 4


def together(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those that say the same of many at one instant as one: what goes as it should, never a failure."""
    for at, some in groupby(lines, key=lambda one: one.at):
        here = list(some)
        alike: dict[str, list[str]] = {}
        for one in here:
            alike.setdefault(one.alike, []).append(one.who)
        for one in here:
            names = alike[one.alike]
            if not one.alike or len(names) < MANY_ALIKE:
                yield one
            elif one.who == names[0]:
                said = one.alike.format(n=len(names))
                yield Line(at, f"{said}: {names[0]} ... {names[-1]}", one.mood, place=one.place)


def window_of(known: Known, dag: str, partition: str) -> str:
    """`Thu 3 Jan`."""
    grid = known.plans[dag].spec.grid
    return grid.spoken(grid.parse(partition))


def _named(known: Known, event: Any) -> str:
    several = sum(event.task in plan.tasks for plan in known.plans.values()) > 1
    return f"{event.run.dag}.{event.task}" if several else str(event.task)


def _clock(known: Known, event: Any) -> Clock:
    """In the zone of the whole story: one story, one zone."""
    return Clock(event.at, common_zone(known))


# runs


def _run_created(known: Known, event: RunCreated) -> Line:
    dag, window = event.run.dag, window_of(known, event.run.dag, event.run.partition)
    if event.due is None:
        data = known.plans[dag].spec.data
        names = listed(data.any, "or") if data and data.any else listed(data.all) if data else "its data"
        return Line(event.at, f"{dag} starts for {window}: {names} came")
    late = f", {ago(event.at - event.due)} late" if event.at > event.due else ""
    alike = "" if late else f"the clock starts {{n}} DAGs for {_braced(window)}"
    return Line(event.at, f"the clock starts {dag} for {window}{late}", "late" if late else "", dag, alike)


def _run_ended(known: Known, event: RunEnded) -> Line:
    why = ", by deadlock: its tasks wait for ends that never come" if event.reason == "deadlock" else ""
    text = f"{event.run.dag} for {window_of(known, event.run.dag, event.run.partition)}: {event.state}{why}"
    if event.state != "success":
        return Line(event.at, text, "bad")
    window = _braced(window_of(known, event.run.dag, event.run.partition))
    return Line(event.at, text, "good", event.run.dag, f"{{n}} DAGs for {window}, success")


# tasks


def _scheduled(known: Known, event: TaskScheduled) -> Line:
    return Line(event.at, f"{_named(known, event)} is ready and waits for a slot", "late")


def _settled(known: Known, event: TaskSettled) -> Line:
    name = _named(known, event)
    if event.rule in _ON_PURPOSE:
        return Line(event.at, f"{name} is skipped: {_ON_PURPOSE[event.rule]}")
    why = "something above it failed" if event.state == "upstream_failed" else f"skipped by {event.rule}"
    return Line(event.at, f"{name} will not run: {why}", "bad")


_ON_PURPOSE = {"branch": "the branch above it picked others", "short_circuit": "a short circuit stopped all below it"}


def _sensor(known: Known, event: Any) -> Sensor | None:
    run = known.runs.get(event.run)
    plan: TaskPlan | None = run.plan.tasks.get(event.task) if run is not None else None
    return plan.task.sensor if plan is not None else None


def _started(known: Known, event: AttemptStarted) -> Line:
    number = f" (try {event.number})" if event.number > 1 else ""
    sensor = _sensor(known, event)
    what = f"looks for {listed(sensor.on)}" if sensor is not None else "starts"
    said = f"look for {listed(sensor.on)}" if sensor is not None else "start"
    who = _named(known, event)
    return Line(event.at, f"{who} {what}{number}", "", who, f"{{n}} tasks {_braced(said)}{number}")


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _ended(known: Known, event: AttemptEnded) -> Line:
    return _ENDS.get(event.state, _ended_badly)(known, event)


def _ended_well(known: Known, event: AttemptEnded) -> Line:
    rows = f", {plural(event.rows, 'row')}" if event.rows is not None else ""
    gaps = [gap.input for gap in missed_by(known, known.runs[event.run], event.task)]
    without = f", without {listed(gaps)}" if gaps else ""
    picked = (
        ""
        if event.followed is None
        else f": picks {listed(event.followed)}"
        if event.followed
        else ": stops all below it"
    )
    again = f", work not done again ({event.message})" if event.message else ""
    sees = "sees what it looked for" if _sensor(known, event) is not None else "ends well"
    who, tail = _named(known, event), f"{rows}{without}{again}{picked}"
    many = "see what they looked for" if _sensor(known, event) is not None else "end well"
    return Line(event.at, f"{who} {sees}{tail}", "late" if gaps else "good", who, "" if tail else f"{{n}} tasks {many}")


def _looks_again(known: Known, event: AttemptEnded) -> Line:
    sensor = _sensor(known, event)
    every = f", then every {ago(sensor.every)}" if sensor is not None and not sensor.backoff else ""
    at = _clock(known, event).at(event.retry_at) if event.retry_at is not None else "later"
    who = _named(known, event)
    return Line(
        event.at, f"{who} does not see it: again {at}{every}", "late", who, f"{{n}} tasks do not see it (again {at})"
    )


def _gave_up(known: Known, event: AttemptEnded) -> Line:
    return Line(event.at, f"{_named(known, event)} gives up and is skipped: {event.message}", "late")


def _ended_badly(known: Known, event: AttemptEnded) -> Line:
    then = "no try is left" if event.retry_at is None else f"again {_clock(known, event).at(event.retry_at)}"
    # What the check saw is the line before this one.
    why = "by its check" if event.reason == "check" else event.message
    return Line(event.at, f"{_named(known, event)} fails (try {event.number}): {why}; {then}", "bad")


_ENDS: dict[str, Callable[[Known, AttemptEnded], Line]] = {
    "success": _ended_well,
    "up_for_reschedule": _looks_again,
    "skipped": _gave_up,
}


def _work_done(known: Known, event: WorkDone) -> Line:
    text = f"the job of {_named(known, event)} (try {event.number}) is done, and the orchestrator does not know"
    return Line(event.at, text, "late")


# from outside


def _arrived(known: Known, event: InputArrived) -> Line:
    spec = known.plans[known.homes.get(event.input) or known.former[event.input]].spec
    window = spec.grid.parse(event.partition)
    expected = spec.inputs[event.input].expected if event.input in spec.inputs else None
    late = event.at - after_window(expected, window, spec.zone) if expected is not None else None
    rows = f", {plural(event.rows, 'row')}" if event.rows is not None else ""
    first = known.arrived.get((event.input, event.partition))
    if first is not None and first.at < event.at:
        return Line(event.at, f"{event.input} of {spec.grid.spoken(window)} comes again{rows}", "late")
    is_late = late is not None and late.total_seconds() > 0
    tail = f", {ago(late)} late" if late is not None and is_late else ""
    return Line(event.at, f"{event.input} of {spec.grid.spoken(window)} comes{rows}{tail}", "late" if is_late else "")


def _deadline(known: Known, event: DeadlineMissed) -> Line:
    spec = known.plans[event.dag].spec
    kind, _, name = event.task.rpartition(":")
    what = f"{name or event.dag} of {window_of(known, event.dag, event.partition)} {DEADLINE_SAID[kind]}"
    if known.roster or known.routes:  # who is told, and whether anybody is, has a line of its own
        return Line(event.at, f"deadline missed: {what}", "bad")
    return Line(event.at, f"deadline missed: {what}; {told_nobody(owner_of(spec, event.task), 'is told')}", "bad")


def _stopped(known: Known, event: SchedulerStopped) -> Line:
    return Line(event.at, "the scheduler stops: nothing is decided any more; what runs goes on", "bad")


def _back(known: Known, event: SchedulerStarted) -> Line:
    spans = [event.at - start for start, end in known.away if end == event.at]
    return Line(event.at, f"the scheduler is back{f', after {ago(spans[0])}' if spans else ''}", "good")


def _deployed(known: Known, event: CodeDeployed) -> Line:
    return Line(event.at, event.sentence)


def _command(known: Known, event: Any) -> Line:
    return Line(event.at, f"you: {event.sentence}", "you")


_WORDS: dict[type[Any], Callable[[Known, Any], Line]] = {
    RunCreated: _run_created,
    RunEnded: _run_ended,
    TaskScheduled: _scheduled,
    TaskSettled: _settled,
    AttemptStarted: _started,
    AttemptEnded: _ended,
    WorkDone: _work_done,
    InputArrived: _arrived,
    DeadlineMissed: _deadline,
    SchedulerStopped: _stopped,
    SchedulerStarted: _back,
    CodeDeployed: _deployed,
    FaultInjected: _command,
    FaultLifted: _command,
    DagEdited: _command,
    SettingsChanged: _command,
    DagPaused: _command,
    TasksCleared: _command,
    TasksMarked: _command,
    TasksKilled: _command,
    RunsRequested: _command,
    **DATA_WORDS,
}
