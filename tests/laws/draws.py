"""Choices, made by Hypothesis (which makes a failing world smaller) or by a `Random` (which is quick)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

# What a strategy of its own and `st.data()` have in common, or a generator of random numbers.
Draw = Callable[..., Any] | Random
Item = TypeVar("Item")


def pick(draw: Draw, *choices: Any) -> Any:
    return draw.choice(choices) if isinstance(draw, Random) else draw(st.sampled_from(choices))


def whole(draw: Draw, least: int, most: int) -> int:
    number: int = draw.randint(least, most) if isinstance(draw, Random) else draw(st.integers(least, most))
    return number


def sometimes(draw: Draw, percent: int) -> bool:
    """True so often. False is the simpler one."""
    return whole(draw, 0, 99) >= 100 - percent


def some(draw: Draw, names: Sequence[Item], most: int) -> tuple[Item, ...]:
    """Some of the names, in any order; none when there are none."""
    if not names:
        return ()
    if isinstance(draw, Random):
        return tuple(draw.sample(list(names), min(draw.randint(0, most), len(names))))
    return tuple(draw(st.lists(st.sampled_from(tuple(names)), unique=True, max_size=most)))


def mixed(draw: Draw, items: Sequence[Item]) -> list[Item]:
    """All of them, in any order."""
    if isinstance(draw, Random):
        return draw.sample(list(items), len(items))
    return list(draw(st.permutations(items)))
