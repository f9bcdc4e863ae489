"""What the guide says is always to be read: beside what was said last, and below whatever lies on top."""

from __future__ import annotations

import pytest

from tests.tui.screens import Driven, drive
from tui.layout import MOST_COACH, arrange
from workbench import coached
from workbench.lessons.story import story_bench
from workbench.views.sheet import Sheet, Span, wrapped_row

WRONG = ("n", "n", "n", "1", *"nnnnnnn")  # until the reader has read the wrong report
SMALL = (80, 24)


def instruction(driven: Driven) -> str:
    """What stands between the hand and the line of the keys, on one line."""
    rows = driven.text.splitlines()
    first = next(n for n, row in enumerate(rows) if row.startswith("☞"))
    return " ".join(" ".join(rows[first:-1]).split())


def test_what_was_said_last_never_cuts_the_instruction() -> None:
    async def play(driven: Driven) -> None:
        await driven.press(*WRONG)
        whole = instruction(driven)
        assert whole.endswith("Why? Press w.")
        await driven.press("n")
        driven.shows("Nothing more comes by itself; ☞ says how it goes on.")
        assert instruction(driven) == whole
        await driven.press("g", "x", "enter")
        driven.shows("x is no time")
        assert instruction(driven) == whole

    drive(play, story_bench(), SMALL)


BOXES = ((("w",), ("enter",), ("g", "0", "5"), ("colon",), ("f",), ("e",), ("d",), ("question_mark",), ("slash",)),
         (("w",), ("g", "0"), ("e",)), (("w",), ("g", "0"), ("colon",), ("f",)))  # fmt: skip


@pytest.mark.parametrize(("size", "boxes"), [*zip((SMALL, (120, 36), (66, 20)), BOXES, strict=True)])
def test_nothing_covers_the_instruction_or_the_keys(size: tuple[int, int], boxes: tuple[tuple[str, ...], ...]) -> None:
    async def play(driven: Driven) -> None:
        await driven.press(*WRONG, "w", "escape")
        whole, last = instruction(driven), driven.text.splitlines()[-1]
        assert whole.endswith("press g, type 05:55, Enter.")
        for keys in boxes:
            before = driven.text
            await driven.press(*keys)
            assert driven.text != before
            assert instruction(driven) == whole, keys
            assert driven.text.splitlines()[-1] == last, keys
            await driven.press("escape")
            assert driven.text == before, keys

    drive(play, story_bench(), size)


def test_a_full_stop_stays_with_its_key() -> None:
    rows = wrapped_row((Span("press ", "coach"), *coached("g, type `05:55`, `Enter`.")), 26, "  ")
    assert Sheet("", rows).text == "press g, type 05:55,\n  Enter."


def test_what_a_key_leads_to_is_said_below_the_box_that_it_opens() -> None:
    async def play(driven: Driven) -> None:
        await driven.press(*WRONG, "n", "w")
        driven.shows("what led here")
        assert instruction(driven).startswith("☞ publish ← clean ← extract")
        assert "Nothing more comes" not in driven.text

    drive(play, story_bench(), SMALL)


def test_in_a_what_if_the_whole_run_and_its_readers_are_on_a_small_screen() -> None:
    async def play(driven: Driven) -> None:
        await driven.press(
            *WRONG, "w", "escape", "g", *"05", "colon", *"55", "enter", "e", "down", "enter", *"nnnnnnnn"
        )
        driven.shows("►extract  ", "publish  ", "●914", "▲board 914", "● 596 public")
        assert "1 public" not in driven.text

    drive(play, story_bench(), SMALL)


def test_the_graph_of_the_story_has_boxes_while_two_rows_are_the_coachs() -> None:
    async def play(driven: Driven) -> None:
        for key in ("n", "n", "n", "1", "n"):
            driven.shows("╰────")
            await driven.press(key)

    drive(play, story_bench(), SMALL)


def test_why_makes_room_for_what_matters_in_the_timeline_and_takes_what_that_leaves() -> None:
    def heights(least: int, timeline: int, why: int) -> tuple[int, int]:
        wanted = {"coach": 2, "least": least, "timeline": timeline, "why": why}
        places = arrange(80, 24, "graph", 6, wanted)
        return places["timeline"].h, places["why"].h

    assert heights(8, 12, 9) == (9, 5)
    assert heights(5, 9, 9) == (7, 6)
    assert heights(5, 5, 9) == (6, 7)
    assert arrange(80, 24, "graph", 6, {"coach": 9})["coach"].h == MOST_COACH


def test_what_a_version_lacks_is_told_in_the_data_view_of_a_small_screen() -> None:
    async def play(driven: Driven) -> None:
        await driven.press(*WRONG, "4")
        driven.shows("made from", "ewr lga, no jfk")
        await driven.pilot.resize_terminal(64, 24)
        await driven.pilot.pause()
        driven.shows("made from", "no jfk")

    drive(play, story_bench(), SMALL)
