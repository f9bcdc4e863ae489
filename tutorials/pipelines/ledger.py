"""What the tasks of wrong_order_backfill.yaml do."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]


def book(ctx: Any) -> Rows:
    """Ten bookings of the day."""
    return [{"day": ctx.partition, "n": n, "amount": (n * 17 + ctx.start.day) % 23} for n in range(10)]


def append(history: Rows, book: Rows) -> Rows:
    """The history of yesterday, and today's bookings."""
    return [*history, *book]
