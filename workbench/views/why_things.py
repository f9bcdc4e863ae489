"""Why an input, a dataset or a reader is as it is, in sentences. Pure, and only of what an orchestrator knows: never
when a late file will come, and never whether rows are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workbench.engine import Known, Run
from workbench.engine.catalog import Owed, Read, Version
from workbench.engine.monitor import route_of
from workbench.engine.rules.inputs import begins_before, is_here, is_live
from workbench.model import Consumer, DagSpec, after_window
from workbench.model.parts import span_of
from workbench.timetable import Partition, ticker
from workbench.views.alerts import alerts_of
from workbench.views.chain import missed, missed_by
from workbench.views.clock import Clock, ago, listed, plural
from workbench.views.data_due import not_live
from workbench.views.data_words import dataset_in, day_of, last_said, rows_said
from workbench.views.lineage import stale_of
from workbench.views.phrases_inputs import gap_lines
from workbench.views.proofs import not_proved
from workbench.views.reach import behind_elsewhere
from workbench.views.why import explain
from workbench.views.wording import Phrases, shortened

_SECOND = timedelta(seconds=1)
_MOST = 4


class Mark(NamedTuple):
    """One thing that was asked for: is it so? `passed` None: it settled the matter, or nobody asks. `target`: what it
    is about, where one can go there."""

    passed: bool | None
    text: str
    target: str = ""


@dataclass(frozen=True)
class Thing:
    """The answer about a thing that is no task: `question`, then `headline`, `marks` and `sentences`. `state` is a
    short word for how it stands."""

    question: str
    state: str
    headline: str
    marks: tuple[Mark, ...] = ()
    sentences: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()

    def __str__(self) -> str:
        marks = {True: "✔", False: "✖", None: "⊘"}
        lines = [f"  {marks[one.passed]} {one.text}" for one in self.marks]
        return "\n".join(
            [self.headline, *lines, *(f"  {s}" for s in self.sentences), *(f"  → {h}" for h in self.helps)]
        )


# an input


def input_told(known: Known, now: datetime, name: str, window: Partition) -> Thing:
    """When the partition was due, when it came, who takes it and who owns it. Times in the zone of its DAG."""
    spec = known.plans[known.homes[name]].spec
    clock, day = Clock(now, spec.zone), spec.grid.spoken(window)
    state = _state_of_input(known, now, name, spec, window)
    headline = _INPUTS[state](known, clock, name, spec, window, day)
    users = list(_users(known, name, window))
    return Thing(
        _INPUT_ASKS[state].format(name=name),
        state,
        headline,
        tuple(mark for use in users for mark in _use_mark(known, clock, name, window, *use, state)),
        (*_came_again(known, clock, name, window), _owner_line(known, now, spec, name, window, state)),
    )


def _state_of_input(known: Known, now: datetime, name: str, spec: DagSpec, window: Partition) -> str:
    if (name, window.key) in known.arrived:
        return "came"
    if begins_before(spec, window) or is_here(known, name, spec.name, window):
        return "before"
    expected = spec.inputs[name].expected
    if expected is None:
        return "unpromised"
    return "late" if after_window(expected, window, spec.zone) <= now else "ahead"


_INPUT_ASKS = {
    "came": "when did {name} come?",
    "before": "when did {name} come?",
    "unpromised": "why is {name} not here?",
    "late": "why is {name} not here?",
    "ahead": "when is {name} due?",
}


def _came(known: Known, clock: Clock, name: str, spec: DagSpec, window: Partition, day: str) -> str:
    one = known.arrived[name, window.key]
    rows = f" ({plural(one.rows, 'row')})" if one.rows is not None else ""
    expected = spec.inputs[name].expected
    if expected is None:
        return f"{name} of {day} came {clock.at(one.at)}{rows}. Nobody promised a time."
    due = after_window(expected, window, spec.zone)
    how = f"{ago(one.at - due)} late" if one.at > due else "in time"
    return f"{name} of {day} came {clock.at(one.at)}{rows}, {how}: it was due {clock.at(due)}."


def _late(known: Known, clock: Clock, name: str, spec: DagSpec, window: Partition, day: str) -> str:
    due = _due(spec, name, window)
    spell = f" ({ago(clock.now - due)} ago)" if clock.now > due else ""
    return f"{name} of {day} is not here: it was due {clock.at(due)}{spell}; nobody knows when it comes."


def _ahead(known: Known, clock: Clock, name: str, spec: DagSpec, window: Partition, day: str) -> str:
    due = _due(spec, name, window)
    return f"{name} of {day} is not here yet: it is due {clock.at(due)}, in {ago(due - clock.now)}."


def _unpromised(known: Known, clock: Clock, name: str, spec: DagSpec, window: Partition, day: str) -> str:
    return f"{name} of {day} is not here. Nobody promised a time, and nobody knows when it comes."


def _before(known: Known, clock: Clock, name: str, spec: DagSpec, window: Partition, day: str) -> str:
    return f"{name} of {day} is here: it came before {clock.full(known.live_since)}, when this begins."


_INPUTS = {"came": _came, "late": _late, "ahead": _ahead, "unpromised": _unpromised, "before": _before}


def _due(spec: DagSpec, name: str, window: Partition) -> datetime:
    return after_window(spec.inputs[name].expected, window, spec.zone)


# How a task takes an input, by the field that names it.
_TAKES = {"needs": "waits for it", "reads": "takes what is there", "requires": "fails without it", "on": "looks for it"}


def _users(known: Known, name: str, window: Partition) -> Iterator[tuple[str, str, str]]:
    """(DAG, task, how) of those that take an input or a dataset."""
    for dag, plan in known.plans.items():
        for task, one in plan.tasks.items():
            fields = {"needs": one.task.needs, "reads": one.task.reads, "requires": one.task.requires,
                      "on": one.task.sensor.on if one.task.sensor else ()}  # fmt: skip
            for how, texts in fields.items():
                if any(text.partition("@")[0] == name and text not in plan.tasks for text in texts):
                    yield dag, task, how


def _use_mark(
    known: Known, clock: Clock, name: str, window: Partition, dag: str, task: str, how: str, state: str
) -> Iterator[Mark]:
    """What the absence of an input did to one that takes it."""
    run, target = _run_at(known, dag, window), f"task:{dag}.{task}"
    gap = _gap(known, run, task, name) if run is not None else None
    if gap is not None:
        took = "waits for it only now" if how == "needs" else _TAKES[how]
        yield Mark(False, f"{task} {took}: it started {clock.at(gap)} without {name}", target)
    elif run is not None and task in run.cells and run.cells[task].tries:
        yield Mark(True, f"{task} {_TAKES[how]}: started {clock.at(_first_start(run, task))}", target)
    else:
        is_stuck = how == "needs" and state in ("late", "unpromised")
        yield Mark(False if is_stuck else None, f"{task} {_TAKES[how]}", target)


def _run_at(known: Known, dag: str, window: Partition) -> Run | None:
    found = known.plans[dag].spec.grid.containing(window.start)
    return known.run_of(dag, found.key)


def _gap(known: Known, run: Run, task: str, name: str) -> datetime | None:
    """When a task started without it, if it did."""
    if task not in run.cells:
        return None
    return next((one.started for one in missed_by(known, run, task) if one.input == name), None)


def _first_start(run: Run, task: str) -> datetime:
    cell = run.cells[task]
    return cell.attempts[0].started if cell.attempts else cell.started or cell.since


def _came_again(known: Known, clock: Clock, name: str, window: Partition) -> Iterator[str]:
    for one in known.again.get((name, window.key), ()):
        rows = f": {plural(one.rows, 'row')}" if one.rows is not None else ""
        yield f"It came again {clock.at(one.at)}{rows}."


def _owner_line(known: Known, now: datetime, spec: DagSpec, name: str, window: Partition, state: str) -> str:
    """Who answers for it, and whether they were told."""
    owner = spec.inputs[name].owner or spec.owner
    told = [one for one in alerts_of(known, now).alerts
            if one.subject == f"input:{name}" and one.partition == window.key]  # fmt: skip
    if told:
        return f"{told[-1].sentence[:1].upper()}{told[-1].sentence[1:]}: {told[-1].outcome}."
    who = f"{owner} owns it" if owner else "Nobody owns it"
    deadline = spec.inputs[name].deadline
    if state in ("came", "before"):
        return f"{who}."
    if deadline is None:
        return f"{who}, and is not told: {name} has no deadline."
    at = Clock(now, spec.zone).at(after_window(deadline, window, spec.zone))
    told_then = _told_then(known, spec, name, window)
    if not told_then:
        return f"{who}. Its deadline is {at}; nobody is told then."
    whom = "and" if told_then == owner else f"but {told_then}"
    return f"{who}, {whom} is told {at}, its deadline, if it has not come."


def _told_then(known: Known, spec: DagSpec, name: str, window: Partition) -> str:
    """Whom its deadline tells: where there are people, by the monitor's rule; else its owner."""
    if known.roster or known.routes:
        return route_of(known, Owed(0, "deadline", spec.name, window.key, f"input:{name}"))
    return spec.inputs[name].owner or spec.owner or ""


# a dataset


def dataset_told(known: Known, now: datetime, name: str, window: Partition) -> Thing:
    """What is live of the partition, who wrote it, what checks said, whether it is stale, and who reads it."""
    spec = known.plans[known.makers[name]].spec
    clock = Clock(now, spec.zone)
    live = known.data.live_version(name, window.key)
    newest = known.data.newest(name, window.key)
    is_old = live is None and newest is None and is_live(known, name, spec.name, window)
    state = "live" if live is not None else "before" if is_old else "not_live"
    headline = {"live": _is_live, "before": _was_live, "not_live": _is_not_live}[state](known, clock, name, window)
    old = stale_of(known, live.name) if live is not None else None
    stale = [old] if old is not None else []
    return Thing(
        f"why is {name} not public?" if state == "not_live" else f"is {name} what it should be?",
        state,
        headline,
        (*_check_marks(known, name, newest), *_unproved(known, name)),
        (*_writer_lines(known, now, name, window, newest), *(one.sentence for one in stale),
         *_reader_lines(known, clock, name, window)),
        tuple(f"notify about {name}@{window.key}" for one in stale[:1] if one.readers),
    )  # fmt: skip


def _is_live(known: Known, clock: Clock, name: str, window: Partition) -> str:
    one = known.data.live_version(name, window.key)
    assert one is not None
    newest = known.data.newest(name, window.key)
    more = f" Version {newest.n} is newer, and not live." if newest is not None and newest.n > one.n else ""
    return (
        f"{name} of {day_of(known, name, window.key)} is public since {clock.at(one.live[-1].since)}: "
        f"version {one.n}{rows_said(one)}.{more}"
    )


def _was_live(known: Known, clock: Clock, name: str, window: Partition) -> str:
    day = day_of(known, name, window.key)
    return f"{name} of {day} counts as public: it was due before {clock.full(known.live_since)}, when this begins."


def _is_not_live(known: Known, clock: Clock, name: str, window: Partition) -> str:
    became = not_live(known, name, [window.key])
    return f"{name} of {day_of(known, name, window.key)} is not public: {became[0].became}."


def _check_marks(known: Known, name: str, newest: Version | None) -> Iterator[Mark]:
    """What checks said of the newest version; what will be asked where there is none."""
    said = last_said(known.data.checks_of(newest.name)) if newest is not None else []
    for one in said:
        blocks = "" if one.status == "pass" or one.severity != "block" else "; it blocks"
        yield Mark(one.status == "pass", f"{one.check}: {one.sentence.rstrip('.')}{blocks}")
    asked = {one.check for one in said}
    for check in dataset_in(known, name).checks.values():
        if check.name not in asked:
            yield Mark(None, f"{check.name}: not asked yet")


def _unproved(known: Known, name: str) -> Iterator[Mark]:
    missing = not_proved(dataset_in(known, name))
    if missing:
        yield Mark(None, f"not proved: {', '.join(missing)} (no check)")


def _writer_lines(known: Known, now: datetime, name: str, window: Partition, newest: Version | None) -> Iterator[str]:
    home = known.plans[known.makers[name]].spec
    if newest is not None:
        clock = Clock(now, home.zone)
        again = f", try {newest.number}" if newest.number > 1 else ""
        code = f", code {newest.code}"
        yield f"Written {clock.at(newest.at)} by {newest.run.dag}.{newest.task}{again}{code}."
        yield from _made_without(known, now, newest)
        return
    writers = [(dag, task) for dag, plan in known.plans.items() for task, one in plan.tasks.items()
               if name in one.writes]  # fmt: skip
    if not writers:
        yield "No task writes it."
    for dag, task in writers[:2]:
        key = known.plans[dag].spec.grid.containing(window.start).key
        yield f"Written by {dag}.{task}. {explain(known, now, f'{dag}.{task}@{key}').headline}"


def _made_without(known: Known, now: datetime, version: Version) -> Iterator[str]:
    """Inputs that were not there when it, or what it is made of, was made."""
    run = known.runs.get(version.run)
    if run is not None and version.task in run.cells:
        yield from gap_lines(Phrases(known, now, run), missed(known, run, version.task))


def _reader_lines(known: Known, clock: Clock, name: str, window: Partition) -> Iterator[str]:
    """Who read this partition, and who will ask for it next."""
    reads = [one for one in known.data.reads if one.dataset == name and window.key in (one.wanted, one.partition)]
    for one in reads[-_MOST:]:
        yield f"{_read_said(known, clock, one)}."
    done = {one.consumer for one in reads if one.wanted == window.key}
    for consumer in known.consumers.values():
        if consumer.name not in done:
            yield from _next_lines(known, clock, consumer, name)
    others = [f"{dag}.{task}" for dag, task, _ in _users(known, name, window)]
    if others:
        yield f"Taken by {listed(shortened(others, _MOST))}."
    yield from filter(None, [behind_elsewhere(known, name)])


def _read_said(known: Known, clock: Clock, one: Read) -> str:
    at, wanted = clock.at(one.at), day_of(known, one.dataset, one.wanted)
    if not one.n:
        return f"{one.consumer} wanted {one.dataset} of {wanted}, {at}, and nothing was public"
    version = known.data.get((one.dataset, one.partition, one.n))
    rows = rows_said(version)
    if one.stale:
        got = day_of(known, one.dataset, one.partition)
        return f"{one.consumer} wanted {one.dataset} of {wanted}, {at}, and got {got}, marked old{rows}"
    return f"{one.consumer} read {one.dataset} of {wanted}, {at}: version {one.n}{rows}"


# a reader


def consumer_told(known: Known, now: datetime, name: str) -> Thing:
    """What it read last, when it reads next, and what it would get."""
    consumer = known.consumers[name]
    clock = Clock(now, ZoneInfo(consumer.timezone))
    last = _last_reads(known, name)
    state = "none" if not last else "old" if any(one.stale or not one.n for one in last) else "read"
    headline = f"{_read_said(known, clock, last[0])}." if last else f"{name} has read nothing yet."
    return Thing(
        f"what did {name} get?" if last else f"what will {name} get?",
        state,
        headline,
        tuple(_read_marks(known, clock, last)),
        (*(f"{_read_said(known, clock, one)}." for one in last[1:_MOST]), *_changed_since(known, clock, last),
         *_next_lines(known, clock, consumer), _told_line(consumer)),
    )  # fmt: skip


def _last_reads(known: Known, name: str) -> list[Read]:
    """All that it read at its last time."""
    found = [one for one in known.data.reads if one.consumer == name]
    return [one for one in found if one.at == found[-1].at]


def _read_marks(known: Known, clock: Clock, last: Iterable[Read]) -> Iterator[Mark]:
    for one in last:
        target = f"dataset:{known.makers[one.dataset]}.{one.dataset}" if one.dataset in known.makers else ""
        day = day_of(known, one.dataset, one.wanted)
        ok = bool(one.n) and not one.stale
        yield Mark(ok, f"{one.dataset} of {day}" + ("" if ok else ": not public then"), target)


def _changed_since(known: Known, clock: Clock, last: Iterable[Read]) -> Iterator[str]:
    """What it read and is live no longer."""
    for one in last:
        version = known.data.get((one.dataset, one.partition, one.n)) if one.n else None
        if version is not None and version.state != "live" and version.live and version.live[-1].until is not None:
            until = clock.at(version.live[-1].until)
            yield f"What it read is public no longer, since {until}: version {version.n} of {one.dataset}."


def next_read(known: Known, now: datetime, consumer: Consumer) -> datetime | None:
    """When it reads next, by its schedule (UTC)."""
    zone = ZoneInfo(consumer.timezone)
    return ticker(consumer.schedule, zone, "shift", "second", None, known.live_since).after(now)


def _next_lines(known: Known, clock: Clock, consumer: Consumer, only: str = "") -> Iterator[str]:
    """When it reads next, and what it would get; of all that it reads, or of one dataset."""
    at = next_read(known, clock.now, consumer)
    for text in consumer.reads if at is not None else ():
        name, _, span = text.partition("@")
        if at is not None and name in known.makers and only in ("", name):
            would = _would_get(known, name, span, at)
            what = "it" if only else name
            yield f"{consumer.name} reads {what} next {clock.at(at)}; as things are, it would get {would}."


def _would_get(known: Known, name: str, span: str, at: datetime) -> str:
    grid = known.plans[known.makers[name]].spec.grid
    low, high = span_of(span)
    last = grid.last_ended(at)
    windows = [grid.shift(last, step) for step in range(low, high + 1)]
    if len(windows) > 1:
        live = sum((name, one.key) in known.data.live for one in windows)
        return f"{live} of {len(windows)} {grid.unit}s"
    version = known.data.live_version(name, windows[0].key)
    if version is not None:
        return f"{grid.spoken(windows[0])}{rows_said(version)}"
    if span:
        return f"nothing: {grid.spoken(windows[0])} is not public"
    old = _newest_before(known, name, windows[0])
    return f"{day_of(known, name, old)}, marked old" if old else "nothing: none of it is public"


def _newest_before(known: Known, name: str, window: Partition) -> str:
    grid = known.plans[known.makers[name]].spec.grid
    found = [one for one in (grid.parse(key) for dataset, key in known.data.live if dataset == name)
             if one.start < window.start]  # fmt: skip
    return max(found, key=lambda one: one.start).key if found else ""


def _told_line(consumer: Consumer) -> str:
    return (
        f"{consumer.owner} owns it." if consumer.owner else "Nobody owns it: nobody hears of it when its data is old."
    )
