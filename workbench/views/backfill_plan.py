"""The picture of a backfill before anything runs: partition by task, with the reason for each, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from workbench.views.clock import listed
from workbench.views.lineage import as_json

RUN, KEEP, LEAVE = "run", "keep", "leave out"
_MARKS = {RUN: "run", KEEP: "kept", LEAVE: "-"}
_GAP = "  "
_MOST = 4


@dataclass(frozen=True)
class PlannedTask:
    """What becomes of one task in one run: `run`, `keep` (what it made before counts), or `leave out` (nothing to keep,
    and it is not asked for)."""

    task: str
    does: str
    reason: str = ""


@dataclass(frozen=True)
class PlannedRun:
    """One partition of one DAG. `day`: the partition in words; it owns [start, end), UTC. `reason`: why it is made, or
    why it is left out; then it has no tasks."""

    dag: str
    partition: str
    day: str
    start: datetime
    end: datetime
    reason: str
    tasks: tuple[PlannedTask, ...] = ()

    @property
    def is_made(self) -> bool:
        return bool(self.tasks)


@dataclass(frozen=True)
class BackfillPlan:
    """`sentence` says what would be asked for. `runs`: those that are made, in their order; `left_out`: those that are
    not. `slot_minutes`: what it costs, of that in which pool. `order`, `time`, `collisions`, `readers`, `notes` and
    `warnings` (about the code that would run) are sentences."""

    sentence: str
    runs: tuple[PlannedRun, ...]
    left_out: tuple[PlannedRun, ...]
    limit: int
    slot_minutes: int
    pools: tuple[tuple[str, int], ...]
    order: str
    time: str
    collisions: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As JSON data; instants are ISO 8601 in UTC."""
        data = as_json(asdict(self))
        assert isinstance(data, dict)
        return data

    def lines(self) -> list[str]:
        """All of it, as text. Partitions with the same reason share a line of the table."""
        found = [self.sentence, *(f"warning: {one}" for one in self.warnings), *self.table(), *self._left()]
        found += [f"order: {self.order}", f"cost: {self.cost}", self.time]
        return [*found, *self.collisions, *self.readers, *self.notes]

    @property
    def cost(self) -> str:
        pools = ", ".join(f"{minutes} in pool {pool}" for pool, minutes in self.pools)
        return f"{self.slot_minutes} slot minutes" + (f" ({pools})" if pools else "")

    def table(self) -> list[str]:
        """Partition by task: what runs, what is kept, and because of what."""
        return [line for dag in dict.fromkeys(run.dag for run in self.runs) for line in self._table_of(dag)]

    def _table_of(self, dag: str) -> list[str]:
        runs = [run for run in self.runs if run.dag == dag]
        tasks = list(dict.fromkeys(one.task for run in runs for one in run.tasks))
        rows = [[dag, *tasks, "because"]]
        alike: dict[object, list[PlannedRun]] = {}
        for run in runs:
            alike.setdefault((run.reason, tuple((one.task, one.does) for one in run.tasks)), []).append(run)
        rows += [_row(some, tasks) for some in alike.values()]
        wide = [max(len(row[n]) for row in rows) for n in range(len(rows[0]) - 1)]
        return [_GAP.join([*(f"{c:<{w}}" for c, w in zip(row, wide, strict=False)), row[-1]]) for row in rows]

    def _left(self) -> Iterator[str]:
        for dag, reason in dict.fromkeys((run.dag, run.reason) for run in self.left_out):
            some = [run for run in self.left_out if (run.dag, run.reason) == (dag, reason)]
            yield f"left out: {dag} for {days_said(some)}: {reason}"

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _row(runs: list[PlannedRun], tasks: list[str]) -> list[str]:
    does = {one.task: _MARKS[one.does] for one in runs[0].tasks}
    return [days_said(runs), *(does.get(task, "-") for task in tasks), runs[0].reason]


def days_said(runs: list[PlannedRun]) -> str:
    """`Sat 1 Jun`, `Sat 1 Jun to Sun 30 Jun (30)`, `Sat 8 Jun and Sat 15 Jun`."""
    spans = [[runs[0]]]
    for run in runs[1:]:
        before = spans[-1][-1]
        if before.end == run.start or run.end == before.start:
            spans[-1].append(run)
        else:
            spans.append([run])
    told = [span[0].day if len(span) == 1 else f"{span[0].day} to {span[-1].day} ({len(span)})" for span in spans]
    return listed([*told[: _MOST - 1], f"{len(told) - _MOST + 1} more"] if len(told) > _MOST else told)
