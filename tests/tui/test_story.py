"""The story on the screen: the whole table of the first five minutes, key by key, text by text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

import workbench as wb
from tests.tui.screens import SIZES, Driven, drive
from tui.bench import BenchScreen
from tui.home import HomeScreen
from workbench.lessons.firsts import mark_path

EVERY = "Every morning this collects yesterday's flights from three airports and publishes a report."
GREEN = "Green, and wrong: board_dashboard read 596 flights at 08:00; 318 of JFK are missing. Why? Press w."
# The keys, and what is on the screen then, with the coach's words. At 80x24 they may be broken between two rows.
TABLE: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
    ((), ("Fri 4 Jan 05:45", EVERY, "Press n.", "943")),
    (("n",), ("05:48", "EWR came: 336 flights.")),
    (("n",), ("05:55", "LGA came: 260 flights. JFK is still to come.")),
    (("n",), ("06:00. JFK is not here. Will extract 1 wait, 2 fail, 3 run anyway?", "why is jfk not here?")),
    (("1",), ('You guessed "wait". It runs, without JFK: it takes what is there.', "why does extract run now?")),
    (("n",), ("06:10", "extract is done, with what was there.")),
    (("n",), ("06:13", "clean is done.")),
    (("n",), ("06:15", 'All green; 596 flights public. You guessed "wait". Press n.', "Thu 3 ● 596")),
    (("n",), ("07:35: JFK came, 318 flights. Too late: the report is out.",)),
    (("n",), ("08:00", GREEN, "why did publish run then?")),
)  # fmt: skip
WHY: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
    (("w",), ("publish 06:15 ← clean 06:13 ← extract 06:10 ← the clock said 06:00.", "extract reads jfk but does not")),
    (("escape",), ("publish ← clean ← extract ← the clock said 06:00. Nothing asked for JFK. Go back before it:",)),
)
AGAIN: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
    (
        ("n",),
        (
            "06:00: extract waits for JFK. When will the report be public? 1 06:15, 2 07:35, 3 07:50 or 4 never?",
            "extract waits for jfk",
        ),
    ),
    (("3",), ('06:00: extract waits for JFK. You guessed "07:50". Go on and see. Press n.', "timeline")),
    (("n",), ("07:35: JFK came, and extract started that very moment.",)),
    (("n",), ("07:45", "extract is done: 914 flights.")),
    (("n",), ("07:48", "clean is done.")),
    (
        ("n",),
        ("07:50: the report is public. 914 flights: later, and all of them. Right, as you guessed:", "Thu 3 ● 914"),
    ),
    (("n",), ("08:00: board_dashboard read 914 flights. Right. Both futures side by side: press c.",)),
)
ARROWS = "Three lines are solid now: extract waits for its files. This is what-if B; A is kept."
NEVER = "What-if C: JFK never comes, and nobody knows that yet."
FOR_EVER = "06:00: extract waits, and would wait for ever. Who would notice? Give it a deadline:"
SAME = "What-if C: the same morning, with a deadline."
SUMMARY = "You used waiting, why, going back, what-if, deadline."
END: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
    (("n",), ("08:00: ingest-oncall is paged: extract has not succeeded.",)),
    (("n",), ("08:04: ingest-oncall answered the page, after 4 min: now a person knows.", "must leave time to")),
    (("n",), ("That was the story.", SUMMARY, "Esc leaves.")),
)


def flat(text: str) -> str:
    """A screen with its rows joined, so that broken sentences are whole."""
    return " ".join(text.split())


async def run_through(driven: Driven, table: Sequence[tuple[Sequence[str], Sequence[str]]]) -> None:
    for keys, texts in table:
        await driven.press(*keys)
        missing = [text for text in texts if text not in flat(driven.text)]
        assert not missing, f"after {keys}: not on the screen: {missing}\n{driven.text}"


def test_the_whole_table_key_by_key() -> None:
    async def play(driven: Driven) -> None:
        go_back = ("g", *"5:55", "enter")
        await run_through(driven, TABLE)
        await run_through(driven, WHY)
        await run_through(driven, [(go_back, ("05:55", "What you saw is kept as A."))])
        await run_through(driven, [(("e", "down", "enter"), (ARROWS, "what-if B"))])
        await run_through(driven, AGAIN)
        await run_through(driven, [(("c",), ("596", "914", "first difference"))])
        await leave_what_is_in_front(driven)
        assert "Late is not failed; green is not right." in flat(driven.text), driven.text
        await run_through(driven, [(go_back, ("JFK is selected. Let it never come: press f, n.",))])
        await run_through(driven, [(("f", "n"), (NEVER,)), (("n",), (FOR_EVER,))])
        await run_through(driven, [(("e", "d", *"8:00", "enter"), (SAME,))])
        await run_through(driven, END)
        await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen)
        driven.shows("☞ " + SUMMARY, "1 Why was Friday's report wrong?", "✔ done")

    drive(play, wb.story(), (80, 24))


@pytest.mark.parametrize("key", ["n", "N", "m", "space"])
def test_a_question_is_passed_with_the_second_press_and_not_out_of_habit(key: str) -> None:
    bench = wb.story()

    async def play(driven: Driven) -> None:
        await driven.press("n", "n", "n")
        driven.shows("Will extract", "06:00")
        before = bench.session.cursor
        await driven.press(key)
        assert bench.session.cursor == before
        assert not bench.playing
        asked = "Will extract 1 wait, 2 fail, 3 run anyway?"
        for text in (f"No guess yet: 1 2 3, or {key} again to go on.", asked):
            assert text in flat(driven.text), driven.text
        await driven.press(key)
        assert bench.session.cursor != before or bench.playing
        assert "No guess yet" not in flat(driven.text)

    drive(play, bench, (80, 24))


def test_a_guess_after_the_reminder_is_a_guess() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("n", "n", "n", "n", "1")
        assert 'You guessed "wait".' in flat(driven.text)

    drive(play, wb.story(), (80, 24))


async def leave_what_is_in_front(driven: Driven) -> None:
    """Whatever w and c opened is left with Esc, until the bench is in front."""
    while not isinstance(driven.app.screen, BenchScreen):
        await driven.press("escape")


@pytest.mark.parametrize("size", SIZES)
def test_it_is_played_with_typed_verbs(size: tuple[int, int]) -> None:
    async def do(driven: Driven, line: str) -> None:
        assert isinstance(driven.app.screen, BenchScreen)
        driven.app.screen.do_line(line)
        await driven.pilot.pause()
        await leave_what_is_in_front(driven)

    async def play(driven: Driven) -> None:
        await run_through(driven, TABLE)
        for line, text in (
            ("why publish", "Nothing asked for JFK."),
            ("go 05:55", "What you saw is kept as A."),
            ("wait extract for ewr jfk lga", ARROWS),
        ):
            await do(driven, line)
            await run_through(driven, [((), (text,))])
        await run_through(driven, AGAIN)
        for line, text in (
            ("compare A", "Late is not failed; green is not right."),
            ("go 05:55", "JFK is selected."),
            ("never jfk@2013-01-03", NEVER),
            ("step", FOR_EVER),
            ("set extract deadline 08:00", SAME),
        ):
            await do(driven, line)
            await run_through(driven, [((), (text,))])
        await run_through(driven, END)

    drive(play, wb.story(), size)


KEYS = ("n", "b", "N", "B", "m", "w", "c", "u", "U", "f", "e", "r", "g", "d", "1", "2", "3", "4", "up", "down", "left",
        "right", "enter", "escape", "space", "?", "a", "z", "y", "v", "+", "-", "0", "colon", "slash", "x", "l",
        "5", "tab", "[", "]")  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_random_keys_never_lose_anybody(seed: int) -> None:
    """Whatever is pressed: no error, and Esc leads home, where the story begins afresh."""

    async def play(driven: Driven) -> None:
        draw = random.Random(seed)
        for _ in range(40):
            await driven.pilot.press(draw.choice(KEYS))
        for _ in range(12):
            if isinstance(driven.app.screen, HomeScreen):
                break
            await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen), driven.text
        driven.app.screen.action_open("story:anew")
        await driven.pilot.pause()
        await run_through(driven, TABLE[:3])

    drive(play, wb.story(), (80, 24))


def test_one_esc_too_many_does_not_leave_and_a_second_does() -> None:
    async def play(driven: Driven) -> None:
        await run_through(driven, [*TABLE, *WHY])
        await driven.press("escape")
        driven.shows("Esc again leaves the story; it goes on from here when you come back.")
        assert "Nothing asked for JFK. Go back before it:" in flat(driven.text)
        await driven.press("up", "escape")
        driven.shows("Esc again leaves the story")
        await driven.press("escape")
        driven.shows("☞ You used why.", "Samples and recent")

    drive(play, wb.story(), (80, 24))


@pytest.mark.parametrize("history", ["none", None])
def test_the_story_goes_on_where_it_was_left_or_begins_anew(home: Path, history: str | None) -> None:
    async def leave(driven: Driven) -> None:
        await driven.press("escape", "escape")
        await driven.pilot.pause(0.1)

    async def play(driven: Driven) -> None:
        await run_through(driven, [*TABLE[:4], (("escape", "escape"), ())])
        await driven.pilot.pause(0.1)
        driven.shows("go on: Fri 06:00", "or from its beginning")
        await driven.press("1")
        await run_through(driven, [((), TABLE[3][1]), *TABLE[4:], *WHY])
        await run_through(driven, [(("g", *"5:55", "enter"), ()), (("e", "down", "enter"), (ARROWS,))])
        await run_through(driven, AGAIN[:1])
        await leave(driven)
        driven.shows("go on: Fri 06:00, what-if B")

    async def later(driven: Driven) -> None:
        await driven.pilot.pause(0.1)
        driven.shows("go on: Fri 06:00, what-if B")
        await driven.press("1")
        await run_through(driven, [((), (*AGAIN[0][1], "what-if B")), *AGAIN[1:]])
        await run_through(driven, [(("c",), ("596", "914"))])
        await leave_what_is_in_front(driven)
        await leave(driven)
        await driven.press("down", "enter")
        await run_through(driven, TABLE[:2])
        await leave(driven)
        driven.shows("go on: Fri 05:48")
        assert "done" not in driven.text

    async def all_of_it(driven: Driven) -> None:
        await play(driven)
        await later(driven)

    assert wb.first_time()
    if history == "none":
        drive(all_of_it, wb.story(), (80, 24))
    else:
        drive(play, wb.story(), (80, 24), history=history)
        drive(later, None, (80, 24), history=history)


def test_what_was_left_and_cannot_be_read_begins_anew(home: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("n", "n", "escape", "escape")

    async def later(driven: Driven) -> None:
        await driven.pilot.pause(0.1)
        driven.shows("go on: Fri 05:55")
        await driven.press("1")
        await run_through(driven, TABLE[:2])

    assert wb.first_time()
    drive(play, wb.story(), (80, 24), history=None)
    mark_path().with_name("story.db").write_bytes(b"no database" * 100)
    drive(later, None, (80, 24), history=None)


def test_it_takes_less_than_four_minutes() -> None:
    """200 words a minute and two seconds a key."""
    coached = [text for table in (TABLE, WHY, AGAIN, END) for _, texts in table for text in texts]
    coached += [
        ARROWS,
        NEVER,
        FOR_EVER,
        SAME,
        "What you saw is kept as A. Let extract wait for its files: press e, ↓, Enter.",
    ]
    words = sum(len(text.split()) for text in coached)
    keys = 37
    assert words / 200 * 60 + keys * 2 < 240
