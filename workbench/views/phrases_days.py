"""Which of many partitions of another DAG's task are missing, and why: in one line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from workbench.engine.rules.inputs import windows_of
from workbench.model import Need
from workbench.timetable import Grid, Partition
from workbench.views.clock import plural
from workbench.views.phrases_inputs import grid_of
from workbench.views.wording import Phrases, shortened

MOST_GROUPS = 5


class _Missing(NamedTuple):
    """One partition: what became of it there, and (where it says more) when."""

    window: Partition
    state: str
    when: str


def days_line(p: Phrases, need: Need, missing: list[Partition]) -> tuple[str, ...]:
    """`4 of 7 days are there; missing: Wed 4 Mar (failed 02:12), Thu 5 Mar to Fri 6 Mar (no run yet).`"""
    grid, total = grid_of(p, need), len(list(windows_of(p.known, need, p.run)))
    there = total - len(missing)
    said = shortened(list(_groups(grid, [_fate(p, need, window) for window in missing])), MOST_GROUPS)
    verb = "is" if there == 1 else "are"
    return (f"{there} of {plural(total, grid.unit)} {verb} there; missing: {', '.join(said)}.",)


def _fate(p: Phrases, need: Need, window: Partition) -> _Missing:
    run = p.known.run_of(need.dag, window.key)
    if run is None:
        return _Missing(window, "no run yet" if window.end > p.now or need.dag in p.known.paused else "no run", "")
    if need.name not in run.cells:
        return _Missing(window, f"no {need.name} in its run", "")
    cell = run.cells[need.name]
    return _Missing(window, _FATES.get(cell.state, cell.state), f" {p.at(cell.since)}" if cell.state in _AT else "")


def _groups(grid: Grid, missing: list[_Missing]) -> Iterator[str]:
    """Neighbours with the same fate are one group; of a group the times are left out."""
    place, numbered = 0, []
    for number, one in enumerate(missing):
        before = missing[number - 1] if number else None
        if before is not None and (before.state != one.state or grid.next(before.window) != one.window):
            place += 1
        numbered.append((place, one))
    for _, some in groupby(numbered, key=lambda pair: pair[0]):
        group = [one for _, one in some]
        first, last = group[0], group[-1]
        if first is last:
            yield f"{grid.spoken(first.window)} ({first.state}{first.when})"
        else:
            yield f"{grid.spoken(first.window)} to {grid.spoken(last.window)} ({first.state})"


_AT = frozenset({"failed", "skipped", "running"})
_FATES = {
    "none": "not started",
    "scheduled": "waits for a slot",
    "queued": "not started",
    "running": "running since",
    "up_for_retry": "waits for its next try",
    "up_for_reschedule": "a sensor between two looks",
    "upstream_failed": "did not run",
    "removed": "taken out",
}
