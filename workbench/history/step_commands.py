"""Step 4 of the schema, "commands": what somebody did, when a run was due, what a try ran and held.

Columns are added at the end of a table, and the views that show them are made anew.
"""

from __future__ import annotations

_REMADE = ("log", "all_log", "run", "attempt", "future_run", "future_attempt")
_COLUMNS = [
    "ALTER TABLE recording ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE event ADD COLUMN due TEXT",
    "ALTER TABLE all_run ADD COLUMN due TEXT",
    "ALTER TABLE all_run ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE all_run ADD COLUMN backfill INTEGER",
    "ALTER TABLE all_attempt ADD COLUMN followed TEXT",
    "ALTER TABLE all_attempt ADD COLUMN code TEXT NOT NULL DEFAULT 'v1'",
    "ALTER TABLE all_attempt ADD COLUMN looks INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE all_attempt ADD COLUMN held_seconds INTEGER",
]
# Until now, every run was made at its tick, and ended because all its tasks had.
_FILLED = [
    "DROP TRIGGER event_no_update",
    "UPDATE event SET due = at WHERE kind = 'run_created'",
    "UPDATE event SET reason = '' WHERE kind = 'run_ended'",
    "UPDATE all_run SET due = created",
    # By this a recording is known again in another file. A copy of an older file makes the same.
    "UPDATE recording SET origin = started_at || ' ' || start || ' ' || seed || ' ' || id",
    "CREATE UNIQUE INDEX one_origin ON recording (origin) WHERE origin <> ''",
    """
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are facts: they are only ever added'); END
""",
]
_FACTS = """event.seq, event.at, event.kind, event.dag, event.partition, event.run_kind, event.run_n, event.task,
    event.number, event.state, event.reason, event.message, event.retry_at, event.rows, event.content, event.input,
    event.interval_start, event.interval_end, event.cause, event.data, event.due"""
_LOG = """
CREATE VIEW {name} AS
WITH RECURSIVE part (branch, owner, until) AS (
    SELECT id, id, 9223372036854775807 FROM branch {where}
    UNION ALL
    SELECT part.branch, child.parent, min(part.until, child.shared)
    FROM part JOIN branch AS child ON child.id = part.owner
    WHERE child.parent IS NOT NULL
)
SELECT {branch}{facts} FROM part JOIN event ON event.branch = part.owner AND event.seq <= part.until
"""
_LOGS = [
    _LOG.format(name="all_log", where="", branch="part.branch, ", facts=_FACTS),
    _LOG.format(name="log", where="WHERE is_current = 1", branch="", facts=_FACTS),
]
# A try holds its slots from `queued` to `ended`, but for a sensor that gives them back in between.
_HELD = "coalesce({table}held_seconds, strftime('%s', {table}ended) - strftime('%s', {table}queued)) AS held_seconds"
_TABLES = {
    "run": (
        "dag", "partition", "kind", "n", "state", "version", "interval_start", "interval_end", "created", "started",
        "ended", "due", "reason", "backfill",
    ),
    "attempt": (
        "dag", "partition", "kind", "n", "task", "number", "state", "ready", "queued", "started", "ended", "reason",
        "message", "retry_at", "rows", "content", "followed", "code", "looks", "held_seconds",
    ),
}  # fmt: skip


def _columns(name: str, table: str) -> str:
    return ", ".join(_HELD.format(table=table) if c == "held_seconds" else f"{table}{c}" for c in _TABLES[name])


_CURRENT = [
    f"CREATE VIEW {name} AS SELECT {_columns(name, '')} FROM all_{name}"
    " WHERE branch = (SELECT id FROM branch WHERE is_current = 1)"
    for name in _TABLES
]
_OF_THE_RECORDING = "WHERE branch.recording = (SELECT recording FROM branch WHERE is_current = 1)"
_FUTURES = [
    f"CREATE VIEW future_{name} AS SELECT branch.name AS future, {_columns(name, f'all_{name}.')} FROM all_{name}"
    f" JOIN branch ON branch.id = all_{name}.branch {_OF_THE_RECORDING}"
    for name in _TABLES
]
_COMMANDS = (
    "'fault_injected', 'fault_lifted', 'dag_edited', 'settings_changed', 'dag_paused', 'code_deployed',"
    " 'tasks_cleared', 'tasks_marked', 'tasks_killed', 'runs_requested'"
)
# What can be read straight off single events: (columns, which events).
_TOLD = {
    "action": ("seq, at, kind, dag, message AS sentence", f"kind IN ({_COMMANDS})"),
    "backfill": (
        "seq AS id, dag, at AS asked_at, json_array_length(data, '$.runs') AS runs,"
        " json_extract(data, '$.limit') AS max_active, message AS sentence",
        "kind = 'runs_requested' AND run_kind = 'backfill'",
    ),
    "deadline": ("dag, partition, task, due, at AS missed_at", "kind = 'deadline_missed'"),
    "effect": (
        "dag, partition, run_kind AS kind, run_n AS n, task, number, at AS done_at", "kind = 'work_done'"
    ),
}  # fmt: skip
_TELLING = [
    statement
    for name, (columns, which) in _TOLD.items()
    for statement in (
        f"CREATE VIEW all_{name} AS SELECT branch, {columns} FROM all_log WHERE {which}",
        f"CREATE VIEW {name} AS SELECT {columns} FROM log WHERE {which}",
        f"CREATE VIEW future_{name} AS SELECT branch.name AS future, {columns} FROM all_log"
        f" JOIN branch ON branch.id = all_log.branch {_OF_THE_RECORDING} AND {which}",
    )
]
COMMANDS = [
    # Files of before the first release have not all of these.
    *(f"DROP VIEW IF EXISTS {name}" for name in _REMADE),
    *_COLUMNS,
    *_FILLED,
    *_LOGS,
    *_CURRENT,
    *_FUTURES,
    *_TELLING,
]
