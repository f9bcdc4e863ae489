"""DAGs: what their arguments mean here, and how a whole draft is put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from workbench.importing.airflow.meaning_ground import START, Ground, Sheet
from workbench.importing.airflow.meaning_schedule import end_of, start_of
from workbench.importing.airflow.meaning_sensor import usual_arrival
from workbench.importing.airflow.meaning_task import CALLBACKS_TOLD, is_alarmed, task_data
from workbench.importing.airflow.meaning_values import (
    Given,
    argument,
    called,
    last,
    moment,
    several,
    span,
    word,
    written,
)
from workbench.importing.airflow.parts import MadeDag, Unknown
from workbench.importing.found import Draft
from workbench.model.writing import DAG_KEYS
from workbench.timetable import Grid, format_duration, ticker

# What Airflow takes when nothing is said.
_RUNS, _TASKS = 16, 16
_LONGEST_TEXT = 400
_QUIET_OWNERS = frozenset({"", "airflow", "Airflow"})
_TOLD: dict[str, tuple[Any, str]] = {
    "on_success_callback": ("changed", CALLBACKS_TOLD),
    "max_consecutive_failed_dag_runs": (
        "changed", "a pause after some failed runs (max_consecutive_failed_dag_runs) is not known here",
    ),
    "fail_fast": ("changed", "fail_fast of {names} is not known here: other tasks go on after a failure"),
    "fail_stop": ("changed", "fail_stop of {names} is not known here: other tasks go on after a failure"),
}  # fmt: skip


def draft_of(dag: MadeDag, ground: Ground) -> Draft:
    """One DAG."""
    sheet = Sheet(dag, ground.plan(dag), ground.task_names[dag.dag_id])
    given = Given(dag.given, ground.notes, dag.line, dag.dag_id)
    tasks = {sheet.names[task.task_id]: task_data(sheet, task, ground) for task in dag.tasks.values()}
    sheet.remarks.setdefault(("tasks",), "guessed: how long each takes")
    owner = _give_owners(tasks, sheet)
    data = {key: item for key, item in _entries(sheet, given, ground) if item not in (None, False, "", {})}
    data |= {"owner": owner} if owner else {}
    data["tasks"] = tasks
    _tell(given)
    if is_alarmed(given):
        ground.alarmed.setdefault(dag.dag_id, {})[dag.line] = None
    ordered = {key: data[key] for key in DAG_KEYS if key in data}
    origins = {ours: task_id for task_id, ours in sheet.names.items()}
    lines = {sheet.names[task.task_id]: task.line for task in dag.tasks.values()}
    return Draft(ordered, sheet.remarks, origins, lines)


def _entries(sheet: Sheet, given: Given, ground: Ground) -> Iterator[tuple[str, Any]]:
    plan = sheet.plan
    yield "dag", ground.dag_names[sheet.dag.dag_id]
    yield "description", _line_of(given.get("description"))
    yield "schedule", plan.schedule
    if plan.remark:
        sheet.remarks["schedule",] = plan.remark
    yield "timezone", plan.zone if plan.zone != "UTC" else None
    yield "partition", plan.partition if plan.partition != "day" else None
    yield from _bounds(sheet, ground)
    yield "catchup", _catchup(sheet, given, ground)
    yield "paused", _paused(given)
    runs = given.count("max_active_runs")
    yield "max_active_runs", _one_at_a_time(sheet) or (runs if runs != _RUNS else None)
    most = _most_tasks(sheet, given)
    yield "max_active_tasks", most
    yield "weight_rule", _weights(sheet, ground, most)
    yield "deadline", _deadline(given)
    _declare_assets(sheet, ground)
    yield "inputs", sheet.inputs


def _line_of(value: Any) -> str | None:
    """Text on one line, of a length that one likes to read."""
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}..."


# start and end


def _bounds(sheet: Sheet, ground: Ground) -> Iterator[tuple[str, str | None]]:
    start, text = _start(sheet, ground)
    yield "start", text
    end = moment(end_of(sheet.dag))
    if end is None or not _is_near(end):
        return
    until = _end(end, sheet, ground, start)
    if start is not None and until <= start:
        ground.notes.add("missed", "end_date of {names} leaves no run: left out", sheet.dag.line, sheet.dag.dag_id)
    else:
        yield "end", _instant(until, sheet, ground)


def _start(sheet: Sheet, ground: Ground) -> tuple[datetime | None, str | None]:
    given = start_of(sheet.dag)
    found = moment(given)
    if found is not None and _is_near(found):
        aware = _aware(found, sheet, ground)
        if isinstance(given, Unknown):
            sheet.remarks["start",] = f"guessed: the file says {written(given)}"
        return aware, _instant(aware, sheet, ground)
    guess = ground.first_start or START
    if given is None and ground.first_start and not isinstance(sheet.plan.schedule, str):
        return None, None
    told = written(given) if given is not None else "none"
    note = f"start of {{names}}: {guess:%Y-%m-%d}, as the file says {told}"
    ground.notes.add("guessed", note, sheet.dag.line, sheet.dag.dag_id)
    sheet.remarks["start",] = f"guessed: the file says {told}"
    midnight = guess.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=ground.zone(sheet.dag)).astimezone(UTC)
    return midnight, f"{guess:%Y-%m-%d}"


def _is_near(moment: datetime) -> bool:
    """Far dates mean no bound."""
    return 1900 < moment.year < 9000


def _aware(found: datetime, sheet: Sheet, ground: Ground) -> datetime:
    """Airflow takes a date without a zone as UTC, which is then the zone of the DAG too."""
    local = found if found.tzinfo is not None else found.replace(tzinfo=ground.zone(sheet.dag))
    return local.replace(microsecond=0).astimezone(UTC)


def _instant(at: datetime, sheet: Sheet, ground: Ground) -> str:
    """A date where it is midnight in the DAG's zone."""
    local = at.astimezone(ground.zone(sheet.dag))
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local:%Y-%m-%d}"
    return f"{at:%Y-%m-%dT%H:%M}{f':{at.second:02}' if at.second else ''}Z"


def _end(found: datetime, sheet: Sheet, ground: Ground, start: datetime | None) -> datetime:
    """The end of the last partition that Airflow makes a run for: of the tick at or before the end date, or, with data
    intervals, of the interval that begins there."""
    end, zone = _aware(found, sheet, ground), ground.zone(sheet.dag)
    grid = Grid(sheet.plan.partition, zone)
    if not isinstance(sheet.plan.schedule, str) or sheet.plan.schedule == "once":
        return grid.containing(end).end
    clock = ticker(sheet.plan.schedule, zone, "shift", "second", start, end)
    tick = clock.after(end)
    if ground.release.major >= 3:
        ticks = list(clock.ticks(end - timedelta(days=32), end))
        tick = ticks[-1] if ticks else None
    return grid.last_ended(tick).end if tick is not None else grid.containing(end).end


def _catchup(sheet: Sheet, given: Given, ground: Ground) -> bool | None:
    """Airflow 2 makes up for missed runs unless told not to, Airflow 3 only when told to."""
    if not isinstance(sheet.plan.schedule, str):
        return None
    if "catchup" in given or "catchup_by_default" in given:
        return given.flag("catchup")
    if ground.release.major >= 3:
        return None
    sheet.remarks["catchup",] = "Airflow 2 does, unless told otherwise"
    return True


def _paused(given: Given) -> bool | None:
    if given.get("is_paused_upon_creation") is not True:
        return None
    given.note(
        "changed", "{names} {is|are} paused when new: here when a simulation begins; take `paused` out to see runs"
    )
    return True


def _one_at_a_time(sheet: Sheet) -> int | None:
    return 1 if "@continuous" in sheet.plan.remark else None


# limits


def _most_tasks(sheet: Sheet, given: Given) -> int | None:
    said = given.count(given.first("max_active_tasks", "concurrency"))
    if said is not None:
        return said
    if len(sheet.dag.tasks) <= _TASKS:
        return None
    sheet.remarks["max_active_tasks",] = "Airflow's default"
    return _TASKS


def _weights(sheet: Sheet, ground: Ground, most: int | None) -> str | None:
    """Airflow adds up the priorities below a task; that matters as soon as tasks wait for slots."""
    tasks = sheet.dag.tasks.values()
    rules = list(dict.fromkeys(word(task.given.get("weight_rule")) or "downstream" for task in tasks))
    if len(rules) > 1 or rules[0] not in ("absolute", "downstream", "upstream"):
        own = ", ".join(map(last, rules))
        told = f"tasks of {{names}} have weight rules of their own ({own}): here the first that is known"
        ground.notes.add("changed", told, sheet.dag.line, sheet.dag.dag_id)
    if not any(task.given.get("weight_rule") for task in tasks):
        sheet.remarks["weight_rule",] = "Airflow's default"
    rule = next((one for one in rules if one in ("absolute", "downstream", "upstream")), "downstream")
    is_tight = most is not None or any(task.given.get("pool") or task.given.get("priority_weight") for task in tasks)
    return rule if is_tight and rule != "absolute" and len(sheet.dag.tasks) > 1 else None


def _deadline(given: Given) -> dict[str, str] | None:
    """A deadline alert, or how long a run may last."""
    alerts = [one for one in several(given.get("deadline")) if called(one) == "DeadlineAlert"]
    spans = [found for one in alerts if (found := _alert(one, given)) is not None]
    timeout = given.span("dagrun_timeout")
    if timeout:
        given.note("changed", "dagrun_timeout of {names} ends a run in Airflow: here the deadline only tells somebody")
    shortest = min([*spans, *([timeout] if timeout else [])], default=None)
    return {"within": format_duration(shortest)} if shortest else None


def _alert(alert: Any, given: Given) -> timedelta | None:
    reference = argument(alert, "reference", 0)
    name = (word(reference) or called(reference) or written(reference)).lower()
    found = span(argument(alert, "interval", 1))
    if found is None or not any(known in name for known in ("queued_at", "logical_date", "queuedat", "logicaldate")):
        given.note("missed", f"the deadline alert of {{names}} ({written(reference)}) is not known here")
        return None
    return found


# owners and inputs


def _give_owners(tasks: dict[str, dict[str, Any]], sheet: Sheet) -> str | None:
    """Who owns most of the tasks owns the DAG; the others are named at theirs."""
    owners = {sheet.names[task.task_id]: word(task.given.get("owner")) or "" for task in sheet.dag.tasks.values()}
    named = Counter(owner for owner in owners.values() if owner not in _QUIET_OWNERS)
    if not named:
        return None
    whole = _short(named.most_common(1)[0][0])
    for name, owner in owners.items():
        if owner not in _QUIET_OWNERS and _short(owner) != whole:
            tasks[name]["owner"] = _short(owner)
    return whole


def _short(owner: str) -> str:
    return " ".join(owner.split())[:100]


def _declare_assets(sheet: Sheet, ground: Ground) -> None:
    """Assets that start the DAG and come from elsewhere."""
    for key in ground.inputs_of(sheet.dag):
        name = ground.assets.name(key)
        sheet.inputs[name] = {"expected": usual_arrival(sheet.plan)}
        address = ground.assets.addresses.get(key, key)
        where = f"; {address}" if address != name else ""
        sheet.remarks["inputs", name] = f"guessed: when it comes{where}"
        ground.notes.add(
            "guessed", "when {names} {comes|come}: no task of the file writes {it|them}", sheet.dag.line, name
        )


def _tell(given: Given) -> None:
    for key, (manner, told) in _TOLD.items():
        if given.get(key) not in (None, False, "", [], (), 0):
            given.note(manner, told)
