"""Of tests that try the same on many cases, a plain run tries some: CI has fifteen minutes. `TESTS=all` tries all.

Which cases are left out is fixed: every so-manieth is kept, the first one always.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

IS_WHOLE = os.environ.get("TESTS") == "all" or os.environ.get("LAWS") == "long"
# From so many cases on, every second is tried; from so many, every third.
MANY, VERY_MANY = 6, 20
# Beginnings of test ids, and of how many cases one is kept.
KEPT = {
    "tests/test_menus.py": 3,
    "tests/test_planner.py": 2,
    "tests/test_bench.py": 2,
    "tests/test_data_faults.py": 2,
    "tests/test_writing": 2,
    "tests/test_history_crash.py": 2,
    "tests/laws/": 1,
    "tests/tui/test_snapshots.py": 1,
    "tests/test_golden_log.py": 1,
    "tests/tui/test_menus.py": 2,
    "tests/tui/test_repairing.py": 2,
    "tests/tui/test_styles.py": 2,
    "tests/tui/test_painting.py": 2,
    "tests/notebook/test_saved.py::test_opened_again": 2,
    "tests/notebook/test_notebooks.py::test_it_runs": 1,
    "tests/notebook/test_notebooks.py::test_its_solution_passes": 3,
    "tests/notebook/test_notebooks.py::test_the_exercise_is_missed": 3,
}


def left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Those that a plain run does not try."""
    if IS_WHOLE:
        return []
    names = [item.nodeid.partition("[")[0] for item in items]
    cases, seen = Counter(names), Counter[str]()
    found = []
    for item, name in zip(items, names, strict=True):
        if seen[name] % _every(item.nodeid, cases[name]):
            found.append(item)
        seen[name] += 1
    return found


def _every(nodeid: str, cases: int) -> int:
    named = next((count for begin, count in KEPT.items() if nodeid.startswith(begin)), 0)
    return named or (3 if cases >= VERY_MANY else 2 if cases >= MANY else 1)
