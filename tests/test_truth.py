"""What would have been right, and how far versions are from it, at each publication and each read."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from tests.samples import session
from workbench.keeping import Keeper, reopen
from workbench.model import SetTask
from workbench.model.reading import read_workspace_text
from workbench.scenario import SimulatedWorld, find_scenario
from workbench.scenario.judging import Judge, Judged, Judgement, Judgements, by_counts, by_rows
from workbench.scenario.truth import Truth
from workbench.session import Session

Rows = list[dict[str, Any]]
FOLDER = str(Path(__file__).parent.parent / "tutorials" / "pipelines")
FLIGHTS = """
dag: daily_flights
schedule: "0 6 * * *"
start: 2013-01-01
end: 2013-01-15
inputs:
  ewr: {{expected: "06:00", path: "../data/nycflights13/ewr/{{partition}}.csv.gz"}}
  jfk: {{expected: "06:00", path: "../data/nycflights13/jfk/{{partition}}.csv.gz"}}
  lga: {{expected: "06:00", path: "../data/nycflights13/lga/{{partition}}.csv.gz"}}
datasets:
  stg_flights: {{mode: {mode}}}
tasks:
  extract: {{reads: [ewr, jfk, lga], takes: 10m, run: "flights:extract"}}
  clean: {{needs: [extract], takes: 3m, run: "flights:clean", writes: [stg_flights], retries: 2}}
  publish: {{needs: [clean], takes: 2m, writes: [pub_punctuality]}}
---
dag: weekly
schedule: "0 7 * * *"
start: 2013-01-01
tasks:
  week:
    reads: ["stg_flights@-6..0"]
    writes: [week_flights]
    sql: SELECT origin, count(*) AS flights FROM stg_flights GROUP BY origin ORDER BY origin
---
dag: punctuality
schedule: "30 6 * * *"
start: 2013-01-01
tasks:
  by_airport: {{needs: [daily_flights.publish], run: "flights:by_airport", writes: [airports]}}
---
consumers:
  board_dashboard: {{reads: [pub_punctuality], schedule: "0 8 * * *"}}
---
{rows}
---
scenario: mine
from: 2013-01-03T05:30Z
until: 2013-01-09T09:00Z
arrivals: {{ewr: "05:48", lga: "05:55", jfk: "05:56"}}
faults:
{faults}
"""


def flights(*faults: str, mode: str = "overwrite", rows: str = "workers: 9") -> Session:
    """The flights of 2 to 8 January, as the data that ships has them."""
    told = "\n".join(f"  - {fault}" for fault in faults) or "  []"
    return session(FLIGHTS.format(mode=mode, faults=told, rows=rows), folder=FOLDER)


def judged(s: Session) -> Judgements:
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    return Judgements(Judge(Truth(world.dataflow)), s.branch)


def wrong(s: Session, dataset: str = "") -> list[str]:
    """What was wrong where, a line for each event: `stg_flights@2013-01-03 v1: 318 0 0`."""
    rows = judged(s).rows(s.position)
    return [_line(one) for one in rows if one.wrong and dataset in ("", one.dataset)]


def _line(one: Judged) -> str:
    return f"{one.dataset}@{one.partition} v{one.n}: {one.missing} {one.duplicated} {one.different}"


# stories with the real data


def test_where_nothing_goes_wrong_nothing_is_wrong() -> None:
    s = flights()
    s.run_until()
    rows = judged(s).rows()
    assert len(rows) == 7 * 5
    assert {one.dataset for one in rows} == {"stg_flights", "pub_punctuality", "week_flights", "airports"}
    assert [one for one in rows if one.wrong] == []


def test_a_late_file_that_a_timer_did_not_wait_for_is_missing_until_a_rerun() -> None:
    s = flights("late: {input: jfk, partition: 2013-01-03, arrives: 2013-01-04T07:35Z}")
    s.run_until("2013-01-04 08:10")
    assert wrong(s) == [
        "stg_flights@2013-01-03 v1: 318 0 0",
        "pub_punctuality@2013-01-03 v1: 318 0 0",
        "airports@2013-01-03 v1: 1 0 0",
        "week_flights@2013-01-03 v1: 0 0 1",
        "pub_punctuality@2013-01-03 v1: 318 0 0",  # the board reads it at 08:00
    ]
    s.do("rerun extract@2013-01-03 down")
    s.run_until("2013-01-04 09:00")
    assert len(wrong(s)) == 5
    assert judged(s).rows()[-1].n == 2


def test_a_feed_in_seconds_is_different_where_there_is_a_delay() -> None:
    """832 rows, of which 27 have no delay, or one of nothing: those are right in any unit."""
    drift = "unit_drift: {{input: {}, partition: 2013-01-06, column: arr_delay, factor: 60}}"
    s = flights(*(drift.format(name) for name in ("ewr", "jfk", "lga")))
    s.run_until()
    assert wrong(s, "stg_flights") == ["stg_flights@2013-01-06 v1: 0 0 805"]


def test_a_day_that_was_appended_twice_is_there_twice() -> None:
    s = flights("crash_after_write: {task: clean, partition: 2013-01-02}", mode="append")
    s.run_until("2013-01-03 09:00")
    assert wrong(s, "stg_flights") == ["stg_flights@2013-01-02 v2: 0 943 0"]


def test_a_correction_makes_wrong_what_was_right_before() -> None:
    """The same version was right when it was published, and is wrong when it is read after the correction."""
    s = flights("correction: {input: jfk, partition: 2013-01-02, at: 2013-01-03T07:30Z, column: distance, value: '1'}")
    s.run_until("2013-01-03 09:00")
    rows = [one for one in judged(s).rows() if one.dataset == "pub_punctuality"]
    assert [(f"{one.at:%H:%M}", one.wrong) for one in rows] == [("06:15", 0), ("08:00", 321)]


def test_the_truth_of_days_that_nobody_ran() -> None:
    s = flights("late: {input: jfk, partition: 2013-01-03, arrives: 2013-01-04T07:35Z}")
    s.do("pause daily_flights")
    s.run_until("2013-01-05 09:00")
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    right = Truth(world.dataflow).right(s.state, "pub_punctuality", "2013-01-03", s.now)
    assert right.content is not None
    assert world.dataflow.store.count(right.content) == 914


def test_counting_rows_tells_by_counts() -> None:
    s = flights("crash_after_write: {task: clean, partition: 2013-01-02}", mode="append", rows="rows: count")
    s.run_until("2013-01-03 06:30")
    assert wrong(s) == ["stg_flights@2013-01-02 v2: 0 943 0", "pub_punctuality@2013-01-02 v1: 0 943 0"]
    s = flights("late: {input: jfk, partition: 2013-01-03, arrives: 2013-01-04T07:35Z}", rows="rows: count")
    s.run_until("2013-01-04 06:14")
    assert wrong(s) == ["stg_flights@2013-01-03 v1: 318 0 0"]


def test_asked_again_only_what_is_new_is_looked_at() -> None:
    s = flights()
    s.run_until("2013-01-04 09:00")
    whole, asked = judged(s), []
    before = list(whole.rows())
    judge = whole.judge.judge
    whole.judge.judge = lambda *given: asked.append(given[1].name) or judge(*given)  # type: ignore[method-assign, func-returns-value]
    assert whole.rows() == before
    assert asked == []
    s.run_until("2013-01-05 09:00")
    assert whole.rows()[: len(before)] == before
    assert len(asked) == 5 == len(whole.rows()) - len(before)
    assert whole.rows(upto=before[-1].seq) == before


def test_a_future_that_was_taken_up_again_is_judged_by_its_own_past(tmp_path: Path) -> None:
    text = FLIGHTS.format(
        mode="append",
        rows="workers: 9",
        faults="  - late: {input: jfk, partition: 2013-01-03, arrives: 2013-01-04T07:35Z}",
    )
    loaded = read_workspace_text(text, file="flights.yaml", folder=FOLDER)
    with Keeper.open(tmp_path / "h.db") as keeper:
        s = Session(loaded.workspace, find_scenario(loaded, None, loaded.workspace), history=keeper)
        s.run_until("2013-01-04 09:00")
        s.back("2013-01-04T06:05Z")
        s.do("rerun extract@2013-01-02 down")
        s.run_until("2013-01-04 09:00")
        before = s.judgements()
    with Keeper.open(tmp_path / "h.db") as keeper:
        again = reopen(keeper)
        assert again.branch.name == "B"
        assert again.judgements() == before
        assert any(one.duplicated == 943 for one in before)


# small pipelines, with functions of their own

MODULE = """
def load(feed):
    return [dict(row, n=int(row["n"])) for row in feed]

def dedup(feed):
    return list({(row["carrier"], row["flight"]): row for row in feed}.values())

def add_up(load, total):
    return [{"total": sum(row["n"] for row in load) + sum(row["total"] for row in total)}]

def when(feed, ctx):
    return [{"hour": ctx.now.hour, "number": ctx.number}]
"""
SMALL = """
dag: small
schedule: "0 6 * * *"
start: 2013-06-01
inputs:
  feed: {{expected: "05:00", path: "feed.csv"}}
datasets:
  stg: {{{stg}}}
tasks:
{tasks}
---
scenario: mine
from: 2013-06-02T04:30Z
until: {until}
{faults}
"""
# Of this day in June, the carrier has two flights of one number.
FEED = "carrier,flight,dest,n\nWN,2269,STL,1\nUA,12,BOS,2\nWN,2269,DEN,3\n"


class Small:
    """A pipeline of one DAG on one small file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "flights.py").write_text(MODULE, encoding="utf-8")
        (folder / "feed.csv").write_text(FEED, encoding="utf-8")

    def session(
        self, tasks: str, stg: str = "mode: overwrite", until: str = "2013-06-03T09:00Z", faults: str = ""
    ) -> Session:
        text = SMALL.format(tasks=indent(dedent(tasks), "  "), stg=stg, until=until, faults=faults)
        loaded = read_workspace_text(text, file="small.yaml", folder=str(self.folder))
        return Session(loaded.workspace, find_scenario(loaded, None, loaded.workspace))


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_two_flights_of_one_number_are_no_duplicates(small: Small) -> None:
    """Who takes (carrier, flight) for a key drops a true row: the reference code does not."""
    tasks = """
      load: {needs: [feed], writes: [stg], code: {v1: "flights:dedup", v2: "flights:load"}}
    """
    s = small.session(tasks)
    s.run_until("2013-06-02 07:00")
    assert wrong(s) == ["stg@2013-06-01 v1: 1 0 2"]  # and the texts should be numbers
    s.do("deploy load v2")
    s.do("rerun load@2013-06-01")
    s.run_until("2013-06-02 08:00")
    assert wrong(s) == ["stg@2013-06-01 v1: 1 0 2"]
    assert judged(s).rows()[-1].n == 2


def test_a_merge_by_such_a_key_loses_the_same_row_and_is_right_to(small: Small) -> None:
    s = small.session('  load: {needs: [feed], writes: [stg], run: "flights:load"}', "mode: merge, key: [flight, dest]")
    s.run_until()
    assert wrong(s) == []
    s.do("rerun load@2013-06-01")
    s.run_until("2013-06-03 10:00")
    assert wrong(s) == []


def test_three_loads_append_to_one_table_and_each_counts_once(small: Small) -> None:
    tasks = """
      a: {needs: [feed], writes: [stg], run: "flights:load", retries: 1}
      b: {needs: [feed, a], writes: [stg], sql: "SELECT * FROM feed"}
      all: {needs: [b], writes: [pub]}
    """
    s = small.session(tasks, "mode: append", "2013-06-02T09:00Z", "faults: [{crash_after_write: {task: a}}]")
    s.run_until()
    assert wrong(s) == [
        "stg@2013-06-01 v1: 3 0 0",  # of b nothing is there yet
        "stg@2013-06-01 v2: 3 3 0",
        "stg@2013-06-01 v3: 0 3 0",
        "pub@2013-06-01 v1: 0 3 0",
    ]


def test_a_chain_of_many_days_does_not_stand_on_pythons_stack(small: Small) -> None:
    """Each day's total stands on that of the day before."""
    tasks = """
      load: {needs: [feed], run: "flights:load"}
      add: {needs: [load], reads: ["total@-1"], writes: [total], run: "flights:add_up"}
    """
    s = small.session(tasks, until="2014-07-01T09:00Z")
    s.run_until()
    rows = judged(s).rows()
    assert len(rows) == 395
    assert [one for one in rows if one.wrong] == []


def test_what_is_right_was_made_at_the_usual_time_by_the_first_try(small: Small) -> None:
    tasks = '  load: {needs: [feed], writes: [stg], run: "flights:when", retries: {max: 1, delay: 1h}}'
    s = small.session(tasks, faults="faults: [{flaky: {task: load, partition: 2013-06-01, tries: 1}}]")
    s.run_until()
    assert wrong(s) == ["stg@2013-06-01 v1: 0 0 1"]


def test_who_names_a_task_is_given_what_was_there_after_it_wrote(small: Small) -> None:
    """What is added later in the run is no part of it."""
    tasks = """
      a: {needs: [feed], writes: [stg], sql: "SELECT * FROM feed"}
      between: {needs: [a], writes: [part]}
      b: {needs: [feed, between], writes: [stg], sql: "SELECT * FROM feed"}
    """
    s = small.session(tasks, "mode: append", "2013-06-02T09:00Z")
    s.run_until()
    assert wrong(s) == ["stg@2013-06-01 v1: 3 0 0"]
    truth = judged(s).judge.truth
    assert truth.store.count(truth.right(s.state, "part", "2013-06-01", s.now).content or "") == 3
    assert truth.store.count(truth.right(s.state, "stg", "2013-06-01", s.now).content or "") == 6


def test_of_several_that_overwrite_the_last_is_right(small: Small) -> None:
    tasks = """
      a: {needs: [feed], writes: [stg], sql: "SELECT * FROM feed"}
      b: {needs: [a], writes: [stg], sql: "SELECT * FROM a LIMIT 1"}
    """
    s = small.session(tasks, until="2013-06-02T09:00Z")
    s.run_until()
    assert wrong(s) == ["stg@2013-06-01 v1: 0 0 2"]


def test_the_truth_follows_the_dag_as_it_is(small: Small) -> None:
    s = small.session('load: {needs: [feed], writes: [stg], sql: "SELECT * FROM feed"}')
    s.run_until("2013-06-02 07:00")
    version, judge = s.state.known.data.get(("stg", "2013-06-01", 1)), judged(s).judge
    assert version is not None
    assert judge.judge(s.state, version, s.now) == Judgement()
    s.edit(SetTask("load", {"sql": "SELECT * FROM feed WHERE num(n) > 1"}))
    assert judge.judge(s.state, version, s.now) == Judgement(different=1)


def test_who_has_been_skipped_gives_nothing_and_the_other_way_is_right(small: Small) -> None:
    tasks = """
      pick: {needs: [feed], branch: [left, right]}
      left: {needs: [pick, feed], writes: [stg], sql: "SELECT * FROM feed"}
      right: {needs: [pick, feed], writes: [stg], sql: "SELECT * FROM feed LIMIT 1"}
    """
    s = small.session(tasks, faults="faults: [{choice: {task: pick, follow: [left]}}]")
    world = s.branch.world
    assert isinstance(world, SimulatedWorld)
    truth, counts = Truth(world.dataflow), []
    for moment in ("2013-06-02 05:30", "2013-06-03 09:00"):
        s.run_until(moment)
        counts.append(world.dataflow.store.count(truth.right(s.state, "stg", "2013-06-01", s.now).content or ""))
    assert counts == [1, 3]
    assert len(judged(s).rows()) == 2
    assert wrong(s) == []


# comparing

A, B, C, D = ({"flight": n, "delay": 5} for n in range(4))
B_LATE = {"flight": 1, "delay": 300}


@pytest.mark.parametrize(
    ("there", "right", "without_key", "with_key"),
    [
        ([A, B, C], [C, B, A], (0, 0, 0), (0, 0, 0)),
        ([A], [A, B, C], (2, 0, 0), (2, 0, 0)),
        ([A, A, A, B], [A, B], (0, 2, 0), (0, 2, 0)),
        ([A, B_LATE], [A, B], (0, 0, 1), (0, 0, 1)),
        ([A, B, B_LATE], [A, B], (0, 0, 1), (0, 1, 0)),
        ([A, D], [A, B, C], (1, 0, 1), (1, 0, 1)),
        ([A, D, D], [A, B], (0, 0, 2), (0, 0, 2)),
        ([A, A], [A, B], (1, 1, 0), (1, 1, 0)),
        ([], [A, B], (2, 0, 0), (2, 0, 0)),
        ([A, B], [], (0, 0, 2), (0, 0, 2)),
    ],
)
def test_rows_beside_the_right_ones(there: Rows, right: Rows, without_key: Any, with_key: Any) -> None:
    assert by_rows(there, right) == without_key
    assert by_rows(there, right, ("flight",)) == with_key


def test_counts_beside_the_right_one() -> None:
    assert by_counts(596, 914) == Judgement(missing=318)
    assert by_counts(1886, 943) == Judgement(duplicated=943)
    assert by_counts(1886, 943).wrong == 943
