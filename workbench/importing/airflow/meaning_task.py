"""Tasks: what their arguments mean here. What a sensor waits for is in `meaning_sensor`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from workbench.importing.airflow.meaning_ground import Ground, Sheet
from workbench.importing.airflow.meaning_sensor import PAUSE, is_sensor, sensed
from workbench.importing.airflow.meaning_values import Given, several, span
from workbench.importing.airflow.parts import Code, Made
from workbench.model.parts import TRIGGER_RULES
from workbench.timetable import format_duration

USUAL, SHORT, NONE = timedelta(minutes=5), timedelta(seconds=10), timedelta(0)
_DELAY, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
_OLD_RULES = {"none_failed_or_skipped": "none_failed_min_one_success", "dummy": "always"}
_BRANCH = re.compile(r"(?:@task\.)?(?!.*Sensor).*branch.*", re.IGNORECASE)
_SHORT_CIRCUITS = frozenset({"ShortCircuitOperator", "@task.short_circuit", "ApprovalOperator"})
# They do nothing, or only ask Airflow for something.
_QUICK = frozenset(
    {"EmptyOperator", "DummyOperator", "ExternalTaskMarker", "LatestOnlyOperator", "TriggerDagRunOperator",
     "BranchDayOfWeekOperator", "BranchDateTimeOperator"}
)  # fmt: skip
_KINDS = {
    "LatestOnlyOperator": ("changed", "{names} {lets|let} only the newest run go on in Airflow: here every run"),
    "SubDagOperator": ("missed", "the DAG inside {names} is not read: one task here"),
    "HITLOperator": ("changed", "a person answers {names} in Airflow: here that takes a guessed time"),
    "HITLEntryOperator": ("changed", "a person answers {names} in Airflow: here that takes a guessed time"),
    "HITLBranchOperator": ("changed", "a person answers {names} in Airflow: here that takes a guessed time"),
    "ApprovalOperator": ("changed", "a person answers {names} in Airflow: here that takes a guessed time"),
}
# What has no meaning here, and what to say about it: one note for all tasks.
_CALLBACKS = (
    "on_success_callback",
    "on_retry_callback",
    "on_execute_callback",
    "on_skipped_callback",
    "email_on_retry",
)
CALLBACKS_TOLD = "callbacks and e-mails that are not about failures are not known here"
_TOLD: dict[str, tuple[Any, str]] = {
    **dict.fromkeys(_CALLBACKS, ("changed", CALLBACKS_TOLD)),
    "retry_policy": ("changed", "the retry policy of {names} is code: `retries` with `by_reason` can say the like"),
    "wait_for_past_depends_before_skipping": (
        "changed",
        "wait_for_past_depends_before_skipping of {names} is not known here",
    ),
    "max_active_tis_per_dagrun": ("changed", "max_active_tis_per_dagrun of {names} is about mapped tasks, one here"),
    "queue": ("kept", "queues and executors are not known here: every task finds the same workers"),
    "executor": ("kept", "queues and executors are not known here: every task finds the same workers"),
    "run_as_user": ("kept", "run_as_user has no meaning here"),
}


def task_data(sheet: Sheet, task: Made, ground: Ground) -> dict[str, Any]:
    """A task as a pipeline file says it, in its shortest spelling."""
    given = Given(task.given, ground.notes, task.line, task.task_id)
    entries = _entries(sheet, task, given, ground)
    data = {key: item for key, item in entries if item is not None and item is not False and item != []}
    _tell(task, given)
    if is_alarmed(given):
        ground.alarmed.setdefault(sheet.dag.dag_id, {})[task.line] = None
    return data


def _entries(sheet: Sheet, task: Made, given: Given, ground: Ground) -> Iterator[tuple[str, Any]]:
    yield "needs", _one_or_list([sheet.names[need] for need in task.needs if need in sheet.names])
    yield "reads", _one_or_list(_reads(sheet, task, ground))
    if is_sensor(task):
        yield "sensor", sensed(sheet, task, given, ground)
    else:
        yield "takes", format_duration(_takes(task))
    yield "timeout", _spelled(given.span("execution_timeout"))
    yield "retries", _retries(given)
    yield from _limits(given, ground).items()
    yield "trigger_rule", _rule(given, task)
    yield "max_active", given.count(given.first("max_active_tis_per_dag", "task_concurrency"))
    waits = given.flag("wait_for_downstream")
    yield "depends_on_past", given.flag("depends_on_past") and not waits
    yield "wait_for_downstream", waits
    yield from _deciding(sheet, task, given, ground)
    yield "setup", task.is_setup
    yield "teardown", task.is_teardown
    yield "fail_run", task.is_teardown and given.flag("on_failure_fail_dagrun")
    yield "deadline", _sla(given, ground)
    yield "writes", _one_or_list(ground.written_by(sheet.dag, task))


def _one_or_list(names: list[str]) -> Any:
    """`needs: extract` is short for `needs: [extract]`."""
    unique = list(dict.fromkeys(names))
    return unique[0] if len(unique) == 1 else unique


def _spelled(span: timedelta | None) -> str | None:
    return format_duration(span) if span else None


def _takes(task: Made) -> timedelta:
    if task.kind in _QUICK:
        return NONE
    if task.kind == PAUSE:
        return span(task.given.get("time_to_wait")) or USUAL
    return SHORT if is_branch(task) or task.kind in _SHORT_CIRCUITS else USUAL


def _reads(sheet: Sheet, task: Made, ground: Ground) -> list[str]:
    """The datasets of other DAGs that a task names as its inlets."""
    keys = ground.assets.keys(task.given.get("inlets"))
    if not keys:
        return []
    own = {key for key, writers in ground.assets.writers.items() if any(dag == sheet.dag.dag_id for dag, _ in writers)}
    known = set(ground.assets.writers) | {key for keys in ground.starts.inputs.values() for key in keys}
    return [ground.assets.name(key) for key in keys if key in known - own]


# retries


def _retries(given: Given) -> Any:
    number = given.whole("retries")
    if not number or number < 0:
        return None
    policy: dict[str, Any] = {"max": min(number, 1000)}
    delay = given.span("retry_delay")
    if delay is not None and delay != _DELAY:
        policy["delay"] = format_duration(delay)
    factor = _factor(given)
    if factor > 1:
        policy |= {"backoff": factor, "jitter": "airflow"}
    cap = given.span("max_retry_delay") if factor > 1 else delay
    if cap is not None and (cap < _LONGEST_PAUSE if factor > 1 else cap > _LONGEST_PAUSE):
        policy["cap"] = format_duration(cap)
    return policy["max"] if len(policy) == 1 else policy


def _factor(given: Given) -> float:
    """Airflow 2 says whether pauses double; Airflow 3 says by how much they grow."""
    value = given.get("retry_exponential_backoff")
    if isinstance(value, bool) or value is None:
        return 2 if value else 1
    if isinstance(value, int | float) and 1 <= value <= 1000:
        return int(value) if value == int(value) else value
    if value != 0:
        given.unread("retry_exponential_backoff")
    return 1


def _rule(given: Given, task: Made) -> str | None:
    rule = given.word("trigger_rule")
    if rule is None:
        return None
    ours = _OLD_RULES.get(rule.lower(), rule.lower())
    if ours not in TRIGGER_RULES:
        given.unread("trigger_rule", "no trigger rule of Airflow")
        return None
    return None if ours == ("all_done_setup_success" if task.is_teardown else "all_success") else ours


def _sla(given: Given, ground: Ground) -> Any:
    """Airflow 2's `sla` counts from when the run was due; Airflow 3 has none."""
    span = given.span("sla")
    if not span:
        return None
    if ground.release.major >= 3:
        given.note("changed", "sla of {names} does nothing in Airflow 3: left out")
        return None
    return {"within": format_duration(span)}


# pools and priorities


def _limits(given: Given, ground: Ground) -> dict[str, Any]:
    found: dict[str, Any] = {}
    pool, slots = given.word("pool"), given.count("pool_slots") or 1
    if pool and pool != "default_pool":
        found["pool"] = ground.pool(pool, slots)
        found |= {"slots": slots} if slots > 1 else {}
    priority = given.whole("priority_weight")
    if priority is not None and priority != 1 and abs(priority) <= 10**6:
        found["priority"] = priority
    return found


# what is followed


def is_branch(task: Made) -> bool:
    return any(_BRANCH.fullmatch(kind) for kind in (task.kind, *task.bases)) and not is_sensor(task)


def _deciding(sheet: Sheet, task: Made, given: Given, ground: Ground) -> Iterator[tuple[str, Any]]:
    downs = ground.downs(sheet.dag, task)
    if task.kind in _SHORT_CIRCUITS:
        yield "short_circuit", bool(downs)
        if given.get("ignore_downstream_trigger_rules") is False:
            told = "{names} {heeds|heed} the trigger rules below (ignore_downstream_trigger_rules=False): not here"
            given.note("changed", told)
    elif is_branch(task) and downs:
        chosen, why = _followed(task, downs)
        ways = [sheet.names[one] for one in chosen]
        sheet.remarks["tasks", sheet.names[task.task_id]] = "guessed: which way it goes"
        _tell_way(sheet, task, ways, why, ground)
        yield "branch", _one_or_list(ways)


def _tell_way(sheet: Sheet, task: Made, ways: list[str], why: str, ground: Ground) -> None:
    """Which way was taken, and the line to type for another."""
    name = sheet.names[task.task_id]
    others = [sheet.names[one] for one in ground.downs(sheet.dag, task) if sheet.names[one] not in ways]
    ground.choosing = ground.choosing or (f"choose {name}@DAY {others[0]}" if others else "")
    another = f"; for another: {ground.choosing}" if ground.choosing else ""
    told = f"which way a branch goes: {{names}}{another}"
    ground.notes.add("guessed", told, task.line, f"{name} to {' and '.join(ways)} ({why})")


def _followed(task: Made, downs: list[str]) -> tuple[list[str], str]:
    """The first answer that is written out and leads to tasks right after it, else the first of those; and why."""
    keys = ("follow_task_ids_if_true", "options_mapping", "branches")
    code = [value for value in task.given.values() if isinstance(value, Code)]
    answers = [*(answer for one in code for answer in one.returns), *(task.given.get(key) for key in keys)]
    for answer in answers:
        values = list(answer.values())[:1] if isinstance(answer, dict) else several(answer)
        found = [one for one in values if isinstance(one, str) and one in downs]
        if found:
            return found, _why(code, answer)
    return downs[:1], "the first that follows"


def _why(code: list[Code], answer: Any) -> str:
    is_told = any(one.is_told and answer == one.returns[0] for one in code)
    is_only = any(one.is_all and len(one.returns) == 1 for one in code)
    return "as on a scheduled run" if is_told else "all that the code says" if is_only else "the first that it names"


# what is told


def _tell(task: Made, given: Given) -> None:
    if task.kind in _KINDS:
        manner, told = _KINDS[task.kind]
        given.notes.add(manner, told, task.line, task.task_id)  # type: ignore[arg-type]
    for key, (manner, told) in _TOLD.items():
        if given.get(key) not in (None, False, "", [], ()):
            given.note(manner, told)
    if task.is_mapped:
        _tell_mapped(task, given)


_ALARMS = ("on_failure_callback", "sla_miss_callback")


def is_alarmed(given: Given) -> bool:
    """Is somebody told when it fails? Airflow sends an e-mail where an address is given, unless told not to."""
    by_mail = given.get("email") and given.get("email_on_failure") is not False
    return bool(by_mail) or any(given.get(key) not in (None, [], ()) for key in _ALARMS)


def _tell_mapped(task: Made, given: Given) -> None:
    many = f"{task.copies} times in Airflow" if task.copies is not None else "as many times as a run finds in Airflow"
    given.note("changed", f"{{names}} {{is|are}} mapped, {many}: one task here")
