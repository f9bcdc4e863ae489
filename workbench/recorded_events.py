"""What the command `history` prints about the events of recordings: one by one, or where two futures part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from workbench.engine import EVENTS, KINDS, Event, State, begin, evolve
from workbench.engine.drafts import InvalidTransition
from workbench.engine.events import COMMANDS, InputArrived, RunStarted, TaskQueued
from workbench.history import HistoryError, Loaded
from workbench.model import Workspace, nearest
from workbench.model.data import workspace_to_data
from workbench.recorded import Chosen, zone_of
from workbench.scenario import scenario_to_data
from workbench.timetable import format_instant, parse_instant
from workbench.views import Clock, comparison_lines
from workbench.views.compare import Comparison, compare
from workbench.views.tell import line

_MOST_CHANGES = 12


class Future:
    """A future read from a file: what a comparison asks of a branch. Its log is folded when a state is wanted."""

    def __init__(self, chosen: Chosen, loaded: Loaded | None = None) -> None:
        loaded = loaded or chosen.history.load(chosen.recording.id)
        self.loaded, self.name = loaded, chosen.label
        saved = next(one for one in loaded.branches if one.name == chosen.future.name)
        self.log, self.horizon = _whole(loaded, saved.name), saved.horizon

    @property
    def reached(self) -> datetime:
        """The end of its log, or of what is whole, whichever is later: commands at the last instant count."""
        return max(self.horizon, self.loaded.start, *(event.at for event in self.log[-1:]))

    def state_at(self, position: int) -> State:
        state = begin(self.loaded.workspace, self.loaded.start, self.loaded.seed)
        try:
            for event in self.log[:position]:
                evolve(state, event)
        except (InvalidTransition, KeyError) as error:
            number = state.known.seq
            told = f"event {number} of {self.name} cannot follow those before it: the file is damaged, or was made by"
            raise HistoryError([f"{told} a version with other rules ({error})"]) from error
        return state

    def position_at(self, instant: datetime) -> int:
        return sum(event.at <= instant for event in self.log)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.loaded.workspace)


def _whole(loaded: Loaded, name: str) -> list[Event]:
    """The whole log of a future: its parent's first events, and its own."""
    logs: dict[str, list[Event]] = {}
    for saved in loaded.branches:
        logs[saved.name] = (logs[saved.parent][: saved.shared] if saved.parent else []) + saved.events
    return logs[name]


# events


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for; None: all. `after` and `until` are inclusive, UTC. `most`: 0 for all."""

    dag: str | None = None
    task: str | None = None
    partition: str | None = None
    kind: str | None = None
    after: datetime | None = None
    until: datetime | None = None
    most: int = 0

    def wants(self, event: Event, workspace: Workspace) -> bool:
        if self.kind is not None and KINDS[type(event)] != self.kind:
            return False
        if (self.after is not None and event.at < self.after) or (self.until is not None and event.at > self.until):
            return False
        if self.dag is None and self.task is None and self.partition is None:
            return True
        return any(self._is_here(place) for place in _places(event, workspace))

    def _is_here(self, place: Place) -> bool:
        asked = (self.dag, place.dag), (self.partition, place.partition), (self.task, place.task)
        return all(wanted is None or wanted == found for wanted, found in asked)


class Place(NamedTuple):
    """What an event is about; empty where it is about all. `task` may be an input."""

    dag: str
    partition: str = ""
    task: str = ""

    def __str__(self) -> str:
        name = ".".join(part for part in (self.dag, self.task) if part)
        return f"{name}@{self.partition}" if self.partition else name


def _places(event: Any, workspace: Workspace) -> Iterator[Place]:
    """All that an event is about: a command may be about many tasks."""
    if isinstance(event, InputArrived):
        found = workspace.inputs.get(event.input)
        yield Place(found[0].name if found else "", event.partition, event.input)
    elif hasattr(event, "run"):
        yield Place(event.run.dag, event.run.partition, getattr(event, "task", ""))
    elif hasattr(event, "dag"):
        yield Place(event.dag, getattr(event, "partition", ""), getattr(event, "task", getattr(event, "subject", "")))
        yield from (Place(key.dag, key.partition) for key, _, _ in getattr(event, "runs", ()))
    for dataset, partition in _data_of(event):
        home = workspace.datasets.get(dataset) or workspace.inputs.get(dataset)
        yield Place(home[0].name if home else "", partition, dataset)
    for key, tasks in (*getattr(event, "instances", ()), *getattr(event, "cleared", ())):
        yield from (Place(key.dag, key.partition, task) for task in tasks)
    for key, task, _, _ in getattr(event, "ends", ()):
        yield Place(key.dag, key.partition, task)


def _data_of(event: Any) -> Iterator[tuple[str, str]]:
    """The partitions of datasets (or inputs) that an event is about."""
    if hasattr(event, "dataset"):
        several = getattr(event, "partitions", None)
        yield from ((event.dataset, one) for one in (several if several is not None else (event.partition,)))
    yield from ((dataset, partition) for dataset, partition, _ in getattr(event, "moves", ()))


class Told(NamedTuple):
    """One event in words. `about` is empty for those about everything."""

    seq: int
    at: datetime
    kind: str
    about: str
    text: str
    cause: int


def wanted_events(future: Future, wanted: Wanted) -> tuple[list[Told], int]:
    """(the events that are asked for, how many more there are). Raises HistoryError for names that do not occur."""
    workspace = future.loaded.workspace
    numbered = [(seq, e) for seq, e in enumerate(future.log, 1) if wanted.wants(e, workspace)]
    if not numbered:
        _refuse_unknown(future, wanted)
    shown = numbered[: wanted.most] if wanted.most else numbered
    state = future.state_at(len(future.log))
    return [_told(seq, event, state, workspace) for seq, event in shown], len(numbered) - len(shown)


def _refuse_unknown(future: Future, wanted: Wanted) -> None:
    if wanted.kind is not None and wanted.kind not in EVENTS:
        raise HistoryError([f"there is no kind of event '{wanted.kind}'{nearest(wanted.kind, EVENTS, most=40)}"])
    places = {place for event in future.log for place in _places(event, future.loaded.workspace)}
    for what in ("dag", "task", "partition"):
        name, known = getattr(wanted, what), {getattr(place, what) for place in places} - {""}
        if name is not None and name not in known:
            raise HistoryError([f"no event of {future.name} is about {what} '{name}'{nearest(name, known)}"])


def _told(seq: int, event: Any, state: State, workspace: Workspace) -> Told:
    said = line(state.known, event)
    text = said.text if said is not None else _UNTOLD.get(type(event), "")
    places = list(dict.fromkeys(_places(event, workspace)))
    about = str(places[0]) if len(places) == 1 or hasattr(event, "run") else ""
    return Told(seq, event.at, KINDS[type(event)], about, text, event.cause)


# What a story leaves out.
_UNTOLD: dict[type[Any], str] = {RunStarted: "its tasks may start", TaskQueued: "gets its slot"}


def event_lines(found: list[Told], more: int, zone: ZoneInfo) -> list[str]:
    """A line each: number, when, kind, about what, in words, and the event without which it would not have come."""
    if not found:
        return ["No event is like that."]
    clock = Clock(found[0].at, zone)
    wide = min(max(len(one.about) for one in found), 40)
    lines = [f"Times in {zone.key}, {found[0].at.astimezone(zone).year}"]
    for one in found:
        because = f" (because {one.cause})" if one.cause else ""
        head = f"{one.seq:>6}  {clock.full(one.at)}  {one.kind:<17}  {one.about:<{wide}}"
        lines.append(f"{head}  {one.text}{because}".rstrip())
    return [*lines, *([f"... and {more} more; --limit 0 shows all"] if more else [])]


def event_data(found: list[Told], more: int) -> dict[str, Any]:
    """The same as JSON data; instants are ISO 8601 in UTC."""
    return {"events": [{**one._asdict(), "at": format_instant(one.at)} for one in found], "more": more}


def instant(text: str, zone: ZoneInfo) -> datetime:
    """An instant that somebody typed, UTC. Raises HistoryError."""
    try:
        return parse_instant(text, zone)
    except ValueError as error:
        raise HistoryError([f"{error} (a time without a zone is in {zone.key})"]) from None


# diff


@dataclass(frozen=True)
class Diff:
    """Two futures beside each other. `made`: what was different before anything happened. `only_a` and `only_b`: the
    first events that the other has not, each with its number."""

    found: Comparison
    made: tuple[str, ...]
    only_a: Told | None
    only_b: Told | None
    zone: ZoneInfo


def diff(left: Chosen, right: Chosen) -> Diff:
    """Where two futures part, why, and what came of it. Raises HistoryError for what cannot be compared."""
    if (left.history.path, left.label) == (right.history.path, right.label):
        raise HistoryError([f"{left.label} is one future; give two, for example 1/A 1/B"])
    a = Future(left)
    is_same = (left.history.path, left.recording.id) == (right.history.path, right.recording.id)
    b = Future(right, a.loaded if is_same else None)
    if left.history.path != right.history.path:
        files = [Path(chosen.history.path) for chosen in (left, right)]
        told = [file.name if files[0].name != files[1].name else str(file) for file in files]
        a.name, b.name = f"{a.name} of {told[0]}", f"{b.name} of {told[1]}"
    _refuse_strangers(a, b)
    _share_commands(a, b)
    found = compare(a, b, min(a.horizon, b.horizon))
    only = (None, None) if found.first is None else (_first(a, b, found.first.at), _first(b, a, found.first.at))
    return Diff(found, tuple(_made_differently(a, b)), *only, a.zone)


def _refuse_strangers(a: Future, b: Future) -> None:
    """What has not the same DAGs and inputs cannot be laid side by side."""
    one, two = (x.state_at(len(x.log)).known for x in (a, b))
    for what, left, right in (("DAG", one.plans, two.plans), ("input", one.homes, two.homes)):
        for name in sorted(left.keys() ^ right.keys()):
            has, lacks = (a, b) if name in left else (b, a)
            raise HistoryError([f"{has.name} has {what} '{name}', and {lacks.name} has not: they cannot be compared"])


def _share_commands(a: Future, b: Future) -> None:
    """What was done in both alike explains no difference: it becomes one object in both logs."""
    done = [event for event in a.log if isinstance(event, COMMANDS)]
    for place, event in enumerate(b.log):
        if isinstance(event, COMMANDS):
            b.log[place] = next((one for one in done if one == event), event)


def _first(x: Future, other: Future, at: datetime) -> Told | None:
    """The first event at this instant that the other has not. The number of the cause shifts with commands."""
    there = [(type(event), event[:-1]) for event in other.log if event.at == at]
    for seq, event in enumerate(x.log, 1):
        if event.at == at and not isinstance(event, COMMANDS) and (type(event), event[:-1]) not in there:
            return _told(seq, event, x.state_at(len(x.log)), x.loaded.workspace)
    return None


def _made_differently(a: Future, b: Future) -> Iterator[str]:
    """What differs in the pipelines and scenarios that the two were made from."""
    if a.loaded is b.loaded:
        return
    for left, right in zip(_origins(a), _origins(b), strict=True):
        for path, one, two in _changes(left, right):
            yield f"{path}: {_shown(one)} in {a.name}, {_shown(two)} in {b.name}"


def _origins(x: Future) -> Iterator[Mapping[str, Any]]:
    data = workspace_to_data(x.loaded.workspace)
    dags = {spec["dag"]: spec for spec in data.pop("dags")}
    yield {**data, **dags}
    scenario = scenario_to_data(x.loaded.scenario)
    yield {**scenario, "from": format_instant(x.loaded.start), "seed": x.loaded.seed}


def _changes(one: Any, two: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each place where two pieces of data differ, with what is there."""
    if not (isinstance(one, Mapping) and isinstance(two, Mapping)):
        if one != two:
            yield path, one, two
        return
    for key in dict.fromkeys((*one, *two)):
        yield from _changes(one.get(key), two.get(key), f"{path}.{key}" if path else str(key))


def _shown(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def diff_lines(found: Diff) -> list[str]:
    """The comparison, to be read top down."""
    comparison, first = found.found, found.found.first
    clock = Clock(first.at, found.zone) if first else Clock(datetime.fromisoformat("2000-01-01T00:00Z"), found.zone)
    head, *rest = comparison_lines(comparison, clock)
    sides = [(comparison.a, found.only_a), (comparison.b, found.only_b)]
    numbers = [
        f"  In {name}: event {one.seq}, {one.kind} of {one.about or 'everything'}"
        + (f", because of event {one.cause}." if one.cause else ".")
        for name, one in sides
        if one is not None
    ]
    made = [f"  Made with {text}" for text in found.made[:_MOST_CHANGES]]
    if len(found.made) > _MOST_CHANGES:
        made.append(f"  ... and {len(found.made) - _MOST_CHANGES} more such differences")
    split = rest.index("") if "" in rest else len(rest)
    return [head, *rest[:split], *made, *numbers, *rest[split:]]


def diff_data(found: Diff) -> dict[str, Any]:
    """The comparison as JSON data; instants are ISO 8601 in UTC."""
    comparison, first = found.found, found.found.first
    return {
        "a": comparison.a,
        "b": comparison.b,
        "made": list(found.made),
        "first": first
        and {
            "at": format_instant(first.at),
            "about": first.subject,
            "in_a": first.in_a,
            "in_b": first.in_b,
            "because": list(first.because),
            "event_a": found.only_a and found.only_a.seq,
            "event_b": found.only_b and found.only_b.seq,
        },
        "outcomes": [
            {"dag": o.dag, "partition": o.partition, "task": o.task, "a": _side(o.a), "b": _side(o.b)}
            for o in comparison.outcomes
        ],
    }


def _side(side: Any) -> dict[str, Any]:
    return {"state": side.state, "ended": side.ended and format_instant(side.ended), "rows": side.rows}
