"""A sheet of thousands of cells: rows are made when they are asked for, and any part of a row can be drawn alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from workbench.views.sheet import Row, Sheet, Span


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


class _Rows(tuple[Row, ...]):
    """Looks like a tuple of rows."""

    grid: Grid

    def __len__(self) -> int:
        return self.grid.height

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return tuple(self.grid.row(number) for number in range(*place.indices(len(self))))
        return self.grid.row(range(len(self))[place])

    def __iter__(self) -> Iterator[Row]:
        return (self.grid.row(number) for number in range(len(self)))


class GridSheet(Sheet):
    """A sheet of a grid. `same`: what it is made from; equal to another that is made from the same."""

    grid: Grid
    same: tuple[object, ...]

    def __init__(self, title: str, grid: Grid, same: tuple[object, ...]) -> None:
        rows = _Rows()
        rows.grid = grid
        super().__init__(title, rows, grid.focus)
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
