"""For which Airflow a file is written, as far as its imports and arguments tell: some defaults differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from workbench.importing.airflow.parsing import parsed
from workbench.importing.sources import Source

# What only one of them has, or what the other one warns about; the first that is found decides. A name that ends with
# `=` is that of an argument, all others are imported, or lead to what is.
_SIGNS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (3, ("airflow.sdk", "airflow.assets", "airflow.timetables.assets")),
    (2, ("schedule_interval=", "concurrency=", "fail_stop=", "provide_context=", "default_view=")),
    (2, ("airflow.operators", "airflow.sensors", "airflow.contrib", "airflow.hooks", "airflow.utils.dates")),
    (2, ("airflow.datasets", "airflow.models.dataset", "airflow.models.baseoperator")),
    (3, ("airflow.providers.standard",)),
    (2, ("airflow.decorators", "airflow.models", "airflow.DAG", "airflow.Dataset")),
)


class Release(NamedTuple):
    """`major`: 2 or 3. `sign`: what tells it, empty when nothing does; `line`: where that stands."""

    major: int
    sign: str = ""
    line: int = 0


def release_of(source: Source) -> Release:
    """Airflow 3, unless something says 2. Raises InvalidInput for what is no Python."""
    words = list(_words(parsed(source)))
    for major, signs in _SIGNS:
        for word, line in words:
            sign = next((one for one in signs if word == one or word.startswith(f"{one}.")), None)
            if sign is not None:
                return Release(major, sign.rstrip("="), line)
    return Release(3)


def _words(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that are imported, and arguments of calls, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.keyword) and node.arg:
            yield f"{node.arg}=", node.lineno
