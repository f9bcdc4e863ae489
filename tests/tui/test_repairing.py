"""What a person is told who breaks daily_flights in two ways and repairs it."""

from __future__ import annotations

from datetime import timedelta

import pytest

import workbench as wb
from tests.tui.screens import SIZES, Driven, bench_on, drive
from workbench.bench.comparing import Comparing
from workbench.bench.menus import edit_menu, outlook, repair_menu
from workbench.bench.offers import offers
from workbench.bench.panes.why import answer_of
from workbench.views.compare_html import page

HALF = "truncate lga@2013-01-02 share 40%"


def played(*lines: str) -> wb.Bench:
    """A bench on which these lines were done; `go Fri 08:00` goes there."""
    bench = bench_on()
    for line in lines:
        verb, _, rest = line.partition(" ")
        bench.go(rest) if verb == "go" else bench.do(line)
    return bench


@pytest.fixture(scope="module")
def two() -> Comparing:
    """A: a half file on Thursday, and nobody does anything. B: it is mended; on Friday everything waits for jfk, which
    comes after the board has read."""
    bench = played(
        HALF, "go Fri 08:35", "go Thu 08:40", "lift lga", "deploy clean v2", "wait extract for jfk lga ewr",
        "go 08:50", "rerun extract@2013-01-02 down", "go Fri 05:00", "late jfk@2013-01-03 at 08:10",
        "truncate lga@2013-01-03 share 40%", "go Fri 08:35",
    )  # fmt: skip
    return Comparing.of(bench)


def told(comparing: Comparing, day: str, what: str) -> tuple[str, str]:
    """A row of the outcome of a day."""
    comparing.chosen = ("daily_flights", day)
    row = next(row for row in comparing.outcomes().rows if row.what == what)
    return row.a.text, row.b.text


# what readers got


def test_a_reader_is_told_by_the_read_meant_for_the_day_and_not_by_one_that_fell_back_to_it(two: Comparing) -> None:
    got = "779 rows, 164 missing, at Thu 08:00"
    assert told(two, "2013-01-02", "board_dashboard read") == (got, got)


def test_who_fell_back_is_told_at_the_day_that_was_wanted(two: Comparing) -> None:
    a, b = told(two, "2013-01-03", "board_dashboard read")
    assert (a, b) == ("596 rows, 318 missing, at 08:00", "got Wed 2, marked old, at 08:00")


def test_the_page_says_the_same_as_its_clock(two: Comparing) -> None:
    two.chosen = ("daily_flights", "2013-01-02")
    html = page(two.page())
    assert html.count("779 rows, 164 missing, at Thu 08:00") == 2
    assert "Fri 4 Jan 08:00" not in html.partition("What came of it")[2]


# what was done


def test_all_that_was_done_is_named(two: Comparing) -> None:
    assert two.named(two.b) == "lift lga, deploy clean v2 and 4 more"
    assert two.named(two.a) == "nothing more was done"  # its half file is of both
    short = "lift lga, deploy clean v2, extract waits for jfk lga ewr, rerun extract, late jfk, half file of lga"
    assert two.named(two.b, 10) == short
    wide, html = two.first(118).text, page(two.page())
    for text in ("deploy", "extract waits for jfk", "then in B, Thu 3 Jan 08:50, extract, clean and publish"):
        assert text in wide
        assert text in html
    assert "because in B: lift lga, deploy clean v2" in two.first(78).text


def test_a_file_that_came_once_has_not_come_again(two: Comparing) -> None:
    assert "A  lga came 05:55 with 108 rows; it did not come again." in two.first(118).text


def test_other_faults_in_one_of_them_are_said_in_the_conclusion(two: Comparing) -> None:
    two.chosen = ("daily_flights", "2013-01-03")
    assert two.lesson.endswith("Only B had the late jfk and half file of lga.")
    assert "Only B had the late jfk and half file of lga." in page(two.page())
    two.chosen = ("daily_flights", "2013-01-02")
    assert two.lesson == "Both green. A is still wrong; B is right now, after 2 reads got wrong rows."


@pytest.mark.parametrize("size", SIZES)
def test_a_narrow_table_breaks_its_lines(size: tuple[int, int], two: Comparing) -> None:
    two.chosen = ("daily_flights", "2013-01-02")
    text = two.outcome(size[0] - 2).text
    assert text.count("08:00") == 2
    assert "…" not in text.partition("\n")[2]


# code that fails


def buggy(*lines: str) -> wb.Bench:
    bench = played("go Fri 05:00", "bug clean version v1", "go Fri 08:00", *lines)
    bench.choose("run:daily_flights.clean@2013-01-03")
    return bench


def test_other_code_is_offered_where_the_code_fails_and_nothing_that_is_in_vain() -> None:
    bench = buggy()
    lines = [one.line for one in offers(bench, answer_of(bench))]
    assert lines == ["deploy clean v2", "wait extract for jfk"]
    menu = repair_menu(bench)
    assert menu.items[0].typed() == "deploy clean v2"
    notes = {item.name: item.note for item in menu.items}
    assert notes["rerun"] == notes["rerun only"] == "the same code fails again"
    assert answer_of(bench).helps[0] == "mend the code, then rerun clean@2013-01-03 down"


def test_once_it_is_deployed_running_again_is_what_helps() -> None:
    bench = buggy("deploy clean v2")
    assert offers(bench, answer_of(bench))[0].line == "rerun clean@2013-01-03 down"
    assert {item.note for item in repair_menu(bench).items if item.name == "rerun"} == {""}


def test_what_could_not_run_is_helped_by_the_code_of_what_failed() -> None:
    bench = buggy()
    bench.choose("run:daily_flights.publish@2013-01-03")
    assert offers(bench, answer_of(bench))[0].line == "deploy clean v2"


def test_a_rerun_that_is_under_way_took_what_is_there_now() -> None:
    bench = buggy("rerun extract@2013-01-03 down")
    bench.next()
    assert bench.run is not None
    assert bench.run.cells["extract"].state == "running"
    bench.choose("run:daily_flights.extract@2013-01-03")
    assert "without jfk" not in bench.why(80).text


# files that a person spoiled


@pytest.fixture(scope="module")
def half() -> wb.Bench:
    return played(HALF, "go 08:10")


@pytest.mark.parametrize(
    "target",
    ["run:daily_flights.publish@2013-01-02", "run:daily_flights.extract@2013-01-02",
     "dataset:daily_flights.pub_punctuality", "input:daily_flights.lga", "consumer:.board_dashboard"],
)  # fmt: skip
def test_the_right_file_can_be_got_from_wherever_it_hurts(half: wb.Bench, target: str) -> None:
    half.choose(target)
    found = offers(half, answer_of(half))[0]
    assert (found.key, found.words, found.line) == ("r", "get lga of Wed 2 Jan again: lift its fault", "lift 4")
    assert repair_menu(half).items[0].line == "lift 4"


def test_faults_of_the_scenario_are_never_offered(half: wb.Bench) -> None:
    bench = played("go 08:10")
    bench.choose("run:daily_flights.publish@2013-01-02")
    assert not [one for one in offers(bench, answer_of(bench)) if one.line.startswith("lift")]
    lifted = played(HALF, "go 08:10", "lift 4")
    lifted.choose("run:daily_flights.publish@2013-01-02")
    assert not [one for one in offers(lifted, answer_of(lifted)) if one.line.startswith("lift")]


def test_a_rerun_says_which_files_are_still_the_same(half: wb.Bench) -> None:
    half.choose("run:daily_flights.extract@2013-01-02")
    lines = outlook(half, "rerun extract@2013-01-02 down").lines
    assert "lga is still the file of 05:55, 108 rows" in lines
    assert not [one for one in outlook(half, "rerun clean@2013-01-02 down").lines if "still" in one]
    again = played(HALF, "go 08:10", "lift 4", "go 08:30")
    lines = outlook(again, "rerun extract@2013-01-02 down").lines
    assert "lga is another file: that of 08:10, 272 rows; no longer that of 05:55" in lines


# what is wrong


def test_why_says_what_is_wrong_once_somebody_read_it(half: wb.Bench) -> None:
    said = "pub_punctuality is wrong: 164 missing, all with origin LGA (view 4)"
    half.choose("run:daily_flights.publish@2013-01-02")
    assert said in half.why(100).text
    assert said in half.why_chain(100).text
    half.choose("dataset:daily_flights.pub_punctuality")
    assert "wrong: 164 missing, all with origin LGA (view 4)" in half.why(100).text
    unread = played(HALF, "go 07:10")
    unread.choose("run:daily_flights.publish@2013-01-02")
    assert "164" not in unread.why(100).text


def test_a_lesson_that_keeps_it_hidden_keeps_it_hidden() -> None:
    bench = played(HALF, "go 08:10")
    bench.choose("run:daily_flights.publish@2013-01-02")
    bench.shows_right = False
    assert "wrong" not in bench.why(100).text


def odd() -> wb.Bench:
    """Three whole files, then a half one."""
    bench = played("truncate lga@2013-01-03 share 40%", "go Fri 08:40")
    known = bench.known
    whole = known.arrived["lga", "2013-01-02"]
    for day, rows in (("2013-01-01", 280), ("2012-12-31", 240)):
        known.arrived["lga", day] = whole._replace(at=whole.at - timedelta(days=1), rows=rows)
    bench.choose("run:daily_flights.publish@2013-01-03")
    return bench


def test_why_says_which_file_is_unlike_those_of_other_days() -> None:
    assert "extract took lga with 104 rows; its other days have 240 to 280" in odd().why(200).text


# a check on volume


def check_of(bench: wb.Bench) -> tuple[str, str, tuple[str, ...]]:
    """The line that the edit menu suggests, its note, and what it would change."""
    bench.choose("run:daily_flights.publish@2013-01-02")
    item = next(one for one in edit_menu(bench).items if one.name == "check")
    return item.typed(), item.note, outlook(bench, item.typed()).lines


def test_the_suggested_check_would_have_held_back_the_half_file() -> None:
    bench = played("truncate lga@2013-01-03 share 40%", "go Fri 08:40")
    line, note, lines = check_of(bench)
    assert line == "check add pub_punctuality volume rows min 848 max 1038 severity block"
    assert note == "the last day had 943"
    assert lines[-2:] == ("the last day had 943", "it would have held back Thu 3 Jan (440 rows)")


def test_where_no_day_was_right_it_is_said(half: wb.Bench) -> None:
    line, note, lines = check_of(half)
    assert line == "check add pub_punctuality volume rows min 1 severity block"
    assert note == "no day is known that was right"
    assert "it would have held back nothing of the 1 version known" in lines


def test_the_repair_menu_shows_deploy_first_on_the_screen() -> None:
    bench = buggy()

    async def play(driven: Driven) -> None:
        await driven.press("r")
        driven.shows("deploy", "the same code fails again")

    drive(play, bench, (80, 24))
