"""Rows in quarantine: for which a condition holds, so that tries do not see them. They are kept, counted and owned.

What is set aside is said by the condition, so a partition that is delivered or written again is asked again: a row that
has been mended comes through. A condition that the new rows cannot be asked (a column is gone) holds for none of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from workbench.engine import State
from workbench.model import InvalidInput
from workbench.scenario.aside import held as held_rows
from workbench.scenario.aside import kept
from workbench.scenario.dataflow import Dataflow
from workbench.scenario.rows import Rows
from workbench.scenario.sqlrows import SqlError, where
from workbench.scenario.there import content_there, spoken


def set_aside(dataflow: Dataflow, state: State, name: str, partition: str, condition: str) -> tuple[int, str | None]:
    """(rows, content) of those that a condition would put in quarantine now: of the live version of a dataset, or of
    what came last of an input. Raises InvalidInput when there is nothing to look at, or the condition is wrong."""
    place = spoken(state.known, name, partition)
    content = content_there(dataflow, state, name, partition)
    rows = dataflow.store.get(content) if content is not None else None
    if rows is None:
        raise InvalidInput([_nothing(state, name, partition, content)])
    seen = dataflow.store.get(kept(dataflow.store, state, name, partition, content) or "") or []
    try:
        held = where(condition, seen)
        where(condition, rows)
    except SqlError as error:
        columns = ", ".join(dict.fromkeys(column for row in rows for column in row)) or "none that are known"
        told = f"the condition '{condition}' cannot be asked of {place}: {error}. Its columns: {columns}"
        raise InvalidInput([told]) from error
    found = [row for row, is_held in zip(seen, held, strict=True) if is_held]
    return len(found), dataflow.store.put(found)


def _nothing(state: State, name: str, partition: str, content: str | None) -> str:
    place = spoken(state.known, name, partition)
    if content is not None:
        return f"the rows of {place} are only counted here, so no condition can be asked of them"
    if name not in state.known.homes:
        return f"no version of {place} is live, so there are no rows to set aside"
    came = (name, partition) in state.known.arrived
    return f"no rows of {place} are known" if came else f"{place} has not come, so there are no rows to set aside"


def right_without(right: Rows, there: Rows, conditions: Sequence[str]) -> Rows:
    """The right rows of a partition without those that are in quarantine there: nobody misses them. A row that is held
    because it is wrong stands for the right one that is most like it, of those that did not come through."""
    held = held_rows(there, conditions)
    passed = Counter(_text(row) for row, is_held in zip(there, held, strict=True) if not is_held)
    left: Rows = []
    spare: Rows = []
    for row in right:
        text = _text(row)
        passed[text] -= 1
        (left if passed[text] >= 0 else spare).append(row)
    for row in (row for row, is_held in zip(there, held, strict=True) if is_held):
        likest = max(range(len(spare)), key=lambda n: (_likeness(row, spare[n]), -n), default=None)
        if likest is not None and _likeness(row, spare[likest]):
            del spare[likest]
    return [*left, *spare]


def _likeness(row: dict[str, Any], other: dict[str, Any]) -> int:
    """In how many columns they agree."""
    return sum(name in other and other[name] == value for name, value in row.items())


def _text(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False)
