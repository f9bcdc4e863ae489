"""Which column of a recording means what: by names that orchestrators use for it, in any case and order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workbench.model.findings import near

# What we read, and what it is called elsewhere; the first name is the one we recommend.
NAMES: Mapping[str, tuple[str, ...]] = {
    "task": ("task", "task_id", "task_name", "job", "job_name", "job_id", "step", "step_key", "node", "node_id",
             "unique_id", "model", "name"),
    "dag": ("dag", "dag_id", "dag_name", "pipeline", "pipeline_name", "flow", "flow_name", "workflow",
            "workflow_name"),
    "run": ("run", "run_id", "dag_run_id", "flow_run_id", "invocation_id", "workflow_run_id", "run_number"),
    "date": ("data_interval_start", "logical_date", "execution_date", "partition", "partition_date"),
    "try": ("try", "try_number", "attempt", "attempt_number", "run_attempt", "retry"),
    "state": ("state", "status", "conclusion", "result", "outcome"),
    "start": ("start", "start_date", "started_at", "started", "start_time", "start_ts"),
    "end": ("end", "end_date", "completed_at", "ended_at", "finished_at", "end_time", "finished", "completed",
            "end_ts", "finish_time", "stopped_at"),
    "duration": ("duration", "execution_time", "duration_seconds", "seconds", "elapsed", "runtime"),
    "queued": ("queued", "queued_dttm", "queued_at", "queued_when", "created_at"),
    "map": ("map_index",),
}  # fmt: skip
NEEDED = ("task", "state", "start")
_SEPARATORS = ",;\t|"


class Columns(NamedTuple):
    """Where each thing stands in a row, from 0, and what its column is called in the file; `unread`: the others."""

    separator: str
    at: dict[str, int]
    called: dict[str, str]
    unread: tuple[str, ...]
    cells: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """What must be there and is not."""
        lacks = [what for what in NEEDED if what not in self.at]
        lacks += [] if {"end", "duration"} & set(self.at) else ["end"]
        return lacks + ([] if {"run", "date"} & set(self.at) else ["run"])

    def hint(self) -> str:
        """A column that may be misspelt; empty if none is."""
        known = [name for what in self.missing() for name in NAMES[what]]
        hints = ((cell, near(_plain(cell), known)) for cell in self.unread)
        return next((f"; is '{cell[:60]}' meant{hint}" for cell, hint in hints if "did you mean" in hint), "")

    def told(self) -> str:
        """`task from task_id, start from start_date`."""
        return ", ".join(f"{what} from '{name}'" for what, name in self.called.items())


def columns_of(line: str) -> Columns:
    """The columns of a header line, with the separator by which most are known."""
    import csv

    found = [_columns(next(csv.reader([line], delimiter=sign), []), sign) for sign in _SEPARATORS]
    return max(found, key=lambda one: len(one.at))


def _columns(cells: Sequence[str], separator: str) -> Columns:
    plain = [_plain(cell) for cell in cells]
    at: dict[str, int] = {}
    for what, names in NAMES.items():
        place = next((plain.index(name) for name in names if name in plain), None)
        if place is not None and place not in at.values():
            at[what] = place
    called = {what: cells[place].strip() for what, place in at.items()}
    unread = tuple(cell.strip() for n, cell in enumerate(cells) if n not in at.values() and cell.strip())
    return Columns(separator, at, called, unread, tuple(cell.strip() for cell in cells))


def _plain(cell: str) -> str:
    """`startedAt`, `Start Date` and `ti.start_date` as `started_at` and `start_date`."""
    text = cell.strip().strip("\"'`[]").rpartition(".")[2]
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text[:100])
    return re.sub(r"[\s\-_]+", "_", text).strip("_").lower()
