"""Files of other tools, told by their first page: whoever opens one is told to import it."""

from __future__ import annotations

import re
from pathlib import Path

_PAGE = 64 * 1024
# By suffix: what such a file is, and a mark that it is that.
_MARKS = {
    ".py": ("looks like an Airflow file", re.compile(r"^\s*(from|import)\s+airflow\b", re.MULTILINE)),
    ".yml": ("looks like a workflow of GitHub Actions", re.compile(r"^jobs:", re.MULTILINE)),
    ".yaml": ("looks like a workflow of GitHub Actions", re.compile(r"^jobs:", re.MULTILINE)),
    ".json": (
        "looks like dbt's manifest or a WfCommons instance",
        re.compile(r'"(workflow|dbt_schema_version)"\s*:'),
    ),
}


def hint(path: Path) -> str:
    """What to do with it; empty when it is none of theirs, or cannot be read."""
    if path.suffix.lower() not in _MARKS:
        return ""
    told, mark = _MARKS[path.suffix.lower()]
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            page = file.read(_PAGE)
    except OSError:
        return ""
    return f"{told}; make a pipeline file of it: workbench import {path}" if mark.search(page) else ""
