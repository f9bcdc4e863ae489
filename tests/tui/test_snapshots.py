"""The screens as they are: at three sizes in text, in two themes by the colours that are on them.

UPDATE_GOLDEN=1 writes them again; read the difference as one of behaviour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

import workbench as wb
from tests.tui.screens import SIZES, Driven, check_golden, check_styles, drive
from tests.tui.tour import _compared, _friday


class Shot(NamedTuple):
    """A screen: how one gets there."""

    name: str
    bench: Callable[[], wb.Bench | None]
    keys: tuple[str, ...] = ()


def _at_home() -> None:
    """Somebody who has seen the story."""
    wb.first_time()


SHOTS = (
    Shot("story", wb.story, ("n", "n", "n", "n")),
    Shot("home", _at_home),
    Shot("bench", _friday),
    Shot("fault_menu", _friday, ("left", "f")),
    Shot("planner", _compared, ("l",)),
    Shot("compare", _compared, ("c",)),
    Shot("help", _friday, ("question_mark",)),
)
THEMES = ("workbench-dark", "workbench-light")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_screens(shot: Shot, size: tuple[int, int]) -> None:
    async def play(driven: Driven) -> None:
        await driven.press(*shot.keys)
        check_golden(driven, f"{shot.name}_{size[0]}x{size[1]}")

    drive(play, shot.bench(), size)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_colours(shot: Shot, theme: str) -> None:
    async def play(driven: Driven) -> None:
        await driven.press(*shot.keys)
        check_styles(driven, f"{shot.name}_{theme}")

    drive(play, shot.bench(), (120, 36), theme=theme)
