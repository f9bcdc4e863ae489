"""Text for terminals of 80 columns: values side by side, and sentences over several lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import wrap

WIDTH = 80


def columns(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Columns side by side, as wide as their widest value; those of these numbers to the right. The first row is the
    head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def wrapped(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """A sentence over as many lines as it takes, with what stands before the first and before the others."""
    return wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
