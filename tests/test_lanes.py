"""Lanes: the timeline of the bench as text."""

from __future__ import annotations

import re
from itertools import pairwise
from zoneinfo import ZoneInfo

import workbench as wb
from tests.samples import block, late_jfk, sensors, session
from workbench.lessons.story import story_bench
from workbench.views.clock import Clock
from workbench.views.lane_sheet import drawn
from workbench.views.scales import Zoom, scale_of, ticks
from workbench.views.sheet import STYLES, Sheet, in_ascii, row_width


def shown(bench: wb.Bench, width: int = 80, height: int = 20) -> str:
    """The timeline as text, without what its glyphs mean."""
    sheet = bench.timeline(width, height)
    check(sheet, width)
    return sheet.text.partition("\n\n")[0].rstrip()


def check(sheet: Sheet, width: int) -> None:
    """No row is too wide, and every style has a meaning."""
    assert all(row_width(row) <= width for row in sheet.rows)
    assert {span.style for row in sheet.rows for span in row} <= STYLES


def at(time: str, pipeline: str = "") -> wb.Bench:
    bench = wb.Bench(session(pipeline) if pipeline else late_jfk())
    bench.go(time)
    return bench


def what_if() -> wb.Bench:
    """A was played to 08:35; in B extract waits for all three files, and it is 07:10."""
    bench = at("2013-01-04T08:35Z")
    bench.go("05:55")
    bench.do("wait extract for ewr jfk lga")
    bench.go("07:10")
    return bench


def test_a_what_if_with_the_future_from_which_it_parted_below() -> None:
    assert shown(what_if()) == block("""
         Fri 4 Jan        05:30   06:00    06:30     07:10   07:30    08:00    08:30
         ▤ewr                  ●                       ┃
         ▤jfk                     due··················┃
         ▤lga                    ●                     ┃
        ►extract                  W: jfk░░░░░░░░░░░░░░░┃
           in A                   1▒▒                  ┃
         clean                                         ┃
           in A                      1                 ┃
         publish                                       ┃
           in A                       1 ● 596 public   ┃
         board_dashboard                               ┃              ▲reads
           in A                                        ┃              ▲read 596
         ops_email                                     ┃                       ▲reads
           in A                                        ┃                       ▲read 596
    """)
    assert what_if().timeline(80, 20).title == "timeline: B, and A below it"


def test_where_rows_are_few_those_stay_that_say_most() -> None:
    assert shown(what_if(), height=9) == block("""
         Fri 4 Jan  05:30    06:00     06:30      07:10   07:30     08:00     08:30
         inputs       ewr●  ●lga                    ┃
         ▤jfk                due····················┃
        ►extract             W: jfk░░░░░░░░░░░░░░░░░┃
         clean                                      ┃
         publish                                    ┃
         all in A            ▒▒▒▒▒ ● 596 public     ┃
         readers                                    ┃               ▲board    ▲ops_email
           in A                                     ┃               ▲board    ▲ops 596
    """)
    assert shown(what_if(), height=7) == block("""
         Fri 4 Jan  05:30    06:00     06:30      07:10   07:30     08:00     08:30
         ▤jfk                due····················┃
        ►extract             W: jfk░░░░░░░░░░░░░░░░░┃
         clean                                      ┃
         publish                                    ┃
         all in A            ▒▒▒▒▒ ● 596 public     ┃               ▲board    ▲ops 596
         readers                                    ┃               ▲board    ▲ops_email
    """)
    assert shown(what_if(), height=6) == block("""
         Fri 4 Jan  05:30    06:00     06:30      07:10   07:30     08:00     08:30
         ▤jfk                due····················┃
        ►extract             W: jfk░░░░░░░░░░░░░░░░░┃
         clean                                      ┃
         publish                                    ┃
         readers                                    ┃               ▲board    ▲ops_email
    """)


def test_the_row_of_the_selection_is_there_and_marked_before_anything_is_on_it() -> None:
    bench = what_if()
    for time in ("05:55", "06:00", "06:10"):
        bench.go(time)
        for height in range(6, 20):
            marked = [row.split()[0] for row in bench.timeline(80, height).text.splitlines() if row.startswith("►")]
            assert marked == ["►extract"], (time, height)


def test_what_has_come_in_another_future_is_not_given_away_at_the_minute_when_it_is_due() -> None:
    bench = what_if()
    bench.go("06:00")
    assert "late" not in shown(bench)


def test_inputs_that_are_due_together_share_a_label_and_none_is_dropped() -> None:
    for height, width in ((8, 80), (8, 60)):
        bench = at("2013-01-04T05:40Z")
        row = bench.timeline(width, height).text.splitlines()[2]
        assert row.startswith(" inputs"), row
        assert "◇ewr,jfk,lga" in row
    rows = story_at_5_55().timeline(79, 8).text.splitlines()
    clock, inputs = rows[1], rows[2]
    assert inputs.index("◇jfk") == clock.index("◇")
    assert "ewr●" in inputs
    assert "(lga 05:55)" in inputs


def story_at_5_55() -> wb.Bench:
    bench = story_bench()
    bench.go("05:55")
    return bench


def test_how_many_rows_became_public_is_never_cut() -> None:
    bench = what_if()
    bench.go("08:05")
    for width in range(60, 130):
        assert re.search(r"1▒* *┃? ●\s?914|●914", bench.timeline(width, 9).text), bench.timeline(width, 9).text


def test_before_the_run_there_is_what_is_written_down_and_nothing_of_what_will_come() -> None:
    assert shown(at("2013-01-04T05:50Z"), 100) == block("""
         Fri 4 Jan             05:50 06:00       06:30       07:00      07:30       08:00       08:30
         clock                   ┃   ◇the clock makes the run
         ▤ewr                    ●
         ▤jfk                    ┃   ◇due
         ▤lga                    ┃   ◇due
        ►extract                 ┃
         clean                   ┃
         publish                 ┃
         board_dashboard         ┃                                                  ▲reads
         ops_email               ┃                                                              ▲reads
    """)


def test_tries_are_numbered_and_those_that_failed_are_marked() -> None:
    bench = at("2013-01-03T06:50Z")
    bench.zoom = bench.zoom.by(level=1)
    assert shown(bench, 110) == block("""
         Thu 3 Jan             05:40    05:50    06:00   06:10    06:20    06:30    06:40 06:50      07:00    07:10
         ▤ewr                         ●                                                     ┃
         ▤jfk                                ●                                              ┃
         ▤lga                               ●                                               ┃
        ►extract                                 1✖2✖░░░3✖░░░░░4✖░░░░░░░░░░░░░5▒▒▒▒▒▒▒▒     ┃
         clean                                                                         1✖░░░2
         publish                                                                            ┃
         board_dashboard                                                                    ┃                        ▸
         ops_email                                                                          ┃                        ▸
    """)


SLOTS = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    tasks:
      first: {takes: 20m, pool: one}
      second: {takes: 30m, pool: one}
      third: {needs: [first], takes: 5m, deadline: "06:10"}
      last: {needs: [second], deadline: "07:30"}
    ---
    pools: {one: 1}
    ---
    scenario: slots
    from: 2013-01-02T05:00Z
"""


def test_a_wait_for_a_slot_is_no_wait_for_data_and_deadlines_are_marked() -> None:
    assert shown(at("06:30", SLOTS)) == block("""
         Wed 2 Jan  05:45   06:00    06:15 06:30      06:45   07:00    07:15   07:30
        ►first              1▒▒▒▒▒▒▒▒▒▒      ┃
         second             Q: one░░░░░1▒▒▒▒▒┃
         last                                ┃                                 ⚑deadline
         third              missed⚑    1▒▒   ┃
    """)


SENSORS = sensors("after: {needs: [late]}")


def test_sensors_look_and_what_did_not_run_says_so() -> None:
    assert shown(at("06:50", SENSORS), 90) == block("""
         Wed 2 Jan        06:00        06:10        06:20        06:30        06:40      06:50
         ▤jfk             due·······································●32 min late           ┃
         gives            1 looks for jfk╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌                   ┃
         late             1 looks for jfk▓▓▓▓▓▓▓▓▓▓✖                                       ┃
        ►poke             1 looks for jfk▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓                   ┃
         after                                      ⊗did not run                           ┃
         load                                                           1▒▒▒▒▒▒▒▒▒▒▒▒      ┃
    """)


def never() -> wb.Bench:
    bench = at("2013-01-04T05:55Z")
    bench.do("never jfk@2013-01-03")
    bench.do("wait extract for jfk")
    bench.go("09:15")
    return bench


def test_who_read_an_older_day_instead() -> None:
    assert shown(never(), 90) == block("""
         Fri 4 Jan        05:30    06:00    06:30    07:00    07:30    08:00    08:30      09:15
         ▤ewr                  ●                                                             ┃
         ▤jfk                      due·······················································┃
         ▤lga                    ●                                                           ┃
        ►extract                   W: jfk░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░┃
         clean                                                                               ┃
         publish                                                                             ┃
         board_dashboard                                               ▽got Wed 2 Jan, old   ┃
         ops_email                                                              ▽old         ┃
    """)


def test_a_dag_that_is_switched_off() -> None:
    bench = never()
    bench.do("pause daily_flights")
    bench.go("10:00")
    assert shown(bench, 90).splitlines()[1].rstrip().endswith("paused════┃")
    assert "W: unpause░░" in shown(bench, 90)


def test_what_is_over_is_not_stretched_to_now() -> None:
    bench = at("2013-01-05T06:30Z")
    bench.show_day("Thu 3")
    assert shown(bench, 90) == block("""
         Fri 4 Jan        05:30     06:00     06:30     07:00      07:30     now Sat 5 Jan 06:30 ▸
         ▤ewr                   ●
         ▤jfk                       due·····························●95 min late
         ▤lga                     ●
        ►extract                    1▒▒
         clean                         1
         publish                        1 ● 596 public
         board_dashboard                                                     ▲read 596
         ops_email                                                                     ▲read 596
    """)


def test_an_older_console_reads_the_same() -> None:
    for bench in (what_if(), never(), at("06:50", SENSORS), at("06:30", SLOTS)):
        sheet = bench.timeline(100, 24)
        plain = in_ascii(sheet)
        assert plain.text.isascii()
        assert "?" not in plain.text
        assert [row_width(row) for row in plain.rows] == [row_width(row) for row in sheet.rows]


def test_rows_and_bars_can_be_pointed_at() -> None:
    sheet = what_if().timeline(80, 20)
    rows = sheet.text.splitlines()
    line = next(n for n, row in enumerate(rows) if "extract" in row)
    assert sheet.target_at(2, line) == "task:daily_flights.extract"
    assert sheet.target_at(rows[line].index("W"), line) == "at:2013-01-04T06:00:00Z"
    assert sheet.target_at(rows[0].index("07:30"), 0) == "at:2013-01-04T07:30:00Z"
    assert sheet.focus == (0, line)


def test_only_the_selected_row_is_marked() -> None:
    bench = what_if()
    bench.choose("consumer:daily_flights.ops_email")
    marked = [row for row in bench.timeline(80, 20).text.splitlines() if row.startswith("►")]
    assert [row.split()[0] for row in marked] == ["►ops_email"]


def test_what_the_glyphs_mean_is_told_where_there_is_room() -> None:
    bench = at("06:50", SENSORS)
    assert "▓ looks, and holds its slot" in bench.timeline(90, 20).text
    assert "holds its slot" not in bench.timeline(90, 8).text


# the scale


def test_the_scale_is_calm_while_time_goes_on() -> None:
    bench = at("2013-01-04T06:00Z")
    bench.do("wait extract for jfk")
    scales = []
    for minute in range(0, 90, 5):
        bench.go(f"2013-01-04T06:{minute:02}Z" if minute < 60 else f"2013-01-04T07:{minute - 60:02}Z")
        scales.append(bench.timeline(100, 20).text.splitlines()[0].split("06:")[0].rstrip())
    assert sum(a != b for a, b in pairwise(scales)) <= 2


def test_zoom_and_pan() -> None:
    bench = what_if()
    fit = shown(bench)
    bench.zoom = bench.zoom.by(level=1)
    assert "07:10" in shown(bench)
    assert shown(bench) != fit
    near = bench.timeline(80, 20)
    bench.zoom = bench.zoom.by(pan=-2)
    assert bench.timeline(80, 20) != near
    bench.zoom = Zoom()
    assert shown(bench) == fit


def test_zooming_keeps_its_bounds() -> None:
    zoom = Zoom()
    for _ in range(50):
        zoom = zoom.by(level=1)
    first = wb.instant("2013-01-04T06:00Z")
    scale = scale_of(first, first, first, 60, zoom)
    assert scale.end > scale.start
    assert scale.shows(first)


def test_labels_say_the_day_where_it_changes_and_follow_the_clock_of_the_zone() -> None:
    zone = ZoneInfo("America/New_York")
    first, last = wb.instant("2013-03-09T20:00Z"), wb.instant("2013-03-10T16:00Z")  # the clocks jump between them
    for width in (70, 120):
        head = drawn("", (), scale_of(first, last, last, width), last, Clock(last, zone), 12).text
        assert head.strip().startswith("Sat 9 Mar")
        assert "Sun" in head
    times = [time for _, time in ticks(scale_of(first, last, last, 120), Clock(last, zone))]
    assert {time[3:] for time in times} == {"00"}
    months = scale_of(first, wb.instant("2013-06-01T00:00Z"), first, 120)
    assert {time for _, time in ticks(months, Clock(last, zone))} == {""}


def test_a_day_whose_label_has_no_room_is_told_shorter() -> None:
    bench = at("2013-01-05T06:20Z")
    bench.do("rerun clean@2013-01-03 down")
    bench.show_day("Thu 3")
    bench.go("+30m")
    assert "Sat 00:00" in shown(bench, 100).splitlines()[0]
