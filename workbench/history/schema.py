"""The schema of a history file, as small steps that are recorded in the file once they are done.

A step that was released is never changed: a later one alters what it made. Times are text, UTC,
`YYYY-MM-DDTHH:MM:SSZ`. Foreign keys are declared for readers and tools, and not enforced while writing: all rows
come from one function, and the tests check them.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

from workbench.history.filling import fill_spec
from workbench.history.released import RELEASED
from workbench.history.step_commands import COMMANDS
from workbench.history.step_data import DATA
from workbench.history.step_predictions import PREDICTIONS

APPLICATION_ID = 0x574B4248  # "WKBH"
STEPS: list[tuple[str, list[str]]] = [*RELEASED, ("commands", COMMANDS), ("data", DATA), ("predictions", PREDICTIONS)]

_WITH_SPEC = 5  # since this step, a file holds what its workspaces say
_SET = "workbench"
# Where sqlite-utils notes the steps that were done, in its words.
_NOTES = (
    """CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
)""",
    """CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name")""",
)
_NOTE = "INSERT INTO _sqlite_migrations VALUES (?, ?, ?, strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'))"


def create(connection: sqlite3.Connection) -> None:
    """The newest schema in an empty database that nobody keeps."""
    for number, (_, statements) in enumerate(STEPS, 1):
        _apply(number, statements, connection)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to the newest schema: all missing steps or none. Another process may do so first."""
    (before,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            _make(connection)
        else:
            _upgrade(connection)
        if 0 < before < _WITH_SPEC:
            fill_spec(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _make(connection: sqlite3.Connection) -> None:
    """A new file, as `_upgrade` would make it: nobody shall wait for a library when they begin."""
    for statement in _NOTES:
        connection.execute(statement)
    create(connection)
    connection.executemany(_NOTE, [(number, _SET, name) for number, (name, _) in enumerate(STEPS, 1)])


def _upgrade(connection: sqlite3.Connection) -> None:
    """The steps that a file does not have."""
    from sqlite_utils import Database, Migrations  # slow to import

    steps = Migrations(_SET)
    for number, (name, statements) in enumerate(STEPS, 1):
        step: Any = partial(_apply, number, statements)
        steps(name=name)(step)
    steps.apply(Database(connection, recursive_triggers=False, execute_plugins=False))


def _apply(number: int, statements: list[str], db: Any) -> None:
    for statement in statements:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {number}")
