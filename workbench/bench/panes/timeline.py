"""The run shown as bars on a clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.views.sheet import Sheet, plain
from workbench.views.timeline import run_rows, timeline_lines

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def timeline(bench: Bench, width: int, height: int) -> Sheet:
    if bench.run is None:
        return Sheet("timeline", ())
    rows = run_rows(bench.known, bench.run, bench.now)
    start = bench.run.created - timedelta(minutes=15)
    end = max(bench.now, start) + timedelta(hours=1)
    return Sheet("timeline", plain(*timeline_lines(rows, start, end, bench.clock, width)))
