"""What was written, what is public, who read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.data import all_data
from workbench.views.sheet import Sheet, plain

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def data(bench: Bench, width: int) -> Sheet:
    lines = [
        f"{one.name} {v.day} {v.rows} {v.standing}"
        for one in all_data(bench.known, bench.now)
        for v in one.versions
    ]  # fmt: skip
    return Sheet("data", plain(*lines))
