"""Levels of the curriculum, headless: what is shipped goes wrong as told, the gold course mends it, and a hidden replay
with another scenario shows that it was mended for good.

Row counts are those of the real days (`tutorials/data/nycflights13`). Times are days of January 2013, UTC.
"""

from __future__ import annotations

import pytest

from tests.curriculum import Course, ReadBy, lines, played

LEVELS = ("l1_3", "l2_2", "l3_2", "l3_3", "l4_2", "l4_3", "d3", "d6", "d7")


@pytest.mark.parametrize("level", LEVELS)
def test_the_gold_course_reaches_the_goal_and_the_naive_one_does_not(level: str) -> None:
    assert played(level, "gold").goal(level)
    assert not played(level, "naive").goal(level)


# L1.3: gaps between timers


def test_l1_3_a_gap_is_a_guess() -> None:
    naive = played("l1_3", "naive")
    assert naive.rows("daily_report") == {"2013-01-02": 943, "2013-01-03": 548}
    assert naive.wrong("daily_report") == {"2013-01-03": 914 - 548}
    assert naive.public("daily_report")["2013-01-02"] == "3 07:02"
    wrong = ReadBy("4 08:00", "board_dashboard", "daily_report", "2013-01-03", "2013-01-03", 548, 366)
    assert naive.wrong_reads() == [wrong]


def test_l1_3_an_edge_is_a_fact_and_earlier() -> None:
    gold = played("l1_3", "gold")
    assert gold.rows("daily_report") == {"2013-01-02": 943, "2013-01-03": 914}
    assert gold.public("daily_report") == {"2013-01-02": "3 06:13", "2013-01-03": "4 06:50"}
    assert not gold.wrong_reads()
    assert {gold.tries(task, "2013-01-03") for task in ("download.download", "clean.clean", "report.report")} == {1}


# L2.2: timer or arrival


def test_l2_2_the_timer_publishes_596_of_914() -> None:
    naive = played("l2_2", "naive")
    assert naive.rows("pub_punctuality") == {"2013-01-02": 943, "2013-01-03": 596, "2013-01-04": 915}
    assert naive.public("pub_punctuality")["2013-01-03"] == "4 06:15"
    assert [(one.at, one.consumer, one.rows, one.wrong) for one in naive.wrong_reads()] == [
        ("4 08:00", "board_dashboard", 596, 318),
        ("4 08:30", "ops_email", 596, 318),
    ]


def test_l2_2_an_arrival_says_that_it_is_there() -> None:
    gold = played("l2_2", "gold")
    assert gold.rows("pub_punctuality") == {"2013-01-02": 943, "2013-01-03": 914, "2013-01-04": 915}
    assert list(gold.public("pub_punctuality").values()) == ["3 06:11", "4 07:50", "5 06:11"]
    assert not gold.wrong_reads()
    assert not gold.alerts()  # 07:50 is before eight


def test_l2_2_and_if_jfk_never_comes_somebody_hears_of_it() -> None:
    unseen = played("l2_2", "gold", scenario="jfk_never_arrives")
    [alert] = unseen.alerts()
    assert (f"{alert.at:%-d %H:%M}", alert.kind, alert.partition) == ("4 08:00", "deadline", "2013-01-03")
    assert (alert.recipients, alert.reached, alert.by) == (("ingest-oncall",), True, "ingest-oncall")
    assert "2013-01-03" not in unseen.rows("pub_punctuality")
    assert not unseen.wrong_reads()  # the old day, which is right


# L3.2: the retry that counted twice


def test_l3_2_failed_means_that_nobody_answered() -> None:
    naive = played("l3_2", "naive")
    assert [one.rows for one in naive.versions("fct_flights")] == [943, 1886]
    assert [one.added for one in naive.versions("fct_flights")] == [943, 943]
    assert [f"{one.at:%H:%M}" for one in naive.versions("fct_flights")] == ["06:12", "06:20"]
    [judged] = [one for one in naive.judged if one.n == 2 and one.at.hour == 8]
    assert (judged.missing, judged.duplicated, judged.different) == (0, 943, 0)


def test_l3_2_overwriting_the_partition_makes_twice_the_same_as_once() -> None:
    gold = played("l3_2", "gold")
    assert gold.rows("fct_flights") == {"2013-01-02": 943}
    before = gold.live("fct_flights", "2013-01-02")
    again = Course("l3_2", "l3_2", [*lines("l3_2_gold.txt"), "rerun load@2013-01-02", "run until 2013-01-03 10:00"])
    after = again.live("fct_flights", "2013-01-02")
    assert before is not None
    assert after is not None
    assert after.n == before.n + 1
    assert after.content == before.content
    assert again.rows("fct_flights") == {"2013-01-02": 943}


# L3.3: one bad day


def test_l3_3_the_week_waits_for_one_row_of_saturday() -> None:
    naive = played("l3_3", "naive")
    assert not naive.rows("weekly_punctuality")
    assert "2013-01-05" not in naive.rows("pub_punctuality")
    assert naive.tries("daily_flights.extract", "2013-01-02") == 2  # seven days from the vendor again, for nothing


def test_l3_3_repair_the_smallest_thing() -> None:
    gold = played("l3_3", "gold")
    assert gold.rows("weekly_punctuality") == {"2013-01-07": 6099 - 1}
    assert gold.rows("stg_flights")["2013-01-05"] == 720 - 1
    [[aside]] = gold.data.aside.values()
    assert (aside.dataset, aside.partition, aside.rows, aside.owner) == (
        "raw_flights",
        "2013-01-05",
        1,
        "ingest-oncall",
    )
    assert gold.tries("daily_flights.extract", "2013-01-05") == 1
    others = [one.n for one in gold.versions("stg_flights") if one.partition != "2013-01-05"]
    assert others == [1] * 6
    assert not gold.wrong("weekly_punctuality")  # a row that somebody owns is not missing


# L4.2: green, zero rows


def test_l4_2_three_green_tasks_and_no_rows() -> None:
    naive = played("l4_2", "naive")
    assert naive.rows("pub_punctuality") == {"2013-01-04": 915, "2013-01-05": 0}
    assert {run.state for run in naive.session.state.known.runs.values()} == {"success"}
    assert [(one.at, one.rows, one.wrong) for one in naive.wrong_reads()] == [("6 08:00", 0, 720)]


def test_l4_2_a_gate_and_the_day_again() -> None:
    gold = played("l4_2", "gold")
    assert gold.rows("pub_punctuality")["2013-01-05"] == 720
    [(n, said)] = gold.checks("stg_flights", "2013-01-05")
    assert (n, said.status, said.severity, said.observed) == (2, "pass", "block", 720)


def test_l4_2_the_gate_refuses_the_empty_file_and_lets_thanksgiving_through() -> None:
    [check] = [line for line in lines("l4_2_gold.txt") if line.startswith("check")]
    empty = Course("l4_2", "l4_2", [check, "run until 2013-01-06 08:10"])
    assert [said.status for _, said in empty.checks("stg_flights", "2013-01-05")] == ["fail"]
    assert empty.reads()[-1] == ReadBy(
        "6 08:00", "board_dashboard", "pub_punctuality", "2013-01-05", "2013-01-04", 915, 0
    )
    honest = Course("l4_2", "thanksgiving", [check, "run until 2013-11-29 09:00"])
    assert honest.rows("pub_punctuality") == {"2013-11-28": 634}


# L4.3: check before publish


def test_l4_3_a_check_after_publication_is_a_diary() -> None:
    naive = played("l4_3", "naive")
    assert naive.rows("pub_punctuality")["2013-01-06"] == 832  # volume cannot see units
    [(_, said)] = naive.checks("stg_flights", "2013-01-06")
    assert (said.status, f"{said.at:%-d %H:%M}", round(said.observed or 0, 1)) == ("fail", "7 06:16", 254.2)
    assert naive.public("pub_punctuality")["2013-01-06"] == "7 06:15"
    assert [one.at for one in naive.wrong_reads()] == ["7 08:00"]


def test_l4_3_before_it_a_gate() -> None:
    gold = played("l4_3", "gold")
    assert gold.rows("pub_punctuality") == {"2013-01-05": 720}
    assert not gold.wrong_reads()
    stale = ReadBy("7 08:00", "board_dashboard", "pub_punctuality", "2013-01-06", "2013-01-05", 720, 0)
    assert gold.reads()[-1] == stale
    live = gold.live("pub_punctuality", "2013-01-05")
    assert live is not None
    [source] = [name for name in live.sources if name[0] == "stg_flights"]
    [said] = gold.data.checks_of(source)
    assert (said.status, said.severity) == ("pass", "block")
    assert said.at <= live.live[0].since
