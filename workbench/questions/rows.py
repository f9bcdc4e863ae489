"""What a question in SQL brought: a list of rows that prints as a table and shows as one in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from workbench.views.cells import cell_width, shorten
from workbench.views.shown import Shown

# Printed at most: lines, and cells of one column.
_MOST_LINES, _WIDEST = 40, 48


class Rows(Shown, list[dict[str, Any]]):
    """Rows as dicts, each with the names of `columns`. `is_cut`: there were more than were taken."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], is_cut: bool = False) -> None:
        super().__init__(dict(zip(columns, row, strict=True)) for row in rows)
        self.columns, self.is_cut = tuple(columns), is_cut

    @property
    def value(self) -> Any:
        """The first value of the first row; None when there is no row."""
        return self[0][self.columns[0]] if self else None

    @property
    def right(self) -> tuple[bool, ...]:
        """Which columns hold nothing but numbers, and so stand to the right."""
        return tuple(
            bool(self) and all(isinstance(row[name], int | float | None) for row in self) for name in self.columns
        )

    @property
    def more(self) -> str:
        """What is said below the rows, if there is anything to say."""
        if not self:
            return "No row is like that."
        return f"These are the first {len(self)} rows; there are more." if self.is_cut else ""

    def to_pandas(self) -> Any:
        """As a pandas DataFrame. ImportError when pandas is not installed."""
        return import_module("pandas").DataFrame(list(self), columns=list(self.columns))

    def __str__(self) -> str:
        if not self:
            return self.more
        lines = [[said(row[name], _WIDEST) for name in self.columns] for row in self[:_MOST_LINES]]
        every = [list(self.columns), *lines]
        widths = [max(cell_width(line[n]) for line in every) for n in range(len(self.columns))]
        ruled = [every[0], ["─" * width for width in widths], *lines]
        left = len(self) - _MOST_LINES
        below = [f"… and {left} more rows"] if left > 0 else [self.more] if self.more else []
        return "\n".join([*("  ".join(self._padded(line, widths)).rstrip() for line in ruled), *below])

    __repr__ = __str__

    def _padded(self, line: Sequence[str], widths: Sequence[int]) -> list[str]:
        blanks = [" " * (width - cell_width(cell)) for cell, width in zip(line, widths, strict=True)]
        return [
            blank + cell if right else cell + blank for cell, blank, right in zip(line, blanks, self.right, strict=True)
        ]


def said(value: object, widest: int = 0) -> str:
    """A value in one line; nothing for NULL."""
    if value is None:
        return ""
    text = value.hex() if isinstance(value, bytes) else f"{value:.6g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split("\n"))
    return shorten(text, widest) if widest else text
