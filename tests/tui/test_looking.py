"""Looking closer on the screen: why in its nine wordings, inspect, text, find, help."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from tests.samples import session
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tests.why_cases import data_session
from tui.help import keys_of
from tui.modal import SheetScreen

PIPELINES = Path(wb.__file__).parent.parent / "tutorials" / "pipelines"
AT = "2013-01-04T07:10Z"


def story(name: str, at: str) -> wb.Bench:
    opened = wb.load(PIPELINES / f"{name}.yaml", name)
    opened.run_until(at)
    return wb.Bench(opened)


def waiting() -> wb.Bench:
    """Flights of Thu 3 Jan, where extract was told to wait for its files."""
    bench = bench_on(at="2013-01-04T05:50Z")
    bench.do("wait extract for ewr jfk lga")
    bench.session.run_until(AT)
    return bench


def screen_of(bench: wb.Bench, target: str, size: tuple[int, int] = (80, 24)) -> str:
    """What a person reads in the why pane, in one line, so that wrapping does not matter."""
    seen: list[str] = []

    async def play(driven: Driven) -> None:
        assert bench.choose(target)
        driven.app.screen.draw()  # type: ignore[attr-defined]
        await driven.press()
        at = driven.app.screen.query_one("#why").region
        lines = driven.text.splitlines()[at.y : at.bottom]
        seen.append(" ".join(" ".join(line[at.x : at.right].strip("│┬┼─ ") for line in lines).split()))

    drive(play, bench, size)
    return seen[0]


def says(text: str, *wanted: str) -> None:
    missing = [one for one in wanted if one not in text]
    assert not missing, f"not on the screen: {missing}\n{text}"


# the nine wordings of why


def test_why_1_an_input() -> None:
    says(
        screen_of(waiting(), "task:daily_flights.extract"),
        "why is extract waiting?",
        "extract waits for jfk, since 06:00 (70 min).",
        "✔ clock: 06:00 ✔ ewr came 05:48 ✔ lga came 05:55 ✔ workers: 4 of 4 free",
        "✖ jfk was due 06:00; nobody knows when it comes",
        "Starts the moment it comes. No deadline: it would wait for ever.",
    )


def test_why_2_upstream() -> None:
    bench = waiting()
    bench.session.run_until("2013-01-04T07:46Z")
    says(
        screen_of(bench, "task:daily_flights.publish"),
        "publish waits for clean, which has been running since 07:45 (try 1).",
        "✖ clean: running",
        "Starts when clean succeeds; if clean fails for good, publish will not run.",
    )


POOL = """
    dag: sums
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      one: {takes: 30m, pool: warehouse}
      two: {takes: 20m, pool: warehouse}
      clean: {takes: 10m, pool: warehouse, priority: 0}
    ---
    pools: {warehouse: 2}
    ---
    scenario: full
    from: 2013-01-02T05:30Z
    until: 2013-01-03T08:00Z
"""


def test_why_3_a_pool() -> None:
    s = session(POOL)
    s.run_until("2013-01-02T06:10Z")
    says(
        screen_of(wb.Bench(s), "task:sums.clean"),
        "clean of Tue 1 Jan waits for a slot in warehouse, since 06:00 (10 min).",
        "Both are taken: one of Tue 1 Jan and two of Tue 1 Jan.",
        "✖ pool warehouse: 0 of 2 free",
        "e one more slot in warehouse e a higher priority",
    )


def test_why_4_a_retry() -> None:
    says(
        screen_of(bench_on(at="2013-01-03T06:05Z"), "task:daily_flights.extract"),
        "extract waits for try 3, at 06:08.",
        "Try 2 failed 06:04: the vendor did not answer (503). Pause 4 min: 2 min, doubled once.",
        "Three tries left after it.",
        "r try now",
    )


def test_why_5_a_branch() -> None:
    bench = story("skipped_join", "2026-03-03T08:00Z")
    says(
        screen_of(bench, "task:orders.full_load"),
        "why was full_load skipped?",
        "full_load was skipped 06:01, on purpose: choose picked delta_load.",
    )
    says(
        screen_of(bench, "task:orders.join"),
        "join was skipped too (06:01): it wants all its upstream tasks to succeed, and a skip is no success.",
        "e let join start after a skip too",
    )


def test_why_6_a_failure_above() -> None:
    bench = story("bug_is_not_an_outage", "2026-03-04T12:00Z")
    says(
        screen_of(bench, "task:ingest.transform") if "ingest" in bench.known.plans
        else screen_of(bench, f"task:{bench.dag}.transform"),
        "why did transform not run?",
        "transform did not run (04:41): ingest failed",
        "ingest failed for good 04:41 (try 6 of 6): version v1 of its code fails.",
        "r deploy ingest v2",
    )  # fmt: skip


DST = """
    dag: nightly
    schedule: "30 2 * * *"
    timezone: America/New_York
    start: 2013-03-01
    dst: {gap: skip}
    tasks: {load: {takes: 5m}}
    ---
    scenario: spring
    from: 2013-03-08T12:00Z
    until: 2013-03-12T12:00Z
"""


def test_why_7_no_run() -> None:
    s = session(DST)
    s.run_until("2013-03-10T14:00Z")
    bench = wb.Bench(s)
    bench.show_day("2013-03-09")
    says(
        screen_of(bench, "task:nightly.load"),
        "why has load no run here?",
        "Sat 9 Mar has no run",
        "does not exist (clocks in America/New_York go forward), and nightly skips such times.",
        "Nothing failed: no retry, no alert.",
        "r make a run now e shift starts that the clocks skip",
    )


def test_why_8_a_check() -> None:
    s = data_session()
    s.run_until("2013-01-04T06:30Z")
    says(
        screen_of(wb.Bench(s), "task:d.load", (120, 36)),
        "why did load fail?",
        "filled",
        "318 rows; at least 320 are wanted",
        "→ rerun load@2013-01-03 down, once its source is mended",
        "r let staged go live",
    )


def test_why_9_finished() -> None:
    bench = waiting()
    bench.session.run_until("2013-01-04T08:05Z")
    says(
        screen_of(bench, "task:daily_flights.publish"),
        "why was publish so late?",
        "publish ended 07:50, well. It wrote 914 rows.",
        "publish 07:50 ← clean 07:48 ← extract 07:45 ← jfk came 07:35, due 06:00.",
    )


# one for each kind of thing


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("input:daily_flights.jfk", "jfk of Thu 3 Jan is not here: it was due 06:00 (70 min ago)"),
        ("dataset:daily_flights.pub_punctuality", "is public since 06:15: version 1, 596 rows."),
        ("consumer:.board_dashboard", "board_dashboard reads pub_punctuality next 08:00"),
        ("dag:daily_flights", "daily_flights of Thu 3 Jan ended 06:15, well"),
    ],
)
def test_every_kind_of_thing_has_an_answer(target: str, told: str) -> None:
    for size in SIZES:
        says(screen_of(bench_on(at=AT), target, size), told)


# keys


def test_w_shows_the_chain_and_enter_goes_to_a_cause() -> None:
    bench = waiting()

    async def play(driven: Driven) -> None:
        bench.choose("task:daily_flights.publish")
        await driven.press("w")
        driven.shows("what holds it, down to the root", "← extract waits for jfk", "✖ jfk was due 06:00")
        screen = driven.app.screen
        assert isinstance(screen, SheetScreen)
        wanted = [target for _, target in screen.links]
        assert "input:daily_flights.jfk" in wanted
        await driven.press(*["down"] * (wanted.index("input:daily_flights.jfk") + 1), "enter")
        assert bench.chosen.name == "jfk"
        driven.shows("why is jfk not here?")

    drive(play, bench, (120, 36))


def test_enter_inspects_with_sections_that_tab_jumps_between() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("enter")
        driven.shows("extract of Thu 3 Jan", "── tries", "── log", "jfk of Thu 3 Jan was not there", "ended well: 596")
        await driven.press("tab", "tab", "tab", "tab", "tab")
        driven.shows("card of the run", "made by", "the clock, Fri 4 Jan 06:00")
        await driven.press("escape")
        driven.shows("why did extract run then?")

    drive(play, bench_on(at=AT), (80, 24))


def test_a_text_is_found_within() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("enter", "slash")
        await driven.type("environment")
        await driven.press("enter")
        driven.shows("environment", "not named")

    drive(play, bench_on(at=AT), (80, 24))


def test_y_shows_the_yaml_as_it_is_now_and_the_python() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("y")
        driven.shows("daily_flights.yaml", "▌   extract:", "reads: [ewr, jfk, lga]")
        await driven.press("y")
        driven.shows("flights.py", "▌ def extract(ewr: Rows, jfk: Rows, lga: Rows) -> Rows:")
        await driven.press("escape")

    drive(play, bench_on(at=AT), (120, 36))


def test_the_yaml_has_edits_in_it() -> None:
    async def play(driven: Driven) -> None:
        driven.app.screen.do_line("set extract retries 9")  # type: ignore[attr-defined]
        await driven.press("y")
        driven.shows("with your edits: not saved", "max: 9")

    drive(play, bench_on(at=AT), (120, 36))


def test_find_goes_to_a_thing_a_day_and_an_event() -> None:
    bench = bench_on(at=AT)

    async def play(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("publ")
        driven.shows("publish")
        await driven.press("enter")
        assert bench.chosen.name == "publish"
        await driven.press("slash")
        await driven.type("Wed 2 Jan")
        await driven.press("enter")
        assert bench.window.key == "2013-01-02"
        await driven.press("slash")
        await driven.type("lga comes")
        await driven.press("enter")
        assert f"{bench.now:%d %H:%M}" == "04 05:55"
        await driven.press("slash")
        await driven.type("nonsense")
        await driven.press("enter")
        driven.shows("Nothing here is called “nonsense”")

    drive(play, bench, (120, 36))


def test_help_lists_every_key_of_the_screen() -> None:
    async def play(driven: Driven) -> None:
        found = keys_of(driven.app.screen)
        keys = {key for lines in found.values() for key, _ in lines}
        assert {"n", "w", "/", "?", "Enter", "Space", "f", "e", "r", "c", ":"} <= keys
        await driven.press("question_mark")
        driven.shows("keys and help", "── time", "looking closer" if driven.app.size.height > 30 else "time")
        await driven.press("slash")
        await driven.type("what the glyphs mean")
        await driven.press("enter")
        driven.shows("● ", "ended well", "upstream_failed")

    for size in SIZES:
        drive(play, bench_on(at=AT), size)


def test_no_key_stands_twice_in_help() -> None:
    async def play(driven: Driven) -> None:
        for theme, lines in keys_of(driven.app.screen).items():
            keys = [key for key, _ in lines]
            assert len(keys) == len(set(keys)), (theme, keys)
        quits = [words for lines in keys_of(driven.app.screen).values() for key, words in lines if key == "Ctrl+Q"]
        assert quits == ["Quit"]

    drive(play, bench_on(at=AT))


def test_a_click_on_an_offer_opens_its_menu_there() -> None:
    bench = waiting()

    async def play(driven: Driven) -> None:
        bench.choose("task:daily_flights.extract")
        screen = driven.app.screen
        screen.draw()  # type: ignore[attr-defined]
        pane = screen.query_one("#why")
        rows = pane.sheet.rows  # type: ignore[attr-defined]
        y = next(n for n, row in enumerate(rows) if any(span.target.startswith("offer:f:late jfk") for span in row))
        x = "".join(span.text for span in rows[y]).index("let jfk come now")
        await driven.pilot.click("#why", offset=(x + 2, y + 1))
        await driven.pilot.pause()
        driven.shows("what the why pane offers", "let jfk come now", "types as  late jfk@2013-01-03 at")
        await driven.press("enter")
        bench.session.run_until("2013-01-04T07:11Z")
        assert ("jfk", "2013-01-03") in bench.known.arrived

    drive(play, bench, (120, 36))


def test_the_letter_of_an_offer_does_what_the_offer_says() -> None:
    """Publish is selected; what would help is about extract. On the bench, and where all of why is read."""
    for keys in (("e",), ("w", "e")):
        bench = bench_on(at="2013-01-04T08:00Z")
        bench.choose("task:daily_flights.publish")

        async def play(driven: Driven, keys: tuple[str, ...] = keys) -> None:
            driven.app.screen.draw()  # type: ignore[attr-defined]
            await driven.press()
            driven.shows("e let extract wait for jfk")
            await driven.press(*keys)
            driven.shows("what the why pane offers", "types as  wait extract for jfk")
            await driven.press("enter")

        drive(play, bench, (120, 36))
        assert "jfk" in bench.known.plans["daily_flights"].spec.tasks["extract"].needs, keys
        assert bench.known.plans["daily_flights"].spec.tasks["publish"].deadline is None


def test_the_letter_of_an_offer_takes_the_marked_one() -> None:
    bench = bench_on(at="2013-01-04T05:55Z")

    async def play(driven: Driven) -> None:
        bench.choose("input:daily_flights.jfk")
        await driven.press("w", "f")
        driven.shows("types as  late jfk@2013-01-03 95m")
        await driven.press("escape", "w")
        screen = driven.app.screen
        assert isinstance(screen, SheetScreen)
        targets = [target for _, target in screen.links]
        await driven.press(*["down"] * (targets.index("offer:f:never jfk@2013-01-03") + 1), "enter")
        driven.shows("types as  never jfk@2013-01-03")

    drive(play, bench, (120, 36))


def test_tab_shows_where_it_went_when_nothing_scrolls() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("w")
        screen = driven.app.screen
        assert isinstance(screen, SheetScreen)
        assert screen.pane.max_scroll_y == 0
        headings: list[str] = []
        for key in ("tab", "tab", "shift+tab", "tab", "tab", "tab"):
            await driven.press(key)
            headings += [span.text for row in screen.pane.sheet.rows for span in row if span.style == "chosen"]
        assert headings == ["what was asked for", "what led here, the newest first", "what was asked for",
                            "what led here, the newest first", "what would help", "what was asked for"]  # fmt: skip
        await driven.press("tab", "down")
        assert screen.marked is not None
        assert screen.marked[1].startswith("run:daily_flights.extract@")
        assert [span.text for row in screen.pane.sheet.rows for span in row if span.style == "chosen"]

    drive(play, bench_on(at="2013-01-04T06:10Z"), (120, 50))


def test_no_size_breaks_what_is_read() -> None:
    async def play(driven: Driven) -> None:
        for key in ("w", "enter", "y", "question_mark"):
            await driven.press(key, "pagedown", "tab", "shift+tab", "down", "up", "escape")

    for size in ((60, 18), (80, 24), (120, 36), (200, 50)):
        drive(play, bench_on(at=AT), size)
