"""The application around the screens: sizes, themes, ASCII, no colour, refusals, the palette, leaving."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

import workbench as wb
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tui.layout import LEAST, VIEWS, arrange
from tui.styles import THEMES, style
from workbench.views.sheet import STYLES

AT = "2013-01-04T07:10Z"


@pytest.mark.parametrize("view", VIEWS)
def test_panes_cover_the_screen_and_never_overlap(view: str) -> None:
    for width in range(LEAST[0], 240, 11):
        for height in range(LEAST[1], 70, 5):
            wanted = {"why": 9, "data": 5, "days": 6}
            places = arrange(width, height, view, 7, wanted)
            taken = [(x, y) for p in places.values() for x in range(p.x, p.x + p.w) for y in range(p.y, p.y + p.h)]
            assert len(taken) == len(set(taken)) == width * height, (width, height)


def test_every_style_has_a_look_in_every_theme() -> None:
    for theme in THEMES:
        for name in STYLES:
            assert style(name, theme.name, theme.dark).color is not None


def test_a_terminal_that_is_too_small_says_so_and_comes_back() -> None:
    async def play(driven: Driven) -> None:
        before = driven.text
        await driven.pilot.resize_terminal(40, 10)
        await driven.pilot.pause()
        driven.shows("40 x 10 cells", "60 x 18", "Nothing is lost")
        assert "timeline" not in driven.text
        await driven.pilot.resize_terminal(80, 24)
        await driven.pilot.pause()
        assert driven.text == before

    drive(play, bench_on(at=AT), (80, 24))


def test_resizing_never_breaks() -> None:
    async def play(driven: Driven) -> None:
        for width, height in ((60, 18), (200, 50), (81, 25), (110, 20), (300, 80), (170, 38), (20, 5), (120, 36)):
            await driven.pilot.resize_terminal(width, height)
            await driven.press("n")
            for view in "1234":
                await driven.press(view)
                rows = driven.text.split("\n")
                assert (len(rows), max(map(cell_len, rows)) <= width) == (height, True), (width, height, view)
                if width >= LEAST[0] and height >= LEAST[1]:
                    assert "daily_flights" in rows[0], driven.text
                    driven.shows("? keys")
        await driven.press("1")
        driven.shows("timeline", "why")

    drive(play, bench_on(at=AT))


def test_in_ascii_there_is_nothing_else() -> None:
    async def play(driven: Driven) -> None:
        for view in "1234":
            await driven.press(view)
            strange = {letter for letter in driven.text if not letter.isascii()}
            assert not strange, (view, strange, driven.text)

    for size in SIZES:
        drive(play, bench_on(at=AT), size, ascii=True)


def test_without_colour_states_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def play(driven: Driven) -> None:
        assert driven.app.no_color
        driven.shows("●", "extract", "timeline")

    drive(play, bench_on(at=AT))


def test_a_refusal_in_any_action_is_a_sentence() -> None:
    async def play(driven: Driven) -> None:
        driven.app.refused(wb.InvalidInput(["No task clen. Did you mean clean?"]))
        await driven.pilot.pause()
        driven.shows("No task clen. Did you mean clean?", "timeline")
        await driven.press("n")
        assert "clen" not in driven.text

    drive(play, bench_on(at=AT))


def test_every_key_of_the_bench_is_in_the_palette() -> None:
    async def play(driven: Driven) -> None:
        titles = {command.title for command in driven.app.get_system_commands(driven.app.screen)}
        for active in driven.app.screen.active_bindings.values():
            if active.node is driven.app.screen and active.binding.description:
                assert active.binding.description.partition(": ")[0] in titles

    drive(play, bench_on(at=AT))


def test_the_palette_does_what_the_key_does() -> None:
    async def play(driven: Driven) -> None:
        commands = {one.title: one for one in driven.app.get_system_commands(driven.app.screen)}
        before = driven.text
        commands["Next"].callback()
        await driven.pilot.pause()
        assert driven.text != before
        driven.shows("07:35")

    drive(play, bench_on(at=AT))


def test_leaving_and_coming_back_stands_where_it_stood(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = f"{tmp_path}/h.db"

    async def leave(driven: Driven) -> None:
        await driven.press("n", "n", "b", "right")
        driven.shows("why", "07:35")
        await driven.press("ctrl+q")

    with wb.keep(path) as keeper:
        session = wb.sample("daily_flights", "late_jfk", history=keeper)
        session.run_until(AT)
        bench = wb.Bench(session, file="daily_flights")
        drive(leave, bench, history=path)
        stood, chosen, number = bench.now, bench.chosen, session.recording
        session.run_until("2013-01-04T12:00Z")
    with wb.keep(path) as keeper:
        again = wb.Bench(wb.reopen(keeper, number))
        wb.stand_where_left(again, path)
    assert (again.now, again.chosen) == (stood, chosen)
    assert number is not None
    assert wb.left_file(number, path).endswith("daily_flights.yaml")


def test_who_opens_the_same_again_is_told_where_it_goes_on(tmp_path: object) -> None:
    path = f"{tmp_path}/h.db"

    async def play(driven: Driven) -> None:
        driven.shows("A new start. You have been here before: home, 4 goes on at Fri 4 Jan 07:10")
        await driven.press("n")
        assert "A new start" not in driven.text

    with wb.keep(path) as keeper:
        wb.sample("daily_flights", "late_jfk", history=keeper).run_until(AT)
        drive(play, wb.Bench(wb.sample("daily_flights", "late_jfk", history=keeper)), history=path)
