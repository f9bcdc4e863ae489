"""Two futures side by side, and many simulations in small: as HTML, and as rows for plotting."""

from __future__ import annotations

from html import unescape

import pytest

import workbench as wb

DAY = "daily_flights@2013-01-03"


@pytest.fixture(scope="module")
def waiting() -> wb.Session:
    return wb.sample("daily_flights").wait("extract", "ewr", "lga", "jfk")


def later(s: wb.Session, span: str) -> wb.Session:
    return s.what_if("2013-01-04 05:00").late("jfk@2013-01-03", span).until("2013-01-04 12:00")


def test_rows_say_what_became_of_each(waiting: wb.Session) -> None:
    found = wb.multiples(lambda span: later(waiting, span), ["5m", "95m"], of=DAY)
    rows = [(row["case"], row["state"], row["public"], row["minutes"], row["rows"]) for row in found.rows]
    assert rows == [
        ("5m", "success", "2013-01-04T06:20:00Z", 20.0, 914),
        ("95m", "success", "2013-01-04T07:50:00Z", 110.0, 914),
    ]
    assert [(row["tries"], row["failed_tries"], row["wrong_rows"]) for row in found.rows] == [(3, 0, 0)] * 2
    assert "95m  ● success, public 07:50, 914 rows" in str(found)


def test_pictures_stand_on_one_clock_and_escape_their_names(waiting: wb.Session) -> None:
    name = "<script>alert(1)</script>"
    found = wb.multiples({name: later(waiting, "5m"), "late": later(waiting, "3h")}, of=DAY)
    html = found._repr_html_()
    assert "<script" not in html
    assert name in unescape(html)
    assert html.count("<figure>") == 2
    clocks = {one.partition("</svg>")[0].partition('class="lane"')[0].partition('class="tick"')[2].partition("<g")[0]
              for one in html.split("<figure>")[1:]}  # fmt: skip
    assert len(clocks) == 1, "the same hours in both"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "give some simulations"),
        ([1], "give some simulations"),
        ({"a": 1}, "'a' is no session, but int"),
    ],
)
def test_what_is_no_simulation_is_refused_in_words(given: object, told: str) -> None:
    with pytest.raises(wb.InvalidInput, match=told):
        wb.multiples(given)  # type: ignore[arg-type]


def test_a_run_that_is_not_there(waiting: wb.Session) -> None:
    with pytest.raises(wb.InvalidInput, match="there is no run 'nothing'"):
        wb.multiples({"a": waiting}, of="nothing")


def test_a_comparison_shows_both_futures_side_by_side() -> None:
    s = wb.sample("daily_flights", "late_jfk")
    s.until("2013-01-04 08:05")
    b = s.what_if("2013-01-04 05:55").wait("extract", "ewr", "lga", "jfk")
    b.until("2013-01-04 08:05")
    found = s.compare(b)
    before = s.cursor, b.cursor
    html = unescape(found._repr_html_())
    assert (s.cursor, b.cursor) == before
    assert found.first is not None
    for words in (found.first.subject, found.first.in_a, found.first.in_b, *found.first.because, "318 missing"):
        assert words in html
    assert html.count("<svg") == 1
    s.until("2013-01-04 12:00")
    assert unescape(found._repr_html_()) == html, "it shows what it showed"
