"""The schedule of a DAG: cron, presets, spans, timetables by name. What starts a DAG by data is in `meaning_starts`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from workbench.importing.airflow.meaning_data import Condition, condition
from workbench.importing.airflow.meaning_notes import Notes
from workbench.importing.airflow.meaning_release import Release
from workbench.importing.airflow.meaning_values import argument, called, moment, objects, span, written, zone_name
from workbench.importing.airflow.parts import UNTOLD, Call, MadeDag, Unknown
from workbench.importing.ticks import Plan, cron_plan, merged, span_plan
from workbench.timetable.grid import Unit

# What is taken where only a run of the file would tell.
GUESS = "@daily"
_WORKDAYS = "0 0 * * 2-6"
_KEYS = ("schedule", "schedule_interval", "timetable")
_UNITS: tuple[Unit, ...] = ("hour", "day", "week", "month")


class Timed(NamedTuple):
    """What a DAG's schedule says: a plan by time, or data that must come. `by_partition`: whether the data of one
    partition start a run of that partition. `unit`: the partitions that data say."""

    plan: Plan = Plan()
    data: Condition | None = None
    by_partition: bool = False
    unit: Unit | None = None


class Asked(NamedTuple):
    """The DAG whose schedule is read, and where to note what is said about it."""

    dag: MadeDag
    zone: str
    release: Release
    notes: Notes

    def note(self, manner: Any, text: str, line: int = 0) -> None:
        self.notes.add(manner, text, line or self.dag.line, self.dag.dag_id)


def start_of(dag: MadeDag) -> Any:
    """The start date, of the DAG or of its default arguments, or the first of a task."""
    return _dated(dag, "start_date", min)


def end_of(dag: MadeDag) -> Any:
    """The end date: as the start."""
    return _dated(dag, "end_date", max)


def _dated(dag: MadeDag, key: str, choose: Callable[[Any], Any]) -> Any:
    defaults = dag.given.get("default_args")
    given = dag.given.get(key) or (defaults.get(key) if isinstance(defaults, dict) else None)
    if given is not None:
        return given
    tasks = [task.given[key] for task in dag.tasks.values() if task.given.get(key) is not None]
    known = [found for found in map(moment, tasks) if found is not None]
    same = len({found.tzinfo is None for found in known}) == 1
    return choose(known) if known and same else (tasks[0] if tasks else None)


def zone_of(dag: MadeDag) -> str:
    """Airflow takes the zone of a DAG from its start date."""
    given = start_of(dag)
    if isinstance(given, Call):
        return zone_name(given.given.get("tz", given.given.get("tzinfo", "UTC"))) or "UTC"
    found = moment(given)
    return (zone_name(found.tzinfo) if found is not None and found.tzinfo is not None else None) or "UTC"


def timed(dag: MadeDag, release: Release, notes: Notes) -> Timed:
    """What starts runs of a DAG."""
    asked = Asked(dag, zone_of(dag), release, notes)
    key = next((key for key in _KEYS if key in dag.given), None)
    if key is None:
        return Timed(_unsaid(asked))
    return _read(dag.given[key], asked)


def _unsaid(asked: Asked) -> Plan:
    """Without a word, Airflow 2 starts a DAG every day, and Airflow 3 never."""
    if asked.release.major >= 3:
        return Plan(zone=asked.zone)
    asked.note("guessed", "{names} {says|say} no schedule: every day, as Airflow 2 takes it")
    return Plan("every 1d", zone=asked.zone, remark="no schedule: so Airflow 2 takes it")


def _read(value: Any, asked: Asked) -> Timed:
    if value is None:
        return Timed(Plan(zone=asked.zone))
    if isinstance(value, Unknown):
        return _unknown(value, asked)
    if (data := condition(value)) is not None:
        return Timed(Plan(zone=asked.zone), data)
    if isinstance(value, str):
        return Timed(_text(value, asked))
    if (found := span(value)) is not None and not isinstance(value, int | float):
        return Timed(_spanned(found, asked))
    if isinstance(value, Call):
        return _timetable(value, asked)
    return Timed(_guess(written(value), asked))


def _unknown(value: Unknown, asked: Asked) -> Timed:
    if value.otherwise is UNTOLD:
        return Timed(_guess(written(value), asked))
    told = f"the schedule of {{names}} is {written(value)}: taken as {written(value.otherwise)}, which it is otherwise"
    asked.note("guessed", told, value.line)
    return _read(value.otherwise, asked)


def _guess(told: str, asked: Asked, line: int = 0) -> Plan:
    asked.note("missed", f"the schedule of {{names}} is {told}, which the text does not tell: taken as {GUESS}", line)
    return _cron(GUESS, asked, asked.zone)._replace(remark=f"guessed: the file says {told}")


def _text(value: str, asked: Asked) -> Plan:
    text = value.strip()
    if text == "@once":
        return Plan("once", zone=asked.zone)
    if text in ("@none", "None", ""):
        return Plan(zone=asked.zone)
    if text == "@continuous":
        told = "@continuous, a run after each run, is not known here: taken as one every 15 min"
        asked.note("changed", told)
        return Plan("every 15m", "hour", asked.zone, remark="instead of @continuous")
    return _cron(text, asked, asked.zone)


def _cron(text: str, asked: Asked, zone: str) -> Plan:
    plan = cron_plan(text, zone)
    if plan is None:
        return _guess(f"{text!r}, which is no cron of five fields", asked) if text != GUESS else Plan(zone=zone)
    return _tell(plan, asked)


def _spanned(found: timedelta, asked: Asked) -> Plan:
    plan = span_plan(found, asked.zone)
    return _guess(f"a span of {found}", asked) if plan is None else _tell(plan, asked)


def _tell(plan: Plan, asked: Asked) -> Plan:
    if plan.told:
        asked.note("changed", f"schedule '{plan.schedule}' of {{names}}: {plan.told}")
    return plan


# timetables by name


def _timetable(value: Call, asked: Asked) -> Timed:
    name = called(value)
    if name in _BY_NAME:
        return _BY_NAME[name](value, asked)
    if "workday" in name.lower() or "businessday" in name.lower():
        told = f"{name} of {{names}}: taken as each midnight after a working day; holidays are not known here"
        asked.note("changed", told, value.line)
        plan = cron_plan(_WORKDAYS, asked.zone) or Plan()
        return Timed(plan._replace(remark=f"guessed for {name}"))
    return Timed(_guess(written(value), asked, value.line))


def _zone_in(value: Call, asked: Asked, place: int = -1) -> str:
    given = argument(value, "timezone", place)
    return asked.zone if given is None else zone_name(given) or asked.zone


def _one_cron(value: Call, asked: Asked) -> Timed:
    text = argument(value, "cron", 0)
    if not isinstance(text, str):
        return Timed(_guess(written(value), asked, value.line))
    return Timed(_cron(text, asked, _zone_in(value, asked, 1)))


def _many_crons(value: Call, asked: Asked) -> Timed:
    crons = [one for one in value.args if isinstance(one, str)]
    if not crons or len(crons) < len(value.args):
        return Timed(_guess(written(value), asked, value.line))
    together = merged(crons)
    if together is None:
        left = ", ".join(repr(one) for one in crons[1:])
        asked.note(
            "missed", f"{{names}} {{has|have}} several crons that are no single one: {left} left out", value.line
        )
    return Timed(_cron(together or crons[0], asked, _zone_in(value, asked)))


def _delta(value: Call, asked: Asked) -> Timed:
    found = span(argument(value, "delta", 0))
    return Timed(_guess(written(value), asked, value.line) if found is None else _spanned(found, asked))


def _events(value: Call, asked: Asked) -> Timed:
    asked.note(
        "missed", "EventsTimetable of {names}, runs on dates of a list, is not known here: start them", value.line
    )
    return Timed(Plan(zone=asked.zone))


def _either(value: Call, asked: Asked) -> Timed:
    asked.note("missed", "{names} {starts|start} by time or by data: here by time alone", value.line)
    return _read(argument(value, "timetable"), asked)


def _by_assets(value: Call, asked: Asked) -> Timed:
    data = condition(argument(value, "assets", 0))
    if data is None:
        return Timed(_guess(written(value), asked, value.line))
    is_partitioned = called(value).startswith("Partitioned")
    return Timed(Plan(zone=asked.zone), data, is_partitioned, _mapped_unit(value, asked))


def _mapped_unit(value: Call, asked: Asked) -> Unit | None:
    """The partitions that the mappers of a schedule make, by their names: `StartOfDayMapper`."""
    mappers = [argument(value, "default_partition_mapper", 2), argument(value, "partition_mapper_config", 1)]
    names = " ".join(called(one) for mapper in mappers if mapper for one in objects(mapper))
    if names:
        asked.note(
            "changed", "mappers of partitions are not known here: {names} {gets|get} those that overlap", value.line
        )
    return next((unit for unit in _UNITS if unit.title() in names), None)


def _at_runtime(value: Call, asked: Asked) -> Timed:
    asked.note(
        "changed", "{names} {gets|get} partitions when run: here the day that was over last, when triggered", value.line
    )
    return Timed(Plan(zone=asked.zone))


def _nothing(value: Call, asked: Asked) -> Timed:
    return Timed(Plan(zone=asked.zone))


def _preset(text: str) -> Callable[[Call, Asked], Timed]:
    return lambda value, asked: Timed(_text(text, asked))


_BY_NAME: dict[str, Callable[[Call, Asked], Timed]] = {
    "CronTriggerTimetable": _one_cron,
    "CronDataIntervalTimetable": _one_cron,
    "CronPartitionTimetable": _one_cron,
    "MultipleCronTriggerTimetable": _many_crons,
    "DeltaTriggerTimetable": _delta,
    "DeltaDataIntervalTimetable": _delta,
    "EventsTimetable": _events,
    "AssetOrTimeSchedule": _either,
    "DatasetOrTimeSchedule": _either,
    "AssetTriggeredTimetable": _by_assets,
    "PartitionedAssetTimetable": _by_assets,
    "PartitionedAtRuntime": _at_runtime,
    "NullTimetable": _nothing,
    "OnceTimetable": _preset("@once"),
    "ContinuousTimetable": _preset("@continuous"),
}
