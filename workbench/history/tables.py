"""tables(state): what was true, as plain rows. The history file holds them for the end of each branch's log.

A cell carries the number of its last event, so what changed since some number is found without asking the events
again. Only commands take rows away (an attempt that is no longer known): then a run is written anew.
Instants are text, UTC. What can be read straight off single events (deadlines missed, work done unseen, actions) has
views in the file, and no rows here. The rows about data are made in `tables_data`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from workbench.engine import FINISHED, Attempt, Cell, Known, Run, State
from workbench.engine.state import FIRST_CODE, Looks
from workbench.history.codec import Row, Texts, printable, to_json
from workbench.history.tables_data import DATA_TABLES, Changed, all_of, data_rows

TABLES: dict[str, tuple[str, ...]] = {
    "run": (
        "dag", "partition", "kind", "n", "state", "version", "interval_start", "interval_end", "created", "started",
        "ended", "due", "reason", "backfill",
    ),
    "task_instance": (
        "dag", "partition", "kind", "n", "task", "state", "tries", "since", "ready", "started", "ended", "retry_at",
        "rule",
    ),
    "attempt": (
        "dag", "partition", "kind", "n", "task", "number", "state", "ready", "queued", "started", "ended", "reason",
        "message", "retry_at", "rows", "content", "followed", "code", "looks", "held_seconds",
    ),
    "arrival": ("input", "partition", "arrived_at", "rows", "content", "n"),
    **DATA_TABLES,
}  # fmt: skip


Instance = tuple[str, str, str, int, str]


class Tables(NamedTuple):
    """The rows of each table, as `TABLES` names their columns."""

    run: list[Row]
    task_instance: list[Row]
    attempt: list[Row]
    arrival: list[Row]
    dag: list[Row]
    task: list[Row]
    dataset: list[Row]
    dataset_check: list[Row]
    consumer: list[Row]
    roster: list[Row]
    route: list[Row]
    version: list[Row]
    publication: list[Row]
    lineage: list[Row]
    check_result: list[Row]
    read: list[Row]
    alert: list[Row]
    alert_recipient: list[Row]
    quarantine: list[Row]
    told: list[Row]
    backfill: list[Row]


class Shape(NamedTuple):
    """How many columns the rows of a list name, and what the others have by default. Python 3.11 needs half a
    microsecond to bind a None, and most rows end with some."""

    table: str
    width: int
    tail: Row = ()


# A try that followed nothing, with the first code, and held its slots from `queued` to `ended`.
_PLAIN = (None, FIRST_CODE, 0, None)
SHAPES: dict[str, Shape] = {
    "runs": Shape("run", 14),
    "waiting": Shape("task_instance", 8, (None, None, None, None, "")),
    "begun": Shape("task_instance", 11, (None, "")),
    "settled": Shape("task_instance", 13),
    "plain_tries": Shape("attempt", 11, ("", "", None, None, None, *_PLAIN)),
    "told_tries": Shape("attempt", 16, _PLAIN),
    "rare_tries": Shape("attempt", 20),
    "arrivals": Shape("arrival", 6),
    **{name: Shape(name, len(columns)) for name, columns in DATA_TABLES.items()},
}


class Rows:
    """Rows in the making: for each of `SHAPES` a list, to which what is added goes."""

    def __init__(self, text: Texts) -> None:
        self.text = text
        self.lists: dict[str, list[Row]] = {name: [] for name in SHAPES}
        self._begun, self._settled = self.lists["begun"].append, self.lists["settled"].append
        self._plain_try, self._told_try = self.lists["plain_tries"].append, self.lists["told_tries"].append
        self._rare_try = self.lists["rare_tries"].append

    def of(self, table: str) -> list[Row]:
        """The rows of a table, in full."""
        lists = ((self.lists[name], shape.tail) for name, shape in SHAPES.items() if shape.table == table)
        return [row + tail for rows, tail in lists for row in rows]

    def add_runs(self, runs: Iterable[Run], after: int = 0, since: datetime | None = None) -> None:
        """Add these runs, and of their tasks those with an event after number `after`. Attempts that ended before
        `since` are left out where a task has several."""
        for run in runs:
            self.lists["runs"].append(_run_row(run, self.text))
            self._add_cells(run, after, since)

    def add_arrivals(self, known: Known, places: Iterable[tuple[str, str]]) -> None:
        """Add all arrivals of these partitions of inputs."""
        add, text = self.lists["arrivals"].append, self.text
        for place in places:
            for n, one in enumerate((known.arrived[place], *known.again.get(place, ())), 1):
                add((*place, text[one.at], one.rows, one.content, n))

    def add_data(self, known: Known, changed: Changed, after: int = 0) -> None:
        """Add what changed about data after event number `after`."""
        for table, row in data_rows(known, changed, after, self.text):
            self.lists[table].append(row)

    def _add_cells(self, run: Run, after: int, since: datetime | None) -> None:
        dag, partition, kind, n = run.key
        text, wait = self.text, self.lists["waiting"].append
        for task, cell in run.cells.items():
            if cell.seq <= after:
                continue
            if cell.state == "none" and not cell.tries:
                wait((dag, partition, kind, n, task, "none", 0, text[cell.since]))
            else:
                self._add_task((dag, partition, kind, n, task), cell, since)

    def _add_task(self, instance: Instance, cell: Cell, since: datetime | None) -> None:
        """`ready` is that of the newest try, `started` that of the first."""
        dag, partition, kind, n, task = instance
        state, at, _, tries, ready, _, started, retry_at, past, rule, _, code, looks = cell
        text = self.text
        if looks is not None:
            ready, started = looks.ready, looks.started
            self._add_looking(instance, cell, looks)
        if past:
            started, ready = past[0].started, ready or past[-1].ready
            for attempt in past:
                if since is None or attempt.ended >= since:
                    self._add_attempt(instance, attempt)
        now = text[at]
        ended = now if state in FINISHED else None
        row = (dag, partition, kind, n, task, state, tries, now, text[ready], text[started], ended)
        if rule or retry_at is not None:
            self._settled((*row, text[retry_at], rule))
        else:
            self._begun(row)
        if state == "running" and looks is None:
            times = text[cell.ready], text[cell.queued], text[cell.started]
            running = (*instance, tries, "running", *times, None)
            if code == FIRST_CODE:
                self._plain_try(running)
            else:
                self._rare_try((*running, "", "", None, None, None, None, code, 0, None))

    def _add_looking(self, instance: Instance, cell: Cell, looks: Looks) -> None:
        """A sensor's try goes on between its looks, also while it holds no slot."""
        text = self.text
        state = "up_for_reschedule" if cell.state == "up_for_reschedule" else "running"
        times = text[looks.ready], text[looks.queued], text[looks.started]
        row = (*instance, cell.tries, state, *times, None, "", "", text[cell.retry_at], None, None)
        self._rare_try((*row, None, cell.code, looks.times, looks.held))

    def _add_attempt(self, instance: Instance, attempt: Attempt) -> None:
        dag, partition, kind, n, task = instance
        (
            number, state, reason, message, ready, queued, started, ended, retry_at, rows, content, followed, code,
            looks, held, _,
        ) = attempt  # fmt: skip
        text = self.text
        since, given, began, end = text[ready], text[queued], text[started], text[ended]
        if followed is not None or looks or code != FIRST_CODE:
            row = (dag, partition, kind, n, task, number, state, since, given, began, end, reason, printable(message))
            told = (text[retry_at], rows, content, None if followed is None else to_json(list(followed)), code, looks)
            self._rare_try((*row, *told, held if looks else None))
        elif reason or message or retry_at is not None or rows is not None or content is not None:
            row = (dag, partition, kind, n, task, number, state, since, given, began, end, reason, printable(message))
            self._told_try((*row, text[retry_at], rows, content))
        else:
            self._plain_try((dag, partition, kind, n, task, number, state, since, given, began, end))


def tables(state: State) -> Tables:
    """Every row."""
    rows = every_row(state, Texts())
    return Tables(*map(rows.of, Tables._fields))


def every_row(state: State, text: Texts) -> Rows:
    """Every row, in the making: runs in the order of their keys."""
    rows, runs = Rows(text), state.known.runs
    rows.add_runs(runs[key] for key in sorted(runs))
    rows.add_arrivals(state.known, state.known.arrived)
    rows.add_data(state.known, all_of(state.known))
    return rows


def _run_row(run: Run, text: Texts) -> Row:
    window = run.window
    instants = (window.start, window.end, run.created, run.started, run.ended, run.due)
    times = [text[at] for at in instants]
    return (*run.key, run.state, run.plan.version, *times, run.reason, run.backfill or None)
