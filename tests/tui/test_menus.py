"""Menus on the screen: what keys do, that verbs do the same, and that Esc changes nothing."""

from __future__ import annotations

import workbench as wb
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tui.menu import MenuPane, MenuScreen

STORY = "2013-01-04T05:55Z"


def at_0555() -> wb.Bench:
    return bench_on(at=STORY)


def log(bench: wb.Bench) -> list[str]:
    return [str(event) for event in bench.session.events]


def same_log(keys: tuple[str, ...], *lines: str) -> wb.Bench:
    """These keys at Fri 05:55, extract selected, give the same events as these lines."""
    by_keys, by_verbs = at_0555(), at_0555()

    async def play(driven: Driven) -> None:
        await driven.press(*keys)
        assert not isinstance(driven.app.screen, MenuScreen), driven.text

    drive(play, by_keys, (80, 24))
    for line in lines:
        by_verbs.do(line)
    assert log(by_keys) == log(by_verbs)
    return by_keys


# the story's keys


def test_e_down_enter_lets_extract_wait_for_its_files() -> None:
    same_log(("e", "down", "enter"), "wait extract for ewr jfk lga")


def test_f_n_on_the_task_that_reads_it_means_that_the_file_never_comes() -> None:
    same_log(("f", "n"), "never jfk@2013-01-03")


def test_e_d_and_a_time_set_a_deadline() -> None:
    same_log(("e", "d", *"8:00", "enter"), "set extract deadline 08:00 owner ingest-oncall")


def test_the_story_goes_on_to_a_page_that_is_answered() -> None:
    bench = same_log(
        ("e", "down", "enter", "f", "n", "e", "d", *"8:00", "enter"),
        "wait extract for ewr jfk lga",
        "never jfk@2013-01-03",
        "set extract deadline 08:00 owner ingest-oncall",
    )
    bench.session.run_until("2013-01-04T08:05Z")
    assert "answered 08:04" in str(bench.do("alerts"))


def test_a_value_is_changed_in_place() -> None:
    same_log(("f", "l", *"2h", "enter"), "late jfk@2013-01-03 2h")
    same_log(("f", "l", "backspace", *"95 min", "enter"), "late jfk@2013-01-03 95m")
    same_log(("f", "l", "end", "backspace", "backspace", *"0m", "enter"), "late jfk@2013-01-03 90m")
    same_log(("f", "d", "tab", *"6:30", "enter"), "outage extract from 06:00 until 06:30")
    same_log(("f", "d", *"6:10", "right", *"6:30", "enter"), "outage extract from 06:10 until 06:30")


def test_space_takes_another_of_what_may_stand_there() -> None:
    same_log(("f", "l", "space", "enter"), "late jfk@2013-01-03 3h")


def test_less_usual_ones_are_behind_m_and_have_their_letters() -> None:
    same_log(("f", "m", "h"), "hang extract@2013-01-03")
    same_log(("f", "h"), "hang extract@2013-01-03")


def test_x_lifts_the_only_fault_that_holds() -> None:
    same_log(("f", "n", "f", "x"), "never jfk@2013-01-03", "lift 4")


def test_of_several_faults_one_is_chosen() -> None:
    same_log(
        ("f", "n", "f", "h", "f", "x", "down", "enter"), "never jfk@2013-01-03", "hang extract@2013-01-03", "lift 5"
    )


# leaving


def test_esc_changes_nothing() -> None:
    bench = at_0555()
    before, cursor = log(bench), (bench.session.branch.name, bench.session.position)

    async def play(driven: Driven) -> None:
        for keys in (("f",), ("e", "down"), ("r",), ("f", "l", *"3h"), ("e", "d", *"9:00"), ("f", "m", "down", "down")):
            await driven.press(*keys, "escape")
            assert not isinstance(driven.app.screen, MenuScreen)
        assert log(bench) == before
        assert (bench.session.branch.name, bench.session.position) == cursor
        assert [*bench.session.branches] == ["A"]

    drive(play, bench)


def test_what_is_refused_says_why_and_is_not_taken() -> None:
    bench = at_0555()

    async def play(driven: Driven) -> None:
        await driven.press("f", "l", *"soon", "enter")
        assert isinstance(driven.app.screen, MenuScreen)
        driven.shows("not now", "'soon' is no duration; write 30s")
        await driven.press("backspace", "backspace", "backspace", "backspace", *"1h", "enter")
        assert not isinstance(driven.app.screen, MenuScreen)

    drive(play, bench)
    assert log(bench)[-1].startswith("FaultInjected")


# what is on the screen


def test_a_menu_shows_what_it_types_as_and_what_would_change() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("f")
        driven.shows(
            "what goes wrong with extract of Thu 3 Jan?", "types as  fail extract@2013-01-03 2", "active", "none"
        )
        await driven.press("l")
        await driven.pilot.pause(0.4)  # where it takes long, what would change is told a little later
        driven.shows("types as  late jfk@2013-01-03 95m", "jfk of Thu 3 Jan comes Fri", "due 06:00")
        await driven.press("escape", "e")
        driven.shows("how should extract be?", "and its files are here", "● now")
        await driven.press("escape", "r")
        driven.shows("what helps extract of Thu 3 Jan?", "let jfk of Thu 3 Jan come now", "backfill")

    for size in SIZES:
        drive(play, at_0555(), size)


def test_all_of_what_would_change_can_be_read() -> None:
    """At 80x24 not all of it fits: space reads on, and begins again after the end; the line to type comes after it."""
    bench = bench_on("harbor_air", None)
    bench.choose("task:daily_flights.extract")

    async def play(driven: Driven) -> None:
        await driven.press("e", "down")
        driven.shows("extract now needs ewr", "more lines")
        read, rows = [driven.text], driven.text.splitlines()
        assert next(n for n, row in enumerate(rows) if "types as" in row) > next(
            n for n, row in enumerate(rows) if "more lines" in row
        )
        while "from the first line again" not in read[-1] and len(read) < 6:
            await driven.press("space" if len(read) % 2 else "pagedown")
            read.append(driven.text)
        assert all(any(line in text for text in read) for line in ("now needs lga", "no longer reads jfk", "version 2"))
        await driven.press("space")
        assert driven.text == read[0]
        await driven.press("space", "up", "down")
        assert driven.text == read[0]

    drive(play, bench, (80, 24))


def test_the_graph_stays_to_be_seen() -> None:
    async def play(driven: Driven) -> None:
        for key in ("f", "e", "r"):
            await driven.press(key)
            assert driven.app.screen.query_one(MenuPane).region.y >= driven.app.size.height // 3
            await driven.press("escape")

    for size in SIZES:
        drive(play, at_0555(), size)


def test_a_command_in_the_past_says_which_what_if_was_opened() -> None:
    async def play(driven: Driven) -> None:
        driven.app.screen.bench.session.seek("2013-01-04T05:55Z")  # type: ignore[attr-defined]
        await driven.press("e", "down", "enter")
        driven.shows("what-if B opened; A is kept")
        await driven.press("u")
        driven.shows("Undone: extract waits for", "B keeps it")
        await driven.press("U")
        driven.shows("Back in B")

    drive(play, bench_on(at="2013-01-04T08:30Z"))


def test_with_the_mouse_a_click_looks_and_another_takes() -> None:
    bench = at_0555()

    async def play(driven: Driven) -> None:
        await driven.press("e")
        pane = driven.app.screen.query_one(MenuPane)
        row = next(y for y, line in enumerate(pane.sheet.text.splitlines()) if "and its files are here" in line)
        await driven.pilot.click(MenuPane, offset=(8, row + 1))
        driven.shows("types as  wait extract for ewr jfk lga")
        assert isinstance(driven.app.screen, MenuScreen)
        await driven.pilot.click(MenuPane, offset=(8, row + 1))
        await driven.pilot.pause()
        assert "ewr" in bench.known.plans["daily_flights"].spec.tasks["extract"].needs

    drive(play, bench)


def test_the_guide_hears_of_menus() -> None:
    heard: list[tuple[str, str]] = []

    class Listening(wb.NoGuide):
        def heard(self, bench: wb.Bench, action: str, detail: str = "") -> None:
            heard.append((action, detail))

    bench = at_0555()
    bench.guide = Listening()

    async def play(driven: Driven) -> None:
        await driven.press("f", "n")

    drive(play, bench)
    assert heard == [("menu", "fault"), ("do", "never jfk@2013-01-03")]


def test_the_line_of_an_item_is_typed_on_and_changed() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("f", "l")
        driven.shows(": type it", "? help")
        await driven.press("colon")
        driven.shows("one line, one command")
        await driven.press("backspace", "backspace", "backspace", *"2h", "enter")

    bench = at_0555()
    drive(play, bench, (100, 30))
    assert "jfk of Thu 3 Jan comes Fri 4 Jan 08:00" in str(bench.session.events[-1])


def test_a_question_mark_in_a_menu_shows_its_keys_and_how_the_item_is_typed() -> None:
    async def play(driven: Driven) -> None:
        for keys, verb in ((("f", "down"), "outage"), (("f", "l"), "late INPUT@DAY")):
            await driven.press(*keys, "question_mark")
            driven.shows("keys and help", "Take it")
            assert verb in driven.app.screen.sheet.text  # type: ignore[attr-defined]
            await driven.press("escape")
            assert isinstance(driven.app.screen, MenuScreen)
            await driven.press("escape")

    drive(play, at_0555(), (100, 40))
