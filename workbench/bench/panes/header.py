"""The line on top: the DAG, which run, what time it is, which future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.clock import day
from workbench.views.sheet import Row, Span, clipped, row_width

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def header(bench: Bench, width: int) -> Row:
    spec, window = bench.known.plans[bench.dag].spec, bench.window
    made = f", made {day(bench.run.created.astimezone(spec.zone))}" if bench.run else ""
    left = Span(f"{bench.dag}  ", "title"), Span(f"{spec.grid.spoken(window)}{made}")
    local = bench.now.astimezone(spec.zone)
    right = Span(f"{day(local)} {local:%H:%M} {spec.timezone}", "strong"), Span(f"  {_future(bench)}", "you")
    gap = width - row_width((*left, *right))
    return clipped((*left, Span(" " * max(2, gap)), *right), width)


def _future(bench: Bench) -> str:
    branch = bench.session.branch
    return f"what-if {branch.name}" if branch.parent is not None else branch.name
