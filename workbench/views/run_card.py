"""The card of a run: all that decided what it made. Environment, the version of each step's code, what it took and
wrote with their versions, the model that it read, what made it, and its parameters; and how two cards differ. Pure.

What a run took is what its steps could see when their last tries began, and what its versions were made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from workbench.engine import Event, Known, Run
from workbench.engine.backfilled import KEPT, made_by, taken_by
from workbench.engine.data_events import VersionPublished
from workbench.engine.events import InputArrived, RunCreated, TasksCleared
from workbench.engine.keys import RunKey, VersionName
from workbench.engine.rules.inputs import windows_for
from workbench.model import InvalidInput, Task
from workbench.views.clock import Clock, listed, plural
from workbench.views.columns import wrapped
from workbench.views.data_words import dataset_in, day_of
from workbench.views.lineage import arrivals_of, as_json, content_of
from workbench.views.targets import newest, run_target_of

_HASH = 10
_HELD = {"blocked": "held back by a check", "fenced": "refused", "withdrawn": "withdrawn"}


class Line(NamedTuple):
    """One line of a card. `part`: run, code, parameter, input, model or output; two cards are compared line by line, so
    the name of a partition is in `value`. `content`: the hash of what a version holds."""

    part: str
    name: str
    value: str
    content: str = ""


class Differs(NamedTuple):
    """A line in which two cards differ, with its value in each ("": there is no such line). `same_content`: another
    version, which holds the same."""

    part: str
    name: str
    first: str
    second: str
    same_content: bool


@dataclass(frozen=True)
class RunCard:
    """All of it. `state`: how the run stands at `at` (UTC)."""

    dag: str
    partition: str
    kind: str
    n: int
    at: datetime
    state: str
    headline: str
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """`daily_flights@2013-01-03#2`."""
        return f"{self.dag}@{self.partition}#{self.n}"

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        data = as_json({**asdict(self), "name": self.name})
        assert isinstance(data, dict)
        data["lines"] = [one._asdict() for one in self.lines]
        return data


@dataclass(frozen=True)
class CardDifference:
    """How two cards differ. `same`: how many lines do not."""

    first: RunCard
    second: RunCard
    differences: tuple[Differs, ...]
    same: int

    def to_data(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "first": self.first.to_data(),
            "second": self.second.to_data(),
            "differences": [one._asdict() for one in self.differences],
            "same": self.same,
        }


def run_named(known: Known, text: str) -> RunKey:
    """The run that a person means: `daily_flights@2013-01-03` (the newest of that day), `daily_flights@2013-01-03#1`,
    or `daily_flights` (its newest). Raises InvalidInput."""
    target, mark, number = text.strip().partition("#")
    dag, key = run_target_of(known, target)
    if mark and not key:
        raise InvalidInput([f"{text}: of which day? write {dag}@2013-01-03#{number or 1}"])
    if not key:
        run = newest(known, dag)
        if run is None:
            raise InvalidInput([f"{dag} has no run yet"])
        return run.key
    runs = known.runs_of(dag, key)
    if not runs:
        raise InvalidInput([f"{dag} has no run of {day_in(known, dag, key)}"])
    found = [run for run in runs if not mark or str(run.key.n) == number]
    if not found:
        there = ", ".join(f"#{run.key.n} ({run.key.kind})" for run in runs)
        raise InvalidInput([f"{text}: there is no such run; of {day_in(known, dag, key)} there is {there}"])
    return found[-1].key


def day_in(known: Known, dag: str, partition: str) -> str:
    grid = known.plans[dag].spec.grid
    return grid.spoken(grid.parse(partition))


def run_card(known: Known, log: Sequence[Event], now: datetime, key: RunKey) -> RunCard:
    """The card of a run that is there. `log`: the events until `now` (UTC)."""
    run = known.runs[key]
    teller = _Teller(known, log, run, Clock(now, run.plan.spec.zone))
    again = f" (run {key.n} of it)" if key.n > 1 else ""
    headline = f"{key.dag} for {day_in(known, key.dag, key.partition)}{again}: {teller.state()}"
    return RunCard(key.dag, key.partition, key.kind, key.n, now, run.state, headline, tuple(teller.lines()))


class _Teller:
    """Says what is on the card of one run."""

    def __init__(self, known: Known, log: Sequence[Event], run: Run, clock: Clock) -> None:
        self.known, self.log, self.run, self.clock = known, log, run, clock

    def state(self) -> str:
        """`success, Fri 4 Jan 06:00 to 06:15`."""
        run, at = self.run, self.clock.full
        if run.started is None:
            return f"{run.state}, asked for {at(run.created)}"
        if run.ended is None:
            return f"{run.state} since {at(run.started)}"
        return f"{run.state}, {at(run.started)} to {Clock(run.started, self.clock.zone).at(run.ended)}"

    def lines(self) -> Iterator[Line]:
        spec = self.run.plan.spec
        yield Line("run", "partition", day_in(self.known, spec.name, self.run.key.partition))
        yield Line("run", "interval", f"{self.clock.full(self.run.window.start)} to {self._ends()} {spec.timezone}")
        yield Line("run", "made by", self._maker())
        yield from (Line("run", "parent", one) for one in self._parents())
        yield Line("run", "environment", spec.environment or "not named")
        for task in spec.tasks.values():
            yield Line("code", task.name, self._code(task))
        for task in spec.tasks.values():
            yield from (Line("parameter", f"{task.name}.{name}", value) for name, value in task.params.items())
        taken = self._taken()
        yield from self._versions("model", [one for one in taken if self._is_model(one)])
        yield from self._versions("input", [one for one in taken if not self._is_model(one)])
        yield from self._versions("output", self._written())

    def _ends(self) -> str:
        return self.clock.full(self.run.window.end)

    # what made it

    def _maker(self) -> str:
        run, at = self.run, self.clock.full
        if run.due is not None:
            late = f", {at(run.created)}" if run.created != run.due else ""
            return f"the clock, {at(run.due)}{late}"
        if run.backfill:
            return f"backfill {run.backfill}, asked for {at(self.known.backfills[run.backfill].at)}"
        cause = self._cause() if run.key.kind == "data" else ""
        return {"data": cause or "data", "platform": "the store itself"}.get(run.key.kind, f"hand, {at(run.created)}")

    def _cause(self) -> str:
        """Which version, or which delivery, started it."""
        made = next((e for e in self.log if isinstance(e, RunCreated) and e.run == self.run.key), None)
        cause = self.log[made.cause - 1] if made is not None and made.cause else None
        if isinstance(cause, VersionPublished):
            day = day_of(self.known, cause.dataset, cause.partition)
            return f"version {cause.n} of {cause.dataset} for {day}, live {self.clock.full(cause.at)}"
        if isinstance(cause, InputArrived):
            day = day_of(self.known, cause.input, cause.partition)
            return f"{cause.input} of {day}, which came {self.clock.full(cause.at)}"
        return ""

    def _parents(self) -> Iterator[str]:
        """The run of which it is another, from which it keeps steps, and when it was run again itself."""
        key = self.run.key
        runs = self.known.runs_of(key.dag, key.partition)
        before = [run for run in runs if run.key.n < key.n]
        if before:
            yield f"run {before[-1].key.n} of the same partition ({before[-1].key.kind}, {before[-1].state})"
        kept = [name for name, cell in self.run.cells.items() if cell.rule == KEPT]
        if kept:
            yield f"{listed(kept)} kept from before"
        for event in self.log:
            tasks = dict(event.instances).get(key, ()) if isinstance(event, TasksCleared) else ()
            if tasks:
                yield f"rerun of itself, {self.clock.full(event.at)}: {listed(tasks)}"

    # code

    def _code(self, task: Task) -> str:
        """`v1 (flights:clean), success, 2 tries`."""
        cell = self.run.cells.get(task.name)
        made = made_by(self.known, self.run, task.name)
        last = made.attempt if made is not None else (cell.attempts[-1] if cell and cell.attempts else None)
        if cell is None or last is None:
            return f"did not run ({cell.state if cell else 'not in it'})"
        does = task.code.get(last.code) or task.run or ("SQL" if task.sql else "")
        by = "" if task.executor == "engine" else f", by the {task.executor}"
        kept = f", kept from run {made.run.key.n}" if made is not None and made.run is not self.run else ""
        tries = f", {plural(cell.tries, 'try', 'tries')}" if cell.tries else ""
        return f"{last.code}{f' ({does})' if does else ''}{by}, {cell.state}{tries}{kept}"

    # data

    def _taken(self) -> list[VersionName]:
        found: dict[VersionName, None] = {}
        for task, cell in self.run.cells.items():
            began = cell.attempts[-1].began if cell.attempts else 0
            if began and task in self.run.plan.tasks:
                found.update(dict.fromkeys(self._seen(task, began)))
        own = set(self._written())
        for name in self._written():
            version = self.known.data.get(name)
            found.update(dict.fromkeys(version.sources if version is not None else ()))
        return sorted(one for one in found if one not in own)

    def _seen(self, task: str, began: int) -> Iterator[VersionName]:
        """What was there of what the step takes, just before that event."""
        known, run = self.known, self.run
        for need in taken_by(run.plan, task):
            if need.dag or (need.name not in known.homes and need.name not in known.makers):
                continue
            for window in windows_for(known, need, run.plan.spec, run.window):
                if need.name in known.homes:
                    came = sum(one.seq < began for one in arrivals_of(known, need.name, window.key))
                    yield from [(need.name, window.key, came)] if came else []
                else:
                    live = known.data.live_version(need.name, window.key, began)
                    yield from [live.name] if live is not None else []

    def _written(self) -> list[VersionName]:
        versions = self.known.data.versions
        return [one.name for place in sorted(versions) for one in versions[place] if one.run == self.run.key]

    def _is_model(self, one: VersionName) -> bool:
        return one[0] in self.known.makers and dataset_in(self.known, one[0]).store == "registry"

    def _versions(self, part: str, names: list[VersionName]) -> Iterator[Line]:
        counts: dict[str, list[VersionName]] = {}
        for one in names:
            counts.setdefault(one[0], []).append(one)
        for dataset, some in counts.items():
            for place, one in enumerate(some, 1):
                name = dataset if len(some) == 1 else f"{dataset} {place}/{len(some)}"
                without = self._without(one, some[-1]) if part == "output" else ""
                yield Line(part, name, f"{self._said(one)}{without}", content_of(self.known, one) or "")

    def _without(self, one: VersionName, last: VersionName) -> str:
        """What an earlier version of the run was made without, beside its last: `, without jfk`."""
        made, final = (self.known.data.get(name) for name in (one, last))
        if made is None or final is None:
            return ""
        names = {source[0] for source in made.sources}
        gone = dict.fromkeys(source[0] for source in final.sources if source[0] not in names)
        held = f", {_HELD[made.state]}" if made.state in _HELD else ""
        return (f", without {listed(list(gone))}" if gone else "") + held

    def _said(self, name: VersionName) -> str:
        """`Thu 3 Jan, version 2, 914 rows, 3fa4c0ffee, replaced`."""
        dataset, partition, n = name
        version, content = self.known.data.get(name), content_of(self.known, name)
        is_input = dataset in self.known.homes
        came = arrivals_of(self.known, dataset, partition) if is_input else ()
        rows = came[n - 1].rows if 0 < n <= len(came) else version.rows if version is not None else None
        told = [day_of(self.known, dataset, partition), f"{'arrival' if is_input else 'version'} {n}"]
        told += [f"try {version.number}"] if version is not None and version.run == self.run.key else []
        told += [plural(rows, "row")] if rows is not None else []
        told += [content[:_HASH]] if content else []
        return ", ".join(told)


# two of them


def difference(first: RunCard, second: RunCard) -> CardDifference:
    """Line by line."""
    one, two = ({(line.part, line.name): line for line in _merged(card)} for card in (first, second))
    found = [
        _differs(place, one.get(place), two.get(place))
        for place in dict.fromkeys((*one, *two))
        if one.get(place) != two.get(place)
    ]
    order = {part: number for number, part in enumerate(_PARTS)}
    found.sort(key=lambda row: order[row[0]])
    return CardDifference(first, second, tuple(found), len({*one, *two}) - len(found))


def _differs(place: tuple[str, str], a: Line | None, b: Line | None) -> Differs:
    same = a is not None and b is not None and a.content == b.content != ""
    return Differs(*place, a.value if a else "", b.value if b else "", same)


def _merged(card: RunCard) -> Iterator[Line]:
    """Several lines of one name as one."""
    lines: dict[tuple[str, str], list[Line]] = {}
    for one in card.lines:
        lines.setdefault((one.part, one.name), []).append(one)
    return (Line(*place, "; ".join(one.value for one in some), some[-1].content) for place, some in lines.items())


_PARTS = {
    "run": "run",
    "code": "code",
    "parameter": "parameters",
    "model": "model",
    "input": "took",
    "output": "wrote",
}


# as lines, for 80 columns


def card_text(card: RunCard) -> list[str]:
    """One card."""
    lines = [card.headline]
    for part, title in _PARTS.items():
        rows = [(one.name, one.value) for one in card.lines if one.part == part]
        if rows or part in ("input", "output"):
            lines += ["", title, *_rows(rows or [("nothing", "")])]
    return lines


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        head = f"  {name.ljust(width)}  "
        yield from wrapped(value, head, " " * len(head)) or [head.rstrip()]


def difference_text(found: CardDifference) -> list[str]:
    """Only what differs, each value on a line of its own."""
    first, second = found.first, found.second
    names = (first.name, second.name)
    lines = [f"a  {first.headline}", f"b  {second.headline}", ""]
    if not found.differences:
        return [*lines, f"No difference: all {plural(found.same, 'line')} of the cards are the same."]
    if names[0] == names[1]:
        lines += ["These are the same run.", ""]
    for part, name, a, b, same in found.differences:
        lines.append(f"{part} {name}" + (": another version, with the same content" if same else ""))
        lines += [
            line for mark, value in (("a", a), ("b", b)) for line in wrapped(value or "none", f"  {mark}  ", "     ")
        ]
    return [*lines, "", f"{plural(found.same, 'line')} of the cards {'is' if found.same == 1 else 'are'} the same."]
