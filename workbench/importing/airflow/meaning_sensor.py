"""Sensors: what they wait for, and how. What comes from outside is an input here, with a guess when it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from workbench.importing.airflow.meaning_ground import Ground, Sheet
from workbench.importing.airflow.meaning_values import Given, argument, called, several, span, word
from workbench.importing.airflow.parts import Call, Made, MadeDag
from workbench.importing.names import fitting
from workbench.importing.ticks import DAY, Plan
from workbench.timetable import format_duration

PAUSE = "WaitSensor"
_AFTER_START = timedelta(minutes=10)
_USUAL_CLOCK = "06:00"
_EVERY, _TIMEOUT = timedelta(minutes=1), timedelta(days=7)
_KIND = re.compile(r"(?:\w*Sensor(?:Async|Operator)?|@task\.sensor)")
_BEFORE = re.compile(
    r"^(?:wait(?:s|ing)?_?(?:for|on|until)?|await|sense|sensor|check_for|poke|is|until)_+", re.IGNORECASE
)
_BEHIND = re.compile(r"_+(?:sensor|async|arrived|available|ready|exists|task|operator)$", re.IGNORECASE)
_TOLD = {
    "never_fail": "never_fail of {names} is not known here",
    "silent_fail": "silent_fail of {names} is not known here",
    "execution_date_fn": "execution_date_fn of {names} is code: here the same partition counts",
    "failed_states": "failed_states of {names}: here {it goes|they go} on looking after a failure",
    "allowed_states": "allowed_states of {names}: here success alone counts",
}
# What says nothing where the other DAG is not in the file.
_OF_OTHERS = frozenset({"allowed_states", "failed_states", "execution_date_fn"})


def is_sensor(task: Made) -> bool:
    """Does it wait for something? One that only lets time pass is a task that takes that long."""
    known = any(_KIND.fullmatch(kind) for kind in (task.kind, *task.bases))
    return known and not (task.kind == PAUSE and span(task.given.get("time_to_wait")))


def sensed(sheet: Sheet, task: Made, given: Given, ground: Ground) -> Any:
    """What stands under `sensor`."""
    on, match = _waits_for(sheet, task, given, ground)
    found = {"on": on, **{key: item for key, item in _ways(given, task) if item not in (None, False)}, **match}
    is_far = any(name in sheet.inputs or name in ground.elsewhere.values() for name in on)
    for key, told in _TOLD.items():
        if given.get(key) not in (None, False, [], ["success"]) and not (is_far and key in _OF_OTHERS):
            given.note("changed", told)
    return on if len(found) == 1 else found


def _ways(given: Given, task: Made) -> Iterator[tuple[str, Any]]:
    is_deferred = given.flag("deferrable") or task.kind.endswith("Async")
    if is_deferred:
        told = "{names} {is|are} deferred to a triggerer in Airflow: here `reschedule`, which gives slots back too"
        given.note("changed", told)
    yield "mode", "reschedule" if is_deferred or given.word("mode") == "reschedule" else None
    yield "every", _unless(max(given.span("poke_interval") or _EVERY, timedelta(seconds=1)), _EVERY)
    yield "timeout", _unless(given.span("timeout"), _TIMEOUT)
    yield "soft_fail", given.flag("soft_fail")
    grows = given.flag("exponential_backoff")
    yield "backoff", grows
    yield "max_wait", _unless(given.span("max_wait"), None) if grows else None


def _unless(found: timedelta | None, usual: timedelta | None) -> str | None:
    return None if found is None or found == usual else format_duration(found)


# what it waits for


def _waits_for(sheet: Sheet, task: Made, given: Given, ground: Ground) -> tuple[list[str], dict[str, Any]]:
    kinds = {task.kind, *task.bases}
    if any(kind.startswith("ExternalTaskSensor") for kind in kinds):
        return _external(sheet, task, given, ground)
    if kinds & _MOMENTS.keys():
        key, reader = next(_MOMENTS[kind] for kind in _MOMENTS if kind in kinds)
        at = reader(given.get(key), sheet.plan)
        if at is not None:
            name = _input_for(task, ground, "time")
            sheet.inputs[name] = {"expected": at}
            sheet.remarks["inputs", name] = f"the moment for which {sheet.names[task.task_id]} waits"
            return [name], {}
        given.note(
            "missed", f"when {{names}} {{lets|let}} go on ({key}) is not known here: taken as something that comes"
        )
    return [_awaited(sheet, _input_for(task, ground), given)], {}


def _awaited(sheet: Sheet, name: str, given: Given) -> str:
    sheet.inputs[name] = {"expected": usual_arrival(sheet.plan)}
    sheet.remarks["inputs", name] = "guessed: when it comes"
    when = f"at {_USUAL_CLOCK}" if sheet.inputs[name]["expected"] == _USUAL_CLOCK else "10 min after the run starts"
    given.note("guessed", f"what {{names}} {{waits|wait}} for comes {when}")
    return name


def _input_for(task: Made, ground: Ground, more: str = "data") -> str:
    """What it looks for, where the file says that and it tells sensors apart: `fr_orders` of `fr/{{ ds }}/orders.csv`.
    Else its own name: `wait_for_orders` waits for `orders`, `land_fr.wait_for_file` for `land_fr_file`."""
    *groups, leaf = task.task_id.rsplit(".", 1)
    bare = fitting(_BEHIND.sub("", _BEFORE.sub("", fitting(leaf)))) or fitting(leaf)
    own = fitting("_".join([*groups, bare]))
    found = ground.sought.get(id(task), []) if more == "data" else []
    return ground.assets.free(*found, own, f"{own[:90]}_{more}", f"{fitting(task.task_id)[:90]}_{more}")


def usual_arrival(plan: Plan) -> str:
    """A guess: ten minutes after its run starts, so that the sensor looks a few times."""
    if plan.lag is not None:
        return spoken_moment(plan.lag + _AFTER_START, plan)
    return f"+{format_duration(_AFTER_START)}" if plan.partition == "hour" else _USUAL_CLOCK


def spoken_moment(after: timedelta, plan: Plan) -> str:
    """A span after the end of a partition as a clock time, where it is one on that day."""
    if plan.partition != "hour" and after < DAY:
        minutes, seconds = divmod(int(after.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return f"+{format_duration(after)}"


# moments


def _after_interval(value: Any, plan: Plan) -> str | None:
    """A span after the end of the data interval, which is when a run by cron is due."""
    found = span(value)
    return None if found is None else spoken_moment((plan.lag or timedelta(0)) + found, plan)


def _clock(value: Any, plan: Plan) -> str | None:
    """A time of day."""
    if isinstance(value, Call) and called(value) == "time":
        parts = [argument(value, key, place) or 0 for place, key in enumerate(("hour", "minute", "second"))]
        try:
            hour, minute, second = parts
            value = time(hour, minute, second)
        except (TypeError, ValueError):
            return None
    if not isinstance(value, time) or plan.partition == "hour":
        return None
    return value.replace(tzinfo=None, microsecond=0).isoformat("seconds" if value.second else "minutes")


def _never_known(value: Any, plan: Plan) -> str | None:
    return None


_MOMENTS = {
    "TimeDeltaSensor": ("delta", _after_interval),
    "TimeDeltaSensorAsync": ("delta", _after_interval),
    "TimeSensor": ("target_time", _clock),
    "TimeSensorAsync": ("target_time", _clock),
    "DateTimeSensor": ("target_time", _never_known),
    "DateTimeSensorAsync": ("target_time", _never_known),
    "DayOfWeekSensor": ("week_day", _never_known),
    PAUSE: ("time_to_wait", _never_known),
}


# tasks of other DAGs


def _external(sheet: Sheet, task: Made, given: Given, ground: Ground) -> tuple[list[str], dict[str, Any]]:
    dag_id = given.word("external_dag_id") or ""
    wanted = [one for key in ("external_task_id", "external_task_ids") for one in several(given.get(key))]
    ids = [task_id for one in wanted if (task_id := word(one))]
    group = word(given.get("external_task_group_id"))
    other = ground.dags.get(dag_id)
    if other is None:
        targets = [f"{dag_id or task.task_id}.{one}" for one in ids or [group or "end"]]
        return [_elsewhere(sheet, target, given, ground) for target in targets], {}
    found = [one for one in ids if one in other.tasks] or (_of_group(other, group) if group else ground.leaves(other))
    if ids and not all(one in other.tasks for one in ids):
        given.note(
            "missed", f"{{names}} {{waits|wait}} for a task that '{dag_id}' does not have: here for its last ones"
        )
    names = [ground.task_names[dag_id][one] for one in found]
    if other is sheet.dag:
        return [f"{name}@-1" for name in names], {}
    return [f"{ground.dag_names[dag_id]}.{name}" for name in names], _instant(ground.plan(other), sheet.plan, given)


def _of_group(dag: MadeDag, group: str) -> list[str]:
    """The last tasks of a group."""
    inside = [task_id for task_id in dag.tasks if task_id.startswith(f"{group}.")]
    needed = {need for task_id in inside for need in dag.tasks[task_id].needs}
    return [task_id for task_id in inside if task_id not in needed] or [*dag.tasks][-1:]


def _instant(other: Plan, own: Plan, given: Given) -> dict[str, Any]:
    """Airflow looks for the run of the same logical date, or of one that is `execution_delta` earlier: no other run
    counts, however near."""
    delta = given.span("execution_delta")
    is_timed = isinstance(other.schedule, str) and isinstance(own.schedule, str)
    if not is_timed or given.get("execution_date_fn") is not None:
        if delta:
            told = "execution_delta of {names}: not both DAGs are started by a clock here, so the same partition counts"
            given.note("missed", told)
        return {}
    return {"match": "instant", **({"delta": format_duration(delta)} if delta else {})}


def _elsewhere(sheet: Sheet, target: str, given: Given, ground: Ground) -> str:
    """A task of a DAG that is not in the file is an input; one for all who wait for it."""
    if target in ground.elsewhere:
        return ground.elsewhere[target]
    name = ground.assets.free(fitting(target))
    ground.elsewhere[target] = name
    sheet.inputs[name] = {"expected": usual_arrival(sheet.plan)}
    sheet.remarks["inputs", name] = f"guessed: when {target}, of another file, has ended"
    told = "{names}, of {a DAG that is|DAGs that are} not in this file: here {an input|inputs}, at a guessed time"
    given.notes.add("changed", told, given.line, target)
    return name
