"""SQL over rows: what a SELECT may see, what it finds, and what it says when it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.scenario.sqlrows import SqlError, select, where

Rows = list[dict[str, Any]]
FLIGHTS: Rows = [
    {"carrier": "UA", "flight": 1545, "arr_delay": "11"},
    {"carrier": "AA", "flight": 1141, "arr_delay": "NA"},
    {"carrier": "UA", "flight": 1714, "arr_delay": "20"},
]
CARRIERS: Rows = [{"carrier": "UA", "name": "United"}, {"carrier": "DL", "name": "Delta"}]


def said(sql: str, **tables: Rows) -> str:
    with pytest.raises(SqlError) as caught:
        select(sql, {"flights": FLIGHTS, **tables})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_rows_come_back_in_order_as_they_were() -> None:
    assert select("SELECT * FROM flights", {"flights": FLIGHTS}) == FLIGHTS
    assert select("SELECT flight AS n FROM flights ORDER BY n DESC", {"flights": FLIGHTS}) == [
        {"n": 1714},
        {"n": 1545},
        {"n": 1141},
    ]


def test_tables_are_joined_and_grouped() -> None:
    sql = """
        WITH late AS (SELECT carrier, num(arr_delay) AS minutes FROM flights)
        SELECT name, count(*) AS flights, avg(minutes) AS mean FROM late JOIN carriers USING (carrier)
        GROUP BY name ORDER BY name -- one for each
    """
    assert select(sql, {"flights": FLIGHTS, "carriers": CARRIERS}) == [{"name": "United", "flights": 2, "mean": 15.5}]


def test_values_stay_what_they_are() -> None:
    rows: Rows = [{"text": "007", "none": None, "part": 0.1, "list": [1, {"a": "b"}], "yes": True}, {"late": 1}]
    first, second = select("SELECT * FROM t", {"t": rows})
    assert first == {"text": "007", "none": None, "part": 0.1, "list": '[1, {"a": "b"}]', "yes": 1, "late": None}
    assert second == dict.fromkeys(first) | {"late": 1}
    assert select("SELECT list ->> '$[1].a' AS found FROM t", {"t": rows[:1]}) == [{"found": "b"}]


def test_sums_are_exact_and_refuse_what_is_no_number() -> None:
    rows: Rows = [{"n": one} for one in (1e16, 1.0, -1e16, 0.1)]
    assert select("SELECT sum(n) AS n FROM t", {"t": rows}) == [{"n": 1.1}]
    assert select("SELECT sum(n) AS n, avg(n) AS m FROM t", {"t": []}) == [{"n": None, "m": None}]
    running = "SELECT sum(n) OVER (ORDER BY k ROWS 1 PRECEDING) AS n FROM t"
    rows = [{"k": k, "n": n} for k, n in enumerate(("2", 1e16, 1.5, 4))]
    assert [row["n"] for row in select(running, {"t": rows})] == [2, 1e16 + 2, 1e16 + 2, 5.5]
    assert said("SELECT avg(arr_delay) AS d FROM flights") == (
        "avg() met 'NA', which is no number: num(...) makes NULL of it"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [("11", 11), (" -4.5 ", -4.5), ("1e3", 1000.0), ("NA", None), ("", None), ("0x1", None), ("1e999", None), (7, 7)],
)
def test_the_number_in_a_text(text: object, found: float | None) -> None:
    assert select("SELECT num(x) AS n FROM t", {"t": [{"x": text}]}) == [{"n": found}]


def test_of_a_table_without_rows_every_column_is_taken_to_be_there() -> None:
    tables: dict[str, Rows] = {"flights": [], "weather": [], "carriers": CARRIERS}
    assert select("SELECT carrier, sum(n) AS n FROM flights GROUP BY carrier", tables) == []
    assert select("SELECT count(*) AS n FROM flights WHERE arr_delay > 3 AND flights.flight = 1", tables) == [{"n": 0}]
    assert select("SELECT * FROM flights", tables) == []
    joined = """SELECT c.name, f.flight, w.temp FROM carriers c LEFT JOIN flights f ON f.carrier = c.carrier
                LEFT JOIN weather w ON w.hour = f.hour ORDER BY c.name"""
    assert select(joined, tables) == [
        {"name": "Delta", "flight": None, "temp": None},
        {"name": "United", "flight": None, "temp": None},
    ]
    assert select("SELECT * FROM carriers LEFT JOIN flights ON 1", tables) == CARRIERS


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH 'x.db' AS x",
        "PRAGMA user_version",
        "DELETE FROM flights",
        "",
        "-- nothing",
        "EXPLAIN SELECT 1",
        "CREATE TABLE x (a)",
        "with x as (select 1) delete from flights",
        "SELECT 1; SELECT 2",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_info('flights')",
        "SELECT load_extension('x')",
        "SELECT random() AS r",
        "SELECT current_timestamp AS t",
        "SELECT date() AS t",
        "SELECT datetime('NOW') AS t",
        "SELECT strftime('%s') AS t",
    ],
)
def test_it_can_only_read_its_tables(sql: str) -> None:
    said(sql)


def test_what_it_says_when_it_may_not() -> None:
    assert said("SELECT random() AS r") == (
        "the function random is not allowed: the same rows must always make the same rows"
    )
    assert said("SELECT date('now') AS d") == "date() may not ask what time it is now: give it an instant"
    assert said("DELETE FROM flights") == "it must be one SELECT, which may begin with WITH"
    assert said("WITH x AS (SELECT 1) DELETE FROM flights") == "it may only read: one SELECT over its tables"
    assert select("SELECT date('2013-01-31', '+1 day') AS d", {}) == [{"d": "2013-02-01"}]


def test_errors_say_what_there_is() -> None:
    assert said("SELECT * FROM flight") == "no such table: flight; did you mean 'flights'? (known: flights)"
    assert said("SELECT f.arr_dely FROM flights f") == (
        "no such column: f.arr_dely; did you mean 'arr_delay'? (known: arr_delay, carrier, flight)"
    )
    assert said("SELECT carrier FROM flights WHERE") == "incomplete input"
    assert said("SELECT a.carrier, b.carrier FROM flights a, flights b") == (
        "two columns of the result are called carrier: rename one with AS"
    )
    assert said("SELECT 1", t=[{"Hour": 1}, {"hour": 2}]) == (
        "to SQL the columns 'Hour' and 'hour' are one: rename one of them"
    )
    assert said("SELECT x'00' AS b") == "the column b has a value that JSON cannot hold: b'\\x00'"
    assert said("SELECT 1", t=[{"n": 2**70}]).startswith("the rows of t do not fit into a table: ")


def test_it_cannot_hang() -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS n FROM n"
    assert said(endless).startswith("it was stopped, for it would take too long")


def test_which_rows_meet_a_condition() -> None:
    assert where("num(arr_delay) > 15", FLIGHTS) == [False, False, True]
    assert where("num(arr_delay) IS NULL OR carrier = 'UA' -- both", FLIGHTS) == [True, True, True]
    assert where("arr_delay > 15", []) == []
    more = "1) THEN 1 ELSE 0 END AS holds FROM rows UNION ALL SELECT CASE WHEN (1"
    for wrong in (more, "1) AS a, (2", "nonsense", "flight = ", ""):
        with pytest.raises(SqlError):
            where(wrong, FLIGHTS)
