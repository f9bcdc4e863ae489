"""The tables of what may stand in a DAG document and in a settings document.

A row is (key, kind, help). Defaults are those of the dataclasses in `parts`, so that they are said once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, get_args
from zoneinfo import ZoneInfo

from workbench.model.findings import Findings, shown
from workbench.model.kinds import Choice, Each, Field, Group, Kind, Names, Place, RefusedError, complaints, must_be
from workbench.model.parts import (
    REASONS,
    TRIGGER_RULES,
    DagSpec,
    Deadline,
    Fold,
    Gap,
    Input,
    Jitter,
    Match,
    Misfire,
    Mode,
    OnData,
    ReasonRule,
    RetryPolicy,
    Sensor,
    Task,
    Unit,
    WeightRule,
    Workspace,
)
from workbench.model.schema_data import DAG_ROWS, INPUT_ROWS, SETTINGS_ROWS, TASK_ROWS, slots
from workbench.model.values import DESCRIPTION as DESCRIPTION
from workbench.model.values import FACTOR, FLAG, OWNER, RUN, SCHEDULE_TEXT, SOME_TIME, ZONE
from workbench.model.values import INSTANT as INSTANT
from workbench.model.values import MOMENT as MOMENT
from workbench.model.values import NAME_JSON as NAME_JSON
from workbench.model.values import SPAN as SPAN
from workbench.model.values import is_whole as is_whole
from workbench.model.values import text as text
from workbench.model.values import whole_number as whole_number
from workbench.model.yamltext import Mapping, Node, Scalar
from workbench.timetable import parse_zone


def _dag(**values: Any) -> DagSpec:
    """A DagSpec keeps the two policies of `dst` as fields of its own."""
    policies = values.pop("dst", {})
    return DagSpec(**{"name": "", "tasks": {}, **values, **policies})


def _dag_parts(spec: DagSpec) -> dict[str, Any]:
    policies = {key: getattr(spec, key) for key in ("gap", "fold")}
    return {
        **vars(spec),
        "dst": {key: item for key, item in policies.items() if item != getattr(DagSpec, key)} or None,
    }


def rule_for(values: Any) -> str:
    """The trigger rule of a task that names none: a teardown runs whatever happened to what it cleans up after."""
    return "all_done_setup_success" if values.get("teardown") else "all_success"


REASON = Group(
    ReasonRule,
    (
        Field("max", whole_number(0, "0", 1000), "At most so many retries for this reason; 0: none."),
        Field("delay", SPAN, "The pause for this reason, always the same."),
    ),
    example="{max: 2, delay: 30m}",
    bare="max",
    says="a number of retries, or a group of named values",
    parts=slots,
)

RETRIES = Group(
    RetryPolicy,
    (
        Field("max", whole_number(0, "5", 1000), "How often a failed attempt is tried again."),
        Field("delay", SPAN, "The pause before the first retry."),
        Field("backoff", FACTOR, "Each further pause is this many times as long."),
        Field("jitter", Choice(get_args(Jitter)), "How pauses are spread."),
        Field("cap", SPAN, "The longest pause."),
        Field("by_reason", Each(REASON, "reason", "{bug: 0}", allowed=REASONS), "Other rules for some failures."),
    ),
    example="{max: 5, delay: 2m}",
    bare="max",
    says="a number of retries, or a group of named values",
    parts=slots,
)

SENSOR = Group(
    Sensor,
    (
        Field("on", Names("[jfk, fares.load]"), "What it looks for: inputs, and tasks of other DAGs."),
        Field("mode", Choice(get_args(Mode)), "Whether it keeps its slots between looks (poke), or not."),
        Field("every", SPAN, "The pause between looks."),
        Field("takes", SOME_TIME, "How long a look lasts."),
        Field("timeout", SPAN, "After how long it gives up."),
        Field("soft_fail", FLAG, "Whether it is skipped, and not failed, when it gives up."),
        Field("backoff", FLAG, "Whether the pauses grow."),
        Field("max_wait", SPAN, "The longest pause, if they grow."),
        Field("match", Choice(get_args(Match)), "Whether runs of other DAGs match by partition, or by their instant."),
        Field("delta", SPAN, "How much earlier that instant is (match: instant)."),
    ),
    example="{on: [jfk], mode: reschedule, every: 5m}",
    bare="on",
    says="what it looks for, or a group of named values",
    parts=slots,
)

DEADLINE = Group(
    Deadline,
    (
        Field("by", MOMENT, "The local time of day, or the span after the window's end."),
        Field("within", SPAN, "The span after its run was made."),
    ),
    example='"08:00"',
    bare="by",
    says="a time of day, a span, or {within: ...}",
    parts=slots,
)

TASK = Group(
    Task,
    (
        Field("needs", Names("[extract, jfk]"), "Tasks and inputs that must be there first."),
        Field("reads", Names("[jfk, lga]"), "Tasks and inputs of which it takes what is there."),
        Field("requires", Names("[rates]"), "Inputs without which it fails; it does not wait for them."),
        Field("takes", SPAN, "How long an attempt usually runs."),
        Field("timeout", SOME_TIME, "How long an attempt may run."),
        Field("run", RUN, "The function that does the work, module:function."),
        Field("retries", RETRIES, "How often a failed attempt is tried again, and when."),
        Field("trigger_rule", Choice(TRIGGER_RULES), "Which ends of the tasks it needs let it start."),
        Field("pool", text("warehouse"), "The pool whose slots it takes while it runs."),
        Field("slots", whole_number(1, "2"), "How many slots of its pool it takes."),
        Field("priority", whole_number(-1_000_000, "2"), "Higher ones get a free slot first."),
        Field("max_active", whole_number(1, "1"), "How many attempts of it may run at once, over all runs."),
        Field("depends_on_past", FLAG, "Whether it waits for itself in the run before."),
        Field("wait_for_downstream", FLAG, "Whether it also waits for what comes right after it there."),
        Field("sensor", SENSOR, "Makes it a sensor: it only looks whether something is there."),
        Field("branch", Names("[full_load]"), "The tasks right after it that are followed; the others are skipped."),
        Field("short_circuit", FLAG, "Whether it may stop everything after it."),
        Field("setup", FLAG, "Makes something ready that a teardown removes again."),
        Field("teardown", FLAG, "Removes what a setup made, also after failures."),
        Field("fail_run", FLAG, "Whether a failed teardown fails the run."),
        Field("lookup", FLAG, "Whether a retry first looks if the work was done by an earlier try."),
        Field("deadline", DEADLINE, "Until when it must have succeeded."),
        Field("writes", Names("[orders]"), "The datasets that it updates."),
        *TASK_ROWS,
        Field("owner", OWNER, "Who is called when it fails."),
        Field("description", DESCRIPTION, "What it is for."),
    ),
    example="{needs: [extract], takes: 3m}",
    parts=slots,
    follows={"trigger_rule": rule_for, "depends_on_past": lambda values: bool(values.get("wait_for_downstream"))},
)

INPUT = Group(
    Input,
    (
        Field("expected", MOMENT, "When it is promised: a local time of day, or a span after the window's end."),
        Field("path", text('"drop/jfk/{partition}.csv"', longest=1000), "Where the data lies."),
        Field("owner", OWNER, "Who delivers it."),
        *INPUT_ROWS,
    ),
    example='{expected: "06:00"}',
    parts=slots,
)

DST = Group(
    dict,
    (
        Field(
            "gap",
            Choice(get_args(Gap)),
            "A local time that does not exist: run after the gap, or not at all.",
        ),
        Field("fold", Choice(get_args(Fold)), "A local time that comes twice: run at the first, second or both."),
    ),
    example="{gap: shift, fold: second}",
    parts=lambda value: value,
)

ON_DATA = Group(
    OnData,
    (
        Field("all", Names("[jfk, lga]"), "A run for each partition of which all of these are there."),
        Field("any", Names("[jfk, lga]"), "A run whenever one of these comes."),
        Field("interval", Choice(("same", "any")), "Whether they must be of one window, or of any."),
    ),
    example="{all: [jfk, lga]}",
    says="a group with all or any",
    parts=slots,
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Text that makes ticks, or a group of data. `on` is another word for `all`."""

    says: str = 'cron in quotes, "every 90m", once, manual, or {all: [...]} of data'
    example: str = '"0 6 * * *"'
    kinds: tuple[Kind, ...] = (SCHEDULE_TEXT, ON_DATA)

    def read(self, node: Node, place: Place) -> str | OnData | None:
        if isinstance(node, Scalar):
            return SCHEDULE_TEXT.read(node, place)  # type: ignore[no-any-return]
        if not isinstance(node, Mapping):
            raise RefusedError(must_be(self, "a list"))
        read = _with_all(node)
        data: OnData = ON_DATA.read(read, place)
        if any(key.text not in ON_DATA.by_key or place.failed for key, _ in read.pairs):
            return None  # told already
        if complaint := _not_one(data):
            raise RefusedError(complaint)
        return data

    def write(self, value: str | OnData) -> Any:
        return ON_DATA.write(value) if isinstance(value, OnData) else value

    def refusal(self, value: Any) -> str:
        if not isinstance(value, OnData):
            return SCHEDULE_TEXT.refusal(value)
        return next((f": {told}" for _, told in complaints(ON_DATA, value, "it")), "") or _not_one(value)


def _with_all(node: Mapping) -> Mapping:
    if node.get("all") is not None:
        return node
    pairs = ((replace(key, text="all") if key.text == "on" else key, item) for key, item in node.pairs)
    return Mapping(tuple(pairs), node.line)


def _not_one(data: OnData) -> str:
    if bool(data.all) != bool(data.any):
        return ""
    return ": write either 'all' or 'any', with the names of inputs or datasets, for example {all: [jfk, lga]}"


DAG = Group(
    DagSpec,
    (
        Field("dag", text("daily_flights", "a name"), "The name of the DAG.", attr="name", required=True),
        Field("schedule", Schedule(), "When runs start: cron in the zone, an interval, or data; null: only by hand."),
        Field("timezone", ZONE, "The zone of the schedule, and of times without one."),
        Field("partition", Choice(get_args(Unit)), "The size of the window that a run owns."),
        Field("start", INSTANT, "The first instant at which runs are due."),
        Field("end", INSTANT, "The instant after which none are due."),
        Field("catchup", FLAG, "Whether runs that were missed are made later."),
        Field("misfire", Choice(get_args(Misfire)), "Without catchup: what becomes of missed starts."),
        Field("paused", FLAG, "Whether it is switched off when the simulation begins."),
        Field("max_active_runs", whole_number(1, "16"), "How many runs may be under way at once."),
        Field("max_active_tasks", whole_number(1, "16"), "How many tasks of one run may be under way at once."),
        Field("weight_rule", Choice(get_args(WeightRule)), "Which tasks' priorities count for one in the queue."),
        Field("dst", DST, "What to do when clocks change."),
        Field("deadline", DEADLINE, "Until when a run must have succeeded."),
        Field("owner", OWNER, "Who answers for the DAG."),
        Field("description", DESCRIPTION, "What it is for."),
        *DAG_ROWS,
        Field("inputs", Each(INPUT, "input", 'jfk: {expected: "06:00"}', named=True), "Data from elsewhere."),
        Field("tasks", Each(TASK, "task", "extract: {takes: 10m}", named=True), "The steps."),
    ),
    example="{dag: daily_flights, tasks: {extract: {takes: 10m}}}",
    build=_dag,
    parts=_dag_parts,
)

SETTINGS = Group(
    dict,
    (
        Field("pools", Each(whole_number(1, "2"), "pool", "warehouse: 2"), "The slots of each pool."),
        Field("workers", whole_number(1, "4"), "How many attempts may run at once."),
        *SETTINGS_ROWS,
    ),
    example="{pools: {warehouse: 2}, workers: 4}",
    parts=lambda value: value,
)


def settings_of(workspace: Workspace) -> dict[str, Any]:
    """The settings of a workspace by their keys; those that are as usual are left out."""
    pairs = ((row.key, getattr(workspace, row.key)) for row in SETTINGS.fields)
    usual = {"rows": Workspace.rows}
    return {key: item for key, item in pairs if item not in (None, {}) and item != usual.get(key)}


def read_dag(node: Mapping, found: Findings) -> tuple[DagSpec, Place]:
    """The DAG of a document, with as much in it as could be read, and the place that knows what could not.
    What is wrong is added to `found`."""
    name = node.get("dag")
    who = f"DAG '{shown(name.text)}'" if isinstance(name, Scalar) and not name.is_null else "the DAG"
    place = Place(found, who, zone=_zone(node.get("timezone")), lines={"": node.line})
    return _dag(**DAG.values(node, place)), place


def _zone(node: Node | None) -> ZoneInfo:
    """The zone for naive times. A wrong one is told when its own field is read."""
    try:
        return parse_zone(node.text) if isinstance(node, Scalar) and not node.is_null else ZoneInfo("UTC")
    except ValueError:
        return ZoneInfo("UTC")


def read_settings(node: Mapping, found: Findings) -> tuple[dict[str, Any], Place]:
    """The settings that are given, and the place that knows their lines."""
    place = Place(found, "the settings document", lines={"": node.line})
    return SETTINGS.values(node, place), place
