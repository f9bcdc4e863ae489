"""A table of two things that vary, coloured by what came out: rows down, columns across, one number in each cell.

The number stands in its cell, and the colour only repeats it. A small text may stand below it. A cell without a number
shows a dash; a cell of `True` or `False` shows what these mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

from workbench.views.cells import cell_width

Number = float | bool | None
Value = Number | tuple[Number, str]
_SHADES = " ░▒▓█"
_SIGNS = {True: "✔ yes", False: "· no"}


class Cell(NamedTuple):
    """`level`: where its number lies between the lowest, 0, and the highest, 1; None without a number."""

    text: str
    below: str = ""
    level: float | None = None


@dataclass(frozen=True)
class HeatMap:
    """What is shown. `legend` says what pale and deep colours mean."""

    title: str
    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    legend: str = ""

    def __str__(self) -> str:
        """The same as text, with a shade in place of the colour."""
        shown = [[_in_text(cell) for cell in row] for row in self.cells]
        heads = [f"{self.down} ↓  {self.across} →", *self.rows]
        first = max(map(cell_width, heads))
        widths = [
            max(map(cell_width, [name, *column]))
            for name, column in zip(self.columns, zip(*shown, strict=True), strict=True)
        ]
        table = [(heads[0], self.columns), *zip(self.rows, shown, strict=True)]
        lines = [f"{_padded(head, first)}  {'  '.join(map(_padded, row, widths))}".rstrip() for head, row in table]
        return "\n".join([*filter(None, [self.title]), *lines, *filter(None, [self.legend])])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        html: str = import_module("workbench.stepper.heat").html_of(self)
        return html


def heat_map(
    values: Mapping[tuple[object, object], Value],
    *,
    down: str,
    across: str,
    title: str = "",
    says: str | Callable[[float], str] = "{:g}",
    legend: str = "",
) -> HeatMap:
    """A table of `values[row, column]`: a number, or a number and a small text below it. Rows and columns come in the
    order in which they are met. `down` and `across` name them; `says` is how a number is written (`"{:.1f} min"`)."""
    rows, columns = (tuple(dict.fromkeys(key[place] for key in values)) for place in (0, 1))
    found = {key: value if isinstance(value, tuple) else (value, "") for key, value in values.items()}
    numbers = [float(number) for number, _ in found.values() if number is not None]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    written = says.format if isinstance(says, str) else says

    def cell(row: object, column: object) -> Cell:
        number, below = found.get((row, column), (None, ""))
        if number is None:
            return Cell("–", below)
        text = _SIGNS[number] if isinstance(number, bool) else written(number)
        return Cell(text, below, (float(number) - low) / (high - low) if high > low else 0.0)

    cells = tuple(tuple(cell(row, column) for column in columns) for row in rows)
    return HeatMap(title, down, across, tuple(map(str, rows)), tuple(map(str, columns)), cells, legend)


def _in_text(cell: Cell) -> str:
    shade = "" if cell.level is None else _SHADES[round(cell.level * (len(_SHADES) - 1))]
    return " ".join(filter(None, [shade * 2, cell.text, f"({cell.below})" if cell.below else ""]))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_width(text))
