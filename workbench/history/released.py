"""The steps of the schema that were released: none of this is ever changed. A new step alters what they made.

Each step is (name, SQL statements); their order is their number, from 1.
"""

from __future__ import annotations

_RECORDING = """
CREATE TABLE recording (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    started_at TEXT NOT NULL,
    start TEXT NOT NULL,
    seed INTEGER NOT NULL,
    folder TEXT NOT NULL,
    workspace TEXT NOT NULL,
    scenario TEXT NOT NULL,
    program TEXT NOT NULL,
    owner_host TEXT,
    owner_pid INTEGER,
    owner_mark TEXT,
    owner_token TEXT
) STRICT
"""
_BRANCH = """
CREATE TABLE branch (
    id INTEGER PRIMARY KEY,
    recording INTEGER NOT NULL REFERENCES recording (id),
    name TEXT NOT NULL,
    parent INTEGER REFERENCES branch (id),
    shared INTEGER NOT NULL,
    horizon TEXT NOT NULL,
    is_current INTEGER NOT NULL DEFAULT 0 CHECK (is_current IN (0, 1)),
    UNIQUE (recording, name)
) STRICT
"""
_ONE_CURRENT = "CREATE UNIQUE INDEX one_current_branch ON branch (is_current) WHERE is_current = 1"
_EVENT = """
CREATE TABLE event (
    branch INTEGER NOT NULL REFERENCES branch (id),
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    dag TEXT,
    partition TEXT,
    run_kind TEXT,
    run_n INTEGER,
    task TEXT,
    number INTEGER,
    state TEXT,
    reason TEXT,
    message TEXT,
    retry_at TEXT,
    rows INTEGER,
    content TEXT,
    input TEXT,
    interval_start TEXT,
    interval_end TEXT,
    cause INTEGER NOT NULL,
    data TEXT,
    PRIMARY KEY (branch, seq)
) STRICT, WITHOUT ROWID
"""
_INSERT_ONLY = [
    f"""
CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event
BEGIN SELECT RAISE(ABORT, 'events are facts: they are only ever added'); END
"""
    for verb in ("UPDATE", "DELETE")
]
_RUN = """
CREATE TABLE all_run (
    branch INTEGER NOT NULL REFERENCES branch (id),
    dag TEXT NOT NULL,
    partition TEXT NOT NULL,
    kind TEXT NOT NULL,
    n INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    interval_start TEXT NOT NULL,
    interval_end TEXT NOT NULL,
    created TEXT NOT NULL,
    started TEXT,
    ended TEXT,
    PRIMARY KEY (branch, dag, partition, kind, n)
) STRICT, WITHOUT ROWID
"""
_TASK_INSTANCE = """
CREATE TABLE all_task_instance (
    branch INTEGER NOT NULL,
    dag TEXT NOT NULL,
    partition TEXT NOT NULL,
    kind TEXT NOT NULL,
    n INTEGER NOT NULL,
    task TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    since TEXT NOT NULL,
    ready TEXT,
    started TEXT,
    ended TEXT,
    retry_at TEXT,
    rule TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (branch, dag, partition, kind, n, task),
    FOREIGN KEY (branch, dag, partition, kind, n) REFERENCES all_run (branch, dag, partition, kind, n)
) STRICT, WITHOUT ROWID
"""
_ATTEMPT = """
CREATE TABLE all_attempt (
    branch INTEGER NOT NULL,
    dag TEXT NOT NULL,
    partition TEXT NOT NULL,
    kind TEXT NOT NULL,
    n INTEGER NOT NULL,
    task TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    ready TEXT NOT NULL,
    queued TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    reason TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    retry_at TEXT,
    rows INTEGER,
    content TEXT,
    PRIMARY KEY (branch, dag, partition, kind, n, task, number),
    FOREIGN KEY (branch, dag, partition, kind, n, task)
        REFERENCES all_task_instance (branch, dag, partition, kind, n, task)
) STRICT, WITHOUT ROWID
"""
_ARRIVAL = """
CREATE TABLE all_arrival (
    branch INTEGER NOT NULL REFERENCES branch (id),
    input TEXT NOT NULL,
    partition TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    rows INTEGER,
    content TEXT,
    PRIMARY KEY (branch, input, partition)
) STRICT, WITHOUT ROWID
"""
_FACT = """event.seq, event.at, event.kind, event.dag, event.partition, event.run_kind, event.run_n, event.task,
    event.number, event.state, event.reason, event.message, event.retry_at, event.rows, event.content, event.input,
    event.interval_start, event.interval_end, event.cause, event.data"""
# Whose events a branch's log is made of: its own, and the first ones of each ancestor.
_LOG = """
CREATE VIEW {name} AS
WITH RECURSIVE part (branch, owner, until) AS (
    SELECT id, id, 9223372036854775807 FROM branch {where}
    UNION ALL
    SELECT part.branch, child.parent, min(part.until, child.shared)
    FROM part JOIN branch AS child ON child.id = part.owner
    WHERE child.parent IS NOT NULL
)
SELECT {branch}{fact} FROM part JOIN event ON event.branch = part.owner AND event.seq <= part.until
"""
_LOGS = [
    _LOG.format(name="all_log", where="", branch="part.branch, ", fact=_FACT),
    _LOG.format(name="log", where="WHERE is_current = 1", branch="", fact=_FACT),
]
_VIEWS = {
    "run": "dag, partition, kind, n, state, version, interval_start, interval_end, created, started, ended",
    "task_instance": "dag, partition, kind, n, task, state, tries, since, ready, started, ended, retry_at, rule",
    "attempt": "dag, partition, kind, n, task, number, state, ready, queued, started, ended, reason, message, "
    "retry_at, rows, content",
    "arrival": "input, partition, arrived_at, rows, content",
}
_CURRENT = [
    f"CREATE VIEW {name} AS SELECT {columns} FROM all_{name}"
    " WHERE branch = (SELECT id FROM branch WHERE is_current = 1)"
    for name, columns in _VIEWS.items()
]

# The same of every future of the recording last worked on, with the future's name in front.
_FUTURES = [
    f"CREATE VIEW future_{name} AS SELECT branch.name AS future, {columns} FROM all_{name}"
    f" JOIN branch ON branch.id = all_{name}.branch"
    " WHERE branch.recording = (SELECT recording FROM branch WHERE is_current = 1)"
    for name, columns in (
        (name, ", ".join(f"all_{name}.{c.strip()}" for c in columns.split(","))) for name, columns in _VIEWS.items()
    )
]

RELEASED: list[tuple[str, list[str]]] = [
    ("recordings", [_RECORDING, _BRANCH, _ONE_CURRENT]),
    ("events", [_EVENT, *_INSERT_ONLY, *_LOGS]),
    ("tables", [_RUN, _TASK_INSTANCE, _ATTEMPT, _ARRIVAL, *_CURRENT, *_FUTURES]),
]
