"""Verbs about the past: backfill, pausing and cancelling it, filling stores. `ROWS` are their rows of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from workbench import ordering
from workbench.ordering import Order, target_of
from workbench.ordering.backfill_choice import Which
from workbench.ordering.backfills import DEFAULT_LIMIT
from workbench.verbs.grammar import Command

if TYPE_CHECKING:
    from workbench.session import Session

_WHICH = ("missing", "failed", "all", "changed")


def backfill(session: Session, command: Command) -> Order:
    which = next((word for word in _WHICH if word in command), "missing")
    return ordering.backfill(
        session.here(),
        target_of(command.one("DAYS")),
        cast("Which", which),
        int(command.get("limit") or DEFAULT_LIMIT),
        newest="newest" in command,
        down="down" in command,
        pin=command.get("pin") or "",
        priority=int(command.get("priority") or 0),
    )


def change(session: Session, command: Command) -> Order:
    return ordering.change_backfill(session.here(), command.verb.split()[1], int(command.get("N") or 0))


def materialize(session: Session, command: Command) -> Order:
    return ordering.materialize(
        session.here(),
        target_of(command.one("FILLED")),
        command.get("from") or "",
        int(command.get("limit") or DEFAULT_LIMIT),
        newest="newest" in command,
    )


# name, pattern, help, example, what it orders
ROWS: tuple[tuple[str, str, str, str, Callable[[Session, Command], Order]], ...] = (
    (
        "backfill",
        "DAYS [missing|failed|all|changed] [down] [newest|oldest] [limit N] [pin VERSION] [priority N]",
        "Make the runs of a range of days: those missing, also those that failed, those whose code or inputs changed, "
        "or all; of a DAG, or of one task, and with all that comes after it (down).",
        "backfill daily_flights@2013-01-01..2013-01-03 all limit 2",
        backfill,
    ),
    (
        "backfill pause",
        "[N]",
        "None of its runs starts any more; those that have started go on.",
        "backfill pause",
        change,
    ),
    ("backfill resume", "[N]", "The runs of a paused backfill start again.", "backfill resume", change),
    (
        "backfill cancel",
        "[N]",
        "Its runs that have not started end as failed; those that have go on.",
        "backfill cancel",
        change,
    ),
    (
        "materialize",
        "FILLED [from DAY] [newest|oldest] [limit N]",
        "Fill a feature store: an external one copies a range of days; a managed one makes all that is missing or "
        "stale from a day on.",
        "materialize served@2013-01-01..2013-01-02",
        materialize,
    ),
)
