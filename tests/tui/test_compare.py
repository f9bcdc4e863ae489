"""Two futures on one screen, and the list of all what-ifs."""

from __future__ import annotations

import pytest

import workbench as wb
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tui.compare import CompareScreen, places


def waiting(at: str = "08:05") -> wb.Bench:
    """A: JFK comes late and nobody waits. B: extract waits for all three."""
    bench = bench_on(at="2013-01-04T08:05Z")
    bench.go("05:55")
    bench.do("wait extract for jfk lga ewr")
    bench.go(at)
    return bench


@pytest.mark.parametrize("size", SIZES)
def test_first_difference_clock_outcome_and_lesson_are_on_one_screen(size: tuple[int, int]) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("c")
        driven.shows("first difference: Fri 4 Jan 06:00", "same clock", "A extract", "B extract", "596 public")
        driven.shows("outcome of daily_flights for Thu 3 Jan", "318 missing", "914 rows, right, ", "07:50")
        driven.shows("☞ Both green. Late is not failed; green is not right.", "k keep B")

    drive(play, waiting(), size)


def test_n_and_b_step_both_and_the_bench_stands_there_afterwards() -> None:
    bench = waiting("07:10")

    async def play(driven: Driven) -> None:
        await driven.press("c")
        driven.shows("A is green, and wrong. B is late, and not failed: n goes on.", "Fri 4 Jan 07:10 UTC")
        before = driven.text
        await driven.press("n", "n")
        assert driven.text != before
        await driven.press("b", "b")
        assert driven.text == before
        await driven.press("n", "escape")
        driven.shows("Fri 4 Jan 07:35 UTC", "timeline")

    drive(play, bench)
    assert bench.session.branch.name == "B"


def test_arrows_go_to_the_next_difference() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("c")
        driven.shows("difference 1 of 2")
        await driven.press("down")
        driven.shows("outcome of punctuality for Thu 3 Jan, difference 2 of 2")
        await driven.press("down")
        driven.shows("This is the last of 2 differences so far.")
        await driven.press("up")
        driven.shows("difference 1 of 2", "☞ ")
        assert "This is the last" not in driven.text
        await driven.press("up")
        driven.shows("This is the first of 2 differences so far.")

    drive(play, waiting())


def test_k_goes_on_in_the_one_on_the_right() -> None:
    bench = waiting()
    bench.do("future A")

    async def play(driven: Driven) -> None:
        await driven.press("c", "k")
        driven.shows("You go on in B.", "what-if B")

    drive(play, bench)
    assert bench.session.branch.name == "B"


def test_a_third_future_by_its_letter() -> None:
    bench = waiting()
    bench.do("future A")
    bench.go("05:55")
    bench.do("never jfk@2013-01-03")
    bench.go("08:05")

    async def play(driven: Driven) -> None:
        await driven.press("c")
        driven.shows("keep C", "B beside another")
        await driven.press("B")
        driven.shows("keep B", "C beside another")
        await driven.press("Q")
        driven.shows("There is no what-if Q.")

    drive(play, bench)


def test_with_one_future_it_is_said_what_to_do() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("c")
        assert not isinstance(driven.app.screen, CompareScreen)
        driven.shows("There is one future so far.", "change one thing")

    drive(play, bench_on(at="2013-01-04T07:10Z"), (200, 50))


def test_the_list_of_what_ifs_switches_and_compares() -> None:
    bench = waiting()

    async def play(driven: Driven) -> None:
        await driven.press("x")
        driven.shows("as it was", "left A at Fri 4 Jan 05:55", "extract waits for jfk lga ewr", "► B")
        await driven.press("up", "enter")
        assert bench.session.branch.name == "A"
        await driven.press("x", "down", "c")
        driven.shows("first difference")

    drive(play, bench)


@pytest.mark.parametrize("size", [(60, 18), *SIZES])
@pytest.mark.parametrize("rows", [(3, 12, 6), (9, 40, 30), (2, 2, 2)])
def test_places_fill_the_screen_without_overlap(size: tuple[int, int], rows: tuple[int, int, int]) -> None:
    width, height = size
    seen: set[tuple[int, int]] = set()
    for place in places(width, height, *rows).values():
        cells = {(x, y) for x in range(place.x, place.x + place.w) for y in range(place.y, place.y + place.h)}
        assert not cells & seen
        assert place.h > 0
        seen |= cells
    assert seen == {(x, y) for x in range(width) for y in range(height)}


def test_leaving_leads_back_to_the_pipeline_and_the_selection_of_before() -> None:
    bench = waiting()
    bench.choose("task:daily_flights.clean")
    before = (bench.dag, bench.chosen, bench.day)

    async def play(driven: Driven) -> None:
        await driven.press("c", "down")
        driven.shows("outcome of punctuality")
        await driven.press("escape")

    drive(play, bench)
    assert (bench.dag, bench.chosen, bench.day) == before
