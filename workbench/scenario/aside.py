"""What is left of rows when those in quarantine are taken out: for all who read them."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.engine import State
from workbench.scenario.rows import Rows, Store
from workbench.scenario.sqlrows import SqlError, where


def kept(
    store: Store, state: State, name: str, partition: str, content: str | None, began: int | None = None
) -> str | None:
    """What a try that began as that event (None: now) sees of this content of an input's or dataset's partition."""
    aside = state.known.data.aside.get((name, partition), ())
    conditions = [one.where for one in aside if began is None or one.seq < began]
    rows = store.get(content) if conditions and content is not None else None
    if rows is None:
        return content
    out = held(rows, conditions)
    return store.put([row for row, is_out in zip(rows, out, strict=True) if not is_out]) if any(out) else content


def held(rows: Rows, conditions: Iterable[str]) -> list[bool]:
    """For each row, whether one of the conditions holds. One that these rows cannot be asked holds for none."""
    found = [False] * len(rows)
    for condition in conditions:
        try:
            found = [before or now for before, now in zip(found, where(condition, rows), strict=True)]
        except SqlError:
            continue
    return found
