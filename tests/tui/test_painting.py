"""A key is painted once, and all of it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from textual._compositor import Compositor

from tests.tui.screens import Driven, bench_on, drive
from tui import painting
from tui.painting import Painted, missing_hooks


@pytest.mark.parametrize("key", ["n", "2", "3", "w", "enter", "d", "y"])
def test_a_key_is_painted_once(key: str) -> None:
    """Also where it opens something on top, which Textual paints when it resumes, when it has its size, and when its
    parts have theirs."""

    async def play(driven: Driven) -> None:
        await driven.press("right")
        painted = await _painted(driven, key)
        assert len(painted) == 1, painted
        assert not driven.app.screen._compositor._dirty_regions
        if len(driven.app.screen_stack) > 2:
            assert len(await _painted(driven, "escape")) == 1

    drive(play, bench_on(at="2013-01-04T06:15Z"), (200, 50))


async def _painted(driven: Driven, key: str) -> list[str]:
    """On which screen something was painted, each time that a key made it so."""
    found: list[str] = []
    update = Compositor.render_update

    def counted(compositor: Compositor, *given: Any, **named: Any) -> Any:
        made = update(compositor, *given, **named)
        if made is not None:
            found.append(type(driven.app.screen).__name__)
        return made

    with patch.object(Compositor, "render_update", counted):
        await driven.press(key)
    return found


def test_what_comes_on_top_is_there_with_the_first_paint_and_what_was_below_it_after_it_is_left() -> None:
    async def play(driven: Driven) -> None:
        before = driven.text
        for key, word in (("w", "why"), ("d", "the run of which day"), ("slash", "find")):
            await driven.press(key)
            driven.shows(word)
            await driven.press("escape")
            assert driven.text == before

    drive(play, bench_on(at="2013-01-04T06:15Z"))


def test_this_textual_has_all_hooks_that_painting_once_leans_on() -> None:
    """When this fails, Textual has changed: mend `tui/painting.py`. Until then every screen is painted plainly."""

    async def play(driven: Driven) -> None:
        screen = driven.app.screen
        assert isinstance(screen, Painted)
        assert missing_hooks(screen) == ()
        assert not screen.paints_plainly

    drive(play, bench_on(at="2013-01-04T06:15Z"))


GONE: dict[str, tuple[str, Any]] = {
    "a method": ("HOOKS", {**painting.HOOKS, "_no_such": ()}),
    "what a method takes": ("HOOKS", {**painting.HOOKS, "_on_idle": ("event", "more")}),
    "something of the screen": ("OF_SCREEN", (*painting.OF_SCREEN, "_no_such")),
    "something of the application": ("OF_APP", (*painting.OF_APP, "_no_such")),
}


@pytest.mark.parametrize("gone", GONE)
def test_where_a_hook_is_gone_textual_paints_and_nothing_breaks(gone: str) -> None:
    name, value = GONE[gone]

    async def play(driven: Driven) -> None:
        screen = driven.app.screen
        assert isinstance(screen, Painted)
        assert screen.paints_plainly
        before = driven.text
        painted = await _painted(driven, "n")
        assert painted
        assert driven.text != before
        await driven.press("w")
        driven.shows("why")
        await driven.press("escape", "b")
        assert driven.text == before

    with patch.object(painting, name, value):
        drive(play, bench_on(at="2013-01-04T06:15Z"))
