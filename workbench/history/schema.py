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


def create(connection: sqlite3.Connection) -> None:
    """The newest schema in an empty database that nobody keeps."""
    for number, (_, statements) in enumerate(STEPS, 1):
        _apply(number, statements, connection)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to the newest schema: all missing steps or none. Another process may do so first."""
    from sqlite_utils import Database, Migrations  # slow to import

    (before,) = connection.execute("PRAGMA user_version").fetchone()
    steps = Migrations("workbench")
    for number, (name, statements) in enumerate(STEPS, 1):
        step: Any = partial(_apply, number, statements)
        steps(name=name)(step)
    connection.execute("BEGIN IMMEDIATE")
    try:
        steps.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
        if 0 < before < _WITH_SPEC:
            fill_spec(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _apply(number: int, statements: list[str], db: Any) -> None:
    for statement in statements:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {number}")
