"""The pipeline as text: YAML as it is now, or what the selected task runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.bench.sources import Source, code_of, yaml_of
from workbench.views.highlight import highlighted, numbered
from workbench.views.sheet import Row, Sheet, Span, wrapped_row

if TYPE_CHECKING:
    from workbench.bench.bench import Bench

_BEFORE = 3


def code(bench: Bench, width: int, kind: str = "yaml") -> Sheet:
    """`kind`: yaml, or code (Python or SQL). The lines about the selection are marked, and seen first."""
    source = yaml_of(bench) if kind == "yaml" else code_of(bench)
    if source is None:
        return Sheet(f"{bench.chosen.name}: its code", tuple(_nothing(bench, width)))
    rows = source_rows(source)
    note = f", {source.note}" if source.note else ""
    at = max(0, source.marked.start - source.first - _BEFORE) if source.marked else 0
    return Sheet(f"{source.name}{note}", rows, (0, min(len(rows) - 1, at)) if rows else None)


def source_rows(source: Source) -> tuple[Row, ...]:
    """Highlighted, with line numbers."""
    marked = source.marked if len(source.marked) else None
    return numbered(highlighted(source.text, source.language), source.first, marked)


def _nothing(bench: Bench, width: int) -> Iterator[Row]:
    told = {
        "task": "It runs nothing: it only takes its time. `run: module:function` or `sql:` in the file gives it work.",
        "input": "Somebody else delivers it: there is no code here.",
        "consumer": "It only reads: there is no code here.",
        "dag": "A DAG has no code of its own: select one of its tasks.",
    }.get(bench.chosen.kind, "No task writes it.")
    yield from wrapped_row((Span(told, "dim"),), width)
