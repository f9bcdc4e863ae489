"""What is public, day by day: the line that is always on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.sheet import Row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def strip(bench: Bench, width: int) -> Row:
    return ()
