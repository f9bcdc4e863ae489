"""What is, beside what would have been right: which rows belong together, where they differ, what is twice."""

from __future__ import annotations

import pytest

import workbench as wb


def told(line: str, target: str = "dataset:daily_flights.pub_punctuality") -> tuple[str, str]:
    """The data pane and why, after a file came wrong and the board has read."""
    session = wb.sample("daily_flights")
    session.do("go 2013-01-02 12:00")
    session.do(line)
    session.do("go 2013-01-03 09:00")
    bench = wb.Bench(session)
    bench.choose(target)
    return bench.data(118).text, " ".join(bench.why(118).text.split())


def test_rows_that_came_with_other_values_stand_beside_the_right_ones_and_the_columns_are_named() -> None:
    data, why = told("unit ewr@2013-01-02 arr_delay 60")
    assert "They differ in arr_delay." in data
    head = next(row for row in data.splitlines() if "arr_delay  origin" in row)
    assert head.split()[0] == "arr_delay"
    there, right, *_ = (row.split() for row in data.splitlines() if row.startswith(("x is ", "  should be ")))
    assert int(there[2]) == 60 * int(right[2])
    assert "337 different in arr_delay, all with origin EWR" in why
    assert "cancelled" not in why


def test_rows_that_are_there_twice_are_said_to_be() -> None:
    data, why = told("double ewr@2013-01-02")
    assert "Each is there a second time." in data
    assert "350 too many, all with origin EWR, each there a second time" in why


@pytest.mark.parametrize("width", [60, 90, 118])
def test_what_there_is_no_room_for_is_counted(width: int) -> None:
    session = wb.sample("daily_flights")
    session.do("go 2013-01-02 12:00")
    session.do("unit ewr@2013-01-02 arr_delay 60")
    session.do("go 2013-01-03 09:00")
    bench = wb.Bench(session)
    rows = bench.data(width).text.splitlines()
    shown = next(row for row in rows if row.startswith(" " * 12 + "arr_delay")).split()
    hidden = next(row for row in rows if "columns more" in row).split()
    assert len(shown) + int(hidden[1]) == 20
