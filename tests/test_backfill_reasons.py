"""Why a run of a backfill was chosen, and a pin to a version that nobody wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from tests.backfill_cases import PIPELINE, bench


def told(s: wb.Session, name: str) -> str:
    return next((line for line in s.explain(name).sentences if line.startswith("The backfill asked for")), "")


def test_a_run_of_a_backfill_says_why_its_day_was_chosen(tmp_path: Path) -> None:
    s = bench(tmp_path)
    s.do("deploy clean v2")
    s.do("backfill clean@2013-06-07..2013-06-09 all down")
    s.run_until("2013-06-20 12:00")
    code = "The backfill asked for 09:00 made this run, because code changed (clean ran v1, would run v2)."
    assert [told(s, name) for name in ("clean@2013-06-08", "extract@2013-06-08", "flights@2013-06-08")] == [code] * 3
    up = "The backfill asked for 09:00 made this run, because something upstream in its window was made again."
    assert told(s, "feat@2013-06-10") == up
    assert told(s, "clean@2013-06-12") == ""
    s.do("backfill clean@2013-06-08 all")
    s.run_until("2013-06-20 13:00")
    assert told(s, "clean@2013-06-08").endswith("because it was asked for again (neither code nor inputs had changed).")


def test_a_day_that_was_missing_or_had_failed_says_so(tmp_path: Path) -> None:
    s = bench(tmp_path)
    s.do("pause flights")
    s.run_until("2013-06-22 09:00")
    s.do("unpause flights")
    s.do("backfill flights@2013-06-20..2013-06-20")
    s.run_until("2013-06-22 10:00")
    assert told(s, "clean@2013-06-20") == "The backfill asked for 09:00 made this run, because it was missing."
    window = wb.Bench(s)
    window.choose("task:flights.clean")
    window.show_day("2013-06-20")
    assert "because it was missing" in " ".join(window.why(90).text.split())


@pytest.mark.parametrize("name", ["clean", "flights"])
def test_a_pin_to_a_version_that_nobody_wrote_is_refused(tmp_path: Path, name: str) -> None:
    s = bench(tmp_path)
    for ask in (s.do, s.plan_of):
        with pytest.raises(wb.InvalidInput) as refused:
            ask(f"backfill {name}@2013-06-07..2013-06-09 all pin V2")
        told = "There is no version V2 of the code of clean, only v1 and v2; did you mean pin v2?"
        assert str(refused.value) == told
    assert not s.state.known.backfills


def test_a_pin_to_what_is_deployed_or_to_a_mere_label_is_taken(tmp_path: Path) -> None:
    s = bench(tmp_path)
    s.do("deploy clean v3")
    s.do("backfill clean@2013-06-07..2013-06-07 all pin v3")
    bare = PIPELINE.replace('code: {v1: "rows:clean_v1", v2: "rows:clean_v2"}', 'run: "rows:clean_v1"')
    s = bench(tmp_path, pipeline=bare)
    s.do("backfill clean@2013-06-07..2013-06-07 all pin v7")
