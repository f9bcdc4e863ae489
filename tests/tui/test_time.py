"""Moving through time: steps and their undoing, going to a time, playing, days, and work that takes long."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import pytest

import workbench as wb
from tests.samples import session
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tui import working
from tui.working import Outcome, Progress, is_busy, work
from workbench.views.sheet import row_width

START = "2013-01-04T05:45Z"


def clock_of(driven: Driven) -> str:
    """The time on top of the screen."""
    return driven.text.splitlines()[0]


# stepping


@pytest.mark.parametrize("seed", range(3))
def test_any_walk_is_undone_by_as_many_steps_back_screen_by_screen(seed: int) -> None:
    """Law: after n, N and m in any order, each b shows again exactly what was there."""
    keys = random.Random(seed).choices("nNm", weights=(5, 4, 1), k=9)

    async def play(driven: Driven) -> None:
        seen = []
        for key in keys:
            seen.append(driven.text)
            await driven.press(key)
            if driven.text == seen[-1]:
                seen.pop()
        for before in reversed(seen):
            await driven.press("b")
            assert driven.text == before

    drive(play, bench_on(at=START), SIZES[seed])


def test_a_jump_is_undone_like_a_step_also_in_the_middle_of_an_instant() -> None:
    bench = bench_on(at="2013-01-04T06:00Z")
    bench.next("event")
    bench.next("event")
    before = bench.session.cursor
    bench.go("08:05")
    bench.go("05:50")
    bench.back()
    bench.back()
    assert bench.session.cursor == before


def test_the_end_is_said_and_needs_no_step_back() -> None:
    async def play(driven: Driven) -> None:
        before = driven.text
        await driven.press("n")
        driven.shows("Nothing more comes until Sat 5 Jan 09:00")
        await driven.press("n", "b")
        assert clock_of(driven) != before.splitlines()[0]

    drive(play, bench_on(at="2013-01-05T09:00Z"))


# going


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("07:35", "2013-01-04T07:35Z"),
        ("+2h", "2013-01-04T08:00Z"),
        ("-30m", "2013-01-04T05:30Z"),
        ("Sat 08:00", "2013-01-05T08:00Z"),
        ("thursday 07:00", "2013-01-03T07:00Z"),
        ("Sat", "2013-01-05T00:00Z"),
        ("5 Jan 08:00", "2013-01-05T08:00Z"),
        ("Thu 3 Jan 06:00", "2013-01-03T06:00Z"),
        ("2013-01-04 07:00", "2013-01-04T07:00Z"),
        ("2013-01-04T07:00Z", "2013-01-04T07:00Z"),
    ],
)
def test_where_one_can_go(typed: str, there: str) -> None:
    bench = bench_on(at="2013-01-04T06:00Z")
    bench.go(typed)
    assert bench.now == wb.instant(there)


def test_before_the_first_run_a_clock_time_is_of_the_day_of_the_run_that_is_due() -> None:
    bench = wb.Bench(wb.Session(wb.sketch("a >> b")))  # from Tue 1 Jan 00:00; the first run starts Wed 2 Jan 06:00
    bench.go("06:02")
    assert bench.now == wb.instant("2013-01-02T06:02Z")
    bench.go("05:00")
    assert bench.now == wb.instant("2013-01-02T05:00Z")


def test_to_an_event_by_its_number() -> None:
    bench = bench_on(at="2013-01-04T06:00Z")
    bench.go("event 12")
    assert bench.session.position == 12


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("soon", "soon is no time"),
        ("25:00", "25:00 is no time"),
        ("+x", "+x is no span of time; write +2h"),
        ("31 Feb", "there is no 31 Feb near"),
        ("event 99999", "there is no event 99999"),
        ("2012-12-24 08:00", "is before this simulation begins, Thu 3 Jan 05:30"),
    ],
)
def test_what_is_no_time_is_told_and_moves_nothing(typed: str, told: str) -> None:
    bench = bench_on(at="2013-01-04T06:00Z")
    before = bench.session.cursor
    with pytest.raises(wb.InvalidInput) as refused:
        bench.go(typed)
    assert told in str(refused.value.problems[0])
    assert bench.session.cursor == before


def test_times_are_read_in_the_zone_that_the_screen_shows() -> None:
    bench = bench_on("harbor_air", None)
    bench.go("2013-01-08T08:00Z")
    assert bench.choose("task:weather_daily.load")
    assert "03:00 New York" in "".join(span.text for span in bench.header(120))
    bench.go("04:00")
    assert bench.now == wb.instant("2013-01-08T09:00Z")


def test_go_on_the_screen() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("g")
        driven.shows("go to")
        await driven.type("8")
        await driven.press("backspace")
        await driven.press("0", "8", "colon", "0", "5", "enter")
        assert "Fri 4 Jan 08:05 UTC" in clock_of(driven)
        await driven.press("g", "x", "enter")
        driven.shows("x is no time")
        await driven.press("g", "escape")
        assert "Fri 4 Jan 08:05 UTC" in clock_of(driven)

    drive(play, bench_on(at=START), (80, 24))


# playing


def test_play_goes_on_by_itself_and_another_step_ends_it() -> None:
    async def play(driven: Driven) -> None:
        for _ in range(6):
            await driven.press("greater_than_sign")
        driven.shows("16 instants a second")
        await driven.press("space")
        assert "▶ 16 a second" in clock_of(driven)
        before = clock_of(driven)
        await driven.pilot.pause(0.5)
        assert clock_of(driven) != before
        await driven.press("b")
        assert "▶" not in clock_of(driven)

    drive(play, bench_on(at=START))


class _Asks(wb.NoGuide):
    """Asks once the run is there."""

    def question(self, bench: wb.Bench) -> wb.Question | None:
        return wb.Question("What now?", (("x", "wait"),)) if bench.run is not None else None


def test_play_stands_still_when_something_is_asked_and_at_the_end() -> None:
    async def asked(driven: Driven) -> None:
        await driven.press("space")
        for _ in range(40):
            await driven.pilot.pause(0.1)
        assert "▶" not in clock_of(driven)
        assert "Fri 4 Jan 06:00" in clock_of(driven)

    bench = bench_on(at="2013-01-04T05:55Z")
    bench.guide = _Asks()
    drive(asked, bench)

    async def ended(driven: Driven) -> None:
        await driven.press("space")
        await driven.pilot.pause(1.0)
        assert "▶" not in clock_of(driven)
        driven.shows("Nothing more comes")

    drive(ended, bench_on(at="2013-01-05T09:00Z"))


# days


def test_another_day_by_list_by_name_and_by_key() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("d")
        driven.shows("the run of which day?", "►Thu 3 Jan", "Wed 2 Jan")
        await driven.press("down", "enter")
        assert "for Wed 2 Jan, made Thu 3 Jan" in clock_of(driven)
        await driven.press("right_curly_bracket")
        assert "for Thu 3 Jan" in clock_of(driven)
        await driven.press("left_curly_bracket")
        await driven.press("d")
        await driven.type("thu")
        await driven.press("enter")
        assert "for Thu 3 Jan" in clock_of(driven)
        await driven.press("d", "z", "enter")
        driven.shows("'z' is no day of daily_flights")

    drive(play, bench_on(at="2013-01-04T07:10Z"))


def test_following_the_newest_again() -> None:
    bench = bench_on(at="2013-01-04T07:10Z")
    bench.show_day("Wed 2 Jan")
    assert bench.window.key == "2013-01-02"
    bench.show_day("2013-01-03")
    assert bench.window.key == "2013-01-03"
    bench.show_day("2")
    assert bench.window.key == "2013-01-02"
    bench.show_day("")
    assert bench.day is None


# the lines that never leave the screen


def test_the_header_says_both_dates_and_what_is_not_as_usual() -> None:
    bench = bench_on(at="2013-01-04T08:35Z")
    bench.go("05:55")
    bench.do("wait extract for jfk")
    bench.go("07:10")
    told = "".join(span.text for span in bench.header(120))
    for text in ("for Thu 3 Jan, made Fri 4 Jan", "Fri 4 Jan 07:10 UTC", "what-if B (left A at 05:55)"):
        assert text in told
    assert "fault" not in told  # the scenario has three, which are its secret
    bench.do("never jfk@2013-01-03")
    bench.do("pause daily_flights")
    told = "".join(span.text for span in bench.header(160))
    assert "1 fault" in told
    assert "paused" in told
    bench.do("unpause daily_flights")
    bench.do("lift never jfk")
    assert "fault" not in "".join(span.text for span in bench.header(160))


def test_a_fault_stays_in_the_header_once_the_run_is_made() -> None:
    """At 80 cells not all of it fits: when the run was made is said less."""
    bench = bench_on(at="2013-01-04T08:35Z")
    bench.go("05:55")
    bench.do("never jfk@2013-01-03")
    for at, made in (("05:55", "due"), ("06:00", "made")):
        bench.go(at)
        assert "1 fault" in "".join(span.text for span in bench.header(80))
        told = "".join(span.text for span in bench.header(120))
        assert "1 fault" in told
        assert made in told


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_header_and_strip_fit_and_keep_the_clock_and_the_shown_day(width: int) -> None:
    bench = bench_on(at="2013-01-04T08:35Z")
    bench.go("05:55")
    bench.do("wait extract for jfk")
    bench.go("07:10")
    assert row_width(bench.header(width)) <= width
    assert row_width(bench.strip(width)) <= width
    assert "07:10 UTC" in "".join(span.text for span in bench.header(width))
    assert "what-if B" in "".join(span.text for span in bench.header(width))
    assert "►Thu 3 ◔" in "".join(span.text for span in bench.strip(width))


def test_the_strip_says_what_is_public_and_who_read_it_and_never_whether_it_is_right() -> None:
    bench = bench_on(at="2013-01-04T08:05Z")
    told = "".join(span.text for span in bench.strip(120))
    assert told.startswith("pub_punctuality  Wed 2 ● 943   ►Thu 3 ● 596   Fri 4 ○")
    assert told.endswith("board_dashboard read Thu 3 (596 rows) at 08:00")
    bench.do("withdraw pub_punctuality@2013-01-03")
    assert "►Thu 3 ∅ withdrawn" in "".join(span.text for span in bench.strip(120))
    targets = {span.target for span in bench.strip(120)}
    assert "run:daily_flights@2013-01-02" in targets


def test_a_dag_without_datasets_has_its_runs_there() -> None:
    bench = bench_on("sensor_deadlock", None, "2026-03-03T03:00Z")
    assert "".join(span.text for span in bench.strip(100)).startswith("runs of report_01  ►Mon 2 ")


# the timeline's pane


def test_the_clock_stays_while_the_rows_are_scrolled_and_a_click_on_it_goes_there() -> None:
    async def play(driven: Driven) -> None:
        pane = driven.app.screen.query_one("#timeline")
        pane.scroll_to(y=3, animate=False)
        await driven.pilot.pause()
        rows = driven.text.splitlines()
        head = next(n for n, row in enumerate(rows) if "timeline" in row) + 1
        assert "Fri 4 Jan" in rows[head]
        await driven.pilot.click(offset=(rows[head].index("06:00") + 1, head))
        await driven.pilot.pause()
        assert "Fri 4 Jan 06:00 UTC" in clock_of(driven)

    drive(play, what_if(), (80, 24))


def what_if() -> wb.Bench:
    bench = bench_on(at="2013-01-04T08:35Z")
    bench.go("05:55")
    bench.do("wait extract for ewr jfk lga")
    bench.go("07:10")
    return bench


def test_zoom_and_pan_and_fit_on_the_screen() -> None:
    async def play(driven: Driven) -> None:
        fit = driven.text
        await driven.press("plus")
        near = driven.text
        await driven.press("comma")
        assert len({fit, near, driven.text}) == 3
        await driven.press("0")
        assert driven.text == fit

    drive(play, what_if())


# work that takes long


def _slow(release: Event, told: list[datetime]) -> Callable[[Progress], str]:
    def job(progress: Progress) -> str:
        at = wb.instant("2013-01-04T06:00Z")
        while not release.wait(0.02):
            at += timedelta(minutes=1)
            told.append(at)
            progress(at)
        return "done"

    return job


def test_long_work_says_how_far_it_is_takes_all_keys_and_can_be_stopped() -> None:
    async def play(driven: Driven) -> None:
        told: list[datetime] = []
        ended: list[Outcome] = []
        position = driven.app.screen.bench.session.position  # type: ignore[attr-defined]
        bench = driven.app.screen
        assert work(bench, "simulating", _slow(Event(), told), ended.append)
        assert is_busy(driven.app)
        assert not work(bench, "something else", _slow(Event(), told), ended.append)
        await driven.pilot.pause(0.3)
        driven.shows("simulating", "reached 2013-01-04", "Esc stops here")
        await driven.press("n", "n", "g")
        assert bench.bench.session.position == position  # type: ignore[attr-defined]
        await driven.press("escape")
        for _ in range(20):
            await driven.pilot.pause(0.1)
            if ended:
                break
        assert [one.stopped for one in ended] == [True]
        assert driven.app.screen is bench
        assert not is_busy(driven.app)

    drive(play, bench_on(at=START))


def test_work_of_a_moment_shows_nothing_and_errors_are_handed_over() -> None:
    async def play(driven: Driven) -> None:
        ended: list[Outcome] = []
        screen = driven.app.screen
        assert work(screen, "quick", lambda progress: 7, ended.append)
        assert driven.app.screen is screen

        def bad(progress: Progress) -> None:
            raise ValueError("no")

        assert work(screen, "bad", bad, ended.append)
        assert [(one.value, str(one.error)) for one in ended] == [(7, "None"), (None, "no")]

    drive(play, bench_on(at=START))


OFTEN = """
    dag: d
    schedule: every 5m
    start: 2013-01-01
    partition: hour
    tasks: {load: {takes: 1m}}
    ---
    scenario: often
    from: 2013-01-02T05:00Z
"""


def test_a_long_way_is_stopped_where_it_is_and_nothing_is_lost() -> None:
    """Esc while going far: the clock stands where the simulation had come to, and `b` leads back."""
    bench = wb.Bench(session(OFTEN))
    begin = bench.session.cursor

    def stop(at: datetime) -> None:
        raise working.Stopped

    with pytest.raises(working.Stopped):
        bench.go_to(bench.now + timedelta(days=60), stop)
    assert bench.now > begin.now
    assert bench.session.position > 1000
    made = bench.session.position
    bench.back()
    assert bench.session.cursor == begin
    bench.go_to(bench.session.branch.horizon)
    assert bench.session.position == made


def test_a_history_is_written_from_the_work_s_own_thread(tmp_path: object) -> None:
    """SQLite ties connections to threads, unless it is told that they are used one after the other."""
    with wb.keep(f"{tmp_path}/runs.db") as history:
        bench = wb.Bench(wb.sample("daily_flights", "late_jfk", history=history))

        async def play(driven: Driven) -> None:
            await driven.press("g")
            for key in ("0", "8", "colon", "0", "5"):
                await driven.press(key)
            await driven.press("enter")
            assert "08:05 UTC" in clock_of(driven)

        drive(play, bench)
