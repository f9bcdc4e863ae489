"""Of reports: what was wrong with data, where it began, which faults there were; and deliveries that were odd."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from tests.data_cases import kept, shop
from tests.report_cases import keep, repaired
from tests.samples import block
from workbench.history import History
from workbench.recorded import choose
from workbench.recorded_data import moment
from workbench.recorded_report import report_at, report_on
from workbench.session import Session
from workbench.views.report_html import html
from workbench.views.report_markdown import markdown
from workbench.views.report_parts import Items, Report, Table

pytestmark = pytest.mark.usefixtures("home")

SALES = """
    dag: hello
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs: {sales: {expected: "05:50", rows: 8}}
    tasks:
      load: {needs: [sales], writes: [raw], takes: 5m}
      report: {needs: [load], reads: [raw], writes: [sums], takes: 1m}
    ---
    rows: ROWS
    ---
    scenario: days
    from: 2013-01-02T05:00Z
    until: 2013-01-12T20:00Z
"""


def hello(*lines: str, faults: str = "", rows: str = "count") -> Session:
    pipeline = block(SALES).replace("ROWS", rows).rstrip()
    Path("hello_sales.yaml").write_text(f"{pipeline}\nfaults: [{faults}]\n", encoding="utf-8")
    session = wb.load("hello_sales.yaml", "days")
    for line in (*lines, "run"):
        session.do(line)
    return session


def reported(path: Path, at: str | None = None) -> Report:
    with History.open(path, write=False) as history:
        return report_at(moment(choose(history, None), at))


def wrong_rows(found: Report) -> Table:
    (table,) = (part for part in found.trouble.parts if isinstance(part, Table))
    return table


def faults(found: Report) -> list[str]:
    return [line for part in found.trouble.parts if isinstance(part, Items) for line in part.items]


def test_where_it_began_comes_first() -> None:
    found = report_on(repaired())
    assert found.trouble.answer == "3 versions were wrong. It began with version 1 of stg_flights for Thu 3 Jan."
    rows = [(row[0], row[3], row[-2], row[-1]) for row in wrong_rows(found).rows]
    assert rows == [
        ("stg_flights", "318", "nobody", "here"),
        ("pub_punctuality", "318", "board_dashboard and ops_email", "further up"),
        ("punctuality", "1", "fare_model", "further up"),
    ]
    assert all(one.key != "wrong" for one in found.sections)
    assert "\n## What was wrong\n" in markdown(found)
    places = [html(found).index(f'<section id="{key}"') for key in ("overview", "wrong", "wait")]
    assert places == sorted(places)


def test_nothing_was_wrong() -> None:
    found = report_on(hello()).trouble
    assert (found.answer, found.parts) == (
        "Nothing: every version was right when it went live and whenever it was read.", (),
    )  # fmt: skip


def test_where_no_rows_are_known_nothing_is_called_right() -> None:
    report = report_on(hello(rows="carry"))
    found = report.trouble
    assert report.sections[1].answer == "Every input that was due came in time."
    assert found.answer == "Nobody knows how many rows these versions have, so it does not say whether one was wrong."


def test_the_newest_ones_and_how_many_are_older() -> None:
    empty = ", ".join(f"empty: {{input: sales, partition: 2013-01-{day:02}}}" for day in range(1, 9))
    found = report_on(hello(faults=empty))
    table = wrong_rows(found)
    assert found.trouble.answer == (
        "16 versions were wrong. It began with version 1 of raw for Tue 1 Jan and 7 others."
    )
    assert [row[0] for row in table.rows] == ["raw"] * 6 + ["sums"] * 6
    assert {row[1] for row in table.rows} == {
        "Thu 3 Jan", "Fri 4 Jan", "Sat 5 Jan", "Sun 6 Jan", "Mon 7 Jan", "Tue 8 Jan",
    }  # fmt: skip
    assert table.more == "and 4 more, which are older"


def test_faults_of_the_scenario_and_of_people() -> None:
    session = hello(
        "run until 2013-01-03T12:00Z",
        "empty sales@2013-01-04",
        "fail report@2013-01-05",
        "lift 2",
        faults="empty: {input: sales, partition: 2013-01-02}",
    )
    assert faults(report_on(session)) == [
        "In the scenario: sales of Wed 2 Jan comes without rows.",
        "Injected Thu 3 Jan 12:00: sales of Fri 4 Jan comes without rows; lifted Thu 3 Jan 12:00.",
        "Injected Thu 3 Jan 12:00: the first try of hello.report fails, for Sat 5 Jan.",
    ]


def test_an_earlier_instant_is_not_told_of_later_faults(tmp_path: Path) -> None:
    path = keep(tmp_path / "late.db")
    assert faults(reported(path, "2013-01-04 07:00")) == [
        "In the scenario: what daily_flights.extract calls is down Thu 06:00 to Thu 06:20.",
        "In the scenario: the first try of daily_flights.clean fails, for Wed 2 Jan.",
    ]
    assert "In the scenario: jfk of Thu 3 Jan comes Fri 4 Jan 07:35." in faults(reported(path))


def test_a_fault_of_a_day_that_is_still_to_come_is_not_told() -> None:
    session = hello(faults="empty: {input: sales, partition: 2013-01-09}")
    assert faults(report_on(session)) == ["In the scenario: sales of Wed 9 Jan comes without rows."]
    session.do("go 2013-01-08T12:00Z")
    assert faults(report_on(session)) == []


def test_a_recording_that_nobody_judged(tmp_path: Path) -> None:
    with History.open(tmp_path / "shop.db") as history:
        kept(history)
    found = reported(tmp_path / "shop.db").trouble
    assert found.answer == "Nobody judged this recording, so it does not say whether a row was wrong."
    assert "wrong" in report_on(shop()).trouble.answer


def test_no_dataset() -> None:
    found = report_on(wb.load("hello.yaml", "on_time")).trouble
    assert found.answer == "Nothing was wrong with data: no step wrote a dataset."


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ((), "Every input that was due came in time."),
        (("empty sales@2013-01-02",), "Every input that was due came in time; 1 of them was empty."),
        (
            ("empty sales@2013-01-02", "empty sales@2013-01-03 until 2013-01-04T08:00Z"),
            "Every input that was due came in time; 2 of them were empty, and 1 came again.",
        ),
        (
            ("correct sales@2013-01-01 price factor 1.5 at 2013-01-04T08:00Z",),
            "Every input that was due came in time; 1 of them came again.",
        ),
    ],
)
def test_deliveries_in_time_that_were_odd(lines: tuple[str, ...], answer: str) -> None:
    assert report_on(hello(*lines)).sections[1].answer == answer
