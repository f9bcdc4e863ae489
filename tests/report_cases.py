"""Recordings that reports and run cards are tried on."""

from __future__ import annotations

from pathlib import Path

import workbench as wb
from workbench.history import History
from workbench.keeping import Keeper
from workbench.recorded import choose
from workbench.recorded_data import Moment, moment
from workbench.session import Session

PIPELINES = Path(__file__).resolve().parent.parent / "tutorials" / "pipelines"


def repaired(history: Keeper | None = None) -> Session:
    """late_jfk: what was made without JFK is run again, and two days of the past are backfilled."""
    session = wb.load(PIPELINES / "daily_flights.yaml", "late_jfk", history=history)
    for line in (
        "run until 2013-01-04T09:05Z",
        "rerun daily_flights.extract@2013-01-03 down",
        "run until 2013-01-04T10:00Z",
        "backfill daily_flights@2013-01-01..2013-01-02 all limit 2",
        "run",
    ):
        session.do(line)
    return session


def keep(path: Path) -> Path:
    """`repaired`, in a history file."""
    with Keeper.open(str(path)) as kept:
        repaired(kept)
    return path


def at_end(path: Path, at: str | None = None) -> Moment:
    with History.open(path, write=False) as history:
        return moment(choose(history, None), at)
