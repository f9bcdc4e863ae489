"""The pipeline as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.views.sheet import Sheet

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def code(bench: Bench, width: int) -> Sheet:
    return Sheet("pipeline", ())
