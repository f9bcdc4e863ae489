"""Time on paper: durations, instants, calendar grids and cron, without any clock.

The lowest layer: pure functions and frozen values, and nothing of the project is imported. Every
instant given back is aware and carries `datetime.UTC`; naive datetimes are refused with a ValueError,
and so is all text that cannot be read, with an example of what can.
"""

from datetime import UTC

from workbench.timetable.cron import Cron, Fold, Gap, check_cron
from workbench.timetable.grid import Grid, Partition, Unit
from workbench.timetable.text import (
    format_duration,
    format_instant,
    parse_clock,
    parse_duration,
    parse_instant,
    parse_zone,
    spoken_duration,
)

__all__ = [
    "UTC",
    "Cron",
    "Fold",
    "Gap",
    "Grid",
    "Partition",
    "Unit",
    "check_cron",
    "format_duration",
    "format_instant",
    "parse_clock",
    "parse_duration",
    "parse_instant",
    "parse_zone",
    "spoken_duration",
]
