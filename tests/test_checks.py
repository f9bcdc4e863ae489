"""Checks look at the rows of a version, and say with the numbers what they saw."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.why_cases import data_session
from workbench.engine.catalog import Version
from workbench.engine.compile import begin
from workbench.engine.data_events import CheckRan, VersionPublished, VersionWritten
from workbench.engine.events import InputArrived, RunCreated
from workbench.engine.evolve import evolve
from workbench.engine.keys import RunKey, VersionName
from workbench.given import as_workspace
from workbench.model import Check, Dag, Dataset
from workbench.scenario import Scenario
from workbench.scenario.checking import Checking, expected_of
from workbench.scenario.there import parts_of
from workbench.scenario.world import SimulatedWorld
from workbench.timetable import UTC

Rows = list[dict[str, Any]]
DAY, AT = "2013-02-08", datetime(2013, 2, 9, 6, 15, tzinfo=UTC)
JFK = timedelta(minutes=40)  # before the check: when the file of JFK came


class Desk:
    """A version of stg_flights of Fri 8 Feb that holds these rows, and a checker to look at it. `others`: tables that
    are live for the same day. It was to be made of three inputs, of which two came."""

    def __init__(self, rows: Rows | None, counted: int | None = None, **others: Rows) -> None:
        dag = Dag("daily_flights", schedule="0 6 * * *", start="2013-01-01")
        dag.task("load", reads=[dag.input(name, expected="06:00") for name in ("ewr", "jfk", "lga")])
        names = ("stg_flights", *others)
        task = replace(dag.spec.tasks["load"], writes=names)
        spec = replace(dag.spec, tasks={"load": task}, datasets={name: Dataset(name) for name in names})
        workspace = replace(as_workspace(spec), rows="carry" if counted is None else "count")
        self.flow = SimulatedWorld(Scenario(), AT).dataflow
        self.state = begin(workspace, AT - timedelta(hours=1))
        self.key, window = RunKey("daily_flights", DAY), spec.grid.parse(DAY)
        evolve(self.state, InputArrived(AT - JFK * 2, "ewr", DAY, None, None, 0))
        evolve(self.state, InputArrived(AT - JFK, "jfk", DAY, None, None, 0))
        evolve(self.state, RunCreated(AT, self.key, window.start, window.end, AT, 0))
        for name, one in (("stg_flights", rows), *others.items()):
            self._write(name, one, counted)

    def _write(self, name: str, rows: Rows | None, counted: int | None) -> None:
        count = counted if rows is None else len(rows)
        content = None if rows is None else self.flow.store.put(rows)
        made_of: tuple[VersionName, ...] = (("ewr", DAY, 1), ("jfk", DAY, 1))
        evolve(
            self.state,
            VersionWritten(
                AT, self.key, "load", 1, name, 1, "overwrite", 0, count, count, content, "v1", made_of, False, 1
            ),
        )
        evolve(self.state, VersionPublished(AT, name, DAY, 1, 2))

    @property
    def version(self) -> Version:
        found = self.state.known.data.get(("stg_flights", DAY, 1))
        assert found is not None
        return found

    def ran(self, kind: str, **fields: Any) -> CheckRan:
        check = Check("mine", kind, severity="block", **fields)  # type: ignore[arg-type]
        return Checking(self.flow).run(self.state, self.version, check, "before", AT, 3)

    def told(self, kind: str, **fields: Any) -> tuple[str, float | None, str]:
        ran = self.ran(kind, **fields)
        prefix = "stg_flights of Fri 8 Feb "
        return ran.status, ran.observed, ran.sentence.removeprefix(prefix)


FLIGHTS: Rows = [
    {"carrier": "WN", "flight": 2269, "dep_delay": "0.1", "tailnum": "N1"},
    {"carrier": "WN", "flight": 2269, "dep_delay": "NA", "tailnum": "N2"},
    {"carrier": "UA", "flight": 12, "dep_delay": "0.2", "tailnum": ""},
]


def blizzard() -> Rows:
    """The 930 flights of Fri 8 Feb 2013, of which 472 never left."""
    return [{"flight": n, "dep_time": "NA" if n < 472 else "600"} for n in range(930)]


def test_an_empty_file_fails_a_volume_check_and_no_other() -> None:
    """A check of values has nothing against an empty file: it takes one of volume to see it."""
    desk = Desk([])
    assert desk.told("rows", min=500) == ("fail", 0.0, "has 0 rows; at least 500 are wanted")
    assert desk.told("rows") == ("fail", 0.0, "has 0 rows; at least 1 is wanted")
    assert desk.told("null_share", columns=("dep_time",), max=0.1) == (
        "pass", 0.0, "has 0 of 0 rows without dep_time; at most 10 % is allowed",
    )  # fmt: skip
    assert [desk.ran(kind, columns=("dep_time",)).status for kind in ("schema", "unique", "null_share")] == ["pass"] * 3
    assert desk.told("distribution", columns=("dep_time",))[:2] == ("fail", None)


def test_the_blizzard_passes_a_volume_check_and_fails_a_null_share() -> None:
    desk = Desk(blizzard())
    assert desk.told("rows", min=500, max=1100) == ("pass", 930.0, "has 930 rows; between 500 and 1,100 are wanted")
    assert desk.told("null_share", columns=("dep_time",), max=0.25) == (
        "fail", 472 / 930, "has 472 of 930 rows (50.75 %) without dep_time; at most 25 % is allowed",
    )  # fmt: skip


def test_a_row_with_any_of_several_columns_empty_counts_once() -> None:
    told = Desk(FLIGHTS).told("null_share", columns=("dep_delay", "tailnum"), max=0.5)
    assert told == (
        "fail", 2 / 3, "has 2 of 3 rows (66.67 %) without dep_delay or tailnum; at most 50 % is allowed",
    )  # fmt: skip


def test_a_row_that_repeats_a_key_is_named() -> None:
    desk = Desk(FLIGHTS)
    assert desk.told("unique", columns=("carrier", "flight")) == (
        "fail", 1.0, "has 1 row that repeats the carrier and flight of another (WN 2269); none is allowed",
    )  # fmt: skip
    assert desk.told("unique") == ("pass", 0.0, "has 0 rows that repeat all columns of another; none is allowed")
    assert Desk(FLIGHTS * 3).told("unique")[1] == 6.0


@pytest.mark.parametrize(
    ("measure", "value", "told"),
    [
        ("sum", 0.3, "a sum of dep_delay of 0.3"),
        ("mean", 0.15, "a mean dep_delay of 0.15"),
        ("min", 0.1, "the least dep_delay of 0.1"),
        ("max", 0.2, "the greatest dep_delay of 0.2"),
        ("stddev", 0.07071067811865475, "a standard deviation of dep_delay of 0.0707"),
    ],
)
def test_numbers_are_exact_and_what_is_empty_is_left_out(measure: str, value: float, told: str) -> None:
    found = Desk(FLIGHTS).told("distribution", columns=("dep_delay",), measure=measure, min=-60, max=150)
    assert found == ("pass", value, f"has {told}; between -60 and 150 is wanted")


def test_a_mean_in_seconds_is_out_of_bounds_and_a_hair_beside_a_bound_is_told() -> None:
    rows = [{"arr_delay": "254.24"}, {"arr_delay": "254.16"}]
    told = Desk(rows).told("distribution", columns=("arr_delay",), min=-60, max=150)
    assert told == ("fail", 254.2, "has a mean arr_delay of 254.2; between -60 and 150 is wanted")
    told = Desk([{"arr_delay": "150.00001"}]).told("distribution", columns=("arr_delay",), max=150)
    assert told[2] == "has a mean arr_delay of 150.00001; at most 150 is allowed"


def test_columns_that_moved_are_named() -> None:
    rows = [{"flight": "1", "dep_delay": "late", "sched": "5"}, {"flight": "2", "dep_delay": "", "sched": "6"}]
    told = Desk(rows).told("schema", columns=("flight:integer", "dep_delay:number", "tailnum"))
    assert told == (
        "fail", 3.0, "has 3 columns not as the schema says: it lacks tailnum, it has sched besides and "
        "dep_delay is no number in 1 row ('late'); none is allowed",
    )  # fmt: skip
    told = Desk(rows).told("schema", columns=("flight:integer", "dep_delay:text", "sched:number"))
    assert told == ("pass", 0.0, "has 0 columns not as the schema says; none is allowed")
    ragged = [{"flight": "1"}, {"flight": "2", "gate": "B"}]
    assert "it lacks gate in 1 of 2 rows" in Desk(ragged).told("schema", columns=("flight", "gate"))[2]


def test_orphans_are_shares_of_rows_that_have_a_key_at_all() -> None:
    planes: Rows = [{"tailnum": "N1"}]
    told = Desk(FLIGHTS, planes=planes).told("foreign_key", columns=("tailnum",), to="planes.tailnum", max=0.2)
    assert told == (
        "fail", 1 / 3, "has 1 of 3 rows (33.33 %) whose tailnum planes does not have (N2); at most 20 % is allowed",
    )  # fmt: skip
    lines: Rows = [{"flight": "2269"}, {"flight": 12}]
    assert Desk(FLIGHTS, lines=lines).told("foreign_key", columns=("flight",), to="lines")[0] == "pass"


def test_sql_answers_one_number_over_the_rows_and_what_is_live() -> None:
    desk = Desk(FLIGHTS, planes=[{"tailnum": "N1"}])
    two = "SELECT count(*) FROM rows WHERE flight > 100"
    assert desk.told("sql", sql=two, max=0) == ("fail", 2.0, "answers 2 to mine; none is allowed")
    assert desk.told("sql", sql="SELECT count(*) AS n FROM rows JOIN planes USING (tailnum)", min=1)[:2] == ("pass", 1)


def test_freshness_is_the_age_of_the_newest_of_what_it_was_made_of() -> None:
    told = Desk(FLIGHTS).told("freshness", max=0.5)
    assert told == ("fail", 40 / 60, "is made of what came 40 min ago or earlier; at most 0.5 h is allowed")
    assert Desk(FLIGHTS).told("freshness", max=24)[0] == "pass"


def test_what_it_was_to_be_made_of_and_was_not_is_named() -> None:
    told = Desk(FLIGHTS).told("complete")
    assert told == (
        "fail", 1.0, "lacks 1 of the 3 parts that it was to be made of (lga of Fri 8 Feb); none is allowed",
    )  # fmt: skip
    assert Desk(FLIGHTS).told("complete", max=1)[0] == "pass"


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        ("null_share", {"columns": ("carier",)}, "there is no column 'carier'; did you mean 'carrier'?"),
        ("null_share", {}, "it names no column"),
        ("distribution", {"columns": ("tailnum",)}, "tailnum holds 'N1', which is no number"),
        ("distribution", {"columns": ("flight", "carrier")}, "it must name one column"),
        ("schema", {}, "it names no columns"),
        ("schema", {"columns": ("flight:numbr",)}, "'numbr' is no type of columns; did you mean 'number'?"),
        ("sql", {"sql": "SELECT count(*) FROM row"}, "its SQL is wrong: no such table: row; did you mean 'rows'?"),
        ("sql", {"sql": "SELECT carrier FROM rows"}, "its SQL must answer one number, and answered 3 rows of 1 column"),
        ("sql", {"sql": "SELECT 'x'"}, "its SQL must answer one number, and answered 'x'"),
        ("foreign_key", {"columns": ("tailnum",), "to": "plane.tailnum"}, "there is no dataset or input 'plane'"),
        ("foreign_key", {"columns": ("tailnum",), "to": "lga"}, "nothing of lga is live"),
        ("foreign_key", {"columns": ("tailnum",)}, "it must name columns, and as many of another dataset"),
    ],
)
def test_a_check_that_cannot_look_says_why_and_fails(kind: str, fields: dict[str, Any], why: str) -> None:
    ran = Desk(FLIGHTS).ran(kind, **fields)
    assert (ran.status, ran.observed) == ("fail", None)
    assert ran.sentence.startswith(f"mine could not look at stg_flights of Fri 8 Feb: {why}")


def test_no_rows_known_is_not_no_rows() -> None:
    told = Desk(None).told("rows", min=0)
    assert told == ("fail", None, "mine could not look at stg_flights of Fri 8 Feb: no rows are known of it")


def test_where_rows_are_only_counted_volume_is_checked_and_values_are_not() -> None:
    desk = Desk(None, counted=930)
    assert desk.told("rows", min=500, max=1100)[:2] == ("pass", 930.0)
    told = desk.told("null_share", columns=("dep_time",))
    assert told == ("pass", None, "mine did not look at stg_flights of Fri 8 Feb: its rows are only counted")


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (Check("a", "rows", min=500), "at least 500"),
        (Check("a", "rows", min=720, max=720), "exactly 720"),
        (Check("a", "null_share", max=0.025), "at most 2.5 %"),
        (Check("a", "null_share", min=0.1, max=0.25), "between 10 and 25 %"),
        (Check("a", "unique", columns=("flight",)), "none"),
        (Check("a", "sql", sql="SELECT 1"), "anything"),
        (Check("a", "distribution", columns=("x",), max=0.1), "at most 0.1"),
    ],
)
def test_what_a_check_wants_in_words(check: Check, told: str) -> None:
    assert expected_of(check) == told


def test_an_input_of_the_same_day_is_a_table_too() -> None:
    desk = Desk(FLIGHTS)
    content = desk.flow.store.put([{"tailnum": "N1"}, {"tailnum": "N2"}])
    evolve(desk.state, InputArrived(AT, "lga", DAY, 2, content, 0))
    assert desk.told("foreign_key", columns=("tailnum",), to="lga")[0] == "pass"


# complete, where the simulation begins in the middle

WEEKS = """
    dag: d
    schedule: "0 6 * * *"
    start: 2012-12-28
    inputs:
      jfk: {expected: "05:40", path: "../data/nycflights13/jfk/{partition}.csv.gz"}
      lga: {expected: "05:40"}
    tasks:
      load: {reads: [jfk, lga], sql: "SELECT * FROM jfk", writes: [staged]}
      hand: {needs: [load]}
      order: {}
    ---
    dag: w
    schedule: "30 6 * * *"
    start: 2013-01-01
    datasets:
      week: {checks: {whole: {kind: complete, severity: block}}}
    tasks:
      sum: {needs: [d.load], reads: [staged@-6..0], sql: "SELECT count(*) AS n FROM staged", writes: [week]}
    ---
    scenario: from_thursday
    from: 2013-01-03T05:30Z
    until: 2013-01-09T12:00Z
"""


def test_parts_from_before_the_simulation_of_which_nobody_has_rows_are_lacking() -> None:
    s = data_session(WEEKS)
    s.run_until()
    said = {day: s.state.known.data.checks_of(("week", f"2013-01-0{day}", 1))[0] for day in (2, 7, 8)}
    assert said[2].sentence == (
        "week of Wed 2 Jan lacks 5 of the 6 parts that it was to be made of (staged of Fri 28 Dec, staged of Sat 29 "
        "Dec, staged of Sun 30 Dec and 2 more); 5 of them are from before the simulation, which has no rows of them; "
        "none is allowed"
    )  # fmt: skip
    assert (said[2].status, said[7].status, said[8].status) == ("fail", "fail", "pass")
    assert s.state.known.data.live.keys() & {("week", "2013-01-02"), ("week", "2013-01-08")} == {("week", "2013-01-08")}
    assert said[7].sentence == (
        "week of Mon 7 Jan lacks 1 of the 7 parts that it was to be made of (staged of Tue 1 Jan); 1 of them is from "
        "before the simulation, which has no rows of it; none is allowed"
    )  # fmt: skip
    assert said[8].sentence == "week of Tue 8 Jan lacks 0 of the 7 parts that it was to be made of; none is allowed"


@pytest.mark.parametrize(
    ("need", "parts", "lacks"),
    [
        ("jfk@-1..0", 3, []),  # it has a file
        ("lga@-1..0", 3, ["lga of Tue 1 Jan"]),
        ("d.load@-1..0", 2, ["staged of Tue 1 Jan"]),
        ("d.hand@-1..0", 2, ["d.hand of 2013-01-01"]),
        ("d.order@-1..0", 1, []),  # it hands nothing on
        ("week@-1", 2, ["week of Tue 1 Jan"]),
    ],
)
def test_an_earlier_part_is_there_where_it_has_a_file(need: str, parts: int, lacks: list[str]) -> None:
    s = data_session(
        WEEKS.replace("needs: [d.load], reads: [staged@-6..0]", f"needs: [staged], reads: [{need}]")
        .replace("FROM staged", "FROM x")
        .replace(', sql: "SELECT count(*) AS n FROM x"', "")
    )
    s.run_until("2013-01-03T12:00Z")
    version = s.state.known.data.get(("week", "2013-01-02", 1))
    assert version is not None
    found = parts_of(s.state.known, version)
    assert len(found) == parts
    assert [one.said for one in found if not one.there] == lacks
    assert [one.said for one in found if one.before] == lacks
