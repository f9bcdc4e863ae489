"""What the regions of fifteen_of_sixteen.yaml sold."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]


def sold_v1(ctx: Any) -> Rows:
    """v1 forgot the returns."""
    return [{"region": ctx.dag.removeprefix("region_"), "sold": 100}]


def sold_v2(ctx: Any) -> Rows:
    return [{"region": ctx.dag.removeprefix("region_"), "sold": 97}]
