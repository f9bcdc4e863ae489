"""Why the selection is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model import InvalidInput
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench


def why(bench: Bench, width: int) -> Sheet:
    rows: list[Row] = []
    try:
        told = str(bench.session.ask(bench.target))
    except InvalidInput as error:
        told = "\n".join(str(problem) for problem in error.problems)
    for number, text in enumerate(told.splitlines()):
        rows += wrapped_row((Span(text.strip(), "" if number else "strong"),), width, "  ")
    return Sheet(f"why {bench.chosen.name}?", tuple(rows))
