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
from workbench.timetable.ticker import ONCE, Every, Once, Ticker, check_schedule, ticker

__all__ = [
    "ONCE",
    "UTC",
    "Cron",
    "Every",
    "Fold",
    "Gap",
    "Grid",
    "Once",
    "Partition",
    "Ticker",
    "Unit",
    "check_cron",
    "check_schedule",
    "format_duration",
    "format_instant",
    "parse_clock",
    "parse_duration",
    "parse_instant",
    "parse_zone",
    "spoken_duration",
    "ticker",
]
