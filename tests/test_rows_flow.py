"""What tasks see of rows and what they write: transcripts. Each line of `story` is a version that was written."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import workbench as wb
from workbench.engine.data_events import RowsSetAside
from workbench.scenario.carried import burned
from workbench.session import Session

Rows = list[dict[str, Any]]
SALES = {f"2013-01-{day:02}": "".join(f"{n},{day}\n" for n in range(day)) for day in range(1, 8)}


class Bench:
    """A pipeline file with its module and its inputs, in a folder of its own. `sales` of the 3rd has three rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for day, rows in SALES.items():
            (folder / f"sales-{day}.csv").write_text(f"name,day\n{rows}", encoding="utf-8")

    def session(self, pipeline: str, code: str = "", until: str = "2013-01-04T12:00Z") -> Session:
        (self.folder / "p.yaml").write_text(dedent(pipeline), encoding="utf-8")
        (self.folder / "code.py").write_text(dedent(code), encoding="utf-8")
        s = wb.load(self.folder / "p.yaml")
        s.run_until(until)
        return s


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


HEAD = """
    dag: d
    schedule: "0 6 * * *"
    start: 2013-01-01
    inputs:
      sales: {expected: "05:50", path: "sales-{partition}.csv"}
"""
FROM = """
    ---
    scenario: from_thursday
    from: 2013-01-03T05:00Z
"""


def story(s: Session) -> list[str]:
    found = [one for versions in s.state.known.data.versions.values() for one in versions]
    return [
        f"{v.at:%d %H:%M} {v.dataset}@{v.partition[5:]} v{v.n} {v.rows} of {said(v.sources)}"
        for v in sorted(found, key=lambda v: v.seq)
    ]


def said(sources: tuple[tuple[str, str, int], ...]) -> str:
    return " ".join(f"{name}@{partition[5:]}.{n}" for name, partition, n in sources) or "nothing"


def live(s: Session, dataset: str, day: str) -> Rows:
    version = s.state.known.data.live_version(dataset, day)
    assert version is not None
    assert version.content is not None
    return s._dataflow.store.get(version.content) or []


def failure(s: Session, task: str) -> str:
    return s.why(task).headline.partition(": ")[2]


# SQL


def test_sql_over_what_a_task_needs_and_reads(bench: Bench) -> None:
    tasks = """
    tasks:
      by_day: {needs: [sales], sql: "SELECT day, count(*) AS n FROM sales GROUP BY day", writes: [daily]}
      week:
        needs: [by_day]
        reads: [daily@-6..0]
        sql: SELECT sum(num(day) * n) AS n, (SELECT n FROM by_day) AS last FROM daily
        writes: [weekly]
    """
    s = bench.session(HEAD + tasks + FROM, until="2013-01-05T12:00Z")
    assert story(s) == [
        "03 06:01 daily@01-02 v1 1 of sales@01-02.1",
        "03 06:02 weekly@01-02 v1 1 of daily@01-02.1",
        "04 06:01 daily@01-03 v1 1 of sales@01-03.1",
        "04 06:02 weekly@01-03 v1 1 of daily@01-03.1 daily@01-02.1",
        "05 06:01 daily@01-04 v1 1 of sales@01-04.1",
        "05 06:02 weekly@01-04 v1 1 of daily@01-04.1 daily@01-02.1 daily@01-03.1",
    ]
    assert live(s, "daily", "2013-01-04") == [{"day": "4", "n": 4}]
    assert live(s, "weekly", "2013-01-04") == [{"n": 4 + 9 + 16, "last": 4}]


def test_what_sqlite_says_is_why_a_try_failed(bench: Bench) -> None:
    s = bench.session(HEAD + '    tasks: {sum: {needs: [sales], sql: "SELECT sum(amount) AS n FROM sales"}}' + FROM)
    assert failure(s, "sum") == "SQL: no such column: amount. (known: day, name)."


# code versions, parameters


def test_a_try_runs_the_function_of_its_version(bench: Bench) -> None:
    tasks = """
    tasks:
      clean: {needs: [sales], code: {v2: "code:right"}, run: "code:first", writes: [stg]}
      told: {needs: [clean], run: "code:told", params: {table: stg, secret: "secret:warehouse/password"}}
    """
    code = """
    def first(sales): return sales[:1]
    def right(sales): return sales
    def told(ctx): return [{"code": ctx.code, **ctx.params}]
    """
    s = bench.session(HEAD + tasks + FROM, code, "2013-01-03T12:00Z")
    assert len(live(s, "stg", "2013-01-02")) == 1
    s.deploy("d.clean", "v2")
    s.deploy("d.told", "v7")
    s.run_until("2013-01-04T12:00Z")
    assert len(live(s, "stg", "2013-01-03")) == 3
    run = s.state.known.run_of("d", "2013-01-03")
    assert run is not None
    content = run.cells["told"].attempts[-1].content
    assert content is not None
    assert s._dataflow.store.get(content) == [{"code": "v7", "table": "stg", "secret": "secret:warehouse/password"}]


# what is there, and since when


def test_a_span_holds_what_is_there_of_it(bench: Bench) -> None:
    """Of the partitions before the simulation nothing is known, and nobody waits for them."""
    tasks = """
    tasks:
      load: {needs: [sales], run: "code:load", writes: [stg]}
      last: {needs: [load], requires: [stg@-2..0], run: "code:last", writes: [span]}
    """
    code = """
    def load(sales): return sales
    def last(stg, ctx): return [{"rows": len(stg), "missing": " ".join(ctx.missing)}]
    """
    s = bench.session(HEAD + tasks + FROM, code, "2013-01-05T12:00Z")
    assert [live(s, "span", f"2013-01-0{day}") for day in (2, 3, 4)] == [
        [{"rows": 2, "missing": ""}],
        [{"rows": 5, "missing": ""}],
        [{"rows": 9, "missing": ""}],
    ]


def test_what_comes_again_is_seen_by_tries_that_begin_afterwards(bench: Bench) -> None:
    tasks = """
    tasks:
      slow: {needs: [sales], run: "code:load", writes: [slowly], takes: 4h}
      quick: {needs: [sales], run: "code:load", writes: [quickly], takes: 1m}
    """
    faults = """
    faults:
      - correction: {input: sales, partition: 2013-01-02, at: 2013-01-03T08:00Z, column: day, value: "20"}
    """
    s = bench.session(HEAD + tasks + FROM + faults, "def load(sales): return sales", "2013-01-03T09:00Z")
    s.rerun("d.quick@2013-01-02")
    s.run_until("2013-01-03T12:00Z")
    assert story(s) == [
        "03 06:01 quickly@01-02 v1 2 of sales@01-02.1",
        "03 09:01 quickly@01-02 v2 2 of sales@01-02.2",
        "03 10:00 slowly@01-02 v1 2 of sales@01-02.1",
    ]
    assert [row["day"] for row in live(s, "quickly", "2013-01-02")] == ["20", "20"]
    assert [row["day"] for row in live(s, "slowly", "2013-01-02")] == ["2", "2"]


def test_a_reader_of_what_is_just_being_written_finds_a_part(bench: Bench) -> None:
    tasks = """
    tasks:
      load: {needs: [sales], run: "code:load", writes: [stg], takes: 10m}
      early: {needs: [sales], reads: [stg], run: "code:early", writes: [seen], takes: 1m}
    """
    faults = """
    faults:
      - partial: {dataset: stg, partition: 2013-01-03, share: 0.6}
    """
    code = """
    def load(sales): return sales
    def early(stg): return [{"rows": len(stg)}]
    """
    s = bench.session(HEAD + tasks + FROM + faults, code, "2013-01-04T06:05Z")
    s.rerun("d.early@2013-01-03")
    s.run_until("2013-01-04T12:00Z")
    assert live(s, "seen", "2013-01-02") == [{"rows": 0}]
    assert live(s, "seen", "2013-01-03") == [{"rows": 1}]


def test_rows_in_quarantine_are_not_seen_by_tries_that_begin_afterwards(bench: Bench) -> None:
    tasks = """
    tasks:
      load: {needs: [sales], run: "code:load", writes: [stg]}
      sum: {needs: [load], run: "code:total", writes: [sums]}
      other: {reads: [stg], run: "code:other", writes: [others]}
    """
    code = """
    def load(sales): return sales
    def total(load): return [{"rows": len(load)}]
    def other(stg): return [{"rows": len(stg)}]
    """
    s = bench.session(HEAD + tasks + FROM, code, "2013-01-04T09:00Z")
    for name in ("sales", "stg"):
        s.branch.command(RowsSetAside(s.now, name, "2013-01-03", "num(name) > 1", 1, None, "me", "set aside", 0))
    s.seek(len(s.branch.log))
    for task in ("sum", "other"):
        s.rerun(f"d.{task}@2013-01-03")
    s.run_until("2013-01-04T12:00Z")
    assert (live(s, "sums", "2013-01-03"), live(s, "others", "2013-01-03")) == ([{"rows": 2}], [{"rows": 2}])
    assert len(live(s, "stg", "2013-01-03")) == 3


def test_a_write_that_was_refused_or_held_is_read_by_nobody(bench: Bench) -> None:
    tasks = """
    datasets:
      stg: {checks: {many: {kind: rows, min: 3, severity: block}}}
    tasks:
      load: {needs: [sales], code: {v1: "code:load", v2: "code:none"}, writes: [stg]}
      sum: {needs: [load], run: "code:total", writes: [sums]}
    """
    code = """
    def load(sales): return sales
    def none(sales): return []
    def total(load): return [{"rows": len(load)}]
    """
    s = bench.session(HEAD + tasks + FROM, code, "2013-01-04T09:00Z")
    s.deploy("d.load", "v2")
    s.rerun("d.load@2013-01-03", down=True)
    s.run_until("2013-01-04T10:00Z")
    assert failure(s, "load@2013-01-03").startswith("stg of Thu 3 Jan has 0 rows")
    assert s.why("sum@2013-01-03").state == "upstream_failed"
    s.mark("d.load@2013-01-03", "success")
    s.run_until("2013-01-04T11:00Z")
    assert live(s, "sums", "2013-01-03") == [{"rows": 3}]
    assert story(s)[-1] == "04 10:01 sums@01-03 v2 1 of stg@01-03.1"


# writes


@pytest.mark.parametrize(
    ("mode", "rows"),
    [("mode: append", [3, 6]), ("mode: overwrite", [3, 3]), ("mode: merge, key: [name]", [3, 3])],
)
def test_a_rerun_by_mode(bench: Bench, mode: str, rows: list[int]) -> None:
    datasets = f"""
    datasets:
      stg: {{{mode}}}
    tasks:
      load: {{needs: [sales], run: "code:load", writes: [stg]}}
    """
    s = bench.session(HEAD + datasets + FROM, "def load(sales): return sales", "2013-01-04T09:00Z")
    s.rerun("d.load@2013-01-03")
    s.run_until("2013-01-04T10:00Z")
    found = s.state.known.data.versions["stg", "2013-01-03"]
    assert [one.rows for one in found] == rows
    assert [one.state for one in found] == ["replaced", "live"]


def test_a_merge_leaves_one_row_for_each_key_in_the_order_of_keys(bench: Bench) -> None:
    tasks = """
    datasets:
      stg: {mode: merge, key: [k]}
    tasks:
      load: {needs: [sales], code: {v1: "code:first", v2: "code:second"}, writes: [stg]}
    """
    code = """
    def first(): return [{"k": 1, "v": "a"}, {"k": 2, "v": "b"}, {"k": "2", "v": "c"}]
    def second(): return [{"k": 3, "v": "d"}, {"k": 1, "v": "e"}]
    """
    s = bench.session(HEAD + tasks + FROM, code, "2013-01-03T09:00Z")
    assert live(s, "stg", "2013-01-02") == [{"k": 1, "v": "a"}, {"k": "2", "v": "c"}]
    s.deploy("d.load", "v2")
    s.rerun("d.load@2013-01-02")
    s.run_until("2013-01-03T10:00Z")
    assert live(s, "stg", "2013-01-02") == [{"k": 1, "v": "e"}, {"k": "2", "v": "c"}, {"k": 3, "v": "d"}]


# where it comes from


def test_sources_go_through_tasks_that_write_nothing(bench: Bench) -> None:
    """Twenty layers of tasks of which each takes all of the layer above: every way through them is gone once."""
    layers = "".join(
        f"      t{n}_{i}: {{needs: [{', '.join(f't{n - 1}_{k}' for k in range(4)) if n else 'sales'}]}}\n"
        for n in range(20)
        for i in range(4)
    )
    tasks = f"""
    tasks:
{layers}
      out: {{needs: [t19_0, t19_1, t19_2], reads: [out@-1], writes: [stg]}}
      next: {{needs: [out], reads: [sales@-1], writes: [more]}}
    """
    s = bench.session(HEAD + tasks + FROM, until="2013-01-05T09:00Z")
    assert [line.partition(" of ")[2] for line in story(s)] == [
        "sales@01-02.1",
        "stg@01-02.1",
        "sales@01-03.1 stg@01-02.1",
        "stg@01-03.1 sales@01-02.1",
        "sales@01-04.1 stg@01-03.1",
        "stg@01-04.1 sales@01-03.1",
    ]


# what the engine carries

LARGE = """
    def large(sales): return [{"text": "x" * 1000} for _ in range(60)]
    def small(load): return load[:1]
"""


def limited(more: str = "", below: str = 'small: {needs: [load], run: "code:small"}') -> str:
    tasks = f"""
    tasks:
      load: {{needs: [sales], run: "code:large"{more}}}
      {below}
    ---
    payload_limit: 49152
    """
    return HEAD + tasks + FROM


def test_too_many_bytes_for_the_engine(bench: Bench) -> None:
    s = bench.session(limited(), LARGE, "2013-01-03T09:00Z")
    assert failure(s, "load") == (
        "payload too large: 60,721 bytes; the limit is 49,152. Write it to a dataset and read it from there."
    )
    run = s.state.known.run_of("d", "2013-01-02")
    assert run is not None
    assert run.cells["load"].attempts[-1].reason == "payload"


@pytest.mark.parametrize(
    ("more", "below"),
    [
        (", writes: [stg]", 'small: {needs: [load], run: "code:small"}'),
        (", executor: warehouse", 'small: {needs: [load], run: "code:small"}'),
        ("", "alone: {}"),
    ],
)
def test_what_is_written_or_lies_elsewhere_or_is_handed_to_nobody_is_not_limited(
    bench: Bench, more: str, below: str
) -> None:
    assert bench.session(limited(more, below), LARGE, "2013-01-03T09:00Z").why("load").state == "success"


def test_what_is_taken_from_another_dag_is_handed_on_too(bench: Bench) -> None:
    other = """
    ---
    dag: other
    schedule: "0 7 * * *"
    start: 2013-01-01
    tasks: {take: {needs: [d.load]}}
    """
    s = bench.session(limited(below="alone: {}") + other, LARGE, "2013-01-03T09:00Z")
    assert s.why("load").state == "failed"


def test_what_it_burns(bench: Bench) -> None:
    tasks = """
    tasks:
      load: {needs: [sales], run: "code:load", takes: 5m, slots: 2, pool: p}
      model: {needs: [load], executor: warehouse, sql: "SELECT count(*) AS n FROM load", takes: 10m}
      wait: {sensor: {on: [sales@1], every: 30m, mode: reschedule}}
    ---
    pools: {p: 2}
    """
    s = bench.session(HEAD + tasks + FROM, "def load(sales): return sales", "2013-01-03T06:12Z")
    store = s._dataflow.store
    engine, warehouse = burned(s.state.known, s.now, store.size)
    assert (engine.executor, engine.slot_seconds, engine.rows, engine.unknown) == ("engine", 601, 2, 0)
    assert engine.bytes == len('[{"name":"0","day":"2"},{"name":"1","day":"2"}]')
    assert (warehouse.slot_seconds, warehouse.tries, warehouse.rows) == (7 * 60, 1, 0)
