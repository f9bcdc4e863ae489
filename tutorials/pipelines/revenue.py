"""What build of overwritten_repair.yaml does."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]


def build_v1(ctx: Any) -> Rows:
    """v1 forgets the ten shops that take cash only."""
    return _shops(ctx)[:90]


def build_v2(ctx: Any) -> Rows:
    return _shops(ctx)


def _shops(ctx: Any) -> Rows:
    return [{"shop": n, "revenue": (n * 31 + ctx.start.day * 7) % 997} for n in range(100)]
