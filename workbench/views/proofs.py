"""What nothing proves of a dataset: rows, freshness, columns, where no check looks at them."""

from __future__ import annotations

from workbench.model import Dataset

# What checks look at, by their kinds. `sql` may look at anything, so it proves none of them for certain.
_PROVES = {
    "rows": ("rows", "complete"),
    "freshness": ("freshness",),
    "columns": ("schema",),
}


def not_proved(dataset: Dataset) -> tuple[str, ...]:
    """Those of rows, freshness and columns that no check looks at. A deadline proves freshness too."""
    kinds = {check.kind for check in dataset.checks.values()}
    found = [what for what, by in _PROVES.items() if not kinds.intersection(by)]
    return tuple(what for what in found if what != "freshness" or dataset.deadline is None)
