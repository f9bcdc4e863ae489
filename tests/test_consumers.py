"""Consumers: who reads which version when, on a world of real files."""

from __future__ import annotations

import workbench as wb
from tests.samples import session
from tests.worlds import FILES, JFK, assert_goes_on_the_same, told, world
from workbench import ordering
from workbench.engine.data_events import CheckRan, DatasetRead, VersionPublished

TEXT = f"""
consumers:
  board: {{reads: [pub], schedule: "0 8 * * *"}}
---
dag: flights
schedule: "0 6 * * *"
start: 2013-01-01
inputs: {{jfk: {JFK}}}
tasks:
  publish: {{needs: [jfk], takes: 10m, writes: [pub]}}
---
scenario: days
from: 2013-01-04T00:00Z
until: 2013-01-07T12:00Z
"""
LATE = "faults:\n  - late: {input: jfk, partition: 2013-01-04, by: 4h}\n"


def reads(s: wb.Session) -> list[str]:
    return told(s, DatasetRead)


def test_a_consumer_reads_the_last_window_that_is_over() -> None:
    s = world(TEXT)
    assert reads(s) == [
        "04 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "05 08:00 board wants pub@2013-01-04, reads 2013-01-04 v1",
        "06 08:00 board wants pub@2013-01-05, reads 2013-01-05 v1",
        "07 08:00 board wants pub@2013-01-06, reads 2013-01-06 v1",
    ]
    assert_goes_on_the_same(s)


def test_it_gets_an_older_partition_when_that_one_is_not_there_yet() -> None:
    s = world(TEXT + LATE)
    assert reads(s)[1] == "05 08:00 board wants pub@2013-01-04, reads 2013-01-03 v1"
    assert [read.stale for read in s.state.known.data.reads] == [False, True, False, False]
    assert_goes_on_the_same(s)


def test_a_read_names_the_publication_that_it_saw() -> None:
    s = world(TEXT + LATE)
    causes = [s.events[event.cause - 1] for event in s.events if isinstance(event, DatasetRead)]
    assert [(e.partition, e.n) for e in causes if isinstance(e, VersionPublished)] == [
        ("2013-01-03", 1), ("2013-01-03", 1), ("2013-01-05", 1), ("2013-01-06", 1),
    ]  # fmt: skip


def test_nothing_is_there_when_no_earlier_partition_is() -> None:
    s = world(TEXT + LATE.replace("2013-01-04", "2013-01-03"))
    assert reads(s)[:2] == [
        "04 08:00 board wants pub@2013-01-03, reads nothing v0",
        "05 08:00 board wants pub@2013-01-04, reads 2013-01-04 v1",
    ]
    assert_goes_on_the_same(s)


def test_what_was_made_before_the_simulation_began_is_not_told() -> None:
    """At 04:00 the last window that is over is the 3rd, whose run is at 06:00; at 05:30 of the first day as well. A
    simulation that begins at 07:00 has no version of it, though it is there."""
    early = TEXT.replace("0 8 * * *", "0 4 * * *")
    assert reads(world(early))[:2] == [
        "04 04:00 board wants pub@2013-01-03, reads nothing v0",
        "05 04:00 board wants pub@2013-01-04, reads 2013-01-03 v1",
    ]
    begun = TEXT.replace("2013-01-04T00:00Z", "2013-01-04T07:00Z")
    assert reads(world(begun))[:1] == ["05 08:00 board wants pub@2013-01-04, reads 2013-01-04 v1"]


def test_nobody_wants_what_is_from_before_the_dag() -> None:
    s = world(TEXT.replace("start: 2013-01-01", "start: 2013-01-05"))
    assert reads(s) == [
        "06 08:00 board wants pub@2013-01-05, reads 2013-01-05 v1",
        "07 08:00 board wants pub@2013-01-06, reads 2013-01-06 v1",
    ]


def test_nobody_wants_what_is_from_after_its_end() -> None:
    s = world(TEXT.replace("start: 2013-01-01", "start: 2013-01-01\nend: 2013-01-05"))
    assert [line[:8] for line in reads(s)] == ["04 08:00", "05 08:00"]


def test_a_span_is_read_one_by_one_with_nothing_for_what_is_missing() -> None:
    s = world(TEXT.replace("reads: [pub]", 'reads: ["pub@-2..0"]') + LATE)
    assert reads(s)[:6] == [
        "04 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "05 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "05 08:00 board wants pub@2013-01-04, reads nothing v0",
        "06 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "06 08:00 board wants pub@2013-01-04, reads 2013-01-04 v1",
        "06 08:00 board wants pub@2013-01-05, reads 2013-01-05 v1",
    ]
    assert_goes_on_the_same(s)


def test_several_consumers_at_one_instant_and_a_write_at_the_same_instant_is_seen() -> None:
    """Ends come before reads: what is published at 06:10 is there for who reads at 06:10."""
    more = (
        'audit: {reads: [pub, pub@-1], schedule: "10 6 * * *"}\n  zoo: {reads: [pub], schedule: "10 6 * * *"}\n---\ndag'
    )
    s = world(TEXT.replace("---\ndag", f"  {more}", 1))
    assert reads(s)[:5] == [
        "04 06:10 audit wants pub@2013-01-03, reads 2013-01-03 v1",
        "04 06:10 zoo wants pub@2013-01-03, reads 2013-01-03 v1",
        "04 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "05 06:10 audit wants pub@2013-01-04, reads 2013-01-04 v1",
        "05 06:10 audit wants pub@2013-01-03, reads 2013-01-03 v1",
    ]
    assert_goes_on_the_same(s)


def test_the_times_are_those_of_the_consumer_and_the_windows_those_of_the_dataset() -> None:
    """08:00 in New York is 13:00 UTC in winter; the days of the DAG are UTC days."""
    s = world(TEXT.replace('"0 8 * * *"', '"0 20 * * *", timezone: America/New_York'))
    assert reads(s)[:2] == [
        "04 01:00 board wants pub@2013-01-03, reads nothing v0",
        "05 01:00 board wants pub@2013-01-04, reads 2013-01-03 v1",
    ]


def test_a_blocked_version_is_not_read() -> None:
    checks = "datasets: {pub: {checks: {volume: {kind: rows, min: 310, severity: block}}}}\ntasks:"
    s = world(TEXT.replace("tasks:", checks))
    assert told(s, CheckRan, VersionPublished, DatasetRead) == [
        "04 06:10 volume passes pub@2013-01-03 v1",
        "04 06:10 pub@2013-01-03 v1 is live",
        "04 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "05 06:10 volume passes pub@2013-01-04 v1",
        "05 06:10 pub@2013-01-04 v1 is live",
        "05 08:00 board wants pub@2013-01-04, reads 2013-01-04 v1",
        "06 06:10 volume fails pub@2013-01-05 v1",
        "06 08:00 board wants pub@2013-01-05, reads 2013-01-04 v1",
        "07 06:10 volume fails pub@2013-01-06 v1",
        "07 08:00 board wants pub@2013-01-06, reads 2013-01-04 v1",
    ]
    assert_goes_on_the_same(s)


def test_a_command_between_two_reads_of_an_instant_reads_nothing_twice() -> None:
    text = TEXT.replace("reads: [pub]", 'reads: ["pub@-1..0"]')
    s = session(text, folder=FILES)
    s.run_until("2013-01-05T12:00Z")
    first = next(n for n, e in enumerate(s.events, 1) if isinstance(e, DatasetRead) and e.at.day == 5)
    s.seek(first)
    s.take(ordering.inject(s.here(), [wb.Never("jfk", "2013-01-20")]))
    s.run_until("2013-01-05T12:00Z")
    assert [line for line in reads(s) if line.startswith("05")] == [
        "05 08:00 board wants pub@2013-01-03, reads 2013-01-03 v1",
        "05 08:00 board wants pub@2013-01-04, reads 2013-01-04 v1",
    ]
