"""The bench on the screen: what is shown, and what keys do."""

from __future__ import annotations

from tests.tui.screens import SIZES, Driven, bench_on, drive


def test_graph_timeline_and_why_are_on_one_screen_at_every_size() -> None:
    async def play(driven: Driven) -> None:
        driven.shows("extract", "timeline", "why", "07:10")

    for size in SIZES:
        drive(play, bench_on(at="2013-01-04T07:10Z"), size)


def test_next_and_back_undo_each_other_exactly() -> None:
    async def play(driven: Driven) -> None:
        before = driven.text
        await driven.press("n", "n", "m")
        assert driven.text != before
        await driven.press("b", "b", "b")
        assert driven.text == before

    drive(play, bench_on(at="2013-01-04T05:45Z"))
