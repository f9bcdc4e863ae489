"""What is public, day by day, and who read it last: the line that is always on the screen.

Whether it is right is not told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.bench.kept import kept
from workbench.engine.catalog import Read
from workbench.timetable import Grid, Partition
from workbench.views.clock import Clock, plural
from workbench.views.graph import look
from workbench.views.lineage import is_stale
from workbench.views.run_state import run_state
from workbench.views.sheet import Row, Span, clipped, row_width

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_MOST_DAYS = 21
_GAP = "   "
# Cells of three days with their rows.
_LEAST_DAYS = 45


def strip(bench: Bench, width: int) -> Row:
    """The datasets that the shown DAG publishes, those first that somebody reads; without any, its runs."""
    return kept(bench, "strip", (bench.dag, bench.window, width), lambda: _strip(bench, width))


def _strip(bench: Bench, width: int) -> Row:
    names = published(bench)
    if not names:
        return _line(bench, "", width)
    room, row = width, tuple[Span, ...]()
    for name in names:
        wanted = _line(bench, name, room, few=len(names) > 1)
        if row and row_width(wanted) + len(_GAP) * 2 > room:
            break
        row = (*row, *((Span(_GAP * 2),) if row else ()), *wanted)
        room = width - row_width(row) - len(_GAP) * 2
    return clipped(row, width)


def published(bench: Bench) -> list[str]:
    """What the DAG that is shown writes: what consumers read, or all where they read nothing of it."""
    wrote = [name for plan in bench.known.plans[bench.dag].tasks.values() for name in plan.writes]
    read = {text.partition("@")[0] for one in bench.known.consumers.values() for text in one.reads}
    return [name for name in dict.fromkeys(wrote) if name in read] or list(dict.fromkeys(wrote))[-1:]


def _line(bench: Bench, name: str, width: int, few: bool = False) -> Row:
    """A name, then as many of the newest days as fit, then the last read if it fits as well."""
    head = Span(
        f"{name}  " if name else f"runs of {bench.dag}  ", "name.dim", f"dataset:{bench.dag}.{name}" if name else ""
    )
    tails = [tuple(_last_read(bench, name)), tuple(_last_read(bench, name, brief=True)), ()] if name else [()]
    grid = bench.known.plans[bench.known.makers[name] if name else bench.dag].spec.grid
    rooms = [(tail, width - row_width((head,)) - row_width(tail)) for tail in tails]
    tail, room = next(((one, room) for one, room in rooms if room >= _LEAST_DAYS), rooms[-1])
    days: list[Row] = []
    for window in _windows(bench, grid, 7 if few else _MOST_DAYS):
        cell = _day(bench, name, grid, window)
        room -= row_width(cell) + len(_GAP)
        if room < 0 and days:
            break
        days.insert(0, cell)
    spans = [span for cell in days for span in (*cell, Span(_GAP))]
    return (head, *spans, *tail)


def _windows(bench: Bench, grid: Grid, most: int) -> Iterator[Partition]:
    """The newest first: from the window that runs now, or the one that is shown, back to the first there was."""
    spec = bench.known.plans[bench.dag].spec
    window = grid.containing(bench.now)
    shown = grid.containing(bench.window.start)
    if grid.shift(shown, most - 2).end <= window.start:
        window = grid.shift(shown, most // 2)
    first = min(grid.last_ended(bench.known.live_since).start, shown.start)
    for _ in range(most):
        if window.start < first:
            return
        if spec.wants(window):
            yield window
        window = grid.previous(window)


def _day(bench: Bench, name: str, grid: Grid, window: Partition) -> Row:
    """`Thu 3 ● 596`, `Thu 3 ◐`, `Fri 4 ○`; the shown one is marked."""
    target = f"run:{bench.dag}@{bench.known.plans[bench.dag].spec.grid.containing(window.start).key}"
    is_shown = window.start <= bench.window.start < window.end
    glyph, style, words = standing(bench, name, window) if name else _run(bench, window)
    day = f"{'►' if is_shown else ''}{_short(grid, window)} "
    said = f" {words}" if words else ""
    return Span(day, "chosen" if is_shown else "name", target), Span(f"{glyph}{said}", style, target)


def _short(grid: Grid, window: Partition) -> str:
    """`Thu 3`; the month where it begins; other grids as people say them."""
    local = window.start.astimezone(grid.zone)
    if grid.unit != "day":
        return (
            f"{local:%a} {local.day} {local:%H:%M}" if grid.unit == "hour" else grid.spoken(window).partition(" (")[0]
        )
    return f"{local:%a} {local.day}" + (f" {local:%b}" if local.day == 1 else "")


def standing(bench: Bench, name: str, window: Partition) -> tuple[str, str, str]:
    """The glyph, its style and words of one partition of a dataset."""
    data = bench.known.data
    live, newest = data.live_version(name, window.key), data.newest(name, window.key)
    if live is not None:
        rows = f"{live.rows:,}" if live.rows is not None else ""
        held = newest is not None and newest.n > live.n and newest.state == "blocked"
        words = f"{rows}, v{newest.n} held".lstrip(", ") if held and newest else rows
        if is_stale(bench.known, live.name):
            return look("stale").glyph, "state.stale", words
        return "●", "state.published", words
    if newest is not None and newest.state in _NOT_LIVE:
        return _NOT_LIVE[newest.state]
    return _run(bench, window, " not public" if newest is not None else "")


_NOT_LIVE = {
    "blocked": (look("blocked").glyph, "state.blocked", "held"), "withdrawn": ("∅", "state.blocked", "withdrawn"),
    "fenced": ("⊗", "bad", "refused"),
}  # fmt: skip


def _run(bench: Bench, window: Partition, more: str = "") -> tuple[str, str, str]:
    """What its run does."""
    spec = bench.known.plans[bench.dag].spec
    run = bench.known.run_of(bench.dag, spec.grid.containing(window.start).key)
    if run is None:
        return "○", "state.none", ""
    if run.state in ("success", "failed"):
        words = {"failed": "failed", "success": "nothing public" if more else ""}[run.state]
        return look(run.state).glyph, f"state.{run.state}", words
    return look(run_state(run)).glyph, f"state.{run_state(run)}", ""


def _last_read(bench: Bench, name: str, brief: bool = False) -> Iterator[Span]:
    """`board_dashboard read Thu 3 (596 rows) at 08:00`; in brief `board read Thu 3`."""
    read: Read | None = next((one for one in reversed(bench.known.data.reads) if one.dataset == name), None)
    if read is None:
        return
    at = Clock(bench.now, bench.clock.zone).at(read.at)
    target = f"consumer:{bench.dag}.{read.consumer}"
    yield Span(f"{read.consumer.partition('_')[0] if brief else read.consumer} read ", "note", target)
    if not read.n:
        yield Span("nothing" if brief else f"nothing at {at}", "bad", target)
        return
    grid = bench.known.plans[bench.known.makers[name]].spec.grid
    day = _short(grid, grid.parse(read.partition))
    version = bench.known.data.get((read.dataset, read.partition, read.n))
    rows = f" ({plural(version.rows, 'row')})" if version is not None and version.rows is not None else ""
    yield Span(f"{day} (old)" if read.stale else day, "state.stale" if read.stale else "note", target)
    if not brief:
        yield Span(f"{'' if read.stale else rows} at {at}", "note", target)
