"""Which partitions the days of a DAG are: from its first run on. Found by looking at each event of a log once."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from weakref import WeakKeyDictionary

from workbench.branch import Branch
from workbench.engine.events import RunCreated, RunsRequested
from workbench.timetable import Grid, Partition

# More are not shown: the oldest are left out.
_MOST = 4000


class _Firsts:
    """Of one log, for each DAG: where the first window became an earlier one, as (events so far, start)."""

    def __init__(self) -> None:
        self.seen = 0
        self.found: dict[str, list[tuple[int, datetime]]] = {}

    def look(self, branch: Branch, upto: int) -> None:
        log = branch.log
        for place in range(self.seen, upto):
            event = log[place]
            if isinstance(event, RunCreated):
                self._add(place + 1, event.run.dag, event.start)
            elif isinstance(event, RunsRequested):
                for key, start, _ in event.runs:
                    self._add(place + 1, key.dag, start)
        self.seen = max(self.seen, upto)

    def _add(self, seq: int, dag: str, start: datetime) -> None:
        found = self.found.setdefault(dag, [])
        if not found or start < found[-1][1]:
            found.append((seq, start))


_FIRSTS: WeakKeyDictionary[Branch, _Firsts] = WeakKeyDictionary()


def first_window(branch: Branch, position: int, dag: str, grid: Grid, start: datetime) -> Partition:
    """The earliest partition with a run in the first `position` events; the last that had ended at `start` if there is
    none."""
    firsts = _FIRSTS.setdefault(branch, _Firsts())
    firsts.look(branch, position)
    found = [at for seq, at in firsts.found.get(dag, ()) if seq <= position]
    return grid.containing(found[-1]) if found else grid.last_ended(start)


@lru_cache(maxsize=64)
def windows_between(grid: Grid, first: Partition, last: Partition) -> tuple[Partition, ...]:
    """Both included; of very many the last."""
    return tuple(grid.between(first.start, last.end))[-_MOST:]
