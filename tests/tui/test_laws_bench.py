"""Laws of the screen: whatever is pressed, in whatever view and size, it can be drawn and nobody sees a traceback."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.bench_cases import random_bench, shown
from tests.tui.screens import SIZES, Driven, bench_on, drive

TIMES = 10 if os.environ.get("LAWS") == "long" else 1
# Not those that write files, or open an editor.
KEYS = (
    *"nNbBm1234awzdgferc:uUpylixv?/[]<>+-,.0", "space", "left", "right", "up", "down", "enter", "tab", "escape",
    "escape", "home", "end", "pagedown",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3 * TIMES))
def test_whatever_is_pressed_can_be_drawn(seed: int) -> None:
    random = Random(seed)
    bench = random_bench(random) if seed % 2 else bench_on(at="2013-01-04T07:10Z")
    story: list[str] = []

    async def play(driven: Driven) -> None:
        for _ in range(40):
            key = random.choice(KEYS)
            story.append(key)
            await driven.press(key)
        while len(driven.app.screen_stack) > 2:
            await driven.press("escape")
        await driven.pilot.resize_terminal(*random.choice((*SIZES, (61, 19), (20, 5))))
        await driven.press("n")
        assert driven.text.strip()

    try:
        drive(play, bench, random.choice(SIZES))
    except Exception as error:
        raise AssertionError(f"seed {seed}, after {story}") from error


@pytest.mark.parametrize("size", SIZES)
def test_looking_around_changes_nothing(size: tuple[int, int]) -> None:
    """Views, sizes and looking at the same things again: the panes are what they were."""

    async def play(driven: Driven) -> None:
        before = driven.text
        await driven.press("2", "3", "4", "1")
        await driven.pilot.resize_terminal(150, 40)
        await driven.pilot.resize_terminal(*size)
        await driven.pilot.pause()
        assert driven.text == before

    bench = bench_on(at="2013-01-04T07:10Z")
    same = shown(bench)
    drive(play, bench, size)
    assert shown(bench) == same


def test_steps_on_the_screen_are_undone_exactly_in_every_view() -> None:
    async def play(driven: Driven) -> None:
        for view in "1234":
            await driven.press(view)
            before = driven.text
            await driven.press("n", "N", "m", "b", "b", "b")
            assert driven.text == before, view

    drive(play, bench_on(at="2013-01-04T05:45Z"), (120, 36))
