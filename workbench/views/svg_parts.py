"""What pictures in SVG are made of: text that is safe, the width that it may take, and lines with round corners.

All lengths are px unless a name says units.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import fsum

from workbench.views.cells import char_width, printable
from workbench.views.layout import Route

UNIT = 10  # px of a unit of the layout
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
SYMBOLS = "'DejaVu Sans', 'Segoe UI Symbol', 'Apple Symbols', Arial, sans-serif"
# Two such corners shorten a line by one period of the dashes, so dashed lines that share a way coincide.
_RADIUS = 6.635
DASH = (3, 2)
_BEND = 0.3768


def attribute(text: str) -> str:
    """The value of an attribute, with its quotes."""
    safe = escape(printable(text))
    if '"' not in safe:
        return f'"{safe}"'
    return f"'{safe}'" if "'" not in safe else '"' + safe.replace('"', "&quot;") + '"'


def escape(text: str) -> str:
    """Text for XML. The function of the standard library loads its network modules."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


@lru_cache(maxsize=10_000)
def text_width(text: str, size: int) -> float:
    """An upper guess of the width of a text in Helvetica, Arial or what stands in for them."""
    return sum(_hundredths(char) for char in text) * size / 100


def _hundredths(char: str) -> int:
    """Of an em. Whole numbers: sums of fractions differ in their last digit between versions of Python."""
    if char_width(char) != 1:
        return 105 * char_width(char) // 2
    if char in "ijl.,:;'|!ft()[] ":
        return 36
    return 92 if char in "mwMW@%&…" else 72 if char.isupper() or not char.isascii() else 60


def pixels(route: Route) -> list[tuple[float, float]]:
    """The corners; the line begins at the side of its source and ends within its arrow head."""
    (first, row), *inner, (last, end) = [(x * UNIT, (y + 0.5) * UNIT) for x, y in route.points]
    return [(first, row), *[(x + UNIT / 2, y) for x, y in inner], (last + UNIT - 7, end)]


def path(points: Sequence[tuple[float, float]]) -> str:
    """SVG path data with round corners."""
    parts = [f"M{_pair(points[0])}"]
    for one, two, three in zip(points, points[1:], points[2:], strict=False):
        radius = _radius(one, two, three)
        before, after = _toward(two, one, radius), _toward(two, three, radius)
        parts.append(f"L{_pair(before)}Q{_pair(two)} {_pair(after)}")
    return "".join([*parts, f"L{_pair(points[-1])}"])


def _radius(*corner: tuple[float, float]) -> float:
    return min(_RADIUS, *(_length(one, two) / 2 for one, two in pairwise(corner)))


def _length(one: tuple[float, float], two: tuple[float, float]) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _toward(start: tuple[float, float], end: tuple[float, float], step: float) -> tuple[float, float]:
    share = step / (_length(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def dash_offset(points: Sequence[tuple[float, float]]) -> str:
    """The dash offset with which every dashed line ends in the same phase."""
    straight = fsum(_length(one, two) for one, two in pairwise(points))
    bends = fsum(_radius(*each) for each in zip(points, points[1:], points[2:], strict=False)) * _BEND
    return number(-(straight - bends) % sum(DASH))


def _pair(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
