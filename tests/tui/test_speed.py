"""What keeps the screen quick: nothing is laid out, made or drawn anew that is as it was."""

from __future__ import annotations

from typing import Any

from textual.strip import Strip

from tests.tui.screens import Driven, bench_on, drive
from tui.pane import Pane
from workbench.views.sheet import MadeRows, MadeSheet, Row, Sheet, Span


def made(asked: list[int], same: int = 0) -> MadeSheet:
    def row(number: int) -> Row:
        asked.append(number)
        return (Span(f"row {number}"),)

    return MadeSheet("many", MadeRows.of(1000, row), None, 8, (same,))


def test_rows_are_made_when_they_are_asked_for_and_once() -> None:
    asked: list[int] = []
    sheet = made(asked)
    assert (sheet.height, sheet.width, len(asked)) == (1000, 8, 0)
    assert [sheet.rows[3], sheet.rows[3], *sheet.rows[7:9]][0] == (Span("row 3"),)
    assert asked == [3, 7, 8]
    assert sheet.rows[-1] == (Span("row 999"),)
    assert sheet.text.splitlines()[500] == "row 500"
    assert sheet == made([])
    assert sheet != made([], 1)
    assert sheet != Sheet("many", ())


def test_only_lines_that_have_changed_are_drawn() -> None:
    async def play(driven: Driven) -> None:
        pane = driven.app.screen.query_one("#events", Pane)
        await driven.press("2")
        rows = pane.sheet.rows
        pane.show(Sheet(pane.sheet.title, rows[:10]))
        await driven.pilot.pause()
        drawn: list[int] = []
        draw = pane.render_line

        def watched(y: int) -> Strip:
            drawn.append(y)
            return draw(y)

        pane.render_line = watched  # type: ignore[method-assign]
        pane.show(Sheet(pane.sheet.title, (*rows[:4], (Span("something else"),), *rows[5:10])))
        await driven.pilot.pause()
        assert drawn == [4]
        driven.shows("something else")

    drive(play, bench_on(at="2013-01-04T07:10Z"), (120, 36))


def test_what_moves_no_pane_lays_out_nothing() -> None:
    async def play(driven: Driven) -> None:
        screen = driven.app.screen
        await driven.press("n", "n")
        laid: list[object] = []
        layout = screen._refresh_layout

        def watched(*given: Any, **named: Any) -> None:
            laid.append(given)
            layout(*given, **named)

        screen._refresh_layout = watched  # type: ignore[method-assign]
        await driven.press("plus", "minus", "0")
        assert not laid
        await driven.press("2")
        assert laid

    drive(play, bench_on(at="2013-01-04T06:10Z"), (200, 50))
