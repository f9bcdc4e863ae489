"""Airflow's timetables: which runs a schedule makes, and which data interval each owns.

`timetable_of(schedule, zone, major)` gives the one that a plain schedule means in Airflow 2 or 3.
"""

from workbench.dialects.airflow.clocks import CronClock, Release, Step, StepClock
from workbench.dialects.airflow.timetables import (
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    Info,
    Interval,
    MultipleCronTriggerTimetable,
    Timetable,
    infos,
    timetable_of,
)

__all__ = [
    "CronClock",
    "CronDataIntervalTimetable",
    "CronTriggerTimetable",
    "DeltaDataIntervalTimetable",
    "DeltaTriggerTimetable",
    "Info",
    "Interval",
    "MultipleCronTriggerTimetable",
    "Release",
    "Step",
    "StepClock",
    "Timetable",
    "infos",
    "timetable_of",
]
