"""Drills of the curriculum, headless: duplicates after a retry (D3), green and empty (D6), a column that moved (D7).

Row counts are those of the real days (`tutorials/data/nycflights13`).
"""

from __future__ import annotations

from tests.curriculum import Course, lines, played

WEEK = {
    "2013-01-01": 842, "2013-01-02": 943, "2013-01-03": 914, "2013-01-04": 915, "2013-01-05": 720, "2013-01-06": 832,
    "2013-01-07": 933,
}  # fmt: skip
EMPTY_DAYS = ("2013-01-05", "2013-01-06", "2013-01-07")
STORM = ("2013-03-06", "2013-03-07", "2013-03-08")

# D3: sold twice


def test_d3_answers_are_lost_and_968_flights_are_sold_twice() -> None:
    naive = played("d3", "naive")
    loads = {airport: naive.rows(f"fct_{airport}")["2013-01-07"] for airport in ("ewr", "lga", "jfk")}
    assert loads == {"ewr": 1026, "lga": 568, "jfk": 307}
    assert naive.rows("pub_punctuality") == {**WEEK, "2013-01-07": 1901}
    assert naive.rows("weekly_punctuality") == {"2013-01-07": 7067}
    assert [(one.dataset, one.wrong) for one in naive.wrong_reads()] == [
        ("pub_punctuality", 968),
        ("weekly_punctuality", 968),
    ]


def test_d3_taken_back_loaded_again_from_staging_and_told() -> None:
    gold = played("d3", "gold")
    assert gold.rows("pub_punctuality") == WEEK
    assert gold.rows("weekly_punctuality") == {"2013-01-07": 6099}
    assert gold.public("weekly_punctuality") == {"2013-01-07": "8 08:29"}
    assert gold.tries("daily_flights.extract", "2013-01-07") == 1  # nobody asked the vendor again
    assert [(who, days) for _, _, _, days, who in gold.data.told] == [(("board_dashboard",), ("2013-01-07",))]
    assert not gold.wrong("weekly_punctuality")


def test_d3_the_load_is_safe_to_repeat() -> None:
    before = played("d3", "gold").live("fct_ewr", "2013-01-07")
    again = Course("d3", "d3", [*lines("d3_gold.txt"), "rerun load_ewr@2013-01-07", "run until 2013-01-08 09:30"])
    after = again.live("fct_ewr", "2013-01-07")
    assert before is not None
    assert after is not None
    assert (after.rows, after.n > before.n, after.content == before.content) == (342, True, True)


# D6: three silent days


def test_d6_three_days_are_green_empty_and_read_six_times() -> None:
    naive = Course("d6", "d6", ["go 2013-01-08 08:32"])
    assert [naive.rows("pub_punctuality")[day] for day in EMPTY_DAYS] == [0, 0, 0]
    assert sum(naive.wrong("pub_punctuality").values()) == 720 + 832 + 933 == 2485
    assert {run.state for run in naive.session.state.known.runs.values()} == {"success"}
    assert len(naive.wrong_reads()) == 6


def test_d6_withdrawn_gated_and_made_again() -> None:
    gold = played("d6", "gold")
    assert sum(gold.rows("pub_punctuality")[day] or 0 for day in EMPTY_DAYS) == 2485
    assert list(gold.public("pub_punctuality").values()) == ["5 06:15", "8 08:47", "8 08:47", "8 09:02"]
    assert not gold.wrong("pub_punctuality")
    assert len(gold.wrong_reads()) == 6  # none after 08:32


def test_d6_until_then_the_last_right_day_is_public_and_old() -> None:
    gold = played("d6", "gold")
    [review] = [one for one in gold.reads() if one.consumer == "finance_review"]
    assert (review.at, review.wanted, review.got, review.rows, review.wrong) == (
        "8 08:45", "2013-01-07", "2013-01-04", 915, 0,
    )  # fmt: skip


def test_d6_the_gate_would_have_held_the_first_empty_day() -> None:
    [check] = [line for line in lines("d6_gold.txt") if line.startswith("check")]
    gated = Course("d6", "d6", [check, "run until 2013-01-08 08:30"])
    assert gated.rows("pub_punctuality") == {"2013-01-04": 915}
    assert not gated.wrong_reads()
    assert {one.observed for day in EMPTY_DAYS for _, one in gated.checks("stg_flights", day)} == {0}


# D7: the column that moved


def test_d7_915_rows_of_one_airport_are_shifted_and_everything_parses() -> None:
    naive = played("d7", "naive")
    assert sum(naive.rows("pub_punctuality")[day] or 0 for day in STORM) == 2931
    assert naive.wrong("pub_punctuality") == dict(zip(STORM, (304, 306, 305), strict=True))
    assert sum(naive.wrong("pub_punctuality").values()) == 915
    assert [one.wrong for one in naive.wrong_reads()] == [304, 306, 305]


def test_d7_the_rest_is_shown_first_then_all_of_it() -> None:
    gold = played("d7", "gold")
    assert [gold.rows("pub_punctuality")[day] for day in STORM] == [972, 980, 979]
    partial = [one.rows for one in gold.versions("pub_punctuality") if one.partition in STORM and one.n == 2]
    assert partial == [357 + 311, 356 + 318, 354 + 320]
    said = [one.observed for _, one in gold.checks("pub_punctuality", STORM[0]) if one.check == "whole"]
    assert said == [0, 1, 0]  # parts that were missing
    assert not gold.wrong("pub_punctuality")
    assert len(gold.wrong_reads()) == 3


def test_d7_the_contract_blocks_laguardia_only() -> None:
    contract = next(line for line in lines("d7_gold.txt") if line.startswith("check add"))
    gated = Course("d7", "d7", [contract, "run until 2013-03-07 09:00"])
    assert [said.status for _, said in gated.checks("stg_lga", "2013-03-06")] == ["fail"]
    assert gated.rows("stg_lga") == {"2013-03-05": 302}
    assert gated.rows("pub_punctuality") == {"2013-03-05": 965, "2013-03-06": 357 + 311}
    assert gated.wrong("pub_punctuality") == {"2013-03-06": 304}  # missing, and said to be
