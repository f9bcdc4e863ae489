"""Step 5 of the schema, "data": versions of datasets with all that is known about them, backfills that are changed,
and what the workspace says, so that goals can be asked in SQL.

Names that SQLite keeps for itself are avoided: a check's name is `check_name`, its `when` is `stage`, a `where` is
`condition`.
"""

from __future__ import annotations

_CURRENT = "(SELECT id FROM branch WHERE is_current = 1)"
_RECORDING = "(SELECT recording FROM branch WHERE is_current = 1)"

# The log has two columns more, and an input's partition may come again. Files of before the first release have not all
# of these views.
_EVENTS = [
    "ALTER TABLE event ADD COLUMN dataset TEXT",
    "ALTER TABLE event ADD COLUMN n INTEGER",
    *(f"DROP VIEW IF EXISTS {name}" for name in ("log", "all_log", "arrival", "future_arrival")),
    *(f"DROP VIEW IF EXISTS {name}" for name in ("action", "all_action", "future_action")),
    *(f"DROP VIEW IF EXISTS {name}" for name in ("backfill", "all_backfill", "future_backfill")),
]
_FACTS = """event.seq, event.at, event.kind, event.dag, event.partition, event.run_kind, event.run_n, event.task,
    event.number, event.state, event.reason, event.message, event.retry_at, event.rows, event.content, event.input,
    event.interval_start, event.interval_end, event.cause, event.data, event.due, event.dataset, event.n"""
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
_ARRIVAL = [
    "CREATE TABLE older_arrival AS SELECT * FROM all_arrival",
    "DROP TABLE all_arrival",
    """
CREATE TABLE all_arrival (
    branch INTEGER NOT NULL REFERENCES branch (id),
    input TEXT NOT NULL,
    partition TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    rows INTEGER,
    content TEXT,
    n INTEGER NOT NULL,
    PRIMARY KEY (branch, input, partition, n)
) STRICT
""",
    "INSERT INTO all_arrival SELECT branch, input, partition, arrived_at, rows, content, 1 FROM older_arrival",
    "DROP TABLE older_arrival",
]

# name -> (columns after `branch`, what of them is the key, further constraints)
_TABLES: dict[str, tuple[str, str, str]] = {
    "dag": (
        "dag TEXT NOT NULL, version INTEGER NOT NULL, owner TEXT, description TEXT NOT NULL, schedule TEXT,"
        " starts_by TEXT NOT NULL, timezone TEXT NOT NULL, grid TEXT NOT NULL, catchup INTEGER NOT NULL,"
        " max_active_runs INTEGER NOT NULL, paused INTEGER NOT NULL, runbook TEXT, environment TEXT,"
        " alerts_on TEXT NOT NULL, alerts_to TEXT",
        "dag",
        "",
    ),
    "task": (
        "dag TEXT NOT NULL, task TEXT NOT NULL, executor TEXT NOT NULL, run TEXT, sql TEXT, needs TEXT NOT NULL,"
        " reads TEXT NOT NULL, requires TEXT NOT NULL, writes TEXT NOT NULL, checks TEXT NOT NULL,"
        " params TEXT NOT NULL, retries INTEGER NOT NULL, trigger_rule TEXT NOT NULL, pool TEXT,"
        " slots INTEGER NOT NULL, priority INTEGER NOT NULL, sensor TEXT, owner TEXT, description TEXT NOT NULL",
        "dag, task",
        "FOREIGN KEY (branch, dag) REFERENCES all_dag (branch, dag)",
    ),
    "dataset": (
        "dataset TEXT NOT NULL, dag TEXT NOT NULL, mode TEXT NOT NULL, key TEXT NOT NULL, store TEXT NOT NULL,"
        " kept_by TEXT NOT NULL, fenced INTEGER NOT NULL, deadline TEXT, owner TEXT, description TEXT NOT NULL",
        "dataset",
        "FOREIGN KEY (branch, dag) REFERENCES all_dag (branch, dag)",
    ),
    "dataset_check": (
        "dataset TEXT NOT NULL, check_name TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL,"
        " stage TEXT NOT NULL, columns TEXT NOT NULL, min REAL, max REAL, measure TEXT, refers_to TEXT, sql TEXT,"
        " delay_seconds INTEGER, owner TEXT, description TEXT NOT NULL",
        "dataset, check_name",
        "FOREIGN KEY (branch, dataset) REFERENCES all_dataset (branch, dataset)",
    ),
    "consumer": (
        "consumer TEXT NOT NULL, reads TEXT NOT NULL, schedule TEXT NOT NULL, timezone TEXT NOT NULL, owner TEXT,"
        " description TEXT NOT NULL",
        "consumer",
        "",
    ),
    "roster": ("name TEXT NOT NULL, active INTEGER NOT NULL, acknowledges_seconds INTEGER", "name", ""),
    "route": ("route TEXT NOT NULL, place INTEGER NOT NULL, recipient TEXT NOT NULL", "route, place", ""),
    "version": (
        "id INTEGER NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL, n INTEGER NOT NULL, dag TEXT NOT NULL,"
        " run_kind TEXT NOT NULL, run_n INTEGER NOT NULL, task TEXT NOT NULL, number INTEGER NOT NULL,"
        " written_at TEXT NOT NULL, rows INTEGER, added INTEGER, content TEXT, code TEXT NOT NULL,"
        " mode TEXT NOT NULL, base INTEGER NOT NULL, state TEXT NOT NULL, live_from TEXT, live_to TEXT",
        "id",
        "UNIQUE (branch, dataset, partition, n),"
        " FOREIGN KEY (branch, dag, partition, run_kind, run_n) REFERENCES all_run (branch, dag, partition, kind, n)",
    ),
    "publication": (
        "version INTEGER NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL, n INTEGER NOT NULL,"
        " live_from TEXT NOT NULL, live_to TEXT, from_seq INTEGER NOT NULL, to_seq INTEGER",
        "version, from_seq",
        "FOREIGN KEY (branch, version) REFERENCES all_version (branch, id)",
    ),
    "lineage": (
        "version INTEGER NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL, n INTEGER NOT NULL,"
        " source INTEGER, source_dataset TEXT NOT NULL, source_partition TEXT NOT NULL, source_n INTEGER NOT NULL",
        "version, source_dataset, source_partition, source_n",
        "FOREIGN KEY (branch, version) REFERENCES all_version (branch, id),"
        " FOREIGN KEY (branch, source) REFERENCES all_version (branch, id)",
    ),
    "check_result": (
        "id INTEGER NOT NULL, check_name TEXT NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL,"
        " n INTEGER NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL,"
        " severity TEXT NOT NULL, stage TEXT NOT NULL, observed REAL, expected TEXT NOT NULL, sentence TEXT NOT NULL",
        "id",
        "FOREIGN KEY (branch, version) REFERENCES all_version (branch, id)",
    ),
    "read": (
        "id INTEGER NOT NULL, at TEXT NOT NULL, consumer TEXT NOT NULL, dataset TEXT NOT NULL, wanted TEXT NOT NULL,"
        " partition TEXT NOT NULL, n INTEGER NOT NULL, version INTEGER, stale INTEGER NOT NULL",
        "id",
        "FOREIGN KEY (branch, version) REFERENCES all_version (branch, id)",
    ),
    "alert": (
        "id INTEGER NOT NULL, kind TEXT NOT NULL, dag TEXT NOT NULL, partition TEXT NOT NULL, subject TEXT NOT NULL,"
        " route TEXT NOT NULL, recipient TEXT NOT NULL, reached INTEGER NOT NULL, sent_at TEXT NOT NULL,"
        " answered_at TEXT, answered_by TEXT NOT NULL, cause INTEGER NOT NULL",
        "id",
        "",
    ),
    "alert_recipient": (
        "alert INTEGER NOT NULL, recipient TEXT NOT NULL",
        "alert, recipient",
        "FOREIGN KEY (branch, alert) REFERENCES all_alert (branch, id)",
    ),
    "quarantine": (
        "id INTEGER NOT NULL, at TEXT NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL,"
        " condition TEXT NOT NULL, rows INTEGER NOT NULL, content TEXT, owner TEXT NOT NULL",
        "id",
        "",
    ),
    "told": (
        "id INTEGER NOT NULL, at TEXT NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL, consumer TEXT NOT NULL",
        "id, partition, consumer",
        "",
    ),
    "backfill": (
        "id INTEGER NOT NULL, dag TEXT NOT NULL, asked_at TEXT NOT NULL, runs INTEGER NOT NULL,"
        " max_active INTEGER NOT NULL, sentence TEXT NOT NULL, state TEXT NOT NULL, started TEXT, ended TEXT,"
        " done INTEGER NOT NULL, failed INTEGER NOT NULL, priority INTEGER NOT NULL, pin TEXT NOT NULL,"
        " first_partition TEXT, last_partition TEXT, tasks TEXT NOT NULL",
        "id",
        "",
    ),
    # What would have been right: never computed from what is known, but told by who knows it.
    "judgement": (
        "seq INTEGER NOT NULL, at TEXT NOT NULL, dataset TEXT NOT NULL, partition TEXT NOT NULL, n INTEGER NOT NULL,"
        " rows_missing INTEGER NOT NULL, rows_duplicated INTEGER NOT NULL, rows_different INTEGER NOT NULL,"
        " rows_wrong INTEGER NOT NULL GENERATED ALWAYS AS (rows_missing + rows_duplicated + rows_different) VIRTUAL",
        "dataset, partition, n, seq",
        "",
    ),
}


def _rowid(columns: str, key: str) -> str:
    """Where the key is not in front, SQLite before 3.41 believes to find NULLs in an `integrity_check` of a table
    without rowids."""
    return ", WITHOUT ROWID" if _names(columns)[: key.count(",") + 1] == tuple(key.split(", ")) else ""


def _names(columns: str) -> tuple[str, ...]:
    """The names in column definitions."""
    return tuple(part.split()[0] for part in columns.split(", "))


_CREATED = [
    f"CREATE TABLE all_{name} (branch INTEGER NOT NULL REFERENCES branch (id), {columns},"
    f" PRIMARY KEY (branch, {key}){', ' if more else ''}{more}) STRICT{_rowid(columns, key)}"
    for name, (columns, key, more) in _TABLES.items()
]
# Older backfills: their events hold what was asked for, their runs what came of it.
_FILLED = """
INSERT INTO all_backfill
SELECT asked.branch, asked.seq, asked.dag, asked.at, count(run.n), json_extract(asked.data, '$.limit'), asked.message,
    iif(count(run.n) = count(run.ended), 'done', 'running'), min(run.started),
    iif(count(run.n) = count(run.ended), max(run.ended), NULL), count(run.ended),
    coalesce(sum(run.ended IS NOT NULL AND run.state = 'failed'), 0), 0, '',
    min(iif(run.dag = asked.dag, run.partition, NULL)), max(iif(run.dag = asked.dag, run.partition, NULL)), '[]'
FROM all_log AS asked LEFT JOIN all_run AS run ON run.branch = asked.branch AND run.backfill = asked.seq
WHERE asked.kind = 'runs_requested' AND asked.run_kind = 'backfill'
GROUP BY asked.branch, asked.seq
"""

_VERSION = (
    "id", "dataset", "partition", "n", "dag", "run_kind", "run_n", "task", "number", "written_at", "rows", "added",
    "content", "code", "mode", "base", "state", "live_from", "live_to",
)  # fmt: skip
_WRONG = ("rows_missing", "rows_duplicated", "rows_different", "rows_wrong")
_READ = ("id", "at", "consumer", "dataset", "wanted", "partition", "n", "version", "stale")
# A version may be judged several times (what is right changes when an input is corrected): the newest counts; for a
# read, the newest until then.
_JUDGED = """
FROM all_version AS version LEFT JOIN all_judgement AS judged USING (branch, dataset, partition, n)
WHERE (judged.seq IS NULL OR judged.seq = (
    SELECT max(one.seq) FROM all_judgement AS one
    WHERE (one.branch, one.dataset, one.partition, one.n)
        = (version.branch, version.dataset, version.partition, version.n)))
"""


def _of(table: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


# What follows from the tables: (columns, where they come from).
_DERIVED: dict[str, tuple[tuple[str, ...], str]] = {
    "live": (_VERSION, f"SELECT branch, {', '.join(_VERSION)} FROM all_version WHERE state = 'live'"),
    "judged": (
        (*_VERSION, *_WRONG),
        f"SELECT version.branch, {_of('version', _VERSION)}, {_of('judged', _WRONG)} {_JUDGED}",
    ),
    "judged_live": (
        (*_VERSION, *_WRONG),
        f"SELECT version.branch, {_of('version', _VERSION)}, {_of('judged', _WRONG)} {_JUDGED}"
        " AND version.state = 'live'",
    ),
    "wrong_read": (
        (*_READ, *_WRONG),
        f"SELECT read.branch, {_of('read', _READ)}, {_of('judged', _WRONG)}"
        " FROM all_read AS read JOIN all_judgement AS judged USING (branch, dataset, partition, n)"
        " WHERE judged.rows_wrong > 0 AND judged.seq = (SELECT max(one.seq) FROM all_judgement AS one"
        " WHERE (one.branch, one.dataset, one.partition, one.n)"
        " = (read.branch, read.dataset, read.partition, read.n) AND one.seq <= read.id)",
    ),
}
_COMMANDS = (
    "'fault_injected', 'fault_lifted', 'dag_edited', 'settings_changed', 'dag_paused', 'code_deployed',"
    " 'tasks_cleared', 'tasks_marked', 'tasks_killed', 'runs_requested', 'backfill_changed', 'pointers_moved',"
    " 'rows_set_aside', 'consumers_told'"
)
_PLAN = ("backfill", "place", "dag", "partition", "reason")
_DERIVED["backfill_plan"] = (
    _PLAN,
    "SELECT log.branch, log.seq AS backfill, item.key AS place, json_extract(item.value, '$.dag') AS dag,"
    " json_extract(item.value, '$.partition') AS partition, json_extract(item.value, '$.reason') AS reason"
    " FROM all_log AS log JOIN json_each(log.data, '$.plan') AS item"
    " WHERE log.kind = 'runs_requested' AND log.run_kind = 'backfill'",
)
_ACTION = ("seq", "at", "kind", "dag", "sentence")
_DERIVED["action"] = (
    _ACTION,
    f"SELECT branch, seq, at, kind, dag, message AS sentence FROM all_log WHERE kind IN ({_COMMANDS})",
)


_SHOWN: dict[str, tuple[str, ...]] = {
    "arrival": ("input", "partition", "arrived_at", "rows", "content", "n"),
    **{name: _names(columns) for name, (columns, _, _) in _TABLES.items()},
    **{name: columns for name, (columns, _) in _DERIVED.items()},
}
_VIEWS = [
    *(f"CREATE VIEW all_{name} AS {source}" for name, (_, source) in _DERIVED.items()),
    *(
        f"CREATE VIEW {name} AS SELECT {', '.join(columns)} FROM all_{name} WHERE branch = {_CURRENT}"
        for name, columns in _SHOWN.items()
    ),
    *(
        f"CREATE VIEW future_{name} AS SELECT branch.name AS future, {_of(f'all_{name}', columns)} FROM all_{name}"
        f" JOIN branch ON branch.id = all_{name}.branch WHERE branch.recording = {_RECORDING}"
        for name, columns in _SHOWN.items()
    ),
]
DATA = [*_EVENTS, *_LOGS, *_ARRIVAL, *_CREATED, _FILLED, *_VIEWS]
