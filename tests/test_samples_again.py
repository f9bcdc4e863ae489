"""A sample that was simulated once serves many tests: none of them sees what another did."""

from __future__ import annotations

import workbench as wb
from tests.bench_cases import shown
from tests.samples import again, played

AT = "2013-01-04T07:10Z"


def test_it_is_what_a_fresh_one_is() -> None:
    fresh = wb.sample("daily_flights", "late_jfk")
    fresh.run_until(AT)
    copy = played("daily_flights", "late_jfk", AT)
    assert (copy.events, copy.now, list(copy.branches)) == (fresh.events, fresh.now, ["A"])
    assert shown(wb.Bench(copy)) == shown(wb.Bench(fresh))
    assert copy.judgements() == fresh.judgements()
    for session in (fresh, copy):
        session.do("wait extract for jfk")
        session.run_until()
    assert copy.events == fresh.events


def test_what_is_done_to_one_no_other_sees() -> None:
    first = played("daily_flights", "late_jfk", AT)
    before = list(first.events)
    other = again(first)
    other.do("pause daily_flights")
    other.back("2013-01-03 12:00")
    other.do("never jfk@2013-01-03")
    other.run_until()
    assert (first.events, list(first.branches), first.now) == (before, ["A"], wb.instant(AT))
    first.do("pause daily_flights")
    assert len(played("daily_flights", "late_jfk", AT).events) == len(before)
