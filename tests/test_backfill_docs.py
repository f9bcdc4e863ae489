"""The queries of docs/backfills.md give the rows of the report."""

from __future__ import annotations

import re
from dataclasses import astuple
from pathlib import Path

import pytest

import workbench as wb
from tests.backfill_cases import PIPELINE, bench
from workbench.keeping import Keeper
from workbench.timetable import format_instant
from workbench.views.backfills import report
from workbench.views.lineage import stale_versions

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "backfills.md").read_text("utf-8")
QUERIES = dict(re.findall(r"```sql (\w+)\n(.*?)```", PAGE, re.DOTALL))
READ_BEFORE = PIPELINE.replace('schedule: "0 10 20 * *"', 'schedule: "0 8 20 * *"')


@pytest.mark.parametrize(
    "line", ["backfill clean@2013-06-03..2013-06-10 all", "backfill clean@2013-06-03..2013-06-10 all down"]
)
def test_each_heading_is_a_query(tmp_path: Path, line: str) -> None:
    bench(tmp_path, "2013-06-01 01:00", READ_BEFORE)
    with Keeper.open(tmp_path / "history.db") as keeper:
        s = wb.load(tmp_path / "flights.yaml", history=keeper)
        s.run_until("2013-06-20 09:00")
        s.do("deploy clean v2")
        s.do(line)
        s.run_until("2013-06-20 12:00")
        s.do("notify export about stg@2013-06-08")
        known = s.state.known
        found = report(known, s.now)

        def rows(name: str) -> list[tuple[object, ...]]:
            front = QUERIES["change"] if name != "stale" else ""
            asked = {"backfill": found.progress.number} if front else {}
            return [tuple(row.values()) for row in keeper.history.query(front + QUERIES[name], asked)]

        assert rows("inputs") == [astuple(one) for one in found.inputs]
        assert rows("code") == [astuple(one) for one in found.code]
        assert rows("outputs") == [astuple(one) for one in found.outputs]
        assert rows("consumers") == [
            (one.consumer, format_instant(one.at), one.dataset, one.partition, one.read, one.now, one.told)
            for one in found.consumers
        ]
        assert rows("stale") == [
            (*one.name, why.dataset, why.partition, why.n)
            for one in stale_versions(known)
            for why in one.because
            if why.kind == "replaced"
        ]
        assert found.outputs
        assert found.consumers
        assert bool(rows("stale")) is ("down" not in line)
