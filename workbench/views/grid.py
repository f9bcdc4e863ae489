"""A sheet of thousands of cells: rows are made when they are asked for, and any part of a row can be drawn alone."""

from __future__ import annotations

from typing import Protocol

from workbench.views.sheet import MadeRows, Row, Sheet, Span


class Grid(Protocol):
    """A table with a column of labels (`label` cells), `heads` rows on top and one legend below that stay where they
    are, and columns of `wide` cells."""

    label: int
    heads: int
    wide: int

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def focus(self) -> tuple[int, int] | None: ...

    def row(self, number: int) -> Row:
        """A whole row, with a target for each cell."""

    def part(self, number: int, first: int, count: int) -> Row:
        """Some columns of a row, without its label."""

    def label_of(self, number: int) -> Span:
        """What stands at the left of a row."""

    def target_at(self, x: int, y: int) -> str:
        """What stands at a cell."""

    def beside(self, direction: str) -> str:
        """The target of the cell beside the selected one: `left`, `right`, `up`, `down`; empty at the edge."""


class GridSheet(Sheet):
    """A sheet of a grid. `same`: what it is made from; equal to another that is made from the same."""

    grid: Grid
    same: tuple[object, ...]

    def __init__(self, title: str, grid: Grid, same: tuple[object, ...]) -> None:
        super().__init__(title, MadeRows.of(grid.height, grid.row), grid.focus)
        object.__setattr__(self, "grid", grid)
        object.__setattr__(self, "same", same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GridSheet) and self.same == other.same

    def __hash__(self) -> int:
        return id(self)

    @property
    def width(self) -> int:
        return self.grid.width

    def target_at(self, x: int, y: int) -> str:
        return self.grid.target_at(x, y)
