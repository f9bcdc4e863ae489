"""The command line: what is offered, what is shown before, refusals that leave the line, answers."""

from __future__ import annotations

import workbench as wb
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tui.command import CommandLine
from tui.modal import SheetScreen


def at_0555() -> wb.Bench:
    return bench_on(at="2013-01-04T05:55Z")


def typed(driven: Driven) -> str:
    screen = driven.app.screen
    assert isinstance(screen, CommandLine), driven.text
    return screen.text


def test_verbs_are_offered_with_what_they_do() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("re")
        driven.shows("rerun", "Run again with all retries", "redo", "Back to where undo was given.")

    for size in SIZES:
        drive(play, at_0555(), size)


def test_tab_completes_and_goes_round() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("nev")
        await driven.press("tab")
        assert typed(driven) == "never"
        await driven.type(" j")
        await driven.press("tab")
        assert typed(driven) == "never jfk"
        await driven.press("escape", "colon")
        await driven.type("mark clean@2013-01-02 s")
        await driven.press("tab")
        first = typed(driven)
        await driven.press("tab")
        assert {first, typed(driven)} == {"mark clean@2013-01-02 success", "mark clean@2013-01-02 skipped"}

    drive(play, at_0555())


def test_what_a_line_would_change_is_seen_before() -> None:
    bench = at_0555()
    before = len(bench.session.events)

    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("late jfk@2013-01-03 95m")
        driven.shows("jfk of Thu 3 Jan comes Fri 4 Jan 07:35")
        assert len(bench.session.events) == before
        await driven.press("enter")
        assert len(bench.session.events) == before + 1
        driven.shows("jfk of Thu 3 Jan comes Fri 4 Jan 07:35")

    drive(play, bench)


def test_a_refused_line_stays_and_tab_mends_it() -> None:
    bench = at_0555()

    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("rerun clen@2013-01-02")
        await driven.press("enter")
        driven.shows("No task clen. Did you mean clean?", "      ▾▾▾▾")
        assert typed(driven) == "rerun clen@2013-01-02"
        await driven.press("tab")
        assert typed(driven) == "rerun clean@2013-01-02"
        await driven.press("enter")
        driven.shows("clean of Wed 2 Jan runs again")

    drive(play, bench)


def test_a_wrong_verb_is_mended_too() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("nevr jfk@2013-01-03")
        await driven.press("enter", "tab")
        assert typed(driven) == "never jfk@2013-01-03"

    drive(play, at_0555())


def test_answers_of_several_lines_are_a_sheet_on_top() -> None:
    async def play(driven: Driven) -> None:
        asked = {
            "why extract": "extract",
            "lineage pub_punctuality@2013-01-02": "publish",
            "data": "days live",
            "help late": "95m",
        }
        for line, told in asked.items():
            await driven.press("colon")
            await driven.type(line)
            await driven.press("enter")
            assert isinstance(driven.app.screen, SheetScreen), line
            driven.shows(told)
            await driven.press("escape")

    drive(play, at_0555())


def test_question_mark_is_help_about_the_verb() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("rerun ")
        await driven.press("question_mark")
        driven.shows("rerun TASK[@DAY[..DAY]]", "for example: rerun clean@2013-01-03 down")
        await driven.press("escape")
        assert typed(driven) == "rerun "

    drive(play, at_0555())


def test_arrows_bring_the_lines_of_before() -> None:
    async def play(driven: Driven) -> None:
        for line in ("never jfk@2013-01-03", "lift 4"):
            await driven.press("colon")
            await driven.type(line)
            await driven.press("enter")
        await driven.press("colon", "up")
        assert typed(driven) == "lift 4"
        await driven.press("up")
        assert typed(driven) == "never jfk@2013-01-03"
        await driven.press("down", "down")
        assert typed(driven) == ""

    drive(play, at_0555())


def test_going_to_a_time_by_verb_is_going_there() -> None:
    bench = at_0555()

    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("run until 06:30")
        await driven.press("enter")
        await driven.pilot.pause(0.4)
        assert f"{bench.now:%H:%M}" == "06:30"

    drive(play, bench)


def test_esc_leaves_and_nothing_has_changed() -> None:
    bench = at_0555()
    before = bench.session.events

    async def play(driven: Driven) -> None:
        await driven.press("colon")
        await driven.type("never jfk@2013-01-03")
        await driven.press("escape")
        assert not isinstance(driven.app.screen, CommandLine)
        assert bench.session.events == before

    drive(play, bench)
