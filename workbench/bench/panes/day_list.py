"""Days to choose from, a line each: what became of the run, and what of it is public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.bench.panes.strip import published, standing
from workbench.timetable import Partition
from workbench.views.clock import Clock
from workbench.views.graph import look
from workbench.views.sheet import Row, Sheet, Span

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_WORDS = {"queued": "waits to start", "running": "runs", "success": "ended well", "failed": "failed"}


def day_list(bench: Bench, keys: list[str], at: int) -> Sheet:
    """These days, by key; "" stands for whichever is newest."""
    grid, shown = bench.known.plans[bench.dag].spec.grid, published(bench)[:1]
    names = [grid.spoken(grid.parse(key)) if key else "the newest" for key in keys]
    wide = max(map(len, names), default=0) + 2
    rows = [
        (
            Span("►" if place == at else " ", "chosen", f"day:{key}"),
            Span(name.ljust(wide), "chosen" if place == at else "name", f"day:{key}"),
            *(_told(bench, grid.parse(key), shown) if key else (Span("follow it from now on", "dim", "day:"),)),
        )
        for place, (name, key) in enumerate(zip(names, keys, strict=True))
    ]
    none: tuple[Row, ...] = ((Span("No run of such a day so far; Enter shows it all the same.", "dim"),),)
    return Sheet(f"{bench.dag}: the run of which day?", tuple(rows) or none, (0, at) if rows else None)


def _told(bench: Bench, window: Partition, shown: list[str]) -> Iterator[Span]:
    """`● ended well   made Fri 4 Jan 06:00   ● 596`."""
    run, target = bench.known.run_of(bench.dag, window.key), f"day:{window.key}"
    if run is None:
        yield Span(f"{look('none').glyph} no run so far", "dim", target)
        return
    yield Span(f"{look(run.state).glyph} {_WORDS.get(run.state, run.state):<15}", f"state.{run.state}", target)
    yield Span(f"made {Clock(bench.now, bench.clock.zone).full(run.created)}", "note", target)
    for name in shown:
        glyph, style, words = standing(bench, name, window)
        yield Span(f"   {name} ", "name.dim", target)
        yield Span(f"{glyph} {words}".rstrip(), style, target)
