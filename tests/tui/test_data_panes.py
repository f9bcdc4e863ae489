"""Data, days, events and alerts: what the core tells, and what keys and clicks do on the screen."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

import workbench as wb
from tests.bench_cases import sample_bench, spans, states_in
from tests.tui.screens import SIZES, Driven, bench_on, drive
from tui.pane import Pane
from workbench.views.grid import GridSheet
from workbench.views.sheet import Sheet, Span

FRIDAY = "2013-01-04T08:40Z"


def what_if_b() -> wb.Bench:
    """The story's second future at 07:10: extract waits for JFK, and A went wrong."""
    bench = bench_on(at=FRIDAY)
    bench.go("05:55")
    bench.do("wait extract for jfk")
    bench.go("07:10")
    return bench


def line_with(text: str, *words: str) -> str:
    """The only line in which all of these stand."""
    found = [line for line in text.splitlines() if all(word in line for word in words)]
    assert len(found) == 1, (words, text)
    return found[0]


# data


def test_the_table_says_what_is_public_whether_right_and_who_read_it() -> None:
    text = bench_on(at=FRIDAY).data(119).text
    head, first, second = text.splitlines()[:3]
    assert head.split() == ["pub_punctuality", "rows", "right?", "public", "made", "from", "read", "by"]
    assert first.split("  ")[0] == "►Thu 3 Jan"
    assert "596  no: 318 missing  ● Fri 06:15  ewr lga, no jfk  board_dashboard Fri 08:00: 318 missing" in first
    assert second.strip() == "ops_email Fri 08:30: 318 missing"
    assert "943  yes" in line_with(text.split("stg_flights")[0], "Wed 2 Jan", "Thu 06:55")


def test_a_lesson_can_hide_what_is_right() -> None:
    bench = bench_on(at=FRIDAY)
    bench.shows_right = False
    assert "missing" not in bench.data(119).text
    assert "right" not in bench.data(119).text
    assert "board_dashboard Fri 08:00" in bench.data(119).text


def test_right_or_wrong_is_not_said_before_somebody_has_read_it() -> None:
    """That 318 rows are missing would tell what the late file will bring."""
    bench = bench_on(at="2013-01-04T06:15Z")
    for at in ("06:15", "07:34"):
        bench.go(at)
        text = bench.data(119).text
        assert "318" not in text
        assert "596  unread" in line_with(text.split("stg_flights")[0], "Thu 3 Jan")
        assert "unread: not judged yet, because nobody has read it" in text
    bench.go("08:00")
    assert "no: 318 missing" in bench.data(119).text.split("stg_flights")[0]


def test_another_what_if_stands_below_where_it_differs() -> None:
    report = what_if_b().data(119).text.split("stg_flights")[0]
    assert "not yet" in line_with(report, "►Thu 3 Jan")
    assert "ewr lga here" in report
    assert report.count("would get Wed 2, marked old") == 2
    assert "596  no: 318 missing" in line_with(report, "Thu 3 Jan A")
    assert "A" not in line_with(report, "Wed 2 Jan").split("  ")[0]


def test_a_wrong_version_stands_beside_what_would_have_been_right() -> None:
    bench = bench_on(at=FRIDAY)
    bench.choose("dataset:daily_flights.stg_flights@2013-01-03")
    text = bench.data(90).text
    assert "stg_flights of Thu 3 Jan: 318 missing" in text
    told = " ".join(text.split())
    assert "596 rows are there, 914 would be right." in told
    assert "All that are missing have origin JFK, and none of the others." in told
    assert text.count("- missing") == 3
    bench.choose("dataset:daily_flights.stg_flights@2013-01-02")
    assert "would be right" not in bench.data(90).text


def test_what_is_beside_is_counted_as_it_is_judged() -> None:
    """Over shipped stories with rows: the sorts of rows that are shown are those that were counted."""
    seen = set()
    for name in ("counted_twice", "truncated_file", "late_rows", "green_but_empty", "overwritten_repair"):
        bench = sample_bench(name)
        bench.session.run_until()
        for versions in bench.known.data.versions.values():
            for version in versions:
                found = bench.session.beside(version, most=10**6)
                if found is None:
                    continue
                judged = found.judged
                if found.missing or found.extra or found.changed:
                    seen.add(name)
                    assert len(found.missing) + len(found.changed) >= judged.missing, name
                    assert len(found.missing) - len(found.extra) == judged.missing - judged.duplicated, name
    assert seen


def test_states_of_versions_have_a_glyph_and_words() -> None:
    bench = bench_on(at=FRIDAY)
    bench.do("withdraw pub_punctuality@2013-01-03")
    assert "∅ withdrawn Fri 08:40" in bench.data(119).text


# days


def test_days_are_tasks_by_partitions_and_the_selected_cell_is_marked() -> None:
    bench = what_if_b()
    lines = bench.days(100).text.splitlines()
    assert lines[0].split() == ["Jan", "2013"]
    assert lines[1].split() == ["We", "Th"]
    assert lines[2].split() == ["2", "3"]
    assert line_with("\n".join(lines), "extract").split() == ["►", "extract", "●", "[◔]"]
    assert line_with("\n".join(lines), "▤ jfk").split() == ["▤", "jfk", "✓", "◷"]
    assert states_in(bench.days(100), "task:daily_flights.clean@2013-01-02") == {"state.success"}


def test_backfills_second_runs_and_days_without_a_run_are_told_apart() -> None:
    bench = bench_on(at=FRIDAY)
    bench.do("backfill clean@2013-01-01 all")
    bench.do("trigger daily_flights@2013-01-03")
    bench.other_day(1)
    bench.next()
    top = line_with(bench.days(100).text, "daily_flights").replace("daily_flights", "").split()
    assert [cell[0] for cell in top] == ["b", "●", "m", "·"], bench.days(100).text


def test_days_of_hours_weeks_and_months_have_heads() -> None:
    for unit, schedule, heads in (("hour", "0 * * * *", ("Tu 1", "00")), ("week", "0 6 * * 1", ("Jan 2013", "7")),
                                  ("month", "0 6 1 * *", ("2013", "Jan"))):  # fmt: skip
        dag = wb.Dag("grid", schedule=schedule, start="2013-01-01", partition=unit)
        dag.task("load", takes="1m")
        session = wb.Session(dag, wb.Scenario(start=wb.instant("2013-01-01T00:30Z")))
        session.run_until("2013-01-01T06:30Z" if unit == "hour" else "2013-03-04T07:00Z")
        text = wb.Bench(session).days(60).text
        assert all(head in text for head in heads), text


def big(tasks: int = 200, days: int = 90) -> wb.Bench:
    """A DAG of many tasks that ran for many days, and runs now."""
    dag = wb.Dag("big", schedule="0 6 * * *", start="2013-01-01")
    made = [dag.task(f"task_{n:03}", takes="1m") for n in range(tasks)]
    for n, task in enumerate(made[10:]):
        _ = made[n] >> task
    start = wb.instant("2013-01-01T05:00Z")
    session = wb.Session(dag, wb.Scenario(start=start, until=wb.instant("2014-01-01T05:00Z")))
    session.run_until(start + timedelta(days=days - 1, minutes=65))
    return wb.Bench(session)


def test_a_part_of_a_row_is_the_row_there() -> None:
    bench = big(20, 60)
    bench.choose("task:big.task_004@2013-01-31")
    sheet = bench.days(60)
    assert isinstance(sheet, GridSheet)
    grid = sheet.grid
    for number in range(1, grid.height - 1):
        whole = "".join(span.text for span in grid.row(number))
        for first, count in ((0, 7), (20, 15), (50, 30)):
            part = "".join(span.text for span in grid.part(number, first, count))
            start = grid.label + first * grid.wide
            assert whole[start : start + len(part)].rstrip(" ]") == part.rstrip(" ]"), (number, first)
    assert grid.target_at(*(sheet.focus or (0, 0))) == "task:big.task_004@2013-01-31"
    assert grid.beside("left") == "task:big.task_004@2013-01-30"
    assert grid.beside("up").startswith("task:big.task_003@")


def test_a_redraw_of_200_tasks_and_90_days_is_fast() -> None:
    """Under 20 ms of work for what is on a screen of 50 rows and 200 columns, after a step."""
    bench = big()
    spent = []
    for _ in range(9):
        bench.next("event")
        assert bench.known
        begin = time.process_time()
        sheet = bench.days(140)
        assert isinstance(sheet, GridSheet)
        for number in range(45):
            sheet.grid.part(number, 30, 60)
            sheet.grid.label_of(number)
        spent.append(time.process_time() - begin)
    assert sorted(spent)[4] < 0.02 * 2, spent  # twice: the machines of others are slower


# events


def test_events_say_what_caused_them_and_end_now() -> None:
    text = what_if_b().events(100).text
    assert text.splitlines()[-1] == "Fri 07:10  now"
    assert line_with(text, "Fri 06:00", "held") == "Fri 06:00  extract is held, because jfk is not here"
    assert line_with(text, "you:") == "Fri 05:55  you: extract waits for jfk → what-if B"
    bench = what_if_b()
    bench.go("07:36")
    assert line_with(bench.events(100).text, "Fri", "extract starts") == "Fri 07:35  extract starts ← jfk came"


def test_a_row_of_events_leads_to_its_event_and_its_cause() -> None:
    bench = what_if_b()
    bench.go("07:36")
    row = next(row for row in bench.events(100).rows if "extract starts ← jfk" in "".join(s.text for s in row))
    first, cause = row[0].target, row[-1].target
    bench.go(cause.replace(":", " "))
    assert bench.session.events[-1].input == "jfk"  # type: ignore[union-attr]
    bench.go(first.replace(":", " "))
    assert type(bench.session.events[-1]).__name__ == "AttemptStarted"


def test_only_events_of_the_selection() -> None:
    bench = bench_on(at=FRIDAY)
    bench.only_chosen = True
    bench.choose("input:daily_flights.jfk")
    assert [line[:9] for line in bench.events(80).text.splitlines()] == ["Thu 05:56", "Fri 07:35", "Fri 08:40"]


def test_events_are_fast_at_many_events() -> None:
    bench = big(200, 160)
    assert bench.session.position > 90_000
    begin = time.process_time()
    bench.events(80)
    assert time.process_time() - begin < 0.1


# alerts


def test_alerts_say_who_was_told_and_which_deadlines_are_ahead() -> None:
    bench = sample_bench("harbor_air", None, "2013-01-04T05:00Z")
    bench.do("never jfk@2013-01-03")
    bench.go("06:30")
    before = bench.alerts(80).text
    told = "◷ 07:00  jfk of Thu 3 Jan must have come; else analytics-oncall is told"
    assert "deadlines ahead" in before
    assert told in before
    bench.go("08:30")
    text = bench.alerts(80).text
    assert "jfk of Thu 3 Jan has not come by its deadline" in text
    assert "✔ analytics-oncall was told" in text
    assert "must have come" not in text


def test_what_reached_nobody_is_seen() -> None:
    bench = bench_on(at="2013-01-04T05:50Z")
    bench.do("never jfk@2013-01-03")
    bench.do("wait extract for jfk")
    bench.do("set publish deadline 07:00 owner departed-owner")
    bench.go("07:30")
    found = [span for span in spans(bench.alerts(80)) if span.style == "bad"]
    assert any("reached nobody" in span.text and span.text.startswith("✖") for span in found), bench.alerts(80).text


# on the screen


def test_four_views_at_three_sizes() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("3")
        driven.shows("Jan 2013", "▤ jfk", "[●]", "● ended well")
        await driven.press("4")
        driven.shows(
            "pub_punctuality", "no: 318 missing", "board_dashboard Fri 08:00", "Nobody was told: no rule asked for it."
        )
        await driven.press("2")
        driven.shows("events", "Fri 08:40  now")

    for size in SIZES:
        drive(play, bench_on(at=FRIDAY), size)


def test_arrows_move_the_cell_and_all_panes_follow() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("3", "left")
        driven.shows("Wed 2 Jan", "[●]")
        await driven.press("down")
        driven.shows("►  clean")
        await driven.press("up", "up")
        driven.shows("►▤ lga")

    drive(play, bench_on(at=FRIDAY))


def test_a_click_selects_a_cell() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("3")
        lines = driven.text.splitlines()
        y = next(n for n, line in enumerate(lines) if line.startswith("   publish"))
        await driven.pilot.click(offset=(lines[y].index("●"), y))
        await driven.pilot.pause()
        driven.shows("►  publish", "[●] ●")

    drive(play, bench_on(at=FRIDAY))


def test_a_chosen_row_of_data_leads_to_its_day() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("4", "down", "down", "down", "down", "enter")
        driven.shows("►Thu 3 Jan" if "►Thu 3 Jan" in driven.text else "►Wed 2 Jan")
        assert driven.app.screen.bench.chosen.kind in ("dataset", "task")  # type: ignore[attr-defined]

    drive(play, bench_on(at=FRIDAY))


def test_enter_on_an_event_goes_there() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("2")
        driven.app.screen.query_one("#events").focus()
        await driven.press("up", "up", "enter")
        driven.shows("08:00")
        assert "Fri 08:40  now" not in driven.text

    drive(play, bench_on(at=FRIDAY))


def test_many_days_scroll_to_the_one_that_is_shown_and_labels_stay() -> None:
    async def play(driven: Driven) -> None:
        await driven.press("3")
        driven.shows("task_000", "● ended well")
        assert "Jan 2013" not in driven.text
        for _ in range(60):
            driven.app.screen.bench.other_day(-1)  # type: ignore[attr-defined]
        driven.app.screen.draw()  # type: ignore[attr-defined]
        await driven.pilot.pause()
        driven.shows("task_000", "Jan     Feb 2013", "[●")

    drive(play, big(40, 90), (80, 24))


# what readers got is not cut, and the scroll bar touches no text


def spoiled() -> wb.Bench:
    bench = bench_on()
    bench.do("unit ewr@2013-01-02 arr_delay 60 onward")
    bench.go("Fri 08:35")
    return bench


@pytest.mark.parametrize("width", [80, 100, 118, 150, 200])
def test_what_a_reader_got_is_never_cut(width: int) -> None:
    text = spoiled().data(width - 1).text
    assert "…" not in text.partition("pub_punctuality of")[0]
    assert "board_dashboard Fri 08:00" in text
    got = [line for line in text.splitlines() if "ops_email Fri 08:30" in line]
    assert all("✖ ops_email" in line or "318 missing" in line for line in got)


def test_what_is_too_long_for_the_column_goes_on_below() -> None:
    bench = what_if_b()
    bench.do("never jfk@2013-01-03")
    bench.go("08:40")
    for width in range(84, 140):
        words = " ".join(bench.data(width).text.partition("\n\n")[0].split())
        assert "…" not in words, words
        assert "wanted Thu 3: got" in words or "wanted Thu" in words


def test_a_column_stays_free_before_the_scroll_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = spoiled()

    def full(width: int) -> Sheet:
        return Sheet("data", ((Span("x" * width),),) * 60)

    monkeypatch.setattr(bench, "data", full)

    async def play(driven: Driven) -> None:
        await driven.press("4")
        pane = driven.app.screen.query_one("#data", Pane)
        assert pane.show_vertical_scrollbar
        assert pane.sheet.width == pane.scrollable_content_region.width - 1

    drive(play, bench, (118, 24))
