"""The end of `workbench simulate`: what was written, what is live, who read it, and how much of it was wrong."""

from __future__ import annotations

from tests.samples import block, late_jfk, session
from tests.verb_cases import data_bench
from tests.why_cases import DATA, data_session
from workbench.reports import simulation_data, simulation_lines
from workbench.reports_data import data_lines, data_of, dataset_sums, reader_sums, wrong_reads


def test_the_story_in_two_small_tables() -> None:
    s = late_jfk()
    s.run_until("2013-01-05T09:00Z")
    lines = data_lines(s)
    assert "\n".join(lines) == block("""
        Data               versions  live  blocked  rows live  wrong
          stg_flights             3     3        0      2,454  318 missing
          pub_punctuality         3     3        0      2,454  318 missing
          punctuality             3     3        0          8  1 missing
        Readers            reads  out of date  wrong  wrong rows
          board_dashboard      3            0      1         318  of pub_punctuality
          ops_email            3            0      1         318  of pub_punctuality
          fare_model           3            0      1           1  of punctuality
    """)
    assert max(map(len, lines)) <= 80


def test_what_is_made_again_is_right_and_who_read_before_still_read_wrong() -> None:
    s = late_jfk()
    s.run_until("2013-01-04T08:05Z")
    s.do("rerun extract@2013-01-03 down")
    s.run_until("2013-01-04T08:35Z")
    pub = next(one for one in dataset_sums(s) if one.dataset == "pub_punctuality")
    assert (pub.versions, pub.live, pub.rows, pub.wrong) == (3, 2, 943 + 914, 0)
    board, mail = reader_sums(s)[:2]
    assert (board.consumer, board.wrong, board.wrong_rows) == ("board_dashboard", 1, 318)
    assert (mail.consumer, mail.wrong, mail.wrong_rows) == ("ops_email", 0, 0)


def test_a_blocked_version_is_counted_and_live_no_row_is_wrong() -> None:
    sums = {one.dataset: one for one in dataset_sums(data_bench())}
    held = sums["stg_flights"]
    assert (held.versions, held.live, held.blocked, held.rows, held.wrong) == (3, 0, 3, None, 0)
    assert "  stg_flights             3     0        3          –  –" in data_lines(data_bench())


def test_reads_that_are_out_of_date_are_counted() -> None:
    s = data_session()
    s.run_until("2013-01-04T09:00Z")
    [board] = reader_sums(s)
    assert (board.reads, board.stale) == (2, 1)


def test_rows_set_aside_and_alerts() -> None:
    s = data_bench()
    s.do("quarantine jfk@2013-01-02 where 'num(dep_delay) > 120'")
    lines = data_lines(s)
    assert lines[-2:] == ["Set aside: 4 rows of jfk; ingest-oncall answers for them", "6 alerts, 6 answered"]
    s.do("route daily_flights to departed-owner")
    s.run_until("2013-01-05T12:00Z")
    assert data_lines(s)[-1] == "7 alerts, 6 answered; 1 reached nobody"


def test_who_read_wrong_rows_of_a_green_run_is_worth_asking() -> None:
    s = late_jfk()
    s.do("go 2013-01-04 07:00")
    s.do("rerun publish@2013-01-03")
    s.run_until("2013-01-04T09:10Z")
    (name, first), *_ = wrong_reads(s).items()
    assert name == ("pub_punctuality", "2013-01-03", 2)
    assert first == (("board_dashboard", "ops_email"), 318)
    text = "\n".join(simulation_lines(s, None))
    asks = "green, and board_dashboard and ops_email read 318 wrong rows"
    assert asks not in text  # it was made without jfk, and says so already
    assert "green, and made without jfk" in text


def test_an_empty_file_is_green_and_wrong() -> None:
    empty = "faults: [{empty: {input: jfk, partition: 2013-01-02}}]"
    s = data_session(DATA, ("min: 320", "min: 0"), ("arrivals:", f"{empty}\n    arrivals:"))
    s.run_until("2013-01-03T09:00Z")
    lines = simulation_lines(s, None)
    assert "  green, and board read 321 wrong rows: workbench why FILE d.join@2013-01-02" in lines
    assert "  published         1     1        0          0  321 missing" in lines


def test_a_missed_deadline_of_data_leads_to_a_question_that_can_be_asked() -> None:
    s = data_session()
    s.run_until("2013-01-04T09:00Z")
    assert "  published missed its deadline: workbench why FILE d@2013-01-03" in simulation_lines(s, None)
    assert s.explain("d@2013-01-03")


def test_the_same_as_data_for_programs() -> None:
    s = late_jfk()
    s.run_until("2013-01-05T09:00Z")
    data = simulation_data(s, None)
    assert data["datasets"][1] == {
        "dataset": "pub_punctuality", "versions": 3, "live": 3, "blocked": 0, "rows": 2454,
        "missing": 318, "duplicated": 0, "different": 0, "wrong": 318,
    }  # fmt: skip
    assert data["readers"][0] == {
        "consumer": "board_dashboard", "dataset": "pub_punctuality", "reads": 3, "stale": 0, "wrong": 1,
        "wrong_rows": 318,
    }  # fmt: skip
    assert data["alerts"] == {"sent": 0, "answered": 0, "reached_nobody": 0}


def test_nothing_new_for_a_pipeline_without_datasets() -> None:
    s = session(
        """
        dag: d
        schedule: "0 6 * * *"
        start: 2013-01-01
        tasks: {load: {takes: 5m}}
        """
    )
    s.run_until("2013-01-03T09:00Z")
    assert data_lines(s) == []
    assert data_of(s)["datasets"] == []
    assert simulation_lines(s, None)[-1].startswith("  d: ")
