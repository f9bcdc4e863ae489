"""The planner on the screen: keys change the plan, Enter starts it, and then it shows the days filling."""

from __future__ import annotations

import pytest

import workbench as wb
from tests import curriculum
from tests.tui.screens import SIZES, Driven, drive
from tui.modal import SheetScreen
from tui.planner import PlannerScreen, places
from workbench.views.sheet import Sheet, plain

LINE = "backfill clean@2013-06-01..2013-06-30 all down oldest limit 2"


def june() -> wb.Bench:
    """Six weeks by v1; v2 was deployed since."""
    bench = wb.Bench(curriculum.june())
    bench.choose("task:daily_flights.clean")
    return bench


async def settled(driven: Driven) -> None:
    """What is worked out behind is there."""
    await driven.app.workers.wait_for_complete()
    await driven.pilot.pause()


def planning_of(driven: Driven) -> wb.Planning:
    assert isinstance(driven.app.screen, PlannerScreen)
    return driven.app.screen.planning


@pytest.mark.parametrize("size", SIZES)
def test_the_plan_the_choices_the_cost_and_the_line_are_on_one_screen(size: tuple[int, int]) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a")
        await settled(driven)
        driven.shows("PLAN: nothing has run yet", "what would run, and why", "how", "cost, and whom it touches")
        driven.shows("[a all: 42 runs]", "126 slot-minutes", "Enter start", "c code changed 42", "☞")
        driven.shows("> backfill clean@2013-05-26..2013-07-06 all oldest limit 2")

    drive(play, june(), size)


def test_keys_change_the_line_and_leaving_has_changed_nothing() -> None:
    bench = june()
    before = len(bench.session.events)

    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "d", "o", "plus", "p", "right_square_bracket", "left_curly_bracket")
        await settled(driven)
        driven.shows("> backfill clean@2013-05-27..2013-07-05 all down newest limit 3 pin v1")
        await driven.press("escape")
        driven.shows("timeline")

    drive(play, bench)
    assert len(bench.session.events) == before


def test_the_question_is_answered_by_its_key() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l")
        await settled(driven)
        driven.shows('How many runs does "missing" make? Press m and see.', "m missing: ?")
        await driven.press("m")
        await settled(driven)
        driven.shows("[m missing: 0 runs!]")

    drive(play, june())


def test_the_line_can_be_typed_and_gives_the_same_log_as_its_keys() -> None:
    typed, keyed = june(), june()

    async def by_hand(driven: Driven) -> None:
        await driven.press("l", "colon", "ctrl+u")
        await driven.type("backfill clean@2013-05-26..2013-07-06 all down limit 3")
        await driven.press("enter", "enter")
        driven.shows("RUNNING")

    async def by_keys(driven: Driven) -> None:
        await driven.press("l", "a", "d", "plus", "enter")
        driven.shows("RUNNING")

    drive(by_hand, typed)
    drive(by_keys, keyed)
    assert [repr(e) for e in typed.session.events] == [repr(e) for e in keyed.session.events]


def test_a_line_that_cannot_be_done_is_refused_in_words() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "colon", "ctrl+u")
        await driven.type("backfill clen@2013-06-03")
        await driven.press("enter")
        driven.shows("No task clen. Did you mean clean?", "PLAN: nothing has run yet")

    drive(play, june())


def test_enter_starts_it_and_the_grid_fills_as_time_goes_on() -> None:
    bench = june()

    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "enter")
        driven.shows("RUNNING", "0 of 42 runs done", "○")
        assert planning_of(driven).how_far.runs == 42
        await driven.press(*["n"] * 12)
        now = planning_of(driven).how_far
        assert now.done > 0
        driven.shows(f"{now.done} of 42 runs done", "●", "its tasks, counted", "what it has changed so far")
        await driven.press("b", "b")
        assert planning_of(driven).how_far.done < now.done

    drive(play, bench)


def test_p_pauses_and_resumes_and_x_cancels() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "enter", "n", "p")
        driven.shows("PAUSED: nothing new starts")
        await driven.press("p")
        driven.shows("RUNNING")
        await driven.press("x")
        driven.shows("CANCELLED", "×")
        await driven.press("x")
        driven.shows("was cancelled already", "CANCELLED") if "was cancelled" in driven.text else driven.shows(
            "CANCELLED"
        )

    drive(play, june())


def test_back_before_it_was_asked_for_plans_again() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "enter", "b")
        driven.shows("PLAN: nothing has run yet")

    drive(play, june())


def test_w_tells_of_the_chosen_cell() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "right", "right", "w")
        driven.shows("why clean of Tue 28 May?", "would run (code changed: clean ran v1, would run v2).")
        await driven.press("escape")
        driven.shows("PLAN: nothing has run yet")

    drive(play, june(), (80, 24))


def test_it_opens_again_on_the_backfill_that_is_under_way() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "enter", "n", "escape", "l")
        driven.shows("RUNNING", "of 42 runs done")

    drive(play, june())


@pytest.mark.parametrize("size", [(60, 18), *SIZES])
@pytest.mark.parametrize("rows", [(8, 4, 5), (40, 3, 30), (3, 9, 9)])
def test_places_fill_the_screen_without_overlap(size: tuple[int, int], rows: tuple[int, int, int]) -> None:
    width, height = size
    seen: set[tuple[int, int]] = set()
    for place in places(width, height, *rows).values():
        cells = {(x, y) for x in range(place.x, place.x + place.w) for y in range(place.y, place.y + place.h)}
        assert not cells & seen
        assert place.h > 0
        seen |= cells
    assert seen == {(x, y) for x in range(width) for y in range(height)}


def test_at_80_by_24_the_readers_are_on_the_screen_and_the_rest_can_be_scrolled() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a", "d")
        await settled(driven)
        driven.shows("fare_model has read 36 of these partitions", "cost, and whom it touches ─ PgDn: more")
        assert "What v1 made stays public" not in driven.text
        await driven.press("pagedown")
        driven.shows("What v1 made stays public")
        await driven.press("pageup")
        assert "What v1 made stays public" not in driven.text

    drive(play, june(), (80, 24))


def test_what_is_planned_and_why_are_not_cut_at_80_cells() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "a")
        await settled(driven)
        driven.shows("clean  Sun 26 May to Sat 6 Jul", "PLAN: nothing has run yet", "Wed 10 Jul 09:00")
        driven.shows("26 May to 6 Jul  c code changed: clean ran v1, would run v2", "[ ] { } move the days")

    drive(play, june(), (80, 24))


def test_the_planner_has_help_and_a_key_that_does_nothing_says_so() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "5")
        driven.shows("5 does nothing here; ? shows the keys.")
        await driven.press("question_mark")
        driven.shows("keys and help", "the backfill planner", "First day: one earlier")
        await driven.press("escape")
        driven.shows("PLAN: nothing has run yet")

    drive(play, june(), (80, 24))


def test_g_goes_on_while_it_runs_and_back_to_the_plan() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("l", "g")
        driven.shows("Nothing runs yet: Enter starts it")
        await driven.press("a", "enter", "g")
        await driven.type("+30m")
        await driven.press("enter")
        driven.shows("Wed 10 Jul 09:30", "of 42 runs done")
        await driven.press("g")
        await driven.type("-2h")
        await driven.press("enter")
        driven.shows("PLAN: nothing has run yet")

    drive(play, june())


def test_when_it_is_over_t_tells_the_readers() -> None:
    bench = june()
    bench.do("backfill clean@2013-06-07..2013-06-09 all down oldest limit 2")

    async def play(driven: Driven) -> None:
        await driven.press("l", "t")
        driven.shows("told when it is over")
        while planning_of(driven).how_far.left:
            await driven.press("n")
        driven.shows(
            "OVER", "fare_model read 7 days that changed, and was not told: t tells them.", "t tell the readers"
        )
        await driven.press("t")
        driven.shows("fare_model was told of 7 days that changed.", "told since")
        await driven.press("t")
        driven.shows("Nobody has read anything of it")
        assert "tell the readers" not in driven.text

    drive(play, bench)
    assert len(bench.known.data.told) == 1


def test_an_answer_that_is_wider_than_the_screen_goes_on_below() -> None:
    async def play(driven: Driven) -> None:
        driven.app.push_screen(SheetScreen(Sheet("told", plain("  word " * 20 + "zebra"))))
        await driven.pilot.pause()
        driven.shows("told", "zebra")

    drive(play, june(), (80, 24))
