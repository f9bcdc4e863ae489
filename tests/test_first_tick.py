"""The first run of a DAG: found at once, however long it was before its start that one began to look."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import workbench as wb
from workbench.engine.rules.clock import tick_after
from workbench.model import DagSpec
from workbench.timetable import Ticker

LONG_BEFORE = wb.instant("1960-01-01T00:00Z")


def spec(schedule: str, start: str, partition: str) -> DagSpec:
    dag = wb.Dag("x", schedule=schedule, start=start, partition=partition, timezone="Europe/Berlin")
    dag.task("a")
    return dag.spec


def one_by_one(dag: DagSpec, after: datetime) -> datetime | None:
    """Tick by tick, as nobody should who has far to go."""
    tick = dag.clock.after(after) if dag.clock is not None else None
    while tick is not None and dag.start is not None and dag.grid.last_ended(tick).start < dag.start:
        tick = dag.clock.after(tick) if dag.clock is not None else None
    return tick


@pytest.mark.parametrize("partition", ["hour", "day", "week", "month"])
@pytest.mark.parametrize("schedule", ["0 6 * * *", "30 2 * * *", "0 */5 * * *", "every 90m", "0 0 1 * *", "0 3 * * 1"])
@pytest.mark.parametrize("start", ["2013-03-31", "2013-03-31T12:00Z", "2013-10-27", "2013-01-01T00:00Z"])
def test_it_is_the_one_that_counting_finds(schedule: str, start: str, partition: str) -> None:
    dag = spec(schedule, start, partition)
    assert dag.start is not None
    found = tick_after(dag, LONG_BEFORE)
    assert found is not None
    assert found[0] == one_by_one(dag, dag.start - timedelta(days=40))


def test_nobody_counts_the_minutes_of_the_years_before(monkeypatch: pytest.MonkeyPatch) -> None:
    dag = spec("* * * * *", "2013-06-01", "month")
    asked: list[datetime] = []
    clock = dag.clock
    assert clock is not None
    real = type(clock).after

    def after(self: Ticker, instant: datetime) -> datetime | None:
        asked.append(instant)
        return real(self, instant)

    monkeypatch.setattr(type(clock), "after", after)
    assert tick_after(dag, LONG_BEFORE) is not None
    assert len(asked) < 5
