"""What faults on data mean in a workspace: their input or dataset, its partitions, and what goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model.findings import near, shown
from workbench.model.reading import LOST
from workbench.timetable import format_instant

if TYPE_CHECKING:
    from workbench.scenario.meaning import Meaning

# What says so, as in meaning.py.
_INPUTS = frozenset({LOST, "inputs"})
_DATASETS = frozenset({LOST, "datasets", "tasks"})
_GRIDS = frozenset({LOST, "partition", "timezone"})


def place(meaning: Meaning) -> None:
    """The input delivers rows, and its partitions are those of its grid, the first one first."""
    _has_rows(meaning)
    spec = meaning.home()
    windows = {key: meaning.window(spec, key) for key in ("partition", "first", "last") if key in meaning.values}
    first, last = windows.get("first"), windows.get("last")
    if first is not None and last is not None and last.start < first.start:
        meaning.tell("last", f": {last.key} comes before the first, {first.key}")
    begin = windows.get("partition") or first
    for key in ("until", "at"):
        at: Any = meaning.values.get(key)
        if begin is not None and at is not None and at <= begin.end:
            end = f"partition {begin.key} ends at {format_instant(begin.end)}"
            meaning.doubt(_GRIDS, key, f": {end}; nothing of it has come by '{key}'")


def _has_rows(meaning: Meaning) -> None:
    name = meaning.values["input"]
    found = meaning.workspace.inputs.get(name) if meaning.workspace is not None else None
    if found is not None and found[1].path is None and found[1].rows is None:
        told = f": '{name}' has no rows that could be wrong; give it a 'path', or 'rows' where rows are counted"
        meaning.doubt(_INPUTS, "input", told)


def one_place(meaning: Meaning) -> None:
    """Either one partition, or all from one on."""
    if ("partition" in meaning.values) == ("first" in meaning.values):
        meaning.tell("", " needs 'partition' or 'first', and not both")


def some_drift(meaning: Meaning) -> None:
    if not any(meaning.values.get(key) for key in ("rename", "drop", "insert")):
        meaning.tell("", " needs 'rename', 'drop' or 'insert'")


def finder(meaning: Meaning) -> None:
    """What had moved is found by versions of one task."""
    if ("task" in meaning.values) != ("fixed_by" in meaning.values):
        meaning.tell("", " needs 'task' and 'fixed_by' together: which versions of which task look in the new place")
    elif "task" in meaning.values:
        meaning.one_task()


def dataset(meaning: Meaning) -> None:
    """A dataset of the workspace, and a partition of its home's grid."""
    if meaning.workspace is None:
        return
    name, known = meaning.values["dataset"], meaning.workspace.datasets
    if name not in known:
        meaning.doubt(_DATASETS, "dataset", f" names unknown dataset '{shown(name)}'{near(name, known)}")
        return
    meaning.window(known[name][0])
