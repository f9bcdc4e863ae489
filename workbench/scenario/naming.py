"""Which tasks a fault means: `dag.task`, a pattern with `*`, or `pool:name` for all tasks of a pool.

`*` stands for any letters; a pattern without a dot is about the names of tasks in every DAG.
"""

from __future__ import annotations

import re
from functools import lru_cache

POOL = "pool:"


def is_pattern(name: str) -> bool:
    """May it mean several tasks?"""
    return "*" in name or name.startswith(POOL)


def whole(pattern: str) -> str:
    """`load_*` -> `*.load_*`; what has a dot, or is only `*`, is whole."""
    return pattern if "." in pattern or pattern == "*" or pattern.startswith(POOL) else f"*.{pattern}"


def matches(name: str, full_name: str, pool: str | None) -> bool:
    """Is the task `full_name`, which takes slots of `pool`, one of those that are meant?"""
    if name.startswith(POOL):
        return pool == name.removeprefix(POOL)
    if "*" not in name:
        return name == full_name
    return name == "*" or _expression(whole(name)).fullmatch(full_name) is not None


@lru_cache(maxsize=512)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))
