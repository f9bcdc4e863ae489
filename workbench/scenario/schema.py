"""The tables of what may stand in a scenario document."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, fields, replace
from typing import Any

from workbench.model.findings import near
from workbench.model.kinds import Each, Field, Group, Names, Place, RefusedError, described, must_be
from workbench.model.schema import DESCRIPTION, INSTANT, MOMENT, SPAN, text, whole_number
from workbench.model.values import FLAG
from workbench.model.yamltext import Mapping, Node, Sequence
from workbench.scenario.data_schema import DATA_KINDS
from workbench.scenario.fields import (
    AFTER,
    ARRIVES,
    AT,
    FROM,
    MANY,
    NOTICED,
    PARTITION,
    RATE,
    SOME_INPUT,
    SPANS,
    TASK,
    TIMES,
    TRIES,
    UNTIL,
)  # fmt: skip
from workbench.scenario.fields import format_factor as format_factor
from workbench.scenario.fields import format_rate as format_rate
from workbench.scenario.fields import parse_rate as parse_rate
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


def _by_name(fault: Fault) -> dict[str, Any]:
    values = {field.name: getattr(fault, field.name) for field in fields(fault)}
    return {**values, "rename": dict(values["rename"])} if values.get("rename") else values


# Each kind of fault: its key, its class, its fields, and an example.
_KINDS: tuple[tuple[str, type[Any], tuple[Field, ...], str], ...] = (
    (
        "late",
        Late,
        (
            SOME_INPUT,
            PARTITION,
            Field("arrives", ARRIVES, "When it comes; 06:30: the first such local time after the partition's end."),
            Field("by", SPAN, "Or: how long after it is due it comes."),
        ),
        "{input: jfk, partition: 2013-01-03, by: 95m}",
    ),
    ("never", Never, (SOME_INPUT, PARTITION), "{input: jfk, partition: 2013-01-03}"),
    (
        "flaky",
        Flaky,
        (TASK, AT, TRIES, Field("rate", RATE, "Or: each try fails with this chance."), AFTER),
        "{task: clean, tries: 1}",
    ),
    (
        "outage",
        Outage,
        (
            TASK,
            FROM,
            UNTIL,
            AFTER,
            Field("capacity", MANY, "So many calls a minute are served once it is up again."),
            Field("overload", MANY, "More calls than this within a minute knock it down again."),
            Field("again", SPAN, "For how long."),
        ),
        "{task: extract, from: 2013-01-03T06:00Z, until: 2013-01-03T06:20Z}",
    ),
    (
        "quota",
        Quota,
        (
            TASK,
            Field("at_once", MANY, "So many calls are served at the same time."),
            Field("calls", MANY, "So many calls are served within `per`."),
            Field("per", SPAN, "The span in which calls are counted."),
            Field("ban_after", MANY, "So many refusals within `ban_within` begin a ban."),
            Field("ban_within", SPAN, "The span in which refusals are counted."),
            Field("ban", SPAN, "How long every call is refused then."),
            AFTER,
        ),
        "{task: extract, at_once: 4}",
    ),
    (
        "bug",
        Bug,
        (TASK, Field("version", text("v1", "a version"), "The version of the code that fails."), AT, AFTER),
        "{task: clean, version: v1}",
    ),
    (
        "deploy",
        Deploy,
        (
            replace(TASK, help="The task, or a whole DAG."),
            Field("version", text("v2", "a version"), "The version of the code that runs from then on.", required=True),
            Field("at", INSTANT, "When.", required=True),
        ),
        "{task: clean, version: v2, at: 2013-01-03T12:00Z}",
    ),
    (
        "slow",
        Slow,
        (
            TASK,
            AT,
            TRIES,
            Field("factor", TIMES, "Tries last this many times as long."),
            Field("takes", SPAN, "Or: they last so long."),
        ),
        "{task: clean, factor: 3}",
    ),
    (
        "varies",
        Varies,
        (
            TASK,
            AT,
            TRIES,
            Field("takes", SPANS, "What tries took: each lasts one of these, by chance.", required=True),
            Field("in_turn", FLAG, "The first try lasts the first of them, the second the second, and so on."),
        ),
        "{task: clean, takes: [4m, 5m10s, 7m]}",
    ),
    ("hang", Hang, (TASK, AT, TRIES), "{task: clean, tries: 1}"),
    ("worker_lost", WorkerLost, (TASK, AT, TRIES, AFTER, NOTICED), "{task: clean, after: 1m, noticed: 5m}"),
    (
        "zombie",
        Zombie,
        (TASK, AT, TRIES, AFTER, NOTICED, Field("commits", SPAN, "How long after the start its work is done.")),
        "{task: load, after: 9m, noticed: 10m, commits: 28m}",
    ),
    ("lost_answer", LostAnswer, (TASK, AT, TRIES, NOTICED), "{task: load, noticed: 5m}"),
    (
        "scheduler_down",
        SchedulerDown,
        (FROM, UNTIL),
        "{from: 2013-01-03T05:00Z, until: 2013-01-03T07:00Z}",
    ),
    (
        "choice",
        Choice,
        (
            replace(TASK, help="The branch, or the short circuit."),
            Field("follow", Names("[full_load]"), "The tasks below it that are followed; [] stops.", required=True),
            AT,
        ),
        "{task: choose, follow: [full_load]}",
    ),
)
_ALL = (*_KINDS, *DATA_KINDS)
FAULTS = {key: Group(kind, rows, example, parts=_by_name) for key, kind, rows, example in _ALL}
CLASSES: dict[str, type[Any]] = {key: kind for key, kind, _, _ in _ALL}
_KEYS: dict[type[Any], str] = {kind: key for key, kind in CLASSES.items()}
_LATE = f"late: {FAULTS['late'].example}"


@dataclass(frozen=True, slots=True)
class Written:
    """A fault as it was written: its key, values and place, and whether all of it could be read."""

    key: str
    values: dict[str, Any]
    place: Place
    whole: bool

    @property
    def line(self) -> int:
        return self.place.lines.get(self.place.path, 0)


@dataclass(frozen=True, slots=True)
class Faults:
    """A list of faults, each one key with its fields."""

    says: str = "a list of faults"
    example: str = f"- {_LATE}"

    def read(self, node: Node, place: Place) -> list[Written]:
        if not isinstance(node, Sequence):
            raise RefusedError(must_be(self, described(node)))
        read = (read_fault(item, n, place) for n, item in enumerate(node.items))
        return [fault for fault in read if fault is not None]

    def write(self, value: SequenceOf[Fault]) -> list[dict[str, Any]]:
        return [write_fault(fault) for fault in value]

    def refusal(self, value: Any) -> str:
        right = isinstance(value, tuple) and all(type(fault) in _KEYS for fault in value)
        return "" if right else must_be(self, repr(value))


def read_fault(node: Node, n: int, place: Place) -> Written | None:
    """The values of a fault; what is wrong is added to the place's findings."""
    here = place.inside(str(n), node.line)
    key = _fault_key(node, n, here)
    if key is None or not isinstance(node, Mapping):
        return None
    here = replace(here, who=f"fault {n + 1} ({key})", label="", failed=set())
    try:
        values = FAULTS[key].values(node.pairs[0][1], here)
    except RefusedError as refused:
        here.refuse(f"{here.who}{refused}", node.line)
        values = {}
    return Written(key, values, here, whole=not here.failed)


def _fault_key(node: Node, n: int, place: Place) -> str | None:
    if not isinstance(node, Mapping) or len(node.pairs) != 1:
        told = f"fault {n + 1} must be one of {', '.join(FAULTS)} with its fields, for example {_LATE}"
        place.refuse(told, node.line)
        return None
    key = node.pairs[0][0]
    if key.text not in FAULTS:
        place.refuse(f"fault {n + 1} has unknown kind '{key.text}'{near(key.text, FAULTS)}", key.line)
        return None
    return key.text


def write_fault(fault: Fault) -> dict[str, Any]:
    key = _KEYS[type(fault)]
    return {key: FAULTS[key].write(fault)}


SCENARIO = Group(
    Scenario,
    (
        Field("scenario", text("late_jfk", "a name"), "The name of the scenario.", attr="name", required=True),
        Field("seed", whole_number(0, "13", 10**18 - 1), "Other seeds give other chances."),
        Field("from", INSTANT, "Where simulated time starts; what was due earlier is done.", attr="start"),
        Field("until", INSTANT, "Where simulated time ends."),
        Field("description", DESCRIPTION, "What it is for."),
        Field("arrivals", Each(MOMENT, "the arrival of", 'jfk: "05:56"'), "When inputs usually come."),
        Field("faults", Faults(), "What goes wrong."),
    ),
    example="{scenario: late_jfk, from: 2013-01-03T05:30Z}",
)
