"""Two futures side by side: the first event that differs and its cause, then how each task came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from workbench.engine import Event, Known, Run, RunKey, State
from workbench.engine.events import (
    COMMANDS,
    AttemptEnded,
    AttemptStarted,
    CodeDeployed,
    DeadlineMissed,
    InputArrived,
    RunStarted,
    SchedulerStarted,
    SchedulerStopped,
    TaskQueued,
    WorkDone,
)
from workbench.views.clock import Clock, common_zone, plural
from workbench.views.compare_data import (
    DATA_EVENTS,
    ReadOutcome,
    got_said,
    home_of_event,
    likeness,
    not_so_of_data,
    reads_apart,
    subject_of_data,
)
from workbench.views.shown import Shown
from workbench.views.tell import line
from workbench.views.why import explain


class Future(Protocol):
    """What a comparison asks of a branch."""

    name: str
    log: list[Event]
    horizon: datetime

    def state_at(self, position: int) -> State: ...

    def position_at(self, instant: datetime) -> int: ...


@dataclass(frozen=True)
class Difference:
    """The first event that differs. `because`: the commands since the two futures parted, which is why. `zone`: that of
    the DAG it is about, in which all of this is told."""

    at: datetime
    subject: str
    in_a: str
    in_b: str
    because: tuple[str, ...]
    zone: str = "UTC"


@dataclass(frozen=True)
class Side:
    """How a task came out in one future; times are UTC."""

    state: str = ""
    ended: datetime | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Outcome:
    """One task instance in both futures."""

    dag: str
    partition: str
    task: str
    a: Side
    b: Side
    n: int = 1


@dataclass(frozen=True)
class Comparison(Shown):
    """Two futures, `a` and `b` by name. `first` is None while nothing differs; `outcomes` are those that do,
    and `reads` what consumers got that was not the same. `zones`: (DAG, its zone), in which its times are told.
    `picture`: makes both side by side as HTML, where somebody can look at more than sentences."""

    a: str
    b: str
    first: Difference | None
    outcomes: tuple[Outcome, ...]
    zones: tuple[tuple[str, str], ...] = ()
    reads: tuple[ReadOutcome, ...] = ()
    picture: Callable[[], str] | None = field(default=None, compare=False, repr=False)

    def _repr_html_(self) -> str:
        return self.picture() if self.picture is not None else super()._repr_html_()

    def __str__(self) -> str:
        if self.first is None:
            return f"{self.a} and {self.b} are the same so far."
        return "\n".join(comparison_lines(self, Clock(self.first.at, ZoneInfo(self.first.zone))))


def compare(a: Future, b: Future, until: datetime) -> Comparison:
    """Compare two futures up to an instant (UTC), as far as both have been simulated."""
    until = min(a.horizon, b.horizon, until)
    known_a, known_b = (x.state_at(x.position_at(until)).known for x in (a, b))
    zones = tuple((dag, plan.spec.timezone) for dag, plan in (known_a.plans | known_b.plans).items())
    first = _first(a, b, until)  # a run that was only asked for just now has done nothing yet
    if first is None:
        return Comparison(a.name, b.name, None, (), zones)
    reads = tuple(reads_apart(known_a, known_b))
    return Comparison(a.name, b.name, first, tuple(_outcomes(known_a, known_b)), zones, reads)


def _first(a: Future, b: Future, until: datetime) -> Difference | None:
    """The first instant at which they do not do the same, in whatever order."""
    for at, left, right in _instants(a, b, until):
        only_a, only_b = _without(left, right), _without(right, left)
        if only_a or only_b:
            return _difference(a, b, at, only_a, only_b)
    return None


def _without(some: list[Any], others: list[Any]) -> list[Any]:
    """Those that are not among the others. The number of the cause shifts with the commands in front of it."""
    there = {likeness(event) for event in others}
    return [event for event in some if likeness(event) not in there]


def _difference(a: Future, b: Future, at: datetime, only_a: list[Any], only_b: list[Any]) -> Difference:
    known_a, known_b = (x.state_at(x.position_at(at)).known for x in (a, b))
    told = _most_telling(only_a) or _most_telling(only_b) or (only_a or only_b)[0]
    in_a, in_b = (_side(known, events, told, at) for known, events in ((known_a, only_a), (known_b, only_b)))
    clock = Clock(at, _zone(known_b, told))
    because = (*_commands(a, b, at, clock), *_commands(b, a, at, clock))
    subject = _subject(known_a if only_a else known_b, told)
    return Difference(at, subject, in_a, in_b, because, clock.zone.key)


def _most_telling(events: list[Any]) -> Any:
    """What happened to a task or an input says more than what it wrote in the same instant."""
    return next((event for event in events if not isinstance(event, DATA_EVENTS)), None)


def _instants(a: Future, b: Future, until: datetime) -> Iterator[tuple[datetime, list[Any], list[Any]]]:
    """What each did at every instant at which one of them did something; commands left out."""
    left, right = _by_instant(a, until), _by_instant(b, until)
    one, two = next(left, None), next(right, None)
    while one is not None or two is not None:
        at = min(x[0] for x in (one, two) if x is not None)
        yield at, one[1] if one and one[0] == at else [], two[1] if two and two[0] == at else []
        one = next(left, None) if one and one[0] == at else one
        two = next(right, None) if two and two[0] == at else two


def _by_instant(x: Future, until: datetime) -> Iterator[tuple[datetime, list[Any]]]:
    consequences = (e for e in x.log[: x.position_at(until)] if not isinstance(e, COMMANDS))
    return ((at, list(events)) for at, events in groupby(consequences, key=lambda event: event.at))


def _zone(known: Known, event: Any) -> ZoneInfo:
    """The zone of the DAG that the event is about; the common one when it is about none."""
    if isinstance(event, SchedulerStopped | SchedulerStarted):
        return common_zone(known)
    if isinstance(event, DATA_EVENTS):
        home = home_of_event(known, event)
        return known.plans[home].spec.zone if home is not None else common_zone(known)
    dag = known.homes[event.input] if isinstance(event, InputArrived) else _dag_of(event)
    return known.plans[dag].spec.zone


def _dag_of(event: Any) -> str:
    return str(event.dag if isinstance(event, DeadlineMissed) else event.run.dag)


def _subject(known: Known, event: Any) -> str:
    """What it is about, as people name it."""
    if isinstance(event, DATA_EVENTS):
        return subject_of_data(known, event)
    if isinstance(event, SchedulerStopped | SchedulerStarted):
        return "the scheduler"
    if isinstance(event, InputArrived):
        return f"{event.input}@{event.partition}"
    if isinstance(event, DeadlineMissed):
        name = event.task.rpartition(":")[2]
        return f"{event.dag}{f'.{name}' if name else ''}@{event.partition}, its deadline"
    run: RunKey = event.run
    return f"{run.dag}.{event.task}@{run.partition}" if hasattr(event, "task") else f"{run.dag}@{run.partition}"


def _side(known: Known, events: list[Any], told: Any, at: datetime) -> str:
    """What this future did about the subject at that instant."""
    event = next((e for e in events if _subject(known, e) == _subject(known, told)), None)
    if event is not None:
        return _did(known, event)
    if isinstance(told, DATA_EVENTS):
        return not_so_of_data(known, told)
    if isinstance(told, _OUTSIDE):
        return _not_so(known, told)
    run = known.runs.get(told.run)
    if run is None:
        return "it has no run."
    if not hasattr(told, "task"):
        return f"its run is {run.state}."
    return (
        explain(known, at, _subject(known, told)).headline if told.task in run.cells else f"it has no task {told.task}."
    )


_OUTSIDE = (InputArrived, DeadlineMissed, SchedulerStopped, SchedulerStarted, WorkDone)


def _not_so(known: Known, told: Any) -> str:
    """The future in which this fact from outside did not come."""
    if isinstance(told, InputArrived):
        return _not_come(known, told)
    if isinstance(told, WorkDone):
        return f"no job of {told.task} was done then."
    if isinstance(told, DeadlineMissed):
        kind, _, name = told.task.rpartition(":")
        return f"{name or told.dag} {_MET[kind]} by then, or had no deadline."
    return "the scheduler runs." if known.up else "the scheduler is down."


def _not_come(known: Known, told: InputArrived) -> str:
    """It has not come at all; or it came before, and this once only."""
    place = told.input, told.partition
    again = known.again.get(place, ())
    before = again[-1] if again else known.arrived.get(place)
    if before is None:
        return f"{told.input} has not come."
    clock = Clock(told.at, _zone(known, told))
    rows = f" with {plural(before.rows, 'row')}" if before.rows is not None else ""
    return f"{told.input} came {clock.at(before.at)}{rows}; it did not come again."


_MET = {"": "had succeeded", "input": "had come", "dataset": "was live"}


def _did(known: Known, event: Any) -> str:
    if isinstance(event, TaskQueued | AttemptStarted) and not _is_sensor(known, event):
        return f"{event.task} started: {_asked(known, event)}"
    if isinstance(event, RunStarted):
        return "its run starts: its tasks may start."
    if isinstance(event, AttemptEnded) and event.reason == "check":
        return f"{event.task} fails (try {event.number}) by its check: {event.message}."
    said = line(known, event)
    return f"{said.text}." if said is not None else f"{event.task} gets its slot."


def _is_sensor(known: Known, event: Any) -> bool:
    plan = known.runs[event.run].plan.tasks.get(event.task)
    return isinstance(event, AttemptStarted) and plan is not None and plan.task.sensor is not None


def _asked(known: Known, event: Any) -> str:
    run = known.runs[event.run]
    plan, cell = run.plan.tasks.get(event.task), run.cells[event.task]
    if plan is None:
        return "it was taken out later."
    if cell.base:
        return "it was cleared, to run again." if cell.tries <= cell.base + 1 else "its next try was due."
    if cell.tries > 1:
        return "its next try was due."
    others = [*plan.ups, *(need.text for need in (*plan.inputs, *plan.elsewhere))]
    return (
        f"all it waits for had come ({', '.join(others)})."
        if others
        else _MADE.get(run.key.kind, "only the clock was asked.")
    )


# What made a run, where it was not the clock.
_MADE = {
    "manual": "somebody asked for its run.",
    "backfill": "a backfill asked for its run.",
    "data": "its data had come.",
}


def _commands(x: Future, other: Future, at: datetime, clock: Clock) -> Iterator[str]:
    """What was commanded here and not there, each with its instant."""
    for event in commands_apart(x, other, at):
        who = "" if isinstance(event, CodeDeployed) else "you: "
        yield f"in {x.name}, {clock.full(event.at)}, {who}{event.sentence}"


def commands_apart(x: Future, other: Future, at: datetime) -> Iterator[Any]:
    """The commands of `x` until an instant (UTC) that the other has not. What both have, said before they parted or in
    each, explains nothing; the number of the cause shifts with what stands in front of it."""
    theirs = [(type(event), event[:-1]) for event in other.log[: other.position_at(at)] if isinstance(event, COMMANDS)]
    for event in x.log[: x.position_at(at)]:
        if not isinstance(event, COMMANDS):
            continue
        if (type(event), event[:-1]) in theirs:
            theirs.remove((type(event), event[:-1]))
            continue
        yield event


def _outcomes(a: Known, b: Known) -> Iterator[Outcome]:
    for key in sorted(a.runs.keys() | b.runs.keys()):
        runs = a.runs.get(key), b.runs.get(key)
        names: dict[str, None] = {}
        for run in runs:
            names.update(dict.fromkeys(run.cells if run else ()))
        for task in names:
            left, right = (_outcome(run, task) for run in runs)
            if left != right:
                yield Outcome(key.dag, key.partition, task, left, right, key.n)


def _outcome(run: Run | None, task: str) -> Side:
    cell = run.cells.get(task) if run else None
    if cell is None:
        return Side()
    last = cell.attempts[-1] if cell.attempts else None
    return Side(cell.state, last.ended if last else None, last.rows if last else None)


def comparison_lines(found: Comparison, clock: Clock) -> list[str]:
    """The comparison as text, to be read top down: each time in the zone of the DAG that it is about; `clock` says
    where one stands, and its zone is not used."""
    if found.first is None:
        return [f"{found.a} and {found.b} are the same so far."]
    head, rows = comparison_table(found, clock)
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return [
        *head,
        "",
        *("  " + "   ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows),
    ]


def comparison_table(found: Comparison, clock: Clock) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Of futures that differ: the lines above, and the rows of the table, the names of the futures first."""
    first = found.first
    assert first is not None
    zones, clock = dict(found.zones), Clock(clock.now, ZoneInfo(first.zone))
    head = [f"First difference: {clock.full(first.at)}, {first.subject}"]
    head += [f"  {found.a}: {first.in_a}", f"  {found.b}: {first.in_b}", *(f"  Because {b}." for b in first.because)]
    if len(set(zones.values())) > 1:
        head.append(f"  Times: {', '.join(f'{dag} in {zone}' for dag, zone in zones.items())}.")
    rows = [("", found.a, found.b)]
    # One day: then the readers need not name it again.
    alone = len({o.partition for o in found.outcomes} | {r.wanted for r in found.reads}) == 1
    rows += [
        (f"{o.task} of {o.partition}{f', run {o.n}' if o.n > 1 else ''}", side_said(o.a, own), side_said(o.b, own))
        for o in found.outcomes
        for own in [Clock(clock.now, ZoneInfo(zones.get(o.dag, first.zone)))]
    ]
    rows += [
        (f"{r.consumer}{of}", got_said(r.a, r.wanted, clock), got_said(r.b, r.wanted, clock))
        for r in found.reads
        for of in ["" if alone else f" of {r.wanted}"]
    ]
    return head, rows


def side_said(side: Side, clock: Clock) -> str:
    """`success 06:15, 596 rows`."""
    rows = f", {plural(side.rows, 'row')}" if side.rows is not None else ""
    ended = f" {clock.at(side.ended)}" if side.ended else ""
    state = {"none": "not started", "up_for_reschedule": "looks again later"}.get(
        side.state, side.state.replace("_", " ")
    )
    return f"{state or '–'}{ended}{rows}"
