"""Airflow's timetables: 62 walks of the real classes of 3.3.2, and facts from the repository's own tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from tests.conformance import Row, Table, instant, maybe
from workbench.dialects.airflow import (
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    Info,
    Interval,
    MultipleCronTriggerTimetable,
    Release,
    Step,
    Timetable,
    infos,
)

Shown = tuple[str, ...] | None
SOME_DAY = "2030-01-01T00:00"


CRONS: dict[str, Callable[[str, ZoneInfo], Timetable]] = {
    "CronDataIntervalTimetable": CronDataIntervalTimetable,
    "CronTriggerTimetable": CronTriggerTimetable,
}
DELTAS: dict[str, Callable[[Step], Timetable]] = {
    "DeltaDataIntervalTimetable": DeltaDataIntervalTimetable,
    "DeltaTriggerTimetable": DeltaTriggerTimetable,
}


def computed_timetable(row: Row) -> Timetable:
    kind, spec = row["timetable"], row["spec"]
    if kind in CRONS:
        return CRONS[kind](spec, ZoneInfo(row["timezone"]))
    seconds = int(spec.removeprefix("timedelta ").removesuffix("s"))
    return DELTAS[kind](Step(span=timedelta(seconds=seconds)))


def walked(row: Row) -> tuple[list[Shown], Shown]:
    """As many runs as the table has (it ends where the walk of Airflow did), and the interval of a run by hand."""
    timetable, now = computed_timetable(row), instant(row["now"])
    walk = infos(timetable, maybe(row["start_date"]), maybe(row["end_date"]), row["catchup"], now)
    wanted = len(row["next_dagrun_infos"])
    found: list[Shown] = [tuple(f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in info) for info in islice(walk, wanted)]
    found += [None] * (wanted - len(found))
    return found, tuple(f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in timetable.manual_interval(now))


def walk_expected(row: Row) -> tuple[list[Shown], Shown]:
    keys = ("logical_date", "start", "end", "run_after")
    found = [None if info is None else tuple(info[key] for key in keys) for info in row["next_dagrun_infos"]]
    by_hand = row["manual_data_interval"]
    return found, (by_hand["start"], by_hand["end"])


def tested_timetable(row: Row, release: Release) -> Timetable:
    zone, spec = ZoneInfo(row["timezone"]), row["spec"]
    patience = row.get("run_immediately", False)
    soon = timedelta(minutes=10) if patience == "10min" else patience
    if row["timetable"] == "MultipleCronTrigger":
        return MultipleCronTriggerTimetable(tuple(spec), zone, release=release)
    if row["timetable"] == "DeltaTrigger":
        assert spec == "1h"
        return DeltaTriggerTimetable(Step(span=timedelta(hours=1)))
    if row["timetable"] == "CronTrigger":
        return CronTriggerTimetable(spec, zone, run_immediately=soon, release=release)
    assert row["timetable"] == "CronDataInterval"
    return CronDataIntervalTimetable(spec, zone, release)


def tested(row: Row, release: Release) -> list[str]:
    timetable, now = tested_timetable(row, release), instant(row["now"] or SOME_DAY)
    last = row["last_data_interval"]
    if last == "MANUAL":
        return shown(timetable.manual_interval(now))
    earliest = maybe(row["earliest"])
    if "meaning" in row:
        walk = list(islice(infos(timetable, earliest, None, row["catchup"], now), 3))
        return shown((walk[0].start, *(info.end for info in walk)))
    before = None if last is None else Interval(instant(last[0]), instant(last[1]))
    info = timetable.next_dagrun_info(before, earliest, None, row["catchup"], now)
    assert info is not None
    return shown((info.start, info.end))


def shown(times: Info | Interval | tuple[object, ...]) -> list[str]:
    return [f"{at:%Y-%m-%dT%H:%M}" for at in times]


def tested_both(row: Row) -> list[list[str]]:
    """What the head of the repository answers, and what 3.3.2 does."""
    return [tested(row, "head"), tested(row, "3.3.2")]


def both_expected(row: Row) -> list[list[str]]:
    return [row["expected"], row["expected"] if row["holds_in_3.3.2"] else row["actual_in_3.3.2"]]


TABLES = [
    Table("airflow_timetables_computed", walked, walk_expected),
    Table("airflow_timetable_tests", tested_both, both_expected),
]
