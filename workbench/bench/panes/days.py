"""Task by partition: a glyph each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.graph import look
from workbench.views.sheet import Row, Sheet, Span

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def days(bench: Bench, width: int) -> Sheet:
    runs = sorted((r for k, r in bench.known.runs.items() if k.dag == bench.dag), key=lambda r: (r.window.start, r.key))
    rows: list[Row] = []
    tasks = list(bench.known.plans[bench.dag].tasks)
    wide = max(map(len, tasks), default=0) + 2
    for task in tasks:
        cells = (
            Span(look(r.cells[task].state).glyph + " ", f"state.{r.cells[task].state}",
                 f"run:{bench.dag}.{task}@{r.key.partition}")
            for r in runs if task in r.cells
        )  # fmt: skip
        rows.append((Span(task.ljust(wide)), *cells))
    return Sheet("days", tuple(rows))
