"""What a backfill has come to: how far it is, and what it changed, under four headings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.backfill_cases import PIPELINE, bench
from tests.samples import block
from workbench.model import InvalidInput
from workbench.session import Session
from workbench.views.backfills import backfills, progress, report

DAYS = "2013-06-01..2013-06-18"
# The board reads at 08:00 the day before; the export reads a month of rows before the backfill.
READ_BEFORE = PIPELINE.replace('schedule: "0 10 20 * *"', 'schedule: "0 8 20 * *"')


def mended(folder: Path, line: str = f"backfill clean@{DAYS} all limit 2") -> Session:
    s = bench(folder, pipeline=READ_BEFORE)
    s.do("deploy clean v2")
    s.do(line)
    return s


def test_how_far_it_is_while_it_runs(tmp_path: Path) -> None:
    s = mended(tmp_path)
    told = f"backfill of clean, {DAYS}: 18 runs, oldest first, at most 2 at once"
    assert progress(s.state.known, s.now).sentence == f"{told}: 0 of 18 runs done, 0 running, 18 waiting"
    s.run_until("2013-06-20 09:10")
    found = progress(s.state.known, s.now)
    assert found.sentence == f"{told}: 6 of 18 runs done, 2 running, 10 waiting, about 20 min to go"
    assert (found.state, found.done, found.left, found.ended) == ("running", 6, 12, None)
    s.do("backfill pause")
    s.run_until("2013-06-20 10:00")
    assert progress(s.state.known, s.now).sentence == f"{told}: 8 of 18 runs done, 0 running, 10 waiting, paused"
    s.do("backfill cancel")
    found = progress(s.state.known, s.now)
    assert found.sentence == f"{told}: 8 of 18 runs done, 10 cancelled, over 10:00"
    assert (found.state, found.cancelled) == ("cancelled", 10)


def test_the_report_names_the_days_whose_content_changed_and_who_had_read_them(tmp_path: Path) -> None:
    """Curriculum L5.2: of eighteen days that were made again two changed, and fourteen days of features are stale."""
    s = mended(tmp_path)
    s.run_until("2013-06-20 09:59")
    found = report(s.state.known, s.now)
    assert [one.partition for one in found.outputs if one.is_other] == ["2013-06-08", "2013-06-15"]
    assert {one.partition for one in found.stale if one.dataset == "feat7"} == {
        f"2013-06-{day:02}" for day in [*range(8, 20)]
    }
    assert "\n".join(str(found).splitlines()[:10]) == block(f"""
        backfill of clean, {DAYS}: 18 runs, oldest first, at most 2 at once: 18 of 18 runs done, over 09:27
        inputs changed: none
        code changed: 1
          flights.clean: 18 partitions of stg: v1 before, v2 now
        outputs changed (16 others made again with the same content): 2
          version 2 of stg for Sat 8 Jun: 5 rows (were 4)
          version 2 of stg for Sat 15 Jun: 5 rows (were 4)
        downstream consumers changed: 2
          export read version 1 of stg for Sat 8 Jun on Thu 20 Jun 08:00, and was not told
          export read version 1 of stg for Sat 15 Jun on Thu 20 Jun 08:00, and was not told
    """)
    json.dumps(found.to_data())


def test_who_was_told_is_told_apart(tmp_path: Path) -> None:
    s = mended(tmp_path)
    s.run_until("2013-06-20 09:59")
    s.do("notify export about stg@2013-06-08")
    found = report(s.state.known, s.now).consumers
    assert [(one.partition, one.told) for one in found] == [("2013-06-08", True), ("2013-06-15", False)]


def test_with_all_that_comes_after_it_nothing_is_left_stale(tmp_path: Path) -> None:
    s = mended(tmp_path, f"backfill clean@{DAYS} all down limit 2")
    s.run_until("2013-06-20 12:00")
    found = report(s.state.known, s.now)
    assert found.stale == ()
    # Each feature stands on days that were replaced: two of those by something else.
    assert {(one.dataset, one.partition) for one in found.inputs if one.is_other} == {
        ("stg", "2013-06-08"), ("stg", "2013-06-15"),
    }  # fmt: skip


def test_all_backfills_are_listed(tmp_path: Path) -> None:
    s = mended(tmp_path, "backfill clean@2013-06-01 all")
    s.run_until("2013-06-20 10:00")
    s.do("backfill features@2013-06-02 all")
    assert [(one.dag, one.state) for one in backfills(s.state.known, s.now)] == [
        ("flights", "over"), ("features", "running"),
    ]  # fmt: skip


def test_a_backfill_that_is_not_there(tmp_path: Path) -> None:
    s = bench(tmp_path, "2013-06-02 09:00")
    with pytest.raises(InvalidInput, match="there is no backfill yet"):
        report(s.state.known, s.now)
