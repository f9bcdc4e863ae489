"""What a write makes of a partition, by the mode of its dataset; and how rows are counted that are not carried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbench.engine import Known, Run, State
from workbench.engine.keys import VersionName
from workbench.engine.plan import TaskPlan
from workbench.model import Dataset
from workbench.scenario.rows import Rows, Store
from workbench.scenario.sources import joined, sources_of

if TYPE_CHECKING:
    from workbench.scenario.dataflow import Dataflow

# (rows, content); (None, None) where nothing is known.
Counted = tuple[int | None, str | None]


def written_onto(store: Store, dataset: Dataset, before: str | None, content: str) -> Counted:
    """(rows, content) of a partition that held `before` (None: nothing), after a write of `content`."""
    if ":" in content:
        return _counted_onto(store, dataset, before, content)
    if dataset.mode == "overwrite" or (dataset.mode == "append" and before is None):
        return store.count(content), content
    old, new = (store.get(before) or [] if before is not None else []), store.get(content) or []
    rows = _merged(old, new, dataset.key) if dataset.mode == "merge" else [*old, *new]
    return len(rows), store.put(rows)


def key_of(known: Known, dataset: str) -> tuple[str, ...]:
    """By which columns a dataset is merged, as its home says."""
    home = known.makers.get(dataset)
    found = known.plans[home].spec.datasets.get(dataset) if home else None
    return found.key if found else ()


def counted(store: Store, plan: TaskPlan, code: str, contents: Iterable[str | None]) -> Counted:
    """How many rows a task makes of these: all together, whatever its function does to them. Another version of its
    code makes another content."""
    some = [content for content in contents if content is not None]
    return _sum(store, plan, code, sum(map(store.count, some)), some)


def summed(dataflow: Dataflow, state: State, run: Run, plan: TaskPlan) -> Counted | None:
    """As `counted`, of a task that only takes what its direct upstreams hand on (`TaskPlan.sums`), when it begins.
    Asked for almost every attempt of a large run, so it notes down what the try saw at the same time. None: it may have
    to look into other runs."""
    cells, rows, some = run.cells, 0, []
    found = dataflow.found_sources
    seen: list[tuple[VersionName, ...]] = []
    for up in plan.ups:
        became, _, _, _, _, _, _, _, attempts, rule, _, _, _ = cells[up]
        if became == "success":
            if rule or not attempts:
                return None
            last = attempts[-1]
            content, saw = last.content, found.get(last.began)
            if content is not None:
                rows += last.rows or 0
                some.append(content)
            if saw is None:
                saw = sources_of(dataflow, state, run, run.plan.tasks[up], last.began)
            if saw not in seen:
                seen.append(saw)
    cell, store = cells[plan.name], dataflow.store
    found[cell.seq] = joined(seen)
    if len(some) < 2:
        return _sum(store, plan, cell.code, rows, some)
    return rows, store.put_count(rows, f"{plan.full_name}//{'+'.join(some)}")


def _sum(store: Store, plan: TaskPlan, code: str, rows: int, contents: list[str]) -> Counted:
    if not contents:
        return None, None
    task = plan.task
    if len(contents) == 1 and not (task.run or task.sql or task.code or task.function):
        return rows, contents[0]
    version = code if code in task.code else ""
    return rows, store.put_count(rows, f"{plan.full_name}/{version}/{'+'.join(contents)}")


def _counted_onto(store: Store, dataset: Dataset, before: str | None, content: str) -> Counted:
    if dataset.mode != "append" or before is None:
        return store.count(content), content
    rows = store.count(before) + store.count(content)
    return rows, store.put_count(rows, f"{before}+{content}")


def _merged(before: Rows, rows: Rows, key: tuple[str, ...]) -> Rows:
    """New rows take the place of those with the same key (as text). Of several new ones with the same key the last one
    stays. In the order of their keys, so that the same rows are the same content, whatever was written first."""
    named = {tuple(str(row.get(part)) for part in key): row for row in (*before, *rows)}
    return [named[one] for one in sorted(named)]
