"""Task by partition, of thousands of cells: a glyph each. Rows are made when somebody looks at them.

Above the tasks: the run itself and the inputs; below: what is public. The newest run of a partition counts; a mark
before its glyph says that it is a backfill's (b), one that somebody asked for (m), or the n-th (2 to 9). `W` stands
before a task that something holds, `[` and `]` around the selected cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from workbench.bench.panes.day_grid import DayGrid, Line
from workbench.bench.panes.day_range import first_window, windows_between
from workbench.views.grid import GridSheet
from workbench.views.sheet import Row, Sheet

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


# The rows that were made last, and of what: another selection shares them.
_KEPT: WeakKeyDictionary[Bench, tuple[object, dict[tuple[int, bool], Row]]] = WeakKeyDictionary()


def days(bench: Bench, width: int) -> Sheet:
    """All partitions from the first run on; wider than `width` where there are many."""
    known, dag, shown = bench.known, bench.dag, bench.window
    spec = known.plans[dag].spec
    first = first_window(bench.session.branch, bench.session.position, dag, spec.grid, bench.session.start)
    last = max(spec.grid.last_ended(bench.now), shown, key=lambda one: one.start)
    windows = windows_between(spec.grid, min(first, shown, key=lambda one: one.start), last)
    place = (bench.session.branch, bench.session.position, bench.now, dag, shown.key, width)
    rows = _KEPT[bench][1] if bench in _KEPT and _KEPT[bench][0] == place else {}
    _KEPT[bench] = place, rows
    grid = DayGrid(known, bench.now, dag, windows, shown.key, _lines(bench), _chosen(bench), width, rows)
    same = (*place, bench.chosen)
    return GridSheet("days", grid, same)


def _lines(bench: Bench) -> tuple[Line, ...]:
    plan = bench.known.plans[bench.dag]
    public = [name for name, home in bench.known.makers.items() if home == bench.dag]
    return (
        Line("dag", "", bench.dag),
        *(Line("input", name, f"▤ {name}") for name in plan.spec.inputs),
        *(Line("task", name, f"  {name}") for name in plan.tasks),
        *(Line("dataset", name, f"▣ {name}") for name in public),
    )


def _chosen(bench: Bench) -> tuple[str, str]:
    chosen = bench.chosen
    return chosen.kind, "" if chosen.kind == "dag" else chosen.name
