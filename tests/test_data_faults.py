"""Faults on data: what comes, with exact counts on real files, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import workbench as wb
from tests.samples import session
from tests.worlds import FILES, JFK, arrived, assert_goes_on_the_same, deliveries, rows_of, world
from workbench import ordering
from workbench.engine.events import InputArrived
from workbench.scenario import SimulatedWorld
from workbench.scenario.unmet import unmet_lines

# JFK: 321 rows on 2 Jan, 318 on 3 Jan, 318 on 4 Jan, 302 on 5 Jan.
PLAIN = f"""
dag: flights
schedule: "0 6 * * *"
start: 2013-01-02
inputs: {{jfk: {JFK}}}
tasks:
  extract: {{needs: [jfk], takes: 10m, retries: {{max: 1, delay: 5m}}, writes: [raw]}}
  publish: {{needs: [extract], takes: 1m, writes: [pub]}}
---
scenario: spoiled
from: 2013-01-04T00:00Z
until: 2013-01-06T12:00Z
"""


def spoiled(*faults: str, text: str = PLAIN) -> wb.Session:
    return world(text + "".join(f"{'' if n else 'faults:'}\n  - {fault}" for n, fault in enumerate(faults)))


def test_files_come_as_they_are() -> None:
    s = spoiled()
    assert deliveries(s) == [
        "04 05:30 jfk@2013-01-03 318",
        "05 05:30 jfk@2013-01-04 318",
        "06 05:30 jfk@2013-01-05 302",
    ]
    assert_goes_on_the_same(s)


CASES: dict[str, tuple[str, list[str]]] = {
    "empty": (
        "empty: {input: jfk, partition: 2013-01-04}",
        ["04 05:30 jfk@2013-01-03 318", "05 05:30 jfk@2013-01-04 0", "06 05:30 jfk@2013-01-05 302"],
    ),
    "empty until": (
        "empty: {input: jfk, partition: 2013-01-04, until: 2013-01-05T09:00Z}",
        [
            "04 05:30 jfk@2013-01-03 318",
            "05 05:30 jfk@2013-01-04 0",
            "05 09:00 jfk@2013-01-04 318",
            "06 05:30 jfk@2013-01-05 302",
        ],
    ),
    "truncated": (
        "truncated: {input: jfk, partition: 2013-01-04, share: 60%}",
        ["04 05:30 jfk@2013-01-03 318", "05 05:30 jfk@2013-01-04 190", "06 05:30 jfk@2013-01-05 302"],
    ),
    "truncated to some rows": (
        "truncated: {input: jfk, partition: 2013-01-04, rows: 100, until: 2013-01-05T05:30Z}",
        ["04 05:30 jfk@2013-01-03 318", "05 05:30 jfk@2013-01-04 318", "06 05:30 jfk@2013-01-05 302"],
    ),
    "doubled": (
        "doubled: {input: jfk, partition: 2013-01-03, until: 2013-01-04T06:05Z}",
        [
            "04 05:30 jfk@2013-01-03 636",
            "04 06:05 jfk@2013-01-03 318",
            "05 05:30 jfk@2013-01-04 318",
            "06 05:30 jfk@2013-01-05 302",
        ],
    ),
    "late rows": (
        "late_rows: {input: jfk, share: 3%, first: 2013-01-04}",
        [
            "04 05:30 jfk@2013-01-03 318",
            "05 05:30 jfk@2013-01-04 309",
            "06 05:30 jfk@2013-01-05 293",
            "06 07:30 jfk@2013-01-04 318",
        ],
    ),
    "late rows of a day before the simulation": (
        "late_rows: {input: jfk, share: 3%, later: 25h, partition: 2013-01-02}",
        [
            "04 05:30 jfk@2013-01-03 318",
            "04 06:30 jfk@2013-01-02 321",
            "05 05:30 jfk@2013-01-04 318",
            "06 05:30 jfk@2013-01-05 302",
        ],
    ),
    "correction": (
        "correction: {input: jfk, partition: 2013-01-03, at: 2013-01-04T14:00Z, column: arr_delay, factor: 2}",
        [
            "04 05:30 jfk@2013-01-03 318",
            "04 14:00 jfk@2013-01-03 318",
            "05 05:30 jfk@2013-01-04 318",
            "06 05:30 jfk@2013-01-05 302",
        ],
    ),
    "moved": (
        "moved: {input: jfk, first: 2013-01-04}",
        ["04 05:30 jfk@2013-01-03 318", "05 05:30 jfk@2013-01-04 0", "06 05:30 jfk@2013-01-05 0"],
    ),
    "moved until": (
        "moved: {input: jfk, first: 2013-01-03, last: 2013-01-04, until: 2013-01-05T12:00Z}",
        [
            "04 05:30 jfk@2013-01-03 0",
            "05 05:30 jfk@2013-01-04 0",
            "05 12:00 jfk@2013-01-03 318",
            "05 12:00 jfk@2013-01-04 318",
            "06 05:30 jfk@2013-01-05 302",
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_how_many_rows_come_and_when(name: str) -> None:
    fault, expected = CASES[name]
    s = spoiled(fault)
    assert deliveries(s) == expected
    assert_goes_on_the_same(s)


def test_a_late_file_that_was_truncated_when_it_was_due_comes_whole() -> None:
    s = spoiled(
        "late: {input: jfk, partition: 2013-01-04, by: 5h}",
        "truncated: {input: jfk, partition: 2013-01-04, share: 1%, until: 2013-01-05T09:00Z}",
    )
    assert deliveries(s)[1] == "05 10:30 jfk@2013-01-04 318"


def test_a_file_that_moved_is_found_by_a_new_version_of_the_code() -> None:
    s = spoiled(
        "moved: {input: jfk, first: 2013-01-03, task: extract, fixed_by: v2}",
        "deploy: {task: extract, version: v2, at: 2013-01-05T10:00Z}",
    )
    assert deliveries(s) == [
        "04 05:30 jfk@2013-01-03 0",
        "05 05:30 jfk@2013-01-04 0",
        "05 10:00 jfk@2013-01-03 318",
        "05 10:00 jfk@2013-01-04 318",
        "06 05:30 jfk@2013-01-05 302",
    ]
    assert_goes_on_the_same(s)


def test_a_file_is_lost_again_when_the_code_is_rolled_back() -> None:
    s = spoiled(
        "moved: {input: jfk, first: 2013-01-03, task: extract, fixed_by: v2}",
        "deploy: {task: extract, version: v2, at: 2013-01-05T10:00Z}",
        "deploy: {task: extract, version: v1, at: 2013-01-05T20:00Z}",
    )
    assert deliveries(s)[-2:] == ["05 10:00 jfk@2013-01-04 318", "06 05:30 jfk@2013-01-05 0"]
    assert made_again(s, "2013-01-04", 1) == []
    assert made_again(s, "2013-01-04", 2) == arrived(s, "2013-01-04", 2)


def made_again(s: wb.Session, partition: str, nth: int) -> list[dict[str, Any]]:
    """The rows of a delivery in a world that has never seen them."""
    fresh = SimulatedWorld(s.scenario, s.start).dataflow
    _, content = fresh.deliveries.delivered(s.state, s.workspace.dags["flights"], "jfk", partition, nth)
    assert content is not None
    return fresh.store.get(content) or []


# what the rows hold


def changed(s: wb.Session, column: str, partition: str = "2013-01-04", nth: int = 1) -> list[tuple[Any, Any]]:
    """What a column holds by right, and what it holds, in the rows where they differ."""
    right = arrived(spoiled(), partition)
    came = arrived(s, partition, nth)
    assert len(right) == len(came)
    pairs = [(before[column], after.get(column)) for before, after in zip(right, came, strict=True)]
    return [(before, after) for before, after in pairs if before != after]


def test_rows_that_are_doubled_are_there_twice_each() -> None:
    right, came = (
        arrived(spoiled(), "2013-01-04"),
        arrived(spoiled("doubled: {input: jfk, partition: 2013-01-04, times: 3}"), "2013-01-04"),
    )
    assert came == right * 3


def test_late_rows_are_drawn_and_the_others_keep_their_order() -> None:
    fault = "late_rows: {input: jfk, share: 10%, partition: 2013-01-04}"
    s, right = spoiled(fault), arrived(spoiled(), "2013-01-04")
    came = arrived(s, "2013-01-04")
    kept = iter(right)
    assert len(came) == 318 - 31
    assert all(row in kept for row in came)
    assert came != right[:287]
    assert arrived(s, "2013-01-04", 2) == right
    other = spoiled(fault, text=PLAIN.replace("scenario: spoiled", "scenario: spoiled\nseed: 1"))
    assert arrived(other, "2013-01-04") != came


def test_a_renamed_and_a_dropped_column() -> None:
    s = spoiled("schema_drift: {input: jfk, partition: 2013-01-04, rename: {dep_delay: delay}, drop: [tailnum]}")
    right, came = arrived(spoiled(), "2013-01-04"), arrived(s, "2013-01-04")
    names = [{"dep_delay": "delay"}.get(name, name) for name in right[0] if name != "tailnum"]
    assert [list(row) for row in came] == [names] * 318
    assert [row["delay"] for row in came] == [row["dep_delay"] for row in right]


def test_an_inserted_column_shifts_the_values_under_the_names() -> None:
    s = spoiled("schema_drift: {input: jfk, first: 2013-01-04, insert: dep_delay}")
    right, came = arrived(spoiled(), "2013-01-04"), arrived(s, "2013-01-04")
    names = list(right[0])
    assert len(names) == 19
    assert list(came[0]) == [*names, "column_20"]
    assert {row["dep_delay"] for row in came} == {"0"}
    assert [row["arr_time"] for row in came] == [row["dep_delay"] for row in right]
    assert [row["column_20"] for row in came] == [row["time_hour"] for row in right]
    assert [row["sched_dep_time"] for row in came] == [row["sched_dep_time"] for row in right]
    assert arrived(s, "2013-01-03") == arrived(spoiled(), "2013-01-03")


def test_another_unit_leaves_alone_what_is_no_number() -> None:
    s = spoiled("unit_drift: {input: jfk, column: arr_delay, factor: 60, partition: 2013-01-04}")
    pairs = changed(s, "arr_delay")
    zeros = [row for row in arrived(s, "2013-01-04") if row["arr_delay"] in ("0", "NA", "")]
    assert len(pairs) == 318 - len(zeros)
    assert all(int(after) == 60 * int(before) for before, after in pairs)


def test_a_factor_is_calculated_exactly() -> None:
    s = spoiled("unit_drift: {input: jfk, column: distance, factor: 0.1, partition: 2013-01-04}")
    found = dict(changed(s, "distance"))
    assert found["1598"] == "159.8"
    assert found["301"] == "30.1"


def test_one_poisoned_row() -> None:
    s = spoiled("poison: {input: jfk, partition: 2013-01-04, column: arr_delay, value: n/a, row: 7}")
    assert [after for _, after in changed(s, "arr_delay")] == ["n/a"]
    assert arrived(s, "2013-01-04")[6]["arr_delay"] == "n/a"


def test_a_correction_of_one_row_is_right_from_then_on() -> None:
    s = spoiled(
        "correction: {input: jfk, partition: 2013-01-04, at: 2013-01-05T14:00Z, column: tailnum, value: N1, row: 2}",
        "empty: {input: jfk, partition: 2013-01-04, until: 2013-01-05T16:00Z}",
    )
    assert deliveries(s)[1:3] == ["05 05:30 jfk@2013-01-04 0", "05 16:00 jfk@2013-01-04 318"]
    assert [after for _, after in changed(s, "tailnum", nth=2)] == ["N1"]
    spec, flow = s.workspace.dags["flights"], s.branch.world.dataflow  # type: ignore[attr-defined]
    before, after = (
        flow.deliveries.right(s.state, spec, "jfk", "2013-01-04", wb.instant(at))
        for at in ("2013-01-05T13:59Z", "2013-01-05T14:00Z")
    )
    assert rows_of(s, before[1]) == arrived(spoiled(), "2013-01-04")
    assert rows_of(s, after[1])[1]["tailnum"] == "N1"
    assert (before[0], after[0]) == (318, 318)


def test_of_several_faults_each_applies() -> None:
    s = spoiled(
        "truncated: {input: jfk, partition: 2013-01-04, rows: 100}", "doubled: {input: jfk, partition: 2013-01-04}"
    )
    assert deliveries(s)[1] == "05 05:30 jfk@2013-01-04 200"


def test_a_correction_is_in_the_right_file_and_the_other_faults_spoil_that_one() -> None:
    s = spoiled(
        "unit_drift: {input: jfk, column: arr_delay, factor: 60, partition: 2013-01-04}",
        "correction: {input: jfk, partition: 2013-01-04, at: 2013-01-05T14:00Z, column: arr_delay, value: 7}",
    )
    assert {row["arr_delay"] for row in arrived(s, "2013-01-04", 2)} == {"420"}


# while it runs


def test_what_is_injected_holds_from_then_on_and_what_is_lifted_comes_right_at_once() -> None:
    s = session(PLAIN, folder=FILES)
    s.run_until("2013-01-05T05:00Z")
    s.take(_inject(s, wb.Truncated("jfk", "2013-01-04", share=0.5)))
    s.run_until("2013-01-05T08:00Z")
    s.do("lift 1")
    s.run_until("2013-01-05T10:00Z")
    assert deliveries(s) == [
        "04 05:30 jfk@2013-01-03 318",
        "05 05:30 jfk@2013-01-04 159",
        "05 08:00 jfk@2013-01-04 318",
    ]
    assert_goes_on_the_same(s)


def _inject(s: wb.Session, fault: Any) -> Any:
    return ordering.inject(s.here(), [fault])


@pytest.mark.parametrize(("fault", "told_so"), [
    (wb.Empty("jfk", "2013-01-03"), "jfk of Thu 3 Jan has come already, Fri 4 Jan 05:30; go back first"),
    (
        wb.Correction("jfk", "2013-01-03", "2013-01-04T10:00Z", "tailnum", value="x"),
        "this correction was to come Fri 4 Jan 10:00, before now; go back first",
    ),
    (
        wb.Moved("jfk", "2013-01-03", until="2013-01-04T10:00Z"),
        "the right file was to come Fri 4 Jan 10:00, before now; go back first",
    ),
    (wb.Empty("jkf", "2013-01-03"), "names unknown input 'jkf'; did you mean 'jfk'?"),
])  # fmt: skip
def test_what_comes_too_late(fault: Any, told_so: str) -> None:
    s = session(PLAIN, folder=FILES)
    s.run_until("2013-01-04T12:00Z")
    with pytest.raises(wb.InvalidInput, match=told_so.replace("(", r"\(").replace("?", r"\?")):
        _inject(s, fault)


def test_rows_that_are_lifted_later_are_still_the_ones_that_came() -> None:
    """A world that never saw them makes them again as they were."""
    s = session(PLAIN, folder=FILES)
    s.take(_inject(s, wb.Truncated("jfk", "2013-01-03", rows=100)))
    s.run_until("2013-01-04T08:00Z")
    s.do("lift 1")
    s.run_until("2013-01-04T10:00Z")
    assert len(made_again(s, "2013-01-03", 1)) == 100
    assert made_again(s, "2013-01-03", 1) == arrived(s, "2013-01-03", 1)
    assert made_again(s, "2013-01-03", 2) == arrived(s, "2013-01-03", 2)


def test_what_came_before_an_injection_stays_as_it_was() -> None:
    s = session(PLAIN, folder=FILES)
    s.run_until("2013-01-04T12:00Z")
    s.take(_inject(s, wb.UnitDrift("jfk", "distance", 10, first="2013-01-03")))
    s.run_until("2013-01-05T12:00Z")
    assert made_again(s, "2013-01-03", 1) == arrived(spoiled(), "2013-01-03")
    assert [int(after) for _, after in changed(s, "distance")] == [
        10 * int(row["distance"]) for row in arrived(spoiled(), "2013-01-04")
    ]


# counting instead of carrying


COUNTED = """
rows: count
---
dag: flights
schedule: "0 6 * * *"
start: 2013-01-02
inputs: {jfk: {expected: '05:30', rows: 300}}
tasks:
  extract: {needs: [jfk], takes: 10m, writes: [raw]}
---
scenario: counted
from: 2013-01-04T00:00Z
until: 2013-01-06T12:00Z
"""


def test_faults_change_counts_where_rows_are_not_carried() -> None:
    s = spoiled(
        "truncated: {input: jfk, partition: 2013-01-03, share: 33%, until: 2013-01-04T09:00Z}",
        "late_rows: {input: jfk, share: 1/7, partition: 2013-01-04}",
        "doubled: {input: jfk, partition: 2013-01-05}",
        "poison: {input: jfk, partition: 2013-01-05, column: any, value: x}",
        text=COUNTED,
    )
    assert deliveries(s) == [
        "04 05:30 jfk@2013-01-03 99",
        "04 09:00 jfk@2013-01-03 300",
        "05 05:30 jfk@2013-01-04 258",
        "06 05:30 jfk@2013-01-05 600",
        "06 07:30 jfk@2013-01-04 300",
    ]
    contents = Counter(event.content for event in s.events if isinstance(event, InputArrived))
    assert len(contents) == 5
    assert None not in contents
    assert_goes_on_the_same(s)


def test_a_correction_is_another_content_where_rows_are_counted() -> None:
    s = spoiled(
        "correction: {input: jfk, partition: 2013-01-03, at: 2013-01-04T14:00Z, column: any, factor: 2}", text=COUNTED
    )
    assert deliveries(s)[:2] == ["04 05:30 jfk@2013-01-03 300", "04 14:00 jfk@2013-01-03 300"]


# what hits nothing


@pytest.mark.parametrize(("fault", "told_so"), [
    (
        "poison: {input: jfk, partition: 2013-01-03, column: arr_delay, value: x, row: 319}",
        "jfk of Thu 3 Jan comes with x as arr_delay of row 319: no run took a row that it changed",
    ),
    (
        "unit_drift: {input: jfk, column: arr_dealy, factor: 60, first: 2013-01-03}",
        "jfk from Thu 3 Jan on comes with arr_dealy times 60: no run took a row that it changed",
    ),
    (
        "empty: {input: jfk, partition: 2013-01-01}",
        "jfk of Tue 1 Jan comes without rows: no run took a row that it changed",
    ),
    (
        "partial: {dataset: raw, partition: 2013-01-01, share: 60%}",
        "tasks that read raw of Tue 1 Jan while it is being written find 60% of its rows: nobody wrote it",
    ),
    (
        "crash_after_write: {task: extract, partition: 2013-01-01}",
        "the first try of flights.extract writes, and crashes at its end, for Tue 1 Jan: it met no try",
    ),
])  # fmt: skip
def test_faults_that_met_nothing_are_told(fault: str, told_so: str) -> None:
    s = spoiled(fault)
    assert unmet_lines(s.scenario, s.state, s.now) == [told_so]


MET = ["empty", "truncated", "doubled", "late rows", "correction", "moved", "moved until"]


@pytest.mark.parametrize("fault", [
    *(CASES[name][0] for name in MET),
    "poison: {input: jfk, partition: 2013-01-03, column: arr_delay, value: x, row: 318}",
    "late_rows: {input: jfk, share: 1%, first: 2013-01-09}",
    "correction: {input: jfk, partition: 2013-01-03, at: 2013-01-09, column: odd, factor: 2}",
])  # fmt: skip
def test_faults_that_met_something_or_still_may_are_not(fault: str) -> None:
    s = spoiled(fault)
    assert unmet_lines(s.scenario, s.state, s.now) == []
